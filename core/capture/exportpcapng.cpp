// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/byteview.h"
#include "core/capture/connectioncomment.h"
#include "core/capture/exportformat.h"
#include "core/capture/recordpackets.h"

#include <algorithm>
#include <unordered_map>

namespace Sockeye {

namespace {

using namespace Pcapng;

QByteArrayView viewOf(const Buffer &buffer)
{
    return {reinterpret_cast<const char *>(buffer.data()), static_cast<qsizetype>(buffer.size())};
}

/// The selected records as conversations of their own: what is left out leaves no hole in the
/// sequence numbers, as it is not missing; only what the capture itself lacks does.
class PcapngFormat final : public RecordFormat
{
public:
    PcapngFormat(const CaptureLog &log, ExportOutput &output, bool hasAllServers)
        : RecordFormat(log, output)
        , m_hasAllServers(hasAllServers)
    { }

    Result<> begin() override
    {
        if (auto written = write(sectionHeader()); !written)
            return written;
        // Also those without traffic, which are nowhere else.
        for (const CapturedServer &server :
             m_hasAllServers ? log().servers() : std::vector<CapturedServer>()) {
            m_interfaces.emplace(server.id.value, static_cast<quint32>(m_interfaces.size()));
            if (auto written = write(interfaceBlock(server)); !written)
                return written;
        }
        return {};
    }

    Result<quint64> add(const Record &record, int /*pass*/) override;

private:
    [[nodiscard]] PacketFacts factsOf(const Record &record);
    void introduce(Pcapng::Conversation &conversation, const Record &record, PacketFacts at);
    void appendControl(Pcapng::Conversation &conversation, const Record &record, PacketFacts at);
    [[nodiscard]] Result<quint64> addData(Pcapng::Conversation &conversation, const Record &record,
                                          PacketFacts at);
    [[nodiscard]] Handshake handshakeOf(const Record &record) const;
    [[nodiscard]] Result<> writeBuffer();

    const bool m_hasAllServers;
    Buffer m_buffer;
    std::unordered_map<quint64, quint32> m_interfaces; ///< of servers, by id
    std::unordered_map<quint64, Sequence> m_sequences; ///< of connections, by id
};

Result<quint64> PcapngFormat::add(const Record &record, int /*pass*/)
{
    m_buffer.clear();
    const PacketFacts at = factsOf(record);
    Pcapng::Conversation conversation(record.connection, record.server);
    const bool isHandshake =
        record.kind == RecordKind::Opened || record.kind == RecordKind::Refused;
    const auto known = m_sequences.find(record.connection.value);
    if (known != m_sequences.end() && !isHandshake)
        conversation.sequence = known->second;
    else if (!isHandshake)
        introduce(conversation, record, at);
    Result<quint64> lost = 0;
    if (record.kind == RecordKind::Data)
        lost = addData(conversation, record, at);
    else
        appendControl(conversation, record, at);
    if (!lost)
        return lost;
    m_sequences.insert_or_assign(record.connection.value, conversation.sequence);
    if (auto written = writeBuffer(); !written)
        return fail(written.error());
    return lost;
}

PacketFacts PcapngFormat::factsOf(const Record &record)
{
    PacketFacts facts;
    facts.time = static_cast<quint64>(std::max<qint64>(record.time.time_since_epoch().count(), 0));
    facts.direction = record.direction;
    const auto next = static_cast<quint32>(m_interfaces.size());
    const auto [place, isNew] = m_interfaces.try_emplace(record.server.value, next);
    facts.interface = place->second;
    if (isNew) {
        const auto server = log().server(record.server);
        const QByteArray block =
            interfaceBlock(server.value_or(CapturedServer {record.server, {}, {}}));
        const auto bytes = std::as_bytes(std::span(block));
        m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
    }
    return facts;
}

// Where the capture does not tell who it was, the new one does not either.
void PcapngFormat::introduce(Pcapng::Conversation &conversation, const Record &record,
                             PacketFacts at)
{
    if (const auto connection = log().connection(record.connection))
        appendIntroduction(m_buffer, conversation, at, toComment({*connection, false}));
}

Handshake PcapngFormat::handshakeOf(const Record &record) const
{
    const bool isRefused = record.kind == RecordKind::Refused;
    const auto connection = log().connection(record.connection);
    if (!connection && !isRefused)
        return {};
    // That it was refused stands in the comment and nowhere else.
    CapturedConnection unknown;
    unknown.id = record.connection;
    unknown.server = record.server;
    unknown.opened = record.time;
    const qint64 pid = connection ? connection->pid : 0;
    return {toComment({connection.value_or(unknown), isRefused}),
            static_cast<quint32>(std::clamp<qint64>(pid, 0, 0xffff'ffff))};
}

void PcapngFormat::appendControl(Pcapng::Conversation &conversation, const Record &record,
                                 PacketFacts at)
{
    const auto note = [&] { return log().note(record.index).toUtf8(); };
    switch (record.kind) {
    case RecordKind::Opened:
        appendOpened(m_buffer, conversation, at, handshakeOf(record));
        break;
    case RecordKind::Refused:
        appendRefused(m_buffer, conversation, at, handshakeOf(record), note());
        break;
    case RecordKind::EndOfStream:
        appendEndOfStream(m_buffer, conversation, at, note());
        break;
    case RecordKind::Reset:
        appendReset(m_buffer, conversation, at, note());
        break;
    case RecordKind::Gap:
        appendGap(m_buffer, conversation, at, record.length, 1);
        break;
    case RecordKind::Data:
        Q_UNREACHABLE();
    }
}

Result<quint64> PcapngFormat::addData(Pcapng::Conversation &conversation, const Record &record,
                                      PacketFacts at)
{
    QByteArray options;
    if (record.hasNote)
        options = commentOptions(log().note(record.index).toUtf8());
    const auto take = [&](QByteArrayView piece, bool isLast) -> Result<> {
        const auto bytes = asBytes(piece);
        appendData(m_buffer, conversation, at, bytes, std::exchange(options, {}), isLast);
        auto written = writeBuffer();
        m_buffer.clear();
        return written;
    };
    const auto lost = readPieces(log(), record, take, cancel());
    if (lost && *lost > 0)
        appendGap(m_buffer, conversation, at, *lost, 1);
    return lost;
}

Result<> PcapngFormat::writeBuffer()
{
    return write(viewOf(m_buffer));
}

} // namespace

std::unique_ptr<RecordFormat> makePcapngFormat(const CaptureLog &log, ExportOutput &output,
                                               bool hasAllServers)
{
    return std::make_unique<PcapngFormat>(log, output, hasAllServers);
}

} // namespace Sockeye
