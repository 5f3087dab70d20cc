// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/filterparser.h"

#include "core/capture/filterlexer.h"
#include "core/capture/filtervalues.h"

#include <QCoreApplication>

#include <algorithm>

namespace Sockeye {

namespace {

using Node = CaptureFilter::Node;
using NodePointer = std::shared_ptr<const Node>;
using Token = FilterToken;

/// Deeper than anybody writes, shallow enough for any stack.
constexpr int DeepestNesting = 100;

constexpr FilterFieldName fieldNames[] = {
    {QLatin1String("conn"), NumberField::Connection},
    {QLatin1String("dir"), NumberField::Direction},
    {QLatin1String("kind"), NumberField::Kind},
    {QLatin1String("len"), NumberField::Length},
    {QLatin1String("record"), NumberField::Index},
    {QLatin1String("time"), NumberField::Time},
    {QLatin1String("since"), NumberField::Since},
    {QLatin1String("server"), StringField::Server},
    {QLatin1String("descriptors"), NumberField::Descriptors},
    {QLatin1String("note"), StringField::Note},
    {QLatin1String("peer.exe"), StringField::Executable},
    {QLatin1String("peer.cmd"), StringField::Command},
    {QLatin1String("peer.pid"), NumberField::Pid},
    {QLatin1String("peer.user"), StringField::User},
    {QLatin1String("peer.uid"), NumberField::Uid},
    {QLatin1String("peer.group"), StringField::Group},
    {QLatin1String("peer.gid"), NumberField::Gid},
};

FilterCost costOf(NumberField field)
{
    switch (field) {
    case NumberField::Pid:
    case NumberField::Uid:
    case NumberField::Gid:
        return FilterCost::Connection;
    case NumberField::Descriptors:
        return FilterCost::Note;
    default:
        return FilterCost::Index;
    }
}

QString tr(const char *text)
{
    return QCoreApplication::translate("Problem", text);
}

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
    [[nodiscard]] Result<NodePointer> stateTest();
    [[nodiscard]] Result<NodePointer> fieldTest(const FilterFieldName &name);
    [[nodiscard]] Result<NodePointer> numberTest(NumberField field);
    [[nodiscard]] Result<NodePointer> numberSet(Node node);
    [[nodiscard]] Result<NumberRange> rangeOfSet(Node &node);
    /// @p isFirst: what decides whether the node's times have a day.
    [[nodiscard]] Result<NumberRange> value(Node &node, bool isFirst);
    [[nodiscard]] Result<NodePointer> stringTest(StringField field);
    [[nodiscard]] Result<NodePointer> textTest();
    [[nodiscard]] Result<NodePointer> hexTest();
    [[nodiscard]] Result<TextTest> textOperand(TextTest::Operator op);
    [[nodiscard]] std::optional<TextTest::Operator> takeTextOperator();
    [[nodiscard]] NodePointer stringNode(StringField field, std::vector<TextTest> tests,
                                         bool isNegated);
    [[nodiscard]] static NodePointer payloadNode(TextTest test);
    [[nodiscard]] static NodePointer group(Node::Type type, std::vector<NodePointer> children);

    [[nodiscard]] const Token &current() const { return m_tokens[m_at]; }
    // The end stays the end.
    const Token &take() { return m_at + 1 < m_tokens.size() ? m_tokens[m_at++] : m_tokens[m_at]; }
    bool takeSymbol(QLatin1String symbol) { return current().isSymbol(symbol) && (take(), true); }
    bool takeWord(QLatin1String word) { return current().isWord(word) && (take(), true); }
    [[nodiscard]] bool isComparison() const;
    [[nodiscard]] bool isConjunction() const { return isConjunction(current()); }
    [[nodiscard]] static bool isConjunction(const Token &token)
    {
        return token.isWord(QLatin1String("and")) || token.isWord(QLatin1String("or"));
    }
    [[nodiscard]] bool isBeforeWord() const
    {
        return m_at + 1 < m_tokens.size() && m_tokens[m_at + 1].type == Token::Type::Word
            && !isConjunction(m_tokens[m_at + 1]);
    }
    [[nodiscard]] bool isTextual() const
    {
        return current().type == Token::Type::String || current().type == Token::Type::Word;
    }
    [[nodiscard]] tl::unexpected<Problem> wrong(const QString &what) const
    {
        return fail(filterMistake(current().start, what));
    }

