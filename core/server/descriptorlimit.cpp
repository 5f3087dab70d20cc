// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/descriptorlimit.h"

#include "core/server/guardedserver.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

namespace Sockeye {

namespace {

// Its socket, QTemporaryDir's, and some for other threads.
constexpr int neededToListen = 6;
// Besides: the lock, the placeholder, the pin, the probe's two, inotify.
constexpr int neededToStart = neededToListen + 6;

Descriptor anyDescriptor()
{
    return Descriptor(::eventfd(0, EFD_CLOEXEC));
}

} // namespace

int descriptorLimit()
{
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return std::numeric_limits<int>::max();
    return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<int>::max()));
}

int descriptorCeiling()
{
    const int limit = descriptorLimit();
    return std::max(limit - descriptorReserve, limit / 2);
}

int lowestFreeDescriptor()
{
    return anyDescriptor().get();
}

DescriptorReserve::DescriptorReserve(For what)
{
    const int needed = what == For::Start ? neededToStart : neededToListen;
    for (int i = 0; i < needed && m_errnoValue == 0; ++i) {
        Descriptor descriptor = anyDescriptor();
        if (!descriptor)
            m_errnoValue = errno;
        else
            m_held.push_back(std::move(descriptor));
    }
}

} // namespace Sockeye
