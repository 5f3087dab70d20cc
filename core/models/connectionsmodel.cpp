// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/connectionsmodel.h"

#include "core/models/textformat.h"
#include "core/system/users.h"

#include <algorithm>

namespace Sockeye {

/// A connection with the curve of its rate. The curve holds as many values as there are: most
/// connections of a storm live shorter than one interval, and the history keeps 100,000 of them.
struct ConnectionsModel::Row
{
    ConnectionInfo info;
    std::vector<float> rates; ///< bytes a second, oldest first, at most rateCount
    quint64 sampledBytes = 0;
    Timestamp sampledAt;

    void sample(Timestamp now)
    {
        const double seconds = std::chrono::duration<double>(now - sampledAt).count();
        if (seconds <= 0)
            return;
        const quint64 bytes = info.bytesIn + info.bytesOut;
        const quint64 more = bytes > sampledBytes ? bytes - sampledBytes : 0;
        if (rates.size() == static_cast<size_t>(rateCount))
            rates.erase(rates.begin());
        rates.push_back(static_cast<float>(static_cast<double>(more) / seconds));
        sampledBytes = bytes;
        sampledAt = now;
    }
};

namespace {

Qt::Alignment alignmentOf(int column)
{
    switch (column) {
    case ConnectionsModel::SentColumn:
    case ConnectionsModel::ReceivedColumn:
    case ConnectionsModel::RecordsColumn:
        return Qt::AlignRight | Qt::AlignVCenter;
    default:
        return Qt::AlignLeft | Qt::AlignVCenter;
    }
}

QString peerOf(const ConnectionInfo &info)
{
    const ProcessInfo &process = info.peer.process;
    const QString name = process.name.isEmpty() ? process.executable : process.name;
    const qint64 pid = process.pid > 0 ? process.pid : info.peer.credentials.pid;
    const QString text = preview(peerText(name, pid).toUtf8());
    return info.outgoing ? QString(QChar(0x2192)) + QLatin1Char(' ') + text : text;
}

QString userOf(const ConnectionInfo &info)
{
    if (info.peer.userName.isEmpty() && info.peer.groupName.isEmpty())
        return {};
    return info.peer.userName + QLatin1Char(':') + info.peer.groupName;
}

QString numbered(const QString &name, uint id)
{
    return QStringLiteral("%1 (%2)").arg(name, QString::number(id));
}

/// Everything that is known of the peer, a line each: tool tip and "copy peer details".
QString detailsOf(const ConnectionInfo &info)
{
    const auto tr = [](const char *text) { return ConnectionsModel::tr(text); };
    QStringList lines;
    const auto add = [&lines](const QString &label, const QString &value) {
        if (!value.isEmpty())
            lines << label + QLatin1String(": ") + preview(value.toUtf8());
    };
    const Peer &peer = info.peer;
    add(tr("Connection"), QString::number(info.id.value));
    add(tr("Executable"), peer.process.executable);
    add(tr("Command line"), peer.process.commandLine);
    if (peer.credentials.pid > 0)
        add(tr("Process"), QString::number(peer.credentials.pid));
    add(tr("User"), numbered(peer.userName, peer.credentials.uid));
    add(tr("Group"), numbered(peer.groupName, peer.credentials.gid));
    QStringList groups;
    for (const gid_t group : peer.credentials.groups)
        groups << QString::number(group);
    add(tr("Groups"), groups.join(QLatin1String(", ")));
    if (info.isTapped)
        add(tr("The server sees"),
            tr("pid %1 (Sockeye), user %2, group %3")
                .arg(info.seenPid)
                .arg(numbered(userName(info.seenUid), info.seenUid),
                     numbered(groupName(info.seenGid), info.seenGid)));
    add(tr("Opened"), isoTime(info.opened));
    if (info.closed)
        add(tr("Closed"), isoTime(*info.closed));
    add(tr("State"), connectionText(info));
    if (info.queued > 0)
        add(tr("Not taken by the peer yet"), byteCount(info.queued));
    return lines.join(QLatin1Char('\n'));
}

} // namespace

ConnectionsModel::ConnectionsModel(const Engine &engine, QObject *parent)
    : ConnectionsModel({[&engine](quint64 version) { return engine.connectionsSince(version); },
                        [&engine] { return engine.clock().now(); }},
                       parent)
{ }

ConnectionsModel::ConnectionsModel(Source source, QObject *parent)
    : QAbstractTableModel(parent)
    , m_source(std::move(source))
    , m_now(m_source.now())
    , m_sampled(m_now)
{ }

ConnectionsModel::~ConnectionsModel() = default;

void ConnectionsModel::setServer(ServerId id)
{
    if (id == m_server)
        return;
    beginResetModel();
    m_server = id;
    m_version = 0; // all of them are news again
    m_rows.clear();
    m_open = 0;
    m_refused = 0;
    endResetModel();
    refresh();
}

void ConnectionsModel::refresh()
{
    Engine::ConnectionChanges changes = m_source.changes(m_version);
    m_version = changes.version;
    m_now = m_source.now();
    dropBefore(changes.oldest);
    if (m_server.isValid()) {
        std::erase_if(changes.changed,
                      [this](const ConnectionInfo &info) { return info.server != m_server; });
    }
    if (!changes.changed.empty())
        insertNew(updateKnown(std::move(changes.changed)));
    dropOldestClosed();
    if (m_now - m_sampled >= rateInterval)
        sampleRates();
}

void ConnectionsModel::dropBefore(ConnectionId oldest)
{
    dropRows(0, lowerBound(oldest));
}

void ConnectionsModel::dropOldestClosed()
{
    if (historyCount() < maxClosed + closedSlack)
        return;
    int tooMany = historyCount() - maxClosed;
    for (size_t first = 0; tooMany > 0 && first < m_rows.size();) {
        size_t end = first;
        while (end < m_rows.size() && !m_rows[end].info.isOpen() && tooMany > 0) {
            ++end;
            --tooMany;
        }
        dropRows(first, end);
        ++first; // an open one: it stays
    }
}

void ConnectionsModel::dropRows(size_t first, size_t end)
{
    if (end <= first)
        return;
    beginRemoveRows({}, static_cast<int>(first), static_cast<int>(end) - 1);
    for (size_t i = first; i < end; ++i)
        count(m_rows[i].info, -1);
    m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(first),
                 m_rows.begin() + static_cast<std::ptrdiff_t>(end));
    endRemoveRows();
}

