// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QString>

#include <sys/types.h>

namespace Sockeye {

// Names from the user database, remembered; the number as text where there is no name. Any thread.
// On this floor because verdicts name owners; core/system/users.h hands them on.
[[nodiscard]] QString userName(uid_t uid);
[[nodiscard]] QString groupName(gid_t gid);

} // namespace Sockeye
