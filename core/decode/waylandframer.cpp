// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/waylandframer.h"

#include "core/decode/framecutter.h"

#include <cstring>

namespace Sockeye {

namespace {

class WaylandCutter final : public HeadedCutter
{
public:
    using HeadedCutter::HeadedCutter;

private:
    Measure measure(std::span<const std::byte> header) override
    {
        constexpr quint32 headerSize = 8;
        if (header.size() < headerSize)
            return {Measure::Verdict::More, headerSize};
        std::array<quint32, 2> words;
        std::memcpy(words.data(), header.data(), headerSize);
        const quint32 size = words[1] >> 16;
        if (words[0] == 0 || size < headerSize || size % 4 != 0)
            return {};
        return {Measure::Verdict::Known, size};
    }
};

} // namespace

std::unique_ptr<Framer> makeWaylandFramer()
{
    return makeCutterFramer<WaylandCutter>();
}

} // namespace Sockeye
