// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"
#include "core/capture/capturesegment.h"

#include <deque>
#include <mutex>

namespace Sockeye {

/// The segments of a log, as readers see them: what is published, under one short lock that is
/// never held during I/O. The writer has a lock of its own and takes this one only to publish.
class SegmentChain
{
public:
    struct Place
    {
        IndexEntry entry;
        std::shared_ptr<const CaptureSegment> segment;
        quint64 epoch = 0;
    };
    struct Part
    {
        std::shared_ptr<const CaptureSegment> segment;
        qint64 size = 0; ///< valid bytes
    };

    // --- readers; any thread ---
    [[nodiscard]] CaptureCursor cursor() const;
    [[nodiscard]] std::optional<Place> find(RecordIndex index) const;
    /// Neighbours of one segment.
    struct Stretch
    {
        std::vector<IndexEntry> entries;
        std::shared_ptr<const CaptureSegment> segment;
        /// Where the entry behind them begins, or the segment's valid bytes end.
        qint64 end = 0;
        quint64 epoch = 0;
        std::vector<ServerId> servers; ///< by the number that entries refer to
    };
    /// At most @p count entries from @p first on, of one segment; none if @p first is not there.
    [[nodiscard]] Stretch stretch(RecordIndex first, qsizetype count) const;
    /// At most @p count entries from @p first on. A Gap of LongLength is left to the caller.
    [[nodiscard]] std::vector<Record> records(RecordIndex first, qsizetype count) const;
    /// The first record of the newest segment in which @p connection has any.
    [[nodiscard]] std::optional<Place> findConnection(ConnectionId connection) const;
    [[nodiscard]] std::optional<RecordIndex> firstRecordOf(ConnectionId connection) const;
    /// The byte where a stray introduction stands.
    [[nodiscard]] std::optional<Place> findStray(ConnectionId connection) const;
    [[nodiscard]] std::vector<CapturedServer> servers() const;
    [[nodiscard]] std::optional<CapturedServer> server(ServerId id) const;
    [[nodiscard]] std::vector<Part> parts() const;
    [[nodiscard]] CaptureStatistics statistics() const;
    /// The newest segment's.
    [[nodiscard]] QString currentFile() const;

    // --- the writer ---
    /// The number under which entries refer to @p server; the same for the same id.
    quint16 addServer(const CapturedServer &server);
    void begin(std::shared_ptr<CaptureSegment> segment);
    void addEntry(CaptureSegment &segment, const IndexEntry &entry)
    {
        if (segment.index.needsChunk()) {
            const std::lock_guard lock(m_lock);
            segment.index.addChunk();
        }
        segment.index.append(entry);
    }
    void publish(CaptureSegment &segment);
    void finish(CaptureSegment &segment);
    void countGap(quint64 bytes);
    /// @p connection is introduced at @p offset, not in front of its first record.
    void addStray(CaptureSegment &segment, quint32 connection, quint64 offset);
    /// Bytes on disk, and the number of segments.
    [[nodiscard]] std::pair<qint64, size_t> size() const;
    /// The caller removes the file.
    [[nodiscard]] std::shared_ptr<CaptureSegment> dropOldest();
    /// Begins a new epoch without any segment; the caller removes the files.
    [[nodiscard]] std::deque<std::shared_ptr<CaptureSegment>> clear();

private:
    /// The segment that holds @p index; null if none does.
    [[nodiscard]] const std::shared_ptr<CaptureSegment> *segmentOf(RecordIndex index) const;
    [[nodiscard]] Record toRecord(RecordIndex index, const IndexEntry &entry) const;

    mutable std::mutex m_lock;
    std::deque<std::shared_ptr<CaptureSegment>> m_segments;
    std::vector<CapturedServer> m_servers;
    quint64 m_epoch = 1;
    RecordIndex m_end = 0;
    quint64 m_dropped = 0;
    quint64 m_gaps = 0;
    quint64 m_gapBytes = 0;
};

} // namespace Sockeye
