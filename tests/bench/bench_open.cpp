// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A large capture and what is done with it, as printed figures.
//   bench_open make FILE RECORDS     writes a capture of RECORDS records in 200 connections
//   bench_open open FILE             time until the first rows and until all, memory
//   bench_open filter FILE EXPR...   time of each filter over all records, and of its cancelling

#include "core/capture/capturefilter.h"
#include "core/capture/capturelog.h"
#include "core/models/filteredrows.h"

#include <QFile>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <thread>

using namespace Sockeye;

namespace {

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A line of /proc/self/status, in MiB.
double memory(const char *line)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &text : file.readAll().split('\n')) {
        if (text.startsWith(line))
            return text.mid(static_cast<qsizetype>(std::strlen(line)))
                       .simplified()
                       .split(' ')[0]
                       .toDouble()
                / 1024;
    }
    return 0;
}

// Requests and answers of many connections at once, most of them short, as daemons talk. One in a
// thousand has the word that the benchmark searches for.
int make(const QString &file, quint64 records)
{
    constexpr quint64 connections = 200;
    const SystemClock clock;
    CaptureOptions options;
    options.file = file;
    options.overwrite = true;
    auto log = CaptureLog::create(options, clock);
    if (!log)
        return 1;
    (*log)->addServer({{1}, QStringLiteral("api"), QStringLiteral("/run/api")});
    std::vector<std::unique_ptr<CaptureStream>> streams;
    std::mt19937 random(4); // NOLINT: the same file each time
    quint64 written = 0;
    for (quint64 id = 1; id <= connections; ++id, ++written) {
        CapturedConnection connection;
        connection.id = {id};
        connection.server = {1};
        connection.pid = static_cast<qint64>(1000 + id);
        connection.executable =
            id % 4 == 0 ? QStringLiteral("/usr/bin/psql") : QStringLiteral("/usr/bin/curl");
        streams.push_back((*log)->openStream(connection, RecordingPolicy::Lossless));
    }
    for (; written < records; ++written) {
        const auto direction = written % 2 == 0 ? Direction::ToServer : Direction::ToClient;
        QByteArray text = "{\"id\":" + QByteArray::number(written) + ",\"method\":\"";
        text += written % 1000 == 0 ? "SELECT" : "update";
        text += "\"}";
        text += QByteArray(static_cast<qsizetype>(random() % 40), 'x');
        if (!streams[written / 2 % connections]->append(direction, std::as_bytes(std::span(text))))
            return 1;
    }
    return (*log)->flush() ? 0 : 1;
}

int open(const QString &file)
{
    const double before = memory("RssAnon:");
    const auto start = std::chrono::steady_clock::now();
    const auto log = CaptureLog::open(file);
    if (!log)
        return 1;
    const double whole = secondsSince(start);
    const CaptureStatistics figures = (*log)->statistics();
    std::printf("%llu records, whole index %.3f s, index %.1f B a record, RSS without file pages "
                "%.0f MiB (before %.0f)\n",
                static_cast<unsigned long long>(figures.records), whole,
                static_cast<double>(figures.indexBytes) / static_cast<double>(figures.records),
                memory("RssAnon:"), before);
    return 0;
}

// Milliseconds until all records have been looked at by the threads of the window's table.
double filterAll(const CaptureLog &log, FilteredRows &rows, const CaptureFilter &filter,
                 quint64 *count)
{
    const auto start = std::chrono::steady_clock::now();
    rows.setFilter(filter);
    while (true) {
        const FilteredRows::Progress progress = rows.take();
        *count = progress.count;
        if (progress.isStarted && progress.scanned == log.cursor().end)
            return secondsSince(start) * 1000;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

int filter(const QString &file, int count, char **expressions)
{
    const auto log = CaptureLog::open(file);
    if (!log)
        return 1;
    FilteredRows rows(**log);
    for (int i = 0; i < count; ++i) {
        const auto filter = CaptureFilter::parse(QString::fromUtf8(expressions[i]));
        const auto other = CaptureFilter::parse(QStringLiteral("record == 0"));
        if (!filter || !other)
            return 2;
        quint64 found = 0;
        std::vector<double> times;
        for (int round = 0; round < 5; ++round)
            times.push_back(filterAll(**log, rows, *filter, &found));
        // Another filter while this one is at work: until the threads have turned to it.
        double longest = 0;
        for (int round = 0; round < 10; ++round) {
            rows.setFilter(*filter);
            std::this_thread::sleep_for(std::chrono::milliseconds(5 + 3 * round));
            const auto start = std::chrono::steady_clock::now();
            rows.setFilter(*other);
            while (!rows.take().isStarted || rows.take().scanned == 0)
                std::this_thread::sleep_for(std::chrono::microseconds(100));
            longest = std::max(longest, secondsSince(start) * 1000);
        }
        std::sort(times.begin(), times.end());
        std::printf("%s: %llu found, %.1f ms (median of 5), cancelled within %.1f ms\n",
                    expressions[i], static_cast<unsigned long long>(found), times[2], longest);
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const QString file = QString::fromLocal8Bit(argv[2]);
    if (std::strcmp(argv[1], "make") == 0)
        return make(file, argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 10'000'000);
    if (std::strcmp(argv[1], "open") == 0)
        return open(file);
    if (std::strcmp(argv[1], "filter") == 0)
        return filter(file, argc - 3, argv + 3);
    return 2;
}