    std::vector<Token> m_tokens;
    size_t m_at = 0;
    int m_depth = 0;
    int m_memos = 0;
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
    } while (takeWord(QLatin1String("or")) || takeSymbol(QLatin1String("||")));
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
    } while (takeWord(QLatin1String("and")) || takeSymbol(QLatin1String("&&")));
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
    if (takeWord(QLatin1String("not")) || takeSymbol(QLatin1String("!"))) {
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
        return fail(filterMistake(start, tr("the “)” to this “(” is missing")));
    if (!takeSymbol(QLatin1String(")")))
        return wrong(tr("“and”, “or” or “)” is expected here"));
    return inner;
}

Result<NodePointer> Parser::test()
{
    if (current().type == Token::Type::End || current().type == Token::Type::Symbol
        || isConjunction())
        return wrong(tr("a condition is expected here"));
    if (current().type == Token::Type::String) {
        auto operand = textOperand(TextTest::Operator::Contains);
        return operand ? Result<NodePointer>(payloadNode(std::move(*operand)))
                       : fail(operand.error());
    }
    for (const FilterFieldName &name : fieldNames) {
        if (takeWord(name.word))
            return fieldTest(name);
    }
    if (isBeforeWord() && (takeWord(QLatin1String("is")) || takeWord(QLatin1String("has"))))
        return stateTest();
    if (takeWord(QLatin1String("text")))
        return textTest();
    if (takeWord(QLatin1String("hex")))
        return hexTest();
    const Token word = current();
    auto operand = textOperand(TextTest::Operator::Contains);
    if (!operand)
        return fail(operand.error());
    if (isComparison() || current().isWord(QLatin1String("contains"))
        || current().isWord(QLatin1String("matches"))
        || current().isWord(QLatin1String("startswith")))
        return fail(filterMistake(word.start, tr("unknown field “%1”").arg(word.text)));
    return payloadNode(std::move(*operand));
}

/// "is problem", "has descriptors", "has note".
Result<NodePointer> Parser::stateTest()
{
    Node node;
    node.type = Node::Type::Number;
    if (takeWord(QLatin1String("problem"))) {
        node.number = NumberField::Kind;
        for (const RecordKind kind : {RecordKind::Reset, RecordKind::Gap, RecordKind::Refused})
            node.ranges.push_back({qint64(kind), qint64(kind)});
        return std::make_shared<const Node>(std::move(node));
    }
    if (takeWord(QLatin1String("descriptors"))) {
        node.number = NumberField::Descriptors;
        node.cost = costOf(node.number);
        node.ranges.push_back({1, std::numeric_limits<qint64>::max()});
        return std::make_shared<const Node>(std::move(node));
    }
    if (takeWord(QLatin1String("note"))) {
        TextTest nothing;
        return stringNode(StringField::Note, {nothing}, true);
    }
    return wrong(tr("“problem”, “descriptors” or “note” is expected here"));
}

Result<NodePointer> Parser::fieldTest(const FilterFieldName &name)
{
    if (const auto *number = std::get_if<NumberField>(&name.field))
        return numberTest(*number);
    const StringField field = std::get<StringField>(name.field);
    // Servers have ids as well as names.
    const bool isComparedByNumber = field == StringField::Server && m_at + 1 < m_tokens.size()
        && isComparison() && m_tokens[m_at + 1].type == Token::Type::Word
        && filterValue(NumberField::Server, m_tokens[m_at + 1].text);
    return isComparedByNumber ? numberTest(NumberField::Server) : stringTest(field);
}

Result<NodePointer> Parser::numberTest(NumberField field)
{
    Node node;
    node.type = Node::Type::Number;
    node.number = field;
    node.cost = costOf(field);
    const bool isNamed = field == NumberField::Direction || field == NumberField::Kind;
    if (takeWord(QLatin1String("in")))
        return numberSet(std::move(node));
    const Token symbol = current();
    const bool isEquality =
        symbol.isSymbol(QLatin1String("==")) || symbol.isSymbol(QLatin1String("!="));
    if (isNamed && !isEquality)
        return wrong(tr("==, != or in is expected here"));
    if (!isComparison())
        return wrong(tr("a comparison is expected here: ==, !=, <, <=, >, >= or in"));
    take();
    const auto range = value(node, true);
    if (!range)
        return fail(range.error());
    // What is written less exactly stands for all it may mean: after 12:01 begins at 12:02.
    constexpr qint64 least = std::numeric_limits<qint64>::min();
    constexpr qint64 most = std::numeric_limits<qint64>::max();
    node.isNegated = symbol.isSymbol(QLatin1String("!="));
    if (isEquality)
        node.ranges.push_back(*range);
    else if (symbol.isSymbol(QLatin1String("<=")))
        node.ranges.push_back({least, range->high});
    else if (symbol.isSymbol(QLatin1String(">=")))
        node.ranges.push_back({range->low, most});
    else if (symbol.isSymbol(QLatin1String("<")) && range->low > least)
        node.ranges.push_back({least, range->low - 1});
    else if (symbol.isSymbol(QLatin1String(">")) && range->high < most)
        node.ranges.push_back({range->high + 1, most});
    if (node.cost == FilterCost::Connection)
        node.memo = m_memos++;
    return std::make_shared<const Node>(std::move(node));
}

