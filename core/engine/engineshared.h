// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/eventlog.h"
#include "core/engine/problemlog.h"
#include "core/engine/servertable.h"
#include "core/server/sockettakeover.h"
#include "core/stream/iothreads.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace Sockeye {

class ServerRoom;

/// Work for the server thread. Plain mutex and eventfd: a lock that every tool understands, and no
/// allocation of Qt events for 10,000 ended connections a second.
class RoomQueue
{
public:
    using Work = std::function<void(ServerRoom &)>;

    RoomQueue();
    void post(Work work);
    [[nodiscard]] std::deque<Work> takeAll();
    [[nodiscard]] int descriptor() const { return m_wake.get(); }

private:
    Descriptor m_wake;
    std::mutex m_mutex;
    std::deque<Work> m_work;
};

/// What the parts of the engine share; outlives its threads.
struct EngineShared
{
    EngineShared(const EngineOptions &options, const SystemClock &clock,
                 std::unique_ptr<CaptureLog> log, int ioThreadCount);

    const SystemClock &clock;
    const TakeoverPlaces takeoverPlaces = TakeoverPlaces::usual();
    const std::unique_ptr<CaptureLog> capture;
    ConnectionTable connections;
    ProblemLog problems;
    EventLog events;
    ServerTable servers;
    RoomQueue queue;

    std::atomic<int> notTakenUp = 0; ///< accepted, but not begun by their I/O threads

    std::mutex liveMutex;
    std::condition_variable liveChanged;
    int liveRelays = 0;

    IoThreads threads; ///< last: what its contexts hold refers to all of the above

    void raise(ServerId server, ConnectionId connection, const Problem &problem);
    void clear(const std::vector<ProblemId> &ids);
};

} // namespace Sockeye
