// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/streamview.h"

#include "core/models/textformat.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

#include <algorithm>

namespace Sockeye {

namespace {

/// What one tick may cost: bytes made into text, records whose length is asked.
constexpr qint64 bytesPerTick = 128 * 1024;
constexpr quint64 recordsPerTick = 20'000;
/// The last part is made anew when more comes; it must not take more than this share of the time.
constexpr qint64 tailTimeShare = 10;
constexpr int marginWidth = 24;

/// State of a text block: what the margin paints beside it.
enum Side { None = -1, ToServerFirst = 1, ToServerMore, ToClientFirst, ToClientMore };

QString endText(const Record &record)
{
    const bool toServer = record.direction == Direction::ToServer;
    switch (record.kind) {
    case RecordKind::EndOfStream:
        return toServer ? StreamView::tr("client will send no more")
                        : StreamView::tr("server will send no more");
    case RecordKind::Reset:
        return StreamView::tr("connection reset");
    case RecordKind::Gap:
        return StreamView::tr("%1 not recorded").arg(byteCount(record.length));
    case RecordKind::Refused:
        return StreamView::tr("refused");
    default:
        return {};
    }
}

} // namespace

StreamView::StreamView(QWidget *parent)
    : TextView(parent)
    , m_margin(new QWidget(this))
{
    setAccessibleName(tr("Conversation"));
    setViewportMargins(marginWidth, 0, 0, 0);
    setEmptyText(tr("No bytes yet"), tr("This connection has not sent anything."));
    m_margin->installEventFilter(this);
    connect(this, &QPlainTextEdit::updateRequest, m_margin, qOverload<>(&QWidget::update));
}

StreamView::~StreamView() = default;

void StreamView::setLog(const CaptureLog *log)
{
    m_connection = {};
    m_rows.reset();
    m_log = log;
    if (log)
        m_rows = std::make_unique<FilteredRows>(*log);
    restart();
}

void StreamView::setConnection(ConnectionId id)
{
    if (id == m_connection || !m_rows)
        return;
    m_connection = id;
    const QString expression = QStringLiteral("conn == %1").arg(id.value);
    m_rows->setFilter(id.isValid() ? CaptureFilter::parse(expression).value_or(CaptureFilter())
                                   : CaptureFilter());
    restart();
    refresh();
}

void StreamView::restart()
{
    clearText();
    m_isComplete = false;
    m_head = {};
    m_headBytes = 0;
    m_counted = 0;
    m_total = 0;
    m_tailPosition = -1;
    m_tailCount = 0;
    m_leftOut = 0;
    m_side.reset();
    m_tailCost = 0;
    showEmptyState(true);
}

void StreamView::refresh()
{
    if (!m_rows || !m_connection.isValid() || !isVisible())
        return;
    const FilteredRows::Progress found = m_rows->take();
    const CaptureCursor now = m_log->cursor();
    if (found.isStarted && found.epoch != m_epoch) {
        m_epoch = found.epoch;
        restart();
    }
    if (!found.isStarted || found.epoch != now.epoch || found.scanned < now.end)
        m_rows->wake();
    if (!found.isStarted)
        return;
    const bool isAtEnd = verticalScrollBar()->value() == verticalScrollBar()->maximum()
        && verticalScrollBar()->maximum() > 0;
    growHead(found.count);
    countNew(found.count);
    const bool hasMore = m_headBytes >= partLimit && m_head.row < found.count;
    const bool isDue = !m_sinceTail.isValid() || m_sinceTail.elapsed() > m_tailCost * tailTimeShare;
    if (hasMore && m_counted == found.count && m_tailCount != found.count
        && (m_tailPosition < 0 || (isAtEnd && isDue && !textCursor().hasSelection())))
        rebuildTail(found.count);
    m_isComplete = found.scanned >= now.end && m_counted == found.count
        && (hasMore ? m_tailCount == found.count : m_head.row == found.count);
    showEmptyState(document()->isEmpty());
    if (isAtEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void StreamView::growHead(quint64 count)
{
    m_head.row = std::max(m_head.row, m_rows->dropped());
    qint64 budget = bytesPerTick;
    quint64 records = recordsPerTick / 10;
    while (m_head.row < count && m_headBytes < partLimit && budget > 0 && records-- > 0) {
        const RecordIndex index = m_rows->at(m_head.row);
        const qint64 room = std::min(budget, partLimit - m_headBytes);
        const qint64 taken = appendRecord(index, m_head.offset, room);
        budget -= taken;
        m_headBytes += taken;
        m_head.offset += taken;
        const std::optional<Record> record = m_log->record(index);
        const bool hasMore = record && record->kind == RecordKind::Data && taken > 0
            && m_head.offset < static_cast<qint64>(record->length);
        if (!hasMore)
            m_head = {m_head.row + 1, 0};
    }
}

void StreamView::countNew(quint64 count)
{
    const quint64 end = std::min(count, m_counted + recordsPerTick);
    for (; m_counted < end; ++m_counted) {
        if (!m_rows->contains(m_counted))
            continue;
        const std::optional<Record> record = m_log->record(m_rows->at(m_counted));
        if (record && record->kind == RecordKind::Data)
            m_total += static_cast<qint64>(record->length);
    }
}

/// Where the last part begins: a mebibyte before the end, but not before the end of the first part.
StreamView::Place StreamView::tailStart(quint64 count) const
{
    qint64 room = partLimit;
    for (quint64 row = count; row > m_head.row;) {
        --row;
        const std::optional<Record> record = m_log->record(m_rows->at(row));
        if (!record || record->kind != RecordKind::Data)
            continue;
        const auto length = static_cast<qint64>(record->length);
        const qint64 from = row == m_head.row ? m_head.offset : 0;
        if (length - from >= room)
            return {row, length - room};
        room -= length - from;
    }
    return m_head;
}

void StreamView::rebuildTail(quint64 count)
{
    QElapsedTimer cost;
    cost.start();
    if (m_tailPosition < 0)
        m_tailPosition = document()->characterCount() - 1;
    else
        truncate(m_tailPosition);
    const Place start = tailStart(count);
    const bool isWhole = start.row == m_head.row && start.offset == m_head.offset;
    m_leftOut = 0;
    if (!isWhole) {
        // A mebibyte is shown; all else but the first part is not.
        m_leftOut = m_total - m_headBytes - std::min(partLimit, m_total - m_headBytes);
        appendNote(tr("… %1 left out …").arg(byteCount(static_cast<quint64>(m_leftOut))));
        m_side.reset();
    }
    qint64 offset = start.offset;
    for (quint64 row = start.row; row < count; ++row, offset = 0)
        appendRecord(m_rows->at(row), offset, partLimit);
    m_tailCount = count;
    m_tailCost = cost.elapsed();
    m_sinceTail.start();
}

/// Bytes that were appended.
qint64 StreamView::appendRecord(RecordIndex index, qint64 offset, qint64 maximum)
{
    const std::optional<Record> record = m_log->record(index);
    if (!record)
        return 0;
    if (record->kind != RecordKind::Data) {
        const QString text = endText(*record);
        if (!text.isEmpty())
            appendNote(text);
        m_side.reset();
        return 0;
    }
    const QByteArray bytes = m_log->payload(index, offset, maximum);
    appendSide(record->direction, bytes);
    return bytes.size();
}

void StreamView::appendSide(Direction direction, QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return;
    const bool toServer = direction == Direction::ToServer;
    const ThemeColours &colours = themeColours(palette());
    QTextCharFormat format;
    format.setForeground(toServer ? colours.toServer : colours.toClient);
    const bool isNewRun = m_side != direction;
    if (isNewRun && document()->lastBlock().length() > 1) {
        QTextCursor cursor(document());
        cursor.movePosition(QTextCursor::End);
        cursor.insertBlock();
    }
    QTextBlock block = document()->lastBlock();
    appendBytes(bytes, format);
    const int first = toServer ? ToServerFirst : ToClientFirst;
    const int more = toServer ? ToServerMore : ToClientMore;
    if (isNewRun)
        block.setUserState(first);
    for (block = block.next(); block.isValid(); block = block.next())
        block.setUserState(more);
    m_side = direction;
}

// --- margin ------------------------------------------------------------------------------------

void StreamView::paintMargin()
{
    QPainter painter(m_margin);
    painter.fillRect(m_margin->rect(), palette().color(QPalette::AlternateBase));
    painter.setFont(font());
    const ThemeColours &colours = themeColours(palette());
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF area = blockBoundingGeometry(block).translated(contentOffset());
        if (area.top() > m_margin->height())
            break;
        const int side = block.userState();
        // The empty line behind the last line end belongs to nobody yet.
        if (side == None || (block.length() <= 1 && !block.next().isValid()))
            continue;
        const bool toServer = side == ToServerFirst || side == ToServerMore;
        const QColor colour = toServer ? colours.toServer : colours.toClient;
        if (side == ToServerFirst || side == ToClientFirst) {
            painter.setPen(colour);
            painter.drawText(QRectF(0, area.top(), marginWidth - 4, fontMetrics().height()),
                             Qt::AlignCenter, QString(QChar(toServer ? 0x2192 : 0x2190)));
        }
        painter.fillRect(QRectF(marginWidth - 3, area.top(), 2, area.height()), colour);
    }
}

void StreamView::placeMargin()
{
    const QRect area = contentsRect();
    m_margin->setGeometry(area.left(), area.top(), marginWidth, viewport()->height());
}

void StreamView::resizeEvent(QResizeEvent *event)
{
    TextView::resizeEvent(event);
    placeMargin();
}

void StreamView::changeEvent(QEvent *event)
{
    TextView::changeEvent(event);
    // Colours stand in the text: made anew.
    if (event->type() == QEvent::PaletteChange && m_rows && m_connection.isValid())
        restart();
}

bool StreamView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_margin && event->type() == QEvent::Paint) {
        paintMargin();
        return true;
    }
    return TextView::eventFilter(watched, event);
}

} // namespace Sockeye
