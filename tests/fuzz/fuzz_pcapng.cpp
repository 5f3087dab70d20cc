// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a capture file: no crash, no hang, no record that contradicts itself.

#include "core/capture/capturelog.h"

#include <QString>

#include <cstdlib>
#include <set>

#include <sys/mman.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

void check(bool isTrue)
{
    if (!isTrue)
        std::abort();
}

void readAll(const CaptureLog &log)
{
    const CaptureCursor cursor = log.cursor();
    check(cursor.begin == 0);
    const auto records = log.records(0, static_cast<qsizetype>(cursor.end));
    check(records.size() == cursor.end);
    std::set<ConnectionId> connections;
    for (const Record &record : records) {
        check(record == *log.record(record.index));
        const QByteArray bytes = log.payload(record.index);
        check(static_cast<quint64>(bytes.size()) <= record.length);
        check(record.kind == RecordKind::Data || bytes.isEmpty());
        if (record.length > 1)
            check(log.payload(record.index, 1, 1) == bytes.mid(1, 1));
        (void)log.note(record.index);
        if (connections.insert(record.connection).second) {
            const auto connection = log.connection(record.connection);
            check(!connection || connection->id == record.connection);
        }
    }
    check(log.statistics().records == cursor.end);
    (void)log.servers();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const int file = ::memfd_create("input", MFD_CLOEXEC);
    check(::ftruncate(file, 0) == 0);
    check(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
    const auto log = CaptureLog::open(QStringLiteral("/proc/self/fd/%1").arg(file));
    if (log)
        readAll(**log);
    else
        check(log.error().code == ProblemCode::NotACapture);
    return 0;
}
