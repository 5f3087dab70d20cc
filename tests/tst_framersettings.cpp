// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/framersettings.h"

#include <QtTest>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

class tst_FramerSettings : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void parses_data();
    void parses();
    void tellsMistakes_data();
    void tellsMistakes();
    void roundTrips();
};

void tst_FramerSettings::parses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<FramerSettings>("settings");
    QTest::addColumn<QString>("shown"); // empty: as the text
    const auto row = [](const QString &text, const FramerSettings &settings,
                        const QString &shown = {}) {
        QTest::newRow(qPrintable(text)) << text << settings << shown;
    };
    row(u"record"_s, {});
    row(u"line"_s, {.kind = FramerKind::Line});
    row(u"null"_s, {.kind = FramerKind::NullTerminated});
    row(u"content-length"_s, {.kind = FramerKind::ContentLength});
    row(u"http"_s, {.kind = FramerKind::Http1});
    row(u"qdatastream"_s, {.kind = FramerKind::QDataStreamBlock});
    row(u"dbus"_s, {.kind = FramerKind::DBus});
    row(u"postgresql"_s, {.kind = FramerKind::PostgreSql});
    row(u"wayland"_s, {.kind = FramerKind::Wayland});
    row(u"delimiter:0d0a"_s, {.kind = FramerKind::Delimiter, .delimiter = "\r\n"_ba});
    row(u"delimiter:aBCd00"_s, {.kind = FramerKind::Delimiter, .delimiter = "\xab\xcd\0"_ba},
        u"delimiter:abcd00"_s);
    row(u"delimiter:"_s + u"7e"_s.repeated(64),
        {.kind = FramerKind::Delimiter, .delimiter = QByteArray(64, '~')});
    row(u"fixed:1"_s, {.kind = FramerKind::FixedSize, .size = 1});
    row(u"fixed:4294967295"_s, {.kind = FramerKind::FixedSize, .size = 0xffffffff});
    row(u"fixed:0016"_s, {.kind = FramerKind::FixedSize, .size = 16}, u"fixed:16"_s);
    const FramerSettings length {.kind = FramerKind::LengthPrefix};
    row(u"length:4"_s, length);
    row(u"length:4:big"_s, length, u"length:4"_s);
    row(u"length:4:offset=0"_s, length, u"length:4"_s);
    row(u"length:1"_s, {.kind = FramerKind::LengthPrefix, .width = 1});
    row(u"length:varint"_s, {.kind = FramerKind::LengthPrefix, .width = 0});
    row(u"length:8:little:offset=2:inclusive"_s,
        {.kind = FramerKind::LengthPrefix,
         .width = 8,
         .isBigEndian = false,
         .prefixOffset = 2,
         .isInclusive = true});
    row(u"length:2:inclusive:offset=4294967295:little"_s,
        {.kind = FramerKind::LengthPrefix,
         .width = 2,
         .isBigEndian = false,
         .prefixOffset = 0xffffffff,
         .isInclusive = true},
        u"length:2:little:offset=4294967295:inclusive"_s);
}

void tst_FramerSettings::parses()
{
    QFETCH(QString, text);
    QFETCH(FramerSettings, settings);
    QFETCH(QString, shown);
    const auto parsed = FramerSettings::parse(text);
    QVERIFY(parsed);
    QVERIFY(*parsed == settings);
    QCOMPARE(parsed->toString(), shown.isEmpty() ? text : shown);
}

