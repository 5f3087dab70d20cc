// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kit/scratchfolder.h"
#include "localsockets.h"

#include <QProcess>
#include <QtTest>

#include <array>
#include <memory>

#include <unistd.h>

using namespace Sockeye;

namespace {

constexpr int racerCount = 8;
constexpr int roundsPerRow = 25; // 8 rows: 200 rounds

} // namespace

/// Eight programs, one name, started by one line each at the same moment: exactly one listens and
/// can be reached, seven say clearly why not, and nothing is left behind.
class tst_StartRace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void oneWins_data();
    void oneWins();

private:
    void tellAll(const QByteArray &line);
    QStringList hearAll();

    std::array<QProcess, racerCount> m_racers;
    QMap<QString, int> m_answers;
    int m_rounds = 0;
};

void tst_StartRace::initTestCase()
{
    for (QProcess &racer : m_racers) {
        racer.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        racer.start(QStringLiteral(SOCKEYE_STARTRACER), {});
        QVERIFY(racer.waitForStarted());
    }
    QCOMPARE(hearAll(), QStringList(racerCount, QStringLiteral("ready")));
}

void tst_StartRace::cleanupTestCase()
{
    for (QProcess &racer : m_racers) {
        racer.closeWriteChannel();
        QVERIFY(racer.waitForFinished());
        QCOMPARE(racer.exitCode(), 0);
    }
    qInfo("%d rounds of %d programs", m_rounds, racerCount);
    for (auto answer = m_answers.cbegin(); answer != m_answers.cend(); ++answer)
        qInfo("%6d  %s", answer.value(), qPrintable(answer.key()));
}

void tst_StartRace::tellAll(const QByteArray &line)
{
    // Written straight to the pipes, without a turn of the event loop in between.
    for (QProcess &racer : m_racers)
        racer.write(line + '\n');
    for (QProcess &racer : m_racers)
        racer.waitForBytesWritten();
}

QStringList tst_StartRace::hearAll()
{
    QStringList lines;
    for (QProcess &racer : m_racers) {
        while (!racer.canReadLine() && racer.waitForReadyRead(20000)) { }
        lines << QString::fromUtf8(racer.readLine()).trimmed();
    }
    lines.sort();
    return lines;
}

void tst_StartRace::oneWins_data()
{
    QTest::addColumn<bool>("stale");
    QTest::addColumn<QString>("access");
    for (const bool stale : {false, true}) {
        for (const char *access : {"none", "user", "user,group", "world"}) {
            QTest::addRow("%s, %s", stale ? "stale" : "fresh", access)
                << stale << QString::fromLatin1(access);
        }
    }
}

void tst_StartRace::oneWins()
{
    QFETCH(const bool, stale);
    QFETCH(const QString, access);
    for (int round = 0; round < roundsPerRow; ++round) {
        const ScratchFolder folder;
        const QByteArray path = folder.bytes(QStringLiteral("api"));
        if (stale)
            makeStaleSocket(path);
        if (stale && round % 2 == 1) // a Sockeye crashed there, not another program
            folder.write(QStringLiteral("api.lock"), "sockeye 4194305 listening\n");
        tellAll(path + ' ' + access.toUtf8());
        QStringList answers = hearAll();
        for (const QString &answer : answers)
            ++m_answers[answer];
        QCOMPARE(answers.count(QStringLiteral("won")), 1);
        QCOMPARE(connectError(path), 0);
        // The others know that it is a Sockeye that was quicker.
        answers.removeAll(QStringLiteral("won"));
        QCOMPARE(
            answers,
            QStringList(racerCount - 1, QStringLiteral("AddressBeingTaken AddressInUseError")));
        QCOMPARE(namesIn(folder.path()),
                 QStringList({QStringLiteral("api"), QStringLiteral("api.lock")}));
        tellAll("end");
        QCOMPARE(hearAll(), QStringList(racerCount, QStringLiteral("stopped")));
        QCOMPARE(namesIn(folder.path()), QStringList());
        ++m_rounds;
    }
}

QTEST_GUILESS_MAIN(tst_StartRace)
#include "tst_startrace.moc"
