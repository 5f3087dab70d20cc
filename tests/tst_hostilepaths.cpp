// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "guardedhost.h"
#include "kit/scratchfolder.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

const AccessOptions optionSets[] = {noAccess, userAccess, groupAccess, userGroupAccess,
                                    worldAccess};
constexpr uid_t attacker = 65534; // nobody
constexpr uid_t victimUser = 1; // who starts the server in another user's sticky folder

/// What another program, or another user, put in the way. Makes it; false: not possible here.
struct Hostile
{
    const char *name;
    bool (*plant)(const ScratchFolder &folder, const QByteArray &place);
};

bool plantRegular(const ScratchFolder &folder, const QByteArray &place)
{
    folder.write(QFile::decodeName(place.mid(place.lastIndexOf('/') + 1)), "precious\n");
    return true;
}
bool plantFolder(const ScratchFolder &, const QByteArray &place)
{
    return ::mkdir(place.constData(), 0755) == 0;
}
bool plantFullFolder(const ScratchFolder &folder, const QByteArray &place)
{
    const QString name = QFile::decodeName(place.mid(place.lastIndexOf('/') + 1));
    return ::mkdir(place.constData(), 0755) == 0
        && !folder.write(name + QStringLiteral("/inside"), "precious\n").isEmpty();
}
bool plantFifo(const ScratchFolder &, const QByteArray &place)
{
    return ::mkfifo(place.constData(), 0666) == 0;
}
bool plantDevice(const ScratchFolder &, const QByteArray &place)
{
    return ::mknod(place.constData(), S_IFCHR | 0666, makedev(1, 3)) == 0; // another /dev/null
}
bool plantDanglingLink(const ScratchFolder &, const QByteArray &place)
{
    return ::symlink("nothing", place.constData()) == 0;
}
bool plantLinkToVictim(const ScratchFolder &folder, const QByteArray &place)
{
    folder.write(QStringLiteral("victim"), "precious\n");
    return ::symlink("victim", place.constData()) == 0;
}
bool plantLinkToStaleSocket(const ScratchFolder &folder, const QByteArray &place)
{
    makeStaleSocket(folder.bytes(QStringLiteral("stale")));
    return ::symlink("stale", place.constData()) == 0;
}
bool plantHardLink(const ScratchFolder &folder, const QByteArray &place)
{
    const QByteArray victim = folder.write(QStringLiteral("victim"), "sockeye 1\n").toUtf8();
    return ::link(victim.constData(), place.constData()) == 0;
}
bool plantLinkLoop(const ScratchFolder &, const QByteArray &place)
{
    return ::symlink(place.constData(), place.constData()) == 0;
}

const Hostile hostiles[] = {
    {"regular file", plantRegular},
    {"folder", plantFolder},
    {"folder with a file", plantFullFolder},
    {"fifo", plantFifo},
    {"device", plantDevice},
    {"dangling link", plantDanglingLink},
    {"link to a victim", plantLinkToVictim},
    {"link to a stale socket", plantLinkToStaleSocket},
    {"link loop", plantLinkLoop},
    {"hard link to a victim", plantHardLink},
};

enum class Ending { Start, Stop, Crash };

/// Starts in a process of its own and ends there in that way: its answer, as its exit status.
QString startElsewhere(const ListenPlan &plan, Ending ending, uid_t user = 0)
{
    Gate ready;
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        qFatal("no pipe");
    const Descriptor in(ends[0]);
    Descriptor out(ends[1]);
    ChildProcess child(
        [&] {
            GuardedHost host;
            const QByteArray told = host.start(plan).toUtf8() + '\n';
            if (ending == Ending::Stop)
                host.server.stop();
            if (::write(out.get(), told.constData(), static_cast<size_t>(told.size())) < 0)
                return 1;
            if (ending == Ending::Crash)
                ::pause();
            return 0;
        },
        user);
    out.reset();
    char text[200] = {};
    const ssize_t length = ::read(in.get(), text, sizeof text - 1);
    if (ending == Ending::Crash)
        child.kill(); // kill -9
    else
        child.wait();
    return length > 0 ? QString::fromUtf8(text).trimmed() : QStringLiteral("no answer");
}

} // namespace

/// Whatever stands at the address or at its lock, with whatever options and however it ends:
/// not a byte, a mode, an owner or a name of it changes, and no link is followed.
class tst_HostilePaths : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void atTheAddress_data();
    void atTheAddress();
    void atTheLock_data();
    void atTheLock();
    void inTheFolder_data();
    void inTheFolder();
    void besideTheServer_data();
    void besideTheServer();
    void cleanupTestCase();

private:
    int m_cells = 0;
};

void tst_HostilePaths::atTheAddress_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(std::size(hostiles)); ++i)
        QTest::newRow(hostiles[i].name) << i;
}

