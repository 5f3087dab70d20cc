// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/sequencepainter.h"

#include "core/models/textformat.h"
#include "ui/diagrams/graphaxes.h"
#include "ui/widgets/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <array>
#include <cmath>

namespace Sockeye {

namespace {

constexpr double margin = 8;
constexpr double slotWidth = 9; ///< between the lines of one process
constexpr double arrowLength = 8;
constexpr double markRadius = 4.5;
constexpr double least = 18; ///< of an arrow whose client is out of sight

QString translated(const char *text)
{
    return QCoreApplication::translate("SequencePainter", text);
}

} // namespace

struct SequencePainter::View
{
    QRectF area;
    Place place;
    Look look;
    quint64 lastRow = 0; ///< one past the last that is painted

    [[nodiscard]] double top(const SequenceLayout &layout, quint64 row) const
    {
        const double rows = row >= place.firstRow ? static_cast<double>(row - place.firstRow)
                                                  : -static_cast<double>(place.firstRow - row);
        return area.top() + layout.headHeight - place.hidden + rows * layout.rowHeight;
    }
};

SequenceLayout SequenceLayout::of(const QFont &font, double zoom, double width, size_t lanes)
{
    const QFontMetricsF metrics(font);
    SequenceLayout layout;
    layout.rowHeight = std::max(3.0, std::round((metrics.height() + 9) * zoom));
    layout.hasTexts = layout.rowHeight >= metrics.height() + 5;
    layout.headHeight = std::round(metrics.height() * 2 + 2 * margin);
    layout.timeWidth =
        std::round(metrics.horizontalAdvance(QStringLiteral("00:00:00.000 000")) + 2 * margin);
    layout.serverX = layout.timeWidth + 64;
    const double leastLane = std::round(std::clamp(130 * zoom, 52.0, 320.0));
    const double leastText = std::round(std::clamp(300 * zoom, 80.0, 640.0));
    // What is left is shared out, so that a few lanes do not stick together at the left.
    const double room = width - layout.serverX - leastText - margin;
    const auto count = static_cast<double>(std::max<size_t>(lanes, 1));
    layout.laneWidth =
        std::round(std::clamp(room / count, leastLane, std::max(leastLane, 240 * zoom)));
    const double spare = std::max(0.0, room - layout.laneWidth * count);
    layout.firstLaneX =
        std::round(layout.serverX + leastText + std::min(spare, 300.0) + layout.laneWidth / 2);
    return layout;
}

double SequenceLayout::contentWidth(size_t lanes) const
{
    return firstLaneX + laneWidth * (static_cast<double>(std::max<size_t>(lanes, 1)) - 0.5)
        + margin;
}

SequencePainter::SequencePainter(const SequenceData &data, const SequenceLayout &layout,
                                 const QFont &font, const QPalette &palette)
    : m_data(data)
    , m_layout(layout)
    , m_font(font)
    , m_palette(palette)
{ }

QString SequencePainter::laneText(const SequenceLane &lane)
{
    if (lane.isRest)
        return translated("other processes");
    if (lane.name.isEmpty() && lane.pid <= 0)
        return translated("unknown process");
    return peerText(lane.name, lane.pid);
}

QString SequencePainter::timeText(const Record &record, bool isSinceStart) const
{
    if (!isSinceStart || !m_data.start())
        return spacedTime(timeOfDay(record.time));
    constexpr qint64 microsecond = 1000;
    return momentText(record.time.time_since_epoch().count(), microsecond,
                      m_data.start()->time_since_epoch().count());
}

double SequencePainter::laneX(const View &view, int lane) const
{
    return view.area.left() + m_layout.firstLaneX + lane * m_layout.laneWidth - view.place.sideways;
}

double SequencePainter::connectionX(const View &view, const SequenceConnection &connection) const
{
    const auto &lanes = m_data.lanes();
    const auto number = static_cast<size_t>(connection.lane);
    const int count = number < lanes.size() ? lanes[number].slots : 1;
    return laneX(view, connection.lane) + (connection.slot - (count - 1) / 2.0) * slotWidth;
}

void SequencePainter::paint(QPainter &painter, const QRectF &area, const Place &place,
                            const Look &look) const
{
    View view {area, place, look};
    const double height = area.height() - m_layout.headHeight + place.hidden;
    const auto count = static_cast<size_t>(std::max(0.0, std::ceil(height / m_layout.rowHeight)));
    view.lastRow = std::min<quint64>(place.firstRow + count, m_data.endRow());
    painter.save();
    painter.setFont(m_font);
    painter.setClipRect(area);
    painter.fillRect(area, m_palette.color(QPalette::Base));
    const auto &current = look.currentRow;
    if (current && *current >= place.firstRow && *current < view.lastRow) {
        const QRectF row(area.left(), view.top(m_layout, *current), area.width(),
                         m_layout.rowHeight);
        painter.fillRect(row, m_palette.color(QPalette::Inactive, QPalette::Highlight));
    }
    paintLines(painter, view);
    for (const auto &row : m_data.records(place.firstRow, count))
        paintRow(painter, view, row);
    paintHead(painter, view);
    painter.restore();
}

/// The lines that go down: of lanes, of the connections in them, of the server.
void SequencePainter::paintLines(QPainter &painter, const View &view) const
{
    const ThemeColours &colours = themeColours(m_palette);
    const QRectF &area = view.area;
    const double top = area.top() + m_layout.headHeight;
    const double bottom = std::min(area.bottom(), view.top(m_layout, view.lastRow));
    painter.save();
    painter.setClipRect(QRectF(area.left() + m_layout.serverX, top, area.width() - m_layout.serverX,
                               area.height()));
    painter.setPen(QPen(colours.line, 1, Qt::DotLine));
    for (size_t lane = 0; lane < m_data.lanes().size(); ++lane) {
        const double x = std::round(laneX(view, static_cast<int>(lane))) + 0.5;
        if (x > area.left() + m_layout.serverX && x < area.right())
            painter.drawLine(QPointF(x, top), QPointF(x, area.bottom()));
    }
    painter.setPen(QPen(colours.edge, 2));
    const quint64 last = view.lastRow > 0 ? view.lastRow - 1 : 0;
    for (const SequenceConnection &connection : m_data.connectionsAt(view.place.firstRow, last)) {
        const double x = std::round(connectionX(view, connection));
        if (x < area.left() + m_layout.serverX || x > area.right())
            continue;
        const double middle = m_layout.rowHeight / 2;
        const double from = std::max(top, view.top(m_layout, connection.firstRow) + middle);
        const double to = connection.isOpen
            ? bottom
            : std::min(bottom, view.top(m_layout, connection.lastRow) + middle);
        painter.drawLine(QPointF(x, from), QPointF(x, to));
    }
    painter.restore();
    painter.setPen(QPen(m_palette.color(QPalette::Text), 2));
    const double server = area.left() + m_layout.serverX;
    painter.drawLine(QPointF(server, top), QPointF(server, std::max(top, bottom)));
}

QColor SequencePainter::colourOf(const Record &record) const
{
    const ThemeColours &colours = themeColours(m_palette);
    switch (record.kind) {
    case RecordKind::Data:
        return record.direction == Direction::ToServer ? colours.toServer : colours.toClient;
    case RecordKind::Opened:
        return colours.good;
    case RecordKind::EndOfStream:
        return colours.muted;
    case RecordKind::Gap:
        return colours.warning;
    case RecordKind::Reset:
    case RecordKind::Refused:
        break;
    }
    return colours.error;
}

void SequencePainter::paintRow(QPainter &painter, const View &view,
                               const SequenceData::RowRecord &row) const
{
    const Record &record = row.record;
    const double top = view.top(m_layout, row.row);
    const double left = view.area.left();
    // Of low rows every so many.
    const double lineHeight = QFontMetricsF(m_font).height();
    const auto every = static_cast<quint64>(std::ceil((lineHeight + 2) / m_layout.rowHeight));
    if (row.row % std::max<quint64>(every, 1) == 0) {
        painter.setPen(themeColours(m_palette).muted);
        const double height = std::max(m_layout.rowHeight, lineHeight);
        painter.drawText(QRectF(left, top + (m_layout.rowHeight - height) / 2,
                                m_layout.timeWidth - margin, height),
                         Qt::AlignRight | Qt::AlignVCenter,
                         timeText(record, view.look.isSinceStart));
    }
    auto connection = m_data.connection(record.connection);
    if (!connection) { // one too many: in the last lane
        connection.emplace();
        connection->lane = std::max(0, static_cast<int>(m_data.lanes().size()) - 1);
    }
    const double y = top + m_layout.rowHeight - (m_layout.hasTexts ? 6 : m_layout.rowHeight / 2);
    const QPointF server(left + m_layout.serverX, y);
    const double x = connectionX(view, *connection);
    const bool isLeft = x < server.x() + least;
    painter.save();
    // Nothing goes over the server's line, wherever its client is.
    painter.setClipRect(QRectF(server.x() - arrowLength, view.area.top() + m_layout.headHeight,
                               view.area.right() - server.x() + arrowLength, view.area.height()));
    if (m_layout.hasTexts) {
        const QRectF line(server.x(), top, view.area.right() - server.x(), m_layout.rowHeight - 8);
        paintTexts(painter, view, row, *connection, line);
    }
    paintArrow(painter, record, server, QPointF(isLeft ? server.x() + least : x, y));
    painter.restore();
}

/// What the record says, and whose it is; of a client that is out of sight by name, at the side
/// where it is.
void SequencePainter::paintTexts(QPainter &painter, const View &view,
                                 const SequenceData::RowRecord &row,
                                 const SequenceConnection &connection, const QRectF &line) const
{
    const QFontMetricsF metrics(m_font);
    const double x = connectionX(view, connection);
    const bool isLeft = x < line.left() + least;
    const bool isRight = x > line.right() - markRadius;
    QString whose = QString::number(connection.id.isValid() ? connection.id.value
                                                            : row.record.connection.value);
    const auto &lanes = m_data.lanes();
    if ((isLeft || isRight) && static_cast<size_t>(connection.lane) < lanes.size())
        whose += QLatin1String("  ") + laneText(lanes[static_cast<size_t>(connection.lane)]);
    if (isLeft)
        whose.prepend(QChar(0x2039)); // ‹
    else if (isRight)
        whose += QChar(0x203a); // ›
    const double width = metrics.horizontalAdvance(whose) + 2;
    const double place = isLeft ? line.left() + least + margin
        : isRight               ? line.right() - width - margin
                                : x + margin;
    QColor back = m_palette.color(QPalette::Base);
    if (view.look.currentRow == row.row)
        back = m_palette.color(QPalette::Inactive, QPalette::Highlight);
    back.setAlphaF(0.85F); // over the lines of lanes between, but so that it can be read
    const QRectF label(place, line.top(), width, line.height());
    painter.fillRect(label.adjusted(-2, 1, 2, 0), back);
    painter.setPen(themeColours(m_palette).muted);
    painter.drawText(label, Qt::AlignLeft | Qt::AlignVCenter, whose);
    // Behind the arrow's head, and behind a mark.
    const double from = isLeft ? label.right() + 2 * margin : line.left() + 2 * margin;
    const double to = isLeft ? line.right() - margin : isRight ? label.left() - margin : x - margin;
    if (to - from < 12)
        return;
    const QString text = metrics.elidedText(m_data.textOf(row.record), Qt::ElideRight, to - from);
    const QRectF area(from, line.top(), to - from, line.height());
    painter.fillRect(
        QRectF(from - 2, area.top() + 1, metrics.horizontalAdvance(text) + 4, area.height() - 1),
        back);
    const bool isData = row.record.kind == RecordKind::Data;
    painter.setPen(isData ? m_palette.color(QPalette::Text) : colourOf(row.record));
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, text);
}

