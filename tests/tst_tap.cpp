// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// More than 600 lines: actors that play a script, and the scripts.

#include "capturekit.h"
#include "core/relay/tap.h"
#include "kit/scratchfolder.h"
#include "tests/kit/patience.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QtTest>

#include <array>
#include <cerrno>
#include <future>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::StringLiterals;

/// What two programs see of each other through a tap is what they would see without it: each script
/// of sends, reads, descriptors, half closes and closes is played on a direct pair of sockets and
/// on a tapped one, and after each step both ends are looked at.
class tst_Tap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scripts_data();
    void scripts();
    void packets_data();
    void packets();
    void longPacket();
    void randomScripts_data();
    void randomScripts();
    void slowReaderHoldsItsSenderUp();
    void leavesWhileBytesAreOwed();
    void senderSeesRoom_data();
    void senderSeesRoom();
    void unreachableServer();
    void disconnected();
    void descriptorsAreTold();
    void writersAreTold();
};

namespace {

using Bytes = std::vector<std::byte>;

/// One end of a conversation, made of plain system calls; nothing blocks.
class Actor
{
public:
    explicit Actor(Descriptor fd)
        : m_fd(std::move(fd))
    {
        ::fcntl(m_fd.get(), F_SETFL, O_NONBLOCK);
    }
    [[nodiscard]] bool isOpen() const { return m_fd.isValid(); }
    [[nodiscard]] int fd() const { return m_fd.get(); }

    QString send(const QByteArray &bytes, const std::vector<int> &descriptors = {})
    {
        iovec piece = {const_cast<char *>(bytes.constData()), static_cast<size_t>(bytes.size())};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * 253)> control = {};
        msghdr message = {};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        if (!descriptors.empty()) {
            const size_t size = descriptors.size() * sizeof(int);
            message.msg_control = control.data();
            message.msg_controllen = CMSG_SPACE(size);
            cmsghdr *part = CMSG_FIRSTHDR(&message);
            part->cmsg_level = SOL_SOCKET;
            part->cmsg_type = SCM_RIGHTS;
            part->cmsg_len = CMSG_LEN(size);
            std::memcpy(CMSG_DATA(part), descriptors.data(), size);
        }
        const ssize_t sent = ::sendmsg(m_fd.get(), &message, MSG_NOSIGNAL);
        return sent < 0 ? u"send "_s + errnoName(errno) : u"sent %1"_s.arg(sent);
    }
    // "read 3 'abc' +2 descriptors 5:17,5:18"; one system call.
    QString read(size_t size)
    {
        QByteArray bytes(static_cast<qsizetype>(size), '\0');
        iovec piece = {bytes.data(), size};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * 253)> control = {};
        msghdr message = {};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t got = ::recvmsg(m_fd.get(), &message, MSG_CMSG_CLOEXEC);
        if (got < 0)
            return u"read "_s + errnoName(errno);
        QString text = QString::fromLatin1(bytes.first(got).toHex());
        for (cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
            if (part->cmsg_type != SCM_RIGHTS)
                continue;
            const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
                const Descriptor owned(fd);
                struct stat status = {};
                ::fstat(fd, &status);
                text += u" +%1:%2"_s.arg(status.st_dev).arg(status.st_ino);
            }
        }
        return text;
    }
    void setSendBuffer(int size)
    {
        ::setsockopt(m_fd.get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    }
    [[nodiscard]] bool hasRoom() const
    {
        pollfd entry {.fd = m_fd.get(), .events = POLLOUT, .revents = 0};
        return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
    }
    QString shutdown(int how)
    {
        return ::shutdown(m_fd.get(), how) == 0 ? u"shut"_s : u"shut "_s + errnoName(errno);
    }
    QString close()
    {
        m_fd.reset();
        return u"closed"_s;
    }
    /// What can be seen without changing anything: bytes waiting, and what poll says. That there is
    /// room to send is left out: a tap has its own.
    [[nodiscard]] QString seen() const
    {
        if (!m_fd)
            return u"-"_s;
        int waiting = 0;
        ::ioctl(m_fd.get(), FIONREAD, &waiting);
        pollfd entry {.fd = m_fd.get(), .events = POLLIN | POLLRDHUP, .revents = 0};
        ::poll(&entry, 1, 0);
        return u"%1 %2"_s.arg(waiting).arg(entry.revents, 0, 16);
    }

private:
    Descriptor m_fd;
};

