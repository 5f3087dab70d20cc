// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/jsondecoder.h"

#include "core/decode/displaytext.h"
#include "core/decode/jsonrpc.h"
#include "core/decode/nodetree.h"

#include <QSet>

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// A message for rapidjson, which takes a byte 0 for the end. Knows whether the end was looked at.
class Source
{
public:
    using Ch = char;

    explicit Source(QByteArrayView bytes)
        : m_bytes(bytes)
    { }

    char Peek() const
    {
        if (m_at < m_bytes.size())
            return m_bytes[m_at];
        m_hasMetEnd = true;
        return '\0';
    }
    char Take()
    {
        const char c = Peek();
        if (m_at < m_bytes.size())
            ++m_at;
        return c;
    }
    [[nodiscard]] size_t Tell() const { return static_cast<size_t>(m_at); }
    [[nodiscard]] bool hasMetEnd() const { return m_hasMetEnd; }

    // Of the stream concept; only a parser that writes into its input calls them.
    char *PutBegin() { return nullptr; }
    void Put(char) { }
    void Flush() { }
    size_t PutEnd(char *) { return 0; }

private:
    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    mutable bool m_hasMetEnd = false;
};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// The length of the JSON number at @p at; 0 if there is none.
qsizetype numberLength(QByteArrayView bytes, qsizetype at)
{
    const auto peek = [&](qsizetype i) { return i < bytes.size() ? bytes[i] : '\0'; };
    const auto digits = [&](qsizetype &i) {
        const qsizetype begin = i;
        while (isDigit(peek(i)))
            ++i;
        return i > begin;
    };
    qsizetype i = at + (peek(at) == '-' ? 1 : 0);
    if (peek(i) == '0')
        ++i;
    else if (!digits(i))
        return 0;
    if (peek(i) == '.' && !digits(++i))
        return 0;
    if (peek(i) == 'e' || peek(i) == 'E') {
        ++i;
        if (peek(i) == '+' || peek(i) == '-')
            ++i;
        if (!digits(i))
            return 0;
    }
    return i - at;
}

/// rapidjson 1.1 refuses numbers that no double holds, even those it shall keep as text; JSON does
/// not. A copy of the message in which a 0 and blanks stand for all numbers behind @p begin that
/// may be such: then every place is still the same.
QByteArray withoutHugeNumbers(QByteArrayView message, qsizetype begin)
{
    constexpr qsizetype surelySmall = 300; // digits without an exponent
    QByteArray copy = message.toByteArray();
    bool isString = false;
    for (qsizetype i = begin; i < copy.size(); ++i) {
        const char c = copy[i];
        if (isString && c == '\\') {
            ++i;
        } else if (c == '"') {
            isString = !isString;
        } else if (!isString && (c == '-' || isDigit(c))) {
            const qsizetype length = numberLength(copy, i);
            const QByteArrayView text = QByteArrayView(copy).sliced(i, length);
            if (length > surelySmall || text.contains('e') || text.contains('E')) {
                std::fill_n(copy.begin() + i, length, ' ');
                copy[i] = '0';
            }
            // What is no number is not looked at again from its second digit on.
            i += std::max<qsizetype>(length, 1);
            while (i < copy.size() && isDigit(copy[i]))
                ++i;
            --i;
        }
    }
    return copy;
}

/// Turns what rapidjson tells into nodes. It tells of a value when that is read, and of a bracket
/// right before; between two tokens stand blanks, a comma or a colon, so that the end of one leads
/// to the begin of the next.
class Handler
{
public:
    using Ch = char;
    using SizeType = rapidjson::SizeType;

    Handler(NodeTree &tree, const Source &source)
        : m_tree(tree)
        , m_source(source)
    { }

