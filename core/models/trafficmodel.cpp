// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/trafficmodel.h"

#include "core/models/filteredrows.h"
#include "core/models/sortedrows.h"
#include "core/models/textformat.h"

#include <algorithm>
#include <limits>

namespace Sockeye {

namespace {

/// Rows are int in Qt; half of them leaves room for what a tick inserts.
constexpr quint64 maxRows = std::numeric_limits<int>::max() / 2;

Qt::Alignment alignmentOf(int column)
{
    switch (column) {
    case TrafficModel::ConnectionColumn:
    case TrafficModel::LengthColumn:
        return Qt::AlignRight | Qt::AlignVCenter;
    case TrafficModel::DirectionColumn:
        return Qt::AlignCenter;
    default:
        return Qt::AlignLeft | Qt::AlignVCenter;
    }
}

/// Of a note in a row, so that the bytes can still be seen; the tool tip has all of it.
constexpr qsizetype maxNote = 100;

/// The shape tells direction and kind without colour.
QString arrowOf(const Record &record)
{
    const bool toServer = record.direction == Direction::ToServer;
    switch (record.kind) {
    case RecordKind::Data:
        return QString(toServer ? QChar(0x2192) : QChar(0x2190)); // → ←
    case RecordKind::EndOfStream:
        return QString(toServer ? QChar(0x21e5) : QChar(0x21e4)); // ⇥ ⇤
    case RecordKind::Opened:
        return QString(QChar(0x25cb)); // ○
    case RecordKind::Reset:
        return QString(QChar(0x2715)); // ✕
    case RecordKind::Gap:
        return QString(QChar(0x22ef)); // ⋯
    case RecordKind::Refused:
        return QString(QChar(0x2298)); // ⊘
    }
    return {};
}

/// Qt would take "<b>" in a name that others chose for markup.
QString asPlainToolTip(const QString &text)
{
    return QStringLiteral("<p style='white-space:pre-wrap'>%1</p>").arg(text.toHtmlEscaped());
}

QString withNote(const QString &text, const QString &note)
{
    // Notes of opened files were written by others: made showable like any other bytes.
    return note.isEmpty() ? text : text + QLatin1String(": ") + preview(note.toUtf8());
}

} // namespace

TrafficModel::TrafficModel(const CaptureLog &log, QObject *parent)
    : QAbstractTableModel(parent)
    , m_log(log)
    , m_filtered(std::make_unique<FilteredRows>(log))
{
    const CaptureCursor now = m_log.cursor();
    m_epoch = now.epoch;
    m_first = m_end = now.begin;
}

TrafficModel::~TrafficModel() = default;

void TrafficModel::setFilter(const CaptureFilter &filter)
{
    beginResetModel();
    m_order.reset();
    if (m_sorted)
        m_sorted->cancel();
    m_filter = filter;
    m_filtered->setFilter(filter);
    const CaptureCursor now = m_log.cursor();
    m_epoch = now.epoch;
    m_first = m_end = filter.matchesEverything() ? now.begin : 0;
    m_isFiltering = !filter.matchesEverything();
    m_goal = now.end;
    m_last.reset();
    endResetModel();
    if (filter.matchesEverything())
        refresh();
}

void TrafficModel::refresh()
{
    const CaptureCursor now = m_log.cursor();
    m_last.reset();
    m_total = now.end - now.begin;
    if (m_filter.matchesEverything())
        refreshWhole(now);
    else
        refreshFiltered(now);
    updateOrder();
}

void TrafficModel::sort(int column, Qt::SortOrder order)
{
    const bool isDescending = order == Qt::DescendingOrder;
    std::optional<SortKey> key;
    if (column == ConnectionColumn)
        key = SortKey::Connection;
    else if (column == DirectionColumn)
        key = SortKey::Direction;
    else if (column == LengthColumn)
        key = SortKey::Length;
    else if (column == TimeColumn && isDescending)
        key = SortKey::Order;
    if (key == m_sortKey && isDescending == m_isDescending)
        return;
    m_sortKey = key;
    m_isDescending = isDescending;
    if (m_sorted)
        m_sorted->cancel();
    if (!key)
        dropOrder();
    else
        beginSorting();
}

bool TrafficModel::isSorting() const
{
    return m_sorted && m_sorted->isSorting();
}

void TrafficModel::beginSorting()
{
    if (!m_sorted)
        m_sorted = std::make_unique<SortedRows>(m_log);
    SortedRows::Rows rows;
    rows.count = static_cast<quint32>(rowCount());
    if (m_filter.matchesEverything())
        rows.at = [first = m_first](quint32 row) { return first + row; };
    else
        rows.at = [at = m_filtered->snapshot(), first = m_first](quint32 row) {
            return at(first + row);
        };
    m_sorted->sort(*m_sortKey, m_isDescending, std::move(rows));
}

void TrafficModel::updateOrder()
{
    const int rows = rowCount();
    const bool isAtRest = std::exchange(m_rowsBefore, rows) == rows && !m_isFiltering;
    if (!m_sortKey)
        return;
    if (auto order = m_sorted->take()) {
        if (order->size() > static_cast<size_t>(rows))
            return; // of rows that have gone
        m_order = std::move(order);
        m_last.reset();
        Q_EMIT dataChanged(index(0, 0), index(rows - 1, ColumnCount - 1));
        Q_EMIT orderChanged();
    }
    const size_t ordered = m_order ? m_order->size() : 0;
    if (isAtRest && !m_sorted->isSorting() && ordered != static_cast<size_t>(rows))
        beginSorting();
}

/// Back to what was recorded.
void TrafficModel::dropOrder()
{
    if (!m_order)
        return;
    m_order.reset();
    m_last.reset();
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    Q_EMIT orderChanged();
}

quint64 TrafficModel::plainRow(int row) const
{
    const auto place = static_cast<size_t>(row);
    return m_order && place < m_order->size() ? (*m_order)[place] : place;
}

void TrafficModel::refreshWhole(const CaptureCursor &now)
{
    if (now.epoch != m_epoch) {
        const quint64 end = std::min<quint64>(now.end, now.begin + maxInsert);
        reset(now.epoch, now.begin, end);
        return;
    }
    const quint64 begin = now.end > maxRows ? std::max(now.begin, now.end - maxRows) : now.begin;
    removeBefore(begin);
    insertUpTo(now.end);
}

void TrafficModel::refreshFiltered(const CaptureCursor &now)
{
    const FilteredRows::Progress found = m_filtered->take();
    if (!found.isStarted || found.epoch != now.epoch || now.epoch != m_epoch) {
        // Rows of a cleared log, or none yet: what is found in this epoch comes with a later tick.
        if (now.epoch != m_epoch || rowCount() > 0)
            reset(now.epoch, 0, 0);
        m_isFiltering = true;
        m_goal = now.end;
        m_filtered->wake();
        return;
    }
    const quint64 first = m_filtered->lowerBound(now.begin);
    removeBefore(first);
    m_filtered->dropBefore(first);
    insertUpTo(found.count);
    m_isFiltering = found.scanned < m_goal || m_end < found.count;
    m_goal = now.end;
    if (found.scanned < now.end)
        m_filtered->wake();
}

void TrafficModel::reset(quint64 epoch, quint64 first, quint64 end)
{
    beginResetModel();
    m_order.reset();
    m_epoch = epoch;
    m_first = first;
    m_end = end;
    endResetModel();
}

void TrafficModel::removeBefore(quint64 key)
{
    if (key <= m_first)
        return;
    dropOrder(); // its numbers count from the first row
    const quint64 until = std::min(key, m_end);
    if (until > m_first) {
        beginRemoveRows({}, 0, static_cast<int>(until - m_first) - 1);
        m_first = until;
        endRemoveRows();
    }
    m_first = key;
    m_end = std::max(m_end, key);
}

void TrafficModel::insertUpTo(quint64 key)
{
    const quint64 until = std::min<quint64>(key, m_end + maxInsert);
    if (until <= m_end)
        return;
    const int row = rowCount();
    beginInsertRows({}, row, row + static_cast<int>(until - m_end) - 1);
    m_end = until;
    endInsertRows();
}

std::optional<RecordIndex> TrafficModel::recordAt(int row) const
{
    if (row < 0 || row >= rowCount())
        return std::nullopt;
    const quint64 key = m_first + plainRow(row);
    if (m_filter.matchesEverything())
        return key;
    return m_filtered->contains(key) ? std::optional(m_filtered->at(key)) : std::nullopt;
}

int TrafficModel::rowOf(RecordIndex index) const
{
    const bool isWhole = m_filter.matchesEverything();
    const quint64 key = isWhole ? index : m_filtered->lowerBound(index);
    if (key < m_first || key >= m_end)
        return -1;
    if (!isWhole && m_filtered->at(key) != index)
        return -1;
    const quint64 row = key - m_first;
    if (!m_order || row >= m_order->size())
        return static_cast<int>(row);
    // Some milliseconds for ten million rows; asked when somebody looks for one record.
    const auto place = std::find(m_order->begin(), m_order->end(), static_cast<quint32>(row));
    return static_cast<int>(place - m_order->begin());
}

quint64 TrafficModel::totalCount() const
{
    return m_total;
}

bool TrafficModel::isFiltering() const
{
    return m_isFiltering;
}

int TrafficModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_end - m_first);
}

int TrafficModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

std::optional<Record> TrafficModel::recordFor(RecordIndex index) const
{
    if (!m_last || m_last->index != index)
        m_last = m_log.record(index);
    return m_last;
}

QVariant TrafficModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(alignmentOf(index.column()));
    const std::optional<RecordIndex> place = recordAt(index.row());
    const std::optional<Record> record = place ? recordFor(*place) : std::nullopt;
    if (!record) // recycled since the last tick; the row goes with the next
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return text(*record, index.column());
    case Qt::ToolTipRole:
        if (index.column() == TimeColumn)
            return isoTime(record->time);
        if (index.column() == DataColumn && record->hasNote)
            return asPlainToolTip(preview(m_log.note(record->index).toUtf8()));
        return index.column() == ConnectionColumn ? connectionToolTip(*record) : QVariant();
    case Qt::AccessibleTextRole:
        if (index.column() == DirectionColumn)
            return record->direction == Direction::ToServer ? tr("to the server")
                                                            : tr("to the client");
        return text(*record, index.column());
    case RecordIndexRole:
        return QVariant::fromValue<quint64>(record->index);
    case ConnectionIdRole:
        return QVariant::fromValue<quint64>(record->connection.value);
    case ServerIdRole:
        return QVariant::fromValue<quint64>(record->server.value);
    case DirectionRole:
        return static_cast<int>(record->direction);
    case KindRole:
        return static_cast<int>(record->kind);
    case SortRole:
        return QVariant::fromValue<quint64>(index.column() == LengthColumn ? record->length
                                                                           : record->index);
    default:
        return {};
    }
}

