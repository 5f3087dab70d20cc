// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "guardedhost.h"
#include "kit/scratchfolder.h"

#include <QFile>
#include <QtTest>

#include <unistd.h>

using namespace Sockeye;

class tst_AddressLock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lockIsHeldWhileListening();
    void lockOfAnotherIsRespected();
    void lockLeftByACrashIsTaken();
    void foreignLockFileIsLeftAlone_data();
    void foreignLockFileIsLeftAlone();
};

void tst_AddressLock::lockIsHeldWhileListening()
{
    const ScratchFolder folder;
    const QByteArray lock = folder.bytes(QStringLiteral("api.lock"));
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    QCOMPARE(lockPathFor(host.server.address()), lock);
    QVERIFY(fileAt(lock).startsWith(QLatin1String("-rw------- ")));
    QFile file(folder.file(QStringLiteral("api.lock")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "sockeye " + QByteArray::number(::getpid()) + " listening\n");
}

void tst_AddressLock::lockOfAnotherIsRespected()
{
    const ScratchFolder folder;
    GuardedHost first;
    QCOMPARE(first.start(folder.file(QStringLiteral("api"))), QString());
    GuardedHost second;
    for (const bool takeOver : {false, true}) {
        QCOMPARE(second.start({.name = folder.file(QStringLiteral("api")), .takeOver = takeOver}),
                 QStringLiteral("AddressBeingTaken AddressInUseError"));
        QCOMPARE(second.server.problem()->args.value(QStringLiteral("pid")),
                 QString::number(::getpid()));
    }
    // Not even a client was made of it: who serves would see one that nobody sent.
    QCOMPARE(first.server.waiting(), 0);
    QCOMPARE(first.acceptedCount(), 0);
    first.server.stop();
    QCOMPARE(second.start(folder.file(QStringLiteral("api"))), QString());
}

void tst_AddressLock::lockLeftByACrashIsTaken()
{
    const ScratchFolder folder;
    Gate ready;
    ChildProcess crashing([&] {
        GuardedHost host;
        if (!host.start(folder.file(QStringLiteral("api")), userAccess).isEmpty())
            return 1;
        ready.open();
        ::pause();
        return 0;
    });
    ready.pass();
    GuardedHost host;
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))),
             QStringLiteral("AddressBeingTaken AddressInUseError"));
    QCOMPARE(host.server.problem()->args.value(QStringLiteral("pid")),
             QString::number(crashing.pid()));
    crashing.kill();
    QCOMPARE(namesIn(folder.path()),
             QStringList({QStringLiteral("api"), QStringLiteral("api.lock")}));
    QCOMPARE(host.start(folder.file(QStringLiteral("api"))), QString());
    host.server.stop();
    QCOMPARE(namesIn(folder.path()), QStringList());
}

void tst_AddressLock::foreignLockFileIsLeftAlone_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("a text") << QByteArray("my shopping list\n");
    QTest::newRow("more than the mark") << QByteArray("sockeye 12\nand a poem\n");
    QTest::newRow("a mark without its end") << QByteArray("sockeye 12");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("long") << QByteArray(5000, 'x');
}

void tst_AddressLock::foreignLockFileIsLeftAlone()
{
    QFETCH(const QByteArray, content);
    const ScratchFolder folder;
    folder.write(QStringLiteral("api.lock"), content);
    const QByteArray before = folder.treeHash();
    GuardedHost host;
    QVERIFY(
        host.start(folder.file(QStringLiteral("api"))).startsWith(QLatin1String("LockUnusable")));
    host.server.stop();
    QCOMPARE(folder.treeHash(), before);
}

QTEST_GUILESS_MAIN(tst_AddressLock)
#include "tst_addresslock.moc"
