// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QString>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace Sockeye {

/// A regular expression over bytes, as Perl writes them (PCRE2); letters match in either case
/// unless it begins with (?-i). Bytes that are no UTF-8 match nothing but themselves between what
/// is. An expression that would take for ever on some bytes gives up and does not match them.
/// Immutable; any thread.
class BytePattern
{
public:
    struct Mistake
    {
        QString what; ///< in the words of the library
        qsizetype at = 0; ///< characters from the start of the expression
    };
    /// Null and a mistake where the expression cannot be read.
    [[nodiscard]] static std::shared_ptr<const BytePattern> compile(const QString &expression,
                                                                    Mistake *mistake);
    ~BytePattern();
    BytePattern(const BytePattern &) = delete;
    BytePattern &operator=(const BytePattern &) = delete;

    [[nodiscard]] bool isIn(std::span<const std::byte> bytes) const;

private:
    struct Private;
    explicit BytePattern(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

} // namespace Sockeye
