// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/pcapngformat.h"

#include <QByteArray>
#include <QList>
#include <QtEndian>

namespace Sockeye {

/// Numbers in one byte order, for files and packets made by hand.
class Bytes
{
public:
    explicit Bytes(bool isBig = true)
        : m_isBig(isBig)
    { }

    template <class T>
    Bytes &add(T value)
    {
        const T ordered = m_isBig ? qToBigEndian(value) : qToLittleEndian(value);
        m_bytes.append(reinterpret_cast<const char *>(&ordered), sizeof ordered);
        return *this;
    }
    Bytes &add(const QByteArray &bytes)
    {
        m_bytes += bytes;
        return *this;
    }
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }

private:
    bool m_isBig;
    QByteArray m_bytes;
};

/// A TCP packet as it is sent.
struct TestSegment
{
    bool fromClient = true;
    quint32 sequence = 0;
    quint32 acknowledged = 0;
    int flags = Pcapng::Ack;
    QByteArray payload = {};
    QByteArray options = {}; ///< of TCP, in words of four bytes
    quint16 clientPort = 40'000;
    quint16 serverPort = 80;
};

inline QByteArray tcpBytes(const TestSegment &segment)
{
    Bytes tcp;
    tcp.add(segment.fromClient ? segment.clientPort : segment.serverPort)
        .add(segment.fromClient ? segment.serverPort : segment.clientPort)
        .add(segment.sequence)
        .add(segment.acknowledged)
        .add(static_cast<quint8>((20 + segment.options.size()) / 4 << 4))
        .add(static_cast<quint8>(segment.flags))
        .add(quint16 {0xffff})
        .add(quint32 {0}) // no check sum, no urgent data
        .add(segment.options)
        .add(segment.payload);
    return tcp.bytes();
}

/// 10.0.0.1 is the client, 10.0.0.2 the server.
inline QByteArray ipv4(const TestSegment &segment, quint8 protocol = 6, quint16 fragment = 0x4000)
{
    const QByteArray tcp = tcpBytes(segment);
    const quint32 client = 0x0a000001;
    const quint32 server = 0x0a000002;
    Bytes ip;
    ip.add(quint16 {0x4500})
        .add(static_cast<quint16>(20 + tcp.size()))
        .add(quint16 {0})
        .add(fragment)
        .add(quint8 {64})
        .add(protocol)
        .add(quint16 {0})
        .add(segment.fromClient ? client : server)
        .add(segment.fromClient ? server : client)
        .add(tcp);
    return ip.bytes();
}

/// fd00::1 is the client, fd00::2 the server. @p extensions: headers in front of TCP, of which the
/// first is of kind @p next.
inline QByteArray ipv6(const TestSegment &segment, const QByteArray &extensions = {},
                       quint8 next = 6)
{
    const QByteArray tcp = extensions + tcpBytes(segment);
    const QByteArray net = QByteArray::fromHex("fd000000000000000000000000000000").first(15);
    Bytes ip;
    ip.add(quint32 {0x60000000})
        .add(static_cast<quint16>(tcp.size()))
        .add(next)
        .add(quint8 {64})
        .add(net)
        .add(static_cast<quint8>(segment.fromClient ? 1 : 2))
        .add(net)
        .add(static_cast<quint8>(segment.fromClient ? 2 : 1))
        .add(tcp);
    return ip.bytes();
}

inline QByteArray ethernet(const QByteArray &ip, const QByteArray &tags = {})
{
    QByteArray frame = QByteArray::fromHex("020000000001020000000002") + tags
        + QByteArray::fromHex((ip[0] & 0xf0) == 0x60 ? "86dd" : "0800") + ip;
    while (frame.size() < 60) // as the network pads it
        frame += '\0';
    return frame;
}

/// One packet of a file.
struct TestPacket
{
    qint64 nanoseconds = 0;
    QByteArray data;
    qsizetype originalLength = -1; ///< -1: all of it is there
    quint32 interface = 0;

    [[nodiscard]] quint32 length() const
    {
        return static_cast<quint32>(originalLength < 0 ? data.size() : originalLength);
    }
};

inline QByteArray pcapFile(const QList<TestPacket> &packets, quint32 linkType, bool isBig = false,
                           bool hasNanoseconds = false)
{
    Bytes file(isBig);
    file.add(hasNanoseconds ? quint32 {0xa1b23c4d} : quint32 {0xa1b2c3d4})
        .add(quint16 {2})
        .add(quint16 {4})
        .add(quint64 {0})
        .add(quint32 {262'144})
        .add(linkType);
    for (const TestPacket &packet : packets) {
        const qint64 fraction = packet.nanoseconds % 1'000'000'000;
        file.add(static_cast<quint32>(packet.nanoseconds / 1'000'000'000))
            .add(static_cast<quint32>(hasNanoseconds ? fraction : fraction / 1000))
            .add(static_cast<quint32>(packet.data.size()))
            .add(packet.length())
            .add(packet.data);
    }
    return file.bytes();
}

inline QByteArray pcapngBlock(quint32 type, const QByteArray &body, bool isBig)
{
    const QByteArray padding(
        static_cast<qsizetype>(Pcapng::padded(static_cast<size_t>(body.size()))) - body.size(),
        '\0');
    const auto length = static_cast<quint32>(body.size() + padding.size() + 12);
    return Bytes(isBig).add(type).add(length).add(body).add(padding).add(length).bytes();
}

/// One section, an interface for each of @p linkTypes, with nanoseconds; @p kind: of packet block.
inline QByteArray pcapngFile(const QList<TestPacket> &packets, const QList<quint16> &linkTypes,
                             bool isBig = false, quint32 kind = Pcapng::EnhancedPacketBlock)
{
    QByteArray file = pcapngBlock(Pcapng::SectionHeaderBlock,
                                  Bytes(isBig)
                                      .add(Pcapng::ByteOrderMagic)
                                      .add(quint16 {1})
                                      .add(quint16 {0})
                                      .add(quint64 {0xffff'ffff'ffff'ffff})
                                      .bytes(),
                                  isBig);
    for (const quint16 linkType : linkTypes) {
        file += pcapngBlock(Pcapng::InterfaceBlock,
                            Bytes(isBig)
                                .add(linkType)
                                .add(quint16 {0})
                                .add(quint32 {0})
                                .add(Pcapng::OptionTimeResolution)
                                .add(quint16 {1})
                                .add(QByteArray("\x09\0\0\0", 4))
                                .add(quint32 {0})
                                .bytes(),
                            isBig);
    }
    for (const TestPacket &packet : packets) {
        Bytes body(isBig);
        if (kind == Pcapng::SimplePacketBlock) {
            body.add(packet.length());
        } else {
            if (kind == Pcapng::EnhancedPacketBlock)
                body.add(packet.interface);
            else
                body.add(static_cast<quint16>(packet.interface)).add(quint16 {7});
            body.add(static_cast<quint32>(packet.nanoseconds >> 32))
                .add(static_cast<quint32>(packet.nanoseconds))
                .add(static_cast<quint32>(packet.data.size()))
                .add(packet.length());
        }
        file += pcapngBlock(kind, body.add(packet.data).bytes(), isBig);
    }
    return file;
}

} // namespace Sockeye
