// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// So many lines because one engine, with real servers and clients, is what all these cases share.

#include "core/relay/relay.h"
#include "enginehost.h"
#include "tests/kit/patience.h"

#include <QtTest>

#include <map>
#include <random>
#include <set>
#include <thread>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::StringLiterals;

class tst_Engine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void aConnectionFromEndToEnd();
    void manyConnectionsByteForByte();
    void floodIsHeldBack();
    void replyComesFromAFile();
    void replyFileMustBeThere();
    void sendsToOneAndToAll();

    void disconnects_data();
    void disconnects();
    void stopAndStartAgain();
    void removesAServer();
    void furtherClientsWaitAtTheMaximum();
    void maximumIsToldOnce();
    void servesOneOnly();
    void pausesAndGoesOn();
    void pausedServerStops();

    void refusesWhomTheOptionsExclude();
    void warnsAboutAbstractNames();

    void tellsWhyItCannotListen_data();
    void tellsWhyItCannotListen();
    void replacesWhatTheUserSaid();
    void commandsWithUnknownNumbers();
    void tellsWhoDoesNotRead();

    void changesActAtTheRightTime();
    void connectsAsAClient();
    void connectsToNobody();

    void twoReadersSeeEachChangeOnce();
    void historyIsLimited();
    void clearsTheCapture();
    void quickConnectsAreAllLogged();
    void endsWithLiveClients();
    void endsAtOnceWithoutClients();

    void waitsForAFullDisk();
    void neverStallsForAFullDisk();

private:
    int m_descriptors = 0;
    int m_threads = 0;
};

namespace {

// Memory of this process that is not a file's.
qint64 residentBytes()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("RssAnon:"))
            return line.mid(8).chopped(3).trimmed().toLongLong() * 1024;
    }
    return -1;
}

// "open 1 accepted 2 refused 0, in 3 out 4, 5 records"
QString counted(const ServerInfo &info)
{
    return u"open %1 accepted %2 refused %3, in %4 out %5, %6 records"_s.arg(info.open)
        .arg(info.accepted)
        .arg(info.refused)
        .arg(info.bytesIn)
        .arg(info.bytesOut)
        .arg(info.records);
}

// "#1 closed (peer) in 5/1 out 5/1"
QString picture(const ConnectionInfo &info)
{
    const QString state = info.state == ConnectionState::Open ? u"open"_s
        : info.state == ConnectionState::EndedByPeer          ? u"ended by peer"_s
        : info.state == ConnectionState::EndedByUs            ? u"ended by us"_s
        : info.state == ConnectionState::Closed               ? u"closed"_s
                                                              : u"refused"_s;
    return u"#%1 %2 (%3) in %4/%5 out %6/%7"_s.arg(info.id.value)
        .arg(state, closeReasonName(info.reason))
        .arg(info.bytesIn)
        .arg(info.recordsIn)
        .arg(info.bytesOut)
        .arg(info.recordsOut);
}

