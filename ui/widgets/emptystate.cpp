// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/emptystate.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace Sockeye {

EmptyState::EmptyState(QAbstractItemView *view)
    : QWidget(view)
    , m_view(view)
{
    build(view);
    modelChanged();
}

EmptyState::EmptyState(QAbstractScrollArea *area)
    : QWidget(area)
{
    build(area);
}

void EmptyState::build(QAbstractScrollArea *area)
{
    setFont(QGuiApplication::font()); // not the table's, which may be monospace
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(6);
    layout->addStretch(1);
    const auto add = [this, layout](QLabel *&label) {
        label = new QLabel(this);
        label->setTextFormat(Qt::PlainText);
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        label->hide();
        layout->addWidget(label);
    };
    add(m_title);
    m_title->setFont(headingFont());
    add(m_text);
    m_text->setForegroundRole(QPalette::PlaceholderText);
    buildCommand(layout);
    m_button = new QPushButton(this);
    m_button->hide();
    layout->addWidget(m_button, 0, Qt::AlignCenter);
    layout->addStretch(2);
    connect(m_button, &QPushButton::clicked, this, &EmptyState::activated);
    area->viewport()->installEventFilter(this);
    setGeometry(area->viewport()->geometry());
}

void EmptyState::buildCommand(QVBoxLayout *layout)
{
    m_commandRow = new QWidget(this);
    m_commandRow->hide();
    auto *row = new QHBoxLayout(m_commandRow);
    row->setContentsMargins({});
    m_command = new QLabel(m_commandRow);
    m_command->setTextFormat(Qt::PlainText);
    m_command->setFont(monospaceFont());
    m_command->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_command->setAccessibleName(tr("Command"));
    auto *copy = new QToolButton(m_commandRow);
    copy->setAutoRaise(true);
    copy->setIcon(icon(QStringLiteral("copy")));
    copy->setToolTip(tr("Copy this command"));
    copy->setAccessibleName(tr("Copy this command"));
    connect(copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_command->text()); });
    row->addWidget(m_command);
    row->addWidget(copy);
    layout->addWidget(m_commandRow, 0, Qt::AlignCenter);
}

void EmptyState::setTitle(const QString &title)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

void EmptyState::setText(const QString &text)
{
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
}

void EmptyState::setCommand(const QString &command)
{
    m_command->setText(command);
    m_commandRow->setVisible(!command.isEmpty());
}

QString EmptyState::command() const
{
    return m_command->text();
}

void EmptyState::setButton(const QString &label)
{
    m_button->setText(label);
    m_button->setVisible(!label.isEmpty());
}

void EmptyState::modelChanged()
{
    if (m_model)
        m_model->disconnect(this);
    m_model = m_view ? m_view->model() : nullptr;
    if (m_model) {
        connect(m_model, &QAbstractItemModel::rowsInserted, this, &EmptyState::updateVisibility);
        connect(m_model, &QAbstractItemModel::rowsRemoved, this, &EmptyState::updateVisibility);
        connect(m_model, &QAbstractItemModel::modelReset, this, &EmptyState::updateVisibility);
    }
    updateVisibility();
}

void EmptyState::updateVisibility()
{
    const bool isEmpty = !m_model || m_model->rowCount() == 0;
    if (isHidden() == isEmpty)
        setVisible(isEmpty);
}

bool EmptyState::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize || event->type() == QEvent::Move) {
        if (const auto *viewport = qobject_cast<QWidget *>(watched))
            setGeometry(viewport->geometry());
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace Sockeye
