// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/graphtasks.h"

#include <algorithm>

namespace Sockeye {

namespace {

bool isIn(const std::vector<GraphBins::Range> &ranges, qint64 time)
{
    return std::any_of(ranges.begin(), ranges.end(), [time](const GraphBins::Range &range) {
        return time >= range.from && time < range.to;
    });
}

/// Calls @p use for each of @p records that @p scan finds; for all if there is no scan. False if it
/// was cancelled, or they are gone.
template <class Use>
bool forEachMatch(CaptureScan *scan, const std::vector<Record> &records,
                  const CaptureSweep::IsCancelled &isCancelled, Use use)
{
    if (!scan) {
        std::for_each(records.begin(), records.end(), use);
        return true;
    }
    const RecordIndex first = records.front().index;
    const auto found = scan->find(first, records.size(), isCancelled);
    if (!found)
        return false;
    for (const RecordIndex index : found->records) {
        const Record &record = records[static_cast<size_t>(index - first)];
        use(record);
    }
    return true;
}

std::unique_ptr<CaptureScan> scanFor(const CaptureLog &log, const CaptureFilter &filter)
{
    return filter.matchesEverything() ? nullptr : std::make_unique<CaptureScan>(log, filter);
}

} // namespace

// --- times -------------------------------------------------------------------------------------

struct GraphData::TimeTask::Span final : Found
{
    Times times;
};

class GraphData::TimeTask::Eye final : public Look
{
public:
    [[nodiscard]] std::unique_ptr<Found>
    look(const std::vector<Record> &records,
         const CaptureSweep::IsCancelled & /*never long*/) override
    {
        auto found = std::make_unique<Span>();
        found->times = {lastGraphTime, 0};
        for (const Record &record : records) {
            const qint64 time = graphTime(record);
            found->times.least = std::min(found->times.least, time);
            found->times.most = std::max(found->times.most, time);
        }
        return found;
    }
};

std::unique_ptr<CaptureSweep::Task::Look>
GraphData::TimeTask::makeLook(const CaptureLog & /*log*/) const
{
    return std::make_unique<Eye>();
}

void GraphData::TimeTask::begin(quint64 /*epoch*/)
{
    const std::lock_guard lock(m_mutex);
    m_pieces.clear();
    m_firstPiece = 0;
    m_end = 0;
    ++m_version;
}

void GraphData::TimeTask::take(Found *found, RecordIndex end)
{
    const std::lock_guard lock(m_mutex);
    m_end = end;
    const auto *span = dynamic_cast<Span *>(found);
    if (!span)
        return;
    const quint64 piece = (end - 1) / CaptureSweep::pieceSize;
    if (m_pieces.empty())
        m_firstPiece = piece;
    if (piece - m_firstPiece >= m_pieces.size())
        m_pieces.resize(static_cast<size_t>(piece - m_firstPiece + 1));
    Times &times = m_pieces.back(); // they come in order
    if (times.most < times.least)
        times = span->times;
    times.least = std::min(times.least, span->times.least);
    times.most = std::max(times.most, span->times.most);
    ++m_version;
}

std::optional<GraphData::Range> GraphData::TimeTask::extent(RecordIndex begin)
{
    const std::lock_guard lock(m_mutex);
    while (!m_pieces.empty() && (m_firstPiece + 1) * CaptureSweep::pieceSize <= begin) {
        m_pieces.pop_front();
        ++m_firstPiece;
    }
    std::optional<Range> extent;
    for (const Times &times : m_pieces) {
        if (times.most < times.least)
            continue;
        if (!extent)
            extent = {times.least, times.most + 1};
        extent->from = std::min(extent->from, times.least);
        extent->to = std::max(extent->to, times.most + 1);
    }
    return extent;
}

bool GraphData::TimeTask::mayHave(RecordIndex begin, RecordIndex end,
                                  const std::vector<Range> &ranges) const
{
    const std::lock_guard lock(m_mutex);
    const quint64 piece = begin / CaptureSweep::pieceSize;
    if (end > m_end || piece < m_firstPiece || piece - m_firstPiece >= m_pieces.size())
        return true;
    const Times &times = m_pieces[static_cast<size_t>(piece - m_firstPiece)];
    return std::any_of(ranges.begin(), ranges.end(), [&times](const Range &range) {
        return times.least < range.to && times.most >= range.from;
    });
}

// --- counts ------------------------------------------------------------------------------------

struct GraphData::CountTask::Counted final : Found
{
    /// Records one after the other that are in the same bin; few where there are many records.
    struct Run
    {
        qint64 time = 0; ///< start of the bin
        TrafficCount count;
    };
    std::vector<std::vector<Run>> rows;
};

class GraphData::CountTask::Eye final : public Look
{
public:
    Eye(const CaptureLog &log, const CountTask &task)
        : m_rows(task.m_rows)
        , m_range(task.m_range.value_or(Range {0, lastGraphTime + 1}))
    {
        for (const auto &row : m_rows)
            m_scans.push_back(scanFor(log, row->filter));
    }

