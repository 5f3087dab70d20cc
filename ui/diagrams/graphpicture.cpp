// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/graphpicture.h"

#include "core/base/clock.h"
#include "ui/diagrams/diagramcolours.h"
#include "ui/widgets/theme.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace Sockeye {

namespace {

constexpr double gap = 6; ///< between what does not belong together
constexpr double swatch = 22; ///< the piece of line in the legend
/// Of a legend's name; servers may be named by long paths.
constexpr double mostName = 220;
/// Bins that are narrower than this are points of a curve, not steps.
constexpr double leastStepWidth = 3;
/// With more lines, areas below them would only hide one another.
constexpr size_t mostAreas = 2;

QString quoted(const QString &field)
{
    QString text = field;
    text.replace(QLatin1Char('"'), QLatin1String("\"\""));
    return QLatin1Char('"') + text + QLatin1Char('"');
}

QString unitText(GraphUnit unit)
{
    return unit == GraphUnit::Bytes
        ? QCoreApplication::translate("GraphPainter", "Bytes a second")
        : QCoreApplication::translate("GraphPainter", "Records a second");
}

} // namespace

QByteArray csvOf(const GraphPicture &picture)
{
    QString text = QStringLiteral("time,seconds");
    size_t count = 0;
    for (const GraphLine &line : picture.lines) {
        const QLatin1String unit(line.unit == GraphUnit::Bytes ? " (bytes/s)" : " (records/s)");
        text += QLatin1Char(',') + quoted(line.name + unit);
        count = std::max(count, line.values.size());
    }
    text += QLatin1String("\r\n");
    const qint64 origin = picture.origin >= 0 ? picture.origin : picture.first;
    for (size_t bin = 0; bin < count; ++bin) {
        const qint64 time = picture.first + static_cast<qint64>(bin) * picture.interval;
        text += isoTime(Timestamp(std::chrono::nanoseconds(time))) + QLatin1Char(',')
            + QString::number(static_cast<double>(time - origin) / 1e9, 'f', 6);
        for (const GraphLine &line : picture.lines)
            text += QLatin1Char(',')
                + QString::number(bin < line.values.size() ? line.values[bin] : 0, 'g', 15);
        text += QLatin1String("\r\n");
    }
    return text.toUtf8();
}

GraphPainter::GraphPainter(const GraphPicture &picture, const QRectF &area, const QFont &font,
                           const QPalette &palette)
    : m_picture(picture)
    , m_area(area)
    , m_font(font)
    , m_palette(palette)
{
    layOut(area);
}

void GraphPainter::layOut(const QRectF &area)
{
    const QFontMetricsF metrics(m_font);
    double mostBytes = 0;
    double mostRecords = 0;
    for (const GraphLine &line : m_picture.lines) {
        const bool isBytes = line.unit == GraphUnit::Bytes;
        (isBytes ? m_hasBytes : m_hasRecords) = true;
        double &most = isBytes ? mostBytes : mostRecords;
        for (const double value : line.values)
            most = std::max(most, value);
    }
    m_hasBytes = m_hasBytes || !m_hasRecords; // an empty graph has an axis as well
    const double top = area.top() + gap + layOutLegend(area) + 1.5 * metrics.height() + gap;
    const double bottom = area.bottom() - 2 * metrics.height() - 2 * gap;
    const double height = std::max(1.0, bottom - top);
    const int ticks = static_cast<int>(height / (metrics.height() * 2.6));
    m_bytes.emplace(mostBytes, m_picture.isLogarithmic, ticks, GraphUnit::Bytes);
    m_records.emplace(mostRecords, m_picture.isLogarithmic, ticks, GraphUnit::Records);
    const auto widthOf = [&](const ValueAxis &axis) {
        double width = 0;
        for (const AxisTick &tick : axis.ticks())
            width = std::max(width, metrics.horizontalAdvance(tick.label));
        return width;
    };
    // At least as wide as most rates are, so that the plot does not jump with every new value.
    const double least = metrics.horizontalAdvance(QStringLiteral("999 MB/s"));
    const double left = m_hasBytes ? std::max(widthOf(*m_bytes), least) + 2 * gap : 3 * gap;
    const double right = m_hasRecords ? std::max(widthOf(*m_records), least) + 2 * gap : 3 * gap;
    m_plot = QRectF(area.left() + left, top, std::max(1.0, area.width() - left - right), height);
}

