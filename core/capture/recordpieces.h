// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"

#include <QByteArrayView>

#include <atomic>

namespace Sockeye {

/// Where bytes go that are too many to be held. A failure ends whatever makes them.
using ByteSink = std::function<Result<>(QByteArrayView bytes)>;
/// @p isLast: nothing comes behind this piece.
using PieceTaker = std::function<Result<>(QByteArrayView piece, bool isLast)>;

/// Hands the payload of @p record on in pieces of 64 KiB. Returns how many bytes of it are not in
/// the log any more, or cannot be read: they come last. Nothing is handed on of a record without
/// payload, or of which nothing is left. Any thread.
///
/// Fails with what @p take fails with, and with ExportCancelled soon after @p cancel is set.
[[nodiscard]] Result<quint64> readPieces(const CaptureLog &log, const Record &record,
                                         const PieceTaker &take,
                                         const std::atomic<bool> *cancel = nullptr);

/// Like readPieces(), but no piece ends within a character, if it is UTF-8.
[[nodiscard]] Result<quint64> readTextPieces(const CaptureLog &log, const Record &record,
                                             const PieceTaker &take,
                                             const std::atomic<bool> *cancel = nullptr);

} // namespace Sockeye
