// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A function for each measured pitfall of QLocalServer that the guarded server answers, numbered as
// in the reference. More than 600 lines, so that the list can be checked at a glance. What bare
// QLocalServer does in the same place is in tst_qlocalserver_dangers.

#include "guardedhost.h"
#include "kit/scratchfolder.h"
#include "tests/kit/patience.h"

#include <QLocalServer>
#include <QtTest>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

const QString apiName = QStringLiteral("api");
const QString inUse = QStringLiteral("AddressInUse AddressInUseError EADDRINUSE");
const QString notASocket = QStringLiteral("AddressNotASocket AddressInUseError EADDRINUSE");
constexpr uid_t daemonUser = 1; // a third user besides root and nobody

QByteArray withUmask(mode_t mask, const std::function<QByteArray()> &make)
{
    const mode_t before = ::umask(mask);
    QByteArray result = make();
    ::umask(before);
    return result;
}

double cpuSeconds()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

class tst_Pitfalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void pitfall1_tooLongPathDeletesAFile();
    void pitfall2_listenWithoutDescriptorsDeletesAFile_data();
    void pitfall2_listenWithoutDescriptorsDeletesAFile();
    void pitfall3_failedAcceptClosesSilently();
    void pitfall4_accessOptionReplacesWhatIsThere();
    void pitfall5_closeRemovesSomebodyElsesFile();
    void pitfall6_staleSocketAfterACrash();
    void pitfall7_twoInstancesRace();
    void pitfall8_optionsChangedWhileListening();
    void pitfall9_fileDeletedWhileListening();
    void pitfall10_oldServerDeletedLater();
    void pitfall11_danglingLink();
    void pitfall12_inheritedSocketIsUnlinked();
    void pitfall13_sharedListeningDescriptor();
    void pitfall19_clientOfAFullQueueSpins();
    void pitfall20_umaskAndTemporaryFolderDecide();
    void pitfall21_nameSquattedInAStickyFolder_data();
    void pitfall21_nameSquattedInAStickyFolder();
    void pitfall22_oddBytesInNames();
    void pitfall23_threadsMadeWithoutDescriptors();
    void pitfall24_deadlySignals();
};

void tst_Pitfalls::initTestCase()
{
    // QtTest has a handler of its own for it, which a server leaves alone.
    ::signal(SIGPIPE, SIG_DFL);
}

void tst_Pitfalls::pitfall1_tooLongPathDeletesAFile()
{
    const ScratchFolder folder;
    // Every length around the limits; a file stands at each of the paths.
    for (int length = 90; length <= 120; ++length) {
        const QByteArray start = folder.path().toUtf8() + '/';
        const QString name = QString::fromUtf8(start + QByteArray(length - start.size(), 'x'));
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("precious");
        file.close();
        const QByteArray before = folder.treeHash();
        GuardedHost host;
        const QString expected =
            length <= maxPathBytes ? notASocket : QStringLiteral("NameTooLong");
        QCOMPARE(host.start(name), expected);
        QCOMPARE(host.start(name, userAccess), expected);
        if (length > maxPathBytes) {
            const auto args = host.server.problem()->args;
            QCOMPARE(args.value(QStringLiteral("length")), QString::number(length));
            QCOMPARE(args.value(QStringLiteral("limit")), QStringLiteral("106"));
        }
        QCOMPARE(folder.treeHash(), before);
        QVERIFY(file.remove());
        // And the limit is not too low either.
        QCOMPARE(host.start(name), length <= maxPathBytes ? QString() : expected);
    }
    const QByteArray deep = folder.path().toUtf8() + '/'
        + QByteArray(maxFolderBytesWithAccess - folder.path().size(), 'd'); // 98 bytes
    QVERIFY(::mkdir(deep.constData(), 0700) == 0);
    GuardedHost host;
    QCOMPARE(host.start(QString::fromUtf8(deep) + QStringLiteral("/a"), userAccess),
             QStringLiteral("FolderTooLongForAccess"));
    QCOMPARE(host.start(QString::fromUtf8(deep) + QStringLiteral("/a")), QString());
}

void tst_Pitfalls::pitfall2_listenWithoutDescriptorsDeletesAFile_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<AccessOptions>("access");
    for (const char *what : {"regular", "live", "absent", "stale"}) {
        for (const AccessOptions &access : {noAccess, userAccess}) {
            const QString text = QString::fromLatin1(what);
            QTest::addRow("%s, %s", what, qPrintable(access.toString())) << text << access;
        }
    }
}

