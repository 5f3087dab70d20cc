// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QString>

#include <chrono>

namespace Sockeye {

/// Wall-clock time with nanoseconds, as pcapng stores it.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// Where the time comes from. Tests set their own.
class Clock
{
public:
    virtual ~Clock() = default;
    /// Never decreases within a run. Any thread.
    [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The wall clock as it stood at construction, carried on by the monotonic clock: a jump of the
/// wall clock can neither reorder records nor make a rate negative.
class SystemClock final : public Clock
{
public:
    SystemClock();
    [[nodiscard]] Timestamp now() const override;

private:
    Timestamp m_wallAtStart;
    std::chrono::steady_clock::time_point m_steadyAtStart;
};

/// "12:01:07.123456" in local time: what the window's tables show.
[[nodiscard]] QString timeOfDay(Timestamp time);
/// "2026-01-31T12:01:07.123456789Z": what --json prints and files keep.
[[nodiscard]] QString isoTime(Timestamp time);

} // namespace Sockeye
