// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturefilter.h"

#include "core/base/problemtext.h"

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/scratchfolder.h"

#include <QtTest>

using namespace Sockeye;

class tst_CaptureFilter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void finds_data();
    void finds();
    void tellsMistakes_data();
    void tellsMistakes();
    void emptyMatchesEverything();
    void findsOverTheBordersOfPieces();
    void deepNestingIsNoCrash();
    void isAValue();

private:
    ScratchFolder m_scratch;
    ManualClock m_clock;
    std::unique_ptr<CaptureLog> m_log;
};

// 0 open 1, 1 "SELECT 1" →, 2 binary ←, 3 open 2, 4 "größe" →, 5 end 2 →, 6 reset 2 ←, 7 refused 3
void tst_CaptureFilter::initTestCase()
{
    CaptureOptions options;
    options.folder = m_scratch.path();
    options.limit = 64 * 1024 * 1024;
    auto log = CaptureLog::create(options, m_clock);
    QVERIFY(log);
    m_log = std::move(*log);
    m_log->addServer({{1}, QStringLiteral("api"), QStringLiteral("/run/api")});
    m_log->addServer({{2}, QStringLiteral("my db"), QStringLiteral("@db")});
    const auto first = m_log->openStream(testConnection(1, 1), RecordingPolicy::Lossless);
    QVERIFY(first->append(Direction::ToServer, asSpan("SELECT 1")));
    QVERIFY(first->append(Direction::ToClient, asSpan(QByteArray::fromHex("00ff0d0a48690000"))));
    const auto second = m_log->openStream(testConnection(2, 2), RecordingPolicy::Lossless);
    QVERIFY(second->append(Direction::ToServer,
                           asSpan("gr\xc3\xb6\xc3\x9f"
                                  "e or \"not\" 42")));
    QVERIFY(second->endOfStream(Direction::ToServer));
    QVERIFY(second->reset(Direction::ToClient, {}));
    m_log->refuse(testConnection(3, 2), QStringLiteral("no"));
    QVERIFY(m_log->flush());
    QCOMPARE(m_log->cursor().end, 8u);
}

