// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/packetfile.h"

#include <array>
#include <compare>

namespace Sockeye {

/// An IPv4 or IPv6 address with a port.
struct NetworkEnd
{
    std::array<quint8, 16> address = {}; ///< of IPv4 the first four
    bool isIpv6 = false;
    quint16 port = 0;

    friend auto operator<=>(const NetworkEnd &, const NetworkEnd &) = default;
    /// "192.168.0.1:80", "[::1]:80"
    [[nodiscard]] QString text() const;
};

/// What a packet turned out to be.
enum class PacketKind : quint8 {
    Tcp,
    Udp,
    Icmp,
    Fragment, ///< of an IP packet; not put together
    OtherIp, ///< another protocol over IP
    Arp,
    OtherLink, ///< another protocol, or a kind of network that is not known
    Broken, ///< it ends inside its headers, or contradicts itself
};
inline constexpr size_t PacketKinds = 8;

struct TcpPacket
{
    NetworkEnd source;
    NetworkEnd destination;
    quint32 sequence = 0;
    quint32 acknowledged = 0; ///< with the flag Ack
    quint8 flags = 0; ///< Pcapng::TcpFlag
    Pcapng::ByteView bytes; ///< payload, as much as was captured
    quint32 missing = 0; ///< payload behind that
};

/// Takes a packet apart: Ethernet (with VLAN tags), Linux cooked (both versions), BSD loopback, raw
/// IP; IPv4, IPv6 with its extension headers. @p tcp is set if it is one. Check sums are not
/// checked: where they are computed by the network card, they are wrong in the capture. Pure.
[[nodiscard]] PacketKind parsePacket(const FilePacket &packet, TcpPacket &tcp);

} // namespace Sockeye
