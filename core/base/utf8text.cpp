// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/utf8text.h"

#include <QChar>

#include <algorithm>
#include <array>

namespace Sockeye {

bool isShowable(char32_t character)
{
    if (character < 0x7f)
        return character >= 0x20;
    switch (QChar::category(character)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default:
        return true;
    }
}

Utf8Character utf8At(QByteArrayView bytes, qsizetype position)
{
    const auto at = [&](qsizetype offset) -> uint {
        const qsizetype place = position + offset;
        return place < bytes.size() ? static_cast<uchar>(bytes[place]) : 0U;
    };
    const uint first = at(0);
    if (first < 0x80)
        return {first, 1};
    const int length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4)
        return {};
    char32_t character = first & (0xffU >> (length + 1));
    for (int i = 1; i < length; ++i) {
        if ((at(i) & 0xc0U) != 0x80U)
            return {};
        character = (character << 6) | (at(i) & 0x3fU);
    }
    constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    const bool isSurrogate = character >= 0xd800 && character <= 0xdfff;
    if (character < smallest.at(static_cast<size_t>(length)) || character > 0x10ffff || isSurrogate)
        return {};
    return {character, length};
}

qsizetype wholeCharacters(QByteArrayView bytes)
{
    const qsizetype size = bytes.size();
    for (qsizetype back = 1; back <= std::min<qsizetype>(3, size); ++back) {
        const auto byte = static_cast<uchar>(bytes[size - back]);
        if ((byte & 0xc0) == 0x80)
            continue; // inside of a character
        const int length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
        return length > back ? size - back : size;
    }
    return size;
}

} // namespace Sockeye
