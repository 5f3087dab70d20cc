// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "ui/diagrams/graphaxes.h"

#include <QFont>
#include <QPalette>
#include <QRectF>

#include <optional>

class QPainter;

namespace Sockeye {

struct GraphLine
{
    QString name;
    int colour = 0; ///< see diagramColour()
    GraphUnit unit = GraphUnit::Bytes;
    std::vector<double> values; ///< a second, in the bins of the picture
};

/// What an I/O graph shows, as values.
struct GraphPicture
{
    GraphBins::Range range; ///< that is in sight
    qint64 interval = 0;
    qint64 first = 0; ///< start of the first bin
    std::vector<GraphLine> lines;
    bool isLogarithmic = false;
    qint64 origin = -1; ///< times are since it; negative: local time
    std::optional<qint64> marker; ///< the record that was selected
};

/// The values as text for spreadsheets (RFC 4180): a line for each bin with its start.
[[nodiscard]] QByteArray csvOf(const GraphPicture &picture);

/// Lays a picture out in an area and paints it: on the screen, or into a file.
///
/// By hand: QCustomPlot's development package of Debian 12 comes with all of Qt 5's, its times are
/// doubles (too coarse for nanoseconds since 1970), and it knows neither palettes nor keys.
class GraphPainter
{
public:
    GraphPainter(const GraphPicture &picture, const QRectF &area, const QFont &font,
                 const QPalette &palette);

    /// Where the lines are, within the axes.
    [[nodiscard]] QRectF plot() const { return m_plot; }
    [[nodiscard]] double xOf(qint64 time) const;
    [[nodiscard]] qint64 timeAt(double x) const;
    [[nodiscard]] double yOf(double value, GraphUnit unit) const;

    void paint(QPainter &painter) const;
    /// A line at @p time, and what the lines are there.
    void paintHover(QPainter &painter, qint64 time) const;
    /// "12:01:07.5: api 1.2 MB/s, db 0 B/s"
    [[nodiscard]] QString textAt(qint64 time) const;

private:
    struct LegendEntry
    {
        QRectF place;
        QString name;
    };

    void layOut(const QRectF &area);
    double layOutLegend(const QRectF &area);
    [[nodiscard]] const ValueAxis &axisOf(GraphUnit unit) const;
    [[nodiscard]] QPen penOf(size_t line, double width) const;
    [[nodiscard]] std::optional<size_t> binAt(qint64 time) const;
    void paintAxes(QPainter &painter) const;
    void paintTimes(QPainter &painter) const;
    void paintLegend(QPainter &painter) const;
    void paintLine(QPainter &painter, size_t line) const;
    void paintMarker(QPainter &painter) const;
    [[nodiscard]] QPolygonF curveOf(const GraphLine &line) const;
    [[nodiscard]] QPolygonF stepsOf(const GraphLine &line) const;
    [[nodiscard]] QPolygonF envelopeOf(const GraphLine &line) const;

    const GraphPicture &m_picture;
    const QRectF m_area;
    const QFont m_font;
    const QPalette m_palette;
    bool m_hasBytes = false;
    bool m_hasRecords = false;
    std::optional<ValueAxis> m_bytes;
    std::optional<ValueAxis> m_records;
    std::vector<LegendEntry> m_legend;
    QRectF m_plot;
};

} // namespace Sockeye
