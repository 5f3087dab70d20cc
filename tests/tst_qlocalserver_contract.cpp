// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What a user of QLocalServer may expect, kept by the guarded server: a mirror of Qt's own cases
// (same names), with Qt's own client, and stricter where Qt's are lenient. One is inverted: a live
// server is never removed. More than 600 lines, as Qt's own file is one. What bare QLocalServer
// endangers is in tst_qlocalserver_dangers.

#include "guardedhost.h"
#include "kit/scratchfolder.h"
#include "tests/kit/patience.h"

#include <QCryptographicHash>
#include <QLocalServer>
#include <QLocalSocket>
#include <QtTest>

#include <atomic>
#include <cerrno>
#include <thread>

#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

const QString apiName = QStringLiteral("api");

/// Sends back what it gets.
class EchoHost : public QObject
{
public:
    QString start(const ListenPlan &plan)
    {
        const Result<> result = server.start(plan);
        return result ? QString() : summary(result.error());
    }

    int served = 0;
    GuardedServer server {[this](Descriptor client) {
        auto *socket = new QLocalSocket(this);
        socket->setSocketDescriptor(client.release());
        connect(socket, &QLocalSocket::readyRead, socket,
                [socket] { socket->write(socket->readAll()); });
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        ++served;
    }};
};

/// A whole client: connects, however long the queue is, says @p word and waits for the echo.
int talk(const QByteArray &path, const QByteArray &word)
{
    Descriptor client;
    for (int attempt = 0; attempt < 3000 && !client; ++attempt) {
        client = connectTo(path);
        if (!client && errno != EAGAIN)
            return errno;
        if (!client)
            ::usleep(20 * 1000);
    }
    if (!client || ::write(client.get(), word.constData(), static_cast<size_t>(word.size())) < 0)
        return 200;
    QByteArray echo;
    while (echo.size() < word.size()) {
        pollfd readable = {client.get(), POLLIN, 0};
        char buffer[64];
        if (::poll(&readable, 1, 20000) != 1)
            return 201;
        const ssize_t length = ::read(client.get(), buffer, sizeof buffer);
        if (length <= 0)
            return 202;
        echo.append(buffer, length);
    }
    return echo == word ? 0 : 203;
}

} // namespace

class tst_QLocalServerContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void server_basic();
    void server_connectionsCount_data();
    void server_connectionsCount();
    void listen_data();
    void listen();
    void listenAndConnect_data();
    void listenAndConnect();
    void listenAndConnectAbstractNamespace_data();
    void listenAndConnectAbstractNamespace();
    void abstractNamespaceElsewhere();
    void listenAndConnectAbstractNamespaceTrailingZeros_data();
    void listenAndConnectAbstractNamespaceTrailingZeros();
    void sendData_data();
    void sendData();
    void fullPath();
    void hitMaximumConnections_data();
    void hitMaximumConnections();
    void threadedConnection_data();
    void threadedConnection();
    void processConnection_data();
    void processConnection();
    void longPath();
    void removeServer();
    void recycleServer();
    void recycleClientSocket();
    void multiConnect();
    void verifySocketOptions_data();
    void verifySocketOptions();
    void verifyListenWithDescriptor_data();
    void verifyListenWithDescriptor();
    void serverBindingsAndProperties();
};

void tst_QLocalServerContract::server_basic()
{
    GuardedHost host;
    host.server.stop();
    QVERIFY(!host.server.socketDescriptor() || host.server.socketDescriptor() == -1);
    QVERIFY(!host.server.waitForConnection(30000)); // at once, as nothing listens
    QCOMPARE(host.start(QString()), QStringLiteral("NameEmpty"));
    QCOMPARE(host.server.state(), ServerState::Failed);
    QVERIFY(!host.server.waitForConnection(30000));
    QVERIFY(!host.server.address().isValid());
    QCOMPARE(host.acceptedCount(), 0);
}

void tst_QLocalServerContract::server_connectionsCount_data()
{
    QTest::addColumn<int>("maximum");
    for (const int maximum : {1, 3, 30}) // QLocalServer really takes two more: 3, 5, 32
        QTest::addRow("%d", maximum) << maximum;
}

