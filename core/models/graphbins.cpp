// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/graphbins.h"

#include <algorithm>

namespace Sockeye {

namespace {

constexpr qint64 microsecond = 1000;
constexpr qint64 millisecond = 1000 * microsecond;
constexpr qint64 second = 1000 * millisecond;
constexpr qint64 minute = 60 * second;
constexpr qint64 hour = 60 * minute;
constexpr qint64 day = 24 * hour;

constexpr std::array intervals = {microsecond,
                                  5 * microsecond,
                                  10 * microsecond,
                                  50 * microsecond,
                                  100 * microsecond,
                                  500 * microsecond,
                                  millisecond,
                                  5 * millisecond,
                                  10 * millisecond,
                                  50 * millisecond,
                                  100 * millisecond,
                                  500 * millisecond,
                                  second,
                                  5 * second,
                                  10 * second,
                                  30 * second,
                                  minute,
                                  5 * minute,
                                  10 * minute,
                                  30 * minute,
                                  hour,
                                  6 * hour,
                                  day,
                                  10 * day,
                                  100 * day,
                                  1000 * day,
                                  10'000 * day};

constexpr bool eachDividesTheNext()
{
    for (size_t i = 1; i < intervals.size(); ++i) {
        if (intervals[i] % intervals[i - 1] != 0)
            return false;
    }
    return true;
}
static_assert(eachDividesTheNext());

qint64 floorDivision(qint64 value, qint64 divisor)
{
    const qint64 quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

} // namespace

std::span<const qint64> graphIntervals()
{
    return intervals;
}

qint64 graphIntervalFor(qint64 interval)
{
    const auto *const found = std::lower_bound(intervals.begin(), intervals.end(), interval);
    return found == intervals.end() ? intervals.back() : *found;
}

qint64 graphTime(const Record &record)
{
    return std::clamp<qint64>(record.time.time_since_epoch().count(), 0, lastGraphTime);
}

qint64 binStart(qint64 time, qint64 interval)
{
    return floorDivision(time, interval) * interval;
}

GraphBins::GraphBins(qint64 finest)
    : m_finest(finest)
    , m_interval(finest)
{ }

void GraphBins::clear()
{
    m_interval = m_finest;
    m_bins.clear();
}

void GraphBins::add(qint64 time, const TrafficCount &count)
{
    qint64 number = floorDivision(time, m_interval);
    if (m_bins.empty()) {
        m_first = number;
        m_bins.push_back(count);
        return;
    }
    const auto size = [this] { return static_cast<qint64>(m_bins.size()); };
    // No overflow: numbers are times divided by 1000 or more.
    while (std::max(number, m_first + size() - 1) - std::min(number, m_first) >= mostBins) {
        mergeTo(graphIntervalFor(m_interval + 1));
        number = floorDivision(time, m_interval);
    }
    if (number < m_first) {
        m_bins.insert(m_bins.begin(), static_cast<size_t>(m_first - number), TrafficCount());
        m_first = number;
    } else if (number >= m_first + size()) {
        m_bins.resize(static_cast<size_t>(number - m_first + 1));
    }
    m_bins[static_cast<size_t>(number - m_first)] += count;
}

void GraphBins::mergeTo(qint64 interval)
{
    const qint64 factor = interval / m_interval;
    const qint64 first = floorDivision(m_first, factor);
    std::deque<TrafficCount> merged;
    for (size_t bin = 0; bin < m_bins.size(); ++bin) {
        const qint64 number = floorDivision(m_first + static_cast<qint64>(bin), factor);
        merged.resize(static_cast<size_t>(number - first + 1));
        merged.back() += m_bins[bin];
    }
    m_bins = std::move(merged);
    m_first = first;
    m_interval = interval;
}

std::vector<TrafficCount> GraphBins::sample(qint64 from, qint64 interval, size_t count) const
{
    Q_ASSERT(interval >= m_interval && interval % m_interval == 0);
    std::vector<TrafficCount> result(count);
    const qint64 factor = interval / m_interval;
    const qint64 begin = floorDivision(from, m_interval) - m_first; // may lie outside
    const auto size = static_cast<qint64>(m_bins.size());
    const bool isWhole = static_cast<qint64>(count) > (size - begin) / factor;
    const qint64 end = isWhole ? size : begin + static_cast<qint64>(count) * factor;
    for (qint64 bin = std::max<qint64>(begin, 0); bin < end; ++bin)
        result[static_cast<size_t>((bin - begin) / factor)] += m_bins[static_cast<size_t>(bin)];
    return result;
}

std::vector<GraphBins::Range> GraphBins::nearest(qint64 time, bool hasToServer,
                                                 bool hasToClient) const
{
    const auto size = static_cast<qint64>(m_bins.size());
    const qint64 middle = floorDivision(time, m_interval) - m_first;
    const auto counts = [&](qint64 bin) {
        const TrafficCount &count = m_bins[static_cast<size_t>(bin)];
        return (hasToServer && count.records[0] > 0) || (hasToClient && count.records[1] > 0);
    };
    std::vector<Range> result;
    const auto keep = [&](qint64 bin) {
        const qint64 from = (m_first + bin) * m_interval;
        result.push_back({from, from + m_interval});
    };
    qint64 before = std::min(middle - 1, size - 1);
    while (before >= 0 && !counts(before))
        --before;
    if (before >= 0)
        keep(before);
    if (middle >= 0 && middle < size && counts(middle))
        keep(middle);
    qint64 after = std::max<qint64>(middle + 1, 0);
    while (after < size && !counts(after))
        ++after;
    if (after < size)
        keep(after);
    return result;
}

} // namespace Sockeye
