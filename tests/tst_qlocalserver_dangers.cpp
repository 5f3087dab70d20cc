// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What bare QLocalServer does, measured with Qt 6.4: the reasons for the guarded server. Nothing of
// ours is under test here. A failure says that Qt changed, and that a guard may have become
// needless, or wrong.

#include "kit/scratchfolder.h"
#include "localsockets.h"
#include "tests/kit/patience.h"

#include <QLibraryInfo>
#include <QLocalServer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QtTest>

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

const QString apiName = QStringLiteral("api");

} // namespace

class tst_QLocalServerDangers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tooLongPathDeletesAFile();
    void tooLongPathTellsTheErrorBefore();
    void listenWithoutDescriptorsDeletesAFile();
    void failedAcceptClosesSilently();
    void nextPendingConnectionCrashesAfterIt();
    void accessOptionReplacesALiveServer();
    void accessOptionReplacesAFile();
    void closeRemovesSomebodyElsesFile();
    void staleSocketIsInUse();
    void optionsAreReadAgainAtClose();
    void optionsChangedToAbstractLeaveTheFile();
    void deletedFileIsNotNoticed();
    void oldServerDeletedLaterRemovesTheNewOne();
    void removeServerDeletesAnything();
    void descriptorIsTakenUnseen();
    void inheritedSocketIsUnlinked();
    void sharedDescriptorClosesItself();
    void pendingMaximumIsTwoMore_data();
    void pendingMaximumIsTwoMore();
    void waitingIgnoresWhoIsThere();
    void errorOutlivesSuccess();
    void listeningDescriptorBlocks();
    void abstractIgnoresTheBoxes();
};

void tst_QLocalServerDangers::initTestCase()
{
    if (QLibraryInfo::version() >= QVersionNumber(6, 5))
        QSKIP("measured with Qt 6.4");
}

