// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/filterlexer.h"

#include <QCoreApplication>

namespace Sockeye {

namespace {

using Token = FilterToken;

constexpr QLatin1String symbolStarts("()=!<>&|{}");
constexpr QLatin1String symbols[] = {
    QLatin1String("=="), QLatin1String("!="), QLatin1String("<="), QLatin1String(">="),
    QLatin1String("&&"), QLatin1String("||"), QLatin1String("<"),  QLatin1String(">"),
    QLatin1String("!"),  QLatin1String("("),  QLatin1String(")"),  QLatin1String("{"),
    QLatin1String("}"),
};

QString tr(const char *text)
{
    return QCoreApplication::translate("Problem", text);
}

class Lexer
{
public:
    explicit Lexer(const QString &text)
        : m_text(text)
    { }

    [[nodiscard]] Result<std::vector<Token>> tokens();

private:
    [[nodiscard]] Result<Token> token();
    [[nodiscard]] Result<Token> string();
    [[nodiscard]] Result<Token> symbol();
    [[nodiscard]] Token word();
    [[nodiscard]] Result<QString> escape(qsizetype start);
    /// A comma separates only what stands between braces; elsewhere it is part of a word.
    [[nodiscard]] bool isComma(QChar c) const { return m_isInSet && c == QLatin1Char(','); }
    [[nodiscard]] bool endsWord(QChar c) const
    {
        return c.isSpace() || c == QLatin1Char('"') || symbolStarts.contains(c) || isComma(c);
    }

    const QString &m_text;
    qsizetype m_at = 0;
    bool m_isInSet = false;
    bool m_isPattern = false; ///< a regular expression comes, which has backslashes of its own
};

Result<std::vector<Token>> Lexer::tokens()
{
    std::vector<Token> result;
    for (;;) {
        while (m_at < m_text.size() && m_text[m_at].isSpace())
            ++m_at;
        if (m_at == m_text.size())
            break;
        Result<Token> next = token();
        if (!next)
            return fail(next.error());
        next->length = m_at - next->start;
        m_isInSet = (m_isInSet || next->isSymbol(QLatin1String("{")))
            && !next->isSymbol(QLatin1String("}"));
        m_isPattern = next->isWord(QLatin1String("matches"));
        result.push_back(std::move(*next));
    }
    result.push_back({Token::Type::End, {}, m_text.size(), 0});
    return result;
}

Result<Token> Lexer::token()
{
    const QChar c = m_text[m_at];
    if (c == QLatin1Char('"'))
        return string();
    if (isComma(c))
        return Token {Token::Type::Symbol, QString(c), m_at++, 0};
    if (symbolStarts.contains(c))
        return symbol();
    return word();
}

Result<Token> Lexer::string()
{
    Token token = {Token::Type::String, {}, m_at++, 0};
    while (m_at < m_text.size()) {
        const QChar c = m_text[m_at++];
        if (c == QLatin1Char('"'))
            return token;
        if (c != QLatin1Char('\\')) {
            token.text += c;
            continue;
        }
        if (m_isPattern) {
            if (m_at < m_text.size()) {
                if (m_text[m_at] != QLatin1Char('"'))
                    token.text += c;
                token.text += m_text[m_at++];
            }
            continue;
        }
        auto escaped = escape(m_at - 1);
        if (!escaped)
            return fail(escaped.error());
        token.text += *escaped;
    }
    return fail(filterMistake(token.start, tr("the closing quote of this text is missing")));
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
        return fail(filterMistake(
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
        const Token token = {Token::Type::Symbol, known, m_at, 0};
        m_at += known.size();
        return token;
    }
    // Only halves of ==, && and || are left.
    return fail(filterMistake(m_at, tr("“%1” is no operator; did you mean “%1%1”?").arg(rest[0])));
}

Token Lexer::word()
{
    Token token = {Token::Type::Word, {}, m_at, 0};
    while (m_at < m_text.size() && !endsWord(m_text[m_at]))
        token.text += m_text[m_at++];
    return token;
}

} // namespace

Result<std::vector<FilterToken>> filterTokens(const QString &expression)
{
    return Lexer(expression).tokens();
}

Problem filterMistake(qsizetype at, const QString &what)
{
    return {ProblemCode::FilterSyntax,
            {{QStringLiteral("what"), what}, {QStringLiteral("column"), QString::number(at + 1)}}};
}

} // namespace Sockeye
