// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"

namespace Sockeye {

/// FramerKind::ContentLength: the base protocol of the Language Server Protocol 3.17, and the Debug
/// Adapter Protocol. Header lines in any order, their names in any case, ended by "\r\n" (a bare
/// "\n" is taken as well), then an empty line, then as many bytes as Content-Length says: the body.
/// No header is longer than 8 KiB. Remembers some 100 bytes a direction.
///
/// What fits nothing (a line that is no header line, no Content-Length or two that differ, one that
/// is no number) is Unframed up to the next "Content-Length:" or "Content-Type:", wherever in a
/// line it stands: the usual fault is a server that prints something to the same stream, with or
/// without an end of line.
[[nodiscard]] std::unique_ptr<Framer> makeContentLengthFramer();

} // namespace Sockeye
