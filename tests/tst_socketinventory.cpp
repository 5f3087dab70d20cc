// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/descriptor.h"
#include "core/relay/socketswap.h"
#include "core/system/socketmarks.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"
#include "tests/otheruser.h"

#include <QElapsedTimer>
#include <QLocalServer>
#include <QProcess>
#include <QtTest>

#include <algorithm>
#include <array>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

Descriptor makeSocket(int type = SOCK_STREAM)
{
    return Descriptor(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
}

Descriptor connectedTo(const SocketAddress &address)
{
    Descriptor client = makeSocket();
    sockaddr_un target = {};
    const Result<socklen_t> length = address.toSockaddr(target);
    if (::connect(client.get(), reinterpret_cast<sockaddr *>(&target), length.value_or(0)) != 0)
        qFatal("cannot connect to %s", qPrintable(address.display()));
    return client;
}

Descriptor boundTo(const SocketAddress &address, int type, int backlog = -1)
{
    Descriptor server = makeSocket(type);
    sockaddr_un target = {};
    const Result<socklen_t> length = address.toSockaddr(target);
    if (::bind(server.get(), reinterpret_cast<sockaddr *>(&target), length.value_or(0)) != 0
        || (backlog >= 0 && ::listen(server.get(), backlog) != 0))
        qFatal("cannot bind %s", qPrintable(address.display()));
    return server;
}

quint64 inodeOf(int fd)
{
    struct stat status = {};
    ::fstat(fd, &status);
    return status.st_ino;
}

std::optional<SocketEntry> entryOf(int fd)
{
    const Result<std::vector<SocketEntry>> sockets = listSockets();
    if (!sockets)
        return std::nullopt;
    const quint64 inode = inodeOf(fd);
    const auto found = std::find_if(sockets->begin(), sockets->end(),
                                    [inode](const SocketEntry &e) { return e.inode == inode; });
    return found == sockets->end() ? std::nullopt : std::optional(*found);
}

/// "listening stream /tmp/…/s 0755 waiting 2 of 5 held by tst_socketinventory"
QString told(const std::optional<SocketEntry> &entry, const ScratchFolder &scratch)
{
    if (!entry)
        return u"not listed"_s;
    static const char *const states[] = {"listening", "connected", "unconnected"};
    static const QMap<int, QString> types {
        {SOCK_STREAM, u"stream"_s}, {SOCK_DGRAM, u"datagram"_s}, {SOCK_SEQPACKET, u"packet"_s}};
    QStringList parts {QString::fromLatin1(states[int(entry->state)]), types.value(entry->type)};
    if (entry->address.isValid())
        parts << entry->address.display().remove(scratch.path());
    if (entry->mode)
        parts << modeText(*entry->mode);
    if (entry->state == SocketEntry::State::Listening)
        parts << u"waiting %1 of %2"_s.arg(entry->waiting).arg(entry->backlog);
    for (const ProcessInfo &holder : entry->holders)
        parts << u"held by "_s + holder.name;
    return parts.join(u' ');
}

/// "abstract!, world-writable": with a mark of exclamation where it is unsafe.
QString marked(int fd)
{
    const std::optional<SocketEntry> entry = entryOf(fd);
    QStringList names;
    for (const SocketMark &mark : entry ? marksOf(*entry) : std::vector<SocketMark>())
        names << markName(mark.kind) + (mark.isWarning ? u"!"_s : QString());
    return names.join(u", "_s);
}

} // namespace

class tst_SocketInventory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listener();
    void bothEnds();
    void unnamedPair();
    void otherTypes();
    void abstractName();
    void nameThatClientsUse_data();
    void nameThatClientsUse();
    void deletedFile();
    void anotherProcess();
    void uidOfTheMaker();
    void waiting();
    void waitingCannotBeTold();
    void whoIsAtTheOtherEnd();
    void marks();
    void tapped();
    void tapChoices();
    void tapChoicesOfAStranger();
    void tenThousand();
};

