// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/eventlog.h"

namespace Sockeye {

EventLog::EventLog(const Clock &clock, int capacity)
    : m_clock(clock)
    , m_capacity(static_cast<size_t>(capacity))
{ }

void EventLog::append(decltype(EngineEvent::what) what)
{
    {
        const std::lock_guard lock(m_mutex);
        m_events.push_back({++m_last, m_clock.now(), std::move(what)});
        if (m_events.size() > m_capacity)
            m_events.pop_front();
    }
    m_grown.notify_all();
}

Engine::EventBatch EventLog::since(quint64 sequence) const
{
    const std::lock_guard lock(m_mutex);
    Engine::EventBatch batch;
    const quint64 first = m_last - m_events.size() + 1;
    if (sequence + 1 < first)
        batch.missed = first - sequence - 1;
    const quint64 from = std::max(first, sequence + 1);
    if (from <= m_last) {
        batch.events.assign(m_events.begin() + static_cast<std::ptrdiff_t>(from - first),
                            m_events.end());
    }
    return batch;
}

bool EventLog::waitFor(quint64 sequence, std::chrono::milliseconds timeout) const
{
    std::unique_lock lock(m_mutex);
    // Against the system clock: the steady one would use pthread_cond_clockwait, which the
    // ThreadSanitizer of GCC 12 does not know.
    return m_grown.wait_until(lock, std::chrono::system_clock::now() + timeout,
                              [&] { return m_last > sequence; });
}

} // namespace Sockeye
