// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/quotedbytes.h"

#include "core/base/utf8text.h"

#include <algorithm>

namespace Sockeye {

namespace {

constexpr char digits[] = "0123456789abcdef";

bool isPrintableAscii(char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

bool isOneOf(char byte, QByteArrayView set)
{
    return set.contains(byte);
}

void appendHex(QByteArray &to, char byte)
{
    const auto value = static_cast<uchar>(byte);
    to += "\\x";
    to += digits[value >> 4];
    to += digits[value & 15];
}

// Always three digits, so that one that follows is not taken for a part of it.
void appendOctal(QByteArray &to, char byte)
{
    const auto value = static_cast<uchar>(byte);
    to += '\\';
    to += digits[value >> 6];
    to += digits[value >> 3 & 7];
    to += digits[value & 7];
}

// The escapes that C, Python and printf(1) have in common.
bool appendNamed(QByteArray &to, char byte)
{
    constexpr QByteArrayView named("\n\r\t\\");
    constexpr QByteArrayView names("nrt\\");
    const qsizetype at = named.indexOf(byte);
    if (at < 0)
        return false;
    to += '\\';
    to += names[at];
    return true;
}

} // namespace

QByteArray escapedText(QByteArrayView bytes)
{
    QByteArray text;
    text.reserve(bytes.size() + bytes.size() / 8);
    for (qsizetype i = 0; i < bytes.size();) {
        if (isPrintableAscii(bytes[i]) && bytes[i] != '\\') { // nearly always
            text += bytes[i++];
            continue;
        }
        const Utf8Character next = utf8At(bytes, i);
        const qsizetype length = std::max(1, next.length);
        if (next.length > 1 && isShowable(next.character))
            text.append(bytes.sliced(i, length));
        else if (!appendNamed(text, bytes[i])) {
            for (qsizetype at = i; at < i + length; ++at)
                appendHex(text, bytes[at]);
        }
        i += length;
    }
    return text;
}

QByteArray commentText(QByteArrayView bytes)
{
    QByteArray text;
    for (const char byte : bytes) {
        if (isPrintableAscii(byte) && !isOneOf(byte, "*?\\"))
            text += byte;
        else
            appendHex(text, byte);
    }
    return text;
}

QByteArray hexDigits(QByteArrayView bytes)
{
    return QByteArray::fromRawData(bytes.data(), bytes.size()).toHex();
}

bool isShowableText(QByteArrayView bytes)
{
    for (qsizetype i = 0; i < bytes.size();) {
        const Utf8Character next = utf8At(bytes, i);
        if (next.length == 0 || !isShowable(next.character))
            return false;
        i += next.length;
    }
    return true;
}

QByteArray shellWord(QByteArrayView bytes)
{
    Q_ASSERT(!bytes.contains('\0'));
    if (!isShowableText(bytes)) { // what $() takes away, a line feed at the end, is not there
        Q_ASSERT(!bytes.endsWith('\n'));
        return "\"$(printf " + printfFormat(bytes) + ")\"";
    }
    const bool isPlain = !bytes.isEmpty() && std::all_of(bytes.begin(), bytes.end(), [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
            || (byte >= '0' && byte <= '9') || isOneOf(byte, "/._-:@%+,");
    });
    if (isPlain)
        return bytes.toByteArray();
    return '\'' + bytes.toByteArray().replace("'", "'\\''") + '\'';
}

QByteArray printfFormat(QByteArrayView bytes)
{
    QByteArray text("'");
    text.reserve(bytes.size() * 2);
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const char byte = bytes[i];
        const bool looksLikeAnOption = i == 0 && byte == '-';
        if (byte == '%')
            text += "%%";
        else if (isPrintableAscii(byte) && !isOneOf(byte, "'\\") && !looksLikeAnOption)
            text += byte;
        else if (!appendNamed(text, byte))
            appendOctal(text, byte);
    }
    return text + '\'';
}

QByteArray pythonLiteral(QByteArrayView bytes)
{
    QByteArray text("b\"");
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        if (isPrintableAscii(byte) && !isOneOf(byte, "\"\\"))
            text += byte;
        else if (byte == '"')
            text += "\\\"";
        else if (!appendNamed(text, byte))
            appendHex(text, byte);
    }
    return text + '"';
}

QByteArray cppLiteral(QByteArrayView bytes)
{
    QByteArray text("\"");
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        if (byte == '?' && text.endsWith('?'))
            text += "\\?";
        else if (isPrintableAscii(byte) && !isOneOf(byte, "\"\\"))
            text += byte;
        else if (byte == '"')
            text += "\\\"";
        else if (!appendNamed(text, byte))
            appendOctal(text, byte);
    }
    return text + '"';
}

} // namespace Sockeye
