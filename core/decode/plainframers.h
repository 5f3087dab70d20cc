// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"

namespace Sockeye {

// Framers that ask nothing of the bytes of a message: whatever comes in, no byte is Unframed. What
// has no end when its direction ends is Cut. They remember some 600 bytes a direction at most.

/// What came in by one call of feed() is a message.
[[nodiscard]] std::unique_ptr<Framer> makeRecordFramer();
/// The body is the line without its "\n" or "\r\n"; of a Cut one all that came, a "\r" included.
[[nodiscard]] std::unique_ptr<Framer> makeLineFramer();
/// The body is what stands in front of @p delimiter: 1 to 64 bytes. Found are those that do not
/// overlap, from the left.
[[nodiscard]] std::unique_ptr<Framer> makeDelimiterFramer(const QByteArray &delimiter);
/// @p size: 1 and on.
[[nodiscard]] std::unique_ptr<Framer> makeFixedSizeFramer(quint32 size);

} // namespace Sockeye
