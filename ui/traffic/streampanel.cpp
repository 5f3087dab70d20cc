// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/streampanel.h"

#include "core/models/textformat.h"
#include "ui/traffic/streamview.h"
#include "ui/widgets/icons.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace Sockeye {

namespace {

enum Side { BothSides, ClientSide, ServerSide };

std::optional<Direction> directionOf(int side)
{
    switch (side) {
    case ClientSide:
        return Direction::ToServer;
    case ServerSide:
        return Direction::ToClient;
    default:
        return std::nullopt;
    }
}

QString sideText(int side, qint64 toServer, qint64 toClient)
{
    const auto bytes = [](qint64 count) { return byteCount(static_cast<quint64>(count)); };
    switch (side) {
    case ClientSide:
        return StreamPanel::tr("→ Client to server · %1").arg(bytes(toServer));
    case ServerSide:
        return StreamPanel::tr("← Server to client · %1").arg(bytes(toClient));
    default:
        return StreamPanel::tr("⇄ Both sides · %1").arg(bytes(toServer + toClient));
    }
}

} // namespace

StreamPanel::StreamPanel(QWidget *parent)
    : QWidget(parent)
    , m_view(new StreamView(this))
    , m_side(new QComboBox(this))
    , m_form(new QComboBox(this))
    , m_save(new QPushButton(icon(QStringLiteral("save")), tr("S&ave raw…"), this))
{
    build();
    showTotals();
    connect(m_side, &QComboBox::currentIndexChanged, this, &StreamPanel::changeSide);
    connect(m_form, &QComboBox::currentIndexChanged, this, [this] {
        m_view->setForm(static_cast<StreamView::Form>(m_form->currentData().toInt()));
    });
    connect(m_save, &QPushButton::clicked, this, [this] {
        Q_EMIT saveAsked({m_view->connection(), m_view->side()});
    });
}

void StreamPanel::build()
{
    m_side->setObjectName(QStringLiteral("streamSide"));
    m_side->setAccessibleName(tr("Side of the conversation"));
    m_side->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_side->addItems({QString(), QString(), QString()});
    m_form->setObjectName(QStringLiteral("streamForm"));
    m_form->setAccessibleName(tr("Form of the conversation"));
    m_form->addItem(tr("text"), static_cast<int>(StreamView::Form::Text));
    m_form->addItem(tr("hex"), static_cast<int>(StreamView::Form::Hex));
    m_save->setObjectName(QStringLiteral("streamSave"));
    m_save->setToolTip(tr("All bytes of what is chosen here, as they were sent, into a file"));

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 5, 8, 5);
    bar->setSpacing(8);
    bar->addWidget(m_side);
    bar->addWidget(m_form);
    bar->addStretch(1);
    bar->addWidget(m_save);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_view, 1);
    setFocusProxy(m_view);
}

void StreamPanel::setEmptyText(const QString &title, const QString &text)
{
    m_emptyTitle = title;
    m_emptyText = text;
    showEmptyText();
}

void StreamPanel::setConnection(ConnectionId id)
{
    m_view->setConnection(id);
    showEmptyText();
    showTotals();
}

void StreamPanel::refresh()
{
    m_view->refresh();
    showTotals();
}

void StreamPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void StreamPanel::changeSide()
{
    m_view->setSide(directionOf(m_side->currentIndex()));
    showEmptyText();
    showTotals();
}

void StreamPanel::showTotals()
{
    const qint64 toServer = m_view->byteTotal(Direction::ToServer);
    const qint64 toClient = m_view->byteTotal(Direction::ToClient);
    for (const int side : {BothSides, ClientSide, ServerSide}) {
        const QString text = sideText(side, toServer, toClient);
        if (m_side->itemText(side) != text)
            m_side->setItemText(side, text);
    }
    const bool isShown = m_view->connection().isValid();
    m_side->setEnabled(isShown);
    m_form->setEnabled(isShown);
    const std::optional<Direction> side = m_view->side();
    m_save->setEnabled(isShown && (side ? m_view->byteTotal(*side) : toServer + toClient) > 0);
}

void StreamPanel::showEmptyText()
{
    if (!m_view->connection().isValid()) {
        m_view->setEmptyText(m_emptyTitle, m_emptyText);
        return;
    }
    const std::optional<Direction> side = m_view->side();
    m_view->setEmptyText(tr("No bytes yet"),
                         !side ? tr("Nobody has sent anything over this connection.")
                             : *side == Direction::ToServer
                             ? tr("The client has not sent anything.")
                             : tr("The server has not sent anything."));
}

} // namespace Sockeye
