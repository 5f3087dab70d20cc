// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/connectiontable.h"

#include <QtTest>

#include <thread>

using namespace Sockeye;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_ConnectionTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst();
    void aConnectionHasAStory();
    void eachChangeIsSeenOnceByEachReader();
    void countersOfOpenOnesAreLive();
    void halfClosedOnes_data();
    void halfClosedOnes();
    void refusedOnesAreClosedFromTheStart();
    void historyIsLimited();
    void anOldOpenOneHoldsItsPlace();
    void aSlowReaderGetsEverythingOnce();
    void closingTwiceChangesNothing();
    void readersAndWritersTogether();
};

namespace {

const char *stateName(ConnectionState state)
{
    switch (state) {
    case ConnectionState::Open:
        return "open";
    case ConnectionState::EndedByPeer:
        return "ended by peer";
    case ConnectionState::EndedByUs:
        return "ended by us";
    case ConnectionState::Closed:
        return "closed";
    case ConnectionState::Refused:
        return "refused";
    }
    Q_UNREACHABLE();
}

// "#2 closed (peer) 5/3", bytes in and out
QString picture(const ConnectionInfo &info)
{
    QString text = u"#%1 %2"_s.arg(info.id.value).arg(QLatin1String(stateName(info.state)));
    if (info.reason != CloseReason::None)
        text += u" (%1)"_s.arg(closeReasonName(info.reason));
    return text + u" %1/%2"_s.arg(info.bytesIn).arg(info.bytesOut);
}

// "from 1: #1 open 0/0, #2 …"
QString picture(const Engine::ConnectionChanges &changes)
{
    QStringList parts;
    for (const ConnectionInfo &info : changes.changed)
        parts << picture(info);
    return u"from %1: "_s.arg(changes.oldest.value) + parts.join(u", "_s);
}

/// A reader that remembers how far it is.
class Reader
{
public:
    explicit Reader(const ConnectionTable &table)
        : m_table(table)
    { }
    QString news()
    {
        const Engine::ConnectionChanges changes = m_table.since(m_version);
        m_version = changes.version;
        return picture(changes);
    }

private:
    const ConnectionTable &m_table;
    quint64 m_version = 0;
};

struct Opened
{
    ConnectionId id;
    std::shared_ptr<RelayState> state;
};

Opened open(ConnectionTable &table, ServerId server = {1})
{
    ConnectionInfo info;
    info.server = server;
    const auto state = std::make_shared<RelayState>();
    return {table.add(info, state), state};
}

std::optional<ConnectionInfo> close(ConnectionTable &table, ConnectionId id)
{
    return table.close(id, Timestamp(5s), CloseReason::ByPeer, 0);
}

} // namespace

void tst_ConnectionTable::isEmptyAtFirst()
{
    ConnectionTable table(10);
    Reader reader(table);
    QCOMPARE(reader.news(), u"from 1: "_s);
    QVERIFY(!table.find({1}));
    QVERIFY(!table.find({}));
    QVERIFY(!table.relay({1}));
    QVERIFY(!close(table, {1}));
    QCOMPARE(table.openCount(), size_t {0});
}

