// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Any text as a display filter: it is compiled, or the mistake stands in the text.

#include "core/capture/capturefilter.h"

#include <QTemporaryDir>

#include <cstdlib>

using namespace Sockeye;

namespace {

void check(bool isTrue)
{
    if (!isTrue)
        std::abort();
}

/// A few records to try a filter on.
struct Traffic
{
    Traffic()
    {
        CaptureOptions options;
        options.folder = folder.path();
        options.limit = 1024 * 1024;
        auto made = CaptureLog::create(options, clock);
        check(made.has_value());
        log = std::move(*made);
        CapturedConnection connection;
        connection.id = {1};
        connection.server = {1};
        const auto stream = log->openStream(connection, RecordingPolicy::Lossless);
        check(stream->append(Direction::ToServer, std::as_bytes(std::span("SELECT 1", 8)))
                  .has_value());
        check(stream->endOfStream(Direction::ToServer).has_value());
        check(log->flush().has_value());
        records = log->records(0, 10);
    }

    QTemporaryDir folder;
    SystemClock clock;
    std::unique_ptr<CaptureLog> log;
    std::vector<Record> records;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const Traffic traffic;
    const QString expression =
        QString::fromUtf8(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const auto filter = CaptureFilter::parse(expression);
    if (!filter) {
        check(filter.error().code == ProblemCode::FilterSyntax);
        const int column = filter.error().args.value(QStringLiteral("column")).toInt();
        check(column >= 1 && column <= expression.size() + 1);
        check(!filter.error().args.value(QStringLiteral("what")).isEmpty());
        return 0;
    }
    for (const Record &record : traffic.records)
        (void)filter->matches(record, *traffic.log);
    return 0;
}
