// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <utility>

namespace Sockeye {

/// Owns one file descriptor and closes it exactly once; the only code that calls ::close().
/// Move-only. Lives on the lowest floor because every floor above opens something.
class Descriptor
{
public:
    Descriptor() = default;
    /// Takes over @p fd; -1 is "none".
    explicit Descriptor(int fd)
        : m_fd(fd)
    { }
    ~Descriptor() { reset(); }

    Descriptor(Descriptor &&other) noexcept
        : m_fd(other.release())
    { }
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        if (this != &other)
            reset(other.release());
        return *this;
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;

    [[nodiscard]] bool isValid() const { return m_fd >= 0; }
    explicit operator bool() const { return isValid(); }
    /// For a system call; ownership stays here.
    [[nodiscard]] int get() const { return m_fd; }
    /// Hands ownership to the caller.
    [[nodiscard]] int release() { return std::exchange(m_fd, -1); }
    /// Closes what is held and takes over @p fd. Keeps errno.
    void reset(int fd = -1);

private:
    int m_fd = -1;
};

} // namespace Sockeye
