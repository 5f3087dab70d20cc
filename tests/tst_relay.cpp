// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// So many lines because every answer is tried in both directions with one set of clients.

#include "core/relay/relay.h"
#include "kit/scratchfolder.h"
#include "streamclient.h"
#include "tests/kit/patience.h"

#include <QtTest>

#include <array>
#include <future>
#include <thread>

#include <sys/socket.h>

using namespace Sockeye;
using namespace Qt::StringLiterals;

class tst_Relay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void answers_data();
    void answers();
    void replyEndsSendingButNotReceiving();
    void longReplyReachesASlowReader();
    void readSizeMakesRecords();
    void outgoingIsTurnedRound();

    void clientEndsFirstAndReadsEverything();
    void serverEndsFirstAndReadsEverything();
    void manualWaitsForTheUser();
    void manualGoesWhenThePeerIsGone();
    void manyConnectionsByteForByte();
    void sentByHandBetweenEchoes();

    void peerThatDoesNotReadIsNotReadFrom();
    void sendingByHandIsLimited();

    void disconnectSendsWhatIsQueued();
    void disconnectWaitsNoLongerThanItsGrace();
    void disconnectNeedsNoGrace_data();
    void disconnectNeedsNoGrace();
    void disconnectTwice();
    void peerThatResets();
    void peerThatLeavesWhileItIsSentTo();
    void stoppedThreadsLeaveNothing();

private:
    int m_descriptors = 0;
    int m_threads = 0;
};

namespace {

constexpr int oneHour = 3'600'000;

/// One client and the relay that serves it.
struct Served
{
    ConnectionId id;
    StreamClient client;
    std::shared_ptr<Relay> relay;
    std::shared_ptr<RelayState> state;
    std::future<RelayEnd> end;

    // "by peer", "error ECONNRESET"; waits for it.
    QString ended()
    {
        if (end.wait_for(std::chrono::minutes(1)) != std::future_status::ready)
            return u"never"_s;
        const RelayEnd how = end.get();
        const QString cause = how.cause == EndCause::ByPeer ? u"by peer"_s
            : how.cause == EndCause::BySockeye              ? u"by Sockeye"_s
            : how.cause == EndCause::ServerStopped          ? u"server stopped"_s
                                                            : u"error"_s;
        return how.errnoValue == 0 ? cause : cause + u' ' + errnoName(how.errnoValue);
    }
    // "in 5/1 out 5/1 of 1": bytes/records
    [[nodiscard]] QString counted() const
    {
        const TrafficCounters &c = state->counters;
        return u"in %1/%2 out %3/%4"_s.arg(c.bytesIn.load())
            .arg(c.recordsIn.load())
            .arg(c.bytesOut.load())
            .arg(c.recordsOut.load());
    }
};

/// Threads and a capture, as the engine has them.
class RelayHost
{
public:
    explicit RelayHost(int threadCount = 1)
        : threads(threadCount)
    {
        auto created = CaptureLog::create({.folder = scratch.file(u"capture"_s)}, clock);
        if (!created)
            qFatal("no capture");
        log = std::move(*created);
    }

    Served serve(RelayPlan plan)
    {
        std::array<int, 2> ends {};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            qFatal("no pair of sockets");
        Served served;
        served.id = {++m_last};
        served.client = StreamClient(Descriptor(ends[0]));
        served.state = std::make_shared<RelayState>();
        served.state->serverTotals = totals;
        const int thread = static_cast<int>(m_last) % threads.count();
        served.relay =
            std::make_shared<Relay>(threads, thread, *log, Descriptor(ends[1]), plan, served.state);
        const auto end = std::make_shared<std::promise<RelayEnd>>();
        served.end = end->get_future();
        // A second call would throw.
        served.relay->start(
            [this, id = served.id, policy = plan.policy, outgoing = plan.outgoing] {
                CapturedConnection connection;
                connection.id = id;
                connection.server = {1};
                connection.outgoing = outgoing;
                return log->openStream(connection, policy);
            },
            [end](RelayEnd how) { end->set_value(how); });
        return served;
    }
    Served serve(AnswerKind kind) { return serve({.answer = {.kind = kind}}); }

