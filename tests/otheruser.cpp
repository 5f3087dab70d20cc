// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "otheruser.h"

#include <cerrno>

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Sockeye {

namespace {

constexpr int couldNotBecome = 101;
constexpr int died = 102;

bool dropCapabilities()
{
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability) {
        if (::prctl(PR_CAPBSET_DROP, capability) != 0)
            return false;
    }
    __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    return ::syscall(SYS_capset, &header, none) == 0;
}

} // namespace

bool become(const Identity &identity)
{
    return ::setgroups(identity.groups.size(), identity.groups.data()) == 0
        && ::setresgid(identity.gid, identity.gid, identity.gid) == 0
        && ::setresuid(identity.uid, identity.uid, identity.uid) == 0
        && (!identity.dropsCapabilities || dropCapabilities());
}

int runAs(const Identity &identity, const std::function<int()> &body)
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(become(identity) ? body() : couldNotBecome);
    int status = 0;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : died;
}

} // namespace Sockeye
