// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/graphdata.h"

#include "core/models/graphtasks.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// A range that is counted closely is this much wider than what is looked at, to both sides: then a
/// view that moves is counted anew only now and then.
constexpr int detailMargin = 1;

bool covers(const GraphBins::Range &outer, const GraphBins::Range &inner)
{
    return outer.from <= inner.from && outer.to >= inner.to;
}

} // namespace

GraphData::GraphData(std::shared_ptr<const CaptureLog> log, QObject *parent)
    : QObject(parent)
    , m_log(std::move(log))
    , m_times(std::make_shared<TimeTask>())
    , m_sweep(std::make_unique<CaptureSweep>(m_log))
{
    m_sweep->start(m_times);
}

GraphData::~GraphData() = default;

void GraphData::addRows(const std::vector<Row> &rows)
{
    std::vector<std::shared_ptr<RowCount>> counts;
    for (const Row &row : rows) {
        Q_ASSERT(!m_rows.count(row.id));
        counts.push_back(std::make_shared<RowCount>(row.id, row.filter, graphIntervals().front()));
        m_rows[row.id] = counts.back();
    }
    if (counts.empty())
        return;
    m_counts.push_back(std::make_shared<CountTask>(std::move(counts), m_times, std::nullopt));
    m_sweep->start(m_counts.back());
    m_isCounting = true;
    stopDetail();
    startDetail();
}

void GraphData::setFilter(RowId id, const CaptureFilter &filter)
{
    removeRow(id);
    addRows({{id, filter}});
}

void GraphData::removeRow(RowId id)
{
    const auto found = m_rows.find(id);
    if (found == m_rows.end())
        return;
    found->second->isRemoved = true;
    m_rows.erase(found);
    // A task of which no row is left is looked with no more.
    const auto isLeft = [](const auto &row) { return !row->isRemoved; };
    for (auto task = m_counts.begin(); task != m_counts.end();) {
        if (std::any_of((*task)->rows().begin(), (*task)->rows().end(), isLeft)) {
            ++task;
            continue;
        }
        m_sweep->stop(*task);
        task = m_counts.erase(task);
    }
    ++m_version;
}

void GraphData::refresh()
{
    m_sweep->wake();
    const CaptureCursor now = m_log->cursor();
    const bool wasCounting = m_isCounting;
    measureProgress(now);
    quint64 version = m_times->version();
    for (const auto &[id, row] : m_rows)
        version += row->version + id;
    const auto extent = m_times->extent(now.begin);
    const bool hasNewDetail = refreshDetail(now);
    const bool isChanged =
        version != m_version || extent != m_extent || wasCounting != m_isCounting || hasNewDetail;
    m_version = version;
    m_extent = extent;
    if (isChanged)
        Q_EMIT changed();
    refreshNearest(now);
}

void GraphData::measureProgress(const CaptureCursor &now)
{
    const auto goal = std::min(m_goal, now.end);
    const auto isBehind = [&](const auto &progress) {
        return !progress || progress->epoch != now.epoch || progress->end < goal;
    };
    m_isCounting = isBehind(m_sweep->progress(m_times));
    quint64 counted = 0;
    for (const auto &task : m_counts) {
        const auto progress = m_sweep->progress(task);
        m_isCounting = m_isCounting || isBehind(progress);
        if (progress && progress->epoch == now.epoch)
            counted += std::max(progress->end, now.begin) - now.begin;
    }
    m_goal = now.end;
    const quint64 all = (now.end - now.begin) * m_counts.size();
    m_progress = all == 0 ? 1 : static_cast<double>(counted) / static_cast<double>(all);
}

/// Whether there is anything new in it.
bool GraphData::refreshDetail(const CaptureCursor &now)
{
    if (m_nextDetail) {
        const auto progress = m_sweep->progress(m_nextDetail->task);
        if (progress && (progress->epoch != now.epoch || progress->end >= m_nextDetail->goal)) {
            if (m_detail)
                m_sweep->stop(m_detail->task);
            m_detail = std::exchange(m_nextDetail, std::nullopt);
            return true;
        }
    }
    bool isChanged = false;
    if (m_detail) {
        for (const auto &[id, row] : m_detail->rows)
            isChanged = row->version.exchange(0) != 0 || isChanged;
    }
    return isChanged;
}

void GraphData::refreshNearest(const CaptureCursor &now)
{
    const auto progress = m_nearest ? m_sweep->progress(m_nearest) : std::nullopt;
    if (!progress || (progress->epoch == now.epoch && progress->end < m_nearestGoal))
        return;
    const auto found = m_nearest->found();
    m_sweep->stop(std::exchange(m_nearest, nullptr));
    Q_EMIT nearestFound(found);
}

