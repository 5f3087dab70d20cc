// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace Sockeye {

enum class FramerKind : quint8 {
    Record, ///< each read is a message
    Line, ///< ends with \n or \r\n
    Delimiter, ///< ends with the bytes of FramerSettings::delimiter
    NullTerminated, ///< ends with a byte 0
    FixedSize,
    LengthPrefix,
    ContentLength, ///< header lines with Content-Length, an empty line, the body: LSP, DAP
    Http1,
    QDataStreamBlock, ///< what QDataStream writes for a QByteArray: 4 bytes big endian, then as
                      ///< many
    DBus,
    PostgreSql,
    Wayland,
};

/// How the bytes of a connection are cut into messages. A plain value, with one line of text for
/// command lines and files.
struct FramerSettings
{
    FramerKind kind = FramerKind::Record;
    QByteArray delimiter = {}; ///< Delimiter: 1 to 64 bytes
    quint32 size = 0; ///< FixedSize: 1 and on
    // LengthPrefix
    quint8 width = 4; ///< bytes of the number: 1, 2, 4 or 8; 0: a varint as of protobuf
    bool isBigEndian = true;
    quint32 prefixOffset = 0; ///< bytes in front of the number
    bool isInclusive = false; ///< the number counts all of the message, not only what follows it

    /// "record", "line", "delimiter:0d0a" (hex), "null", "fixed:16", "length:4" and, in any order
    /// behind it, ":little" (or ":big"), ":offset=2", ":inclusive"; "length:varint";
    /// "content-length", "http", "qdatastream", "dbus", "postgresql", "wayland".
    /// Fails with BadInput (what, column).
    [[nodiscard]] static Result<FramerSettings> parse(const QString &text);
    [[nodiscard]] QString toString() const;

    friend bool operator==(const FramerSettings &, const FramerSettings &) = default;
};

} // namespace Sockeye