void tst_QLocalServerContract::server_connectionsCount()
{
    QFETCH(const int, maximum);
    const ScratchFolder folder;
    int count = 0;
    GuardedServer *limited = nullptr;
    GuardedServer server([&](const Descriptor &) {
        limited->setHold(GuardedServer::Hold::MaximumConnections, ++count >= maximum);
    });
    limited = &server;
    QVERIFY(server.start({.name = folder.file(apiName)}));
    std::vector<Descriptor> clients;
    for (int i = 0; i < maximum + 10; ++i)
        clients.push_back(connectTo(folder.bytes(apiName)));
    TRY_COMPARE(count, maximum);
    TRY_COMPARE(server.waiting(), 10);
    QVERIFY(!server.waitForConnection(0));
    QCOMPARE(count, maximum); // exactly
}

void tst_QLocalServerContract::listen_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("problem");
    QTest::newRow("null") << QString() << QStringLiteral("NameEmpty");
    QTest::newRow("tst_localsocket") << QStringLiteral("tst_localsocket") << QString();
    // Qt fails here with the error that happened to be the last one before.
    QTest::newRow("too long") << QString(200, QLatin1Char('a')) << QStringLiteral("NameTooLong");
}

void tst_QLocalServerContract::listen()
{
    QFETCH(const QString, name);
    QFETCH(const QString, problem);
    const ScratchFolder folder;
    const QByteArray temporary = qgetenv("TMPDIR");
    qputenv("TMPDIR", folder.path().toUtf8());
    GuardedHost host;
    QCOMPARE(host.start(name), problem);
    QCOMPARE(host.server.state() == ServerState::Listening, problem.isEmpty());
    QCOMPARE(host.server.problem().has_value(), !problem.isEmpty());
    if (problem.isEmpty()) {
        const QByteArray path = folder.bytes(name);
        QCOMPARE(host.server.address().bytes(), path);
        const mode_t mask = currentUmask();
        QCOMPARE(fileAt(path).section(QLatin1Char(' '), 0, 0), modeText(0777 & ~mask));
        QVERIFY(!host.start(name).isEmpty()); // a second listen is refused
        QCOMPARE(host.server.state(), ServerState::Listening);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(!host.server.waitForConnection(100));
        QVERIFY(timer.elapsed() >= 99);
    }
    host.server.stop();
    if (temporary.isNull())
        qunsetenv("TMPDIR");
    else
        qputenv("TMPDIR", temporary);
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerContract::listenAndConnect_data()
{
    QTest::addColumn<bool>("isThere");
    QTest::addColumn<int>("connections");
    for (const int connections : {0, 1, 5}) {
        QTest::addRow("%d clients", connections) << true << connections;
        QTest::addRow("%d clients, wrong name", connections) << false << connections;
    }
}

void tst_QLocalServerContract::listenAndConnect()
{
    QFETCH(const bool, isThere);
    QFETCH(const int, connections);
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start(folder.file(apiName)), QString());
    const QString name = isThere ? folder.file(apiName) : folder.file(QStringLiteral("wrong"));
    std::vector<std::unique_ptr<QLocalSocket>> sockets;
    for (int i = 0; i < connections; ++i) {
        sockets.push_back(std::make_unique<QLocalSocket>());
        QLocalSocket &socket = *sockets.back();
        QSignalSpy connected(&socket, &QLocalSocket::connected);
        QSignalSpy failed(&socket, &QLocalSocket::errorOccurred);
        socket.connectToServer(name);
        QCOMPARE(socket.waitForConnected(3000), isThere);
        QCOMPARE(connected.count(), isThere ? 1 : 0);
        QCOMPARE(failed.count(), isThere ? 0 : 1);
        QCOMPARE(socket.state(),
                 isThere ? QLocalSocket::ConnectedState : QLocalSocket::UnconnectedState);
        if (!isThere)
            QCOMPARE(socket.error(), QLocalSocket::ServerNotFoundError);
    }
    TRY_COMPARE(host.acceptedCount(), isThere ? connections : 0);
    QVERIFY(!host.server.waitForConnection(0));
    host.server.stop();
    host.accepted.clear();
    for (const auto &socket : sockets)
        TRY_COMPARE(socket->state(), QLocalSocket::UnconnectedState);
}

