// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <functional>
#include <vector>

#include <sys/types.h>

namespace Sockeye {

/// Who a child process shall be. The numbers need no entry in the user database.
struct Identity
{
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
    bool dropsCapabilities = false; ///< uid 0 without any of root's powers
};

/// Makes the calling process (a child of fork(), as there is no way back) @p identity.
[[nodiscard]] bool become(const Identity &identity);

/// Runs @p body in a child process that is @p identity; its value (0 to 100) comes back, or 101 if
/// the child could not become him, 102 if it died. Needs root.
[[nodiscard]] int runAs(const Identity &identity, const std::function<int()> &body);

} // namespace Sockeye
