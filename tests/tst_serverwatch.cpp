// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "guardedhost.h"
#include "kit/scratchfolder.h"
#include "tests/kit/patience.h"

#include <QLocalServer>
#include <QtTest>

#include <cstdio>

#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;

/// What happens to a server from outside while it listens.
class tst_ServerWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsThatTheFileIsGone();
    void tellsThatTheFileWasReplaced();
    void tellsThatTheFolderMoved();
    void listensAgainWhenQtCloses_data();
    void listensAgainWhenQtCloses();
    void waitsForItsPlaceWhenQtCloses();
};

void tst_ServerWatch::tellsThatTheFileIsGone()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(QStringLiteral("api"));
    const QByteArray aside = folder.bytes(QStringLiteral("aside"));
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    host.story.clear();
    QVERIFY(::rename(path.constData(), aside.constData()) == 0);
    TRY_COMPARE(host.told(), QStringLiteral("raised AddressVanished, unreachable"));
    QCOMPARE(host.server.state(), ServerState::Listening);
    QVERIFY(!host.server.isReachable());
    QVERIFY(::rename(aside.constData(), path.constData()) == 0);
    TRY_COMPARE(host.told(),
                QStringLiteral("raised AddressVanished, unreachable, "
                               "cleared AddressVanished, reachable"));
    QCOMPARE(::unlink(path.constData()), 0);
    TRY_VERIFY(!host.server.isReachable());
    // "Listen again": what the user is offered.
    host.server.stop();
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    QVERIFY(!host.server.problem());
}

void tst_ServerWatch::tellsThatTheFileWasReplaced()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(QStringLiteral("api"));
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    host.story.clear();
    QCOMPARE(::unlink(path.constData()), 0);
    const Descriptor other = foreignServer(path);
    TRY_COMPARE(host.server.problem().has_value(), true);
    TRY_COMPARE(host.server.problem()->code, ProblemCode::AddressReplaced);
    QVERIFY(!host.server.isReachable());
    host.server.stop();
    QCOMPARE(connectError(path), 0); // the other one is still served
    QCOMPARE(namesIn(folder.path()), QStringList({QStringLiteral("api")}));
}

void tst_ServerWatch::tellsThatTheFolderMoved()
{
    const ScratchFolder folder;
    const QByteArray sub = folder.bytes(QStringLiteral("sub"));
    const QByteArray moved = folder.bytes(QStringLiteral("moved"));
    QVERIFY(::mkdir(sub.constData(), 0700) == 0);
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("sub/api"))), QString());
    host.story.clear();
    QVERIFY(::rename(sub.constData(), moved.constData()) == 0);
    TRY_COMPARE(host.told(), QStringLiteral("raised AddressVanished, unreachable"));
    QVERIFY(::rename(moved.constData(), sub.constData()) == 0);
    TRY_VERIFY(host.server.isReachable());
}

void tst_ServerWatch::listensAgainWhenQtCloses_data()
{
    QTest::addColumn<AccessOptions>("access");
    for (const AccessOptions &access :
         {noAccess, userAccess, groupAccess, userGroupAccess, worldAccess, abstractAccess})
        QTest::newRow(qPrintable(access.toString())) << access;
}

void tst_ServerWatch::listensAgainWhenQtCloses()
{
    QFETCH(const AccessOptions, access);
    const ScratchFolder folder;
    const QString name = access.abstract ? QStringLiteral("sockeye-again-%1").arg(::getpid())
                                         : folder.file(QStringLiteral("api"));
    GuardedHost host;
    QCOMPARE(host.start(name, access), QString());
    host.story.clear();
    auto *inner = host.server.findChild<QLocalServer *>();
    QVERIFY(inner);
    inner->close(); // what Qt does by itself after a failed accept
    TRY_COMPARE(host.told(),
                QStringLiteral("unreachable, raised ServerClosedByQt, reachable, "
                               "cleared ServerClosedByQt"));
    QCOMPARE(host.server.state(), ServerState::Listening);
    const Descriptor client =
        access.abstract ? connectToAbstract(name.toUtf8()) : connectTo(name.toUtf8());
    if (!client)
        QVERIFY(!isRoot() && access.hasClass() && !access.user);
    else
        TRY_COMPARE(host.acceptedCount(), 1);
    host.server.stop();
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_ServerWatch::waitsForItsPlaceWhenQtCloses()
{
    const ScratchFolder folder;
    const QByteArray path = folder.bytes(QStringLiteral("api"));
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    QCOMPARE(::unlink(path.constData()), 0);
    Descriptor other = foreignServer(path);
    host.server.findChild<QLocalServer *>()->close();
    TRY_COMPARE(host.server.state(), ServerState::Failed);
    QCOMPARE(host.server.problem()->code, ProblemCode::ServerClosedByQt);
    QCOMPARE(connectError(path), 0);
    other.reset();
    QCOMPARE(::unlink(path.constData()), 0);
    TRY_COMPARE(host.server.state(), ServerState::Listening);
    QVERIFY(host.server.isReachable());
    const Descriptor client = connectTo(path);
    TRY_COMPARE(host.acceptedCount(), 1);
}

QTEST_GUILESS_MAIN(tst_ServerWatch)
#include "tst_serverwatch.moc"
