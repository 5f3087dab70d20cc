// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/addressprobe.h"
#include "core/access/kerneltable.h"
#include "core/base/descriptor.h"
#include "otheruser.h"
#include "tests/kit/scratchfolder.h"

#include <QDir>
#include <QLocalServer>
#include <QtTest>

#include <cerrno>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = AddressState::Kind;
using FileType = AddressState::FileType;

Descriptor makeSocket(int type)
{
    return Descriptor(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
}

bool bindTo(const Descriptor &socket, const SocketAddress &address)
{
    sockaddr_un target = {};
    const Result<socklen_t> length = address.toSockaddr(target);
    return length && ::bind(socket.get(), reinterpret_cast<sockaddr *>(&target), *length) == 0;
}

bool connectTo(const Descriptor &socket, const SocketAddress &address)
{
    sockaddr_un target = {};
    const Result<socklen_t> length = address.toSockaddr(target);
    return length && ::connect(socket.get(), reinterpret_cast<sockaddr *>(&target), *length) == 0;
}

Descriptor listenAt(const SocketAddress &address, int type = SOCK_STREAM, int backlog = 5)
{
    Descriptor server = makeSocket(type);
    if (!bindTo(server, address) || (type != SOCK_DGRAM && ::listen(server.get(), backlog) != 0))
        qFatal("cannot listen at %s", qPrintable(address.display()));
    return server;
}

SocketAddress abstractName(const char *name)
{
    return SocketAddress::fromAbstract("sockeye-test-" + QByteArray::number(::getpid()) + '-'
                                       + name);
}

/// "Live Socket", "NotASocket Link": probe and peek in one line, so that a row tells it all.
QString told(const AddressState &state)
{
    static const QMap<Kind, QString> kinds {{Kind::Absent, u"absent"_s},
                                            {Kind::Live, u"live"_s},
                                            {Kind::Stale, u"stale"_s},
                                            {Kind::NotASocket, u"not a socket"_s},
                                            {Kind::Unclear, u"unclear"_s}};
    QString text = kinds.value(state.kind) + u", "_s + fileTypeText(state.fileType);
    if (state.kind == Kind::Live && state.socketType != SOCK_STREAM)
        text += u" of type %1"_s.arg(state.socketType);
    return text;
}

} // namespace

class tst_AddressProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatStandsThere_data();
    void whatStandsThere();
    void liveSaysWho();
    void liveUnderAnotherName();
    void staleLooksLikeItsFile();
    void boundButNotListening();
    void replacedFileIsNotTheListener();
    void fullQueueIsLive();
    void otherTypes_data();
    void otherTypes();
    void abstractNames();
    void linksAreNotFollowed();
    void longerThanTheField();
    void noDescriptorsLeft();
    void withoutRights();
    void peekMakesNoConnection();
    void nothingChangesOnTheDisk();
    void tableWithoutDiagSaysTheSame();
};

void tst_AddressProbe::whatStandsThere_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << u"missing"_s << u"absent, nothing"_s;
    QTest::newRow("no folder") << u"missing/x"_s << u"absent, nothing"_s;
    QTest::newRow("file for a folder") << u"file/x"_s << u"absent, nothing"_s;
    QTest::newRow("regular file") << u"file"_s << u"not a socket, a regular file"_s;
    QTest::newRow("folder") << u"folder"_s << u"not a socket, a folder"_s;
    QTest::newRow("fifo") << u"fifo"_s << u"not a socket, a named pipe (fifo)"_s;
    QTest::newRow("dangling link") << u"dangling"_s << u"not a socket, a symbolic link"_s;
    QTest::newRow("link to a live one") << u"link"_s << u"not a socket, a symbolic link"_s;
    QTest::newRow("link loop on the way") << u"loop/x"_s << u"unclear, nothing"_s;
    QTest::newRow("device") << u"/dev/null"_s << u"not a socket, a device"_s;
    QTest::newRow("live") << u"live"_s << u"live, a socket"_s;
    QTest::newRow("live by a link to its folder") << u"here/live"_s << u"live, a socket"_s;
    QTest::newRow("stale") << u"stale"_s << u"stale, a socket"_s;
}