struct Pair
{
    Actor client;
    Actor server;
};

struct Ends
{
    Descriptor one;
    Descriptor other;
};

Ends socketPair(int type = SOCK_STREAM)
{
    std::array<int, 2> ends {};
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0)
        qFatal("no pair of sockets");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Threads and a capture; makes tapped pairs.
class TapHost
{
public:
    TapHost()
    {
        auto created =
            CaptureLog::create({.folder = scratch.file(u"capture"_s), .limit = 1LL << 30}, clock);
        if (!created)
            qFatal("no capture");
        log = std::move(*created);
    }
    Pair tapped(int type = SOCK_STREAM)
    {
        Ends client = socketPair(type);
        Ends server = socketPair(type);
        TapPlan plan;
        plan.client = {::getpid(), ::getuid(), ::getgid()};
        auto upstream = std::make_shared<Descriptor>(std::move(server.one));
        plan.connectUpstream = [upstream]() -> Result<Descriptor> { return std::move(*upstream); };
        start(std::move(client.other), std::move(plan));
        return {Actor(std::move(client.one)), Actor(std::move(server.other))};
    }
    void start(Descriptor client, TapPlan plan)
    {
        state = std::make_shared<RelayState>();
        relay =
            std::make_shared<TapRelay>(threads, 0, *log, std::move(client), std::move(plan), state);
        auto promise = std::make_shared<std::promise<RelayEnd>>();
        end = promise->get_future();
        relay->start(
            [this, id = ++last] {
                return log->openStream(testConnection(id), RecordingPolicy::Lossless);
            },
            [promise](RelayEnd how) { promise->set_value(how); });
    }
    QString ended()
    {
        if (end.wait_for(std::chrono::minutes(1)) != std::future_status::ready)
            return u"never"_s;
        const RelayEnd how = end.get();
        const QString cause = how.cause == EndCause::ByPeer ? u"by client"_s
            : how.cause == EndCause::ByUpstream             ? u"by server"_s
            : how.cause == EndCause::BySockeye              ? u"by Sockeye"_s
                                                            : u"error"_s;
        return how.errnoValue == 0 ? cause : cause + u' ' + errnoName(how.errnoValue);
    }

    /// All bytes that went to the server, as the capture has them.
    [[nodiscard]] QByteArray recorded() const
    {
        QByteArray all;
        const CaptureCursor cursor = log->cursor();
        for (RecordIndex index = cursor.begin; index < cursor.end; ++index) {
            const auto record = log->record(index);
            if (record && record->kind == RecordKind::Data
                && record->direction == Direction::ToServer)
                all += log->payload(index);
        }
        return all;
    }

    SystemClock clock;
    ScratchFolder scratch;
    std::unique_ptr<CaptureLog> log;
    IoThreads threads {1};
    std::shared_ptr<RelayState> state;
    std::shared_ptr<TapRelay> relay;
    std::future<RelayEnd> end;
    quint64 last = 0;
};

/// "c<5" the client sends 5 bytes; "c<5+2" with 2 descriptors; "c>3" it reads 3; "c>*" one by one,
/// all there is; "c|w" "c|r" "c|b" it shuts down; "c." it closes. s: the server.
QString play(Pair &pair, const QString &step, quint32 seed)
{
    Actor &actor = step.front() == u'c' ? pair.client : pair.server;
    if (!actor.isOpen())
        return u"gone"_s;
    const QString what = step.mid(2);
    switch (step.at(1).unicode()) {
    case u'<': {
        const QStringList parts = what.split(u'+');
        std::vector<int> descriptors;
        static const std::array<int, 3> some = {::open("/dev/null", O_RDONLY | O_CLOEXEC),
                                                ::open("/dev/zero", O_RDONLY | O_CLOEXEC),
                                                ::open("/proc/self/stat", O_RDONLY | O_CLOEXEC)};
        const int count = parts.value(1).toInt();
        for (int i = 0; i < count; ++i)
            descriptors.push_back(some[static_cast<size_t>(i) % some.size()]);
        return actor.send(randomBytes(seed, parts.first().toInt()), descriptors);
    }
    case u'>': {
        if (what != u"*"_s)
            return actor.read(what.toUInt());
        QString all;
        for (QString one; !(one = actor.read(1)).startsWith(u"read"_s) && !one.isEmpty();)
            all += one + u'.';
        return all;
    }
    case u'|':
        return actor.shutdown(what == u"w"_s ? SHUT_WR : what == u"r"_s ? SHUT_RD : SHUT_RDWR);
    default:
        return actor.close();
    }
}

