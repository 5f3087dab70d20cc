// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"

#include <QAbstractTableModel>

#include <functional>

namespace Sockeye {

/// Roles that all our models share; views and delegates ask for values, not for strings.
enum ModelRole {
    ServerIdRole = Qt::UserRole + 1, ///< quint64
    ConnectionIdRole, ///< quint64
    RecordIndexRole, ///< quint64
    StateRole, ///< int of ServerState or ConnectionState
    DirectionRole, ///< int of Direction
    KindRole, ///< int of RecordKind
    RatesRole, ///< QVariantList of double: bytes a second, oldest first
    SortRole, ///< the number behind the text
    ProblemIdRole, ///< quint64
    SeverityRole, ///< int of Severity
    IsCurrentRole, ///< bool: the problem still holds
    DetailsRole, ///< QString: all that is known, a line each, to copy
};

/// Servers as rows, in the order in which they were added. Pulls on refresh().
class ServersModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { NameColumn, ClientsColumn, StateColumn, ColumnCount };

    /// Engine::servers(), or a test's own.
    using Source = std::function<Engine::ServerList(quint64 version)>;

    explicit ServersModel(const Engine &engine, QObject *parent = nullptr);
    explicit ServersModel(Source source, QObject *parent = nullptr);

    void refresh();
    [[nodiscard]] const ServerInfo *server(ServerId id) const; ///< nullptr if not there
    [[nodiscard]] const ServerInfo &at(int row) const;
    [[nodiscard]] int rowOf(ServerId id) const; ///< -1
    /// The last part of its name, with as much of the folder before it as tells it from the other
    /// servers: "demo", or "a/demo" beside "b/demo". Showable; empty if it is not there.
    [[nodiscard]] QString shortName(ServerId id) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

Q_SIGNALS:
    /// After refresh() found a change in that server (state, counters, specification).
    void serverChanged(Sockeye::ServerId id);

private:
    void removeMissing(const std::vector<ServerInfo> &now);
    void updateAndInsert(std::vector<ServerInfo> now);
    void updateShortNames();
    [[nodiscard]] QString shortNameOf(const QString &name) const;

    Source m_source;
    quint64 m_version = 0;
    std::vector<ServerInfo> m_servers;
    std::vector<QString> m_shortNames; ///< of m_servers
};

} // namespace Sockeye
