// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stream/iothreads.h"
#include "core/stream/peer.h"
#include "core/stream/streamsocket.h"
#include "core/system/users.h"
#include "kit/scratchfolder.h"
#include "localsockets.h"
#include "streamclient.h"
#include "tests/kit/patience.h"

#include <QtTest>

#include <array>
#include <csignal>
#include <future>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::StringLiterals;

class tst_StreamSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void makesItsDescriptorNonBlocking();
    void receivesWhatIsThere();
    void sendsUntilThePeerIsFull();
    void halfCloseEndsOneDirection();
    void sendingToAPeerThatLeftIsAnError();
    void peerThatLeftUnreadBytesResets();
    void closesItsDescriptor();

    void connects();
    void connectSaysWhyNot_data();
    void connectSaysWhyNot();
    void connectIsDenied();
    void connectToAFullQueue();
    void connectWaitsForAFullQueue();

    void peerIsKnown();
    void peerInManyGroups();
    void threadsRunWhatIsPosted();
    void threadsLeaveSignalsAlone();

private:
    int m_descriptors = 0;
    int m_threads = 0;
};

namespace {

using Outcome = StreamSocket::Transfer::Outcome;

struct Pair
{
    StreamSocket ours;
    StreamClient theirs;
};

Pair connectedPair()
{
    std::array<int, 2> ends {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        qFatal("no pair of sockets");
    return {StreamSocket(Descriptor(ends[0])), StreamClient(Descriptor(ends[1]))};
}

// "done 5", "would block", "end", "failed EPIPE"
QString picture(const StreamSocket::Transfer &transfer)
{
    switch (transfer.outcome) {
    case Outcome::Done:
        return u"done %1"_s.arg(transfer.size);
    case Outcome::WouldBlock:
        return u"would block"_s;
    case Outcome::End:
        return u"end"_s;
    case Outcome::Failed:
        return u"failed "_s + errnoName(transfer.errnoValue);
    }
    Q_UNREACHABLE();
}

QString received(const StreamSocket &socket, size_t atMost = 100)
{
    std::vector<std::byte> buffer(atMost);
    const StreamSocket::Transfer transfer = socket.receive(buffer);
    const QString text = picture(transfer);
    if (transfer.outcome != Outcome::Done)
        return text;
    return text + u' '
        + QString::fromLatin1(reinterpret_cast<const char *>(buffer.data()),
                              static_cast<qsizetype>(transfer.size));
}

QString sent(const StreamSocket &socket, const QByteArray &bytes)
{
    return picture(socket.send(
        std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size())))));
}

} // namespace

void tst_StreamSocket::init()
{
    m_descriptors = openDescriptorCount();
    m_threads = threadCount();
}

void tst_StreamSocket::cleanup()
{
    QCOMPARE(openDescriptorCount(), m_descriptors);
    TRY_COMPARE(threadCount(), m_threads);
}

void tst_StreamSocket::makesItsDescriptorNonBlocking()
{
    const Pair pair = connectedPair();
    QVERIFY(::fcntl(pair.ours.descriptor(), F_GETFL) & O_NONBLOCK);
}

void tst_StreamSocket::receivesWhatIsThere()
{
    Pair pair = connectedPair();
    QCOMPARE(received(pair.ours), u"would block"_s);
    pair.theirs.send("hello");
    QCOMPARE(received(pair.ours, 2), u"done 2 he"_s);
    QCOMPARE(received(pair.ours), u"done 3 llo"_s);
    QCOMPARE(received(pair.ours), u"would block"_s);
    pair.theirs.send("last");
    pair.theirs.close();
    QCOMPARE(received(pair.ours), u"done 4 last"_s);
    QCOMPARE(received(pair.ours), u"end"_s);
    QCOMPARE(received(pair.ours), u"end"_s);
}

void tst_StreamSocket::sendsUntilThePeerIsFull()
{
    Pair pair = connectedPair();
    const QByteArray bytes = noise(1, 1 << 20);
    QByteArray rest = bytes;
    while (true) {
        const StreamSocket::Transfer transfer = pair.ours.send(
            std::as_bytes(std::span(rest.constData(), static_cast<size_t>(rest.size()))));
        if (transfer.outcome == Outcome::WouldBlock)
            break;
        QCOMPARE(transfer.outcome, Outcome::Done);
        rest = rest.mid(static_cast<qsizetype>(transfer.size));
        QVERIFY2(!rest.isEmpty(), "a megabyte fits into a socket here");
    }
    const QByteArray taken = bytes.left(bytes.size() - rest.size());
    QCOMPARE(sha256(pair.theirs.receive(taken.size())), sha256(taken));
    QCOMPARE(sent(pair.ours, "more"), u"done 4"_s);
}

