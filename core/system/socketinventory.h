// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"
#include "core/system/processinfo.h"

#include <vector>

namespace Sockeye {

/// One local socket of this machine (one end of a connection, or a listener).
struct SocketEntry
{
    enum class State { Listening, Connected, Unconnected };
    /// Where the file is that it was bound to.
    enum class File {
        None, ///< abstract or unnamed
        There, ///< at its address
        Gone, ///< nothing stands at its address
        Replaced, ///< another file stands there
        Aside, ///< a tap of Sockeye has taken its place; it comes back when that ends
        Elsewhere, ///< where its process sees it: in a container, or below another working folder
        NotSeen, ///< this process may not look
    };

    quint64 inode = 0;
    int type = SOCK_STREAM; ///< SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET
    State state = State::Unconnected;
    SocketAddress address; ///< not valid: unnamed
    quint64 peerInode = 0; ///< 0: none or not known
    quint32 waiting = 0; ///< listener: connections not accepted yet
    quint32 backlog = 0; ///< listener: how many may wait
    std::vector<ProcessInfo> holders; ///< processes with a descriptor of it that may be seen
    std::optional<uid_t> uid; ///< who made it (Linux 5.3+), or the holder's
    std::optional<mode_t> mode; ///< permission bits of its file
    File file = File::None;
    std::optional<uid_t> fileOwner;
    /// Every user may write to its file: the folder above that keeps others from it all the same.
    QByteArray shutFolder;
    SocketAddress peerAddress; ///< of a connected one, the other end's
    /// Of a connected one, who holds the other end; of a listener, its clients, each once.
    std::vector<ProcessInfo> peerHolders;

    friend bool operator==(const SocketEntry &, const SocketEntry &) = default;
};

/// Every local socket of this machine: sock_diag (with UDIAG_SHOW_PEER), /proc for the holders. Any
/// thread. Sockets of other users' processes are listed, their holders only where /proc lets us.
/// Ten thousand take some 40 ms, most of it in the kernel.
[[nodiscard]] Result<std::vector<SocketEntry>> listSockets();

// "stream", "datagram", "packet"; "listening", "connected", "unconnected": stable, for --json.
[[nodiscard]] QString socketTypeName(int type);
[[nodiscard]] QString socketStateName(SocketEntry::State state);

/// Connections that wait to be accepted on the listening socket @p fd; -1 if it cannot be told.
[[nodiscard]] int waitingConnections(int fd);

} // namespace Sockeye
