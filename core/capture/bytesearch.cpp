// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/bytesearch.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace Sockeye {

namespace {

/// A register of any processor of the last twenty years.
constexpr size_t Lane = 16;
using Bytes = unsigned char __attribute__((vector_size(Lane)));
using Words = unsigned long long __attribute__((vector_size(Lane)));
/// Lanes that are compared between two questions whether anything was there.
constexpr size_t Lanes = 4;

constexpr unsigned char CaseBit = 0x20;

constexpr bool isLetter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr unsigned char folded(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<unsigned char>(c | CaseBit) : c;
}

/// How often a byte comes in texts and messages, roughly: the lower, the better to look for.
int commonness(unsigned char c, bool ignoreCase)
{
    if (c == 0 || c == ' ' || c == '"' || c == 'e' || c == 't' || c == 'a')
        return 5;
    if (c >= 'a' && c <= 'z')
        return c == 'q' || c == 'z' || c == 'x' || c == 'j' || c == 'k' ? 2 : 4;
    if (c >= 'A' && c <= 'Z')
        return ignoreCase ? 4 : 1;
    if ((c >= '0' && c <= '9') || c == 0xff || c == 1 || c == ':' || c == ',')
        return 3;
    return 1;
}

Bytes loaded(const unsigned char *from)
{
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

bool isAny(Bytes matches)
{
    Words words;
    std::memcpy(&words, &matches, sizeof words);
    return (words[0] | words[1]) != 0;
}

} // namespace

ByteSearch::ByteSearch(const QByteArray &needle, bool ignoreCase)
    : m_needle(needle)
    , m_ignoreCase(ignoreCase)
{
    if (ignoreCase) {
        for (char &c : m_needle)
            c = static_cast<char>(folded(static_cast<unsigned char>(c)));
    }
    const auto rank = [&](size_t place) {
        return commonness(static_cast<unsigned char>(m_needle[static_cast<qsizetype>(place)]),
                          ignoreCase);
    };
    const auto size = static_cast<size_t>(m_needle.size());
    for (size_t place = 1; place < size; ++place) {
        if (rank(place) < rank(m_first))
            m_first = place;
    }
    m_second = m_first == 0 && size > 1 ? size - 1 : 0;
    for (size_t place = 0; place < size; ++place) {
        if (place != m_first && rank(place) < rank(m_second))
            m_second = place;
    }
}

std::optional<size_t> ByteSearch::find(std::span<const std::byte> bytes, size_t from) const
{
    const auto size = static_cast<size_t>(m_needle.size());
    if (size == 0 || bytes.size() < size || from > bytes.size() - size)
        return std::nullopt;
    const size_t places = bytes.size() - size + 1;
    const size_t found =
        findFrom(reinterpret_cast<const unsigned char *>(bytes.data()), from, places);
    return found < places ? std::optional(found) : std::nullopt;
}

bool ByteSearch::isAtStartOf(std::span<const std::byte> bytes) const
{
    return bytes.size() >= static_cast<size_t>(m_needle.size())
        && isAt(reinterpret_cast<const unsigned char *>(bytes.data()));
}

bool ByteSearch::isAt(const unsigned char *place) const
{
    const auto size = static_cast<size_t>(m_needle.size());
    if (!m_ignoreCase)
        return std::memcmp(place, m_needle.constData(), size) == 0;
    for (size_t i = 0; i < size; ++i) {
        if (folded(place[i]) != static_cast<unsigned char>(m_needle[static_cast<qsizetype>(i)]))
            return false;
    }
    return true;
}

/// @p places: one past the last place where the needle has room; also what is returned if it is
/// nowhere.
size_t ByteSearch::findFrom(const unsigned char *bytes, size_t at, size_t places) const
{
    const auto at1 = static_cast<unsigned char>(m_needle[static_cast<qsizetype>(m_first)]);
    const auto at2 = static_cast<unsigned char>(m_needle[static_cast<qsizetype>(m_second)]);
    // Of a letter both cases look the same with this bit set; isAt() sorts out what else does.
    const auto bit1 = static_cast<unsigned char>(m_ignoreCase && isLetter(at1) ? CaseBit : 0);
    const auto bit2 = static_cast<unsigned char>(m_ignoreCase && isLetter(at2) ? CaseBit : 0);
    const Bytes zero = {};
    const Bytes wanted1 = zero + at1;
    const Bytes wanted2 = zero + at2;
    const Bytes case1 = zero + bit1;
    const Bytes case2 = zero + bit2;
    for (; at + Lane * Lanes <= places; at += Lane * Lanes) {
        Bytes matches[Lanes];
        Bytes any = zero;
        for (size_t lane = 0; lane < Lanes; ++lane) {
            const unsigned char *from = bytes + at + lane * Lane;
            const Bytes first = loaded(from + m_first) | case1;
            const Bytes second = loaded(from + m_second) | case2;
            matches[lane] = reinterpret_cast<Bytes>((first == wanted1) & (second == wanted2));
            any |= matches[lane];
        }
        if (!isAny(any))
            continue;
        for (size_t place = 0; place < Lane * Lanes; ++place) {
            if (matches[place / Lane][place % Lane] != 0 && isAt(bytes + at + place))
                return at + place;
        }
    }
    for (; at < places; ++at) {
        if ((bytes[at + m_first] | bit1) == at1 && isAt(bytes + at))
            return at;
    }
    return places;
}

} // namespace Sockeye
