// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/tcppacket.h"

#include <QHostAddress>
#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace Sockeye {

namespace {

using namespace Pcapng;

// https://www.tcpdump.org/linktypes.html
enum LinkType : quint32 {
    BsdLoopback = 0,
    Ethernet = 1,
    RawOpenBsd = 12, // DLT_RAW of some systems, which wrote it into files
    RawBsdOs = 14,
    Raw = LinkTypeRaw,
    OpenBsdLoopback = 108,
    LinuxCooked = 113,
    Ipv4 = LinkTypeIpv4,
    Ipv6 = 229,
    LinuxCooked2 = 276,
};

enum EtherType : quint16 {
    TypeIpv4 = 0x0800,
    TypeArp = 0x0806,
    TypeVlan = 0x8100,
    TypeIpv6 = 0x86dd,
    TypeServiceVlan = 0x88a8,
    TypeOldVlan = 0x9100,
};

// https://www.iana.org/assignments/protocol-numbers
enum Protocol : quint8 {
    HopByHop = 0,
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
    Routing = 43,
    FragmentHeader = 44,
    Authentication = 51,
    Icmpv6 = 58,
    DestinationOptions = 60,
    Mobility = 135,
};

/// More extension headers than that are nobody's.
constexpr int MostHeaders = 16;

/// Of an IP packet that does not tell its length: more than Linux ever leaves to a network card.
constexpr size_t LongestUntold = 1024 * 1024;

quint8 byteAt(ByteView bytes, size_t at)
{
    return std::to_integer<quint8>(bytes[at]);
}

quint16 big16(ByteView bytes, size_t at)
{
    return qFromBigEndian<quint16>(bytes.data() + at);
}

quint32 big32(ByteView bytes, size_t at)
{
    return qFromBigEndian<quint32>(bytes.data() + at);
}

/// A part of a packet: what was captured of it, and how long it was.
struct Part
{
    ByteView bytes;
    size_t length = 0;

