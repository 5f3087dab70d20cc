// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/serversmodel.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"

#include <algorithm>

namespace Sockeye {

namespace {

Qt::Alignment alignmentOf(int column)
{
    return (column == ServersModel::ClientsColumn ? Qt::AlignRight : Qt::AlignLeft)
        | Qt::AlignVCenter;
}

QString stateText(const ServerInfo &server)
{
    if (server.isClient)
        return ServersModel::tr("client");
    if (server.state == ServerState::Listening && !server.isReachable)
        return ServersModel::tr("unreachable");
    if (server.state == ServerState::Listening && server.waitsForDescriptors)
        return ServersModel::tr("waiting");
    if (server.state == ServerState::Paused && server.waiting > 0)
        return ServersModel::tr("paused, %1 waiting").arg(server.waiting);
    if (server.state == ServerState::Listening && server.spec.isTap())
        return ServersModel::tr("tapping");
    return stateName(server.state);
}

/// The last @p parts of a path; all of it if it has no more.
QStringView lastParts(QStringView name, int parts)
{
    qsizetype slash = name.size();
    while (parts-- > 0 && slash >= 0)
        slash = slash > 0 ? name.lastIndexOf(QLatin1Char('/'), slash - 1) : -1;
    return name.mid(slash + 1);
}

/// A tap has a sign behind its name: of a long path only the end is seen.
QString nameText(const QString &shortName, const ServerInfo &server)
{
    return server.spec.isTap() ? shortName + QLatin1Char(' ') + QChar(0x21c4) : shortName;
}

QString toolTip(const ServerInfo &server)
{
    QStringList lines;
    lines << (server.address.isValid() ? server.address.display()
                                       : preview(server.spec.name.toUtf8()));
    if (server.mode)
        lines << modeText(*server.mode);
    if (server.spec.isTap())
        lines << (server.spec.isInPlace
                      ? ServersModel::tr("A tap in the place of its server, which it hands on to")
                      : ServersModel::tr("A tap: hands on to %1").arg(server.spec.upstream));
    lines << ServersModel::tr("%1 open · %2 closed · %3 refused")
                 .arg(numberText(server.open),
                      numberText(server.accepted - std::min(server.accepted, server.open)),
                      numberText(server.refused));
    if (server.needsRestart)
        lines << ServersModel::tr("Changed: listen again to apply");
    if (server.problem)
        lines << whatHappened(*server.problem);
    return lines.join(QLatin1Char('\n'));
}

} // namespace

ServersModel::ServersModel(const Engine &engine, QObject *parent)
    : ServersModel([&engine](quint64 version) { return engine.servers(version); }, parent)
{ }

ServersModel::ServersModel(Source source, QObject *parent)
    : QAbstractTableModel(parent)
    , m_source(std::move(source))
{ }

void ServersModel::refresh()
{
    Engine::ServerList list = m_source(m_version);
    if (list.version == m_version)
        return;
    m_version = list.version;
    removeMissing(list.servers);
    updateAndInsert(std::move(list.servers));
    updateShortNames();
}

void ServersModel::removeMissing(const std::vector<ServerInfo> &now)
{
    const auto isMissing = [&now](const ServerInfo &server) {
        return std::none_of(now.begin(), now.end(),
                            [&](const ServerInfo &other) { return other.id == server.id; });
    };
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (!isMissing(at(row)))
            continue;
        beginRemoveRows({}, row, row);
        m_servers.erase(m_servers.begin() + row);
        m_shortNames.erase(m_shortNames.begin() + row);
        endRemoveRows();
    }
}

/// What is left stands in the same order in both lists, so every difference is a new row.
void ServersModel::updateAndInsert(std::vector<ServerInfo> now)
{
    std::vector<ServerId> changed;
    for (size_t i = 0; i < now.size(); ++i) {
        const int row = static_cast<int>(i);
        if (i < m_servers.size() && m_servers[i].id == now[i].id) {
            if (m_servers[i] == now[i])
                continue;
            m_servers[i] = now[i];
            Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        } else {
            beginInsertRows({}, row, row);
            m_servers.insert(m_servers.begin() + row, now[i]);
            m_shortNames.insert(m_shortNames.begin() + row, shortNameOf(now[i].spec.name));
            endInsertRows();
        }
        changed.push_back(now[i].id);
    }
    for (const ServerId id : changed)
        Q_EMIT serverChanged(id);
}

QString ServersModel::shortNameOf(const QString &name) const
{
    // A name that ends with a slash has no last part.
    for (int parts = 1; !name.endsWith(QLatin1Char('/')); ++parts) {
        const QStringView shown = lastParts(name, parts);
        const bool isTaken =
            std::any_of(m_servers.begin(), m_servers.end(), [&](const ServerInfo &other) {
                return other.spec.name != name && lastParts(other.spec.name, parts) == shown;
            });
        if (!isTaken || shown.size() == name.size())
            return preview(shown.toUtf8());
    }
    return preview(name.toUtf8());
}

/// A name grows when another server of the same name comes, and shrinks when that goes: kept, as
/// rows must not change while others are inserted or removed.
void ServersModel::updateShortNames()
{
    for (int row = 0; row < rowCount(); ++row) {
        const QString now = shortNameOf(at(row).spec.name);
        QString &shown = m_shortNames.at(static_cast<size_t>(row));
        if (shown == now)
            continue;
        shown = now;
        Q_EMIT dataChanged(index(row, NameColumn), index(row, NameColumn));
    }
}

QString ServersModel::shortName(ServerId id) const
{
    const int row = rowOf(id);
    return row < 0 ? QString() : m_shortNames.at(static_cast<size_t>(row));
}

const ServerInfo *ServersModel::server(ServerId id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &at(row);
}

const ServerInfo &ServersModel::at(int row) const
{
    return m_servers.at(static_cast<size_t>(row));
}

int ServersModel::rowOf(ServerId id) const
{
    const auto found = std::find_if(m_servers.begin(), m_servers.end(),
                                    [id](const ServerInfo &server) { return server.id == id; });
    return found == m_servers.end() ? -1 : static_cast<int>(found - m_servers.begin());
}

int ServersModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_servers.size());
}

int ServersModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ServersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ServerInfo &server = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == NameColumn)
            return nameText(m_shortNames.at(static_cast<size_t>(index.row())), server);
        return index.column() == ClientsColumn ? numberText(server.open) : stateText(server);
    case Qt::AccessibleTextRole:
        if (index.column() == NameColumn)
            return tr("%1, %2").arg(m_shortNames.at(static_cast<size_t>(index.row())),
                                    stateText(server));
        return {};
    case Qt::ToolTipRole:
        // Escaped: Qt takes "<b>" in a name for markup.
        return QStringLiteral("<p style='white-space:pre'>%1</p>")
            .arg(toolTip(server).toHtmlEscaped());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(alignmentOf(index.column()));
    case ServerIdRole:
        return QVariant::fromValue<quint64>(server.id.value);
    case StateRole:
        return static_cast<int>(server.state);
    case SortRole:
        return index.column() == ClientsColumn ? QVariant::fromValue<quint64>(server.open)
                                               : data(index, Qt::DisplayRole);
    default:
        return {};
    }
}

QVariant ServersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(alignmentOf(section));
    if (role != Qt::DisplayRole)
        return {};
    return section == NameColumn   ? tr("Server")
        : section == ClientsColumn ? tr("Clients")
                                   : tr("State");
}

} // namespace Sockeye