/// The height it takes.
double GraphPainter::layOutLegend(const QRectF &area)
{
    const QFontMetricsF metrics(m_font);
    double x = area.left() + 2 * gap;
    double y = area.top() + gap;
    for (const GraphLine &line : m_picture.lines) {
        const QString name = metrics.elidedText(line.name, Qt::ElideMiddle, mostName);
        const double width = swatch + gap + metrics.horizontalAdvance(name);
        if (x + width > area.right() - gap && x > area.left() + 2 * gap) {
            x = area.left() + 2 * gap;
            y += metrics.height() + 2;
        }
        m_legend.push_back({QRectF(x, y, width, metrics.height()), name});
        x += width + 3 * gap;
    }
    return m_legend.empty() ? 0 : y - area.top() + metrics.height();
}

const ValueAxis &GraphPainter::axisOf(GraphUnit unit) const
{
    return unit == GraphUnit::Bytes ? *m_bytes : *m_records;
}

double GraphPainter::xOf(qint64 time) const
{
    const double width =
        static_cast<double>(std::max<qint64>(m_picture.range.to - m_picture.range.from, 1));
    return m_plot.left()
        + static_cast<double>(time - m_picture.range.from) / width * m_plot.width();
}

qint64 GraphPainter::timeAt(double x) const
{
    const double width = static_cast<double>(m_picture.range.to - m_picture.range.from);
    const double part = std::clamp((x - m_plot.left()) / m_plot.width(), 0.0, 1.0);
    return m_picture.range.from + static_cast<qint64>(part * width);
}

double GraphPainter::yOf(double value, GraphUnit unit) const
{
    return m_plot.bottom() - axisOf(unit).placeOf(value) * m_plot.height();
}

QPen GraphPainter::penOf(size_t line, double width) const
{
    const int colour = m_picture.lines[line].colour;
    QPen pen(diagramColour(colour, m_palette), width, diagramPenStyle(colour), Qt::FlatCap,
             Qt::BevelJoin);
    return pen;
}

void GraphPainter::paint(QPainter &painter) const
{
    painter.save();
    painter.setFont(m_font);
    painter.fillRect(m_area, m_palette.color(QPalette::Base));
    paintAxes(painter);
    paintTimes(painter);
    paintLegend(painter);
    painter.setClipRect(m_plot.adjusted(0, -1, 0, 1));
    for (size_t line = 0; line < m_picture.lines.size(); ++line)
        paintLine(painter, line);
    painter.setClipping(false);
    paintMarker(painter);
    painter.restore();
}

void GraphPainter::paintAxes(QPainter &painter) const
{
    const ThemeColours &colours = themeColours(m_palette);
    const QFontMetricsF metrics(m_font);
    const GraphUnit main = m_hasBytes ? GraphUnit::Bytes : GraphUnit::Records;
    painter.setPen(colours.line);
    for (const AxisTick &tick : axisOf(main).ticks()) {
        const double y = std::round(m_plot.bottom() - tick.place * m_plot.height()) + 0.5;
        painter.drawLine(QPointF(m_plot.left(), y), QPointF(m_plot.right(), y));
    }
    painter.setPen(colours.edge);
    painter.drawLine(m_plot.bottomLeft(), m_plot.bottomRight());
    painter.setPen(colours.muted);
    const auto label = [&](GraphUnit unit, bool isLeft) {
        for (const AxisTick &tick : axisOf(unit).ticks()) {
            const double y = m_plot.bottom() - tick.place * m_plot.height();
            const double x = isLeft ? m_area.left() : m_plot.right() + gap;
            const double width = isLeft ? m_plot.left() - gap - x : m_area.right() - x;
            painter.drawText(QRectF(x, y - metrics.height() / 2, width, metrics.height()),
                             (isLeft ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
                             tick.label);
        }
        const QRectF caption(m_area.left() + 2 * gap,
                             m_plot.top() - 1.5 * metrics.height() - gap / 2,
                             m_area.width() - 4 * gap, metrics.height());
        painter.drawText(caption, isLeft ? Qt::AlignLeft : Qt::AlignRight, unitText(unit));
    };
    if (m_hasBytes)
        label(GraphUnit::Bytes, true);
    if (m_hasRecords)
        label(GraphUnit::Records, false);
}

void GraphPainter::paintTimes(QPainter &painter) const
{
    const ThemeColours &colours = themeColours(m_palette);
    const QFontMetricsF metrics(m_font);
    const qint64 width = m_picture.range.to - m_picture.range.from;
    if (width <= 0)
        return;
    const auto stepFor = [&](double pixels) {
        return static_cast<qint64>(static_cast<double>(width)
                                   * std::min(1.0, pixels / m_plot.width()));
    };
    // How wide a label is depends on the step, and the step on that: the second try is enough.
    const QString sample =
        momentText(m_picture.range.from, timeStep(stepFor(60)), m_picture.origin);
    const double room = metrics.horizontalAdvance(sample) + 4 * gap;
    double free = m_area.left();
    for (const AxisTick &tick : timeTicks(m_picture.range, stepFor(room), m_picture.origin)) {
        const double x = m_plot.left() + tick.place / static_cast<double>(width) * m_plot.width();
        painter.setPen(colours.line);
        painter.drawLine(QPointF(std::round(x) + 0.5, m_plot.top()),
                         QPointF(std::round(x) + 0.5, m_plot.bottom() + 4));
        const double half = metrics.horizontalAdvance(tick.label) / 2;
        if (x - half < free || x + half > m_area.right())
            continue;
        free = x + half + gap;
        painter.setPen(colours.muted);
        painter.drawText(
            QRectF(x - half - 1, m_plot.bottom() + gap, 2 * half + 2, metrics.height()),
            Qt::AlignCenter, tick.label);
    }
    // The day once, and how much one bin is: without it the numbers say little on paper.
    const QString when = m_picture.origin >= 0
        ? QCoreApplication::translate("GraphPainter", "Since the first record")
        : QLocale().toString(
            QDateTime::fromMSecsSinceEpoch((m_picture.range.from + width / 2) / 1'000'000).date(),
            QLocale::LongFormat);
    const QRectF line(m_plot.left(), m_plot.bottom() + gap + metrics.height(), m_plot.width(),
                      metrics.height());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, when);
    if (m_picture.interval > 0)
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                         QCoreApplication::translate("GraphPainter", "Averages over %1")
                             .arg(intervalText(m_picture.interval)));
}