void tst_SocketInventory::listener()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor server = boundTo(address, SOCK_STREAM);
    QCOMPARE(::chmod(address.bytes().constData(), 0751), 0);
    QCOMPARE(told(entryOf(server.get()), scratch),
             u"unconnected stream /s srwxr-x--x held by tst_socketinventory"_s);
    QCOMPARE(::listen(server.get(), 5), 0);
    const Descriptor first = connectedTo(address);
    const Descriptor second = connectedTo(address);
    QCOMPARE(told(entryOf(server.get()), scratch),
             u"listening stream /s srwxr-x--x waiting 2 of 5 held by tst_socketinventory"_s);
}

void tst_SocketInventory::bothEnds()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor server = boundTo(address, SOCK_STREAM, 5);
    QCOMPARE(::chmod(address.bytes().constData(), 0700), 0);
    const Descriptor client = connectedTo(address);
    const Descriptor accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const auto serverEnd = entryOf(accepted.get());
    const auto clientEnd = entryOf(client.get());
    QCOMPARE(told(serverEnd, scratch),
             u"connected stream /s srwx------ held by tst_socketinventory"_s);
    QCOMPARE(told(clientEnd, scratch), u"connected stream held by tst_socketinventory"_s);
    QCOMPARE(serverEnd->peerInode, inodeOf(client.get()));
    QCOMPARE(clientEnd->peerInode, inodeOf(accepted.get()));
}

void tst_SocketInventory::unnamedPair()
{
    const ScratchFolder scratch;
    int ends[2] = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const Descriptor one(ends[0]);
    const Descriptor other(ends[1]);
    const Descriptor again(::dup(one.get()));
    const auto entry = entryOf(one.get());
    QCOMPARE(told(entry, scratch), u"connected stream held by tst_socketinventory"_s);
    QCOMPARE(entry->peerInode, inodeOf(other.get()));
}

void tst_SocketInventory::otherTypes()
{
    const ScratchFolder scratch;
    const Descriptor datagram = boundTo(SocketAddress::fromPath(scratch.bytes(u"d"_s)), SOCK_DGRAM);
    const Descriptor packet =
        boundTo(SocketAddress::fromPath(scratch.bytes(u"p"_s)), SOCK_SEQPACKET, 1);
    QCOMPARE(::chmod(scratch.bytes(u"d"_s).constData(), 0777), 0);
    QCOMPARE(::chmod(scratch.bytes(u"p"_s).constData(), 0777), 0);
    QCOMPARE(told(entryOf(datagram.get()), scratch),
             u"unconnected datagram /d srwxrwxrwx held by tst_socketinventory"_s);
    QCOMPARE(told(entryOf(packet.get()), scratch),
             u"listening packet /p srwxrwxrwx waiting 0 of 1 held by tst_socketinventory"_s);
}

void tst_SocketInventory::abstractName()
{
    const ScratchFolder scratch;
    const QByteArray name = "sockeye-inventory-" + QByteArray::number(::getpid()) + '\0';
    const Descriptor server = boundTo(SocketAddress::fromAbstract(name), SOCK_STREAM, 1);
    const auto entry = entryOf(server.get());
    QVERIFY(entry && entry->address == SocketAddress::fromAbstract(name));
    QVERIFY(!entry->mode);
}

void tst_SocketInventory::nameThatClientsUse_data()
{
    QTest::addColumn<int>("bits");
    for (int bits = 0; bits < 8; ++bits)
        QTest::addRow("%d", bits) << bits;
}

