// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "ui/traffic/bytesource.h"

#include <QAbstractScrollArea>

#include <memory>

namespace Sockeye {

class EmptyState;

/// Offsets, bytes in hex, bytes as text. Paints the rows that can be seen and asks for no others.
/// Selecting with mouse or keys in either column marks both.
class HexView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    enum class Column { Hex, Text };
    enum class CopyForm { Hex, Text, CArray, Base64, Dump };

    static constexpr int bytesPerRow = 16;
    static constexpr qint64 copyLimit = 16 * 1024 * 1024; ///< what a clipboard still takes well

    explicit HexView(QWidget *parent = nullptr);

    void setSource(std::shared_ptr<const ByteSource> source);
    /// What stands there while the source is empty.
    void setEmptyText(const QString &title, const QString &text);
    [[nodiscard]] qint64 size() const { return m_bytes.size(); }

    [[nodiscard]] bool hasSelection() const { return m_hasSelection; }
    [[nodiscard]] qint64 selectionStart() const;
    [[nodiscard]] qint64 selectionLength() const; ///< 0: none
    [[nodiscard]] QByteArray selectedBytes() const; ///< at most copyLimit
    void select(qint64 start, qint64 length);
    void selectAll();
    void clearSelection();
    [[nodiscard]] qint64 cursor() const { return m_cursor; }
    [[nodiscard]] Column activeColumn() const { return m_column; }
    void copy(CopyForm form) const;

    /// Which byte and column lies at a place of the viewport; for tests and mouse.
    struct Place
    {
        qint64 offset = -1;
        Column column = Column::Hex;
    };
    [[nodiscard]] Place placeAt(const QPoint &point) const;
    /// Where a byte is painted in a column, in the viewport's coordinates.
    [[nodiscard]] QRect rectOf(qint64 offset, Column column) const;

Q_SIGNALS:
    void selectionChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Look; ///< colours of one painting
    void measure();
    void updateScrollBars();
    void paintRow(QPainter &painter, qint64 row, const Look &look) const;
    void paintByte(QPainter &painter, qint64 offset, char byte, const Look &look) const;
    void paintSelection(QPainter &painter, qint64 row, const Look &look) const;
    void moveCursor(qint64 offset, bool selects);
    [[nodiscard]] qint64 target(const QKeyEvent &event, bool *isMove) const;
    void ensureVisible(qint64 offset);
    void selectionMoved();
    [[nodiscard]] qint64 rowCount() const;
    [[nodiscard]] qint64 firstRow() const;
    [[nodiscard]] int visibleRows() const;
    [[nodiscard]] int hexLeft(int column) const;
    [[nodiscard]] int textLeft(int column) const;
    [[nodiscard]] int contentWidth() const;

    PagedBytes m_bytes;
    EmptyState *m_empty;
    int m_charWidth = 8;
    int m_rowHeight = 16;
    int m_digits = 4;
    qint64 m_cursor = 0;
    qint64 m_anchor = 0;
    bool m_hasSelection = false;
    Column m_column = Column::Hex;
};

} // namespace Sockeye
