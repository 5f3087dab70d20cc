// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/displaytext.h"

#include "core/base/utf8text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace Sockeye {

namespace {

constexpr QChar ellipsis(0x2026);

QString hexNumber(char32_t number, int digits)
{
    return QStringLiteral("%1").arg(static_cast<uint>(number), digits, 16, QLatin1Char('0'));
}

QString escaped(char32_t character)
{
    switch (character) {
    case U'\\':
        return QStringLiteral("\\\\");
    case U'\n':
        return QStringLiteral("\\n");
    case U'\r':
        return QStringLiteral("\\r");
    case U'\t':
        return QStringLiteral("\\t");
    default:
        break;
    }
    if (isShowable(character))
        return QStringView(QChar::fromUcs4(character)).toString();
    if (character < 0x80)
        return QStringLiteral("\\x") + hexNumber(character, 2);
    if (character < 0x10000)
        return QStringLiteral("\\u") + hexNumber(character, 4);
    return QStringLiteral("\\U") + hexNumber(character, 8);
}

/// Takes pieces that must stay whole until the next one would not fit.
class Line
{
public:
    explicit Line(qsizetype longest)
        : m_longest(std::max<qsizetype>(longest, 1))
    { }

    /// False: there is no more room, and the ellipsis stands.
    bool add(const QString &piece)
    {
        if (m_text.size() + piece.size() > m_longest) {
            m_text.truncate(m_room);
            m_text += ellipsis;
            return false;
        }
        m_text += piece;
        if (m_text.size() < m_longest)
            m_room = m_text.size(); // here the ellipsis fits behind whole pieces
        return true;
    }
    [[nodiscard]] QString text() const { return m_text; }

private:
    QString m_text;
    qsizetype m_longest;
    qsizetype m_room = 0;
};

template <class Number>
QString shortestText(Number number)
{
    if (std::isnan(number)) // there are many, with a sign as well; all of them mean the same
        return QStringLiteral("nan");
    std::array<char, 64> text {}; // 24 are enough for a double
    const std::to_chars_result written =
        std::to_chars(text.data(), text.data() + text.size(), number);
    return QString::fromLatin1(text.data(), written.ptr - text.data());
}

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

} // namespace

QString displayText(QByteArrayView bytes, qsizetype longest)
{
    Line line(longest);
    for (qsizetype i = 0; i < bytes.size();) {
        const Utf8Character next = utf8At(bytes, i);
        const QString piece = next.length > 0
            ? escaped(next.character)
            : QStringLiteral("\\x") + hexNumber(static_cast<uchar>(bytes[i]), 2);
        if (!line.add(piece))
            break;
        i += std::max(1, next.length);
    }
    return line.text();
}

QString displayLatin1(QByteArrayView bytes, qsizetype longest)
{
    Line line(longest);
    for (const char byte : bytes) {
        if (!line.add(escaped(static_cast<uchar>(byte))))
            break;
    }
    return line.text();
}

QString displayText(QStringView text, qsizetype longest)
{
    Line line(longest);
    for (qsizetype i = 0; i < text.size(); ++i) {
        char32_t character = text[i].unicode();
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            character = QChar::surrogateToUcs4(text[i], text[i + 1]);
            ++i;
        }
        if (!line.add(escaped(character)))
            break;
    }
    return line.text();
}

QString displayHex(QByteArrayView bytes, qsizetype longest)
{
    Line line(longest);
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const QString byte = hexNumber(static_cast<uchar>(bytes[i]), 2);
        if (!line.add(i == 0 ? byte : QLatin1Char(' ') + byte))
            break;
    }
    return line.text();
}

QString elided(const QString &text, qsizetype longest)
{
    if (text.size() <= longest)
        return text;
    qsizetype end = std::max<qsizetype>(longest, 1) - 1;
    if (end > 0 && text[end - 1].isHighSurrogate())
        --end;
    // An escape is a backslash (not one that is escaped itself) and what follows it.
    constexpr qsizetype longestEscape = 10;
    for (qsizetype i = 0; i < end; ++i) {
        if (text[i] != QLatin1Char('\\'))
            continue;
        const QChar kind = i + 1 < text.size() ? text[i + 1] : QChar();
        const qsizetype length = kind == QLatin1Char('x') ? 4
            : kind == QLatin1Char('u')                    ? 6
            : kind == QLatin1Char('U')                    ? longestEscape
                                                          : 2;
        if (i + length > end) {
            end = i;
            break;
        }
        i += length - 1;
    }
    return text.left(end) + ellipsis;
}

QString displayNumber(float number)
{
    return shortestText(number);
}

QString displayNumber(double number)
{
    return shortestText(number);
}

QString displayLine(QByteArrayView bytes, qsizetype longest)
{
    QByteArray joined;
    // Never more than four bytes become one unit, and a run of blanks is not looked at for ever.
    const qsizetype most = std::min(bytes.size(), 16 * longest);
    for (qsizetype i = 0; i < most && joined.size() <= 4 * longest;) {
        const qsizetype begin = i;
        while (i < most && isBlank(bytes[i]))
            ++i;
        if (i > begin) {
            const bool hasLineEnd = bytes.sliced(begin, i - begin).contains('\n');
            const bool isInside = !joined.isEmpty() && i < bytes.size();
            if (isInside && hasLineEnd)
                joined += ' ';
            else if (isInside)
                joined += bytes.sliced(begin, i - begin).toByteArray();
            continue;
        }
        joined += bytes[i++];
    }
    if (most < bytes.size())
        joined += " \u2026";
    return displayText(joined, longest);
}

qsizetype validUtf8(QByteArrayView bytes, bool mayBeCut)
{
    qsizetype i = 0;
    while (i < bytes.size()) {
        const Utf8Character next = utf8At(bytes, i);
        if (next.length == 0) {
            const auto first = static_cast<uchar>(bytes[i]);
            const qsizetype wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
            const bool isCut = mayBeCut && first >= 0xc2 && first <= 0xf4
                && bytes.size() - i < wanted
                && std::all_of(bytes.begin() + i + 1, bytes.end(),
                               [](char c) { return (static_cast<uchar>(c) & 0xc0U) == 0x80U; });
            return isCut ? bytes.size() : i;
        }
        i += next.length;
    }
    return i;
}

} // namespace Sockeye
