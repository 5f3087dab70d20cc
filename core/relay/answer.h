// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace Sockeye {

/// What a server does with what its clients send.
enum class AnswerKind {
    Echo, ///< sends it back
    Discard, ///< takes it in
    Reply, ///< sends a fixed reply
    Manual, ///< nothing by itself; the composer answers
};

/// When a fixed reply is sent.
enum class ReplyWhen {
    Opened, ///< once, when the client connects
    EachRecord, ///< each time something arrives
    EndOfStream, ///< once, when the client has sent everything (half close)
};

/// A plain value; part of a server's specification.
struct AnswerSpec
{
    AnswerKind kind = AnswerKind::Echo;
    QByteArray reply = {}; ///< Reply: these bytes …
    QString replyFile = {}; ///< … or, if not empty, this file as it is when the server starts
    ReplyWhen when = ReplyWhen::EachRecord;
    bool closeAfter = false; ///< Reply: shuts down sending after the reply

    friend bool operator==(const AnswerSpec &, const AnswerSpec &) = default;
};

/// "echo", "discard", "reply", "manual": stable, for --json, settings and tests.
[[nodiscard]] QString answerName(AnswerKind kind);

/// Bytes from text with C escapes (\n \r \t \0 \e \\ \xHH \"); BadInput with the column.
[[nodiscard]] Result<QByteArray> bytesFromText(const QString &text);
/// Bytes from hex digits; blanks, commas, colons and 0x are skipped; BadInput with the column.
[[nodiscard]] Result<QByteArray> bytesFromHex(const QString &text);

} // namespace Sockeye
