// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/servers/addressfield.h"

#include "ui/widgets/theme.h"

#include <QTextDocument>
#include <QTextOption>

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

} // namespace Sockeye
