// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/iograph.h"

#include "ui/widgets/emptystate.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace Sockeye {

namespace {

constexpr qint64 leastWidth = 20'000; ///< ns: some bins of the finest interval
constexpr qint64 leastWholeWidth = 1'000'000; ///< of a few records at once
constexpr double zoomStep = 0.8; ///< of a notch of the wheel
constexpr double keyZoomStep = 0.5;
constexpr double panStep = 0.2;
constexpr int leastBand = 4; ///< pixels; less is no range but a click that shook

} // namespace

IoGraph::IoGraph(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_empty(new EmptyState(this))
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumHeight(160);
    setAccessibleName(tr("Traffic over time"));
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setCursor(Qt::CrossCursor);
    m_empty->setVisible(true);
}

GraphPainter IoGraph::painterOf() const
{
    return GraphPainter(m_picture, QRectF(viewport()->rect()), font(), palette());
}

// --- what is in sight --------------------------------------------------------------------------

void IoGraph::setExtent(const std::optional<Range> &extent)
{
    if (extent == m_extent)
        return;
    const std::optional<Range> before = std::exchange(m_extent, extent);
    m_empty->setVisible(!extent);
    if (!extent || !before || m_mode == Mode::All) {
        showAll();
        return;
    }
    if (extent->from > m_view.to) { // gone while it was looked at
        showAll();
        return;
    }
    if (m_mode == Mode::Following && extent->to > before->to) {
        const qint64 by = extent->to - before->to;
        m_view = {m_view.from + by, m_view.to + by};
        Q_EMIT viewChanged();
    }
}

IoGraph::Range IoGraph::wholeView() const
{
    if (!m_extent)
        return {};
    const qint64 width = std::max(m_extent->to - m_extent->from, leastWholeWidth);
    const qint64 margin = width / 50;
    const qint64 from = std::max<qint64>(m_extent->from - margin, 0);
    return {from, from + width + 2 * margin};
}

void IoGraph::showAll()
{
    m_mode = Mode::All;
    const Range whole = wholeView();
    if (whole == m_view)
        return;
    m_view = whole;
    viewport()->update();
    Q_EMIT viewChanged();
}

void IoGraph::setView(const Range &range)
{
    if (m_extent)
        moveTo(range);
}

void IoGraph::moveTo(Range range)
{
    const Range whole = wholeView();
    const qint64 width = std::clamp(range.to - range.from, leastWidth, whole.to - whole.from);
    if (width != range.to - range.from) { // about its middle
        range.from += (range.to - range.from - width) / 2;
        range.to = range.from + width;
    }
    const qint64 from = std::clamp(range.from, whole.from, whole.to - width);
    range = {from, from + width};
    if (range == whole) {
        showAll();
        return;
    }
    m_mode = range.to >= m_extent->to ? Mode::Following : Mode::Fixed;
    if (range == m_view)
        return;
    m_view = range;
    viewport()->update();
    Q_EMIT viewChanged();
}

void IoGraph::zoom(double factor, qint64 middle)
{
    if (!m_extent)
        return;
    const auto scaled = [factor](qint64 distance) {
        return static_cast<qint64>(std::llround(static_cast<double>(distance) * factor));
    };
    const qint64 width = m_view.to - m_view.from;
    // At the closest nothing moves any more.
    if (factor < 1 && width <= leastWidth)
        return;
    if (factor > 1 && scaled(width) >= wholeView().to - wholeView().from) {
        showAll();
        return;
    }
    const qint64 wanted = std::max(scaled(width), leastWidth);
    const double part =
        static_cast<double>(middle - m_view.from) / static_cast<double>(std::max<qint64>(width, 1));
    const qint64 from = middle - static_cast<qint64>(part * static_cast<double>(wanted));
    moveTo({from, from + wanted});
}

void IoGraph::zoomIn()
{
    zoom(keyZoomStep, m_hover.value_or(m_view.from + (m_view.to - m_view.from) / 2));
}

void IoGraph::zoomOut()
{
    zoom(1 / keyZoomStep, m_hover.value_or(m_view.from + (m_view.to - m_view.from) / 2));
}

void IoGraph::pan(double part)
{
    if (!m_extent)
        return;
    moveBy(m_view, part);
}

void IoGraph::moveBy(const Range &start, double part)
{
    const Range whole = wholeView();
    const auto wanted = static_cast<qint64>(static_cast<double>(start.to - start.from) * part);
    // Bounded before it is added: files may span centuries.
    const qint64 by = std::clamp(wanted, std::min<qint64>(whole.from - start.from, 0),
                                 std::max<qint64>(whole.to - start.to, 0));
    moveTo({start.from + by, start.to + by});
}

void IoGraph::setPicture(const GraphPicture &picture)
{
    m_picture = picture;
    viewport()->update();
    if (m_hover)
        setAccessibleDescription(hoverText());
}

void IoGraph::paintInto(QPainter &painter, const QRectF &area) const
{
    GraphPainter(m_picture, area, font(), palette()).paint(painter);
}

QPoint IoGraph::placeOf(qint64 time) const
{
    const GraphPainter painter = painterOf();
    return QPointF(painter.xOf(time), painter.plot().center().y()).toPoint();
}

int IoGraph::plotWidth() const
{
    return static_cast<int>(painterOf().plot().width());
}

QString IoGraph::hoverText() const
{
    return m_hover && m_extent ? painterOf().textAt(*m_hover) : QString();
}

// --- painting ----------------------------------------------------------------------------------