    // "opened, → hello, ← hello, → end, ← end", each record as it is in the capture.
    [[nodiscard]] QString recorded(const Served &served) const
    {
        QStringList parts;
        for (const Record &record : log->records(0, 1'000'000)) {
            if (record.connection != served.id)
                continue;
            const QString arrow = record.direction == Direction::ToServer ? u"→ "_s : u"← "_s;
            const QString note = log->note(record.index);
            if (record.kind == RecordKind::Opened)
                parts << u"opened"_s;
            else if (record.kind == RecordKind::Data)
                parts << arrow + QString::fromUtf8(log->payload(record.index));
            else if (record.kind == RecordKind::EndOfStream)
                parts << arrow + (note.isEmpty() ? u"end"_s : u"end: "_s + note);
            else if (record.kind == RecordKind::Reset)
                parts << arrow + u"reset: "_s + note;
            else
                parts << arrow + u"?"_s;
        }
        return parts.join(u", "_s);
    }
    // All bytes of one direction.
    [[nodiscard]] QByteArray bytesOf(const Served &served, Direction direction) const
    {
        QByteArray bytes;
        for (const Record &record : log->records(0, 1'000'000)) {
            if (record.connection == served.id && record.direction == direction
                && record.kind == RecordKind::Data)
                bytes += log->payload(record.index, 0, static_cast<qint64>(record.length));
        }
        return bytes;
    }

    const ScratchFolder scratch;
    const SystemClock clock;
    const std::shared_ptr<TrafficCounters> totals = std::make_shared<TrafficCounters>();
    std::unique_ptr<CaptureLog> log;
    IoThreads threads; // ends before the log

private:
    quint64 m_last = 0;
};

AnswerSpec reply(ReplyWhen when, const QByteArray &bytes = "R", bool closeAfter = false)
{
    return {.kind = AnswerKind::Reply, .reply = bytes, .when = when, .closeAfter = closeAfter};
}

} // namespace

void tst_Relay::init()
{
    m_descriptors = openDescriptorCount();
    m_threads = threadCount();
}

void tst_Relay::cleanup()
{
    QCOMPARE(openDescriptorCount(), m_descriptors);
    TRY_COMPARE(threadCount(), m_threads);
}

void tst_Relay::answers_data()
{
    QTest::addColumn<AnswerSpec>("answer");
    QTest::addColumn<int>("atOnce"); // bytes that come before anything is sent
    QTest::addColumn<int>("afterOne"); // bytes that come for each message
    QTest::addColumn<QString>("recorded");
    QTest::addColumn<QString>("counted");
    QTest::addColumn<QString>("ended");
    const QString byPeer = u"by peer"_s;
    const QString bySockeye = u"by Sockeye"_s;

    QTest::newRow("echo") << AnswerSpec {.kind = AnswerKind::Echo} << 0 << 2
                          << u"opened, → ab, ← ab, → cd, ← cd, → end, ← end"_s
                          << u"in 4/2 out 4/2"_s << byPeer;
    QTest::newRow("discard") << AnswerSpec {.kind = AnswerKind::Discard} << 0 << 0
                             << u"opened, → ab, → cd, → end, ← end"_s << u"in 4/2 out 0/0"_s
                             << byPeer;
    QTest::newRow("reply at once")
        << reply(ReplyWhen::Opened) << 1 << 0 << u"opened, ← R, → ab, → cd, → end, ← end"_s
        << u"in 4/2 out 1/1"_s << byPeer;
    QTest::newRow("reply to each")
        << reply(ReplyWhen::EachRecord) << 0 << 1 << u"opened, → ab, ← R, → cd, ← R, → end, ← end"_s
        << u"in 4/2 out 2/2"_s << byPeer;
    QTest::newRow("reply at the end")
        << reply(ReplyWhen::EndOfStream) << 0 << 0 << u"opened, → ab, → cd, → end, ← R, ← end"_s
        << u"in 4/2 out 1/1"_s << byPeer;
    QTest::newRow("reply at once, then close")
        << reply(ReplyWhen::Opened, "R", true) << 1 << 0
        << u"opened, ← R, ← end, → ab, → cd, → end"_s << u"in 4/2 out 1/1"_s << bySockeye;
    QTest::newRow("reply at the end, then close")
        << reply(ReplyWhen::EndOfStream, "R", true) << 0 << 0
        << u"opened, → ab, → cd, → end, ← R, ← end"_s << u"in 4/2 out 1/1"_s << byPeer;
    QTest::newRow("empty reply") << reply(ReplyWhen::EachRecord, "") << 0 << 0
                                 << u"opened, → ab, → cd, → end, ← end"_s << u"in 4/2 out 0/0"_s
                                 << byPeer;
}

