// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/servers/serverspanel.h"

#include "ui/widgets/emptystate.h"
#include "ui/widgets/panelheader.h"
#include "ui/widgets/statedot.h"

#include <QAction>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QTableView>
#include <QVBoxLayout>

namespace Sockeye {

ServersPanel::ServersPanel(ServersModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
{
    build();
}

void ServersPanel::build()
{
    m_header = new PanelHeader(tr("Servers"), this);
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("serversTable"));
    m_table->setModel(&m_model);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 9);
    QHeaderView *columns = m_table->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setSectionsClickable(false);
    columns->setSectionResizeMode(QHeaderView::Fixed);
    columns->setSectionResizeMode(ServersModel::NameColumn, QHeaderView::Stretch);
    const auto width = [this](const QString &sample) {
        return m_table->fontMetrics().horizontalAdvance(sample) + 16;
    };
    m_table->setColumnWidth(ServersModel::ClientsColumn, width(tr("Clients")));
    m_table->setColumnWidth(ServersModel::StateColumn, width(tr("unreachable")));
    auto *dots = new DotDelegate(
        [this](const QModelIndex &index) -> std::optional<Dot> {
            const ServerInfo &info = m_model.at(index.row());
            return dotFor(info.state, info.isClient);
        },
        m_table);
    dots->setElideMode(Qt::ElideMiddle); // long names differ at their ends
    m_table->setItemDelegateForColumn(ServersModel::NameColumn, dots);
    m_empty = new EmptyState(m_table);
    m_empty->setTitle(tr("No servers yet"));
    m_empty->setText(tr("Name one below, tick who may connect, and press Start listening."));

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_table, 1);

    connect(&m_model, &QAbstractItemModel::dataChanged, this, &ServersPanel::widenState);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &ServersPanel::widenState);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ServersPanel::currentChanged);
    connect(m_table, &QWidget::customContextMenuRequested, this, &ServersPanel::showMenu);
}

void ServersPanel::refresh()
{
    if (m_wanted.isValid() && m_model.rowOf(m_wanted) >= 0)
        showServer(m_wanted);
    int listening = 0;
    int paused = 0;
    for (int row = 0; row < m_model.rowCount(); ++row) {
        listening += m_model.at(row).state == ServerState::Listening ? 1 : 0;
        paused += m_model.at(row).state == ServerState::Paused ? 1 : 0;
    }
    QString detail;
    if (m_model.rowCount() > 0)
        detail = tr("%1 listening").arg(listening);
    if (paused > 0)
        detail += QStringLiteral(" · ") + tr("%1 paused").arg(paused);
    m_header->setDetail(detail);
    currentChanged();
}

/// "paused, 12 waiting" is rare and long: names have the room until it is needed. It is not given
/// back, as columns that come and go are a nuisance.
void ServersPanel::widenState()
{
    int width = m_table->columnWidth(ServersModel::StateColumn);
    for (int row = 0; row < m_model.rowCount(); ++row) {
        const QModelIndex state = m_model.index(row, ServersModel::StateColumn);
        width = qMax(width, m_table->sizeHintForIndex(state).width());
    }
    m_table->setColumnWidth(ServersModel::StateColumn, width);
}

void ServersPanel::setMenuActions(const QList<QAction *> &actions)
{
    m_menuActions = actions;
    // Their shortcuts (Delete) act while the list has the focus.
    m_table->addActions(actions);
}

ServerId ServersPanel::currentServer() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? ServerId {} : m_model.at(rows.first().row()).id;
}

void ServersPanel::showServer(ServerId id)
{
    const int row = id.isValid() ? m_model.rowOf(id) : -1;
    m_wanted = row < 0 ? id : ServerId {};
    if (row >= 0)
        m_table->selectRow(row);
    else if (!id.isValid())
        m_table->clearSelection();
}

void ServersPanel::currentChanged()
{
    const ServerId id = currentServer();
    // While a new server is on its way, an empty selection is not the user's.
    if (id == m_current || (!id.isValid() && m_wanted.isValid()))
        return;
    m_current = id;
    Q_EMIT currentServerChanged(id);
}

void ServersPanel::showMenu(const QPoint &place)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(m_menuActions);
    menu->popup(m_table->viewport()->mapToGlobal(place));
}

} // namespace Sockeye
