// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"
#include "core/capture/steppedclock.h"

#include <atomic>

namespace Sockeye {

enum class CaptureFormat {
    Sockeye, ///< for CaptureLog::open()
    Pcapng, ///< of other programs; here and below for importForeign()
    Pcap,
    SocatLog, ///< of socat -v, -x or both
    StraceLog, ///< with or without -f, -t, -tt, -ttt, -r, -x, -xx, -y, -yy, -s
    Unknown,
};

/// What @p file is, by its first bytes. Unknown as well if it cannot be read.
[[nodiscard]] CaptureFormat captureFormat(const QString &file);

/// How far an import is. Any thread.
struct ImportProgress
{
    std::atomic<qint64> bytesRead = 0;
    std::atomic<qint64> size = 0;
    std::atomic<bool> isCancelled = false; ///< set it to end the import within 50 ms
};

/// What a log for importing @p file has to be created with: the default folder, which is private
/// and goes away with the log, and a limit that no file of this size reaches, so that no record is
/// recycled. The space is taken only as it is filled.
[[nodiscard]] CaptureOptions importOptions(const QString &file);

/// Converts @p file: appends what other programs recorded in it to @p into, a log that was just
/// created with @p clock. Takes as long as reading and writing does; the log can be read meanwhile.
///
/// Of TCP packets it makes connections, as they were between the two programs; of a socat or strace
/// log those of local sockets. What is known to have been there, but is not in the file, is a Gap.
///
/// A damaged file fails with CaptureDamaged, one that has nothing of use with NotACapture, a full
/// disk and the like with the log's own problem: what came before stays in the log in each case.
/// Cancelled, it succeeds with what was there until then.
[[nodiscard]] Result<> importForeign(const QString &file, CaptureFormat format, CaptureLog &into,
                                     SteppedClock &clock, ImportProgress &progress);

} // namespace Sockeye
