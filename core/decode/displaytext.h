// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>
#include <QString>

namespace Sockeye {

// What others wrote, as it may stand in a tree or a table. Any thread. Only as much of the input is
// looked at as fits: the cost is that of the result.

/// Of a summary: a line of a table shows no more.
inline constexpr qsizetype LongestSummary = 200;

/// UTF-8 as it is, but for what cannot be seen or would move other text: "\n", "\r", "\t", "\x1b",
/// "\u202e". Backslash is doubled, bytes that are no UTF-8 are "\xff". Cut to @p longest UTF-16
/// units, the last of which is then an ellipsis.
[[nodiscard]] QString displayText(QByteArrayView bytes, qsizetype longest);
/// The same of Latin-1, where each byte is a character.
[[nodiscard]] QString displayLatin1(QByteArrayView bytes, qsizetype longest);
/// The same of UTF-16, where lone surrogates are escaped.
[[nodiscard]] QString displayText(QStringView text, qsizetype longest);
/// "51 00 0d", cut likewise.
[[nodiscard]] QString displayHex(QByteArrayView bytes, qsizetype longest);
/// Displayable text cut to @p longest units as above; no escape and no character is split.
[[nodiscard]] QString elided(const QString &text, qsizetype longest);

/// The shortest text that reads back as the same number; "inf", "-inf", "nan".
[[nodiscard]] QString displayNumber(float number);
[[nodiscard]] QString displayNumber(double number);

/// Text whose layout means nothing (JSON, XML) as one line: each run of white space that holds a
/// line end becomes one space; else as displayText().
[[nodiscard]] QString displayLine(QByteArrayView bytes, qsizetype longest);

/// The first byte that is no UTF-8, or the size of @p bytes where all are. A character that the
/// end cuts is valid if @p mayBeCut.
[[nodiscard]] qsizetype validUtf8(QByteArrayView bytes, bool mayBeCut);

} // namespace Sockeye
