// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/sockettakeover.h"
#include "core/server/tapserver.h"
#include "kit/scratchfolder.h"
#include "localsockets.h"
#include "tests/kit/patience.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QtTest>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::StringLiterals;

/// A socket of another program, taken over and put back: nothing else may change, whoever dies.
class tst_SocketTakeover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // As the program does: what is written to a guardian that has gone is an error, not an end.
    void initTestCase() { ::signal(SIGPIPE, SIG_IGN); }
    void inPlaceAndBack();
    void rightsAreKept_data();
    void rightsAreKept();
    void longPath();
    void refusals_data();
    void refusals();
    void guardianThatEndsAtOnce();
    void foreignUserMayNot();
    void onlyOnce();
    void nothingOfOursIsLetGoLater();
    void killed();
    void killedWithItsGuardian();
    void killedBeforeTheExchange();
    void guardianKilled();
    void serverMakesItsSocketAnew();
    void serverLeaves();
    void somebodyElsesFile();
    void journals_data();
    void journals();
    void swapsUnderAStormOfConnects();
    void tapsAgainWhenTheServerRestarts();
};

namespace {

/// A folder with a live server's socket in it, and where taps are listed.
struct Place
{
    Place() { server = foreignServer(path()); }

    [[nodiscard]] QByteArray path() const { return folder.bytes(u"api"_s); }
    [[nodiscard]] SocketAddress address() const { return SocketAddress::fromPath(path()); }
    [[nodiscard]] TakeoverPlaces places() const
    {
        return {QByteArrayLiteral(SOCKEYE_GUARDIAN), lists.bytes(u"taps"_s)};
    }
    [[nodiscard]] std::optional<FileNumbers> there() const
    {
        return numbersOf(path().toStdString());
    }
    [[nodiscard]] QStringList names() const { return namesIn(folder.path()); }
    [[nodiscard]] QStringList listed() const { return namesIn(lists.file(u"taps"_s)); }

    ScratchFolder folder;
    ScratchFolder lists;
    Descriptor server;
};

QString codeOf(const Result<> &result)
{
    return result ? QString() : codeName(result.error().code);
}

QString begun(const SocketAddress &address, const TakeoverPlaces &places)
{
    const auto takeover = SocketTakeover::begin(address, places);
    return takeover ? QString() : summary(takeover.error());
}

/// Takes over in a process of its own, says so, and waits to be killed.
std::unique_ptr<ChildProcess> tapElsewhere(const Place &place)
{
    Gate ready;
    auto child = std::make_unique<ChildProcess>([&] {
        const auto takeover = SocketTakeover::begin(place.address(), place.places());
        ready.open();
        ::pause();
        return takeover ? 0 : 1;
    });
    ready.pass();
    return child;
}

// The guardian of a tap, by the folder it was given.
pid_t guardianOf(const Place &place)
{
    const QByteArray folder =
        QByteArray::fromStdString(SwapRecord::folderFor(place.path().toStdString()));
    for (const QString &name : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        QFile file(u"/proc/"_s + name + u"/cmdline"_s);
        if (name.toInt() > 0 && file.open(QIODevice::ReadOnly)) {
            const QList<QByteArray> words = file.readAll().split('\0');
            if (words.value(0) == SOCKEYE_GUARDIAN && words.value(1) == folder)
                return name.toInt();
        }
    }
    return -1;
}

} // namespace

void tst_SocketTakeover::inPlaceAndBack()
{
    const Place place;
    const auto original = place.there();
    const int descriptors = openDescriptorCount();
    {
        auto takeover = SocketTakeover::begin(place.address(), place.places());
        QVERIFY2(takeover, takeover ? "" : qPrintable(summary(takeover.error())));
        QVERIFY((*takeover)->isInPlace());
        QVERIFY(place.there() != original);
        QCOMPARE(place.names(), (QStringList {u".api.sockeye-tap"_s, u"api"_s}));
        QCOMPARE(place.listed().size(), 1);
        // A client that comes by name comes to us, and the original is where the tap finds it.
        const Descriptor client = connectTo(place.path());
        QVERIFY(client);
        QVERIFY(Descriptor(::accept((*takeover)->listener(), nullptr, nullptr)));
        QCOMPARE(codeOf((*takeover)->end()), QString());
        QCOMPARE(place.there(), original);
        QCOMPARE(place.names(), QStringList(u"api"_s));
        QCOMPARE(codeOf((*takeover)->end()), QString());
    }
    QCOMPARE(place.listed(), QStringList());
    QCOMPARE(openDescriptorCount(), descriptors);
    QVERIFY(connectTo(place.path()));
    QCOMPARE(guardianOf(place), -1);
}

