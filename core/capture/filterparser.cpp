// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/filterparser.h"

#include <QCoreApplication>

#include <algorithm>
#include <cctype>
#include <span>

namespace Sockeye {

namespace {

using Node = CaptureFilter::Node;
using NodePointer = std::shared_ptr<const Node>;

/// Deeper than anybody writes, shallow enough for any stack.
constexpr int DeepestNesting = 100;

struct Token
{
    enum class Type { End, Word, String, Symbol };

    Type type = Type::End;
    QString text; ///< of a String: without quotes and escapes
    qsizetype start = 0;

    [[nodiscard]] bool isSymbol(QLatin1String symbol) const
    {
        return type == Type::Symbol && text == symbol;
    }
    [[nodiscard]] bool isWord(QLatin1String word) const
    {
        return type == Type::Word && text.compare(word, Qt::CaseInsensitive) == 0;
    }
};

Problem syntaxProblem(qsizetype at, const QString &what)
{
    return {ProblemCode::FilterSyntax,
            {{QStringLiteral("what"), what}, {QStringLiteral("column"), QString::number(at + 1)}}};
}

QString tr(const char *text)
{
    return QCoreApplication::translate("Problem", text);
}

constexpr QLatin1String symbolStarts("()=!<>&|");
constexpr QLatin1String symbols[] = {
    QLatin1String("=="), QLatin1String("!="), QLatin1String("<="), QLatin1String(">="),
    QLatin1String("&&"), QLatin1String("||"), QLatin1String("<"),  QLatin1String(">"),
    QLatin1String("!"),  QLatin1String("("),  QLatin1String(")"),
};

// --- from text to tokens ---

class Lexer
{
public:
    explicit Lexer(const QString &text)
        : m_text(text)
    { }

    [[nodiscard]] Result<std::vector<Token>> tokens();

private:
    [[nodiscard]] Result<Token> string();
    [[nodiscard]] Result<Token> symbol();
    [[nodiscard]] Token word();
    [[nodiscard]] Result<QString> escape(qsizetype start);

    const QString &m_text;
    qsizetype m_at = 0;
};

Result<std::vector<Token>> Lexer::tokens()
{
    std::vector<Token> result;
    for (;;) {
        while (m_at < m_text.size() && m_text[m_at].isSpace())
            ++m_at;
        if (m_at == m_text.size())
            break;
        const QChar c = m_text[m_at];
        Result<Token> token = c == QLatin1Char('"') ? string()
            : symbolStarts.contains(c)              ? symbol()
                                                    : Result<Token>(word());
        if (!token)
            return fail(token.error());
        result.push_back(std::move(*token));
    }
    result.push_back({Token::Type::End, {}, m_text.size()});
    return result;
}

Result<Token> Lexer::string()
{
    Token token = {Token::Type::String, {}, m_at++};
    while (m_at < m_text.size()) {
        const QChar c = m_text[m_at++];
        if (c == QLatin1Char('"'))
            return token;
        if (c != QLatin1Char('\\')) {
            token.text += c;
            continue;
        }
        auto escaped = escape(m_at - 1);
        if (!escaped)
            return fail(escaped.error());
        token.text += *escaped;
    }
    return fail(syntaxProblem(token.start, tr("the closing quote of this text is missing")));
}

Result<QString> Lexer::escape(qsizetype start)
{
    const QChar c = m_at < m_text.size() ? m_text[m_at++] : QChar();
    switch (c.unicode()) {
    case '"':
    case '\\':
        return QString(c);
    case 'n':
        return QStringLiteral("\n");
    case 'r':
        return QStringLiteral("\r");
    case 't':
        return QStringLiteral("\t");
    case '0':
        return QString(QChar(0));
    default:
        return fail(syntaxProblem(
            start,
            tr("unknown escape; known are \\\" \\\\ \\n \\r \\t \\0 (bytes: hex contains)")));
    }
}

Result<Token> Lexer::symbol()
{
    const QStringView rest = QStringView(m_text).mid(m_at);
    for (const QLatin1String &known : symbols) {
        if (!rest.startsWith(known))
            continue;
        const Token token = {Token::Type::Symbol, known, m_at};
        m_at += known.size();
        return token;
    }
    // Only halves of ==, && and || are left.
    return fail(syntaxProblem(m_at, tr("“%1” is no operator; did you mean “%1%1”?").arg(rest[0])));
}

Token Lexer::word()
{
    Token token = {Token::Type::Word, {}, m_at};
    while (m_at < m_text.size() && !m_text[m_at].isSpace() && m_text[m_at] != QLatin1Char('"')
           && !symbolStarts.contains(m_text[m_at]))
        token.text += m_text[m_at++];
    return token;
}

// --- from tokens to nodes ---

struct NumberField
{
    QLatin1String word;
    Node::Type type;
};
constexpr NumberField numberFields[] = {
    {QLatin1String("conn"), Node::Type::Connection},
    {QLatin1String("server"), Node::Type::Server},
    {QLatin1String("len"), Node::Type::Length},
    {QLatin1String("record"), Node::Type::Index},
};

struct NamedValue
{
    const char16_t *word;
    quint64 value;
};
constexpr NamedValue directions[] = {
    {u"in", quint64(Direction::ToServer)},       {u"toserver", quint64(Direction::ToServer)},
    {u"→", quint64(Direction::ToServer)},        {u"out", quint64(Direction::ToClient)},
    {u"toclient", quint64(Direction::ToClient)}, {u"←", quint64(Direction::ToClient)},
};
constexpr NamedValue kinds[] = {
    {u"data", quint64(RecordKind::Data)},       {u"open", quint64(RecordKind::Opened)},
    {u"end", quint64(RecordKind::EndOfStream)}, {u"reset", quint64(RecordKind::Reset)},
    {u"gap", quint64(RecordKind::Gap)},         {u"refused", quint64(RecordKind::Refused)},
};

class Parser
{
public:
    explicit Parser(std::vector<Token> tokens)
        : m_tokens(std::move(tokens))
    { }

