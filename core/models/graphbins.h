// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/record.h"

#include <array>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace Sockeye {

/// What was counted, by direction (see Direction): records of every kind, bytes of Data alone
/// (those of a Gap are not in the capture).
struct TrafficCount
{
    std::array<quint64, 2> bytes = {};
    std::array<quint64, 2> records = {};

    void add(const Record &record)
    {
        const auto way = static_cast<size_t>(record.direction);
        records[way] += 1;
        if (record.kind == RecordKind::Data)
            bytes[way] += record.length;
    }
    TrafficCount &operator+=(const TrafficCount &other)
    {
        for (size_t way = 0; way < 2; ++way) {
            bytes[way] += other.bytes[way];
            records[way] += other.records[way];
        }
        return *this;
    }
    friend bool operator==(const TrafficCount &, const TrafficCount &) = default;
};

// Times and intervals are nanoseconds, times since 1970.

/// In the year 2223. Times of files are others' words: a time beyond it, or before 1970, is taken
/// for the nearest that is not, so that sums of times and intervals never overflow.
constexpr qint64 lastGraphTime = 8'000'000'000'000'000'000;
[[nodiscard]] qint64 graphTime(const Record &record);

/// The intervals that are counted in, from 1 µs to 10,000 days. Each divides the next, so that bins
/// of one are put together to bins of any coarser one.
[[nodiscard]] std::span<const qint64> graphIntervals();
/// The finest of them that is not finer than @p interval.
[[nodiscard]] qint64 graphIntervalFor(qint64 interval);
/// The start of the bin that @p time is in.
[[nodiscard]] qint64 binStart(qint64 time, qint64 interval);

/// Counts in bins of equal length. There are never more than mostBins: bins that lie further apart
/// than that are merged to a coarser interval first. One thread at a time.
class GraphBins
{
public:
    static constexpr qint64 mostBins = 65'536; ///< 2 MiB

    /// @p finest: one of graphIntervals().
    explicit GraphBins(qint64 finest);

    void add(qint64 time, const TrafficCount &count);
    void clear();

    [[nodiscard]] bool isEmpty() const { return m_bins.empty(); }
    [[nodiscard]] qint64 interval() const { return m_interval; }
    /// @p count bins of @p interval (one of graphIntervals(), not finer than interval()) from
    /// @p from on, which is a start of such a bin.
    [[nodiscard]] std::vector<TrafficCount> sample(qint64 from, qint64 interval,
                                                   size_t count) const;

    struct Range
    {
        qint64 from = 0;
        qint64 to = 0; ///< not in it

        friend bool operator==(const Range &, const Range &) = default;
    };
    /// The bins with records nearest to @p time: the one it is in, the next before and the next
    /// after, as far as they exist. A record nearest to @p time is in one of them. @p hasToServer,
    /// @p hasToClient: what counts.
    [[nodiscard]] std::vector<Range> nearest(qint64 time, bool hasToServer, bool hasToClient) const;

private:
    void mergeTo(qint64 interval);

    const qint64 m_finest;
    qint64 m_interval;
    qint64 m_first = 0; ///< number of the first bin: its start divided by the interval
    std::deque<TrafficCount> m_bins;
};

} // namespace Sockeye
