// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/tcpreassembler.h"

#include "tests/capturekit.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace Sockeye;

namespace {

QString picture(const std::vector<TcpPiece> &pieces);

/// One call of a reassembler, as a row tells it: "3 def" (a segment at 3), "3 def+4" (4 more bytes
/// were cut off), "3 def$" (with FIN), "ack 6", "ack 6 x20" (and 20 packets are over), "give up",
/// "finish". Returns the picture of what came of it.
QString apply(TcpReassembler &stream, quint32 base, const QString &step)
{
    const QStringList words = step.split(QLatin1Char(' '));
    QByteArray bytes = words.value(1).toLatin1(); // pieces point into it
    std::vector<TcpPiece> pieces;
    if (words[0] == QLatin1String("ack")) {
        stream.acknowledge(base + words[1].toUInt());
        const int times = words.size() > 2 ? words[2].mid(1).toInt() : 0;
        for (int i = 0; i < times; ++i)
            stream.settle(pieces);
    } else if (words[0] == QLatin1String("give")) {
        (void)stream.giveUp(pieces);
    } else if (words[0] == QLatin1String("finish")) {
        stream.finish(pieces);
    } else {
        TcpData data;
        data.sequence = base + static_cast<quint32>(words[0].toInt());
        data.isEnd = bytes.endsWith('$');
        if (data.isEnd)
            bytes.chop(1);
        const qsizetype plus = bytes.indexOf('+');
        data.missing = plus < 0 ? 0 : bytes.mid(plus + 1).toUInt();
        bytes = plus < 0 ? bytes : bytes.first(plus);
        data.bytes = asSpan(bytes);
        stream.add(data, pieces);
    }
    return picture(pieces);
}

// "abc[4]def$": bytes, gaps, the end.
QString picture(const std::vector<TcpPiece> &pieces)
{
    QString text;
    for (const TcpPiece &piece : pieces) {
        if (piece.kind == TcpPiece::Gap)
            text += QStringLiteral("[%1]").arg(piece.missing);
        else if (piece.kind == TcpPiece::End)
            text += QLatin1Char('$');
        else
            text += QString::fromLatin1(reinterpret_cast<const char *>(piece.bytes.data()),
                                        static_cast<qsizetype>(piece.bytes.size()));
    }
    return text;
}

struct Segment
{
    qsizetype begin = 0;
    qsizetype end = 0;
};

// Covers the whole of @p size by segments of any length, some of them again, some across others.
QList<Segment> cutAtRandom(QRandomGenerator &random, qsizetype size)
{
    QList<Segment> segments;
    for (qsizetype at = 0; at < size;) {
        const qsizetype length = std::min<qsizetype>(size - at, 1 + random.bounded(1460));
        segments << Segment {at, at + length};
        if (random.bounded(10) == 0) { // again, from somewhere before, to somewhere behind
            const qsizetype begin = std::max<qsizetype>(0, at - random.bounded(3000));
            const qsizetype end = std::min<qsizetype>(size, at + 1 + random.bounded(3000));
            segments << Segment {begin, end};
        }
        at += length;
    }
    return segments;
}

} // namespace

class tst_TcpReassembler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatIsNext_data();
    void tellsWhatIsNext();
    void givesTheSameBytesInAnyOrder_data();
    void givesTheSameBytesInAnyOrder();
    void tellsOfEachLostByte();
    void holdsNoMoreThanItsLimit();
    void takesTimeForBytesOnly();
    void knowsNothingBeforeItsBeginning();
};

