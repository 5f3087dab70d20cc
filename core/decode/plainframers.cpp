// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/plainframers.h"

#include "core/decode/framecutter.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace Sockeye {

namespace {

class RecordCutter final : public FrameCutter
{
public:
    using FrameCutter::FrameCutter;

private:
    void take(std::span<const std::byte> bytes, const FrameSink &sink) override
    {
        advance(bytes.size());
        endMessage(sink, 0, openLength());
    }
    void restart() override { }
};

class FixedSizeCutter final : public FrameCutter
{
public:
    FixedSizeCutter(Direction direction, quint32 size)
        : FrameCutter(direction)
        , m_size(size)
    { }

private:
    void take(std::span<const std::byte> bytes, const FrameSink &sink) override
    {
        advance(std::min<quint64>(m_size - openLength(), bytes.size()));
        if (openLength() == m_size)
            endMessage(sink, 0, m_size);
    }
    void restart() override { }

    quint64 m_size;
};

/// How many bytes of @p bytes go to the first @p wanted and end with it; 0: it is not there.
quint64 lengthThrough(std::span<const std::byte> bytes, std::byte wanted)
{
    const void *found = std::memchr(bytes.data(), std::to_integer<int>(wanted), bytes.size());
    if (!found)
        return 0;
    return static_cast<quint64>(static_cast<const std::byte *>(found) - bytes.data()) + 1;
}

class LineCutter final : public FrameCutter
{
public:
    using FrameCutter::FrameCutter;

private:
    void take(std::span<const std::byte> bytes, const FrameSink &sink) override
    {
        const quint64 through = lengthThrough(bytes, std::byte {'\n'});
        if (through == 0) {
            advance(bytes.size());
            m_endsWithReturn = bytes.back() == std::byte {'\r'};
            return;
        }
        const bool hasReturn =
            through == 1 ? m_endsWithReturn : bytes[through - 2] == std::byte {'\r'};
        advance(through);
        endMessage(sink, 0, openLength() - (hasReturn ? 2 : 1));
        m_endsWithReturn = false;
    }
    void restart() override { m_endsWithReturn = false; }

    bool m_endsWithReturn = false; // the open line, so far
};

/// Knuth, Morris and Pratt: after each byte it is known how many of the last bytes are a beginning
/// of the delimiter, so no byte is looked at again, and none needs to be kept.
class DelimiterCutter final : public FrameCutter
{
public:
    DelimiterCutter(Direction direction, const QByteArray &delimiter)
        : FrameCutter(direction)
        , m_size(static_cast<size_t>(delimiter.size()))
    {
        Q_ASSERT(m_size >= 1 && m_size <= m_delimiter.size());
        std::memcpy(m_delimiter.data(), delimiter.constData(), m_size);
        for (size_t i = 1, same = 0; i < m_size; ++i) {
            while (same > 0 && m_delimiter[i] != m_delimiter[same])
                same = m_border[same - 1];
            if (m_delimiter[i] == m_delimiter[same])
                ++same;
            m_border[i] = static_cast<quint8>(same);
        }
    }

private:
    void take(std::span<const std::byte> bytes, const FrameSink &sink) override
    {
        size_t i = 0;
        if (m_matched == 0) { // most bytes are far from a delimiter
            const quint64 through = lengthThrough(bytes, m_delimiter[0]);
            if (through == 0) {
                advance(bytes.size());
                return;
            }
            i = through - 1;
        }
        for (; i < bytes.size(); ++i) {
            while (m_matched > 0 && bytes[i] != m_delimiter[m_matched])
                m_matched = m_border[m_matched - 1];
            if (bytes[i] == m_delimiter[m_matched])
                ++m_matched;
            if (m_matched == m_size || m_matched == 0) {
                ++i;
                break;
            }
        }
        advance(i);
        if (m_matched == m_size) {
            endMessage(sink, 0, openLength() - m_size);
            m_matched = 0;
        }
    }
    void restart() override { m_matched = 0; }

    std::array<std::byte, 64> m_delimiter = {};
    std::array<quint8, 64> m_border = {}; // of the first i + 1 bytes: as long begins and ends them
    size_t m_size;
    size_t m_matched = 0;
};

} // namespace

std::unique_ptr<Framer> makeRecordFramer()
{
    return makeCutterFramer<RecordCutter>();
}

std::unique_ptr<Framer> makeLineFramer()
{
    return makeCutterFramer<LineCutter>();
}

std::unique_ptr<Framer> makeDelimiterFramer(const QByteArray &delimiter)
{
    return makeCutterFramer<DelimiterCutter>(delimiter);
}

std::unique_ptr<Framer> makeFixedSizeFramer(quint32 size)
{
    Q_ASSERT(size > 0);
    return makeCutterFramer<FixedSizeCutter>(std::max(size, 1U));
}

} // namespace Sockeye
