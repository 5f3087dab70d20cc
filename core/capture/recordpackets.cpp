// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/recordpackets.h"

#include "core/capture/connectioncomment.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace Sockeye::Pcapng {

namespace {

void appendSyn(Buffer &buffer, Conversation &conversation, PacketFacts &at,
               const Handshake &handshake)
{
    QByteArray options;
    appendOption(options, OptionComment, handshake.comment);
    if (handshake.pid != 0) {
        const quint32 process[2] = {qToLittleEndian(handshake.pid), 0};
        appendOption(options, OptionProcess,
                     QByteArray(reinterpret_cast<const char *>(process), sizeof process));
    }
    endOptions(options);
    at.direction = Direction::ToServer;
    at.flags = Syn;
    conversation.append(buffer, at, options);
    at.direction = Direction::ToClient;
}

} // namespace

QByteArray commentOptions(const QByteArray &comment)
{
    QByteArray options;
    if (!comment.isEmpty())
        appendOption(options, OptionComment, comment);
    endOptions(options);
    return options;
}

Direction opposite(Direction direction)
{
    return direction == Direction::ToServer ? Direction::ToClient : Direction::ToServer;
}

void appendIntroduction(Buffer &buffer, Conversation &conversation, PacketFacts at,
                        const QByteArray &comment)
{
    at.direction = Direction::ToServer;
    at.flags = Ack;
    at.isAside = true;
    conversation.append(buffer, at, commentOptions(comment));
}

void appendOpened(Buffer &buffer, Conversation &conversation, PacketFacts at,
                  const Handshake &handshake)
{
    appendSyn(buffer, conversation, at, handshake);
    at.flags = Syn | Ack;
    conversation.append(buffer, at);
    at.direction = Direction::ToServer;
    at.flags = Ack;
    conversation.append(buffer, at);
}

void appendRefused(Buffer &buffer, Conversation &conversation, PacketFacts at,
                   const Handshake &handshake, const QByteArray &note)
{
    appendSyn(buffer, conversation, at, handshake);
    at.flags = Rst | Ack;
    conversation.append(buffer, at, commentOptions(note));
}

void appendEndOfStream(Buffer &buffer, Conversation &conversation, PacketFacts at,
                       const QByteArray &note)
{
    at.flags = Fin | Ack;
    conversation.append(buffer, at, commentOptions(note));
}

void appendReset(Buffer &buffer, Conversation &conversation, PacketFacts at, const QByteArray &note)
{
    at.flags = Rst | Ack;
    conversation.append(buffer, at, commentOptions(note));
}

void appendGap(Buffer &buffer, Conversation &conversation, PacketFacts at, quint64 bytes,
               quint64 records)
{
    QByteArray options;
    appendOption(options, OptionComment, toGapComment(bytes));
    const quint64 drops = qToLittleEndian(std::max<quint64>(records, 1));
    appendOption(options, OptionDropCount,
                 QByteArray(reinterpret_cast<const char *>(&drops), sizeof drops));
    endOptions(options);
    conversation.sequence.skip(at.direction, bytes);
    at.flags = Ack;
    at.isAside = true;
    conversation.append(buffer, at, options);
}

void appendData(Buffer &buffer, Conversation &conversation, PacketFacts at,
                std::span<const std::byte> bytes, const QByteArray &options, bool isLast)
{
    for (QByteArray first = options; !bytes.empty(); first.clear()) {
        const auto payload = bytes.first(std::min<size_t>(bytes.size(), LongestPayload));
        bytes = bytes.subspan(payload.size());
        PacketFacts facts = at;
        facts.flags = bytes.empty() && isLast ? Psh | Ack : Ack;
        facts.payload = static_cast<quint32>(payload.size());
        facts.options = static_cast<quint32>(first.size());
        const size_t start = buffer.size();
        buffer.resize(start + packetBytes(facts));
        std::byte *to = buffer.data() + start;
        to += conversation.writeFront(to, facts);
        std::memcpy(to, payload.data(), payload.size());
        Conversation::writeBack(to + payload.size(), facts, first);
        if (!conversation.sequence.isAcknowledgementDue(at.direction))
            continue;
        PacketFacts acknowledgement = at;
        acknowledgement.direction = opposite(at.direction);
        acknowledgement.flags = Ack;
        conversation.append(buffer, acknowledgement);
    }
}

} // namespace Sockeye::Pcapng
