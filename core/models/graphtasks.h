// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

// What GraphData has its threads do. For graphdata.cpp and graphtasks.cpp alone.

#include "core/capture/capturescan.h"
#include "core/models/graphdata.h"

namespace Sockeye {

/// The counts of one row, as far as they have come.
struct GraphData::RowCount
{
    RowCount(RowId rowId, const CaptureFilter &rowFilter, qint64 finest)
        : id(rowId)
        , filter(rowFilter)
        , bins(finest)
        , interval(finest)
    { }

    const RowId id;
    const CaptureFilter filter;
    std::atomic<bool> isRemoved = false;
    mutable std::mutex mutex;
    GraphBins bins; ///< under the mutex
    std::atomic<qint64> interval; ///< of the bins, for those who count
    std::atomic<quint64> version = 0;
};

/// When the records of each piece of the log were made.
class GraphData::TimeTask final : public CaptureSweep::Task
{
public:
    [[nodiscard]] std::unique_ptr<Look> makeLook(const CaptureLog &log) const override;
    void begin(quint64 epoch) override;
    void take(Found *found, RecordIndex end) override;

    /// From the first to one past the last, without pieces before @p begin.
    [[nodiscard]] std::optional<Range> extent(RecordIndex begin);
    /// Whether records may lie in one of @p ranges; true for what has not been looked at.
    [[nodiscard]] bool mayHave(RecordIndex begin, RecordIndex end,
                               const std::vector<Range> &ranges) const;
    [[nodiscard]] quint64 version() const { return m_version; }

private:
    struct Times
    {
        qint64 least = 0;
        qint64 most = -1; ///< less than least: no record
    };
    struct Span;
    class Eye;

    mutable std::mutex m_mutex;
    std::deque<Times> m_pieces; ///< of CaptureSweep::pieceSize records each
    quint64 m_firstPiece = 0;
    RecordIndex m_end = 0;
    std::atomic<quint64> m_version = 0;
};

/// Counts for some rows; the whole log, or those of a range of time.
class GraphData::CountTask final : public CaptureSweep::Task
{
public:
    CountTask(std::vector<std::shared_ptr<RowCount>> rows, std::shared_ptr<const TimeTask> times,
              std::optional<Range> range);

    [[nodiscard]] std::unique_ptr<Look> makeLook(const CaptureLog &log) const override;
    [[nodiscard]] bool isWanted(RecordIndex begin, RecordIndex end) const override;
    void begin(quint64 epoch) override;
    void take(Found *found, RecordIndex end) override;

    [[nodiscard]] const std::vector<std::shared_ptr<RowCount>> &rows() const { return m_rows; }

private:
    struct Counted;
    class Eye;

    const std::vector<std::shared_ptr<RowCount>> m_rows;
    const std::shared_ptr<const TimeTask> m_times;
    const std::optional<Range> m_range;
};

/// The record nearest to a time, in bins that are known to have some.
class GraphData::NearestTask final : public CaptureSweep::Task
{
public:
    struct Place
    {
        CaptureFilter filter;
        bool hasToServer = true;
        bool hasToClient = true;
        std::vector<Range> ranges;
    };
    NearestTask(qint64 time, std::vector<Place> places, std::shared_ptr<const TimeTask> times);

    [[nodiscard]] std::unique_ptr<Look> makeLook(const CaptureLog &log) const override;
    [[nodiscard]] bool isWanted(RecordIndex begin, RecordIndex end) const override;
    void begin(quint64 epoch) override;
    void take(Found *found, RecordIndex end) override;

    [[nodiscard]] std::optional<RecordIndex> found() const;

private:
    struct Best;
    class Eye;

    const qint64 m_time;
    const std::vector<Place> m_places;
    const std::shared_ptr<const TimeTask> m_times;
    mutable std::mutex m_mutex;
    std::optional<RecordIndex> m_found;
    qint64 m_distance = 0;
};

} // namespace Sockeye
