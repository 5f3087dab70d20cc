// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "guardedhost.h"
#include "kit/scratchfolder.h"
#include "tests/kit/patience.h"

#include <QLocalServer>
#include <QSignalSpy>
#include <QtTest>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;

class tst_GuardedServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isStoppedAtFirst();
    void startsAndStops_data();
    void startsAndStops();
    void startsAbstract();
    void refuses_data();
    void refuses();
    void refusesAFolderWithoutRights();
    void refusesToStartTwice();
    void saysWhoIsThere();
    void replacesWhatTheUserSaid();
    void ownStaleSocketIsReplaced_data();
    void ownStaleSocketIsReplaced();
    void startsAgain();

    void descriptorsArriveReady();
    void pausesAndGoesOn();
    void pausedBeforeStart();
    void acceptsOneWhilePaused();
    void waitsAtTheMaximum();
    void waitsWithoutAnEventLoop();
    void sinkMayStop();
    void tellsHowManyWait();

    void servesAnInheritedDescriptor();
    void servesAnInheritedDescriptorWithAnOddName_data();
    void servesAnInheritedDescriptorWithAnOddName();
    void refusesAnInheritedDescriptor_data();
    void refusesAnInheritedDescriptor();

    void leaksNothing();
};

void tst_GuardedServer::isStoppedAtFirst()
{
    GuardedHost host;
    QCOMPARE(host.server.state(), ServerState::Stopped);
    QVERIFY(!host.server.problem());
    QVERIFY(!host.server.address().isValid());
    QVERIFY(!host.server.identity());
    QVERIFY(!host.server.isReachable());
    QCOMPARE(host.server.waiting(), -1);
    QCOMPARE(host.server.socketDescriptor(), -1);
    QCOMPARE(summary(host.server.acceptNext().error()), QStringLiteral("NotListening"));
    QVERIFY(!host.server.waitForConnection(10000));
    host.server.stop();
    QCOMPARE(host.told(), QString());
}

void tst_GuardedServer::startsAndStops_data()
{
    QTest::addColumn<AccessOptions>("access");
    for (const AccessOptions &access :
         {noAccess, userAccess, groupAccess, userGroupAccess, worldAccess})
        QTest::newRow(qPrintable(access.toString())) << access;
}

void tst_GuardedServer::startsAndStops()
{
    QFETCH(const AccessOptions, access);
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(QStringLiteral("api"));
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api")), access), QString());

    QCOMPARE(host.server.state(), ServerState::Listening);
    QCOMPARE(host.server.address().bytes(), path);
    QCOMPARE(host.server.access(), access);
    QVERIFY(host.server.isReachable());
    QVERIFY(host.server.identity() == identityOf(path));
    QString mode = modeText(*access.mode(currentUmask())) + QStringLiteral(" ")
        + fileAt(path).section(QLatin1Char(' '), 1);
    QCOMPARE(fileAt(path), mode);
    QCOMPARE(namesIn(folder.path()),
             QStringList({QStringLiteral("api"), QStringLiteral("api.lock")}));
    QCOMPARE(connectError(path), isRoot() || access.user || !access.hasClass() ? 0 : EACCES);

    host.server.stop();
    QCOMPARE(namesIn(folder.path()), QStringList());
    QCOMPARE(host.server.state(), ServerState::Stopped);
    QCOMPARE(host.server.socketDescriptor(), -1);
    QCOMPARE(host.told(), QStringLiteral("reachable, listening, unreachable, stopped"));
}

void tst_GuardedServer::startsAbstract()
{
    const QString name = QStringLiteral("sockeye-test-%1").arg(::getpid());
    GuardedHost host;
    QCOMPARE(host.start(name, abstractAccess), QString());
    QCOMPARE(host.server.address(), SocketAddress::fromAbstract(name.toUtf8()));
    QVERIFY(!host.server.identity());
    QVERIFY(host.server.isReachable());
    const Descriptor client = connectToAbstract(name.toUtf8());
    QVERIFY(client);
    TRY_COMPARE(host.acceptedCount(), 1);

    GuardedHost second;
    QCOMPARE(second.start(name, abstractAccess),
             QStringLiteral("AddressInUse AddressInUseError EADDRINUSE"));
    host.server.stop();
    QVERIFY(!connectToAbstract(name.toUtf8()));
    QCOMPARE(second.start(name, abstractAccess), QString());
}