QVariant TrafficModel::text(const Record &record, int column) const
{
    switch (column) {
    case TimeColumn:
        return spacedTime(timeOfDay(record.time));
    case ConnectionColumn:
        return QString::number(record.connection.value);
    case DirectionColumn:
        return arrowOf(record);
    case LengthColumn:
        return record.kind == RecordKind::Data ? numberText(record.length) : QString();
    case DataColumn:
        return dataText(record);
    default:
        return {};
    }
}

QString TrafficModel::dataText(const Record &record) const
{
    const bool toServer = record.direction == Direction::ToServer;
    switch (record.kind) {
    case RecordKind::Data:
        return noteMark(record)
            + preview(m_log.payload(record.index, 0, previewBytes), record.length > previewBytes);
    case RecordKind::Opened:
        return openedText(record);
    case RecordKind::EndOfStream:
        return withNote(toServer ? tr("client will send no more") : tr("server will send no more"),
                        m_log.note(record.index));
    case RecordKind::Reset:
        return withNote(tr("connection reset"), m_log.note(record.index));
    case RecordKind::Gap:
        return tr("%1 not recorded").arg(byteCount(record.length));
    case RecordKind::Refused:
        return withNote(tr("refused"), m_log.note(record.index));
    }
    return {};
}

/// What came with the bytes, before them: "◆ 1 descriptor(s): file /etc/hosts, read-only ◆ ".
QString TrafficModel::noteMark(const Record &record) const
{
    if (!record.hasNote)
        return {};
    constexpr QChar mark(0x25c6); // ◆
    QString note = preview(m_log.note(record.index).toUtf8());
    if (note.size() > maxNote)
        note = note.first(maxNote) + QChar(0x2026);
    return QStringLiteral("%1 %2 %1 ").arg(mark, note);
}

QString TrafficModel::openedText(const Record &record) const
{
    const std::optional<CapturedConnection> who = m_log.connection(record.connection);
    if (!who)
        return tr("client connected");
    if (who->outgoing)
        return tr("Sockeye connected");
    if (who->pid <= 0 && who->executable.isEmpty())
        return tr("client connected");
    return withNote(tr("client connected"), peerText(who->executable, who->pid));
}

QString TrafficModel::connectionToolTip(const Record &record) const
{
    const std::optional<CapturedConnection> who = m_log.connection(record.connection);
    if (!who)
        return {};
    QStringList lines = {preview(peerText(who->executable, who->pid).toUtf8())};
    if (!who->user.isEmpty())
        lines << tr("user %1, group %2").arg(who->user, who->group);
    for (const CapturedServer &server : m_log.servers()) {
        if (server.id == record.server)
            lines << tr("server %1, %2").arg(server.name, server.address);
    }
    return asPlainToolTip(lines.join(QLatin1Char('\n')));
}

QVariant TrafficModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(alignmentOf(section));
    if (role == Qt::AccessibleTextRole && section == DirectionColumn)
        return tr("Direction");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case ConnectionColumn:
        return tr("Conn");
    case LengthColumn:
        return tr("Length");
    case DataColumn:
        return tr("Data");
    default:
        return QString();
    }
}

} // namespace Sockeye