void tst_Relay::answers()
{
    QFETCH(const AnswerSpec, answer);
    QFETCH(const int, atOnce);
    QFETCH(const int, afterOne);
    RelayHost host;
    Served served = host.serve({.answer = answer});
    QCOMPARE(served.client.receive(atOnce).size(), atOnce);
    for (const char *message : {"ab", "cd"}) {
        const quint64 before = served.state->counters.recordsIn;
        QVERIFY(served.client.send(message));
        QCOMPARE(served.client.receive(afterOne).size(), afterOne);
        TRY_COMPARE(served.state->counters.recordsIn.load(), before + 1);
    }
    served.client.endSending();
    served.client.receiveAll();
    QCOMPARE(served.client.how(), "end"_ba);
    QTEST(served.ended(), "ended");
    QTEST(host.recorded(served), "recorded");
    QTEST(served.counted(), "counted");
}

void tst_Relay::replyEndsSendingButNotReceiving()
{
    RelayHost host;
    Served served = host.serve({.answer = reply(ReplyWhen::EachRecord, "thanks", true)});
    QVERIFY(served.client.send("first"));
    QCOMPARE(served.client.receiveAll(), "thanks"_ba);
    QVERIFY(served.state->endedByUs);
    const QByteArray more = noise(1, 1 << 20);
    QVERIFY(served.client.send(more));
    served.client.endSending();
    QCOMPARE(served.ended(), u"by Sockeye"_s);
    QCOMPARE(sha256(host.bytesOf(served, Direction::ToServer)), sha256("first" + more));
    QCOMPARE(host.bytesOf(served, Direction::ToClient), "thanks"_ba);
}

void tst_Relay::longReplyReachesASlowReader()
{
    RelayHost host;
    const QByteArray bytes = noise(2, 4 << 20);
    Served served = host.serve({.answer = reply(ReplyWhen::Opened, bytes, true)});
    TRY_VERIFY(served.state->queued > 0); // it waits for the reader
    QCOMPARE(sha256(served.client.receiveAll()), sha256(bytes));
    served.client.close();
    QCOMPARE(served.ended(), u"by Sockeye"_s);
    QCOMPARE(sha256(host.bytesOf(served, Direction::ToClient)), sha256(bytes));
    QCOMPARE(served.counted(), u"in 0/0 out %1/1"_s.arg(bytes.size()));
}

void tst_Relay::readSizeMakesRecords()
{
    RelayHost host;
    Served served = host.serve({.answer = {.kind = AnswerKind::Echo}, .readSize = 3});
    QVERIFY(served.client.send("abcdefgh"));
    served.client.endSending();
    QCOMPARE(served.client.receiveAll(), "abcdefgh"_ba);
    QCOMPARE(served.ended(), u"by peer"_s);
    QCOMPARE(host.recorded(served),
             u"opened, → abc, ← abc, → def, ← def, → gh, ← gh, → end, ← end"_s);
    QCOMPARE(served.counted(), u"in 8/3 out 8/3"_s);
}

void tst_Relay::outgoingIsTurnedRound()
{
    RelayHost host;
    Served served = host.serve({.answer = {.kind = AnswerKind::Manual}, .outgoing = true});
    QVERIFY(served.relay->send("question"));
    QCOMPARE(served.client.receive(8), "question"_ba);
    QVERIFY(served.client.send("answer"));
    served.client.endSending();
    TRY_VERIFY(served.state->endedByPeer);
    served.relay->endSending();
    QCOMPARE(served.client.receiveAll(), ""_ba);
    QCOMPARE(served.ended(), u"by peer"_s);
    QCOMPARE(host.recorded(served), u"opened, → question, ← answer, ← end, → end"_s);
    QCOMPARE(served.counted(), u"in 8/1 out 6/1"_s);
}

