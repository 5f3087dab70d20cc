// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/serversmodel.h"

#include <QWidget>

class QAction;
class QMenu;
class QTableView;

namespace Sockeye {

class EmptyState;
class PanelHeader;

/// The list of servers: state by shape and colour, clients, state in words.
class ServersPanel final : public QWidget
{
    Q_OBJECT

public:
    /// The model must outlive the panel.
    explicit ServersPanel(ServersModel &model, QWidget *parent = nullptr);

    /// After the model's refresh().
    void refresh();
    /// What the context menu offers; made by the main window.
    void setMenuActions(const QList<QAction *> &actions);

    [[nodiscard]] ServerId currentServer() const; ///< not valid: none
    /// Selects it, now or as soon as the model shows it. Not valid: selects nothing.
    void showServer(ServerId id);
    /// showServer() waits for the model.
    [[nodiscard]] bool isWaiting() const { return m_wanted.isValid(); }
    [[nodiscard]] QTableView *table() const { return m_table; }

Q_SIGNALS:
    void currentServerChanged(Sockeye::ServerId id);

private:
    void build();
    void currentChanged();
    void widenState();
    void showMenu(const QPoint &place);

    ServersModel &m_model;
    PanelHeader *m_header = nullptr;
    QTableView *m_table = nullptr;
    EmptyState *m_empty = nullptr;
    QList<QAction *> m_menuActions;
    ServerId m_current;
    ServerId m_wanted; ///< to be selected once the model has it
};

} // namespace Sockeye
