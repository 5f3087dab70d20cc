// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/peerfilter.h"
#include "core/stream/streamsocket.h"

#include <memory>

namespace Sockeye {

/// The server behind a tap: an address, or a socket file that has been moved and is held by an
/// O_PATH descriptor. A plain value; copies share the descriptor.
struct Upstream
{
    SocketAddress address; ///< for people, and to connect to if there is no file
    std::shared_ptr<const Descriptor> file;
    int socketType = SOCK_STREAM;
};

/// One attempt, without blocking, as tryConnect(). As root it connects with the client's user,
/// groups and rights, so that the server sees in SO_PEERCRED who really came (but for the pid,
/// which is ours); without that right the server sees this process. Any thread that is not the main
/// one: credentials are changed for the calling thread alone.
[[nodiscard]] Result<Descriptor> connectUpstream(const Upstream &upstream,
                                                 const PeerCredentials &client);

} // namespace Sockeye