void tst_ConnectionTable::aConnectionHasAStory()
{
    ConnectionTable table(10);
    Reader reader(table);
    const Opened one = open(table);
    QCOMPARE(reader.news(), u"from 1: #1 open 0/0"_s);
    QCOMPARE(reader.news(), u"from 1: "_s);
    QCOMPARE(table.openCount(), size_t {1});

    Peer peer;
    peer.userName = u"ada"_s;
    table.describe(one.id, peer);
    QCOMPARE(reader.news(), u"from 1: #1 open 0/0"_s);
    QCOMPARE(table.find(one.id)->peer.userName, u"ada"_s);

    one.state->counters.count(Direction::ToServer, 5, 1);
    one.state->counters.count(Direction::ToClient, 3, 1);
    QCOMPARE(reader.news(), u"from 1: #1 open 5/3"_s);
    QCOMPARE(reader.news(), u"from 1: "_s);

    one.state->counters.count(Direction::ToServer, 1, 1);
    const auto last = close(table, one.id);
    QVERIFY(last);
    QCOMPARE(picture(*last), u"#1 closed (peer) 6/3"_s);
    QVERIFY(last->closed == Timestamp(5s));
    QCOMPARE(last->recordsIn, quint64 {2});
    QCOMPARE(reader.news(), u"from 1: #1 closed (peer) 6/3"_s);
    QCOMPARE(reader.news(), u"from 1: "_s);
    QCOMPARE(table.openCount(), size_t {0});
    QCOMPARE(picture(*table.find(one.id)), u"#1 closed (peer) 6/3"_s);
}

void tst_ConnectionTable::eachChangeIsSeenOnceByEachReader()
{
    ConnectionTable table(10);
    Reader often(table);
    Reader seldom(table);
    const Opened one = open(table);
    const Opened two = open(table);
    QCOMPARE(often.news(), u"from 1: #1 open 0/0, #2 open 0/0"_s);
    // What "often" has asked for must not be lost for "seldom", and the other way round.
    two.state->counters.count(Direction::ToServer, 7, 1);
    QCOMPARE(often.news(), u"from 1: #2 open 7/0"_s);
    one.state->counters.count(Direction::ToServer, 1, 1);
    QCOMPARE(seldom.news(), u"from 1: #1 open 1/0, #2 open 7/0"_s);
    QCOMPARE(often.news(), u"from 1: #1 open 1/0"_s);
    close(table, one.id);
    QCOMPARE(seldom.news(), u"from 1: #1 closed (peer) 1/0"_s);
    QCOMPARE(often.news(), u"from 1: #1 closed (peer) 1/0"_s);
    QCOMPARE(seldom.news(), u"from 1: "_s);
    QCOMPARE(often.news(), u"from 1: "_s);
}

void tst_ConnectionTable::countersOfOpenOnesAreLive()
{
    ConnectionTable table(10);
    const Opened one = open(table);
    one.state->queued = 42;
    one.state->counters.count(Direction::ToClient, 9, 2);
    const auto info = table.find(one.id);
    QCOMPARE(info->queued, quint64 {42});
    QCOMPARE(info->bytesOut, quint64 {9});
    QCOMPARE(info->recordsOut, quint64 {2});
    QCOMPARE(close(table, one.id)->queued, quint64 {0});
}

void tst_ConnectionTable::halfClosedOnes_data()
{
    QTest::addColumn<bool>("byPeer");
    QTest::addColumn<bool>("byUs");
    QTest::addColumn<QString>("expected");
    QTest::newRow("peer") << true << false << u"#1 ended by peer 0/0"_s;
    QTest::newRow("us") << false << true << u"#1 ended by us 0/0"_s;
    QTest::newRow("both, not closed yet") << true << true << u"#1 ended by peer 0/0"_s;
}

void tst_ConnectionTable::halfClosedOnes()
{
    QFETCH(const bool, byPeer);
    QFETCH(const bool, byUs);
    ConnectionTable table(10);
    const Opened one = open(table);
    one.state->endedByPeer = byPeer;
    one.state->endedByUs = byUs;
    QTEST(picture(*table.find(one.id)), "expected");
    QVERIFY(table.find(one.id)->isOpen());
}

void tst_ConnectionTable::refusedOnesAreClosedFromTheStart()
{
    ConnectionTable table(1);
    Reader reader(table);
    ConnectionInfo info;
    info.state = ConnectionState::Refused;
    info.reason = CloseReason::Refused;
    QCOMPARE(table.add(info, nullptr).value, quint64 {1});
    QCOMPARE(reader.news(), u"from 1: #1 refused (refused) 0/0"_s);
    QCOMPARE(table.openCount(), size_t {0});
    QCOMPARE(table.add(info, nullptr).value, quint64 {2}); // they count for the history
    QCOMPARE(reader.news(), u"from 2: #2 refused (refused) 0/0"_s);
}

