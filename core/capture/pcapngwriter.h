// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/pcapngformat.h"
#include "core/capture/record.h"

#include <span>
#include <vector>

namespace Sockeye::Pcapng {

// Values in, bytes out; no I/O.

using Buffer = std::vector<std::byte>;

/// One option of a block, padded; a comment longer than the format allows is cut.
void appendOption(QByteArray &options, quint16 code, const QByteArray &value);
/// Closes a list of options; nothing stays nothing.
void endOptions(QByteArray &options);

[[nodiscard]] QByteArray sectionHeader();
[[nodiscard]] QByteArray interfaceBlock(const CapturedServer &server);

/// What one packet of a conversation says.
struct PacketFacts
{
    quint64 time = 0; ///< nanoseconds since 1970
    quint32 interface = 0;
    Direction direction = Direction::ToServer;
    quint8 flags = 0;
    /// Carries a remark and no news: announces another window, so that it does not look like a
    /// duplicate acknowledgement.
    bool isAside = false;
    quint32 payload = 0;
    quint32 options = 0; ///< bytes of the encoded options
};

[[nodiscard]] constexpr size_t packetBytes(const PacketFacts &facts)
{
    const size_t tcp = TcpFront + (facts.flags & Syn ? SynOptions : 0);
    return PacketFront + padded(Ipv4Front + tcp + facts.payload) + facts.options + 4;
}

/// The sequence numbers of one synthetic TCP conversation. Copy it to be able to go back.
struct Sequence
{
    static constexpr quint32 First = 1000;
    /// The other side acknowledges at least so often (of a window of 1 GiB), or Wireshark would
    /// find that the window is full.
    static constexpr quint64 AcknowledgeAfter = 16 * 1024 * 1024;

    quint32 next[2] = {First, First};
    quint64 unacknowledged[2] = {0, 0};
    /// Bytes were left out, and nothing behind them is acknowledged yet.
    bool hasGap[2] = {false, false};

    /// @p bytes of one direction are not in the capture.
    void skip(Direction direction, quint64 bytes);
    /// The other side has to acknowledge now. After a gap that is at once: what stands behind it
    /// is shown by Follow Stream only when it is acknowledged.
    [[nodiscard]] bool isAcknowledgementDue(Direction direction) const;
};

/// Writes the packets of one conversation.
class Conversation
{
public:
    Conversation(ConnectionId connection, ServerId server);

    /// The block up to the payload or, of a packet without any, up to its options. Returns how
    /// many bytes that were. Moves the sequence on.
    size_t writeFront(std::byte *to, const PacketFacts &facts);
    /// What follows a payload: padding, options, the block's length again.
    static size_t writeBack(std::byte *to, const PacketFacts &facts, const QByteArray &options);
    /// A whole packet without payload.
    void append(Buffer &buffer, PacketFacts facts, const QByteArray &options = {});

    Sequence sequence;

private:
    std::byte m_front[2][DataFront] = {};
    quint32 m_checksum[2] = {0, 0}; ///< of the IPv4 header without its length, not yet folded
};

} // namespace Sockeye::Pcapng
