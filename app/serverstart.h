// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "enginefeed.h"

namespace Sockeye {

/// Waits until the server listens, or it is plain that it does not. The feed tells a person why
/// not; of JSON, stderr has a line as well.
[[nodiscard]] bool hasStarted(EngineFeed &feed, const Engine &engine, ServerId id, bool json);

} // namespace Sockeye
