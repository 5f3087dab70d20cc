// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"

namespace Sockeye {

/// FramerKind::Http1: requests to the server, responses to the client (RFC 9112), as http-parser
/// reads them. The body is the message from its start line on, with the chunks as they are; empty
/// lines in front of it belong to the framing. A response that only the end of the connection ends
/// is Whole there. Whether a response has a body depends on its request: HEAD, CONNECT.
///
/// After a "101 Switching Protocols", or a success of CONNECT, the rest of both directions is
/// Unframed, for good.
///
/// A message that contradicts the protocol, be it in its last chunk, is Unframed from its first
/// byte, as is all up to the next line with which a message begins whose header is whole. No header
/// is longer than 64 KiB, nor is what stands between two chunks. Remembers some 300 bytes a
/// direction, and of the first 1024 requests that are not answered which kind they are; the kind of
/// later ones is forgotten.
[[nodiscard]] std::unique_ptr<Framer> makeHttp1Framer();

} // namespace Sockeye