void tst_StreamSocket::halfCloseEndsOneDirection()
{
    Pair pair = connectedPair();
    QCOMPARE(sent(pair.ours, "bye"), u"done 3"_s);
    pair.ours.shutdownSending();
    QVERIFY(!pair.ours.isHungUp());
    QCOMPARE(sent(pair.ours, "more"), u"failed EPIPE"_s); // and no signal ended us
    QCOMPARE(pair.theirs.receiveAll(), "bye"_ba);
    QCOMPARE(pair.theirs.how(), "end"_ba);
    pair.theirs.send("still here");
    QCOMPARE(received(pair.ours), u"done 10 still here"_s);
    pair.theirs.endSending();
    QCOMPARE(received(pair.ours), u"end"_s);
    QVERIFY(pair.ours.isHungUp());
}

void tst_StreamSocket::sendingToAPeerThatLeftIsAnError()
{
    Pair pair = connectedPair();
    pair.theirs.close();
    QVERIFY(pair.ours.isHungUp());
    QCOMPARE(sent(pair.ours, "x"), u"failed EPIPE"_s);
    QCOMPARE(received(pair.ours), u"end"_s);
}

void tst_StreamSocket::peerThatLeftUnreadBytesResets()
{
    Pair pair = connectedPair();
    pair.theirs.send("first");
    QCOMPARE(sent(pair.ours, "never read"), u"done 10"_s);
    pair.theirs.close();
    QCOMPARE(received(pair.ours), u"done 5 first"_s);
    QCOMPARE(received(pair.ours), u"failed ECONNRESET"_s);
    QCOMPARE(received(pair.ours), u"end"_s);
}

void tst_StreamSocket::closesItsDescriptor()
{
    Pair pair = connectedPair();
    pair.ours.close();
    QCOMPARE(pair.ours.descriptor(), -1);
    QCOMPARE(pair.theirs.receiveAll(), ""_ba);
    QCOMPARE(pair.theirs.how(), "end"_ba);

    const Pair second = connectedPair();
    second.ours.shutdownBoth();
    QVERIFY(second.ours.isHungUp());
}

void tst_StreamSocket::connects()
{
    const ScratchFolder scratch;
    const Descriptor server = foreignServer(scratch.bytes(u"s"_s));
    const Result<Descriptor> path = tryConnect(SocketAddress::fromPath(scratch.bytes(u"s"_s)));
    QVERIFY(path);
    QVERIFY(::fcntl(path->get(), F_GETFL) & O_NONBLOCK);
    QVERIFY(::fcntl(path->get(), F_GETFD) & FD_CLOEXEC);
    QVERIFY(connectWithin(SocketAddress::fromPath(scratch.bytes(u"s"_s)), 0));
}

void tst_StreamSocket::connectSaysWhyNot_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << u"absent"_s << u"ConnectMissing ENOENT"_s;
    QTest::newRow("no folder") << u"absent/s"_s << u"ConnectMissing ENOENT"_s;
    QTest::newRow("a file as folder") << u"file/s"_s << u"ConnectMissing ENOTDIR"_s;
    QTest::newRow("a file") << u"file"_s << u"ConnectNotASocket ECONNREFUSED"_s;
    QTest::newRow("a folder") << u"folder"_s << u"ConnectNotASocket ECONNREFUSED"_s;
    QTest::newRow("a fifo") << u"fifo"_s << u"ConnectNotASocket ECONNREFUSED"_s;
    QTest::newRow("a link to a file") << u"indirect"_s << u"ConnectNotASocket ECONNREFUSED"_s;
    QTest::newRow("a link to itself") << u"loop"_s << u"ConnectFailed ELOOP"_s;
    QTest::newRow("a stale socket") << u"stale"_s << u"ConnectRefused ECONNREFUSED"_s;
    QTest::newRow("a link that leads nowhere") << u"link"_s << u"ConnectMissing ENOENT"_s;
    QTest::newRow("a datagram socket") << u"datagram"_s << u"ConnectFailed EPROTOTYPE"_s;
    QTest::newRow("an abstract name")
        << u"@sockeye-nobody-listens"_s << u"ConnectMissing ECONNREFUSED"_s;
    QTest::newRow("too long") << QString(108, u'x') << u"NameTooLong"_s;
}