/// From whom it comes to whom it goes; what ends there is marked by a shape of its own.
void SequencePainter::paintArrow(QPainter &painter, const Record &record, const QPointF &server,
                                 const QPointF &client) const
{
    const bool toServer = record.direction == Direction::ToServer;
    const QPointF from = toServer ? client : server;
    QPointF to = toServer ? server : client;
    const double way = toServer ? -1 : 1;
    const QColor colour = colourOf(record);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isSolid = record.kind == RecordKind::Data || record.kind == RecordKind::EndOfStream
        || record.kind == RecordKind::Reset;
    QPen pen(colour, record.kind == RecordKind::Data ? 1.6 : 1.3);
    if (!isSolid)
        pen.setDashPattern(record.kind == RecordKind::Gap ? QList<qreal> {1, 3}
                                                          : QList<qreal> {5, 3});
    painter.setPen(pen);
    // Not into the line; a bar even before it.
    to.rx() -= way * (record.kind == RecordKind::EndOfStream ? 6 : 2);
    painter.drawLine(from, to);
    const bool hasHead = record.kind == RecordKind::Data || record.kind == RecordKind::EndOfStream
        || record.kind == RecordKind::Gap;
    if (hasHead) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        const double half = std::min(4.0, m_layout.rowHeight / 2);
        painter.drawPolygon(QPolygonF(
            {to, to - QPointF(way * arrowLength, half), to - QPointF(way * arrowLength, -half)}));
    }
    switch (record.kind) {
    case RecordKind::Data:
        break;
    case RecordKind::EndOfStream:
        painter.setPen(QPen(colour, 2));
        painter.drawLine(to + QPointF(0, -5), to + QPointF(0, 5));
        break;
    case RecordKind::Gap:
        paintMark(painter, record.kind, (from + to) / 2);
        break;
    case RecordKind::Opened:
        paintMark(painter, record.kind, client);
        break;
    case RecordKind::Reset:
    case RecordKind::Refused:
        paintMark(painter, record.kind, to - QPointF(way * 6, 0));
        break;
    }
    painter.restore();
}

