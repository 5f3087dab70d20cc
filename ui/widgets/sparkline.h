// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QRectF>

#include <span>

class QColor;
class QPainter;

namespace Sockeye {

/// A small curve of @p values (oldest first) with the area under it filled lightly. The newest
/// value stands at the right edge; @p capacity values fill the width. Scaled to its own maximum; a
/// curve of zeros is a line at the bottom. No values: nothing.
void paintSparkline(QPainter &painter, const QRectF &area, std::span<const double> values,
                    int capacity, const QColor &colour);

} // namespace Sockeye
