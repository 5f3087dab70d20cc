// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/serverroom.h"

#include "core/server/tapserver.h"

namespace Sockeye {

/// A server as its room keeps it; of no interest to anybody else.
struct ServerRoom::Server
{
    ServerInfo info; ///< info.spec is what is stored
    ServerSpec inForce; ///< what it listens with
    std::unique_ptr<ListeningServer> guarded;
    TapServer *tap = nullptr; ///< the same, if it takes a server's place
    std::optional<SocketAddress> upstream; ///< of a tap
    std::shared_ptr<ServerTotals> totals = std::make_shared<ServerTotals>();
    QByteArray reply;
    std::optional<Problem> specProblem; ///< the reply file, which GuardedServer knows nothing of
};

} // namespace Sockeye
