// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QtGlobal>

#include <functional>
#include <memory>

namespace asio {
class io_context;
}

namespace Sockeye {

/// Tells of *changes* on sockets: an epoll set of its own, edge-triggered, whose descriptor asio
/// waits for. asio's own async_wait() arms anew each time and so reports what is still unread; a
/// tap leaves a byte unread on purpose (see PeekedStream) and would spin.
///
/// Belongs to one I/O thread and is used there only.
class EdgePoll
{
public:
    /// Called on the thread of the context. May add and remove, also itself.
    using Changed = std::function<void(bool readable, bool writable)>;

    explicit EdgePoll(asio::io_context &context);
    ~EdgePoll();
    EdgePoll(const EdgePoll &) = delete;
    EdgePoll &operator=(const EdgePoll &) = delete;

    /// @p fd stays the caller's; remove() comes before it is closed. "readable" is also an end, a
    /// half close, an error; what is there already is told as a change. Returns 0 or an errno.
    [[nodiscard]] int add(int fd, Changed changed);
    /// Writability is told only while it is wanted: each read of the peer makes room, and would
    /// wake us for nothing.
    void wantWritable(int fd, bool wanted);
    void remove(int fd);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Sockeye
