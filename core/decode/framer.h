// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/record.h"
#include "core/decode/framersettings.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace Sockeye {

/// What a framer knows about the bytes of a frame.
enum class FrameState : quint8 {
    Whole, ///< a message
    Cut, ///< a message whose rest never came: the direction ended, or bytes were not recorded
    Unframed, ///< bytes that fit no message of this framer
};

/// The place of one message in the bytes of its direction. Only places: the bytes stay where they
/// are, so that a message may be longer than memory.
struct Frame
{
    quint64 offset = 0; ///< of its first byte, counted from the first byte of the direction
    quint64 length = 0; ///< of all of it: prefix, header, body, delimiter
    /// What a decoder gets; from the first byte of the frame. What is in front of it and behind it
    /// belongs to the framing.
    quint64 bodyOffset = 0;
    quint64 bodyLength = 0;
    FrameState state = FrameState::Whole;
    /// Which form of message it is where the protocol's bytes alone do not tell it; a constant of
    /// the framer's header, 0 for the usual one. For the decoder of the same protocol.
    quint8 form = 0;

    friend bool operator==(const Frame &, const Frame &) = default;
};

using FrameSink = std::function<void(Direction, const Frame &)>;

/// Cuts both directions of one connection into messages: bytes in, places out. No I/O; one thread.
///
/// The law: however the bytes of a direction are split between calls of feed(), the frames are the
/// same (but for FramerKind::Record, which shows just that split), and after finish() the frames
/// of a direction stand end to end and are together as long as what came in. What a protocol
/// agrees on in one direction may change the other (a reply to HEAD has no body): then the order
/// of calls between the directions counts, as it did on the wire.
///
/// Memory is bounded by a constant of the framer, whatever the bytes say.
class Framer
{
public:
    [[nodiscard]] static std::unique_ptr<Framer> create(const FramerSettings &settings);
    virtual ~Framer() = default;
    Framer(const Framer &) = delete;
    Framer &operator=(const Framer &) = delete;

    virtual void feed(Direction direction, std::span<const std::byte> bytes,
                      const FrameSink &sink) = 0;
    /// @p bytes more came and were not recorded (a Gap): a message that is open ends here as Cut,
    /// the missing bytes are a Cut frame of their own, and framing begins anew behind them.
    virtual void skip(Direction direction, quint64 bytes, const FrameSink &sink) = 0;
    /// No more will come: an open message ends as Cut, or as Whole where the end is what ends it.
    virtual void finish(Direction direction, const FrameSink &sink) = 0;

protected:
    Framer() = default;
};

} // namespace Sockeye
