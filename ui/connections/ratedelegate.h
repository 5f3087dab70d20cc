// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QStyledItemDelegate>

namespace Sockeye {

/// Colours of the connections table by state; words and dots say the same without colour.
class ConnectionDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /// Closed ones step back, refused ones stand out; not valid: the palette's.
    [[nodiscard]] static QColor textColour(const QModelIndex &index, const QPalette &palette);

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

/// The rate of the moment as text, and the curve of the last half minute; also on a selection.
class RateDelegate final : public ConnectionDelegate
{
    Q_OBJECT

public:
    using ConnectionDelegate::ConnectionDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

} // namespace Sockeye
