// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/straceline.h"

#include <algorithm>
#include <charconv>

namespace Sockeye {

namespace {

constexpr int DeepestValue = 16;
/// A vector of IOV_MAX pieces has 1,024 lists of two.
constexpr int MostValues = 65'536;

bool isDigit(char character)
{
    return character >= '0' && character <= '9';
}

bool isNameCharacter(char character)
{
    return isDigit(character) || (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z') || character == '_';
}

int digitOf(char character, int base)
{
    int digit = -1;
    if (isDigit(character))
        digit = character - '0';
    else if (character >= 'a' && character <= 'f')
        digit = character - 'a' + 10;
    else if (character >= 'A' && character <= 'F')
        digit = character - 'A' + 10;
    return digit < base ? digit : -1;
}

template <class T>
std::optional<T> toNumber(QByteArrayView text, int base = 10)
{
    T number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

/// One call, read from its left.
class Parser
{
public:
    explicit Parser(QByteArrayView text)
        : m_text(text)
    { }

    [[nodiscard]] std::optional<StraceCall> call();

private:
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] char here() const { return atEnd() ? '\0' : m_text[m_at]; }
    [[nodiscard]] bool skip(QByteArrayView expected);
    void skipSpaces();
    [[nodiscard]] QByteArrayView from(qsizetype begin) const
    {
        return m_text.sliced(begin, m_at - begin);
    }

    [[nodiscard]] bool values(std::vector<StraceValue> &to, char end, int depth);
    [[nodiscard]] bool value(StraceValue &to, int depth);
    [[nodiscard]] bool string(QByteArray &to);
    void escape(QByteArray &to);
    [[nodiscard]] bool word(StraceValue &to);
    [[nodiscard]] bool annotation(QByteArray &to);
    [[nodiscard]] bool result(StraceCall &to);

    QByteArrayView m_text;
    qsizetype m_at = 0;
    int m_values = 0;
};

std::optional<StraceCall> Parser::call()
{
    StraceCall result;
    while (isNameCharacter(here()))
        ++m_at;
    result.name = from(0).toByteArray();
    if (result.name.isEmpty() || isDigit(result.name[0]) || !skip("(")
        || !values(result.arguments, ')', 0) || !this->result(result))
        return std::nullopt;
    return result;
}

bool Parser::skip(QByteArrayView expected)
{
    if (!m_text.sliced(m_at).startsWith(expected))
        return false;
    m_at += expected.size();
    return true;
}

void Parser::skipSpaces()
{
    while (here() == ' ')
        ++m_at;
}

// Up to and with @p end.
bool Parser::values(std::vector<StraceValue> &to, char end, int depth)
{
    for (;;) {
        skipSpaces();
        if (here() == end) {
            ++m_at;
            return true;
        }
        if (atEnd() || depth > DeepestValue || ++m_values > MostValues)
            return false;
        const qsizetype before = m_at;
        StraceValue next;
        if (!value(next, depth))
            return false;
        to.push_back(std::move(next));
        skipSpaces();
        // "[128 => 2]", "{flags=…} => {parent_tid=[0]}": before the call and behind it.
        if (skip("=>") || skip(","))
            continue;
        if (m_at == before) // a character that begins nothing
            return false;
    }
}

bool Parser::value(StraceValue &to, int depth)
{
    const qsizetype begin = m_at;
    while (isNameCharacter(here()))
        ++m_at;
    if (m_at > begin && here() == '=' && !m_text.sliced(m_at).startsWith("=>")) {
        to.name = from(begin).toByteArray();
        ++m_at;
    } else {
        m_at = begin;
    }
    if (skip("...")) {
        to.kind = StraceValue::Ellipsis;
        return true;
    }
    if (here() == '@' && m_text.sliced(m_at).startsWith("@\"")) {
        to.isAbstract = true;
        ++m_at;
    }
    switch (here()) {
    case '"':
        to.kind = StraceValue::String;
        if (!string(to.text))
            return false;
        to.isCut = skip("...");
        return true;
    case '[':
    case '{': {
        to.kind = StraceValue::List;
        const char end = here() == '[' ? ']' : '}';
        ++m_at;
        return values(to.items, end, depth + 1);
    }
    default:
        return word(to);
    }
}

bool Parser::string(QByteArray &to)
{
    for (++m_at; !atEnd(); ++m_at) {
        const char character = here();
        if (character == '"') {
            ++m_at;
            return true;
        }
        if (character == '\\')
            escape(to);
        else
            to.append(character);
    }
    return false;
}

// Leaves the position at the last character of it.
void Parser::escape(QByteArray &to)
{
    ++m_at;
    const bool isHex = here() == 'x';
    const int base = isHex ? 16 : 8;
    if (isHex)
        ++m_at;
    if (isHex || digitOf(here(), base) >= 0) {
        const int most = isHex ? 2 : 3;
        int number = 0;
        int digits = 0;
        for (; digits < most && !atEnd() && digitOf(here(), base) >= 0; ++digits, ++m_at)
            number = number * base + digitOf(here(), base);
        to.append(static_cast<char>(number));
        --m_at;
        return;
    }
    switch (here()) {
    case 'a':
        to.append('\a');
        break;
    case 'b':
        to.append('\b');
        break;
    case 't':
        to.append('\t');
        break;
    case 'n':
        to.append('\n');
        break;
    case 'v':
        to.append('\v');
        break;
    case 'f':
        to.append('\f');
        break;
    case 'r':
        to.append('\r');
        break;
    case 'e':
        to.append('\x1b');
        break;
    default:
        to.append(here());
        break;
    }
}

// Whatever stands up to the next separator, with what is in parentheses and comments.
bool Parser::word(StraceValue &to)
{
    const qsizetype begin = m_at;
    while (isNameCharacter(here()) || here() == '-')
        ++m_at;
    if (m_at > begin && here() == '<') {
        to.text = from(begin).toByteArray();
        ++m_at;
        return annotation(to.annotation);
    }
    int depth = 0;
    for (; !atEnd(); ++m_at) {
        const char character = here();
        if (character == '"') {
            QByteArray ignored;
            if (!string(ignored))
                return false;
            --m_at;
        } else if (m_text.sliced(m_at).startsWith("/*")) {
            const qsizetype end = m_text.indexOf("*/", m_at);
            if (end < 0)
                return false;
            m_at = end + 1;
        } else if (character == '(' || character == '[' || character == '{') {
            ++depth;
        } else if (character == ')' || character == ']' || character == '}') {
            if (depth == 0)
                break;
            --depth;
        } else if (depth == 0 && (character == ',' || m_text.sliced(m_at).startsWith(" =>"))) {
            break;
        }
    }
    to.text = from(begin).trimmed().toByteArray();
    return !atEnd();
}

// Behind the "<" of -y: an angle bracket of a path is escaped, "->" stands between two sockets, a
// device has brackets of its own.
bool Parser::annotation(QByteArray &to)
{
    int depth = 1;
    for (; !atEnd(); ++m_at) {
        const char character = here();
        if (character == '\\') {
            escape(to);
            continue;
        }
        if (character == '"') {
            to.append('"');
            if (!string(to))
                return false;
            to.append('"');
            --m_at;
            continue;
        }
        if (character == '<')
            ++depth;
        const bool isArrow = character == '>' && m_at > 0 && m_text[m_at - 1] == '-';
        if (character == '>' && !isArrow && --depth == 0) {
            ++m_at;
            return true;
        }
        to.append(character);
    }
    return false;
}

bool Parser::result(StraceCall &to)
{
    skipSpaces();
    if (!skip("= "))
        return false;
    const qsizetype begin = m_at;
    while (isNameCharacter(here()) || here() == '-' || here() == '?')
        ++m_at;
    const QByteArrayView number = from(begin);
    if (number == "?") { // the process ended meanwhile, or the call is to be begun again
        to.result = -1;
        to.error = QByteArrayLiteral("?");
        return true;
    }
    const auto value = number.startsWith("0x")
        ? std::optional(static_cast<qint64>(toNumber<quint64>(number.sliced(2), 16).value_or(0)))
        : toNumber<qint64>(number);
    if (!value)
        return false;
    to.result = *value;
    if (skip("<") && !annotation(to.annotation))
        return false;
    if (to.result == -1) {
        skipSpaces();
        const qsizetype error = m_at;
        while (isNameCharacter(here()))
            ++m_at;
        to.error = from(error).toByteArray();
    }
    return true;
}

// "12:34:56.789"
std::optional<std::chrono::nanoseconds> toTimeOfDay(QByteArrayView text)
{
    if (text.size() < 8 || text[2] != ':' || text[5] != ':')
        return std::nullopt;
    const auto hours = toNumber<int>(text.first(2));
    const auto minutes = toNumber<int>(text.sliced(3, 2));
    const auto seconds = toNumber<int>(text.sliced(6, 2));
    if (!hours || !minutes || !seconds)
        return std::nullopt;
    std::chrono::nanoseconds time = std::chrono::hours(*hours) + std::chrono::minutes(*minutes)
        + std::chrono::seconds(*seconds);
    if (text.size() == 8)
        return time;
    const QByteArrayView fraction = text.sliced(9);
    auto number = toNumber<qint64>(fraction);
    if (text[8] != '.' || !number || *number < 0 || fraction.size() > 9)
        return std::nullopt;
    for (qsizetype digits = fraction.size(); digits < 9; ++digits)
        *number *= 10;
    return time + std::chrono::nanoseconds(*number);
}

// "1700000000.123456"
std::optional<std::chrono::nanoseconds> toSeconds(QByteArrayView text)
{
    const qsizetype point = text.indexOf('.');
    if (point <= 0 || point > 10 || text.size() - point - 1 > 9)
        return std::nullopt;
    const auto seconds = toNumber<qint64>(text.first(point));
    auto fraction = toNumber<qint64>(text.sliced(point + 1));
    // What 64 bits of nanoseconds can tell ends in 2262.
    constexpr qint64 lastSecond = 9'223'372'035;
    if (!seconds || !fraction || *seconds < 0 || *seconds > lastSecond || *fraction < 0)
        return std::nullopt;
    for (qsizetype digits = text.size() - point - 1; digits < 9; ++digits)
        *fraction *= 10;
    return std::chrono::seconds(*seconds) + std::chrono::nanoseconds(*fraction);
}

QByteArrayView withoutSpaces(QByteArrayView text)
{
    qsizetype spaces = 0;
    while (spaces < text.size() && text[spaces] == ' ')
        ++spaces;
    return text.sliced(spaces);
}

} // namespace

const StraceValue *StraceValue::member(QByteArrayView wanted) const
{
    const auto it = std::find_if(items.begin(), items.end(),
                                 [&](const StraceValue &item) { return item.name == wanted; });
    return it == items.end() ? nullptr : &*it;
}

std::optional<qint64> StraceValue::number() const
{
    if (kind != Word)
        return std::nullopt;
    return toNumber<qint64>(text);
}

StraceFront parseStraceFront(QByteArrayView line)
{
    StraceFront front;
    front.rest = withoutSpaces(line);
    if (front.rest.startsWith("[pid ")) {
        const qsizetype end = front.rest.indexOf(']');
        const auto pid =
            end < 0 ? std::nullopt : toNumber<qint64>(withoutSpaces(front.rest.sliced(5, end - 5)));
        if (!pid)
            return front;
        front.pid = *pid;
        front.rest = withoutSpaces(front.rest.sliced(end + 1));
    }
    // A pid, then a time, then -r in parentheses beside a time of day.
    for (;;) {
        const qsizetype end = front.rest.indexOf(' ');
        if (end <= 0)
            return front;
        const QByteArrayView first = front.rest.first(end);
        if (!isDigit(first[0])) {
            if (!first.startsWith("(+"))
                return front;
            const qsizetype closing = front.rest.indexOf(')');
            if (closing < 0)
                return front;
            front.rest = withoutSpaces(front.rest.sliced(closing + 1));
            continue;
        }
        constexpr std::chrono::seconds firstDay(86'400);
        if (const auto seconds = toSeconds(first)) {
            front.clock = *seconds > firstDay ? StraceFront::Absolute : StraceFront::Relative;
            front.time = *seconds;
        } else if (const auto ofDay = toTimeOfDay(first)) {
            front.clock = StraceFront::OfDay;
            front.time = *ofDay;
        } else if (const auto pid = toNumber<qint64>(first); pid && front.pid == 0) {
            front.pid = *pid;
        } else {
            return front;
        }
        front.rest = withoutSpaces(front.rest.sliced(end));
    }
}

std::optional<StraceCall> parseStraceCall(QByteArrayView text)
{
    return Parser(text).call();
}

} // namespace Sockeye
