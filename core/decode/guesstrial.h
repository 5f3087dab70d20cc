// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"
#include "core/decode/guess.h"

#include <QByteArrayView>

#include <array>

namespace Sockeye {

/// What a framer makes of the first bytes of both directions: the material of a guess.
struct GuessTrial
{
    struct Side
    {
        QByteArrayView bytes; ///< outlives the trial: what was tried
        std::vector<Frame> frames; ///< the first ones: MostFrames at most
        bool isLong = false; ///< these are not all frames

        [[nodiscard]] QByteArrayView body(const Frame &frame) const
        {
            return bytes.sliced(static_cast<qsizetype>(frame.offset + frame.bodyOffset),
                                static_cast<qsizetype>(frame.bodyLength));
        }
        [[nodiscard]] size_t count(FrameState state) const;
        /// Of the first frame; nothing came: Unframed.
        [[nodiscard]] FrameState firstState() const;
        /// Bytes of the frames that are Unframed.
        [[nodiscard]] quint64 unframedBytes() const;
    };

    /// More of them prove nothing more, and a byte can be a frame.
    static constexpr size_t MostFrames = 256;

    GuessTrial(const FramerSettings &tried, QByteArrayView toServer, QByteArrayView toClient);

    FramerSettings settings;
    std::array<Side, 2> sides; ///< to the server, to the client

    /// The sides where something came.
    [[nodiscard]] std::vector<const Side *> spoken() const;
    [[nodiscard]] size_t count(FrameState state) const;
    /// Of whole messages, those that are not empty.
    [[nodiscard]] std::vector<QByteArrayView> bodies() const;
};

} // namespace Sockeye
