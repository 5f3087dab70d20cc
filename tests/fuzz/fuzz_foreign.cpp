// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as the file of another program, in whatever format they look like: no crash, no hang,
// no more memory than the limits say, and a log whose records do not contradict themselves.

#include "core/capture/foreignimport.h"

#include <QDir>
#include <QString>

#include <cstdlib>

#include <sys/mman.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

void check(bool isTrue)
{
    if (!isTrue)
        std::abort();
}

/// One log for all inputs: to make one takes a folder, a file and a thread.
struct Target
{
    Target()
    {
        CaptureOptions options;
        const QString memory =
            QStringLiteral("/dev/shm"); // root's own folder, or anybody's: sticky
        options.folder = ::geteuid() == 0 && QDir(memory).exists() ? memory : QString();
        options.limit = 64 * 1024 * 1024;
        options.segmentSize = 1024 * 1024;
        auto made = CaptureLog::create(options, clock);
        check(made.has_value());
        log = std::move(*made);
    }

    SteppedClock clock; // outlives the log
    std::unique_ptr<CaptureLog> log;
    int file = ::memfd_create("input", MFD_CLOEXEC);
};

void readAll(const CaptureLog &log)
{
    const CaptureCursor cursor = log.cursor();
    const auto count = static_cast<qsizetype>(cursor.end - cursor.begin);
    for (const Record &record : log.records(cursor.begin, count)) {
        const QByteArray bytes = log.payload(record.index);
        check(static_cast<quint64>(bytes.size()) <= record.length);
        check(record.kind == RecordKind::Data || bytes.isEmpty());
        check(record.kind != RecordKind::Data || record.length > 0);
        check(record.kind != RecordKind::Gap || record.length > 0);
        check(record.connection.isValid() && record.server.isValid());
        (void)log.note(record.index);
        (void)log.connection(record.connection);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static Target target;
    check(::ftruncate(target.file, 0) == 0);
    check(::pwrite(target.file, data, size, 0) == static_cast<ssize_t>(size));
    const QString name = QStringLiteral("/proc/self/fd/%1").arg(target.file);
    const CaptureFormat format = captureFormat(name);
    ImportProgress progress;
    const auto imported = importForeign(name, format, *target.log, target.clock, progress);
    const CaptureCursor cursor = target.log->cursor();
    check(imported || imported.error().code == ProblemCode::CaptureDamaged
          || imported.error().code == ProblemCode::NotACapture);
    check(!imported || cursor.end > 0);
    check(imported || imported.error().code != ProblemCode::NotACapture || cursor.end == 0);
    check(progress.size == static_cast<qint64>(size));
    check(progress.bytesRead <= progress.size);
    readAll(*target.log);
    if (cursor.end > 0)
        target.log->clear();
    return 0;
}
