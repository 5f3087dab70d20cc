// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/descriptor.h"

#include <cerrno>

#include <unistd.h>

namespace Sockeye {

void Descriptor::reset(int fd)
{
    if (m_fd >= 0 && m_fd != fd) {
        const int before = errno;
        ::close(m_fd); // never retried on EINTR: on Linux the descriptor is gone either way
        errno = before;
    }
    m_fd = fd;
}

} // namespace Sockeye
