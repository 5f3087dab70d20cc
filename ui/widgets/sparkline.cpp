// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/sparkline.h"

#include <QColor>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>

namespace Sockeye {

void paintSparkline(QPainter &painter, const QRectF &area, std::span<const double> values,
                    int capacity, const QColor &colour)
{
    if (values.empty() || capacity < 1 || area.width() < 4 || area.height() < 4)
        return;
    if (values.size() > static_cast<size_t>(capacity))
        values = values.last(static_cast<size_t>(capacity));
    const double most = std::max(1.0, *std::max_element(values.begin(), values.end()));
    const double step = area.width() / std::max(1, capacity - 1);
    QPolygonF curve;
    curve.reserve(static_cast<qsizetype>(values.size()) + 2);
    double x = area.right() - step * static_cast<double>(values.size() - 1);
    if (values.size() == 1) // a single value is a short bar, not a point
        curve << QPointF(area.right() - step, area.bottom() - values[0] / most * area.height());
    for (const double value : values) {
        curve << QPointF(x, area.bottom() - std::max(0.0, value) / most * area.height());
        x += step;
    }
    QPolygonF shape = curve;
    shape << QPointF(curve.last().x(), area.bottom()) << QPointF(curve.first().x(), area.bottom());
    QColor light = colour;
    light.setAlphaF(0.25F);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(light);
    painter.drawPolygon(shape);
    painter.setPen(QPen(colour, 1.2));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(curve);
    painter.restore();
}

} // namespace Sockeye
