// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/textformat.h"

#include <QtTest>

using namespace Sockeye;
using namespace std::chrono_literals;

namespace {

QString plain(QString text)
{
    text.replace(QChar(0x00a0), QLatin1Char(' '));
    return text.replace(QChar(0x202f), QLatin1Char('_'));
}

} // namespace

class tst_TextFormat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbers_data();
    void numbers();
    void rates_data();
    void rates();
    void durations_data();
    void durations();
    void times();
    void peers_data();
    void peers();
    void previews_data();
    void previews();
    void previewHasOneMarkForEachByteThatIsNotText();
    void utf8_data();
    void utf8();
    void hex();
    void hexDumps();
    void offsets();
    void cArrays();
    void plainTexts();
};

void tst_TextFormat::numbers_data()
{
    QTest::addColumn<quint64>("value");
    QTest::addColumn<QString>("number");
    QTest::addColumn<QString>("bytes");
    QTest::addColumn<QString>("binary");
    const auto row = [](quint64 value, const char *number, const char *bytes, const char *binary) {
        QTest::addRow("%llu", value) << value << QString::fromLatin1(number)
                                     << QString::fromLatin1(bytes) << QString::fromLatin1(binary);
    };
    row(0, "0", "0 B", "0 B");
    row(9, "9", "9 B", "9 B");
    row(999, "999", "999 B", "999 B");
    row(1000, "1_000", "1.0 kB", "1000 B");
    row(1023, "1_023", "1.0 kB", "1023 B");
    row(1024, "1_024", "1.0 kB", "1 KiB");
    row(3140, "3_140", "3.1 kB", "3.1 KiB");
    row(9204, "9_204", "9.2 kB", "9 KiB");
    row(9949, "9_949", "9.9 kB", "9.7 KiB");
    row(9950, "9_950", "10 kB", "9.7 KiB");
    row(88'000, "88_000", "88 kB", "86 KiB");
    row(999'499, "999_499", "999 kB", "976 KiB");
    row(999'500, "999_500", "1.0 MB", "976 KiB");
    row(1'048'575, "1_048_575", "1.0 MB", "1 MiB");
    row(12'000'000, "12_000_000", "12 MB", "11 MiB");
    row(8'589'934'592, "8_589_934_592", "8.6 GB", "8 GiB");
    row(std::numeric_limits<quint64>::max(), "18_446_744_073_709_551_615", "18 EB", "16 EiB");
}

void tst_TextFormat::numbers()
{
    QFETCH(quint64, value);
    QTEST(plain(numberText(value)), "number");
    QTEST(plain(byteCount(value)), "bytes");
    QTEST(plain(binarySize(value)), "binary");
}

void tst_TextFormat::rates_data()
{
    QTest::addColumn<double>("rate");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << 0.0 << QStringLiteral("0 B/s");
    QTest::newRow("less than one") << 0.4 << QStringLiteral("0 B/s");
    QTest::newRow("negative") << -12.0 << QStringLiteral("0 B/s");
    QTest::newRow("not a number") << std::nan("") << QStringLiteral("0 B/s");
    QTest::newRow("infinite") << double(INFINITY) << QStringLiteral("0 B/s");
    QTest::newRow("usual") << 120.3e6 << QStringLiteral("120 MB/s");
    QTest::newRow("small") << 1234.0 << QStringLiteral("1.2 kB/s");
}

void tst_TextFormat::rates()
{
    QFETCH(double, rate);
    QTEST(plain(rateText(rate)), "text");
}

void tst_TextFormat::durations_data()
{
    QTest::addColumn<qint64>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("negative") << qint64(-5) << QStringLiteral("0:00");
    QTest::newRow("none") << qint64(0) << QStringLiteral("0:00");
    QTest::newRow("seconds") << qint64(31) << QStringLiteral("0:31");
    QTest::newRow("minutes") << qint64(124) << QStringLiteral("2:04");
    QTest::newRow("an hour less one") << qint64(3599) << QStringLiteral("59:59");
    QTest::newRow("hours") << qint64(3723) << QStringLiteral("1:02:03");
    QTest::newRow("a day less one") << qint64(86399) << QStringLiteral("23:59:59");
    QTest::newRow("days") << qint64(2 * 86400 + 3 * 3600 + 4 * 60 + 5)
                          << QStringLiteral("2 d 03:04:05");
}

void tst_TextFormat::durations()
{
    QFETCH(qint64, seconds);
    QTEST(plain(durationText(std::chrono::seconds(seconds))), "text");
    QTEST(plain(durationText(std::chrono::seconds(seconds) + (seconds < 0 ? 0ms : 900ms))), "text");
}

void tst_TextFormat::times()
{
    QCOMPARE(plain(spacedTime(QStringLiteral("12:01:07.123456"))),
             QStringLiteral("12:01:07.123_456"));
    QCOMPARE(spacedTime(QStringLiteral("12:01:07")), QStringLiteral("12:01:07"));
    QCOMPARE(spacedTime(QString()), QString());
}

void tst_TextFormat::peers_data()
{
    QTest::addColumn<QString>("executable");
    QTest::addColumn<qint64>("pid");
    QTest::addColumn<QString>("text");
    QTest::newRow("path") << QStringLiteral("/usr/bin/psql") << qint64(4211)
                          << QStringLiteral("psql (4211)");
    QTest::newRow("name") << QStringLiteral("psql") << qint64(4211)
                          << QStringLiteral("psql (4211)");
    QTest::newRow("percent") << QStringLiteral("a%2") << qint64(1) << QStringLiteral("a%2 (1)");
    QTest::newRow("no name") << QString() << qint64(7) << QStringLiteral("pid 7");
    QTest::newRow("no pid") << QStringLiteral("nc") << qint64(0) << QStringLiteral("nc");
    QTest::newRow("nothing") << QString() << qint64(0) << QStringLiteral("unknown");
}

void tst_TextFormat::peers()
{
    QFETCH(QString, executable);
    QFETCH(qint64, pid);
    QTEST(peerText(executable, pid), "text");
}

void tst_TextFormat::previews_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("hasMore");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const QByteArray &bytes, const char16_t *text,
                        bool hasMore = false) {
        QTest::newRow(name) << bytes << hasMore << QString::fromUtf16(text);
    };
    row("nothing", {}, u"");
    row("text", "SELECT 1", u"SELECT 1");
    row("line ends", "a\nb\r\nc\n\n", u"a⏎b⏎c⏎⏎");
    row("lone return", "a\rb", u"a·b");
    row("binary", QByteArray("Q\0\0\0\x18SEL", 8), u"Q····SEL");
    row("tab and escape", "a\tb\x1b[31m", u"a·b·[31m");
    row("UTF-8", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x9f", u"grüß 🐟");
    row("not UTF-8", "\xff\xfe\x80x", u"···x");
    row("overlong", "\xc0\x80x", u"··x");
    row("surrogate", "\xed\xa0\x80x", u"···x");
    row("delete and C1", "\x7f\xc2\x85x", u"···x");
    row("turned around",
        "a\xe2\x80\xae"
        "b",
        u"a···b");
    row("line separator",
        "a\xe2\x80\xa8"
        "b",
        u"a···b");
    row("more", "SELECT", u"SELECT…", true);
    row("cut character", "gr\xc3", u"gr…", true);
    row("cut fish", "x\xf0\x9f\x90", u"x…", true);
    row("cut at the very end", "gr\xc3", u"gr·");
}

void tst_TextFormat::previews()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, hasMore);
    QTEST(preview(bytes, hasMore), "text");
}

void tst_TextFormat::previewHasOneMarkForEachByteThatIsNotText()
{
    for (int value = 0; value < 256; ++value) {
        const QByteArray byte(1, static_cast<char>(value));
        const QString text = preview("<" + byte + ">");
        QCOMPARE(text.size(), 3);
        const bool isPlain = value >= 0x20 && value < 0x7f;
        if (isPlain)
            QCOMPARE(text.at(1), QLatin1Char(static_cast<char>(value)));
        else
            QCOMPARE(text.at(1), value == '\n' ? QChar(0x23ce) : QChar(0x00b7));
    }
}

void tst_TextFormat::utf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<uint>("character");
    QTest::addColumn<int>("length");
    QTest::newRow("nothing there") << QByteArray() << 0U << 1;
    QTest::newRow("A") << QByteArray("A") << 0x41U << 1;
    QTest::newRow("two") << QByteArray("\xc2\x80") << 0x80U << 2;
    QTest::newRow("three") << QByteArray("\xe2\x82\xac") << 0x20acU << 3;
    QTest::newRow("four") << QByteArray("\xf4\x8f\xbf\xbf") << 0x10ffffU << 4;
    QTest::newRow("too large") << QByteArray("\xf4\x90\x80\x80") << 0U << 0;
    QTest::newRow("continuation") << QByteArray("\x80") << 0U << 0;
    QTest::newRow("cut") << QByteArray("\xe2\x82") << 0U << 0;
    QTest::newRow("overlong three") << QByteArray("\xe0\x80\xaf") << 0U << 0;
    QTest::newRow("overlong four") << QByteArray("\xf0\x80\x80\xaf") << 0U << 0;
}

