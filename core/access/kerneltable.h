// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"

#include <optional>
#include <vector>

struct stat;

namespace Sockeye {

/// One row of the kernel's table of local sockets (of this network namespace).
struct KernelSocket
{
    enum class State { Listening, Connected, Unconnected };

    quint32 inode = 0;
    int type = SOCK_STREAM;
    State state = State::Unconnected;
    /// As it was bound: after a rename (QLocalServer with access options) another one than its
    /// file's. Not valid: unnamed.
    SocketAddress address;
    /// The file it is bound to, whatever its name is now. Low 32 bits of the inode, and the device
    /// as the kernel counts it; not known from /proc/net/unix.
    bool hasFile = false;
    quint32 fileInode = 0;
    quint32 fileDevice = 0;
    quint32 peerInode = 0;
    quint32 waiting = 0; ///< listener: connections not accepted yet
    quint32 backlog = 0; ///< listener: how many may wait
    std::optional<uid_t> uid; ///< who made it (Linux 5.3)
};

/// Which rows to ask for: listing ten thousand connections to find one listener would be waste.
enum class KernelRows { All, Bound };

/// By sock_diag, else from /proc/net/unix (without files, peers, queues). Any thread.
[[nodiscard]] Result<std::vector<KernelSocket>> readKernelSockets(KernelRows rows);
/// The same from /proc/net/unix alone; a test compares the two.
[[nodiscard]] Result<std::vector<KernelSocket>> readProcNetUnix();
/// The one with this inode, by sock_diag; nothing if it cannot be told.
[[nodiscard]] std::optional<KernelSocket> findKernelSocket(quint32 inode);

/// Is @p socket bound to the file of @p status at @p path? By file where the kernel tells it, as
/// names change; by name where the numbers of stat() are none of the kernel's (overlay, btrfs).
[[nodiscard]] bool isBoundTo(const KernelSocket &socket, const QByteArray &path,
                             const struct stat &status);

} // namespace Sockeye
