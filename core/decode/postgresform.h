// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QtGlobal>

namespace Sockeye {

/// Frame::form of a PostgreSQL frame (protocol 3): what comes first in a connection has no type
/// byte. The body is the whole frame in each form, with type byte and length.
enum class PostgresForm : quint8 {
    Tagged = 0, ///< a type byte, then a length that counts itself and what follows
    /// A length that counts itself, then a code: start-up, SSLRequest, GSSENCRequest,
    /// CancelRequest.
    Startup = 1,
    SslAnswer = 2, ///< one byte: the server's answer to an SSLRequest or a GSSENCRequest
};

} // namespace Sockeye