void tst_AddressProbe::whatStandsThere()
{
    QFETCH(QString, name);
    QFETCH(QString, expected);
    const ScratchFolder scratch;
    scratch.write(u"file"_s, "content");
    QVERIFY(QDir(scratch.path()).mkdir(u"folder"_s));
    QCOMPARE(::mkfifo(scratch.bytes(u"fifo"_s).constData(), 0600), 0);
    QCOMPARE(::symlink("nowhere", scratch.bytes(u"dangling"_s).constData()), 0);
    QCOMPARE(::symlink("live", scratch.bytes(u"link"_s).constData()), 0);
    QCOMPARE(::symlink("loop", scratch.bytes(u"loop"_s).constData()), 0);
    QCOMPARE(::symlink(".", scratch.bytes(u"here"_s).constData()), 0);
    const Descriptor live = listenAt(SocketAddress::fromPath(scratch.bytes(u"live"_s)));
    listenAt(SocketAddress::fromPath(scratch.bytes(u"stale"_s))).reset();
    const SocketAddress address =
        SocketAddress::fromPath(name.startsWith(u'/') ? name.toUtf8() : scratch.bytes(name));
    QCOMPARE(told(peekAddress(address)), expected);
    QCOMPARE(told(probeAddress(address)), expected);
}

void tst_AddressProbe::liveSaysWho()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor server = listenAt(address);
    QCOMPARE(::chmod(address.bytes().constData(), 0741), 0);
    for (const AddressState &state : {probeAddress(address), peekAddress(address)}) {
        QCOMPARE(told(state), u"live, a socket"_s);
        QVERIFY(state.identity == identityOf(address.bytes()));
        QVERIFY(state.identity);
        QCOMPARE(state.mode, mode_t(0741));
        QCOMPARE(state.owner, ::geteuid());
        QCOMPARE(state.group, ::getegid());
        QCOMPARE(state.serverUid.value_or(~0U), ::geteuid());
    }
    QCOMPARE(probeAddress(address).serverPid.value_or(0), ::getpid());
}

// QLocalServer with an access option binds in a hidden folder and renames: the kernel's table never
// has the name that clients use.
void tst_AddressProbe::liveUnderAnotherName()
{
    const ScratchFolder scratch;
    QLocalServer server;
    server.setSocketOptions(QLocalServer::UserAccessOption);
    QVERIFY(server.listen(scratch.file(u"qt"_s)));
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"qt"_s));
    QCOMPARE(told(peekAddress(address)), u"live, a socket"_s);
    QCOMPARE(told(probeAddress(address)), u"live, a socket"_s);
    QVERIFY(QFile::rename(scratch.file(u"qt"_s), scratch.file(u"moved"_s)));
    QCOMPARE(told(peekAddress(address)), u"absent, nothing"_s);
    QCOMPARE(told(peekAddress(SocketAddress::fromPath(scratch.bytes(u"moved"_s)))),
             u"live, a socket"_s);
}

void tst_AddressProbe::staleLooksLikeItsFile()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    listenAt(address).reset();
    const AddressState state = probeAddress(address);
    QCOMPARE(told(state), u"stale, a socket"_s);
    QCOMPARE(state.errnoValue, ECONNREFUSED);
    QVERIFY(state.identity == identityOf(address.bytes()));
    QVERIFY(!state.serverPid);
}

