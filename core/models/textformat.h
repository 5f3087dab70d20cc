// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/utf8text.h"

#include <QByteArrayView>
#include <QString>

#include <chrono>

namespace Sockeye {

// How numbers, times and bytes are written for people, in the window and on the command line. Any
// thread. Numbers keep their unit with a no-break space (U+00A0) and group digits with a narrow one
// (U+202F), so that they never break and never look like two numbers.

/// "9 204"
[[nodiscard]] QString numberText(quint64 number);
/// "412 B", "3.1 kB", "88 kB", "1.2 MB": powers of 1000, two digits or more.
[[nodiscard]] QString byteCount(quint64 bytes);
/// "120 MB/s"; "0 B/s" for what is not a positive number.
[[nodiscard]] QString rateText(double bytesPerSecond);
/// "8 GiB", "1.2 GiB": powers of 1024, for limits that are set in them.
[[nodiscard]] QString binarySize(quint64 bytes);
/// "0:31", "2:04", "1:02:03", "2 d 03:04:05". Never negative.
[[nodiscard]] QString durationText(std::chrono::nanoseconds duration);
/// "12:01:07.123 456": timeOfDay() with a narrow gap before the microseconds, if it has any.
[[nodiscard]] QString spacedTime(const QString &timeOfDay);

/// "psql (4211)", of a name or a path; "pid 4211" without a name, "unknown" without both.
[[nodiscard]] QString peerText(const QString &executable, qint64 pid);

/// One line that shows bytes as text: UTF-8 as it is, line ends as ⏎ (CR LF as one), everything
/// that is not printable as ·, one for each byte. Marks that would change the order or the place of
/// other text (bidirectional controls, line separators) are not printable. @p hasMore adds "…"; a
/// character that is cut at the end is left out then.
[[nodiscard]] QString preview(QByteArrayView bytes, bool hasMore = false);

// Bytes as text to paste elsewhere.

/// "51 00 00 0d", 16 a line.
[[nodiscard]] QString hexText(QByteArrayView bytes);
/// "0000  51 00 00 0d 53 45 4c 45  43 54 20 31 00           Q....SELECT 1." as in the hex view,
/// offsets from @p base, of @p digits or more.
[[nodiscard]] QString hexDump(QByteArrayView bytes, quint64 base = 0, int digits = 0);
/// "unsigned char data[] = { 0x51, … };", 12 a line.
[[nodiscard]] QString cArrayText(QByteArrayView bytes);
/// UTF-8 where it is valid, U+FFFD for each byte elsewhere; NUL is U+2400, because clipboards of
/// the desktop end at it.
[[nodiscard]] QString plainText(QByteArrayView bytes);
/// Hexadecimal digits that offsets up to @p size need: 4, 8, 12 or 16.
[[nodiscard]] int offsetDigits(quint64 size);

} // namespace Sockeye