void tst_QLocalServerContract::listenAndConnectAbstractNamespace_data()
{
    QTest::addColumn<bool>("serverIsAbstract");
    QTest::addColumn<bool>("clientIsAbstract");
    for (const bool server : {false, true}) {
        for (const bool client : {false, true}) {
            QTest::addRow("%s server, %s client", server ? "abstract" : "file",
                          client ? "abstract" : "file")
                << server << client;
        }
    }
}

void tst_QLocalServerContract::listenAndConnectAbstractNamespace()
{
    QFETCH(const bool, serverIsAbstract);
    QFETCH(const bool, clientIsAbstract);
    const ScratchFolder folder;
    const QString name = folder.file(apiName); // the same bytes for both kinds
    GuardedHost host;
    QCOMPARE(host.start(name, serverIsAbstract ? abstractAccess : noAccess), QString());
    QLocalSocket client;
    client.setSocketOptions(clientIsAbstract ? QLocalSocket::AbstractNamespaceOption
                                             : QLocalSocket::NoOptions);
    client.connectToServer(name);
    const bool isSameKind = serverIsAbstract == clientIsAbstract;
    QCOMPARE(client.waitForConnected(3000), isSameKind);
    QCOMPARE(host.server.waitForConnection(0), isSameKind);
    QCOMPARE(namesIn(folder.path()).isEmpty(), serverIsAbstract);
}

void tst_QLocalServerContract::abstractNamespaceElsewhere()
{
    if (!isRoot())
        QSKIP("needs root for another user and another network namespace");
    const QByteArray name = "sockeye-elsewhere-" + QByteArray::number(::getpid());
    GuardedHost host;
    // The User box does not restrict an abstract name: anybody connects.
    QCOMPARE(host.start(QString::fromUtf8(name), {.user = true, .abstract = true}), QString());
    const auto attempt = [&] { return connectToAbstract(name) ? 0 : errno; };
    QCOMPARE(runAs(nobodyUser, attempt), 0);
    const int elsewhere = runAs(0, [&] { return ::unshare(CLONE_NEWNET) == 0 ? attempt() : 255; });
    if (elsewhere == 255)
        QSKIP("no network namespaces here");
    QCOMPARE(elsewhere, ECONNREFUSED);
}

void tst_QLocalServerContract::listenAndConnectAbstractNamespaceTrailingZeros_data()
{
    QTest::addColumn<QByteArray>("server");
    QTest::addColumn<QByteArray>("client");
    const QByteArray base = "sockeye-zeros-" + QByteArray::number(::getpid());
    const QByteArray zero = base + '\0';
    const QByteArray inside = base + QByteArray("\0\x01\xc3\xa4\n", 5);
    QTest::newRow("none") << base << base;
    QTest::newRow("client has one") << base << zero;
    QTest::newRow("server has one") << zero << base;
    QTest::newRow("both have one") << zero << zero;
    QTest::newRow("any UTF-8, NUL inside") << inside << inside;
}

void tst_QLocalServerContract::listenAndConnectAbstractNamespaceTrailingZeros()
{
    QFETCH(const QByteArray, server);
    QFETCH(const QByteArray, client);
    GuardedHost host;
    const QString told = host.start(QString::fromUtf8(server), abstractAccess);
    if (told == QLatin1String("NameHasControl")) {
        QVERIFY(server.contains('\n'));
        return; // refused before Qt sees it
    }
    QCOMPARE(told, QString());
    QCOMPARE(host.server.address().bytes(), server);
    QCOMPARE(connectToAbstract(client).isValid(), server == client);
}

void tst_QLocalServerContract::sendData_data()
{
    QTest::addColumn<int>("size");
    QTest::newRow("50 kB") << 50000;
    QTest::newRow("5 MB") << 5000000;
}

