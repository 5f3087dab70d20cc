// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/foreignrecorder.h"
#include "core/capture/tcppacket.h"
#include "core/capture/tcpreassembler.h"

#include <list>
#include <memory>
#include <unordered_map>

namespace Sockeye {

/// Makes connections of TCP packets, in the order in which they were captured, and records them.
///
/// The server is who received the SYN; in a connection whose beginning is not there, who has the
/// lower port. Memory is bounded: of more than MostOpen connections the one that was silent longest
/// is given up, and begins anew if it goes on.
class TcpConversations
{
public:
    static constexpr size_t MostOpen = 32'768;
    /// Of all connections together; what waits most recently gives way.
    static constexpr qsizetype MostWaitingBytes = 128 * 1024 * 1024;

    explicit TcpConversations(ForeignRecorder &recorder);

    void add(Timestamp time, const TcpPacket &packet);
    /// The file ends here: what still waits is recorded, with gaps for what is missing.
    void finish();

private:
    struct Key
    {
        NetworkEnd low;
        NetworkEnd high;

        friend bool operator==(const Key &, const Key &) = default;
    };
    struct KeyHash
    {
        size_t seed;
        size_t operator()(const Key &key) const noexcept;
    };
    struct Connection
    {
        Key key;
        NetworkEnd client;
        std::unique_ptr<CaptureStream> stream;
        TcpReassembler sides[2]; ///< by Direction
        std::optional<quint32> firsts[2]; ///< sequence numbers of the SYNs
        bool isReset = false;
    };
    using Connections = std::list<Connection>; ///< the one that was silent longest first

    [[nodiscard]] Connections::iterator findOrOpen(Timestamp time, const TcpPacket &packet);
    [[nodiscard]] static bool begins(const Connection &connection, const TcpPacket &packet);
    void addTo(Connection &connection, Timestamp time, const TcpPacket &packet);
    void record(Connection &connection, Timestamp time, Direction direction);
    void finish(Connection &connection, Timestamp time);

    ForeignRecorder &m_recorder;
    Connections m_connections;
    std::unordered_map<Key, Connections::iterator, KeyHash> m_places;
    qsizetype m_waitingBytes = 0;
    Timestamp m_lastTime;
    std::vector<TcpPiece> m_pieces;
};

} // namespace Sockeye