// connect() is refused here too, but removing the file would take away another server's start.
void tst_AddressProbe::boundButNotListening()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor server = makeSocket(SOCK_STREAM);
    QVERIFY(bindTo(server, address));
    QCOMPARE(told(probeAddress(address)), u"unclear, a socket"_s);
    QCOMPARE(told(peekAddress(address)), u"unclear, a socket"_s);
    const SocketAddress name = abstractName("bound");
    const Descriptor other = makeSocket(SOCK_STREAM);
    QVERIFY(bindTo(other, name));
    QCOMPARE(told(probeAddress(name)), u"unclear, nothing"_s);
    QCOMPARE(told(peekAddress(name)), u"unclear, nothing"_s);
}

// A listener whose file was deleted has the name in the table still; a new file there is not his.
void tst_AddressProbe::replacedFileIsNotTheListener()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor old = listenAt(address);
    QVERIFY(QFile::rename(scratch.file(u"s"_s), scratch.file(u"kept"_s)));
    listenAt(address).reset();
    QCOMPARE(told(peekAddress(address)), u"stale, a socket"_s);
    QCOMPARE(told(probeAddress(address)), u"stale, a socket"_s);
}

void tst_AddressProbe::fullQueueIsLive()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const SocketAddress name = abstractName("full");
    const Descriptor server = listenAt(address, SOCK_STREAM, 0);
    const Descriptor abstractServer = listenAt(name, SOCK_STREAM, 0);
    const Descriptor client = makeSocket(SOCK_STREAM);
    const Descriptor abstractClient = makeSocket(SOCK_STREAM);
    QVERIFY(connectTo(client, address));
    QVERIFY(connectTo(abstractClient, name));
    for (const AddressState &state : {probeAddress(address), probeAddress(name)}) {
        QCOMPARE(state.kind, Kind::Live);
        QCOMPARE(state.errnoValue, EAGAIN);
        QCOMPARE(state.serverUid.value_or(~0U), ::geteuid());
    }
}

void tst_AddressProbe::otherTypes_data()
{
    QTest::addColumn<int>("type");
    QTest::newRow("datagrams") << int(SOCK_DGRAM);
    QTest::newRow("packets in order") << int(SOCK_SEQPACKET);
}

void tst_AddressProbe::otherTypes()
{
    QFETCH(int, type);
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    Descriptor server = listenAt(address, type);
    for (const AddressState &state : {probeAddress(address), peekAddress(address)}) {
        QCOMPARE(state.kind, Kind::Live);
        QCOMPARE(state.socketType, type);
    }
    server.reset();
    QCOMPARE(told(probeAddress(address)), u"stale, a socket"_s);
    QCOMPARE(told(peekAddress(address)), u"stale, a socket"_s);
    // The same abstract name is free for a stream, as each type has names of its own.
    const SocketAddress name = abstractName("typed");
    const Descriptor other = listenAt(name, type);
    QCOMPARE(told(probeAddress(name)), u"absent, nothing"_s);
    QCOMPARE(told(peekAddress(name)), u"absent, nothing"_s);
    QVERIFY(bindTo(makeSocket(SOCK_STREAM), name));
}

void tst_AddressProbe::abstractNames()
{
    const SocketAddress address = abstractName("live");
    QCOMPARE(told(probeAddress(address)), u"absent, nothing"_s);
    QCOMPARE(told(peekAddress(address)), u"absent, nothing"_s);
    const Descriptor server = listenAt(address);
    QCOMPARE(told(peekAddress(address)), u"live, nothing"_s);
    const AddressState state = probeAddress(address);
    QCOMPARE(told(state), u"live, nothing"_s);
    QCOMPARE(state.serverPid.value_or(0), ::getpid());
    QVERIFY(!state.identity);
    // Every byte counts, also a NUL at the end.
    const SocketAddress longer = SocketAddress::fromAbstract(address.bytes() + '\0');
    QCOMPARE(told(probeAddress(longer)), u"absent, nothing"_s);
    QCOMPARE(told(peekAddress(longer)), u"absent, nothing"_s);
    QCOMPARE(probeAddress(SocketAddress::fromAbstract(QByteArray(108, 'x'))).errnoValue,
             ENAMETOOLONG);
    QCOMPARE(told(probeAddress({})), u"absent, nothing"_s);
}

