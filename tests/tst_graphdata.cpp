// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/graphdata.h"

#include "capturekit.h"
#include "kit/manualclock.h"
#include "kit/patience.h"
#include "kit/scratchfolder.h"

#include <QSignalSpy>
#include <QTest>

#include <chrono>
#include <map>
#include <random>

using namespace Sockeye;
using namespace std::chrono_literals;

namespace {

constexpr qint64 us = 1000;
constexpr qint64 ms = 1000 * us;
constexpr qint64 s = 1000 * ms;

TrafficCount toServer(quint64 bytes, quint64 records = 1)
{
    TrafficCount count;
    count.bytes[0] = bytes;
    count.records[0] = records;
    return count;
}

/// "0 5/1 0": bytes of both directions, and records where there are any.
QString picture(const std::vector<TrafficCount> &counts)
{
    QStringList parts;
    for (const TrafficCount &count : counts) {
        const quint64 records = count.records[0] + count.records[1];
        const QString bytes = QString::number(count.bytes[0] + count.bytes[1]);
        parts << (records > 0 ? QStringLiteral("%1/%2").arg(bytes).arg(records) : bytes);
    }
    return parts.join(QLatin1Char(' '));
}

CaptureFilter parsed(const QString &expression)
{
    const auto filter = CaptureFilter::parse(expression);
    if (!filter)
        qFatal("%s is no filter", qPrintable(expression));
    return *filter;
}

} // namespace

/// The bins of a graph, and how they come to be.
class tst_GraphData : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void intervals();
    void binsOfAHandful();
    void binsMergeWhenTheyAreTooMany();
    void binsTakeAnyOrder();
    void binsOfTimesFarApart();
    void binsTellTheNearest();
    void agreesWithANaiveCount_data();
    void agreesWithANaiveCount();
    void closeLooksAreExact();
    void followsALiveLog();
    void clearedLogBeginsAnew();
    void droppedRecordsLeaveTheExtent();
    void rowsComeAndGo();
    void nearestRecord();
    void goesWhileItCounts();

