// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"
#include "core/capture/capturelog.h"
#include "core/models/serversmodel.h"

#include <QAbstractTableModel>

namespace Sockeye {

class FilteredRows;
class SortedRows;
enum class SortKey;

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
    /// Rows by that column, found on a thread of its own: they change places with a later
    /// refresh(), as told by orderChanged(). A negative column, or that of the data: as they were
    /// recorded. For captures that are at rest: rows that come later stand below until they are
    /// ordered as well.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    [[nodiscard]] bool isSorting() const; ///< asked for, and not there yet
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

Q_SIGNALS:
    /// The same rows in other places: what was selected is elsewhere.
    void orderChanged();

private:
    void refreshWhole(const CaptureCursor &now);
    void refreshFiltered(const CaptureCursor &now);
    void reset(quint64 epoch, quint64 first, quint64 end);
    void removeBefore(quint64 key);
    void insertUpTo(quint64 key);
    void updateOrder();
    void dropOrder();
    void beginSorting();
    /// The row as if nothing were sorted.
    [[nodiscard]] quint64 plainRow(int row) const;
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
    std::optional<SortKey> m_sortKey; ///< nothing: as recorded
    bool m_isDescending = false;
    std::unique_ptr<SortedRows> m_sorted; ///< made at the first sort()
    std::shared_ptr<const std::vector<quint32>> m_order; ///< null: as recorded
    int m_rowsBefore = 0; ///< at the last refresh(): sorting waits until no more come
    /// The record of the last data(): a view asks eight roles of five columns for each row it
    /// paints.
    mutable std::optional<Record> m_last;
};

} // namespace Sockeye