void tst_GuardedServer::refuses_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("problem");
    // ~ stands for the scratch folder.
    QTest::newRow("nothing") << QString() << QStringLiteral("NameEmpty");
    QTest::newRow("too long") << QStringLiteral("~/") + QString(200, QLatin1Char('x'))
                              << QStringLiteral("NameTooLong");
    QTest::newRow("missing folder")
        << QStringLiteral("~/none/api") << QStringLiteral("FolderMissing HostNotFoundError ENOENT");
    QTest::newRow("file as folder") << QStringLiteral("~/regular/api")
                                    << QStringLiteral("FolderNotAFolder HostNotFoundError ENOTDIR");
    QTest::newRow("link loop") << QStringLiteral("~/loop/api")
                               << QStringLiteral("FolderLinkLoop HostNotFoundError ELOOP");
    QTest::newRow("regular file") << QStringLiteral(
        "~/regular") << QStringLiteral("AddressNotASocket AddressInUseError EADDRINUSE");
    QTest::newRow("folder") << QStringLiteral("~/folder")
                            << QStringLiteral("AddressNotASocket AddressInUseError EADDRINUSE");
    QTest::newRow("dangling link")
        << QStringLiteral("~/dangling")
        << QStringLiteral("AddressNotASocket AddressInUseError EADDRINUSE");
    QTest::newRow("link to a live server")
        << QStringLiteral("~/tolive")
        << QStringLiteral("AddressNotASocket AddressInUseError EADDRINUSE");
    QTest::newRow("live server") << QStringLiteral("~/live")
                                 << QStringLiteral("AddressInUse AddressInUseError EADDRINUSE");
}

void tst_GuardedServer::refuses()
{
    QFETCH(QString, name);
    QFETCH(const QString, problem);
    const ScratchFolder folder;
    name.replace(QLatin1Char('~'), folder.path());
    folder.write(QStringLiteral("regular"), "precious");
    QVERIFY(::mkdir(folder.bytes(QStringLiteral("folder")).constData(), 0700) == 0);
    QVERIFY(::symlink("loop", folder.bytes(QStringLiteral("loop")).constData()) == 0);
    QVERIFY(::symlink("none", folder.bytes(QStringLiteral("dangling")).constData()) == 0);
    QVERIFY(::symlink("live", folder.bytes(QStringLiteral("tolive")).constData()) == 0);
    const Descriptor live = foreignServer(folder.bytes(QStringLiteral("live")));
    const QByteArray before = folder.treeHash();
    for (const AccessOptions &access : {noAccess, userAccess, worldAccess}) {
        GuardedHost host;
        QCOMPARE(host.start(name, access), problem);
        QCOMPARE(host.server.state(), ServerState::Failed);
        QCOMPARE(summary(*host.server.problem()), problem);
        QCOMPARE(folder.treeHash(), before);
        const QString code = problem.section(QLatin1Char(' '), 0, 0);
        QCOMPARE(host.told(), QStringLiteral("raised %1, failed").arg(code));
        host.server.stop();
        QCOMPARE(host.told(), QStringLiteral("raised %1, failed, cleared %1, stopped").arg(code));
    }
    QCOMPARE(connectError(folder.bytes(QStringLiteral("live"))), 0);
}

void tst_GuardedServer::refusesAFolderWithoutRights()
{
    if (!isRoot())
        QSKIP("needs root to become another user");
    const ScratchFolder folder;
    ::chmod(folder.path().toUtf8().constData(), 0755);
    const QByteArray before = folder.treeHash();
    QCOMPARE(runAs(nobodyUser,
                   [&] {
                       GuardedHost host;
                       const QString told = host.start(folder.file(QStringLiteral("api")));
                       const QString user =
                           host.server.problem()->args.value(QStringLiteral("user"));
                       return told == QLatin1String("FolderNotWritable SocketAccessError EACCES")
                               && user == QLatin1String("nobody")
                           ? 0
                           : 1;
                   }),
             0);
    QCOMPARE(folder.treeHash(), before);
}

