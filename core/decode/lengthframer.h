// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"

namespace Sockeye {

/// Frame::form of what makeQDataStreamFramer() finds.
namespace QDataStreamForm {
inline constexpr quint8 Block = 0;
inline constexpr quint8 Null = 1; ///< a null QByteArray: no body
} // namespace QDataStreamForm

/// FramerKind::LengthPrefix. The body is what follows the number; what stands in front of the
/// number (prefixOffset) belongs to the framing.
///
/// A number that no message can have (an inclusive one that does not even count itself, a varint of
/// more than 64 bits, more than 2^63 - 1 bytes) leaves nothing by which a next message could be
/// found: the rest of the direction is Unframed, up to a gap. A number that is only too large is a
/// message that is Cut in the end. Remembers 10 bytes a direction.
[[nodiscard]] std::unique_ptr<Framer> makeLengthFramer(const FramerSettings &settings);

/// FramerKind::QDataStreamBlock, which fits a QString as well. 4 bytes, big endian, then as many;
/// 0xffffffff is null and has no body; 0xfffffffe (since Qt 6.7) is followed by a length of 8
/// bytes. A negative one of those makes the rest of the direction Unframed, up to a gap.
[[nodiscard]] std::unique_ptr<Framer> makeQDataStreamFramer();

} // namespace Sockeye