void tst_SocketTakeover::rightsAreKept_data()
{
    QTest::addColumn<uint>("mode");
    QTest::addColumn<uint>("owner");
    for (const uint mode : {0777u, 0700u, 0660u, 0007u})
        QTest::addRow("%o", mode) << mode << 0u;
    QTest::newRow("another owner") << 0640u << uint(nobodyUser);
}

void tst_SocketTakeover::rightsAreKept()
{
    QFETCH(uint, mode);
    QFETCH(uint, owner);
    if (owner != 0 && !isRoot())
        QSKIP("only root can give a file away");
    const Place place;
    QVERIFY(::chmod(place.path().constData(), mode) == 0);
    if (owner != 0)
        QVERIFY(::chown(place.path().constData(), owner, owner) == 0);
    struct stat before = {};
    QVERIFY(::stat(place.path().constData(), &before) == 0);
    const auto takeover = SocketTakeover::begin(place.address(), place.places());
    QVERIFY(takeover);
    struct stat after = {};
    QVERIFY(::stat(place.path().constData(), &after) == 0);
    QVERIFY(after.st_ino != before.st_ino);
    QCOMPARE(after.st_mode, before.st_mode);
    QCOMPARE(after.st_uid, before.st_uid);
    QCOMPARE(after.st_gid, before.st_gid);
}

// Our socket's name is longer than the server's: the kernel's field does not hold it.
void tst_SocketTakeover::longPath()
{
    const ScratchFolder folder;
    const QByteArray base = folder.bytes(u""_s);
    const QByteArray path = base + QByteArray(105 - base.size(), 'x');
    const Descriptor server = foreignServer(path);
    const ScratchFolder lists;
    const auto takeover = SocketTakeover::begin(
        SocketAddress::fromPath(path), {QByteArrayLiteral(SOCKEYE_GUARDIAN), lists.bytes(u"t"_s)});
    QVERIFY2(takeover, takeover ? "" : qPrintable(summary(takeover.error())));
    QVERIFY(connectTo(path));
    QVERIFY(Descriptor(::accept((*takeover)->listener(), nullptr, nullptr)));
}

void tst_SocketTakeover::refusals_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("problem");
    QTest::newRow("absent") << u"absent"_s << u"ConnectMissing"_s;
    QTest::newRow("file") << u"file"_s << u"AddressNotASocket"_s;
    QTest::newRow("folder") << u"folder"_s << u"AddressNotASocket"_s;
    QTest::newRow("link") << u"link"_s << u"AddressNotASocket"_s;
    QTest::newRow("stale") << u"stale"_s << u"ConnectRefused"_s;
    QTest::newRow("datagram") << u"datagram"_s << u"TapTypeUnsupported"_s;
    QTest::newRow("abstract") << u"@sockeye-abstract"_s << u"TapNeedsPath"_s;
    QTest::newRow("no guardian") << u"api"_s << u"TapNoGuardian"_s;
}

