// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/pcapngreader.h"

#include "core/capture/connectioncomment.h"

#include <QtEndian>

#include <algorithm>
#include <limits>

namespace Sockeye::Pcapng {

namespace {

/// Large enough that the system call costs nothing, small enough to stay in the cache.
constexpr qint64 WindowSize = 1024 * 1024;

template <class T>
T little(ByteView bytes, size_t at)
{
    return qFromLittleEndian<T>(bytes.data() + at);
}

template <class T>
T big(ByteView bytes, size_t at)
{
    return qFromBigEndian<T>(bytes.data() + at);
}

template <class T>
T number(ByteView bytes, size_t at, bool isSwapped)
{
    return isSwapped ? big<T>(bytes, at) : little<T>(bytes, at);
}

QByteArray toByteArray(ByteView bytes)
{
    return {reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(bytes.size())};
}

quint64 scaled(quint64 ticks, quint8 resolution)
{
    constexpr quint64 nanosecondsPerSecond = 1'000'000'000;
    const int digits = resolution & 0x7f;
    if (resolution & 0x80) { // a power of two
        if (digits >= 64)
            return 0;
        const quint64 seconds = digits == 0 ? ticks : ticks >> digits;
        const quint64 rest = digits == 0 ? 0 : ticks & ((quint64 {1} << digits) - 1);
        // The fraction's upper 32 bits are finer than a nanosecond.
        const int drop = std::max(0, digits - 32);
        return seconds * nanosecondsPerSecond
            + ((rest >> drop) * nanosecondsPerSecond >> (digits - drop));
    }
    for (int digit = digits; digit < 9; ++digit)
        ticks *= 10;
    for (int digit = 9; digit < std::min(digits, 30); ++digit)
        ticks /= 10;
    return ticks;
}

} // namespace

BlockReader::BlockReader(ReadAt read, qint64 size)
    : m_read(std::move(read))
    , m_size(size)
{ }

void BlockReader::resume(qint64 size)
{
    m_size = size;
    m_damage = nullptr;
    m_window.clear();
    m_windowStart = m_position;
}

std::optional<Block> BlockReader::next()
{
    const qint64 rest = m_size - m_position;
    if (rest <= 0 || m_damage)
        return std::nullopt;
    if (rest < qint64 {ShortestBlock})
        return damaged(QT_TRANSLATE_NOOP("Problem", "the file ends inside a block"));
    ByteView bytes = view(m_position, ShortestBlock);
    if (bytes.empty())
        return damaged(QT_TRANSLATE_NOOP("Problem", "it cannot be read"));
    const bool isHeader = little<quint32>(bytes, 0) == SectionHeaderBlock;
    if (isHeader) {
        const auto magic = little<quint32>(bytes, 8);
        if (magic != ByteOrderMagic && magic != qbswap(ByteOrderMagic))
            return damaged(QT_TRANSLATE_NOOP("Problem", "a section has no byte order"));
        m_isSwapped = magic != ByteOrderMagic;
    } else if (m_position == 0) {
        return damaged(QT_TRANSLATE_NOOP("Problem", "it is not a pcapng file"));
    }
    const quint32 length = number(bytes, 4);
    if (length < ShortestBlock || length > LongestBlock || length % 4 != 0)
        return damaged(QT_TRANSLATE_NOOP("Problem", "a block has an impossible length"));
    if (qint64 {length} > rest)
        return damaged(QT_TRANSLATE_NOOP("Problem", "the file ends inside a block"));
    bytes = view(m_position, length);
    if (bytes.empty())
        return damaged(QT_TRANSLATE_NOOP("Problem", "it cannot be read"));
    if (number(bytes, length - 4) != length)
        return damaged(QT_TRANSLATE_NOOP("Problem", "the two lengths of a block differ"));
    const Block block = {number(bytes, 0), m_position, bytes};
    m_position += length;
    return block;
}

ByteView BlockReader::view(qint64 offset, size_t length)
{
    const qint64 windowEnd = m_windowStart + static_cast<qint64>(m_window.size());
    if (offset < m_windowStart || offset + static_cast<qint64>(length) > windowEnd) {
        const qint64 wanted =
            std::min(std::max(static_cast<qint64>(length), WindowSize), m_size - offset);
        m_window.resize(static_cast<size_t>(wanted));
        m_windowStart = offset;
        const qint64 got = m_read(offset, m_window);
        m_window.resize(static_cast<size_t>(std::max<qint64>(got, 0)));
        if (m_window.size() < length)
            return {};
    }
    return ByteView(m_window).subspan(static_cast<size_t>(offset - m_windowStart), length);
}

quint32 BlockReader::number(ByteView bytes, size_t at) const
{
    return m_isSwapped ? big<quint32>(bytes, at) : little<quint32>(bytes, at);
}

std::optional<Block> BlockReader::damaged(const char *why)
{
    m_damage = why;
    return std::nullopt;
}

QByteArray findOption(ByteView options, quint16 code, bool isSwapped)
{
    while (options.size() >= 4) {
        const auto found = number<quint16>(options, 0, isSwapped);
        const auto length = number<quint16>(options, 2, isSwapped);
        if (found == OptionEnd || options.size() - 4 < length)
            break;
        if (found == code) {
            const QByteArray value = toByteArray(options.subspan(4, length));
            return value.isNull() ? QByteArray("") : value;
        }
        options = options.subspan(std::min(options.size(), 4 + padded(length)));
    }
    return {};
}

Timestamp Interface::toTime(quint64 ticks) const
{
    const quint64 nanoseconds = scaled(ticks, timeResolution)
        + static_cast<quint64>(timeOffset) * 1'000'000'000; // wraps rather than overflows
    return Timestamp(std::chrono::nanoseconds(static_cast<qint64>(nanoseconds)));
}

Interface parseInterface(ByteView block, bool isSwapped)
{
    constexpr size_t fixedPart = 16;
    Interface result;
    if (block.size() < fixedPart + 4)
        return result;
    result.linkType = number<quint16>(block, 8, isSwapped);
    result.snapLength = number<quint32>(block, 12, isSwapped);
    const ByteView options = block.subspan(fixedPart, block.size() - fixedPart - 4);
    result.address = QString::fromUtf8(findOption(options, OptionName, isSwapped));
    result.name = QString::fromUtf8(findOption(options, OptionDescription, isSwapped));
    result.server =
        fromServerComment(findOption(options, OptionComment, isSwapped)).value_or(ServerId());
    const QByteArray resolution = findOption(options, OptionTimeResolution, isSwapped);
    if (resolution.size() == 1)
        result.timeResolution = static_cast<quint8>(resolution[0]);
    const QByteArray offset = findOption(options, OptionTimeOffset, isSwapped);
    if (offset.size() == 8)
        result.timeOffset = isSwapped ? qFromBigEndian<qint64>(offset.constData())
                                      : qFromLittleEndian<qint64>(offset.constData());
    return result;
}

std::optional<EnhancedPacket> parseEnhancedPacket(ByteView block, bool isSwapped)
{
    if (block.size() < PacketFront + 4)
        return std::nullopt;
    const size_t room = block.size() - PacketFront - 4;
    const size_t captured = number<quint32>(block, 20, isSwapped);
    if (captured > room || padded(captured) > room)
        return std::nullopt;
    EnhancedPacket packet;
    packet.interface = number<quint32>(block, 8, isSwapped);
    packet.ticks = quint64 {number<quint32>(block, 12, isSwapped)} << 32
        | number<quint32>(block, 16, isSwapped);
    packet.originalLength = number<quint32>(block, 24, isSwapped);
    packet.data = block.subspan(PacketFront, captured);
    packet.options = block.subspan(PacketFront + padded(captured), room - padded(captured));
    return packet;
}

std::optional<ConversationPacket> parseConversationPacket(ByteView data, size_t captured)
{
    if (data.size() < Ipv4Front + TcpFront || captured < data.size())
        return std::nullopt;
    constexpr std::byte version4 {0x45};
    constexpr std::byte tcp {6};
    if (data[0] != version4 || data[9] != tcp)
        return std::nullopt;
    const size_t front = Ipv4Front + (std::to_integer<size_t>(data[Ipv4Front + 12]) >> 4) * 4;
    const size_t length = std::min<size_t>(captured, big<quint16>(data, 2));
    if (front < Ipv4Front + TcpFront || front > length)
        return std::nullopt;

    const auto source = big<quint32>(data, 12);
    const auto destination = big<quint32>(data, 16);
    const auto sourcePort = big<quint16>(data, Ipv4Front);
    const auto destinationPort = big<quint16>(data, Ipv4Front + 2);
    const bool toServer = destinationPort == ServerPort;
    if (!toServer && sourcePort != ServerPort)
        return std::nullopt;
    const auto server = serverAt(toServer ? destination : source);
    const auto connection =
        toServer ? connectionAt(source, sourcePort) : connectionAt(destination, destinationPort);
    if (!server || !connection)
        return std::nullopt;
    ConversationPacket packet;
    packet.connection = *connection;
    packet.server = *server;
    packet.direction = toServer ? Direction::ToServer : Direction::ToClient;
    packet.flags = std::to_integer<quint8>(data[Ipv4Front + 13]);
    packet.payloadOffset = static_cast<quint32>(front);
    packet.payload = static_cast<quint32>(length - front);
    return packet;
}

} // namespace Sockeye::Pcapng
