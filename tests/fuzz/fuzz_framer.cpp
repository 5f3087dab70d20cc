// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes through any framer: the frames are the same however the bytes are split, and stand end
// to end. The input: 6 bytes that choose the framer, its settings and the splits; then what
// arrives, piece by piece: a byte (bit 7: to the client; bit 6: a gap follows, 2 to the power of
// the rest long), a byte that tells how many follow, and those.

#include "core/decode/framer.h"

#include "tests/framelaw.h"

#include <cstdlib>
#include <random>

using namespace Sockeye;

namespace {

void check(bool isTrue)
{
    if (!isTrue)
        std::abort();
}

/// Reads 0 where there is no more.
class Input
{
public:
    explicit Input(std::span<const std::uint8_t> bytes)
        : m_bytes(bytes)
    { }

    [[nodiscard]] bool isEmpty() const { return m_bytes.empty(); }
    std::uint8_t take()
    {
        if (isEmpty())
            return 0;
        const std::uint8_t byte = m_bytes.front();
        m_bytes = m_bytes.subspan(1);
        return byte;
    }
    QByteArray take(size_t count)
    {
        const auto taken = m_bytes.first(std::min(count, m_bytes.size()));
        m_bytes = m_bytes.subspan(taken.size());
        return {reinterpret_cast<const char *>(taken.data()), static_cast<qsizetype>(taken.size())};
    }

private:
    std::span<const std::uint8_t> m_bytes;
};

FramerSettings takeSettings(Input &input)
{
    constexpr quint8 widths[] = {0, 1, 2, 4, 8};
    constexpr int kinds = static_cast<int>(FramerKind::Wayland) + 1;
    FramerSettings settings {.kind = static_cast<FramerKind>(input.take() % kinds)};
    const std::uint8_t choice = input.take();
    const std::uint8_t number = input.take();
    switch (settings.kind) {
    case FramerKind::Delimiter: {
        // Of few different bytes, so that its parts resemble each other.
        const int size = 1 + choice % 64;
        for (int i = 0; i < size; ++i)
            settings.delimiter += (number >> (i % 8) & 1) != 0 ? 'a' : 'b';
        break;
    }
    case FramerKind::FixedSize:
        settings.size = 1U + number + 256U * choice;
        break;
    case FramerKind::LengthPrefix:
        settings.width = widths[choice % std::size(widths)];
        settings.isBigEndian = (choice & 0x80) == 0;
        settings.isInclusive = (choice & 0x40) != 0;
        settings.prefixOffset = number == 0xff ? 0xffffffff : number / 16;
        break;
    default:
        break;
    }
    return settings;
}

std::vector<Arrival> takeArrivals(Input &input)
{
    std::vector<Arrival> arrivals;
    while (!input.isEmpty()) {
        constexpr unsigned longestGap = 40; // all together they must not pass 64 bits
        const std::uint8_t what = input.take();
        const std::uint8_t length = input.take();
        Arrival arrival;
        arrival.direction = (what & 0x80) != 0 ? Direction::ToClient : Direction::ToServer;
        arrival.bytes = input.take(length);
        if ((what & 0x40) != 0)
            arrival.missing = quint64 {1} << (what % (longestGap + 1));
        arrivals.push_back(arrival);
    }
    return arrivals;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Input input(std::span(data, size));
    const FramerSettings settings = takeSettings(input);
    std::minstd_rand random(input.take() * 256U * 256U + input.take() * 256U + input.take() + 1U);
    const std::vector<Arrival> arrivals = takeArrivals(input);

    const auto parsed = FramerSettings::parse(settings.toString());
    check(parsed && *parsed == settings);
    const auto whole = framesOf(settings, arrivals, unsplit);
    check(breachOfLaw(whole, arrivals) == nullptr);
    const Split split = [&random](qsizetype left) {
        return 1 + static_cast<qsizetype>(random() % 16) % left;
    };
    for (const Split &other : {Split(bytewise), split}) {
        const auto events = framesOf(settings, arrivals, other);
        check(breachOfLaw(events, arrivals) == nullptr);
        check(settings.kind == FramerKind::Record || events == whole);
    }
    return 0;
}
