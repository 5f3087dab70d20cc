// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/recordreader.h"

#include "core/capture/pcapngreader.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace Sockeye {

namespace {

using namespace Pcapng;

constexpr size_t BlockFront = 8; // type and length

// The length of the block at offset; nothing if there is none.
std::optional<quint32> blockLength(ByteView front)
{
    if (front.size() < BlockFront)
        return std::nullopt;
    const auto length = qFromLittleEndian<quint32>(front.data() + 4);
    if (length < ShortestBlock || length > LongestBlock || length % 4 != 0)
        return std::nullopt;
    return length;
}

QByteArray commentOf(const CaptureSegment &segment, quint64 offset, quint32 length)
{
    std::vector<std::byte> block(length);
    if (segment.read(static_cast<qint64>(offset), block) != qint64 {length}
        || qFromLittleEndian<quint32>(block.data()) != EnhancedPacketBlock)
        return {};
    const auto packet = parseEnhancedPacket(block);
    return packet ? findOption(packet->options, OptionComment) : QByteArray();
}

std::optional<quint32> lengthAt(const CaptureSegment &segment, quint64 offset)
{
    std::byte front[BlockFront];
    const qint64 got = segment.read(static_cast<qint64>(offset), front);
    return blockLength(ByteView(front, static_cast<size_t>(std::max<qint64>(got, 0))));
}

/// Walks over the packets of one record and gathers the wanted part of their payload.
class PayloadReader
{
public:
    PayloadReader(const CaptureSegment &segment, const IndexEntry &entry, qint64 skip,
                  qint64 wanted)
        : m_segment(segment)
        , m_entry(entry)
        , m_position(static_cast<qint64>(entry.offset()))
        , m_skip(skip)
        , m_result(wanted, Qt::Uninitialized)
    { }

    QByteArray read()
    {
        while (m_done < m_result.size() && step()) { }
        m_result.truncate(m_done);
        return m_result;
    }

private:
    bool step();
    bool take(ByteView present, qint64 payloadAt, qint64 payload);

    const CaptureSegment &m_segment;
    const IndexEntry &m_entry;
    qint64 m_position;
    qint64 m_skip;
    qint64 m_done = 0;
    QByteArray m_result;
    std::vector<std::byte> m_buffer;
};

bool PayloadReader::step()
{
    // The packet's headers and, if it is wanted from its start, its payload in one read.
    const qint64 ahead =
        m_skip > 0 ? 0 : std::min<qint64>(LongestPayload, m_result.size() - m_done);
    m_buffer.resize(DataFront + static_cast<size_t>(ahead));
    const qint64 got = m_segment.read(m_position, m_buffer);
    const ByteView bytes(m_buffer.data(), static_cast<size_t>(std::max<qint64>(got, 0)));
    const auto length = blockLength(bytes);
    if (!length)
        return false;
    const qint64 start = std::exchange(m_position, m_position + *length);
    if (bytes.size() < DataFront || *length < DataFront + 4
        || qFromLittleEndian<quint32>(bytes.data()) != EnhancedPacketBlock)
        return true;
    const size_t captured = qFromLittleEndian<quint32>(bytes.data() + 20);
    if (captured > *length - PacketFront - 4)
        return false;
    const auto data = bytes.subspan(PacketFront, std::min(captured, bytes.size() - PacketFront));
    const auto packet = parseConversationPacket(data, captured);
    if (!packet || packet->connection.value != m_entry.connection()
        || packet->direction != m_entry.direction() || packet->payload == 0)
        return true;
    const size_t payloadAt = PacketFront + packet->payloadOffset;
    const bool isWhole = take(bytes.subspan(std::min(payloadAt, bytes.size())),
                              start + static_cast<qint64>(payloadAt), packet->payload);
    return isWhole && !(packet->flags & Psh);
}

// present: what of the payload was read together with the headers.
bool PayloadReader::take(ByteView present, qint64 payloadAt, qint64 payload)
{
    if (m_skip >= payload) {
        m_skip -= payload;
        return true;
    }
    const qint64 count = std::min(payload - m_skip, m_result.size() - m_done);
    char *const to = m_result.data() + m_done;
    qint64 got = count;
    if (m_skip == 0 && static_cast<qint64>(present.size()) >= count)
        std::memcpy(to, present.data(), static_cast<size_t>(count));
    else
        got = m_segment.read(payloadAt + m_skip,
                             std::as_writable_bytes(std::span(to, static_cast<size_t>(count))));
    m_skip = 0;
    m_done += std::max<qint64>(got, 0);
    return got == count;
}

} // namespace

QByteArray readPayload(const CaptureSegment &segment, const IndexEntry &entry, qint64 offset,
                       qint64 maximum)
{
    const qint64 wanted = std::min(maximum, qint64 {entry.length()} - offset);
    if (entry.kind() != RecordKind::Data || offset < 0 || wanted <= 0)
        return {};
    return PayloadReader(segment, entry, offset, wanted).read();
}

QByteArray readComment(const CaptureSegment &segment, quint64 offset, bool isNext)
{
    auto length = lengthAt(segment, offset);
    if (length && isNext) {
        offset += *length;
        length = lengthAt(segment, offset);
    }
    return length ? commentOf(segment, offset, *length) : QByteArray();
}

QByteArray readCommentBefore(const CaptureSegment &segment, quint64 offset)
{
    std::byte back[4];
    if (offset < ShortestBlock
        || segment.read(static_cast<qint64>(offset) - 4, back) != qint64 {sizeof back})
        return {};
    const auto length = qFromLittleEndian<quint32>(back);
    if (length < ShortestBlock || length > LongestBlock || length > offset)
        return {};
    const auto before = lengthAt(segment, offset - length);
    return before == length ? commentOf(segment, offset - length, length) : QByteArray();
}

} // namespace Sockeye