void tst_QLocalServerDangers::tooLongPathDeletesAFile()
{
    const ScratchFolder folder;
    const QString name = folder.write(QString(100, QLatin1Char('x')), "precious");
    QVERIFY(name.size() > 106);
    QLocalServer server;
    QVERIFY(!server.listen(name));
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerDangers::tooLongPathTellsTheErrorBefore()
{
    const ScratchFolder folder;
    const QString name = folder.file(QString(100, QLatin1Char('x')));
    QList<int> told;
    for (const int before : {EACCES, EADDRINUSE, ENOENT}) {
        QLocalServer server;
        errno = before;
        QVERIFY(!server.listen(name));
        told << server.serverError();
    }
    QCOMPARE(told,
             QList<int>({QAbstractSocket::SocketAccessError, QAbstractSocket::AddressInUseError,
                         QAbstractSocket::HostNotFoundError}));
}

void tst_QLocalServerDangers::listenWithoutDescriptorsDeletesAFile()
{
    const ScratchFolder folder;
    folder.write(apiName, "precious");
    QLocalServer server;
    bool isListening = true;
    {
        const FewDescriptors none(0);
        isListening = server.listen(folder.file(apiName));
    }
    QVERIFY(!isListening);
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerDangers::failedAcceptClosesSilently()
{
    const ScratchFolder folder;
    QLocalServer server;
    QVERIFY(server.listen(folder.file(apiName)));
    QSignalSpy signalled(&server, &QLocalServer::newConnection);
    const Descriptor client = connectTo(folder.bytes(apiName));
    {
        const FewDescriptors none(0);
        TRY_VERIFY(!server.isListening());
    }
    QCOMPARE(signalled.count(), 0);
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerDangers::nextPendingConnectionCrashesAfterIt()
{
    const ScratchFolder folder;
    ChildProcess crashing([&] {
        ::signal(SIGSEGV, SIG_DFL); // QtTest's handler would print a page about it
        QLocalServer server;
        if (!server.listen(folder.file(apiName)))
            return 1;
        // One waits in Qt's list, so that there is something to hand out.
        const Descriptor first = connectTo(folder.bytes(apiName));
        if (!server.waitForNewConnection(1000))
            return 2;
        const Descriptor second = connectTo(folder.bytes(apiName));
        {
            const FewDescriptors none(0);
            (void)server.waitForNewConnection(1000);
        }
        (void)server.nextPendingConnection();
        return 0;
    });
    QCOMPARE(crashing.wait(), 128 + SIGSEGV);
}

void tst_QLocalServerDangers::accessOptionReplacesALiveServer()
{
    const ScratchFolder folder;
    const Descriptor live = foreignServer(folder.bytes(apiName));
    QLocalServer server;
    server.setSocketOptions(QLocalServer::UserAccessOption);
    QVERIFY(server.listen(folder.file(apiName)));
    const Descriptor client = connectTo(folder.bytes(apiName));
    QVERIFY(server.waitForNewConnection(1000)); // the client was the other one's
}

void tst_QLocalServerDangers::accessOptionReplacesAFile()
{
    const ScratchFolder folder;
    folder.write(apiName, "precious");
    QLocalServer server;
    server.setSocketOptions(QLocalServer::WorldAccessOption);
    QVERIFY(server.listen(folder.file(apiName)));
    QVERIFY(fileAt(folder.bytes(apiName)).startsWith(QLatin1Char('s')));
}

void tst_QLocalServerDangers::closeRemovesSomebodyElsesFile()
{
    const ScratchFolder folder;
    QLocalServer server;
    QVERIFY(server.listen(folder.file(apiName)));
    QVERIFY(QFile::remove(folder.file(apiName)));
    folder.write(apiName, "precious");
    server.close();
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerDangers::staleSocketIsInUse()
{
    const ScratchFolder folder;
    makeStaleSocket(folder.bytes(apiName));
    QLocalServer server;
    QVERIFY(!server.listen(folder.file(apiName)));
    QCOMPARE(server.serverError(), QAbstractSocket::AddressInUseError);
}

void tst_QLocalServerDangers::optionsAreReadAgainAtClose()
{
    const ScratchFolder folder;
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(folder.path()));
    const QString name = QStringLiteral("sockeye-toggle-%1").arg(::getpid());
    folder.write(name, "precious");
    QLocalServer server;
    server.setSocketOptions(QLocalServer::AbstractNamespaceOption);
    QVERIFY(server.listen(name));
    server.setSocketOptions(QLocalServer::UserAccessOption);
    server.close();
    QDir::setCurrent(before);
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerDangers::optionsChangedToAbstractLeaveTheFile()
{
    // A danger, and what the guard makes use of: Qt's own unlink can be switched off.
    const ScratchFolder folder;
    QLocalServer server;
    QVERIFY(server.listen(folder.file(apiName)));
    server.setSocketOptions(QLocalServer::AbstractNamespaceOption);
    server.close();
    QCOMPARE(namesIn(folder.path()), QStringList({apiName}));
}

void tst_QLocalServerDangers::deletedFileIsNotNoticed()
{
    const ScratchFolder folder;
    QLocalServer server;
    QVERIFY(server.listen(folder.file(apiName)));
    QVERIFY(QFile::remove(folder.file(apiName)));
    QVERIFY(server.isListening());
    QLocalSocket client;
    client.connectToServer(folder.file(apiName));
    QCOMPARE(client.error(), QLocalSocket::ServerNotFoundError);
}

void tst_QLocalServerDangers::oldServerDeletedLaterRemovesTheNewOne()
{
    const ScratchFolder folder;
    auto old = std::make_unique<QLocalServer>();
    QVERIFY(old->listen(folder.file(apiName)));
    QVERIFY(QLocalServer::removeServer(folder.file(apiName)));
    QLocalServer newer;
    QVERIFY(newer.listen(folder.file(apiName)));
    old.reset();
    QCOMPARE(namesIn(folder.path()), QStringList());
    QVERIFY(newer.isListening()); // as far as it knows
}

void tst_QLocalServerDangers::removeServerDeletesAnything()
{
    const ScratchFolder folder;
    folder.write(apiName, "precious");
    QVERIFY(QLocalServer::removeServer(folder.file(apiName)));
    const Descriptor live = foreignServer(folder.bytes(apiName));
    QVERIFY(QLocalServer::removeServer(folder.file(apiName)));
    QCOMPARE(namesIn(folder.path()), QStringList());
    // True for a dangling link, which stays and is in use afterwards.
    QCOMPARE(::symlink("nothing", folder.bytes(apiName).constData()), 0);
    QVERIFY(QLocalServer::removeServer(folder.file(apiName)));
    QLocalServer server;
    QVERIFY(!server.listen(folder.file(apiName)));
    QCOMPARE(server.serverError(), QAbstractSocket::AddressInUseError);
}

void tst_QLocalServerDangers::descriptorIsTakenUnseen()
{
    int ends[2] = {};
    QCOMPARE(::pipe(ends), 0);
    {
        QLocalServer server;
        QVERIFY(server.listen(qintptr(ends[0])));
        QVERIFY(!server.isListening());
    }
    QVERIFY(::fcntl(ends[0], F_GETFD) >= 0); // and never closed
    const Descriptor in(ends[0]);
    const Descriptor out(ends[1]);
}

void tst_QLocalServerDangers::inheritedSocketIsUnlinked()
{
    const ScratchFolder folder;
    Descriptor passed = foreignServer(folder.bytes(apiName));
    QLocalServer server;
    QVERIFY(server.listen(qintptr(passed.release())));
    server.close();
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerDangers::sharedDescriptorClosesItself()
{
    const ScratchFolder folder;
    Descriptor passed = foreignServer(folder.bytes(apiName));
    const int number = passed.get();
    QLocalServer server;
    QVERIFY(server.listen(qintptr(passed.release())));
    const Descriptor client = connectTo(folder.bytes(apiName));
    // Another process that shares the socket was quicker: the notifier fires, accept says EAGAIN.
    const Descriptor taken(::accept4(number, nullptr, nullptr, SOCK_CLOEXEC));
    QVERIFY(taken);
    QVERIFY(QMetaObject::invokeMethod(&server, "_q_onNewConnection"));
    QVERIFY(!server.isListening());
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_QLocalServerDangers::pendingMaximumIsTwoMore_data()
{
    QTest::addColumn<int>("maximum");
    QTest::addColumn<int>("accepted");
    QTest::newRow("0") << 0 << 0; // never starts: what the guard makes use of
    QTest::newRow("1") << 1 << 3;
    QTest::newRow("3") << 3 << 5;
    QTest::newRow("30") << 30 << 32;
}

void tst_QLocalServerDangers::pendingMaximumIsTwoMore()
{
    QFETCH(const int, maximum);
    QFETCH(const int, accepted);
    const ScratchFolder folder;
    QLocalServer server;
    server.setMaxPendingConnections(maximum);
    QVERIFY(server.listen(folder.file(apiName)));
    QSignalSpy signalled(&server, &QLocalServer::newConnection);
    std::vector<Descriptor> clients;
    for (int i = 0; i < 40; ++i)
        clients.push_back(connectTo(folder.bytes(apiName)));
    TRY_COMPARE(signalled.count(), accepted);
    for (int turn = 0; turn < 20; ++turn)
        QCoreApplication::processEvents();
    QCOMPARE(signalled.count(), accepted);
}

void tst_QLocalServerDangers::waitingIgnoresWhoIsThere()
{
    const ScratchFolder folder;
    QLocalServer server;
    QVERIFY(server.listen(folder.file(apiName)));
    const Descriptor client = connectTo(folder.bytes(apiName));
    QVERIFY(server.waitForNewConnection(1000));
    QVERIFY(server.hasPendingConnections());
    bool timedOut = false;
    QElapsedTimer timer;
    timer.start();
    QVERIFY(server.waitForNewConnection(200, &timedOut)); // true, and
    QVERIFY(timedOut);
    QVERIFY(timer.elapsed() >= 199);
}

void tst_QLocalServerDangers::errorOutlivesSuccess()
{
    const ScratchFolder folder;
    QLocalServer server;
    QVERIFY(!server.listen(folder.file(QStringLiteral("none/api"))));
    QVERIFY(server.listen(folder.file(apiName)));
    QCOMPARE(server.serverError(), QAbstractSocket::HostNotFoundError);
    QVERIFY(!server.errorString().isEmpty());
}

void tst_QLocalServerDangers::listeningDescriptorBlocks()
{
    const ScratchFolder folder;
    QLocalServer server;
    QVERIFY(server.listen(folder.file(apiName)));
    QCOMPARE(::fcntl(static_cast<int>(server.socketDescriptor()), F_GETFL) & O_NONBLOCK, 0);
}

void tst_QLocalServerDangers::abstractIgnoresTheBoxes()
{
    if (!isRoot())
        QSKIP("needs root to become another user");
    const QByteArray name = "sockeye-danger-" + QByteArray::number(::getpid());
    QLocalServer server;
    server.setSocketOptions(QLocalServer::AbstractNamespaceOption | QLocalServer::UserAccessOption);
    // Qt 6.4 either ignores User or fails to listen; in no case is anybody kept out.
    QVERIFY(server.listen(QString::fromUtf8(name)));
    QVERIFY(server.socketOptions().testFlag(QLocalServer::UserAccessOption));
    QCOMPARE(runAs(nobodyUser, [&] { return connectToAbstract(name) ? 0 : errno; }), 0);
}

QTEST_GUILESS_MAIN(tst_QLocalServerDangers)
#include "tst_qlocalserver_dangers.moc"