/// A small file system of its own in a folder; gone with the object. Needs root.
class SmallDisk
{
public:
    SmallDisk(const QString &folder, const char *size)
        : m_path(QFile::encodeName(folder))
    {
        QDir().mkpath(folder);
        m_isMounted = ::mount("tmpfs", m_path.constData(), "tmpfs", 0,
                              (QByteArray("mode=0700,size=") + size).constData())
            == 0;
    }
    ~SmallDisk()
    {
        if (m_isMounted)
            ::umount2(m_path.constData(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;

    [[nodiscard]] bool isMounted() const { return m_isMounted; }
    void fill(qint64 bytes) const
    {
        QFile filler(QFile::decodeName(m_path + "/filler"));
        if (!filler.open(QIODevice::WriteOnly) || filler.write(QByteArray(bytes, 'x')) != bytes)
            qFatal("the disk cannot be filled");
    }
    void empty() const { ::unlink((m_path + "/filler").constData()); }

private:
    QByteArray m_path;
    bool m_isMounted = false;
};

} // namespace

void tst_Engine::init()
{
    m_descriptors = openDescriptorCount();
    m_threads = threadCount();
}

void tst_Engine::cleanup()
{
    QCOMPARE(openDescriptorCount(), m_descriptors);
    TRY_COMPARE(threadCount(), m_threads);
}

void tst_Engine::aConnectionFromEndToEnd()
{
    EngineHost host;
    const ServerId id = host.serve();
    QCOMPARE(host.info(id).state, ServerState::Listening);
    QCOMPARE(host.info(id).address.bytes(), host.scratch.bytes(u"s"_s));
    QCOMPARE(fileAt(host.scratch.bytes(u"s"_s)).left(1), u"s"_s);

    StreamClient client = host.connect();
    QVERIFY(client.send("hello"));
    QCOMPARE(client.receive(5), "hello"_ba);
    // Counted as sent a moment after the client has it.
    TRY_COMPARE(counted(host.info(id)), u"open 1 accepted 1 refused 0, in 5 out 5, 2 records"_s);
    const auto open = host.engine->connection({1});
    QVERIFY(open);
    TRY_COMPARE(picture(*host.engine->connection({1})), u"#1 open (none) in 5/1 out 5/1"_s);
    QCOMPARE(open->server, id);
    QCOMPARE(open->peer.credentials.pid, ::getpid());
    QCOMPARE(open->peer.credentials.uid, ::geteuid());
    QCOMPARE(open->peer.process.name, u"tst_engine"_s);

    client.endSending();
    QCOMPARE(client.receiveAll(), ""_ba);
    QCOMPARE(client.how(), "end"_ba);
    TRY_COMPARE(counted(host.info(id)), u"open 0 accepted 1 refused 0, in 5 out 5, 2 records"_s);
    host.engine->execute(Command::Stop {id});
    host.settle();
    QCOMPARE(host.story(), u"1 listening, opened #1, closed #1 (peer), 1 stopped"_s);
    QCOMPARE(picture(*host.engine->connection({1})), u"#1 closed (peer) in 5/1 out 5/1"_s);
    QCOMPARE(fileAt(host.scratch.bytes(u"s"_s)), u"absent"_s);
    const auto captured = host.engine->capture().connection({1});
    QVERIFY(captured);
    QCOMPARE(captured->pid, qint64 {::getpid()});
    QCOMPARE(host.engine->capture().server(id)->address, host.scratch.file(u"s"_s));
}

void tst_Engine::manyConnectionsByteForByte()
{
    constexpr size_t count = 8;
    constexpr qsizetype size = 8 << 20;
    EngineHost host;
    const ServerId id = host.serve();
    struct One
    {
        StreamClient client;
        QByteArray sent;
        QByteArray received;
        std::optional<ConnectionId> connection;
    };
    std::vector<One> all(count);
    for (size_t at = 0; at < count; ++at) {
        all[at].client = host.connect();
        QVERIFY(all[at].client.isConnected());
        // One after the other, so that it is known which is which.
        TRY_VERIFY(host.engine->connection({at + 1}));
    }
    std::vector<std::thread> threads;
    for (size_t at = 0; at < count; ++at) {
        One &one = all[at];
        threads.emplace_back([&one, at] {
            const QByteArray bytes = noise(static_cast<quint32>(at), size);
            one.sent = sha256(bytes);
            std::mt19937 random(static_cast<quint32>(at));
            for (qsizetype from = 0; from < size;) {
                const qsizetype chunk = 1 + static_cast<qsizetype>(random() % 200'000);
                one.client.send(bytes.mid(from, chunk));
                from += chunk;
            }
            one.client.endSending();
        });
        threads.emplace_back([&one] { one.received = sha256(one.client.receiveAll()); });
    }
    for (std::thread &thread : threads)
        thread.join();
    TRY_COMPARE(host.info(id).open, quint64 {0});
    for (size_t at = 0; at < count; ++at) {
        const ConnectionId connection {at + 1};
        QCOMPARE(all[at].received, all[at].sent);
        QCOMPARE(sha256(host.captured(connection, Direction::ToServer)), all[at].sent);
        QCOMPARE(sha256(host.captured(connection, Direction::ToClient)), all[at].sent);
        const auto info = host.engine->connection(connection);
        QCOMPARE(info->bytesIn, quint64 {size});
        QCOMPARE(info->bytesOut, quint64 {size});
    }
    QCOMPARE(host.info(id).bytesIn, quint64 {count * size});
    QCOMPARE(host.info(id).bytesOut, quint64 {count * size});
}

void tst_Engine::floodIsHeldBack()
{
    EngineHost host;
    const ServerId id = host.serve();
    StreamClient stuck = host.connect();
    const QByteArray bytes = noise(1, 64 << 20);
    const qint64 before = residentBytes();
    qint64 offered = 0;
    const auto offer = [&] {
        qint64 size = 0;
        while (offered < bytes.size()
               && (size = stuck.sendSome(QByteArray::fromRawData(
                       bytes.constData() + offered,
                       std::min<qsizetype>(bytes.size() - offered, 1 << 20))))
                   > 0)
            offered += size;
    };
    TRY_VERIFY((offer(), host.engine->connection({1})->queued > 0));
    offer();
    // Another one goes on meanwhile, on whatever thread it is.
    for (int client = 0; client < 4; ++client) {
        StreamClient other = host.connect();
        for (int i = 0; i < 50; ++i) {
            QVERIFY(other.send("ping"));
            QCOMPARE(other.receive(4), "ping"_ba);
        }
    }
    offer();
    QVERIFY2(offered < (8 << 20), qPrintable(QString::number(offered)));
    const qint64 growth = residentBytes() - before;
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
    QVERIFY2(growth < (16 << 20), qPrintable(QString::number(growth)));
#else
    Q_UNUSED(growth)
#endif
    stuck.endSending();
    QCOMPARE(sha256(stuck.receiveAll()), sha256(bytes.left(offered)));
    TRY_COMPARE(host.info(id).open, quint64 {0});
}

void tst_Engine::replyComesFromAFile()
{
    EngineHost host;
    ServerSpec spec = host.spec(AnswerKind::Reply);
    spec.answer.replyFile = host.scratch.write(u"reply"_s, "one");
    spec.answer.when = ReplyWhen::Opened;
    spec.answer.closeAfter = true;
    const ServerId id = host.serve(spec);
    QCOMPARE(host.connect().receiveAll(), "one"_ba);
    host.scratch.write(u"reply"_s, "two");
    QCOMPARE(host.connect().receiveAll(), "one"_ba); // as it was when the server started
    host.engine->execute(Command::ListenAgain {id});
    host.settle();
    QCOMPARE(host.connect().receiveAll(), "two"_ba);
}

void tst_Engine::replyFileMustBeThere()
{
    EngineHost host;
    ServerSpec spec = host.spec(AnswerKind::Reply);
    spec.answer.replyFile = host.scratch.file(u"absent"_s);
    const ServerId id = host.serve(spec);
    QVERIFY(host.info(id).state != ServerState::Listening);
    QCOMPARE(summary(*host.info(id).problem), u"FileUnreadable ENOENT"_s);
    QCOMPARE(host.problems(id), u"FileUnreadable ENOENT"_s);
    QCOMPARE(fileAt(host.scratch.bytes(u"s"_s)), u"absent"_s);

    host.scratch.write(u"absent"_s, "there now");
    host.start(id);
    QCOMPARE(host.info(id).state, ServerState::Listening);
    QVERIFY(!host.info(id).problem);
    QCOMPARE(host.problems(id), u""_s);
}

void tst_Engine::sendsToOneAndToAll()
{
    EngineHost host;
    const ServerId id = host.serve(AnswerKind::Manual);
    std::vector<StreamClient> clients;
    for (quint64 i = 1; i <= 3; ++i) {
        clients.push_back(host.connect());
        TRY_VERIFY(host.engine->connection({i}));
    }
    host.engine->execute(Command::Send {{2}, {}, "only you "});
    host.engine->execute(Command::Send {{}, id, "all of you"});
    host.engine->execute(Command::EndSending {{1}});
    QCOMPARE(clients[1].receive(19), "only you all of you"_ba);
    QCOMPARE(clients[2].receive(10), "all of you"_ba);
    QCOMPARE(clients[0].receiveAll(), "all of you"_ba);
    QCOMPARE(clients[0].how(), "end"_ba);
    QVERIFY(clients[0].send("I go on"));
    TRY_COMPARE(picture(*host.engine->connection({1})), u"#1 ended by us (none) in 7/1 out 10/1"_s);
    clients[0].close();
    TRY_COMPARE(picture(*host.engine->connection({1})), u"#1 closed (sockeye) in 7/1 out 10/1"_s);
    QCOMPARE(host.problems(), u""_s);
}

void tst_Engine::disconnects_data()
{
    QTest::addColumn<QString>("act");
    QTest::addColumn<QString>("left"); // who is still open afterwards
    QTest::addColumn<QString>("story");
    QTest::newRow("one") << u"one"_s << u"13"_s
                         << u"1 listening, opened #1, opened #2, opened #3, closed #2 (sockeye)"_s;
    QTest::newRow("all of a server")
        << u"all"_s << u""_s
        << u"1 listening, opened #1, opened #2, opened #3, closed #1 (sockeye), "
           "closed #2 (sockeye), closed #3 (sockeye)"_s;
    QTest::newRow("stop") << u"stop"_s << u""_s
                          << u"1 listening, opened #1, opened #2, opened #3, 1 stopped, "
                             "closed #1 (stopped), closed #2 (stopped), closed #3 (stopped)"_s;
}

void tst_Engine::disconnects()
{
    QFETCH(const QString, act);
    QFETCH(const QString, left);
    EngineHost host;
    const ServerId id = host.serve(AnswerKind::Manual);
    std::vector<StreamClient> clients;
    for (quint64 i = 1; i <= 3; ++i) {
        clients.push_back(host.connect());
        TRY_VERIFY(host.story().endsWith(u"opened #%1"_s.arg(i)));
    }
    // Number 2 does not read what waits for it: it is closed all the same, after the grace.
    host.engine->execute(Command::Send {{2}, {}, noise(1, 1 << 20)});
    TRY_VERIFY(host.engine->connection({2})->queued > 0);
    if (act == u"one"_s)
        host.engine->execute(Command::Disconnect {{2}});
    else if (act == u"all"_s)
        host.engine->execute(Command::DisconnectAll {id});
    else
        host.engine->execute(Command::Stop {id});
    TRY_COMPARE(host.info(id).open, static_cast<quint64>(left.size()));
    for (size_t at = 0; at < clients.size(); ++at) {
        if (left.contains(QString::number(at + 1))) {
            QVERIFY(host.engine->connection({at + 1})->isOpen());
        } else {
            clients[at].receiveAll();
            QCOMPARE(clients[at].how(), "end"_ba);
        }
    }
    // Who closes first among several is nobody's promise.
    TRY_COMPARE(host.story().count(u"closed"_s), 3 - left.size());
    QStringList told = host.story().split(u", "_s);
    const auto firstClosed = std::find_if(
        told.begin(), told.end(), [](const QString &part) { return part.startsWith(u"closed"_s); });
    if (act == u"stop"_s) { // "stopped" is told by another thread than "closed"
        told.removeAll(u"1 stopped"_s);
        told.insert(4, u"1 stopped"_s);
        std::sort(told.begin() + 5, told.end());
    } else {
        std::sort(firstClosed, told.end());
    }
    QTEST(told.join(u", "_s), "story");
}

void tst_Engine::stopAndStartAgain()
{
    EngineHost host;
    const ServerId id = host.serve();
    for (int i = 0; i < 3; ++i) {
        StreamClient client = host.connect();
        QVERIFY(client.send("x"));
        QCOMPARE(client.receive(1), "x"_ba);
        host.engine->execute(Command::Stop {id});
        host.engine->execute(Command::Start {id});
        host.settle();
        QCOMPARE(client.receiveAll(), ""_ba);
        QCOMPARE(host.info(id).state, ServerState::Listening);
    }
    host.start(id); // listens already: nothing happens
    host.engine->execute(Command::Stop {id});
    host.engine->execute(Command::Stop {id});
    host.settle();
    QCOMPARE(host.info(id).state, ServerState::Stopped);
    TRY_COMPARE(counted(host.info(id)), u"open 0 accepted 3 refused 0, in 3 out 3, 6 records"_s);
    QCOMPARE(host.problems(), u""_s);
    QCOMPARE(namesIn(host.scratch.path()), QStringList {u"capture"_s});
}

void tst_Engine::removesAServer()
{
    EngineHost host;
    const ServerId id = host.serve();
    StreamClient client = host.connect();
    QVERIFY(client.send("kept"));
    QCOMPARE(client.receive(4), "kept"_ba);
    host.engine->execute(Command::RemoveServer {id});
    host.settle();
    QVERIFY(host.engine->servers().servers.empty());
    QCOMPARE(client.receiveAll(), ""_ba);
    QCOMPARE(client.how(), "end"_ba);
    TRY_VERIFY(host.story().contains(u"closed #1 (stopped)"_s));
    QVERIFY(host.story().startsWith(u"1 listening, opened #1, "_s));
    QVERIFY(host.story().contains(u"1 removed"_s));
    QCOMPARE(namesIn(host.scratch.path()), QStringList {u"capture"_s});
    // History and records stay.
    QCOMPARE(picture(*host.engine->connection({1})), u"#1 closed (stopped) in 4/1 out 4/1"_s);
    QCOMPARE(host.captured({1}, Direction::ToServer), "kept"_ba);
    QVERIFY(host.engine->addServer(host.spec()) != id);
    host.settle();
}

void tst_Engine::furtherClientsWaitAtTheMaximum()
{
    EngineHost host;
    ServerSpec spec = host.spec();
    spec.maxConnections = 2;
    const ServerId id = host.serve(spec);
    std::vector<StreamClient> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(host.connect());
        QVERIFY(clients.back().send("x"));
    }
    QCOMPARE(clients[0].receive(1), "x"_ba);
    QCOMPARE(clients[1].receive(1), "x"_ba);
    TRY_COMPARE(host.info(id).waiting, 2);
    TRY_COMPARE(counted(host.info(id)), u"open 2 accepted 2 refused 0, in 2 out 2, 4 records"_s);
    QCOMPARE(host.info(id).state, ServerState::Listening); // not "paused": that is the user's
    TRY_COMPARE(host.problems(id), u"MaximumReached"_s);

    clients[0].close(); // room for one
    QCOMPARE(clients[2].receive(1), "x"_ba);
    TRY_COMPARE(host.info(id).waiting, 1);
    QCOMPARE(host.info(id).open, quint64 {2});
    spec.maxConnections = 0; // room for all, at once
    host.engine->execute(Command::ChangeServer {id, spec});
    QCOMPARE(clients[3].receive(1), "x"_ba);
    TRY_COMPARE(host.info(id).waiting, 0);
    TRY_COMPARE(host.problems(id), u""_s);
}

void tst_Engine::maximumIsToldOnce()
{
    EngineHost host;
    ServerSpec spec = host.spec();
    spec.maxConnections = 1;
    const ServerId id = host.serve(spec);
    std::vector<StreamClient> clients;
    for (int i = 0; i < 5; ++i)
        clients.push_back(host.connect());
    for (int i = 0; i < 4; ++i) { // each takes the place of the one before, and somebody waits
        QVERIFY(clients[size_t(i)].send("x"));
        QCOMPARE(clients[size_t(i)].receive(1), "x"_ba);
        TRY_COMPARE(host.info(id).waiting, 4 - i);
        TRY_COMPARE(host.problems(id), u"MaximumReached"_s);
        clients[size_t(i)].close();
    }
    TRY_COMPARE(host.info(id).accepted, quint64 {5});
    TRY_COMPARE(host.info(id).waiting, 0);
    QCOMPARE(host.story().count(u"raised MaximumReached"_s), 1);
    clients.clear();
    TRY_COMPARE(host.problems(id), u""_s);
    // Nobody waits, so nobody need be told.
    StreamClient alone = host.connect();
    QVERIFY(alone.send("x"));
    QCOMPARE(alone.receive(1), "x"_ba);
    alone.close();
    TRY_COMPARE(host.info(id).open, quint64 {0});
    QCOMPARE(host.story().count(u"raised MaximumReached"_s), 1);
}

void tst_Engine::servesOneOnly()
{
    EngineHost host;
    ServerSpec spec = host.spec();
    spec.once = true;
    const ServerId id = host.serve(spec);
    StreamClient first = host.connect();
    StreamClient second = host.connect();
    QVERIFY(first.send("1") && second.send("2"));
    QCOMPARE(first.receive(1), "1"_ba);
    first.close();
    TRY_COMPARE(host.info(id).open, quint64 {0});
    host.settle(); // whatever the end of the first has led to was done
    TRY_COMPARE(host.info(id).waiting, 1);
    QCOMPARE(host.info(id).accepted, quint64 {1});
    host.engine->execute(Command::Stop {id});
    host.settle();
    QCOMPARE(second.receiveAll(), ""_ba);
    QCOMPARE(host.problems(), u""_s);
    QCOMPARE(host.story(), u"1 listening, opened #1, closed #1 (peer), 1 stopped"_s);
}

void tst_Engine::pausesAndGoesOn()
{
    EngineHost host;
    const ServerId id = host.serve();
    StreamClient before = host.connect();
    QVERIFY(before.send("x"));
    QCOMPARE(before.receive(1), "x"_ba);
    host.engine->execute(Command::Pause {id});
    host.settle();
    QCOMPARE(host.info(id).state, ServerState::Paused);
    std::vector<StreamClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(host.connect());
        QVERIFY(clients.back().send("x"));
    }
    TRY_COMPARE(host.info(id).waiting, 3);
    QCOMPARE(host.info(id).accepted, quint64 {1});
    QVERIFY(before.send("y")); // who is there is served on
    QCOMPARE(before.receive(1), "y"_ba);

    host.engine->execute(Command::AcceptNext {id});
    QCOMPARE(clients[0].receive(1), "x"_ba);
    TRY_COMPARE(host.info(id).waiting, 2);
    QCOMPARE(host.info(id).state, ServerState::Paused);
    QCOMPARE(host.info(id).accepted, quint64 {2});
    host.engine->execute(Command::Resume {id});
    QCOMPARE(clients[1].receive(1), "x"_ba);
    QCOMPARE(clients[2].receive(1), "x"_ba);
    TRY_COMPARE(host.info(id).waiting, 0);
    QCOMPARE(host.info(id).state, ServerState::Listening);
    // The two that waited are taken up by two threads: either may be the first.
    const QString soFar = u"1 listening, opened #1, 1 paused, opened #2, 1 listening, "_s;
    const QStringList stories = {soFar + u"opened #3, opened #4"_s,
                                 soFar + u"opened #4, opened #3"_s};
    TRY_VERIFY2(stories.contains(host.story()), qPrintable(host.story()));
    host.engine->execute(Command::AcceptNext {id}); // nobody waits: no problem
    host.settle();
    QCOMPARE(host.problems(), u""_s);
}

void tst_Engine::pausedServerStops()
{
    EngineHost host;
    const ServerId id = host.serve();
    host.engine->execute(Command::Pause {id});
    host.settle();
    StreamClient waiting = host.connect();
    QVERIFY(waiting.isConnected());
    host.engine->execute(Command::Stop {id});
    host.settle();
    waiting.receiveAll();
    QVERIFY(waiting.how() == "end" || waiting.how() == "ECONNRESET");
    QCOMPARE(host.info(id).state, ServerState::Stopped);
    QCOMPARE(host.info(id).accepted, quint64 {0});
    host.engine->execute(Command::AcceptNext {id});
    host.settle();
    QCOMPARE(host.problems(id), u"NotListening"_s);
}

void tst_Engine::refusesWhomTheOptionsExclude()
{
    const QByteArray name = "sockeye-test-" + QByteArray::number(::getpid());
    // As root another user is at hand, and root himself is never shut out. He is made before the
    // engine's threads: a fork beside them may find a lock taken.
    Gate gate;
    std::unique_ptr<ChildProcess> child;
    if (isRoot()) {
        child = std::make_unique<ChildProcess>(
            [&] {
                gate.pass();
                StreamClient client(connectToAbstract(name));
                if (!client.isConnected())
                    return 1;
                client.send("let me in");
                if (!client.receiveAll().isEmpty())
                    return 2;
                return client.how() == "time-out" ? 3 : 0;
            },
            nobodyUser);
    }
    {
        EngineHost host;
        ServerSpec spec = host.spec();
        spec.name = QString::fromLatin1(name);
        spec.access = {.group = isRoot(), .other = !isRoot(), .abstract = true};
        spec.enforceAccess = true;
        const ServerId id = host.serve(spec);
        QCOMPARE(host.info(id).state, ServerState::Listening);
        gate.open();
        if (child) {
            QCOMPARE(child->wait(), 0);
        } else {
            StreamClient client(connectToAbstract(name));
            QCOMPARE(client.receiveAll(), ""_ba);
        }
        TRY_COMPARE(counted(host.info(id)),
                    u"open 0 accepted 0 refused 1, in 0 out 0, 0 records"_s);
        const auto info = host.engine->connection({1});
        QCOMPARE(picture(*info), u"#1 refused (refused) in 0/0 out 0/0"_s);
        QCOMPARE(info->peer.credentials.uid, isRoot() ? nobodyUser : ::geteuid());
        QCOMPARE(info->refusal,
                 isRoot() ? u"not in group root"_s
                          : u"the owner %1 is shut out"_s.arg(info->peer.userName));
        QCOMPARE(host.story(), u"1 listening, closed #1 (refused)"_s);
        const auto records = host.engine->capture().records(0, 100);
        QCOMPARE(records.size(), size_t {1});
        QCOMPARE(records[0].kind, RecordKind::Refused);
        QVERIFY(host.engine->capture().note(0).contains(info->refusal));
        QCOMPARE(host.problems(), u""_s);
    }
}

void tst_Engine::warnsAboutAbstractNames()
{
    EngineHost host;
    ServerSpec spec = host.spec();
    spec.name = u"sockeye-test-%1"_s.arg(::getpid());
    spec.access = {.user = true, .abstract = true};
    const ServerId id = host.serve(spec);
    QCOMPARE(host.info(id).state, ServerState::Listening);
    QVERIFY(!host.info(id).mode);
    QCOMPARE(host.problems(id), u"AbstractHasNoRestriction"_s);
    spec.enforceAccess = true; // acts at once, without a restart
    host.engine->execute(Command::ChangeServer {id, spec});
    host.settle();
    QCOMPARE(host.problems(id), u""_s);
    QVERIFY(!host.info(id).needsRestart);
    StreamClient client(connectToAbstract(spec.name.toLatin1()));
    QVERIFY(client.send("x"));
    QCOMPARE(client.receive(1), "x"_ba); // the owner, or root
}

void tst_Engine::tellsWhyItCannotListen_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a live server") << u"live"_s << u"AddressInUse AddressInUseError EADDRINUSE"_s;
    QTest::newRow("a file") << u"file"_s << u"AddressNotASocket AddressInUseError EADDRINUSE"_s;
    QTest::newRow("no folder") << u"absent/s"_s << u"FolderMissing HostNotFoundError ENOENT"_s;
    QTest::newRow("a long name") << QString(200, u'x') << u"NameTooLong"_s;
}

