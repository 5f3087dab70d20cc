// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/serverstate.h"

#include <QtTest>

using namespace Sockeye;

class tst_ServerState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void table();
    void namesAreStable();
};

void tst_ServerState::table()
{
    // The whole machine in one picture: a column for each fact.
    const QString expected =
        QStringLiteral("          succeeded failed    pause     resume    stop      lost\n"
                       "stopped   listening failed    stopped   stopped   stopped   stopped\n"
                       "listening listening listening paused    listening stopped   failed\n"
                       "paused    paused    paused    paused    listening stopped   failed\n"
                       "failed    listening failed    failed    failed    stopped   failed\n");
    const ServerFact facts[] = {ServerFact::ListenSucceeded, ServerFact::ListenFailed,
                                ServerFact::PauseAsked,      ServerFact::ResumeAsked,
                                ServerFact::StopAsked,       ServerFact::Lost};
    QString picture = expected.section(QLatin1Char('\n'), 0, 0) + QLatin1Char('\n');
    for (const ServerState state :
         {ServerState::Stopped, ServerState::Listening, ServerState::Paused, ServerState::Failed}) {
        QStringList row {stateName(state).leftJustified(9)};
        for (const ServerFact fact : facts)
            row << stateName(nextState(state, fact)).leftJustified(9);
        picture += row.join(QLatin1Char(' ')).trimmed() + QLatin1Char('\n');
    }
    QCOMPARE(picture, expected);
}

void tst_ServerState::namesAreStable()
{
    // Scripts read them (--json).
    QCOMPARE(stateName(ServerState::Stopped), QStringLiteral("stopped"));
    QCOMPARE(stateName(ServerState::Listening), QStringLiteral("listening"));
    QCOMPARE(stateName(ServerState::Paused), QStringLiteral("paused"));
    QCOMPARE(stateName(ServerState::Failed), QStringLiteral("failed"));
}

QTEST_GUILESS_MAIN(tst_ServerState)
#include "tst_serverstate.moc"
