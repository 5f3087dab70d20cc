// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/event.h"

#include <QStyledItemDelegate>

#include <functional>
#include <optional>

namespace Sockeye {

/// States as shapes, readable without colour.
enum class Dot {
    Filled, ///< listening, open
    Half, ///< half closed
    Hollow, ///< stopped, closed
    Bars, ///< paused
    Crossed, ///< failed, refused, error
    Diamond, ///< an entry that only connects out
};

[[nodiscard]] Dot dotFor(ServerState state, bool isClient);
[[nodiscard]] Dot dotFor(const ConnectionInfo &info);

/// Paints it centred in @p area, in its colour; in a lighter or darker shade of it where the row is
/// selected, so that it can be seen there, too.
void paintDot(QPainter &painter, const QRectF &area, Dot dot, const QPalette &palette,
              bool isSelected);

/// A cell with a dot before its text; which one, a function says.
class DotDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using DotOf = std::function<std::optional<Dot>(const QModelIndex &)>;
    using ColourOf = std::function<QColor(const QModelIndex &, const QPalette &)>;
    explicit DotDelegate(DotOf dotOf, QObject *parent = nullptr);
    /// Of the text; a colour that is not valid is the palette's.
    void setTextColour(ColourOf colourOf) { m_colourOf = std::move(colourOf); }
    /// Of the text; without it, the view's.
    void setElideMode(Qt::TextElideMode mode) { m_elideMode = mode; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

private:
    DotOf m_dotOf;
    ColourOf m_colourOf;
    std::optional<Qt::TextElideMode> m_elideMode;
};

} // namespace Sockeye
