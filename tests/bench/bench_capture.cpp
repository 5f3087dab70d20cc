// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast records go into a capture, as printed figures: what they are worth depends on the
// machine, so nothing is judged. bench_capture [folder] [MiB]

#include "core/capture/capturelog.h"
#include "core/capture/capturescan.h"

#include <QFile>
#include <QTemporaryDir>

#include <chrono>
#include <cstdio>
#include <thread>

#include <sys/resource.h>

using namespace Sockeye;

namespace {

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of the process: what is left when others use the machine as well.
double processorSeconds()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Load
{
    const char *name;
    int threads;
    size_t recordSize;
    int recordsPerFlush;
    RecordingPolicy policy;
};

void send(CaptureLog &log, const Load &load, quint64 id, quint64 count)
{
    const std::vector<std::byte> bytes(load.recordSize, std::byte {'x'});
    CapturedConnection connection;
    connection.id = {id};
    connection.server = {1};
    const auto stream = log.openStream(connection, load.policy);
    for (quint64 record = 0; record < count; ++record) {
        if (!stream->append(Direction::ToServer, bytes))
            std::abort();
        if (record % static_cast<quint64>(load.recordsPerFlush) == 0 && !log.flush())
            std::abort();
    }
    if (!log.flush())
        std::abort();
}

// Reading it again, as "show" and the window do.
void measureReading(const CaptureLog &log, const QString &folder)
{
    const QString file = folder + QStringLiteral("/saved.pcapng");
    if (!log.save(file))
        std::abort();
    const auto start = std::chrono::steady_clock::now();
    const double processorBefore = processorSeconds();
    const auto opened = CaptureLog::open(file);
    if (!opened)
        std::abort();
    const double seconds = secondsSince(start);
    const double processor = processorSeconds() - processorBefore;
    const auto records = static_cast<double>((*opened)->cursor().end);
    const auto filter = CaptureFilter::parse(QStringLiteral("text contains \"nothing\""));
    const double filterBefore = processorSeconds();
    CaptureScan scan(**opened, *filter);
    const auto found = scan.find(0, (*opened)->cursor().end, [] { return false; });
    if (!found || !found->records.empty())
        std::abort();
    std::printf("%-32s %6.3f M records/s; per processor second %6.2f M opened, %6.2f M searched\n",
                "  read again", records / seconds / 1e6, records / processor / 1e6,
                records / (processorSeconds() - filterBefore) / 1e6);
    QFile::remove(file);
}

void measure(const QString &folder, const Load &load, qint64 total)
{
    SystemClock clock;
    CaptureOptions options;
    options.folder = folder;
    options.limit = qint64 {1} << 30;
    auto log = CaptureLog::create(options, clock);
    if (!log) {
        std::fprintf(stderr, "no capture can be made in %s\n", qPrintable(folder));
        std::exit(1);
    }
    const auto perThread = static_cast<quint64>(total)
        / (load.recordSize + (load.recordSize < 1024 ? 72 : 0))
        / static_cast<quint64>(load.threads);
    const double processorBefore = processorSeconds();
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int thread = 0; thread < load.threads; ++thread)
        threads.emplace_back(
            [&, thread] { send(**log, load, static_cast<quint64>(thread) + 1, perThread); });
    for (std::thread &thread : threads)
        thread.join();
    const double seconds = secondsSince(start);
    const double processor = processorSeconds() - processorBefore;
    const double records = static_cast<double>(perThread) * load.threads;
    const CaptureStatistics statistics = (*log)->statistics();
    const double bytes = records * static_cast<double>(load.recordSize);
    std::printf("%-32s %6.2f GB/s %7.3f M records/s; per processor second %6.2f GB %7.3f M; "
                "index %.1f B/record, gaps %.2f GB\n",
                load.name, bytes / seconds / 1e9, records / seconds / 1e6, bytes / processor / 1e9,
                records / processor / 1e6,
                static_cast<double>(statistics.indexBytes)
                    / static_cast<double>(statistics.records),
                static_cast<double>(statistics.gapBytes) / 1e9);
    if (load.policy == RecordingPolicy::Lossless && load.threads == 1)
        measureReading(**log, folder);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    QTemporaryDir own(QStringLiteral("/var/tmp/bench-capture-XXXXXX"));
    const QString folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : own.path();
    const qint64 total = (argc > 2 ? std::atoll(argv[2]) : 2048) * 1024 * 1024;
    constexpr auto lossless = RecordingPolicy::Lossless;
    const Load loads[] = {
        {"256 KiB, 1 thread, flush each", 1, 256 * 1024, 1, lossless},
        {"256 KiB, 2 threads, flush each", 2, 256 * 1024, 1, lossless},
        {"64 KiB, 1 thread, flush each", 1, 64 * 1024, 1, lossless},
        {"4 KiB, 1 thread, flush each", 1, 4 * 1024, 1, lossless},
        {"64 B, 1 thread, flush each", 1, 64, 1, lossless},
        {"64 B, 1 thread, flush each 100", 1, 64, 100, lossless},
        {"64 B, 2 threads, flush each 100", 2, 64, 100, lossless},
        {"64 B, 1 thread, never stall", 1, 64, 100, RecordingPolicy::NeverStall},
        {"256 KiB, 1 thread, never stall", 1, 256 * 1024, 1, RecordingPolicy::NeverStall},
    };
    for (const Load &load : loads)
        measure(folder, load, load.recordSize < 1024 ? total / 4 : total);
    return 0;
}
