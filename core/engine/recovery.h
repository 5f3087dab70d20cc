// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <optional>
#include <vector>

namespace Sockeye {

/// What was found where a tap had been. A plain value.
struct TapRecovery
{
    QString address; ///< displayable
    bool isAlive = false; ///< the tap is at work: nothing was done
    bool wasRestored = false; ///< the original stands at its address again; else it did before
    std::optional<Problem> problem; ///< why something is left to be done
};

/// Puts back what taps have left behind that were killed together with their guardians: all of this
/// user or, if @p address is not empty, the one of that path. Needs no engine. Any thread; blocks
/// for the disk.
[[nodiscard]] std::vector<TapRecovery> recoverDeadTaps(const QString &address = {});

} // namespace Sockeye