    [[nodiscard]] Result<NodePointer> parse();

private:
    [[nodiscard]] Result<NodePointer> expression();
    [[nodiscard]] Result<NodePointer> term();
    [[nodiscard]] Result<NodePointer> factor();
    [[nodiscard]] Result<NodePointer> nested();
    [[nodiscard]] Result<NodePointer> test();
    [[nodiscard]] Result<NodePointer> numberTest(Node::Type type);
    [[nodiscard]] Result<NodePointer> namedTest(Node::Type type, std::span<const NamedValue> values,
                                                const char *expected);
    [[nodiscard]] Result<NodePointer> textTest();
    [[nodiscard]] Result<NodePointer> hexTest();
    [[nodiscard]] Result<FilterComparison> comparison();
    [[nodiscard]] Result<FilterComparison> equality();
    [[nodiscard]] Result<> contains();
    [[nodiscard]] static NodePointer textNode(const QString &text);
    [[nodiscard]] static NodePointer group(Node::Type type, std::vector<NodePointer> children);

    [[nodiscard]] const Token &current() const { return m_tokens[m_at]; }
    // The end stays the end.
    const Token &take() { return m_at + 1 < m_tokens.size() ? m_tokens[m_at++] : m_tokens[m_at]; }
    [[nodiscard]] bool isComparison() const;
    [[nodiscard]] bool isConjunction() const;
    [[nodiscard]] tl::unexpected<Problem> wrong(const QString &what) const
    {
        return fail(syntaxProblem(current().start, what));
    }

