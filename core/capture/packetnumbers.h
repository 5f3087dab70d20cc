// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"
#include "core/capture/pcapngreader.h"
#include "core/capture/record.h"

#include <optional>
#include <vector>

namespace Sockeye {

/// One packet of a record, as other programs see the file.
struct RecordPacket
{
    quint64 number = 0; ///< Wireshark's frame number: 1 is the first packet of the file
    quint64 payloadOffset = 0; ///< of its first payload byte in the record
    quint32 payload = 0; ///< bytes

    friend bool operator==(const RecordPacket &, const RecordPacket &) = default;
};

/// Finds the numbers of packets by the bytes at which they stand in a pcapng file: other programs
/// count packets, Sockeye remembers offsets. It walks from block to block, reading little but their
/// fronts, and keeps a checkpoint every so many packets: a file is walked once, up to the farthest
/// packet that was ever asked for, and each later question costs one stretch between checkpoints.
///
/// The file may grow meanwhile; what stands in it must not change. One thread at a time. The first
/// question of a large file takes as long as walking it: some 0.1 s for a million packets.
class PacketNumbers
{
public:
    /// In packets. 16 bytes for each checkpoint are 1/64 byte a packet.
    static constexpr quint64 CheckpointDistance = 1024;

    explicit PacketNumbers(Pcapng::ReadAt read);
    /// Fails with FileUnreadable. The file stays open.
    [[nodiscard]] static Result<PacketNumbers> open(const QString &file);

    /// Nothing if no packet begins at @p offset, or if what is in front of it is no pcapng.
    [[nodiscard]] std::optional<quint64> numberAt(quint64 offset);
    /// The packets of @p record, whose first one begins at @p offset; at most @p maximum. Those of
    /// other records may stand between them, where another program has merged files. What was
    /// captured before the whole record was written is left out.
    [[nodiscard]] std::vector<RecordPacket> packetsOf(const Record &record, quint64 offset,
                                                      size_t maximum);
    /// Bytes that the checkpoints take.
    [[nodiscard]] qint64 bytes() const;

private:
    struct Checkpoint
    {
        quint64 offset = 0; ///< of a block
        quint64 packetsAndOrder = 0; ///< how many packets are in front of it, times 2, + isSwapped
    };
    /// Where a walk stands: in front of a block.
    struct Position
    {
        quint64 offset = 0;
        quint64 packets = 0; ///< in front of it
        bool isSwapped = false; ///< the section is in the other byte order
    };

    [[nodiscard]] Position startFor(quint64 offset) const;
    [[nodiscard]] std::optional<Position> seek(quint64 offset);
    /// To the next block; false at the end and where the file is damaged.
    [[nodiscard]] bool step(Position &position, bool *isPacket = nullptr);
    void remember(const Position &position);
    [[nodiscard]] Pcapng::ByteView view(quint64 offset, size_t length);

    Pcapng::ReadAt m_read;
    std::vector<Checkpoint> m_checkpoints;
    std::vector<std::byte> m_window;
    quint64 m_windowStart = 0;
    quint64 m_lastLength = 0; ///< of the block that was stepped over last
};

} // namespace Sockeye