void tst_GuardedServer::refusesToStartTwice()
{
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    const QString before = host.told();
    QCOMPARE(host.start(folder.file(QStringLiteral("other"))),
             QStringLiteral("AddressInUse AddressInUseError EADDRINUSE"));
    QCOMPARE(host.told(), before);
    QCOMPARE(host.server.state(), ServerState::Listening);
    QCOMPARE(connectError(folder.bytes(QStringLiteral("api"))), 0);
}

void tst_GuardedServer::saysWhoIsThere()
{
    const ScratchFolder folder;
    const Descriptor live = foreignServer(folder.bytes(QStringLiteral("live")));
    GuardedHost host;
    QVERIFY(!host.start(folder.file(QStringLiteral("live"))).isEmpty());
    const auto args = host.server.problem()->args;
    const QString pid = QString::number(::getpid());
    QCOMPARE(args.value(QStringLiteral("pid")), pid);
    QCOMPARE(args.value(QStringLiteral("owner")),
             QStringLiteral("tst_guardedserver (pid %1)").arg(pid));
    QVERIFY(args.value(QStringLiteral("executable")).endsWith(QLatin1String("/tst_guardedserver")));
    QCOMPARE(args.value(QStringLiteral("address")), folder.file(QStringLiteral("live")));
}

void tst_GuardedServer::replacesWhatTheUserSaid()
{
    const ScratchFolder folder;
    const QString name = folder.file(QStringLiteral("api"));
    const QByteArray path = folder.bytes(QStringLiteral("api"));
    for (const AccessOptions &access : {noAccess, userAccess}) {
        const Descriptor old = foreignServer(path);
        GuardedHost host;
        QCOMPARE(host.start({.name = name, .access = access, .removeStale = true}),
                 QStringLiteral("AddressInUse AddressInUseError EADDRINUSE"));
        QCOMPARE(host.start({.name = name, .access = access, .takeOver = true}), QString());
        const Descriptor client = connectTo(path);
        QVERIFY(client);
        TRY_COMPARE(host.acceptedCount(), 1);
        host.server.stop();
        QCOMPARE(namesIn(folder.path()), QStringList());
    }
    if (!isRoot())
        QSKIP("the rest needs root, to give a file to another user");
    makeStaleSocket(path);
    QVERIFY(::chown(path.constData(), nobodyUser, nobodyUser) == 0);
    GuardedHost host;
    QCOMPARE(host.start(name), QStringLiteral("AddressStale AddressInUseError EADDRINUSE"));
    QCOMPARE(host.server.problem()->args.value(QStringLiteral("owner")), QStringLiteral("nobody"));
    QCOMPARE(fileAt(path).section(QLatin1Char(' '), 1), QStringLiteral("nobody"));
    QCOMPARE(host.start({.name = name, .removeStale = true}), QString());
    QCOMPARE(connectError(path), 0);
}

void tst_GuardedServer::ownStaleSocketIsReplaced_data()
{
    startsAndStops_data();
}

void tst_GuardedServer::ownStaleSocketIsReplaced()
{
    QFETCH(const AccessOptions, access);
    const ScratchFolder folder;
    makeStaleSocket(folder.bytes(QStringLiteral("api")));
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api")), access), QString());
    QCOMPARE(namesIn(folder.path()),
             QStringList({QStringLiteral("api"), QStringLiteral("api.lock")}));
    const Descriptor client = connectTo(folder.bytes(QStringLiteral("api")));
    QCOMPARE(client.isValid(), isRoot() || access.user || !access.hasClass());
}

void tst_GuardedServer::startsAgain()
{
    const ScratchFolder folder;
    GuardedHost host;
    QVERIFY(!host.start(folder.file(QStringLiteral("none/api"))).isEmpty());
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    QCOMPARE(host.told(),
             QStringLiteral("raised FolderMissing, failed, cleared FolderMissing, "
                            "reachable, listening"));
    QVERIFY(!host.server.problem());
    host.server.stop();
    host.story.clear();
    // Other name, other options: nothing of the first run is left.
    QCOMPARE(host.start(folder.file(QStringLiteral("other")), userAccess), QString());
    QCOMPARE(host.server.access(), userAccess);
    QCOMPARE(namesIn(folder.path()),
             QStringList({QStringLiteral("other"), QStringLiteral("other.lock")}));
    QCOMPARE(host.told(), QStringLiteral("reachable, listening"));
}

