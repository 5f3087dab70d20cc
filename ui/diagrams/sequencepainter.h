// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/sequencedata.h"

#include <QFont>
#include <QPalette>
#include <QRectF>

class QPainter;

namespace Sockeye {

/// Where things are in a sequence diagram: times at the left, then the server's line, then the
/// lanes of the clients. Only those go sideways; the head stays above.
struct SequenceLayout
{
    double rowHeight = 24;
    double laneWidth = 150;
    double timeWidth = 120;
    double serverX = 180; ///< of the server's line
    double firstLaneX = 480; ///< of the first client's line, from the left, not scrolled
    double headHeight = 44;
    bool hasTexts = true; ///< rows are high enough for them

    /// @p zoom: 1 is as large as texts are elsewhere. @p width: what there is to be filled.
    static SequenceLayout of(const QFont &font, double zoom, double width, size_t lanes);
    [[nodiscard]] double contentWidth(size_t lanes) const;
};

/// Paints rows of a sequence diagram: on the screen, or into a file.
class SequencePainter
{
public:
    struct Place
    {
        quint64 firstRow = 0;
        double hidden = 0; ///< of the first row, above what is in sight
        double sideways = 0; ///< of the lanes, at the left
    };
    struct Look
    {
        QString server; ///< above its line
        bool isSinceStart = false;
        std::optional<quint64> currentRow = {};
    };

    SequencePainter(const SequenceData &data, const SequenceLayout &layout, const QFont &font,
                    const QPalette &palette);

    void paint(QPainter &painter, const QRectF &area, const Place &place, const Look &look) const;
    /// What stands at the left of a row.
    [[nodiscard]] QString timeText(const Record &record, bool isSinceStart) const;
    /// "psql (4211)"
    [[nodiscard]] static QString laneText(const SequenceLane &lane);

private:
    struct View; ///< of one painting

    void paintHead(QPainter &painter, const View &view) const;
    void paintLines(QPainter &painter, const View &view) const;
    void paintRow(QPainter &painter, const View &view, const SequenceData::RowRecord &row) const;
    void paintArrow(QPainter &painter, const Record &record, const QPointF &server,
                    const QPointF &client) const;
    void paintMark(QPainter &painter, RecordKind kind, const QPointF &place) const;
    void paintTexts(QPainter &painter, const View &view, const SequenceData::RowRecord &row,
                    const SequenceConnection &connection, const QRectF &line) const;
    [[nodiscard]] QColor colourOf(const Record &record) const;
    [[nodiscard]] double laneX(const View &view, int lane) const;
    [[nodiscard]] double connectionX(const View &view, const SequenceConnection &connection) const;

    const SequenceData &m_data;
    const SequenceLayout m_layout;
    const QFont m_font;
    const QPalette m_palette;
};

} // namespace Sockeye