QString seen(const Pair &pair)
{
    return u"client %1, server %2"_s.arg(pair.client.seen(), pair.server.seen());
}

/// Empty: equal. Else where and how the tapped pair differs.
QString difference(TapHost &host, const QStringList &steps, int type = SOCK_STREAM)
{
    Ends ends = socketPair(type);
    Pair direct {Actor(std::move(ends.one)), Actor(std::move(ends.other))};
    Pair tapped = host.tapped(type);
    quint32 seed = 1;
    for (const QString &step : steps) {
        ++seed;
        const QString wanted = play(direct, step, seed);
        const QString got = play(tapped, step, seed);
        if (got != wanted)
            return u"%1: '%2' instead of '%3'"_s.arg(step, got, wanted);
        const QString state = seen(direct);
        QElapsedTimer time;
        time.start();
        while (seen(tapped) != state) {
            if (time.elapsed() > 10'000)
                return u"after %1: %2 instead of %3"_s.arg(step, seen(tapped), state);
            ::poll(nullptr, 0, 0);
        }
    }
    tapped.client.close();
    tapped.server.close();
    static_cast<void>(host.ended());
    return {};
}

} // namespace

void tst_Tap::scripts_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("nothing") << u"c. s>1 s."_s;
    QTest::newRow("there and back") << u"c<5 s>9 s<7 c>9 c. s>1"_s;
    QTest::newRow("half closes") << u"c<5 c|w s>9 s>1 s<3 s|w c>9 c>1 s. c."_s;
    QTest::newRow("server ends first") << u"s<5 s|w c>5 c>1 c<9 s>9 s. c>1 c<1"_s;
    QTest::newRow("close with unread") << u"c<9 s>3 s. c>1 c>1"_s;
    QTest::newRow("close with all unread") << u"c<9 s. c>1 c>1"_s;
    QTest::newRow("close with one unread") << u"c<9 s>8 s. c>1"_s;
    QTest::newRow("close with none unread") << u"c<9 s>9 s. c>1"_s;
    QTest::newRow("client leaves unread") << u"s<9 c>1 c. s>1 s>1 s<1"_s;
    QTest::newRow("data before the reset") << u"c<4 s<9 c. s>9 s>9 s>1"_s;
    QTest::newRow("both leave unread") << u"c<4 s<9 c. s. "_s.trimmed();
    QTest::newRow("reset behind a half close") << u"c<4 c|w s>4 s>1 s<9 c. s>1 s>1"_s;
    QTest::newRow("reset when both have ended") << u"c<9 c>1 c|w s<5 c>* c|w s<3 c>* s|w s."_s;
    QTest::newRow("data after close") << u"c<9 s>9 c. s<4 s>1"_s;
    QTest::newRow("descriptor first") << u"c<3+1 s>*"_s;
    QTest::newRow("descriptor behind bytes") << u"c<3 c<3+1 s>*"_s;
    QTest::newRow("descriptor between") << u"c<3 c<4+2 c<5 s>*"_s;
    QTest::newRow("several") << u"c<3+1 c<1+1 c<7 c<2+3 c<2+1 s>*"_s;
    QTest::newRow("read at once") << u"c<3 c<4+2 c<5 s>99 s>99 s>99"_s;
    QTest::newRow("split") << u"c<3 c<40+2 s>1 s>1 s>1 s>9 s>99"_s;
    QTest::newRow("long") << u"c<3000 c<60000+2 c<3000 s>99999 s>99999 s>99999 s>99999"_s;
    QTest::newRow("much") << u"c<50000 s>9 s>99999 c<70000 s>99999 c<70000 s. c>1"_s;
    QTest::newRow("much, all read") << u"c<50000 s>50000 c<70000 s>70000 s<5 s. c>9 c>1"_s;
    QTest::newRow("much and descriptors")
        << u"c<50000 c<70000+2 s>99999 s>99999 s>99999 c<40000 c<3+1 s>* c."_s;
    QTest::newRow("most descriptors") << u"c<3 c<4+253 c<5 s>*"_s;
    QTest::newRow("both ways") << u"c<3+1 s<4+2 s>* c>*"_s;
    QTest::newRow("unread descriptor") << u"c<3+1 s. c>1"_s;
    QTest::newRow("descriptor taken, bytes not") << u"c<3+1 s>1 s. c>1"_s;
    QTest::newRow("one byte with a descriptor") << u"c<1+1 s>1 c<1+1 s>1 c<1 s>1 c."_s;
}

