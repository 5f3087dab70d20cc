// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>

#include <cstddef>
#include <optional>
#include <span>

namespace Sockeye {

/// Looks for bytes in bytes, about as fast as memory can be read: two bytes of the needle, the ones
/// that are rare in what programs say, are compared 64 places at a time, and the rest only where
/// both are there. Immutable; any thread.
class ByteSearch
{
public:
    /// Finds nothing.
    ByteSearch() = default;
    /// @p ignoreCase: of ASCII letters.
    explicit ByteSearch(const QByteArray &needle, bool ignoreCase = false);

    [[nodiscard]] qsizetype size() const { return m_needle.size(); }
    /// Where the needle begins first, from @p from on.
    [[nodiscard]] std::optional<size_t> find(std::span<const std::byte> bytes,
                                             size_t from = 0) const;
    /// Whether the needle stands at the start of @p bytes.
    [[nodiscard]] bool isAtStartOf(std::span<const std::byte> bytes) const;

private:
    [[nodiscard]] bool isAt(const unsigned char *place) const;
    [[nodiscard]] size_t findFrom(const unsigned char *bytes, size_t at, size_t places) const;

    QByteArray m_needle; ///< in lower case if case is ignored
    bool m_ignoreCase = false;
    size_t m_first = 0; ///< places of the two rare bytes in the needle
    size_t m_second = 0;
};

} // namespace Sockeye
