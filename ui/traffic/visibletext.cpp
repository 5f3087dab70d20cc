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
    explicit Builder(qsizetype bytes) { m_result.text.reserve(bytes + bytes / 8); }

    void addMark(char32_t control)
    {
        breakLongLine();
        m_result.marks.push_back(static_cast<int>(m_result.text.size()));
        m_result.text += QChar(static_cast<char16_t>(control == 0x7f ? 0x2421 : 0x2400 + control));
        ++m_length;
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

    VisibleText m_result;
    int m_length = 0;
};

} // namespace

VisibleText visibleText(QByteArrayView bytes)
{
    Builder builder(bytes.size());
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

} // namespace Sockeye