void tst_Pitfalls::pitfall2_listenWithoutDescriptorsDeletesAFile()
{
    QFETCH(const QString, what);
    QFETCH(const AccessOptions, access);
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    Descriptor live;
    if (what == QLatin1String("regular"))
        folder.write(apiName, "precious");
    else if (what == QLatin1String("live"))
        live = foreignServer(path, 200);
    else if (what == QLatin1String("stale"))
        makeStaleSocket(path);
    const QByteArray before = folder.treeHash();
    bool hasFailed = false;
    bool hasSucceeded = false;
    // From none at all to plenty: wherever it runs out, nothing is lost.
    for (int free = 0; free <= 24; ++free) {
        QString told;
        ServerState state = ServerState::Stopped;
        {
            GuardedHost host;
            { // made as long as there are descriptors, as a program does at its start
                const FewDescriptors few(free);
                told = host.start(folder.file(apiName), access);
                state = host.server.state();
            }
            hasSucceeded = hasSucceeded || told.isEmpty();
            hasFailed = hasFailed || !told.isEmpty();
            QCOMPARE(state, told.isEmpty() ? ServerState::Listening : ServerState::Failed);
            if (told.isEmpty())
                break;
        }
        QCOMPARE(folder.treeHash(), before);
    }
    QVERIFY(hasFailed);
    QCOMPARE(hasSucceeded, what == QLatin1String("absent") || what == QLatin1String("stale"));
    if (live)
        QCOMPARE(connectError(path), 0);
}

void tst_Pitfalls::pitfall3_failedAcceptClosesSilently()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    GuardedHost host;
    QCOMPARE(host.start(folder.file(apiName)), QString());
    host.story.clear();
    const Descriptor client = connectTo(path);
    {
        const FewDescriptors none(0);
        TRY_COMPARE(host.told(), QStringLiteral("raised DescriptorsExhausted"));
        QCOMPARE(host.server.state(), ServerState::Listening);
        QCOMPARE(host.server.holds(), GuardedServer::Holds(GuardedServer::Hold::Descriptors));
        QCOMPARE(host.acceptedCount(), 0);
        QCOMPARE(host.server.acceptNext().error().code, ProblemCode::DescriptorsExhausted);
        QVERIFY(!host.server.waitForConnection(10));
    }
    QVERIFY(fileAt(path).startsWith(QLatin1Char('s')));
    TRY_COMPARE(host.acceptedCount(), 1); // the very client that had to wait
    TRY_COMPARE(host.told(),
                QStringLiteral("raised DescriptorsExhausted, cleared DescriptorsExhausted"));
    QVERIFY(!host.server.holds());
}

void tst_Pitfalls::pitfall4_accessOptionReplacesWhatIsThere()
{
    const ScratchFolder folder;
    folder.write(QStringLiteral("regular"), "precious");
    const Descriptor live = foreignServer(folder.bytes(QStringLiteral("live")));
    const QByteArray before = folder.treeHash();
    for (const AccessOptions &access : {userAccess, groupAccess, userGroupAccess, worldAccess}) {
        GuardedHost host;
        QCOMPARE(host.start(folder.file(QStringLiteral("live")), access), inUse);
        QCOMPARE(host.start(folder.file(QStringLiteral("regular")), access), notASocket);
        // Whatever the user said of it: a file that is no socket is never replaced.
        QCOMPARE(host.start({.name = folder.file(QStringLiteral("regular")),
                             .access = access,
                             .removeStale = true,
                             .takeOver = true}),
                 notASocket);
        QCOMPARE(folder.treeHash(), before);
    }
    QCOMPARE(connectError(folder.bytes(QStringLiteral("live"))), 0);
}

void tst_Pitfalls::pitfall5_closeRemovesSomebodyElsesFile()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    for (const AccessOptions &access : {noAccess, userAccess}) {
        for (const bool byDestructor : {false, true}) {
            auto host = std::make_unique<GuardedHost>();
            QCOMPARE(host->start(folder.file(apiName), access), QString());
            QCOMPARE(::unlink(path.constData()), 0);
            const Descriptor newer = foreignServer(path);
            if (!byDestructor)
                host->server.stop();
            host.reset();
            QCOMPARE(connectError(path), 0);
            QCOMPARE(namesIn(folder.path()), QStringList({apiName}));
            QCOMPARE(::unlink(path.constData()), 0);

            host = std::make_unique<GuardedHost>();
            QCOMPARE(host->start(folder.file(apiName), access), QString());
            QCOMPARE(::unlink(path.constData()), 0);
            folder.write(apiName, "precious");
            host.reset();
            QVERIFY(fileAt(path).startsWith(QLatin1Char('-')));
            QCOMPARE(::unlink(path.constData()), 0);
        }
    }
}

