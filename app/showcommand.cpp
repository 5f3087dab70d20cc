// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "jsonlines.h"
#include "output.h"
#include "showdissection.h"

#include "core/capture/capturefilter.h"
#include "core/capture/capturelog.h"
#include "core/models/textformat.h"

#include <QStringDecoder>

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

const char *eventName(RecordKind kind)
{
    switch (kind) {
    case RecordKind::Opened:
        return "opened";
    case RecordKind::Data:
        return "data";
    case RecordKind::EndOfStream:
        return "end";
    case RecordKind::Reset:
        return "reset";
    case RecordKind::Gap:
        return "gap";
    case RecordKind::Refused:
        return "refused";
    }
    Q_UNREACHABLE();
}

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
    void addConnection(QJsonObject &object, ConnectionId id) const;
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

void Printer::printJson(const Record &record) const
{
    QJsonObject object {
        {QStringLiteral("time"), isoTime(record.time)},
        {QStringLiteral("event"), QString::fromLatin1(eventName(record.kind))},
        {QStringLiteral("record"), static_cast<qint64>(record.index)},
        {QStringLiteral("connection"), static_cast<qint64>(record.connection.value)},
        {QStringLiteral("server"), static_cast<qint64>(record.server.value)},
        {QStringLiteral("direction"),
         record.direction == Direction::ToServer ? QStringLiteral("in") : QStringLiteral("out")},
    };
    const auto server = m_log.server(record.server);
    if (server && !server->address.isEmpty())
        object.insert(QStringLiteral("address"), server->address);
    if (record.kind == RecordKind::Opened || record.kind == RecordKind::Refused)
        addConnection(object, record.connection);
    if (record.kind == RecordKind::Data || record.kind == RecordKind::Gap)
        object.insert(QStringLiteral("length"), static_cast<qint64>(record.length));
    if (record.kind == RecordKind::Data) {
        const QByteArray bytes = m_log.payload(record.index, 0, static_cast<qint64>(record.length));
        QStringDecoder decode(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        const QString text = decode(bytes);
        if (decode.hasError() || bytes.contains('\0'))
            object.insert(QStringLiteral("base64"), QString::fromLatin1(bytes.toBase64()));
        else
            object.insert(QStringLiteral("text"), text);
    } else if (record.kind != RecordKind::Opened && record.kind != RecordKind::Gap) {
        const QString note = m_log.note(record.index);
        if (!note.isEmpty())
            object.insert(QStringLiteral("note"), note);
    }
    printJsonLine(object);
}

void Printer::addConnection(QJsonObject &object, ConnectionId id) const
{
    const auto connection = m_log.connection(id);
    if (!connection)
        return;
    object.insert(QStringLiteral("pid"), connection->pid);
    object.insert(QStringLiteral("uid"), connection->uid);
    object.insert(QStringLiteral("gid"), connection->gid);
    object.insert(QStringLiteral("user"), connection->user);
    object.insert(QStringLiteral("group"), connection->group);
    object.insert(QStringLiteral("executable"), connection->executable);
    object.insert(QStringLiteral("command"), connection->commandLine);
}

// False: there is no record of the connection that was asked for, or none at all.
// @p dissection may be null; its failure ends the printing.
bool printAll(const CaptureLog &log, const CaptureFilter &filter, const ShowArguments &arguments,
              ShowDissection *dissection)
{
    const Printer printer(log, arguments);
    bool isFound = false;
    for (RecordIndex next = 0; !isOutputLost();) {
        const std::vector<Record> records = log.records(next, recordsPerRound);
        if (records.empty())
            break;
        for (const Record &record : records) {
            if (arguments.connection != 0 && record.connection.value != arguments.connection)
                continue;
            isFound = true;
            if (!filter.matches(record, log))
                continue;
            printer.print(record);
            if (dissection && !dissection->print(log, record))
                return true;
        }
        next += records.size();
    }
    return isFound;
}

int show(const ShowArguments &arguments)
{
    // The filter first: a mistake in it is known before a long file is read.
    const auto filter = CaptureFilter::parse(fromArgument(arguments.filter));
    if (!filter)
        return reportFailure(filter.error(), ExitUsage);
    const auto log = CaptureLog::open(fromArgument(arguments.file));
    if (!log)
        return reportFailure(log.error());
    const auto dissection =
        ShowDissection::create(arguments.dissection, fromArgument(arguments.file));
    if (!dissection)
        return reportFailure(dissection.error());
    const bool isFound = printAll(**log, *filter, arguments, dissection->get());
    if (const int status = finishOutput(ExitDone); status != ExitDone)
        return status;
    if (*dissection && (*dissection)->failure())
        return reportFailure(*(*dissection)->failure());
    // What could be read is shown; that it is not all must not go unnoticed.
    if (auto damage = (*log)->damage()) {
        if ((*log)->cursor().end == 0)
            damage->code = ProblemCode::NotACapture;
        return reportFailure(*damage);
    }
    if (!isFound && arguments.connection != 0) {
        return reportFailure({ProblemCode::ConnectionUnknown,
                              {{QStringLiteral("id"), QString::number(arguments.connection)},
                               {QStringLiteral("file"), fromArgument(arguments.file)}}});
    }
    return ExitDone;
}

} // namespace

void addShowCommand(CLI::App &app, Runner &run)
{
    CLI::App *command = app.add_subcommand("show", "Print the records of a capture");
    auto arguments = std::make_shared<ShowArguments>();
    command->add_option("FILE", arguments->file, "A capture that Sockeye recorded or saved")
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
