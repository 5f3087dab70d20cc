// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/eventlog.h"
#include "core/engine/problemlog.h"
#include "kit/manualclock.h"

#include <QtTest>

#include <set>
#include <thread>

using namespace Sockeye;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_EventLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesWhatIsNew_data();
    void givesWhatIsNew();
    void tellsWhatWasMissed_data();
    void tellsWhatWasMissed();
    void eventsCarryTheirTime();
    void waits();
    void waitsUntilSomethingComes();
    void manyWritersLeaveNoHoles();

    void problemsHaveAStory();
    void problemIsRaisedOnce();
    void problemsOfTwoReaders();
    void oldProblemsGo();
};

namespace {

// "removed 3": events that are easy to make.
ServerRemoved removed(quint64 id)
{
    return {{id}};
}

// "2:removed 7, 3:removed 8; missed 1"
QString picture(const Engine::EventBatch &batch)
{
    QStringList parts;
    for (const EngineEvent &event : batch.events) {
        parts << u"%1:removed %2"_s.arg(event.sequence)
                     .arg(std::get<ServerRemoved>(event.what).id.value);
    }
    QString text = parts.join(u", "_s);
    if (batch.missed > 0)
        text += u"; missed %1"_s.arg(batch.missed);
    return text;
}

// "1 ServerUnknown of 2/0 current, 2 NoConnection of 0/5 past"
QString picture(const Engine::ProblemChanges &changes)
{
    QStringList parts;
    for (const ProblemReport &report : changes.changed) {
        parts << u"%1 %2 of %3/%4 %5"_s.arg(report.id.value)
                     .arg(codeName(report.problem.code))
                     .arg(report.server.value)
                     .arg(report.connection.value)
                     .arg(report.isCurrent ? u"current"_s : u"past"_s);
    }
    return parts.join(u", "_s);
}

QString picture(const std::vector<ProblemId> &ids)
{
    QStringList parts;
    for (const ProblemId id : ids)
        parts << QString::number(id.value);
    return parts.join(u' ');
}

} // namespace

void tst_EventLog::givesWhatIsNew_data()
{
    QTest::addColumn<quint64>("since");
    QTest::addColumn<QString>("expected");
    QTest::newRow("all") << quint64 {0} << u"1:removed 11, 2:removed 12, 3:removed 13"_s;
    QTest::newRow("some") << quint64 {2} << u"3:removed 13"_s;
    QTest::newRow("none") << quint64 {3} << u""_s;
    QTest::newRow("from the future") << quint64 {9} << u""_s;
}

void tst_EventLog::givesWhatIsNew()
{
    QFETCH(const quint64, since);
    const ManualClock clock;
    EventLog log(clock, 3);
    for (const quint64 id : {11u, 12u, 13u})
        log.append(removed(id));
    QTEST(picture(log.since(since)), "expected");
}

void tst_EventLog::tellsWhatWasMissed_data()
{
    QTest::addColumn<quint64>("since");
    QTest::addColumn<QString>("expected");
    QTest::newRow("from the beginning") << quint64 {0} << u"4:removed 4, 5:removed 5; missed 3"_s;
    QTest::newRow("one missed") << quint64 {2} << u"4:removed 4, 5:removed 5; missed 1"_s;
    QTest::newRow("just in time") << quint64 {3} << u"4:removed 4, 5:removed 5"_s;
    QTest::newRow("the newest") << quint64 {4} << u"5:removed 5"_s;
}

void tst_EventLog::tellsWhatWasMissed()
{
    QFETCH(const quint64, since);
    const ManualClock clock;
    EventLog log(clock, 2);
    QCOMPARE(picture(log.since(0)), u""_s);
    for (const quint64 id : {1u, 2u, 3u, 4u, 5u})
        log.append(removed(id));
    QTEST(picture(log.since(since)), "expected");
}

void tst_EventLog::eventsCarryTheirTime()
{
    ManualClock clock;
    EventLog log(clock, 10);
    const Timestamp first = clock.now();
    log.append(removed(1));
    clock.advance(5s);
    log.append(removed(2));
    const Engine::EventBatch batch = log.since(0);
    QCOMPARE(batch.events.size(), size_t {2});
    QVERIFY(batch.events[0].time == first);
    QVERIFY(batch.events[1].time == first + 5s);
}

void tst_EventLog::waits()
{
    const ManualClock clock;
    EventLog log(clock, 10);
    QVERIFY(!log.waitFor(0, 0ms));
    QVERIFY(!log.waitFor(0, 5ms));
    log.append(removed(1));
    QVERIFY(log.waitFor(0, 1h)); // there already
    QVERIFY(!log.waitFor(1, 5ms));
}

void tst_EventLog::waitsUntilSomethingComes()
{
    const ManualClock clock;
    EventLog log(clock, 10);
    std::thread writer([&] {
        for (quint64 id = 1; id <= 3; ++id)
            log.append(removed(id));
    });
    quint64 seen = 0;
    while (seen < 3) {
        QVERIFY(log.waitFor(seen, 60s));
        const Engine::EventBatch batch = log.since(seen);
        QVERIFY(!batch.events.empty());
        seen = batch.events.back().sequence;
    }
    writer.join();
}

