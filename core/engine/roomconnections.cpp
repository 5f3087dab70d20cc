// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What the room of servers does with those who connect.

#include "core/access/peerfilter.h"
#include "core/access/socketaddress.h"
#include "core/engine/roomserver.h"
#include "core/relay/upstream.h"

#include <algorithm>

#include <unistd.h>

namespace Sockeye {

namespace {

// Accepting is cheaper than serving: in a storm of connects the accepted would pile up until no
// descriptor is left. So many may wait inside; the rest waits in the backlog, where it costs
// nothing. Accepting goes on when few are left.
constexpr int manyNotTakenUp = 256;
constexpr int fewNotTakenUp = 64;
// A server whose queue is full gets this long to accept us.
constexpr int connectAttempts = 40; // with pauses of up to 200 ms: about 6 s

CloseReason reasonOf(EndCause cause)
{
    switch (cause) {
    case EndCause::ByPeer:
        return CloseReason::ByPeer;
    case EndCause::ByUpstream:
        return CloseReason::ByUpstream;
    case EndCause::BySockeye:
        return CloseReason::BySockeye;
    case EndCause::ServerStopped:
        return CloseReason::ServerStopped;
    case EndCause::Error:
        return CloseReason::Error;
    }
    Q_UNREACHABLE();
}

} // namespace

void ServerRoom::accept(Server &server, Descriptor descriptor)
{
    ConnectionInfo info;
    info.server = server.info.id;
    info.opened = m_shared.clock.now();
    info.peer.credentials = peerCredentials(descriptor.get());
    const ServerSpec &spec = server.info.spec;
    if (spec.enforceAccess && server.guarded->access().hasClass()) {
        const PeerFilter filter(server.guarded->access(), ::geteuid(), ::getegid());
        if (!filter.admits(info.peer.credentials)) {
            info.refusal = filter.refusal(info.peer.credentials);
            refuse(server, info); // and the descriptor closes: not a byte was read
            return;
        }
    }
    serve(server, std::move(info), std::move(descriptor));
}

void ServerRoom::refuse(Server &server, const ConnectionInfo &accepted)
{
    ConnectionInfo info = accepted;
    info.peer = describePeer(info.peer.credentials);
    info.state = ConnectionState::Refused;
    info.reason = CloseReason::Refused;
    info.closed = info.opened;
    info.id = m_shared.connections.add(info, nullptr);
    m_shared.capture->refuse(captured(info), info.refusal);
    static_cast<void>(m_shared.capture->flush());
    ++server.totals->refused;
    server.totals->traffic.dirty = true;
    m_shared.events.append(ConnectionClosed {info});
}

void ServerRoom::serve(Server &server, ConnectionInfo info, Descriptor descriptor)
{
    const ServerSpec &spec = server.info.spec;
    info.isTapped = server.upstream && !info.outgoing;
    if (info.isTapped) {
        const bool isAsClient = ::geteuid() == 0;
        info.seenPid = ::getpid();
        info.seenUid = isAsClient ? info.peer.credentials.uid : ::geteuid();
        info.seenGid = isAsClient ? info.peer.credentials.gid : ::getegid();
    }
    auto state = std::make_shared<RelayState>();
    state->serverTotals = std::shared_ptr<TrafficCounters>(server.totals, &server.totals->traffic);
    info.id = m_shared.connections.add(info, state);
    // The last thread is for servers that never stall: a lossless flood blocks its thread while the
    // disk is behind, and must not block them.
    const int lossless = m_shared.threads.count() - 1;
    const int thread =
        spec.policy == RecordingPolicy::NeverStall ? lossless : m_nextThread++ % lossless;
    ++server.totals->open;
    ++server.totals->accepted;
    server.totals->traffic.dirty = true;
    {
        const std::lock_guard lock(m_shared.liveMutex);
        ++m_shared.liveRelays;
    }
    holdAtMaximum(server);
    if (++m_shared.notTakenUp >= manyNotTakenUp)
        holdWhileBusy(true);
    const auto start = [&](const auto &relay) {
        m_shared.connections.attach(info.id, relay);
        relay->start(opening(info, spec.policy), finished(server, info));
    };
    if (info.isTapped)
        start(std::make_shared<TapRelay>(m_shared.threads, thread, *m_shared.capture,
                                         std::move(descriptor), tapPlan(server, info), state));
    else
        start(std::make_shared<Relay>(m_shared.threads, thread, *m_shared.capture,
                                      std::move(descriptor), relayPlan(server, info), state));
}

RelayPlan ServerRoom::relayPlan(const Server &server, const ConnectionInfo &info)
{
    const ServerSpec &spec = server.info.spec;
    RelayPlan plan {spec.answer, spec.policy, scratchSize, info.outgoing};
    plan.answer.reply = server.reply;
    if (spec.readSize > 0)
        plan.readSize = std::min(scratchSize, static_cast<size_t>(spec.readSize));
    return plan;
}

TapPlan ServerRoom::tapPlan(const Server &server, const ConnectionInfo &info)
{
    const ServerSpec &spec = server.info.spec;
    const PeerCredentials &who = info.peer.credentials;
    TapPlan plan;
    plan.policy = spec.policy;
    if (spec.readSize > 0)
        plan.readSize = std::min(scratchSize, static_cast<size_t>(spec.readSize));
    plan.client = {who.pid, who.uid, who.gid};
    Upstream upstream;
    upstream.address = *server.upstream;
    if (server.tap) {
        upstream.file = server.tap->original();
        upstream.socketType = server.tap->socketType();
    }
    plan.connectUpstream = [upstream, who] { return connectUpstream(upstream, who); };
    return plan;
}

// Runs on the I/O thread.
RelayOpening ServerRoom::opening(const ConnectionInfo &info, RecordingPolicy policy)
{
    return [&shared = m_shared, info, policy] {
        if (--shared.notTakenUp == fewNotTakenUp)
            shared.queue.post([](ServerRoom &room) { room.holdWhileBusy(false); });
        ConnectionInfo described = info;
        described.peer = describePeer(info.peer.credentials);
        shared.connections.describe(info.id, described.peer);
        shared.events.append(ConnectionOpened {described});
        return shared.capture->openStream(captured(described), policy);
    };
}

// Runs on the I/O thread.
RelayFinished ServerRoom::finished(const Server &server, const ConnectionInfo &info)
{
    return [&shared = m_shared, info, totals = server.totals,
            hasMaximum = server.info.spec.maxConnections > 0,
            upstream = server.upstream](RelayEnd end) {
        const auto last = shared.connections.close(info.id, shared.clock.now(), reasonOf(end.cause),
                                                   end.errnoValue);
        if (info.isTapped && end.cause == EndCause::Error) {
            shared.raise(info.server, info.id,
                         {ProblemCode::TapUpstreamUnreachable,
                          {{QStringLiteral("address"), upstream->display()}},
                          end.errnoValue});
        }
        if (last)
            shared.events.append(ConnectionClosed {*last});
        --totals->open; // when it was told: who sees none open has all the events
        totals->traffic.dirty = true;
        if (hasMaximum) {
            shared.queue.post([id = info.server](ServerRoom &room) {
                const auto target = room.m_servers.find(id);
                if (target != room.m_servers.end())
                    room.holdAtMaximum(*target->second);
            });
        }
        const std::lock_guard lock(shared.liveMutex);
        --shared.liveRelays;
        shared.liveChanged.notify_all();
    };
}

bool ServerRoom::isFull(const Server &server)
{
    const int maximum = server.info.spec.maxConnections;
    return maximum > 0 && server.totals->open >= static_cast<quint64>(maximum);
}

void ServerRoom::holdAtMaximum(Server &server)
{
    const bool isOver = server.info.spec.once && server.totals->accepted > 0;
    server.guarded->setHold(ListeningServer::Hold::MaximumConnections, isOver || isFull(server));
}

// Told by and by, and only while somebody waits: with clients that come and go the maximum is
// reached and left hundreds of times a second.
void ServerRoom::tellMaximum(const Server &server)
{
    const ServerInfo &info = server.info;
    if (isFull(server)) {
        if (info.waiting == 0 || info.spec.once)
            return;
        const QString name = info.spec.name.isEmpty() ? info.address.display() : info.spec.name;
        m_shared.raise(info.id, {},
                       {ProblemCode::MaximumReached,
                        {{QStringLiteral("server"), name},
                         {QStringLiteral("limit"), QString::number(info.spec.maxConnections)}}});
    } else if (info.waiting <= 0 || info.state != ServerState::Listening) {
        // Else one has just left, and who waits takes the place in a moment.
        m_shared.clear(m_shared.problems.clear(info.id, ProblemCode::MaximumReached));
    }
}

void ServerRoom::holdWhileBusy(bool busy)
{
    if (std::exchange(m_isBusy, busy) == busy)
        return;
    for (const auto &[id, server] : m_servers)
        server->guarded->setHold(GuardedServer::Hold::Busy, busy);
}

void ServerRoom::connectOut(ServerId id, const SocketAddress &address, int attempt)
{
    const auto target = m_servers.find(id);
    if (target == m_servers.end())
        return; // removed meanwhile
    Result<Descriptor> connected = tryConnect(address);
    if (!connected) {
        if (connected.error().errnoValue != EAGAIN) {
            m_shared.raise(id, {}, connected.error());
        } else if (attempt >= connectAttempts) {
            m_shared.raise(id, {},
                           {ProblemCode::ConnectTimeout,
                            {{QStringLiteral("address"), address.display()},
                             {QStringLiteral("seconds"), QStringLiteral("6")}},
                            EAGAIN});
        } else {
            const int pause = std::min(2 << std::min(attempt, 7), 200);
            QTimer::singleShot(pause, this, [this, id, address, attempt] {
                connectOut(id, address, attempt + 1);
            });
        }
        return;
    }
    ConnectionInfo info;
    info.server = id;
    info.outgoing = true;
    info.opened = m_shared.clock.now();
    info.peer.credentials = peerCredentials(connected->get());
    serve(*target->second, std::move(info), std::move(*connected));
}

void ServerRoom::disconnectAll(ServerId id, EndCause cause, int graceMilliseconds)
{
    for (const auto &[connection, relay] : m_shared.connections.relaysOf(id))
        relay->disconnect(cause, graceMilliseconds);
}

void ServerRoom::stopAll(int graceMilliseconds)
{
    m_check.stop();
    for (const auto &[id, server] : m_servers) {
        stopQuietly(*server);
        publish(*server);
    }
    disconnectAll({}, EndCause::ServerStopped, graceMilliseconds);
}

} // namespace Sockeye