void tst_Pitfalls::pitfall6_staleSocketAfterACrash()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    for (const AccessOptions &access : {noAccess, worldAccess}) {
        Gate ready;
        ChildProcess crashing([&] {
            GuardedHost host;
            const bool isFine = host.start(folder.file(apiName), access).isEmpty();
            ready.open();
            return isFine ? ::pause() : 1;
        });
        ready.pass();
        crashing.kill();
        QVERIFY(fileAt(path).startsWith(QLatin1Char('s')));
        QCOMPARE(connectError(path), ECONNREFUSED);
        GuardedHost host;
        QCOMPARE(host.start(folder.file(apiName), access), QString());
        QCOMPARE(connectError(path), 0);
    }
    // Connecting is refused as well between another program's bind() and listen().
    sockaddr_un name = {};
    const auto length = SocketAddress::fromPath(path).toSockaddr(name);
    const Descriptor starting(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    QCOMPARE(::bind(starting.get(), reinterpret_cast<const sockaddr *>(&name), *length), 0);
    const QByteArray before = folder.treeHash();
    GuardedHost host;
    QVERIFY(host.start(folder.file(apiName)).startsWith(QLatin1String("AddressUnclear")));
    QCOMPARE(folder.treeHash(), before);
}

void tst_Pitfalls::pitfall7_twoInstancesRace()
{
    // The short form; tst_startrace has eight programs and many rounds.
    for (int round = 0; round < 10; ++round) {
        const ScratchFolder folder;
        if (round % 2 == 1)
            makeStaleSocket(folder.bytes(apiName));
        Gate start;
        Gate end;
        std::vector<std::unique_ptr<ChildProcess>> racers;
        for (int i = 0; i < 4; ++i) {
            racers.push_back(std::make_unique<ChildProcess>([&] {
                GuardedHost host;
                start.pass();
                const QString told =
                    host.start(folder.file(apiName), round % 4 < 2 ? noAccess : userAccess);
                if (!told.isEmpty())
                    return told.startsWith(QLatin1String("AddressBeingTaken")) ? 1 : 2;
                end.pass();
                return 0;
            }));
        }
        start.open();
        QList<int> results;
        // The winner stays until it is told to end; the losers end by themselves.
        TRY_COMPARE(connectError(folder.bytes(apiName)), 0);
        for (int left = 4; left > 1; --left) {
            siginfo_t info = {};
            QCOMPARE(::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
            const auto ended = std::find_if(racers.begin(), racers.end(), [&](const auto &racer) {
                return racer->pid() == info.si_pid;
            });
            QVERIFY(ended != racers.end());
            results << (*ended)->wait();
            racers.erase(ended);
        }
        QCOMPARE(results, QList<int>({1, 1, 1}));
        QCOMPARE(connectError(folder.bytes(apiName)), 0);
        end.open();
        QCOMPARE(racers.front()->wait(), 0);
        QCOMPARE(namesIn(folder.path()), QStringList());
    }
}

void tst_Pitfalls::pitfall8_optionsChangedWhileListening()
{
    const ScratchFolder folder;
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(folder.path()));
    // Abstract, then User, then close(): Qt deletes the file of that name in the current folder.
    const QString name = QStringLiteral("sockeye-frozen-%1").arg(::getpid());
    folder.write(name, "precious");
    const QByteArray tree = folder.treeHash();
    {
        GuardedHost host;
        QCOMPARE(host.start(name, abstractAccess), QString());
        host.server.findChild<QLocalServer *>()->setSocketOptions(QLocalServer::UserAccessOption);
        host.server.stop();
        QCOMPARE(folder.treeHash(), tree);
    }
    // None, then Abstract, then close(): Qt leaves its socket behind.
    {
        GuardedHost host;
        QCOMPARE(host.start(folder.file(apiName)), QString());
        QCOMPARE(host.server.access(), noAccess);
        host.server.findChild<QLocalServer *>()->setSocketOptions(
            QLocalServer::AbstractNamespaceOption);
        QCOMPARE(host.server.access(), noAccess);
        host.server.stop();
        QCOMPARE(folder.treeHash(), tree);
    }
    QDir::setCurrent(before);
}