void tst_Tap::scripts()
{
    QFETCH(QString, script);
    TapHost host;
    for (int turn = 0; turn < 3; ++turn) // what depends on a race may pass once
        QCOMPARE(difference(host, script.split(u' ', Qt::SkipEmptyParts)), QString());
}

void tst_Tap::packets_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("nothing") << u"c. s>1 s."_s;
    QTest::newRow("there and back") << u"c<5 c<3 s>9 s>9 s<7 c>9 c. s>1"_s;
    QTest::newRow("cut by its reader") << u"c<5 c<3 s>2 s>9 s>9"_s;
    QTest::newRow("half closes") << u"c<5 c|w s>9 s>1 s<3 s|w c>9 c>1 s. c."_s;
    QTest::newRow("close with unread") << u"c<9 c<4 s>9 s. c>1 c>1"_s;
    QTest::newRow("close with none unread") << u"c<9 s>9 s. c>1"_s;
    QTest::newRow("data before the reset") << u"c<4 s<9 s<2 c. s>9 s>9 s>1"_s;
    QTest::newRow("empty") << u"c<0 s>9 c<0 c<3 c<0 s>9 s>9 s>9 s>9 c<2 s>9 c. s>1"_s;
    QTest::newRow("descriptors") << u"c<3+1 c<4 c<2+253 s>9 s>9 s>9 s>9"_s;
    QTest::newRow("unread descriptor") << u"c<3+1 s. c>1"_s;
    QTest::newRow("long") << u"c<90000 s>99999 c<70000+2 s>99999 c<5 s>9"_s;
}

void tst_Tap::packets()
{
    QFETCH(QString, script);
    TapHost host;
    for (int turn = 0; turn < 3; ++turn)
        QCOMPARE(difference(host, script.split(u' ', Qt::SkipEmptyParts), SOCK_SEQPACKET),
                 QString());
}

