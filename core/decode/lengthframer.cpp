// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/lengthframer.h"

#include "core/decode/framecutter.h"

namespace Sockeye {

namespace {

/// No message is longer: as far as a file can go.
constexpr quint64 mostBytes = std::numeric_limits<qint64>::max();

quint64 readNumber(std::span<const std::byte> bytes, bool isBigEndian)
{
    quint64 number = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
        const std::byte next = bytes[isBigEndian ? i : bytes.size() - 1 - i];
        number = (number << 8) | std::to_integer<quint64>(next);
    }
    return number;
}

class LengthCutter final : public HeadedCutter
{
public:
    LengthCutter(Direction direction, const FramerSettings &settings)
        : HeadedCutter(direction)
        , m_width(settings.width)
        , m_isBigEndian(settings.isBigEndian)
        , m_offset(settings.prefixOffset)
        , m_isInclusive(settings.isInclusive)
    {
        Q_ASSERT(m_width == 0 || m_width == 1 || m_width == 2 || m_width == 4 || m_width == 8);
    }

private:
    Measure measure(std::span<const std::byte> header) override
    {
        if (m_width == 0)
            return measureVarint(header);
        if (header.size() < m_width)
            return {Measure::Verdict::More, m_width};
        return known(readNumber(header, m_isBigEndian), m_width);
    }

    [[nodiscard]] Measure measureVarint(std::span<const std::byte> header) const
    {
        constexpr size_t mostVarint = 10; // 64 bits, 7 in each byte
        if ((header.back() & std::byte {0x80}) != std::byte {0}) {
            if (header.size() == mostVarint)
                return {};
            return {Measure::Verdict::More, header.size() + 1};
        }
        if (header.size() == mostVarint && header.back() > std::byte {1})
            return {};
        quint64 number = 0;
        for (size_t i = 0; i < header.size(); ++i)
            number |= std::to_integer<quint64>(header[i] & std::byte {0x7f}) << (7 * i);
        return known(number, header.size());
    }

    [[nodiscard]] Measure known(quint64 number, quint64 width) const
    {
        const quint64 least = m_isInclusive ? m_offset + width : 0;
        if (number < least || number > mostBytes - m_offset - width)
            return {};
        const quint64 length = m_isInclusive ? number - m_offset : number + width;
        return {Measure::Verdict::Known, length, width};
    }

    [[nodiscard]] quint64 leadLength() const override { return m_offset; }
    [[nodiscard]] quint64 earlyBodyOffset() const override { return NotYet; }

    quint64 m_width;
    bool m_isBigEndian;
    quint64 m_offset;
    bool m_isInclusive;
};

class QDataStreamCutter final : public HeadedCutter
{
public:
    using HeadedCutter::HeadedCutter;

private:
    Measure measure(std::span<const std::byte> header) override
    {
        constexpr quint64 nullLength = 0xffffffff;
        constexpr quint64 longLength = 0xfffffffe;
        constexpr quint64 width = 4;
        constexpr quint64 longWidth = width + 8;
        if (header.size() < width)
            return {Measure::Verdict::More, width};
        const quint64 number = readNumber(header.first(width), true);
        if (number == nullLength)
            return {Measure::Verdict::Known, width, width, QDataStreamForm::Null};
        if (number != longLength)
            return {Measure::Verdict::Known, width + number, width};
        if (header.size() < longWidth)
            return {Measure::Verdict::More, longWidth};
        const quint64 longNumber = readNumber(header.subspan(width), true);
        if (longNumber > mostBytes - longWidth)
            return {};
        return {Measure::Verdict::Known, longWidth + longNumber, longWidth};
    }

    [[nodiscard]] quint64 earlyBodyOffset() const override { return NotYet; }
};

} // namespace

std::unique_ptr<Framer> makeLengthFramer(const FramerSettings &settings)
{
    return makeCutterFramer<LengthCutter>(settings);
}

std::unique_ptr<Framer> makeQDataStreamFramer()
{
    return makeCutterFramer<QDataStreamCutter>();
}

} // namespace Sockeye
