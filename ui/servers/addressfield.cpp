// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/servers/addressfield.h"

#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QTextDocument>
#include <QTextOption>
#include <QToolButton>
#include <QVBoxLayout>

namespace Sockeye {

AddressField::AddressField(QWidget *parent)
    : QTextEdit(parent)
{
    setReadOnly(true);
    setAcceptRichText(false);
    setFrameShape(QFrame::NoFrame);
    setFont(monospaceFont());
    setTabChangesFocus(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWordWrapMode(QTextOption::WrapAnywhere);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    viewport()->setAutoFillBackground(false);
    setBackgroundRole(QPalette::Window);
    document()->setDocumentMargin(0);
    adjustHeight();
}

void AddressField::setAddress(const QString &address)
{
    if (address == toPlainText())
        return;
    setPlainText(address);
    adjustHeight();
}

QSize AddressField::sizeHint() const
{
    return {120, height()};
}

QSize AddressField::minimumSizeHint() const
{
    return {60, fontMetrics().lineSpacing()};
}

void AddressField::resizeEvent(QResizeEvent *event)
{
    QTextEdit::resizeEvent(event);
    adjustHeight();
}

void AddressField::adjustHeight()
{
    const int needed = qMax(fontMetrics().lineSpacing(), qCeil(document()->size().height()));
    if (needed != height())
        setFixedHeight(needed);
}

QHBoxLayout *rowOf(AddressField *field, QToolButton *button)
{
    const int above = (button->sizeHint().height() - field->fontMetrics().lineSpacing()) / 2;
    auto *column = new QVBoxLayout;
    column->setContentsMargins(0, qMax(0, above), 0, 0);
    column->addWidget(field);
    auto *row = new QHBoxLayout;
    row->setContentsMargins({});
    row->setSpacing(4);
    row->addLayout(column, 1);
    row->addWidget(button, 0, Qt::AlignTop);
    return row;
}

} // namespace Sockeye
