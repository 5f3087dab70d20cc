// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QString>

namespace Sockeye {

/// `Stopped → Listening ⇄ Paused → Stopped`, or `Failed` with a problem.
enum class ServerState { Stopped, Listening, Paused, Failed };

/// Facts that move a server from state to state.
enum class ServerFact {
    ListenSucceeded,
    ListenFailed,
    PauseAsked,
    ResumeAsked,
    StopAsked,
    Lost, ///< the listening socket is gone and could not be made again
};

/// The pure state machine: the next state, or @p state itself where the fact does not apply.
[[nodiscard]] ServerState nextState(ServerState state, ServerFact fact);
/// "listening", "paused", "stopped", "failed": stable, for --json and tests.
[[nodiscard]] QString stateName(ServerState state);

} // namespace Sockeye
