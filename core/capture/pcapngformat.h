// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/ids.h"

#include <cstddef>
#include <optional>

namespace Sockeye::Pcapng {

// Numbers of the file format (draft-ietf-opsawg-pcapng) and of the synthetic conversations.

inline constexpr quint32 SectionHeaderBlock = 0x0A0D0D0A;
inline constexpr quint32 InterfaceBlock = 1;
inline constexpr quint32 PacketBlock = 2; // obsolete
inline constexpr quint32 SimplePacketBlock = 3;
inline constexpr quint32 EnhancedPacketBlock = 6;
inline constexpr quint32 ByteOrderMagic = 0x1A2B3C4D;
/// libpcap's own limit: a longer block is damage, and nothing is allocated for it.
inline constexpr quint32 LongestBlock = 16 * 1024 * 1024;
inline constexpr quint32 ShortestBlock = 12;

inline constexpr quint16 LinkTypeIpv4 = 228;
inline constexpr quint16 LinkTypeRaw = 101; // what some tools turn 228 into

inline constexpr quint16 OptionEnd = 0;
inline constexpr quint16 OptionComment = 1;
inline constexpr quint16 OptionName = 2; // if_name, shb_hardware
inline constexpr quint16 OptionDescription = 3; // if_description, shb_os
inline constexpr quint16 OptionApplication = 4; // shb_userappl
inline constexpr quint16 OptionDropCount = 4; // epb_dropcount
inline constexpr quint16 OptionProcess = 8; // epb_processid_threadid
inline constexpr quint16 OptionTimeResolution = 9; // if_tsresol
inline constexpr quint16 OptionTimeOffset = 14; // if_tsoffset

inline constexpr size_t PacketFront = 28; ///< an enhanced packet block up to its packet
inline constexpr size_t Ipv4Front = 20;
inline constexpr size_t TcpFront = 20;
inline constexpr size_t SynOptions = 8; ///< segment size and window scaling
/// Up to the payload of a data packet.
inline constexpr size_t DataFront = PacketFront + Ipv4Front + TcpFront;
/// What an IPv4 packet of 65,535 bytes has room for.
inline constexpr quint32 LongestPayload = 65495;

enum TcpFlag : quint8 { Fin = 0x01, Syn = 0x02, Rst = 0x04, Psh = 0x08, Ack = 0x10 };

// Addresses are made from ids, so that they are unique, never reused, and can be read back even
// from a piece of a file. No dissector is registered for these ports ("tshark -G decodes"), so
// that those which look at the bytes get their turn.
inline constexpr quint32 ServerNet = 0x0A000000; // 10.0.0.0/9
inline constexpr quint32 ClientNet = 0x0A800001; // 10.128.0.1 and on
inline constexpr quint32 NetSize = 0x00800000;
inline constexpr quint16 ServerPort = 50000;
inline constexpr quint16 FirstClientPort = 57344;
inline constexpr quint32 ClientPorts = 8192;

[[nodiscard]] constexpr quint32 serverAddress(ServerId id)
{
    return ServerNet + static_cast<quint32>(id.value % NetSize);
}
[[nodiscard]] constexpr quint32 clientAddress(ConnectionId id)
{
    return ClientNet + static_cast<quint32>(id.value / ClientPorts);
}
[[nodiscard]] constexpr quint16 clientPort(ConnectionId id)
{
    return static_cast<quint16>(FirstClientPort + id.value % ClientPorts);
}
[[nodiscard]] constexpr std::optional<ServerId> serverAt(quint32 address)
{
    if (address < ServerNet || address - ServerNet >= NetSize)
        return std::nullopt;
    return ServerId {address - ServerNet};
}
/// Nothing for what no conversation of ours uses; never an id over 32 bits.
[[nodiscard]] constexpr std::optional<ConnectionId> connectionAt(quint32 address, quint16 port)
{
    if (address < ClientNet || port < FirstClientPort)
        return std::nullopt;
    const quint64 id = quint64 {address - ClientNet} * ClientPorts + port - FirstClientPort;
    if (address - ClientNet >= NetSize || id == 0 || id > 0xffffffff)
        return std::nullopt;
    return ConnectionId {id};
}

[[nodiscard]] constexpr size_t padded(size_t length)
{
    return (length + 3) & ~size_t {3};
}

} // namespace Sockeye::Pcapng