// With an access option QLocalServer binds "<folder>/.XXXXXX/s" and renames it. The kernel tells
// the first name for ever.
void tst_SocketInventory::nameThatClientsUse()
{
    QFETCH(int, bits);
    const ScratchFolder scratch;
    QLocalServer server;
    server.setSocketOptions(QLocalServer::SocketOptions(bits));
    QVERIFY(server.listen(scratch.file(u"qt"_s)));
    const auto fd = static_cast<int>(server.socketDescriptor());
    const mode_t mode =
        *AccessOptions::fromSocketOptions(server.socketOptions()).mode(currentUmask());
    QCOMPARE(told(entryOf(fd), scratch),
             u"listening stream /qt "_s + modeText(mode)
                 + u" waiting 0 of 50 held by tst_socketinventory"_s);
    const QByteArray path = scratch.bytes(u"qt"_s);
    QCOMPARE(::chmod(path.constData(), 0700), 0); // some of the sets shut out the owner himself
    const Descriptor client = connectedTo(SocketAddress::fromPath(path));
    const Descriptor accepted(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC));
    QCOMPARE(::chmod(path.constData(), mode), 0);
    QCOMPARE(told(entryOf(accepted.get()), scratch),
             u"connected stream /qt "_s + modeText(mode) + u" held by tst_socketinventory"_s);
}

void tst_SocketInventory::deletedFile()
{
    const ScratchFolder scratch;
    const Descriptor server =
        boundTo(SocketAddress::fromPath(scratch.bytes(u"s"_s)), SOCK_STREAM, 1);
    QVERIFY(QFile::remove(scratch.file(u"s"_s)));
    const QString gone = u"listening stream /s waiting 0 of 1 held by tst_socketinventory"_s;
    QCOMPARE(told(entryOf(server.get()), scratch), gone);
    scratch.write(u"s"_s, "another file now"); // whose mode is not the socket's
    QCOMPARE(told(entryOf(server.get()), scratch), gone);
}

void tst_SocketInventory::anotherProcess()
{
    const ScratchFolder scratch;
    int ends[2] = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    const Descriptor one(ends[0]);
    const Descriptor other(ends[1]);
    QProcess process; // inherits both
    process.setProgram(u"/bin/cat"_s);
    process.start();
    QVERIFY(process.waitForStarted());
    TRY_VERIFY(entryOf(one.get())->holders.size() == 2);
    QStringList names;
    const auto entry = entryOf(one.get());
    for (const ProcessInfo &holder : entry->holders)
        names << holder.name;
    names.sort();
    QCOMPARE(names, (QStringList {u"cat"_s, u"tst_socketinventory"_s}));
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    QCOMPARE(entryOf(one.get())->holders.size(), size_t(1));
}

void tst_SocketInventory::uidOfTheMaker()
{
    const Descriptor socket = makeSocket();
    QCOMPARE(entryOf(socket.get())->uid.value_or(~0U), ::geteuid());
}

void tst_SocketInventory::waiting()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor server = boundTo(address, SOCK_STREAM, 5);
    QCOMPARE(waitingConnections(server.get()), 0);
    std::vector<Descriptor> clients;
    for (int count = 1; count <= 4; ++count) {
        clients.push_back(connectedTo(address));
        QCOMPARE(waitingConnections(server.get()), count);
    }
    const Descriptor accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    QCOMPARE(waitingConnections(server.get()), 3);
}

void tst_SocketInventory::waitingCannotBeTold()
{
    const int descriptors = openDescriptorCount();
    const Descriptor unbound = makeSocket();
    QCOMPARE(waitingConnections(unbound.get()), -1);
    QCOMPARE(waitingConnections(-1), -1);
    QCOMPARE(waitingConnections(0), -1);
    QCOMPARE(openDescriptorCount(), descriptors + 1);
}

void tst_SocketInventory::whoIsAtTheOtherEnd()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor server = boundTo(address, SOCK_STREAM, 5);
    const Descriptor client = connectedTo(address);
    QCOMPARE(entryOf(client.get())->peerHolders, std::vector<ProcessInfo>()); // not accepted yet
    const Descriptor accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const auto entry = entryOf(client.get());
    QCOMPARE(entry->peerAddress, address);
    QCOMPARE(entry->peerHolders.size(), size_t(1));
    QCOMPARE(entry->peerHolders.front().pid, ::getpid());
    QVERIFY(!entryOf(accepted.get())->peerAddress.isValid());
    // Of a listener: who is connected, each process once.
    const Descriptor again = connectedTo(address);
    const Descriptor acceptedToo(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    QCOMPARE(entryOf(server.get())->peerHolders, entry->peerHolders);
}

