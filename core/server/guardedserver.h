// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/addressprobe.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"
#include "core/server/serverstate.h"

#include <QFlags>
#include <QObject>

#include <functional>
#include <memory>
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

/// The only class that calls QLocalServer's listen(), close() and removeServer(); makes safe what
/// is dangerous in them (pitfalls 1-13 and 19-24 of the reference, each with a test named after
/// it).
///
/// Lives on the server thread and is used there only. Accepted descriptors go to the sink, on that
/// thread, non-blocking and close-on-exec.
class GuardedServer final : public QObject
{
    Q_OBJECT

public:
    /// Reasons to leave clients in the backlog. User is what the window calls "Paused"; Busy: those
    /// accepted before have not all been taken up yet.
    enum class Hold { User = 1, MaximumConnections = 2, Descriptors = 4, Busy = 8 };
    Q_DECLARE_FLAGS(Holds, Hold)

    /// May call stop(); must not delete the server.
    using AcceptSink = std::function<void(Descriptor)>;

    explicit GuardedServer(AcceptSink sink, QObject *parent = nullptr);
    /// stop()s.
    ~GuardedServer() override;

    /// Checks the name, locks the address, probes it, and only then lets QLocalServer listen. On
    /// failure the state is Failed, problem() says why, and nothing on the disk has changed.
    [[nodiscard]] Result<> start(const ListenPlan &plan);
    /// Removes the socket file only if it is still the one that start() made. Idempotent.
    void stop();

    void setHold(Hold hold, bool on);
    [[nodiscard]] Holds holds() const;
    /// While held by the user: accepts exactly one waiting client. NotListening if not listening;
    /// a Result with value false if nobody waits.
    [[nodiscard]] Result<bool> acceptNext();
    /// Blocks until a client was accepted (true) or the time is over (false), without an event
    /// loop.
    [[nodiscard]] bool waitForConnection(int milliseconds);

    [[nodiscard]] ServerState state() const;
    [[nodiscard]] std::optional<Problem> problem() const;
    [[nodiscard]] SocketAddress address() const;
    /// Of the socket file after start(); nothing for abstract names.
    [[nodiscard]] std::optional<FileIdentity> identity() const;
    [[nodiscard]] AccessOptions access() const; ///< in force
    /// The file is still ours and clients can find it.
    [[nodiscard]] bool isReachable() const;
    /// Clients in the backlog; -1 if unknown.
    [[nodiscard]] int waiting() const;
    [[nodiscard]] qintptr socketDescriptor() const;

Q_SIGNALS:
    void stateChanged(Sockeye::ServerState state);
    /// What problem() says, a failed start() included. Also warnings that do not change the state
    /// (descriptors exhausted, address vanished).
    void problemRaised(const Sockeye::Problem &problem);
    /// What was raised before no longer holds: also at stop() and at the next start().
    void problemCleared(Sockeye::ProblemCode code);
    void reachableChanged(bool reachable);

private:
    class Listener;
    struct Private;
    std::unique_ptr<Private> d;
};

Q_DECLARE_OPERATORS_FOR_FLAGS(GuardedServer::Holds)

/// Descriptors that accepting leaves free for captures, /proc and the desktop.
constexpr int descriptorReserve = 16;

/// "<address>.lock"
[[nodiscard]] QByteArray lockPathFor(const SocketAddress &address);

} // namespace Sockeye
