// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/guess.h"

namespace Sockeye {

/// Whether the bytes chain as messages with a length in front: the widths, byte orders, offsets and
/// meanings that FramerSettings knows are tried, and what is the least likely to be chance is
/// told, with QDataStream's blocks beside it where they are the same. Best first; mostly empty.
///
/// How unlikely: a number of n bits that is one of the m lengths that fit the bytes left is worth
/// n - log2(m) bits, but once for each different length, as what repeats proves nothing more; a
/// last message that ends where the bytes end, or messages that end where reads end, are worth the
/// logarithm of their length. Two sums are made: for random bytes, and for bytes of which most are
/// 0 or 0xff, as in the memory of programs, where each such byte of a number is worth 2 bits only;
/// in that one bodies of a known form count as well. Either must pass a bound, which is higher
/// where the last message is not whole.
[[nodiscard]] std::vector<ProtocolGuess> guessLengths(const DirectionStart &toServer,
                                                      const DirectionStart &toClient);

} // namespace Sockeye
