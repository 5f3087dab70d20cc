// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/peerfilter.h"
#include "core/system/processinfo.h"

namespace Sockeye {

/// Who is at the other end, as the kernel knew it when he connected.
struct Peer
{
    PeerCredentials credentials;
    ProcessInfo process;
    QString userName;
    QString groupName;

    friend bool operator==(const Peer &, const Peer &) = default;
};

/// Credentials only: what the kernel keeps with the socket (SO_PEERCRED, SO_PEERGROUPS).
[[nodiscard]] PeerCredentials peerCredentials(int fd);

/// Adds names and the process. Reads /proc: call it soon, short-lived clients vanish.
[[nodiscard]] Peer describePeer(const PeerCredentials &credentials);

} // namespace Sockeye
