// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/engine.h"

#include "core/engine/recovery.h"
#include "core/engine/serverroom.h"

#include <QThread>

#include <algorithm>
#include <future>
#include <thread>

namespace Sockeye {

namespace {

// What is queued for slow peers gets this long when everything ends.
constexpr int graceMilliseconds = 2000;

// The thread of all QLocalServers, with Qt's event loop.
class ServerThread final : public QThread
{
public:
    explicit ServerThread(EngineShared &shared)
        : m_shared(shared)
    { }

    // Returns when the room takes work.
    void startAndWait()
    {
        start();
        m_ready.get_future().wait();
    }

private:
    void run() override
    {
        ServerRoom room(m_shared);
        m_ready.set_value();
        exec();
    }

    EngineShared &m_shared;
    std::promise<void> m_ready;
};

} // namespace

struct Engine::Private
{
    Private(const EngineOptions &options, std::unique_ptr<SystemClock> systemClock,
            std::unique_ptr<CaptureLog> log, int ioThreads)
        : clock(std::move(systemClock))
        , shared(options, *clock, std::move(log), ioThreads)
        , thread(shared)
    { }

    const std::unique_ptr<SystemClock> clock;
    EngineShared shared;
    ServerThread thread;
    std::atomic<quint64> lastServerId = 0;
};

Engine::Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(const EngineOptions &options)
{
    auto clock = std::make_unique<SystemClock>();
    Result<std::unique_ptr<CaptureLog>> log = CaptureLog::create(options.capture, *clock);
    if (!log)
        return fail(log.error());
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    // One more than asked for: the thread of servers that never stall.
    const int ioThreads = (options.ioThreads > 0 ? options.ioThreads : std::clamp(cores, 1, 4)) + 1;

    std::unique_ptr<Engine> engine(new Engine);
    engine->d = std::make_unique<Private>(options, std::move(clock), std::move(*log), ioThreads);
    EngineShared &shared = engine->d->shared;
    shared.capture->setProblemHandler([&shared](const std::optional<Problem> &problem) {
        shared.clear(shared.problems.clear({}, ProblemCode::CaptureDiskFull));
        shared.clear(shared.problems.clear({}, ProblemCode::CaptureWriteFailed));
        if (problem)
            shared.raise({}, {}, *problem);
    });
    engine->d->thread.startAndWait();
    for (const TapRecovery &tap : recoverDeadTaps()) {
        if (tap.problem)
            shared.raise({}, {}, *tap.problem);
        else if (tap.wasRestored)
            shared.raise({}, {},
                         {ProblemCode::TapRecovered, {{QStringLiteral("address"), tap.address}}});
    }
    return engine;
}

Engine::~Engine()
{
    EngineShared &shared = d->shared;
    std::promise<void> stopped;
    shared.queue.post([&stopped](ServerRoom &room) {
        room.stopAll(graceMilliseconds);
        stopped.set_value();
    });
    stopped.get_future().wait();
    {
        std::unique_lock lock(shared.liveMutex);
        shared.liveChanged.wait_until(lock,
                                      std::chrono::system_clock::now()
                                          + std::chrono::milliseconds(graceMilliseconds + 500),
                                      [&] { return shared.liveRelays == 0; });
    }
    d->thread.quit();
    d->thread.wait();
    shared.threads.stop();
    shared.connections.releaseRelays();
    shared.capture->setProblemHandler({});
}

ServerId Engine::newServerId()
{
    return {++d->lastServerId};
}

void Engine::execute(EngineCommand command)
{
    d->shared.queue.post(
        [command = std::move(command)](ServerRoom &room) { room.execute(command); });
}

ServerId Engine::addServer(const ServerSpec &spec)
{
    const ServerId id = newServerId();
    execute(Command::AddServer {id, spec});
    return id;
}

Engine::ServerList Engine::servers(quint64 version) const
{
    return d->shared.servers.list(version);
}

Engine::ConnectionChanges Engine::connectionsSince(quint64 version) const
{
    return d->shared.connections.since(version);
}

std::optional<ConnectionInfo> Engine::connection(ConnectionId id) const
{
    return d->shared.connections.find(id);
}

Engine::ProblemChanges Engine::problemsSince(quint64 version) const
{
    return d->shared.problems.since(version);
}

const CaptureLog &Engine::capture() const
{
    return *d->shared.capture;
}

Engine::EventBatch Engine::eventsSince(quint64 sequence) const
{
    return d->shared.events.since(sequence);
}

bool Engine::waitForEvents(quint64 sequence, std::chrono::milliseconds timeout) const
{
    return d->shared.events.waitFor(sequence, timeout);
}

const Clock &Engine::clock() const
{
    return *d->clock;
}

} // namespace Sockeye
