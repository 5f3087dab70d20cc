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

namespace {

constexpr int spacing = 6;

} // namespace

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
    layout->setContentsMargins(12, 4, 12, 4);
    layout->setSpacing(spacing);
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
    setAccessibleName(title);
    fit();
}

void EmptyState::setText(const QString &text)
{
    m_text->setText(text);
    fit();
}

void EmptyState::setCommand(const QString &command)
{
    m_command->setText(command);
    fit();
}

QString EmptyState::command() const
{
    return m_command->text();
}

void EmptyState::setButton(const QString &label)
{
    m_button->setText(label);
    fit();
}

/// Shows what there is room for: first what can be done, then what it is about, then the rest.
void EmptyState::fit()
{
    if (!m_button) // still being built
        return;
    const QMargins margins = layout()->contentsMargins();
    const int width = qMax(1, this->width() - margins.left() - margins.right());
    int room = height() - margins.top() - margins.bottom() + spacing;
    const auto show = [&](QWidget *part, bool hasContent) {
        const int needed =
            (part->hasHeightForWidth() ? part->heightForWidth(width) : part->sizeHint().height())
            + spacing;
        const bool fits = hasContent && needed <= room;
        if (part->isHidden() == fits)
            part->setVisible(fits);
        room -= fits ? needed : 0;
    };
    const bool canAct = !m_button->text().isEmpty() || !m_command->text().isEmpty();
    if (!canAct)
        show(m_title, !m_title->text().isEmpty());
    show(m_button, !m_button->text().isEmpty());
    show(m_commandRow, !m_command->text().isEmpty());
    if (canAct)
        show(m_title, !m_title->text().isEmpty());
    show(m_text, !m_text->text().isEmpty());
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
        fit();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace Sockeye
