// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/sequenceview.h"

#include "core/models/textformat.h"
#include "ui/widgets/emptystate.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace Sockeye {

namespace {

constexpr double leastZoom = 0.15;
constexpr double mostZoom = 2.5;
constexpr double zoomStep = 1.2;
/// What a scroll bar takes, with room to add to.
constexpr double mostScroll = 1'000'000'000;

} // namespace

SequenceView::SequenceView(const SequenceData &sequence, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_data(sequence)
    , m_empty(new EmptyState(this))
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(160);
    setAccessibleName(tr("Sequence of records"));
    viewport()->setBackgroundRole(QPalette::Base);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &SequenceView::scrolledByUser);
    m_empty->setVisible(true);
}

// --- where things are --------------------------------------------------------------------------

SequenceLayout SequenceView::layoutFor(double width) const
{
    return SequenceLayout::of(font(), m_zoom, width, m_data.lanes().size());
}

SequencePainter SequenceView::painterFor(const SequenceLayout &layout) const
{
    return SequencePainter(m_data, layout, font(), palette());
}

double SequenceView::rowsHeight() const
{
    return static_cast<double>(m_data.endRow() - m_data.beginRow()) * m_layout.rowHeight;
}

double SequenceView::scrolled() const
{
    const QScrollBar *bar = verticalScrollBar();
    // The last step may be a part of one.
    const double most = std::max(0.0, rowsHeight() - (viewport()->height() - m_layout.headHeight));
    const bool isAtEnd = bar->maximum() > 0 && bar->value() >= bar->maximum();
    return isAtEnd ? most : std::min(most, bar->value() * m_unit);
}

SequencePainter::Place SequenceView::place() const
{
    const double above = scrolled();
    const double rows = std::floor(above / m_layout.rowHeight);
    return {m_data.beginRow() + static_cast<quint64>(rows), above - rows * m_layout.rowHeight,
            static_cast<double>(horizontalScrollBar()->value())};
}

SequencePainter::Look SequenceView::look() const
{
    return {m_server, m_isSinceStart, currentRow()};
}

std::optional<quint64> SequenceView::rowAt(const QPoint &place) const
{
    const double y = place.y() - m_layout.headHeight + scrolled();
    if (place.y() < m_layout.headHeight || y < 0)
        return std::nullopt;
    const quint64 row = m_data.beginRow() + static_cast<quint64>(y / m_layout.rowHeight);
    return row < m_data.endRow() ? std::optional(row) : std::nullopt;
}

QRect SequenceView::rectOf(quint64 row) const
{
    const double rows = static_cast<double>(row) - static_cast<double>(m_data.beginRow());
    return QRectF(0, m_layout.headHeight + rows * m_layout.rowHeight - scrolled(),
                  viewport()->width(), m_layout.rowHeight)
        .toRect();
}

void SequenceView::scrollTo(double pixels)
{
    m_isMoving = true;
    const double steps = std::clamp(pixels / m_unit, 0.0, mostScroll);
    verticalScrollBar()->setValue(static_cast<int>(std::lround(steps)));
    m_isMoving = false;
    viewport()->update();
}

void SequenceView::updateScrollBars()
{
    const double above = verticalScrollBar()->value() * m_unit;
    m_layout = layoutFor(viewport()->width());
    const double height = std::max(1.0, viewport()->height() - m_layout.headHeight);
    const double hidden = std::max(0.0, rowsHeight() - height);
    m_unit = std::max(1.0, std::ceil(hidden / mostScroll));
    m_isMoving = true;
    QScrollBar *bar = verticalScrollBar();
    bar->setRange(0, static_cast<int>(std::ceil(hidden / m_unit)));
    bar->setPageStep(static_cast<int>(std::max(1.0, height / m_unit)));
    bar->setSingleStep(std::max(1, static_cast<int>(m_layout.rowHeight / m_unit)));
    m_isMoving = false;
    scrollTo(m_isFollowing ? hidden : above);
    const double wide = m_layout.contentWidth(m_data.lanes().size());
    QScrollBar *side = horizontalScrollBar();
    side->setRange(0, std::max(0, static_cast<int>(std::ceil(wide)) - viewport()->width()));
    side->setPageStep(viewport()->width());
    side->setSingleStep(static_cast<int>(m_layout.laneWidth));
}

