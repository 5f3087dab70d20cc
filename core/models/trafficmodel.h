// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"
#include "core/capture/capturelog.h"
#include "core/models/serversmodel.h"

#include <QAbstractTableModel>

namespace Sockeye {

class FilteredRows;

/// Records as rows: the whole log (row = index - begin, no memory per row) or the rows that a
/// filter found. Strings are made when asked. Pulls on refresh(), inserts once per call.
class TrafficModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        TimeColumn,
        ConnectionColumn,
        DirectionColumn,
        LengthColumn,
        DataColumn,
        ColumnCount
    };

    /// Rows that one refresh() inserts at most. A view takes 0.3 s for 10 million rows at once;
    /// opening a capture fills up over some ticks instead, and every tick stays short.
    static constexpr int maxInsert = 500'000;
    /// Bytes of payload that the Data column shows.
    static constexpr qint64 previewBytes = 200;

    explicit TrafficModel(const CaptureLog &log, QObject *parent = nullptr);
    ~TrafficModel() override;

    [[nodiscard]] const CaptureLog &log() const { return m_log; }

    /// Filtering runs on a thread of its own that was made at construction; rows appear as found.
    void setFilter(const CaptureFilter &filter);
    void refresh();
    [[nodiscard]] std::optional<RecordIndex> recordAt(int row) const;
    [[nodiscard]] int rowOf(RecordIndex index) const; ///< -1; the exact record only
    /// Records in the log, whatever the filter.
    [[nodiscard]] quint64 totalCount() const;
    [[nodiscard]] bool isFiltering() const; ///< a filter is set and has not caught up yet

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    void refreshWhole(const CaptureCursor &now);
    void refreshFiltered(const CaptureCursor &now);
    void reset(quint64 epoch, quint64 first, quint64 end);
    void removeBefore(quint64 key);
    void insertUpTo(quint64 key);
    [[nodiscard]] std::optional<Record> recordFor(RecordIndex index) const;
    [[nodiscard]] QVariant text(const Record &record, int column) const;
    [[nodiscard]] QString dataText(const Record &record) const;
    [[nodiscard]] QString noteMark(const Record &record) const;
    [[nodiscard]] QString openedText(const Record &record) const;
    [[nodiscard]] QString connectionToolTip(const Record &record) const;

    const CaptureLog &m_log;
    CaptureFilter m_filter;
    std::unique_ptr<FilteredRows> m_filtered;
    quint64 m_epoch = 0;
    /// Rows are keys from first to end: indexes of the log, or with a filter numbers of its rows.
    quint64 m_first = 0;
    quint64 m_end = 0;
    quint64 m_total = 0;
    RecordIndex m_goal = 0; ///< filtering has caught up when it has been here
    bool m_isFiltering = false;
    /// The record of the last data(): a view asks eight roles of five columns for each row it
    /// paints.
    mutable std::optional<Record> m_last;
};

} // namespace Sockeye
