// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/record.h"

#include <QStyledItemDelegate>

namespace Sockeye {

/// The arrow of a direction, centred in @p area, large enough to be told at a glance without its
/// colour: right to the server, left to the client, against a bar where that side ends. False for
/// kinds that have no direction of their own: nothing is painted.
bool paintDirection(QPainter &painter, const QRectF &area, RecordKind kind, Direction direction,
                    const QColor &colour);

/// Colours of the traffic table: the arrow by direction, times quiet, what is no data set apart.
/// The shapes and words of the model say the same without colour.
class TrafficDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

} // namespace Sockeye