void tst_Pitfalls::pitfall9_fileDeletedWhileListening()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    GuardedHost host;
    QCOMPARE(host.start(folder.file(apiName), userAccess), QString());
    QCOMPARE(::unlink(path.constData()), 0);
    QCOMPARE(connectError(path), ENOENT);
    TRY_VERIFY(!host.server.isReachable());
    QCOMPARE(host.server.problem()->code, ProblemCode::AddressVanished);
    QVERIFY(host.server.findChild<QLocalServer *>()->isListening()); // Qt noticed nothing
}

void tst_Pitfalls::pitfall10_oldServerDeletedLater()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    auto *old = new GuardedHost;
    QCOMPARE(old->start(folder.file(apiName)), QString());
    old->deleteLater();
    GuardedHost newer;
    // The old one is still there: a clear answer now instead of a lost file later.
    QVERIFY(newer.start(folder.file(apiName)).startsWith(QLatin1String("AddressBeingTaken")));
    old->server.stop();
    QCOMPARE(newer.start(folder.file(apiName)), QString());
    QPointer<GuardedHost> watched(old);
    TRY_VERIFY(!watched);
    QCOMPARE(connectError(path), 0);
    QVERIFY(newer.server.isReachable());
}

void tst_Pitfalls::pitfall11_danglingLink()
{
    const ScratchFolder folder;
    const QByteArray link = folder.bytes(apiName);
    QCOMPARE(::symlink("nothing", link.constData()), 0);
    const QByteArray before = folder.treeHash();
    GuardedHost host;
    for (const AccessOptions &access : {noAccess, userAccess}) {
        QCOMPARE(host.start({.name = folder.file(apiName), .access = access, .removeStale = true}),
                 notASocket);
        QCOMPARE(host.server.problem()->args.value(QStringLiteral("type")),
                 fileTypeText(AddressState::FileType::Link));
        QCOMPARE(folder.treeHash(), before);
    }
}

void tst_Pitfalls::pitfall12_inheritedSocketIsUnlinked()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    Descriptor passed = foreignServer(path);
    const Descriptor kept(::fcntl(passed.get(), F_DUPFD_CLOEXEC, 0)); // systemd's own
    GuardedHost host;
    QCOMPARE(host.start({.inheritedDescriptor = passed.release()}), QString());
    host.server.stop();
    QCOMPARE(connectError(path), 0);
    QCOMPARE(host.start({.inheritedDescriptor = 9999}), QStringLiteral("NotAListener EBADF"));
}

void tst_Pitfalls::pitfall13_sharedListeningDescriptor()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    Descriptor passed = foreignServer(path);
    Descriptor shared(::fcntl(passed.get(), F_DUPFD_CLOEXEC, 0));
    GuardedHost one;
    GuardedHost two;
    QCOMPARE(one.start({.inheritedDescriptor = passed.release()}), QString());
    QCOMPARE(two.start({.inheritedDescriptor = shared.release()}), QString());
    // Both wake up for each client, and one of them finds nobody: EAGAIN.
    std::vector<Descriptor> clients;
    for (int i = 1; i <= 20; ++i) {
        clients.push_back(connectTo(path));
        TRY_COMPARE(one.acceptedCount() + two.acceptedCount(), i);
        QCoreApplication::sendPostedEvents();
    }
    QCOMPARE(one.told(), QStringLiteral("reachable, listening"));
    QCOMPARE(two.told(), QStringLiteral("reachable, listening"));
    QVERIFY(*two.server.acceptNext() == false);
    QVERIFY(fileAt(path).startsWith(QLatin1Char('s')));
}

void tst_Pitfalls::pitfall19_clientOfAFullQueueSpins()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    const Descriptor busy = foreignServer(path, 0);
    const Descriptor waiting = connectTo(path);
    QCOMPARE(connectError(path), EAGAIN);
    GuardedHost host;
    const double before = cpuSeconds();
    for (int i = 0; i < 20; ++i)
        QCOMPARE(host.start(folder.file(apiName), userAccess), inUse);
    // A client of Qt's burns 28 of 31 seconds there.
    QVERIFY2(cpuSeconds() - before < 2.0, "looking at a busy server costs CPU time");
}

