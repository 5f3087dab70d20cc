// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/serverroom.h"

#include "core/access/peerfilter.h"
#include "core/access/socketaddress.h"

#include <QFile>
#include <QLocale>
#include <QSignalBlocker>
#include <QSocketNotifier>

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

// How often the backlog and the capture are looked at; people do not see more.
constexpr int checkInterval = 250;
// A reply is held in memory once for all clients.
constexpr qint64 maximumReply = 64 * 1024 * 1024;
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
    case EndCause::BySockeye:
        return CloseReason::BySockeye;
    case EndCause::ServerStopped:
        return CloseReason::ServerStopped;
    case EndCause::Error:
        return CloseReason::Error;
    }
    Q_UNREACHABLE();
}

Problem aboutId(ProblemCode code, quint64 id)
{
    return {code, {{QStringLiteral("id"), QString::number(id)}}};
}

// What of a specification acts at start only.
bool listensAlike(const ServerSpec &a, const ServerSpec &b)
{
    return a.name == b.name && a.access == b.access && a.backlog == b.backlog
        && a.inheritedDescriptor == b.inheritedDescriptor;
}

} // namespace

struct ServerRoom::Server
{
    ServerInfo info; ///< info.spec is what is stored
    ServerSpec inForce; ///< what it listens with
    std::unique_ptr<GuardedServer> guarded;
    std::shared_ptr<ServerTotals> totals = std::make_shared<ServerTotals>();
    QByteArray reply;
    std::optional<Problem> specProblem; ///< the reply file, which GuardedServer knows nothing of
};

ServerRoom::ServerRoom(EngineShared &shared)
    : m_shared(shared)
    , m_wake(new QSocketNotifier(shared.queue.descriptor(), QSocketNotifier::Read, this))
{
    connect(m_wake, &QSocketNotifier::activated, this, &ServerRoom::drainQueue);
    connect(&m_check, &QTimer::timeout, this, &ServerRoom::checkAll);
    m_check.start(checkInterval);
}

ServerRoom::~ServerRoom() = default;

void ServerRoom::drainQueue()
{
    for (const RoomQueue::Work &work : m_shared.queue.takeAll())
        work(*this);
}

void ServerRoom::execute(const EngineCommand &command)
{
    std::visit([this](const auto &one) { run(one); }, command);
}

ServerRoom::Server *ServerRoom::find(ServerId id)
{
    const auto server = m_servers.find(id);
    if (server != m_servers.end())
        return server->second.get();
    m_shared.raise({}, {}, aboutId(ProblemCode::ServerUnknown, id.value));
    return nullptr;
}

void ServerRoom::run(const Command::AddServer &command)
{
    auto server = std::make_unique<Server>();
    server->info.id = command.id;
    server->info.spec = command.spec;
    Server &added = *(m_servers[command.id] = std::move(server));
    // The sink names the server by its id: it may be gone when a queued accept comes.
    added.guarded = std::make_unique<GuardedServer>([this, id = command.id](Descriptor descriptor) {
        if (Server *target = find(id))
            accept(*target, std::move(descriptor));
    });
    const ServerId id = command.id;
    connect(added.guarded.get(), &GuardedServer::problemRaised, this,
            [this, id](const Problem &problem) {
                m_shared.raise(id, {}, problem);
                if (Server *target = find(id))
                    publish(*target);
            });
    connect(added.guarded.get(), &GuardedServer::problemCleared, this,
            [this, id](ProblemCode code) {
                m_shared.clear(m_shared.problems.clear(id, code));
                if (Server *target = find(id))
                    publish(*target);
            });
    const auto republish = [this, id] {
        if (Server *target = find(id))
            publish(*target);
    };
    connect(added.guarded.get(), &GuardedServer::stateChanged, this, republish);
    connect(added.guarded.get(), &GuardedServer::reachableChanged, this, republish);
    publish(added);
}

void ServerRoom::run(const Command::ChangeServer &command)
{
    Server *server = find(command.id);
    if (!server)
        return;
    server->info.spec = command.spec;
    if (const Result<> read = readReply(*server); !read)
        m_shared.raise(command.id, {}, read.error());
    if (command.spec.enforceAccess)
        m_shared.clear(m_shared.problems.clear(command.id, ProblemCode::AbstractHasNoRestriction));
    holdAtMaximum(*server);
    publish(*server);
}

