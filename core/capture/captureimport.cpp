// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/captureimport.h"

#include "core/capture/connectioncomment.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace Sockeye {

namespace {

using namespace Pcapng;

/// No section of ours has more; a file that says so only wants our memory.
constexpr size_t MostInterfaces = IndexEntry::UnknownServer;

class Importer
{
public:
    Importer(SegmentChain &chain, CaptureSegment &segment)
        : m_chain(chain)
        , m_segment(segment)
    { }

    void beginSection() { m_interfaces.clear(); }
    void addInterface(ByteView block);
    /// False if the block contradicts itself.
    [[nodiscard]] bool addPacket(const Block &block);
    /// Where the first record stands of which the last packet is missing.
    [[nodiscard]] std::optional<qint64> firstOpenRecord() const;

private:
    struct OpenRecord
    {
        Record record;
        quint64 offset = 0;
        quint16 slot = 0;
    };
    struct Introduction
    {
        quint64 offset = 0;
        quint64 end = 0; ///< of its block
    };

    [[nodiscard]] quint16 slotOf(Interface &interface, ServerId fallback);
    void addHandshake(const ConversationPacket &packet, ByteView options, OpenRecord open);
    void addReset(const ConversationPacket &packet, OpenRecord open);
    void addData(const ConversationPacket &packet, const OpenRecord &first);
    void addAside(const ConversationPacket &packet, ByteView options, OpenRecord open,
                  quint64 blockEnd);
    void addRecord(const OpenRecord &finished);