/// Changes rows that are there; returns the rest.
ConnectionsModel::Infos ConnectionsModel::updateKnown(Infos changed)
{
    Infos rest;
    size_t first = m_rows.size();
    size_t last = 0;
    for (ConnectionInfo &info : changed) {
        const size_t place = lowerBound(info.id);
        if (place == m_rows.size() || m_rows[place].info.id != info.id) {
            rest.push_back(std::move(info));
            continue;
        }
        Row &row = m_rows[place];
        count(row.info, -1);
        count(info, +1);
        const bool hasClosed = row.info.isOpen() && !info.isOpen();
        row.info = std::move(info);
        if (hasClosed) // its last bytes belong into the curve, however short it lived
            row.sample(row.info.closed.value_or(m_now));
        first = std::min(first, place);
        last = std::max(last, place);
    }
    if (first <= last && first < m_rows.size())
        Q_EMIT dataChanged(index(static_cast<int>(first), 0),
                           index(static_cast<int>(last), ColumnCount - 1));
    return rest;
}

/// Ids grow, so new rows stand at the end, but for one that a thread announced late.
void ConnectionsModel::insertNew(Infos added)
{
    const auto byId = [](const ConnectionInfo &a, const ConnectionInfo &b) { return a.id < b.id; };
    std::sort(added.begin(), added.end(), byId);
    for (size_t i = 0; i < added.size();) {
        const size_t place = lowerBound(added[i].id);
        size_t end = i + 1;
        while (end < added.size()
               && (place == m_rows.size() || added[end].id < m_rows[place].info.id))
            ++end;
        beginInsertRows({}, static_cast<int>(place), static_cast<int>(place + end - i) - 1);
        for (size_t offset = 0; i < end; ++i, ++offset) {
            Row row;
            row.info = std::move(added[i]);
            row.sampledAt = row.info.opened;
            count(row.info, +1);
            if (!row.info.isOpen())
                row.sample(row.info.closed.value_or(m_now));
            m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(place + offset),
                          std::move(row));
        }
        endInsertRows();
    }
}

