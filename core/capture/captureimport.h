// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/pcapngreader.h"
#include "core/capture/segmentchain.h"

namespace Sockeye {

/// Where and why reading a file ended before its end.
struct CaptureDamage
{
    qint64 offset = 0;
    const char *why = nullptr; ///< a text of the catalogue, not translated
};

struct CaptureImport
{
    qint64 readable = 0; ///< bytes of whole blocks
    std::optional<CaptureDamage> damage;
};

/// Reads a pcapng and adds what it tells to @p segment and @p chain: the same index that is made
/// while recording. Any bytes may come in; packets that are not ours are skipped.
[[nodiscard]] CaptureImport importCapture(const Pcapng::ReadAt &read, qint64 size,
                                          SegmentChain &chain, CaptureSegment &segment);

} // namespace Sockeye
