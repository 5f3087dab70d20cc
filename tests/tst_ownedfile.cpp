// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/ownedfile.h"
#include "guardedhost.h"
#include "kit/scratchfolder.h"

#include <QtTest>

#include <cerrno>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

const QString apiName = QStringLiteral("api");

/// What two processes count together.
struct Counts
{
    int made = 0; ///< sockets of the other program's
    int replaced = 0; ///< of them, gone under its hands
    bool isOver = false;
};

/// Makes a server whenever nothing stands there, looks after a moment whether it is still its own,
/// and takes it away again: a program that knows nothing of locks.
int rival(const QByteArray &path, volatile Counts *counts)
{
    sockaddr_un name = {};
    const auto length = SocketAddress::fromPath(path).toSockaddr(name);
    for (unsigned int turn = 0; !counts->isOver; ++turn) {
        ::usleep(turn * 7919 % 400);
        const Descriptor server(::socket(AF_UNIX, SOCK_STREAM, 0));
        if (::bind(server.get(), reinterpret_cast<const sockaddr *>(&name), *length) != 0)
            continue;
        ::listen(server.get(), 5);
        const auto own = identityOf(path);
        counts->made = counts->made + 1;
        ::usleep(300);
        if (identityOf(path) != own)
            counts->replaced = counts->replaced + 1;
        else
            ::unlink(path.constData());
    }
    return 0;
}

} // namespace

class tst_OwnedFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void removesThisVeryFile();
    void leavesAnotherFile();
    void pinKeepsTheNumber();
    void placeholderTakesTheAddress();
    void placeholderGoesAway();
    void nothingIsReplacedInBetween_data();
    void nothingIsReplacedInBetween();
};

void tst_OwnedFile::removesThisVeryFile()
{
    const ScratchFolder folder;
    makeStaleSocket(folder.bytes(apiName));
    const auto pin = FilePin::of(folder.bytes(apiName));
    QVERIFY(pin && pin->isSocket());
    QVERIFY(removeExactly(folder.bytes(apiName), pin->identity()));
    QCOMPARE(namesIn(folder.path()), QStringList());
    QVERIFY(!removeExactly(folder.bytes(apiName), pin->identity()));
    QCOMPARE(errno, 0); // no failure: it is not there
}

void tst_OwnedFile::leavesAnotherFile()
{
    const ScratchFolder folder;
    makeStaleSocket(folder.bytes(apiName));
    const auto pin = FilePin::of(folder.bytes(apiName));
    QCOMPARE(::unlink(folder.bytes(apiName).constData()), 0);
    folder.write(apiName, "precious");
    const QByteArray before = folder.treeHash();
    QVERIFY(!removeExactly(folder.bytes(apiName), pin->identity()));
    QCOMPARE(folder.treeHash(), before);
}

void tst_OwnedFile::pinKeepsTheNumber()
{
    // Without a pin the number of a removed file is soon another file's.
    const ScratchFolder folder;
    makeStaleSocket(folder.bytes(apiName));
    const auto pin = FilePin::of(folder.bytes(apiName));
    for (int round = 0; round < 200; ++round) {
        QCOMPARE(::unlink(folder.bytes(apiName).constData()), 0);
        makeStaleSocket(folder.bytes(apiName));
        QVERIFY(identityOf(folder.bytes(apiName)) != pin->identity());
    }
    QVERIFY(!FilePin::of(folder.bytes(QStringLiteral("none"))));
    QCOMPARE(::symlink("api", folder.bytes(QStringLiteral("link")).constData()), 0);
    QVERIFY(!FilePin::of(folder.bytes(QStringLiteral("link")))->isSocket());
}

void tst_OwnedFile::placeholderTakesTheAddress()
{
    const ScratchFolder folder;
    const SocketAddress address = SocketAddress::fromPath(folder.bytes(apiName));
    const mode_t before = ::umask(0);
    Placeholder placeholder;
    const bool isTaken = placeholder.take(address);
    ::umask(before);
    QVERIFY(isTaken);
    QVERIFY(fileAt(address.bytes()).startsWith(QLatin1String("s--------- ")));
    QVERIFY(connectError(address.bytes()) != 0);
    Placeholder second;
    QVERIFY(!second.take(address));
    QCOMPARE(errno, EADDRINUSE);
}

void tst_OwnedFile::placeholderGoesAway()
{
    const ScratchFolder folder;
    const SocketAddress address = SocketAddress::fromPath(folder.bytes(apiName));
    {
        Placeholder placeholder;
        QVERIFY(placeholder.take(address));
    }
    QCOMPARE(namesIn(folder.path()), QStringList());
    {
        Placeholder placeholder;
        QVERIFY(placeholder.take(address));
        QCOMPARE(::unlink(address.bytes().constData()), 0);
        folder.write(apiName, "precious");
    }
    QCOMPARE(namesIn(folder.path()), QStringList({apiName}));
}

void tst_OwnedFile::nothingIsReplacedInBetween_data()
{
    QTest::addColumn<AccessOptions>("access");
    for (const AccessOptions &access : {noAccess, userAccess, worldAccess})
        QTest::newRow(qPrintable(access.toString())) << access;
}

void tst_OwnedFile::nothingIsReplacedInBetween()
{
    QFETCH(const AccessOptions, access);
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(apiName);
    auto *counts = static_cast<Counts *>(
        ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    QVERIFY(counts != MAP_FAILED);
    new (counts) Counts;
    ChildProcess other([&] { return rival(path, counts); });
    int won = 0;
    int refused = 0;
    // Until both had their share; the rival's file may be anywhere in its short life by then.
    for (int round = 0; round < 20000 && (round < 500 || won < 50 || counts->made < 50); ++round) {
        GuardedHost host;
        const QString told = host.start(folder.file(apiName), access);
        (told.isEmpty() ? won : refused) += 1;
    }
    static_cast<volatile Counts *>(counts)->isOver = true;
    QCOMPARE(other.wait(), 0);
    qInfo("%d starts won, %d refused; the other program made %d, replaced %d", won, refused,
          counts->made, counts->replaced);
    QVERIFY(won > 0);
    QVERIFY(counts->made > 0);
    QCOMPARE(counts->replaced, 0);
    ::munmap(counts, sizeof(Counts));
}

QTEST_GUILESS_MAIN(tst_OwnedFile)
#include "tst_ownedfile.moc"