void tst_Engine::tellsWhyItCannotListen()
{
    QFETCH(const QString, name);
    QFETCH(const QString, expected);
    EngineHost host;
    const Descriptor live = foreignServer(host.scratch.bytes(u"live"_s));
    host.scratch.write(u"file"_s, "precious");
    const ServerId id = host.serve(host.spec(AnswerKind::Echo, name));
    QCOMPARE(host.info(id).state, ServerState::Failed);
    QVERIFY(host.info(id).problem);
    const QString code = expected.section(u' ', 0, 0);
    QCOMPARE(codeName(host.info(id).problem->code), code);
    QCOMPARE(host.problems(id).section(u' ', 0, 0), code); // once, not for start and server
    QVERIFY(!host.problems(id).contains(u','));
    QCOMPARE(host.story(), u"raised %1, 1 failed"_s.arg(code));
    // What stood in its way is as it was.
    QVERIFY(connectTo(host.scratch.bytes(u"live"_s)).isValid());
    QCOMPARE(fileAt(host.scratch.bytes(u"file"_s)).left(1), u"-"_s);

    ServerSpec better = host.spec();
    host.engine->execute(Command::ChangeServer {id, better});
    host.start(id);
    QCOMPARE(host.info(id).state, ServerState::Listening);
    QVERIFY(!host.info(id).problem);
    QCOMPARE(host.problems(id), u""_s);
}

