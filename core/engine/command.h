// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/accessoptions.h"
#include "core/base/ids.h"
#include "core/capture/capturelog.h"
#include "core/relay/answer.h"

#include <QByteArray>
#include <QString>

#include <variant>

namespace Sockeye {

/// Everything a user can say about a server; saved in settings, read at start. A plain value.
struct ServerSpec
{
    QString name;
    AccessOptions access;
    /// Sockeye itself closes peers that the options exclude (see PeerFilter).
    bool enforceAccess = false;
    AnswerSpec answer;
    RecordingPolicy policy = RecordingPolicy::Lossless;
    int backlog = 50;
    int maxConnections = 0; ///< 0: no maximum
    bool once = false; ///< serves the first client that is not refused, and nobody after it
    int inheritedDescriptor = -1; ///< serve this instead of a name
    int readSize = 0; ///< bytes read at a time, each read a record; 0: 256 KiB
    /// A tap: each client is handed on to the server at this address, and both directions are
    /// recorded. Empty: none.
    QString upstream = {};
    /// The tap takes the upstream's own place (name is its path); else it listens beside it.
    bool isInPlace = false;
    bool followsRestart = false; ///< in place: tap again when the server has made its socket anew

    [[nodiscard]] bool isTap() const { return !upstream.isEmpty(); }

    friend bool operator==(const ServerSpec &, const ServerSpec &) = default;
};

/// What a window or a command line can ask for. Values; executed on the server thread in the order
/// in which they were given. What fails comes back as a ProblemRaised event.
namespace Command {

struct AddServer
{
    ServerId id; ///< from Engine::newServerId()
    ServerSpec spec;
};
/// Changes what is stored. Name, access, backlog and descriptor act at the next start; answer,
/// policy, maximum, read size and enforcement act for clients that connect from now on.
struct ChangeServer
{
    ServerId id;
    ServerSpec spec;
};
/// Stops it first. Its connections' history and records stay.
struct RemoveServer
{
    ServerId id;
};
struct Start
{
    ServerId id;
    bool removeStale = false; ///< the user said so for this one
    bool takeOver = false; ///< the user said so for this one
};
/// Closes the listening socket and disconnects its clients. A tap in place puts the original back
/// and leaves its connections to those who talk over them: they go on until one of the two ends.
struct Stop
{
    ServerId id;
};
/// Start again with the stored specification; clients that are connected stay.
struct ListenAgain
{
    ServerId id;
};
struct Pause
{
    ServerId id;
};
struct Resume
{
    ServerId id;
};
struct AcceptNext
{
    ServerId id;
};
/// Sends what is queued, then closes; within 2 s at the latest. A tapped one: at once.
struct Disconnect
{
    ConnectionId id;
};
struct DisconnectAll
{
    ServerId id;
};
struct Send
{
    ConnectionId id; ///< not valid: to all open connections of server
    ServerId server;
    QByteArray bytes;
};
/// Half close: nothing more will be sent, receiving goes on.
struct EndSending
{
    ConnectionId id;
};
/// Opens a connection as a client. Shows up as an outgoing connection of a server entry that it
/// makes for the address (state Stopped, never listens).
struct Connect
{
    ServerId id; ///< from Engine::newServerId(), for the entry
    QString address;
};
struct ClearCapture
{
};
struct DismissProblem
{
    ProblemId id;
};

} // namespace Command

using EngineCommand =
    std::variant<Command::AddServer, Command::ChangeServer, Command::RemoveServer, Command::Start,
                 Command::Stop, Command::ListenAgain, Command::Pause, Command::Resume,
                 Command::AcceptNext, Command::Disconnect, Command::DisconnectAll, Command::Send,
                 Command::EndSending, Command::Connect, Command::ClearCapture,
                 Command::DismissProblem>;

} // namespace Sockeye
