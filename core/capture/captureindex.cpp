// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/captureindex.h"

#include <algorithm>

namespace Sockeye {

IndexEntry::IndexEntry(const Record &record, quint64 offset, quint16 server, bool isFirst)
    : m_time(record.time.time_since_epoch().count())
    , m_connection(static_cast<quint32>(record.connection.value))
    , m_length(static_cast<quint32>(std::min<quint64>(record.length, LongLength)))
    , m_place(offset << 22 | quint64 {record.hasNote} << 21
              | static_cast<quint64>(record.kind) << 18
              | static_cast<quint64>(record.direction) << 17 | quint64 {isFirst} << 16 | server)
{
    Q_ASSERT(offset <= LargestOffset);
}

void SegmentIndex::addChunk()
{
    m_chunks.push_back(std::make_unique<IndexEntry[]>(ChunkSize));
}

void SegmentIndex::publish()
{
    while (m_published < m_written) {
        const quint32 number = m_published++;
        if (at(number).isFirst())
            insertFirst(number);
    }
}

void SegmentIndex::finish()
{
    const quint32 used = m_published % ChunkSize;
    if (used == 0 || m_lastChunkSize != 0)
        return;
    auto fitting = std::make_unique<IndexEntry[]>(used);
    std::copy_n(m_chunks.back().get(), used, fitting.get());
    m_chunks.back() = std::move(fitting);
    m_lastChunkSize = used;
}

std::optional<quint32> SegmentIndex::firstOf(quint32 connection) const
{
    if (m_firsts.empty())
        return std::nullopt;
    for (size_t slot = slotOf(connection); m_firsts[slot] != 0;) {
        const quint32 number = m_firsts[slot] - 1;
        if (at(number).connection() == connection)
            return number;
        slot = slot + 1 == m_firsts.size() ? 0 : slot + 1;
    }
    return std::nullopt;
}

qint64 SegmentIndex::bytes() const
{
    const auto chunks = static_cast<qint64>(m_chunks.size());
    qint64 entries = chunks * ChunkSize;
    if (m_lastChunkSize != 0)
        entries -= ChunkSize - m_lastChunkSize;
    return entries * static_cast<qint64>(sizeof(IndexEntry))
        + static_cast<qint64>(m_firsts.capacity() * sizeof(quint32)
                              + m_chunks.capacity() * sizeof(void *));
}

void SegmentIndex::insertFirst(quint32 number)
{
    // Full to 85 % and growing by half: 5 to 7 bytes a connection.
    if ((m_firstCount + 1) * quint64 {100} > m_firsts.size() * quint64 {85})
        growTable();
    size_t slot = slotOf(at(number).connection());
    while (m_firsts[slot] != 0)
        slot = slot + 1 == m_firsts.size() ? 0 : slot + 1;
    m_firsts[slot] = number + 1;
    ++m_firstCount;
}

void SegmentIndex::growTable()
{
    const std::vector<quint32> before = std::move(m_firsts);
    m_firsts = std::vector<quint32>(std::max<size_t>(16, before.size() + before.size() / 2), 0);
    m_firstCount = 0;
    for (const quint32 first : before) {
        if (first != 0)
            insertFirst(first - 1);
    }
}

size_t SegmentIndex::slotOf(quint32 connection) const
{
    const quint32 hash = connection * 2654435761u; // Knuth's: neighbours end up far apart
    return static_cast<size_t>((quint64 {hash} * m_firsts.size()) >> 32);
}

} // namespace Sockeye
