// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"
#include "core/models/capturesweep.h"
#include "core/models/graphbins.h"

#include <QObject>

#include <map>

namespace Sockeye {

/// What an I/O graph draws: for each row (a filter) counts over time. Threads of its own count all
/// records of the log in bins that are merged to a coarser interval when there are too many; for a
/// range that is looked at more closely than that, they count again, with the records of that time
/// alone. A live log is followed; a cleared one begins anew.
///
/// GUI thread; nothing here waits for a count. Pulls on refresh().
class GraphData final : public QObject
{
    Q_OBJECT

public:
    using RowId = quint64;
    using Range = GraphBins::Range;

    explicit GraphData(std::shared_ptr<const CaptureLog> log, QObject *parent = nullptr);
    ~GraphData() override;

    struct Row
    {
        RowId id = 0; ///< as the caller likes; different for each
        CaptureFilter filter = {};
    };
    /// Counts rows that are new, all of them together.
    void addRows(const std::vector<Row> &rows);
    /// Counts this row anew.
    void setFilter(RowId id, const CaptureFilter &filter);
    void removeRow(RowId id);

    /// Looks for new records, tells what changed. Connect it to RefreshClock::ticked.
    void refresh();

    /// From the first record that is still there to the last, by time; nothing of an empty log, and
    /// nothing before the first piece of it has been looked at.
    [[nodiscard]] std::optional<Range> extent() const { return m_extent; }
    /// Whether there are records that have not been counted yet.
    [[nodiscard]] bool isCounting() const { return m_isCounting; }
    /// The part of the log that has been counted, 0 to 1.
    [[nodiscard]] double progress() const { return m_progress; }

    /// What is looked at, and how closely it is wanted (one of graphIntervals()).
    void setView(const Range &range, qint64 interval);
    /// The interval in which all rows can tell what lies in @p range: @p wanted, or a coarser one
    /// until a closer count is there.
    [[nodiscard]] qint64 intervalFor(const Range &range, qint64 wanted) const;
    /// Bins of @p interval (as intervalFor() says) that cover @p range; the first begins at
    /// binStart(range.from). At most 4 × GraphBins::mostBins; empty for a row that is not there.
    [[nodiscard]] std::vector<TrafficCount> values(RowId id, const Range &range,
                                                   qint64 interval) const;

    /// What a click means: rows, and of each the directions that are drawn.
    struct Wanted
    {
        RowId id = 0;
        bool hasToServer = true;
        bool hasToClient = true;
    };
    /// Looks for the record nearest to @p time among those of @p rows; nearestFound() tells. Ends a
    /// search that is under way.
    void findNearest(qint64 time, const std::vector<Wanted> &rows);

Q_SIGNALS:
    /// Counts or the extent are others than before.
    void changed();
    /// nullopt: no record is there (any more).
    void nearestFound(std::optional<Sockeye::RecordIndex> index);

private:
    class TimeTask;
    class CountTask;
    class NearestTask;
    struct RowCount;

    void measureProgress(const CaptureCursor &now);
    [[nodiscard]] bool refreshDetail(const CaptureCursor &now);
    void refreshNearest(const CaptureCursor &now);
    void startDetail();
    void stopDetail();

    const std::shared_ptr<const CaptureLog> m_log;
    std::shared_ptr<TimeTask> m_times;
    std::vector<std::shared_ptr<CountTask>> m_counts; ///< of the whole log
    std::map<RowId, std::shared_ptr<RowCount>> m_rows;
    struct Detail
    {
        Range range;
        qint64 interval = 0;
        std::shared_ptr<CountTask> task;
        RecordIndex goal = 0; ///< ready when it has been here
        std::map<RowId, std::shared_ptr<RowCount>> rows = {};
    };
    std::optional<Detail> m_detail; ///< what values() answers from
    std::optional<Detail> m_nextDetail; ///< takes its place when it is ready
    Range m_view;
    qint64 m_viewInterval = 0;
    std::shared_ptr<NearestTask> m_nearest;
    RecordIndex m_nearestGoal = 0;
    std::optional<Range> m_extent;
    bool m_isCounting = true;
    RecordIndex m_goal = 0; ///< counting has caught up when it has been here
    double m_progress = 0;
    quint64 m_version = 0;
    /// Last: its threads work on the tasks above.
    std::unique_ptr<CaptureSweep> m_sweep;
};

} // namespace Sockeye