void tst_HostilePaths::atTheAddress()
{
    QFETCH(const int, index);
    const ScratchFolder folder;
    if (!hostiles[index].plant(folder, folder.bytes(QStringLiteral("api"))))
        QSKIP("cannot be made by this user");
    const QByteArray before = folder.treeHash();
    for (const AccessOptions &access : optionSets) {
        for (const bool insists : {false, true}) {
            for (const Ending ending : {Ending::Start, Ending::Stop, Ending::Crash}) {
                const QString told = startElsewhere({.name = folder.file(QStringLiteral("api")),
                                                     .access = access,
                                                     .removeStale = insists,
                                                     .takeOver = insists},
                                                    ending);
                QCOMPARE(told, QStringLiteral("AddressNotASocket AddressInUseError EADDRINUSE"));
                QCOMPARE(folder.treeHash(), before);
                ++m_cells;
            }
        }
    }
}

void tst_HostilePaths::atTheLock_data()
{
    atTheAddress_data();
}

void tst_HostilePaths::atTheLock()
{
    QFETCH(const int, index);
    const ScratchFolder folder;
    if (!hostiles[index].plant(folder, folder.bytes(QStringLiteral("api.lock"))))
        QSKIP("cannot be made by this user");
    const QByteArray before = folder.treeHash();
    for (const AccessOptions &access : optionSets) {
        for (const Ending ending : {Ending::Start, Ending::Stop, Ending::Crash}) {
            const QString told = startElsewhere(
                {.name = folder.file(QStringLiteral("api")), .access = access}, ending);
            QCOMPARE(told.section(QLatin1Char(' '), 0, 0), QStringLiteral("LockUnusable"));
            QCOMPARE(folder.treeHash(), before);
            ++m_cells;
        }
    }
}

void tst_HostilePaths::inTheFolder_data()
{
    QTest::addColumn<bool>("lock");
    QTest::addColumn<int>("index");
    for (const bool lock : {false, true}) {
        for (int i = 0; i < static_cast<int>(std::size(hostiles)); ++i)
            QTest::addRow("%s at the %s", hostiles[i].name, lock ? "lock" : "address") << lock << i;
    }
}

/// A sticky folder of another user, in which he planted it.
void tst_HostilePaths::inTheFolder()
{
    if (!isRoot())
        QSKIP("needs root to become two other users");
    QFETCH(const bool, lock);
    QFETCH(const int, index);
    const ScratchFolder folder;
    const QByteArray path = folder.path().toUtf8();
    QVERIFY(::chmod(path.constData(), 01777) == 0);
    QVERIFY(::chown(path.constData(), attacker, attacker) == 0);
    const QByteArray place =
        folder.bytes(lock ? QStringLiteral("api.lock") : QStringLiteral("api"));
    const int planted =
        runAs(attacker, [&] { return hostiles[index].plant(folder, place) ? 0 : 1; });
    if (planted != 0 && !hostiles[index].plant(folder, place))
        QSKIP("cannot be made by this user");
    ::lchown(place.constData(), attacker, attacker);
    const QByteArray before = folder.treeHash();
    for (const AccessOptions &access : optionSets) {
        for (const Ending ending : {Ending::Start, Ending::Stop, Ending::Crash}) {
            const QString told = startElsewhere({.name = folder.file(QStringLiteral("api")),
                                                 .access = access,
                                                 .removeStale = true,
                                                 .takeOver = true},
                                                ending, victimUser);
            QCOMPARE(told.section(QLatin1Char(' '), 0, 0),
                     lock ? QStringLiteral("LockUnusable") : QStringLiteral("AddressNotASocket"));
            QCOMPARE(folder.treeHash(), before);
            ++m_cells;
        }
    }
}

void tst_HostilePaths::besideTheServer_data()
{
    atTheAddress_data();
}

/// It stands beside a server that does start: only what is ours comes and goes.
void tst_HostilePaths::besideTheServer()
{
    QFETCH(const int, index);
    const ScratchFolder folder;
    if (!hostiles[index].plant(folder, folder.bytes(QStringLiteral("beside"))))
        QSKIP("cannot be made by this user");
    const QByteArray before = folder.treeHash();
    for (const AccessOptions &access : optionSets) {
        const ListenPlan plan {.name = folder.file(QStringLiteral("api")), .access = access};
        QCOMPARE(startElsewhere(plan, Ending::Stop), QString());
        QCOMPARE(folder.treeHash(), before);
        // After a crash the socket and the lock stay; the next start clears both.
        QCOMPARE(startElsewhere(plan, Ending::Crash), QString());
        QVERIFY(fileAt(folder.bytes(QStringLiteral("api"))).startsWith(QLatin1Char('s')));
        QVERIFY(fileAt(folder.bytes(QStringLiteral("api.lock"))).startsWith(QLatin1Char('-')));
        QCOMPARE(startElsewhere(plan, Ending::Stop), QString());
        QCOMPARE(folder.treeHash(), before);
        m_cells += 3;
    }
}

void tst_HostilePaths::cleanupTestCase()
{
    qInfo("%d cells", m_cells);
}

QTEST_GUILESS_MAIN(tst_HostilePaths)
#include "tst_hostilepaths.moc"