void tst_TextFormat::utf8()
{
    QFETCH(QByteArray, bytes);
    const Utf8Character found = utf8At(bytes, 0);
    QTEST(static_cast<uint>(found.character), "character");
    QTEST(found.length, "length");
}

void tst_TextFormat::hex()
{
    QCOMPARE(hexText({}), QString());
    QCOMPARE(hexText(QByteArrayView("Q\0\xff", 3)), QStringLiteral("51 00 ff"));
    QCOMPARE(hexText(QByteArray(17, 'a')),
             QStringLiteral("61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61\n61"));
}

void tst_TextFormat::hexDumps()
{
    const QByteArray bytes("Q\0\0\0\x18SELECT name FROM t\0", 24);
    QCOMPARE(hexDump(bytes),
             QStringLiteral("0000  51 00 00 00 18 53 45 4c  45 43 54 20 6e 61 6d 65   "
                            "Q....SELECT name\n"
                            "0010  20 46 52 4f 4d 20 74 00                            "
                            " FROM t.\n"));
    QCOMPARE(hexDump(QByteArrayView("ab"), 0x1fff0),
             QStringLiteral("0001fff0  61 62                                              ab\n"));
}

void tst_TextFormat::offsets()
{
    QCOMPARE(offsetDigits(0), 4);
    QCOMPARE(offsetDigits(0xffff), 4);
    QCOMPARE(offsetDigits(0x10000), 8);
    QCOMPARE(offsetDigits(0x1'0000'0000), 12);
    QCOMPARE(offsetDigits(std::numeric_limits<quint64>::max()), 16);
}

void tst_TextFormat::cArrays()
{
    QCOMPARE(cArrayText(QByteArrayView("A\0", 2)),
             QStringLiteral("unsigned char data[] = {\n    0x41, 0x00,\n};\n"));
    QCOMPARE(cArrayText(QByteArray(13, 'a')).count(QLatin1Char('\n')), 4);
}

void tst_TextFormat::plainTexts()
{
    QCOMPARE(plainText(QByteArrayView("a\nb\0\xff\xc3\xbc", 7)),
             QString::fromUtf16(u"a\nb␀\uFFFDü"));
}

QTEST_GUILESS_MAIN(tst_TextFormat)
#include "tst_textformat.moc"
