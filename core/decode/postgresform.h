// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QtGlobal>

namespace Sockeye {

/// Frame::form of what makePostgreSqlFramer() finds.
namespace PostgreSqlForm {
inline constexpr quint8 Message = 0; ///< a type byte, then the length
// Of the client, before any message: the length, then a code, no type byte.
inline constexpr quint8 Startup = 1;
inline constexpr quint8 SslRequest = 2;
inline constexpr quint8 GssEncRequest = 3;
inline constexpr quint8 CancelRequest = 4;
/// Of the server: the single byte that answers a request for encryption, 'S', 'G' or 'N'.
inline constexpr quint8 EncryptionAnswer = 5;
} // namespace PostgreSqlForm

} // namespace Sockeye
