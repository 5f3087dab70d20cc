// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/dbusform.h"
#include "core/decode/framer.h"

namespace Sockeye {

/// FramerKind::DBus, by the D-Bus Specification. First the lines of authentication, of at most
/// 16 KiB each: of the client up to BEGIN, of the server up to the first byte that is a message's.
/// Then messages in either byte order, within the specification's limits: 64 MiB of header fields,
/// 128 MiB in all. The body of a message is all of it.
///
/// What fits nothing is Unframed up to the next bytes that look like a message: a whole fixed
/// header without contradictions and a first header field of a known code and type. Remembers some
/// 40 bytes a direction.
[[nodiscard]] std::unique_ptr<Framer> makeDBusFramer();

} // namespace Sockeye
