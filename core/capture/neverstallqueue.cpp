// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/neverstallqueue.h"

#include "core/base/log.h"

#include <chrono>

namespace Sockeye {

namespace {

/// What an item takes besides its bytes, so that a flood of tiny records is bounded too.
constexpr qint64 ItemCost = 256;
/// How often a full disk is tried again: soon enough to resume at once for a person, seldom
/// enough to cost nothing.
constexpr std::chrono::milliseconds RetryEvery(200);

} // namespace

NeverStallQueue::NeverStallQueue(CaptureRecorder &recorder, const Clock &clock, qint64 limit,
                                 std::function<void()> settled)
    : m_recorder(recorder)
    , m_clock(clock)
    , m_limit(limit)
    , m_settled(std::move(settled))
    , m_thread([this] { run(); })
{ }

NeverStallQueue::~NeverStallQueue()
{
    {
        const std::lock_guard lock(m_lock);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void NeverStallQueue::append(const std::shared_ptr<StreamState> &stream, Direction direction,
                             std::span<const std::byte> bytes, const QByteArray &note)
{
    const auto size = static_cast<qint64>(bytes.size()) + note.size();
    const auto side = static_cast<size_t>(direction);
    {
        const std::lock_guard lock(m_lock);
        // A gap that is open costs room as well: it has to stand in front.
        const qint64 gapCost = stream->missing[side] > 0 ? ItemCost : 0;
        if (m_bytes + size + ItemCost + gapCost > m_limit) {
            // A gap of before the last clear() is forgotten with it.
            if (std::exchange(stream->missingSince[side], m_recorder.epoch()) != m_recorder.epoch())
                stream->missing[side] = stream->missingRecords[side] = 0;
            stream->missing[side] += bytes.size();
            ++stream->missingRecords[side];
            if (!std::exchange(stream->isListed, true))
                m_gappy.push_back(stream);
            m_wake.notify_one(); // the thread may be done with all that is queued
            return;
        }
        queueGaps(stream);
        m_bytes += size + ItemCost;
    }
    // Copied outside the lock: others must not wait for it, and only this thread uses the stream.
    Item item;
    item.stream = stream;
    item.request.direction = direction;
    item.request.time = m_clock.now();
    item.request.epoch = m_recorder.epoch();
    item.request.isFlushAwaited = false;
    item.request.note = note;
    item.bytes = QByteArray(reinterpret_cast<const char *>(bytes.data()),
                            static_cast<qsizetype>(bytes.size()));
    {
        const std::lock_guard lock(m_lock);
        m_items.push_back(std::move(item));
    }
    m_wake.notify_one();
}

void NeverStallQueue::control(const std::shared_ptr<StreamState> &stream, RecordRequest request)
{
    Item item;
    item.stream = stream;
    item.request = std::move(request);
    item.request.epoch = m_recorder.epoch();
    item.request.isFlushAwaited = false;
    if (!item.request.time)
        item.request.time = m_clock.now();
    {
        const std::lock_guard lock(m_lock);
        queueGaps(stream);
        m_bytes += costOf(item);
        m_items.push_back(std::move(item));
    }
    m_wake.notify_one();
}

void NeverStallQueue::wake()
{
    // The lock orders this against a thread that has just looked and is about to sleep.
    {
        const std::lock_guard lock(m_lock);
    }
    m_wake.notify_one();
}

void NeverStallQueue::run()
{
    std::vector<Item> batch;
    for (;;) {
        {
            std::unique_lock lock(m_lock);
            const auto hasWork = [this] {
                return m_isStopping || !m_items.empty() || !m_gappy.empty();
            };
            m_wake.wait(lock, [&] { return hasWork() || m_recorder.isStalled(); });
            if (!hasWork()) // stalled: nobody may be left to try again but this thread
                m_wake.wait_for(lock, RetryEvery, hasWork);
            queueAllGaps(); // all that was queued before is written
            if (m_isStopping && m_items.empty())
                return;
            batch.swap(m_items);
        }
        if (batch.empty()) {
            m_recorder.recover();
        } else if (!writeBatch(batch)) {
            qCWarning(logCapture, "the disk takes no more: the end of the capture is missing");
            return;
        }
        m_settled();
    }
}

// False: stopping, and the disk takes nothing.
bool NeverStallQueue::writeBatch(std::vector<Item> &batch)
{
    for (Item &item : batch) {
        item.request.bytes = std::as_bytes(
            std::span(item.bytes.constData(), static_cast<size_t>(item.bytes.size())));
        while (!m_recorder.write(*item.stream, item.request)) {
            if (!waitForDisk())
                return false;
        }
        const qint64 cost = costOf(item);
        item = {};
        const std::lock_guard lock(m_lock);
        m_bytes -= cost;
    }
    batch.clear();
    while (!m_recorder.flushAll()) {
        if (!waitForDisk())
            return false;
    }
    return true;
}

bool NeverStallQueue::waitForDisk()
{
    m_settled();
    std::unique_lock lock(m_lock);
    return !m_wake.wait_for(lock, RetryEvery, [this] { return m_isStopping; });
}

void NeverStallQueue::queueGaps(const std::shared_ptr<StreamState> &stream)
{
    for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
        const auto side = static_cast<size_t>(direction);
        if (stream->missing[side] == 0)
            continue;
        Item item;
        item.stream = stream;
        item.request.kind = RecordKind::Gap;
        item.request.direction = direction;
        item.request.gapBytes = std::exchange(stream->missing[side], 0);
        item.request.gapRecords = std::exchange(stream->missingRecords[side], 0);
        item.request.time = m_clock.now();
        item.request.epoch = stream->missingSince[side];
        item.request.isFlushAwaited = false;
        m_bytes += ItemCost;
        m_items.push_back(std::move(item));
    }
}

// When the thread has written all it took, there is room for the gaps, also of those who send no
// more.
void NeverStallQueue::queueAllGaps()
{
    for (const auto &stream : m_gappy) {
        queueGaps(stream);
        stream->isListed = false;
    }
    m_gappy.clear();
}

qint64 NeverStallQueue::costOf(const Item &item)
{
    return ItemCost + item.bytes.size() + item.request.note.size();
}

} // namespace Sockeye
