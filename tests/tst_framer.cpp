// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/framer.h"

#include "framerows.h"

#include <QtTest>

#include <random>
#include <set>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

using Random = std::mt19937;

qsizetype below(Random &random, qsizetype limit)
{
    return limit <= 0 ? 0 : static_cast<qsizetype>(random() % static_cast<quint64>(limit));
}

/// Most pieces short, some long.
Split randomSplit(Random &random)
{
    return [&random](qsizetype left) {
        const qsizetype most = below(random, 4) == 0 ? left : std::min<qsizetype>(left, 9);
        return 1 + below(random, most);
    };
}

/// Damages one arrival at random, or tears a hole into it.
void damage(std::vector<Arrival> &arrivals, Random &random)
{
    const qsizetype index = below(random, static_cast<qsizetype>(arrivals.size()));
    Arrival &arrival = arrivals[static_cast<size_t>(index)];
    QByteArray &bytes = arrival.bytes;
    const qsizetype at = below(random, bytes.size());
    const qsizetype length = below(random, std::min<qsizetype>(bytes.size() - at, 40) + 1);
    switch (below(random, 7)) {
    case 0:
        if (!bytes.isEmpty())
            bytes[at] = static_cast<char>(random());
        break;
    case 1:
        if (!bytes.isEmpty())
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
        break;
    case 2:
        bytes.remove(at, length);
        break;
    case 3:
        bytes.insert(at, bytes.mid(at, length));
        break;
    case 4:
        for (qsizetype i = 0; i < length; ++i)
            bytes.insert(at, static_cast<char>(random()));
        break;
    case 5: { // a hole in the midst
        const Arrival rest {arrival.direction, bytes.mid(at), arrival.missing};
        bytes.truncate(at);
        arrival.missing = static_cast<quint64>(below(random, 10));
        arrivals.insert(arrivals.begin() + index + 1, rest);
        break;
    }
    default:
        arrival.missing = static_cast<quint64>(1 + below(random, 1000));
    }
}

/// What comes by the framer of @p settings in one row or two of them, often damaged, at times mere
/// noise.
std::vector<Arrival> randomArrivals(const std::vector<const FrameRow *> &rows, Random &random)
{
    std::vector<Arrival> arrivals;
    for (qsizetype count = 1 + below(random, 2); count > 0; --count) {
        const auto &some =
            rows[static_cast<size_t>(below(random, static_cast<qsizetype>(rows.size())))]->arrivals;
        arrivals.insert(arrivals.end(), some.begin(), some.end());
    }
    for (qsizetype count = below(random, 5); count > 0; --count)
        damage(arrivals, random);
    if (below(random, 10) == 0) {
        for (Arrival &arrival : arrivals) {
            for (char &c : arrival.bytes)
                c = static_cast<char>(random());
        }
    }
    return arrivals;
}

FramerSettings settingsOf(const char *text)
{
    const auto settings = FramerSettings::parse(QString::fromLatin1(text));
    Q_ASSERT(settings);
    return *settings;
}

} // namespace

class tst_Framer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void frames_data();
    void frames();
    void lawHolds_data();
    void lawHolds();
    void givesOutWhatIsWhole();
    void requestsAreForgottenInOrder();
    void directionsAreApart();
    void hugeGaps();
    void everyKindHasRows();
};

void tst_Framer::frames_data()
{
    QTest::addColumn<size_t>("index");
    for (size_t i = 0; i < frameRows().size(); ++i)
        QTest::addRow("%s: %s", frameRows()[i].settings, frameRows()[i].name) << i;
}

void tst_Framer::frames()
{
    QFETCH(size_t, index);
    const FrameRow &row = frameRows()[index];
    const FramerSettings settings = settingsOf(row.settings);
    const auto whole = framesOf(settings, row.arrivals, unsplit);
    QCOMPARE(picture(whole, row.arrivals), row.frames);
    const char *breach = breachOfLaw(whole, row.arrivals);
    QVERIFY2(!breach, breach);
    if (settings.kind == FramerKind::Record)
        return;
    QVERIFY(framesOf(settings, row.arrivals, bytewise) == whole);
    Random random(static_cast<quint32>(index));
    for (int i = 0; i < 50; ++i)
        QVERIFY(framesOf(settings, row.arrivals, randomSplit(random)) == whole);
}

void tst_Framer::lawHolds_data()
{
    QTest::addColumn<QByteArray>("settings");
    std::set<QByteArray> seen;
    for (const FrameRow &row : frameRows()) {
        const QByteArray settings = row.settings;
        if (seen.insert(settings).second)
            QTest::newRow(settings.constData()) << settings;
    }
}

