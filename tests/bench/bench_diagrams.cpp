// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What the diagrams of a large capture cost, as printed figures, beside a plain loop over the same
// records.
//   bench_diagrams FILE [EXPR...]    FILE as bench_open makes it; a row of the graph for each EXPR

#include "core/capture/capturefilter.h"
#include "core/models/graphdata.h"
#include "core/models/sequencedata.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

using namespace Sockeye;

namespace {

using Steady = std::chrono::steady_clock;

double secondsSince(Steady::time_point start)
{
    return std::chrono::duration<double>(Steady::now() - start).count();
}

/// Resident memory in MiB.
double memory()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toDouble() * 4096 / 1048576;
}

/// Refreshes as a window does until @p isDone; the longest refresh, in milliseconds.
template <class Data, class Done>
double settle(Data &data, Done isDone)
{
    double longest = 0;
    while (true) {
        const auto start = Steady::now();
        data.refresh();
        longest = std::max(longest, secondsSince(start) * 1000);
        if (isDone())
            return longest;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

void plainLoop(const CaptureLog &log)
{
    const auto start = Steady::now();
    const CaptureCursor cursor = log.cursor();
    quint64 bytes = 0;
    for (RecordIndex next = cursor.begin; next < cursor.end;) {
        const auto records = log.records(next, 4096);
        if (records.empty())
            break;
        for (const Record &record : records)
            bytes += record.length;
        next += records.size();
    }
    std::printf("plain loop        %6.2f s  (%llu records, %llu bytes)\n", secondsSince(start),
                static_cast<unsigned long long>(cursor.end - cursor.begin),
                static_cast<unsigned long long>(bytes));
}

void graph(const std::shared_ptr<const CaptureLog> &log, const std::vector<CaptureFilter> &filters)
{
    const double before = memory();
    const auto start = Steady::now();
    GraphData data(log);
    std::vector<GraphData::Row> rows;
    for (const CaptureFilter &filter : filters)
        rows.push_back({rows.size(), filter});
    data.addRows(rows);
    double longest = settle(data, [&] { return !data.isCounting() && data.extent(); });
    const auto extent = *data.extent();
    std::printf(
        "graph, %zu row(s)   %6.2f s  (bins of %.6f s, %.1f MiB more, refresh <= %.2f ms)\n",
        rows.size(), secondsSince(start), static_cast<double>(data.intervalFor(extent, 1000)) / 1e9,
        memory() - before, longest);
    auto moment = Steady::now();
    const qint64 shown = graphIntervalFor((extent.to - extent.from) / 800);
    const auto values = data.values(0, extent, shown);
    std::printf("  %zu values       %6.2f ms\n", values.size(), secondsSince(moment) * 1000);
    const qint64 middle = extent.from + (extent.to - extent.from) / 2;
    const GraphData::Range near = {middle, middle + (extent.to - extent.from) / 1000};
    moment = Steady::now();
    data.setView(near, 1000);
    longest = settle(data, [&] { return data.intervalFor(near, 1000) == 1000; });
    std::printf("  1000 x closer   %6.2f ms\n", secondsSince(moment) * 1000);
    moment = Steady::now();
    bool isFound = false;
    QObject::connect(&data, &GraphData::nearestFound, &data, [&] { isFound = true; });
    data.findNearest(middle, {{0}});
    longest = settle(data, [&] { return isFound; });
    std::printf("  nearest record  %6.2f ms\n", secondsSince(moment) * 1000);
}

void sequence(const std::shared_ptr<const CaptureLog> &log, const CaptureFilter &filter)
{
    const double before = memory();
    const auto start = Steady::now();
    SequenceData data(log);
    SequenceData::Selection selection;
    selection.filter = filter;
    data.select(selection);
    settle(data, [&] { return data.endRow() > 40; });
    const double first = secondsSince(start);
    const double longest = settle(data, [&] { return !data.isSearching(); });
    std::printf(
        "sequence          %6.2f s  (first rows %.3f s, %llu rows, %zu lanes, %.1f MiB more, "
        "refresh <= %.2f ms)\n",
        secondsSince(start), first,
        static_cast<unsigned long long>(data.endRow() - data.beginRow()), data.lanes().size(),
        memory() - before, longest);
    const auto moment = Steady::now();
    constexpr int pages = 200;
    for (quint64 page = 0; page < pages; ++page) {
        const quint64 row = (data.endRow() - 50) * page / pages;
        for (const auto &[number, record] : data.records(row, 50))
            (void)data.textOf(record);
        (void)data.connectionsAt(row, row + 50);
    }
    std::printf("  a page of 50 rows %5.2f ms\n", secondsSince(moment) * 1000 / pages);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments().mid(1);
    if (words.isEmpty()) {
        std::fprintf(stderr, "usage: bench_diagrams FILE [EXPR...]\n");
        return 2;
    }
    std::vector<CaptureFilter> filters;
    for (const QString &word : words.mid(1)) {
        const auto filter = CaptureFilter::parse(word);
        if (!filter)
            return 2;
        filters.push_back(*filter);
    }
    if (filters.empty())
        filters.emplace_back();
    auto opened = CaptureLog::open(words.first());
    if (!opened)
        return 1;
    const std::shared_ptr<const CaptureLog> log = std::move(*opened);
    plainLoop(*log);
    graph(log, filters);
    sequence(log, filters.front());
    return 0;
}