void tst_GuardedServer::descriptorsArriveReady()
{
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    std::vector<Descriptor> clients;
    for (int i = 0; i < 40; ++i) // more than QLocalServer would let wait
        clients.push_back(connectTo(folder.bytes(QStringLiteral("api"))));
    TRY_COMPARE(host.acceptedCount(), 40);
    for (const Descriptor &accepted : host.accepted) {
        QVERIFY((::fcntl(accepted.get(), F_GETFL) & O_NONBLOCK) != 0);
        QVERIFY((::fcntl(accepted.get(), F_GETFD) & FD_CLOEXEC) != 0);
    }
    QVERIFY((::fcntl(static_cast<int>(host.server.socketDescriptor()), F_GETFL) & O_NONBLOCK) != 0);
    QVERIFY((::fcntl(static_cast<int>(host.server.socketDescriptor()), F_GETFD) & FD_CLOEXEC) != 0);
    QCOMPARE(::write(clients.front().get(), "x", 1), 1);
    char byte = 0;
    QCOMPARE(::read(host.accepted.front().get(), &byte, 1), 1);
    QCOMPARE(byte, 'x');
}

void tst_GuardedServer::pausesAndGoesOn()
{
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    host.story.clear();
    host.server.setHold(GuardedServer::Hold::User, true);
    QCOMPARE(host.server.state(), ServerState::Paused);
    QCOMPARE(host.server.holds(), GuardedServer::Holds(GuardedServer::Hold::User));
    const Descriptor client = connectTo(folder.bytes(QStringLiteral("api")));
    QVERIFY(client);
    TRY_COMPARE(host.server.waiting(), 1);
    QCOMPARE(host.acceptedCount(), 0);
    host.server.setHold(GuardedServer::Hold::User, false);
    TRY_COMPARE(host.acceptedCount(), 1);
    QCOMPARE(host.told(), QStringLiteral("paused, listening"));
    host.server.setHold(GuardedServer::Hold::User, true);
    host.server.stop();
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    QCOMPARE(host.server.state(), ServerState::Listening); // a pause ends with its run
}

void tst_GuardedServer::pausedBeforeStart()
{
    const ScratchFolder folder;
    GuardedHost host;
    host.server.setHold(GuardedServer::Hold::User, true);
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    QCOMPARE(host.told(), QStringLiteral("reachable, listening, paused"));
}

void tst_GuardedServer::acceptsOneWhilePaused()
{
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    host.server.setHold(GuardedServer::Hold::User, true);
    QVERIFY(host.server.acceptNext().has_value());
    QVERIFY(!*host.server.acceptNext()); // nobody waits
    const Descriptor first = connectTo(folder.bytes(QStringLiteral("api")));
    const Descriptor second = connectTo(folder.bytes(QStringLiteral("api")));
    QVERIFY(*host.server.acceptNext());
    QCOMPARE(host.acceptedCount(), 1);
    QCOMPARE(host.server.waiting(), 1);
    QCoreApplication::sendPostedEvents();
    QCOMPARE(host.acceptedCount(), 1);
    QVERIFY(*host.server.acceptNext());
    QVERIFY(!*host.server.acceptNext());
    QCOMPARE(host.acceptedCount(), 2);
    QCOMPARE(host.server.state(), ServerState::Paused);
}

void tst_GuardedServer::waitsAtTheMaximum()
{
    const ScratchFolder folder;
    GuardedHost host;
    // As its owner does it: in the sink, when the last one that may is there.
    GuardedServer *limited = nullptr;
    int count = 0;
    GuardedServer server([&](const Descriptor &) {
        if (++count == 3)
            limited->setHold(GuardedServer::Hold::MaximumConnections, true);
    });
    limited = &server;
    QVERIFY(server.start({.name = folder.file(QStringLiteral("api"))}));
    std::vector<Descriptor> clients;
    for (int i = 0; i < 5; ++i)
        clients.push_back(connectTo(folder.bytes(QStringLiteral("api"))));
    TRY_COMPARE(count, 3);
    TRY_COMPARE(server.waiting(), 2);
    QCOMPARE(server.state(), ServerState::Listening);
    server.setHold(GuardedServer::Hold::MaximumConnections, false);
    TRY_COMPARE(count, 5);
}

