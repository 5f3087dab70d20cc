// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/clock.h"

#include <atomic>

namespace Sockeye {

/// A clock that stands still until a test moves it.
class ManualClock final : public Clock
{
public:
    [[nodiscard]] Timestamp now() const override
    {
        return Timestamp(std::chrono::nanoseconds(m_nanoseconds.load()));
    }
    void advance(std::chrono::nanoseconds by) { m_nanoseconds += by.count(); }

private:
    std::atomic<qint64> m_nanoseconds = 1'767'225'600'000'000'000; // 2026-01-01T00:00:00Z
};

} // namespace Sockeye
