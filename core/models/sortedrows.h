// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace Sockeye {

/// What rows of a table of records are ordered by.
enum class SortKey { Order, Connection, Direction, Length };

/// Orders rows of records on a thread of its own, which is made with the object and joined by its
/// destructor. Equal ones stay as they were recorded. Ten million rows take about half a second and
/// 160 MB while it lasts; what stays is 4 bytes a row.
///
/// All functions are for one thread (the model's); they never wait for the work.
class SortedRows
{
public:
    /// Which record is in which row, before it is ordered. @p at is called by the thread.
    struct Rows
    {
        quint32 count = 0;
        std::function<RecordIndex(quint32)> at;
    };
    using Order = std::shared_ptr<const std::vector<quint32>>;

    explicit SortedRows(const CaptureLog &log);
    ~SortedRows();
    SortedRows(const SortedRows &) = delete;
    SortedRows &operator=(const SortedRows &) = delete;

    /// Begins, and cancels what was begun before.
    void sort(SortKey key, bool isDescending, Rows rows);
    void cancel();
    [[nodiscard]] bool isSorting() const;
    /// The order that sort() asked for, once, when it is there: which row comes n-th.
    [[nodiscard]] Order take();

private:
    struct Wish
    {
        SortKey key = SortKey::Order;
        bool isDescending = false;
        Rows rows;
    };

    void run();
    [[nodiscard]] Order sorted(const Wish &wish, quint64 generation) const;
    [[nodiscard]] bool readKeys(const Wish &wish, quint64 generation,
                                std::vector<quint64> &keys) const;
    [[nodiscard]] bool isCancelled(quint64 generation) const
    {
        return m_isStopping || m_generation != generation;
    }

    const CaptureLog &m_log;
    mutable std::mutex m_mutex;
    std::condition_variable m_condition;
    std::optional<Wish> m_wish; ///< not begun yet
    Order m_order; ///< not taken yet
    bool m_isSorting = false;
    std::atomic<quint64> m_generation = 0; ///< counts sort() and cancel()
    std::atomic<bool> m_isStopping = false;
    std::thread m_thread; ///< last: everything above is there when it starts
};

} // namespace Sockeye