void tst_FramerSettings::tellsMistakes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("mistake");
    const auto row = [](const QString &text, const QString &mistake) {
        QTest::newRow(qPrintable(text)) << text << mistake;
    };
    const QString known = u" is no framer; known are record, line, delimiter, null, fixed, length, "
                          "content-length, http, qdatastream, dbus, postgresql, wayland"_s;
    row({}, u"1: “”"_s + known);
    row(u"lines"_s, u"1: “lines”"_s + known);
    row(u"Line"_s, u"1: “Line”"_s + known);
    row(u" line"_s, u"1: “ line”"_s + known);
    row(u":4"_s, u"1: “”"_s + known);
    row(u"line:"_s, u"5: Nothing more is expected here"_s);
    row(u"content-length:4"_s, u"15: Nothing more is expected here"_s);
    row(u"fixed"_s, u"6: “:” and the size are expected here"_s);
    row(u"delimiter"_s, u"10: “:” and the delimiter are expected here"_s);
    row(u"length"_s, u"7: “:” and the width of the number are expected here"_s);
    const QString size = u"A number from 1 to 4294967295 is expected here"_s;
    row(u"fixed:"_s, u"7: "_s + size);
    row(u"fixed:0"_s, u"7: "_s + size);
    row(u"fixed:-1"_s, u"7: "_s + size);
    row(u"fixed:12x"_s, u"9: "_s + size);
    row(u"fixed: 1"_s, u"7: "_s + size);
    row(u"fixed:4294967296"_s, u"7: "_s + size);
    row(u"fixed:99999999999999999999999999"_s, u"7: "_s + size);
    row(u"fixed:٣"_s, u"7: "_s + size); // a digit of Arabic
    row(u"fixed:1:2"_s, u"8: Nothing more is expected here"_s);
    const QString bytes = u"1 to 64 bytes are expected here, two hex digits each"_s;
    row(u"delimiter:"_s, u"11: "_s + bytes);
    row(u"delimiter:0"_s, u"12: "_s + bytes);
    row(u"delimiter:0d0"_s, u"14: "_s + bytes);
    row(u"delimiter:0g"_s, u"12: "_s + bytes);
    row(u"delimiter:0d 0a"_s, u"13: "_s + bytes);
    row(u"delimiter:"_s + u"7e"_s.repeated(65), u"139: "_s + bytes);
    row(u"delimiter:0d:0a"_s, u"13: Nothing more is expected here"_s);
    const QString width = u"The width of the number is expected here: 1, 2, 4, 8 or varint"_s;
    row(u"length:"_s, u"8: "_s + width);
    row(u"length:3"_s, u"8: "_s + width);
    row(u"length:04"_s, u"8: "_s + width);
    row(u"length:little"_s, u"8: "_s + width);
    const QString option = u"“big”, “little”, “offset=” or “inclusive” is expected here"_s;
    row(u"length:4:"_s, u"10: "_s + option);
    row(u"length:4:little:huge"_s, u"17: "_s + option);
    row(u"length:4:offset"_s, u"10: "_s + option);
    const QString offset = u"A number from 0 to 4294967295 is expected here"_s;
    row(u"length:4:offset="_s, u"17: "_s + offset);
    row(u"length:4:offset=1a"_s, u"18: "_s + offset);
    row(u"length:4:offset=4294967296"_s, u"17: "_s + offset);
    const QString twice = u"This has been said before"_s;
    row(u"length:4:big:big"_s, u"14: "_s + twice);
    row(u"length:4:little:big"_s, u"17: "_s + twice);
    row(u"length:4:inclusive:offset=1:inclusive"_s, u"29: "_s + twice);
    row(u"length:4:offset=1:offset=1"_s, u"19: "_s + twice);
}

void tst_FramerSettings::tellsMistakes()
{
    QFETCH(QString, text);
    QFETCH(QString, mistake);
    const auto parsed = FramerSettings::parse(text);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ProblemCode::BadInput);
    QCOMPARE(parsed.error().args.value(u"column"_s) + u": "_s
                 + parsed.error().args.value(u"what"_s),
             mistake);
}

void tst_FramerSettings::roundTrips()
{
    std::vector<FramerSettings> all;
    for (int kind = 0; kind <= static_cast<int>(FramerKind::Wayland); ++kind) {
        FramerSettings settings {.kind = static_cast<FramerKind>(kind)};
        if (settings.kind == FramerKind::Delimiter || settings.kind == FramerKind::FixedSize
            || settings.kind == FramerKind::LengthPrefix)
            continue;
        all.push_back(settings);
    }
    for (int c = 0; c < 256; ++c) {
        for (const int length : {1, 2, 64})
            all.push_back({.kind = FramerKind::Delimiter,
                           .delimiter = QByteArray(length, static_cast<char>(c))});
    }
    for (const quint32 size : {1U, 9U, 10U, 65536U, 0xffffffffU})
        all.push_back({.kind = FramerKind::FixedSize, .size = size});
    for (const quint8 width : {quint8 {0}, quint8 {1}, quint8 {2}, quint8 {4}, quint8 {8}}) {
        for (const quint32 offset : {0U, 1U, 0xffffffffU}) {
            for (int flags = 0; flags < 4; ++flags)
                all.push_back({.kind = FramerKind::LengthPrefix,
                               .width = width,
                               .isBigEndian = (flags & 1) != 0,
                               .prefixOffset = offset,
                               .isInclusive = (flags & 2) != 0});
        }
    }
    for (const FramerSettings &settings : all) {
        const auto parsed = FramerSettings::parse(settings.toString());
        QVERIFY2(parsed, qPrintable(settings.toString()));
        QVERIFY2(*parsed == settings, qPrintable(settings.toString()));
    }
}

QTEST_GUILESS_MAIN(tst_FramerSettings)
#include "tst_framersettings.moc"
