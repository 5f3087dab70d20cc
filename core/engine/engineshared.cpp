// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/engineshared.h"

#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace Sockeye {

RoomQueue::RoomQueue()
    : m_wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
{ }

void RoomQueue::post(Work work)
{
    {
        const std::lock_guard lock(m_mutex);
        m_work.push_back(std::move(work));
    }
    const quint64 one = 1;
    static_cast<void>(::write(m_wake.get(), &one, sizeof one));
}

std::deque<RoomQueue::Work> RoomQueue::takeAll()
{
    quint64 count = 0;
    static_cast<void>(::read(m_wake.get(), &count, sizeof count));
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_work, {});
}

EngineShared::EngineShared(const EngineOptions &options, const SystemClock &systemClock,
                           std::unique_ptr<CaptureLog> log, int ioThreadCount)
    : clock(systemClock)
    , capture(std::move(log))
    , connections(options.connectionHistory)
    , problems(clock)
    , events(clock, options.eventHistory)
    , threads(ioThreadCount)
{ }

void EngineShared::raise(ServerId server, ConnectionId connection, const Problem &problem)
{
    if (const std::optional<ProblemReport> report = problems.raise(server, connection, problem))
        events.append(ProblemRaised {*report});
}

void EngineShared::clear(const std::vector<ProblemId> &ids)
{
    for (const ProblemId id : ids)
        events.append(ProblemCleared {id});
}

} // namespace Sockeye