void tst_QLocalServerContract::sendData()
{
    QFETCH(const int, size);
    const ScratchFolder folder;
    EchoHost host;
    QCOMPARE(host.start({.name = folder.file(apiName)}), QString());
    QByteArray data(size, Qt::Uninitialized);
    quint32 seed = 12345;
    for (char &byte : data) {
        seed = seed * 1664525 + 1013904223;
        byte = static_cast<char>(seed >> 24);
    }
    QLocalSocket client;
    QSignalSpy disconnected(&client, &QLocalSocket::disconnected);
    client.connectToServer(folder.file(apiName));
    QVERIFY(client.waitForConnected());
    client.write(data);
    QByteArray echo;
    TRY_COMPARE((echo += client.readAll(), echo.size()), qsizetype(size));
    QCOMPARE(QCryptographicHash::hash(echo, QCryptographicHash::Sha256),
             QCryptographicHash::hash(data, QCryptographicHash::Sha256));
    host.server.stop();
    // Connections outlive the server that accepted them, unlike QLocalServer's own.
    QCOMPARE(client.state(), QLocalSocket::ConnectedState);
    client.disconnectFromServer();
    TRY_COMPARE(disconnected.count(), 1);
}

void tst_QLocalServerContract::fullPath()
{
    const ScratchFolder folder;
    const QString path = folder.file(apiName);
    GuardedHost host;
    QCOMPARE(host.start(path), QString());
    QCOMPARE(host.server.address().display(), path);
    const auto *inner = host.server.findChild<QLocalServer *>();
    QCOMPARE(inner->serverName(), path);
    QCOMPARE(inner->fullServerName(), path);
    QLocalSocket client;
    client.connectToServer(path);
    QCOMPARE(client.serverName(), path);
    QCOMPARE(client.fullServerName(), path);
    client.disconnectFromServer();
    QCOMPARE(client.serverName(), QString());
    host.server.stop();
    QCOMPARE(host.server.address().display(), path); // still tells where it was
}

void tst_QLocalServerContract::hitMaximumConnections_data()
{
    QTest::addColumn<int>("backlog");
    for (const int backlog : {0, 5, 50})
        QTest::addRow("%d", backlog) << backlog;
}

void tst_QLocalServerContract::hitMaximumConnections()
{
    QFETCH(const int, backlog);
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start({.name = folder.file(apiName), .backlog = backlog}), QString());
    host.server.setHold(GuardedServer::Hold::MaximumConnections, true);
    std::vector<Descriptor> clients;
    for (;;) {
        Descriptor client = connectTo(folder.bytes(apiName));
        if (!client)
            break;
        clients.push_back(std::move(client));
    }
    QCOMPARE(errno, EAGAIN);
    QCOMPARE(clients.size(), size_t(backlog) + 1); // exactly: the kernel keeps one more
    QCOMPARE(host.server.waiting(), backlog + 1);
    host.server.setHold(GuardedServer::Hold::MaximumConnections, false);
    TRY_COMPARE(host.acceptedCount(), backlog + 1);
}

void tst_QLocalServerContract::threadedConnection_data()
{
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 5, 10, 20})
        QTest::addRow("%d", threads) << threads;
}

void tst_QLocalServerContract::threadedConnection()
{
    QFETCH(const int, threads);
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    EchoHost host;
    QCOMPARE(host.start({.name = folder.file(apiName)}), QString());
    std::atomic<int> done = 0;
    std::atomic<int> failures = 0;
    std::vector<std::jthread> clients;
    for (int i = 0; i < threads; ++i) {
        clients.emplace_back([&, i] {
            failures += talk(path, "client " + QByteArray::number(i)) == 0 ? 0 : 1;
            ++done;
        });
    }
    TRY_COMPARE(done.load(), threads);
    QCOMPARE(failures.load(), 0);
    QCOMPARE(host.served, threads);
}

void tst_QLocalServerContract::processConnection_data()
{
    QTest::addColumn<int>("processes");
    QTest::addColumn<bool>("mixed");
    for (const int processes : {1, 2, 10, 30, 200})
        QTest::addRow("%d", processes) << processes << false;
    QTest::newRow("200, mixed users") << 200 << true;
}