void GraphData::setView(const Range &range, qint64 interval)
{
    if (range == m_view && interval == m_viewInterval)
        return;
    m_view = range;
    m_viewInterval = interval;
    startDetail();
}

/// Begins to count what is looked at more closely than everything is counted, if it is.
void GraphData::startDetail()
{
    qint64 coarsest = 0;
    for (const auto &[id, row] : m_rows)
        coarsest = std::max<qint64>(coarsest, row->interval);
    if (m_viewInterval <= 0 || m_viewInterval >= coarsest)
        return;
    const qint64 width = m_view.to - m_view.from;
    // So many bins would be merged at once.
    if (width / m_viewInterval > GraphBins::mostBins)
        return;
    for (const auto *detail : {&m_detail, &m_nextDetail}) {
        if (*detail && (*detail)->interval == m_viewInterval && covers((*detail)->range, m_view))
            return;
    }
    if (m_nextDetail)
        m_sweep->stop(m_nextDetail->task);
    const qint64 margin = width / m_viewInterval * (1 + 2 * detailMargin) < GraphBins::mostBins - 2
        ? width * detailMargin
        : 0;
    Detail next;
    next.range = {m_view.from > margin ? m_view.from - margin : 0,
                  m_view.to < lastGraphTime - margin ? m_view.to + margin : lastGraphTime};
    next.range.from = binStart(next.range.from, m_viewInterval);
    next.range.to = binStart(next.range.to, m_viewInterval) + m_viewInterval;
    next.interval = m_viewInterval;
    next.goal = m_log->cursor().end;
    std::vector<std::shared_ptr<RowCount>> counts;
    for (const auto &[id, row] : m_rows) {
        counts.push_back(std::make_shared<RowCount>(id, row->filter, m_viewInterval));
        next.rows[id] = counts.back();
    }
    next.task = std::make_shared<CountTask>(std::move(counts), m_times, next.range);
    m_sweep->start(next.task, true);
    m_nextDetail = std::move(next);
}

void GraphData::stopDetail()
{
    for (auto *detail : {&m_detail, &m_nextDetail}) {
        if (*detail)
            m_sweep->stop((*detail)->task);
        detail->reset();
    }
}

qint64 GraphData::intervalFor(const Range &range, qint64 wanted) const
{
    if (m_detail && m_detail->interval <= wanted && covers(m_detail->range, range))
        return wanted;
    qint64 interval = wanted;
    for (const auto &[id, row] : m_rows)
        interval = std::max<qint64>(interval, row->interval);
    return interval;
}

std::vector<TrafficCount> GraphData::values(RowId id, const Range &range, qint64 interval) const
{
    constexpr quint64 most = 4 * GraphBins::mostBins;
    const qint64 from = binStart(range.from, interval);
    const quint64 span = static_cast<quint64>(std::max(range.to, range.from) - from);
    const auto count = static_cast<size_t>(std::min<quint64>(
        (span + static_cast<quint64>(interval) - 1) / static_cast<quint64>(interval), most));
    if (m_detail && m_detail->interval <= interval && covers(m_detail->range, range)) {
        const auto found = m_detail->rows.find(id);
        if (found != m_detail->rows.end()) {
            const std::lock_guard lock(found->second->mutex);
            if (found->second->bins.interval() <= interval)
                return found->second->bins.sample(from, interval, count);
        }
    }
    const auto found = m_rows.find(id);
    if (found == m_rows.end())
        return {};
    const std::lock_guard lock(found->second->mutex);
    // Counted on meanwhile, and merged: the next refresh() asks for what there is then.
    if (found->second->bins.interval() > interval)
        return std::vector<TrafficCount>(count);
    return found->second->bins.sample(from, interval, count);
}

void GraphData::findNearest(qint64 time, const std::vector<Wanted> &rows)
{
    if (m_nearest)
        m_sweep->stop(std::exchange(m_nearest, nullptr));
    std::vector<NearestTask::Place> places;
    for (const Wanted &wanted : rows) {
        const auto found = m_rows.find(wanted.id);
        if (found == m_rows.end())
            continue;
        const std::lock_guard lock(found->second->mutex);
        places.push_back(
            {found->second->filter, wanted.hasToServer, wanted.hasToClient,
             found->second->bins.nearest(time, wanted.hasToServer, wanted.hasToClient)});
    }
    m_nearestGoal = m_log->cursor().end;
    m_nearest = std::make_shared<NearestTask>(time, std::move(places), m_times);
    m_sweep->start(m_nearest, true);
}

} // namespace Sockeye
