// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QString>

#include <optional>

#include <sys/types.h>

namespace Sockeye {

/// What /proc tells of a process. Short-lived ones may be gone: then fields stay empty.
struct ProcessInfo
{
    pid_t pid = 0;
    QString executable; ///< "/usr/bin/psql"; empty without the right to see it
    QString name; ///< "psql": of the executable, else comm
    QString commandLine; ///< arguments, separated by spaces, shell-quoted where needed

    friend bool operator==(const ProcessInfo &, const ProcessInfo &) = default;
};

/// Reads /proc. Any thread; a few tens of microseconds. Remembers the last processes asked for (by
/// pid and start time), as one client often connects many times.
[[nodiscard]] ProcessInfo processInfo(pid_t pid);

} // namespace Sockeye
