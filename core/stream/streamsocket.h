// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <cstddef>
#include <span>

namespace Sockeye {

/// One connected, non-blocking stream socket. Calls never block and never raise SIGPIPE; waiting is
/// the caller's. One thread at a time.
class StreamSocket
{
public:
    /// What one receive() or send() did.
    struct Transfer
    {
        enum class Outcome { Done, WouldBlock, End, Failed };
        Outcome outcome = Outcome::Done;
        size_t size = 0; ///< Done: bytes; less than asked for is normal
        int errnoValue = 0; ///< Failed
    };

    /// Takes the descriptor over and makes it non-blocking.
    explicit StreamSocket(Descriptor descriptor);

    [[nodiscard]] int descriptor() const { return m_descriptor.get(); }
    /// End: the peer sends no more (half or fully closed).
    [[nodiscard]] Transfer receive(std::span<std::byte> buffer) const;
    [[nodiscard]] Transfer send(std::span<const std::byte> bytes) const;
    /// Half close: the peer reads an end after what was sent.
    void shutdownSending() const;
    void shutdownBoth() const;
    /// The peer closed both directions, or the connection broke.
    [[nodiscard]] bool isHungUp() const;
    void close() { m_descriptor.reset(); }

private:
    Descriptor m_descriptor;
};

/// One attempt to connect, without blocking. ConnectRefused, ConnectMissing, ConnectDenied or
/// ConnectFailed; errnoValue EAGAIN means that the server's queue is full: try again later (a
/// blocking connect would hang, a select on the socket would spin).
[[nodiscard]] Result<Descriptor> tryConnect(const SocketAddress &address,
                                            int socketType = SOCK_STREAM);

/// Repeats tryConnect() with growing pauses while the queue is full; ConnectTimeout after
/// @p milliseconds. Blocks: for the command line.
[[nodiscard]] Result<Descriptor> connectWithin(const SocketAddress &address, int milliseconds);

} // namespace Sockeye