void tst_TcpReassembler::tellsWhatIsNext_data()
{
    QTest::addColumn<QStringList>("steps");
    QTest::addColumn<QString>("expected");

    const auto row = [](const char *name, const QStringList &steps, const char *expected) {
        QTest::newRow(name) << steps << QString::fromLatin1(expected);
    };
    using namespace Qt::StringLiterals;
    row("in order", {u"0 abc"_s, u"3 def"_s}, "abcdef");
    row("an end", {u"0 abc"_s, u"3 def$"_s}, "abcdef$");
    row("an end of its own", {u"0 abc"_s, u"3 $"_s}, "abc$");
    row("an end before what is in front of it", {u"3 def$"_s, u"0 abc"_s}, "abcdef$");
    row("an end twice", {u"0 abc$"_s, u"3 $"_s, u"0 abc$"_s}, "abc$");
    row("nothing behind the end", {u"0 abc$"_s, u"3 def"_s, u"finish"_s}, "abc$");
    row("changed places", {u"3 def"_s, u"0 abc"_s}, "abcdef");
    row("changed places twice", {u"6 ghi"_s, u"3 def"_s, u"0 abc"_s}, "abcdefghi");
    row("again", {u"0 abc"_s, u"0 abc"_s, u"3 d"_s}, "abcd");
    row("again, with more", {u"0 abc"_s, u"0 abcdef"_s}, "abcdef");
    row("again, from the middle", {u"0 abc"_s, u"2 cdef"_s}, "abcdef");
    row("again, waiting", {u"3 def"_s, u"3 def"_s, u"0 abc"_s}, "abcdef");
    row("of two the first", {u"3 def"_s, u"2 XYZ"_s, u"0 ab"_s}, "abXdef");
    row("around what waits", {u"3 d"_s, u"0 abcXef"_s}, "abcdef");
    row("around what waits, waiting", {u"3 d"_s, u"2 cXe"_s, u"0 ab"_s}, "abcde");
    row("keep-alive", {u"0 abc"_s, u"2 X"_s, u"3 d"_s}, "abcd");
    row("before the beginning", {u"0 abc"_s, u"-5 XXXXX"_s, u"3 d"_s}, "abcd");
    row("across the beginning", {u"0 abc"_s, u"-5 XXXXXXXXd"_s}, "abcd");
    row("still waiting", {u"0 abc"_s, u"6 ghi"_s}, "abc");
    row("acknowledged, a little late", {u"0 abc"_s, u"6 ghi"_s, u"ack 9 x16"_s, u"3 def"_s},
        "abcdefghi");
    row("acknowledged, never there", {u"0 abc"_s, u"6 ghi"_s, u"ack 9 x17"_s}, "abc[3]ghi");
    row("acknowledged, later than waited for",
        {u"0 abc"_s, u"6 ghi"_s, u"ack 9 x17"_s, u"3 def"_s, u"9 jkl"_s}, "abc[3]ghijkl");
    row("acknowledged up to the middle of a hole", {u"0 abc"_s, u"9 jkl"_s, u"ack 6 x17"_s},
        "abc[3]");
    row("acknowledged, nothing behind it", {u"0 abc"_s, u"ack 9 x17"_s}, "abc[6]");
    row("acknowledged over two holes", {u"0 a"_s, u"2 c"_s, u"4 e"_s, u"ack 5 x17"_s}, "a[1]c[1]e");
    row("an end that was not captured", {u"0 abc"_s, u"ack 4 x17"_s, u"finish"_s}, "abc");
    row("acknowledged with the end", {u"0 abc$"_s, u"ack 4 x17"_s}, "abc$");
    row("acknowledged nonsense", {u"0 abc"_s, u"ack 2000000000 x17"_s, u"3 d"_s}, "abcd");
    row("given up", {u"0 abc"_s, u"6 ghi"_s, u"9 jkl"_s, u"give up"_s}, "abc[3]ghijkl");
    row("given up once", {u"0 a"_s, u"2 c"_s, u"4 e"_s, u"give up"_s}, "a[1]c");
    row("finished", {u"0 a"_s, u"2 c"_s, u"4 e$"_s, u"finish"_s}, "a[1]c[1]e$");
    row("finished, all there", {u"0 abc"_s, u"ack 3"_s, u"finish"_s}, "abc");
    row("finished, acknowledged", {u"0 abc"_s, u"ack 10"_s, u"finish"_s}, "abc[7]");
    row("finished without the last", {u"0 abc"_s, u"9 $"_s, u"finish"_s}, "abc[6]$");
    row("finished before it began", {u"finish"_s}, "");
    row("cut", {u"0 abc+4"_s, u"7 hi"_s}, "abc[4]hi");
    row("cut before all bytes", {u"0 +4"_s, u"4 e"_s}, "[4]e");
    row("cut at the end", {u"0 abc+2$"_s}, "abc[2]$");
    row("cut, waiting", {u"3 d+2"_s, u"0 abc"_s, u"6 g"_s}, "abcd[2]g");
    row("cut, in front of what waits", {u"4 ef"_s, u"0 ab+4"_s}, "ab[2]ef");
    row("cut, around what waits", {u"4 e"_s, u"0 ab+4"_s}, "ab[2]e[1]");
    row("cut, with what is there already", {u"0 abcdef"_s, u"4 e+4"_s}, "abcdef[3]");
    row("too far away", {u"0 abc"_s, u"1500000000 XXX"_s, u"finish"_s}, "abc");
}

