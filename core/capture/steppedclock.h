// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/clock.h"

#include <algorithm>
#include <atomic>

namespace Sockeye {

/// What 64 bits of nanoseconds can tell ends in 2262; a file may say anything.
[[nodiscard]] constexpr Timestamp cappedTime(std::chrono::seconds seconds,
                                             std::chrono::nanoseconds fraction)
{
    constexpr std::chrono::seconds last(9'223'372'030);
    return Timestamp(std::clamp(seconds, -last, last) + fraction);
}

/// A clock that stands where it was set, so that records carry the times of the file they were read
/// from. Outlives the log that is made with it. set() by the thread that appends.
class SteppedClock final : public Clock
{
public:
    [[nodiscard]] Timestamp now() const override
    {
        return Timestamp(std::chrono::nanoseconds(m_nanoseconds.load(std::memory_order_relaxed)));
    }
    /// Never goes back. A time before 1970 is none that a capture can keep.
    void set(Timestamp time)
    {
        const qint64 before = m_nanoseconds.load(std::memory_order_relaxed);
        m_nanoseconds.store(std::max<qint64>(before, time.time_since_epoch().count()),
                            std::memory_order_relaxed);
    }

private:
    std::atomic<qint64> m_nanoseconds = 0;
};

} // namespace Sockeye
