// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/hexview.h"

#include "core/models/textformat.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <limits>

namespace Sockeye {

namespace {

constexpr int margin = 8;
constexpr int offsetGap = 2; ///< in characters
constexpr int textGap = 3;

bool isPlain(char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

QString hexOf(char byte)
{
    return QString::fromLatin1(QByteArray(1, byte).toHex());
}

} // namespace

struct HexView::Look
{
    QColor text;
    QColor quiet; ///< offsets, zeros and dots
    QColor selection; ///< in the column that has the cursor
    QColor echo; ///< of the other column
    QColor selected;
    QColor echoed;
};

HexView::HexView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_empty(new EmptyState(this))
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Bytes in hexadecimal"));
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setBackgroundRole(QPalette::Base);
    measure();
}

void HexView::setSource(std::shared_ptr<const ByteSource> source)
{
    m_bytes.setSource(std::move(source));
    m_cursor = m_anchor = 0;
    m_hasSelection = false;
    m_digits = offsetDigits(static_cast<quint64>(m_bytes.size()));
    m_empty->setVisible(m_bytes.size() == 0);
    updateScrollBars();
    verticalScrollBar()->setValue(0);
    selectionMoved();
}

void HexView::setEmptyText(const QString &title, const QString &text)
{
    m_empty->setTitle(title);
    m_empty->setText(text);
}

// --- selection ---------------------------------------------------------------------------------

qint64 HexView::selectionStart() const
{
    return std::min(m_anchor, m_cursor);
}

qint64 HexView::selectionLength() const
{
    return m_hasSelection ? std::max(m_anchor, m_cursor) - selectionStart() + 1 : 0;
}

QByteArray HexView::selectedBytes() const
{
    return m_bytes.read(selectionStart(), std::min(selectionLength(), copyLimit));
}

void HexView::select(qint64 start, qint64 length)
{
    if (size() == 0 || length <= 0) {
        clearSelection();
        return;
    }
    m_anchor = std::clamp<qint64>(start, 0, size() - 1);
    m_cursor = std::clamp<qint64>(start + length - 1, m_anchor, size() - 1);
    m_hasSelection = true;
    selectionMoved();
}

void HexView::selectAll()
{
    select(0, size());
}

void HexView::clearSelection()
{
    m_anchor = m_cursor;
    m_hasSelection = false;
    selectionMoved();
}

void HexView::selectionMoved()
{
    viewport()->update();
    setAccessibleDescription(m_hasSelection
                                 ? tr("%1 bytes selected from offset %2")
                                       .arg(numberText(static_cast<quint64>(selectionLength())),
                                            QString::number(selectionStart(), 16))
                                 : tr("offset %1").arg(QString::number(m_cursor, 16)));
    Q_EMIT selectionChanged();
}

void HexView::moveCursor(qint64 offset, bool selects)
{
    if (size() == 0)
        return;
    offset = std::clamp<qint64>(offset, 0, size() - 1);
    if (!selects)
        m_anchor = offset;
    m_hasSelection = selects;
    m_cursor = offset;
    ensureVisible(offset);
    selectionMoved();
}

void HexView::copy(CopyForm form) const
{
    const QByteArray bytes = selectedBytes();
    if (bytes.isEmpty())
        return;
    QString text;
    switch (form) {
    case CopyForm::Hex:
        text = hexText(bytes);
        break;
    case CopyForm::Text:
        text = plainText(bytes);
        break;
    case CopyForm::CArray:
        text = cArrayText(bytes);
        break;
    case CopyForm::Base64:
        text = QString::fromLatin1(bytes.toBase64());
        break;
    case CopyForm::Dump:
        text = hexDump(bytes, static_cast<quint64>(selectionStart()));
        break;
    }
    QGuiApplication::clipboard()->setText(text);
}

// --- geometry ----------------------------------------------------------------------------------

void HexView::measure()
{
    const QFontMetrics metrics(monospaceFont());
    m_charWidth = metrics.horizontalAdvance(QLatin1Char('0'));
    m_rowHeight = metrics.height() + 2;
}

qint64 HexView::rowCount() const
{
    // A scroll bar counts in int: of a record beyond 32 GiB the beginning is shown.
    const qint64 rows = (size() + bytesPerRow - 1) / bytesPerRow;
    return std::min<qint64>(rows, std::numeric_limits<int>::max());
}

qint64 HexView::firstRow() const
{
    return verticalScrollBar()->value();
}

int HexView::visibleRows() const
{
    return std::max(1, (viewport()->height() - margin) / m_rowHeight);
}

int HexView::hexLeft(int column) const
{
    const int characters = m_digits + offsetGap + column * 3 + (column >= bytesPerRow / 2 ? 1 : 0);
    return margin + characters * m_charWidth - horizontalScrollBar()->value();
}

int HexView::textLeft(int column) const
{
    return hexLeft(bytesPerRow) + (textGap - 1 + column) * m_charWidth;
}

int HexView::contentWidth() const
{
    return textLeft(bytesPerRow) + horizontalScrollBar()->value() + margin;
}

QRect HexView::rectOf(qint64 offset, Column column) const
{
    const int place = static_cast<int>(offset % bytesPerRow);
    const qint64 away = offset / bytesPerRow - firstRow();
    if (away < -1 || away > visibleRows() + 2)
        return {}; // far out of sight: its pixels would not fit into an int
    const auto line = static_cast<int>(away);
    const bool isHex = column == Column::Hex;
    return {isHex ? hexLeft(place) : textLeft(place), margin / 2 + line * m_rowHeight,
            isHex ? 2 * m_charWidth : m_charWidth, m_rowHeight};
}

HexView::Place HexView::placeAt(const QPoint &point) const
{
    if (size() == 0)
        return {};
    const qint64 line = (point.y() - margin / 2) / m_rowHeight - (point.y() < margin / 2 ? 1 : 0);
    const qint64 row = std::clamp<qint64>(firstRow() + line, 0, rowCount() - 1);
    const bool isText = point.x() >= textLeft(0) - m_charWidth;
    int column = 0;
    if (isText) {
        column = (point.x() - textLeft(0)) / m_charWidth;
    } else {
        // Half of the gap belongs to each neighbour.
        const int half = m_charWidth / 2;
        while (column + 1 < bytesPerRow && point.x() >= hexLeft(column + 1) - half)
            ++column;
    }
    const qint64 offset = row * bytesPerRow + std::clamp(column, 0, bytesPerRow - 1);
    return {std::min(offset, size() - 1), isText ? Column::Text : Column::Hex};
}

void HexView::updateScrollBars()
{
    const int rows = visibleRows();
    verticalScrollBar()->setPageStep(rows);
    verticalScrollBar()->setRange(0, static_cast<int>(std::max<qint64>(0, rowCount() - rows)));
    const int width = contentWidth();
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(m_charWidth);
    horizontalScrollBar()->setRange(0, size() > 0 ? std::max(0, width - viewport()->width()) : 0);
}

void HexView::ensureVisible(qint64 offset)
{
    const qint64 row = offset / bytesPerRow;
    const int rows = visibleRows();
    if (row < firstRow())
        verticalScrollBar()->setValue(static_cast<int>(row));
    else if (row >= firstRow() + rows)
        verticalScrollBar()->setValue(static_cast<int>(row - rows + 1));
}

// --- painting ----------------------------------------------------------------------------------

void HexView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    const QPalette &colours = palette();
    painter.fillRect(event->rect(), colours.color(QPalette::Base));
    if (size() == 0)
        return;
    const bool isActive = hasFocus();
    const auto group = isActive ? QPalette::Active : QPalette::Inactive;
    Look look;
    look.text = colours.color(QPalette::Text);
    look.quiet = themeColours(colours).muted;
    look.selection = colours.color(group, QPalette::Highlight);
    look.selected = colours.color(group, QPalette::HighlightedText);
    look.echo = colours.color(QPalette::Inactive, QPalette::Highlight);
    look.echoed = colours.color(QPalette::Inactive, QPalette::HighlightedText);
    painter.setFont(monospaceFont());
    const qint64 last = std::min(rowCount(), firstRow() + visibleRows() + 2);
    for (qint64 row = firstRow(); row < last; ++row)
        paintRow(painter, row, look);
    if (isActive && !m_hasSelection) {
        painter.setPen(look.text);
        const QRect cursor = rectOf(m_cursor, m_column);
        if (!cursor.isNull())
            painter.drawLine(cursor.topLeft(), cursor.bottomLeft());
    }
}

