// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"
#include "core/capture/capturestorage.h"
#include "core/capture/connectioncomment.h"
#include "core/capture/pcapngwriter.h"
#include "core/capture/segmentchain.h"

#include <atomic>
#include <mutex>

#include <sys/uio.h>

namespace Sockeye {

/// What is kept of an open connection; shared by its CaptureStream and what the queue still holds
/// of it, gone with the last of them.
struct StreamState
{
    StreamState(const ConnectionComment &comment, RecordingPolicy policy);

    ConnectionId connection;
    ServerId server;
    quint32 pid = 0;
    QByteArray comment; ///< the connection as JSON
    RecordingPolicy policy;

    // under the recorder's lock
    Pcapng::Conversation conversation;
    quint64 segment = 0; ///< the last segment that introduces the connection
    bool isOpened = false;
    quint16 serverSlot = IndexEntry::UnknownServer;

    // under the queue's lock; of each direction
    quint64 missing[2] = {0, 0}; ///< bytes of a gap that is not yet queued
    quint64 missingRecords[2] = {0, 0};
    quint64 missingSince[2] = {0, 0}; ///< the epoch in which the gap began
    bool isListed = false; ///< among those with a gap
};

/// One record to be written.
struct RecordRequest
{
    RecordKind kind = RecordKind::Data;
    Direction direction = Direction::ToServer;
    std::span<const std::byte> bytes = {};
    QByteArray note = {}; ///< UTF-8
    quint64 gapBytes = 0;
    quint64 gapRecords = 0;
    std::optional<Timestamp> time = {}; ///< when it happened, if that was before now
    quint64 epoch = 0; ///< in which it happened; dropped if that is over. 0: now
    bool isFlushAwaited = true; ///< a lossless sender waits for the flush
};

/// Writes records: small ones gathered in a staging buffer, long ones straight from the caller's
/// memory, both in one pwritev with everything before them. One lock; the order in which it is
/// taken is the order of the records and of their times.
class CaptureRecorder
{
public:
    CaptureRecorder(CaptureStorage storage, SegmentChain &chain, const Clock &clock);

    /// Makes the first segment.
    [[nodiscard]] Result<> start();
    /// Whatever can still be written is, and what was reserved is given back. Segment files of a
    /// folder go away.
    void close();

    void addServer(const CapturedServer &server);
    /// All or nothing.
    [[nodiscard]] Result<> write(StreamState &stream, const RecordRequest &request);
    /// Writes what is staged if a lossless sender waits for any of it.
    [[nodiscard]] Result<> flush();
    /// Writes what is staged.
    [[nodiscard]] Result<> flushAll();
    /// Tries again what failed, so that a stall ends even if no sender is left to try.
    void recover();
    void clear();

    /// Grows with each clear().
    [[nodiscard]] quint64 epoch() const { return m_epoch.load(std::memory_order_acquire); }
    /// True from the first failed write to the next that succeeds.
    [[nodiscard]] bool isStalled() const { return m_isStalled.load(std::memory_order_acquire); }
    /// The last failure.
    [[nodiscard]] Problem problem() const;
    [[nodiscard]] qint64 limit() const { return m_storage.limit(); }

private:
    /// What a record on its way needs to know to be committed.
    struct Draft
    {
        quint64 time = 0;
        quint64 offset = 0;
        quint32 interface = 0;
        bool isNewInterface = false;
        bool isFirst = false; ///< of its connection in this segment
    };
    struct ServerBlock
    {
        CapturedServer server;
        QByteArray block;
        qint64 interface = -1; ///< its number in the current section; -1: not there yet
    };

    [[nodiscard]] Result<> writeLocked(StreamState &stream, const RecordRequest &request);
    [[nodiscard]] Result<> makeRoom(size_t bytes, bool isDirect);
    [[nodiscard]] Result<> nextSegment();
    [[nodiscard]] Result<> beginSegment(std::shared_ptr<CaptureSegment> segment);
    [[nodiscard]] Result<> writePieces();
    [[nodiscard]] Result<> writeStaged();
    [[nodiscard]] size_t boundOf(StreamState &stream, const RecordRequest &request);
    [[nodiscard]] Draft introduce(StreamState &stream, const RecordRequest &request);
    void appendControl(StreamState &stream, const RecordRequest &request, const Draft &draft);
    void stageData(StreamState &stream, const RecordRequest &request, const Draft &draft);
    void collectPieces(StreamState &stream, const RecordRequest &request, const Draft &draft);
    void commit(StreamState &stream, const RecordRequest &request, const Draft &draft);
    void stage(const Pcapng::Buffer &bytes);
    [[nodiscard]] ServerBlock &serverOf(StreamState &stream);
    [[nodiscard]] quint16 addServerLocked(const CapturedServer &server);
    Result<> failed(Problem problem);
    void succeeded() { m_isStalled.store(false, std::memory_order_release); }

    CaptureStorage m_storage;
    SegmentChain &m_chain;
    const Clock &m_clock;

    mutable std::mutex m_lock;
    std::shared_ptr<CaptureSegment> m_segment; ///< null: the next write makes one
    quint64 m_segmentNumber = 0;
    qint64 m_emptySize = 0; ///< of a segment with nothing but its header
    std::vector<std::byte> m_staging;
    size_t m_staged = 0;
    Pcapng::Buffer m_scratch;
    std::vector<iovec> m_pieces;
    std::vector<ServerBlock> m_servers;
    ServerBlock m_unknownServer;
    quint32 m_interfaces = 0;
    quint64 m_lastTime = 0;
    bool m_lacksSegment = false; ///< the last failure was to make one
    std::atomic<quint64> m_epoch = 1;
    std::atomic<bool> m_isAwaited = false; ///< something of a lossless sender is staged
    std::atomic<bool> m_isStalled = false;

    mutable std::mutex m_problemLock; // of its own: to tell of a stall must not wait for the disk
    Problem m_problem;
};

} // namespace Sockeye