void tst_Engine::replacesWhatTheUserSaid()
{
    if (!isRoot())
        QSKIP("only root can make another user's socket");
    EngineHost host;
    makeStaleSocket(host.scratch.bytes(u"s"_s));
    QVERIFY(::lchown(host.scratch.bytes(u"s"_s).constData(), nobodyUser, nobodyUser) == 0);
    const ServerId id = host.serve();
    QCOMPARE(host.problems(id).section(u' ', 0, 0), u"AddressStale"_s);
    host.start(id, true);
    QCOMPARE(host.info(id).state, ServerState::Listening);
    QCOMPARE(host.problems(id), u""_s);

    const Descriptor live = foreignServer(host.scratch.bytes(u"live"_s));
    const ServerId second = host.serve(host.spec(AnswerKind::Echo, u"live"_s));
    QCOMPARE(host.problems(second).section(u' ', 0, 0), u"AddressInUse"_s);
    host.start(second, true); // not what the user said
    QCOMPARE(host.problems(second).section(u' ', 0, 0), u"AddressInUse"_s);
    host.start(second, false, true);
    QCOMPARE(host.info(second).state, ServerState::Listening);
    StreamClient client = host.connect(u"live"_s);
    QVERIFY(client.send("x"));
    QCOMPARE(client.receive(1), "x"_ba);
}

