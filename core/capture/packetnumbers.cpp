// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/packetnumbers.h"

#include "core/base/descriptor.h"
#include "core/capture/pcapngformat.h"

#include <QFile>
#include <QtEndian>

#include <algorithm>
#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace Sockeye {

namespace {

using namespace Pcapng;

constexpr size_t BlockFront = 12; // type and length, and what tells a section's byte order
/// Read at a time where blocks are short, and where most of a block would be read for nothing.
constexpr size_t WindowSize = 64 * 1024;
constexpr size_t LongBlockWindow = 256;
constexpr quint64 LongBlock = 8 * 1024;

// What Wireshark numbers ("tshark -T fields -e frame.number" of hand-made files, version 4.0):
// packets in their three forms, but also journal entries, events and custom blocks, which files
// that others have put together may have.
bool isNumbered(quint32 type)
{
    switch (type) {
    case 2: // the obsolete packet block
    case 3: // simple packet block
    case EnhancedPacketBlock:
    case 9: // systemd journal entry
    case 0x204: // Sysdig events
    case 0x216:
    case 0x221:
    case 0xBAD: // custom block
    case 0x40000BAD: // custom block that is not to be copied
        return true;
    default:
        return false;
    }
}

quint32 number(ByteView bytes, size_t at, bool isSwapped)
{
    const auto value = qFromLittleEndian<quint32>(bytes.data() + at);
    return isSwapped ? qbswap(value) : value;
}

} // namespace

PacketNumbers::PacketNumbers(ReadAt read)
    : m_read(std::move(read))
    , m_checkpoints {Checkpoint()}
{ }

Result<PacketNumbers> PacketNumbers::open(const QString &file)
{
    // Not blocking, so that a fifo cannot hold us up.
    const auto descriptor = std::make_shared<Descriptor>(
        ::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!*descriptor)
        return fail(Problem {ProblemCode::FileUnreadable, {{QStringLiteral("file"), file}}, errno});
    return PacketNumbers([descriptor](qint64 offset, std::span<std::byte> to) {
        return qint64 {::pread(descriptor->get(), to.data(), to.size(), offset)};
    });
}

std::optional<quint64> PacketNumbers::numberAt(quint64 offset)
{
    auto position = seek(offset);
    bool isPacket = false;
    if (!position || !step(*position, &isPacket) || !isPacket)
        return std::nullopt;
    return position->packets;
}

std::vector<RecordPacket> PacketNumbers::packetsOf(const Record &record, quint64 offset,
                                                   size_t maximum)
{
    std::vector<RecordPacket> result;
    auto position = seek(offset);
    quint64 payload = 0;
    while (position && result.size() < maximum) {
        const quint64 start = position->offset;
        bool isPacket = false;
        if (!step(*position, &isPacket))
            break;
        const ByteView front = view(start, DataFront);
        if (!isPacket || front.empty() || position->isSwapped
            || number(front, 0, false) != EnhancedPacketBlock)
            continue;
        const size_t captured = number(front, 20, false);
        const auto packet = parseConversationPacket(
            front.subspan(PacketFront, std::min(captured, DataFront - PacketFront)), captured);
        if (!packet || packet->connection != record.connection)
            continue;
        if (record.kind != RecordKind::Data) {
            result.push_back({position->packets, 0, packet->payload});
            break;
        }
        if (packet->direction != record.direction || packet->payload == 0)
            continue;
        result.push_back({position->packets, payload, packet->payload});
        payload += packet->payload;
        if (packet->flags & Psh)
            break;
    }
    return result;
}

qint64 PacketNumbers::bytes() const
{
    return static_cast<qint64>(m_checkpoints.capacity()) * qint64 {sizeof(Checkpoint)};
}

PacketNumbers::Position PacketNumbers::startFor(quint64 offset) const
{
    const auto after = std::upper_bound(
        m_checkpoints.begin(), m_checkpoints.end(), offset,
        [](quint64 wanted, const Checkpoint &checkpoint) { return wanted < checkpoint.offset; });
    const Checkpoint &checkpoint = *std::prev(after); // the first one is at byte 0
    return {checkpoint.offset, checkpoint.packetsAndOrder >> 1,
            (checkpoint.packetsAndOrder & 1) != 0};
}

std::optional<PacketNumbers::Position> PacketNumbers::seek(quint64 offset)
{
    m_window.clear(); // the file may have grown
    m_lastLength = 0;
    Position position = startFor(offset);
    while (position.offset < offset) {
        if (!step(position))
            return std::nullopt;
        remember(position);
    }
    return position.offset == offset ? std::optional(position) : std::nullopt;
}

bool PacketNumbers::step(Position &position, bool *isPacket)
{
    const ByteView front = view(position.offset, BlockFront);
    if (front.empty())
        return false;
    if (number(front, 0, false) == SectionHeaderBlock) {
        const quint32 magic = number(front, 8, false);
        if (magic != ByteOrderMagic && magic != qbswap(ByteOrderMagic))
            return false;
        position.isSwapped = magic != ByteOrderMagic;
    } else if (position.offset == 0) {
        return false; // no pcapng
    }
    const quint32 length = number(front, 4, position.isSwapped);
    if (length < ShortestBlock || length > LongestBlock || length % 4 != 0)
        return false;
    const bool isNumberedHere = isNumbered(number(front, 0, position.isSwapped));
    if (isPacket)
        *isPacket = isNumberedHere;
    position.packets += isNumberedHere ? 1 : 0;
    position.offset += length;
    m_lastLength = length;
    return true;
}

void PacketNumbers::remember(const Position &position)
{
    const Checkpoint &last = m_checkpoints.back();
    if (position.offset > last.offset
        && position.packets - (last.packetsAndOrder >> 1) >= CheckpointDistance)
        m_checkpoints.push_back(
            {position.offset, position.packets << 1 | (position.isSwapped ? 1 : 0)});
}

ByteView PacketNumbers::view(quint64 offset, size_t length)
{
    if (offset < m_windowStart || offset + length > m_windowStart + m_window.size()) {
        m_window.resize(m_lastLength > LongBlock ? LongBlockWindow : WindowSize);
        m_windowStart = offset;
        const qint64 got = m_read(static_cast<qint64>(offset), m_window);
        m_window.resize(static_cast<size_t>(std::max<qint64>(got, 0)));
        if (m_window.size() < length)
            return {};
    }
    return ByteView(m_window).subspan(static_cast<size_t>(offset - m_windowStart), length);
}

} // namespace Sockeye