/// "{1, 3, 5..9}"; the "in" was taken.
Result<NodePointer> Parser::numberSet(Node node)
{
    if (!takeSymbol(QLatin1String("{")))
        return wrong(tr("a set is expected here, such as {1, 3, 5..9}"));
    do {
        const auto range = rangeOfSet(node);
        if (!range)
            return fail(range.error());
        node.ranges.push_back(*range);
    } while (takeSymbol(QLatin1String(",")));
    if (!takeSymbol(QLatin1String("}")))
        return wrong(tr("“,” or “}” is expected here"));
    if (node.cost == FilterCost::Connection)
        node.memo = m_memos++;
    return std::make_shared<const Node>(std::move(node));
}

/// "5", "5..9", "5 .. 9".
Result<NumberRange> Parser::rangeOfSet(Node &node)
{
    constexpr QLatin1String dots("..");
    const qsizetype place = current().text.indexOf(dots);
    if (current().type == Token::Type::Word && place > 0) { // cut in three
        const Token whole = current();
        Token &low = m_tokens[m_at];
        low.text = whole.text.first(place);
        Token high = whole;
        high.text = whole.text.mid(place + dots.size());
        high.start = whole.start + place + dots.size();
        std::vector<Token> rest = {{Token::Type::Word, dots, whole.start + place, dots.size()}};
        if (!high.text.isEmpty())
            rest.push_back(high);
        m_tokens.insert(m_tokens.begin() + static_cast<std::ptrdiff_t>(m_at) + 1, rest.begin(),
                        rest.end());
    }
    auto range = value(node, node.ranges.empty());
    if (!range || !current().isWord(dots))
        return range;
    take();
    const qsizetype start = current().start;
    const auto high = value(node, false);
    if (!high)
        return high;
    if (high->high < range->low)
        return fail(filterMistake(start, tr("this is less than where the range begins")));
    range->high = high->high;
    return range;
}

Result<NumberRange> Parser::value(Node &node, bool isFirst)
{
    // Of what is no number, quotes are as good as none.
    const bool isQuotable = node.number == NumberField::Time
        || node.number == NumberField::TimeOfDay || node.number == NumberField::Direction
        || node.number == NumberField::Kind;
    const bool isRight = current().type == Token::Type::Word
        || (isQuotable && current().type == Token::Type::String);
    const auto found = isRight ? filterValue(node.number, current().text) : std::nullopt;
    if (!found)
        return wrong(expectedValue(node.number));
    if (!isFirst && found->field != node.number)
        return wrong(tr("either all of these times have a day, or none"));
    node.number = found->field;
    take();
    return found->range;
}

Result<NodePointer> Parser::stringTest(StringField field)
{
    std::vector<TextTest> tests;
    bool isNegated = false;
    if (takeWord(QLatin1String("in"))) {
        if (!takeSymbol(QLatin1String("{")))
            return wrong(tr("a set is expected here, such as {\"one\", \"two\"}"));
        do {
            auto operand = textOperand(TextTest::Operator::Equals);
            if (!operand)
                return fail(operand.error());
            tests.push_back(std::move(*operand));
        } while (takeSymbol(QLatin1String(",")));
        if (!takeSymbol(QLatin1String("}")))
            return wrong(tr("“,” or “}” is expected here"));
        return stringNode(field, std::move(tests), false);
    }
    auto op = takeTextOperator();
    if (!op && (takeSymbol(QLatin1String("==")) || current().isSymbol(QLatin1String("!=")))) {
        isNegated = takeSymbol(QLatin1String("!="));
        op = TextTest::Operator::Equals;
    }
    if (!op)
        return wrong(tr("names are compared by ==, !=, contains, startswith, matches or in"));
    auto operand = textOperand(*op);
    if (!operand)
        return fail(operand.error());
    tests.push_back(std::move(*operand));
    return stringNode(field, std::move(tests), isNegated);
}

Result<NodePointer> Parser::textTest()
{
    const auto op = takeTextOperator();
    if (!op)
        return wrong(tr("“contains”, “startswith” or “matches” is expected here"));
    auto operand = textOperand(*op);
    return operand ? Result<NodePointer>(payloadNode(std::move(*operand))) : fail(operand.error());
}

