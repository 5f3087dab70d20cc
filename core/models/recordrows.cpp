// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/recordrows.h"

#include <algorithm>
#include <bit>

namespace Sockeye {

void RecordRows::append(RecordIndex index)
{
    const RecordIndex first = index - index % blockBits;
    if (m_blocks.empty() || m_blocks.back().first != first)
        m_blocks.push_back({first, m_end});
    const quint64 bit = index - first;
    m_blocks.back().bits[bit / wordBits] |= quint64 {1} << bit % wordBits;
    ++m_end;
}

void RecordRows::clear()
{
    m_blocks.clear();
    m_end = 0;
}

void RecordRows::dropBefore(RecordIndex index)
{
    while (!m_blocks.empty() && m_blocks.front().first + blockBits <= index)
        m_blocks.pop_front();
}

quint64 RecordRows::begin() const
{
    return m_blocks.empty() ? m_end : m_blocks.front().row;
}

RecordIndex RecordRows::at(quint64 row) const
{
    Q_ASSERT(row >= begin() && row < end());
    const auto after = std::upper_bound(m_blocks.begin(), m_blocks.end(), row,
                                        [](quint64 key, const Block &b) { return key < b.row; });
    const Block &block = *std::prev(after);
    quint64 left = row - block.row;
    for (quint64 number = 0; number < words; ++number) {
        quint64 word = block.bits[number];
        const auto count = static_cast<quint64>(std::popcount(word));
        if (left >= count) {
            left -= count;
            continue;
        }
        for (; left > 0; --left)
            word &= word - 1; // without its lowest bit
        return block.first + number * wordBits + static_cast<quint64>(std::countr_zero(word));
    }
    return block.first;
}

quint64 RecordRows::lowerBound(RecordIndex index) const
{
    const auto after =
        std::upper_bound(m_blocks.begin(), m_blocks.end(), index,
                         [](RecordIndex key, const Block &b) { return key < b.first; });
    if (after == m_blocks.begin())
        return begin();
    const Block &block = *std::prev(after);
    const quint64 bit = std::min(index - block.first, blockBits);
    quint64 row = block.row;
    for (quint64 number = 0; number < bit / wordBits; ++number)
        row += static_cast<quint64>(std::popcount(block.bits[number]));
    if (bit % wordBits != 0) {
        const quint64 before = (quint64 {1} << bit % wordBits) - 1;
        row += static_cast<quint64>(std::popcount(block.bits[bit / wordBits] & before));
    }
    return row;
}

} // namespace Sockeye