    [[nodiscard]] std::unique_ptr<Found> look(const std::vector<Record> &records,
                                              const CaptureSweep::IsCancelled &isCancelled) override
    {
        auto found = std::make_unique<Counted>();
        found->rows.resize(m_rows.size());
        for (size_t row = 0; row < m_rows.size(); ++row) {
            if (!m_rows[row]->isRemoved && !count(row, records, isCancelled, found->rows[row]))
                return nullptr;
        }
        return found;
    }

private:
    [[nodiscard]] bool count(size_t row, const std::vector<Record> &records,
                             const CaptureSweep::IsCancelled &isCancelled,
                             std::vector<Counted::Run> &runs) const
    {
        const qint64 interval = m_rows[row]->interval; // later ones are multiples of it
        qint64 from = 0;
        qint64 to = 0;
        return forEachMatch(m_scans[row].get(), records, isCancelled, [&](const Record &record) {
            const qint64 time = graphTime(record);
            if (time < m_range.from || time >= m_range.to)
                return;
            if (time < from || time >= to) {
                from = binStart(time, interval);
                to = from + interval;
                runs.push_back({from, {}});
            }
            runs.back().count.add(record);
        });
    }

    const std::vector<std::shared_ptr<RowCount>> m_rows;
    const Range m_range;
    std::vector<std::unique_ptr<CaptureScan>> m_scans; ///< null: everything matches
};

GraphData::CountTask::CountTask(std::vector<std::shared_ptr<RowCount>> rows,
                                std::shared_ptr<const TimeTask> times, std::optional<Range> range)
    : m_rows(std::move(rows))
    , m_times(std::move(times))
    , m_range(range)
{ }

std::unique_ptr<CaptureSweep::Task::Look>
GraphData::CountTask::makeLook(const CaptureLog &log) const
{
    return std::make_unique<Eye>(log, *this);
}

bool GraphData::CountTask::isWanted(RecordIndex begin, RecordIndex end) const
{
    return !m_range || m_times->mayHave(begin, end, {*m_range});
}

void GraphData::CountTask::begin(quint64 /*epoch*/)
{
    for (const auto &row : m_rows) {
        const std::lock_guard lock(row->mutex);
        row->bins.clear();
        row->interval = row->bins.interval();
        ++row->version;
    }
}

void GraphData::CountTask::take(Found *found, RecordIndex /*end*/)
{
    const auto *counted = dynamic_cast<Counted *>(found);
    if (!counted)
        return;
    for (size_t number = 0; number < m_rows.size(); ++number) {
        RowCount &row = *m_rows[number];
        const std::lock_guard lock(row.mutex);
        for (const Counted::Run &run : counted->rows[number])
            row.bins.add(run.time, run.count);
        row.interval = row.bins.interval();
        ++row.version;
    }
}

// --- nearest -----------------------------------------------------------------------------------

struct GraphData::NearestTask::Best final : Found
{
    RecordIndex index = 0;
    qint64 distance = 0;
};

class GraphData::NearestTask::Eye final : public Look
{
public:
    Eye(const CaptureLog &log, const NearestTask &task)
        : m_time(task.m_time)
        , m_places(task.m_places)
    {
        for (const Place &place : m_places)
            m_scans.push_back(scanFor(log, place.filter));
    }

    [[nodiscard]] std::unique_ptr<Found> look(const std::vector<Record> &records,
                                              const CaptureSweep::IsCancelled &isCancelled) override
    {
        std::unique_ptr<Best> best;
        for (size_t number = 0; number < m_places.size(); ++number) {
            const Place &place = m_places[number];
            const auto keepNearest = [&](const Record &record) {
                const qint64 time = graphTime(record);
                const bool counts =
                    record.direction == Direction::ToServer ? place.hasToServer : place.hasToClient;
                if (!counts || !isIn(place.ranges, time))
                    return;
                const qint64 distance = std::abs(time - m_time);
                if (best
                    && (best->distance < distance
                        || (best->distance == distance && best->index <= record.index)))
                    return;
                best = std::make_unique<Best>();
                best->index = record.index;
                best->distance = distance;
            };
            if (!forEachMatch(m_scans[number].get(), records, isCancelled, keepNearest))
                return nullptr;
        }
        return best;
    }

private:
    const qint64 m_time;
    const std::vector<Place> m_places;
    std::vector<std::unique_ptr<CaptureScan>> m_scans;
};

GraphData::NearestTask::NearestTask(qint64 time, std::vector<Place> places,
                                    std::shared_ptr<const TimeTask> times)
    : m_time(time)
    , m_places(std::move(places))
    , m_times(std::move(times))
{ }

std::unique_ptr<CaptureSweep::Task::Look>
GraphData::NearestTask::makeLook(const CaptureLog &log) const
{
    return std::make_unique<Eye>(log, *this);
}

bool GraphData::NearestTask::isWanted(RecordIndex begin, RecordIndex end) const
{
    return std::any_of(m_places.begin(), m_places.end(), [&](const Place &place) {
        return m_times->mayHave(begin, end, place.ranges);
    });
}

void GraphData::NearestTask::begin(quint64 /*epoch*/)
{
    const std::lock_guard lock(m_mutex);
    m_found.reset();
}

void GraphData::NearestTask::take(Found *found, RecordIndex /*end*/)
{
    const auto *best = dynamic_cast<Best *>(found);
    const std::lock_guard lock(m_mutex);
    // Of two as near the earlier one stays.
    if (!best || (m_found && m_distance <= best->distance))
        return;
    m_found = best->index;
    m_distance = best->distance;
}

std::optional<RecordIndex> GraphData::NearestTask::found() const
{
    const std::lock_guard lock(m_mutex);
    return m_found;
}

} // namespace Sockeye
