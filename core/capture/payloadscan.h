// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/filternode.h"
#include "core/capture/segmentchain.h"

#include <functional>

namespace Sockeye {

/// Of the entries of @p stretch that @p selected names, in order, those whose payload passes
/// @p test. Neighbours are read together. @p isCancelled is asked between reads: what is returned
/// then is worth nothing.
[[nodiscard]] std::vector<quint32> selectPayloads(const SegmentChain::Stretch &stretch,
                                                  const std::vector<quint32> &selected,
                                                  const TextTest &test,
                                                  const std::function<bool()> &isCancelled);

} // namespace Sockeye
