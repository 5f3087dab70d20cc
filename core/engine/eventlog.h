// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace Sockeye {

/// The newest events, for readers that ask. Any thread.
class EventLog
{
public:
    EventLog(const Clock &clock, int capacity);

    void append(decltype(EngineEvent::what) what);
    [[nodiscard]] Engine::EventBatch since(quint64 sequence) const;
    [[nodiscard]] bool waitFor(quint64 sequence, std::chrono::milliseconds timeout) const;

private:
    const Clock &m_clock;
    const size_t m_capacity;
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_grown;
    std::deque<EngineEvent> m_events;
    quint64 m_last = 0;
};

} // namespace Sockeye
