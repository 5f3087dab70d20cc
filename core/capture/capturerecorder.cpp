// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturerecorder.h"

#include "core/capture/recordpackets.h"

#include <algorithm>
#include <cstring>

namespace Sockeye {

namespace {

using namespace Pcapng;

/// Blocks of 256 KiB are written at 3 GB/s; larger ones gain nothing.
constexpr size_t StagingSize = 256 * 1024;
/// From here on, copying a record into the staging costs more than the system call it saves.
constexpr size_t DirectBytes = 32 * 1024;
/// More than the fixed parts of any packet, so that bounds are easy.
constexpr size_t PacketBound = 96;
/// Room that must be there again before a stall counts as over.
constexpr qint64 RecoveryRoom = 1024 * 1024;

size_t packetsOf(size_t bytes)
{
    return (bytes + LongestPayload - 1) / LongestPayload;
}

} // namespace

StreamState::StreamState(const ConnectionComment &from, RecordingPolicy streamPolicy)
    : connection(from.connection.id)
    , server(from.connection.server)
    , pid(static_cast<quint32>(std::max<qint64>(from.connection.pid, 0)))
    , comment(toComment(from))
    , policy(streamPolicy)
    , conversation(connection, server)
{ }

CaptureRecorder::CaptureRecorder(CaptureStorage storage, SegmentChain &chain, const Clock &clock)
    : m_storage(std::move(storage))
    , m_chain(chain)
    , m_clock(clock)
    , m_staging(StagingSize)
{
    m_unknownServer.block = interfaceBlock({});
}

Result<> CaptureRecorder::start()
{
    const std::lock_guard lock(m_lock);
    return nextSegment();
}

void CaptureRecorder::close()
{
    const std::lock_guard lock(m_lock);
    if (m_segment) {
        (void)writeStaged(); // there is nobody left to whom a failure could be told
        m_segment->finish();
    }
    m_segment.reset();
    if (m_storage.isSingleFile())
        return;
    for (const auto &segment : m_chain.clear())
        segment->removeFile();
}

void CaptureRecorder::addServer(const CapturedServer &server)
{
    const std::lock_guard lock(m_lock);
    const quint16 slot = addServerLocked(server);
    if (slot == IndexEntry::UnknownServer)
        return;
    // At once if there is room, so that a capture without traffic tells of it; else with the
    // server's first record.
    ServerBlock &entry = m_servers[slot];
    const auto size = static_cast<size_t>(entry.block.size());
    if (!m_segment || entry.interface >= 0 || m_staged + size > StagingSize)
        return;
    std::memcpy(m_staging.data() + m_staged, entry.block.constData(), size);
    m_staged += size;
    entry.interface = m_interfaces++;
}

Result<> CaptureRecorder::write(StreamState &stream, const RecordRequest &request)
{
    const std::lock_guard lock(m_lock);
    if (request.epoch != 0 && request.epoch != epoch()) { // cleared while it was queued
        stream.isOpened = true;
        return {};
    }
    return writeLocked(stream, request);
}

Result<> CaptureRecorder::flush()
{
    if (!m_isAwaited.load(std::memory_order_acquire))
        return {};
    return flushAll();
}

Result<> CaptureRecorder::flushAll()
{
    const std::lock_guard lock(m_lock);
    return writeStaged();
}

void CaptureRecorder::recover()
{
    const std::lock_guard lock(m_lock);
    if (!isStalled())
        return;
    if (m_lacksSegment)
        (void)nextSegment(); // a failure leaves things as they are, and is told already
    else if (m_staged > 0)
        (void)writeStaged();
    else if (m_segment && m_segment->hasRoomFor(RecoveryRoom))
        succeeded();
}

void CaptureRecorder::clear()
{
    const std::lock_guard lock(m_lock);
    m_staged = 0;
    m_isAwaited.store(false, std::memory_order_release);
    m_epoch.fetch_add(1, std::memory_order_acq_rel);
    m_segment.reset();
    for (const auto &segment : m_chain.clear()) {
        if (!m_storage.isSingleFile())
            segment->removeFile();
    }
    (void)nextSegment(); // if it fails, the next record tries again and tells
}

Problem CaptureRecorder::problem() const
{
    const std::lock_guard lock(m_problemLock);
    return m_problem;
}

Result<> CaptureRecorder::writeLocked(StreamState &stream, const RecordRequest &request)
{
    const bool isHandshake =
        request.kind == RecordKind::Opened || request.kind == RecordKind::Refused;
    if (!stream.isOpened && !isHandshake) { // the disk was full when it was to be
        RecordRequest opened;
        opened.kind = RecordKind::Opened;
        opened.time = request.time;
        if (auto written = writeLocked(stream, opened); !written)
            return written;
    }
    const bool isDirect = request.bytes.size() >= DirectBytes;
    if (auto room = makeRoom(boundOf(stream, request), isDirect); !room)
        return room;

    const Sequence before = stream.conversation.sequence;
    m_scratch.clear();
    const Draft draft = introduce(stream, request);
    if (request.kind != RecordKind::Data) {
        appendControl(stream, request, draft);
        stage(m_scratch);
    } else if (!isDirect) {
        stageData(stream, request, draft);
    } else {
        collectPieces(stream, request, draft);
        if (auto written = writePieces(); !written) {
            stream.conversation.sequence = before;
            return written;
        }
    }
    commit(stream, request, draft);
    if (isDirect)
        m_chain.publish(*m_segment);
    else if (request.isFlushAwaited)
        m_isAwaited.store(true, std::memory_order_release);
    return {};
}

Result<> CaptureRecorder::makeRoom(size_t bytes, bool isDirect)
{
    const qint64 size = m_segment ? m_segment->size() + static_cast<qint64>(m_staged) : 0;
    // A record that is longer than a segment gets one that is longer.
    const bool isFull = m_segment && size > m_emptySize
        && size + static_cast<qint64>(bytes) > m_storage.segmentSize();
    if (!m_segment || isFull) {
        if (auto made = nextSegment(); !made)
            return made;
    }
    if (!isDirect && m_staged + bytes > StagingSize)
        return writeStaged();
    return {};
}

Result<> CaptureRecorder::nextSegment()
{
    if (m_segment) {
        if (m_storage.isSingleFile())
            return failed(writeProblem(m_segment->path(), EFBIG));
        if (auto written = writeStaged(); !written)
            return written;
    }
    // The oldest goes before the next is made, so that the limit holds at every moment.
    for (auto [bytes, count] = m_chain.size(); m_storage.limit() > 0 && count > 1;
         std::tie(bytes, count) = m_chain.size()) {
        if (bytes + m_storage.segmentSize() <= m_storage.limit())
            break;
        m_chain.dropOldest()->removeFile();
    }
    m_lacksSegment = true;
    auto made = m_storage.makeSegment();
    if (!made)
        return failed(made.error());
    if (auto begun = beginSegment(std::move(*made)); !begun)
        return begun;
    m_lacksSegment = false;
    return {};
}

Result<> CaptureRecorder::beginSegment(std::shared_ptr<CaptureSegment> segment)
{
    QByteArray header = sectionHeader();
    iovec piece = {header.data(), static_cast<size_t>(header.size())};
    if (auto written = segment->append({&piece, 1}); !written) {
        if (!m_storage.isSingleFile())
            segment->removeFile();
        return failed(written.error());
    }
    succeeded();
    if (m_segment) {
        m_segment->finish();
        m_chain.finish(*m_segment);
    }
    m_segment = std::move(segment);
    m_emptySize = m_segment->size();
    ++m_segmentNumber;
    m_interfaces = 0;
    for (ServerBlock &server : m_servers)
        server.interface = -1;
    m_unknownServer.interface = -1;
    m_chain.begin(m_segment);
    m_chain.publish(*m_segment);
    return {};
}

Result<> CaptureRecorder::writePieces()
{
    if (auto written = m_segment->append(m_pieces); !written)
        return failed(written.error());
    succeeded();
    m_staged = 0;
    m_isAwaited.store(false, std::memory_order_release);
    return {};
}

Result<> CaptureRecorder::writeStaged()
{
    if (m_staged == 0)
        return {};
    m_pieces.assign(1, {m_staging.data(), m_staged});
    if (auto written = writePieces(); !written)
        return written;
    m_chain.publish(*m_segment);
    return {};
}

// Never less than what the record will take, with all that may have to stand in front of it.
size_t CaptureRecorder::boundOf(StreamState &stream, const RecordRequest &request)
{
    const auto texts = static_cast<size_t>(serverOf(stream).block.size() + stream.comment.size()
                                           + request.note.size());
    const size_t packets = packetsOf(request.bytes.size());
    return texts + request.bytes.size() + (6 + 2 * packets) * PacketBound;
}

CaptureRecorder::Draft CaptureRecorder::introduce(StreamState &stream, const RecordRequest &request)
{
    Draft draft;
    const Timestamp now = request.time ? *request.time : m_clock.now();
    m_lastTime = std::max(m_lastTime, static_cast<quint64>(now.time_since_epoch().count()));
    draft.time = m_lastTime;
    const ServerBlock &server = serverOf(stream);
    draft.isNewInterface = server.interface < 0;
    draft.interface = draft.isNewInterface ? m_interfaces : static_cast<quint32>(server.interface);
    if (draft.isNewInterface) {
        const auto *block = reinterpret_cast<const std::byte *>(server.block.constData());
        m_scratch.insert(m_scratch.end(), block, block + server.block.size());
    }
    draft.isFirst = stream.segment != m_segmentNumber;
    if (draft.isFirst && request.kind != RecordKind::Opened
        && request.kind != RecordKind::Refused) {
        PacketFacts facts;
        facts.time = draft.time;
        facts.interface = draft.interface;
        appendIntroduction(m_scratch, stream.conversation, facts, stream.comment);
    }
    draft.offset = static_cast<quint64>(m_segment->size()) + m_staged + m_scratch.size();
    return draft;
}

void CaptureRecorder::appendControl(StreamState &stream, const RecordRequest &request,
                                    const Draft &draft)
{
    PacketFacts facts;
    facts.time = draft.time;
    facts.interface = draft.interface;
    facts.direction = request.direction;
    Conversation &conversation = stream.conversation;
    switch (request.kind) {
    case RecordKind::Opened:
        appendOpened(m_scratch, conversation, facts, {stream.comment, stream.pid});
        break;
    case RecordKind::Refused:
        appendRefused(m_scratch, conversation, facts, {stream.comment, stream.pid}, request.note);
        break;
    case RecordKind::EndOfStream:
        appendEndOfStream(m_scratch, conversation, facts, request.note);
        break;
    case RecordKind::Reset:
        appendReset(m_scratch, conversation, facts, request.note);
        break;
    case RecordKind::Gap:
        appendGap(m_scratch, conversation, facts, request.gapBytes, request.gapRecords);
        break;
    case RecordKind::Data:
        Q_UNREACHABLE();
    }
}

// One packet, as DirectBytes is less than LongestPayload.
void CaptureRecorder::stageData(StreamState &stream, const RecordRequest &request,
                                const Draft &draft)
{
    stage(m_scratch);
    PacketFacts facts;
    facts.time = draft.time;
    facts.interface = draft.interface;
    facts.direction = request.direction;
    facts.flags = Psh | Ack;
    facts.payload = static_cast<quint32>(request.bytes.size());
    const QByteArray options = commentOptions(request.note);
    facts.options = static_cast<quint32>(options.size());
    std::byte *to = m_staging.data() + m_staged;
    to += stream.conversation.writeFront(to, facts);
    std::memcpy(to, request.bytes.data(), request.bytes.size());
    to += request.bytes.size();
    to += Conversation::writeBack(to, facts, options);
    if (stream.conversation.sequence.isAcknowledgementDue(request.direction)) {
        facts.direction = opposite(request.direction);
        facts.flags = Ack;
        facts.payload = 0;
        facts.options = 0;
        to += stream.conversation.writeFront(to, facts);
        to += Conversation::writeBack(to, facts, {});
    }
    m_staged = static_cast<size_t>(to - m_staging.data());
}

// What is staged, then headers from the scratch buffer and payload from the caller's memory by
// turns.
void CaptureRecorder::collectPieces(StreamState &stream, const RecordRequest &request,
                                    const Draft &draft)
{
    const size_t front = m_scratch.size();
    QByteArray options = commentOptions(request.note);
    m_scratch.resize(front + 2 * packetsOf(request.bytes.size()) * PacketBound
                     + static_cast<size_t>(options.size()));
    m_pieces.clear();
    if (m_staged > 0)
        m_pieces.push_back({m_staging.data(), m_staged});

    std::byte *run = m_scratch.data(); // what of the scratch buffer is not yet a piece
    std::byte *to = run + front;
    PacketFacts facts;
    facts.time = draft.time;
    facts.interface = draft.interface;
    for (auto rest = request.bytes; !rest.empty();) {
        const auto payload = rest.first(std::min<size_t>(rest.size(), LongestPayload));
        rest = rest.subspan(payload.size());
        facts.direction = request.direction;
        facts.flags = rest.empty() ? Psh | Ack : Ack;
        facts.payload = static_cast<quint32>(payload.size());
        facts.options = static_cast<quint32>(options.size());
        to += stream.conversation.writeFront(to, facts);
        m_pieces.push_back({run, static_cast<size_t>(to - run)});
        m_pieces.push_back({const_cast<std::byte *>(payload.data()), payload.size()});
        run = to;
        to += Conversation::writeBack(to, facts, options);
        options.clear(); // of the first packet alone
        facts.options = 0;
        if (!stream.conversation.sequence.isAcknowledgementDue(request.direction))
            continue;
        facts.direction = opposite(request.direction);
        facts.flags = Ack;
        facts.payload = 0;
        to += stream.conversation.writeFront(to, facts);
        to += Conversation::writeBack(to, facts, {});
    }
    m_pieces.push_back({run, static_cast<size_t>(to - run)});
}

void CaptureRecorder::commit(StreamState &stream, const RecordRequest &request, const Draft &draft)
{
    if (draft.isNewInterface)
        serverOf(stream).interface = m_interfaces++;
    stream.segment = m_segmentNumber;
    if (request.kind == RecordKind::Opened)
        stream.isOpened = true;
    Record record;
    record.time = Timestamp(std::chrono::nanoseconds(draft.time));
    record.connection = stream.connection;
    record.direction = request.direction;
    record.kind = request.kind;
    record.length = request.bytes.size();
    record.hasNote = request.kind == RecordKind::Data && !request.note.isEmpty();
    if (request.kind == RecordKind::Gap) {
        record.length = request.gapBytes;
        m_chain.countGap(request.gapBytes);
    }
    m_chain.addEntry(*m_segment,
                     IndexEntry(record, draft.offset, stream.serverSlot, draft.isFirst));
}

void CaptureRecorder::stage(const Buffer &bytes)
{
    if (bytes.empty())
        return;
    std::memcpy(m_staging.data() + m_staged, bytes.data(), bytes.size());
    m_staged += bytes.size();
}

CaptureRecorder::ServerBlock &CaptureRecorder::serverOf(StreamState &stream)
{
    if (stream.serverSlot < m_servers.size())
        return m_servers[stream.serverSlot];
    const auto it = std::find_if(m_servers.begin(), m_servers.end(), [&](const ServerBlock &known) {
        return known.server.id == stream.server;
    });
    if (it != m_servers.end())
        stream.serverSlot = static_cast<quint16>(it - m_servers.begin());
    else
        stream.serverSlot = addServerLocked({stream.server, {}, {}});
    return stream.serverSlot == IndexEntry::UnknownServer ? m_unknownServer
                                                          : m_servers[stream.serverSlot];
}

quint16 CaptureRecorder::addServerLocked(const CapturedServer &server)
{
    const quint16 slot = m_chain.addServer(server);
    if (slot == IndexEntry::UnknownServer)
        return slot;
    if (slot >= m_servers.size())
        m_servers.resize(slot + size_t {1});
    ServerBlock &entry = m_servers[slot];
    if (entry.server != server || entry.block.isEmpty())
        entry = {server, interfaceBlock(server), -1};
    return slot;
}

Result<> CaptureRecorder::failed(Problem problem)
{
    {
        const std::lock_guard lock(m_problemLock);
        m_problem = problem;
    }
    m_isStalled.store(true, std::memory_order_release);
    return fail(std::move(problem));
}

} // namespace Sockeye