void tst_ConnectionTable::historyIsLimited()
{
    ConnectionTable table(2);
    Reader reader(table);
    for (int i = 0; i < 4; ++i)
        close(table, open(table).id);
    QCOMPARE(reader.news(), u"from 3: #3 closed (peer) 0/0, #4 closed (peer) 0/0"_s);
    QVERIFY(!table.find({2}));
    QCOMPARE(open(table).id.value, quint64 {5}); // ids are never used again
}

void tst_ConnectionTable::anOldOpenOneHoldsItsPlace()
{
    ConnectionTable table(2);
    const Opened old = open(table);
    for (int i = 0; i < 5; ++i)
        close(table, open(table).id);
    Reader reader(table);
    QCOMPARE(reader.news(), u"from 1: #1 open 0/0, #5 closed (peer) 0/0, #6 closed (peer) 0/0"_s);
    QVERIFY(table.find(old.id));
    QVERIFY(!table.find({2}));
    QVERIFY(!close(table, {2}));
    // Closed last, it is remembered longest.
    close(table, old.id);
    QCOMPARE(reader.news(), u"from 1: #1 closed (peer) 0/0"_s);
    close(table, open(table).id);
    close(table, open(table).id);
    QCOMPARE(reader.news(), u"from 7: #7 closed (peer) 0/0, #8 closed (peer) 0/0"_s);
}

void tst_ConnectionTable::aSlowReaderGetsEverythingOnce()
{
    ConnectionTable table(3);
    Reader slow(table);
    const Opened one = open(table);
    QCOMPARE(slow.news(), u"from 1: #1 open 0/0"_s);
    // More changes than the table keeps a list of.
    for (int i = 0; i < 3000; ++i)
        close(table, open(table).id);
    one.state->counters.count(Direction::ToServer, 1, 1);
    QCOMPARE(slow.news(),
             u"from 1: #1 open 1/0, #2999 closed (peer) 0/0, #3000 closed (peer) 0/0, "
             "#3001 closed (peer) 0/0"_s);
    QCOMPARE(slow.news(), u"from 1: "_s);
}

void tst_ConnectionTable::closingTwiceChangesNothing()
{
    ConnectionTable table(10);
    const Opened one = open(table);
    Reader reader(table);
    close(table, one.id);
    reader.news();
    QCOMPARE(picture(*close(table, one.id)), u"#1 closed (peer) 0/0"_s);
    // It does not count twice for the history.
    for (int i = 0; i < 9; ++i)
        close(table, open(table).id);
    QVERIFY(table.find(one.id));
}

void tst_ConnectionTable::readersAndWritersTogether()
{
    constexpr int writers = 3;
    constexpr quint64 each = 500;
    ConnectionTable table(10'000);
    std::atomic<int> running = writers;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&] {
            for (quint64 i = 0; i < each; ++i) {
                const Opened one = open(table);
                one.state->counters.count(Direction::ToServer, 10, 1);
                close(table, one.id);
            }
            --running;
        });
    }
    std::map<quint64, QString> seen; // as models do: the newest of each
    quint64 version = 0;
    for (bool last = false; !last;) {
        last = running == 0;
        const Engine::ConnectionChanges changes = table.since(version);
        QVERIFY(changes.version >= version);
        version = changes.version;
        for (const ConnectionInfo &info : changes.changed)
            seen[info.id.value] = picture(info);
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(seen.size(), size_t {writers * each});
    for (const auto &[id, text] : seen)
        QCOMPARE(text, u"#%1 closed (peer) 10/0"_s.arg(id));
}

QTEST_GUILESS_MAIN(tst_ConnectionTable)
#include "tst_connectiontable.moc"