void ServerRoom::run(const Command::RemoveServer &command)
{
    Server *server = find(command.id);
    if (!server)
        return;
    run(Command::Stop {command.id});
    m_shared.clear(m_shared.problems.clearAll(command.id));
    m_servers.erase(command.id);
    m_shared.servers.remove(command.id);
    m_shared.events.append(ServerRemoved {command.id});
}

// Without its steps in between (a file that is gone while it still listens): one change is told.
void ServerRoom::stopQuietly(const Server &server)
{
    const QSignalBlocker blocker(server.guarded.get());
    server.guarded->stop();
}

void ServerRoom::run(const Command::Start &command)
{
    if (Server *server = find(command.id))
        start(*server, command.removeStale, command.takeOver);
}

void ServerRoom::run(const Command::Stop &command)
{
    Server *server = find(command.id);
    if (!server)
        return;
    stopQuietly(*server);
    disconnectAll(command.id, EndCause::ServerStopped);
    m_shared.clear(m_shared.problems.clearAll(command.id));
    publish(*server);
}

void ServerRoom::run(const Command::ListenAgain &command)
{
    Server *server = find(command.id);
    if (!server)
        return;
    stopQuietly(*server);
    start(*server, false, false);
}

void ServerRoom::run(const Command::Pause &command)
{
    if (Server *server = find(command.id))
        server->guarded->setHold(GuardedServer::Hold::User, true);
}

void ServerRoom::run(const Command::Resume &command)
{
    if (Server *server = find(command.id))
        server->guarded->setHold(GuardedServer::Hold::User, false);
}

void ServerRoom::run(const Command::AcceptNext &command)
{
    Server *server = find(command.id);
    if (!server)
        return;
    if (const Result<bool> accepted = server->guarded->acceptNext(); !accepted)
        m_shared.raise(command.id, {}, accepted.error());
    publish(*server);
}

void ServerRoom::run(const Command::Disconnect &command)
{
    if (const std::shared_ptr<Relay> relay = m_shared.connections.relay(command.id))
        relay->disconnect(EndCause::BySockeye);
    else
        m_shared.raise({}, command.id, aboutId(ProblemCode::NoConnection, command.id.value));
}

void ServerRoom::run(const Command::DisconnectAll &command)
{
    disconnectAll(command.id, EndCause::BySockeye);
}

void ServerRoom::run(const Command::Send &command)
{
    std::vector<ConnectionTable::LiveRelay> targets;
    if (!command.id.isValid())
        targets = m_shared.connections.relaysOf(command.server);
    else if (std::shared_ptr<Relay> relay = m_shared.connections.relay(command.id))
        targets.push_back({command.id, std::move(relay)});
    if (targets.empty()) {
        m_shared.raise(command.server, command.id,
                       aboutId(ProblemCode::NoConnection, command.id.value));
    }
    for (const auto &[id, relay] : targets) {
        if (!relay->send(command.bytes)) {
            const Problem full {ProblemCode::SendQueueFull,
                                {{QStringLiteral("connection"), QString::number(id.value)},
                                 {QStringLiteral("limit"),
                                  QLocale::c().formattedDataSize(static_cast<qint64>(sendLimit))}}};
            m_shared.raise(command.server, id, full);
        }
    }
}

void ServerRoom::run(const Command::EndSending &command)
{
    if (const std::shared_ptr<Relay> relay = m_shared.connections.relay(command.id))
        relay->endSending();
    else
        m_shared.raise({}, command.id, aboutId(ProblemCode::NoConnection, command.id.value));
}

void ServerRoom::run(const Command::Connect &command)
{
    const Result<SocketAddress> address = SocketAddress::parse(command.address);
    if (!address) {
        m_shared.raise(command.id, {}, address.error());
        return;
    }
    if (m_servers.find(command.id) == m_servers.end()) {
        auto server = std::make_unique<Server>();
        server->info.id = command.id;
        server->info.isClient = true;
        server->info.address = *address;
        server->info.spec.name = command.address;
        server->info.spec.answer.kind = AnswerKind::Manual;
        server->guarded = std::make_unique<GuardedServer>([](const Descriptor &) {});
        m_shared.capture->addServer({command.id, command.address, address->display()});
        publish(*(m_servers[command.id] = std::move(server)));
    }
    m_shared.clear(m_shared.problems.clearAll(command.id));
    connectOut(command.id, *address, 0);
}

