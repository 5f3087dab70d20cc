// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "ui/diagrams/graphpicture.h"

#include <QAbstractScrollArea>

namespace Sockeye {

class EmptyState;

/// The plot of an I/O graph: what is in sight, and how one moves there with mouse and keys. Knows
/// nothing of where the values come from.
class IoGraph final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    using Range = GraphBins::Range;

    explicit IoGraph(QWidget *parent = nullptr);

    /// From the first record to the last; nothing: there is none.
    void setExtent(const std::optional<Range> &extent);
    /// What is in sight; {0, 0} without records. Keeps up with a growing extent while all is shown,
    /// or while the end is in sight.
    [[nodiscard]] Range view() const { return m_view; }
    void setView(const Range &range);
    void showAll();
    [[nodiscard]] bool showsAll() const { return m_mode == Mode::All; }
    /// @p factor below 1: closer. @p middle stays where it is.
    void zoom(double factor, qint64 middle);
    void zoomIn();
    void zoomOut();
    /// By a part of what is in sight; negative: to what was before.
    void pan(double part);

    /// To be painted; call it after viewChanged().
    void setPicture(const GraphPicture &picture);
    [[nodiscard]] const GraphPicture &picture() const { return m_picture; }
    /// Into a file, say: what is shown, without the mouse's mark.
    void paintInto(QPainter &painter, const QRectF &area) const;
    [[nodiscard]] EmptyState *emptyState() const { return m_empty; }

    /// Where a moment is in the viewport, for tests and mouse.
    [[nodiscard]] QPoint placeOf(qint64 time) const;
    [[nodiscard]] int plotWidth() const;
    /// What stands in the box at the mouse or at the keyboard's mark; empty: it is not shown.
    [[nodiscard]] QString hoverText() const;

Q_SIGNALS:
    void viewChanged();
    /// Clicked, or Enter at the mark.
    void timeActivated(qint64 time);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    enum class Mode { All, Fixed, Following };
    enum class Drag { None, Pressed, Band, Pan };

    [[nodiscard]] GraphPainter painterOf() const;
    [[nodiscard]] Range wholeView() const;
    void moveTo(Range range);
    void moveBy(const Range &start, double part);
    void setHover(std::optional<qint64> time);
    void moveHover(int bins);
    void pressed(const QMouseEvent &event);

    EmptyState *m_empty;
    GraphPicture m_picture;
    std::optional<Range> m_extent;
    Range m_view;
    Mode m_mode = Mode::All;
    std::optional<qint64> m_hover;
    Drag m_drag = Drag::None;
    QPoint m_pressedAt;
    QPoint m_draggedTo;
    Range m_pressedView;
};

} // namespace Sockeye
