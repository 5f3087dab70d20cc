// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturerecorder.h"

#include <condition_variable>
#include <thread>

namespace Sockeye {

/// What stands between senders that must never wait and the disk: a bounded queue and the one
/// thread that writes it. What does not fit becomes a Gap, which is queued as soon as there is
/// room; what ends a connection always fits.
class NeverStallQueue
{
public:
    /// @p settled is called after each turn of the thread, without any lock: time to look whether
    /// recording has begun to fail or goes on again.
    NeverStallQueue(CaptureRecorder &recorder, const Clock &clock, qint64 limit,
                    std::function<void()> settled);
    /// Writes what is queued, as far as the disk takes it, and joins the thread.
    ~NeverStallQueue();

    void append(const std::shared_ptr<StreamState> &stream, Direction direction,
                std::span<const std::byte> bytes, const QByteArray &note);
    /// Anything but data. @p time: when it happened, if not now.
    void control(const std::shared_ptr<StreamState> &stream, RecordRequest request);
    /// Looks whether the recorder is stalled; then the thread tries to end that.
    void wake();

private:
    struct Item
    {
        std::shared_ptr<StreamState> stream;
        RecordRequest request;
        QByteArray bytes = {};
    };

    void run();
    [[nodiscard]] bool writeBatch(std::vector<Item> &batch);
    [[nodiscard]] bool waitForDisk();
    void queueGaps(const std::shared_ptr<StreamState> &stream);
    void queueAllGaps();
    [[nodiscard]] static qint64 costOf(const Item &item);

    CaptureRecorder &m_recorder;
    const Clock &m_clock;
    const qint64 m_limit;
    const std::function<void()> m_settled;

    std::mutex m_lock;
    std::condition_variable m_wake;
    std::vector<Item> m_items;
    std::vector<std::shared_ptr<StreamState>> m_gappy;
    qint64 m_bytes = 0; ///< queued, being copied in or being written
    bool m_isStopping = false;
    std::thread m_thread; // last: it uses all the others
};

} // namespace Sockeye
