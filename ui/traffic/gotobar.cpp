// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/gotobar.h"

#include "core/capture/recordlookup.h"
#include "ui/widgets/icons.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

namespace Sockeye {

GoToBar::GoToBar(QWidget *parent)
    : QWidget(parent)
    , m_edit(new QLineEdit(this))
    , m_mistake(new QLabel(this))
{
    m_edit->setPlaceholderText(tr("1234 · #12 · 12:01:07 · +2.5"));
    m_edit->setAccessibleName(tr("Go to a record, connection or time"));
    m_edit->setToolTip(tr("A record (1234), the first record of a connection (#12), a time "
                          "(12:01:07.5, 2026-01-31 12:01), or so long after the first record "
                          "(+2.5, +250ms)"));
    m_edit->setFixedWidth(fontMetrics().averageCharWidth() * 40);
    auto *label = new QLabel(tr("&Go to"), this);
    label->setBuddy(m_edit);
    m_mistake->setTextFormat(Qt::PlainText);
    auto *closing = new QToolButton(this);
    closing->setIcon(icon(QStringLiteral("close")));
    closing->setAutoRaise(true);
    closing->setToolTip(tr("Close (Esc)"));
    closing->setAccessibleName(tr("Close"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(8, 4, 8, 4);
    row->addWidget(label);
    row->addWidget(m_edit);
    row->addWidget(m_mistake, 1);
    row->addWidget(closing);
    hide();
    connect(m_edit, &QLineEdit::returnPressed, this, &GoToBar::go);
    connect(m_edit, &QLineEdit::textEdited, m_mistake, &QLabel::clear);
    connect(closing, &QToolButton::clicked, this, &GoToBar::close);
}

void GoToBar::open()
{
    show();
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
}

void GoToBar::close()
{
    m_mistake->clear();
    hide();
    Q_EMIT closed();
}

void GoToBar::tell(const QString &mistake)
{
    m_mistake->setText(mistake);
}

QString GoToBar::mistake() const
{
    return m_mistake->text();
}

void GoToBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        close();
    else
        QWidget::keyPressEvent(event);
}

void GoToBar::go()
{
    if (!m_log)
        return;
    const Result<RecordIndex> index = lookUpRecord(*m_log, m_edit->text());
    m_mistake->clear();
    if (index)
        Q_EMIT recordAsked(*index);
    else
        tell(index.error().args.value(QStringLiteral("what")));
}

} // namespace Sockeye