/// Longer than a read, than the usual send buffer, and than one packet of the capture.
void tst_Tap::longPacket()
{
    TapHost host;
    Ends client = socketPair(SOCK_SEQPACKET);
    const int room = 1'000'000;
    if (::setsockopt(client.one.get(), SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) != 0)
        ::setsockopt(client.one.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    Ends server = socketPair(SOCK_SEQPACKET);
    TapPlan plan;
    auto upstream = std::make_shared<Descriptor>(std::move(server.one));
    plan.connectUpstream = [upstream]() -> Result<Descriptor> { return std::move(*upstream); };
    host.start(std::move(client.other), std::move(plan));
    const QByteArray packet = randomBytes(7, 600'000);
    Actor sender(std::move(client.one));
    const QString sent = sender.send(packet);
    if (sent == u"send EMSGSIZE"_s)
        QSKIP("only root may exceed the limit of a send buffer (net.core.wmem_max), which is low");
    QCOMPARE(sent, u"sent 600000"_s);
    Actor reader(std::move(server.other));
    TRY_COMPARE(reader.seen(), u"600000 1"_s);
    const QString got = reader.read(1'000'000);
    QVERIFY(got == QString::fromLatin1(packet.toHex()));
    QVERIFY(host.recorded() == packet);
    QCOMPARE(host.log->record(1)->length, 600'000u); // behind Opened: one record
    sender.close();
    QCOMPARE(host.ended(), u"by client"_s);
}

void tst_Tap::randomScripts_data()
{
    QTest::addColumn<int>("type");
    QTest::newRow("streams") << int(SOCK_STREAM);
    QTest::newRow("packets") << int(SOCK_SEQPACKET);
}

void tst_Tap::randomScripts()
{
    QFETCH(int, type);
    const int scripts = qEnvironmentVariableIntValue("SOCKEYE_SCRIPTS");
    TapHost host;
    for (quint32 seed = 1; seed <= static_cast<quint32>(scripts > 0 ? scripts : 300); ++seed) {
        QRandomGenerator random(seed);
        QStringList steps;
        const quint32 length = 3 + random.bounded(15);
        int much = 3; // all of it fits into the sockets, so that nobody is told to wait
        for (quint32 i = 0; i < length; ++i) {
            const QString who = random.bounded(2) ? u"c"_s : u"s"_s;
            if (much > 0 && random.bounded(8) == 0) {
                --much;
                const quint32 count = random.bounded(4) == 0 ? 1 + random.bounded(3u) : 0;
                steps << who + u"<%1+%2"_s.arg(33'000 + random.bounded(8'000u)).arg(count);
                continue;
            }
            const quint32 sizes[] = {1, 2, 3 + random.bounded(60u), 1 + random.bounded(6000u)};
            const quint32 size = sizes[random.bounded(4)];
            const quint32 dice = random.bounded(20);
            if (dice < 6)
                steps << who + u"<%1"_s.arg(size);
            else if (dice < 9)
                steps << who + u"<%1+%2"_s.arg(size).arg(1 + random.bounded(4u));
            else if (dice < 14)
                steps << who + u">%1"_s.arg(size);
            else if (dice < 16)
                steps << who + u">*"_s;
            else if (dice < 18)
                steps << who + u"|w"_s;
            else if (dice < 19)
                steps << who + u"."_s;
        }
        const QString found = difference(host, steps, type);
        QVERIFY2(found.isEmpty(),
                 qPrintable(u"seed %1: %2\n%3"_s.arg(seed).arg(found, steps.join(u' '))));
    }
}

void tst_Tap::slowReaderHoldsItsSenderUp()
{
    TapHost host;
    Pair pair = host.tapped();
    const QByteArray block = randomBytes(1, 100'000);
    QByteArray taken;
    QElapsedTimer quiet;
    quiet.start();
    while (quiet.elapsed() < 300) { // the sender is stuck for good, not for a moment
        const QString sent = pair.client.send(block);
        if (sent.startsWith(u"sent "_s)) {
            taken += block.first(sent.mid(5).toLongLong());
            quiet.restart();
        }
        ::poll(nullptr, 0, 1);
    }
    // Two sockets' worth, and what was taken at once.
    QVERIFY2(taken.size() < 2'000'000, qPrintable(QString::number(taken.size())));
    QVERIFY(host.state->queued.load() > 0);
    // Then everything comes.
    QByteArray all;
    TRY_VERIFY(([&] {
        for (QString one; !(one = pair.server.read(1 << 20)).startsWith(u"read"_s);)
            all += QByteArray::fromHex(one.toLatin1());
        return all.size() == taken.size();
    })());
    QVERIFY(all == taken);
    pair.client.close();
    TRY_COMPARE(pair.server.read(1), QString()); // else it is open who was the first
    pair.server.close();
    QCOMPARE(host.ended(), u"by client"_s);
    QCOMPARE(host.state->counters.bytesIn.load(), static_cast<quint64>(taken.size()));
    QVERIFY(host.recorded() == taken);
}

void tst_Tap::leavesWhileBytesAreOwed()
{
    TapHost host;
    Pair pair = host.tapped();
    const QByteArray block = randomBytes(1, 100'000);
    QElapsedTimer quiet;
    quiet.start();
    while (quiet.elapsed() < 300) {
        if (pair.client.send(block).startsWith(u"sent "_s))
            quiet.restart();
        ::poll(nullptr, 0, 1);
    }
    // What it left unread is more than the relay could send to it.
    pair.server.close();
    QCOMPARE(host.ended(), u"by server ECONNRESET"_s);
    QCOMPARE(pair.client.read(1), u"read ECONNRESET"_s);
}

void tst_Tap::senderSeesRoom_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("buffer"); // of its sender; 0: the usual
    QTest::addColumn<int>("size");
    QTest::newRow("stream") << int(SOCK_STREAM) << 0 << 100'000;
    QTest::newRow("stream, small buffer") << int(SOCK_STREAM) << 8'000 << 7'000;
    QTest::newRow("packet") << int(SOCK_SEQPACKET) << 0 << 100'000;
}

/// Without a tap there is room as soon as the receiver has read all; many wait for that.
void tst_Tap::senderSeesRoom()
{
    QFETCH(int, type);
    QFETCH(int, buffer);
    QFETCH(int, size);
    TapHost host;
    Pair pair = host.tapped(type);
    if (buffer > 0)
        pair.client.setSendBuffer(buffer);
    for (int turn = 0; turn < 3; ++turn) {
        QCOMPARE(pair.client.send(randomBytes(1, size)), u"sent %1"_s.arg(size));
        QByteArray got;
        TRY_VERIFY(([&] {
            const QString one = pair.server.read(1 << 20);
            if (!one.startsWith(u"read"_s))
                got += QByteArray::fromHex(one.toLatin1());
            return got.size() == size;
        })());
        TRY_VERIFY(pair.client.hasRoom());
    }
}

void tst_Tap::unreachableServer()
{
    TapHost host;
    Ends ends = socketPair();
    TapPlan plan;
    plan.connectUpstream = []() -> Result<Descriptor> {
        return fail({ProblemCode::ConnectRefused, {}, ECONNREFUSED});
    };
    host.start(std::move(ends.other), std::move(plan));
    QCOMPARE(host.ended(), u"error ECONNREFUSED"_s);
    Actor client(std::move(ends.one));
    QCOMPARE(client.read(1), QString());
}

void tst_Tap::disconnected()
{
    TapHost host;
    Pair pair = host.tapped();
    QCOMPARE(pair.client.send("abc"), u"sent 3"_s);
    TRY_COMPARE(pair.server.seen(), u"3 1"_s);
    QCOMPARE(pair.server.read(3), u"616263"_s);
    host.relay->disconnect(EndCause::BySockeye);
    QCOMPARE(host.ended(), u"by Sockeye"_s);
    QCOMPARE(pair.client.read(1), QString());
    QCOMPARE(pair.server.read(1), QString());
}

/// Once for each that takes over, not for every record of his.
void tst_Tap::writersAreTold()
{
    TapHost host;
    Pair pair = host.tapped();
    std::array<int, 2> pipe {};
    QVERIFY(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    const Descriptor hears(pipe[0]);
    Descriptor tells(pipe[1]);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(pipe[1]);
        char end = 0;
        bool isSent = ::send(pair.client.fd(), "ab", 2, 0) == 2;
        isSent =
            ::read(pipe[0], &end, 1) == 0 && ::send(pair.client.fd(), "cd", 2, 0) == 2 && isSent;
        ::_exit(isSent ? 0 : 1);
    }
    QVERIFY(child > 0);
    TRY_COMPARE(pair.server.seen(), u"2 1"_s);
    tells.reset();
    TRY_COMPARE(pair.server.seen(), u"4 1"_s);
    int status = -1;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    QCOMPARE(pair.client.send("e"), u"sent 1"_s);
    TRY_COMPARE(pair.server.seen(), u"5 1"_s);
    pair.client.close();
    pair.server.close();
    host.ended();
    const QString pid = u"pid %1, uid %2"_s;
    QVERIFY2(host.log->note(1).contains(pid.arg(child).arg(::getuid())),
             qPrintable(host.log->note(1)));
    QCOMPARE(host.log->note(2), QString());
    QVERIFY(host.log->note(3).contains(pid.arg(::getpid()).arg(::getuid())));
    QCOMPARE(host.log->payload(3), QByteArray("e"));
}

void tst_Tap::descriptorsAreTold()
{
    TapHost host;
    Pair pair = host.tapped();
    const Descriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    QCOMPARE(pair.client.send("abc"), u"sent 3"_s);
    TRY_COMPARE(pair.server.seen(), u"3 1"_s);
    QCOMPARE(pair.client.send("defg", {null.get()}), u"sent 4"_s);
    TRY_COMPARE(pair.server.seen(), u"7 1"_s);
    pair.client.close();
    pair.server.close();
    host.ended();
    const std::vector<Record> records = host.log->records(0, 100);
    QCOMPARE(records.at(1).hasNote, false);
    QCOMPARE(records.at(2).hasNote, true);
    QCOMPARE(host.log->payload(2), QByteArray("defg"));
    QCOMPARE(host.log->note(2), u"1 descriptor: device /dev/null, read-only"_s);
}

QTEST_GUILESS_MAIN(tst_Tap)
#include "tst_tap.moc"
