// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/streamview.h"

#include "core/models/textformat.h"
#include "ui/traffic/trafficdelegate.h"
#include "ui/traffic/visibletext.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

#include <algorithm>

namespace Sockeye {

namespace {

/// What one tick may cost, and the pieces after which the time is looked at.
constexpr qint64 millisecondsPerTick = 8;
constexpr qint64 pieceSize = 8 * 1024;
constexpr quint64 recordsPerLook = 512;
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
    const bool hasMore = isHeadFull() && m_head.row < found.count;
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

bool StreamView::isHeadFull() const
{
    return m_tailPosition >= 0 || m_headBytes >= partLimit || blockCount() >= visibleLines;
}

void StreamView::growHead(quint64 count)
{
    QElapsedTimer time;
    time.start();
    m_head.row = std::max(m_head.row, m_rows->dropped());
    while (m_head.row < count && !isHeadFull() && time.elapsed() < millisecondsPerTick) {
        const std::optional<Record> record = m_log->record(m_rows->at(m_head.row));
        const qint64 taken = record
            ? appendRecord(*record, m_head.offset, std::min(pieceSize, partLimit - m_headBytes))
            : 0;
        m_headBytes += taken;
        m_head.offset += taken;
        if (taken == 0 || m_head.offset >= static_cast<qint64>(record->length))
            m_head = {m_head.row + 1, 0};
    }
}

void StreamView::countNew(quint64 count)
{
    QElapsedTimer time;
    time.start();
    while (m_counted < count && time.elapsed() < millisecondsPerTick) {
        for (const quint64 end = std::min(count, m_counted + recordsPerLook); m_counted < end;
             ++m_counted) {
            const std::optional<Record> record =
                m_rows->contains(m_counted) ? m_log->record(m_rows->at(m_counted)) : std::nullopt;
            if (record && record->kind == RecordKind::Data)
                m_total += static_cast<qint64>(record->length);
        }
    }
}

/// Where the last part begins: a mebibyte or so many lines before the end, but not before the end
/// of the first part.
StreamView::Place StreamView::tailStart(quint64 count) const
{
    qint64 room = partLimit;
    int lines = visibleLines;
    for (quint64 row = count; row > m_head.row;) {
        --row;
        const std::optional<Record> record = m_log->record(m_rows->at(row));
        if (!record || record->kind != RecordKind::Data)
            continue;
        const auto length = static_cast<qint64>(record->length);
        const qint64 from = std::max(row == m_head.row ? m_head.offset : 0, length - room);
        const QByteArray bytes = m_log->payload(record->index, from, length - from);
        const QByteArrayView fitting = lastLines(bytes, lines);
        lines -= static_cast<int>(bytes.count('\n'));
        room -= fitting.size();
        if (fitting.size() < bytes.size() || lines <= 0 || room <= 0)
            return {row, length - fitting.size()};
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
    if (!isWhole) {
        m_leftOut = m_total - m_headBytes;
        for (quint64 row = start.row; row < count; ++row) {
            const std::optional<Record> record = m_log->record(m_rows->at(row));
            if (record && record->kind == RecordKind::Data)
                m_leftOut -=
                    static_cast<qint64>(record->length) - (row == start.row ? start.offset : 0);
        }
        appendNote(tr("… %1 left out …").arg(byteCount(static_cast<quint64>(m_leftOut))));
        m_side.reset();
    } else {
        m_leftOut = 0;
    }
    qint64 offset = start.offset;
    for (quint64 row = start.row; row < count; ++row, offset = 0) {
        if (const std::optional<Record> record = m_log->record(m_rows->at(row)))
            appendRecord(*record, offset, partLimit);
    }
    m_tailCount = count;
    m_tailCost = cost.elapsed();
    m_sinceTail.start();
}

/// Bytes that were taken in; 0 for records without any.
qint64 StreamView::appendRecord(const Record &record, qint64 offset, qint64 maximum)
{
    if (record.kind != RecordKind::Data) {
        const QString text = endText(record);
        if (!text.isEmpty()) {
            appendNote(text);
            m_side.reset();
        }
        return 0;
    }
    const QByteArray bytes = m_log->payload(record.index, offset, maximum);
    const bool isLast = offset + bytes.size() >= static_cast<qint64>(record.length);
    const QByteArrayView whole = isLast ? QByteArrayView(bytes) : withoutCutEnd(bytes);
    appendSide(record.direction, whole);
    return whole.size();
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
            paintDirection(painter, QRectF(0, area.top(), marginWidth - 4, fontMetrics().height()),
                           RecordKind::Data, toServer ? Direction::ToServer : Direction::ToClient,
                           colour);
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