void tst_Relay::clientEndsFirstAndReadsEverything()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Echo);
    const QByteArray bytes = noise(3, 4 << 20);
    std::thread sender([&] {
        served.client.send(bytes);
        served.client.endSending();
    });
    const QByteArray echoed = served.client.receiveAll();
    sender.join();
    QCOMPARE(served.client.how(), "end"_ba);
    QCOMPARE(sha256(echoed), sha256(bytes));
    QCOMPARE(served.ended(), u"by peer"_s);
    QCOMPARE(sha256(host.bytesOf(served, Direction::ToServer)), sha256(bytes));
    QCOMPARE(sha256(host.bytesOf(served, Direction::ToClient)), sha256(bytes));
}

void tst_Relay::serverEndsFirstAndReadsEverything()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Discard);
    QVERIFY(served.relay->send("hello"));
    served.relay->endSending();
    QCOMPARE(served.client.receiveAll(), "hello"_ba);
    QCOMPARE(served.client.how(), "end"_ba);
    QVERIFY(served.client.send("still here"));
    TRY_COMPARE(served.state->counters.bytesIn.load(), quint64 {10});
    QVERIFY(!served.state->endedByPeer);
    served.client.endSending();
    QCOMPARE(served.ended(), u"by Sockeye"_s); // it was the first to end
    QCOMPARE(host.recorded(served), u"opened, ← hello, ← end, → still here, → end"_s);
}

void tst_Relay::manualWaitsForTheUser()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Manual);
    QVERIFY(served.client.send("question"));
    served.client.endSending();
    TRY_VERIFY(served.state->endedByPeer);
    QVERIFY(served.relay->send("first "));
    QVERIFY(served.relay->send("answer"));
    QCOMPARE(served.client.receive(12), "first answer"_ba);
    served.relay->endSending();
    QCOMPARE(served.client.receiveAll(), ""_ba);
    QCOMPARE(served.client.how(), "end"_ba);
    QCOMPARE(served.ended(), u"by peer"_s);
    QCOMPARE(host.recorded(served), u"opened, → question, → end, ← first , ← answer, ← end"_s);
}

void tst_Relay::manualGoesWhenThePeerIsGone()
{
    RelayHost host;
    Served halfClosed = host.serve(AnswerKind::Manual);
    halfClosed.client.endSending();
    TRY_VERIFY(halfClosed.state->endedByPeer);
    halfClosed.client.close();
    QCOMPARE(halfClosed.ended(), u"by peer"_s);
    QCOMPARE(host.recorded(halfClosed), u"opened, → end, ← end"_s);

    Served atOnce = host.serve(AnswerKind::Manual);
    atOnce.client.close();
    QCOMPARE(atOnce.ended(), u"by peer"_s);
}

