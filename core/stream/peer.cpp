// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stream/peer.h"

#include "core/system/users.h"

#include <sys/socket.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

namespace Sockeye {

PeerCredentials peerCredentials(int fd)
{
    PeerCredentials result;
    ucred credentials = {};
    socklen_t length = sizeof credentials;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
        return result;
    result.pid = credentials.pid;
    result.uid = credentials.uid;
    result.gid = credentials.gid;

    // Few users are in more groups than this; the kernel says ERANGE and the size it wants if so.
    result.groups.resize(32);
    length = static_cast<socklen_t>(result.groups.size() * sizeof(gid_t));
    int status = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, result.groups.data(), &length);
    if (status != 0 && length > result.groups.size() * sizeof(gid_t)) {
        result.groups.resize(length / sizeof(gid_t));
        status = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, result.groups.data(), &length);
    }
    result.groups.resize(status == 0 ? length / sizeof(gid_t) : 0);
    return result;
}

Peer describePeer(const PeerCredentials &credentials)
{
    Peer peer;
    peer.credentials = credentials;
    if (credentials.pid > 0)
        peer.process = processInfo(credentials.pid);
    peer.userName = userName(credentials.uid);
    peer.groupName = groupName(credentials.gid);
    return peer;
}

} // namespace Sockeye
