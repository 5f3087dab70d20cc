// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/captureexport.h"

#include "core/base/byteview.h"
#include "core/capture/capturetarget.h"
#include "core/capture/exportformat.h"
#include "core/capture/recordjson.h"
#include "core/capture/recordwalk.h"

namespace Sockeye {

namespace {

/// As many bytes go to the sink at a time: large enough for a file, and for a pipe no matter.
constexpr qsizetype outputSize = 256 * 1024;

class RawFormat final : public RecordFormat
{
public:
    using RecordFormat::RecordFormat;

    Result<quint64> add(const Record &record, int /*pass*/) override
    {
        if (record.kind == RecordKind::Gap)
            return record.length; // the bytes around it would look as if they had met
        const auto take = [this](QByteArrayView piece, bool) { return write(piece); };
        return readPieces(log(), record, take, cancel());
    }
};

class JsonLinesFormat final : public RecordFormat
{
public:
    using RecordFormat::RecordFormat;

    Result<quint64> add(const Record &record, int /*pass*/) override
    {
        const auto take = [this](QByteArrayView bytes) { return write(bytes); };
        return writeJson(log(), record, take, cancel());
    }
};

std::unique_ptr<RecordFormat> makeFormat(const CaptureLog &log, ExportOutput &output,
                                         const ExportSelection &selection,
                                         const ExportOptions &options)
{
    switch (options.format) {
    case ExportFormat::Pcapng:
        return makePcapngFormat(log, output, selection.isEverything());
    case ExportFormat::Raw:
        return std::make_unique<RawFormat>(log, output);
    case ExportFormat::JsonLines:
        return std::make_unique<JsonLinesFormat>(log, output);
    case ExportFormat::Csv:
        return makeCsvFormat(log, output, options.hexData);
    case ExportFormat::CArray:
        return makeCArrayFormat(log, output, options.perDirection);
    }
    Q_UNREACHABLE();
}

Problem goneProblem(ConnectionId connection, ProblemCode code)
{
    return {code, {{QStringLiteral("id"), QString::number(connection.value)}}};
}

Result<> runPasses(RecordFormat &format, RecordWalk &walk, ExportResult &result, quint64 &lost)
{
    walk.expect(format.passes());
    if (auto begun = format.begin(); !begun)
        return begun;
    for (int pass = 0; pass < format.passes(); ++pass) {
        const auto visit = [&](const Record &record) -> Result<> {
            const auto missing = format.add(record, pass);
            if (!missing)
                return fail(missing.error());
            lost += *missing;
            result.records += pass == 0 ? 1 : 0;
            return {};
        };
        if (auto walked = walk.run(visit); !walked)
            return walked;
        if (auto ended = format.endPass(pass); !ended)
            return ended;
    }
    return format.end();
}

} // namespace

Result<> ExportOutput::write(QByteArrayView bytes)
{
    if (m_cancel && m_cancel->load(std::memory_order_relaxed))
        return fail({ProblemCode::ExportCancelled});
    m_buffer.append(bytes.data(), bytes.size());
    return m_buffer.size() < outputSize ? Result<>() : flush();
}

Result<> ExportOutput::flush()
{
    // In parts, so that a long one does not keep whoever cancels waiting for a slow disk.
    for (qsizetype at = 0; at < m_buffer.size(); at += outputSize) {
        if (m_cancel && m_cancel->load(std::memory_order_relaxed))
            return fail({ProblemCode::ExportCancelled});
        const auto part =
            QByteArrayView(m_buffer).sliced(at, std::min(outputSize, m_buffer.size() - at));
        if (auto written = m_sink(part); !written)
            return written;
        m_bytes += static_cast<quint64>(part.size());
    }
    m_buffer.resize(0); // keeps its memory
    return {};
}

Result<ExportResult> exportRecords(const CaptureLog &log, const ExportSelection &selection,
                                   const ExportOptions &options, const ByteSink &sink,
                                   ExportProgress *progress)
{
    ExportOutput output(sink, progress ? &progress->cancel : nullptr);
    RecordWalk walk(log, selection, progress);
    ExportResult result;
    quint64 lost = 0;
    const auto format = makeFormat(log, output, selection, options);
    if (auto run = runPasses(*format, walk, result, lost); !run)
        return fail(run.error());
    if (walk.lacksConnection())
        return fail(goneProblem(*selection.connection, ProblemCode::ConversationGone));
    if (auto flushed = output.flush(); !flushed)
        return fail(flushed.error());
    result.bytes = output.bytes();
    const bool isConversation = selection.connection && selection.isWholeConversation();
    if (isConversation && options.format == ExportFormat::Raw) {
        if (walk.isIncomplete() || walk.lacksBeginning() || lost > 0)
            result.loss = goneProblem(*selection.connection, ProblemCode::ConversationIncomplete);
    } else if (walk.isIncomplete() || lost > 0) {
        result.loss = {ProblemCode::ExportIncomplete};
    }
    return result;
}

Result<ExportResult> exportToFile(const CaptureLog &log, const ExportSelection &selection,
                                  const ExportOptions &options, const QString &file,
                                  AtomicFile::Existing existing, ExportProgress *progress)
{
    if (auto checked = checkTarget(file, log); !checked)
        return fail(checked.error());
    auto target = AtomicFile::create(file, existing);
    if (!target)
        return fail(target.error());
    const auto sink = [&](QByteArrayView bytes) { return target->write(asBytes(bytes)); };
    auto result = exportRecords(log, selection, options, sink, progress);
    if (!result) {
        if (result.error().code == ProblemCode::ConversationGone)
            result.error().args.insert(QStringLiteral("file"), file);
        return result;
    }
    if (progress && progress->cancel)
        return fail({ProblemCode::ExportCancelled});
    if (auto committed = target->commit(); !committed)
        return fail(committed.error());
    if (result->loss)
        result->loss->args.insert(QStringLiteral("file"), file);
    return result;
}

} // namespace Sockeye
