// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "output.h"
#include "showdissection.h"

#include "core/capture/capturescan.h"
#include "core/capture/capturesource.h"
#include "core/capture/recordjson.h"
#include "core/models/textformat.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// Records that are asked for at a time; the first lines come at once, however long the file is.
constexpr qsizetype recordsPerRound = 1024;
constexpr qint64 previewBytes = 200;
/// Bytes of a record that are held at a time where all of them are printed.
constexpr qint64 pieceBytes = 1 << 20;
/// What a capture has room for.
constexpr quint64 largestConnection = 0xffff'ffff;

struct ShowArguments
{
    std::string file;
    std::string filter;
    quint64 connection = 0; ///< 0: all
    bool json = false;
    bool hex = false;
    ShowDissection::Arguments dissection;
};

// A note came out of a file that anybody may have made.
QString shown(const QString &text)
{
    return preview(text.toUtf8());
}

/// Prints the records of one capture.
class Printer
{
public:
    Printer(const CaptureLog &log, const ShowArguments &arguments)
        : m_log(log)
        , m_arguments(arguments)
    { }

    void print(const Record &record) const
    {
        if (m_arguments.json)
            printJson(record);
        else
            printLine(record);
    }

private:
    void printLine(const Record &record) const;
    void printJson(const Record &record) const;
    void printWhole(const Record &record) const;
    [[nodiscard]] QString describe(const Record &record) const;
    [[nodiscard]] QString peer(ConnectionId id) const;

    const CaptureLog &m_log;
    const ShowArguments &m_arguments;
};

void Printer::printLine(const Record &record) const
{
    const bool hasLength = record.kind == RecordKind::Data || record.kind == RecordKind::Gap;
    const bool isWhole =
        record.kind == RecordKind::Data && (m_arguments.hex || m_arguments.connection != 0);
    printText(QStringLiteral("%1  #%2 %3 %4  %5\n")
                  .arg(timeOfDay(record.time))
                  .arg(record.connection.value)
                  .arg(record.direction == Direction::ToServer ? QStringLiteral("→")
                                                               : QStringLiteral("←"),
                       (hasLength ? byteCount(record.length) : QString()).rightJustified(8),
                       isWhole ? QString() : describe(record)));
    if (isWhole)
        printWhole(record);
}

void Printer::printWhole(const Record &record) const
{
    const auto length = static_cast<qint64>(record.length);
    for (qint64 at = 0; at < length;) {
        const QByteArray piece = m_log.payload(record.index, at, pieceBytes);
        if (piece.isEmpty())
            break; // the file was changed while it was read
        const bool isLast = at + piece.size() >= length;
        QString text = m_arguments.hex ? hexDump(piece, static_cast<quint64>(at)) : QString();
        if (!m_arguments.hex) {
            for (const QByteArray &line : piece.split('\n'))
                text += preview(line) + QLatin1Char('\n');
            text.chop(isLast && !piece.endsWith('\n') ? 0 : 1);
        }
        printText(text);
        if (m_arguments.hex && !text.endsWith(QLatin1Char('\n')))
            printText(QStringLiteral("\n"));
        at += piece.size();
    }
}

QString Printer::describe(const Record &record) const
{
    switch (record.kind) {
    case RecordKind::Opened:
        return QStringLiteral("opened by ") + peer(record.connection);
    case RecordKind::Data:
        return preview(m_log.payload(record.index, 0, previewBytes),
                       record.length > quint64 {previewBytes});
    case RecordKind::EndOfStream:
        return QStringLiteral("will send no more ") + shown(m_log.note(record.index));
    case RecordKind::Reset:
        return QStringLiteral("reset ") + shown(m_log.note(record.index));
    case RecordKind::Gap:
        return QStringLiteral("not recorded");
    case RecordKind::Refused:
        return QStringLiteral("refused: ") + peer(record.connection) + QLatin1Char(' ')
            + shown(m_log.note(record.index));
    }
    Q_UNREACHABLE();
}

QString Printer::peer(ConnectionId id) const
{
    const auto connection = m_log.connection(id);
    if (!connection)
        return QStringLiteral("unknown");
    QString text = peerText(connection->executable, connection->pid);
    if (!connection->user.isEmpty())
        text += QLatin1Char(' ') + connection->user + QLatin1Char(':') + connection->group;
    return shown(text);
}

