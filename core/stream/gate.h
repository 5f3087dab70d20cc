// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace Sockeye {

/// Where one coroutine waits for a word of another part of its thread. A timer that is cancelled
/// does the same, but resumes by way of the context's queue, for which asio looks at all its
/// sockets once more: a system call for each wake-up.
///
/// One I/O thread, but for the constructor and the destructor. At most one coroutine waits at a
/// time; one that still does when the context ends is destroyed with it.
class Gate
{
public:
    explicit Gate(asio::io_context &context);
    Gate(const Gate &) = delete;
    Gate &operator=(const Gate &) = delete;

    /// Suspends until the gate is opened.
    [[nodiscard]] asio::awaitable<void> wait()
    {
        return asio::async_initiate<const asio::use_awaitable_t<> &, void()>(
            [this](auto handler) {
                // std::function asks for what can be copied.
                auto kept = std::make_shared<decltype(handler)>(std::move(handler));
                keep([kept = std::move(kept)] { std::move (*kept)(); });
            },
            asio::use_awaitable);
    }
    /// Resumes who waits before it returns; he may end, and take this gate with him. Not from
    /// within a coroutine, as the thread's scratch buffer belongs to that.
    void open();
    /// Resumes who waits when the thread has nothing else at hand.
    void openSoon();

private:
    class Waiters;
    void keep(std::function<void()> waiter);

    asio::io_context &m_context;
    Waiters &m_waiters;
};

} // namespace Sockeye
