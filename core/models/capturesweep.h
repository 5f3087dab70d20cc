// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"

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

/// Shows tasks all records of a log, and those that come later, by threads of its own: one a core,
/// made with the object and joined by its destructor. They sleep until they are woken and take
/// turns in pieces of the log; what they find reaches a task in the order of the log.
///
/// The functions of this class may be called by any thread and never wait for a task's work.
class CaptureSweep
{
public:
    /// Pieces end at multiples of this: large enough that taking one costs nothing, and its records
    /// still fit into a processor's cache.
    static constexpr quint64 pieceSize = 8192;

    using IsCancelled = std::function<bool()>;

    class Task
    {
    public:
        /// What one look found.
        struct Found
        {
            Found() = default;
            virtual ~Found() = default;
            Found(const Found &) = delete;
            Found &operator=(const Found &) = delete;
        };
        /// What a thread needs to look with; used by one thread at a time.
        class Look
        {
        public:
            Look() = default;
            virtual ~Look() = default;
            Look(const Look &) = delete;
            Look &operator=(const Look &) = delete;
            /// @p records: neighbours, never none. Null: cancelled, or nothing found.
            [[nodiscard]] virtual std::unique_ptr<Found> look(const std::vector<Record> &records,
                                                              const IsCancelled &isCancelled) = 0;
        };

        Task() = default;
        virtual ~Task() = default;
        Task(const Task &) = delete;
        Task &operator=(const Task &) = delete;

        /// Any thread.
        [[nodiscard]] virtual std::unique_ptr<Look> makeLook(const CaptureLog &log) const = 0;
        /// False: nothing can be found among these, so they are passed over. Any thread; short.
        [[nodiscard]] virtual bool isWanted(RecordIndex begin, RecordIndex end) const;
        /// A new epoch of the log: all that was found is void. Under the sweep's lock: short.
        virtual void begin(quint64 epoch) = 0;
        /// What was found up to @p end, piece by piece in order; null: nothing. Under the sweep's
        /// lock: short.
        virtual void take(Found *found, RecordIndex end) = 0;
    };

    explicit CaptureSweep(std::shared_ptr<const CaptureLog> log);
    ~CaptureSweep();
    CaptureSweep(const CaptureSweep &) = delete;
    CaptureSweep &operator=(const CaptureSweep &) = delete;

    /// An urgent task goes before those that are there.
    void start(const std::shared_ptr<Task> &task, bool isUrgent = false);
    /// Cancels: nothing reaches the task after this returns.
    void stop(const std::shared_ptr<Task> &task);
    /// There may be new records, or a new epoch: look.
    void wake();

    struct Progress
    {
        quint64 epoch = 0;
        RecordIndex end = 0; ///< one past the last record whose finds the task has
        bool hasCaughtUp = false; ///< with the log as it is now
    };
    /// Nothing for a task that was stopped, or that no thread has begun.
    [[nodiscard]] std::optional<Progress> progress(const std::shared_ptr<Task> &task) const;

private:
    struct Piece
    {
        RecordIndex begin = 0;
        RecordIndex end = 0;
        bool isDone = false;
        std::unique_ptr<Task::Found> found = {};
    };
    struct Entry
    {
        std::shared_ptr<Task> task;
        std::atomic<bool> isStopped = false;
        std::atomic<quint64> epoch = 0; ///< 0: not begun
        RecordIndex next = 0; ///< the first record that no thread has taken
        RecordIndex end = 0; ///< one past what the task has
        std::deque<std::shared_ptr<Piece>> pieces = {}; ///< taken, not yet handed over; in order
        std::vector<std::unique_ptr<Task::Look>> idle = {};
    };
    struct Turn
    {
        std::shared_ptr<Entry> entry;
        std::shared_ptr<Piece> piece;
        quint64 epoch = 0;
        std::unique_ptr<Task::Look> look = {};
    };

    void run();
    [[nodiscard]] std::optional<Turn> takeTurn();
    [[nodiscard]] std::shared_ptr<Piece> takePiece(Entry &entry, const CaptureCursor &now);
    void lookAt(Turn &turn) const;
    void handOver(Entry &entry);

    const std::shared_ptr<const CaptureLog> m_log;
    mutable std::mutex m_mutex;
    std::condition_variable m_condition;
    std::deque<std::shared_ptr<Entry>> m_entries;
    bool m_hasWork = false;
    std::atomic<bool> m_isStopping = false;
    std::vector<std::thread> m_threads; ///< last: everything above is there when they start
};

} // namespace Sockeye