void tst_CaptureFilter::finds_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("expected"); // numbers of the records
    const auto row = [](const char *expression, const char *expected) {
        QTest::newRow(expression) << QString::fromUtf8(expression) << QString::fromUtf8(expected);
    };
    row("", "0 1 2 3 4 5 6 7");
    row("   ", "0 1 2 3 4 5 6 7");
    row("conn == 1", "0 1 2");
    row("conn != 1", "3 4 5 6 7");
    row("conn < 2", "0 1 2");
    row("conn <= 2", "0 1 2 3 4 5 6");
    row("conn > 2", "7");
    row("conn >= 2", "3 4 5 6 7");
    row("CONN==1", "0 1 2");
    row("conn == 0x2", "3 4 5 6");
    row("server == 2", "3 4 5 6 7");
    row("server == \"my db\"", "3 4 5 6 7");
    row("server != \"my db\"", "0 1 2");
    row("server == \"@db\"", "3 4 5 6 7");
    row("server == api", "0 1 2");
    row("server == /run/api", "0 1 2");
    row("server == \"API\"", ""); // names are what they are
    row("len == 8", "1 2");
    row("len > 8", "4");
    row("record >= 6", "6 7");
    row("dir == in and kind == data", "1 4");
    row("dir == → && kind == data", "1 4");
    row("dir == toServer and kind == data", "1 4");
    row("dir == out", "2 6");
    row("dir == ←", "2 6");
    row("dir != toclient", "0 1 3 4 5 7");
    row("kind == open", "0 3");
    row("kind == end", "5");
    row("kind == reset", "6");
    row("kind == refused", "7");
    row("kind == gap", "");
    row("kind != data", "0 3 5 6 7");
    row("text contains \"SELECT\"", "1");
    row("text contains \"select 1\"", "1");
    row("text contains sElEcT", "1");
    row("select", "1");
    row("\"ELECT 1\"", "1");
    row("text contains \"GRöSSE\"", "");
    row("text contains \"GRößE\"", "4"); // ASCII letters only
    row("\"\\\"not\\\"\"", "4");
    row("\"\\r\\nhi\"", "2");
    row("\"\\0\"", "2");
    row("42", "4");
    row("hex contains 0d0a", "2");
    row("hex contains 0D 0A 48", "2");
    row("hex contains 0d:0a", "2");
    row("hex contains 0x0d0a", "2");
    row("hex contains \"0d 0a\"", "2");
    row("hex contains 0d 0a and conn == 1", "2");
    row("hex contains 0d 0a or conn == 3", "2 7");
    row("(hex contains 48 69)", "2");
    row("hex contains 4869 0000", "2");
    row("hex contains 4869 0001", "");
    row("not conn == 1", "3 4 5 6 7");
    row("!conn == 1", "3 4 5 6 7");
    row("not not conn == 1", "0 1 2");
    row("!(conn == 1 or conn == 2)", "7");
    row("conn == 1 or conn == 2 and kind == end", "0 1 2 5"); // and binds tighter
    row("(conn == 1 or conn == 2) and kind == open", "0 3");
    row("conn == 1 || conn == 3", "0 1 2 7");
    row("conn == 1 AND NOT kind == open AND select", "1");
    row("select and kind == data and conn == 1", "1");
    row("conn in {1}", "0 1 2");
    row("conn in {1, 3}", "0 1 2 7");
    row("conn in {2..3}", "3 4 5 6 7");
    row("conn in { 2 .. 3 }", "3 4 5 6 7");
    row("conn in {0x2..3,1}", "0 1 2 3 4 5 6 7");
    row("not conn in {2..3}", "0 1 2");
    row("len in {1..8, 19..1000}", "1 2 4");
    row("record in {0,7}", "0 7");
    row("kind in {reset, refused}", "6 7");
    row("dir in {out}", "2 6");
    row("dir == \"→\" and kind == \"data\"", "1 4");
    row("conn == 1 and dir == \"→\" and len > 5 and text contains \"SELECT\" and not peer.exe "
        "matches \"psql\"",
        "1");
    row("is problem", "6 7");
    row("not is problem and kind != data", "0 3 5");
    row("is", "");
    row("is and conn == 1", ""); // a word to look for, as any other
    row("has descriptors", "");
    row("has note", "7");
    row("note == no", "7");
    row("note contains NO", "7");
    row("server contains API", "0 1 2");
    row("server startswith /RUN", "0 1 2");
    row("server matches \"^(my|your) \"", "3 4 5 6 7");
    row("server in {1, \"my db\"}", "3 4 5 6 7"); // in a set they are names
    row("server != api and server != \"my db\"", "");
    row("peer.exe == /usr/bin/client1", "0 1 2");
    row("peer.exe != /usr/bin/client1", "3 4 5 6 7");
    row("peer.exe matches \"CLIENT[12]$\"", "0 1 2 3 4 5 6");
    row("peer.exe matches \"(?-i)CLIENT[12]$\"", "");
    row("not peer.exe matches \"client1\"", "3 4 5 6 7");
    row("peer.exe in {\"/usr/bin/client1\", /usr/bin/client3}", "0 1 2 7");
    row("peer.cmd contains größe", "0 1 2 3 4 5 6 7");
    row("peer.user == ada", "0 1 2 3 4 5 6 7");
    row("peer.group contains taf", "0 1 2 3 4 5 6 7");
    row("peer.pid == 4001", "0 1 2");
    row("peer.pid in {4002..4003}", "3 4 5 6 7");
    row("peer.uid == 1000 and peer.gid < 101 and conn == 3", "7");
    row("text startswith select", "1");
    row("text startswith elect", "");
    row("text matches \"sel[aeiou]ct \\d\"", "1");
    row("text matches ^gr..?e", "4");
    row("text matches \"\\\"not\\\"\"", "4");
    row("text matches \"^$\"", "");
    row("hex startswith 00 ff", "2");
    row("hex startswith ff", "");
    row("since == 0", "0 1 2 3 4 5 6 7"); // a clock that stands still
    row("since < 1ms", "0 1 2 3 4 5 6 7");
    row("since > 0.000001", "");
    row("time > 2000-01-01", "0 1 2 3 4 5 6 7");
    row("time < \"2000-01-01 12:00\"", "");
    row("time in {2000-01-01..2100-01-01}", "0 1 2 3 4 5 6 7");
    row("time >= 00:00 and time <= 23:59", "0 1 2 3 4 5 6 7");
}

void tst_CaptureFilter::finds()
{
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    const auto filter = CaptureFilter::parse(expression);
    QVERIFY2(filter, filter ? "" : qPrintable(oneLine(filter.error())));
    QStringList found;
    for (const Record &record : m_log->records(0, 100)) {
        if (filter->matches(record, *m_log))
            found << QString::number(record.index);
    }
    QCOMPARE(found.join(QLatin1Char(' ')), expected);
}

