// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/pcapngwriter.h"

#include <QSysInfo>
#include <QtEndian>

#include <cstring>

namespace Sockeye::Pcapng {

namespace {

constexpr int LongestOption = 0xffff - 3;
/// No address is longer; a name that is would only fill the recorder's staging buffer.
constexpr qsizetype LongestName = 4096;

void append16(QByteArray &to, quint16 value)
{
    const quint16 little = qToLittleEndian(value);
    to.append(reinterpret_cast<const char *>(&little), sizeof little);
}

void append32(QByteArray &to, quint32 value)
{
    const quint32 little = qToLittleEndian(value);
    to.append(reinterpret_cast<const char *>(&little), sizeof little);
}

QByteArray block(quint32 type, const QByteArray &body)
{
    const auto length = static_cast<quint32>(body.size()) + ShortestBlock;
    QByteArray result;
    result.reserve(static_cast<qsizetype>(length));
    append32(result, type);
    append32(result, length);
    result += body;
    append32(result, length);
    return result;
}

// UTF-8 is cut between characters, or the file would not be valid any more.
QByteArray cut(const QByteArray &text)
{
    if (text.size() <= LongestOption)
        return text;
    qsizetype length = LongestOption;
    while (length > 0 && (static_cast<uchar>(text[length]) & 0xc0) == 0x80)
        --length;
    return text.first(length);
}

} // namespace

void appendOption(QByteArray &options, quint16 code, const QByteArray &value)
{
    const QByteArray content = cut(value);
    append16(options, code);
    append16(options, static_cast<quint16>(content.size()));
    options += content;
    options.append(
        static_cast<qsizetype>(padded(static_cast<size_t>(content.size()))) - content.size(), '\0');
}

void endOptions(QByteArray &options)
{
    if (!options.isEmpty())
        append32(options, OptionEnd);
}

QByteArray sectionHeader()
{
    QByteArray body;
    append32(body, ByteOrderMagic);
    append16(body, 1); // version 1.0
    append16(body, 0);
    append32(body, 0xffffffff); // a section of unknown length: it grows
    append32(body, 0xffffffff);
    appendOption(body, OptionDescription,
                 (QSysInfo::prettyProductName() + QLatin1String(", ") + QSysInfo::kernelType()
                  + QLatin1Char(' ') + QSysInfo::kernelVersion())
                     .toUtf8());
    appendOption(body, OptionApplication, QByteArrayLiteral("Sockeye " SOCKEYE_VERSION));
    append32(body, OptionEnd);
    return block(SectionHeaderBlock, body);
}

QByteArray interfaceBlock(const CapturedServer &server)
{
    QByteArray body;
    append16(body, LinkTypeIpv4);
    append16(body, 0);
    append32(body, 0); // no snap length
    // The comment keeps the id, which a server without traffic shows nowhere else.
    appendOption(body, OptionComment, "{\"server\":" + QByteArray::number(server.id.value) + '}');
    appendOption(body, OptionName, server.address.left(LongestName).toUtf8());
    appendOption(body, OptionDescription, server.name.left(LongestName).toUtf8());
    appendOption(body, OptionTimeResolution, QByteArray(1, 9));
    append32(body, OptionEnd);
    return block(InterfaceBlock, body);
}

void Sequence::skip(Direction direction, quint64 bytes)
{
    const auto side = static_cast<size_t>(direction);
    next[side] += static_cast<quint32>(bytes);
    unacknowledged[side] = 0;
    hasGap[side] = true;
}

bool Sequence::isAcknowledgementDue(Direction direction) const
{
    const auto side = static_cast<size_t>(direction);
    return unacknowledged[side] >= (hasGap[side] ? 1 : AcknowledgeAfter);
}

Conversation::Conversation(ConnectionId connection, ServerId server)
{
    const quint32 client = clientAddress(connection);
    const quint32 other = serverAddress(server);
    for (int direction = 0; direction < 2; ++direction) {
        const bool toServer = direction == static_cast<int>(Direction::ToServer);
        std::byte *const block = m_front[direction];
        std::byte *const ip = block + PacketFront;
        std::byte *const tcp = ip + Ipv4Front;
        qToLittleEndian(EnhancedPacketBlock, block);
        qToBigEndian<quint16>(0x4500, ip); // version 4, five words
        qToBigEndian<quint32>(0x00004000, ip + 4); // do not fragment
        qToBigEndian<quint16>(0x4006, ip + 8); // 64 hops, TCP
        qToBigEndian<quint32>(toServer ? client : other, ip + 12);
        qToBigEndian<quint32>(toServer ? other : client, ip + 16);
        qToBigEndian<quint16>(toServer ? clientPort(connection) : ServerPort, tcp);
        qToBigEndian<quint16>(toServer ? ServerPort : clientPort(connection), tcp + 2);
        for (size_t at = 0; at < Ipv4Front; at += 2)
            m_checksum[direction] += qFromBigEndian<quint16>(ip + at);
    }
}

size_t Conversation::writeFront(std::byte *to, const PacketFacts &facts)
{
    const auto here = static_cast<size_t>(facts.direction);
    const size_t there = 1 - here;
    const bool isSyn = facts.flags & Syn;
    const size_t tcpLength = TcpFront + (isSyn ? SynOptions : 0);
    const auto length = static_cast<quint32>(Ipv4Front + tcpLength + facts.payload);

    std::memcpy(to, m_front[here], DataFront);
    qToLittleEndian(static_cast<quint32>(packetBytes(facts)), to + 4);
    qToLittleEndian(facts.interface, to + 8);
    qToLittleEndian(static_cast<quint32>(facts.time >> 32), to + 12);
    qToLittleEndian(static_cast<quint32>(facts.time), to + 16);
    qToLittleEndian(length, to + 20);
    qToLittleEndian(length, to + 24);

    std::byte *const ip = to + PacketFront;
    quint32 sum = m_checksum[here] + length;
    sum = (sum & 0xffff) + (sum >> 16);
    sum += sum >> 16;
    qToBigEndian(static_cast<quint16>(length), ip + 2);
    qToBigEndian(static_cast<quint16>(~sum), ip + 10);

    std::byte *const tcp = ip + Ipv4Front;
    qToBigEndian(sequence.next[here], tcp + 4);
    qToBigEndian(facts.flags & Ack ? sequence.next[there] : 0, tcp + 8);
    tcp[12] = static_cast<std::byte>(tcpLength / 4 << 4);
    tcp[13] = static_cast<std::byte>(facts.flags);
    qToBigEndian<quint16>(facts.isAside ? 0xfffe : 0xffff, tcp + 14);
    if (isSyn) // largest segment 65,495; no operation; scale the window by 2^14
        qToBigEndian<quint64>(0x0204'ffd7'0103'030e, tcp + TcpFront);

    sequence.next[here] += facts.payload + (facts.flags & (Syn | Fin) ? 1 : 0);
    sequence.unacknowledged[here] += facts.payload;
    if (facts.flags & Ack && sequence.unacknowledged[there] > 0) {
        sequence.unacknowledged[there] = 0;
        sequence.hasGap[there] = false;
    }
    return PacketFront + Ipv4Front + tcpLength;
}

size_t Conversation::writeBack(std::byte *to, const PacketFacts &facts, const QByteArray &options)
{
    const size_t padding = padded(facts.payload) - facts.payload;
    std::memset(to, 0, padding);
    to += padding;
    if (!options.isEmpty())
        std::memcpy(to, options.constData(), static_cast<size_t>(options.size()));
    qToLittleEndian(static_cast<quint32>(packetBytes(facts)), to + options.size());
    return padding + static_cast<size_t>(options.size()) + 4;
}

void Conversation::append(Buffer &buffer, PacketFacts facts, const QByteArray &options)
{
    facts.options = static_cast<quint32>(options.size());
    const size_t start = buffer.size();
    buffer.resize(start + packetBytes(facts));
    std::byte *const to = buffer.data() + start;
    const size_t front = writeFront(to, facts);
    writeBack(to + front, facts, options);
}

} // namespace Sockeye::Pcapng
