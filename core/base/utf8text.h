// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>

namespace Sockeye {

// Bytes that others wrote, looked at as text. Any thread.

/// Whether a character may stand in text that others wrote: not a control, a format mark, a
/// surrogate, private or unassigned.
[[nodiscard]] bool isShowable(char32_t character);

/// The length of the UTF-8 sequence at @p position (1 to 4) and its character, or 0 if the bytes
/// there are not valid UTF-8 (overlong, surrogate, cut).
struct Utf8Character
{
    char32_t character = 0;
    int length = 0;
};
[[nodiscard]] Utf8Character utf8At(QByteArrayView bytes, qsizetype position);

/// How many bytes of @p bytes are left when a character that is cut at the end is left out. What is
/// not UTF-8 at all is not cut.
[[nodiscard]] qsizetype wholeCharacters(QByteArrayView bytes);

} // namespace Sockeye