void ServerRoom::run(const Command::ClearCapture &)
{
    m_shared.capture->clear();
}

void ServerRoom::run(const Command::DismissProblem &command)
{
    if (m_shared.problems.dismiss(command.id))
        m_shared.clear({command.id});
}

void ServerRoom::start(Server &server, bool removeStale, bool takeOver)
{
    if (server.info.isClient) {
        run(Command::Connect {server.info.id, server.info.spec.name});
        return;
    }
    const ServerState state = server.guarded->state();
    if (state == ServerState::Listening || state == ServerState::Paused)
        return;
    const ServerId id = server.info.id;
    m_shared.clear(m_shared.problems.clearAll(id));
    const ServerSpec spec = server.info.spec;
    server.inForce = spec;
    Result<> started = readReply(server);
    if (started) {
        // Before the first client: its records name the interface. The address is corrected below.
        m_shared.capture->addServer({id, spec.name, spec.name});
        started = server.guarded->start({spec.name, spec.access, spec.backlog,
                                         spec.inheritedDescriptor, removeStale, takeOver});
    }
    if (!started) {
        m_shared.raise(id, {}, started.error());
    } else {
        m_shared.capture->addServer({id, spec.name, server.guarded->address().display()});
        warnAboutAccess(server);
    }
    publish(server);
}

Result<> ServerRoom::readReply(Server &server) const
{
    server.specProblem.reset();
    const AnswerSpec &answer = server.info.spec.answer;
    server.reply = answer.reply;
    if (answer.kind != AnswerKind::Reply || answer.replyFile.isEmpty())
        return {};
    QFile file(answer.replyFile);
    if (!file.open(QIODevice::ReadOnly) || file.size() > maximumReply) {
        server.specProblem = Problem {ProblemCode::FileUnreadable,
                                      {{QStringLiteral("file"), answer.replyFile}},
                                      file.isOpen() ? EFBIG : errno};
        return fail(*server.specProblem);
    }
    server.reply = file.readAll();
    return {};
}

void ServerRoom::warnAboutAccess(const Server &server)
{
    const AccessOptions access = server.inForce.access;
    if (access.abstract && access.hasClass() && !server.inForce.enforceAccess)
        m_shared.raise(server.info.id, {}, {ProblemCode::AbstractHasNoRestriction});
}

void ServerRoom::publish(Server &server)
{
    ServerInfo &info = server.info;
    const ServerState before = info.state;
    const bool wasReachable = info.isReachable;
    GuardedServer &guarded = *server.guarded;
    info.state = guarded.state();
    const bool listening =
        info.state == ServerState::Listening || info.state == ServerState::Paused;
    info.problem = guarded.problem() ? guarded.problem() : server.specProblem;
    info.waitsForDescriptors = guarded.holds().testFlag(GuardedServer::Hold::Descriptors);
    info.needsRestart = listening && !listensAlike(server.inForce, info.spec);
    info.isReachable = !listening || guarded.isReachable();
    info.waiting = listening ? guarded.waiting() : 0;
    info.mode.reset();
    if (listening) {
        info.address = guarded.address();
        info.accessInForce = guarded.access();
        struct stat status = {};
        if (info.address.kind() == SocketAddress::Kind::Path && info.isReachable
            && ::lstat(info.address.bytes().constData(), &status) == 0) {
            info.mode = status.st_mode & 07777;
            info.owner = status.st_uid;
            info.group = status.st_gid;
        }
    } else if (!info.isClient && info.spec.inheritedDescriptor < 0) { // else only it can tell
        const auto address = resolveName(info.spec.name, info.spec.access, NameContext::current());
        info.address = address.value_or(SocketAddress());
    }
    m_shared.servers.publish(info, server.totals);
    if (before != info.state || wasReachable != info.isReachable)
        m_shared.events.append(ServerChanged {withTotals(info, *server.totals)});
}