void tst_GuardedServer::waitsWithoutAnEventLoop()
{
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!host.server.waitForConnection(50));
    QVERIFY(timer.elapsed() >= 49); // it did wait
    const Descriptor client = connectTo(folder.bytes(QStringLiteral("api")));
    // A client that is there already is found at once, even with no time to wait.
    QVERIFY(host.server.waitForConnection(0));
    QCOMPARE(host.acceptedCount(), 1);
    QVERIFY(!host.server.waitForConnection(0));
    ChildProcess later([&] {
        ::usleep(100 * 1000);
        return connectError(folder.bytes(QStringLiteral("api")));
    });
    QVERIFY(host.server.waitForConnection(-1));
    QCOMPARE(later.wait(), 0);
    host.server.setHold(GuardedServer::Hold::User, true);
    const Descriptor third = connectTo(folder.bytes(QStringLiteral("api")));
    QVERIFY(!host.server.waitForConnection(-1)); // nothing could ever end that wait
}

void tst_GuardedServer::sinkMayStop()
{
    const ScratchFolder folder;
    GuardedServer *own = nullptr;
    int count = 0;
    GuardedServer server([&](const Descriptor &) {
        ++count;
        own->stop();
    });
    own = &server;
    for (int round = 1; round <= 3; ++round) {
        QVERIFY(server.start({.name = folder.file(QStringLiteral("api"))}));
        const Descriptor first = connectTo(folder.bytes(QStringLiteral("api")));
        const Descriptor second = connectTo(folder.bytes(QStringLiteral("api")));
        TRY_COMPARE(server.state(), ServerState::Stopped);
        QCOMPARE(count, round);
        QCOMPARE(namesIn(folder.path()), QStringList());
    }
    QVERIFY(server.start({.name = folder.file(QStringLiteral("api"))}));
    const Descriptor client = connectTo(folder.bytes(QStringLiteral("api")));
    QVERIFY(server.waitForConnection(1000));
    QCOMPARE(server.state(), ServerState::Stopped);
}

void tst_GuardedServer::tellsHowManyWait()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(QStringLiteral("api"));
    GuardedHost host;
    QCOMPARE(host.start({.name = folder.file(QStringLiteral("api")), .backlog = 4}), QString());
    host.server.setHold(GuardedServer::Hold::User, true);
    std::vector<Descriptor> clients;
    for (int i = 0; i < 5; ++i) { // the queue holds one more than its length
        clients.push_back(connectTo(path));
        QVERIFY(clients.back());
        QCOMPARE(host.server.waiting(), i + 1);
    }
    QCOMPARE(connectError(path), EAGAIN);
}

void tst_GuardedServer::servesAnInheritedDescriptor()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(QStringLiteral("api"));
    Descriptor inherited = foreignServer(path);
    const int number = inherited.release();
    GuardedHost host;
    QCOMPARE(host.start({.inheritedDescriptor = number}), QString());
    QCOMPARE(host.server.address(), SocketAddress::fromPath(path));
    QVERIFY(host.server.identity() == identityOf(path));
    QVERIFY(host.server.isReachable());
    const Descriptor client = connectTo(path);
    TRY_COMPARE(host.acceptedCount(), 1);
    QCOMPARE(namesIn(folder.path()), QStringList({QStringLiteral("api")}));
    host.server.stop();
    QCOMPARE(::fcntl(number, F_GETFD), -1); // closed
    QCOMPARE(namesIn(folder.path()), QStringList({QStringLiteral("api")})); // not ours to remove
}

void tst_GuardedServer::servesAnInheritedDescriptorWithAnOddName_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::newRow("named by the kernel") << QByteArray();
    QTest::newRow("not UTF-8") << QByteArray("\xff\xfe");
}