void tst_CaptureFilter::tellsMistakes_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("mistake");
    const auto row = [](const char *expression, const char *mistake) {
        QTest::newRow(expression) << QString::fromUtf8(expression) << QString::fromUtf8(mistake);
    };
    row("foo == 1", "1: unknown field “foo”");
    row("conn == 1 and foo < 1", "15: unknown field “foo”");
    row("foo contains \"x\"", "1: unknown field “foo”");
    row("conn", "5: a comparison is expected here: ==, !=, <, <=, >, >= or in");
    row("conn 12", "6: a comparison is expected here: ==, !=, <, <=, >, >= or in");
    row("conn ==", "8: a number is expected here");
    row("conn == x", "9: a number is expected here");
    row("conn == \"1\"", "9: a number is expected here");
    row("conn == 1and", "9: a number is expected here");
    row("conn == -1", "9: a number is expected here");
    row("conn == 99999999999999999999", "9: a number is expected here");
    row("len = 5", "5: “=” is no operator; did you mean “==”?");
    row("a & b", "3: “&” is no operator; did you mean “&&”?");
    row("a | b", "3: “|” is no operator; did you mean “||”?");
    row("server < api", "8: names are compared by ==, !=, contains, startswith, matches or in");
    row("dir", "4: ==, != or in is expected here");
    row("dir < in", "5: ==, != or in is expected here");
    row("dir == up", "8: a direction is expected here: in or out");
    row("kind == datum", "9: a kind is expected here: data, open, end, reset, gap or refused");
    row("text == \"x\"", "6: “contains”, “startswith” or “matches” is expected here");
    row("text contains", "14: a text is expected here, such as \"SELECT\"");
    row("text contains (", "15: a text is expected here, such as \"SELECT\"");
    row("text contains \"\"", "15: an empty text is in everything");
    row("\"\"", "1: an empty text is in everything");
    row("text contains \"abc", "15: the closing quote of this text is missing");
    row("\"a\\q\"", "3: unknown escape; known are \\\" \\\\ \\n \\r \\t \\0 (bytes: hex contains)");
    row("\"a\\", "3: unknown escape; known are \\\" \\\\ \\n \\r \\t \\0 (bytes: hex contains)");
    row("hex contains", "13: bytes are expected here, two digits each, such as 0d 0a");
    row("hex contains 0d0", "14: bytes are expected here, two digits each, such as 0d 0a");
    row("hex contains 0d zz", "17: bytes are expected here, two digits each, such as 0d 0a");
    row("hex contains and", "14: bytes are expected here, two digits each, such as 0d 0a");
    row("and", "1: a condition is expected here");
    row("conn == 1 and", "14: a condition is expected here");
    row("conn == 1 or or conn == 2", "14: a condition is expected here");
    row("not", "4: a condition is expected here");
    row("()", "2: a condition is expected here");
    row("== 5", "1: a condition is expected here");
    row("(conn == 1", "1: the “)” to this “(” is missing");
    row("conn == 1)", "10: there is no “(” to this “)”");
    row("(conn == 1 foo)", "12: “and”, “or” or “)” is expected here");
    row("conn == 1 conn == 2", "11: “and” or “or” is expected here");
    row("foo bar", "5: “and” or “or” is expected here");
    row("conn in", "8: a set is expected here, such as {1, 3, 5..9}");
    row("conn in 5", "9: a set is expected here, such as {1, 3, 5..9}");
    row("conn in {}", "10: a number is expected here");
    row("conn in {1", "11: “,” or “}” is expected here");
    row("conn in {1 2}", "12: “,” or “}” is expected here");
    row("conn in {1,}", "12: a number is expected here");
    row("conn in {5..}", "13: a number is expected here");
    row("conn in {5..x}", "13: a number is expected here");
    row("conn in {..5}", "10: a number is expected here");
    row("conn in {9..5}", "13: this is less than where the range begins");
    row("kind in {reset, up}",
        "17: a kind is expected here: data, open, end, reset, gap or refused");
    row("peer.exe", "9: names are compared by ==, !=, contains, startswith, matches or in");
    row("peer.exe == ", "13: a name is expected here");
    row("peer.exe in x", "13: a set is expected here, such as {\"one\", \"two\"}");
    row("peer.foo == 1", "1: unknown field “peer.foo”");
    row("foo matches x", "1: unknown field “foo”");
    row("text matches \"a(b\"", "18: no regular expression: missing closing parenthesis");
    row("text matches \"größe[\"",
        "21: no regular expression: missing terminating ] for character class");
    row("hex matches 00", "5: “contains” or “startswith” is expected here");
    row("is foo", "4: “problem”, “descriptors” or “note” is expected here");
    row("has x", "5: “problem”, “descriptors” or “note” is expected here");
    row("time == 25:00", "9: a time is expected here, such as 12:01:07 or \"2026-01-31 12:01\"");
    row("time == 2026-02-30",
        "9: a time is expected here, such as 12:01:07 or \"2026-01-31 12:01\"");
    row("time in {12:00..2026-01-01}", "17: either all of these times have a day, or none");
    row("since > 5x", "9: a time is expected here, such as 2.5 or 250ms");
    row("{1}", "1: a condition is expected here");
}