void tst_AddressProbe::linksAreNotFollowed()
{
    const ScratchFolder scratch;
    const Descriptor server = listenAt(SocketAddress::fromPath(scratch.bytes(u"s"_s)));
    QCOMPARE(::symlink("s", scratch.bytes(u"link"_s).constData()), 0);
    const AddressState state = probeAddress(SocketAddress::fromPath(scratch.bytes(u"link"_s)));
    QVERIFY(state.identity == identityOf(scratch.bytes(u"link"_s)));
    QVERIFY(state.identity != identityOf(scratch.bytes(u"s"_s)));
    QVERIFY(!identityOf(scratch.bytes(u"missing"_s)));
}

// Such a socket can exist: bound by a relative name, or through a link to its folder.
void tst_AddressProbe::longerThanTheField()
{
    const ScratchFolder scratch;
    const QString folder = scratch.file(QString(120, u'd'));
    QVERIFY(QDir().mkdir(folder));
    QCOMPARE(::symlink(QFile::encodeName(folder).constData(), scratch.bytes(u"l"_s).constData()),
             0);
    const Descriptor server = listenAt(SocketAddress::fromPath(scratch.bytes(u"l/s"_s)));
    const SocketAddress address = SocketAddress::fromPath(QFile::encodeName(folder) + "/s");
    QCOMPARE(told(probeAddress(address)), u"live, a socket"_s);
    QCOMPARE(told(peekAddress(address)), u"live, a socket"_s);
}

void tst_AddressProbe::noDescriptorsLeft()
{
    const ScratchFolder scratch;
    const SocketAddress live = SocketAddress::fromPath(scratch.bytes(u"live"_s));
    const SocketAddress stale = SocketAddress::fromPath(scratch.bytes(u"stale"_s));
    const Descriptor server = listenAt(live);
    listenAt(stale).reset();
    std::vector<Descriptor> all;
    for (Descriptor one(::dup(server.get())); one; one = Descriptor(::dup(server.get())))
        all.push_back(std::move(one));
    const AddressState probedStale = probeAddress(stale);
    const AddressState probedAbsent = probeAddress(abstractName("none"));
    all.clear();
    // Without a descriptor nothing can be proved, and what is not proved stale is never removed.
    QCOMPARE(told(probedStale), u"unclear, a socket"_s);
    QCOMPARE(probedStale.errnoValue, EMFILE);
    QCOMPARE(told(probedAbsent), u"unclear, nothing"_s);
}

void tst_AddressProbe::withoutRights()
{
    if (::geteuid() != 0)
        QSKIP("needs root, to look as another user");
    const ScratchFolder scratch;
    QVERIFY(QDir(scratch.path()).mkdir(u"closed"_s));
    const SocketAddress live = SocketAddress::fromPath(scratch.bytes(u"live"_s));
    const SocketAddress stale = SocketAddress::fromPath(scratch.bytes(u"stale"_s));
    const SocketAddress hidden = SocketAddress::fromPath(scratch.bytes(u"closed/s"_s));
    const Descriptor server = listenAt(live);
    listenAt(stale).reset();
    QCOMPARE(::chmod(QFile::encodeName(scratch.path()).constData(), 0755), 0);
    QCOMPARE(::chmod(scratch.bytes(u"closed"_s).constData(), 0700), 0);
    QCOMPARE(::chmod(live.bytes().constData(), 0700), 0);
    QCOMPARE(::chmod(stale.bytes().constData(), 0700), 0);
    const int failed = runAs({.uid = 61001, .gid = 62001, .groups = {}}, [&] {
        const AddressState seen = probeAddress(live);
        int wrong = 0;
        wrong |=
            seen.kind == Kind::Live && seen.errnoValue == EACCES && seen.serverUid == 0U ? 0 : 1;
        wrong |= probeAddress(stale).kind == Kind::Unclear ? 0 : 2;
        wrong |= probeAddress(stale).errnoValue == EACCES ? 0 : 4;
        wrong |= probeAddress(hidden).kind == Kind::Unclear ? 0 : 8;
        wrong |= peekAddress(hidden).errnoValue == EACCES ? 0 : 16;
        wrong |= peekAddress(live).kind == Kind::Live ? 0 : 32;
        return wrong;
    });
    QCOMPARE(failed, 0);
}

