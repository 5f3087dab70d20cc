// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/ids.h"

#include <array>
#include <deque>

namespace Sockeye {

/// Records as rows, a bit for each record of the log: ten million take little more than a megabyte,
/// whatever a filter leaves of them. Rows are numbered from 0 as they were appended and keep their
/// numbers when older ones go. One thread at a time.
class RecordRows
{
public:
    /// @p index is greater than the last.
    void append(RecordIndex index);
    void clear();
    /// Rows of records before @p index are not needed any more; some may stay.
    void dropBefore(RecordIndex index);

    [[nodiscard]] quint64 begin() const; ///< the first row that is there
    [[nodiscard]] quint64 end() const { return m_end; }
    /// @p row: from begin() to end() - 1.
    [[nodiscard]] RecordIndex at(quint64 row) const;
    /// The first row whose record is @p index or after it.
    [[nodiscard]] quint64 lowerBound(RecordIndex index) const;

private:
    static constexpr quint64 wordBits = 64;
    static constexpr quint64 words = 64;
    static constexpr quint64 blockBits = words * wordBits;

    struct Block
    {
        RecordIndex first = 0; ///< a multiple of blockBits
        quint64 row = 0; ///< of its first bit that is set
        std::array<quint64, words> bits = {};
    };

    std::deque<Block> m_blocks; ///< only such as have a row
    quint64 m_end = 0;
};

} // namespace Sockeye
