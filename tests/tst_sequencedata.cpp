// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/recordrows.h"
#include "core/models/sequencedata.h"

#include "capturekit.h"
#include "kit/manualclock.h"
#include "kit/patience.h"
#include "kit/scratchfolder.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <random>

using namespace Sockeye;
using namespace std::chrono_literals;

namespace {

CaptureFilter parsed(const QString &expression)
{
    const auto filter = CaptureFilter::parse(expression);
    if (!filter)
        qFatal("%s is no filter", qPrintable(expression));
    return *filter;
}

CapturedConnection client(quint64 id, qint64 pid, const char *name, quint64 server = 1)
{
    CapturedConnection connection;
    connection.id = {id};
    connection.server = {server};
    connection.pid = pid;
    connection.executable = QString::fromUtf8(name);
    return connection;
}

} // namespace

/// The rows and lanes of a sequence diagram.
class tst_SequenceData : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { makeLog(); }
    void rowsAreFoundAgain();
    void rowsAgreeWithAList();
    void drawsAConversation();
    void onelaneAProcess();
    void slotsAreUsedAgain();
    void lanesAreBounded();
    void selects_data();
    void selects();
    void followsALiveLog();
    void clearedLogBeginsAnew();
    void droppedRowsKeepTheirNumbers();
    void tellsWhatThereIs();
    void goesWhileItSearches();