void tst_QLocalServerContract::processConnection()
{
    QFETCH(const int, processes);
    QFETCH(const bool, mixed);
    if (mixed && !isRoot())
        QSKIP("needs root to become other users");
    const ScratchFolder folder;
    ::chmod(folder.path().toUtf8().constData(), 0755);
    const QByteArray path = folder.bytes(apiName);
    EchoHost host;
    QCOMPARE(host.start({.name = folder.file(apiName), .access = worldAccess}), QString());
    std::vector<std::unique_ptr<ChildProcess>> clients;
    for (int i = 0; i < processes; ++i) {
        const uid_t user = mixed ? static_cast<uid_t>(i % 4) : 0;
        clients.push_back(std::make_unique<ChildProcess>(
            [&] { return talk(path, "process " + QByteArray::number(::getpid())); }, user));
    }
    QTRY_COMPARE_WITH_TIMEOUT(host.served, processes, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(host.findChildren<QLocalSocket *>().size(), 0, 60000);
    int failures = 0;
    for (const auto &client : clients)
        failures += client->wait() == 0 ? 0 : 1;
    QCOMPARE(failures, 0);
}

void tst_QLocalServerContract::longPath()
{
    // Every length at the limits: tst_pitfalls, 1.
    GuardedHost host;
    QCOMPARE(host.start(QString(256, QLatin1Char('a'))), QStringLiteral("NameTooLong"));
    QCOMPARE(host.start(QString(256, QLatin1Char('a')), abstractAccess),
             QStringLiteral("NameTooLong"));
}

void tst_QLocalServerContract::removeServer()
{
    // Qt's own case ends with a second server in the first one's place, and the first one's clients
    // cut off. Inverted: whoever is live stays, for every way to ask but the explicit one.
    const ScratchFolder folder;
    GuardedHost first;
    QCOMPARE(first.start(folder.file(apiName)), QString());
    GuardedHost second;
    for (const AccessOptions &access : {noAccess, userAccess, worldAccess}) {
        const ListenPlan plan {.name = folder.file(apiName), .access = access, .removeStale = true};
        QCOMPARE(second.start(plan), QStringLiteral("AddressBeingTaken AddressInUseError"));
    }
    QLocalSocket client;
    client.connectToServer(folder.file(apiName));
    QVERIFY(client.waitForConnected());
    TRY_COMPARE(first.acceptedCount(), 1);
    QVERIFY(first.server.isReachable());
}

void tst_QLocalServerContract::recycleServer()
{
    const ScratchFolder folder;
    GuardedHost host;
    for (int round = 0; round < 1000; ++round) {
        const QString name = QStringLiteral("recycle%1").arg(round % 3);
        QCOMPARE(host.start(folder.file(name), round % 2 == 0 ? noAccess : userAccess), QString());
        QLocalSocket client;
        client.connectToServer(folder.file(name));
        QVERIFY(client.waitForConnected(3000));
        QVERIFY(host.server.waitForConnection(3000));
        host.server.stop();
        QCOMPARE(host.acceptedCount(), 1);
        host.accepted.clear();
        host.story.clear();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerContract::recycleClientSocket()
{
    const ScratchFolder folder;
    QLocalSocket client;
    GuardedHost host;
    for (int round = 0; round < 100; ++round) {
        const QString name = QStringLiteral("recycle%1").arg(round);
        QCOMPARE(host.start(folder.file(name)), QString());
        client.connectToServer(folder.file(name));
        QVERIFY(client.waitForConnected(3000));
        QVERIFY(host.server.waitForConnection(3000));
        client.abort();
        QCOMPARE(client.state(), QLocalSocket::UnconnectedState);
        host.server.stop();
    }
}

void tst_QLocalServerContract::multiConnect()
{
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start({.name = folder.file(apiName), .backlog = 2}), QString());
    // As many as the queue holds, before the first accept.
    QLocalSocket clients[3];
    for (QLocalSocket &client : clients) {
        client.connectToServer(folder.file(apiName));
        QVERIFY(client.waitForConnected(3000));
    }
    QCOMPARE(connectError(folder.bytes(apiName)), EAGAIN);
    for (int i = 1; i <= 3; ++i) {
        QVERIFY(host.server.waitForConnection(3000));
        QCOMPARE(host.acceptedCount(), i); // one at a time
    }
    QVERIFY(!host.server.waitForConnection(0));
}

void tst_QLocalServerContract::verifySocketOptions_data()
{
    QTest::addColumn<AccessOptions>("access");
    QTest::addColumn<QString>("mode");
    for (int bits = 1; bits < 8; ++bits) {
        const AccessOptions access {
            .user = (bits & 1) != 0, .group = (bits & 2) != 0, .other = (bits & 4) != 0};
        QString mode = QStringLiteral("s---------");
        for (int place = 0; place < 3; ++place) {
            if ((bits & (1 << place)) != 0)
                mode.replace(1 + 3 * place, 3, QStringLiteral("rwx"));
        }
        QTest::addRow("%d %s", bits, qPrintable(access.toString())) << access << mode;
    }
}

void tst_QLocalServerContract::verifySocketOptions()
{
    QFETCH(const AccessOptions, access);
    QFETCH(const QString, mode);
    const ScratchFolder folder;
    ::chmod(folder.path().toUtf8().constData(), 0755);
    const QByteArray path = folder.bytes(apiName);
    for (const mode_t mask : {mode_t(0), mode_t(022), mode_t(077)}) {
        const mode_t before = ::umask(mask);
        GuardedHost host;
        const QString told = host.start(folder.file(apiName), access);
        ::umask(before);
        QCOMPARE(told, QString());
        QCOMPARE(fileAt(path).section(QLatin1Char(' '), 0, 0), mode);
        if (isRoot()) // neither the owner nor of his group
            QCOMPARE(runAs(nobodyUser, [&] { return connectError(path); }),
                     access.other ? 0 : EACCES);
    }
}

void tst_QLocalServerContract::verifyListenWithDescriptor_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<bool>("abstract");
    QTest::newRow("path") << QByteArray("~/api") << false;
    QTest::newRow("abstract") << QByteArray("sockeye-fd") << true;
    QTest::newRow("abstract with slashes") << QByteArray("a/b/sockeye-fd") << true;
    QTest::newRow("named by the kernel") << QByteArray() << true;
}

void tst_QLocalServerContract::verifyListenWithDescriptor()
{
    QFETCH(QByteArray, path);
    QFETCH(const bool, abstract);
    const ScratchFolder folder;
    path.replace('~', folder.path().toUtf8());
    const SocketAddress wanted =
        abstract ? SocketAddress::fromAbstract(path) : SocketAddress::fromPath(path);
    sockaddr_un name = {};
    socklen_t length = sizeof(sa_family_t);
    if (path.isEmpty())
        name.sun_family = AF_UNIX;
    else
        length = *wanted.toSockaddr(name);
    if (abstract && !path.isEmpty()) // without the NUL behind it
        length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path)
                                        + static_cast<size_t>(path.size()) + 1);
    Descriptor passed(::socket(AF_UNIX, SOCK_STREAM, 0));
    QCOMPARE(::bind(passed.get(), reinterpret_cast<const sockaddr *>(&name), length), 0);
    QCOMPARE(::listen(passed.get(), 5), 0);
    const QStringList before = namesIn(folder.path());
    GuardedHost host;
    const int number = passed.release();
    QCOMPARE(host.start({.inheritedDescriptor = number}), QString());
    QCOMPARE(host.server.socketDescriptor(), number);
    if (!path.isEmpty())
        QCOMPARE(host.server.address(), wanted);
    QCOMPARE(host.server.access().abstract, abstract);
    const SocketAddress address = host.server.address();
    const Descriptor client =
        abstract ? connectToAbstract(address.bytes()) : connectTo(address.bytes());
    QVERIFY(client);
    TRY_COMPARE(host.acceptedCount(), 1);
    host.server.stop();
    QCOMPARE(namesIn(folder.path()), before); // whose it is, is not ours to say
}

void tst_QLocalServerContract::serverBindingsAndProperties()
{
    // The boxes and QLocalServer's property say the same, both ways, for each of the sixteen sets.
    for (int bits = 0; bits < 16; ++bits) {
        const auto options = QLocalServer::SocketOptions(bits);
        QCOMPARE(AccessOptions::fromSocketOptions(options).socketOptions(), options);
        QLocalServer server;
        server.setSocketOptions(options);
        QCOMPARE(AccessOptions::fromSocketOptions(server.socketOptions()).socketOptions(), options);
    }
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start(folder.file(apiName), userGroupAccess), QString());
    QCOMPARE(host.server.access(), userGroupAccess);
}

QTEST_GUILESS_MAIN(tst_QLocalServerContract)
#include "tst_qlocalserver_contract.moc"
