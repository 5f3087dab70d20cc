// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/contentlengthframer.h"

#include "core/decode/framecutter.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace Sockeye {

namespace {

constexpr quint64 mostHeader = 8 * 1024;
constexpr quint64 mostLength = std::numeric_limits<qint64>::max();

/// Finds a word in the bytes as they come. Its first letter must not be in it again.
class WordFinder
{
public:
    explicit constexpr WordFinder(std::string_view word)
        : m_word(word)
    { }

    /// Whether the word ends with @p c, a lowercase character.
    bool endsWith(char c)
    {
        m_matched = c == m_word[m_matched] ? m_matched + 1 : c == m_word.front() ? 1 : 0;
        if (m_matched < m_word.size())
            return false;
        m_matched = 0;
        return true;
    }
    [[nodiscard]] quint64 length() const { return m_word.size(); }
    void reset() { m_matched = 0; }

private:
    std::string_view m_word;
    size_t m_matched = 0;
};

bool isNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
        || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

class ContentLengthCutter final : public FrameCutter
{
public:
    explicit ContentLengthCutter(Direction direction)
        : FrameCutter(direction)
    {
        ContentLengthCutter::restart();
    }

private:
    enum class Part : quint8 {
        Name,
        EmptyLine, ///< of which "\r" has come
        Value,
        ValueEnd, ///< after its "\r"
        Body,
    };

    void take(std::span<const std::byte> bytes, const FrameSink &sink) override;
    void restart() override
    {
        beginHeader();
        m_lengthName.reset();
        m_typeName.reset();
    }

    void beginHeader();
    void takeHeaderByte(char c, const FrameSink &sink);
    void beginValue(bool isLength);
    /// These tell whether @p c fits.
    bool takeOfHeader(char c, const FrameSink &sink);
    bool takeOfName(char c, const FrameSink &sink);
    bool takeOfValue(char c);
    bool endLine();
    bool endHeader(const FrameSink &sink);

    Part m_part = Part::Name;
    quint64 m_inLine = 0; // bytes of the line
    quint64 m_rest = 0; // of the body
    std::optional<quint64> m_length;
    // of the value, where it is a length
    bool m_isLength = false;
    std::optional<quint64> m_number;
    bool m_isNumberOver = false; // a space followed it
    WordFinder m_lengthName {"content-length:"};
    WordFinder m_typeName {"content-type:"};
};

void ContentLengthCutter::take(std::span<const std::byte> bytes, const FrameSink &sink)
{
    if (m_part == Part::Body) {
        const quint64 taken = std::min<quint64>(m_rest, bytes.size());
        advance(taken);
        m_rest -= taken;
        if (m_rest == 0) {
            endMessage(sink, openLength() - *m_length, *m_length);
            restart();
        }
        return;
    }
    advance(1);
    takeHeaderByte(std::to_integer<char>(bytes.front()), sink);
}

void ContentLengthCutter::beginHeader()
{
    m_part = Part::Name;
    m_inLine = 0;
    m_length.reset();
    expect(NotYet);
}

void ContentLengthCutter::takeHeaderByte(char c, const FrameSink &sink)
{
    const char lowered = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    const bool isLength = m_lengthName.endsWith(lowered);
    const bool isType = m_typeName.endsWith(lowered);
    if (isLength || isType) {
        const quint64 back = (isLength ? m_lengthName : m_typeName).length();
        const bool isWholeName = m_part == Part::Name && m_inLine + 1 == back;
        if (isUnframed() || !isWholeName) {
            lose();
            find(sink, back);
            beginHeader();
        }
        beginValue(isLength);
    } else if (isUnframed()) {
        return;
    } else if (!takeOfHeader(lowered, sink)) {
        lose();
        return;
    }
    if (m_part != Part::Body && openLength() >= mostHeader)
        lose();
}

void ContentLengthCutter::beginValue(bool isLength)
{
    m_part = Part::Value;
    m_isLength = isLength;
    m_number.reset();
    m_isNumberOver = false;
}

bool ContentLengthCutter::takeOfHeader(char c, const FrameSink &sink)
{
    switch (m_part) {
    case Part::Name:
        return takeOfName(c, sink);
    case Part::EmptyLine:
        return c == '\n' && endHeader(sink);
    case Part::Value:
        if (c == '\r') {
            m_part = Part::ValueEnd;
            return true;
        }
        return c == '\n' ? endLine() : takeOfValue(c);
    case Part::ValueEnd:
        return c == '\n' && endLine();
    case Part::Body:
        break;
    }
    Q_UNREACHABLE();
}

bool ContentLengthCutter::takeOfName(char c, const FrameSink &sink)
{
    if (m_inLine == 0 && c == '\r') {
        m_part = Part::EmptyLine;
        return true;
    }
    if (m_inLine == 0 && c == '\n')
        return endHeader(sink);
    if (m_inLine > 0 && c == ':') {
        beginValue(false);
        return true;
    }
    ++m_inLine;
    return isNameCharacter(c);
}

bool ContentLengthCutter::takeOfValue(char c)
{
    const bool isSpace = c == ' ' || c == '\t';
    if (!m_isLength)
        return isSpace || static_cast<unsigned char>(c) > ' ';
    if (isSpace) {
        m_isNumberOver = m_number.has_value();
        return true;
    }
    if (c < '0' || c > '9' || m_isNumberOver)
        return false;
    const quint64 number = m_number.value_or(0);
    const auto digit = static_cast<quint64>(c - '0');
    if (number > (mostLength - digit) / 10)
        return false;
    m_number = number * 10 + digit;
    return true;
}

bool ContentLengthCutter::endLine()
{
    if (m_isLength) {
        if (!m_number || (m_length && m_length != m_number))
            return false;
        m_length = m_number;
    }
    m_part = Part::Name;
    m_inLine = 0;
    return true;
}

bool ContentLengthCutter::endHeader(const FrameSink &sink)
{
    if (!m_length)
        return false;
    m_part = Part::Body;
    m_rest = *m_length;
    expect(openLength());
    if (m_rest == 0) {
        endMessage(sink, openLength(), 0);
        restart();
    }
    return true;
}

} // namespace

std::unique_ptr<Framer> makeContentLengthFramer()
{
    return makeCutterFramer<ContentLengthCutter>();
}

} // namespace Sockeye