// --- what is shown -----------------------------------------------------------------------------

void SequenceView::dataChanged()
{
    m_empty->setVisible(m_data.endRow() == m_data.beginRow());
    // Older rows have gone: what is looked at stays where it is.
    const quint64 gone = m_data.beginRow() > m_beginRow ? m_data.beginRow() - m_beginRow : 0;
    m_beginRow = m_data.beginRow();
    if (gone > 0 && !m_isFollowing)
        scrollTo(verticalScrollBar()->value() * m_unit
                 - static_cast<double>(gone) * m_layout.rowHeight);
    updateScrollBars();
    viewport()->update();
}

void SequenceView::restart()
{
    m_beginRow = 0;
    updateScrollBars();
    if (!m_isFollowing)
        scrollTo(0);
}

void SequenceView::setServerName(const QString &name)
{
    m_server = name;
    viewport()->update();
}

void SequenceView::setSinceStart(bool isSinceStart)
{
    m_isSinceStart = isSinceStart;
    viewport()->update();
}

void SequenceView::setFollowing(bool isFollowing)
{
    if (isFollowing == m_isFollowing)
        return;
    m_isFollowing = isFollowing;
    if (isFollowing)
        updateScrollBars();
    Q_EMIT followingChanged(isFollowing);
}

void SequenceView::scrolledByUser()
{
    viewport()->update();
    if (!m_isMoving)
        setFollowing(verticalScrollBar()->value() >= verticalScrollBar()->maximum());
}

void SequenceView::setZoom(double zoom)
{
    zoom = std::clamp(zoom, leastZoom, mostZoom);
    if (zoom == m_zoom)
        return;
    const double rows = scrolled() / m_layout.rowHeight;
    m_zoom = zoom;
    updateScrollBars();
    if (!m_isFollowing)
        scrollTo(rows * m_layout.rowHeight);
}

void SequenceView::zoomIn()
{
    setZoom(m_zoom * zoomStep);
}

void SequenceView::zoomOut()
{
    setZoom(m_zoom / zoomStep);
}

// --- selecting ---------------------------------------------------------------------------------

std::optional<quint64> SequenceView::currentRow() const
{
    if (!m_current)
        return std::nullopt;
    const quint64 row = m_data.rowOf(*m_current);
    return m_data.recordAt(row) == m_current ? std::optional(row) : std::nullopt;
}

void SequenceView::selectRow(quint64 row)
{
    const auto index = m_data.recordAt(row);
    if (!index)
        return;
    m_current = index;
    setAccessibleDescription(toolTipOf(row).replace(QLatin1Char('\n'), QLatin1String(", ")));
    ensureVisible(row);
    viewport()->update();
    Q_EMIT recordActivated(*index);
}

void SequenceView::ensureVisible(quint64 row)
{
    const QRect rect = rectOf(row);
    const double head = m_layout.headHeight;
    double to = scrolled();
    if (rect.top() < head)
        to += rect.top() - head;
    else if (rect.bottom() >= viewport()->height())
        to += rect.bottom() + 1 - viewport()->height();
    else
        return;
    setFollowing(false);
    scrollTo(to);
    setFollowing(verticalScrollBar()->value() >= verticalScrollBar()->maximum());
}

void SequenceView::showRecord(RecordIndex index)
{
    m_current = index;
    const quint64 row = m_data.rowOf(index);
    if (row < m_data.endRow())
        ensureVisible(row);
    viewport()->update();
}

QString SequenceView::toolTipOf(quint64 row) const
{
    const auto rows = m_data.records(row, 1);
    if (rows.empty())
        return {};
    const Record &record = rows.front().record;
    const auto connection = m_data.connection(record.connection);
    const auto &lanes = m_data.lanes();
    QString who;
    if (connection && static_cast<size_t>(connection->lane) < lanes.size())
        who = SequencePainter::laneText(lanes[static_cast<size_t>(connection->lane)]);
    return QStringLiteral("%1\n%2\n%3\n%4")
        .arg(painterFor(m_layout).timeText(record, m_isSinceStart),
             tr("connection %1, %2").arg(record.connection.value).arg(who),
             record.direction == Direction::ToServer ? tr("to the server") : tr("to the client"),
             m_data.textOf(record));
}

