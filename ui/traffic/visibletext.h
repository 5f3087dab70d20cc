// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>
#include <QString>

#include <vector>

namespace Sockeye {

/// How a control character is shown: as its picture (␀ ␍ ␊ ␡), or where no font has those, as ^@ ^M
/// ^J ^?.
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

[[nodiscard]] VisibleText visibleText(QByteArrayView bytes, ControlStyle style);

/// The bytes' own text back from what is shown: what the clipboard gets. @p text begins at @p start
/// of a document whose marks are @p marks. Line ends of the text are ours and left out, those of
/// the bytes are marks. NUL stays a symbol: clipboards of the desktop end at it.
[[nodiscard]] QString originalText(QStringView text, int start, const std::vector<Mark> &marks);

} // namespace Sockeye