void tst_SocketInventory::marks()
{
    const ScratchFolder scratch;
    const QByteArray path = scratch.bytes(u"s"_s);
    const Descriptor server = boundTo(SocketAddress::fromPath(path), SOCK_STREAM, 1);
    QCOMPARE(::chmod(path.constData(), 0755), 0);
    QCOMPARE(marked(server.get()), QString());
    QCOMPARE(::chmod(path.constData(), 0722), 0);
    QCOMPARE(marked(server.get()), u"world-writable"_s); // the folder is this user's alone
    QVERIFY(marksOf(*entryOf(server.get())).front().text.contains(scratch.path()));
    QCOMPARE(::chmod(scratch.path().toLocal8Bit().constData(), 0711), 0);
    QCOMPARE(marked(server.get()), u"world-writable!"_s);
    const Descriptor client = connectedTo(SocketAddress::fromPath(path));
    const Descriptor accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    QCOMPARE(marked(accepted.get()), QString()); // who is connected needs no right any more
    QVERIFY(QFile::remove(scratch.file(u"s"_s)));
    QCOMPARE(marked(server.get()), u"stale!"_s);
    const Descriptor other = boundTo(SocketAddress::fromPath(path), SOCK_STREAM, 1);
    QCOMPARE(marked(server.get()), u"stale!"_s);
    QVERIFY(entryOf(server.get())->file == SocketEntry::File::Replaced);
    const Descriptor abstract =
        boundTo(SocketAddress::fromAbstract("sockeye-marks-" + QByteArray::number(::getpid())),
                SOCK_STREAM, 1);
    QCOMPARE(marked(abstract.get()), u"abstract!"_s);
}

void tst_SocketInventory::tapped()
{
    const ScratchFolder scratch;
    const QByteArray path = scratch.bytes(u"s"_s);
    const Descriptor server = boundTo(SocketAddress::fromPath(path), SOCK_STREAM, 1);
    QCOMPARE(::chmod(path.constData(), 0777), 0);
    const QByteArray folder = QByteArray::fromStdString(SwapRecord::folderFor(path.toStdString()));
    QCOMPARE(::mkdir(folder.constData(), 0700), 0);
    // As a tap does it: made in the folder, and exchanged with the original.
    const Descriptor tap = boundTo(SocketAddress::fromPath(folder + "/s"), SOCK_STREAM, 1);
    QVERIFY(exchangeFiles(path.toStdString(), (folder + "/s").toStdString()));
    const auto original = entryOf(server.get());
    QCOMPARE(original->address.display(), scratch.file(u"s"_s));
    QCOMPARE(marked(server.get()), u"tapped"_s);
    QVERIFY(!tapChoice(*original).inPlace);
    const auto ours = entryOf(tap.get());
    QCOMPARE(ours->address.display(), scratch.file(u"s"_s));
    QVERIFY(ours->file == SocketEntry::File::There);
    QVERIFY(tapChoice(*ours).reason.contains(u"Sockeye itself"_s));
}

