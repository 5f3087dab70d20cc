// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"
#include "core/decode/framersettings.h"

namespace Sockeye {

/// What a connection may speak, and why one may think so.
struct ProtocolGuess
{
    FramerSettings framer;
    DecoderKind decoder = DecoderKind::Text;
    int confidence = 0; ///< 1 to 100: 90 and on where the bytes prove it as far as bytes can
    QString evidence; ///< for people: "3 of 3 messages begin with Content-Length and hold JSON"

    friend bool operator==(const ProtocolGuess &, const ProtocolGuess &) = default;
};

/// Bytes of guessing: more of them prove nothing more.
inline constexpr qsizetype GuessBytes = 64 * 1024;

/// Guesses from the first bytes of both directions (at most GuessBytes each), the best first.
/// Empty where nothing speaks for anything. @p reads: how long the first reads of the direction
/// were, in order; may be empty. Offered to people, never forced upon them.
struct DirectionStart
{
    QByteArray bytes;
    std::vector<quint32> reads;
};
[[nodiscard]] std::vector<ProtocolGuess> guessProtocol(const DirectionStart &toServer,
                                                       const DirectionStart &toClient);

} // namespace Sockeye
