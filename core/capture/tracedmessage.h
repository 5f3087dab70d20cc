// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/straceline.h"

#include <QString>

namespace Sockeye {

/// What one system call moved: bytes as far as strace shows them, and how many there were.
struct TracedMessage
{
    struct Piece
    {
        QByteArray bytes;
        quint64 missing = 0; ///< behind them
    };
    std::vector<Piece> pieces;
    quint64 length = 0;
    QString note; ///< of passed descriptors

    /// @p count bytes of which @p value, which may be null, shows the first.
    void add(const StraceValue *value, quint64 count);
    /// Of a struct iovec[]: it may have room for more than @p count, and strace may leave out the
    /// rest of it.
    void addVector(const StraceValue *vector, quint64 count);
    /// Of a struct msghdr.
    void addHeader(const StraceValue *header, quint64 count);
};

/// The descriptors in the control data of a struct msghdr.
[[nodiscard]] std::vector<StraceValue> passedDescriptors(const StraceValue &header);

} // namespace Sockeye
