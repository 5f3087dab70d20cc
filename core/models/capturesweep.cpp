// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/capturesweep.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// More than this wait for memory rather than for a processor.
constexpr unsigned mostThreads = 8;
/// How far threads may run ahead of one that is at a long record.
constexpr size_t mostPieces = 64;

} // namespace

bool CaptureSweep::Task::isWanted(RecordIndex /*begin*/, RecordIndex /*end*/) const
{
    return true;
}

CaptureSweep::CaptureSweep(std::shared_ptr<const CaptureLog> log)
    : m_log(std::move(log))
{
    const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1U, mostThreads);
    for (unsigned thread = 0; thread < count; ++thread)
        m_threads.emplace_back([this] { run(); });
}

CaptureSweep::~CaptureSweep()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_condition.notify_all();
    for (std::thread &thread : m_threads)
        thread.join();
}

void CaptureSweep::start(const std::shared_ptr<Task> &task, bool isUrgent)
{
    auto entry = std::make_shared<Entry>();
    entry->task = task;
    {
        const std::lock_guard lock(m_mutex);
        if (isUrgent)
            m_entries.push_front(std::move(entry));
        else
            m_entries.push_back(std::move(entry));
        m_hasWork = true;
    }
    m_condition.notify_all();
}

void CaptureSweep::stop(const std::shared_ptr<Task> &task)
{
    const std::lock_guard lock(m_mutex);
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const auto &entry) { return entry->task == task; });
    if (found == m_entries.end())
        return;
    (*found)->isStopped = true;
    m_entries.erase(found);
}

void CaptureSweep::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_hasWork = true;
    }
    m_condition.notify_all();
}

std::optional<CaptureSweep::Progress>
CaptureSweep::progress(const std::shared_ptr<Task> &task) const
{
    const CaptureCursor now = m_log->cursor();
    const std::lock_guard lock(m_mutex);
    for (const auto &entry : m_entries) {
        if (entry->task == task && entry->epoch != 0)
            return Progress {entry->epoch, entry->end,
                             entry->epoch == now.epoch && entry->end >= now.end};
    }
    return std::nullopt;
}

void CaptureSweep::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_condition.wait(lock, [this] { return m_hasWork || m_isStopping; });
        if (m_isStopping)
            return;
        std::optional<Turn> turn = takeTurn();
        if (!turn)
            continue;
        lock.unlock();
        lookAt(*turn);
        lock.lock();
        turn->piece->isDone = true;
        Entry &entry = *turn->entry;
        if (turn->look)
            entry.idle.push_back(std::move(turn->look));
        // Of an older epoch the piece is in no list any more.
        if (!entry.isStopped && entry.epoch == turn->epoch)
            handOver(entry);
    }
}

/// What to look at next; nothing, and no work for the time being, if there is nothing.
std::optional<CaptureSweep::Turn> CaptureSweep::takeTurn()
{
    m_hasWork = false;
    const CaptureCursor now = m_log->cursor();
    for (const auto &entry : m_entries) {
        std::shared_ptr<Piece> piece = takePiece(*entry, now);
        if (!piece)
            continue;
        m_hasWork = true;
        Turn turn {entry, std::move(piece), entry->epoch};
        if (!entry->idle.empty()) {
            turn.look = std::move(entry->idle.back());
            entry->idle.pop_back();
        }
        return turn;
    }
    return std::nullopt;
}

std::shared_ptr<CaptureSweep::Piece> CaptureSweep::takePiece(Entry &entry, const CaptureCursor &now)
{
    if (entry.epoch != now.epoch) {
        entry.epoch = now.epoch;
        entry.next = entry.end = now.begin;
        entry.pieces.clear();
        entry.task->begin(now.epoch);
    }
    entry.next = std::max(entry.next, now.begin); // what is gone unseen is passed over
    while (entry.next < now.end && entry.pieces.size() < mostPieces) {
        auto piece = std::make_shared<Piece>();
        piece->begin = entry.next;
        piece->end = std::min((entry.next / pieceSize + 1) * pieceSize, now.end);
        entry.next = piece->end;
        entry.pieces.push_back(piece);
        if (entry.task->isWanted(piece->begin, piece->end))
            return piece;
        piece->isDone = true;
        handOver(entry);
    }
    return nullptr;
}

void CaptureSweep::lookAt(Turn &turn) const
{
    const auto isCancelled = [&] {
        return m_isStopping || turn.entry->isStopped || turn.entry->epoch != turn.epoch;
    };
    if (!turn.look)
        turn.look = turn.entry->task->makeLook(*m_log);
    Piece &piece = *turn.piece;
    std::vector<Record> records;
    RecordIndex first = piece.begin;
    while (first < piece.end && records.empty() && !isCancelled()) {
        records = m_log->records(first, static_cast<qsizetype>(piece.end - first));
        const CaptureCursor now = m_log->cursor();
        if (now.epoch != turn.epoch)
            return;
        if (records.empty() && now.begin <= first)
            return;
        first = std::max(first, now.begin);
    }
    if (records.empty() || isCancelled())
        return;
    piece.found = turn.look->look(records, isCancelled);
    if (m_log->cursor().epoch != turn.epoch)
        piece.found.reset(); // partly of the next one
}

void CaptureSweep::handOver(Entry &entry)
{
    while (!entry.pieces.empty() && entry.pieces.front()->isDone) {
        const std::shared_ptr<Piece> piece = std::move(entry.pieces.front());
        entry.pieces.pop_front();
        entry.end = piece->end;
        entry.task->take(piece->found.get(), piece->end);
        if (!m_hasWork) { // it waited for room in the list
            m_hasWork = true;
            m_condition.notify_all();
        }
    }
}

} // namespace Sockeye
