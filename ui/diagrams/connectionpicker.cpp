// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/connectionpicker.h"

#include "core/models/textformat.h"

#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidgetAction>

namespace Sockeye {

ConnectionPicker::ConnectionPicker(const SequenceData &sequence, QWidget *parent)
    : QToolButton(parent)
    , m_data(sequence)
{
    setPopupMode(QToolButton::InstantPopup);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setToolTip(tr("Which connections are shown"));
    build();
    updateText();
}

void ConnectionPicker::build()
{
    auto *menu = new QMenu(this);
    auto *panel = new QWidget(menu);
    auto *column = new QVBoxLayout(panel);
    column->setContentsMargins(8, 8, 8, 8);
    m_search = new QLineEdit(panel);
    m_search->setPlaceholderText(tr("Number or program"));
    m_search->setAccessibleName(tr("Find a connection"));
    m_search->setClearButtonEnabled(true);
    m_list = new QListWidget(panel);
    m_list->setAccessibleName(tr("Connections"));
    m_list->setMinimumSize(320, 260);
    auto *all = new QPushButton(tr("Show all connections"), panel);
    column->addWidget(m_search);
    column->addWidget(m_list, 1);
    column->addWidget(all);
    auto *action = new QWidgetAction(menu);
    action->setDefaultWidget(panel);
    menu->addAction(action);
    setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this] {
        fill();
        m_search->setFocus();
    });
    connect(m_search, &QLineEdit::textChanged, this, &ConnectionPicker::showMatching);
    connect(m_list, &QListWidget::itemChanged, this, &ConnectionPicker::itemChanged);
    connect(all, &QPushButton::clicked, this, [this, menu] {
        choose({});
        menu->close();
    });
}

void ConnectionPicker::setServer(ServerId server)
{
    m_server = server;
    m_chosen.clear();
    m_list->clear();
    updateText();
}

void ConnectionPicker::choose(const std::set<ConnectionId> &connections)
{
    if (connections == m_chosen)
        return;
    m_chosen = connections;
    updateText();
    fill();
    Q_EMIT chosenChanged();
}

void ConnectionPicker::fill()
{
    m_isFilling = true;
    m_list->clear();
    const auto known = m_data.knownConnections(m_server, mostListed + 1);
    for (size_t number = 0; number < std::min(known.size(), mostListed); ++number) {
        const SequenceData::KnownConnection &connection = known[number];
        const QString records = connection.records == 1
            ? tr("1 record")
            : tr("%1 records").arg(numberText(connection.records));
        const QString text =
            QStringLiteral("%1 · %2 · %3")
                .arg(QString::number(connection.id.value), connection.peer, records);
        auto *item = new QListWidgetItem(text, m_list);
        item->setData(Qt::UserRole, QVariant::fromValue<quint64>(connection.id.value));
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(m_chosen.count(connection.id) ? Qt::Checked : Qt::Unchecked);
    }
    if (known.size() > mostListed) {
        auto *more = new QListWidgetItem(tr("There are more: filter with conn == …"), m_list);
        more->setFlags(Qt::NoItemFlags);
    }
    m_isFilling = false;
    showMatching(m_search->text());
}

void ConnectionPicker::itemChanged(QListWidgetItem *item)
{
    if (m_isFilling)
        return;
    const ConnectionId id {item->data(Qt::UserRole).toULongLong()};
    if (item->checkState() == Qt::Checked)
        m_chosen.insert(id);
    else
        m_chosen.erase(id);
    updateText();
    Q_EMIT chosenChanged();
}

void ConnectionPicker::showMatching(const QString &text)
{
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem *item = m_list->item(row);
        item->setHidden(!item->text().contains(text, Qt::CaseInsensitive));
    }
}

void ConnectionPicker::updateText()
{
    QString text = tr("All connections");
    if (m_chosen.size() == 1)
        text = tr("Connection %1").arg(m_chosen.begin()->value);
    else if (!m_chosen.empty())
        text = tr("%1 connections").arg(numberText(m_chosen.size()));
    setText(text);
    setAccessibleName(tr("Connections that are shown: %1").arg(text));
}

} // namespace Sockeye
