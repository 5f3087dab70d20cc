// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"
#include "core/decode/postgresform.h"

namespace Sockeye {

/// FramerKind::PostgreSql: version 3 of the protocol ("Frontend/Backend Protocol" of the manual of
/// PostgreSQL 17). The body is all of the message, its type byte included.
///
/// A server that agrees to encryption makes the rest of both directions Unframed, for good. So does
/// what fits nothing (a type that the direction does not have, a length below 4 or above the
/// server's limit of 1 GiB, a start-up packet of an unknown code or above its limit of 10,000
/// bytes) with the rest of its own direction, but only up to a gap: too many bytes look like a
/// header to find one among them. Remembers some 20 bytes a direction.
[[nodiscard]] std::unique_ptr<Framer> makePostgreSqlFramer();

} // namespace Sockeye
