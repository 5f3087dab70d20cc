// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/serverstate.h"

namespace Sockeye {

ServerState nextState(ServerState state, ServerFact fact)
{
    const bool isOpen = state == ServerState::Listening || state == ServerState::Paused;
    switch (fact) {
    case ServerFact::ListenSucceeded:
        return isOpen ? state : ServerState::Listening;
    case ServerFact::ListenFailed:
        return isOpen ? state : ServerState::Failed;
    case ServerFact::PauseAsked:
        return state == ServerState::Listening ? ServerState::Paused : state;
    case ServerFact::ResumeAsked:
        return state == ServerState::Paused ? ServerState::Listening : state;
    case ServerFact::StopAsked:
        return ServerState::Stopped;
    case ServerFact::Lost:
        return isOpen ? ServerState::Failed : state;
    }
    Q_UNREACHABLE();
}

QString stateName(ServerState state)
{
    switch (state) {
    case ServerState::Stopped:
        return QStringLiteral("stopped");
    case ServerState::Listening:
        return QStringLiteral("listening");
    case ServerState::Paused:
        return QStringLiteral("paused");
    case ServerState::Failed:
        return QStringLiteral("failed");
    }
    Q_UNREACHABLE();
}

} // namespace Sockeye
