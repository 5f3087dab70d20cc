// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"

#include <QByteArray>
#include <QString>

namespace Sockeye {

enum class Direction : quint8 {
    ToServer, ///< the client sent it: →
    ToClient, ///< the server sent it: ←
};

enum class RecordKind : quint8 {
    Opened, ///< SYN, SYN-ACK
    Data, ///< PSH on the last packet of the record
    EndOfStream, ///< FIN: this direction is shut down
    Reset, ///< RST: the connection ended by an error, or was torn down
    Gap, ///< forwarded, not recorded (never stall): length tells how much
    Refused, ///< SYN, RST: a peer whom the access options exclude
};

/// One line of the traffic table, without its bytes. A plain value.
struct Record
{
    RecordIndex index = 0;
    Timestamp time;
    ConnectionId connection;
    ServerId server;
    Direction direction = Direction::ToServer;
    RecordKind kind = RecordKind::Data;
    quint64 length = 0; ///< payload bytes; of a Gap: bytes that are missing
    bool hasNote = false; ///< of Data: CaptureLog::note() tells what came with the bytes

    friend bool operator==(const Record &, const Record &) = default;
};

/// What a capture keeps about a server: one pcapng interface.
struct CapturedServer
{
    ServerId id;
    QString name;
    QString address; ///< displayable

    friend bool operator==(const CapturedServer &, const CapturedServer &) = default;
};

/// What a capture keeps about a connection, in the comment of its first packet (one line of JSON,
/// so that people and programs read it): enough to show a past connection.
struct CapturedConnection
{
    ConnectionId id;
    ServerId server;
    Timestamp opened;
    qint64 pid = 0;
    qint64 uid = -1;
    qint64 gid = -1;
    QString user;
    QString group;
    QString executable;
    QString commandLine;
    bool outgoing = false; ///< Sockeye was the client

    friend bool operator==(const CapturedConnection &, const CapturedConnection &) = default;
};

} // namespace Sockeye
