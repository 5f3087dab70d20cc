// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/panelheader.h"

#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>

namespace Sockeye {

PanelHeader::PanelHeader(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_layout(new QHBoxLayout(this))
    , m_title(new QLabel(title, this))
    , m_detail(new QLabel(this))
{
    m_layout->setContentsMargins(8, 6, 8, 6);
    m_layout->setSpacing(8);
    m_title->setFont(headingFont());
    m_title->setTextFormat(Qt::PlainText);
    m_detail->setTextFormat(Qt::PlainText);
    m_detail->setForegroundRole(QPalette::PlaceholderText);
    m_detail->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    // A title may be a long name: it gives way before it makes the window wider.
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_layout->addWidget(m_title, 1);
    m_layout->addWidget(m_detail);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void PanelHeader::setTitle(const QString &title)
{
    if (m_title->text() != title)
        m_title->setText(title);
}

QString PanelHeader::title() const
{
    return m_title->text();
}

void PanelHeader::setDetail(const QString &detail)
{
    if (m_detail->text() != detail)
        m_detail->setText(detail);
}

QString PanelHeader::detail() const
{
    return m_detail->text();
}

void PanelHeader::addWidget(QWidget *widget)
{
    m_layout->addWidget(widget);
}

} // namespace Sockeye
