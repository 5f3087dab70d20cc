// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engineshared.h"
#include "core/relay/tap.h"
#include "core/server/guardedserver.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>

class QSocketNotifier;

namespace Sockeye {

/// All servers, on the server thread: the only place that owns GuardedServers.
class ServerRoom final : public QObject
{
    Q_OBJECT

public:
    explicit ServerRoom(EngineShared &shared);
    ~ServerRoom() override;

    void execute(const EngineCommand &command);
    /// Before the end: listen no more, disconnect everybody.
    void stopAll(int graceMilliseconds);

    // One for each command.
    void run(const Command::AddServer &command);
    void run(const Command::ChangeServer &command);
    void run(const Command::RemoveServer &command);
    void run(const Command::Start &command);
    void run(const Command::Stop &command);
    void run(const Command::ListenAgain &command);
    void run(const Command::Pause &command);
    void run(const Command::Resume &command);
    void run(const Command::AcceptNext &command);
    void run(const Command::Disconnect &command);
    void run(const Command::DisconnectAll &command);
    void run(const Command::Send &command);
    void run(const Command::EndSending &command);
    void run(const Command::Connect &command);
    void run(const Command::ClearCapture &command);
    void run(const Command::DismissProblem &command);

private:
    struct Server;

    Server *find(ServerId id);
    void drainQueue();
    void checkAll();
    void watchCapture();
    void start(Server &server, bool removeStale, bool takeOver);
    static void stopQuietly(const Server &server);
    void makeListener(Server &server);
    [[nodiscard]] Result<> readReply(Server &server) const;
    [[nodiscard]] static Result<> readUpstream(Server &server);
    void warnAboutAccess(const Server &server);
    void publish(Server &server);
    void accept(Server &server, Descriptor descriptor);
    void refuse(Server &server, const ConnectionInfo &info);
    void serve(Server &server, ConnectionInfo info, Descriptor descriptor);
    [[nodiscard]] static RelayPlan relayPlan(const Server &server, const ConnectionInfo &info);
    [[nodiscard]] static TapPlan tapPlan(const Server &server, const ConnectionInfo &info);
    [[nodiscard]] RelayOpening opening(const ConnectionInfo &info, RecordingPolicy policy);
    [[nodiscard]] RelayFinished finished(const Server &server, const ConnectionInfo &info);
    void connectOut(ServerId id, const SocketAddress &address, int attempt);
    void disconnectAll(ServerId id, EndCause cause, int graceMilliseconds = 2000);
    [[nodiscard]] static bool isFull(const Server &server);
    static void holdAtMaximum(Server &server);
    void tellMaximum(const Server &server);
    void holdWhileBusy(bool busy);

    EngineShared &m_shared;
    QSocketNotifier *m_wake;
    QTimer m_check;
    std::map<ServerId, std::unique_ptr<Server>> m_servers;
    int m_nextThread = 0;
    bool m_isBusy = false;
    quint64 m_gapsSeen = 0;
    bool m_recyclingTold = false;
};

} // namespace Sockeye