void tst_TcpReassembler::tellsWhatIsNext()
{
    QFETCH(QStringList, steps);
    QFETCH(QString, expected);
    // At the beginning, across the end of the numbers, and in their midst.
    for (const quint32 base : {1u, 0xfffffffeu, 0xfffffff8u, 0x7ffffffeu}) {
        TcpReassembler stream;
        stream.begin(base);
        QString text;
        for (const QString &step : steps)
            text += apply(stream, base, step);
        QCOMPARE(text, expected);
    }
}

void tst_TcpReassembler::givesTheSameBytesInAnyOrder_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 40; ++seed)
        QTest::newRow(qPrintable(QString::number(seed))) << seed;
}

void tst_TcpReassembler::givesTheSameBytesInAnyOrder()
{
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    const QByteArray sent = randomBytes(seed, 200'000);
    QList<Segment> segments = cutAtRandom(random, sent.size());
    // Each moves by some places, so that what is acknowledged never is one that has not come yet
    // for long.
    for (qsizetype i = 0; i < segments.size(); ++i)
        segments.swapItemsAt(i, std::min<qsizetype>(segments.size() - 1, i + random.bounded(8)));

    const quint32 base = random.generate() | 0xffff0000; // crosses the end of the numbers
    TcpReassembler stream;
    stream.begin(base);
    QByteArray got;
    bool hasEnded = false;
    for (const Segment &segment : segments) {
        std::vector<TcpPiece> pieces;
        const bool isLast = segment.end == sent.size();
        stream.add({base + static_cast<quint32>(segment.begin),
                    asSpan(sent).subspan(static_cast<size_t>(segment.begin),
                                         static_cast<size_t>(segment.end - segment.begin)),
                    0, isLast},
                   pieces);
        for (const TcpPiece &piece : pieces) {
            QVERIFY(piece.kind != TcpPiece::Gap);
            QVERIFY(!hasEnded);
            hasEnded = piece.kind == TcpPiece::End;
            got.append(reinterpret_cast<const char *>(piece.bytes.data()),
                       static_cast<qsizetype>(piece.bytes.size()));
        }
        stream.acknowledge(stream.expected());
        pieces.clear();
        stream.settle(pieces);
        QVERIFY(pieces.empty());
    }
    QVERIFY(hasEnded);
    QVERIFY(got == sent);
    QCOMPARE(stream.waitingBytes(), 0);
}

// Whatever is lost: bytes and gaps together are as long as what was sent, and each byte that is
// there stands where it was.
void tst_TcpReassembler::tellsOfEachLostByte()
{
    for (quint32 seed = 1; seed <= 40; ++seed) {
        QRandomGenerator random(seed);
        const QByteArray sent = randomBytes(seed, 100'000);
        QList<Segment> segments = cutAtRandom(random, sent.size());
        TcpReassembler stream;
        stream.begin(seed * 0x10000000);
        QByteArray got;
        QByteArray known(sent.size(), '\0');
        const auto take = [&](const std::vector<TcpPiece> &pieces) {
            for (const TcpPiece &piece : pieces) {
                for (quint64 i = 0; i < piece.missing; ++i) {
                    QVERIFY(!known[got.size()]);
                    got += sent[got.size()];
                }
                got.append(reinterpret_cast<const char *>(piece.bytes.data()),
                           static_cast<qsizetype>(piece.bytes.size()));
            }
        };
        for (const Segment &segment : segments) {
            std::vector<TcpPiece> pieces;
            if (random.bounded(4) > 0) {
                stream.add({seed * 0x10000000 + static_cast<quint32>(segment.begin),
                            asSpan(sent).subspan(static_cast<size_t>(segment.begin),
                                                 static_cast<size_t>(segment.end - segment.begin)),
                            0, false},
                           pieces);
                for (qsizetype i = segment.begin; i < segment.end; ++i)
                    known[i] = i >= got.size() ? '\1' : known[i];
            }
            stream.acknowledge(seed * 0x10000000 + static_cast<quint32>(segment.end));
            stream.settle(pieces);
            take(pieces);
        }
        std::vector<TcpPiece> pieces;
        stream.finish(pieces);
        take(pieces);
        QVERIFY(sent.startsWith(got));
        QVERIFY(got.size() >= sent.size() - 1); // of a last byte nobody can tell whether it was FIN
    }
}

void tst_TcpReassembler::holdsNoMoreThanItsLimit()
{
    const QByteArray block(60'000, 'x');
    TcpReassembler stream;
    stream.begin(0);
    quint64 bytes = 0;
    quint64 missing = 0;
    for (quint32 i = 0; i < 1000; ++i) {
        std::vector<TcpPiece> pieces;
        // Each second is lost, and nobody acknowledges.
        stream.add({1 + 2 * i * 60'000, asSpan(block), 0, false}, pieces);
        for (const TcpPiece &piece : pieces) {
            bytes += piece.bytes.size();
            missing += piece.missing;
        }
        QVERIFY(stream.waitingBytes() <= TcpReassembler::MostWaitingBytes);
    }
    QVERIFY(bytes >= 1000ull * 60'000 - quint64 {TcpReassembler::MostWaitingBytes});
    QVERIFY(missing > 0);
    // Of one byte each.
    TcpReassembler small;
    small.begin(0);
    for (quint32 i = 0; i < 100'000; ++i) {
        std::vector<TcpPiece> pieces;
        small.add({1 + 2 * i, asSpan(block).first(1), 0, false}, pieces);
        QVERIFY(small.waitingBytes() <= qsizetype {TcpReassembler::MostWaitingSegments});
    }
}

// Packets that claim to have been long, across all that waits, must not cost what they claim.
void tst_TcpReassembler::takesTimeForBytesOnly()
{
    const QByteArray block(2, 'x');
    const auto run = [&](quint32 claimed, int packets) {
        TcpReassembler stream;
        stream.begin(0);
        std::vector<TcpPiece> pieces;
        for (quint32 i = 0; i < TcpReassembler::MostWaitingSegments - 10; ++i)
            stream.add({1 + 2 * i, asSpan(block).first(1), 0, false}, pieces);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < packets; ++i) {
            pieces.clear();
            stream.add({2, asSpan(block).first(1), claimed, false}, pieces);
        }
        return timer.nsecsElapsed();
    };
    (void)run(0, 100'000);
    const qint64 honest = run(0, 100'000);
    const qint64 claiming = run(60'000, 100'000);
    qInfo("100,000 packets: %lld ms, claiming 60,000 bytes each: %lld ms",
          static_cast<long long>(honest / 1'000'000), static_cast<long long>(claiming / 1'000'000));
    QVERIFY(claiming < 50 * std::max<qint64>(honest, 1'000'000));
}

void tst_TcpReassembler::knowsNothingBeforeItsBeginning()
{
    TcpReassembler stream;
    stream.acknowledge(500);
    std::vector<TcpPiece> pieces;
    stream.settle(pieces);
    QVERIFY(!stream.hasBegun());
    const QByteArray bytes("abc");
    stream.add({700, asSpan(bytes), 0, false}, pieces);
    QCOMPARE(picture(pieces), QStringLiteral("abc"));
    QCOMPARE(stream.expected(), 703u);
}

QTEST_GUILESS_MAIN(tst_TcpReassembler)
#include "tst_tcpreassembler.moc"
