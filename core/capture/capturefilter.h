// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"
#include "core/capture/capturelog.h"

#include <memory>

namespace Sockeye {

/// A display filter: an expression compiled once, asked per record. Immutable; any thread.
///
/// Grammar (case-insensitive words):
///   expr   := term { "or" term }            term := factor { "and" factor }
///   factor := "not" factor | "(" expr ")" | test
///   test   := ("conn" | "server" | "len" | "record") ("==" | "!=" | "<" | "<=" | ">" | ">=")
///   NUMBER
///           | "server" ("==" | "!=") STRING
///           | "dir" ("==" | "!=") ("in" | "out" | "→" | "←" | "toserver" | "toclient")
///           | "kind" ("==" | "!=") ("data" | "open" | "end" | "reset" | "gap" | "refused")
///           | "text" "contains" STRING | "hex" "contains" HEXBYTES
///           | STRING | WORD                 (short for: text contains …)
/// "&&", "||", "!" are read as and, or, not. text contains ignores the case of ASCII letters.
class CaptureFilter
{
public:
    /// Matches everything.
    CaptureFilter() = default;
    /// Fails with FilterSyntax (args: what, column from 1).
    [[nodiscard]] static Result<CaptureFilter> parse(const QString &expression);

    [[nodiscard]] bool matchesEverything() const { return !m_root; }
    /// Reads the payload from the log only if a test needs it.
    [[nodiscard]] bool matches(const Record &record, const CaptureLog &log) const;

    struct Node;

private:
    std::shared_ptr<const Node> m_root;
};

} // namespace Sockeye
