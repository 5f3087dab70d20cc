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

/// One log for many inputs: to make one takes a folder, a file and a thread, to clear it a file.
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

void readFrom(const CaptureLog &log, RecordIndex first)
{
    const auto count = static_cast<qsizetype>(log.cursor().end - first);
    for (const Record &record : log.records(first, count)) {
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
    constexpr RecordIndex mostRecords = 10'000;
    static Target target;
    check(::ftruncate(target.file, 0) == 0);
    check(::pwrite(target.file, data, size, 0) == static_cast<ssize_t>(size));
    static const QString name = QStringLiteral("/proc/self/fd/%1").arg(target.file);
    const RecordIndex before = target.log->cursor().end;
    ImportProgress progress;
    const auto imported =
        importForeign(name, captureFormat(name), *target.log, target.clock, progress);
    const RecordIndex after = target.log->cursor().end;
    check(imported || imported.error().code == ProblemCode::CaptureDamaged
          || imported.error().code == ProblemCode::NotACapture);
    check(!imported || after > before);
    check(imported || imported.error().code != ProblemCode::NotACapture || after == before);
    check(progress.size == static_cast<qint64>(size));
    check(progress.bytesRead <= progress.size);
    readFrom(*target.log, before);
    if (after > mostRecords)
        target.log->clear();
    return 0;
}
