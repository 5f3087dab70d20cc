// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/captureimport.h"

#include "core/capture/connectioncomment.h"

#include <algorithm>
#include <unordered_map>

namespace Sockeye {

namespace {

using namespace Pcapng;

/// No section of ours has more; a file that says so only wants our memory.
constexpr size_t MostInterfaces = IndexEntry::UnknownServer;

/// A set of connections' ids, which are never 0: open addressing, so 5 to 7 bytes each.
class IdSet
{
public:
    /// False if it was there already.
    bool insert(quint32 id)
    {
        if ((m_count + 1) * quint64 {100} > m_slots.size() * quint64 {80})
            grow();
        quint32 &slot = m_slots[slotOf(id)];
        if (slot == id)
            return false;
        slot = id;
        ++m_count;
        return true;
    }
    [[nodiscard]] bool contains(quint32 id) const
    {
        return !m_slots.empty() && m_slots[slotOf(id)] == id;
    }

private:
    [[nodiscard]] size_t slotOf(quint32 id) const
    {
        const quint32 hash = id * 2654435761u; // Knuth's: neighbours end up far apart
        auto slot = static_cast<size_t>((quint64 {hash} * m_slots.size()) >> 32);
        while (m_slots[slot] != 0 && m_slots[slot] != id)
            slot = slot + 1 == m_slots.size() ? 0 : slot + 1;
        return slot;
    }
    void grow()
    {
        const std::vector<quint32> before = std::move(m_slots);
        m_slots.assign(std::max<size_t>(64, before.size() + before.size() / 2), 0);
        for (const quint32 id : before) {
            if (id != 0)
                m_slots[slotOf(id)] = id;
        }
    }

    std::vector<quint32> m_slots;
    size_t m_count = 0;
};

bool isZero(std::span<const std::byte> bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte {0}; });
}

// Whether nothing but zeros stands from offset on.
bool isZeroFrom(const ReadAt &read, qint64 offset, qint64 size)
{
    std::vector<std::byte> buffer(static_cast<size_t>(std::min<qint64>(size - offset, 1 << 20)));
    while (offset < size) {
        const qint64 got = read(offset, buffer);
        if (got <= 0 || !isZero(std::span(buffer).first(static_cast<size_t>(got))))
            return false;
        offset += got;
    }
    return true;
}

} // namespace

class CaptureImporter::Packets
{
public:
    Packets(SegmentChain &chain, CaptureSegment &segment)
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
    IdSet m_seen;
    std::unordered_map<quint32, OpenRecord> m_refused; ///< whose reset is still to come
    std::unordered_map<quint32, Introduction> m_introductions;
};

void CaptureImporter::Packets::addInterface(ByteView block)
{
    if (m_interfaces.size() >= MostInterfaces)
        return;
    m_interfaces.push_back(parseInterface(block));
    Interface &added = m_interfaces.back();
    if (added.server.isValid())
        (void)slotOf(added, {});
}

bool CaptureImporter::Packets::addPacket(const Block &block)
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

std::optional<qint64> CaptureImporter::Packets::firstOpenRecord() const
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
quint16 CaptureImporter::Packets::slotOf(Interface &interface, ServerId fallback)
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

void CaptureImporter::Packets::addHandshake(const ConversationPacket &packet, ByteView options,
                                            OpenRecord open)
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

void CaptureImporter::Packets::addReset(const ConversationPacket &packet, OpenRecord open)
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

void CaptureImporter::Packets::addData(const ConversationPacket &packet, const OpenRecord &first)
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

void CaptureImporter::Packets::addAside(const ConversationPacket &packet, ByteView options,
                                        OpenRecord open, quint64 blockEnd)
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

void CaptureImporter::Packets::addRecord(const OpenRecord &finished)
{
    const auto connection = static_cast<quint32>(finished.record.connection.value);
    const bool isFirst = m_seen.insert(connection);
    if (isFirst) {
        const auto it = m_introductions.find(connection);
        if (it != m_introductions.end()) {
            if (it->second.end != finished.offset)
                m_chain.addStray(m_segment, connection, it->second.offset);
            m_introductions.erase(it);
        }
    }
    m_chain.addEntry(m_segment,
                     IndexEntry(finished.record, finished.offset, finished.slot, isFirst));
}

CaptureImporter::CaptureImporter(ReadAt read, qint64 size, SegmentChain &chain,
                                 CaptureSegment &segment)
    : m_read(read)
    // No offset behind this one fits an index entry.
    , m_size(std::min(size, static_cast<qint64>(IndexEntry::LargestOffset)))
    , m_reader(std::move(read), m_size)
    , m_packets(std::make_unique<Packets>(chain, segment))
    , m_chain(chain)
    , m_segment(segment)
{ }

CaptureImporter::~CaptureImporter() = default;

bool CaptureImporter::readSome(qint64 bytes)
{
    const qint64 until = m_reader.position() + bytes;
    while (!m_contradiction && m_reader.position() < until) {
        const auto block = m_reader.next();
        if (!block)
            return false;
        if (block->type == SectionHeaderBlock)
            m_packets->beginSection();
        else if (m_reader.isForeignSection())
            continue;
        else if (block->type == InterfaceBlock)
            m_packets->addInterface(block->bytes);
        else if (block->type == EnhancedPacketBlock && !m_packets->addPacket(*block))
            m_contradiction = {block->offset,
                               QT_TRANSLATE_NOOP("Problem", "a packet is longer than its block")};
    }
    return !m_contradiction;
}

void CaptureImporter::resume(qint64 size)
{
    m_size = std::min(size, static_cast<qint64>(IndexEntry::LargestOffset));
    m_reader.resume(m_size);
}

void CaptureImporter::publish()
{
    m_segment.setSize(readable());
    m_chain.publish(m_segment);
}

qint64 CaptureImporter::readable() const
{
    return m_contradiction ? m_contradiction->offset : m_reader.position();
}

std::optional<CaptureDamage> CaptureImporter::damage() const
{
    if (m_contradiction)
        return m_contradiction;
    const qint64 position = m_reader.position();
    if (m_reader.damage() && (position == 0 || !isZeroFrom(m_read, position, m_size)))
        return CaptureDamage {position, m_reader.damage()};
    if (const auto open = m_packets->firstOpenRecord())
        return CaptureDamage {
            *open, QT_TRANSLATE_NOOP("Problem", "the last packet of a record is missing")};
    return std::nullopt;
}

} // namespace Sockeye
