// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "ui/diagrams/sequencepainter.h"

#include <QAbstractScrollArea>

namespace Sockeye {

class EmptyState;

/// The sequence diagram itself: scrolls, zooms, selects. Asks for the rows that are in sight, and
/// for no others. Follows the end until the user scrolls up.
class SequenceView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    /// A file has no more of them: pictures beyond are too large for what shows pictures.
    static constexpr quint64 mostSavedRows = 1000;
    static constexpr int mostSavedWidth = 8000;

    explicit SequenceView(const SequenceData &sequence, QWidget *parent = nullptr);

    /// Rows or lanes are others than before.
    void dataChanged();
    /// All rows are void.
    void restart();
    void setServerName(const QString &name);
    void setSinceStart(bool isSinceStart);
    void setFollowing(bool isFollowing);
    [[nodiscard]] bool isFollowing() const { return m_isFollowing; }

    [[nodiscard]] double zoom() const { return m_zoom; }
    void setZoom(double zoom);
    void zoomIn();
    void zoomOut();
    void resetZoom() { setZoom(1); }

    [[nodiscard]] std::optional<RecordIndex> currentRecord() const { return m_current; }
    /// Selects and shows it, or the next row if it has none. Tells nobody.
    void showRecord(RecordIndex index);

    [[nodiscard]] std::optional<quint64> rowAt(const QPoint &place) const;
    /// Where a row is in the viewport, whether it is in sight or not.
    [[nodiscard]] QRect rectOf(quint64 row) const;
    [[nodiscard]] EmptyState *emptyState() const { return m_empty; }
    [[nodiscard]] QString toolTipOf(quint64 row) const;

    // Into files.
    void paintVisible(QPainter &painter, const QSize &size) const;
    [[nodiscard]] QSize savedSize() const; ///< of all rows, up to the bounds
    [[nodiscard]] bool isSavedWhole() const; ///< all rows and lanes are within the bounds
    void paintSaved(QPainter &painter, const QSize &size) const;

Q_SIGNALS:
    /// The user selected it, by mouse or key.
    void recordActivated(Sockeye::RecordIndex index);
    void followingChanged(bool isFollowing);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    [[nodiscard]] SequenceLayout layoutFor(double width) const;
    [[nodiscard]] SequencePainter painterFor(const SequenceLayout &layout) const;
    [[nodiscard]] SequencePainter::Place place() const;
    [[nodiscard]] SequencePainter::Look look() const;
    [[nodiscard]] double rowsHeight() const;
    [[nodiscard]] double scrolled() const; ///< pixels above what is in sight
    void scrollTo(double pixels);
    void updateScrollBars();
    void scrolledByUser();
    void selectRow(quint64 row);
    void ensureVisible(quint64 row);
    [[nodiscard]] std::optional<quint64> currentRow() const;

    const SequenceData &m_data;
    EmptyState *m_empty;
    SequenceLayout m_layout;
    QString m_server;
    bool m_isSinceStart = false;
    bool m_isFollowing = true;
    bool m_isMoving = false; ///< we scroll, not the user
    double m_zoom = 1;
    double m_unit = 1; ///< pixels of a step of the vertical scroll bar, which is an int
    quint64 m_beginRow = 0; ///< to which the scroll bar's 0 belongs
    std::optional<RecordIndex> m_current;
};

} // namespace Sockeye