void GraphPainter::paintLegend(QPainter &painter) const
{
    for (size_t line = 0; line < m_legend.size(); ++line) {
        const QRectF &place = m_legend[line].place;
        painter.setPen(penOf(line, 3));
        painter.drawLine(QPointF(place.left(), place.center().y()),
                         QPointF(place.left() + swatch, place.center().y()));
        painter.setPen(m_palette.color(QPalette::Text));
        painter.drawText(place.adjusted(swatch + gap, 0, 2, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         m_legend[line].name);
    }
}

void GraphPainter::paintLine(QPainter &painter, size_t number) const
{
    const GraphLine &line = m_picture.lines[number];
    const QPolygonF curve = curveOf(line);
    if (curve.isEmpty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_picture.lines.size() <= mostAreas) {
        QColor light = diagramColour(line.colour, m_palette);
        light.setAlphaF(0.13F);
        QPolygonF area = curve;
        area << QPointF(curve.last().x(), m_plot.bottom())
             << QPointF(curve.first().x(), m_plot.bottom());
        painter.setPen(Qt::NoPen);
        painter.setBrush(light);
        painter.drawPolygon(area);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(penOf(number, 1.6));
    painter.drawPolyline(curve);
    painter.restore();
}

QPolygonF GraphPainter::curveOf(const GraphLine &line) const
{
    if (line.values.empty() || m_picture.interval <= 0)
        return {};
    const double binWidth = xOf(m_picture.first + m_picture.interval) - xOf(m_picture.first);
    if (binWidth >= leastStepWidth)
        return stepsOf(line);
    if (static_cast<double>(line.values.size()) > 2 * m_plot.width())
        return envelopeOf(line);
    QPolygonF curve;
    for (size_t bin = 0; bin < line.values.size(); ++bin)
        curve << QPointF(xOf(m_picture.first) + (static_cast<double>(bin) + 0.5) * binWidth,
                         yOf(line.values[bin], line.unit));
    return curve;
}

QPolygonF GraphPainter::stepsOf(const GraphLine &line) const
{
    const double start = xOf(m_picture.first);
    const double binWidth = xOf(m_picture.first + m_picture.interval) - start;
    QPolygonF curve;
    for (size_t bin = 0; bin < line.values.size(); ++bin) {
        const double y = yOf(line.values[bin], line.unit);
        curve << QPointF(start + static_cast<double>(bin) * binWidth, y)
              << QPointF(start + static_cast<double>(bin + 1) * binWidth, y);
    }
    return curve;
}

/// Of more bins than pixels the least and the most of each pixel: no peak is lost.
QPolygonF GraphPainter::envelopeOf(const GraphLine &line) const
{
    const double start = xOf(m_picture.first);
    const double binWidth = xOf(m_picture.first + m_picture.interval) - start;
    QPolygonF curve;
    double column = 0;
    double least = 0;
    double most = 0;
    const auto flush = [&] {
        curve << QPointF(column + 0.5, yOf(least, line.unit))
              << QPointF(column + 0.5, yOf(most, line.unit));
    };
    for (size_t bin = 0; bin < line.values.size(); ++bin) {
        const double x = std::floor(start + (static_cast<double>(bin) + 0.5) * binWidth);
        const double value = line.values[bin];
        if (bin > 0 && x == column) {
            least = std::min(least, value);
            most = std::max(most, value);
            continue;
        }
        if (bin > 0)
            flush();
        column = x;
        least = most = value;
    }
    flush();
    return curve;
}

void GraphPainter::paintMarker(QPainter &painter) const
{
    const auto &marker = m_picture.marker;
    if (!marker || *marker < m_picture.range.from || *marker >= m_picture.range.to)
        return;
    const double x = xOf(*marker);
    const QColor colour = m_palette.color(QPalette::Link);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1, Qt::DashLine));
    painter.drawLine(QPointF(x, m_plot.top()), QPointF(x, m_plot.bottom()));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(QPolygonF({QPointF(x, m_plot.top() + 7), QPointF(x - 5, m_plot.top() - 1),
                                   QPointF(x + 5, m_plot.top() - 1)}));
    painter.restore();
}

