// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/streamview.h"

#include "core/models/textformat.h"
#include "ui/traffic/hexview.h"
#include "ui/traffic/trafficdelegate.h"
#include "ui/traffic/visibletext.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

#include <algorithm>
#include <utility>

namespace Sockeye {

namespace {

/// What one tick may cost, and the pieces after which the time is looked at.
constexpr qint64 millisecondsPerTick = 8;
constexpr qint64 pieceSize = 8 * 1024;
constexpr quint64 recordsPerLook = 512;
/// The last part is made anew when more comes; it must not take more than this share of the time.
constexpr qint64 tailTimeShare = 10;
constexpr int marginWidth = 24;
/// Of offsets: enough for 4 GiB of a side, so that columns do not move before.
constexpr int hexDigits = 8;

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
    m_found.reset();
    m_log = log;
    if (log)
        m_found = std::make_unique<FilteredRows>(*log);
    restart();
}

void StreamView::setConnection(ConnectionId id)
{
    if (id == m_connection || !m_found)
        return;
    m_connection = id;
    const QString expression = QStringLiteral("conn == %1").arg(id.value);
    m_found->setFilter(id.isValid() ? CaptureFilter::parse(expression).value_or(CaptureFilter())
                                    : CaptureFilter());
    restart();
    refresh();
}

void StreamView::setSide(std::optional<Direction> side)
{
    if (side == m_side)
        return;
    m_side = side;
    restart();
    refresh();
}

void StreamView::setForm(Form form)
{
    if (form == m_form)
        return;
    m_form = form;
    // Columns stand below one another or mean nothing.
    setLineWrapMode(form == Form::Hex ? QPlainTextEdit::NoWrap : QPlainTextEdit::WidgetWidth);
    restart();
    refresh();
}

void StreamView::restart()
{
    clearText();
    m_isComplete = false;
    m_ofSide.clear();
    m_head = {};
    m_headBytes = 0;
    m_counted = 0;
    m_totals = {};
    m_offsets = {};
    m_tailPosition = -1;
    m_tailCount = 0;
    m_leftOut = 0;
    m_run.reset();
    m_tailCost = 0;
    showEmptyState(!m_connection.isValid()); // else it is not known yet
}

void StreamView::refresh()
{
    if (!m_found || !m_connection.isValid() || !isVisible())
        return;
    const FilteredRows::Progress found = m_found->take();
    const CaptureCursor now = m_log->cursor();
    if (found.isStarted && found.epoch != m_epoch) {
        m_epoch = found.epoch;
        restart();
    }
    if (!found.isStarted || found.epoch != now.epoch || found.scanned < now.end)
        m_found->wake();
    if (!found.isStarted || found.epoch != now.epoch)
        return;
    const bool isAtEnd = verticalScrollBar()->value() == verticalScrollBar()->maximum()
        && verticalScrollBar()->maximum() > 0;
    countNew(found.count);
    growHead();
    const bool isCounted = m_counted == found.count;
    const bool hasMore = isHeadFull() && m_head.row < rowCount();
    const bool isDue = !m_sinceTail.isValid() || m_sinceTail.elapsed() > m_tailCost * tailTimeShare;
    if (hasMore && isCounted && m_tailCount != rowCount()
        && (m_tailPosition < 0 || (isAtEnd && isDue && !textCursor().hasSelection())))
        rebuildTail();
    m_isComplete = found.scanned >= now.end && isCounted
        && (hasMore ? m_tailCount == rowCount() : m_head.row == rowCount());
    showEmptyState(document()->isEmpty() && m_isComplete);
    if (isAtEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

/// Rows that are counted and belong to what is shown.
quint64 StreamView::rowCount() const
{
    return m_side ? m_ofSide.size() : m_counted;
}

std::optional<Record> StreamView::recordAt(quint64 row) const
{
    if (m_side)
        return m_log->record(m_ofSide[row]);
    return m_found->contains(row) ? m_log->record(m_found->at(row)) : std::nullopt;
}

bool StreamView::isHeadFull() const
{
    return m_tailPosition >= 0 || m_headBytes >= partLimit || blockCount() >= visibleLines;
}

void StreamView::growHead()
{
    QElapsedTimer time;
    time.start();
    while (m_head.row < rowCount() && !isHeadFull() && time.elapsed() < millisecondsPerTick) {
        const std::optional<Record> record = recordAt(m_head.row);
        const qint64 taken = record
            ? appendRecord(*record, m_head.offset, std::min(pieceSize, partLimit - m_headBytes))
            : 0;
        m_headBytes += taken;
        m_head.offset += taken;
        if (taken == 0 || m_head.offset >= static_cast<qint64>(record->length))
            m_head = {m_head.row + 1, 0};
    }
}

void StreamView::countNew(quint64 found)
{
    QElapsedTimer time;
    time.start();
    while (m_counted < found && time.elapsed() < millisecondsPerTick) {
        for (const quint64 end = std::min(found, m_counted + recordsPerLook); m_counted < end;
             ++m_counted) {
            const std::optional<Record> record =
                m_found->contains(m_counted) ? m_log->record(m_found->at(m_counted)) : std::nullopt;
            if (!record)
                continue;
            if (record->kind == RecordKind::Data)
                m_totals.of(record->direction) += static_cast<qint64>(record->length);
            if (m_side == record->direction)
                m_ofSide.push_back(record->index);
        }
    }
}

/// Where the last part begins: a mebibyte or so many lines before the end, but not before the end
/// of the first part.
StreamView::Place StreamView::tailStart() const
{
    qint64 room = partLimit;
    int lines = visibleLines;
    for (quint64 row = rowCount(); row > m_head.row;) {
        --row;
        const std::optional<Record> record = recordAt(row);
        if (!record || record->kind != RecordKind::Data)
            continue;
        const auto length = static_cast<qint64>(record->length);
        const qint64 first = row == m_head.row ? m_head.offset : 0;
        const qint64 from = takeLines(*record, first, room, lines);
        room -= length - from;
        if (from > first || lines <= 0 || room <= 0)
            return {row, from};
    }
    return m_head;
}

/// From where on the end of @p record fits into @p room and @p lines; takes the lines off. Not
/// before @p first.
qint64 StreamView::takeLines(const Record &record, qint64 first, qint64 room, int &lines) const
{
    constexpr qint64 row = HexView::bytesPerRow;
    const auto length = static_cast<qint64>(record.length);
    qint64 from = std::max(first, length - room);
    if (m_form == Form::Hex) {
        from = std::max(from, length - lines * row);
        if (from > first) // rows are counted from the record's first byte
            from = std::min((from + row - 1) / row * row, length);
        lines -= static_cast<int>((length - from + row - 1) / row);
        return from;
    }
    const QByteArray bytes = m_log->payload(record.index, from, length - from);
    const QByteArrayView fitting = lastLines(bytes, lines);
    lines -= static_cast<int>(bytes.count('\n'));
    return length - fitting.size();
}

void StreamView::rebuildTail()
{
    QElapsedTimer cost;
    cost.start();
    if (m_tailPosition < 0) {
        m_tailPosition = document()->characterCount() - 1;
        m_headRun = m_run;
    } else {
        truncate(m_tailPosition);
        m_run = m_headRun;
    }
    const Place start = tailStart();
    beginTail(start);
    qint64 offset = start.offset;
    for (quint64 row = start.row; row < rowCount(); ++row, offset = 0) {
        if (const std::optional<Record> record = recordAt(row))
            appendRecord(*record, offset, partLimit);
    }
    m_tailCount = rowCount();
    m_tailCost = cost.elapsed();
    m_sinceTail.start();
}

/// Tells what lies between the parts, and at which offset of each side the last one begins.
void StreamView::beginTail(const Place &start)
{
    m_offsets = m_totals;
    for (quint64 row = start.row; row < rowCount(); ++row) {
        const std::optional<Record> record = recordAt(row);
        if (record && record->kind == RecordKind::Data)
            m_offsets.of(record->direction) -=
                static_cast<qint64>(record->length) - (row == start.row ? start.offset : 0);
    }
    const qint64 before = m_side ? m_offsets.of(*m_side) : m_offsets.toServer + m_offsets.toClient;
    m_leftOut = before - m_headBytes;
    if (start.row == m_head.row && start.offset == m_head.offset)
        m_leftOut = 0;
    if (m_leftOut > 0)
        appendLine(tr("… %1 left out …").arg(byteCount(static_cast<quint64>(m_leftOut))));
}

/// Bytes that were taken in; 0 for records without any.
qint64 StreamView::appendRecord(const Record &record, qint64 offset, qint64 maximum)
{
    if (record.kind != RecordKind::Data) {
        appendLine(endText(record));
        return 0;
    }
    if (record.hasNote && offset == 0) // descriptors that came with the bytes
        appendLine(preview(m_log->note(record.index).toUtf8()));
    const QByteArray bytes = m_log->payload(record.index, offset, maximum);
    const bool isLast = offset + bytes.size() >= static_cast<qint64>(record.length);
    const QByteArrayView whole =
        isLast || m_form == Form::Hex ? QByteArrayView(bytes) : withoutCutEnd(bytes);
    appendSide(record.direction, whole);
    return whole.size();
}

/// One of ours; the next bytes begin a run.
void StreamView::appendLine(const QString &text)
{
    if (text.isEmpty())
        return;
    appendNote(text);
    document()->lastBlock().setUserState(None);
    m_run.reset();
}

void StreamView::appendSide(Direction direction, QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return;
    const bool toServer = direction == Direction::ToServer;
    const ThemeColours &colours = themeColours(palette());
    QTextCharFormat format;
    format.setForeground(toServer ? colours.toServer : colours.toClient);
    const bool isNewRun = m_run != direction;
    if (isNewRun && document()->lastBlock().length() > 1) {
        QTextCursor cursor(document());
        cursor.movePosition(QTextCursor::End);
        cursor.insertBlock();
    }
    QTextBlock block = document()->lastBlock();
    appendForm(bytes, m_offsets.of(direction), format);
    m_offsets.of(direction) += bytes.size();
    const int first = toServer ? ToServerFirst : ToClientFirst;
    const int more = toServer ? ToServerMore : ToClientMore;
    if (isNewRun)
        block.setUserState(first);
    for (block = block.next(); block.isValid(); block = block.next())
        block.setUserState(more);
    m_run = direction;
}

void StreamView::appendForm(QByteArrayView bytes, qint64 offset, const QTextCharFormat &format)
{
    if (m_form == Form::Text)
        appendBytes(bytes, format);
    else
        appendText(hexDump(bytes, static_cast<quint64>(offset), hexDigits), format);
}

/// Lines of a dump end with lines of the document; those of text are the bytes' own.
QString StreamView::selectedOriginal() const
{
    if (m_form == Form::Text)
        return TextView::selectedOriginal();
    return textCursor().selectedText().replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
}

// --- margin ------------------------------------------------------------------------------------

void StreamView::paintMargin()
{
    QPainter painter(m_margin);
    painter.fillRect(m_margin->rect(), palette().color(QPalette::AlternateBase));
    const ThemeColours &colours = themeColours(palette());
    const int lineHeight = fontMetrics().height();
    bool isTop = true;
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
        // Also at the top of what can be seen: a run may have begun far above.
        if (std::exchange(isTop, false) || side == ToServerFirst || side == ToClientFirst) {
            const double top = std::max(area.top(), 0.0);
            paintDirection(painter, QRectF(0, top, marginWidth - 4, lineHeight), RecordKind::Data,
                           toServer ? Direction::ToServer : Direction::ToClient, colour);
        }
        QPen pen(colour, 2, toServer ? Qt::SolidLine : Qt::CustomDashLine, Qt::FlatCap);
        if (!toServer) {
            pen.setDashPattern({1.5, 1.5});
            pen.setDashOffset(area.top() / 2); // goes on over the borders of lines
        }
        painter.setPen(pen);
        painter.drawLine(QPointF(marginWidth - 2, area.top()),
                         QPointF(marginWidth - 2, area.bottom()));
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
    if (event->type() == QEvent::PaletteChange && m_found && m_connection.isValid()) {
        restart();
        refresh();
    }
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
