// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/guesstrial.h"

#include "core/base/byteview.h"

#include <algorithm>

namespace Sockeye {

size_t GuessTrial::Side::count(FrameState state) const
{
    return static_cast<size_t>(std::count_if(frames.begin(), frames.end(),
                                             [state](const Frame &f) { return f.state == state; }));
}

FrameState GuessTrial::Side::firstState() const
{
    return frames.empty() ? FrameState::Unframed : frames.front().state;
}

quint64 GuessTrial::Side::unframedBytes() const
{
    quint64 sum = 0;
    for (const Frame &frame : frames)
        sum += frame.state == FrameState::Unframed ? frame.length : 0;
    return sum;
}

GuessTrial::GuessTrial(const FramerSettings &tried, QByteArrayView toServer,
                       QByteArrayView toClient)
    : settings(tried)
{
    sides[0].bytes = toServer.first(std::min(toServer.size(), GuessBytes));
    sides[1].bytes = toClient.first(std::min(toClient.size(), GuessBytes));
    const auto framer = Framer::create(settings);
    const FrameSink sink = [this](Direction direction, const Frame &frame) {
        Side &side = sides[static_cast<size_t>(direction)];
        if (side.frames.size() < MostFrames)
            side.frames.push_back(frame);
        else
            side.isLong = true;
    };
    for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
        const Side &side = sides[static_cast<size_t>(direction)];
        std::span<const std::byte> rest = asBytes(side.bytes);
        // In pieces, so that a framer that finds a message in each byte is soon done.
        while (!rest.empty() && !side.isLong) {
            constexpr size_t pieceSize = 1024;
            const auto piece = rest.first(std::min(rest.size(), pieceSize));
            framer->feed(direction, piece, sink);
            rest = rest.subspan(piece.size());
        }
        framer->finish(direction, sink);
    }
}

std::vector<const GuessTrial::Side *> GuessTrial::spoken() const
{
    std::vector<const Side *> found;
    for (const Side &side : sides) {
        if (!side.bytes.isEmpty())
            found.push_back(&side);
    }
    return found;
}

size_t GuessTrial::count(FrameState state) const
{
    return sides[0].count(state) + sides[1].count(state);
}

std::vector<QByteArrayView> GuessTrial::bodies() const
{
    std::vector<QByteArrayView> found;
    for (const Side &side : sides) {
        for (const Frame &frame : side.frames) {
            if (frame.state == FrameState::Whole && frame.bodyLength > 0)
                found.push_back(side.body(frame));
        }
    }
    return found;
}

} // namespace Sockeye
