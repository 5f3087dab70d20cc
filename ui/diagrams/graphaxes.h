// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/graphbins.h"

#include <QString>

#include <vector>

namespace Sockeye {

/// What the values of a line are, a second each.
enum class GraphUnit { Bytes, Records };

/// "1.2 MB/s", "340/s", "0.5/s"
[[nodiscard]] QString graphValueText(double value, GraphUnit unit);
/// "50 ms", "1 s", "10 min"
[[nodiscard]] QString intervalText(qint64 interval);
/// A moment as exactly as @p step needs it: "12:01", "12:01:07", "12:01:07.123 456". Local time; or
/// since @p origin, if that is not negative: "1:07.5 s".
[[nodiscard]] QString momentText(qint64 time, qint64 step, qint64 origin);

struct AxisTick
{
    double place = 0; ///< in the unit of the axis
    QString label; ///< empty: a line only
};

/// Round moments in @p range, at least @p leastStep apart, in local time or since @p origin (see
/// momentText()). Times are relative to range.from.
[[nodiscard]] std::vector<AxisTick> timeTicks(const GraphBins::Range &range, qint64 leastStep,
                                              qint64 origin);
/// The step of timeTicks().
[[nodiscard]] qint64 timeStep(qint64 leastStep);

/// An axis of values from 0 (logarithmic: from 1) to a round number.
class ValueAxis
{
public:
    /// @p most: the greatest value that is to be seen; @p ticks: about how many there is room for.
    ValueAxis(double most, bool isLogarithmic, int ticks, GraphUnit unit);

    /// 0 at the bottom, 1 at the top.
    [[nodiscard]] double placeOf(double value) const;
    /// Their places are those of placeOf().
    [[nodiscard]] const std::vector<AxisTick> &ticks() const { return m_ticks; }

private:
    void makeLinear(double most, int ticks, GraphUnit unit);
    void makeLogarithmic(double most, int ticks, GraphUnit unit);

    const bool m_isLogarithmic;
    double m_top = 1;
    std::vector<AxisTick> m_ticks;
};

} // namespace Sockeye
