// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/record.h"

#include <memory>
#include <optional>
#include <vector>

namespace Sockeye {

/// 24 bytes that find a record again and tell what the traffic table shows.
class IndexEntry
{
public:
    static constexpr quint16 UnknownServer = 0xffff;
    /// Lengths (of gaps) from here on stand in the file only.
    static constexpr quint32 LongLength = 0xffffffff;
    /// 4 TiB in one file.
    static constexpr quint64 LargestOffset = (quint64 {1} << 42) - 1;

    IndexEntry() = default;
    /// @p isFirst: the first record of its connection in this segment; unless it is Opened or
    /// Refused, the packet that introduces the connection stands directly in front of it.
    IndexEntry(const Record &record, quint64 offset, quint16 server, bool isFirst);

    [[nodiscard]] qint64 time() const { return m_time; }
    [[nodiscard]] quint32 connection() const { return m_connection; }
    [[nodiscard]] quint32 length() const { return m_length; }
    [[nodiscard]] quint64 offset() const { return m_place >> 22; }
    [[nodiscard]] quint16 server() const { return static_cast<quint16>(m_place); }
    [[nodiscard]] bool isFirst() const { return m_place >> 16 & 1; }
    [[nodiscard]] Direction direction() const { return static_cast<Direction>(m_place >> 17 & 1); }
    [[nodiscard]] RecordKind kind() const { return static_cast<RecordKind>(m_place >> 18 & 7); }
    [[nodiscard]] bool hasNote() const { return m_place >> 21 & 1; }

private:
    qint64 m_time = 0;
    quint32 m_connection = 0;
    quint32 m_length = 0;
    quint64 m_place = 0; ///< offset 42, note 1, kind 3, direction 1, first 1, server 16 bits
};
static_assert(sizeof(IndexEntry) == 24);

/// The entries of one segment, in chunks of a fixed size: appending never moves what readers may
/// look at, and a million records cost no copy of a million entries.
///
/// One writer appends without any lock; what it appended is seen after publish(), which, like all
/// reading, happens under the lock of the SegmentChain. Adding a chunk needs that lock too:
/// needsChunk() says when.
class SegmentIndex
{
public:
    /// A segment of few long records ends in the midst of a chunk: with 1,024 entries that were 36
    /// bytes a record of 256 KiB, with 256 it is 27, at the same speed.
    static constexpr quint32 ChunkSize = 256;

    // writer
    [[nodiscard]] bool needsChunk() const { return m_written % ChunkSize == 0; }
    void append(const IndexEntry &entry)
    {
        m_chunks[m_written / ChunkSize][m_written % ChunkSize] = entry;
        ++m_written;
    }
    [[nodiscard]] quint32 written() const { return m_written; }

    // under the lock of the chain
    void addChunk();
    void publish();
    /// Gives back what the last chunk has too much; nothing may be appended any more.
    void finish();
    [[nodiscard]] quint32 published() const { return m_published; }
    [[nodiscard]] const IndexEntry &at(quint32 number) const
    {
        return m_chunks[number / ChunkSize][number % ChunkSize];
    }
    /// The first record of @p connection.
    [[nodiscard]] std::optional<quint32> firstOf(quint32 connection) const;
    [[nodiscard]] qint64 bytes() const;

private:
    void insertFirst(quint32 number);
    void growTable();
    [[nodiscard]] size_t slotOf(quint32 connection) const;

    std::vector<std::unique_ptr<IndexEntry[]>> m_chunks;
    quint32 m_written = 0;
    quint32 m_published = 0;
    quint32 m_lastChunkSize = 0; ///< 0: a whole one
    /// Open addressing: number + 1 of each connection's first record, 0 for free. Only numbers, as
    /// the connection stands in the entry: under 8 bytes a connection.
    std::vector<quint32> m_firsts;
    quint32 m_firstCount = 0;
};

} // namespace Sockeye
