// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/recordwalk.h"

#include <algorithm>

namespace Sockeye {

namespace {

constexpr quint64 recordsAtOnce = 4096;

} // namespace

RecordWalk::RecordWalk(const CaptureLog &log, const ExportSelection &selection,
                       ExportProgress *progress)
    : m_log(log)
    , m_selection(selection)
    , m_progress(progress)
    , m_scan(log, selection.filter)
    , m_start(log.cursor())
{
    if (m_start.begin == m_start.end)
        return;
    const RecordRange all {m_start.begin, m_start.end - 1};
    std::vector<RecordRange> wanted = selection.ranges;
    if (wanted.empty())
        wanted.push_back(all);
    std::sort(wanted.begin(), wanted.end(), [](const RecordRange &one, const RecordRange &other) {
        return one.first < other.first;
    });
    for (RecordRange range : wanted) {
        m_isIncomplete = m_isIncomplete || (range.first <= range.last && range.first < all.first);
        range.first =
            std::max(range.first, m_ranges.empty() ? all.first : m_ranges.back().last + 1);
        range.last = std::min(range.last, all.last);
        if (range.first <= range.last)
            m_ranges.push_back(range);
    }
}

void RecordWalk::expect(int passes)
{
    quint64 total = 0;
    for (const RecordRange &range : m_ranges)
        total += range.last - range.first + 1;
    if (m_progress)
        m_progress->total.store(total * static_cast<quint64>(passes));
}

Result<> RecordWalk::run(const Visitor &visit)
{
    for (const RecordRange &range : m_ranges) {
        if (auto walked = walk(range, visit); !walked)
            return walked;
    }
    if (isCleared())
        return fail({ProblemCode::ExportIncomplete});
    return {};
}

bool RecordWalk::isCleared() const
{
    return m_log.cursor().epoch != m_start.epoch;
}

bool RecordWalk::isCancelled() const
{
    return m_progress && m_progress->cancel.load(std::memory_order_relaxed);
}

Result<> RecordWalk::walk(const RecordRange &range, const Visitor &visit)
{
    for (RecordIndex next = range.first; next <= range.last;) {
        const quint64 count = std::min(range.last - next + 1, recordsAtOnce);
        const std::vector<Record> records = m_log.records(next, static_cast<qsizetype>(count));
        if (isCleared())
            return fail({ProblemCode::ExportIncomplete});
        if (records.empty()) { // recycled meanwhile
            m_isIncomplete = m_isIncomplete || !m_selection.connection || m_hasRecords;
            const RecordIndex begin = std::max(next + 1, m_log.cursor().begin);
            if (m_progress)
                m_progress->done += std::min(begin, range.last + 1) - next;
            next = begin;
            continue;
        }
        if (auto taken = takeAll(records, visit); !taken)
            return taken;
        next += records.size();
    }
    return {};
}

/// Neighbours: the filter is asked of all of them at once.
Result<> RecordWalk::takeAll(const std::vector<Record> &records, const Visitor &visit)
{
    const bool hasFilter = !m_selection.filter.matchesEverything();
    std::vector<RecordIndex> matching;
    if (hasFilter) {
        auto found =
            m_scan.find(records.front().index, records.size(), [this] { return isCancelled(); });
        if (found)
            matching = std::move(found->records);
        else if (!isCancelled())
            m_isIncomplete = true; // recycled between two questions
    }
    auto match = matching.begin();
    for (const Record &record : records) {
        if (isCancelled())
            return fail({ProblemCode::ExportCancelled});
        while (match != matching.end() && *match < record.index)
            ++match;
        const bool isMatching = !hasFilter || (match != matching.end() && *match == record.index);
        if (auto taken = take(record, isMatching, visit); !taken)
            return taken;
        if (m_progress)
            ++m_progress->done;
    }
    return {};
}

Result<> RecordWalk::take(const Record &record, bool isMatching, const Visitor &visit)
{
    if (m_selection.connection) {
        if (record.connection != *m_selection.connection)
            return {};
        // A connection begins with one of these; else its oldest records are gone.
        const bool isBeginning =
            record.kind == RecordKind::Opened || record.kind == RecordKind::Refused;
        m_lacksBeginning = m_lacksBeginning || (!m_hasRecords && !isBeginning);
        m_hasRecords = true;
    }
    if (m_selection.direction && record.direction != *m_selection.direction)
        return {};
    return isMatching ? visit(record) : Result<> {};
}

} // namespace Sockeye