/// Opened: a circle; reset: a cross; refused: a barred circle; gap: three dots.
void SequencePainter::paintMark(QPainter &painter, RecordKind kind, const QPointF &place) const
{
    const ThemeColours &colours = themeColours(m_palette);
    const QColor base = m_palette.color(QPalette::Base);
    const double r = std::min(markRadius, m_layout.rowHeight / 2);
    const QPointF corner(r * 0.7, r * 0.7);
    const QPointF otherCorner(r * 0.7, -r * 0.7);
    painter.setBrush(base);
    switch (kind) {
    case RecordKind::Opened:
        painter.setPen(QPen(colours.good, 2));
        painter.drawEllipse(place, r, r);
        break;
    case RecordKind::Refused:
        painter.setPen(QPen(colours.error, 2));
        painter.drawEllipse(place, r, r);
        painter.drawLine(place - otherCorner, place + otherCorner);
        break;
    case RecordKind::Reset:
        painter.setPen(QPen(colours.error, 2.2));
        painter.drawLine(place - corner, place + corner);
        painter.drawLine(place - otherCorner, place + otherCorner);
        break;
    case RecordKind::Gap:
        painter.setPen(Qt::NoPen);
        painter.drawRect(QRectF(place.x() - 12, place.y() - 4, 24, 8));
        painter.setBrush(colours.warning);
        for (const double dot : {-7.0, 0.0, 7.0})
            painter.drawEllipse(place + QPointF(dot, 0), 2.2, 2.2);
        break;
    default:
        break;
    }
}

