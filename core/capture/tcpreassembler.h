// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QtGlobal>

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace Sockeye {

/// What one TCP packet brings for its direction.
struct TcpData
{
    quint32 sequence = 0; ///< of the first byte
    std::span<const std::byte> bytes = {};
    quint32 missing = 0; ///< bytes behind them that were sent, but cut off when they were captured
    bool isEnd = false; ///< FIN stands behind all of them
};

/// The next of a direction's stream.
struct TcpPiece
{
    enum Kind { Bytes, Gap, End };
    Kind kind = Bytes;
    std::span<const std::byte> bytes = {}; ///< valid until the reassembler is used again
    quint64 missing = 0; ///< of a Gap
};

/// Puts the segments of one direction of a TCP connection in order. Bytes in, values out; no I/O.
///
/// Of bytes that come twice the first are taken. What is missing is waited for until the other side
/// has acknowledged it (it got it, the capture did not) or too much waits behind it; then it is a
/// Gap.
///
/// Not libtins' StreamFollower (4.0): that drops a connection of which too much waits, skips what
/// is missing without telling how much, never compares with what was acknowledged, forgets a
/// connection at its first RST, loses all bytes behind a packet that was cut when captured, and
/// erases from the front of its vectors.
class TcpReassembler
{
public:
    /// Of one direction: what a fast connection over a long way has on it.
    static constexpr qsizetype MostWaitingBytes = 8 * 1024 * 1024;
    static constexpr size_t MostWaitingSegments = 16'384;
    /// Of the connection, that may come after the acknowledgement of a segment and before the
    /// segment: where packets are captured by more than one processor, they change places.
    static constexpr int Patience = 16;

    /// The stream begins at @p sequence. Without it, with the first segment that comes.
    void begin(quint32 sequence);
    [[nodiscard]] bool hasBegun() const { return m_hasBegun; }
    /// Where the next byte is expected; 0 before the beginning.
    [[nodiscard]] quint32 expected() const { return static_cast<quint32>(m_next); }
    [[nodiscard]] qsizetype waitingBytes() const { return m_waitingBytes; }

    // What is next now is added to @p to. The work for a segment grows with the bytes it brings.

    /// Segments that cannot be of this stream (a GiB away) are left out.
    void add(const TcpData &data, std::vector<TcpPiece> &to);
    /// The other side has everything up to @p sequence. Before the beginning it tells nothing: what
    /// was under way when the capture began is nobody's gap.
    void acknowledge(quint32 sequence);
    /// A packet of the connection, of whatever direction, is over.
    void settle(std::vector<TcpPiece> &to);
    /// No more waiting for the first of what is missing; false if nothing waits behind it.
    bool giveUp(std::vector<TcpPiece> &to);
    /// Nothing will come any more: all that waits is next, and what is missing, too.
    void finish(std::vector<TcpPiece> &to);

private:
    struct Waiting
    {
        std::vector<std::byte> bytes; ///< empty: cut off
        quint64 length = 0;
    };
    using Range = std::map<quint64, Waiting>;

    void deliver(std::vector<TcpPiece> &to);
    void skipTo(quint64 position, std::vector<TcpPiece> &to);
    void store(quint64 position, std::span<const std::byte> bytes);
    void storeMissing(quint64 position, quint64 end);
    [[nodiscard]] std::optional<quint64> toPosition(quint32 sequence) const;

    bool m_hasBegun = false;
    bool m_hasEnded = false;
    quint64 m_next = 0; ///< position: the sequence number, continued over 32 bits
    quint64 m_acknowledged = 0;
    std::optional<quint64> m_end; ///< where FIN stands
    int m_late = 0; ///< packets since m_acknowledged went past m_next
    Range m_waiting; ///< by position, without overlaps
    qsizetype m_waitingBytes = 0;
    std::vector<std::vector<std::byte>> m_delivered; ///< what pieces point to
};

} // namespace Sockeye
