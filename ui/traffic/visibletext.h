// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>
#include <QString>

#include <vector>

namespace Sockeye {

/// How a control character is shown: as its picture (␀ ␍ ␡), or where no font has those, as ^@ ^M
/// ^?. A line feed is ⏎ in both.
enum class ControlStyle { Pictures, Carets };

/// Characters of a text that stand for one of the bytes' characters.
struct Mark
{
    int place = 0;
    int length = 1;
    QChar original;

    friend bool operator==(const Mark &, const Mark &) = default;
};

/// Bytes as text in which everything can be seen: control characters as marks, bytes that are not
/// UTF-8 as U+FFFD, characters that would change their surroundings as their number in brackets. A
/// line ends behind a line feed (or a carriage return that stands alone).
struct VisibleText
{
    QString text;
    std::vector<Mark> marks; ///< ordered by place
};

/// Longest line, in characters; longer ones are broken: a line of a megabyte would be laid out as a
/// whole at each painting.
constexpr int visibleLineLimit = 4096;

/// Lines that a text widget takes at a time: each costs 4 µs and more (measured, 300,000 of
/// them 1.2 s), so a megabyte of line ends would stop the window for ten seconds.
constexpr int visibleLines = 20'000;

/// The part of @p bytes that ends with their line end number @p lines; all if there are fewer.
[[nodiscard]] QByteArrayView firstLines(QByteArrayView bytes, int lines);
/// The part that begins behind the line end which leaves @p lines.
[[nodiscard]] QByteArrayView lastLines(QByteArrayView bytes, int lines);
/// Without the beginning of a character (or of CR LF) that goes on behind the end; all of it if
/// nothing else is there.
[[nodiscard]] QByteArrayView withoutCutEnd(QByteArrayView bytes);

[[nodiscard]] VisibleText visibleText(QByteArrayView bytes, ControlStyle style);

/// The bytes' own text back from what is shown: what the clipboard gets. @p text begins at @p start
/// of a document whose marks are @p marks. Line ends of the text are ours and left out, those of
/// the bytes are marks. NUL stays a symbol: clipboards of the desktop end at it.
[[nodiscard]] QString originalText(QStringView text, int start, const std::vector<Mark> &marks);

} // namespace Sockeye
