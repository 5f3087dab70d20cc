// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/captureexport.h"

namespace Sockeye {

/// Programs that send again what a client sent.
enum class CopyForm {
    Socat, ///< printf and socat, for any POSIX shell
    Curl, ///< curl, for any POSIX shell; HTTP/1 requests alone
    Python, ///< Python 3, nothing but its own library
    Qt, ///< main.cpp with QLocalSocket, Qt 6.2 or later on Unix
};

/// More than that is a file's matter.
inline constexpr quint64 LongestCopy = 1024 * 1024;

/// A text that connects to the server's address, sends the bytes that the client sent in the
/// selected records, ends sending, and prints the answer. What the server sent is left out of it.
/// Any byte in data or address is quoted so that nothing but these bytes arrives. Ends with a line
/// feed. Of curl, headers may arrive in another order (Host comes first), and what was chunked in
/// chunks of another length.
///
/// Fails with CopyImpossible: nothing was sent, more than LongestCopy, by several connections, or
/// bytes are missing; the capture does not tell the address, or the program cannot be told it; for
/// curl, the bytes are not whole HTTP/1 requests. Any thread; takes as long as looking through the
/// capture does, and obeys progress->cancel.
[[nodiscard]] Result<QString> copyAs(const CaptureLog &log, const ExportSelection &selection,
                                     CopyForm form, ExportProgress *progress = nullptr);

} // namespace Sockeye