void ServerRoom::checkAll()
{
    for (const auto &[id, server] : m_servers) {
        if (server->info.isClient || server->guarded->state() == ServerState::Stopped)
            continue;
        publish(*server);
        tellMaximum(*server);
    }
    watchCapture();
}

void ServerRoom::watchCapture()
{
    const CaptureStatistics statistics = m_shared.capture->statistics();
    if (statistics.droppedRecords > 0 && !std::exchange(m_recyclingTold, true)) {
        m_shared.raise(
            {}, {},
            {ProblemCode::CaptureRecycled,
             {{QStringLiteral("limit"), QLocale::c().formattedDataSize(statistics.limit)}}});
    }
    if (statistics.gaps > std::exchange(m_gapsSeen, statistics.gaps)) {
        m_shared.clear(m_shared.problems.clear({}, ProblemCode::CaptureGap));
        m_shared.raise(
            {}, {},
            {ProblemCode::CaptureGap,
             {{QStringLiteral("length"),
               QLocale::c().formattedDataSize(static_cast<qint64>(statistics.gapBytes))}}});
    }
}

// --- connections ---------------------------------------------------------------------------------

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
    RelayPlan plan {spec.answer, spec.policy, scratchSize, info.outgoing};
    plan.answer.reply = server.reply;
    if (spec.readSize > 0)
        plan.readSize = std::min(scratchSize, static_cast<size_t>(spec.readSize));

    auto state = std::make_shared<RelayState>();
    state->serverTotals = std::shared_ptr<TrafficCounters>(server.totals, &server.totals->traffic);
    info.id = m_shared.connections.add(info, state);
    // The last thread is for servers that never stall: a lossless flood blocks its thread while the
    // disk is behind, and must not block them.
    const int lossless = m_shared.threads.count() - 1;
    const int thread =
        plan.policy == RecordingPolicy::NeverStall ? lossless : m_nextThread++ % lossless;
    auto relay = std::make_shared<Relay>(m_shared.threads, thread, *m_shared.capture,
                                         std::move(descriptor), plan, state);
    m_shared.connections.attach(info.id, relay);
    ++server.totals->open;
    ++server.totals->accepted;
    server.totals->traffic.dirty = true;
    {
        const std::lock_guard lock(m_shared.liveMutex);
        ++m_shared.liveRelays;
    }
    holdAtMaximum(server);

    EngineShared &shared = m_shared;
    if (++shared.notTakenUp >= manyNotTakenUp)
        holdWhileBusy(true);
    const auto opening = [&shared, info, policy = plan.policy] {
        if (--shared.notTakenUp == fewNotTakenUp)
            shared.queue.post([](ServerRoom &room) { room.holdWhileBusy(false); });
        ConnectionInfo described = info;
        described.peer = describePeer(info.peer.credentials);
        shared.connections.describe(info.id, described.peer);
        shared.events.append(ConnectionOpened {described});
        return shared.capture->openStream(captured(described), policy);
    };
    const auto finished = [&shared, id = info.id, serverId = info.server, totals = server.totals,
                           hasMaximum = spec.maxConnections > 0](RelayEnd end) {
        const auto last =
            shared.connections.close(id, shared.clock.now(), reasonOf(end.cause), end.errnoValue);
        if (last)
            shared.events.append(ConnectionClosed {*last});
        --totals->open; // when it was told: who sees none open has all the events
        totals->traffic.dirty = true;
        if (hasMaximum) {
            shared.queue.post([serverId](ServerRoom &room) {
                const auto target = room.m_servers.find(serverId);
                if (target != room.m_servers.end())
                    room.holdAtMaximum(*target->second);
            });
        }
        const std::lock_guard lock(shared.liveMutex);
        --shared.liveRelays;
        shared.liveChanged.notify_all();
    };
    relay->start(opening, finished);
}

bool ServerRoom::isFull(const Server &server)
{
    const int maximum = server.info.spec.maxConnections;
    return maximum > 0 && server.totals->open >= static_cast<quint64>(maximum);
}

void ServerRoom::holdAtMaximum(Server &server)
{
    const bool isOver = server.info.spec.once && server.totals->accepted > 0;
    server.guarded->setHold(GuardedServer::Hold::MaximumConnections, isOver || isFull(server));
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