void tst_Relay::manyConnectionsByteForByte()
{
    constexpr int count = 8;
    RelayHost host(2);
    std::vector<Served> served;
    std::vector<std::thread> senders;
    std::vector<QByteArray> hashes(count);
    std::vector<QByteArray> echoed(count);
    for (int i = 0; i < count; ++i)
        served.push_back(host.serve(AnswerKind::Echo));
    for (int i = 0; i < count; ++i) {
        const auto at = static_cast<size_t>(i);
        senders.emplace_back([&, at] {
            const QByteArray bytes = noise(static_cast<quint32>(at + 100), 1 << 20);
            hashes[at] = sha256(bytes);
            std::mt19937 random(static_cast<quint32>(at));
            for (qsizetype from = 0; from < bytes.size();) {
                const qsizetype size = 1 + static_cast<qsizetype>(random() % 100'000);
                served[at].client.send(bytes.mid(from, size));
                from += size;
            }
            served[at].client.endSending();
        });
        senders.emplace_back([&, at] { echoed[at] = sha256(served[at].client.receiveAll()); });
    }
    for (std::thread &sender : senders)
        sender.join();
    for (int i = 0; i < count; ++i) {
        const auto at = static_cast<size_t>(i);
        QCOMPARE(served[at].ended(), u"by peer"_s);
        QCOMPARE(echoed[at], hashes[at]);
        QCOMPARE(sha256(host.bytesOf(served[at], Direction::ToServer)), hashes[at]);
        QCOMPARE(sha256(host.bytesOf(served[at], Direction::ToClient)), hashes[at]);
    }
    QCOMPARE(host.totals->bytesIn.load(), quint64 {count} << 20);
    QCOMPARE(host.totals->bytesOut.load(), quint64 {count} << 20);
}

void tst_Relay::sentByHandBetweenEchoes()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Echo);
    // Both senders have much more than a socket holds: their pieces must not mix.
    const QByteArray lower(300'000, 'a');
    const QByteArray upper(300'000, 'B');
    std::thread sender([&] {
        for (int i = 0; i < 5; ++i)
            served.client.send(lower);
        served.client.endSending();
    });
    for (int i = 0; i < 5; ++i)
        QVERIFY(served.relay->send(upper));
    const QByteArray received = served.client.receiveAll();
    sender.join();
    QCOMPARE(served.ended(), u"by peer"_s);
    QCOMPARE(sha256(received), sha256(host.bytesOf(served, Direction::ToClient)));
    QCOMPARE(received.count('a'), 5 * lower.size());
    QCOMPARE(received.count('B'), 5 * upper.size());
    for (qsizetype at = 0; (at = received.indexOf('B', at)) >= 0; at += upper.size())
        QCOMPARE(received.mid(at, upper.size()), upper);
}

void tst_Relay::peerThatDoesNotReadIsNotReadFrom()
{
    RelayHost host; // one thread for both
    Served stuck = host.serve(AnswerKind::Echo);
    const QByteArray bytes = noise(4, 64 << 20);
    qint64 offered = 0;
    // Full, and stays full while another one is served.
    const auto offer = [&] {
        while (const qint64 size = stuck.client.sendSome(bytes.mid(offered, 1 << 20))) {
            if (size < 0)
                qFatal("the connection broke");
            offered += size;
        }
    };
    TRY_VERIFY((offer(), stuck.state->queued > 0));
    offer();
    QVERIFY(offered < (8 << 20));

    Served other = host.serve(AnswerKind::Echo);
    for (int i = 0; i < 100; ++i) {
        QVERIFY(other.client.send("ping"));
        QCOMPARE(other.client.receive(4), "ping"_ba);
    }
    offer();
    QVERIFY(offered < (8 << 20));
    QVERIFY(stuck.state->queued <= scratchSize);

    // Once it reads, everything comes.
    stuck.client.endSending();
    QCOMPARE(sha256(stuck.client.receiveAll()), sha256(bytes.left(offered)));
    QCOMPARE(stuck.ended(), u"by peer"_s);
    other.client.close();
    QCOMPARE(other.ended(), u"by peer"_s);
}

void tst_Relay::sendingByHandIsLimited()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Manual);
    const QByteArray half = noise(5, sendLimit / 2);
    QVERIFY(served.relay->send(half));
    QVERIFY(served.relay->send(half));
    QVERIFY(!served.relay->send("x"));
    TRY_VERIFY(served.state->queued > sendLimit / 2);
    QCOMPARE(sha256(served.client.receive(half.size())), sha256(half));
    bool isTaken = false;
    TRY_VERIFY((isTaken = isTaken || served.relay->send("x"))); // there is room again
    QCOMPARE(sha256(served.client.receive(half.size())), sha256(half));
    QCOMPARE(served.client.receive(1), "x"_ba);
    TRY_COMPARE(served.state->queued.load(), quint64 {0});
    served.client.close();
    QCOMPARE(served.ended(), u"by peer"_s);
}

void tst_Relay::disconnectSendsWhatIsQueued()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Manual);
    const QByteArray bytes = noise(6, 2 << 20);
    QVERIFY(served.relay->send(bytes));
    QVERIFY(served.relay->send("bye"));
    served.relay->disconnect(EndCause::BySockeye, oneHour);
    QCOMPARE(sha256(served.client.receiveAll()), sha256(bytes + "bye"));
    QCOMPARE(served.client.how(), "end"_ba);
    QCOMPARE(served.ended(), u"by Sockeye"_s);
    QVERIFY(host.recorded(served).endsWith(u", ← bye, ← end: disconnected by Sockeye"_s));
}

void tst_Relay::disconnectWaitsNoLongerThanItsGrace()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Manual);
    const QByteArray bytes = noise(7, 2 << 20);
    QVERIFY(served.relay->send(bytes));
    TRY_VERIFY(served.state->queued > 0);
    served.relay->disconnect(EndCause::ServerStopped, 20);
    QCOMPARE(served.ended(), u"server stopped"_s); // though nobody reads
    const QByteArray received = served.client.receiveAll();
    QCOMPARE(served.client.how(), "end"_ba);
    QVERIFY(received.size() < bytes.size());
    QVERIFY(bytes.startsWith(received));
    QCOMPARE(served.counted(), u"in 0/0 out %1/1"_s.arg(received.size()));
}

