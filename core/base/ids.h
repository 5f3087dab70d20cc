// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QHashFunctions>
#include <QtGlobal>

#include <compare>

namespace Sockeye {

/// A number with a meaning. Ids of different things do not mix, start at 1 and are never reused
/// within one run; 0 means "none".
template <class Tag>
struct Id
{
    quint64 value = 0;

    [[nodiscard]] constexpr bool isValid() const { return value != 0; }
    friend constexpr auto operator<=>(const Id &, const Id &) = default;
    friend size_t qHash(const Id &id, size_t seed = 0) { return ::qHash(id.value, seed); }
};

using ServerId = Id<struct ServerTag>;
using ConnectionId = Id<struct ConnectionTag>;
using ProblemId = Id<struct ProblemTag>;

/// Position of a record in the capture, counted from 0 since the capture was created or cleared.
/// Stays the same when older records go away.
using RecordIndex = quint64;

} // namespace Sockeye