std::optional<size_t> GraphPainter::binAt(qint64 time) const
{
    if (m_picture.interval <= 0 || time < m_picture.first)
        return std::nullopt;
    return static_cast<size_t>((time - m_picture.first) / m_picture.interval);
}

QString GraphPainter::textAt(qint64 time) const
{
    const auto bin = binAt(time);
    if (!bin)
        return {};
    const qint64 start = m_picture.first + static_cast<qint64>(*bin) * m_picture.interval;
    QStringList parts;
    for (const GraphLine &line : m_picture.lines) {
        if (*bin < line.values.size())
            parts << line.name + QLatin1Char(' ') + graphValueText(line.values[*bin], line.unit);
    }
    return momentText(start, m_picture.interval, m_picture.origin) + QLatin1String(": ")
        + parts.join(QLatin1String(", "));
}

void GraphPainter::paintHover(QPainter &painter, qint64 time) const
{
    const auto bin = binAt(time);
    if (!bin || time < m_picture.range.from || time >= m_picture.range.to)
        return;
    const QFontMetricsF metrics(m_font);
    const qint64 start = m_picture.first + static_cast<qint64>(*bin) * m_picture.interval;
    const double x = xOf(time);
    painter.save();
    painter.setFont(m_font);
    painter.setPen(themeColours(m_palette).muted);
    painter.drawLine(QPointF(std::round(x) + 0.5, m_plot.top()),
                     QPointF(std::round(x) + 0.5, m_plot.bottom()));
    painter.setRenderHint(QPainter::Antialiasing);
    const QString title =
        momentText(start, std::min<qint64>(m_picture.interval, 1'000'000'000), m_picture.origin);
    double names = 0;
    double values = 0;
    std::vector<std::pair<QString, QString>> texts;
    for (const GraphLine &line : m_picture.lines) {
        const double value = *bin < line.values.size() ? line.values[*bin] : 0;
        texts.emplace_back(metrics.elidedText(line.name, Qt::ElideMiddle, mostName),
                           graphValueText(value, line.unit));
        names = std::max(names, metrics.horizontalAdvance(texts.back().first));
        values = std::max(values, metrics.horizontalAdvance(texts.back().second));
        painter.setPen(Qt::NoPen);
        painter.setBrush(diagramColour(line.colour, m_palette));
        painter.drawEllipse(QPointF(x, yOf(value, line.unit)), 3.5, 3.5);
    }
    const double width =
        std::max(metrics.horizontalAdvance(title), 10 + gap + names + 3 * gap + values) + 2 * gap;
    const double height = metrics.height() * static_cast<double>(texts.size() + 1) + 2 * gap;
    QRectF box(x + 2 * gap, m_plot.top() + gap, width, height);
    if (box.right() > m_area.right())
        box.moveRight(x - 2 * gap);
    painter.setPen(themeColours(m_palette).edge);
    painter.setBrush(m_palette.color(QPalette::ToolTipBase));
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(m_palette.color(QPalette::ToolTipText));
    QRectF line = box.adjusted(gap, gap, -gap, 0);
    line.setHeight(metrics.height());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, title);
    for (size_t number = 0; number < texts.size(); ++number) {
        line.translate(0, metrics.height());
        painter.setPen(penOf(number, 3));
        painter.drawLine(QPointF(line.left(), line.center().y()),
                         QPointF(line.left() + 10, line.center().y()));
        painter.setPen(m_palette.color(QPalette::ToolTipText));
        painter.drawText(line.adjusted(10 + gap, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         texts[number].first);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, texts[number].second);
    }
    painter.restore();
}

} // namespace Sockeye
