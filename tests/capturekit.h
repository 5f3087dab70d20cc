// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"

#include <QCryptographicHash>
#include <QRandomGenerator>
#include <QStringList>

namespace Sockeye {

/// A connection with every field filled, different for each id.
inline CapturedConnection testConnection(quint64 id, quint64 server = 1)
{
    CapturedConnection connection;
    connection.id = {id};
    connection.server = {server};
    connection.opened = Timestamp(std::chrono::nanoseconds(1'767'225'600'123'456'789 + id));
    connection.pid = 4000 + static_cast<qint64>(id);
    connection.uid = 1000;
    connection.gid = 100;
    connection.user = QStringLiteral("ada");
    connection.group = QStringLiteral("staff");
    connection.executable = QStringLiteral("/usr/bin/client%1").arg(id);
    connection.commandLine = QStringLiteral("client --größe \"a b\" \\ %1\n\t").arg(id);
    connection.outgoing = id % 2 == 0;
    return connection;
}

inline std::span<const std::byte> asSpan(const QByteArray &bytes)
{
    return std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size())));
}

/// Bytes that differ everywhere, the same for the same seed.
inline QByteArray randomBytes(quint32 seed, qsizetype size)
{
    QRandomGenerator random(seed);
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = static_cast<char>(random.generate());
    return bytes;
}

inline QString kindName(RecordKind kind)
{
    static const char *const names[] = {"open", "data", "end", "reset", "gap", "refused"};
    return QString::fromLatin1(names[static_cast<int>(kind)]);
}

inline QString dumpLine(const CaptureLog &log, const Record &record)
{
    QString line = QStringLiteral("%1 #%2 @%3 %4 %5 %6")
                       .arg(isoTime(record.time))
                       .arg(record.connection.value)
                       .arg(record.server.value)
                       .arg(record.direction == Direction::ToServer ? QLatin1String("->")
                                                                    : QLatin1String("<-"),
                            kindName(record.kind))
                       .arg(record.length);
    if (record.kind == RecordKind::Data) {
        const QByteArray payload = log.payload(record.index, 0, static_cast<qint64>(record.length));
        line += QLatin1Char(' ') + QString::number(payload.size()) + QLatin1Char(' ')
            + QString::fromLatin1(
                    QCryptographicHash::hash(payload, QCryptographicHash::Sha1).toHex());
    } else {
        line += QLatin1Char(' ') + log.note(record.index);
    }
    return line;
}

/// All that a log tells of its records, a line each; without indices, so that two logs with the
/// same records look the same.
inline QStringList dump(const CaptureLog &log)
{
    QStringList lines;
    const CaptureCursor cursor = log.cursor();
    for (RecordIndex next = cursor.begin; next < cursor.end;) {
        const std::vector<Record> records = log.records(next, 1000);
        if (records.empty())
            break;
        for (const Record &record : records)
            lines << dumpLine(log, record);
        next += records.size();
    }
    return lines;
}

/// What one direction of a connection sent; a Gap is so many question marks.
inline QByteArray streamOf(const CaptureLog &log, ConnectionId connection, Direction direction)
{
    QByteArray bytes;
    const CaptureCursor cursor = log.cursor();
    for (const Record &record :
         log.records(cursor.begin, static_cast<qsizetype>(cursor.end - cursor.begin))) {
        if (record.connection != connection || record.direction != direction)
            continue;
        if (record.kind == RecordKind::Data)
            bytes += log.payload(record.index, 0, static_cast<qint64>(record.length));
        else if (record.kind == RecordKind::Gap)
            bytes += QByteArray(static_cast<qsizetype>(record.length), '?');
    }
    return bytes;
}

} // namespace Sockeye