void tst_AddressProbe::peekMakesNoConnection()
{
    const ScratchFolder scratch;
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Descriptor server = listenAt(address);
    QCOMPARE(peekAddress(address).kind, Kind::Live);
    struct stat status = {};
    QCOMPARE(::fstat(server.get(), &status), 0);
    QCOMPARE(peekAddress(address).serverInode, std::optional(static_cast<quint32>(status.st_ino)));
    QCOMPARE(findKernelSocket(static_cast<quint32>(status.st_ino))->waiting, 0U);
    QCOMPARE(probeAddress(address).kind, Kind::Live);
    QCOMPARE(findKernelSocket(static_cast<quint32>(status.st_ino))->waiting, 1U);
}

void tst_AddressProbe::nothingChangesOnTheDisk()
{
    const ScratchFolder scratch;
    const SocketAddress live = SocketAddress::fromPath(scratch.bytes(u"live"_s));
    const SocketAddress stale = SocketAddress::fromPath(scratch.bytes(u"stale"_s));
    const Descriptor server = listenAt(live);
    listenAt(stale).reset();
    scratch.write(u"file"_s, "x");
    const QByteArray before = scratch.treeHash();
    const int descriptors = openDescriptorCount();
    for (const SocketAddress &address :
         {live, stale, SocketAddress::fromPath(scratch.bytes(u"file"_s)),
          SocketAddress::fromPath(scratch.bytes(u"missing"_s))}) {
        QVERIFY(peekAddress(address).kind == probeAddress(address).kind);
    }
    QCOMPARE(scratch.treeHash(), before);
    QCOMPARE(openDescriptorCount(), descriptors);
}

void tst_AddressProbe::tableWithoutDiagSaysTheSame()
{
    const ScratchFolder scratch;
    const SocketAddress path = SocketAddress::fromPath(scratch.bytes(u"a b"_s));
    const SocketAddress name = abstractName("same");
    const Descriptor first = listenAt(path);
    const Descriptor second = listenAt(name, SOCK_SEQPACKET);
    const Descriptor client = makeSocket(SOCK_STREAM);
    QVERIFY(connectTo(client, path));
    const Descriptor accepted(::accept4(first.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const Descriptor waiting = makeSocket(SOCK_STREAM); // is in neither table but as a number
    QVERIFY(connectTo(waiting, path));
    const auto picture = [&](const Result<std::vector<KernelSocket>> &table) {
        QStringList lines;
        for (const KernelSocket &socket : *table) {
            if (socket.address == path || socket.address == name)
                lines << u"%1 %2 %3 %4"_s.arg(socket.inode)
                             .arg(socket.type)
                             .arg(int(socket.state))
                             .arg(socket.address.display());
        }
        lines.sort();
        return lines;
    };
    const QStringList byDiag = picture(readKernelSockets(KernelRows::All));
    QCOMPARE(byDiag.size(), 3);
    QCOMPARE(picture(readProcNetUnix()), byDiag);
    struct stat status = {};
    QCOMPARE(::fstat(first.get(), &status), 0);
    const auto found = findKernelSocket(static_cast<quint32>(status.st_ino));
    QVERIFY(found && found->address == path && found->waiting == 1 && found->backlog == 5);
    QVERIFY(!findKernelSocket(1));
}

QTEST_GUILESS_MAIN(tst_AddressProbe)
#include "tst_addressprobe.moc"
