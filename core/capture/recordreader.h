// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/segmentchain.h"

namespace Sockeye {

// Reading records back out of a segment's file. No locks; the segment's published bytes do not
// change. What another program changed in the file reads as nothing.

/// The record's bytes from @p offset, at most @p maximum.
[[nodiscard]] QByteArray readPayload(const CaptureSegment &segment, const IndexEntry &entry,
                                     qint64 offset, qint64 maximum);
/// The comment of the packet at @p offset; of the packet behind it if @p isNext.
[[nodiscard]] QByteArray readComment(const CaptureSegment &segment, quint64 offset,
                                     bool isNext = false);
/// The comment of the packet that ends at @p offset.
[[nodiscard]] QByteArray readCommentBefore(const CaptureSegment &segment, quint64 offset);

} // namespace Sockeye
