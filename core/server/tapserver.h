// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/server/listeningserver.h"
#include "core/server/sockettakeover.h"

#include <memory>

namespace Sockeye {

/// Accepts the clients of a socket that belongs to another program (see SocketTakeover). The name
/// of the plan is the address of that socket, a path.
class TapServer final : public ListeningServer
{
    Q_OBJECT

public:
    explicit TapServer(AcceptSink sink, TakeoverPlaces places, QObject *parent = nullptr);
    /// stop()s.
    ~TapServer() override;

    /// A server that makes its socket anew is tapped again by itself.
    void setFollowsRestart(bool follows);

    [[nodiscard]] Result<> start(const ListenPlan &plan) override;
    /// Puts the original back at once. Clients that came through our socket before are still
    /// accepted for a moment: they may have looked the name up and not connected yet.
    void stop() override;

    void setHold(Hold hold, bool on) override;
    [[nodiscard]] Holds holds() const override;
    [[nodiscard]] Result<bool> acceptNext() override;
    [[nodiscard]] ServerState state() const override;
    [[nodiscard]] std::optional<Problem> problem() const override;
    [[nodiscard]] SocketAddress address() const override;
    [[nodiscard]] AccessOptions access() const override;
    [[nodiscard]] bool isReachable() const override;
    [[nodiscard]] int waiting() const override;

    /// The server's own socket, for who is accepted now: also while stop() still drains.
    [[nodiscard]] std::shared_ptr<const Descriptor> original() const;
    /// SOCK_STREAM or SOCK_SEQPACKET, as the server's own.
    [[nodiscard]] int socketType() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Sockeye