void tst_Engine::commandsWithUnknownNumbers()
{
    EngineHost host;
    const ServerId nobody {77};
    for (const EngineCommand &command : std::initializer_list<EngineCommand> {
             Command::ChangeServer {nobody, {}}, Command::RemoveServer {nobody},
             Command::Start {nobody}, Command::Stop {nobody}, Command::ListenAgain {nobody},
             Command::Pause {nobody}, Command::Resume {nobody}, Command::AcceptNext {nobody}}) {
        host.engine->execute(command);
        host.settle();
        // Told, once, and then dismissed as a user would.
        QStringList told;
        for (const ProblemReport &report : host.engine->problemsSince(0).changed) {
            if (report.isCurrent) {
                told << summary(report.problem) + u' ' + report.problem.args[u"id"_s];
                host.engine->execute(Command::DismissProblem {report.id});
            }
        }
        told.removeIf([](const QString &text) { return !text.endsWith(u" 77"_s); });
        QCOMPARE(told, QStringList {u"ServerUnknown 77"_s});
    }
    for (const EngineCommand &command : std::initializer_list<EngineCommand> {
             Command::Disconnect {{5}}, Command::EndSending {{5}}, Command::Send {{5}, {}, "x"}}) {
        host.engine->execute(command);
        host.settle();
        QCOMPARE(host.problems(), u"NoConnection"_s);
        const auto changed = host.engine->problemsSince(0).changed;
        for (const ProblemReport &report : changed)
            host.engine->execute(Command::DismissProblem {report.id});
        host.settle();
        QCOMPARE(host.problems(), u""_s);
    }
    host.engine->execute(Command::DisconnectAll {nobody}); // nobody is there: done
    host.engine->execute(Command::DismissProblem {{4711}});
    host.settle();
    QCOMPARE(host.problems(), u""_s);
}