void HexView::paintRow(QPainter &painter, qint64 row, const Look &look) const
{
    const qint64 start = row * bytesPerRow;
    const qint64 wanted = std::min<qint64>(bytesPerRow, size() - start);
    const QByteArray bytes = m_bytes.read(start, wanted);
    paintSelection(painter, row, look);
    const QRect place = rectOf(start, Column::Hex);
    painter.setPen(look.quiet);
    painter.drawText(QRect(margin - horizontalScrollBar()->value(), place.top(),
                           (m_digits + 1) * m_charWidth, m_rowHeight),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     QStringLiteral("%1").arg(start, m_digits, 16, QLatin1Char('0')));
    for (qint64 i = 0; i < bytes.size(); ++i)
        paintByte(painter, start + i, bytes[i], look);
    painter.setPen(look.quiet);
    for (qint64 i = bytes.size(); i < wanted; ++i) // recycled while it is shown
        painter.drawText(rectOf(start + i, Column::Hex), Qt::AlignCenter, QStringLiteral("??"));
}

void HexView::paintByte(QPainter &painter, qint64 offset, char byte, const Look &look) const
{
    const bool isSelected = m_hasSelection && offset >= selectionStart()
        && offset < selectionStart() + selectionLength();
    const auto colour = [&](Column column, bool isQuiet) {
        if (isSelected)
            return column == m_column ? look.selected : look.echoed;
        return isQuiet ? look.quiet : look.text;
    };
    painter.setPen(colour(Column::Hex, byte == 0));
    painter.drawText(rectOf(offset, Column::Hex), Qt::AlignCenter, hexOf(byte));
    painter.setPen(colour(Column::Text, !isPlain(byte)));
    painter.drawText(rectOf(offset, Column::Text), Qt::AlignCenter,
                     isPlain(byte) ? QString(QLatin1Char(byte)) : QStringLiteral("."));
}

