// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/dissectorprocess.h"

#include <sys/resource.h>
#include <sys/time.h>

namespace Sockeye {

void confineDissector(QProcess &process, quint64 memory)
{
    // Runs between fork and exec: system calls only.
    process.setChildProcessModifier([memory] {
        const rlimit none = {0, 0};
        const rlimit some = {static_cast<rlim_t>(memory), static_cast<rlim_t>(memory)};
        constexpr int standingBack = 5;
        (void)::setrlimit(RLIMIT_CORE, &none);
        (void)::setrlimit(RLIMIT_AS, &some);
        (void)::setpriority(PRIO_PROCESS, 0, standingBack);
    });
}

} // namespace Sockeye
