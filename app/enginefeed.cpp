// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "enginefeed.h"

#include "commandline.h"
#include "jsonlines.h"
#include "output.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"

#include <QStringDecoder>

#include <algorithm>

namespace Sockeye {

namespace {

// Records printed before events are looked at again.
constexpr qsizetype recordsPerRound = 1024;
constexpr qint64 previewBytes = 200;
// Events that are held for the records before them.
constexpr size_t mostWaiting = 65'536;

void printTextLine(Timestamp time, const QString &text)
{
    printText(QStringLiteral("%1  %2\n").arg(timeOfDay(time), text));
}

QString number(ConnectionId id)
{
    return QStringLiteral("#%1").arg(id.value);
}

QJsonObject jsonEvent(Timestamp time, const char *name)
{
    return {{QStringLiteral("time"), isoTime(time)},
            {QStringLiteral("event"), QString::fromLatin1(name)}};
}

void addConnection(QJsonObject &object, const ConnectionInfo &info)
{
    const PeerCredentials &who = info.peer.credentials;
    object[QStringLiteral("connection")] = static_cast<qint64>(info.id.value);
    object[QStringLiteral("server")] = static_cast<qint64>(info.server.value);
    object[QStringLiteral("pid")] = who.pid;
    object[QStringLiteral("uid")] = static_cast<qint64>(who.uid);
    object[QStringLiteral("gid")] = static_cast<qint64>(who.gid);
    object[QStringLiteral("user")] = info.peer.userName;
    object[QStringLiteral("group")] = info.peer.groupName;
    object[QStringLiteral("executable")] = info.peer.process.executable;
    object[QStringLiteral("command")] = info.peer.process.commandLine;
    if (info.isTapped) { // who the server takes the client for
        object[QStringLiteral("seen_pid")] = info.seenPid;
        object[QStringLiteral("seen_uid")] = static_cast<qint64>(info.seenUid);
        object[QStringLiteral("seen_gid")] = static_cast<qint64>(info.seenGid);
    }
}

const char *stateEvent(ServerState state)
{
    switch (state) {
    case ServerState::Listening:
        return "listening";
    case ServerState::Paused:
        return "paused";
    case ServerState::Stopped:
        return "stopped";
    case ServerState::Failed:
        return "failed";
    }
    Q_UNREACHABLE();
}

QString peerText(const Peer &peer)
{
    return QStringLiteral("%1 (%2)  %3:%4")
        .arg(peer.process.name.isEmpty() ? QStringLiteral("?") : peer.process.name)
        .arg(peer.credentials.pid)
        .arg(peer.userName, peer.groupName);
}

QString accessText(const ServerInfo &info)
{
    if (info.address.kind() == SocketAddress::Kind::Abstract)
        return QStringLiteral("abstract");
    return info.mode ? modeText(*info.mode) : QString();
}

} // namespace

EngineFeed::EngineFeed(const Engine &engine, Form form)
    : m_engine(engine)
    , m_form(form)
{ }

void EngineFeed::pump(std::chrono::milliseconds timeout)
{
    if (!hasMore())
        static_cast<void>(m_engine.waitForEvents(m_sequence, timeout));
    // Before the events: whoever has no open connection here has all of its events in them.
    const std::vector<ServerInfo> servers = m_engine.servers().servers;
    m_batch = {};
    if (m_waiting.size() < mostWaiting) // else they wait in the engine, which has a limit
        m_batch = m_engine.eventsSince(m_sequence);
    if (!m_batch.events.empty())
        m_sequence = m_batch.events.back().sequence;
    m_waiting.insert(m_waiting.end(), m_batch.events.begin(), m_batch.events.end());
    std::vector<Record> records;
    quint64 missedRecords = 0;
    if (m_form != Form::Quiet) {
        const CaptureCursor cursor = m_engine.capture().cursor();
        if (cursor.begin > m_nextRecord)
            missedRecords = cursor.begin - std::exchange(m_nextRecord, cursor.begin);
        records = m_engine.capture().records(m_nextRecord, recordsPerRound);
        m_nextRecord += records.size();
    }
    printMissed(m_batch.missed, missedRecords);
    printMerged(records);
    printStopped(servers);
    flushOutput();
}

bool EngineFeed::hasMore() const
{
    return !m_waiting.empty()
        || (m_form != Form::Quiet && m_engine.capture().cursor().end > m_nextRecord);
}

// Both are ordered by time. An event of the same instant comes first. If there may be more records
// than these, an event that is newer than all of them waits.
void EngineFeed::printMerged(const std::vector<Record> &records)
{
    const bool mayBeMore = records.size() == recordsPerRound;
    auto record = records.begin();
    while (!m_waiting.empty() && (!mayBeMore || m_waiting.front().time <= records.back().time)) {
        const EngineEvent event = std::move(m_waiting.front());
        m_waiting.pop_front();
        for (; record != records.end() && record->time < event.time; ++record)
            print(*record);
        print(event);
    }
    for (; record != records.end(); ++record)
        print(*record);
}

// A server that was stopped lets its clients have what is queued for them: what they do until then
// is told before "stopped", which is its last line.
void EngineFeed::printStopped(const std::vector<ServerInfo> &servers)
{
    if (m_stopped.empty() || hasMore())
        return;
    std::erase_if(m_stopped, [&](const ServerInfo &stopped) {
        const bool isEnding =
            std::any_of(servers.begin(), servers.end(), [&](const ServerInfo &info) {
                return info.id == stopped.id
                    && (info.state != ServerState::Stopped || info.open > 0);
            });
        if (isEnding)
            return false;
        if (m_form != Form::Quiet)
            printState(m_engine.clock().now(), stopped);
        m_hasToldStop = true;
        return true;
    });
}

void EngineFeed::print(const EngineEvent &event)
{
    if (m_form != Form::Quiet || std::holds_alternative<ProblemRaised>(event.what)
        || std::holds_alternative<ServerChanged>(event.what))
        std::visit([&](const auto &what) { printWhat(event.time, what); }, event.what);
}

void EngineFeed::printWhat(Timestamp time, const ServerChanged &changed)
{
    if (changed.info.state == ServerState::Stopped)
        m_stopped.push_back(changed.info);
    else if (m_form != Form::Quiet)
        printState(time, changed.info);
}

void EngineFeed::printState(Timestamp time, const ServerInfo &info) const
{
    const char *name = stateEvent(info.state);
    if (m_form != Form::Json) {
        // A name that nobody can listen on has no address.
        const QString where =
            info.address.isValid() ? info.address.display() : preview(info.spec.name.toUtf8());
        printTextLine(
            time,
            QStringLiteral("%1 %2 %3").arg(QLatin1String(name), where, accessText(info)).trimmed());
        return;
    }
    const bool listens = info.state == ServerState::Listening || info.state == ServerState::Paused;
    QJsonObject object = jsonEvent(time, name);
    object[QStringLiteral("server")] = static_cast<qint64>(info.id.value);
    object[QStringLiteral("name")] = info.spec.name;
    object[QStringLiteral("address")] = info.address.display();
    object[QStringLiteral("access")] = info.accessInForce.toString();
    object[QStringLiteral("mode")] = accessText(info);
    object[QStringLiteral("reachable")] = listens && info.isReachable;
    printJsonLine(object);
}

void EngineFeed::printWhat(Timestamp time, const ConnectionOpened &opened) const
{
    if (m_form != Form::Json) {
        printTextLine(time,
                      number(opened.info.id) + QStringLiteral(" opened by ")
                          + peerText(opened.info.peer));
        return;
    }
    QJsonObject object = jsonEvent(time, "opened");
    addConnection(object, opened.info);
    printJsonLine(object);
}

void EngineFeed::printWhat(Timestamp time, const ConnectionClosed &closed) const
{
    const ConnectionInfo &info = closed.info;
    const bool refused = info.state == ConnectionState::Refused;
    if (m_form != Form::Json) {
        const QString who = refused ? QLatin1Char(' ') + peerText(info.peer) : QString();
        printTextLine(time,
                      QStringLiteral("%1%2 %3, ↑ %4 ↓ %5")
                          .arg(number(info.id), who, connectionText(info), byteCount(info.bytesIn),
                               byteCount(info.bytesOut)));
        return;
    }
    QJsonObject object = jsonEvent(time, refused ? "refused" : "closed");
    addConnection(object, info);
    object[QStringLiteral("reason")] = refused ? info.refusal : closeReasonName(info.reason);
    object[QStringLiteral("bytes_in")] = static_cast<qint64>(info.bytesIn);
    object[QStringLiteral("bytes_out")] = static_cast<qint64>(info.bytesOut);
    if (info.errnoValue)
        object[QStringLiteral("errno")] = errnoName(info.errnoValue);
    printJsonLine(object);
}

void EngineFeed::printWhat(Timestamp time, const ProblemRaised &raised) const
{
    const ProblemReport &report = raised.report;
    if (m_form != Form::Json) {
        flushOutput(); // one line on stderr, in its place among the others
        static_cast<void>(reportFailure(report.problem));
        return;
    }
    QJsonObject object = jsonEvent(time, "problem");
    object[QStringLiteral("problem")] = codeName(report.problem.code);
    object[QStringLiteral("text")] = oneLine(report.problem);
    if (report.server.isValid())
        object[QStringLiteral("server")] = static_cast<qint64>(report.server.value);
    if (report.problem.errnoValue)
        object[QStringLiteral("errno")] = errnoName(report.problem.errnoValue);
    printJsonLine(object);
}

void EngineFeed::print(const Record &record) const
{
    const bool in = record.direction == Direction::ToServer;
    const char *name = record.kind == RecordKind::Data ? "data"
        : record.kind == RecordKind::EndOfStream       ? "end"
        : record.kind == RecordKind::Gap               ? "gap"
                                                       : nullptr;
    if (!name)
        return; // opened, refused and reset are told by the engine's events
    if (m_form == Form::Json) {
        QJsonObject object = jsonEvent(record.time, name);
        object[QStringLiteral("connection")] = static_cast<qint64>(record.connection.value);
        object[QStringLiteral("server")] = static_cast<qint64>(record.server.value);
        object[QStringLiteral("direction")] = in ? QStringLiteral("in") : QStringLiteral("out");
        object[QStringLiteral("length")] = static_cast<qint64>(record.length);
        if (record.kind == RecordKind::Data) {
            const QByteArray bytes = m_engine.capture().payload(record.index);
            QStringDecoder decode(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
            const QString text = decode(bytes);
            if (decode.hasError() || bytes.contains('\0'))
                object[QStringLiteral("base64")] = QString::fromLatin1(bytes.toBase64());
            else
                object[QStringLiteral("text")] = text;
        }
        if (record.hasNote)
            object[QStringLiteral("note")] = m_engine.capture().note(record.index);
        printJsonLine(object);
        return;
    }
    QString what;
    if (record.kind == RecordKind::Data)
        what = preview(m_engine.capture().payload(record.index, 0, previewBytes))
            + (record.hasNote ? QStringLiteral("  [%1]").arg(m_engine.capture().note(record.index))
                              : QString());
    else if (record.kind == RecordKind::EndOfStream)
        what = QStringLiteral("will send no more");
    else
        what = QStringLiteral("not recorded");
    printTextLine(record.time,
                  QStringLiteral("%1 %2 %3  %4")
                      .arg(number(record.connection),
                           in ? QStringLiteral("→") : QStringLiteral("←"),
                           byteCount(record.length).rightJustified(8), what));
}

void EngineFeed::printMissed(quint64 events, quint64 records) const
{
    if (events + records == 0 || m_form == Form::Quiet)
        return;
    if (m_form == Form::Json) {
        QJsonObject object = jsonEvent(m_engine.clock().now(), "missed");
        object[QStringLiteral("events")] = static_cast<qint64>(events);
        object[QStringLiteral("records")] = static_cast<qint64>(records);
        printJsonLine(object);
    } else {
        printTextLine(m_engine.clock().now(),
                      QStringLiteral("… %1 events and %2 records went by faster than they could be "
                                     "printed; the capture has them as far as its limit allows")
                          .arg(events)
                          .arg(records));
    }
}

} // namespace Sockeye
