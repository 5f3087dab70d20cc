// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"
#include "core/capture/capturelog.h"

#include <memory>

namespace Sockeye {

/// A display filter: an expression compiled once, asked of many records. Immutable; any thread.
/// CaptureScan asks it of whole captures; matches() of one record.
///
/// Grammar (words in any case):
///   expr     := term { "or" term }         term := factor { "and" factor }
///   factor   := "not" factor | "(" expr ")" | test
///   test     := NUMBER-FIELD ("==" | "!=" | "<" | "<=" | ">" | ">=") VALUE
///             | NUMBER-FIELD "in" "{" VALUE [".." VALUE] { "," VALUE [".." VALUE] } "}"
///             | NAME-FIELD ("==" | "!=" | "contains" | "startswith" | "matches") TEXT
///             | NAME-FIELD "in" "{" TEXT { "," TEXT } "}"
///             | "text" ("contains" | "startswith" | "matches") TEXT
///             | "hex" ("contains" | "startswith") HEXBYTES
///             | "is" "problem" | "has" ("descriptors" | "note")
///             | STRING | WORD                 (short for: text contains …)
///   "&&", "||", "!" are read as and, or, not. TEXT is a word or "quoted", with \" \\ \n \r \t \0
///   (in a regular expression only \").
/// Fields that are numbers: conn, record, len (bytes), server (id), descriptors (how many came with
///   the bytes), peer.pid, peer.uid, peer.gid; time (12:01, 12:01:07.5 of the first record's day,
///   "2026-01-31 12:01", local time or with a Z), since (the capture's first record: 2.5, 250ms,
///   3min); dir (in, out, →, ←), kind (data, open, end, reset, gap, refused).
/// Fields that are names: server (name or address), peer.exe, peer.cmd, peer.user, peer.group,
/// note. A value that is written less exactly than it is kept stands for all it may mean: time ==
/// 12:01
///   is that whole minute.
/// contains and startswith ignore the case of ASCII letters, but for hex; matches is a regular
///   expression of Perl's kind that ignores case unless it begins with (?-i), and looks at the
///   first 16 MiB of a record. Problems are records of kind reset, gap and refused.
class CaptureFilter
{
public:
    /// Matches everything.
    CaptureFilter() = default;
    /// Fails with FilterSyntax (args: what, column from 1).
    [[nodiscard]] static Result<CaptureFilter> parse(const QString &expression);

    [[nodiscard]] bool matchesEverything() const { return !m_root; }
    /// Whether this one record matches; false if it is gone. For a few records: a CaptureScan is
    /// what makes many cheap.
    [[nodiscard]] bool matches(const Record &record, const CaptureLog &log) const;

    struct Node;

private:
    friend class CaptureScan;

    std::shared_ptr<const Node> m_root;
};

} // namespace Sockeye