void HexView::paintSelection(QPainter &painter, qint64 row, const Look &look) const
{
    const qint64 start = std::max(row * bytesPerRow, selectionStart());
    const qint64 end = std::min((row + 1) * bytesPerRow, selectionStart() + selectionLength()) - 1;
    if (end < start)
        return;
    for (const Column column : {Column::Hex, Column::Text}) {
        const QRect area = rectOf(start, column).united(rectOf(end, column));
        painter.fillRect(area.adjusted(-1, 0, 1, 0),
                         column == m_column ? look.selection : look.echo);
    }
}

// --- events ------------------------------------------------------------------------------------

void HexView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
}

void HexView::mousePressEvent(QMouseEvent *event)
{
    const Place place = placeAt(event->pos());
    if (event->button() != Qt::LeftButton || place.offset < 0)
        return;
    m_column = place.column;
    moveCursor(place.offset, event->modifiers().testFlag(Qt::ShiftModifier));
}

void HexView::mouseMoveEvent(QMouseEvent *event)
{
    if (!event->buttons().testFlag(Qt::LeftButton) || size() == 0)
        return;
    // A selection stays in the column in which it began.
    QPoint point = event->pos();
    const int border = textLeft(0) - m_charWidth;
    point.setX(m_column == Column::Text ? std::max(point.x(), border)
                                        : std::min(point.x(), border - 1));
    moveCursor(placeAt(point).offset, true);
}

void HexView::mouseReleaseEvent(QMouseEvent *event)
{
    event->accept(); // a selection that was pulled is no click for the parent
}

/// Selects the run of printable bytes (or of the others) around the place.
void HexView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Place place = placeAt(event->pos());
    if (event->button() != Qt::LeftButton || place.offset < 0)
        return;
    constexpr qint64 reach = 4096;
    const qint64 from = std::max<qint64>(0, place.offset - reach);
    const QByteArray around = m_bytes.read(from, 2 * reach);
    qint64 first = place.offset - from;
    if (first >= around.size())
        return;
    qint64 last = first;
    const bool kind = isPlain(around[first]);
    while (first > 0 && isPlain(around[first - 1]) == kind)
        --first;
    while (last + 1 < around.size() && isPlain(around[last + 1]) == kind)
        ++last;
    select(from + first, last - first + 1);
}

qint64 HexView::target(const QKeyEvent &event, bool *isMove) const
{
    *isMove = true;
    const bool isFar = event.modifiers().testFlag(Qt::ControlModifier);
    const qint64 page = static_cast<qint64>(visibleRows()) * bytesPerRow;
    const qint64 rowStart = m_cursor - m_cursor % bytesPerRow;
    switch (event.key()) {
    case Qt::Key_Left:
        return m_cursor - 1;
    case Qt::Key_Right:
        return m_cursor + 1;
    case Qt::Key_Up:
        return m_cursor >= bytesPerRow ? m_cursor - bytesPerRow : m_cursor;
    case Qt::Key_Down:
        return m_cursor + bytesPerRow < size() ? m_cursor + bytesPerRow : m_cursor;
    case Qt::Key_PageUp:
        return std::max(m_cursor - page, m_cursor % bytesPerRow);
    case Qt::Key_PageDown:
        return m_cursor + page;
    case Qt::Key_Home:
        return isFar ? 0 : rowStart;
    case Qt::Key_End:
        return isFar ? size() - 1 : rowStart + bytesPerRow - 1;
    default:
        *isMove = false;
        return m_cursor;
    }
}

void HexView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy(m_column == Column::Hex ? CopyForm::Hex : CopyForm::Text);
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
        return;
    }
    if (event->key() == Qt::Key_Escape && m_hasSelection) {
        clearSelection();
        return;
    }
    bool isMove = false;
    const qint64 to = target(*event, &isMove);
    if (!isMove) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    moveCursor(to, event->modifiers().testFlag(Qt::ShiftModifier));
}

void HexView::contextMenuEvent(QContextMenuEvent *event)
{
    if (size() == 0)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [this, menu](const QString &text, CopyForm form) {
        QAction *action = menu->addAction(text, this, [this, form] { copy(form); });
        action->setEnabled(m_hasSelection);
    };
    add(tr("Copy as &hex"), CopyForm::Hex);
    add(tr("Copy as &text"), CopyForm::Text);
    add(tr("Copy as &C array"), CopyForm::CArray);
    add(tr("Copy as &Base64"), CopyForm::Base64);
    add(tr("Copy as hex &dump"), CopyForm::Dump);
    menu->addSeparator();
    menu->addAction(tr("Select &all"), this, &HexView::selectAll);
    menu->popup(event->globalPos());
}

void HexView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void HexView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void HexView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange) {
        measure();
        updateScrollBars();
    }
}

} // namespace Sockeye
