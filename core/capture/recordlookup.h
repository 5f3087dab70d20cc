// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"

namespace Sockeye {

/// The record that people mean by "go to":
///   1234                    that record
///   conn 12, #12            the first record of that connection
///   12:01:07.5, 2026-01-31 12:01
///                           the first record at that time or after it (times as in filters)
///   +2.5, +250ms            so long after the first record
/// Fails with BadInput (what, column). Fast: it never reads more than the index.
[[nodiscard]] Result<RecordIndex> lookUpRecord(const CaptureLog &log, const QString &where);

/// The first record at @p time or after it; the end of the log if there is none. Records of
/// captures that others put together may not be in the order of their times: then one near it.
[[nodiscard]] RecordIndex recordAtTime(const CaptureLog &log, Timestamp time);

} // namespace Sockeye