private:
    using Naive = std::map<qint64, TrafficCount>;
    void makeLog(qint64 limit = 0, qint64 segment = 0);
    void append(quint64 connection, qsizetype bytes, Direction direction = Direction::ToServer)
    {
        QVERIFY(m_streams[connection]->append(direction, asSpan(QByteArray(bytes, 'x'))));
    }
    void appendRandomly(int count, std::mt19937 &random, qint64 mostPause);
    [[nodiscard]] Naive count(const QString &expression, qint64 interval) const;
    [[nodiscard]] const std::vector<Record> &matching(const QString &expression) const;
    void compare(GraphData &data, GraphData::RowId id, const QString &expression,
                 const GraphData::Range &range, qint64 interval) const;
    static void settle(GraphData &data)
    {
        data.refresh();
        QVERIFY(QTest::qWaitFor(
            [&data] {
                data.refresh();
                return !data.isCounting() && data.extent();
            },
            60'000));
    }

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::shared_ptr<CaptureLog> m_log;
    std::map<quint64, std::unique_ptr<CaptureStream>> m_streams;
    struct Matching
    {
        const CaptureLog *log = nullptr;
        CaptureCursor cursor = {};
        std::vector<Record> records = {};
    };
    mutable std::map<QString, Matching> m_matching;
};

void tst_GraphData::init()
{
    makeLog();
}

void tst_GraphData::makeLog(qint64 limit, qint64 segment)
{
    m_matching.clear();
    m_streams.clear();
    m_log.reset();
    m_folder = std::make_unique<ScratchFolder>();
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = limit;
    options.segmentSize = segment;
    m_log = std::move(CaptureLog::create(options, m_clock).value());
    m_log->addServer({{1}, QStringLiteral("api"), QStringLiteral("/run/api")});
    m_log->addServer({{2}, QStringLiteral("db"), QStringLiteral("/run/db")});
    for (quint64 id = 1; id <= 4; ++id)
        m_streams[id] =
            m_log->openStream(testConnection(id, id % 2 + 1), RecordingPolicy::Lossless);
    QVERIFY(m_log->flush());
}

void tst_GraphData::appendRandomly(int count, std::mt19937 &random, qint64 mostPause)
{
    for (int i = 0; i < count; ++i) {
        m_clock.advance(std::chrono::nanoseconds(
            static_cast<qint64>(random()) % (random() % 100 == 0 ? mostPause * 50 : mostPause)));
        append(1 + random() % 4, 1 + static_cast<qsizetype>(random() % 300),
               random() % 3 == 0 ? Direction::ToClient : Direction::ToServer);
    }
    QVERIFY(m_log->flush());
}

/// The plain way: each record asked and counted by itself.
tst_GraphData::Naive tst_GraphData::count(const QString &expression, qint64 interval) const
{
    Naive result;
    for (const Record &record : matching(expression)) {
        TrafficCount &bin = result[record.time.time_since_epoch().count() / interval];
        const auto way = record.direction == Direction::ToServer ? 0U : 1U;
        ++bin.records[way];
        if (record.kind == RecordKind::Data)
            bin.bytes[way] += record.length;
    }
    return result;
}

/// Asked once for all intervals.
const std::vector<Record> &tst_GraphData::matching(const QString &expression) const
{
    const CaptureCursor now = m_log->cursor();
    Matching &known = m_matching[expression];
    if (known.log != m_log.get() || known.cursor != now) {
        known = {m_log.get(), now, {}};
        const CaptureFilter filter = parsed(expression);
        for (const Record &record : m_log->records(now.begin, 1 << 30)) {
            if (filter.matches(record, *m_log))
                known.records.push_back(record);
        }
    }
    return known.records;
}

void tst_GraphData::compare(GraphData &data, GraphData::RowId id, const QString &expression,
                            const GraphData::Range &range, qint64 interval) const
{
    QCOMPARE(data.intervalFor(range, interval), interval);
    const Naive naive = count(expression, interval);
    const std::vector<TrafficCount> found = data.values(id, range, interval);
    const qint64 first = range.from / interval;
    QCOMPARE(static_cast<qint64>(found.size()),
             (range.to - first * interval + interval - 1) / interval);
    for (size_t bin = 0; bin < found.size(); ++bin) {
        const auto place = naive.find(first + static_cast<qint64>(bin));
        const TrafficCount expected = place == naive.end() ? TrafficCount() : place->second;
        QVERIFY2(found[bin] == expected,
                 qPrintable(QStringLiteral("%1, bin %2 of %3: %4 and not %5")
                                .arg(expression)
                                .arg(bin)
                                .arg(found.size())
                                .arg(picture({found[bin]}), picture({expected}))));
    }
}

void tst_GraphData::intervals()
{
    QCOMPARE(graphIntervals().front(), us);
    QCOMPARE(graphIntervalFor(0), us);
    QCOMPARE(graphIntervalFor(us), us);
    QCOMPARE(graphIntervalFor(us + 1), 5 * us);
    QCOMPARE(graphIntervalFor(11 * s), 30 * s);
    QCOMPARE(graphIntervalFor(lastGraphTime), graphIntervals().back());
    QCOMPARE(binStart(7, 5), 5);
    QCOMPARE(binStart(5, 5), 5);
    QCOMPARE(binStart(-1, 5), -5);
}

void tst_GraphData::binsOfAHandful()
{
    GraphBins bins(ms);
    bins.add(10 * ms, toServer(5));
    bins.add(10 * ms + 999 * us, toServer(6));
    bins.add(11 * ms, toServer(7));
    bins.add(14 * ms, toServer(9));
    QCOMPARE(bins.interval(), ms);
    QCOMPARE(picture(bins.sample(9 * ms, ms, 7)), QStringLiteral("0 11/2 7/1 0 0 9/1 0"));
    QCOMPARE(picture(bins.sample(10 * ms, 5 * ms, 2)), QStringLiteral("27/4 0"));
    QCOMPARE(picture(bins.sample(5 * ms, 5 * ms, 2)), QStringLiteral("0 27/4"));
    QCOMPARE(picture(bins.sample(0, 10 * ms, 2)), QStringLiteral("0 27/4"));
    QCOMPARE(picture(bins.sample(15 * ms, ms, 2)), QStringLiteral("0 0"));
    QCOMPARE(picture(bins.sample(0, ms, 3)), QStringLiteral("0 0 0"));
    bins.clear();
    QVERIFY(bins.isEmpty());
    QCOMPARE(picture(bins.sample(10 * ms, ms, 1)), QStringLiteral("0"));
}

void tst_GraphData::binsMergeWhenTheyAreTooMany()
{
    GraphBins bins(us);
    bins.add(0, toServer(1));
    bins.add(us * (GraphBins::mostBins - 1), toServer(2));
    QCOMPARE(bins.interval(), us);
    bins.add(us * GraphBins::mostBins, toServer(4)); // one more than there may be
    QCOMPARE(bins.interval(), 5 * us);
    QCOMPARE(picture(bins.sample(0, 50 * ms, 2)), QStringLiteral("1/1 6/2"));
    bins.add(s * GraphBins::mostBins, toServer(8));
    QCOMPARE(bins.interval(), 5 * s);
    QCOMPARE(picture(bins.sample(0, 5 * s, 1)), QStringLiteral("7/3"));
    QCOMPARE(picture(bins.sample(binStart(s * GraphBins::mostBins, 5 * s), 5 * s, 1)),
             QStringLiteral("8/1"));
}

void tst_GraphData::binsTakeAnyOrder()
{
    std::mt19937 random(7); // NOLINT: the same each time
    for (int round = 0; round < 50; ++round) {
        GraphBins bins(us);
        std::vector<std::pair<qint64, TrafficCount>> all;
        const qint64 width = qint64 {1} << (8 + round % 40);
        for (int i = 0; i < 200; ++i) {
            all.emplace_back(1'767'225'600 * s + static_cast<qint64>(random()) * 1000 % width,
                             toServer(random() % 1000));
            bins.add(all.back().first, all.back().second);
        }
        const qint64 interval = graphIntervalFor(bins.interval() + round % 3);
        const qint64 from = binStart(1'767'225'600 * s, interval);
        const auto found = bins.sample(from, interval, 70'000);
        std::vector<TrafficCount> expected(70'000);
        for (const auto &[time, count] : all) {
            const auto bin = static_cast<size_t>((time - from) / interval);
            if (bin < expected.size())
                expected[bin] += count;
        }
        QVERIFY(found == expected);
    }
}

void tst_GraphData::binsOfTimesFarApart()
{
    GraphBins bins(us);
    bins.add(lastGraphTime, toServer(1));
    bins.add(0, toServer(2));
    bins.add(lastGraphTime, toServer(4));
    const auto all = bins.sample(0, graphIntervals().back(), 100);
    TrafficCount sum;
    for (const TrafficCount &count : all)
        sum += count;
    QCOMPARE(picture({sum}), QStringLiteral("7/3"));
}

void tst_GraphData::binsTellTheNearest()
{
    GraphBins bins(ms);
    QCOMPARE(bins.nearest(5, true, true).size(), size_t {0});
    bins.add(10 * ms, toServer(1));
    bins.add(20 * ms, toServer(1));
    TrafficCount answer;
    answer.records[1] = 1;
    bins.add(15 * ms, answer);
    using Ranges = std::vector<GraphBins::Range>;
    QVERIFY(bins.nearest(0, true, true) == Ranges({{10 * ms, 11 * ms}}));
    QVERIFY(bins.nearest(12 * ms, true, true) == Ranges({{10 * ms, 11 * ms}, {15 * ms, 16 * ms}}));
    QVERIFY(bins.nearest(12 * ms, true, false) == Ranges({{10 * ms, 11 * ms}, {20 * ms, 21 * ms}}));
    QVERIFY(bins.nearest(15 * ms, true, true)
            == Ranges({{10 * ms, 11 * ms}, {15 * ms, 16 * ms}, {20 * ms, 21 * ms}}));
    QVERIFY(bins.nearest(99 * ms, true, true) == Ranges({{20 * ms, 21 * ms}}));
    QVERIFY(bins.nearest(99 * ms, false, true) == Ranges({{15 * ms, 16 * ms}}));
    QCOMPARE(bins.nearest(99 * ms, false, false).size(), size_t {0});
}

void tst_GraphData::agreesWithANaiveCount_data()
{
    QTest::addColumn<int>("records");
    QTest::addColumn<qint64>("mostPause");
    QTest::newRow("few") << 50 << s;
    QTest::newRow("a piece and a bit") << 9000 << ms;
    QTest::newRow("many, densely") << 60'000 << 20 * us;
    QTest::newRow("many, over days") << 30'000 << 60 * s;
}

void tst_GraphData::agreesWithANaiveCount()
{
    QFETCH(const int, records);
    QFETCH(const qint64, mostPause);
    std::mt19937 random(static_cast<unsigned>(records)); // NOLINT: the same each time
    appendRandomly(records, random, mostPause);
    const QStringList expressions = {
        QString(), QStringLiteral("server == api"), QStringLiteral("conn == 3 and dir == out"),
        QStringLiteral("len > 100 or kind == open"), QStringLiteral("text contains xxxxxxxxxx")};
    GraphData data(m_log);
    std::vector<GraphData::Row> rows;
    for (qsizetype i = 0; i < expressions.size(); ++i)
        rows.push_back({static_cast<quint64>(i), parsed(expressions[i])});
    data.addRows(rows);
    settle(data);
    const auto all = m_log->records(0, 1 << 30);
    QVERIFY(data.extent());
    QCOMPARE(data.extent()->from, all.front().time.time_since_epoch().count());
    QCOMPARE(data.extent()->to, all.back().time.time_since_epoch().count() + 1);
    QCOMPARE(data.progress(), 1.0);
    const qint64 finest = data.intervalFor(*data.extent(), us);
    for (const qint64 interval : graphIntervals()) {
        if (interval < finest || interval > finest * 5000)
            continue;
        for (qsizetype i = 0; i < expressions.size(); ++i)
            compare(data, static_cast<quint64>(i), expressions[i], *data.extent(), interval);
    }
    const qint64 width = data.extent()->to - data.extent()->from;
    const GraphData::Range part = {data.extent()->from + width / 3, data.extent()->to - width / 4};
    compare(data, 3, expressions[3], part, graphIntervalFor(finest * 3));
}

void tst_GraphData::closeLooksAreExact()
{
    std::mt19937 random(5); // NOLINT: the same each time
    appendRandomly(40'000, random, 10 * ms);
    GraphData data(m_log);
    data.addRows({{1, {}}, {2, parsed(QStringLiteral("server == 2"))}});
    settle(data);
    const GraphData::Range whole = *data.extent();
    QVERIFY(data.intervalFor(whole, 10 * us) > 10 * us);
    for (int round = 0; round < 10; ++round) {
        const qint64 from =
            whole.from + static_cast<qint64>(random()) * 1000 % (whole.to - whole.from);
        const GraphData::Range near = {from, from + 50 * ms};
        data.setView(near, 10 * us);
        QVERIFY(QTest::qWaitFor(
            [&] {
                data.refresh();
                return data.intervalFor(near, 10 * us) == 10 * us;
            },
            60'000));
        compare(data, 1, {}, near, 10 * us);
        compare(data, 2, QStringLiteral("server == 2"), near, 10 * us);
        compare(data, 2, QStringLiteral("server == 2"), near, ms);
    }
}

void tst_GraphData::followsALiveLog()
{
    GraphData data(m_log);
    data.addRows({{1, {}}});
    settle(data);
    std::mt19937 random(6); // NOLINT: the same each time
    QSignalSpy changed(&data, &GraphData::changed);
    for (int round = 0; round < 5; ++round) {
        appendRandomly(3000, random, ms);
        settle(data);
        compare(data, 1, {}, *data.extent(), data.intervalFor(*data.extent(), us));
    }
    QVERIFY(changed.size() >= 5);
    changed.clear();
    data.refresh();
    data.refresh();
    QCOMPARE(changed.size(), 0); // nothing new, nothing told
    // What is looked at closely grows as well.
    const qint64 now = m_clock.now().time_since_epoch().count();
    const GraphData::Range near = {now - 5 * ms, now + 40 * ms};
    data.setView(near, 10 * us);
    QVERIFY(QTest::qWaitFor(
        [&] {
            data.refresh();
            return data.intervalFor(near, 10 * us) == 10 * us;
        },
        60'000));
    appendRandomly(20, random, ms);
    settle(data);
    const auto isThere = [&] {
        quint64 records = 0;
        for (const TrafficCount &count : data.values(1, near, 10 * us))
            records += count.records[0] + count.records[1];
        data.refresh();
        quint64 expected = 0;
        for (const auto &[bin, count] : this->count({}, 10 * us)) {
            if (bin * 10 * us >= binStart(near.from, 10 * us) && bin * 10 * us < near.to)
                expected += count.records[0] + count.records[1];
        }
        return records == expected;
    };
    TRY_VERIFY(isThere());
    compare(data, 1, {}, near, 10 * us);
}

void tst_GraphData::clearedLogBeginsAnew()
{
    std::mt19937 random(8); // NOLINT: the same each time
    appendRandomly(20'000, random, ms);
    GraphData data(m_log);
    data.addRows({{1, {}}});
    settle(data);
    m_log->clear();
    TRY_VERIFY((data.refresh(), !data.extent()));
    m_clock.advance(3600s);
    appendRandomly(100, random, ms);
    settle(data);
    QVERIFY(data.extent()->from > (m_clock.now() - 3600s).time_since_epoch().count());
    compare(data, 1, {}, *data.extent(), data.intervalFor(*data.extent(), us));
}

void tst_GraphData::droppedRecordsLeaveTheExtent()
{
    makeLog(8 * 1024 * 1024, 1024 * 1024);
    GraphData data(m_log);
    data.addRows({{1, {}}});
    settle(data);
    const qint64 start = data.extent()->from;
    for (int i = 0; i < 40'000; ++i) {
        m_clock.advance(1ms);
        append(1, 400);
    }
    QVERIFY(m_log->flush());
    settle(data);
    QVERIFY(m_log->cursor().begin > CaptureSweep::pieceSize);
    const auto oldest = m_log->record(m_log->cursor().begin);
    QVERIFY(oldest);
    const qint64 kept = oldest->time.time_since_epoch().count();
    QVERIFY(data.extent()->from > start);
    QVERIFY(data.extent()->from <= kept);
    QVERIFY(kept - data.extent()->from <= static_cast<qint64>(CaptureSweep::pieceSize) * ms);
}

void tst_GraphData::rowsComeAndGo()
{
    std::mt19937 random(9); // NOLINT: the same each time
    appendRandomly(20'000, random, ms);
    GraphData data(m_log);
    data.addRows({{1, {}}});
    settle(data);
    data.addRows({{2, parsed(QStringLiteral("len > 200"))}});
    data.setFilter(1, parsed(QStringLiteral("conn == 1")));
    settle(data);
    const qint64 interval = data.intervalFor(*data.extent(), us);
    compare(data, 1, QStringLiteral("conn == 1"), *data.extent(), interval);
    compare(data, 2, QStringLiteral("len > 200"), *data.extent(), interval);
    data.removeRow(1);
    settle(data);
    QVERIFY(data.values(1, *data.extent(), interval).empty());
    compare(data, 2, QStringLiteral("len > 200"), *data.extent(), interval);
    data.removeRow(77); // none of ours
}

void tst_GraphData::nearestRecord()
{
    std::mt19937 random(10); // NOLINT: the same each time
    appendRandomly(30'000, random, 3 * ms);
    GraphData data(m_log);
    const QString expression = QStringLiteral("len > 250 or kind == open");
    data.addRows({{1, {}}, {2, parsed(expression)}});
    settle(data);
    const GraphData::Range whole = *data.extent();
    QSignalSpy told(&data, &GraphData::nearestFound);
    for (int round = 0; round < 60; ++round) {
        const bool isFiltered = round % 2;
        const int ways = 1 + round % 3; // bits: to the server, to the client
        const qint64 time = round < 2 ? whole.from - s
            : round < 4
            ? whole.to + s
            : whole.from + static_cast<qint64>(random()) * 1000 % (whole.to - whole.from);
        std::optional<RecordIndex> expected;
        qint64 least = 0;
        for (const Record &record : matching(isFiltered ? expression : QString())) {
            const qint64 distance = std::abs(record.time.time_since_epoch().count() - time);
            const bool counts = ways & (record.direction == Direction::ToServer ? 1 : 2);
            if (!counts || (expected && distance >= least))
                continue;
            expected = record.index;
            least = distance;
        }
        told.clear();
        data.findNearest(time, {{isFiltered ? 2U : 1U, (ways & 1) != 0, (ways & 2) != 0}});
        TRY_VERIFY((data.refresh(), told.size() == 1));
        QCOMPARE(told[0][0].value<std::optional<RecordIndex>>(), expected);
    }
    told.clear();
    data.findNearest(whole.from, {});
    TRY_VERIFY((data.refresh(), told.size() == 1));
    QCOMPARE(told[0][0].value<std::optional<RecordIndex>>(), std::nullopt);
}

void tst_GraphData::goesWhileItCounts()
{
    std::mt19937 random(11); // NOLINT: the same each time
    appendRandomly(30'000, random, ms);
    for (int round = 0; round < 20; ++round) {
        GraphData data(m_log);
        data.addRows({{1, parsed(QStringLiteral("text matches \"x+y|y+x\""))}, {2, {}}});
        data.findNearest(0, {{1}});
        for (int i = 0; i < round % 4; ++i)
            data.refresh();
        if (round % 3 == 0)
            data.removeRow(1);
    }
    TRY_VERIFY(threadCount() <= 3); // all joined
}

QTEST_GUILESS_MAIN(tst_GraphData)
#include "tst_graphdata.moc"
