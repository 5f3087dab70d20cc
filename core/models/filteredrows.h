// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace Sockeye {

class CaptureScan;

/// The records that a filter matches, found by threads of its own that are made with the object and
/// joined by its destructor: one a core, as far as that pays. They sleep until they are woken, take
/// turns in pieces of the log, and never poll. Rows come in order whoever found them.
///
/// All functions but the destructor are for one thread (the model's); they never wait for a scan.
class FilteredRows
{
public:
    explicit FilteredRows(const CaptureLog &log);
    ~FilteredRows();
    FilteredRows(const FilteredRows &) = delete;
    FilteredRows &operator=(const FilteredRows &) = delete;

    /// Cancels a scan that is running and begins anew. A filter that matches everything stops it.
    void setFilter(const CaptureFilter &filter);
    /// There may be new records (or a new epoch): look.
    void wake();

    struct Progress
    {
        quint64 epoch = 0; ///< of the log in which the rows were found
        bool isStarted = false; ///< the filter of the last setFilter() has begun
        quint64 count = 0; ///< rows found, with those that were dropped
        RecordIndex scanned = 0; ///< one past the last record that was looked at
    };
    /// What has been found up to now; take() it before asking at().
    [[nodiscard]] Progress take();

    /// Rows are numbered from 0 as they were found; valid from dropped() to the count of the last
    /// take(), contains() tells.
    [[nodiscard]] RecordIndex at(quint64 row) const;
    [[nodiscard]] bool contains(quint64 row) const { return row >= m_dropped && row < m_taken; }
    /// What at() tells now, for another thread: rows that are there stay what they are.
    [[nodiscard]] std::function<RecordIndex(quint64)> snapshot() const;
    /// The first row whose record is @p index or after it, by bisection.
    [[nodiscard]] quint64 lowerBound(RecordIndex index) const;
    /// Rows before @p row are not needed any more; frees chunks that lie before it as a whole.
    void dropBefore(quint64 row);
    [[nodiscard]] quint64 dropped() const { return m_dropped; }

private:
    static constexpr size_t chunkSize = 8192; ///< 64 KiB: small for few rows, few chunks for many
    using Chunk = std::array<RecordIndex, chunkSize>;

    /// Records that one thread looks at.
    struct Piece
    {
        RecordIndex begin = 0;
        RecordIndex end = 0;
        bool isDone = false;
        std::vector<RecordIndex> found = {};
    };

    void run();
    [[nodiscard]] std::shared_ptr<Piece> takePiece();
    void scan(CaptureScan &scan, Piece &piece, quint64 epoch, quint64 generation) const;
    void publishDone();
    void forget();
    [[nodiscard]] bool isCancelled(quint64 generation) const
    {
        return m_isStopping || m_generation != generation;
    }

    const CaptureLog &m_log;

    // --- shared, under m_mutex ---
    std::mutex m_mutex;
    std::condition_variable m_condition;
    CaptureFilter m_filter;
    bool m_hasWork = false;
    bool m_isStarted = false;
    quint64 m_epoch = 0;
    quint64 m_count = 0;
    RecordIndex m_scanned = 0;
    RecordIndex m_next = 0; ///< the first record that no thread has taken
    std::deque<std::shared_ptr<Piece>> m_pieces; ///< taken and not yet published, in order
    std::deque<std::shared_ptr<Chunk>> m_chunks;
    size_t m_chunksGone = 0; ///< freed at the front of m_chunks

    std::atomic<quint64> m_generation = 0; ///< counts setFilter(); a scan of an older one stops
    std::atomic<bool> m_isStopping = false;

    // --- the model's side: elements below m_taken never change again, so no lock is needed ---
    std::deque<std::shared_ptr<Chunk>> m_mine;
    size_t m_mineGone = 0;
    quint64 m_taken = 0;
    quint64 m_dropped = 0;
    quint64 m_takenGeneration = 0;
    quint64 m_takenEpoch = 0;

    std::vector<std::thread> m_threads; ///< last: everything above is there when they start
};

} // namespace Sockeye
