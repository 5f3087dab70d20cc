// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/sequencedata.h"

#include "core/models/sequencetask.h"
#include "core/models/textformat.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// Of the payload, in a row: what a lane has room for.
constexpr qint64 previewBytes = 120;
constexpr qsizetype mostNote = 120;

} // namespace

SequenceData::SequenceData(std::shared_ptr<const CaptureLog> log, QObject *parent)
    : QObject(parent)
    , m_log(std::move(log))
    , m_rows(std::make_shared<RowTask>(Selection()))
    , m_census(std::make_shared<CensusTask>())
    , m_sweep(std::make_unique<CaptureSweep>(m_log))
{
    m_sweep->start(m_rows);
    m_sweep->start(m_census);
}

SequenceData::~SequenceData() = default;

void SequenceData::select(const Selection &selection)
{
    m_selection = selection;
    m_sweep->stop(m_rows);
    m_rows = std::make_shared<RowTask>(selection);
    m_sweep->start(m_rows, true);
    m_version = 0;
    m_epoch = 0;
    m_beginRow = m_endRow = 0;
    m_lanes.clear();
    m_isSearching = true;
    m_goal = m_log->cursor().end;
    Q_EMIT restarted();
    Q_EMIT changed();
}

void SequenceData::refresh()
{
    m_sweep->wake();
    const CaptureCursor now = m_log->cursor();
    const bool wasSearching = m_isSearching;
    const quint64 oldTotal = std::exchange(m_total, now.end - now.begin);
    const quint64 oldBegin = m_beginRow;
    const RowTask::Size size = m_rows->size(now.begin);
    const auto progress = m_sweep->progress(m_rows);
    m_isSearching =
        !progress || progress->epoch != now.epoch || progress->end < std::min(m_goal, now.end);
    m_goal = now.end;
    if (size.epoch != m_epoch) {
        const bool isAnew = m_epoch != 0;
        m_epoch = size.epoch;
        if (isAnew)
            Q_EMIT restarted();
    }
    m_beginRow = size.beginRow;
    m_endRow = size.endRow;
    const quint64 version = size.version + m_census->version();
    const bool isChanged = version != m_version || wasSearching != m_isSearching
        || oldTotal != m_total || oldBegin != m_beginRow;
    if (version != m_version)
        m_lanes = m_rows->lanes();
    m_version = version;
    measure(now);
    if (isChanged)
        Q_EMIT changed();
}

/// Kept while its record is there: what is counted from it must not move.
void SequenceData::measure(const CaptureCursor &now)
{
    if (m_start && m_startIndex == now.begin && m_total > 0)
        return;
    const auto first = m_log->record(now.begin);
    if (!first) {
        m_start.reset();
        return;
    }
    m_start = first->time;
    m_startIndex = now.begin;
}

std::optional<RecordIndex> SequenceData::recordAt(quint64 row) const
{
    return row >= m_beginRow && row < m_endRow ? m_rows->at(row) : std::nullopt;
}

quint64 SequenceData::rowOf(RecordIndex index) const
{
    return std::clamp(m_rows->lowerBound(index), m_beginRow, m_endRow);
}

std::vector<SequenceData::RowRecord> SequenceData::records(quint64 row, size_t count) const
{
    std::vector<RowRecord> result;
    for (quint64 next = std::max(row, m_beginRow);
         next < m_endRow && result.size() < count && next - row < count; ++next) {
        const auto index = m_rows->at(next);
        const auto record = index ? m_log->record(*index) : std::nullopt;
        if (record)
            result.push_back({next, *record});
    }
    return result;
}

std::optional<SequenceConnection> SequenceData::connection(ConnectionId id) const
{
    return m_rows->connection(id);
}

std::vector<SequenceConnection> SequenceData::connectionsAt(quint64 firstRow, quint64 lastRow) const
{
    return m_rows->connectionsAt(firstRow, lastRow);
}

std::vector<CapturedServer> SequenceData::servers() const
{
    std::vector<CapturedServer> result;
    for (const ServerId id : m_census->servers()) {
        CapturedServer server = m_log->server(id).value_or(CapturedServer());
        server.id = id;
        result.push_back(server);
    }
    return result;
}

std::vector<SequenceData::KnownConnection> SequenceData::knownConnections(ServerId server,
                                                                          size_t most) const
{
    return m_census->connections(server, most);
}

QString SequenceData::textOf(const Record &record) const
{
    const bool toServer = record.direction == Direction::ToServer;
    const auto withNote = [&](const QString &text) {
        QString note = preview(m_log->note(record.index).toUtf8());
        if (note.size() > mostNote)
            note = note.first(mostNote) + QChar(0x2026);
        return note.isEmpty() ? text : text + QLatin1String(": ") + note;
    };
    switch (record.kind) {
    case RecordKind::Data:
        return byteCount(record.length) + QLatin1String("  ")
            + (record.hasNote ? QString(QChar(0x25c6)) + QLatin1Char(' ')
                              : QString()) // as in tables
            + preview(m_log->payload(record.index, 0, previewBytes), record.length > previewBytes);
    case RecordKind::Opened:
        return tr("connected");
    case RecordKind::EndOfStream:
        return withNote(toServer ? tr("client will send no more") : tr("server will send no more"));
    case RecordKind::Reset:
        return withNote(tr("connection reset"));
    case RecordKind::Gap:
        return tr("%1 not recorded").arg(byteCount(record.length));
    case RecordKind::Refused:
        return withNote(tr("refused"));
    }
    return {};
}

} // namespace Sockeye
