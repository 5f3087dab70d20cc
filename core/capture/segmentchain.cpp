// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/segmentchain.h"

#include <algorithm>

namespace Sockeye {

CaptureCursor SegmentChain::cursor() const
{
    const std::lock_guard lock(m_lock);
    return {m_epoch, m_segments.empty() ? m_end : m_segments.front()->firstRecord, m_end};
}

std::optional<SegmentChain::Place> SegmentChain::find(RecordIndex index) const
{
    const std::lock_guard lock(m_lock);
    const std::shared_ptr<CaptureSegment> *segment = segmentOf(index);
    if (!segment)
        return std::nullopt;
    const auto number = static_cast<quint32>(index - (*segment)->firstRecord);
    return Place {(*segment)->index.at(number), *segment, m_epoch};
}

SegmentChain::Stretch SegmentChain::stretch(RecordIndex first, qsizetype count) const
{
    Stretch result;
    const std::lock_guard lock(m_lock);
    result.epoch = m_epoch;
    const std::shared_ptr<CaptureSegment> *segment = segmentOf(first);
    if (!segment || count <= 0)
        return result;
    result.segment = *segment;
    const SegmentIndex &index = (*segment)->index;
    const auto begin = static_cast<quint32>(first - (*segment)->firstRecord);
    const auto end = static_cast<quint32>(
        std::min<quint64>(index.published(), begin + static_cast<quint64>(count)));
    result.entries.reserve(end - begin);
    for (quint32 number = begin; number < end; ++number)
        result.entries.push_back(index.at(number));
    result.end = end < index.published() ? static_cast<qint64>(index.at(end).offset())
                                         : (*segment)->publishedSize;
    result.servers.reserve(m_servers.size());
    for (const CapturedServer &server : m_servers)
        result.servers.push_back(server.id);
    return result;
}

std::vector<Record> SegmentChain::records(RecordIndex first, qsizetype count) const
{
    std::vector<Record> result;
    const std::lock_guard lock(m_lock);
    if (count <= 0 || first >= m_end || !segmentOf(first))
        return result;
    const RecordIndex end = first + std::min<quint64>(static_cast<quint64>(count), m_end - first);
    result.reserve(static_cast<size_t>(end - first));
    for (RecordIndex index = first; index < end;) {
        const CaptureSegment *segment = segmentOf(index)->get();
        const RecordIndex segmentEnd = segment->firstRecord + segment->index.published();
        for (; index < std::min(end, segmentEnd); ++index) {
            const auto number = static_cast<quint32>(index - segment->firstRecord);
            result.push_back(toRecord(index, segment->index.at(number)));
        }
    }
    return result;
}

std::optional<SegmentChain::Place> SegmentChain::findConnection(ConnectionId connection) const
{
    if (connection.value > 0xffffffff)
        return std::nullopt;
    const std::lock_guard lock(m_lock);
    for (auto it = m_segments.rbegin(); it != m_segments.rend(); ++it) {
        const auto number = (*it)->index.firstOf(static_cast<quint32>(connection.value));
        if (number)
            return Place {(*it)->index.at(*number), *it, m_epoch};
    }
    return std::nullopt;
}

std::optional<RecordIndex> SegmentChain::firstRecordOf(ConnectionId connection) const
{
    if (connection.value > 0xffffffff)
        return std::nullopt;
    const std::lock_guard lock(m_lock);
    for (const auto &segment : m_segments) {
        if (const auto number = segment->index.firstOf(static_cast<quint32>(connection.value)))
            return segment->firstRecord + *number;
    }
    return std::nullopt;
}

std::optional<SegmentChain::Place> SegmentChain::findStray(ConnectionId connection) const
{
    const std::lock_guard lock(m_lock);
    for (const auto &segment : m_segments) {
        const auto it = segment->strayIntroductions.find(static_cast<quint32>(connection.value));
        if (it == segment->strayIntroductions.end())
            continue;
        Record record;
        record.connection = connection;
        return Place {IndexEntry(record, it->second, 0, false), segment, m_epoch};
    }
    return std::nullopt;
}

std::vector<CapturedServer> SegmentChain::servers() const
{
    const std::lock_guard lock(m_lock);
    return m_servers;
}

std::optional<CapturedServer> SegmentChain::server(ServerId id) const
{
    const std::lock_guard lock(m_lock);
    const auto it = std::find_if(m_servers.begin(), m_servers.end(),
                                 [id](const CapturedServer &server) { return server.id == id; });
    return it == m_servers.end() ? std::nullopt : std::optional(*it);
}

std::vector<SegmentChain::Part> SegmentChain::parts() const
{
    const std::lock_guard lock(m_lock);
    std::vector<Part> result;
    result.reserve(m_segments.size());
    for (const auto &segment : m_segments)
        result.push_back({segment, segment->publishedSize});
    return result;
}

CaptureStatistics SegmentChain::statistics() const
{
    const std::lock_guard lock(m_lock);
    CaptureStatistics result;
    for (const auto &segment : m_segments) {
        result.bytesOnDisk += segment->publishedSize;
        result.indexBytes += segment->index.bytes();
    }
    result.records = m_end - m_dropped;
    result.droppedRecords = m_dropped;
    result.gaps = m_gaps;
    result.gapBytes = m_gapBytes;
    result.segments = static_cast<int>(m_segments.size());
    return result;
}

QString SegmentChain::currentFile() const
{
    const std::lock_guard lock(m_lock);
    return m_segments.empty() ? QString() : m_segments.back()->path();
}

quint16 SegmentChain::addServer(const CapturedServer &server)
{
    const std::lock_guard lock(m_lock);
    const auto it =
        std::find_if(m_servers.begin(), m_servers.end(),
                     [&](const CapturedServer &known) { return known.id == server.id; });
    if (it != m_servers.end()) {
        *it = server;
        return static_cast<quint16>(it - m_servers.begin());
    }
    if (m_servers.size() >= IndexEntry::UnknownServer)
        return IndexEntry::UnknownServer;
    m_servers.push_back(server);
    return static_cast<quint16>(m_servers.size() - 1);
}

void SegmentChain::begin(std::shared_ptr<CaptureSegment> segment)
{
    const std::lock_guard lock(m_lock);
    segment->firstRecord = m_end;
    m_segments.push_back(std::move(segment));
}

void SegmentChain::publish(CaptureSegment &segment)
{
    const std::lock_guard lock(m_lock);
    segment.index.publish();
    segment.publishedSize = segment.size();
    m_end = segment.firstRecord + segment.index.published();
}

void SegmentChain::finish(CaptureSegment &segment)
{
    const std::lock_guard lock(m_lock);
    segment.index.finish();
}

void SegmentChain::countGap(quint64 bytes)
{
    const std::lock_guard lock(m_lock);
    ++m_gaps;
    m_gapBytes += bytes;
}

void SegmentChain::addStray(CaptureSegment &segment, quint32 connection, quint64 offset)
{
    const std::lock_guard lock(m_lock);
    segment.strayIntroductions.emplace(connection, offset);
}

std::pair<qint64, size_t> SegmentChain::size() const
{
    const std::lock_guard lock(m_lock);
    qint64 bytes = 0;
    for (const auto &segment : m_segments)
        bytes += segment->publishedSize;
    return {bytes, m_segments.size()};
}

std::shared_ptr<CaptureSegment> SegmentChain::dropOldest()
{
    const std::lock_guard lock(m_lock);
    std::shared_ptr<CaptureSegment> oldest = m_segments.front();
    m_segments.pop_front();
    m_dropped += oldest->index.published();
    return oldest;
}

std::deque<std::shared_ptr<CaptureSegment>> SegmentChain::clear()
{
    const std::lock_guard lock(m_lock);
    ++m_epoch;
    m_end = 0;
    m_dropped = 0;
    m_gaps = 0;
    m_gapBytes = 0;
    return std::exchange(m_segments, {});
}

const std::shared_ptr<CaptureSegment> *SegmentChain::segmentOf(RecordIndex index) const
{
    if (index >= m_end || m_segments.empty() || index < m_segments.front()->firstRecord)
        return nullptr;
    const auto after = std::upper_bound(
        m_segments.begin(), m_segments.end(), index,
        [](RecordIndex wanted, const auto &segment) { return wanted < segment->firstRecord; });
    return &*std::prev(after);
}

Record SegmentChain::toRecord(RecordIndex index, const IndexEntry &entry) const
{
    Record record;
    record.index = index;
    record.time = Timestamp(std::chrono::nanoseconds(entry.time()));
    record.connection = {entry.connection()};
    if (entry.server() < m_servers.size())
        record.server = m_servers[entry.server()].id;
    record.direction = entry.direction();
    record.kind = entry.kind();
    record.hasNote = entry.hasNote();
    record.length = entry.length();
    return record;
}

} // namespace Sockeye
