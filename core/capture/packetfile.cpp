// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/packetfile.h"

#include <QtEndian>

#include <algorithm>

namespace Sockeye {

namespace {

using namespace Pcapng;

constexpr qint64 WindowSize = 1024 * 1024;

// Of libpcap's format: a header of the file, then one of each packet.
constexpr quint32 MicrosecondMagic = 0xa1b2c3d4;
constexpr quint32 NanosecondMagic = 0xa1b23c4d;
constexpr size_t FileFront = 24;
constexpr size_t RecordFront = 16;
/// What stands above is about check sums.
constexpr quint32 LinkTypeMask = 0xffff;

/// No section of any use has more; a file that says so only wants our memory.
constexpr size_t MostInterfaces = 0xffff;

quint32 firstNumber(ByteView bytes)
{
    return qFromLittleEndian<quint32>(bytes.data());
}

bool isMagic(quint32 number)
{
    return number == MicrosecondMagic || number == NanosecondMagic;
}

} // namespace

FileWindow::FileWindow(ReadAt read, qint64 size)
    : m_read(std::move(read))
    , m_size(size)
{ }

ByteView FileWindow::view(qint64 offset, size_t length)
{
    const qint64 end = m_windowStart + static_cast<qint64>(m_window.size());
    const qint64 wanted = std::min(static_cast<qint64>(length), m_size - offset);
    if (wanted <= 0)
        return {};
    if (offset < m_windowStart || offset + wanted > end) {
        m_window.resize(
            static_cast<size_t>(std::min(std::max(wanted, WindowSize), m_size - offset)));
        m_windowStart = offset;
        const qint64 got = m_read(offset, m_window);
        m_window.resize(static_cast<size_t>(std::max<qint64>(got, 0)));
    }
    return ByteView(m_window).subspan(static_cast<size_t>(offset - m_windowStart));
}

PcapFile::PcapFile(ReadAt read, qint64 size)
    : m_file(std::move(read), size)
{
    readHeader();
}

bool PcapFile::isPcap(ByteView bytes)
{
    return bytes.size() >= 4
        && (isMagic(firstNumber(bytes)) || isMagic(qbswap(firstNumber(bytes))));
}

void PcapFile::readHeader()
{
    const ByteView header = m_file.view(0, FileFront);
    if (!isPcap(header)) {
        m_damage = QT_TRANSLATE_NOOP("Problem", "it is not a pcap file");
        return;
    }
    m_isSwapped = !isMagic(firstNumber(header));
    m_hasNanoseconds = number(header, 0) == NanosecondMagic;
    if (header.size() < FileFront) {
        m_damage = QT_TRANSLATE_NOOP("Problem", "the file ends inside its header");
        return;
    }
    m_linkType = number(header, 20) & LinkTypeMask;
    m_position = FileFront;
}

std::optional<FilePacket> PcapFile::next()
{
    const qint64 rest = m_file.size() - m_position;
    if (m_damage || rest == 0)
        return std::nullopt;
    if (rest < qint64 {RecordFront})
        return damaged(QT_TRANSLATE_NOOP("Problem", "the file ends inside a packet"));
    ByteView bytes = m_file.view(m_position, RecordFront);
    if (bytes.size() < RecordFront)
        return damaged(QT_TRANSLATE_NOOP("Problem", "it cannot be read"));
    const quint32 captured = number(bytes, 8);
    if (captured > LongestPacket)
        return damaged(QT_TRANSLATE_NOOP("Problem", "a packet has an impossible length"));
    const size_t length = RecordFront + captured;
    if (rest < static_cast<qint64>(length))
        return damaged(QT_TRANSLATE_NOOP("Problem", "the file ends inside a packet"));
    bytes = m_file.view(m_position, length);
    if (bytes.size() < length)
        return damaged(QT_TRANSLATE_NOOP("Problem", "it cannot be read"));
    FilePacket packet;
    const std::chrono::nanoseconds fraction(m_hasNanoseconds ? qint64 {number(bytes, 4)}
                                                             : qint64 {number(bytes, 4)} * 1000);
    packet.time = Timestamp(std::chrono::seconds(number(bytes, 0)) + fraction);
    packet.linkType = m_linkType;
    packet.originalLength = number(bytes, 12);
    packet.data = bytes.subspan(RecordFront, captured);
    m_position += static_cast<qint64>(length);
    return packet;
}

quint32 PcapFile::number(ByteView bytes, size_t at) const
{
    return m_isSwapped ? qFromBigEndian<quint32>(bytes.data() + at)
                       : qFromLittleEndian<quint32>(bytes.data() + at);
}

std::optional<FilePacket> PcapFile::damaged(const char *why)
{
    m_damage = why;
    return std::nullopt;
}

PcapngFile::PcapngFile(ReadAt read, qint64 size)
    : m_reader(std::move(read), size)
{ }

std::optional<FilePacket> PcapngFile::next()
{
    if (m_damagedBlock >= 0)
        return std::nullopt;
    while (const auto block = m_reader.next()) {
        FilePacket packet;
        bool isPacket = false;
        switch (block->type) {
        case SectionHeaderBlock:
            m_interfaces.clear();
            continue;
        case InterfaceBlock:
            addInterface(*block);
            continue;
        case PacketBlock:
        case EnhancedPacketBlock:
            isPacket = readPacket(*block, packet);
            break;
        case SimplePacketBlock:
            isPacket = readSimplePacket(*block, packet);
            break;
        default:
            continue;
        }
        if (!isPacket) {
            m_damagedBlock = block->offset;
            return std::nullopt;
        }
        m_lastTime = packet.time;
        return packet;
    }
    return std::nullopt;
}

void PcapngFile::addInterface(const Block &block)
{
    if (m_interfaces.size() >= MostInterfaces)
        return;
    Interface interface = parseInterface(block.bytes, m_reader.isForeignSection());
    interface.name.clear(); // of no use here, and as long as the file likes
    interface.address.clear();
    m_interfaces.push_back(std::move(interface));
}

qint64 PcapngFile::position() const
{
    return m_damagedBlock >= 0 ? m_damagedBlock : m_reader.position();
}

const char *PcapngFile::damage() const
{
    return m_damagedBlock >= 0
        ? QT_TRANSLATE_NOOP("Problem", "a packet contradicts its block or its section")
        : m_reader.damage();
}

bool PcapngFile::readPacket(const Block &block, FilePacket &packet)
{
    const bool isSwapped = m_reader.isForeignSection();
    const auto found = parseEnhancedPacket(block.bytes, isSwapped);
    if (!found)
        return false;
    // The older kind has 16 bits for the interface, then 16 for what was dropped before it.
    const quint32 interface = block.type == EnhancedPacketBlock ? found->interface
        : isSwapped                                             ? found->interface >> 16
                                                                : found->interface & 0xffff;
    if (interface >= m_interfaces.size())
        return false;
    packet.linkType = m_interfaces[interface].linkType;
    packet.time = m_interfaces[interface].toTime(found->ticks);
    packet.originalLength = found->originalLength;
    packet.data = found->data;
    return true;
}

// Has no time, and how much of it is there follows from the length and the interface's limit.
bool PcapngFile::readSimplePacket(const Block &block, FilePacket &packet) const
{
    constexpr size_t front = 12;
    if (m_interfaces.empty() || block.bytes.size() < front + 4)
        return false;
    const Interface &interface = m_interfaces.front();
    packet.originalLength = m_reader.isForeignSection()
        ? qFromBigEndian<quint32>(block.bytes.data() + 8)
        : qFromLittleEndian<quint32>(block.bytes.data() + 8);
    const size_t room = block.bytes.size() - front - 4;
    size_t captured = packet.originalLength;
    if (interface.snapLength > 0)
        captured = std::min<size_t>(captured, interface.snapLength);
    if (captured > room)
        return false;
    packet.linkType = interface.linkType;
    packet.time = m_lastTime;
    packet.data = block.bytes.subspan(front, captured);
    return true;
}

} // namespace Sockeye
