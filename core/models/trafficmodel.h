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

    explicit TrafficModel(const CaptureLog &log, QObject *parent = nullptr);
    ~TrafficModel() override;

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
    const CaptureLog &m_log;
    CaptureCursor m_shown;
    std::unique_ptr<FilteredRows> m_filtered;
};

} // namespace Sockeye
