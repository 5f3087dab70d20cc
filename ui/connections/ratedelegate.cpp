// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/connections/ratedelegate.h"

#include "core/models/connectionsmodel.h"
#include "ui/widgets/sparkline.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>

namespace Sockeye {

QColor ConnectionDelegate::textColour(const QModelIndex &index, const QPalette &palette)
{
    switch (static_cast<ConnectionState>(index.data(StateRole).toInt())) {
    case ConnectionState::Refused:
        return themeColours(palette).error;
    case ConnectionState::Closed:
        return themeColours(palette).muted;
    default:
        return {};
    }
}

void ConnectionDelegate::initStyleOption(QStyleOptionViewItem *option,
                                         const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const QColor colour = textColour(index, option->palette);
    if (colour.isValid())
        option->palette.setColor(QPalette::Text, colour);
}

void RateDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QStyle *style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, cell.widget);
    const bool isSelected = cell.state.testFlag(QStyle::State_Selected);
    const auto group =
        cell.state.testFlag(QStyle::State_Active) ? QPalette::Active : QPalette::Inactive;
    const QColor onSelection = cell.palette.color(group, QPalette::HighlightedText);
    const QRect area = cell.rect.adjusted(8, 3, -8, -3);
    // The number's room is fixed, so that the curves of all rows stand one above the other.
    const int numberWidth = cell.fontMetrics.horizontalAdvance(QStringLiteral("999 MB/s  "));
    constexpr int leastCurve = 40;
    const bool hasRoom = area.width() >= numberWidth + leastCurve;
    if (hasRoom) {
        painter->setFont(cell.font);
        painter->setPen(isSelected ? onSelection : cell.palette.color(group, QPalette::Text));
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, cell.text);
    }
    std::vector<double> rates;
    for (const QVariant &rate : index.data(RatesRole).toList())
        rates.push_back(rate.toDouble());
    const bool isOpen = !textColour(index, cell.palette).isValid();
    const ThemeColours &colours = themeColours(cell.palette);
    const QColor curve = isSelected ? onSelection : isOpen ? colours.toServer : colours.muted;
    paintSparkline(*painter, area.adjusted(hasRoom ? numberWidth : 0, 0, 0, 0), rates,
                   ConnectionsModel::rateCount, curve);
}

} // namespace Sockeye