void IoGraph::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(viewport());
    if (!m_extent) {
        painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
        return;
    }
    const GraphPainter graph = painterOf();
    graph.paint(painter);
    if (m_drag == Drag::Band) {
        QRectF band(QPointF(m_pressedAt.x(), graph.plot().top()),
                    QPointF(m_draggedTo.x(), graph.plot().bottom()));
        band = band.normalized().intersected(graph.plot());
        QColor colour = palette().color(QPalette::Link);
        painter.setPen(colour);
        colour.setAlphaF(0.18F);
        painter.setBrush(colour);
        painter.drawRect(band);
    } else if (m_hover && m_drag == Drag::None) {
        graph.paintHover(painter, *m_hover);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(palette().color(QPalette::Link));
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

void IoGraph::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    Q_EMIT viewChanged(); // how closely it is wanted depends on the width
}

// --- mouse and keys ----------------------------------------------------------------------------

void IoGraph::setHover(std::optional<qint64> time)
{
    if (time == m_hover)
        return;
    m_hover = time;
    setAccessibleDescription(hoverText());
    viewport()->update();
}

void IoGraph::mousePressEvent(QMouseEvent *event)
{
    if (m_extent && (event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton)) {
        pressed(*event);
        event->accept();
    }
}

void IoGraph::pressed(const QMouseEvent &event)
{
    const bool isPan =
        event.button() == Qt::MiddleButton || event.modifiers().testFlag(Qt::ShiftModifier);
    m_drag = isPan ? Drag::Pan : Drag::Pressed;
    m_pressedAt = m_draggedTo = event.pos();
    m_pressedView = m_view;
    if (isPan)
        viewport()->setCursor(Qt::ClosedHandCursor);
}

void IoGraph::mouseMoveEvent(QMouseEvent *event)
{
    m_draggedTo = event->pos();
    const int moved = std::abs(m_draggedTo.x() - m_pressedAt.x());
    if (m_drag == Drag::Pressed && moved >= QApplication::startDragDistance())
        m_drag = Drag::Band;
    if (m_drag == Drag::Pan) {
        const double width = std::max(1.0, painterOf().plot().width());
        moveBy(m_pressedView, (m_pressedAt.x() - m_draggedTo.x()) / width);
        return;
    }
    if (m_drag == Drag::Band) {
        viewport()->update();
        return;
    }
    const GraphPainter graph = painterOf();
    const bool isInside = m_extent && graph.plot().contains(event->pos());
    setHover(isInside ? std::optional(graph.timeAt(event->pos().x())) : std::nullopt);
}

void IoGraph::mouseReleaseEvent(QMouseEvent *event)
{
    const Drag drag = std::exchange(m_drag, Drag::None);
    viewport()->setCursor(Qt::CrossCursor);
    viewport()->update();
    if (!m_extent || drag == Drag::None || drag == Drag::Pan)
        return;
    const GraphPainter graph = painterOf();
    if (drag == Drag::Band && std::abs(event->pos().x() - m_pressedAt.x()) >= leastBand) {
        const qint64 one = graph.timeAt(m_pressedAt.x());
        const qint64 other = graph.timeAt(event->pos().x());
        moveTo({std::min(one, other), std::max(one, other)});
        return;
    }
    if (graph.plot().contains(event->pos()))
        Q_EMIT timeActivated(graph.timeAt(event->pos().x()));
}

bool IoGraph::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave && m_drag == Drag::None)
        setHover(std::nullopt);
    return QAbstractScrollArea::viewportEvent(event);
}

void IoGraph::wheelEvent(QWheelEvent *event)
{
    const QPoint turned = event->angleDelta();
    event->accept();
    if (std::abs(turned.x()) > std::abs(turned.y())) {
        pan(-panStep * turned.x() / 120.0);
        return;
    }
    if (turned.y() != 0 && m_extent)
        zoom(std::pow(zoomStep, turned.y() / 120.0), painterOf().timeAt(event->position().x()));
}

/// The keyboard's mark goes from bin to bin.
void IoGraph::moveHover(int bins)
{
    if (!m_extent || m_picture.interval <= 0)
        return;
    const qint64 interval = m_picture.interval;
    const qint64 middle = m_view.from + (m_view.to - m_view.from) / 2;
    const qint64 time =
        m_hover ? binStart(*m_hover, interval) + interval / 2 + bins * interval : middle;
    setHover(std::clamp(time, m_view.from, m_view.to - 1));
}

void IoGraph::keyPressEvent(QKeyEvent *event)
{
    const bool isShifted = event->modifiers().testFlag(Qt::ShiftModifier);
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const int way = event->key() == Qt::Key_Left ? -1 : 1;
        if (isShifted)
            pan(way * panStep);
        else
            moveHover(way);
        break;
    }
    case Qt::Key_PageUp:
        pan(-1);
        break;
    case Qt::Key_PageDown:
        pan(1);
        break;
    case Qt::Key_Home:
        if (m_extent)
            moveTo({m_extent->from, m_extent->from + m_view.to - m_view.from});
        break;
    case Qt::Key_End:
        if (m_extent)
            moveTo({m_extent->to - (m_view.to - m_view.from), m_extent->to});
        break;
    case Qt::Key_Plus:
    case Qt::Key_Up:
        zoomIn();
        break;
    case Qt::Key_Minus:
    case Qt::Key_Down:
        zoomOut();
        break;
    case Qt::Key_0:
        showAll();
        break;
    case Qt::Key_Escape:
        setHover(std::nullopt);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_hover)
            Q_EMIT timeActivated(*m_hover);
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void IoGraph::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void IoGraph::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace Sockeye
