// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"

#include <QByteArray>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

namespace Sockeye {

/// What comes to a framer, in order.
struct Arrival
{
    Direction direction = Direction::ToServer;
    QByteArray bytes;
    quint64 missing = 0; ///< behind the bytes: not recorded

    friend bool operator==(const Arrival &, const Arrival &) = default;
};

struct FrameEvent
{
    Direction direction = Direction::ToServer;
    Frame frame;
    size_t arrival = 0; ///< during which it was given out; one more than there are: by finish()

    friend bool operator==(const FrameEvent &, const FrameEvent &) = default;
};

/// How many of so many bytes that are left the next call of feed() gets: 1 and on.
using Split = std::function<qsizetype(qsizetype left)>;

inline std::vector<FrameEvent> framesOf(const FramerSettings &settings,
                                        const std::vector<Arrival> &arrivals, const Split &split)
{
    const auto framer = Framer::create(settings);
    std::vector<FrameEvent> events;
    size_t current = 0;
    const FrameSink sink = [&](Direction direction, const Frame &frame) {
        events.push_back({direction, frame, current});
    };
    for (const Arrival &arrival : arrivals) {
        const auto bytes = std::as_bytes(
            std::span(arrival.bytes.constData(), static_cast<size_t>(arrival.bytes.size())));
        for (size_t at = 0; at < bytes.size();) {
            const auto left = static_cast<qsizetype>(bytes.size() - at);
            const auto count = static_cast<size_t>(split(left));
            framer->feed(arrival.direction, bytes.subspan(at, count), sink);
            at += count;
        }
        framer->skip(arrival.direction, arrival.missing, sink);
        ++current;
    }
    framer->finish(Direction::ToServer, sink);
    framer->finish(Direction::ToClient, sink);
    return events;
}

inline qsizetype unsplit(qsizetype left)
{
    return left;
}

inline qsizetype bytewise(qsizetype /*left*/)
{
    return 1;
}

/// How @p events contradict what every framer promises of what came; null: they do not.
inline const char *breachOfLaw(const std::vector<FrameEvent> &events,
                               const std::vector<Arrival> &arrivals)
{
    std::array<quint64, 2> expected = {};
    for (const Arrival &arrival : arrivals)
        expected[static_cast<size_t>(arrival.direction)] +=
            static_cast<quint64>(arrival.bytes.size()) + arrival.missing;
    std::array<quint64, 2> position = {};
    for (const FrameEvent &event : events) {
        const Frame &frame = event.frame;
        quint64 &end = position[static_cast<size_t>(event.direction)];
        if (frame.offset != end)
            return "the frames do not stand end to end";
        if (frame.length == 0)
            return "a frame is empty";
        if (frame.bodyOffset > frame.length || frame.bodyLength > frame.length - frame.bodyOffset)
            return "a body is not in its frame";
        end += frame.length;
    }
    return position == expected ? nullptr : "the frames are not as long as what came";
}

} // namespace Sockeye
