// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/connectionsmodel.h"

#include <QWidget>

class QTableView;

namespace Sockeye {

class EmptyState;
class PanelHeader;

/// The table of connections with its header ("Connections of demo   3 open · 2 closed · 1
/// refused"). What the user asks for comes out as signals; the main window makes commands of them.
class ConnectionsView final : public QWidget
{
    Q_OBJECT

public:
    /// The model must outlive the view.
    explicit ConnectionsView(ConnectionsModel &model, QWidget *parent = nullptr);

    /// Connect it to RefreshClock::ticked: refreshes the model while the view can be seen.
    void refresh();

    /// What the empty table says: the display form of the address of the selected server if it
    /// listens, so that it can name a command that connects; empty: "nothing listens".
    void setListeningAddress(const QString &address);
    /// The one server whose connections are shown; empty: they are those of all.
    void setServerName(const QString &name);

    [[nodiscard]] ConnectionId currentConnection() const; ///< not valid: none
    [[nodiscard]] std::vector<ConnectionId> selectedConnections() const;
    /// Selects it; false if it is not in the table.
    bool showConnection(ConnectionId id);
    [[nodiscard]] QTableView *table() const { return m_table; }

Q_SIGNALS:
    void currentConnectionChanged(Sockeye::ConnectionId id);
    void disconnectAsked(const std::vector<Sockeye::ConnectionId> &ids);
    /// All open connections in the table.
    void disconnectAllAsked();
    /// Expression for the filter: "conn == 12", "(conn == 12 or conn == 13)".
    void filterAsked(const QString &expression);
    void sendAsked(Sockeye::ConnectionId id);
    /// Its conversation is to be shown.
    void followAsked(Sockeye::ConnectionId id);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildTable();
    void setColumnWidths();
    void currentChanged(const QModelIndex &now);
    void askFilter();
    void selectRow(int row);
    void updateHeader();
    void updateEmptyState();
    void showMenu(const QPoint &place);
    void copyDetails();

    ConnectionsModel &m_model;
    PanelHeader *m_header = nullptr;
    QTableView *m_table = nullptr;
    EmptyState *m_empty = nullptr;
    QString m_address;
    bool m_following = true; ///< new connections come into sight while the last row is in sight
    ConnectionId m_current;
};

} // namespace Sockeye
