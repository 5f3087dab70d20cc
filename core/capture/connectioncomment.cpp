// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/connectioncomment.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace Sockeye {

namespace {

constexpr QLatin1String connectionKey("connection");
constexpr QLatin1String serverKey("server");
constexpr QLatin1String openedKey("opened");
constexpr QLatin1String pidKey("pid");
constexpr QLatin1String uidKey("uid");
constexpr QLatin1String gidKey("gid");
constexpr QLatin1String userKey("user");
constexpr QLatin1String groupKey("group");
constexpr QLatin1String executableKey("executable");
constexpr QLatin1String commandKey("command");
constexpr QLatin1String outgoingKey("outgoing");
constexpr QLatin1String refusedKey("refused");
constexpr char gapPrefix[] = "gap: ";

constexpr qsizetype LongestComment = 48 * 1024;

void insertText(QJsonObject &object, QLatin1String key, const QString &text, qsizetype limit)
{
    if (!text.isEmpty())
        object.insert(key, text.first(std::min(text.size(), limit)));
}

std::optional<Timestamp> parseTime(const QString &text)
{
    // Qt reads milliseconds; the nanoseconds are the nine digits behind the point.
    const qsizetype point = text.indexOf(QLatin1Char('.'));
    if (point != 19 || text.size() != 30)
        return std::nullopt;
    const QDateTime second =
        QDateTime::fromString(text.first(point) + QLatin1Char('Z'), Qt::ISODate);
    bool isNumber = false;
    const qint64 nanoseconds = text.mid(point + 1, 9).toLongLong(&isNumber);
    // What 64 bits of nanoseconds can tell ends in 2262.
    constexpr qint64 lastSecond = 9'223'372'035;
    if (!second.isValid() || !isNumber || nanoseconds < 0
        || qAbs(second.toSecsSinceEpoch()) > lastSecond)
        return std::nullopt;
    return Timestamp(std::chrono::seconds(second.toSecsSinceEpoch())
                     + std::chrono::nanoseconds(nanoseconds));
}

QByteArray encode(const ConnectionComment &comment, qsizetype textLimit)
{
    const CapturedConnection &connection = comment.connection;
    QJsonObject object;
    object.insert(connectionKey, static_cast<qint64>(connection.id.value));
    object.insert(serverKey, static_cast<qint64>(connection.server.value));
    object.insert(openedKey, isoTime(connection.opened));
    if (connection.pid != 0)
        object.insert(pidKey, connection.pid);
    if (connection.uid != -1)
        object.insert(uidKey, connection.uid);
    if (connection.gid != -1)
        object.insert(gidKey, connection.gid);
    insertText(object, userKey, connection.user, std::min<qsizetype>(textLimit, 256));
    insertText(object, groupKey, connection.group, std::min<qsizetype>(textLimit, 256));
    insertText(object, executableKey, connection.executable, std::min<qsizetype>(textLimit, 4096));
    insertText(object, commandKey, connection.commandLine, textLimit);
    if (connection.outgoing)
        object.insert(outgoingKey, true);
    if (comment.isRefused)
        object.insert(refusedKey, true);
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<QJsonObject> parseObject(const QByteArray &text)
{
    if (!text.startsWith('{'))
        return std::nullopt;
    const QJsonDocument document = QJsonDocument::fromJson(text);
    if (!document.isObject())
        return std::nullopt;
    return document.object();
}

quint64 idAt(const QJsonObject &object, QLatin1String key)
{
    return static_cast<quint64>(std::max<qint64>(object.value(key).toInteger(), 0));
}

} // namespace

QByteArray toComment(const ConnectionComment &comment)
{
    // A character takes up to six bytes in JSON; the first limit nearly always does.
    QByteArray text;
    for (const qsizetype limit : {32768, 4096, 512}) {
        text = encode(comment, limit);
        if (text.size() <= LongestComment)
            break;
    }
    return text;
}

std::optional<ConnectionComment> fromComment(const QByteArray &comment)
{
    const auto object = parseObject(comment);
    if (!object || !object->contains(connectionKey))
        return std::nullopt;
    ConnectionComment result;
    CapturedConnection &connection = result.connection;
    connection.id = {idAt(*object, connectionKey)};
    connection.server = {idAt(*object, serverKey)};
    connection.opened = parseTime(object->value(openedKey).toString()).value_or(Timestamp());
    connection.pid = object->value(pidKey).toInteger();
    connection.uid = object->value(uidKey).toInteger(-1);
    connection.gid = object->value(gidKey).toInteger(-1);
    connection.user = object->value(userKey).toString();
    connection.group = object->value(groupKey).toString();
    connection.executable = object->value(executableKey).toString();
    connection.commandLine = object->value(commandKey).toString();
    connection.outgoing = object->value(outgoingKey).toBool();
    result.isRefused = object->value(refusedKey).toBool();
    return result;
}

QByteArray toGapComment(quint64 bytes)
{
    return gapPrefix + QByteArray::number(bytes) + " bytes were forwarded but not recorded";
}

std::optional<quint64> fromGapComment(const QByteArray &comment)
{
    if (!comment.startsWith(gapPrefix))
        return std::nullopt;
    const qsizetype start = static_cast<qsizetype>(sizeof gapPrefix) - 1;
    const qsizetype end = comment.indexOf(' ', start);
    bool isNumber = false;
    const quint64 bytes = comment.mid(start, end - start).toULongLong(&isNumber);
    if (end < 0 || !isNumber)
        return std::nullopt;
    return bytes;
}

std::optional<ServerId> fromServerComment(const QByteArray &comment)
{
    const auto object = parseObject(comment);
    if (!object || !object->contains(serverKey))
        return std::nullopt;
    return ServerId {idAt(*object, serverKey)};
}

} // namespace Sockeye