void tst_EventLog::manyWritersLeaveNoHoles()
{
    constexpr quint64 writers = 4;
    constexpr quint64 each = 2000;
    const ManualClock clock;
    EventLog log(clock, writers * each);
    std::vector<std::thread> threads;
    for (quint64 writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&log, writer] {
            for (quint64 i = 0; i < each; ++i)
                log.append(removed(writer * each + i + 1));
        });
    }
    // Two readers beside the writers, each at its own pace: both see every event once.
    std::vector<quint64> last {0, 0};
    while (last[0] < writers * each || last[1] < writers * each) {
        for (quint64 &seen : last) {
            QVERIFY(seen == writers * each || log.waitFor(seen, 60s));
            const Engine::EventBatch batch = log.since(seen);
            QCOMPARE(batch.missed, quint64 {0});
            for (const EngineEvent &event : batch.events)
                QCOMPARE(event.sequence, ++seen);
        }
    }
    for (std::thread &thread : threads)
        thread.join();
    std::set<quint64> ids;
    for (const EngineEvent &event : log.since(0).events)
        ids.insert(std::get<ServerRemoved>(event.what).id.value);
    QCOMPARE(ids.size(), size_t {writers * each});
}

void tst_EventLog::problemsHaveAStory()
{
    ManualClock clock;
    ProblemLog log(clock);
    QCOMPARE(picture(log.since(0)), u""_s);
    const auto first = log.raise({1}, {}, {ProblemCode::AddressInUse});
    QVERIFY(first);
    QVERIFY(first->time == clock.now());
    static_cast<void>(log.raise({1}, {}, {ProblemCode::MaximumReached}));
    static_cast<void>(log.raise({2}, {}, {ProblemCode::MaximumReached}));
    static_cast<void>(log.raise({}, {5}, {ProblemCode::NoConnection}));
    const Engine::ProblemChanges all = log.since(0);
    QCOMPARE(picture(all),
             u"1 AddressInUse of 1/0 current, 2 MaximumReached of 1/0 current, "
             "3 MaximumReached of 2/0 current, 4 NoConnection of 0/5 current"_s);

    QCOMPARE(picture(log.clear({1}, ProblemCode::MaximumReached)), u"2"_s);
    QCOMPARE(picture(log.clear({1}, ProblemCode::MaximumReached)), u""_s);
    QCOMPARE(picture(log.clearAll({1})), u"1"_s);
    QVERIFY(log.dismiss({4}));
    QVERIFY(!log.dismiss({4}));
    QVERIFY(!log.dismiss({99}));
    const Engine::ProblemChanges since = log.since(all.version);
    QCOMPARE(picture(since),
             u"1 AddressInUse of 1/0 past, 2 MaximumReached of 1/0 past, "
             "4 NoConnection of 0/5 past"_s);
    QCOMPARE(picture(log.since(since.version)), u""_s);
}

void tst_EventLog::problemIsRaisedOnce()
{
    const ManualClock clock;
    ProblemLog log(clock);
    const Problem problem {ProblemCode::CaptureDiskFull, {{u"folder"_s, u"/a"_s}}};
    QVERIFY(log.raise({1}, {}, problem));
    QVERIFY(!log.raise({1}, {}, problem)); // current already
    QVERIFY(log.raise({2}, {}, problem)); // another server
    QVERIFY(log.raise({1}, {1}, problem)); // another connection
    QVERIFY(log.raise({1}, {}, {ProblemCode::CaptureDiskFull, {{u"folder"_s, u"/b"_s}}}));
    log.clearAll({1});
    const auto again = log.raise({1}, {}, problem); // it came back
    QVERIFY(again);
    QCOMPARE(again->id.value, quint64 {5});
}

void tst_EventLog::problemsOfTwoReaders()
{
    const ManualClock clock;
    ProblemLog log(clock);
    static_cast<void>(log.raise({1}, {}, {ProblemCode::AddressInUse}));
    const Engine::ProblemChanges early = log.since(0);
    static_cast<void>(log.raise({2}, {}, {ProblemCode::AddressStale}));
    log.clearAll({1});
    QCOMPARE(picture(log.since(early.version)),
             u"1 AddressInUse of 1/0 past, 2 AddressStale of 2/0 current"_s);
    QCOMPARE(picture(log.since(0)), u"1 AddressInUse of 1/0 past, 2 AddressStale of 2/0 current"_s);
}

void tst_EventLog::oldProblemsGo()
{
    const ManualClock clock;
    ProblemLog log(clock);
    for (quint64 i = 1; i <= 10'002; ++i) {
        static_cast<void>(log.raise({}, {}, {ProblemCode::AddressInUse}));
        static_cast<void>(log.dismiss({i})); // so that raise() has few current ones to compare
    }
    const Engine::ProblemChanges changes = log.since(0);
    QCOMPARE(changes.changed.size(), size_t {10'000});
    QCOMPARE(changes.changed.front().id.value, quint64 {3});
    QCOMPARE(changes.changed.back().id.value, quint64 {10'002});
}

QTEST_GUILESS_MAIN(tst_EventLog)
#include "tst_eventlog.moc"
