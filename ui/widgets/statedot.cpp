// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/statedot.h"

#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>

namespace Sockeye {

namespace {

constexpr int dotSize = 10;
constexpr int dotRoom = dotSize + 6; ///< with the gap before the text

QColor colourOf(Dot dot, const QPalette &palette)
{
    const ThemeColours &colours = themeColours(palette);
    switch (dot) {
    case Dot::Filled:
    case Dot::Half:
        return colours.good;
    case Dot::Bars:
        return colours.warning;
    case Dot::Crossed:
        return colours.error;
    case Dot::Diamond:
        return colours.toServer;
    case Dot::Hollow:
        break;
    }
    return colours.muted;
}

void paintShape(QPainter &painter, const QRectF &box, Dot dot, const QColor &colour)
{
    const QRectF ring = box.adjusted(0.8, 0.8, -0.8, -0.8);
    switch (dot) {
    case Dot::Filled:
        painter.setBrush(colour);
        painter.drawEllipse(ring);
        break;
    case Dot::Half:
        painter.drawEllipse(ring);
        painter.setBrush(colour);
        painter.drawPie(ring, 90 * 16, 180 * 16);
        break;
    case Dot::Hollow:
        painter.drawEllipse(ring);
        break;
    case Dot::Bars:
        painter.setBrush(colour);
        painter.drawRect(QRectF(ring.left() + 0.5, ring.top(), 2.2, ring.height()));
        painter.drawRect(QRectF(ring.right() - 2.7, ring.top(), 2.2, ring.height()));
        break;
    case Dot::Crossed: {
        const QRectF cross = box.adjusted(1.6, 1.6, -1.6, -1.6);
        painter.setPen(QPen(colour, 2.2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(cross.topLeft(), cross.bottomRight());
        painter.drawLine(cross.topRight(), cross.bottomLeft());
        break;
    }
    case Dot::Diamond:
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF(
            {QPointF(ring.center().x(), ring.top()), QPointF(ring.right(), ring.center().y()),
             QPointF(ring.center().x(), ring.bottom()), QPointF(ring.left(), ring.center().y())}));
        break;
    }
}

} // namespace

Dot dotFor(ServerState state, bool isClient)
{
    if (isClient)
        return Dot::Diamond;
    switch (state) {
    case ServerState::Listening:
        return Dot::Filled;
    case ServerState::Paused:
        return Dot::Bars;
    case ServerState::Failed:
        return Dot::Crossed;
    case ServerState::Stopped:
        break;
    }
    return Dot::Hollow;
}

Dot dotFor(const ConnectionInfo &info)
{
    switch (info.state) {
    case ConnectionState::Open:
        return Dot::Filled;
    case ConnectionState::EndedByPeer:
    case ConnectionState::EndedByUs:
        return Dot::Half;
    case ConnectionState::Refused:
        return Dot::Crossed;
    case ConnectionState::Closed:
        break;
    }
    return info.reason == CloseReason::Error ? Dot::Crossed : Dot::Hollow;
}

void paintDot(QPainter &painter, const QRectF &area, Dot dot, const QPalette &palette,
              bool isSelected)
{
    QRectF box(0, 0, dotSize, dotSize);
    box.moveCenter(area.center());
    QColor colour = colourOf(dot, palette);
    if (isSelected)
        colour = readableOn(palette.color(QPalette::Highlight), colour);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.6));
    painter.setBrush(Qt::NoBrush);
    paintShape(painter, box, dot, colour);
    painter.restore();
}

DotDelegate::DotDelegate(DotOf dotOf, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_dotOf(std::move(dotOf))
{ }

void DotDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                        const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QStyle *style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, cell.widget);
    const int padding = style->pixelMetric(QStyle::PM_FocusFrameHMargin, &cell, cell.widget) + 1;
    const QRect inner = cell.rect.adjusted(padding, 0, -padding, 0);
    const bool isSelected = cell.state.testFlag(QStyle::State_Selected);
    cell.palette.setCurrentColorGroup(
        cell.state.testFlag(QStyle::State_Active) ? QPalette::Active : QPalette::Inactive);
    if (const std::optional<Dot> dot = m_dotOf(index)) {
        const QRectF place(inner.left(), inner.top(), dotSize, inner.height());
        paintDot(*painter, place, *dot, cell.palette, isSelected);
    }
    QColor colour = m_colourOf && !isSelected ? m_colourOf(index, cell.palette) : QColor();
    if (!colour.isValid())
        colour = cell.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text);
    painter->save();
    painter->setFont(cell.font);
    painter->setPen(colour);
    const QRect room = inner.adjusted(dotRoom, 0, 0, 0);
    const Qt::TextElideMode mode = m_elideMode.value_or(cell.textElideMode);
    const QString text = cell.fontMetrics.elidedText(cell.text, mode, room.width());
    // As QStyle places the text of the other cells, or it would stand a pixel lower.
    const QRect place = QStyle::alignedRect(cell.direction, Qt::AlignVCenter,
                                            QSize(room.width(), cell.fontMetrics.height()), room);
    painter->drawText(place, static_cast<int>(cell.displayAlignment), text);
    painter->restore();
}

QSize DotDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return QStyledItemDelegate::sizeHint(option, index) + QSize(dotRoom, 0);
}

} // namespace Sockeye
