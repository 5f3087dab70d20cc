// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/server/listeningserver.h"

#include <memory>

namespace Sockeye {

/// The only class that calls QLocalServer's listen(), close() and removeServer(); makes safe what
/// is dangerous in them (pitfalls 1-13 and 19-24 of the reference, each with a test named after
/// it).
class GuardedServer final : public ListeningServer
{
    Q_OBJECT

public:
    explicit GuardedServer(AcceptSink sink, QObject *parent = nullptr);
    /// stop()s.
    ~GuardedServer() override;

    /// Checks the name, locks the address, probes it, and only then lets QLocalServer listen.
    [[nodiscard]] Result<> start(const ListenPlan &plan) override;
    /// Removes the socket file only if it is still the one that start() made.
    void stop() override;

    void setHold(Hold hold, bool on) override;
    [[nodiscard]] Holds holds() const override;
    [[nodiscard]] Result<bool> acceptNext() override;
    /// Blocks until a client was accepted (true) or the time is over (false), without an event
    /// loop.
    [[nodiscard]] bool waitForConnection(int milliseconds);

    [[nodiscard]] ServerState state() const override;
    [[nodiscard]] std::optional<Problem> problem() const override;
    [[nodiscard]] SocketAddress address() const override;
    /// Of the socket file after start(); nothing for abstract names.
    [[nodiscard]] std::optional<FileIdentity> identity() const;
    [[nodiscard]] AccessOptions access() const override;
    [[nodiscard]] bool isReachable() const override;
    [[nodiscard]] int waiting() const override;
    [[nodiscard]] qintptr socketDescriptor() const;

private:
    class Listener;
    struct Private;
    std::unique_ptr<Private> d;
};

/// Descriptors that accepting leaves free for captures, /proc and the desktop.
constexpr int descriptorReserve = 16;

/// "<address>.lock"
[[nodiscard]] QByteArray lockPathFor(const SocketAddress &address);

} // namespace Sockeye