    std::vector<Token> m_tokens;
    size_t m_at = 0;
    int m_depth = 0;
};

Result<NodePointer> Parser::parse()
{
    if (current().type == Token::Type::End)
        return NodePointer();
    auto root = expression();
    if (!root)
        return root;
    if (current().isSymbol(QLatin1String(")")))
        return wrong(tr("there is no “(” to this “)”"));
    if (current().type != Token::Type::End)
        return wrong(tr("“and” or “or” is expected here"));
    return root;
}

Result<NodePointer> Parser::expression()
{
    std::vector<NodePointer> children;
    do {
        auto child = term();
        if (!child)
            return child;
        children.push_back(std::move(*child));
    } while ((current().isWord(QLatin1String("or")) || current().isSymbol(QLatin1String("||")))
             && (take(), true));
    return group(Node::Type::Or, std::move(children));
}

Result<NodePointer> Parser::term()
{
    std::vector<NodePointer> children;
    do {
        auto child = factor();
        if (!child)
            return child;
        children.push_back(std::move(*child));
    } while ((current().isWord(QLatin1String("and")) || current().isSymbol(QLatin1String("&&")))
             && (take(), true));
    return group(Node::Type::And, std::move(children));
}

Result<NodePointer> Parser::factor()
{
    if (m_depth >= DeepestNesting)
        return wrong(tr("this is nested too deeply"));
    ++m_depth;
    Result<NodePointer> result = nested();
    --m_depth;
    return result;
}

Result<NodePointer> Parser::nested()
{
    if (current().isWord(QLatin1String("not")) || current().isSymbol(QLatin1String("!"))) {
        take();
        auto child = factor();
        if (!child)
            return child;
        return group(Node::Type::Not, {std::move(*child)});
    }
    if (!current().isSymbol(QLatin1String("(")))
        return test();
    const qsizetype start = take().start;
    auto inner = expression();
    if (!inner)
        return inner;
    if (current().type == Token::Type::End)
        return fail(syntaxProblem(start, tr("the “)” to this “(” is missing")));
    if (!current().isSymbol(QLatin1String(")")))
        return wrong(tr("“and”, “or” or “)” is expected here"));
    take();
    return inner;
}

Result<NodePointer> Parser::test()
{
    if (current().type == Token::Type::End || current().type == Token::Type::Symbol
        || isConjunction())
        return wrong(tr("a condition is expected here"));
    if (current().type == Token::Type::String) {
        if (current().text.isEmpty())
            return wrong(tr("an empty text is in everything"));
        return textNode(take().text);
    }
    for (const NumberField &field : numberFields) {
        if (current().isWord(field.word)) {
            take();
            return numberTest(field.type);
        }
    }
    const Token &word = take();
    if (word.isWord(QLatin1String("dir")))
        return namedTest(Node::Type::Direction, directions,
                         QT_TRANSLATE_NOOP("Problem", "a direction is expected here: in or out"));
    if (word.isWord(QLatin1String("kind")))
        return namedTest(Node::Type::Kind, kinds,
                         QT_TRANSLATE_NOOP("Problem",
                                           "a kind is expected here: data, open, end, reset, gap "
                                           "or refused"));
    if (word.isWord(QLatin1String("text")))
        return textTest();
    if (word.isWord(QLatin1String("hex")))
        return hexTest();
    if (isComparison() || current().isWord(QLatin1String("contains")))
        return fail(syntaxProblem(word.start, tr("unknown field “%1”").arg(word.text)));
    return textNode(word.text);
}

Result<NodePointer> Parser::numberTest(Node::Type type)
{
    const qsizetype operatorAt = current().start;
    const auto compared = comparison();
    if (!compared)
        return fail(compared.error());
    Node node;
    node.type = type;
    node.comparison = *compared;
    bool isNumber = false;
    if (current().type == Token::Type::Word)
        node.number = current().text.toULongLong(&isNumber, 0);
    if (!isNumber && type == Node::Type::Server
        && (current().type == Token::Type::String || current().type == Token::Type::Word)) {
        if (node.comparison != FilterComparison::Equal
            && node.comparison != FilterComparison::NotEqual)
            return fail(syntaxProblem(operatorAt, tr("names are compared by == or != only")));
        node.type = Node::Type::ServerName;
        node.name = current().text;
    } else if (!isNumber) {
        return wrong(tr("a number is expected here"));
    }
    take();
    return std::make_shared<const Node>(std::move(node));
}

Result<NodePointer> Parser::namedTest(Node::Type type, std::span<const NamedValue> values,
                                      const char *expected)
{
    const auto compared = equality();
    if (!compared)
        return fail(compared.error());
    for (const NamedValue &value : values) {
        if (current().type != Token::Type::Word
            || current().text.compare(QStringView(value.word), Qt::CaseInsensitive) != 0)
            continue;
        take();
        Node node;
        node.type = type;
        node.comparison = *compared;
        node.number = value.value;
        return std::make_shared<const Node>(std::move(node));
    }
    return wrong(tr(expected));
}

Result<NodePointer> Parser::textTest()
{
    if (auto found = contains(); !found)
        return fail(found.error());
    const bool isText =
        current().type == Token::Type::String || current().type == Token::Type::Word;
    if (!isText)
        return wrong(tr("a text is expected here, such as \"SELECT\""));
    if (current().text.isEmpty())
        return wrong(tr("an empty text is in everything"));
    return textNode(take().text);
}

Result<NodePointer> Parser::hexTest()
{
    if (auto found = contains(); !found)
        return fail(found.error());
    // Words of whole bytes, with or without colons, as many as there are.
    QByteArray digits;
    const auto append = [&digits](QString text) {
        const bool isPrefixed = text.startsWith(QLatin1String("0x"), Qt::CaseInsensitive);
        text = text.mid(isPrefixed ? 2 : 0).remove(QLatin1Char(':')).remove(QLatin1Char(' '));
        const bool isHex = !text.isEmpty() && text.size() % 2 == 0
            && std::all_of(text.begin(), text.end(), [](QChar c) {
                   return c.unicode() < 0x80 && std::isxdigit(c.unicode()) != 0;
               });
        if (isHex)
            digits += text.toLatin1();
        return isHex;
    };
    while ((current().type == Token::Type::Word && !isConjunction())
           || (current().type == Token::Type::String && digits.isEmpty())) {
        const bool isQuoted = current().type == Token::Type::String;
        if (!append(current().text))
            return wrong(tr("bytes are expected here, two digits each, such as 0d 0a"));
        take();
        if (isQuoted)
            break;
    }
    if (digits.isEmpty())
        return wrong(tr("bytes are expected here, two digits each, such as 0d 0a"));
    Node node;
    node.type = Node::Type::Bytes;
    node.bytes = QByteArray::fromHex(digits);
    node.needsPayload = true;
    return std::make_shared<const Node>(std::move(node));
}

Result<FilterComparison> Parser::comparison()
{
    static constexpr std::pair<QLatin1String, FilterComparison> known[] = {
        {QLatin1String("=="), FilterComparison::Equal},
        {QLatin1String("!="), FilterComparison::NotEqual},
        {QLatin1String("<"), FilterComparison::Less},
        {QLatin1String("<="), FilterComparison::LessOrEqual},
        {QLatin1String(">"), FilterComparison::Greater},
        {QLatin1String(">="), FilterComparison::GreaterOrEqual},
    };
    for (const auto &[symbol, value] : known) {
        if (current().isSymbol(symbol)) {
            take();
            return value;
        }
    }
    return wrong(tr("a comparison is expected here: ==, !=, <, <=, > or >="));
}

Result<FilterComparison> Parser::equality()
{
    const bool isEquality =
        current().isSymbol(QLatin1String("==")) || current().isSymbol(QLatin1String("!="));
    if (!isEquality)
        return wrong(tr("== or != is expected here"));
    return comparison();
}

Result<> Parser::contains()
{
    if (!current().isWord(QLatin1String("contains")))
        return wrong(tr("“contains” is expected here"));
    take();
    return {};
}

NodePointer Parser::textNode(const QString &text)
{
    Node node;
    node.type = Node::Type::Text;
    node.bytes = text.toUtf8();
    for (char &c : node.bytes) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + ('a' - 'A'));
    }
    node.needsPayload = true;
    return std::make_shared<const Node>(std::move(node));
}

