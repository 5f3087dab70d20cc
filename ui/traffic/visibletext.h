// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>
#include <QString>

#include <vector>

namespace Sockeye {

/// Bytes as text in which everything can be seen: control characters as their symbols (␀ ␍ ␊ ␡),
/// bytes that are not UTF-8 as U+FFFD, characters that would change their surroundings as their
/// number in brackets. A line ends behind ␊ (or a ␍ that stands alone).
struct VisibleText
{
    QString text;
    /// Places in text of the symbols that stand for one character; ordered.
    std::vector<int> marks;
};

/// Longest line, in characters; longer ones are broken: a line of a megabyte would be laid out as a
/// whole at each painting.
constexpr int visibleLineLimit = 4096;

[[nodiscard]] VisibleText visibleText(QByteArrayView bytes);

/// The bytes' own text back from the symbols: what the clipboard gets. Line ends of @p text that
/// are not behind a mark were ours and are left out. @p isMark tells by place. NUL stays a symbol:
/// clipboards of the desktop end at it.
template <class IsMark>
[[nodiscard]] QString originalText(QStringView text, IsMark isMark)
{
    QString result;
    result.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar character = text[i];
        if (character == QLatin1Char('\n') || character == QChar::ParagraphSeparator)
            continue;
        if (!isMark(i) || character == QChar(0x2400))
            result += character;
        else
            result +=
                character == QChar(0x2421) ? QChar(0x7f) : QChar(character.unicode() - 0x2400);
    }
    return result;
}

} // namespace Sockeye