void tst_Engine::tellsWhoDoesNotRead()
{
    EngineHost host;
    const ServerId id = host.serve(AnswerKind::Manual);
    StreamClient reads = host.connect();
    TRY_VERIFY(host.engine->connection({1}));
    StreamClient stuck = host.connect();
    TRY_VERIFY(host.engine->connection({2}));
    const QByteArray half = noise(1, sendLimit / 2);
    host.engine->execute(Command::Send {{2}, id, half});
    host.engine->execute(Command::Send {{2}, id, half});
    host.settle();
    QCOMPARE(host.problems(), u""_s);
    host.engine->execute(Command::Send {{}, id, "to all"});
    host.settle();
    QCOMPARE(reads.receive(6), "to all"_ba);
    QCOMPARE(host.problems(), u"SendQueueFull"_s);
    for (const ProblemReport &report : host.engine->problemsSince(0).changed) {
        if (report.isCurrent) {
            QCOMPARE(report.connection.value, quint64 {2}); // the one, not "all"
            QCOMPARE(report.problem.args[u"connection"_s], u"2"_s);
        }
    }
    TRY_VERIFY(host.engine->connection({2})->queued >= sendLimit / 2);
}

void tst_Engine::changesActAtTheRightTime()
{
    EngineHost host;
    ServerSpec spec = host.spec(AnswerKind::Echo);
    const ServerId id = host.serve(spec);
    StreamClient old = host.connect();
    QVERIFY(old.send("x"));
    QCOMPARE(old.receive(1), "x"_ba);

    // An answer acts for new clients, at once.
    spec.answer = {.kind = AnswerKind::Reply, .reply = "new", .when = ReplyWhen::EachRecord};
    host.engine->execute(Command::ChangeServer {id, spec});
    host.settle();
    QVERIFY(!host.info(id).needsRestart);
    StreamClient young = host.connect();
    QVERIFY(young.send("x"));
    QCOMPARE(young.receive(3), "new"_ba);
    QVERIFY(old.send("y"));
    QCOMPARE(old.receive(1), "y"_ba);

    // A name acts when it listens again; taking it back needs nothing.
    const QString before = spec.name;
    spec.name = host.scratch.file(u"other"_s);
    host.engine->execute(Command::ChangeServer {id, spec});
    host.settle();
    QVERIFY(host.info(id).needsRestart);
    QCOMPARE(host.info(id).address.display(), before);
    spec.name = before;
    host.engine->execute(Command::ChangeServer {id, spec});
    host.settle();
    QVERIFY(!host.info(id).needsRestart);
    spec.name = host.scratch.file(u"other"_s);
    spec.access = {.user = true, .group = true};
    host.engine->execute(Command::ChangeServer {id, spec});
    host.engine->execute(Command::ListenAgain {id});
    host.settle();
    QVERIFY(!host.info(id).needsRestart);
    QCOMPARE(host.info(id).address.display(), spec.name);
    QCOMPARE(host.info(id).mode.value_or(0), mode_t {0770});
    QCOMPARE(fileAt(host.scratch.bytes(u"s"_s)), u"absent"_s);
    QVERIFY(host.connect(u"other"_s).isConnected());
    QVERIFY(old.send("z")); // who was connected stays
    QCOMPARE(old.receive(1), "z"_ba);
}