// Good, damaged and random streams, split at random: the same frames each time, end to end.
void tst_Framer::lawHolds()
{
    QFETCH(QByteArray, settings);
    std::vector<const FrameRow *> rows;
    for (const FrameRow &row : frameRows()) {
        // Long ones would take all the time, and are split in frames().
        const bool isShort = std::all_of(row.arrivals.begin(), row.arrivals.end(),
                                         [](const Arrival &a) { return a.bytes.size() < 1000; });
        if (row.settings == settings && isShort)
            rows.push_back(&row);
    }
    const FramerSettings parsed = settingsOf(settings.constData());
    Random random(1);
    constexpr int streams = 5000;
    constexpr int splits = 4;
    for (int stream = 0; stream < streams; ++stream) {
        const auto arrivals = randomArrivals(rows, random);
        const auto whole = framesOf(parsed, arrivals, unsplit);
        const char *breach = breachOfLaw(whole, arrivals);
        QVERIFY2(!breach, breach);
        for (int split = 0; split < splits; ++split) {
            const auto other =
                framesOf(parsed, arrivals, split == 0 ? Split(bytewise) : randomSplit(random));
            breach = breachOfLaw(other, arrivals);
            QVERIFY2(!breach, breach);
            if (parsed.kind != FramerKind::Record && other != whole)
                QCOMPARE(picture(other, arrivals), picture(whole, arrivals));
            QVERIFY(parsed.kind == FramerKind::Record || other == whole);
        }
    }
}

// A message shows as soon as its last byte is there, not when the next one begins.
void tst_Framer::givesOutWhatIsWhole()
{
    for (const FrameRow &row : frameRows()) {
        const auto events = framesOf(settingsOf(row.settings), row.arrivals, bytewise);
        std::array<quint64, 2> came = {};
        std::vector<std::array<quint64, 2>> until; // after each arrival
        for (const Arrival &arrival : row.arrivals) {
            came[static_cast<size_t>(arrival.direction)] +=
                static_cast<quint64>(arrival.bytes.size()) + arrival.missing;
            until.push_back(came);
        }
        for (const FrameEvent &event : events) {
            if (event.frame.state != FrameState::Whole || event.arrival == 0
                || event.arrival == row.arrivals.size())
                continue;
            const quint64 before = until[event.arrival - 1][static_cast<size_t>(event.direction)];
            QVERIFY2(event.frame.offset + event.frame.length > before, row.name);
        }
    }
}

// What is remembered of requests that wait for their answer has a bound; behind it, only their
// number is known.
void tst_Framer::requestsAreForgottenInOrder()
{
    constexpr int remembered = 1024;
    const QByteArray request = "HEAD / HTTP/1.1\r\n\r\n"_ba;
    const QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"_ba;
    const std::vector<Arrival> arrivals = {
        {Direction::ToServer, request.repeated(remembered + 2), 0},
        {Direction::ToClient, answer, 0},
        // One more would find a place, but two in front of it are forgotten.
        {Direction::ToServer, request, 0},
        // What is known to have no body has none, whatever it says; the others have.
        {Direction::ToClient, answer.repeated(remembered - 1) + (answer + "body"_ba).repeated(3),
         0},
        // All are answered: it is remembered again.
        {Direction::ToServer, request, 0},
        {Direction::ToClient, answer, 0},
    };
    auto events = framesOf(settingsOf("http"), arrivals, unsplit);
    std::erase_if(events, [](const FrameEvent &e) { return e.direction == Direction::ToServer; });
    QCOMPARE(events.size(), size_t {remembered + 4});
    for (size_t i = 0; i < events.size(); ++i) {
        const bool isForgotten = i >= remembered && i < remembered + 3;
        QCOMPARE(events[i].frame.state, FrameState::Whole);
        QCOMPARE(events[i].frame.length,
                 static_cast<quint64>(answer.size()) + (isForgotten ? 4 : 0));
    }
}

// Where one direction does not change the other, its frames are as if it were alone.
void tst_Framer::directionsAreApart()
{
    for (const FrameRow &row : frameRows()) {
        const FramerSettings settings = settingsOf(row.settings);
        if (settings.kind == FramerKind::Http1 || settings.kind == FramerKind::PostgreSql)
            continue;
        const auto both = framesOf(settings, row.arrivals, unsplit);
        for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
            std::vector<Arrival> alone = row.arrivals;
            for (Arrival &arrival : alone) {
                if (arrival.direction != direction)
                    arrival = {arrival.direction, {}, 0};
            }
            auto expected = both;
            std::erase_if(expected,
                          [&](const FrameEvent &event) { return event.direction != direction; });
            QVERIFY2(framesOf(settings, alone, unsplit) == expected, row.name);
        }
    }
}

// A gap may be longer than memory.
void tst_Framer::hugeGaps()
{
    std::set<QByteArray> seen;
    for (const FrameRow &row : frameRows()) {
        if (!seen.insert(row.settings).second)
            continue;
        const std::vector<Arrival> arrivals = {{Direction::ToServer, "\0\0ab"_ba, 1ULL << 62},
                                               {Direction::ToServer, {}, 1ULL << 62},
                                               {Direction::ToServer, "\0\0ab"_ba, 0}};
        const char *breach =
            breachOfLaw(framesOf(settingsOf(row.settings), arrivals, unsplit), arrivals);
        QVERIFY2(!breach, breach);
    }
}

void tst_Framer::everyKindHasRows()
{
    std::set<FramerKind> kinds;
    for (const FrameRow &row : frameRows())
        kinds.insert(settingsOf(row.settings).kind);
    QCOMPARE(kinds.size(), static_cast<size_t>(FramerKind::Wayland) + 1);
}

QTEST_GUILESS_MAIN(tst_Framer)
#include "tst_framer.moc"
