// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/relay/tap.h"

#include "core/stream/edgepoll.h"
#include "core/stream/gate.h"
#include "core/stream/peer.h"
#include "core/system/descriptorinfo.h"
#include "core/system/processinfo.h"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace Sockeye {

namespace {

using asio::awaitable;
using Look = PeekedStream::Look;
using namespace std::chrono_literals;

// As in Relay: after so much others on the same thread get their turn.
constexpr size_t bytesPerTurn = 4 * 1024 * 1024;
constexpr int looksPerTurn = 512;
constexpr auto diskRetryPause = 200ms;
// Descriptors that are in flight beyond a user's limit, or for which there is no free number.
constexpr auto descriptorRetryPause = 20ms;
constexpr auto longestConnectPause = 200ms;

// All that is known of one end.
struct End
{
    End(asio::io_context &context, Descriptor descriptor)
        : socket(std::move(descriptor))
        , in(socket.descriptor())
        , readable(context)
        , writable(context)
    { }

    [[nodiscard]] int fd() const { return socket.descriptor(); }

    StreamSocket socket;
    PeekedStream in;
    Gate readable;
    Gate writable;
    WriterCredentials writer; ///< of what was recorded last; to begin with, who connected
    bool hasNews = true; ///< not looked at since it changed
    size_t recorded = 0; ///< of what stands unread: in the capture already
    bool isDone = false; ///< nothing more comes from here
    bool takesNothing = false; ///< nothing more can be sent here
    bool isGone = false; ///< closed as a whole
};

QString noteText(const std::vector<Descriptor> &descriptors,
                 const std::optional<WriterCredentials> &writer, const WriterCredentials &usual)
{
    QStringList parts;
    if (!descriptors.empty()) {
        QStringList each;
        for (const Descriptor &one : descriptors)
            each << descriptorText(one.get());
        parts << QCoreApplication::translate("Tap", "%n descriptor(s): %1", nullptr,
                                             static_cast<int>(descriptors.size()))
                     .arg(each.join(QStringLiteral("; ")));
    }
    // Pid 0: written before anybody asked for credentials, or in another pid namespace.
    if (writer && writer->pid > 0 && writer->pid != usual.pid) {
        parts << QCoreApplication::translate("Tap", "written by %1 (pid %2, uid %3)")
                     .arg(processInfo(writer->pid).name)
                     .arg(writer->pid)
                     .arg(writer->uid);
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace

struct TapRelay::Private
{
    Private(IoThreads &ioThreads, int ioThread, CaptureLog &captureLog, Descriptor descriptor,
            TapPlan tapPlan, std::shared_ptr<RelayState> relayState)
        : threads(ioThreads)
        , thread(ioThread)
        , log(captureLog)
        , plan(std::move(tapPlan))
        , state(std::move(relayState))
        , client(threads.context(thread), std::move(descriptor))
        , settled(threads.context(thread))
    { }

    awaitable<void> run(std::shared_ptr<TapRelay> self);
    awaitable<bool> reachServer();
    awaitable<void> rest();
    awaitable<void> pump(End &from, End &to, Direction direction);
    awaitable<void> passOn(End &from, End &to, Direction direction, Look look);
    awaitable<void> sendOn(End &from, End &to, Direction direction,
                           std::span<const std::byte> bytes,
                           const std::vector<Descriptor> &descriptors,
                           const std::optional<WriterCredentials> &writer);
    awaitable<void> waitForNews(End &end);
    awaitable<void> waitForRoom(End &end, quint64 waiting);
    awaitable<void> waitFor(std::chrono::milliseconds time);
    awaitable<void> letOthersRun();

    [[nodiscard]] bool record(End &from, Direction direction, std::span<const std::byte> bytes,
                              const QString &note);
    void watch(const std::shared_ptr<TapRelay> &self, End &end);
    void ended(End &from, End &to, Direction direction);
    void cannotSend(End &to, int errnoValue);
    void lookWhetherGone(End &end);
    void gone(End &end);
    void settle();
    void finish();
    void lookWhetherReset(End &end);
    [[nodiscard]] bool isOpenStill();
    [[nodiscard]] static bool owes(const End &end);
    void count(Direction direction, quint64 bytes, quint64 records) const;
    [[nodiscard]] Direction directionFrom(const End &end) const
    {
        return &end == &client ? Direction::ToServer : Direction::ToClient;
    }

    IoThreads &threads;
    const int thread;
    CaptureLog &log;
    const TapPlan plan;
    std::shared_ptr<RelayState> state;
    std::unique_ptr<CaptureStream> stream;
    RelayFinished finished;

    // All below: I/O thread only.
    End client;
    std::unique_ptr<End> server;
    Gate settled; // opened when a direction is done, and when one reads behind that
    RelayEnd outcome;
    const End *resetBy = nullptr;
    bool mayNameWriters = true; // until the kernel says that we may not
    bool hasCause = false;
    bool isAborted = false;
    bool isFinished = false;
};

TapRelay::TapRelay(IoThreads &threads, int thread, CaptureLog &log, Descriptor client, TapPlan plan,
                   std::shared_ptr<RelayState> state)
    : d(std::make_unique<Private>(threads, thread, log, std::move(client), std::move(plan),
                                  std::move(state)))
{ }

TapRelay::~TapRelay() = default;

void TapRelay::start(RelayOpening opening, RelayFinished finished)
{
    d->threads.post(d->thread,
                    [self = shared_from_this(), opening = std::move(opening),
                     finished = std::move(finished)]() mutable {
                        Private *p = self->d.get();
                        p->finished = std::move(finished);
                        p->stream = opening();
                        asio::co_spawn(
                            p->threads.context(p->thread),
                            [self]() -> awaitable<void> { return self->d->run(self); },
                            [self](const std::exception_ptr &) {});
                    });
}

bool TapRelay::send(QByteArray bytes)
{
    Q_UNUSED(bytes)
    return false;
}

void TapRelay::disconnect(EndCause cause, int graceMilliseconds)
{
    Q_UNUSED(graceMilliseconds)
    d->threads.post(d->thread, [self = shared_from_this(), cause] {
        Private *p = self->d.get();
        if (p->isFinished || std::exchange(p->isAborted, true))
            return;
        p->outcome.cause = cause;
        p->hasCause = true;
        for (End *end : {&p->client, p->server.get()}) {
            if (end) {
                end->readable.openSoon();
                end->writable.openSoon();
            }
        }
        p->settled.openSoon();
    });
}

// --- the coroutines ------------------------------------------------------------------------------

awaitable<void> TapRelay::Private::run(std::shared_ptr<TapRelay> self)
{
    client.writer = plan.client;
    watch(self, client);
    if (co_await reachServer()) {
        watch(self, *server);
        asio::co_spawn(
            threads.context(thread),
            [self]() -> awaitable<void> {
                Private *p = self->d.get();
                co_await p->pump(*p->server, p->client, Direction::ToClient);
                p->settle();
            },
            [self](const std::exception_ptr &) {});
        co_await pump(client, *server, Direction::ToServer);
        settle();
        co_await rest();
    }
    finish();
}

// Until both directions are done, and it is plain how this ends: one that has half closed can still
// leave without having read all, which is a reset for its partner.
awaitable<void> TapRelay::Private::rest()
{
    while (!server->isDone || isOpenStill())
        co_await settled.wait();
}

awaitable<bool> TapRelay::Private::reachServer()
{
    auto wait = std::chrono::milliseconds(1);
    while (!isAborted) {
        Result<Descriptor> reached = plan.connectUpstream();
        if (reached) {
            const PeerCredentials who = peerCredentials(reached->get());
            server = std::make_unique<End>(threads.context(thread), std::move(*reached));
            server->writer = {who.pid, who.uid, who.gid};
            co_return true;
        }
        if (reached.error().errnoValue != EAGAIN || client.socket.isHungUp()) {
            outcome = {EndCause::Error, reached.error().errnoValue};
            hasCause = true;
            co_return false;
        }
        co_await waitFor(wait);
        wait = std::min<std::chrono::milliseconds>(wait * 2, longestConnectPause);
    }
    co_return false;
}

awaitable<void> TapRelay::Private::pump(End &from, End &to, Direction direction)
{
    size_t turnBytes = 0;
    int turnLooks = 0;
    while (!isAborted && !to.takesNothing) {
        from.hasNews = false;
        Look look = from.in.look(threads.scratch(thread));
        if (look.outcome == Look::Outcome::End) {
            ended(from, to, direction);
            break;
        }
        if (look.outcome == Look::Outcome::Failed) {
            resetBy = &from;
            if (!std::exchange(hasCause, true))
                outcome = {&from == &client ? EndCause::ByPeer : EndCause::ByUpstream,
                           look.errnoValue};
            break;
        }
        if (look.outcome == Look::Outcome::WouldBlock) {
            static_cast<void>(
                log.flush()); // readers see what came; the next record tells of trouble
            co_await waitForNews(from);
            turnBytes = 0;
            turnLooks = 0;
            continue;
        }
        look.size = std::min(look.size, plan.readSize);
        co_await passOn(from, to, direction, look);
        turnBytes += look.size;
        if (turnBytes >= bytesPerTurn || ++turnLooks >= looksPerTurn) {
            co_await letOthersRun();
            turnBytes = 0;
            turnLooks = 0;
        }
    }
    if (to.takesNothing && !isAborted) // its peer learns that nobody reads any more
        ::shutdown(from.fd(), SHUT_RD);
    from.isDone = true;
    if (resetBy == &from)
        gone(from);
    else
        lookWhetherGone(from);
}

// The scratch buffer belongs to this coroutine until it waits; what is then not sent is looked at
// anew.
awaitable<void> TapRelay::Private::passOn(End &from, End &to, Direction direction, Look look)
{
    const auto bytes = std::span<const std::byte>(threads.scratch(thread).data(), look.size);
    std::vector<Descriptor> descriptors;
    if (look.hasDescriptors && from.in.descriptors(descriptors) != 0) {
        co_await waitFor(descriptorRetryPause); // none is free: they stay where they are
        co_return;
    }
    if (bytes.size() > from.recorded) {
        const QString note =
            from.recorded == 0 ? noteText(descriptors, look.writer, from.writer) : QString();
        if (!record(from, direction, bytes.subspan(from.recorded), note)) {
            co_await waitFor(diskRetryPause);
            co_return;
        }
        if (look.writer && look.writer->pid > 0)
            from.writer = *look.writer;
    }
    if (plan.policy == RecordingPolicy::Lossless && !log.flush()) {
        co_await waitFor(diskRetryPause);
        co_return;
    }
    const bool namesWriter = mayNameWriters && look.writer && look.writer->pid > 0;
    co_await sendOn(from, to, direction, bytes, descriptors,
                    namesWriter ? look.writer : std::nullopt);
}

awaitable<void> TapRelay::Private::sendOn(End &from, End &to, Direction direction,
                                          std::span<const std::byte> bytes,
                                          const std::vector<Descriptor> &descriptors,
                                          const std::optional<WriterCredentials> &writer)
{
    ssize_t sent = sendWith(to.fd(), bytes, descriptors, writer);
    if (sent < 0 && writer && (errno == EPERM || errno == ESRCH || errno == EINVAL)) {
        // Only root may name somebody else; and one who has ended cannot be named.
        mayNameWriters = errno == ESRCH;
        sent = sendWith(to.fd(), bytes, descriptors, std::nullopt);
    }
    if (sent > 0) {
        const auto size = static_cast<size_t>(sent);
        from.in.consume(size);
        from.recorded -= size;
        count(direction, size, 0);
        co_return;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        co_await waitForRoom(to, bytes.size());
    else if (errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM)
        co_await waitFor(descriptorRetryPause);
    else
        cannotSend(to, errno);
}

void TapRelay::Private::cannotSend(End &to, int errnoValue)
{
    to.takesNothing = true;
    if (errnoValue != ECONNRESET)
        return;
    resetBy = &to; // told here, it is told nowhere else
    outcome.errnoValue = errnoValue;
    gone(to);
}

awaitable<void> TapRelay::Private::waitForNews(End &end)
{
    if (!end.hasNews && !isAborted)
        co_await end.readable.wait();
}

awaitable<void> TapRelay::Private::waitForRoom(End &to, quint64 waiting)
{
    EdgePoll &edges = threads.edges(thread);
    state->queued.fetch_add(waiting);
    count(Direction::ToServer, 0, 0); // readers are told of what waits
    edges.wantWritable(to.fd(), true);
    if (!isAborted)
        co_await to.writable.wait();
    edges.wantWritable(to.fd(), false);
    state->queued.fetch_sub(waiting);
}

awaitable<void> TapRelay::Private::waitFor(std::chrono::milliseconds time)
{
    // A timer of its own: both directions may wait at once.
    asio::steady_timer timer(threads.context(thread), time);
    asio::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

awaitable<void> TapRelay::Private::letOthersRun()
{
    co_await asio::post(threads.context(thread), asio::use_awaitable);
}

// --- what they call ------------------------------------------------------------------------------

bool TapRelay::Private::record(End &from, Direction direction, std::span<const std::byte> bytes,
                               const QString &note)
{
    if (!stream->append(direction, bytes, note))
        return false;
    from.recorded += bytes.size();
    count(direction, 0, 1);
    return true;
}

// The coroutine that is woken may end the relay.
void TapRelay::Private::watch(const std::shared_ptr<TapRelay> &self, End &end)
{
    const int error = threads.edges(thread).add(
        end.fd(), [this, &end, weak = std::weak_ptr(self)](bool readable, bool writable) {
            const std::shared_ptr<TapRelay> alive = weak.lock();
            if (!alive)
                return;
            if (readable) {
                end.hasNews = true;
                if (end.isDone)
                    lookWhetherGone(end);
                end.readable.open();
            }
            if (writable) {
                end.writable.open();
                settled.openSoon();
            }
        });
    if (error != 0) {
        outcome = {EndCause::Error, error};
        hasCause = isAborted = true;
    }
}

// A half close is passed on as such.
void TapRelay::Private::ended(End &from, End &to, Direction direction)
{
    static_cast<void>(stream->endOfStream(direction));
    static_cast<void>(log.flush());
    (direction == Direction::ToServer ? state->endedByPeer : state->endedByUs) = true;
    count(direction, 0, 0);
    if (!std::exchange(hasCause, true))
        outcome.cause = &from == &client ? EndCause::ByPeer : EndCause::ByUpstream;
    to.socket.shutdownSending();
}

// Behind its end: has it closed the other direction as well?
void TapRelay::Private::lookWhetherGone(End &end)
{
    if (end.isGone)
        return;
    const End *other = &end == &client ? server.get() : &client;
    // When both directions are shut down, "hung up" says no more than that.
    const bool isHungUp = !(other && other->isDone) && end.socket.isHungUp();
    lookWhetherReset(end); // behind that: the kernel says "hung up" first
    if (resetBy == &end || isHungUp)
        gone(end);
    settle();
}

void TapRelay::Private::lookWhetherReset(End &end)
{
    if (!end.in.wasReset())
        return;
    resetBy = &end;
    outcome.errnoValue = ECONNRESET;
}

// Nobody will read what is still under way to it: the other direction ends where it stands.
void TapRelay::Private::gone(End &end)
{
    end.isGone = true;
    end.takesNothing = true;
    end.writable.openSoon();
    End *other = &end == &client ? server.get() : &client;
    if (other) {
        other->hasNews = true;
        other->readable.openSoon();
    }
}

// Both directions are done: from now on each read of an end is of interest, until it has read all.
void TapRelay::Private::settle()
{
    settled.openSoon();
    if (!client.isDone || !server || !server->isDone)
        return;
    for (const End *one : {&client, server.get()})
        threads.edges(thread).wantWritable(one->fd(), true);
}

bool TapRelay::Private::isOpenStill()
{
    if (isAborted || resetBy || client.isGone || server->isGone)
        return false;
    if (owes(client) || owes(*server))
        return true;
    // In this order: one that closes says so before its queue is emptied.
    lookWhetherReset(client);
    lookWhetherReset(*server);
    return false;
}

// Has it not read yet all that was sent to it?
bool TapRelay::Private::owes(const End &end)
{
    int waiting = 0;
    return ::ioctl(end.fd(), SIOCOUTQ, &waiting) == 0 && waiting > 0;
}

void TapRelay::Private::finish()
{
    isFinished = true;
    state->queued = 0;
    if (resetBy || isAborted || !server) {
        const QString note = isAborted
            ? QCoreApplication::translate("Tap", "disconnected by Sockeye")
            : QCoreApplication::translate("Tap", "connection broke: %1")
                  .arg(errnoName(outcome.errnoValue));
        const Direction direction = resetBy ? directionFrom(*resetBy) : Direction::ToClient;
        static_cast<void>(stream->reset(direction, note));
    }
    stream.reset();
    static_cast<void>(log.flush());
    for (End *one : {&client, server.get()}) {
        if (!one)
            continue;
        threads.edges(thread).remove(one->fd());
        // A byte that stays unread makes closing a reset for the other end: right if its partner
        // reset the connection, or closed without having read all.
        const bool isOther = resetBy && resetBy != one;
        if (!isOther && !one->in.hasUnread())
            one->in.releaseHeld();
        one->socket.close();
    }
    if (finished)
        std::exchange(finished, nullptr)(outcome);
}

void TapRelay::Private::count(Direction direction, quint64 bytes, quint64 records) const
{
    state->counters.count(direction, bytes, records);
    if (state->serverTotals)
        state->serverTotals->count(direction, bytes, records);
}

} // namespace Sockeye