NodePointer Parser::group(Node::Type type, std::vector<NodePointer> children)
{
    if (children.size() == 1 && type != Node::Type::Not)
        return children.front();
    Node node;
    node.type = type;
    // Tests that need no file go first: the order does not change the answer, only the cost.
    std::stable_partition(children.begin(), children.end(),
                          [](const NodePointer &child) { return !child->needsPayload; });
    node.needsPayload = children.back()->needsPayload;
    node.children = std::move(children);
    return std::make_shared<const Node>(std::move(node));
}

bool Parser::isComparison() const
{
    return std::any_of(std::begin(symbols), std::end(symbols), [this](QLatin1String symbol) {
        return current().isSymbol(symbol)
            && (symbol[0] == QLatin1Char('<') || symbol[0] == QLatin1Char('>')
                || symbol.endsWith(QLatin1Char('=')));
    });
}

bool Parser::isConjunction() const
{
    return current().isWord(QLatin1String("and")) || current().isWord(QLatin1String("or"));
}

} // namespace

Result<std::shared_ptr<const CaptureFilter::Node>> parseFilter(const QString &expression)
{
    auto tokens = Lexer(expression).tokens();
    if (!tokens)
        return fail(tokens.error());
    return Parser(std::move(*tokens)).parse();
}

} // namespace Sockeye
