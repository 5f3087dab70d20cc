// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/tcpconversations.h"

#include <QHashFunctions>
#include <QRandomGenerator>

namespace Sockeye {

namespace {

using namespace Pcapng;

/// Bytes by which a SYN may be captured too late.
constexpr quint32 LargestDelay = 65'536;

Direction opposite(Direction direction)
{
    return direction == Direction::ToServer ? Direction::ToClient : Direction::ToServer;
}

} // namespace

// With a seed: whoever made the file must not choose which connections share a slot.
size_t TcpConversations::KeyHash::operator()(const Key &key) const noexcept
{
    size_t hash = seed;
    for (const NetworkEnd *end : {&key.low, &key.high}) {
        hash = qHashBits(end->address.data(), end->address.size(), hash);
        hash = qHash(quint32 {end->port} << 1 | quint32 {end->isIpv6}, hash);
    }
    return hash;
}

TcpConversations::TcpConversations(ForeignRecorder &recorder)
    : m_recorder(recorder)
    , m_places(16, KeyHash {static_cast<size_t>(QRandomGenerator::system()->generate64())})
{ }

void TcpConversations::add(Timestamp time, const TcpPacket &packet)
{
    m_lastTime = time;
    const auto it = findOrOpen(time, packet);
    if (it == m_connections.end())
        return;
    const qsizetype before = it->sides[0].waitingBytes() + it->sides[1].waitingBytes();
    addTo(*it, time, packet);
    m_waitingBytes += it->sides[0].waitingBytes() + it->sides[1].waitingBytes() - before;
    for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
        TcpReassembler &side = it->sides[static_cast<size_t>(direction)];
        while (m_waitingBytes > MostWaitingBytes && side.waitingBytes() > 0) {
            m_waitingBytes -= side.waitingBytes();
            (void)side.giveUp(m_pieces);
            m_waitingBytes += side.waitingBytes();
        }
        record(*it, time, direction);
    }
    m_connections.splice(m_connections.end(), m_connections, it);
}

void TcpConversations::finish()
{
    for (Connection &connection : m_connections)
        finish(connection, m_lastTime);
    m_places.clear();
    m_connections.clear();
}

// The end of the list: a packet that belongs to no connection and begins none.
TcpConversations::Connections::iterator TcpConversations::findOrOpen(Timestamp time,
                                                                     const TcpPacket &packet)
{
    const Key key = {std::min(packet.source, packet.destination),
                     std::max(packet.source, packet.destination)};
    const auto found = m_places.find(key);
    if (found != m_places.end()) {
        const auto it = found->second;
        if (!begins(*it, packet))
            return it;
        finish(*it, time);
        m_connections.erase(it);
        m_places.erase(found);
    }
    // What only acknowledges or resets tells of a connection that has ended.
    const bool isSyn = packet.flags & Syn;
    if (!isSyn && (packet.flags & Rst || (packet.bytes.empty() && packet.missing == 0)))
        return m_connections.end();
    if (m_connections.size() >= MostOpen) {
        Connection &oldest = m_connections.front();
        finish(oldest, time);
        m_places.erase(oldest.key);
        m_connections.pop_front();
    }
    const bool fromClient =
        isSyn ? !(packet.flags & Ack) : packet.source.port >= packet.destination.port;
    Connection connection;
    connection.key = key;
    connection.client = fromClient ? packet.source : packet.destination;
    CapturedConnection facts;
    facts.executable = connection.client.text(); // all that is known of who it was
    connection.stream = m_recorder.open(
        time, (fromClient ? packet.destination : packet.source).text(), std::move(facts));
    m_connections.push_back(std::move(connection));
    const auto it = std::prev(m_connections.end());
    m_places.emplace(key, it);
    return it;
}

// Whether the packet is the first of another connection between the same ends. A SYN that comes
// twice, or late, belongs to the one that is there.
bool TcpConversations::begins(const Connection &connection, const TcpPacket &packet)
{
    if (!(packet.flags & Syn))
        return false;
    const auto side =
        packet.source == connection.client ? Direction::ToServer : Direction::ToClient;
    const auto here = static_cast<size_t>(side);
    const auto &first = connection.firsts[here];
    if (first)
        return *first != packet.sequence;
    const auto &called = connection.firsts[1 - here];
    if (called && packet.flags & Ack && packet.acknowledged == *called + 1)
        return false;
    // Captured behind the data that it stands in front of.
    const TcpReassembler &stream = connection.sides[here];
    return stream.hasBegun() && stream.expected() - (packet.sequence + 1) > LargestDelay;
}

void TcpConversations::addTo(Connection &connection, Timestamp time, const TcpPacket &packet)
{
    const auto side =
        packet.source == connection.client ? Direction::ToServer : Direction::ToClient;
    const auto here = static_cast<size_t>(side);
    TcpReassembler &sender = connection.sides[here];
    TcpReassembler &receiver = connection.sides[1 - here];
    const bool isSyn = packet.flags & Syn;
    if (isSyn) {
        connection.firsts[here] = packet.sequence;
        sender.begin(packet.sequence + 1);
    }
    if (packet.flags & Ack && !(packet.flags & Rst)) {
        // The other side's SYN is missing, but this is how it is answered.
        if (connection.firsts[here] && !receiver.hasBegun())
            receiver.begin(packet.acknowledged);
        receiver.acknowledge(packet.acknowledged);
    }
    const bool isEnd = packet.flags & Fin;
    // What stands behind a reset's header is its reason, not data (RFC 9293).
    if (!(packet.flags & Rst) && (!packet.bytes.empty() || packet.missing > 0 || isEnd)) {
        sender.add({packet.sequence + (isSyn ? 1 : 0), packet.bytes, packet.missing, isEnd},
                   m_pieces);
    }
    sender.settle(m_pieces);
    record(connection, time, side);
    receiver.settle(m_pieces);
    record(connection, time, opposite(side));
    if (packet.flags & Rst && !connection.isReset) {
        connection.isReset = true;
        for (const Direction direction : {side, opposite(side)}) {
            connection.sides[static_cast<size_t>(direction)].finish(m_pieces);
            record(connection, time, direction);
        }
        m_recorder.reset(*connection.stream, time, side);
    }
}

void TcpConversations::record(Connection &connection, Timestamp time, Direction direction)
{
    for (const TcpPiece &piece : m_pieces) {
        switch (piece.kind) {
        case TcpPiece::Bytes:
            m_recorder.append(*connection.stream, time, direction, piece.bytes);
            break;
        case TcpPiece::Gap:
            m_recorder.gap(*connection.stream, time, direction, piece.missing);
            break;
        case TcpPiece::End:
            m_recorder.endOfStream(*connection.stream, time, direction);
            break;
        }
    }
    m_pieces.clear();
}

void TcpConversations::finish(Connection &connection, Timestamp time)
{
    for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
        TcpReassembler &side = connection.sides[static_cast<size_t>(direction)];
        m_waitingBytes -= side.waitingBytes();
        side.finish(m_pieces);
        record(connection, time, direction);
    }
}

} // namespace Sockeye