/// Takes a value of every open row, and lets views show the new ages.
void ConnectionsModel::sampleRates()
{
    m_sampled = m_now;
    if (m_open == 0)
        return;
    size_t first = m_rows.size();
    size_t last = 0;
    for (size_t i = 0; i < m_rows.size(); ++i) {
        if (!m_rows[i].info.isOpen())
            continue;
        m_rows[i].sample(m_now);
        first = std::min(first, i);
        last = i;
    }
    Q_EMIT dataChanged(index(static_cast<int>(first), AgeColumn),
                       index(static_cast<int>(last), RateColumn));
}

void ConnectionsModel::count(const ConnectionInfo &info, int by)
{
    if (info.isOpen())
        m_open += by;
    else if (info.state == ConnectionState::Refused)
        m_refused += by;
}

size_t ConnectionsModel::lowerBound(ConnectionId id) const
{
    const auto found =
        std::lower_bound(m_rows.begin(), m_rows.end(), id,
                         [](const Row &row, ConnectionId other) { return row.info.id < other; });
    return static_cast<size_t>(found - m_rows.begin());
}

std::optional<ConnectionInfo> ConnectionsModel::connectionAt(int row) const
{
    if (row < 0 || row >= rowCount())
        return std::nullopt;
    return m_rows[static_cast<size_t>(row)].info;
}

int ConnectionsModel::rowOf(ConnectionId id) const
{
    const size_t place = lowerBound(id);
    return place < m_rows.size() && m_rows[place].info.id == id ? static_cast<int>(place) : -1;
}

int ConnectionsModel::openCount() const
{
    return m_open;
}

int ConnectionsModel::closedCount() const
{
    return historyCount() - m_refused;
}

int ConnectionsModel::refusedCount() const
{
    return m_refused;
}

int ConnectionsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ConnectionsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ConnectionsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[static_cast<size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::AccessibleTextRole:
        if (index.column() == IdColumn)
            return tr("connection %1, %2").arg(row.info.id.value).arg(connectionText(row.info));
        return {};
    case Qt::ToolTipRole:
        // Escaped: a client chooses its own command line, and Qt takes "<b>" in it for markup.
        return QStringLiteral("<p style='white-space:pre'>%1</p>")
            .arg(detailsOf(row.info).toHtmlEscaped());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(alignmentOf(index.column()));
    case ConnectionIdRole:
        return QVariant::fromValue<quint64>(row.info.id.value);
    case ServerIdRole:
        return QVariant::fromValue<quint64>(row.info.server.value);
    case StateRole:
        return static_cast<int>(row.info.state);
    case DetailsRole:
        return detailsOf(row.info);
    case RatesRole:
        return QVariantList(row.rates.begin(), row.rates.end());
    case SortRole:
        return QVariant::fromValue<quint64>(row.info.id.value);
    default:
        return {};
    }
}

QVariant ConnectionsModel::text(const Row &row, int column) const
{
    const ConnectionInfo &info = row.info;
    switch (column) {
    case IdColumn:
        return QString::number(info.id.value);
    case PeerColumn:
        return peerOf(info);
    case UserColumn:
        return userOf(info);
    case SentColumn:
        return byteCount(info.bytesIn);
    case ReceivedColumn:
        return byteCount(info.bytesOut);
    case RecordsColumn:
        return numberText(info.recordsIn + info.recordsOut);
    case AgeColumn:
        return ageText(info);
    default: // beside the curve
        return info.isOpen() && !row.rates.empty() ? rateText(row.rates.back()) : QString();
    }
}

QString ConnectionsModel::ageText(const ConnectionInfo &info) const
{
    if (!info.isOpen())
        return connectionText(info);
    const QString age = durationText(m_now - info.opened);
    return info.state == ConnectionState::Open ? age : tr("%1, half closed").arg(age);
}

QVariant ConnectionsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(alignmentOf(section));
    if (role == Qt::ToolTipRole && section == SentColumn)
        return tr("Bytes that the client sent");
    if (role == Qt::ToolTipRole && section == ReceivedColumn)
        return tr("Bytes that the client received");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case IdColumn:
        return tr("Conn");
    case PeerColumn:
        return tr("Peer");
    case UserColumn:
        return tr("User");
    case SentColumn:
        return QString(QChar(0x2191)) + QLatin1Char(' ') + tr("sent");
    case ReceivedColumn:
        return QString(QChar(0x2193)) + QLatin1Char(' ') + tr("received");
    case RecordsColumn:
        return tr("Records");
    case AgeColumn:
        return tr("Age");
    default:
        return tr("Rate");
    }
}

} // namespace Sockeye
