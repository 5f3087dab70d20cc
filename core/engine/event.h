// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/addressprobe.h"
#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/engine/command.h"
#include "core/server/serverstate.h"
#include "core/stream/peer.h"

#include <optional>
#include <variant>

namespace Sockeye {

/// A server as it is at one moment.
struct ServerInfo
{
    ServerId id;
    ServerSpec spec; ///< stored: acts at the next start where it differs from what is in force
    ServerState state = ServerState::Stopped;
    SocketAddress address; ///< where it listens, or would
    AccessOptions accessInForce;
    bool isClient = false; ///< made by Connect: connections go out from here
    bool needsRestart = false; ///< listening, and the spec differs in what acts at start only
    bool isReachable = true; ///< listening: clients can find it
    bool waitsForDescriptors = false; ///< accepting is held until descriptors are free
    std::optional<mode_t> mode; ///< of the socket file while listening
    uid_t owner = 0;
    gid_t group = 0;
    int waiting = 0; ///< clients in the backlog, not accepted yet; -1: not known
    quint64 open = 0;
    quint64 accepted = 0; ///< all there ever were, without refused ones
    quint64 refused = 0;
    quint64 bytesIn = 0; ///< from clients
    quint64 bytesOut = 0;
    quint64 records = 0;
    std::optional<Problem> problem; ///< why it is Failed, or what is wrong while it listens

    friend bool operator==(const ServerInfo &, const ServerInfo &) = default;
};

enum class ConnectionState {
    Open,
    EndedByPeer, ///< the peer will send no more (half closed); we may
    EndedByUs, ///< we will send no more; the peer may
    Closed,
    Refused, ///< closed before a byte was read: excluded by the access options
};

enum class CloseReason {
    None,
    ByPeer, ///< both directions ended, the peer first
    ByUpstream, ///< tapped: the server ended it first
    BySockeye, ///< a user disconnected it, or the answer was complete
    ServerStopped,
    Error, ///< errnoValue says which: ECONNRESET, EPIPE …
    Refused,
};

/// A connection as it is at one moment, or was.
struct ConnectionInfo
{
    ConnectionId id;
    ServerId server;
    bool outgoing = false; ///< Sockeye is the client; "in" stays what the client sent
    bool isTapped = false; ///< handed on to another server
    /// Tapped: what that server sees of the client, our pid always.
    pid_t seenPid = 0;
    uid_t seenUid = 0;
    gid_t seenGid = 0;
    Peer peer;
    ConnectionState state = ConnectionState::Open;
    CloseReason reason = CloseReason::None;
    QString refusal; ///< Refused: "not in group staff"
    int errnoValue = 0;
    Timestamp opened;
    std::optional<Timestamp> closed;
    quint64 bytesIn = 0; ///< client → server
    quint64 bytesOut = 0; ///< server → client
    quint64 recordsIn = 0;
    quint64 recordsOut = 0;
    quint64 queued = 0; ///< bytes that the peer has not taken yet

    [[nodiscard]] bool isOpen() const
    {
        return state != ConnectionState::Closed && state != ConnectionState::Refused;
    }
};

/// A problem with its place in time.
struct ProblemReport
{
    ProblemId id;
    Timestamp time;
    ServerId server; ///< may be invalid
    ConnectionId connection; ///< may be invalid
    Problem problem;
    bool isCurrent = true; ///< false once it no longer holds or was dismissed
};

struct ServerChanged
{
    ServerInfo info;
};
struct ServerRemoved
{
    ServerId id;
};
struct ConnectionOpened
{
    ConnectionInfo info;
};
/// Also a refused one: info.state tells.
struct ConnectionClosed
{
    ConnectionInfo info;
};
struct ProblemRaised
{
    ProblemReport report;
};
struct ProblemCleared
{
    ProblemId id;
};

struct EngineEvent
{
    quint64 sequence = 0; ///< from 1, without holes
    Timestamp time;
    std::variant<ServerChanged, ServerRemoved, ConnectionOpened, ConnectionClosed, ProblemRaised,
                 ProblemCleared>
        what;
};

/// "open", "half closed", "closed by client after 0.2 s", "refused: not in group staff": one
/// wording for the window and the command line. @p now: for the age of open ones.
[[nodiscard]] QString connectionText(const ConnectionInfo &info);
/// "closed", "refused", "error": stable, for --json.
[[nodiscard]] QString closeReasonName(CloseReason reason);

} // namespace Sockeye
