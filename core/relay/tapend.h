// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/stream/peekedstream.h"
#include "core/stream/streamsocket.h"
#include "core/stream/waitpoint.h"

#include <QString>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace Sockeye {

/// All that a tap knows of one end of its connection. I/O thread only.
struct TapEnd
{
    TapEnd(asio::io_context &context, Descriptor descriptor)
        : socket(std::move(descriptor))
        , in(socket.descriptor())
        , readable(context)
        , writable(context)
    { }

    [[nodiscard]] int fd() const { return socket.descriptor(); }
    /// What the last look showed, which is in @p scratch if it fits: a packet is passed on as a
    /// whole, however long it is.
    [[nodiscard]] std::span<const std::byte> shown(const PeekedStream::Look &look,
                                                   std::span<std::byte> scratch);
    /// All that was sent to it.
    [[nodiscard]] bool hasReadAll() const;
    /// What all taps of a thread may hold of bytes that a receiver does not take has a limit.
    /// Beyond it they stay where they are, which costs one copy more.
    [[nodiscard]] static bool mayOwe();
    void owe(std::span<const std::byte> bytes, const std::optional<WriterCredentials> &from);
    void forgetOwed();

    StreamSocket socket;
    PeekedStream in;
    WaitPoint readable;
    WaitPoint writable;
    WriterCredentials writer; ///< of what was recorded last; to begin with, who connected
    bool hasNews = true; ///< not looked at since it changed
    bool isWaiting = false; ///< for news of it
    quint64 waits = 0; ///< how often that began
    quint64 waitsSeen = 0; ///< when what is held was looked at
    bool asksForReads = false; ///< of its partner, as long as it waits
    bool sendsMuch = false; ///< it did when last looked at
    size_t recorded = 0; ///< of what stands unread, or is owed: in the capture already
    std::vector<std::byte> longPacket; ///< one that does not fit into the scratch buffer
    // Taken, but not passed on yet.
    std::vector<std::byte> owed;
    size_t paid = 0; ///< of these: passed on
    std::optional<WriterCredentials> owedWriter;
    bool isDone = false; ///< nothing more comes from here
    bool takesNothing = false; ///< nothing more can be sent here
    bool isGone = false; ///< closed as a whole
};

/// What a record tells beside its bytes: the descriptors that came with them, and who wrote them if
/// that is another than @p usual. Empty: nothing.
[[nodiscard]] QString tapNote(const std::vector<Descriptor> &descriptors,
                              const std::optional<WriterCredentials> &writer,
                              const WriterCredentials &usual);

} // namespace Sockeye
