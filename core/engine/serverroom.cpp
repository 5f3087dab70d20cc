// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/roomserver.h"

#include "core/access/addressprobe.h"
#include "core/access/socketaddress.h"

#include <QFile>
#include <QLocale>
#include <QSignalBlocker>
#include <QSocketNotifier>

#include <algorithm>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

// How often the backlog and the capture are looked at; people do not see more.
constexpr int checkInterval = 250;
// A reply is held in memory once for all clients.
constexpr qint64 maximumReply = 64 * 1024 * 1024;
Problem aboutId(ProblemCode code, quint64 id)
{
    return {code, {{QStringLiteral("id"), QString::number(id)}}};
}

// What of a specification acts at start only.
bool listensAlike(const ServerSpec &a, const ServerSpec &b)
{
    return a.name == b.name && a.access == b.access && a.backlog == b.backlog
        && a.inheritedDescriptor == b.inheritedDescriptor && a.upstream == b.upstream
        && a.isInPlace == b.isInPlace;
}

} // namespace

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
    makeListener(added);
    publish(added);
}

// A name of our own or a server's place: which of the two is decided by the specification.
void ServerRoom::makeListener(Server &server)
{
    const ServerId id = server.info.id;
    const ServerSpec &spec = server.info.spec;
    // The sink names the server by its id: it may be gone when a queued accept comes.
    const auto sink = [this, id](Descriptor descriptor) {
        if (Server *target = find(id))
            accept(*target, std::move(descriptor));
    };
    server.tap = nullptr;
    if (spec.isTap() && spec.isInPlace) {
        auto tap = std::make_unique<TapServer>(sink, m_shared.takeoverPlaces);
        server.tap = tap.get();
        server.guarded = std::move(tap);
    } else {
        server.guarded = std::make_unique<GuardedServer>(sink);
    }
    ListeningServer *listener = server.guarded.get();
    connect(listener, &ListeningServer::problemRaised, this, [this, id](const Problem &problem) {
        m_shared.raise(id, {}, problem);
        if (Server *target = find(id))
            publish(*target);
    });
    connect(listener, &ListeningServer::problemCleared, this, [this, id](ProblemCode code) {
        m_shared.clear(m_shared.problems.clear(id, code));
        if (Server *target = find(id))
            publish(*target);
    });
    const auto republish = [this, id] {
        if (Server *target = find(id))
            publish(*target);
    };
    connect(listener, &ListeningServer::stateChanged, this, republish);
    connect(listener, &ListeningServer::reachableChanged, this, republish);
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
    disconnectAll(command.id, EndCause::ServerStopped);
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
    m_shared.clear(m_shared.problems.clearAll(command.id));
    if (server->tap) { // whoever talks over it goes on; what could not be put back is told
        server->tap->stop();
    } else {
        stopQuietly(*server);
        disconnectAll(command.id, EndCause::ServerStopped);
    }
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
    if (const std::shared_ptr<LiveConnection> relay = m_shared.connections.relay(command.id))
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
    else if (std::shared_ptr<LiveConnection> relay = m_shared.connections.relay(command.id))
        targets.push_back({command.id, std::move(relay)});
    if (targets.empty()) {
        m_shared.raise(command.server, command.id,
                       aboutId(ProblemCode::NoConnection, command.id.value));
    }
    for (const auto &[id, relay] : targets) {
        if (!relay->takesInput()) {
            m_shared.raise(command.server, id, aboutId(ProblemCode::TapTakesNoInput, id.value));
        } else if (!relay->send(command.bytes)) {
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
    if (const std::shared_ptr<LiveConnection> relay = m_shared.connections.relay(command.id))
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
    if ((server.tap != nullptr) != (spec.isTap() && spec.isInPlace))
        makeListener(server);
    Result<> started = readReply(server);
    if (started)
        started = readUpstream(server);
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

Result<> ServerRoom::readUpstream(Server &server)
{
    server.upstream.reset();
    const ServerSpec &spec = server.info.spec;
    if (!spec.isTap())
        return {};
    if (server.tap)
        server.tap->setFollowsRestart(spec.followsRestart);
    const Result<SocketAddress> address = SocketAddress::parse(spec.upstream);
    if (!address) {
        server.specProblem = address.error();
        return fail(address.error());
    }
    // A tap beside it listens as QLocalServer does, with a stream socket.
    const AddressState state = server.tap ? AddressState() : peekAddress(*address);
    if (state.kind == AddressState::Kind::Live && state.socketType != SOCK_STREAM) {
        server.specProblem = Problem {ProblemCode::TapTypeUnsupported,
                                      {{QStringLiteral("address"), address->display()}}};
        return fail(*server.specProblem);
    }
    server.upstream = *address;
    return {};
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
    const ListeningServer &guarded = *server.guarded;
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
        const auto address = info.spec.isTap() && info.spec.isInPlace
            ? SocketAddress::parse(info.spec.name)
            : resolveName(info.spec.name, info.spec.access, NameContext::current());
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

} // namespace Sockeye
