// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace Sockeye {

// Any bytes, written so that a reader of another language gets the same bytes and nothing else. All
// results but escapedText() and those of printable UTF-8 are ASCII without control characters.

/// Text with escapes, as `sockeye connect --send` reads it: showable UTF-8 as it is, \n, \r, \t,
/// \\, everything else \xHH.
[[nodiscard]] QByteArray escapedText(QByteArrayView bytes);
/// For a comment of a program: ASCII alone, and nothing that ends a comment, begins another, goes
/// on to the next line or is part of a trigraph.
[[nodiscard]] QByteArray commentText(QByteArrayView bytes);
/// Lower case, without spaces.
[[nodiscard]] QByteArray hexDigits(QByteArrayView bytes);

/// Whether @p bytes are UTF-8 that can be seen, with no control characters.
[[nodiscard]] bool isShowableText(QByteArrayView bytes);

/// A word of a POSIX shell. May not hold NUL, which no argument can, nor end with a line feed if it
/// is not showable.
[[nodiscard]] QByteArray shellWord(QByteArrayView bytes);
/// The format of printf(1), quoted: octal, the one escape that every shell knows.
[[nodiscard]] QByteArray printfFormat(QByteArrayView bytes);
/// b"…"
[[nodiscard]] QByteArray pythonLiteral(QByteArrayView bytes);
/// "…" for C and C++, octal where needed: \x would go on over digits that follow, and ?? begins a
/// trigraph.
[[nodiscard]] QByteArray cppLiteral(QByteArrayView bytes);

} // namespace Sockeye
