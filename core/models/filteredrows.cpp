// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/filteredrows.h"

#include <algorithm>

namespace Sockeye {

/// Records asked of the log at a time: large enough that asking costs little beside matching, small
/// enough that the first rows appear at once.
constexpr quint64 sliceSize = 4096;

FilteredRows::FilteredRows(const CaptureLog &log)
    : m_log(log)
    , m_thread([this] { run(); })
{ }

FilteredRows::~FilteredRows()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_condition.notify_one();
    m_thread.join();
}

void FilteredRows::setFilter(const CaptureFilter &filter)
{
    {
        const std::lock_guard lock(m_mutex);
        ++m_generation;
        m_filter = filter;
        m_isAwake = true;
        m_isStarted = false;
        forget();
    }
    m_condition.notify_one();
}

void FilteredRows::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isAwake = true;
    }
    m_condition.notify_one();
}

FilteredRows::Progress FilteredRows::take()
{
    const std::lock_guard lock(m_mutex);
    if (m_takenGeneration != m_generation || m_takenEpoch != m_epoch) {
        m_takenGeneration = m_generation;
        m_takenEpoch = m_epoch;
        m_mine.clear();
        m_mineGone = 0;
        m_dropped = 0;
    }
    for (size_t next = m_mineGone + m_mine.size(); next < m_chunksGone + m_chunks.size(); ++next)
        m_mine.push_back(m_chunks[next - m_chunksGone]);
    m_taken = m_count;
    return {m_epoch, m_isStarted, m_count, m_scanned};
}

RecordIndex FilteredRows::at(quint64 row) const
{
    Q_ASSERT(contains(row));
    return (*m_mine[row / chunkSize - m_mineGone])[row % chunkSize];
}

quint64 FilteredRows::lowerBound(RecordIndex index) const
{
    quint64 low = m_dropped;
    quint64 high = m_taken;
    while (low < high) {
        const quint64 middle = low + (high - low) / 2;
        if (at(middle) < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void FilteredRows::dropBefore(quint64 row)
{
    m_dropped = std::clamp(row, m_dropped, m_taken);
    if ((m_mineGone + 1) * chunkSize > m_dropped)
        return;
    const std::lock_guard lock(m_mutex);
    const bool isSame = m_takenGeneration == m_generation && m_takenEpoch == m_epoch;
    while ((m_mineGone + 1) * chunkSize <= m_dropped && !m_mine.empty()) {
        m_mine.pop_front();
        ++m_mineGone;
        if (isSame && !m_chunks.empty()) {
            m_chunks.pop_front();
            ++m_chunksGone;
        }
    }
}

void FilteredRows::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_condition.wait(lock, [this] { return m_isAwake || m_isStopping; });
        if (m_isStopping)
            return;
        m_isAwake = false;
        const CaptureFilter filter = m_filter;
        const quint64 generation = m_generation;
        lock.unlock();
        while (!filter.matchesEverything() && scanSome(filter, generation)) { }
        lock.lock();
    }
}

/// One slice; whether there may be more to do.
bool FilteredRows::scanSome(const CaptureFilter &filter, quint64 generation)
{
    const CaptureCursor now = m_log.cursor();
    const std::optional<RecordIndex> from = begin(now, generation);
    if (!from || *from >= now.end)
        return false;
    const quint64 wanted = std::min(sliceSize, now.end - *from);
    const std::vector<Record> records = m_log.records(*from, static_cast<qsizetype>(wanted));
    // Recycled in the meantime: there is a later begin. Anything else would spin.
    if (records.empty())
        return m_log.cursor() != now;
    std::vector<RecordIndex> found;
    for (const Record &record : records) {
        // Asked for each record: one that holds a megabyte takes a millisecond to search.
        if (isCancelled(generation))
            return false;
        if (filter.matches(record, m_log))
            found.push_back(record.index);
    }
    // Indexes start again after a clear(): what was read may be of either epoch.
    if (m_log.cursor().epoch == now.epoch)
        publish(found, records.back().index + 1, generation);
    return true;
}

/// Where to go on; nothing if another filter was set.
std::optional<RecordIndex> FilteredRows::begin(const CaptureCursor &now, quint64 generation)
{
    const std::lock_guard lock(m_mutex);
    if (isCancelled(generation))
        return std::nullopt;
    if (!m_isStarted || m_epoch != now.epoch) {
        forget();
        m_isStarted = true;
        m_epoch = now.epoch;
    }
    m_scanned = std::max(m_scanned, now.begin);
    return m_scanned;
}

void FilteredRows::publish(const std::vector<RecordIndex> &found, RecordIndex scanned,
                           quint64 generation)
{
    const std::lock_guard lock(m_mutex);
    if (isCancelled(generation))
        return;
    for (const RecordIndex index : found) {
        if (m_count == (m_chunksGone + m_chunks.size()) * chunkSize)
            m_chunks.push_back(std::make_shared<Chunk>());
        (*m_chunks.back())[m_count % chunkSize] = index;
        ++m_count;
    }
    m_scanned = scanned;
}

void FilteredRows::forget()
{
    m_count = 0;
    m_scanned = 0;
    m_chunks.clear();
    m_chunksGone = 0;
}

} // namespace Sockeye