void tst_Engine::connectsAsAClient()
{
    EngineHost host;
    const Descriptor server = foreignServer(host.scratch.bytes(u"theirs"_s));
    const ServerId id = host.engine->newServerId();
    host.engine->execute(Command::Connect {id, host.scratch.file(u"theirs"_s)});
    StreamClient accepted(Descriptor(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    TRY_VERIFY(host.engine->connection({1}));
    QVERIFY(host.engine->connection({1})->outgoing);
    QVERIFY(host.info(id).isClient);
    QCOMPARE(host.info(id).state, ServerState::Stopped);
    host.engine->execute(Command::Send {{1}, {}, "question"});
    QCOMPARE(accepted.receive(8), "question"_ba);
    QVERIFY(accepted.send("answer"));
    TRY_COMPARE(picture(*host.engine->connection({1})), u"#1 open (none) in 8/1 out 6/1"_s);
    host.engine->execute(Command::EndSending {{1}});
    QCOMPARE(accepted.receiveAll(), ""_ba);
    accepted.close();
    TRY_COMPARE(picture(*host.engine->connection({1})), u"#1 closed (sockeye) in 8/1 out 6/1"_s);
    QCOMPARE(host.captured({1}, Direction::ToServer), "question"_ba);
    QCOMPARE(host.captured({1}, Direction::ToClient), "answer"_ba);

    host.engine->execute(Command::Start {id}); // once more, on the same entry
    StreamClient again(Descriptor(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    TRY_COMPARE(host.info(id).accepted, quint64 {2});
    host.engine->execute(Command::RemoveServer {id});
    host.settle();
    QCOMPARE(again.receiveAll(), ""_ba);
    QVERIFY(host.engine->servers().servers.empty());
    QCOMPARE(fileAt(host.scratch.bytes(u"theirs"_s)).left(1), u"s"_s);
}

void tst_Engine::connectsToNobody()
{
    EngineHost host;
    const ServerId id = host.engine->newServerId();
    host.engine->execute(Command::Connect {id, host.scratch.file(u"absent"_s)});
    host.settle();
    QCOMPARE(host.problems(id), u"ConnectMissing ENOENT"_s);
    makeStaleSocket(host.scratch.bytes(u"absent"_s));
    host.start(id);
    QCOMPARE(host.problems(id), u"ConnectRefused ECONNREFUSED"_s);
    QCOMPARE(host.info(id).accepted, quint64 {0});
    host.engine->execute(
        Command::Connect {host.engine->newServerId(), u"/"_s + QString(200, u'x')});
    host.settle();
    QVERIFY(host.problems().contains(u"NameTooLong"_s));
}

void tst_Engine::twoReadersSeeEachChangeOnce()
{
    EngineHost host;
    struct Reader
    {
        const Engine &engine;
        quint64 connections = 0;
        quint64 servers = 0;
        QString news()
        {
            QStringList parts;
            const auto changes = engine.connectionsSince(connections);
            connections = changes.version;
            for (const ConnectionInfo &info : changes.changed)
                parts << picture(info);
            return parts.join(u", "_s);
        }
        bool hasServerNews() { return !(engine.servers(servers).servers.empty()); }
        void takeServers() { servers = engine.servers(servers).version; }
    };
    Reader often {*host.engine};
    Reader seldom {*host.engine};
    const ServerId id = host.serve();
    StreamClient client = host.connect();
    QVERIFY(client.send("x"));
    QCOMPARE(client.receive(1), "x"_ba);
    // find() takes no change away from a reader.
    const auto isCounted = [&](const QString &expected) {
        return picture(*host.engine->connection({1})) == expected;
    };
    const QString one = u"#1 open (none) in 1/1 out 1/1"_s;
    TRY_VERIFY(isCounted(one));
    QCOMPARE(often.news(), one);
    QCOMPARE(often.news(), u""_s);
    QVERIFY(client.send("y"));
    const QString two = u"#1 open (none) in 2/2 out 2/2"_s;
    TRY_VERIFY(isCounted(two));
    QCOMPARE(often.news(), two);
    QCOMPARE(seldom.news(), two);
    QCOMPARE(seldom.news(), u""_s);

    often.takeServers();
    seldom.takeServers();
    QVERIFY(client.send("z"));
    const QString three = u"#1 open (none) in 3/3 out 3/3"_s;
    TRY_VERIFY(isCounted(three));
    TRY_COMPARE(host.info(id).bytesOut, quint64 {3}); // counted last
    for (Reader *reader : {&often, &seldom}) {
        QVERIFY(reader->hasServerNews());
        reader->takeServers();
        QVERIFY(!reader->hasServerNews());
        QCOMPARE(reader->news(), three);
    }
    QCOMPARE(client.receive(2), "yz"_ba);
    client.close();
    TRY_VERIFY(!host.engine->connection({1})->isOpen());
    const QString last = u"#1 closed (peer) in 3/3 out 3/3"_s;
    QCOMPARE(often.news(), last);
    QCOMPARE(often.news(), u""_s);
    QCOMPARE(seldom.news(), last);
}

void tst_Engine::historyIsLimited()
{
    EngineHost host({.connectionHistory = 3, .eventHistory = 4});
    const ServerId id = host.serve(AnswerKind::Echo);
    StreamClient held = host.connect();
    TRY_COMPARE(host.info(id).accepted, quint64 {1});
    for (quint64 i = 2; i <= 10; ++i) {
        StreamClient client = host.connect();
        client.endSending();
        client.receiveAll();
        TRY_COMPARE(host.info(id).open, quint64 {1});
        TRY_VERIFY(!host.engine->connection({i})->isOpen());
    }
    QStringList remembered;
    const auto changes = host.engine->connectionsSince(0);
    for (const ConnectionInfo &info : changes.changed)
        remembered << QString::number(info.id.value);
    QCOMPARE(remembered.join(u' '), u"1 8 9 10"_s);
    QCOMPARE(changes.oldest.value, quint64 {1});
    const auto batch = host.engine->eventsSince(0);
    QCOMPARE(batch.events.size(), size_t {4});
    QCOMPARE(batch.missed + 4, batch.events.back().sequence);
    // The capture still knows who is forgotten.
    QVERIFY(!host.engine->connection({2}));
    QVERIFY(host.engine->capture().connection({2}));
}

void tst_Engine::clearsTheCapture()
{
    EngineHost host;
    host.serve();
    StreamClient client = host.connect();
    QVERIFY(client.send("before"));
    QCOMPARE(client.receive(6), "before"_ba);
    const CaptureCursor before = host.engine->capture().cursor();
    host.engine->execute(Command::ClearCapture {});
    host.settle();
    QVERIFY(host.engine->capture().cursor().epoch > before.epoch);
    QCOMPARE(host.captured({1}, Direction::ToServer), ""_ba);
    QVERIFY(client.send("after"));
    QCOMPARE(client.receive(5), "after"_ba);
    QCOMPARE(host.captured({1}, Direction::ToServer), "after"_ba);
    TRY_COMPARE(picture(*host.engine->connection({1})), u"#1 open (none) in 11/2 out 11/2"_s);
}

void tst_Engine::quickConnectsAreAllLogged()
{
    constexpr quint64 count = 2000;
    EngineHost host;
    const ServerId id = host.serve(AnswerKind::Discard);
    std::atomic<quint64> failed = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (quint64 i = 0; i < count / 4;) {
                // A full queue is the one reason to try again.
                StreamClient client = host.connect();
                if (client.isConnected())
                    ++i;
                else if (errno != EAGAIN)
                    ++failed, ++i;
                else
                    std::this_thread::yield();
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(failed.load(), quint64 {0});
    QTRY_COMPARE_WITH_TIMEOUT(counted(host.info(id)),
                              u"open 0 accepted 2000 refused 0, in 0 out 0, 0 records"_s, 60'000);

    std::map<quint64, QString> told;
    quint64 sequence = 0;
    for (const EngineEvent &event : host.engine->eventsSince(0).events) {
        QCOMPARE(event.sequence, ++sequence);
        if (const auto *opened = std::get_if<ConnectionOpened>(&event.what))
            told[opened->info.id.value] += u"opened "_s;
        else if (const auto *closed = std::get_if<ConnectionClosed>(&event.what))
            told[closed->info.id.value] += u"closed"_s;
    }
    std::map<quint64, QString> recorded;
    RecordIndex next = 0;
    for (auto records = host.engine->capture().records(0, 1000); !records.empty();
         records = host.engine->capture().records(next, 1000)) {
        for (const Record &record : records) {
            QCOMPARE(record.index, next++);
            recorded[record.connection.value] += record.kind == RecordKind::Opened ? u"opened"_s
                : record.kind == RecordKind::EndOfStream
                ? (record.direction == Direction::ToServer ? u" →end"_s : u" ←end"_s)
                : u" ?"_s;
        }
    }
    QCOMPARE(told.size(), size_t {count});
    QCOMPARE(recorded.size(), size_t {count});
    for (quint64 connection = 1; connection <= count; ++connection) {
        QCOMPARE(told[connection], u"opened closed"_s);
        QCOMPARE(recorded[connection], u"opened →end ←end"_s);
        const auto info = host.engine->connection({connection});
        QCOMPARE(picture(*info), u"#%1 closed (peer) in 0/0 out 0/0"_s.arg(connection));
    }
}

void tst_Engine::endsWithLiveClients()
{
    std::vector<StreamClient> clients;
    std::vector<StreamClient> stuck;
    const QByteArray bytes = noise(1, 1 << 20);
    {
        EngineHost host;
        ServerSpec spec = host.spec();
        spec.backlog = 200;
        const ServerId id = host.serve(spec);
        for (int i = 0; i < 100; ++i) {
            clients.push_back(host.connect());
            QVERIFY(clients.back().send("x"));
        }
        for (StreamClient &client : clients)
            QCOMPARE(client.receive(1), "x"_ba);
        for (int i = 0; i < 5; ++i) {
            stuck.push_back(host.connect());
            TRY_VERIFY((stuck.back().sendSome(bytes),
                        host.engine->connection({static_cast<quint64>(101 + i)})
                                .value_or(ConnectionInfo())
                                .queued
                            > 0));
        }
        QCOMPARE(host.info(id).open, quint64 {105});
        QElapsedTimer time;
        time.start();
        host.engine.reset();
        qInfo("ended after %lld ms", static_cast<long long>(time.elapsed()));
        QCOMPARE(namesIn(host.scratch.path()), QStringList {u"capture"_s});
        QCOMPARE(namesIn(host.scratch.file(u"capture"_s)), QStringList());
    }
    for (StreamClient &client : clients) {
        QCOMPARE(client.receiveAll(), ""_ba);
        QCOMPARE(client.how(), "end"_ba);
    }
    for (StreamClient &client : stuck) {
        client.receiveAll();
        // Some of what it sent was never taken in: a reset says so.
        QVERIFY(client.how() == "end" || client.how() == "ECONNRESET");
    }
}

void tst_Engine::endsAtOnceWithoutClients()
{
    for (int i = 0; i < 20; ++i) {
        EngineHost host({.ioThreads = 1 + i % 3});
        if (i % 2 == 0)
            host.serve();
        else
            host.engine->addServer(host.spec()); // may not even have been looked at
    }
}

void tst_Engine::waitsForAFullDisk()
{
    const ScratchFolder scratch;
    const SmallDisk disk(scratch.file(u"disk"_s), "16m");
    if (!disk.isMounted())
        QSKIP("only root can make a small disk");
    disk.fill(12 << 20);
    {
        EngineHost host({.capture = {.folder = scratch.file(u"disk/capture"_s),
                                     .limit = 1 << 30,
                                     .segmentSize = 1 << 20}});
        const ServerId id = host.serve(AnswerKind::Discard);
        StreamClient client = host.connect();
        const QByteArray bytes = noise(1, 8 << 20);
        std::thread sender([&] {
            client.send(bytes);
            client.endSending();
        });
        QTRY_VERIFY_WITH_TIMEOUT(host.problems().contains(u"CaptureDiskFull"_s), 30'000);
        QVERIFY(host.engine->capture().statistics().isStalled);
        QVERIFY(host.info(id).bytesIn < 8 << 20);
        disk.empty();
        sender.join();
        QCOMPARE(client.receiveAll(), ""_ba);
        TRY_COMPARE(host.info(id).open, quint64 {0});
        TRY_COMPARE(host.problems(), u""_s);
        QCOMPARE(sha256(host.captured({1}, Direction::ToServer)), sha256(bytes));
        QVERIFY(!host.engine->capture().statistics().isStalled);
        QCOMPARE(host.engine->capture().statistics().gaps, quint64 {0});
        QCOMPARE(host.info(id).bytesIn, quint64 {8 << 20});
    }
}

void tst_Engine::neverStallsForAFullDisk()
{
    const ScratchFolder scratch;
    const SmallDisk disk(scratch.file(u"disk"_s), "16m");
    if (!disk.isMounted())
        QSKIP("only root can make a small disk");
    disk.fill(12 << 20);
    {
        EngineHost host({.capture = {.folder = scratch.file(u"disk/capture"_s),
                                     .limit = 1 << 30,
                                     .segmentSize = 1 << 20,
                                     .queueLimit = 1 << 20}});
        ServerSpec spec = host.spec(AnswerKind::Discard);
        spec.policy = RecordingPolicy::NeverStall;
        const ServerId id = host.serve(spec);
        StreamClient client = host.connect();
        const QByteArray bytes = noise(1, 12 << 20);
        QVERIFY(client.send(bytes)); // nobody frees any space, and yet it is taken
        QTRY_COMPARE_WITH_TIMEOUT(host.info(id).bytesIn, static_cast<quint64>(bytes.size()),
                                  30'000);
        TRY_VERIFY(host.problems().contains(u"CaptureDiskFull"_s));
        disk.empty();
        QTRY_VERIFY_WITH_TIMEOUT(!host.problems().contains(u"CaptureDiskFull"_s), 30'000);
        QVERIFY(client.send("after"));
        client.endSending();
        client.receiveAll();
        TRY_COMPARE(host.info(id).open, quint64 {0});
        // What is there and what is missing make up exactly what was sent.
        const QByteArray all = bytes + "after";
        const auto account = [&] {
            qint64 at = 0;
            bool isExact = true;
            for (const Record &record : host.engine->capture().records(0, 1'000'000)) {
                const auto length = static_cast<qint64>(record.length);
                if (record.kind == RecordKind::Data) {
                    isExact = isExact
                        && host.engine->capture().payload(record.index, 0, length)
                            == all.mid(at, length);
                }
                if (record.kind == RecordKind::Data || record.kind == RecordKind::Gap)
                    at += length;
            }
            return isExact ? at : -1;
        };
        QTRY_COMPARE_WITH_TIMEOUT(account(), all.size(), 30'000);
        const CaptureStatistics statistics = host.engine->capture().statistics();
        QVERIFY(statistics.gaps > 0);
        QVERIFY(statistics.gapBytes > 0);
        TRY_COMPARE(host.problems(), u"CaptureGap"_s);
        QVERIFY(host.captured({1}, Direction::ToServer).endsWith("after"));
    }
}

QTEST_GUILESS_MAIN(tst_Engine)
#include "tst_engine.moc"