void tst_SocketInventory::tapChoices()
{
    const ScratchFolder scratch;
    const auto choice = [](SocketEntry entry) {
        entry.holders.clear(); // not this process: it may be tapped
        const TapChoice found = tapChoice(entry);
        return (found.inPlace      ? u"in place"_s
                    : found.beside ? u"beside"_s
                                   : u"none"_s)
            + (found.reason.isEmpty() ? QString() : u", because"_s);
    };
    const QByteArray path = scratch.bytes(u"s"_s);
    const Descriptor server = boundTo(SocketAddress::fromPath(path), SOCK_STREAM, 1);
    QCOMPARE(choice(*entryOf(server.get())), u"in place"_s);
    const Descriptor client = connectedTo(SocketAddress::fromPath(path));
    QCOMPARE(choice(*entryOf(client.get())), u"none, because"_s);
    const Descriptor datagram = boundTo(SocketAddress::fromPath(scratch.bytes(u"d"_s)), SOCK_DGRAM);
    QCOMPARE(choice(*entryOf(datagram.get())), u"none, because"_s);
    const Descriptor packets =
        boundTo(SocketAddress::fromPath(scratch.bytes(u"p"_s)), SOCK_SEQPACKET, 1);
    const SocketEntry packet = *entryOf(packets.get());
    QCOMPARE(choice(packet), u"in place"_s);
    QVERIFY(!tapChoice(packet).beside);
    SocketEntry abstract = *entryOf(server.get());
    abstract.address = SocketAddress::fromAbstract("a");
    abstract.file = SocketEntry::File::None;
    QCOMPARE(choice(abstract), u"beside, because"_s);
    abstract.type = SOCK_SEQPACKET;
    QCOMPARE(choice(abstract), u"none, because"_s);
    QVERIFY(QFile::remove(scratch.file(u"s"_s)));
    QCOMPARE(choice(*entryOf(server.get())), u"none, because"_s);
}

/// Bits: 1 in place, 2 beside.
void tst_SocketInventory::tapChoicesOfAStranger()
{
    if (::geteuid() != 0)
        QSKIP("needs root");
    const ScratchFolder scratch;
    const QByteArray path = scratch.bytes(u"s"_s);
    const QByteArray folder = scratch.path().toLocal8Bit();
    const Descriptor server = boundTo(SocketAddress::fromPath(path), SOCK_STREAM, 1);
    constexpr uid_t stranger = 4711;
    const auto choice = [&](mode_t folderMode, mode_t mode, uid_t owner) {
        ::chmod(folder.constData(), folderMode);
        ::chmod(path.constData(), mode);
        ::chown(path.constData(), owner, owner);
        SocketEntry entry = *entryOf(server.get());
        entry.holders.clear();
        return runAs({.uid = stranger, .gid = stranger, .groups = {}}, [&entry] {
            const TapChoice found = tapChoice(entry);
            if (found.reason.isEmpty() != found.inPlace)
                return 100;
            return (found.inPlace ? 1 : 0) + (found.beside ? 2 : 0);
        });
    };
    QCOMPARE(choice(0777, 0777, 0), 2); // not his
    QCOMPARE(choice(0755, 0700, stranger), 2); // his, but not the folder
    QCOMPARE(choice(0777, 0700, stranger), 3);
    QCOMPARE(choice(0755, 0755, 0), 0); // may not even connect
    QCOMPARE(choice(0700, 0777, stranger), 0);
}

void tst_SocketInventory::tenThousand()
{
    constexpr int wanted = 10'000;
    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted + 200);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur < wanted + 200)
        QSKIP("needs a limit of 10200 descriptors");
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor server = boundTo(address, SOCK_STREAM, 5);
    std::vector<Descriptor> ends;
    for (int i = 0; i < wanted / 2; ++i) {
        ends.push_back(connectedTo(address));
        ends.emplace_back(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    }
    QElapsedTimer timer;
    timer.start();
    const Result<std::vector<SocketEntry>> sockets = listSockets();
    qInfo("%zu sockets listed in %lld ms", sockets->size(), timer.elapsed());
    const auto named = std::count_if(sockets->begin(), sockets->end(), [&](const SocketEntry &e) {
        return e.address == address && e.mode && e.holders.size() == 1;
    });
    QCOMPARE(named, wanted / 2 + 1);
    QVERIFY(sockets->size() >= wanted + 1);
}

QTEST_GUILESS_MAIN(tst_SocketInventory)
#include "tst_socketinventory.moc"
