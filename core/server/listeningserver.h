// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/accessoptions.h"
#include "core/access/addressprobe.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"
#include "core/server/serverstate.h"

#include <QFlags>
#include <QObject>

#include <functional>
#include <optional>

namespace Sockeye {

/// Everything that start() needs to know. A plain value.
struct ListenPlan
{
    QString name = {}; ///< as the user typed it
    AccessOptions access = {};
    int backlog = 50; ///< QLocalServer::listenBacklogSize
    int inheritedDescriptor = -1; ///< listen on this instead of a name (systemd's LISTEN_FDS, --fd)
    /// The user said so for this one:
    bool removeStale = false; ///< also a stale socket that another user owns
    bool takeOver = false; ///< replace a live server's socket (its file is removed, under lock)
};

/// Something that listens and accepts: a name of our own (GuardedServer), or a socket in use by
/// another program that has been taken over (TapServer).
///
/// Lives on the server thread and is used there only. Accepted descriptors go to the sink, on that
/// thread, non-blocking and close-on-exec.
class ListeningServer : public QObject
{
    Q_OBJECT

public:
    /// Reasons to leave clients in the backlog. User is what the window calls "Paused"; Busy: those
    /// accepted before have not all been taken up yet.
    enum class Hold { User = 1, MaximumConnections = 2, Descriptors = 4, Busy = 8 };
    Q_DECLARE_FLAGS(Holds, Hold)

    /// May call stop(); must not delete the server.
    using AcceptSink = std::function<void(Descriptor)>;

    using QObject::QObject;

    /// On failure the state is Failed, problem() says why, and nothing on the disk has changed.
    [[nodiscard]] virtual Result<> start(const ListenPlan &plan) = 0;
    /// Idempotent.
    virtual void stop() = 0;

    virtual void setHold(Hold hold, bool on) = 0;
    [[nodiscard]] virtual Holds holds() const = 0;
    /// While held by the user: accepts exactly one waiting client. NotListening if not listening;
    /// a Result with value false if nobody waits.
    [[nodiscard]] virtual Result<bool> acceptNext() = 0;

    [[nodiscard]] virtual ServerState state() const = 0;
    [[nodiscard]] virtual std::optional<Problem> problem() const = 0;
    [[nodiscard]] virtual SocketAddress address() const = 0;
    [[nodiscard]] virtual AccessOptions access() const = 0; ///< in force
    /// The file is still ours and clients can find it.
    [[nodiscard]] virtual bool isReachable() const = 0;
    /// Clients in the backlog; -1 if unknown.
    [[nodiscard]] virtual int waiting() const = 0;

Q_SIGNALS:
    void stateChanged(Sockeye::ServerState state);
    /// What problem() says, a failed start() included. Also warnings that do not change the state
    /// (descriptors exhausted, address vanished).
    void problemRaised(const Sockeye::Problem &problem);
    /// What was raised before no longer holds: also at stop() and at the next start().
    void problemCleared(Sockeye::ProblemCode code);
    void reachableChanged(bool reachable);
};

Q_DECLARE_OPERATORS_FOR_FLAGS(ListeningServer::Holds)

} // namespace Sockeye