    bool Null() { return scalar(u"null"_s, u"null"_s, m_source.Tell()); }
    bool Bool(bool value)
    {
        return scalar(value ? u"true"_s : u"false"_s, u"boolean"_s, m_source.Tell());
    }
    bool RawNumber(const char *, SizeType, bool)
    {
        // As it is written in the message: what is parsed may be a copy.
        const quint64 begin = nextToken();
        const qsizetype length = numberLength(m_tree.bytes(begin, m_tree.size()), 0);
        const QByteArrayView text = m_tree.bytes(begin, static_cast<quint64>(length));
        return scalar(displayText(text, Decoder::LongestValue), u"number"_s,
                      begin + static_cast<quint64>(length));
    }
    bool String(const char *text, SizeType length, bool)
    {
        return scalar(shown(text, length), u"string"_s, m_source.Tell());
    }
    bool Key(const char *text, SizeType length, bool)
    {
        Level &level = m_levels.back();
        level.keyBegin = nextToken();
        level.key = length == 0 ? u"\"\""_s : shown(text, length);
        level.hasKey = true;
        level.isDuplicate = false;
        if (!m_tree.isFull()) {
            const QByteArray key(text, static_cast<qsizetype>(length));
            level.isDuplicate = level.keys.contains(key);
            level.keys.insert(key);
        }
        m_end = m_source.Tell();
        return true;
    }
    bool StartObject() { return start(u"object"_s, true); }
    bool StartArray() { return start(u"array"_s, false); }
    bool EndObject(SizeType) { return end(); }
    bool EndArray(SizeType) { return end(); }

    // The parser is told to keep numbers as text.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(qint64) { return false; }
    bool Uint64(quint64) { return false; }
    bool Double(double) { return false; }

    /// What stands behind the last whole token of a cut message.
    void addRest()
    {
        const quint64 begin = nextToken();
        if (begin >= m_tree.size())
            return;
        const char first = m_tree.bytes(begin, 1)[0];
        const bool isKey = !m_levels.empty() && m_levels.back().isObject && !m_levels.back().hasKey;
        const QString text = m_tree.textOf(begin, m_tree.size());
        if (isKey || first == '"' || first == '-' || isDigit(first))
            m_tree.add(isKey ? text : name(), isKey ? QString() : text, u"cut"_s, nodeBegin(begin),
                       m_tree.size());
    }

    /// Members of the root that came after the tree was full.
    [[nodiscard]] const std::vector<DecodedNode> &late() const { return m_late; }

private:
    struct Level
    {
        bool isObject = false;
        bool hasKey = false;
        bool isDuplicate = false;
        quint64 keyBegin = 0;
        quint64 index = 0;
        QString key = {};
        QSet<QByteArray> keys = {};
    };

    static QString shown(const char *text, SizeType length)
    {
        return displayText(QByteArrayView(text, static_cast<qsizetype>(length)),
                           Decoder::LongestValue);
    }

    [[nodiscard]] quint64 nextToken() const
    {
        const QByteArrayView rest = m_tree.bytes(m_end, m_tree.size());
        qsizetype i = 0;
        while (i < rest.size() && QByteArrayView(" \t\r\n,:").contains(rest[i]))
            ++i;
        return m_end + static_cast<quint64>(i);
    }
    /// A member begins with its name.
    [[nodiscard]] quint64 nodeBegin(quint64 valueBegin) const
    {
        const bool isMember = !m_levels.empty() && m_levels.back().hasKey;
        return isMember ? m_levels.back().keyBegin : valueBegin;
    }
    [[nodiscard]] QString name() const
    {
        if (m_levels.empty())
            return {};
        const Level &level = m_levels.back();
        return level.isObject ? level.key : u"[%1]"_s.arg(level.index);
    }
    [[nodiscard]] QString typed(const QString &type) const
    {
        const bool isDuplicate = !m_levels.empty() && m_levels.back().isDuplicate;
        return isDuplicate ? type + u", name given before"_s : type;
    }

    void keepLate(const QString &value, const QString &type)
    {
        constexpr size_t most = 20; // of a request or response; there are a dozen known names
        if (m_levels.size() == 1 && m_levels.back().isObject && m_late.size() < most)
            m_late.push_back({.name = m_levels.back().key, .value = value, .type = type});
    }

    void advance(quint64 end)
    {
        m_end = end;
        if (m_levels.empty())
            return;
        ++m_levels.back().index;
        m_levels.back().hasKey = false;
    }

