// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <chrono>
#include <optional>
#include <vector>

namespace Sockeye {

/// An argument as strace prints it. A plain value.
struct StraceValue
{
    enum Kind {
        Word, ///< a number, a constant, flags, what is not understood
        String, ///< "…", unescaped
        List, ///< […] and {…}
        Ellipsis, ///< the rest of a list was left out
    };
    Kind kind = Word;
    QByteArray name; ///< of a member or an argument with a name
    QByteArray text; ///< of a Word or String
    QByteArray annotation; ///< what -y adds in angle brackets, unescaped
    bool isCut = false; ///< of a String: strace -s left out the rest
    bool isAbstract = false; ///< of a String: "@" stood in front of it
    std::vector<StraceValue> items;

    [[nodiscard]] const StraceValue *member(QByteArrayView wanted) const;
    [[nodiscard]] std::optional<qint64> number() const;
};

struct StraceCall
{
    QByteArray name;
    std::vector<StraceValue> arguments;
    qint64 result = 0;
    QByteArray error; ///< "EAGAIN"; empty if it succeeded
    QByteArray annotation; ///< of the result
};

/// What stands in front of a call.
struct StraceFront
{
    enum Clock {
        None,
        Absolute, ///< -ttt: time since 1970
        OfDay, ///< -t, -tt
        Relative, ///< -r: since the line before
    };
    qint64 pid = 0; ///< 0: not told
    Clock clock = None;
    std::chrono::nanoseconds time {};
    QByteArrayView rest; ///< of the line
};
[[nodiscard]] StraceFront parseStraceFront(QByteArrayView line);

/// A whole call with its result, without the front: "read(3, "\x61", 1) = 1". Nothing if it is
/// none, or larger than any that strace writes: more than 65,536 values, deeper than 16.
[[nodiscard]] std::optional<StraceCall> parseStraceCall(QByteArrayView text);

} // namespace Sockeye
