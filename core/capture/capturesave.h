// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/segmentchain.h"

namespace Sockeye {

/// Copies @p parts, one behind the other, to @p file: sections of one pcapng. The file (0600) is
/// complete and on the disk before it takes its name, so that a failure leaves what was there.
[[nodiscard]] Result<> saveCapture(const std::vector<SegmentChain::Part> &parts,
                                   const QString &file);

} // namespace Sockeye