    SegmentChain &m_chain;
    CaptureSegment &m_segment;
    std::vector<Interface> m_interfaces;
    std::unordered_map<quint64, OpenRecord> m_open; ///< connection * 2 + direction
    std::unordered_set<quint32> m_seen;
    std::unordered_map<quint32, OpenRecord> m_refused; ///< whose reset is still to come
    std::unordered_map<quint32, Introduction> m_introductions;
};

void Importer::addInterface(ByteView block)
{
    if (m_interfaces.size() >= MostInterfaces)
        return;
    m_interfaces.push_back(parseInterface(block));
    Interface &added = m_interfaces.back();
    if (added.server.isValid())
        (void)slotOf(added, {});
}

bool Importer::addPacket(const Block &block)
{
    const auto packet = parseEnhancedPacket(block.bytes);
    if (!packet)
        return false;
    if (packet->interface >= m_interfaces.size())
        return true;
    Interface &interface = m_interfaces[packet->interface];
    if (interface.linkType != LinkTypeIpv4 && interface.linkType != LinkTypeRaw)
        return true;
    const auto ours = parseConversationPacket(packet->data, packet->data.size());
    if (!ours)
        return true;

    OpenRecord open;
    open.offset = static_cast<quint64>(block.offset);
    open.slot = slotOf(interface, ours->server);
    open.record.time = interface.toTime(packet->ticks);
    open.record.connection = ours->connection;
    open.record.direction = ours->direction;
    if (ours->flags & Syn) {
        if (!(ours->flags & Ack))
            addHandshake(*ours, packet->options, open);
    } else if (ours->flags & Rst) {
        addReset(*ours, open);
    } else if (ours->flags & Fin) {
        open.record.kind = RecordKind::EndOfStream;
        addRecord(open);
    } else if (ours->payload > 0) {
        open.record.hasNote =
            !packet->options.empty() && !findOption(packet->options, OptionComment).isEmpty();
        addData(*ours, open);
    } else if (!packet->options.empty()) {
        addAside(*ours, packet->options, open, open.offset + block.bytes.size());
    }
    return true;
}

std::optional<qint64> Importer::firstOpenRecord() const
{
    std::optional<qint64> result;
    const auto consider = [&result](const auto &openRecords) {
        for (const auto &[key, open] : openRecords)
            result = std::min(result.value_or(INT64_MAX), static_cast<qint64>(open.offset));
    };
    consider(m_open);
    consider(m_refused);
    return result;
}

// A piece of a file, or one that another program wrote anew, may lack the server's id: then it is
// that of the address.
quint16 Importer::slotOf(Interface &interface, ServerId fallback)
{
    if (interface.slot < 0) {
        if (!interface.server.isValid())
            interface.server = fallback;
        interface.slot = interface.server.isValid()
            ? m_chain.addServer({interface.server, interface.name, interface.address})
            : IndexEntry::UnknownServer;
    }
    return static_cast<quint16>(interface.slot);
}

void Importer::addHandshake(const ConversationPacket &packet, ByteView options, OpenRecord open)
{
    const auto comment = fromComment(findOption(options, OptionComment));
    open.record.kind = RecordKind::Opened;
    if (comment && comment->isRefused) {
        open.record.kind = RecordKind::Refused; // whole with the reset, which tells why
        m_refused.insert_or_assign(static_cast<quint32>(packet.connection.value), open);
        return;
    }
    addRecord(open);
}

void Importer::addReset(const ConversationPacket &packet, OpenRecord open)
{
    const auto refused = m_refused.find(static_cast<quint32>(packet.connection.value));
    if (refused != m_refused.end()) {
        addRecord(refused->second);
        m_refused.erase(refused);
        return;
    }
    open.record.kind = RecordKind::Reset;
    addRecord(open);
}

void Importer::addData(const ConversationPacket &packet, const OpenRecord &first)
{
    const quint64 key = packet.connection.value * 2 + static_cast<quint64>(packet.direction);
    if (packet.flags & Psh && !m_open.contains(key)) { // most records are one packet
        OpenRecord whole = first;
        whole.record.length = packet.payload;
        addRecord(whole);
        return;
    }
    const auto it = m_open.try_emplace(key, first).first;
    it->second.record.length += packet.payload;
    if (!(packet.flags & Psh))
        return;
    addRecord(it->second);
    m_open.erase(it);
}

void Importer::addAside(const ConversationPacket &packet, ByteView options, OpenRecord open,
                        quint64 blockEnd)
{
    const QByteArray comment = findOption(options, OptionComment);
    if (const auto missing = fromGapComment(comment)) {
        open.record.kind = RecordKind::Gap;
        open.record.length = *missing;
        m_chain.countGap(*missing);
        addRecord(open);
        return;
    }
    const auto connection = static_cast<quint32>(packet.connection.value);
    if (!comment.startsWith('{') || m_seen.contains(connection))
        return;
    m_introductions[connection] = {open.offset, blockEnd};
}

void Importer::addRecord(const OpenRecord &finished)
{
    const auto connection = static_cast<quint32>(finished.record.connection.value);
    const bool isFirst = m_seen.insert(connection).second;
    if (isFirst) {
        const auto it = m_introductions.find(connection);
        if (it != m_introductions.end()) {
            if (it->second.end != finished.offset)
                m_segment.strayIntroductions.emplace(connection, it->second.offset);
            m_introductions.erase(it);
        }
    }
    m_chain.addEntry(m_segment,
                     IndexEntry(finished.record, finished.offset, finished.slot, isFirst));
}

} // namespace

CaptureImport importCapture(const ReadAt &read, qint64 size, SegmentChain &chain,
                            CaptureSegment &segment)
{
    // No offset behind this one fits an index entry.
    BlockReader reader(read, std::min(size, static_cast<qint64>(IndexEntry::LargestOffset)));
    Importer importer(chain, segment);
    CaptureImport result;
    while (const auto block = reader.next()) {
        if (block->type == SectionHeaderBlock)
            importer.beginSection();
        else if (reader.isForeignSection())
            continue;
        else if (block->type == InterfaceBlock)
            importer.addInterface(block->bytes);
        else if (block->type == EnhancedPacketBlock && !importer.addPacket(*block)) {
            result.damage = {block->offset,
                             QT_TRANSLATE_NOOP("Problem", "a packet is longer than its block")};
            result.readable = block->offset;
            return result;
        }
    }
    result.readable = reader.position();
    if (reader.damage())
        result.damage = {reader.position(), reader.damage()};
    else if (const auto open = importer.firstOpenRecord())
        result.damage = {*open,
                         QT_TRANSLATE_NOOP("Problem", "the last packet of a record is missing")};
    return result;
}

} // namespace Sockeye
