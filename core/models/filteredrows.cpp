// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/filteredrows.h"

#include "core/capture/capturescan.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// Records that a thread takes at a time: large enough that taking costs nothing beside matching,
/// small enough that the first rows appear at once.
constexpr quint64 pieceSize = 32 * 1024;
/// More than this wait for memory rather than for a processor.
constexpr unsigned mostThreads = 8;
/// How far threads may run ahead of one that is at a long record.
constexpr size_t mostPieces = 64;

} // namespace

FilteredRows::FilteredRows(const CaptureLog &log)
    : m_log(log)
{
    const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1U, mostThreads);
    for (unsigned thread = 0; thread < count; ++thread)
        m_threads.emplace_back([this] { run(); });
}

FilteredRows::~FilteredRows()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_condition.notify_all();
    for (std::thread &thread : m_threads)
        thread.join();
}

void FilteredRows::setFilter(const CaptureFilter &filter)
{
    {
        const std::lock_guard lock(m_mutex);
        ++m_generation;
        m_filter = filter;
        m_hasWork = true;
        m_isStarted = false;
        forget();
    }
    m_condition.notify_all();
}

void FilteredRows::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_hasWork = true;
    }
    m_condition.notify_all();
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

std::function<RecordIndex(quint64)> FilteredRows::snapshot() const
{
    return [chunks = m_mine, gone = m_mineGone](quint64 row) {
        return (*chunks[row / chunkSize - gone])[row % chunkSize];
    };
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
    std::unique_ptr<CaptureScan> scan;
    quint64 scanGeneration = 0;
    std::unique_lock lock(m_mutex);
    while (true) {
        m_condition.wait(lock, [this] { return m_hasWork || m_isStopping; });
        if (m_isStopping)
            return;
        const std::shared_ptr<Piece> piece = takePiece();
        if (!piece)
            continue;
        const quint64 generation = m_generation;
        const quint64 epoch = m_epoch;
        if (!scan || scanGeneration != generation) {
            scan = std::make_unique<CaptureScan>(m_log, m_filter);
            scanGeneration = generation;
        }
        lock.unlock();
        this->scan(*scan, *piece, epoch, generation);
        lock.lock();
        // Of another filter or epoch it is in no list any more.
        piece->isDone = true;
        if (!isCancelled(generation))
            publishDone();
    }
}

/// What to look at next; null, and no work for the time being, if there is nothing.
std::shared_ptr<FilteredRows::Piece> FilteredRows::takePiece()
{
    m_hasWork = false;
    if (m_filter.matchesEverything())
        return nullptr;
    const CaptureCursor now = m_log.cursor();
    if (!m_isStarted || m_epoch != now.epoch) {
        forget();
        m_isStarted = true;
        m_epoch = now.epoch;
    }
    if (m_pieces.empty())
        m_scanned = std::max(m_scanned, now.begin);
    const RecordIndex begin = std::max({m_next, m_scanned, now.begin});
    if (begin >= now.end || m_pieces.size() >= mostPieces)
        return nullptr; // publishDone() or wake() begin again
    auto piece = std::make_shared<Piece>();
    piece->begin = begin;
    piece->end = std::min(begin + pieceSize, now.end);
    m_next = piece->end;
    m_pieces.push_back(piece);
    m_hasWork = true;
    return piece;
}

/// What is gone before it was looked at matches nothing; of another epoch, nothing is kept.
void FilteredRows::scan(CaptureScan &scan, Piece &piece, quint64 epoch, quint64 generation) const
{
    for (RecordIndex next = piece.begin; next < piece.end;) {
        const auto found = scan.find(next, piece.end - next,
                                     [this, generation] { return isCancelled(generation); });
        if (!found || found->epoch != epoch)
            return;
        piece.found.insert(piece.found.end(), found->records.begin(), found->records.end());
        next = found->end;
    }
}

void FilteredRows::publishDone()
{
    while (!m_pieces.empty() && m_pieces.front()->isDone) {
        const std::shared_ptr<Piece> piece = std::move(m_pieces.front());
        m_pieces.pop_front();
        for (const RecordIndex index : piece->found) {
            if (m_count == (m_chunksGone + m_chunks.size()) * chunkSize)
                m_chunks.push_back(std::make_shared<Chunk>());
            (*m_chunks.back())[m_count % chunkSize] = index;
            ++m_count;
        }
        m_scanned = piece->end;
        if (!m_hasWork) { // it waited for room in the list
            m_hasWork = true;
            m_condition.notify_all();
        }
    }
}

void FilteredRows::forget()
{
    m_count = 0;
    m_scanned = 0;
    m_next = 0;
    m_pieces.clear();
    m_chunks.clear();
    m_chunksGone = 0;
}

} // namespace Sockeye