private:
    void makeLog(qint64 limit = 0, qint64 segment = 0);
    void open(const CapturedConnection &connection)
    {
        m_streams[connection.id.value] = m_log->openStream(connection, RecordingPolicy::Lossless);
    }
    void append(quint64 connection, const QByteArray &bytes,
                Direction direction = Direction::ToServer)
    {
        m_clock.advance(1ms);
        QVERIFY(m_streams[connection]->append(direction, asSpan(bytes)));
    }
    void settle(SequenceData &data) const
    {
        QVERIFY(m_log->flush());
        data.refresh();
        QVERIFY(QTest::qWaitFor(
            [&data] {
                data.refresh();
                return !data.isSearching();
            },
            60'000));
        data.refresh();
    }
    /// "3: 12 lane 0.1 → 24 B  SELECT 1"
    static QStringList picture(const SequenceData &data);
    static QStringList lanePicture(const SequenceData &data);

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::shared_ptr<CaptureLog> m_log;
    std::map<quint64, std::unique_ptr<CaptureStream>> m_streams;
};

void tst_SequenceData::makeLog(qint64 limit, qint64 segment)
{
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
}

QStringList tst_SequenceData::picture(const SequenceData &data)
{
    QStringList lines;
    for (const auto &[row, record] :
         data.records(data.beginRow(), data.endRow() - data.beginRow())) {
        const auto place = data.connection(record.connection);
        lines << QStringLiteral("%1: %2 lane %3.%4 %5 %6")
                     .arg(row)
                     .arg(record.connection.value)
                     .arg(place ? place->lane : -1)
                     .arg(place ? place->slot : -1)
                     .arg(record.direction == Direction::ToServer ? QStringLiteral("->")
                                                                  : QStringLiteral("<-"),
                          data.textOf(record).replace(QChar(0xa0), QLatin1Char(' ')));
    }
    return lines;
}

QStringList tst_SequenceData::lanePicture(const SequenceData &data)
{
    QStringList lines;
    for (const SequenceLane &lane : data.lanes())
        lines << QStringLiteral("%1 (%2) %3 in %4")
                     .arg(lane.isRest ? QStringLiteral("rest") : lane.name)
                     .arg(lane.pid)
                     .arg(lane.connections)
                     .arg(lane.slots);
    return lines;
}

void tst_SequenceData::rowsAreFoundAgain()
{
    RecordRows rows;
    QCOMPARE(rows.begin(), quint64 {0});
    QCOMPARE(rows.end(), quint64 {0});
    QCOMPARE(rows.lowerBound(5), quint64 {0});
    for (const RecordIndex index : {3, 63, 64, 4095, 4096, 20'000})
        rows.append(index);
    QCOMPARE(rows.end(), quint64 {6});
    QCOMPARE(rows.at(0), RecordIndex {3});
    QCOMPARE(rows.at(2), RecordIndex {64});
    QCOMPARE(rows.at(5), RecordIndex {20'000});
    QCOMPARE(rows.lowerBound(0), quint64 {0});
    QCOMPARE(rows.lowerBound(4), quint64 {1});
    QCOMPARE(rows.lowerBound(64), quint64 {2});
    QCOMPARE(rows.lowerBound(4097), quint64 {5});
    QCOMPARE(rows.lowerBound(20'001), quint64 {6});
    rows.dropBefore(5000);
    QCOMPARE(rows.begin(), quint64 {4}); // of that block all stay
    QCOMPARE(rows.at(4), RecordIndex {4096});
    QCOMPARE(rows.lowerBound(1), quint64 {4});
    rows.dropBefore(1'000'000);
    QCOMPARE(rows.begin(), quint64 {6});
    rows.append(1'000'000);
    QCOMPARE(rows.at(6), RecordIndex {1'000'000});
}

void tst_SequenceData::rowsAgreeWithAList()
{
    std::mt19937 random(1); // NOLINT: the same each time
    for (const unsigned step : {1U, 2U, 50U, 9000U}) {
        RecordRows rows;
        std::vector<RecordIndex> list;
        RecordIndex next = random() % 10'000;
        for (int i = 0; i < 30'000; ++i, next += 1 + random() % step) {
            rows.append(next);
            list.push_back(next);
        }
        for (int i = 0; i < 3000; ++i) {
            const size_t row = random() % list.size();
            QCOMPARE(rows.at(row), list[row]);
            const RecordIndex index = random() % (list.back() + 10);
            QCOMPARE(rows.lowerBound(index),
                     static_cast<quint64>(std::lower_bound(list.begin(), list.end(), index)
                                          - list.begin()));
        }
    }
}

void tst_SequenceData::drawsAConversation()
{
    open(client(1, 4211, "/usr/bin/psql"));
    append(1, "SELECT 1\n");
    append(1, "1", Direction::ToClient);
    m_log->refuse(client(2, 4300, "/usr/bin/nc"), QStringLiteral("not in the group"));
    QVERIFY(m_streams[1]->endOfStream(Direction::ToServer));
    QVERIFY(m_streams[1]->endOfStream(Direction::ToClient, QStringLiteral("idle")));
    open(client(3, 4211, "/usr/bin/psql"));
    QVERIFY(m_streams[3]->reset(Direction::ToClient, QStringLiteral("it broke")));
    SequenceData data(m_log);
    settle(data);
    QCOMPARE(picture(data),
             QStringList({QStringLiteral("0: 1 lane 0.0 -> connected"),
                          QStringLiteral("1: 1 lane 0.0 -> 9 B  SELECT 1⏎"),
                          QStringLiteral("2: 1 lane 0.0 <- 1 B  1"),
                          QStringLiteral("3: 2 lane 1.0 -> refused: not in the group"),
                          QStringLiteral("4: 1 lane 0.0 -> client will send no more"),
                          QStringLiteral("5: 1 lane 0.0 <- server will send no more: idle"),
                          QStringLiteral("6: 3 lane 0.0 -> connected"),
                          QStringLiteral("7: 3 lane 0.0 <- connection reset: it broke")}));
    QCOMPARE(
        lanePicture(data),
        QStringList({QStringLiteral("psql (4211) 2 in 1"), QStringLiteral("nc (4300) 1 in 1")}));
    const auto first = data.connection({1});
    QVERIFY(first);
    QCOMPARE(first->firstRow, quint64 {0});
    QCOMPARE(first->lastRow, quint64 {5});
    QVERIFY(!first->isOpen);
    QCOMPARE(data.connectionsAt(6, 9).size(), size_t {1});
    QCOMPARE(data.connectionsAt(3, 4).size(), size_t {2});
    QCOMPARE(data.totalCount(), quint64 {8});
    QCOMPARE(data.start(), std::optional(m_log->record(0)->time));
}

void tst_SequenceData::onelaneAProcess()
{
    open(client(1, 10, "/bin/a"));
    open(client(2, 11, "/bin/a")); // another process of that program
    open(client(3, 10, "/bin/a"));
    open(client(4, 10, "/bin/b")); // the number was used again
    open(client(5, 0, ""));
    open(client(6, 0, "")); // nobody knows whether it is the same
    SequenceData data(m_log);
    settle(data);
    QCOMPARE(lanePicture(data),
             QStringList({QStringLiteral("a (10) 2 in 2"), QStringLiteral("a (11) 1 in 1"),
                          QStringLiteral("b (10) 1 in 1"), QStringLiteral(" (0) 2 in 2")}));
    QCOMPARE(data.connection({3})->slot, 1);
}

void tst_SequenceData::slotsAreUsedAgain()
{
    for (quint64 id = 1; id <= 3; ++id)
        open(client(id, 10, "/bin/a"));
    QVERIFY(m_streams[2]->reset(Direction::ToServer, {}));
    open(client(4, 10, "/bin/a"));
    open(client(5, 10, "/bin/a"));
    for (quint64 id = 6; id <= 30; ++id)
        open(client(id, 10, "/bin/a"));
    SequenceData data(m_log);
    settle(data);
    QCOMPARE(data.connection({1})->slot, 0);
    QCOMPARE(data.connection({2})->slot, 1);
    QCOMPARE(data.connection({3})->slot, 2);
    QCOMPARE(data.connection({4})->slot, 1);
    QCOMPARE(data.connection({5})->slot, 3);
    QCOMPARE(data.lanes().front().slots, SequenceData::mostSlots);
    for (quint64 id = 1; id <= 30; ++id)
        QVERIFY(data.connection({id})->slot < SequenceData::mostSlots);
}

void tst_SequenceData::lanesAreBounded()
{
    constexpr quint64 processes = SequenceData::mostLanes + 20;
    for (quint64 id = 1; id <= processes; ++id) {
        open(client(id, 1000 + static_cast<qint64>(id), "/bin/a"));
        append(id, "x");
    }
    SequenceData data(m_log);
    settle(data);
    QCOMPARE(data.lanes().size(), size_t {SequenceData::mostLanes + 1});
    QVERIFY(data.lanes().back().isRest);
    QCOMPARE(data.lanes().back().connections, 20U);
    QCOMPARE(data.connection({processes})->lane, SequenceData::mostLanes);
    QCOMPARE(data.endRow(), processes * 2);
}

void tst_SequenceData::selects_data()
{
    QTest::addColumn<quint64>("server");
    QTest::addColumn<QList<quint64>>("connections");
    QTest::addColumn<QString>("expression");
    const QList<quint64> all;
    QTest::newRow("all") << quint64 {0} << all << QString();
    QTest::newRow("a server") << quint64 {2} << all << QString();
    QTest::newRow("a connection") << quint64 {0} << QList<quint64> {3} << QString();
    QTest::newRow("two of a server") << quint64 {1} << QList<quint64> {2, 4, 3} << QString();
    QTest::newRow("a filter") << quint64 {0} << all << QStringLiteral("len > 150");
    QTest::newRow("bytes") << quint64 {2} << all << QStringLiteral("text contains needle");
    QTest::newRow("everything at once")
        << quint64 {2} << QList<quint64> {1, 3} << QStringLiteral("dir == out or kind == open");
    QTest::newRow("nothing") << quint64 {1} << QList<quint64> {1} << QString();
}

void tst_SequenceData::selects()
{
    QFETCH(const quint64, server);
    QFETCH(const QList<quint64>, connections);
    QFETCH(const QString, expression);
    for (quint64 id = 1; id <= 6; ++id)
        open(client(id, static_cast<qint64>(id / 2) + 100, "/bin/a", id % 2 + 1));
    std::mt19937 random(2); // NOLINT: the same each time
    for (int i = 0; i < 20'000; ++i)
        append(1 + random() % 6,
               (random() % 10 == 0 ? "needle" : "x")
                   + QByteArray(static_cast<qsizetype>(random() % 300), 'y'),
               random() % 2 ? Direction::ToServer : Direction::ToClient);
    SequenceData data(m_log);
    settle(data);
    SequenceData::Selection selection;
    selection.server = {server};
    for (const quint64 id : connections)
        selection.connections.insert({id});
    selection.filter = parsed(expression);
    data.select(selection);
    settle(data);
    std::vector<RecordIndex> expected;
    std::set<quint64> seen;
    for (const Record &record : m_log->records(0, 1 << 30)) {
        if ((server == 0 || record.server.value == server)
            && (connections.isEmpty() || connections.contains(record.connection.value))
            && selection.filter.matches(record, *m_log)) {
            expected.push_back(record.index);
            seen.insert(record.connection.value);
        }
    }
    QCOMPARE(data.endRow() - data.beginRow(), quint64 {expected.size()});
    for (size_t row = 0; row < expected.size(); ++row) {
        QCOMPARE(data.recordAt(row), std::optional(expected[row]));
        QCOMPARE(data.rowOf(expected[row]), quint64 {row});
    }
    for (quint64 id = 1; id <= 6; ++id)
        QCOMPARE(data.connection({id}).has_value(), seen.count(id) > 0);
    QCOMPARE(data.recordAt(expected.size()), std::nullopt);
}

void tst_SequenceData::followsALiveLog()
{
    open(client(1, 10, "/bin/a"));
    SequenceData data(m_log);
    settle(data);
    QSignalSpy changed(&data, &SequenceData::changed);
    QSignalSpy restarted(&data, &SequenceData::restarted);
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < 1000; ++i)
            append(1, "ping");
        settle(data);
        QCOMPARE(data.endRow(), static_cast<quint64>(round + 1) * 1000 + 1);
    }
    QVERIFY(changed.size() >= 10);
    QCOMPARE(restarted.size(), 0);
    QCOMPARE(data.connection({1})->lastRow, quint64 {10'000});
    changed.clear();
    data.refresh();
    data.refresh();
    QCOMPARE(changed.size(), 0);
}

void tst_SequenceData::clearedLogBeginsAnew()
{
    open(client(1, 10, "/bin/a"));
    for (int i = 0; i < 1000; ++i)
        append(1, "ping");
    SequenceData data(m_log);
    settle(data);
    QSignalSpy restarted(&data, &SequenceData::restarted);
    m_log->clear();
    append(1, "after");
    settle(data);
    QCOMPARE(restarted.size(), 1);
    QCOMPARE(data.endRow(), quint64 {1});
    QCOMPARE(data.records(0, 5).front().record.length, quint64 {5});
    QCOMPARE(data.knownConnections({}, 10).size(), size_t {1});
    QCOMPARE(data.knownConnections({}, 10).front().records, quint64 {1});
}

void tst_SequenceData::droppedRowsKeepTheirNumbers()
{
    makeLog(8 * 1024 * 1024, 1024 * 1024);
    open(client(1, 10, "/bin/a"));
    SequenceData data(m_log);
    for (int round = 0; round < 8; ++round) {
        for (int i = 0; i < 5000; ++i)
            append(1, QByteArray(400, 'x'));
        settle(data);
    }
    const CaptureCursor now = m_log->cursor();
    QVERIFY(now.begin > 0);
    QCOMPARE(data.beginRow(), now.begin); // all records are rows here
    QCOMPARE(data.endRow(), now.end);
    QCOMPARE(data.recordAt(now.begin - 1), std::nullopt);
    QCOMPARE(data.recordAt(now.end - 1), std::optional(now.end - 1));
    QCOMPARE(data.rowOf(0), now.begin);
    QCOMPARE(data.start(), std::optional(m_log->record(now.begin)->time));
}

void tst_SequenceData::tellsWhatThereIs()
{
    open(client(1, 10, "/bin/a", 2));
    open(client(2, 11, "/bin/b", 1));
    open(client(3, 0, "", 2));
    append(3, "x");
    SequenceData data(m_log);
    SequenceData::Selection selection;
    selection.connections = {{2}};
    data.select(selection);
    settle(data);
    TRY_VERIFY((data.refresh(), data.knownConnections({}, 10).size() == 3));
    const auto servers = data.servers();
    QCOMPARE(servers.size(), size_t {2});
    QCOMPARE(servers[0].name, QStringLiteral("db"));
    QCOMPARE(servers[1].name, QStringLiteral("api"));
    const auto known = data.knownConnections({2}, 10);
    QCOMPARE(known.size(), size_t {2});
    QCOMPARE(known[0].peer, QStringLiteral("a (10)"));
    QCOMPARE(known[1].peer, QStringLiteral("unknown"));
    QCOMPARE(known[1].records, quint64 {2});
    QCOMPARE(data.knownConnections({2}, 1).size(), size_t {1});
}

void tst_SequenceData::goesWhileItSearches()
{
    open(client(1, 10, "/bin/a"));
    for (int i = 0; i < 30'000; ++i)
        append(1, "pingpong");
    QVERIFY(m_log->flush());
    for (int round = 0; round < 20; ++round) {
        SequenceData data(m_log);
        for (int i = 0; i < round % 4; ++i) {
            SequenceData::Selection selection;
            selection.filter = parsed(QStringLiteral("text matches \"(p|q)+i.*z\""));
            data.select(selection);
            data.refresh();
        }
    }
    TRY_VERIFY(threadCount() <= 3); // all joined
}

QTEST_GUILESS_MAIN(tst_SequenceData)
#include "tst_sequencedata.moc"
