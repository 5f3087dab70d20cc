// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/dbusframer.h"

#include "core/decode/framecutter.h"

#include <algorithm>
#include <string_view>

namespace Sockeye {

namespace {

constexpr quint64 mostLine = 16 * 1024; // what the reference implementation takes
constexpr quint64 mostFields = quint64 {1} << 26;
constexpr quint64 mostMessage = quint64 {1} << 27;
/// Byte order, type, flags, version, length of the body, serial, length of the fields.
constexpr quint64 fixedHeader = 16;
/// The first field as well, up to the value: code, signature.
constexpr quint64 searchedHeader = fixedHeader + 4;

constexpr auto littleEndian = std::byte {'l'};
constexpr auto bigEndian = std::byte {'B'};
constexpr auto mostKnownType = std::byte {4};

class DBusCutter final : public HeadedCutter
{
public:
    explicit DBusCutter(Direction direction)
        : HeadedCutter(direction)
    {
        DBusCutter::restart();
    }

private:
    void take(std::span<const std::byte> bytes, const FrameSink &sink) override;
    void restart() override;
    Measure measure(std::span<const std::byte> header) override;
    [[nodiscard]] bool canFind() const override { return true; }

    void takeOfLine(std::byte byte, const FrameSink &sink);
    void beginLine();
    void endLine(const FrameSink &sink);
    /// Authentication is over: what is open of the line, at most 2 bytes, begins a message.
    void beginMessages(const FrameSink &sink);

    bool m_isAuthenticating = true;
    bool m_hasBegun = false; // the direction: a byte 0 may only be the first
    quint64 m_zero = 0; // that byte
    quint64 m_inLine = 0; // bytes of the line, without that
    std::array<std::byte, 7> m_line = {}; // its first bytes: one more than tell "BEGIN\r"
    bool m_isReturned = false; // its "\r" has come
};

void DBusCutter::take(std::span<const std::byte> bytes, const FrameSink &sink)
{
    if (!m_isAuthenticating) {
        HeadedCutter::take(bytes, sink);
        return;
    }
    advance(1);
    takeOfLine(bytes.front(), sink);
    m_hasBegun = true;
}

void DBusCutter::restart()
{
    if (m_isAuthenticating)
        beginLine();
    else
        HeadedCutter::restart();
}

void DBusCutter::beginLine()
{
    m_zero = 0;
    m_inLine = 0;
    m_isReturned = false;
    expect(0, DBusForm::AuthLine);
}

void DBusCutter::takeOfLine(std::byte byte, const FrameSink &sink)
{
    const bool isFirst = m_inLine == 0;
    if (isFirst && byte == std::byte {0} && !m_hasBegun && direction() == Direction::ToServer) {
        m_zero = 1;
        expect(m_zero, DBusForm::AuthLine);
        return;
    }
    if (m_inLine < m_line.size())
        m_line[m_inLine] = byte;
    ++m_inLine;
    // No command begins with a lowercase letter; the only one that begins with B is BEGIN.
    const bool isMessage = m_zero == 0
        && ((isFirst && byte == littleEndian)
            || (m_inLine == 2 && m_line[0] == bigEndian && byte <= mostKnownType));
    if (isMessage) {
        beginMessages(sink);
        return;
    }
    const char c = std::to_integer<char>(byte);
    const bool isEnd = m_isReturned && c == '\n';
    const bool isReturn = !m_isReturned && !isFirst && c == '\r';
    const bool isText = !m_isReturned && (isFirst ? c >= 'A' && c <= 'Z' : c >= ' ' && c <= '~');
    if (isEnd) {
        endLine(sink);
    } else if ((isText || isReturn) && m_inLine < mostLine) {
        m_isReturned = isReturn;
    } else {
        lose();
        m_isAuthenticating = false;
        beginMessage();
    }
}

void DBusCutter::endLine(const FrameSink &sink)
{
    constexpr std::string_view begin = "BEGIN\r\n";
    const bool isBegin = direction() == Direction::ToServer && m_inLine == begin.size()
        && std::equal(m_line.begin(), m_line.end(), begin.begin(),
                      [](std::byte byte, char c) { return std::to_integer<char>(byte) == c; });
    endMessage(sink, m_zero, m_inLine - 2, DBusForm::AuthLine);
    m_isAuthenticating = !isBegin;
    restart();
}

void DBusCutter::beginMessages(const FrameSink &sink)
{
    m_isAuthenticating = false;
    beginMessageWith(std::span(m_line).first(m_inLine), sink);
}

quint64 readNumber(std::span<const std::byte> header, size_t at)
{
    quint64 number = 0;
    for (size_t i = 0; i < 4; ++i) {
        const std::byte next = header[at + (header[0] == bigEndian ? i : 3 - i)];
        number = (number << 8) | std::to_integer<quint64>(next);
    }
    return number;
}

/// Whether a message in the midst of bytes that fit nothing may begin like this.
bool looksLikeMessage(std::span<const std::byte> header)
{
    constexpr auto flagsKnown = std::byte {7};
    constexpr auto mostKnownField = std::byte {9};
    constexpr std::string_view types = "osgu"; // of the values of known fields
    const std::span field = header.subspan(fixedHeader);
    return header[1] <= mostKnownType && header[2] <= flagsKnown && readNumber(header, 12) >= 8
        && field[0] >= std::byte {1} && field[0] <= mostKnownField && field[1] == std::byte {1}
    && types.find(std::to_integer<char>(field[2])) != std::string_view::npos
        && field[3] == std::byte {0};
}

HeadedCutter::Measure DBusCutter::measure(std::span<const std::byte> header)
{
    constexpr auto version = std::byte {1};
    if (header[0] != littleEndian && header[0] != bigEndian)
        return {};
    if (header.size() < fixedHeader)
        return {Measure::Verdict::More, fixedHeader};
    const quint64 body = readNumber(header, 4);
    const quint64 serial = readNumber(header, 8);
    const quint64 fields = readNumber(header, 12);
    const quint64 length = fixedHeader + (fields + 7) / 8 * 8 + body;
    if (header[1] == std::byte {0} || header[3] != version || serial == 0 || fields > mostFields
        || length > mostMessage)
        return {};
    if (isUnframed()) {
        if (header.size() < searchedHeader)
            return {Measure::Verdict::More, searchedHeader};
        if (!looksLikeMessage(header))
            return {};
    }
    return {Measure::Verdict::Known, length, 0, DBusForm::Message};
}

} // namespace

std::unique_ptr<Framer> makeDBusFramer()
{
    return makeCutterFramer<DBusCutter>();
}

} // namespace Sockeye