void tst_CaptureFilter::tellsMistakes()
{
    QFETCH(QString, expression);
    QFETCH(QString, mistake);
    const auto filter = CaptureFilter::parse(expression);
    QVERIFY(!filter);
    QCOMPARE(filter.error().code, ProblemCode::FilterSyntax);
    QCOMPARE(filter.error().args.value(QStringLiteral("column")) + QStringLiteral(": ")
                 + filter.error().args.value(QStringLiteral("what")),
             mistake);
}

void tst_CaptureFilter::emptyMatchesEverything()
{
    QVERIFY(CaptureFilter().matchesEverything());
    QVERIFY(CaptureFilter::parse(QStringLiteral(" \t\n"))->matchesEverything());
    QVERIFY(!CaptureFilter::parse(QStringLiteral("x"))->matchesEverything());
    QVERIFY(CaptureFilter().matches(*m_log->record(0), *m_log));
}

void tst_CaptureFilter::findsOverTheBordersOfPieces()
{
    const auto stream = m_log->openStream(testConnection(9), RecordingPolicy::Lossless);
    const auto filter = CaptureFilter::parse(QStringLiteral("needle"));
    QVERIFY(filter);
    // Around what is read at a time, and around a packet's payload.
    for (const int border : {0, 65'495, 256 * 1024, 512 * 1024, 700'000 - 6})
        for (const int before : {0, 1, 3, 5, 6, 7}) {
            const int at = border - before;
            if (at < 0)
                continue;
            QByteArray bytes(700'000, 'x');
            bytes.replace(at, 6, "NeeDle");
            QVERIFY(stream->append(Direction::ToServer, asSpan(bytes)));
            QVERIFY(m_log->flush());
            const RecordIndex index = m_log->cursor().end - 1;
            QVERIFY2(filter->matches(*m_log->record(index), *m_log),
                     qPrintable(QString::number(at)));
        }
    QVERIFY(stream->append(Direction::ToServer, asSpan(QByteArray(700'000, 'n'))));
    QVERIFY(m_log->flush());
    QVERIFY(!filter->matches(*m_log->record(m_log->cursor().end - 1), *m_log));
}

void tst_CaptureFilter::deepNestingIsNoCrash()
{
    const auto nested = [](const QString &open, const QString &close, int depth) {
        return CaptureFilter::parse(open.repeated(depth) + QStringLiteral("x")
                                    + close.repeated(depth));
    };
    QVERIFY(nested(QStringLiteral("("), QStringLiteral(")"), 50));
    for (const int depth : {200, 1'000'000}) {
        for (const char *open : {"(", "not ", "!", "!("}) {
            const auto filter = nested(QString::fromLatin1(open), {}, depth);
            QVERIFY(!filter);
            QCOMPARE(filter.error().args.value(QStringLiteral("what")),
                     QStringLiteral("this is nested too deeply"));
        }
    }
    // Long is not deep.
    QVERIFY(CaptureFilter::parse(QStringLiteral("x or ").repeated(100'000)
                                 + QStringLiteral("conn == 1")));
}

void tst_CaptureFilter::isAValue()
{
    CaptureFilter copy;
    {
        const auto filter = CaptureFilter::parse(QStringLiteral("select"));
        copy = *filter;
    }
    QVERIFY(copy.matches(*m_log->record(1), *m_log));
    QVERIFY(!copy.matches(*m_log->record(2), *m_log));
    // A record that has gone meanwhile matches no text.
    Record gone = *m_log->record(1);
    gone.index = 1'000'000;
    QVERIFY(!copy.matches(gone, *m_log));
}

QTEST_GUILESS_MAIN(tst_CaptureFilter)
#include "tst_capturefilter.moc"
