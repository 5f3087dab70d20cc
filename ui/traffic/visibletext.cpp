// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/visibletext.h"

#include "core/models/textformat.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// Builds the text and counts the characters of the line.
class Builder
{
public:
    Builder(qsizetype bytes, ControlStyle style)
        : m_style(style)
    {
        m_result.text.reserve(bytes + bytes / 8);
    }

    void addMark(char32_t control)
    {
        breakLongLine();
        const bool isDelete = control == 0x7f;
        QString shown;
        if (control == U'\n')
            shown = QChar(0x23ce); // as in the table: one thing, one symbol
        else if (m_style == ControlStyle::Pictures)
            shown = QChar(static_cast<char16_t>(isDelete ? 0x2421 : 0x2400 + control));
        else
            shown = QLatin1Char('^') + QChar(static_cast<char16_t>(control ^ 0x40));
        const auto length = static_cast<int>(shown.size());
        m_result.marks.push_back({static_cast<int>(m_result.text.size()), length,
                                  QChar(static_cast<char16_t>(control))});
        m_result.text += shown;
        m_length += length;
    }
    void add(QStringView text)
    {
        breakLongLine();
        m_result.text += text;
        m_length += static_cast<int>(text.size());
    }
    void endLine()
    {
        m_result.text += QLatin1Char('\n');
        m_length = 0;
    }
    [[nodiscard]] VisibleText take() { return std::move(m_result); }

private:
    void breakLongLine()
    {
        if (m_length >= visibleLineLimit)
            endLine();
    }

    ControlStyle m_style;
    VisibleText m_result;
    int m_length = 0;
};

} // namespace

namespace {

bool isLineEnd(char byte)
{
    return byte == '\n' || byte == '\r'; // CR LF counts twice: a bound, not a number to show
}

} // namespace

QByteArrayView firstLines(QByteArrayView bytes, int lines)
{
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (isLineEnd(bytes[i]) && --lines <= 0)
            return bytes.first(i + 1);
    }
    return bytes;
}

QByteArrayView lastLines(QByteArrayView bytes, int lines)
{
    for (qsizetype i = bytes.size() - 1; i >= 0; --i) {
        if (isLineEnd(bytes[i]) && --lines < 0)
            return bytes.sliced(i + 1);
    }
    return bytes;
}

QByteArrayView withoutCutEnd(QByteArrayView bytes)
{
    const qsizetype size = bytes.size();
    if (size > 1 && bytes.back() == '\r')
        return bytes.chopped(1);
    for (qsizetype back = 1; back <= 3 && back < size; ++back) {
        const auto byte = static_cast<uchar>(bytes[size - back]);
        if (byte < 0x80)
            break;
        const int length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
        if (length > back)
            return bytes.chopped(back);
        if (byte >= 0xc0)
            break;
    }
    return bytes;
}

VisibleText visibleText(QByteArrayView bytes, ControlStyle style)
{
    Builder builder(bytes.size(), style);
    for (qsizetype i = 0; i < bytes.size();) {
        const Utf8Character next = utf8At(bytes, i);
        const bool isControl =
            next.length == 1 && (next.character < 0x20 || next.character == 0x7f);
        const bool isLoneReturn =
            next.character == U'\r' && (i + 1 == bytes.size() || bytes[i + 1] != '\n');
        if (isControl)
            builder.addMark(next.character);
        else if (next.length == 0)
            builder.add(QString(QChar(QChar::ReplacementCharacter)));
        else if (isShowable(next.character))
            builder.add(QChar::fromUcs4(next.character));
        else
            builder.add(QStringLiteral("⟨U+%1⟩").arg(static_cast<uint>(next.character), 4, 16,
                                                     QLatin1Char('0')));
        if (isControl && (next.character == U'\n' || isLoneReturn))
            builder.endLine();
        i += std::max(1, next.length);
    }
    return builder.take();
}

QString originalText(QStringView text, int start, const std::vector<Mark> &marks)
{
    QString result;
    result.reserve(text.size());
    auto mark = std::lower_bound(marks.begin(), marks.end(), start,
                                 [](const Mark &other, int place) { return other.place < place; });
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (mark != marks.end() && mark->place == start + i) {
            result += mark->original.isNull() ? QChar(0x2400) : mark->original;
            i += mark->length - 1;
            ++mark;
        } else if (text[i] != QLatin1Char('\n') && text[i] != QChar::ParagraphSeparator) {
            result += text[i];
        }
    }
    return result;
}

} // namespace Sockeye