void tst_GuardedServer::servesAnInheritedDescriptorWithAnOddName()
{
    QFETCH(const QByteArray, file);
    const ScratchFolder folder;
    Descriptor inherited;
    if (file.isEmpty()) {
        inherited.reset(::socket(AF_UNIX, SOCK_STREAM, 0));
        const sa_family_t family = AF_UNIX;
        QCOMPARE(
            ::bind(inherited.get(), reinterpret_cast<const sockaddr *>(&family), sizeof family), 0);
        QCOMPARE(::listen(inherited.get(), 5), 0);
    } else {
        inherited = foreignServer(folder.path().toUtf8() + '/' + file);
    }
    const int number = inherited.release();
    GuardedHost host;
    QCOMPARE(host.start({.inheritedDescriptor = number}), QString());
    QCOMPARE(host.server.state(), ServerState::Listening);
    QCOMPARE(host.server.socketDescriptor(), number);
    const Descriptor client = file.isEmpty() ? connectToAbstract(host.server.address().bytes())
                                             : connectTo(host.server.address().bytes());
    TRY_COMPARE(host.acceptedCount(), 1);
    host.server.stop();
    QCOMPARE(::fcntl(number, F_GETFD), -1); // Qt alone would have left it open
    QCOMPARE(host.told(), QStringLiteral("reachable, listening, unreachable, stopped"));
    if (!file.isEmpty()) // still there, as it is not ours; QTemporaryDir cannot name it
        QCOMPARE(::unlink((folder.path().toUtf8() + '/' + file).constData()), 0);
}

void tst_GuardedServer::refusesAnInheritedDescriptor_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("problem");
    QTest::newRow("closed") << QStringLiteral("closed") << QStringLiteral("NotAListener EBADF");
    QTest::newRow("pipe") << QStringLiteral("pipe") << QStringLiteral("NotAListener ENOTSOCK");
    QTest::newRow("connected") << QStringLiteral("pair") << QStringLiteral("NotAListener EINVAL");
    QTest::newRow("datagram") << QStringLiteral("datagram")
                              << QStringLiteral("NotAListener EPROTOTYPE");
    QTest::newRow("network") << QStringLiteral("network")
                             << QStringLiteral("NotAListener EAFNOSUPPORT");
}

void tst_GuardedServer::refusesAnInheritedDescriptor()
{
    QFETCH(const QString, kind);
    QFETCH(const QString, problem);
    int ends[2] = {9999, -1};
    if (kind == QLatin1String("pipe"))
        QCOMPARE(::pipe(ends), 0);
    else if (kind == QLatin1String("pair"))
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    else if (kind == QLatin1String("datagram"))
        ends[0] = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    else if (kind == QLatin1String("network"))
        ends[0] = ::socket(AF_INET, SOCK_STREAM, 0);
    GuardedHost host;
    QCOMPARE(host.start({.inheritedDescriptor = ends[0]}), problem);
    QVERIFY(!host.server.problem()->args.value(QStringLiteral("why")).isEmpty());
    if (ends[0] != 9999)
        QVERIFY(::fcntl(ends[0], F_GETFD) >= 0); // still its owner's
    const Descriptor one(ends[0] == 9999 ? -1 : ends[0]);
    const Descriptor two(ends[1]);
}

void tst_GuardedServer::leaksNothing()
{
    const ScratchFolder folder;
    { // the first round makes what stays: the event dispatcher's own descriptors
        GuardedHost host;
        QCOMPARE(host.start(folder.file(QStringLiteral("api")), userAccess), QString());
    }
    const int descriptors = openDescriptorCount();
    const int threads = threadCount();
    for (int round = 0; round < 100; ++round) {
        GuardedHost host;
        QCOMPARE(host.start(folder.file(QStringLiteral("none/api"))).isEmpty(), false);
        QCOMPARE(
            host.start(folder.file(QStringLiteral("api")), round % 2 == 0 ? userAccess : noAccess),
            QString());
        const Descriptor client = connectTo(folder.bytes(QStringLiteral("api")));
        QVERIFY(host.server.waitForConnection(1000));
        host.server.findChild<QLocalServer *>()->close();
    }
    QCOMPARE(openDescriptorCount(), descriptors);
    TRY_COMPARE(threadCount(), threads);
    QCOMPARE(namesIn(folder.path()), QStringList());
}

QTEST_GUILESS_MAIN(tst_GuardedServer)
#include "tst_guardedserver.moc"
