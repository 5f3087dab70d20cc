// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <functional>

namespace asio {
class io_context;
}

namespace Sockeye {

/// Where one coroutine waits for a word of another part of its thread. A timer that is cancelled
/// does the same, but resumes by way of the context's queue, for which asio looks at all its
/// sockets once more: a system call for each wake-up.
///
/// One I/O thread, but for the constructor and the destructor. At most one coroutine waits at a
/// time; one that still does when the context ends is destroyed with it.
class WaitPoint
{
public:
    explicit WaitPoint(asio::io_context &context);
    WaitPoint(const WaitPoint &) = delete;
    WaitPoint &operator=(const WaitPoint &) = delete;

    /// @p resume is called once, on this thread, when it is opened.
    void wait(std::function<void()> resume);
    /// Resumes who waits before it returns; he may end, and take this object with him. Not from
    /// within a coroutine, as the thread's scratch buffer belongs to that.
    void open();
    /// Resumes who waits when the thread has nothing else at hand.
    void openSoon();

private:
    class Waiters;

    asio::io_context &m_context;
    Waiters &m_waiters;
};

} // namespace Sockeye
