// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/sockeyestyle.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QPainter>
#include <QPainterPath>
#include <QSplitter>
#include <QStyleOption>

namespace Sockeye {

namespace {

constexpr int cellPadding = 6; ///< Qt adds one pixel to it
constexpr int headerPadding = cellPadding + 2; ///< a header's text stands over its cells' text
constexpr int headerExtraHeight = 9;
constexpr int sortArrow = 8;
constexpr int splitterWidth = 5; ///< wide enough to be caught, though only one pixel is drawn

bool isInView(const QWidget *widget)
{
    return qobject_cast<const QAbstractItemView *>(widget) != nullptr;
}

void drawCheckBox(const QStyleOption &option, QPainter &painter)
{
    const QPalette &palette = option.palette;
    const bool isEnabled = option.state.testFlag(QStyle::State_Enabled);
    const bool isOn = option.state.testFlag(QStyle::State_On);
    const bool isPartial = option.state.testFlag(QStyle::State_NoChange);
    const bool isHot = option.state.testFlag(QStyle::State_MouseOver)
        || option.state.testFlag(QStyle::State_HasFocus);
    const QColor accent = palette.color(QPalette::Active, QPalette::Highlight);
    const QColor quiet = palette.color(QPalette::Disabled, QPalette::WindowText);
    const bool isFilled = isOn || isPartial;
    QColor border = themeColours(palette).muted;
    if (!isEnabled)
        border = quiet;
    else if (isHot || isFilled)
        border = accent;
    QColor fill = palette.color(QPalette::Base);
    if (isFilled)
        fill = isEnabled ? accent : quiet;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(border, 1.2));
    painter.setBrush(fill);
    const QRectF box = QRectF(option.rect).adjusted(1, 1, -1, -1);
    painter.drawRoundedRect(box, 2.5, 2.5);
    const QColor mark = palette.color(QPalette::Active, QPalette::HighlightedText);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(mark, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const auto at = [&box](double x, double y) {
        return QPointF(box.left() + box.width() * x, box.top() + box.height() * y);
    };
    if (isPartial)
        painter.drawLine(at(0.28, 0.5), at(0.72, 0.5));
    else if (isOn)
        painter.drawPolyline(QPolygonF({at(0.22, 0.52), at(0.42, 0.72), at(0.78, 0.28)}));
    painter.restore();
}

/// Fusion makes edges of a darker window colour, and of a darker accent where the focus is: nothing
/// on dark.
void drawEdge(const QStyleOption &option, QPainter &painter)
{
    const bool isEnabled = option.state.testFlag(QStyle::State_Enabled);
    const bool hasFocus = isEnabled && option.state.testFlag(QStyle::State_HasFocus);
    const ThemeColours &colours = themeColours(option.palette);
    QColor colour = isEnabled ? colours.edge : colours.line;
    if (hasFocus)
        colour = readableOn(option.palette.color(QPalette::Window),
                            option.palette.color(QPalette::Active, QPalette::Highlight));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colour);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    painter.restore();
}

void drawHeaderSection(const QStyleOption &option, QPainter &painter)
{
    const QPalette &palette = option.palette;
    painter.fillRect(option.rect, palette.color(QPalette::Window));
    painter.setPen(themeColours(palette).line);
    painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
}

/// The line that shows where a column can be pulled; shorter than the header, so that it is quiet.
void drawHeaderGrip(const QStyleOption &option, QPainter &painter)
{
    const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(&option);
    if (!header || header->position == QStyleOptionHeader::End
        || header->position == QStyleOptionHeader::OnlyOneSection)
        return;
    painter.setPen(themeColours(option.palette).line);
    const QRect area = option.rect.adjusted(0, 5, 0, -6);
    painter.drawLine(area.topRight(), area.bottomRight());
}

} // namespace

SockeyeStyle::SockeyeStyle()
    : QProxyStyle(QStringLiteral("fusion"))
{ }

int SockeyeStyle::pixelMetric(PixelMetric metric, const QStyleOption *option,
                              const QWidget *widget) const
{
    switch (metric) {
    case PM_FocusFrameHMargin:
        if (isInView(widget))
            return cellPadding;
        break;
    case PM_HeaderMargin:
        return headerPadding;
    case PM_SplitterWidth:
        return splitterWidth;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
        return QProxyStyle::pixelMetric(metric, option, widget) + 2;
    default:
        break;
    }
    return QProxyStyle::pixelMetric(metric, option, widget);
}

// For the button that clears a field Qt searches the icon themes of the desktop, which takes longer
// than to make half of the window.
QIcon SockeyeStyle::standardIcon(StandardPixmap pixmap, const QStyleOption *option,
                                 const QWidget *widget) const
{
    if (pixmap == SP_LineEditClearButton)
        return icon(QStringLiteral("clear"));
    return QProxyStyle::standardIcon(pixmap, option, widget);
}

int SockeyeStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                            QStyleHintReturn *returnData) const
{
    switch (hint) {
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

QSize SockeyeStyle::sizeFromContents(ContentsType type, const QStyleOption *option,
                                     const QSize &size, const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_HeaderSection && option)
        result.setHeight(option->fontMetrics.height() + headerExtraHeight);
    return result;
}

void SockeyeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option,
                                 QPainter *painter, const QWidget *widget) const
{
    switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheckBox(*option, *painter);
        return;
    case PE_FrameLineEdit:
    case PE_Frame:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        drawEdge(*option, *painter);
        return;
    case PE_FrameFocusRect:
        // Rows are selected as a whole, and their colour tells whether the view has the focus.
        if (isInView(widget))
            return;
        break;
    default:
        break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void SockeyeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                                      QPainter *painter, const QWidget *widget) const
{
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if (control == CC_ComboBox || control == CC_SpinBox)
        drawEdge(*option, *painter);
}

void SockeyeStyle::drawControl(ControlElement element, const QStyleOption *option,
                               QPainter *painter, const QWidget *widget) const
{
    switch (element) {
    case CE_Header:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            drawHeader(*header, *painter, widget);
            return;
        }
        break;
    case CE_HeaderEmptyArea:
        drawHeaderSection(*option, *painter);
        return;
    case CE_Splitter: {
        painter->setPen(themeColours(option->palette).line);
        const QPoint middle = option->rect.center();
        if (option->state.testFlag(State_Horizontal))
            painter->drawLine(middle.x(), option->rect.top(), middle.x(), option->rect.bottom());
        else
            painter->drawLine(option->rect.left(), middle.y(), option->rect.right(), middle.y());
        return;
    }
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

/// As a whole: Qt takes the label's place from its own style, not from this one, and would cut the
/// text by a margin above and below.
void SockeyeStyle::drawHeader(const QStyleOptionHeader &option, QPainter &painter,
                              const QWidget *widget) const
{
    drawHeaderSection(option, painter);
    drawHeaderGrip(option, painter);
    QRect area = option.rect.adjusted(headerPadding, 0, -headerPadding, -1);
    if (option.sortIndicator != QStyleOptionHeader::None) {
        QStyleOptionHeader arrow = option;
        arrow.rect = QRect(area.right() - sortArrow, area.center().y() - sortArrow / 2, sortArrow,
                           sortArrow);
        area.setRight(arrow.rect.left() - 2);
        proxy()->drawPrimitive(PE_IndicatorHeaderArrow, &arrow, &painter, widget);
    }
    const QString text = option.fontMetrics.elidedText(option.text, Qt::ElideRight, area.width());
    proxy()->drawItemText(&painter, area, static_cast<int>(option.textAlignment), option.palette,
                          option.state.testFlag(State_Enabled), text, QPalette::ButtonText);
}

} // namespace Sockeye
