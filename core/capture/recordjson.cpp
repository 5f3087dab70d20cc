// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/recordjson.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace Sockeye {

namespace {

constexpr QLatin1String textKey("text");
constexpr QLatin1String base64Key("base64");

void addConnection(QJsonObject &object, const CaptureLog &log, ConnectionId id)
{
    const auto connection = log.connection(id);
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

/// All but the payload.
QJsonObject toObject(const CaptureLog &log, const Record &record)
{
    QJsonObject object {
        {QStringLiteral("time"), isoTime(record.time)},
        {QStringLiteral("event"), QString::fromLatin1(eventName(record.kind))},
        {QStringLiteral("record"), static_cast<qint64>(record.index)},
        {QStringLiteral("connection"), static_cast<qint64>(record.connection.value)},
        {QStringLiteral("server"), static_cast<qint64>(record.server.value)},
        {QStringLiteral("direction"), QString::fromLatin1(directionName(record.direction))},
    };
    const auto server = log.server(record.server);
    if (server && !server->address.isEmpty())
        object.insert(QStringLiteral("address"), server->address);
    if (record.kind == RecordKind::Opened || record.kind == RecordKind::Refused)
        addConnection(object, log, record.connection);
    if (record.kind == RecordKind::Data || record.kind == RecordKind::Gap)
        object.insert(QStringLiteral("length"), static_cast<qint64>(record.length));
    if (record.kind != RecordKind::Opened && record.kind != RecordKind::Gap) {
        const QString note = log.note(record.index);
        if (!note.isEmpty())
            object.insert(QStringLiteral("note"), note);
    }
    return object;
}

QByteArray toJson(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

// From bytes to bytes: a detour through QString loses the byte order mark at the start of a piece.
QByteArray escaped(QByteArrayView text)
{
    constexpr char digits[] = "0123456789abcdef";
    constexpr QByteArrayView named("\b\f\n\r\t\"\\");
    constexpr QByteArrayView names("bfnrt\"\\");
    QByteArray result;
    result.reserve(text.size() + text.size() / 8);
    for (const char byte : text) {
        if (const qsizetype at = named.indexOf(byte); at >= 0) {
            result += '\\';
            result += names[at];
        } else if (static_cast<uchar>(byte) < 0x20) {
            result += "\\u00";
            result += digits[static_cast<uchar>(byte) >> 4];
            result += digits[static_cast<uchar>(byte) & 15];
        } else {
            result += byte;
        }
    }
    return result;
}

Result<bool> isText(const CaptureLog &log, const Record &record, const std::atomic<bool> *cancel)
{
    bool result = true;
    const auto look = [&](QByteArrayView piece, bool) -> Result<> {
        result = result && piece.isValidUtf8() && !piece.contains('\0');
        return {};
    };
    if (auto read = readTextPieces(log, record, look, cancel); !read)
        return fail(read.error());
    return result;
}

Result<quint64> writeText(const CaptureLog &log, const Record &record, const ByteSink &sink,
                          const std::atomic<bool> *cancel)
{
    const auto write = [&](QByteArrayView piece, bool) { return sink(escaped(piece)); };
    return readPieces(log, record, write, cancel);
}

Result<quint64> writeBase64(const CaptureLog &log, const Record &record, const ByteSink &sink,
                            const std::atomic<bool> *cancel)
{
    QByteArray carried; // three bytes are four characters
    const auto write = [&](QByteArrayView piece, bool isLast) -> Result<> {
        carried.append(piece.data(), piece.size());
        const qsizetype whole = isLast ? carried.size() : carried.size() / 3 * 3;
        auto written = sink(carried.first(whole).toBase64());
        carried.remove(0, whole);
        return written;
    };
    return readPieces(log, record, write, cancel);
}

} // namespace

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

const char *directionName(Direction direction)
{
    return direction == Direction::ToServer ? "in" : "out";
}

Result<quint64> writeJson(const CaptureLog &log, const Record &record, const ByteSink &sink,
                          const std::atomic<bool> *cancel)
{
    QJsonObject object = toObject(log, record);
    if (record.kind != RecordKind::Data) {
        if (auto written = sink(toJson(object) + '\n'); !written)
            return fail(written.error());
        return 0;
    }
    const auto text = isText(log, record, cancel);
    if (!text)
        return fail(text.error());
    const QLatin1String key = *text ? textKey : base64Key;
    object.insert(key, QString());
    const QByteArray json = toJson(object);
    // The one place where the bytes belong: within a string each quotation mark is escaped.
    const QByteArray place = '"' + QByteArray(key.data(), key.size()) + "\":\"";
    const qsizetype split = json.indexOf(place + '"') + place.size();
    if (auto written = sink(QByteArrayView(json).first(split)); !written)
        return fail(written.error());
    auto missing =
        *text ? writeText(log, record, sink, cancel) : writeBase64(log, record, sink, cancel);
    if (!missing)
        return missing;
    if (auto written = sink(json.sliced(split) + '\n'); !written)
        return fail(written.error());
    return missing;
}

} // namespace Sockeye
