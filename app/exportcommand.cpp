// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "output.h"

#include "core/capture/captureexport.h"
#include "core/capture/capturetarget.h"
#include "core/capture/copyas.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <optional>
#include <variant>

namespace Sockeye {

namespace {

/// What a capture has room for.
constexpr quint64 largestConnection = 0xffff'ffff;
/// How soon an export obeys a signal.
constexpr std::chrono::milliseconds signalInterval {20};

using Form = std::variant<ExportFormat, CopyForm>;

const std::map<std::string, Form> &forms()
{
    static const std::map<std::string, Form> all = {
        {"pcapng", ExportFormat::Pcapng},
        {"raw", ExportFormat::Raw},
        {"jsonl", ExportFormat::JsonLines},
        {"csv", ExportFormat::Csv},
        {"c", ExportFormat::CArray},
        {"socat", CopyForm::Socat},
        {"curl", CopyForm::Curl},
        {"python", CopyForm::Python},
        {"qt", CopyForm::Qt},
    };
    return all;
}

struct ExportArguments
{
    std::string file;
    std::string form;
    std::string filter;
    std::string records;
    std::string direction;
    std::string output;
    quint64 connection = 0; ///< 0: all
    bool hex = false;
    bool perDirection = false;
    bool force = false;

    [[nodiscard]] bool isToStdout() const { return output.empty() || output == "-"; }
};

/// "3-7,9"; nothing if it is anything else.
std::optional<std::vector<RecordRange>> parseRanges(const std::string &text)
{
    std::vector<RecordRange> ranges;
    const QStringList parts = fromArgument(text).split(QLatin1Char(','));
    for (const QString &part : parts) {
        const QStringList ends = part.split(QLatin1Char('-'));
        std::vector<RecordIndex> numbers;
        for (const QString &end : ends) {
            const bool isDigits =
                !end.isEmpty() && std::all_of(end.begin(), end.end(), [](QChar c) {
                    return c >= QLatin1Char('0') && c <= QLatin1Char('9');
                });
            bool isNumber = false;
            numbers.push_back(end.toULongLong(&isNumber));
            if (!isDigits || !isNumber)
                return std::nullopt;
        }
        if (numbers.size() > 2 || numbers.front() > numbers.back())
            return std::nullopt;
        ranges.push_back({numbers.front(), numbers.back()});
    }
    return ranges;
}

std::string checkRanges(const std::string &text)
{
    return parseRanges(text) ? std::string()
                             : "'" + text + "' is no list of records, as 3-7,9 would be";
}

Result<ExportSelection> selectionOf(const ExportArguments &arguments)
{
    ExportSelection selection;
    const auto filter = CaptureFilter::parse(fromArgument(arguments.filter));
    if (!filter)
        return fail(filter.error());
    selection.filter = *filter;
    if (!arguments.records.empty())
        selection.ranges = parseRanges(arguments.records).value();
    if (arguments.connection != 0)
        selection.connection = ConnectionId {arguments.connection};
    if (!arguments.direction.empty())
        selection.direction =
            arguments.direction == "in" ? Direction::ToServer : Direction::ToClient;
    return selection;
}

Result<> print(QByteArrayView bytes)
{
    printBytes(bytes.toByteArray());
    if (isOutputLost())
        return fail({ProblemCode::OutputFailed}); // finishOutput() knows more
    return {};
}

Result<> writeCopy(const CaptureLog &log, const QString &text, const QString &file,
                   AtomicFile::Existing existing)
{
    if (auto checked = checkTarget(file, log); !checked)
        return checked;
    auto target = AtomicFile::create(file, existing);
    if (!target)
        return fail(target.error());
    const QByteArray bytes = text.toUtf8();
    if (auto written = target->write(std::as_bytes(std::span(bytes))); !written)
        return written;
    return target->commit();
}

/// What was exported, or why not all of it or nothing.
Result<ExportResult> runExport(const CaptureLog &log, const ExportSelection &selection,
                               const ExportArguments &arguments, ExportProgress &progress)
{
    const QString file = fromArgument(arguments.output);
    const auto existing =
        arguments.force ? AtomicFile::Existing::Replaced : AtomicFile::Existing::Kept;
    const Form form = forms().at(arguments.form);
    if (const auto *format = std::get_if<ExportFormat>(&form)) {
        const ExportOptions options {*format, arguments.hex, arguments.perDirection};
        if (arguments.isToStdout())
            return exportRecords(log, selection, options, print, &progress);
        return exportToFile(log, selection, options, file, existing, &progress);
    }
    const auto text = copyAs(log, selection, std::get<CopyForm>(form), &progress);
    if (!text)
        return fail(text.error());
    const auto written =
        arguments.isToStdout() ? print(text->toUtf8()) : writeCopy(log, *text, file, existing);
    if (!written)
        return fail(written.error());
    return ExportResult {};
}

// A signal ends the process where nothing is left behind by that: while standard output is written.
// Else it cancels, and what was begun goes.
Result<ExportResult> runUntilSignal(const CaptureLog &log, const ExportSelection &selection,
                                    const ExportArguments &arguments)
{
    ExportProgress progress;
    if (arguments.isToStdout())
        return runExport(log, selection, arguments, progress);
    holdEndSignals();
    auto running = std::async(std::launch::async,
                              [&] { return runExport(log, selection, arguments, progress); });
    while (running.wait_for(signalInterval) != std::future_status::ready) {
        if (endWasAsked())
            progress.cancel = true;
    }
    return running.get();
}

int exportCapture(const ExportArguments &arguments)
{
    // The filter first: a mistake in it is known before a long file is read.
    const auto selection = selectionOf(arguments);
    if (!selection)
        return reportFailure(selection.error(), ExitUsage);
    const QString file = fromArgument(arguments.file);
    const auto log = CaptureLog::open(file);
    if (!log)
        return reportFailure(log.error());
    auto damage = (*log)->damage();
    if (damage && (*log)->cursor().end == 0) {
        damage->code = ProblemCode::NotACapture;
        return reportFailure(*damage);
    }
    const auto exported = runUntilSignal(**log, *selection, arguments);
    if (const int status = finishOutput(ExitDone); status != ExitDone)
        return status;
    if (!exported) {
        Problem problem = exported.error();
        if (problem.code == ProblemCode::ConversationGone) {
            problem.code = ProblemCode::ConnectionUnknown;
            problem.args.insert(QStringLiteral("file"), file);
        }
        return reportFailure(problem);
    }
    // What could be read is exported; that it is not all must not go unnoticed.
    if (damage)
        return reportFailure(*damage);
    if (exported->loss) {
        Problem loss = *exported->loss;
        if (arguments.isToStdout())
            loss.args.insert(QStringLiteral("file"), QStringLiteral("Standard output"));
        return reportFailure(loss);
    }
    return ExitDone;
}

void checkCombination(const ExportArguments &arguments)
{
    if (arguments.hex && arguments.form != "csv")
        throw CLI::ValidationError("--hex", "it is for --as csv alone");
    if (arguments.perDirection && arguments.form != "c")
        throw CLI::ValidationError("--per-direction", "it is for --as c alone");
}

} // namespace

void addExportCommand(CLI::App &app, Runner &run)
{
    CLI::App *command = app.add_subcommand("export", "Write records of a capture in another form");
    auto arguments = std::make_shared<ExportArguments>();
    std::vector<std::string> names;
    for (const auto &[name, form] : forms())
        names.push_back(name);
    command->add_option("FILE", arguments->file, "A capture that Sockeye recorded or saved")
        ->required();
    command
        ->add_option("--as", arguments->form,
                     "A file: pcapng, raw, jsonl, csv, c; or a program that sends the same bytes "
                     "again: socat, curl, python, qt")
        ->type_name("FORM")
        ->required()
        ->check(CLI::IsMember(names).description(""));
    command->add_option("--filter", arguments->filter, "Only what matches, as with show")
        ->type_name("EXPRESSION");
    command->add_option("--records", arguments->records, "Only these records, for example: 3-7,9")
        ->type_name("FROM-TO")
        ->check(checkRanges);
    command->add_option("--follow-connection", arguments->connection, "Only this connection")
        ->type_name("N")
        ->check(CLI::Range(quint64 {1}, largestConnection));
    command
        ->add_option("--direction", arguments->direction,
                     "Only what went to the server (in) or came from it (out)")
        ->type_name("in|out")
        ->check(CLI::IsMember(std::vector<std::string> {"in", "out"}).description(""));
    command->add_option("-o,--output", arguments->output, "A new file; without it, standard output")
        ->type_name("OUT");
    command->add_flag("--force", arguments->force, "Replace the file if it is there");
    command->add_flag("--hex", arguments->hex, "csv: the bytes in hexadecimal, not as text");
    command->add_flag("--per-direction", arguments->perDirection,
                      "c: an array for each direction, not for each record");
    command->footer("Exit status: 0 exported, 1 not or not all of it (what could be read of a "
                    "damaged capture is exported), 2 usage.");
    command->callback([arguments, &run] {
        checkCombination(*arguments);
        run = [arguments] { return exportCapture(*arguments); };
    });
}

} // namespace Sockeye
