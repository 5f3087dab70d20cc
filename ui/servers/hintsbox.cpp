// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/servers/hintsbox.h"

#include "ui/servers/addressfield.h"
#include "ui/widgets/icons.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QRegularExpression>
#include <QToolButton>
#include <QVBoxLayout>

namespace Sockeye {

QString shellText(const ClientHint &hint)
{
    static const QRegularExpression harmless(
        QRegularExpression::anchoredPattern(QStringLiteral("[\\w/.,:=@%+-]*")));
    QString value = hint.value;
    if (!harmless.match(value).hasMatch()) {
        value.replace(QLatin1Char('\''), QLatin1String("'\\''"));
        value = QLatin1Char('\'') + value + QLatin1Char('\'');
    }
    return hint.variable + QLatin1Char('=') + value;
}

HintsBox::HintsBox(QWidget *parent)
    : QWidget(parent)
    , m_rows(new QVBoxLayout(this))
{
    m_rows->setContentsMargins({});
    m_rows->setSpacing(4);
}

void HintsBox::setHints(const std::vector<ClientHint> &hints)
{
    if (hints == m_hints)
        return;
    m_hints = hints;
    const QList<QWidget *> before = findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly);
    qDeleteAll(before);
    for (const ClientHint &hint : hints)
        addRow(hint);
}

void HintsBox::addRow(const ClientHint &hint)
{
    const QString text = shellText(hint);
    auto *row = new QWidget(this);
    auto *field = new AddressField(row);
    field->setAccessibleName(tr("Variable for clients"));
    field->setAddress(text);
    auto *copy = new QToolButton(row);
    copy->setAutoRaise(true);
    copy->setIcon(icon(QStringLiteral("copy")));
    copy->setIconSize(QSize(14, 14));
    copy->setToolTip(tr("Copy %1, to put it before the client's command").arg(hint.variable));
    copy->setAccessibleName(tr("Copy %1").arg(hint.variable));
    connect(copy, &QToolButton::clicked, this,
            [text] { QGuiApplication::clipboard()->setText(text); });
    row->setLayout(rowOf(field, copy));
    m_rows->addWidget(row);
}

QStringList HintsBox::texts() const
{
    QStringList texts;
    for (const ClientHint &hint : m_hints)
        texts << shellText(hint);
    return texts;
}

} // namespace Sockeye
