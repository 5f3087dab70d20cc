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

/// A tap has a sign behind its name: of a long path only the end is seen.
QString nameText(const ServerInfo &server)
{
    const QString name = preview(server.spec.name.toUtf8());
    return server.spec.isTap() ? name + QLatin1Char(' ') + QChar(0x21c4) : name;
}

QString toolTip(const ServerInfo &server)
{
    QStringList lines;
    if (server.address.isValid())
        lines << server.address.display();
    if (server.mode)
        lines << modeText(*server.mode);
    if (server.spec.isTap())
        lines << (server.spec.isInPlace
                      ? ServersModel::tr("A tap in the place of its server, which it hands on to")
                      : ServersModel::tr("A tap: hands on to %1").arg(server.spec.upstream));
    lines << ServersModel::tr("%1 accepted, %2 refused")
                 .arg(numberText(server.accepted), numberText(server.refused));
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
            endInsertRows();
        }
        changed.push_back(now[i].id);
    }
    for (const ServerId id : changed)
        Q_EMIT serverChanged(id);
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
            return nameText(server);
        return index.column() == ClientsColumn ? numberText(server.open) : stateText(server);
    case Qt::AccessibleTextRole:
        if (index.column() == NameColumn)
            return tr("%1, %2").arg(preview(server.spec.name.toUtf8()), stateText(server));
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
