// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/addressprobe.h"
#include "core/base/result.h"

namespace Sockeye {

// What stands in the way of listening, as Problems with everything that their wording uses. What
// is found out before QLocalServer is asked carries the error that it would have reported.

/// The QAbstractSocket::SocketError that QLocalServer makes of an errno (measured, Qt 6.4).
[[nodiscard]] int socketErrorOf(int errnoValue);

/// The folder is there and a socket can be made in it.
[[nodiscard]] Result<> checkFolder(const SocketAddress &address);

/// Why an address in this state cannot be listened on. Not for Absent.
[[nodiscard]] Problem occupiedProblem(const SocketAddress &address, const AddressState &state);

[[nodiscard]] Problem descriptorsExhausted(const QString &server, int errnoValue);

/// QLocalServer::listen() returned false: its error and text, and errno, all read right after it.
[[nodiscard]] Problem listenFailure(const SocketAddress &address, int socketError,
                                    const QString &qtText, int errnoValue);

/// An inherited descriptor that can be served: a listening stream socket of the local family.
/// QLocalServer::listen(descriptor) itself returns true for anything, a closed one included.
/// The address is not valid for an unnamed socket.
[[nodiscard]] Result<SocketAddress> checkListener(int descriptor);

} // namespace Sockeye
