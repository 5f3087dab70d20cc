// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/sockets/markdelegate.h"

#include "core/base/problem.h"
#include "core/models/serversmodel.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace Sockeye {

void MarkDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const QVariant severity = index.data(SeverityRole);
    if (!severity.isValid())
        return;
    const bool isWarning = severity.toInt() == static_cast<int>(Severity::Warning);
    const ThemeColours &colours = themeColours(option->palette);
    // On a selection only the sign tells: no colour of ours has contrast with every accent.
    const bool isSelected = option->state.testFlag(QStyle::State_Selected);
    const QString name = isWarning ? QStringLiteral("warning") : QStringLiteral("info");
    const QColor colour = isWarning ? colours.warning : colours.muted;
    option->icon = isSelected ? icon(name) : icon(name, colour);
    option->features |= QStyleOptionViewItem::HasDecoration;
    option->decorationSize = QSize(14, 14);
    option->palette.setColor(QPalette::Text, colour);
}

} // namespace Sockeye
