// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/relay/answer.h"

#include <QCoreApplication>

namespace Sockeye {

namespace {

tl::unexpected<Problem> badInput(const char *what, qsizetype index)
{
    return fail({ProblemCode::BadInput,
                 {{QStringLiteral("what"), QCoreApplication::translate("Answer", what)},
                  {QStringLiteral("column"), QString::number(index + 1)}}});
}

int hexValue(QChar digit)
{
    const char16_t c = digit.toLower().unicode();
    if (c >= u'0' && c <= u'9')
        return c - u'0';
    if (c >= u'a' && c <= u'f')
        return c - u'a' + 10;
    return -1;
}

// The byte that a one-letter escape stands for; -1: there is no such escape.
int simpleEscape(QChar letter)
{
    switch (letter.unicode()) {
    case u'n':
        return '\n';
    case u'r':
        return '\r';
    case u't':
        return '\t';
    case u'0':
        return 0;
    case u'e':
        return 0x1b;
    case u'\\':
    case u'"':
    case u'\'':
        return letter.unicode();
    default:
        return -1;
    }
}

} // namespace

QString answerName(AnswerKind kind)
{
    switch (kind) {
    case AnswerKind::Echo:
        return QStringLiteral("echo");
    case AnswerKind::Discard:
        return QStringLiteral("discard");
    case AnswerKind::Reply:
        return QStringLiteral("reply");
    case AnswerKind::Manual:
        return QStringLiteral("manual");
    }
    Q_UNREACHABLE();
}

Result<QByteArray> bytesFromText(const QString &text)
{
    QByteArray result;
    qsizetype plainFrom = 0; // UTF-8 needs whole surrogate pairs, so plain text is taken in runs
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != QLatin1Char('\\'))
            continue;
        result += QStringView(text).mid(plainFrom, i - plainFrom).toUtf8();
        if (i + 1 == text.size())
            return badInput(QT_TRANSLATE_NOOP("Answer", "A lone backslash; write \\\\ for one"), i);
        if (text[i + 1] == QLatin1Char('x')) {
            const int high = i + 2 < text.size() ? hexValue(text[i + 2]) : -1;
            const int low = i + 3 < text.size() ? hexValue(text[i + 3]) : -1;
            if (high < 0 || low < 0)
                return badInput(QT_TRANSLATE_NOOP("Answer", "\\x needs two hex digits"), i);
            result += static_cast<char>(high * 16 + low);
            i += 3;
        } else {
            const int byte = simpleEscape(text[i + 1]);
            if (byte < 0)
                return badInput(QT_TRANSLATE_NOOP("Answer", "There is no such escape"), i);
            result += static_cast<char>(byte);
            i += 1;
        }
        plainFrom = i + 1;
    }
    return result + QStringView(text).mid(plainFrom).toUtf8();
}

Result<QByteArray> bytesFromHex(const QString &text)
{
    QByteArray result;
    int high = -1;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c == QLatin1Char('0') && high < 0 && i + 1 < text.size()
            && text[i + 1].toLower() == QLatin1Char('x')) {
            ++i; // "0x"
            continue;
        }
        if (c.isSpace() || c == QLatin1Char(',') || c == QLatin1Char(':')) {
            if (high >= 0)
                return badInput(QT_TRANSLATE_NOOP("Answer", "A byte needs two hex digits"), i);
            continue;
        }
        const int value = hexValue(c);
        if (value < 0)
            return badInput(QT_TRANSLATE_NOOP("Answer", "Not a hex digit"), i);
        if (high < 0) {
            high = value;
        } else {
            result += static_cast<char>(high * 16 + value);
            high = -1;
        }
    }
    if (high >= 0)
        return badInput(QT_TRANSLATE_NOOP("Answer", "A byte needs two hex digits"),
                        text.size() - 1);
    return result;
}

} // namespace Sockeye