void tst_Pitfalls::pitfall20_umaskAndTemporaryFolderDecide()
{
    const ScratchFolder folder;
    const QByteArray temporary = qgetenv("TMPDIR");
    qputenv("TMPDIR", folder.path().toUtf8());
    QStringList picture;
    for (const mode_t mask : {mode_t(0), mode_t(022), mode_t(077)}) {
        for (const AccessOptions &access : {noAccess, userAccess, userGroupAccess, worldAccess}) {
            // Known before start ...
            const QString planned = QString::fromUtf8(
                withUmask(mask, [&] { return modeText(*access.mode(currentUmask())).toUtf8(); }));
            QString made = QString::fromUtf8(withUmask(mask, [&] {
                GuardedHost host;
                if (!host.start(apiName, access).isEmpty())
                    return QByteArray("failed");
                // ... as is where a relative name leads.
                return fileAt(host.server.address().bytes())
                    .section(QLatin1Char(' '), 0, 0)
                    .toUtf8();
            }));
            QCOMPARE(made, planned);
            picture << QStringLiteral("%1 %2 %3")
                           .arg(mask, 3, 8, QLatin1Char('0'))
                           .arg(access.toString(), made);
        }
    }
    GuardedHost host;
    QCOMPARE(host.start(apiName), QString());
    QCOMPARE(host.server.address().bytes(), folder.bytes(apiName));
    QCOMPARE(host.start(QStringLiteral("../api")).isEmpty(), false);
    if (temporary.isNull())
        qunsetenv("TMPDIR");
    else
        qputenv("TMPDIR", temporary);
    QCOMPARE(
        picture,
        QStringList(
            {QStringLiteral("000 none srwxrwxrwx"), QStringLiteral("000 user srwx------"),
             QStringLiteral("000 user,group srwxrwx---"), QStringLiteral("000 world srwxrwxrwx"),
             QStringLiteral("022 none srwxr-xr-x"), QStringLiteral("022 user srwx------"),
             QStringLiteral("022 user,group srwxrwx---"), QStringLiteral("022 world srwxrwxrwx"),
             QStringLiteral("077 none srwx------"), QStringLiteral("077 user srwx------"),
             QStringLiteral("077 user,group srwxrwx---"), QStringLiteral("077 world srwxrwxrwx")}));
}

void tst_Pitfalls::pitfall21_nameSquattedInAStickyFolder_data()
{
    QTest::addColumn<QString>("planted");
    QTest::addColumn<QString>("problem");
    QTest::newRow("stale socket") << QStringLiteral("stale") << QStringLiteral("AddressStale");
    // Whether it is stale cannot be proved without the right to connect.
    QTest::newRow("stale socket, closed to others")
        << QStringLiteral("closed") << QStringLiteral("AddressUnclear");
    QTest::newRow("live server") << QStringLiteral("live") << QStringLiteral("AddressInUse");
    QTest::newRow("link to a victim")
        << QStringLiteral("link") << QStringLiteral("AddressNotASocket");
    QTest::newRow("lock file") << QStringLiteral("lock") << QStringLiteral("LockUnusable");
    QTest::newRow("lock that is a link")
        << QStringLiteral("locklink") << QStringLiteral("LockUnusable");
}

