// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/recordpieces.h"

namespace Sockeye {

/// "opened", "data", "end", "reset", "gap", "refused": as scripts read them.
[[nodiscard]] const char *eventName(RecordKind kind);
/// "in" (to the server) or "out".
[[nodiscard]] const char *directionName(Direction direction);

/// Writes the record as one compact JSON object and a line feed: time, event, record, connection,
/// server, direction and, where there is one, address, length, text (UTF-8 without NUL) or base64
/// (any other bytes), note, and of Opened and Refused who connected. Members stand in alphabetical
/// order. A record may be larger than memory; it goes to @p sink in pieces.
///
/// Returns and fails as readPieces() does.
[[nodiscard]] Result<quint64> writeJson(const CaptureLog &log, const Record &record,
                                        const ByteSink &sink,
                                        const std::atomic<bool> *cancel = nullptr);

} // namespace Sockeye
