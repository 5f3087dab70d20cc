// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/problemtext.h"
#include "core/relay/answer.h"

#include <QtTest>

using namespace Sockeye;
using namespace Qt::StringLiterals;

class tst_Answer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void names();
    void text_data();
    void text();
    void everyByteHasAnEscape();
    void hex_data();
    void hex();
    void readsWhatItWrote();
};

namespace {

// The bytes as hex, or "!" and the problem.
QString picture(const Result<QByteArray> &bytes)
{
    if (bytes)
        return QString::fromLatin1(bytes->toHex(' '));
    return u"! "_s + whatHappened(bytes.error());
}

} // namespace

void tst_Answer::names()
{
    QStringList names;
    for (const AnswerKind kind :
         {AnswerKind::Echo, AnswerKind::Discard, AnswerKind::Reply, AnswerKind::Manual})
        names << answerName(kind);
    QCOMPARE(names.join(u' '), u"echo discard reply manual"_s);
}

void tst_Answer::text_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QString &typed, const QString &expected) {
        QTest::newRow(name) << typed << expected;
    };
    row("nothing", u""_s, u""_s);
    row("plain", u"SELECT 1"_s, u"53 45 4c 45 43 54 20 31"_s);
    row("UTF-8", u"ü€😀"_s, u"c3 bc e2 82 ac f0 9f 98 80"_s);
    row("UTF-8 beside escapes", u"😀\\n😀"_s, u"f0 9f 98 80 0a f0 9f 98 80"_s);
    row("line ends", u"a\\r\\nb\\t"_s, u"61 0d 0a 62 09"_s);
    row("NUL and escape", u"\\0\\e"_s, u"00 1b"_s);
    row("NUL before a digit", u"\\01"_s, u"00 31"_s);
    row("quotes and backslash", u"\\\"\\'\\\\"_s, u"22 27 5c"_s);
    row("hexadecimal", u"\\x00\\xfF\\x7fz"_s, u"00 ff 7f 7a"_s);
    row("hexadecimal is two digits", u"\\x414"_s, u"41 34"_s);
    row("lone backslash", u"ab\\"_s, u"! A lone backslash; write \\\\ for one (column 3)."_s);
    row("no such escape", u"a\\qb"_s, u"! There is no such escape (column 2)."_s);
    row("one hex digit", u"\\x4"_s, u"! \\x needs two hex digits (column 1)."_s);
    row("no hex digit", u"abc\\xg0"_s, u"! \\x needs two hex digits (column 4)."_s);
    row("backslash x at the end", u"\\x"_s, u"! \\x needs two hex digits (column 1)."_s);
}

void tst_Answer::text()
{
    QFETCH(const QString, typed);
    QTEST(picture(bytesFromText(typed)), "expected");
}

void tst_Answer::everyByteHasAnEscape()
{
    QString typed;
    QByteArray expected;
    for (int byte = 0; byte < 256; ++byte) {
        typed += u"\\x%1"_s.arg(byte, 2, 16, QLatin1Char('0'));
        expected += static_cast<char>(byte);
    }
    QCOMPARE(bytesFromText(typed).value_or(QByteArray()), expected);
}

void tst_Answer::hex_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QString &typed, const QString &expected) {
        QTest::newRow(name) << typed << expected;
    };
    row("nothing", u""_s, u""_s);
    row("blanks only", u" \t\n"_s, u""_s);
    row("digits", u"00ffA5"_s, u"00 ff a5"_s);
    row("blanks, commas, colons", u"00 ff,a5:7f\n01"_s, u"00 ff a5 7f 01"_s);
    row("as C writes it", u"0x00, 0XFF"_s, u"00 ff"_s);
    row("zero first", u"0a 00"_s, u"0a 00"_s);
    row("half a byte", u"00 f"_s, u"! A byte needs two hex digits (column 4)."_s);
    row("half a byte, then a blank", u"f 00"_s, u"! A byte needs two hex digits (column 2)."_s);
    row("not a digit", u"00 zz"_s, u"! Not a hex digit (column 4)."_s);
    row("a digit of another script", u"٣٣"_s, u"! Not a hex digit (column 1)."_s);
    row("0x alone", u"0x"_s, u""_s);
}

void tst_Answer::hex()
{
    QFETCH(const QString, typed);
    QTEST(picture(bytesFromHex(typed)), "expected");
}

void tst_Answer::readsWhatItWrote()
{
    QByteArray all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    QCOMPARE(bytesFromHex(QString::fromLatin1(all.toHex(' '))).value_or(QByteArray()), all);
    QCOMPARE(bytesFromHex(QString::fromLatin1(all.toHex())).value_or(QByteArray()), all);
}

QTEST_GUILESS_MAIN(tst_Answer)
#include "tst_answer.moc"