void SequencePainter::paintHead(QPainter &painter, const View &view) const
{
    const ThemeColours &colours = themeColours(m_palette);
    const QFontMetricsF metrics(m_font);
    const QRectF head(view.area.topLeft(), QSizeF(view.area.width(), m_layout.headHeight));
    painter.fillRect(head, m_palette.color(QPalette::Window));
    painter.setPen(colours.line);
    painter.drawLine(head.bottomLeft(), head.bottomRight());
    const double upper = head.top() + margin;
    QFont boldFont = m_font;
    boldFont.setBold(true);
    const QFontMetricsF bold(boldFont);
    const auto write = [&](double centre, double width, const QString &title,
                           const QString &detail) {
        painter.setFont(boldFont);
        painter.setPen(m_palette.color(QPalette::WindowText));
        const QRectF line(centre - width / 2, upper, width, metrics.height());
        painter.drawText(line, Qt::AlignCenter, bold.elidedText(title, Qt::ElideRight, width));
        painter.setFont(m_font);
        painter.setPen(colours.muted);
        painter.drawText(line.translated(0, metrics.height()), Qt::AlignCenter,
                         metrics.elidedText(detail, Qt::ElideRight, width));
    };
    painter.save();
    const double fixed = head.left() + m_layout.serverX + 60;
    painter.setClipRect(QRectF(fixed, head.top(), head.right() - fixed, head.height()));
    const auto &lanes = m_data.lanes();
    for (size_t lane = 0; lane < lanes.size(); ++lane) {
        const double x = laneX(view, static_cast<int>(lane));
        if (x < head.left() - m_layout.laneWidth || x > head.right() + m_layout.laneWidth)
            continue;
        const quint32 count = lanes[lane].connections;
        const double room = m_layout.laneWidth - margin;
        // What does not fit beside the name goes below it.
        if (!lanes[lane].name.isEmpty() && lanes[lane].pid > 0
            && bold.horizontalAdvance(laneText(lanes[lane])) > room) {
            write(x, room, lanes[lane].name, QString::number(lanes[lane].pid));
            continue;
        }
        const QString detail = count == 1 ? translated("1 connection")
                                          : translated("%1 connections").arg(numberText(count));
        write(x, room, laneText(lanes[lane]), detail);
    }
    painter.restore();
    write(head.left() + m_layout.serverX, 116, view.look.server,
          m_data.selection().server.isValid() ? translated("server") : QString());
    painter.setPen(colours.muted);
    painter.drawText(QRectF(head.left(), upper, m_layout.timeWidth - margin, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, translated("Time"));
}

} // namespace Sockeye