void tst_SocketTakeover::refusals()
{
    QFETCH(QString, what);
    QFETCH(QString, problem);
    const Place place;
    place.folder.write(u"file"_s, "mine");
    QVERIFY(QDir(place.folder.path()).mkdir(u"folder"_s));
    QVERIFY(QFile::link(place.folder.file(u"api"_s), place.folder.file(u"link"_s)));
    makeStaleSocket(place.folder.bytes(u"stale"_s));
    const Descriptor datagram(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un name = {};
    const auto length = SocketAddress::fromPath(place.folder.bytes(u"datagram"_s)).toSockaddr(name);
    QVERIFY(::bind(datagram.get(), reinterpret_cast<const sockaddr *>(&name), *length) == 0);

    const QByteArray before = place.folder.treeHash();
    TakeoverPlaces places = place.places();
    if (problem == u"TapNoGuardian"_s)
        places.guardian = place.folder.bytes(u"file"_s);
    const SocketAddress address = what.startsWith(u'@')
        ? SocketAddress::fromAbstract(what.mid(1).toUtf8())
        : SocketAddress::fromPath(place.folder.bytes(what));
    const auto takeover = SocketTakeover::begin(address, places);
    QVERIFY(!takeover);
    QCOMPARE(codeName(takeover.error().code), problem);
    QCOMPARE(place.folder.treeHash(), before);
    QCOMPARE(place.listed(), QStringList());
}

// It is not waited for: clients of the other servers would wait as well.
void tst_SocketTakeover::guardianThatEndsAtOnce()
{
    const Place place;
    const QByteArray before = place.folder.treeHash();
    TakeoverPlaces places = place.places();
    places.guardian = QByteArrayLiteral("/bin/true");
    QElapsedTimer timer;
    timer.start();
    const auto takeover = SocketTakeover::begin(place.address(), places);
    QVERIFY(!takeover);
    QCOMPARE(codeName(takeover.error().code), u"TapNoGuardian"_s);
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(place.folder.treeHash(), before);
}

void tst_SocketTakeover::foreignUserMayNot()
{
    if (!isRoot())
        QSKIP("needs root to become another user");
    const Place place;
    QVERIFY(::chmod(place.folder.path().toLocal8Bit().constData(), 0777) == 0);
    QVERIFY(::chmod(place.lists.path().toLocal8Bit().constData(), 0777) == 0);
    QVERIFY(::chmod(place.path().constData(), 0777) == 0);
    const QByteArray before = place.folder.treeHash();
    const int status = runAs(nobodyUser, [&place] {
        const auto takeover = SocketTakeover::begin(place.address(), place.places());
        return !takeover && takeover.error().code == ProblemCode::TapNotAllowed ? 7 : 1;
    });
    QCOMPARE(status, 7);
    QCOMPARE(place.folder.treeHash(), before);
}

void tst_SocketTakeover::onlyOnce()
{
    const Place place;
    const auto original = place.there();
    {
        const auto first = SocketTakeover::begin(place.address(), place.places());
        QVERIFY(first);
        QVERIFY(begun(place.address(), place.places()).contains(u"TapAlreadyTapped"_s));
        QVERIFY((*first)->isInPlace());
        QCOMPARE(place.listed().size(), 1);
    }
    QCOMPARE(place.there(), original);
}

// The kernel lets go of a dead process's descriptors from the highest number down, and inotify's
// may take seconds: neither the lock nor the guardian's pipe may have to wait for those of other
// servers.
void tst_SocketTakeover::nothingOfOursIsLetGoLater()
{
    const Place place;
    const auto takeover = SocketTakeover::begin(place.address(), place.places());
    QVERIFY(takeover);
    const Descriptor watch(::inotify_init1(IN_CLOEXEC));
    QVERIFY(watch);
    bool isLockHigh = false;
    bool isPipeHigh = false;
    for (const QString &name :
         QDir(u"/proc/self/fd"_s).entryList(QDir::AllEntries | QDir::System)) {
        const int number = name.toInt();
        const QString what = QFile::symLinkTarget(u"/proc/self/fd/"_s + name);
        const bool isHigh = number > watch.get();
        isLockHigh = isLockHigh || (isHigh && what == place.folder.file(u".api.sockeye-tap"_s));
        const bool isWritten = (::fcntl(number, F_GETFL) & O_ACCMODE) == O_WRONLY;
        isPipeHigh = isPipeHigh || (isHigh && isWritten && what.contains(u"pipe:"_s));
    }
    QVERIFY(isLockHigh);
    QVERIFY(isPipeHigh);
}

void tst_SocketTakeover::killed()
{
    const Place place;
    const auto original = place.there();
    for (int i = 0; i < 20; ++i) {
        const auto child = tapElsewhere(place);
        QVERIFY(place.there() != original);
        child->kill();
        TRY_COMPARE(place.there(), original);
        TRY_COMPARE(place.names(), QStringList(u"api"_s));
    }
    QVERIFY(connectTo(place.path()));
}

void tst_SocketTakeover::killedWithItsGuardian()
{
    const Place place;
    const auto original = place.there();
    const int rounds = std::max(20, qEnvironmentVariableIntValue("SOCKEYE_KILLS"));
    for (int i = 0; i < rounds; ++i) {
        const auto child = tapElsewhere(place);
        const pid_t guardian = guardianOf(place);
        QVERIFY(guardian > 0);
        QVERIFY(::kill(guardian, SIGKILL) == 0);
        child->kill();
        QVERIFY(place.there() != original);
        const std::vector<RecoveredTap> found = i % 2
            ? recoverTaps(place.places().registry)
            : recoverTaps(place.places().registry, place.address());
        QCOMPARE(found.size(), size_t {1});
        QCOMPARE(found.front().result, Restored::Done);
        QCOMPARE(place.there(), original);
        QCOMPARE(place.names(), QStringList(u"api"_s));
        QCOMPARE(place.listed(), QStringList());
    }
    qInfo("%d of %d put back", rounds, rounds);
}

// Whatever a crash has left of the preparations is cleared away by the next tap.
void tst_SocketTakeover::killedBeforeTheExchange()
{
    const Place place;
    const auto original = place.there();
    const QString folder = place.folder.file(u".api.sockeye-tap"_s);
    for (int step = 0; step < 4; ++step) {
        QVERIFY(QDir().mkdir(folder));
        if (step > 0) {
            SwapRecord record;
            record.path = place.path().toStdString();
            record.folder = SwapRecord::folderFor(record.path);
            record.original = *original;
            QVERIFY(writeJournal(record));
        }
        if (step > 1)
            makeStaleSocket(QFile::encodeName(folder + u"/s"_s));
        if (step == 3)
            place.folder.write(u".api.sockeye-tap/journal.new"_s, "half");
        const auto takeover = SocketTakeover::begin(place.address(), place.places());
        QVERIFY2(takeover, takeover ? "" : qPrintable(summary(takeover.error())));
        QCOMPARE(codeOf((*takeover)->end()), QString());
        QCOMPARE(place.there(), original);
        QCOMPARE(place.names(), QStringList(u"api"_s));
    }
}

void tst_SocketTakeover::guardianKilled()
{
    const Place place;
    const auto original = place.there();
    QStringList story;
    TapServer tap([](const Descriptor &) {}, place.places());
    connect(&tap, &ListeningServer::problemRaised, this,
            [&story](const Problem &problem) { story << codeName(problem.code); });
    QCOMPARE(codeOf(tap.start({.name = QFile::decodeName(place.path())})), QString());
    const pid_t guardian = guardianOf(place);
    QVERIFY(::kill(guardian, SIGKILL) == 0);
    TRY_COMPARE(story, QStringList(u"TapGuardianLost"_s));
    QVERIFY(guardianOf(place) > 0);
    QVERIFY(guardianOf(place) != guardian);
    QCOMPARE(tap.state(), ServerState::Listening);
    tap.stop();
    QCOMPARE(place.there(), original);
}

// A server that restarts removes what stands at its address and makes a new socket.
void tst_SocketTakeover::serverMakesItsSocketAnew()
{
    Place place;
    const auto takeover = SocketTakeover::begin(place.address(), place.places());
    QVERIFY(takeover);
    place.server.reset();
    QVERIFY(::unlink(place.path().constData()) == 0);
    place.server = foreignServer(place.path());
    const auto fresh = place.there();
    QVERIFY(!(*takeover)->isInPlace());
    QCOMPARE(codeOf((*takeover)->end()), QString());
    QCOMPARE(place.there(), fresh);
    QCOMPARE(place.names(), QStringList(u"api"_s));
}

void tst_SocketTakeover::serverLeaves()
{
    Place place;
    const auto takeover = SocketTakeover::begin(place.address(), place.places());
    QVERIFY(takeover);
    QVERIFY(::unlink(place.path().constData()) == 0);
    place.server.reset();
    QCOMPARE(codeOf((*takeover)->end()), QString());
    QCOMPARE(place.names(), QStringList());
}

void tst_SocketTakeover::somebodyElsesFile()
{
    const Place place;
    const auto original = place.there();
    const auto takeover = SocketTakeover::begin(place.address(), place.places());
    QVERIFY(takeover);
    QVERIFY(::unlink(place.path().constData()) == 0);
    place.folder.write(u"api"_s, "somebody's");
    QCOMPARE(codeOf((*takeover)->end()), u"TapNotRestored"_s);
    QFile file(place.folder.file(u"api"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("somebody's"));
    // The original is kept, and comes back as soon as the place is free.
    QVERIFY(::unlink(place.path().constData()) == 0);
    const auto found = recoverTaps(place.places().registry);
    QCOMPARE(found.size(), size_t {1});
    QCOMPARE(found.front().result, Restored::Done);
    QCOMPARE(place.there(), original);
}

void tst_SocketTakeover::journals_data()
{
    QTest::addColumn<QByteArray>("content");
    const QByteArray good = "sockeye-tap 1\npath 2f746d702f61\noriginal 1 2\nours 3 4\nend\n";
    QTest::newRow("empty") << QByteArray();
    for (qsizetype size = 1; size < good.size(); size += 3)
        QTest::addRow("cut at %d", static_cast<int>(size)) << good.first(size);
    QTest::newRow("another folder's") << good;
    QTest::newRow("words") << QByteArray("sockeye-tap 1\npath zz\noriginal a b\nours 3 4\nend\n");
    QTest::newRow("zeros") << QByteArray(500, '\0');
}

void tst_SocketTakeover::journals()
{
    QFETCH(QByteArray, content);
    const ScratchFolder folder;
    folder.write(u"journal"_s, content);
    QVERIFY(!readJournal(folder.path().toStdString()));
}

// Put on and taken off while clients connect without a pause: each of them is served.
void tst_SocketTakeover::swapsUnderAStormOfConnects()
{
    const Place place;
    std::atomic<bool> isOver = false;
    std::atomic<bool> isServerOver = false; // after the clients: who waits is to be served
    std::atomic<int> connects = 0;
    std::atomic<int> failures = 0;
    std::atomic<int> lastError = 0;
    // The server: says one byte to each and hangs up.
    std::thread server([&] {
        pollfd entry {.fd = place.server.get(), .events = POLLIN, .revents = 0};
        while (!isServerOver) {
            if (::poll(&entry, 1, 10) <= 0)
                continue;
            const Descriptor client(::accept(place.server.get(), nullptr, nullptr));
            if (client)
                static_cast<void>(::send(client.get(), "o", 1, MSG_NOSIGNAL));
        }
    });
    std::vector<std::thread> clients;
    for (int i = 0; i < 2; ++i) {
        clients.emplace_back([&] {
            sockaddr_un name = {};
            const auto length = place.address().toSockaddr(name);
            while (!isOver) {
                const Descriptor one(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
                char byte = 0;
                const bool isServed =
                    ::connect(one.get(), reinterpret_cast<const sockaddr *>(&name), *length) == 0
                    && ::recv(one.get(), &byte, 1, 0) == 1;
                ++connects;
                if (!isServed) {
                    lastError = errno;
                    ++failures;
                }
            }
        });
    }
    std::atomic<int> tapped = 0;
    TapServer tap(
        [&tapped](const Descriptor &client) {
            ++tapped;
            static_cast<void>(::send(client.get(), "t", 1, MSG_NOSIGNAL));
        },
        place.places());
    const int rounds = std::max(25, qEnvironmentVariableIntValue("SOCKEYE_SWAPS") / 2);
    for (int round = 0; round < rounds; ++round) {
        const int before = tapped;
        QCOMPARE(codeOf(tap.start({.name = QFile::decodeName(place.path())})), QString());
        TRY_VERIFY(tapped > before + 20);
        tap.stop();
        // Until who found our socket in the last moment has been served.
        TRY_COMPARE(tap.waiting(), -1);
    }
    isOver = true;
    for (std::thread &client : clients)
        client.join();
    isServerOver = true;
    server.join();
    qInfo("%d swaps, %d connects, %d through the tap", 2 * rounds, connects.load(), tapped.load());
    QVERIFY2(
        failures == 0,
        qPrintable(u"%1 of %2 failed, %3"_s.arg(failures).arg(connects).arg(errnoName(lastError))));
}

void tst_SocketTakeover::tapsAgainWhenTheServerRestarts()
{
    Place place;
    int tapped = 0;
    TapServer tap([&tapped](const Descriptor &) { ++tapped; }, place.places());
    tap.setFollowsRestart(true);
    QCOMPARE(codeOf(tap.start({.name = QFile::decodeName(place.path())})), QString());
    const QSignalSpy reachable(&tap, &ListeningServer::reachableChanged);
    for (int i = 0; i < 3; ++i) {
        place.server.reset();
        QVERIFY(::unlink(place.path().constData()) == 0);
        place.server = foreignServer(place.path());
        const auto fresh = place.there();
        TRY_VERIFY(place.there() != fresh && tap.isReachable());
        const int before = tapped;
        const Descriptor client = connectTo(place.path());
        TRY_COMPARE(tapped, before + 1);
    }
    QCOMPARE(reachable.size(), 6);
    tap.stop();
    QCOMPARE(place.names(), QStringList(u"api"_s));
}

QTEST_GUILESS_MAIN(tst_SocketTakeover)
#include "tst_sockettakeover.moc"