void tst_Pitfalls::pitfall21_nameSquattedInAStickyFolder()
{
    if (!isRoot())
        QSKIP("needs root to become two other users");
    QFETCH(const QString, planted);
    QFETCH(const QString, problem);
    const ScratchFolder folder;
    QCOMPARE(::chmod(folder.path().toUtf8().constData(), 01777), 0);
    const QByteArray path = folder.bytes(apiName);
    const QByteArray lock = folder.bytes(QStringLiteral("api.lock"));
    const QByteArray victim = folder.write(QStringLiteral("victim"), "precious").toUtf8();
    QCOMPARE(::chown(victim.constData(), daemonUser, daemonUser), 0);
    Gate ready;
    ChildProcess squatter(
        [&] {
            Descriptor live;
            bool isFine = true;
            ::umask(planted == QLatin1String("closed") ? 077 : 0);
            if (planted == QLatin1String("stale") || planted == QLatin1String("closed"))
                makeStaleSocket(path);
            else if (planted == QLatin1String("live"))
                live = foreignServer(path);
            else if (planted == QLatin1String("link"))
                isFine = ::symlink(victim.constData(), path.constData()) == 0;
            else if (planted == QLatin1String("lock"))
                isFine = ::close(::open(lock.constData(), O_CREAT | O_WRONLY, 0666)) == 0;
            else
                isFine = ::symlink(victim.constData(), lock.constData()) == 0;
            ready.open();
            return isFine ? ::pause() : 1;
        },
        nobodyUser);
    ready.pass();
    const QByteArray before = folder.treeHash();
    for (const AccessOptions &access : {noAccess, userAccess, worldAccess}) {
        for (const bool insists : {false, true}) {
            const int status = runAs(daemonUser, [&] {
                GuardedHost host;
                const QString told = host.start({.name = folder.file(apiName),
                                                 .access = access,
                                                 .removeStale = insists,
                                                 .takeOver = insists});
                return told.section(QLatin1Char(' '), 0, 0) == problem ? 0 : 1;
            });
            QCOMPARE(status, 0);
            QCOMPARE(folder.treeHash(), before);
        }
    }
}

void tst_Pitfalls::pitfall22_oddBytesInNames()
{
    const ScratchFolder folder;
    const auto name = [&](const QString &last) { return folder.file(last); };
    folder.write(apiName, "precious");
    const QByteArray before = folder.treeHash();
    GuardedHost host;
    QCOMPARE(host.start(name(apiName) + QChar(0) + QStringLiteral("x")),
             QStringLiteral("NameHasNul"));
    QCOMPARE(host.start(name(QString(QChar(0xD800)))), QStringLiteral("NameNotUtf8"));
    QCOMPARE(host.start(name(QStringLiteral("a\nb"))), QStringLiteral("NameHasControl"));
    QCOMPARE(host.start(name(QStringLiteral("a\x1b[2Jb"))), QStringLiteral("NameHasControl"));
    QCOMPARE(host.server.problem()->args.value(QStringLiteral("name")),
             name(QStringLiteral("a\\x1b[2Jb"))); // shown without its effect
    QCOMPARE(folder.treeHash(), before);
    for (const QString &fine :
         {QStringLiteral("with space"), QStringLiteral("-rf"), QStringLiteral("@x"),
          QStringLiteral("näme"), QStringLiteral("\U0001F9E6"), QStringLiteral("a%1$s")}) {
        QCOMPARE(host.start(name(fine), userAccess), QString());
        QVERIFY(namesIn(folder.path()).contains(fine));
        host.server.stop();
    }
    QCOMPARE(folder.treeHash(), before);
}

void tst_Pitfalls::pitfall23_threadsMadeWithoutDescriptors()
{
    const ScratchFolder folder;
    GuardedHost first; // whatever a first one makes is there now
    QCOMPARE(first.start(folder.file(QStringLiteral("first"))), QString());
    const int threads = threadCount();
    GuardedHost host;
    const Descriptor client = connectTo(folder.bytes(QStringLiteral("first")));
    {
        const FewDescriptors few(4);
        QVERIFY(host.start(folder.file(apiName)).startsWith(QLatin1String("DescriptorsExhausted")));
        TRY_COMPARE(first.server.holds(), GuardedServer::Holds(GuardedServer::Hold::Descriptors));
        QCOMPARE(threadCount(), threads);
    }
    QCOMPARE(first.acceptedCount(), 1);
    TRY_VERIFY(!first.server.holds());
    QCOMPARE(host.start(folder.file(apiName)), QString());
    QCOMPARE(threadCount(), threads);
}

void tst_Pitfalls::pitfall24_deadlySignals()
{
    const ScratchFolder folder;
    GuardedHost host;
    QCOMPARE(host.start(folder.file(apiName)), QString());
    Descriptor client = connectTo(folder.bytes(apiName));
    QVERIFY(host.server.waitForConnection(1000));
    client.reset();
    // Ends the program (exit status 141) unless the signal is ignored.
    QCOMPARE(::write(host.accepted.front().get(), "x", 1), -1);
    QCOMPARE(errno, EPIPE);
    struct sigaction current = {};
    QCOMPARE(::sigaction(SIGXFSZ, nullptr, &current), 0);
    QVERIFY(current.sa_handler == SIG_IGN);
}

QTEST_GUILESS_MAIN(tst_Pitfalls)
#include "tst_pitfalls.moc"