// --- events ------------------------------------------------------------------------------------

void SequenceView::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(viewport());
    const QRectF area(viewport()->rect());
    if (m_data.beginRow() == m_data.endRow()) {
        painter.fillRect(area, palette().color(QPalette::Base));
        return;
    }
    painterFor(m_layout).paint(painter, area, place(), look());
    if (hasFocus()) {
        painter.setPen(palette().color(QPalette::Link));
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

void SequenceView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
}

void SequenceView::mousePressEvent(QMouseEvent *event)
{
    const auto row = event->button() == Qt::LeftButton ? rowAt(event->pos()) : std::nullopt;
    if (row)
        selectRow(*row);
}

void SequenceView::wheelEvent(QWheelEvent *event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier)) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    event->accept();
    // The row below the mouse stays there.
    const double below = event->position().y() - m_layout.headHeight;
    const double rows = (scrolled() + below) / m_layout.rowHeight;
    setZoom(m_zoom * std::pow(zoomStep, event->angleDelta().y() / 120.0));
    if (!m_isFollowing)
        scrollTo(rows * m_layout.rowHeight - below);
}

void SequenceView::keyPressEvent(QKeyEvent *event)
{
    const quint64 begin = m_data.beginRow();
    const quint64 end = m_data.endRow();
    if (begin == end) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const quint64 first = place().firstRow;
    const quint64 now = currentRow().value_or(first);
    const bool isNone = !currentRow().has_value();
    const auto page = static_cast<quint64>(std::max(
        1.0, std::floor((viewport()->height() - m_layout.headHeight) / m_layout.rowHeight) - 1));
    switch (event->key()) {
    case Qt::Key_Down:
        selectRow(isNone ? first : std::min(now + 1, end - 1));
        break;
    case Qt::Key_Up:
        selectRow(isNone ? first : std::max(now, begin + 1) - 1);
        break;
    case Qt::Key_PageDown:
        selectRow(std::min(now + page, end - 1));
        break;
    case Qt::Key_PageUp:
        selectRow(now - std::min(now - begin, page));
        break;
    case Qt::Key_Home:
        selectRow(begin);
        break;
    case Qt::Key_End:
        selectRow(end - 1);
        break;
    case Qt::Key_Plus:
        zoomIn();
        break;
    case Qt::Key_Minus:
        zoomOut();
        break;
    case Qt::Key_0:
        resetZoom();
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

bool SequenceView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = dynamic_cast<QHelpEvent *>(event);
        const auto row = help ? rowAt(help->pos()) : std::nullopt;
        // What others wrote is no markup.
        const QString text = row ? QStringLiteral("<p style='white-space:pre-wrap'>%1</p>")
                                       .arg(toolTipOf(*row).toHtmlEscaped())
                                 : QString();
        if (help)
            QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void SequenceView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateScrollBars();
}

// --- files -------------------------------------------------------------------------------------

void SequenceView::paintVisible(QPainter &painter, const QSize &size) const
{
    painterFor(m_layout).paint(painter, QRectF(QPointF(0, 0), size), place(), look());
}

QSize SequenceView::savedSize() const
{
    const quint64 rows = std::min(m_data.endRow() - m_data.beginRow(), mostSavedRows);
    const SequenceLayout layout = layoutFor(viewport()->width());
    const double width =
        std::max<double>(layout.contentWidth(m_data.lanes().size()), viewport()->width());
    return {std::min(static_cast<int>(std::ceil(width)), mostSavedWidth),
            static_cast<int>(layout.headHeight + static_cast<double>(rows) * layout.rowHeight) + 1};
}

bool SequenceView::isSavedWhole() const
{
    return m_data.endRow() - m_data.beginRow() <= mostSavedRows
        && m_layout.contentWidth(m_data.lanes().size()) <= mostSavedWidth;
}

void SequenceView::paintSaved(QPainter &painter, const QSize &size) const
{
    painterFor(layoutFor(viewport()->width()))
        .paint(painter, QRectF(QPointF(0, 0), size), {m_data.beginRow(), 0, 0}, look());
}

} // namespace Sockeye
