// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/trafficdelegate.h"

#include "core/models/trafficmodel.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>

namespace Sockeye {

namespace {

QColor colourOf(const QModelIndex &index, const ThemeColours &colours)
{
    const auto kind = static_cast<RecordKind>(index.data(KindRole).toInt());
    const bool toServer =
        index.data(DirectionRole).toInt() == static_cast<int>(Direction::ToServer);
    switch (index.column()) {
    case TrafficModel::TimeColumn:
        return colours.muted;
    case TrafficModel::DirectionColumn:
    case TrafficModel::DataColumn:
        break;
    default:
        return {};
    }
    switch (kind) {
    case RecordKind::Reset:
    case RecordKind::Refused:
        return colours.error;
    case RecordKind::Gap:
        return colours.warning;
    case RecordKind::Opened:
        return colours.muted;
    case RecordKind::EndOfStream:
        if (index.column() == TrafficModel::DataColumn)
            return colours.muted;
        break;
    case RecordKind::Data:
        if (index.column() == TrafficModel::DataColumn)
            return {};
        break;
    }
    return toServer ? colours.toServer : colours.toClient;
}

} // namespace

bool paintDirection(QPainter &painter, const QRectF &area, RecordKind kind, Direction direction,
                    const QColor &colour)
{
    const bool isEnd = kind == RecordKind::EndOfStream;
    if (kind != RecordKind::Data && !isEnd)
        return false;
    constexpr double length = 17;
    constexpr double head = 7; // and as much to both sides in all
    constexpr double half = 4.5;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(area.center());
    if (direction == Direction::ToClient)
        painter.scale(-1, 1);
    const double tip = length / 2 - (isEnd ? 2.5 : 0);
    painter.setPen(QPen(colour, 2.2, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(QPointF(-length / 2, 0), QPointF(tip - head + 1, 0));
    if (isEnd)
        painter.drawLine(QPointF(length / 2 - 1.1, -half), QPointF(length / 2 - 1.1, half));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(
        QPolygonF({QPointF(tip, 0), QPointF(tip - head, -half), QPointF(tip - head, half)}));
    painter.restore();
    return true;
}

void TrafficDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    if (index.column() != TrafficModel::DirectionColumn) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const auto kind = static_cast<RecordKind>(index.data(KindRole).toInt());
    const auto direction = static_cast<Direction>(index.data(DirectionRole).toInt());
    cell.palette.setCurrentColorGroup(
        cell.state.testFlag(QStyle::State_Active) ? QPalette::Active : QPalette::Inactive);
    const QColor colour = cell.palette.color(
        cell.state.testFlag(QStyle::State_Selected) ? QPalette::HighlightedText : QPalette::Text);
    const QStyle *style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, cell.widget);
    if (index.data().isValid() && paintDirection(*painter, cell.rect, kind, direction, colour))
        return;
    QFont font = cell.font;
    font.setBold(true);
    painter->save();
    painter->setFont(font);
    painter->setPen(colour);
    painter->drawText(cell.rect, Qt::AlignCenter, cell.text);
    painter->restore();
}

void TrafficDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const QColor colour = colourOf(index, themeColours(option->palette));
    if (colour.isValid())
        option->palette.setColor(QPalette::Text, colour);
}

} // namespace Sockeye