    [[nodiscard]] bool has(size_t count) const { return bytes.size() >= count; }
    void skip(size_t count)
    {
        bytes = bytes.subspan(count);
        length -= std::min(length, count);
    }
    // Behind what the header says there may be padding of the network.
    void cut(size_t count)
    {
        length = count;
        bytes = bytes.first(std::min(bytes.size(), count));
    }
};

PacketKind parseTcp(Part part, TcpPacket &tcp)
{
    if (!part.has(TcpFront))
        return PacketKind::Broken;
    tcp.source.port = big16(part.bytes, 0);
    tcp.destination.port = big16(part.bytes, 2);
    tcp.sequence = big32(part.bytes, 4);
    tcp.acknowledged = big32(part.bytes, 8);
    tcp.flags = byteAt(part.bytes, 13);
    const size_t front = size_t {byteAt(part.bytes, 12)} / 16 * 4;
    if (front < TcpFront || front > part.length)
        return PacketKind::Broken;
    // The options may be cut as well.
    tcp.bytes = part.bytes.subspan(std::min(front, part.bytes.size()));
    tcp.missing = static_cast<quint32>(part.length - front - tcp.bytes.size());
    return PacketKind::Tcp;
}

PacketKind parsePayload(quint8 protocol, const Part &part, TcpPacket &tcp)
{
    switch (protocol) {
    case Tcp:
        return parseTcp(part, tcp);
    case Udp:
        return PacketKind::Udp;
    case Icmp:
    case Icmpv6:
        return PacketKind::Icmp;
    default:
        return PacketKind::OtherIp;
    }
}

PacketKind parseIpv4(Part part, TcpPacket &tcp)
{
    if (!part.has(Ipv4Front))
        return PacketKind::Broken;
    const size_t front = size_t {byteAt(part.bytes, 0)} % 16 * 4;
    // Nothing is said where the network card is to cut the packet into pieces.
    const size_t told = big16(part.bytes, 2);
    const size_t total = told == 0 ? std::min(part.length, LongestUntold) : told;
    if (front < Ipv4Front || total < front || !part.has(front))
        return PacketKind::Broken;
    const quint8 protocol = byteAt(part.bytes, 9);
    constexpr quint16 moreFragments = 0x2000;
    constexpr quint16 fragmentOffset = 0x1fff;
    if ((big16(part.bytes, 6) & (moreFragments | fragmentOffset)) != 0)
        return PacketKind::Fragment;
    std::memcpy(tcp.source.address.data(), part.bytes.data() + 12, 4);
    std::memcpy(tcp.destination.address.data(), part.bytes.data() + 16, 4);
    part.cut(total);
    part.skip(front);
    return parsePayload(protocol, part, tcp);
}

PacketKind parseIpv6(Part part, TcpPacket &tcp)
{
    constexpr size_t front = 40;
    if (!part.has(front))
        return PacketKind::Broken;
    tcp.source.isIpv6 = true;
    tcp.destination.isIpv6 = true;
    std::memcpy(tcp.source.address.data(), part.bytes.data() + 8, 16);
    std::memcpy(tcp.destination.address.data(), part.bytes.data() + 24, 16);
    quint8 protocol = byteAt(part.bytes, 6);
    if (const size_t told = big16(part.bytes, 4); told != 0)
        part.cut(front + told);
    else
        part.cut(std::min(part.length, LongestUntold));
    part.skip(front);
    for (int header = 0; header < MostHeaders; ++header) {
        const bool isOptions = protocol == HopByHop || protocol == Routing
            || protocol == DestinationOptions || protocol == Mobility;
        if (!isOptions && protocol != FragmentHeader && protocol != Authentication)
            return parsePayload(protocol, part, tcp);
        if (!part.has(8))
            return PacketKind::Broken;
        if (protocol == FragmentHeader && (big16(part.bytes, 2) & 0xfff9) != 0)
            return PacketKind::Fragment;
        const size_t words = byteAt(part.bytes, 1);
        const size_t length = protocol == FragmentHeader ? 8
            : protocol == Authentication                 ? (words + 2) * 4
                                                         : (words + 1) * 8;
        if (!part.has(length))
            return PacketKind::Broken;
        protocol = byteAt(part.bytes, 0);
        part.skip(length);
    }
    return PacketKind::Broken;
}

PacketKind parseIp(const Part &part, TcpPacket &tcp)
{
    if (!part.has(1))
        return PacketKind::Broken;
    switch (byteAt(part.bytes, 0) >> 4) {
    case 4:
        return parseIpv4(part, tcp);
    case 6:
        return parseIpv6(part, tcp);
    default:
        return PacketKind::Broken;
    }
}

PacketKind parseEtherType(quint16 type, Part part, TcpPacket &tcp)
{
    // A tag is four bytes, with the type of what follows at its end.
    for (int tag = 0; type == TypeVlan || type == TypeServiceVlan || type == TypeOldVlan; ++tag) {
        if (!part.has(4) || tag == MostHeaders)
            return PacketKind::Broken;
        type = big16(part.bytes, 2);
        part.skip(4);
    }
    switch (type) {
    case TypeIpv4:
    case TypeIpv6:
        return parseIp(part, tcp);
    case TypeArp:
        return PacketKind::Arp;
    default:
        return PacketKind::OtherLink;
    }
}

PacketKind parseLink(size_t front, size_t typeAt, Part part, TcpPacket &tcp)
{
    if (!part.has(front))
        return PacketKind::Broken;
    const quint16 type = big16(part.bytes, typeAt);
    part.skip(front);
    return parseEtherType(type, part, tcp);
}

// The address family, in the byte order of the machine that recorded; for IPv6 each BSD has its
// own.
PacketKind parseLoopback(Part part, TcpPacket &tcp)
{
    if (!part.has(4))
        return PacketKind::Broken;
    const quint32 family = big32(part.bytes, 0);
    part.skip(4);
    switch (family > 0xffff ? qbswap(family) : family) {
    case 2:
    case 10:
    case 24:
    case 28:
    case 30:
        return parseIp(part, tcp);
    default:
        return PacketKind::OtherLink;
    }
}

} // namespace

QString NetworkEnd::text() const
{
    if (!isIpv6) {
        return QStringLiteral("%1.%2.%3.%4:%5")
            .arg(address[0])
            .arg(address[1])
            .arg(address[2])
            .arg(address[3])
            .arg(port);
    }
    return QStringLiteral("[%1]:%2").arg(QHostAddress(address.data()).toString()).arg(port);
}

PacketKind parsePacket(const FilePacket &packet, TcpPacket &tcp)
{
    const Part part = {packet.data, std::max<size_t>(packet.data.size(), packet.originalLength)};
    switch (packet.linkType) {
    case Ethernet:
        return parseLink(14, 12, part, tcp);
    case LinuxCooked:
        return parseLink(16, 14, part, tcp);
    case LinuxCooked2:
        return parseLink(20, 0, part, tcp);
    case BsdLoopback:
    case OpenBsdLoopback:
        return parseLoopback(part, tcp);
    case Raw:
    case RawOpenBsd:
    case RawBsdOs:
    case Ipv4:
    case Ipv6:
        return parseIp(part, tcp);
    default:
        return PacketKind::OtherLink;
    }
}

} // namespace Sockeye