void tst_Relay::disconnectNeedsNoGrace_data()
{
    QTest::addColumn<AnswerKind>("kind");
    QTest::addColumn<bool>("clientEnded");
    QTest::addColumn<bool>("weEnded");
    for (const AnswerKind kind : {AnswerKind::Echo, AnswerKind::Discard, AnswerKind::Manual}) {
        const QByteArray name = answerName(kind).toLatin1();
        QTest::addRow("%s", name.constData()) << kind << false << false;
        QTest::addRow("%s, we ended", name.constData()) << kind << false << true;
    }
    QTest::newRow("manual, the client ended") << AnswerKind::Manual << true << false;
}

void tst_Relay::disconnectNeedsNoGrace()
{
    QFETCH(const AnswerKind, kind);
    QFETCH(const bool, clientEnded);
    QFETCH(const bool, weEnded);
    RelayHost host;
    Served served = host.serve(kind);
    QVERIFY(served.client.send("x"));
    TRY_COMPARE(served.state->counters.bytesIn.load(), quint64 {1});
    if (clientEnded) {
        served.client.endSending();
        TRY_VERIFY(served.state->endedByPeer);
    }
    if (weEnded) {
        served.relay->endSending();
        TRY_VERIFY(served.state->endedByUs);
    }
    served.relay->disconnect(EndCause::BySockeye, oneHour);
    QCOMPARE(served.ended(), u"by Sockeye"_s);
    served.client.receiveAll();
    QCOMPARE(served.client.how(), "end"_ba);
}

void tst_Relay::disconnectTwice()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Manual);
    QVERIFY(served.relay->send(noise(8, 2 << 20)));
    TRY_VERIFY(served.state->queued > 0);
    served.relay->disconnect(EndCause::BySockeye, oneHour);
    served.relay->disconnect(EndCause::ServerStopped, 20); // the second is in more of a hurry
    QCOMPARE(served.ended(), u"by Sockeye"_s); // but did not begin it
    served.relay->disconnect(EndCause::BySockeye, 20);
    QVERIFY(served.relay->send("too late"));
    served.relay->endSending();
    QCOMPARE(host.recorded(served).count(u"end"_s), 1);
}

void tst_Relay::peerThatResets()
{
    RelayHost host;
    Served served = host.serve(AnswerKind::Manual);
    QVERIFY(served.relay->send("never read"));
    TRY_COMPARE(served.state->counters.bytesOut.load(), quint64 {10});
    served.client.close();
    QCOMPARE(served.ended(), u"error ECONNRESET"_s);
    QCOMPARE(host.recorded(served),
             u"opened, ← never read, → reset: connection broke: ECONNRESET"_s);
}

void tst_Relay::peerThatLeavesWhileItIsSentTo()
{
    RelayHost host;
    const QByteArray bytes = noise(9, 4 << 20);
    Served served = host.serve({.answer = reply(ReplyWhen::Opened, bytes)});
    QCOMPARE(served.client.receive(100'000), bytes.left(100'000));
    TRY_VERIFY(served.state->queued > 0);
    served.client.close();
    const QString ended = served.ended();
    // The kernel tells the sender EPIPE, and the receiver what was left unread.
    QVERIFY2(ended == u"by peer EPIPE"_s || ended == u"error ECONNRESET"_s, qPrintable(ended));
    QVERIFY(served.state->counters.bytesOut < static_cast<quint64>(bytes.size()));
}

void tst_Relay::stoppedThreadsLeaveNothing()
{
    RelayHost host;
    std::vector<Served> served;
    for (int i = 0; i < 5; ++i) {
        served.push_back(host.serve(AnswerKind::Echo));
        served.back().client.send("x");
        served.back().client.receive(1);
    }
    served.push_back(host.serve({.answer = reply(ReplyWhen::Opened, noise(10, 4 << 20))}));
    TRY_VERIFY(served.back().state->queued > 0);
    // As the engine does when somebody is still there after the grace: cleanup() counts.
    host.threads.stop();
}

QTEST_GUILESS_MAIN(tst_Relay)
#include "tst_relay.moc"
