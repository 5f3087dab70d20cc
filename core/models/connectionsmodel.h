// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"
#include "core/models/serversmodel.h"

#include <QAbstractTableModel>

#include <deque>

namespace Sockeye {

/// Connections of one server or of all: newest first would move rows under the pointer, so new rows
/// come at the end, and the view follows. Closed ones stay as history. Pulls on refresh().
class ConnectionsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        IdColumn,
        PeerColumn,
        UserColumn,
        SentColumn, ///< ↑ what the client sent
        ReceivedColumn, ///< ↓ what it got
        RecordsColumn,
        AgeColumn, ///< age, or how it ended
        RateColumn,
        ColumnCount
    };

    ConnectionsModel(const Engine &engine, QObject *parent = nullptr);

    /// Not valid: all servers.
    void setServer(ServerId id);
    void refresh();
    [[nodiscard]] std::optional<ConnectionInfo> connectionAt(int row) const;
    [[nodiscard]] int openCount() const;
    [[nodiscard]] int closedCount() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row;
    const Engine &m_engine;
    ServerId m_server;
    quint64 m_version = 0;
    std::deque<Row> m_rows;
};

} // namespace Sockeye