void tst_StreamSocket::connectSaysWhyNot()
{
    QFETCH(const QString, name);
    const ScratchFolder scratch;
    scratch.write(u"file"_s, "x");
    QVERIFY(QDir(scratch.path()).mkdir(u"folder"_s));
    QVERIFY(QFile::link(scratch.file(u"nowhere"_s), scratch.file(u"link"_s)));
    QVERIFY(QFile::link(scratch.file(u"file"_s), scratch.file(u"indirect"_s)));
    QVERIFY(QFile::link(scratch.file(u"loop"_s), scratch.file(u"loop"_s)));
    QCOMPARE(::mkfifo(scratch.bytes(u"fifo"_s).constData(), 0600), 0);
    makeStaleSocket(scratch.bytes(u"stale"_s));
    sockaddr_un target = {};
    const auto length = SocketAddress::fromPath(scratch.bytes(u"datagram"_s)).toSockaddr(target);
    const Descriptor datagram(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    QVERIFY(::bind(datagram.get(), reinterpret_cast<const sockaddr *>(&target), *length) == 0);

    const SocketAddress address = name.startsWith(u'@')
        ? SocketAddress::fromAbstract(name.mid(1).toUtf8())
        : SocketAddress::fromPath(scratch.bytes(name));
    const Result<Descriptor> connected = tryConnect(address);
    QVERIFY(!connected);
    QTEST(summary(connected.error()), "expected");
    // Waiting is for full queues only: this returns at once.
    QTEST(summary(connectWithin(address, 3'600'000).error()), "expected");
}

void tst_StreamSocket::connectIsDenied()
{
    if (!isRoot())
        QSKIP("only root can become another user");
    const ScratchFolder scratch;
    QVERIFY(QDir(scratch.path()).mkdir(u"private"_s));
    QVERIFY(::chmod(scratch.bytes(u"."_s).constData(), 0755) == 0);
    const Descriptor closed = foreignServer(scratch.bytes(u"s"_s));
    QVERIFY(::chmod(scratch.bytes(u"s"_s).constData(), 0700) == 0);
    const Descriptor hidden = foreignServer(scratch.bytes(u"private/s"_s));
    QVERIFY(::chmod(scratch.bytes(u"private"_s).constData(), 0700) == 0);

    const auto rightMissing = [&](const QString &name) {
        // The child can tell a number only: which of the two rights is missing.
        return runAs(nobodyUser, [&] {
            const auto connected = tryConnect(SocketAddress::fromPath(scratch.bytes(name)));
            if (connected || summary(connected.error()) != u"ConnectDenied EACCES"_s)
                return 3;
            const auto args = connected.error().args;
            if (args[u"right"_s] == u"search"_s && args[u"step"_s] == scratch.file(u"private"_s))
                return 1;
            return args[u"right"_s] == u"write to"_s && args[u"step"_s] == scratch.file(name) ? 2
                                                                                              : 4;
        });
    };
    QCOMPARE(rightMissing(u"private/s"_s), 1);
    QCOMPARE(rightMissing(u"s"_s), 2);
}

void tst_StreamSocket::connectToAFullQueue()
{
    const ScratchFolder scratch;
    const Descriptor server = foreignServer(scratch.bytes(u"s"_s), 0);
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Result<Descriptor> first = tryConnect(address); // backlog 0 holds one
    QVERIFY(first);
    const Result<Descriptor> second = tryConnect(address);
    QVERIFY(!second);
    QCOMPARE(summary(second.error()), u"ConnectFailed EAGAIN"_s);
    const Result<Descriptor> late = connectWithin(address, 30);
    QVERIFY(!late);
    QCOMPARE(summary(late.error()), u"ConnectTimeout EAGAIN"_s);
    QCOMPARE(late.error().args[u"seconds"_s], u"0.03"_s);
}

void tst_StreamSocket::connectWaitsForAFullQueue()
{
    const ScratchFolder scratch;
    const Descriptor server = foreignServer(scratch.bytes(u"s"_s), 0);
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const Result<Descriptor> first = tryConnect(address);
    QVERIFY(first);
    auto second =
        std::async(std::launch::async, [&] { return connectWithin(address, 60'000).has_value(); });
    // Room comes whenever this gets to run, before or after the first attempt.
    const Descriptor accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    QVERIFY(accepted.isValid());
    QVERIFY(second.get());
}

void tst_StreamSocket::peerIsKnown()
{
    const ScratchFolder scratch;
    const Descriptor server = foreignServer(scratch.bytes(u"s"_s));
    const Descriptor client = connectTo(scratch.bytes(u"s"_s));
    const Descriptor accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const Peer peer = describePeer(peerCredentials(accepted.get()));
    QCOMPARE(peer.credentials.pid, ::getpid());
    QCOMPARE(peer.credentials.uid, ::geteuid());
    QCOMPARE(peer.credentials.gid, ::getegid());
    QCOMPARE(peer.process.name, u"tst_streamsocket"_s);
    QCOMPARE(peer.userName, userName(::geteuid()));
    QCOMPARE(peer.groupName, groupName(::getegid()));

    // Something that is no connected socket: nothing is known, and nothing breaks.
    const PeerCredentials none = peerCredentials(-1);
    QCOMPARE(none.pid, 0);
    QVERIFY(none.groups.empty());
}

void tst_StreamSocket::peerInManyGroups()
{
    if (!isRoot())
        QSKIP("only root can join groups");
    const ScratchFolder scratch;
    QVERIFY(::chmod(scratch.bytes(u"."_s).constData(), 0755) == 0);
    const Descriptor server = foreignServer(scratch.bytes(u"s"_s));
    QVERIFY(::chmod(scratch.bytes(u"s"_s).constData(), 0777) == 0);
    Gate gate;
    ChildProcess child([&] {
        std::vector<gid_t> groups; // more than are asked for at first
        for (gid_t group = 5000; group < 5100; ++group)
            groups.push_back(group);
        if (::setgroups(groups.size(), groups.data()) != 0
            || ::setresuid(nobodyUser, nobodyUser, nobodyUser) != 0)
            return 1;
        const Descriptor client = connectTo(scratch.bytes(u"s"_s));
        gate.pass();
        return client.isValid() ? 0 : 2;
    });
    const Descriptor accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const PeerCredentials credentials = peerCredentials(accepted.get());
    gate.open();
    QCOMPARE(child.wait(), 0);
    QCOMPARE(credentials.uid, nobodyUser);
    QCOMPARE(credentials.groups.size(), size_t {100});
    QCOMPARE(credentials.groups.front(), gid_t {5000});
    QCOMPARE(credentials.groups.back(), gid_t {5099});
}

void tst_StreamSocket::threadsRunWhatIsPosted()
{
    IoThreads threads(3);
    QCOMPARE(threads.count(), 3);
    std::vector<std::thread::id> ids;
    for (int thread = 0; thread < 3; ++thread) {
        QCOMPARE(threads.scratch(thread).size(), scratchSize);
        for (int twice = 0; twice < 2; ++twice) {
            std::promise<std::thread::id> id;
            threads.post(thread, [&id] { id.set_value(std::this_thread::get_id()); });
            ids.push_back(id.get_future().get());
        }
    }
    QVERIFY(ids[0] == ids[1] && ids[2] == ids[3] && ids[4] == ids[5]);
    QVERIFY(ids[0] != ids[2] && ids[2] != ids[4] && ids[0] != ids[4]);
    threads.stop();
    threads.stop();
    threads.post(0, [] { qFatal("runs after stop()"); });
}

void tst_StreamSocket::threadsLeaveSignalsAlone()
{
    const auto blocked = [] {
        sigset_t set;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &set);
        return std::array {::sigismember(&set, SIGINT), ::sigismember(&set, SIGTERM),
                           ::sigismember(&set, SIGCHLD)};
    };
    const auto before = blocked();
    IoThreads threads(1);
    std::promise<std::array<int, 3>> inThread;
    threads.post(0, [&] { inThread.set_value(blocked()); });
    QCOMPARE(inThread.get_future().get(), (std::array {1, 1, 1}));
    QCOMPARE(blocked(), before);
}

QTEST_GUILESS_MAIN(tst_StreamSocket)
#include "tst_streamsocket.moc"