Result<NodePointer> Parser::hexTest()
{
    const auto op = current().isWord(QLatin1String("matches")) ? std::nullopt : takeTextOperator();
    if (!op)
        return wrong(tr("“contains” or “startswith” is expected here"));
    // Words of whole bytes, with or without colons, as many as there are.
    const QString expected = tr("bytes are expected here, two digits each, such as 0d 0a");
    QByteArray bytes;
    while ((current().type == Token::Type::Word && !isConjunction())
           || (current().type == Token::Type::String && bytes.isEmpty())) {
        const bool isQuoted = current().type == Token::Type::String;
        const auto more = hexValue(current().text);
        if (!more)
            return wrong(expected);
        bytes += *more;
        take();
        if (isQuoted)
            break;
    }
    if (bytes.isEmpty())
        return wrong(expected);
    TextTest test;
    test.op = *op;
    test.search = ByteSearch(bytes);
    return payloadNode(std::move(test));
}

Result<TextTest> Parser::textOperand(TextTest::Operator op)
{
    if (!isTextual())
        return wrong(op == TextTest::Operator::Equals
                         ? tr("a name is expected here")
                         : tr("a text is expected here, such as \"SELECT\""));
    TextTest test;
    test.op = op;
    const QString text = current().text;
    if (op != TextTest::Operator::Equals && text.isEmpty())
        return wrong(tr("an empty text is in everything"));
    switch (op) {
    case TextTest::Operator::Equals:
        test.equal = text;
        break;
    case TextTest::Operator::Contains:
    case TextTest::Operator::StartsWith:
        test.search = ByteSearch(text.toUtf8(), true);
        break;
    case TextTest::Operator::Matches: {
        BytePattern::Mistake mistake;
        test.pattern = BytePattern::compile(text, &mistake);
        const qsizetype quote = current().type == Token::Type::String ? 1 : 0;
        if (!test.pattern)
            return fail(filterMistake(
                std::min(current().start + quote + mistake.at, current().start + current().length),
                tr("no regular expression: %1").arg(mistake.what)));
        break;
    }
    }
    take();
    return test;
}

std::optional<TextTest::Operator> Parser::takeTextOperator()
{
    if (takeWord(QLatin1String("contains")))
        return TextTest::Operator::Contains;
    if (takeWord(QLatin1String("startswith")))
        return TextTest::Operator::StartsWith;
    if (takeWord(QLatin1String("matches")))
        return TextTest::Operator::Matches;
    return std::nullopt;
}

NodePointer Parser::stringNode(StringField field, std::vector<TextTest> tests, bool isNegated)
{
    Node node;
    node.type = Node::Type::String;
    node.string = field;
    node.cost = field == StringField::Note ? FilterCost::Note : FilterCost::Connection;
    node.isNegated = isNegated;
    node.tests = std::move(tests);
    if (node.cost == FilterCost::Connection)
        node.memo = m_memos++;
    return std::make_shared<const Node>(std::move(node));
}

NodePointer Parser::payloadNode(TextTest test)
{
    Node node;
    node.type = Node::Type::Payload;
    node.cost = FilterCost::Payload;
    node.tests.push_back(std::move(test));
    return std::make_shared<const Node>(std::move(node));
}

NodePointer Parser::group(Node::Type type, std::vector<NodePointer> children)
{
    if (children.size() == 1 && type != Node::Type::Not)
        return children.front();
    Node node;
    node.type = type;
    // Cheap tests go first: the order does not change the answer, only the cost.
    std::stable_sort(
        children.begin(), children.end(),
        [](const NodePointer &one, const NodePointer &other) { return one->cost < other->cost; });
    node.cost = children.back()->cost;
    node.children = std::move(children);
    return std::make_shared<const Node>(std::move(node));
}

bool Parser::isComparison() const
{
    static constexpr QLatin1String comparisons[] = {
        QLatin1String("=="), QLatin1String("!="), QLatin1String("<"),
        QLatin1String("<="), QLatin1String(">"),  QLatin1String(">="),
    };
    return std::any_of(std::begin(comparisons), std::end(comparisons),
                       [this](QLatin1String symbol) { return current().isSymbol(symbol); });
}

} // namespace

Result<std::shared_ptr<const CaptureFilter::Node>> parseFilter(const QString &expression)
{
    auto tokens = filterTokens(expression);
    if (!tokens)
        return fail(tokens.error());
    return Parser(std::move(*tokens)).parse();
}

std::span<const FilterFieldName> filterFieldNames()
{
    return fieldNames;
}

} // namespace Sockeye