    bool scalar(const QString &value, const QString &type, quint64 end)
    {
        const quint64 begin = nextToken();
        if (m_levels.empty()) {
            m_tree.root().value = value;
            m_tree.root().type = type;
        } else if (!m_tree.isFull()) {
            const quint64 from = nodeBegin(begin);
            m_tree.add(name(), value, typed(type), from, end - from);
        }
        if (m_tree.isFull())
            keepLate(value, type);
        advance(end);
        return true;
    }

    bool start(const QString &type, bool isObject)
    {
        const quint64 begin = nextToken();
        if (m_levels.size() >= static_cast<size_t>(Decoder::DeepestNesting))
            return false;
        if (m_levels.empty())
            m_tree.root().type = type;
        else if (!m_tree.isFull())
            m_tree.open(name(), typed(type), nodeBegin(begin));
        if (m_tree.isFull())
            keepLate({}, type);
        m_levels.push_back({.isObject = isObject});
        m_end = begin + 1;
        return true;
    }

    bool end()
    {
        const quint64 after = nextToken() + 1;
        m_levels.pop_back();
        if (!m_levels.empty() && !m_tree.isFull())
            m_tree.close(after);
        advance(after);
        return true;
    }

    NodeTree &m_tree;
    const Source &m_source;
    std::vector<Level> m_levels;
    quint64 m_end = 0; ///< of the last token
    std::vector<DecodedNode> m_late;
};

/// Where a text ends that is whole, blanks behind it included.
qsizetype endOfBlanks(QByteArrayView bytes, qsizetype at)
{
    while (at < bytes.size() && QByteArrayView(" \t\r\n").contains(bytes[at]))
        ++at;
    return at;
}

struct Parsed
{
    rapidjson::ParseResult result;
    std::vector<DecodedNode> late = {};
};

/// @p mayRepeat: numbers that rapidjson does not take are no error yet.
Parsed parse(QByteArrayView bytes, NodeTree &tree, bool mayRepeat)
{
    constexpr unsigned flags = rapidjson::kParseNumbersAsStringsFlag
        | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag
        | rapidjson::kParseStopWhenDoneFlag;
    Source source(bytes);
    Handler handler(tree, source);
    rapidjson::Reader reader;
    const rapidjson::ParseResult result = reader.Parse<flags>(source, handler);
    if ((mayRepeat && result.Code() == rapidjson::kParseErrorNumberTooBig) || tree.isFull())
        return {result, handler.late()};
    const auto at = static_cast<qsizetype>(source.Tell());
    if (!result && source.hasMetEnd()) {
        if (tree.isCut())
            handler.addRest();
        else
            tree.addError(u"end"_s, QString::fromLatin1(rapidjson::GetParseError_En(result.Code())),
                          tree.size(), 0);
    } else if (!result) {
        tree.addError(u"error"_s, QString::fromLatin1(rapidjson::GetParseError_En(result.Code())),
                      result.Offset(), tree.size());
    } else if (endOfBlanks(bytes, at) < bytes.size()) {
        tree.addError(u"error"_s, u"the JSON text is over, and more follows"_s,
                      static_cast<quint64>(endOfBlanks(bytes, at)), tree.size());
    }
    return {result, handler.late()};
}

} // namespace

Decoded JsonDecoder::decode(std::span<const std::byte> message, const MessageContext &context) const
{
    std::optional<NodeTree> tree(std::in_place, message, context.isCut);
    const QByteArrayView bytes = tree->bytes(0, tree->size());
    Parsed parsed = parse(bytes, *tree, true);
    if (parsed.result.Code() == rapidjson::kParseErrorNumberTooBig) {
        const QByteArray copy =
            withoutHugeNumbers(bytes, static_cast<qsizetype>(parsed.result.Offset()));
        tree.emplace(message, context.isCut);
        parsed = parse(copy, *tree, false);
    }
    RpcReading rpc = readJsonRpc(tree->root(), parsed.late);
    const QString summary =
        rpc.summary.isEmpty() ? displayLine(bytes, LongestSummary) : rpc.summary;
    return tree->finish(summary, std::move(rpc.call));
}

} // namespace Sockeye
