// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"

namespace Sockeye {

/// FramerKind::Wayland. Each message: 4 bytes object, then 4 bytes of which the lower half is the
/// opcode and the upper half the size of the whole message, in the byte order of the machine ("The
/// Wayland Protocol", chapter 4, wire format). The body is all of the message, as the decoder needs
/// its header.
///
/// Object 0, a size below 8 or one that is no multiple of 4 fits nothing; as such headers are
/// easily found where there are none, the rest of the direction is then Unframed, up to a gap.
/// Remembers 8 bytes a direction.
[[nodiscard]] std::unique_ptr<Framer> makeWaylandFramer();

} // namespace Sockeye
