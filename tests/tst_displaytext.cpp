// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/displaytext.h"

#include "treechecks.h"

#include <QTest>

#include <limits>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

class tst_DisplayText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void texts_data();
    void texts();
    void utf16();
    void hex();
    void lines_data();
    void lines();
    void elisions_data();
    void elisions();
    void numbers();
    void utf8_data();
    void utf8();
};

void tst_DisplayText::texts_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("longest");
    QTest::addColumn<QString>("utf8");
    QTest::addColumn<QString>("latin1");
    QTest::newRow("nothing") << QByteArray() << 10 << QString() << QString();
    QTest::newRow("plain") << QByteArray("a b") << 10 << u"a b"_s << u"a b"_s;
    QTest::newRow("layout") << QByteArray("a\r\n\tb") << 20 << uR"(a\r\n\tb)"_s << uR"(a\r\n\tb)"_s;
    QTest::newRow("backslash") << QByteArray("\\n") << 20 << uR"(\\n)"_s << uR"(\\n)"_s;
    QTest::newRow("controls") << bytes("\0\x1b\x7f") << 20 << uR"(\x00\x1b\x7f)"_s
                              << uR"(\x00\x1b\x7f)"_s;
    QTest::newRow("umlaut") << QByteArray("\xc3\xbc") << 20 << u"ü"_s << u"Ã¼"_s;
    QTest::newRow("no UTF-8") << QByteArray("\xfc!") << 20 << uR"(\xfc!)"_s << u"ü!"_s;
    QTest::newRow("C1") << QByteArray("\xc2\x85") << 20 << uR"(\u0085)"_s << uR"(Â\u0085)"_s;
    QTest::newRow("turns text around")
        << QByteArray("\xe2\x80\xae") << 20 << uR"(\u202e)"_s << uR"(â\u0080®)"_s;
    QTest::newRow("private") << QByteArray("\xf3\xb0\x80\x80") << 20 << uR"(\U000f0000)"_s
                             << uR"(ó°\u0080\u0080)"_s;
    QTest::newRow("just fits") << QByteArray("abcde") << 5 << u"abcde"_s << u"abcde"_s;
    QTest::newRow("cut") << QByteArray("abcdef") << 5 << u"abcd…"_s << u"abcd…"_s;
    QTest::newRow("no escape is split") << QByteArray("abc\ndef") << 5 << u"abc…"_s << u"abc…"_s;
    QTest::newRow("no character is split")
        << QByteArray("abc\xf0\x9f\x98\x80z") << 5 << u"abc…"_s << u"abcð…"_s;
    QTest::newRow("one") << QByteArray("ab") << 1 << u"…"_s << u"…"_s;
}

void tst_DisplayText::texts()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, longest);
    QTEST(displayText(QByteArrayView(bytes), longest), "utf8");
    QTEST(displayLatin1(bytes, longest), "latin1");
}

void tst_DisplayText::utf16()
{
    QCOMPARE(displayText(QStringView(u"a\n😀"), 10), uR"(a\n😀)"_s);
    const char16_t lone[] = {u'a', 0xd83d, u'b', 0xde00};
    QCOMPARE(displayText(QStringView(lone, 4), 20), uR"(a\ud83db\ude00)"_s);
}

void tst_DisplayText::hex()
{
    QCOMPARE(displayHex({}, 10), QString());
    QCOMPARE(displayHex(bytes("\0\xff"), 10), u"00 ff"_s);
    QCOMPARE(displayHex(bytes("\0\xff\1"), 7), u"00 ff…"_s);
}

void tst_DisplayText::lines_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("line");
    QTest::newRow("nothing") << QByteArray() << QString();
    QTest::newRow("layout") << QByteArray("{\n    \"a\": 1,\r\n\t\"b\":  2\n}\n")
                            << u"{ \"a\": 1, \"b\":  2 }"_s;
    QTest::newRow("around") << QByteArray(" \n a \n ") << u"a"_s;
    QTest::newRow("long") << QByteArray("ab").repeated(30) << u"ab"_s.repeated(9) + u"a…"_s;
    QTest::newRow("blanks without end") << "a\n" + QByteArray(5000, ' ') + 'b' << u"a  …"_s;
}

void tst_DisplayText::lines()
{
    QFETCH(QByteArray, bytes);
    QTEST(displayLine(bytes, 20), "line");
}

void tst_DisplayText::elisions_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("cut");
    QTest::newRow("fits") << u"abcdef"_s << u"abcdef"_s;
    QTest::newRow("cut") << u"abcdefg"_s << u"abcde…"_s;
    QTest::newRow("escape") << uR"(abc\x1bd)"_s << u"abc…"_s;
    QTest::newRow("escape that fits") << uR"(a\x1bcd)"_s << uR"(a\x1b…)"_s;
    QTest::newRow("backslash") << uR"(abcd\\ef)"_s << u"abcd…"_s;
    QTest::newRow("backslashes") << uR"(\\\\\\\\)"_s << uR"(\\\\…)"_s;
    QTest::newRow("emoji") << u"abcd😀ef"_s << u"abcd…"_s;
}

void tst_DisplayText::elisions()
{
    QFETCH(QString, text);
    QTEST(elided(text, 6), "cut");
}

void tst_DisplayText::numbers()
{
    QCOMPARE(displayNumber(0.1), u"0.1"_s);
    QCOMPARE(displayNumber(0.1F), u"0.1"_s);
    QCOMPARE(displayNumber(-2.0), u"-2"_s);
    QCOMPARE(displayNumber(1e300), u"1e+300"_s);
    QCOMPARE(displayNumber(-std::numeric_limits<double>::infinity()), u"-inf"_s);
    QCOMPARE(displayNumber(std::numeric_limits<double>::quiet_NaN()), u"nan"_s);
}

void tst_DisplayText::utf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<qsizetype>("whole");
    QTest::addColumn<qsizetype>("cut");
    QTest::newRow("good") << QByteArray("a\xc3\xbc") << qsizetype {3} << qsizetype {3};
    QTest::newRow("cut") << QByteArray("a\xe2\x82") << qsizetype {1} << qsizetype {3};
    QTest::newRow("bad") << QByteArray("a\xff") << qsizetype {1} << qsizetype {1};
    QTest::newRow("bad behind a cut") << QByteArray("a\xe2zz") << qsizetype {1} << qsizetype {1};
}

void tst_DisplayText::utf8()
{
    QFETCH(QByteArray, bytes);
    QTEST(validUtf8(bytes, false), "whole");
    QTEST(validUtf8(bytes, true), "cut");
}

QTEST_GUILESS_MAIN(tst_DisplayText)
#include "tst_displaytext.moc"