// A line at a time, so that a pipe's reader sees it at once.
void Printer::printJson(const Record &record) const
{
    const auto print = [](QByteArrayView bytes) -> Result<> {
        printBytes(bytes.toByteArray());
        return {};
    };
    static_cast<void>(writeJson(m_log, record, print));
    flushOutput();
}

enum class Printed { Nothing, Something, Interrupted };

// Nothing: there is no record of the connection that was asked for, or none at all.
// @p dissection may be null; its failure ends the printing.
Printed printAll(CaptureSource &source, const CaptureFilter &filter, const ShowArguments &arguments,
                 ShowDissection *dissection)
{
    const CaptureLog &log = source.log();
    const Printer printer(log, arguments);
    CaptureScan scan(log, filter);
    bool isFound = false;
    for (RecordIndex next = 0; !isOutputLost();) {
        if (endWasAsked())
            return Printed::Interrupted;
        const std::vector<Record> records = log.records(next, recordsPerRound);
        if (records.empty() && !source.waitForMore())
            break;
        const auto found = scan.find(next, records.size(), [] { return false; });
        for (const Record &record : records) {
            if (arguments.connection != 0 && record.connection.value != arguments.connection)
                continue;
            isFound = true;
            if (!found
                || !std::binary_search(found->records.begin(), found->records.end(), record.index))
                continue;
            printer.print(record);
            if (dissection && !dissection->print(log, record))
                return Printed::Something;
        }
        next += records.size();
    }
    return isFound ? Printed::Something : Printed::Nothing;
}

int show(const ShowArguments &arguments)
{
    // The filter first: a mistake in it is known before a long file is read.
    const auto filter = CaptureFilter::parse(fromArgument(arguments.filter));
    if (!filter)
        return reportFailure(filter.error(), ExitUsage);
    holdEndSignals();
    const auto source = CaptureSource::open(fromArgument(arguments.file));
    if (!source)
        return reportFailure(source.error());
    // Wireshark reads the file that the log has: one that was converted is whole at its end only.
    const auto dissection =
        ShowDissection::create(arguments.dissection, (*source)->log().currentFile());
    if (!dissection)
        return reportFailure(dissection.error());
    if (*dissection)
        while ((*source)->waitForMore()) { }
    const Printed printed = printAll(**source, *filter, arguments, dissection->get());
    if (const int status = finishOutput(ExitDone); status != ExitDone)
        return status;
    if (printed == Printed::Interrupted)
        return ExitFailed; // whoever did it knows why
    if (*dissection && (*dissection)->failure())
        return reportFailure(*(*dissection)->failure());
    // What could be read is shown; that it is not all must not go unnoticed.
    if (const auto problem = (*source)->problem())
        return reportFailure(*problem);
    if (printed == Printed::Nothing && arguments.connection != 0) {
        return reportFailure({ProblemCode::ConnectionUnknown,
                              {{QStringLiteral("id"), QString::number(arguments.connection)},
                               {QStringLiteral("file"), fromArgument(arguments.file)}}});
    }
    return ExitDone;
}

} // namespace

void addShowCommand(CLI::App &app, Runner &run)
{
    CLI::App *command = app.add_subcommand(
        "show", "Print the records of a capture, of Sockeye's or another program's");
    auto arguments = std::make_shared<ShowArguments>();
    command
        ->add_option("FILE", arguments->file,
                     "A capture of Sockeye, a pcapng or pcap file with TCP in it, or a log of "
                     "socat -v or strace")
        ->required();
    command
        ->add_option(
            "--filter", arguments->filter,
            "Print only what matches, for example: conn == 12 and text contains \"SELECT\"")
        ->type_name("EXPRESSION");
    command
        ->add_option("--follow-connection", arguments->connection,
                     "Print only this connection, and all its bytes")
        ->type_name("N")
        ->check(CLI::Range(quint64 {1}, largestConnection));
    auto *json = command->add_flag("--json", arguments->json, "Print a JSON object a line");
    command->add_flag("--hex", arguments->hex, "Print all bytes in hexadecimal")->excludes(json);
    arguments->dissection.addTo(*command, json);
    command->footer("Exit status: 0 shown, 1 the file cannot be read or is damaged (what stands "
                    "before the damage is shown), 2 usage.");
    command->callback([arguments, &run] { run = [arguments] { return show(*arguments); }; });
}

} // namespace Sockeye
