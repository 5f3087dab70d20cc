// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/captureimport.h"
#include "core/capture/capturelog.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace Sockeye {

/// Reads a capture file into a segment: all at once, or on a thread of its own that shows what it
/// has read as it goes, and then follows the file while it grows. The thread is joined by the
/// destructor.
class CaptureLoader
{
public:
    /// @p segment is that of an open file and part of @p chain; both outlive the loader.
    CaptureLoader(SegmentChain &chain, CaptureSegment &segment);
    ~CaptureLoader();
    CaptureLoader(const CaptureLoader &) = delete;
    CaptureLoader &operator=(const CaptureLoader &) = delete;

    /// Reads the whole file. On the caller's thread.
    void readAll();
    /// Reads a first part of the file, so that the first rows are there and it is known whether
    /// this is a capture at all. On the caller's thread, before start().
    void readFirst();
    /// Reads the rest, and what will be written to the file. Call it once.
    void start();
    /// What has been read by now stays. Any thread; returns within some milliseconds.
    void stop();

    // --- any thread ---
    [[nodiscard]] CaptureReading reading() const;
    /// Where the file, as far as it was read, is damaged. What is still being written ends in the
    /// midst of a block now and then: that counts when nothing has come for a while.
    [[nodiscard]] std::optional<CaptureDamage> damage() const;
    /// Bytes of whole blocks up to now.
    [[nodiscard]] qint64 readable() const { return m_readable; }

private:
    [[nodiscard]] bool readPiece(qint64 bytes);
    void run();
    [[nodiscard]] bool waitForMore();
    void setDamage(std::optional<CaptureDamage> damage);
    [[nodiscard]] bool hasChanged();

    CaptureSegment &m_segment;
    CaptureImporter m_importer;
    std::atomic<qint64> m_size = 0;
    std::atomic<qint64> m_readable = 0;
    std::atomic<bool> m_isReading = true;
    std::atomic<bool> m_isStopped = false;
    bool m_hasGrown = false; ///< somebody is writing to it
    qint64 m_changed = 0; ///< the file's time of change, in nanoseconds, when it was looked at last

    mutable std::mutex m_lock;
    std::condition_variable m_condition;
    std::optional<CaptureDamage> m_damage;

    std::thread m_thread; ///< last: everything above is there when it starts
};

} // namespace Sockeye
