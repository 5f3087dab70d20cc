// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// More than 600 lines: the two pumps of a connection share all of its state, and what ends one of
// them ends the other.

#include "core/relay/tap.h"

#include "core/relay/tapend.h"
#include "core/stream/edgepoll.h"
#include "core/stream/peer.h"

#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <chrono>

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
constexpr auto heldPause = 5ms;

awaitable<void> opened(WaitPoint &point)
{
    return asio::async_initiate<const asio::use_awaitable_t<> &, void()>(
        [&point](auto handler) {
            // std::function asks for what can be copied.
            auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            point.wait([kept = std::move(kept)] { std::move (*kept)(); });
        },
        asio::use_awaitable);
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
        , heldTimer(threads.context(thread))
    { }

    awaitable<void> run(std::shared_ptr<TapRelay> self);
    awaitable<bool> reachServer();
    awaitable<void> rest();
    awaitable<void> pump(TapEnd &from, TapEnd &to, Direction direction);
    awaitable<void> passOn(TapEnd &from, TapEnd &to, Direction direction, Look look);
    awaitable<void> pay(TapEnd &from, TapEnd &to, Direction direction);
    awaitable<void> waitUntilSendable(TapEnd &to, int errnoValue, size_t waiting);
    awaitable<void> waitForNews(TapEnd &from, const TapEnd &to);
    awaitable<void> waitForRoom(TapEnd &end, quint64 waiting);
    awaitable<void> waitFor(std::chrono::milliseconds time);
    awaitable<void> letOthersRun();

    [[nodiscard]] size_t takeMuch(TapEnd &from, TapEnd &to, Direction direction);
    [[nodiscard]] bool isRecorded(TapEnd &from, Direction direction,
                                  std::span<const std::byte> bytes,
                                  const std::vector<Descriptor> &descriptors,
                                  const std::optional<WriterCredentials> &writer);
    [[nodiscard]] ssize_t sendOnce(const TapEnd &to, std::span<const std::byte> bytes,
                                   const std::vector<Descriptor> &descriptors,
                                   const std::optional<WriterCredentials> &writer);
    void passed(TapEnd &from, Direction direction, size_t size) const;
    void watch(TapEnd &end);
    void ended(TapEnd &from, TapEnd &to, Direction direction);
    void cannotSend(TapEnd &to, int errnoValue);
    void watchHeld();
    void lookAtHeld();
    void releaseFor(const TapEnd &reader);
    void lookWhetherGone(TapEnd &end);
    void gone(TapEnd &end);
    void settle();
    void finish();
    void lookWhetherReset(TapEnd &end);
    [[nodiscard]] bool isOpenStill();
    void count(Direction direction, quint64 bytes, quint64 records) const;
    [[nodiscard]] Direction directionFrom(const TapEnd &end) const
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
    TapEnd client;
    std::unique_ptr<TapEnd> server;
    WaitPoint settled; // opened when a direction is done, and when one reads behind that
    asio::steady_timer heldTimer;
    bool isWatchingHeld = false;
    std::weak_ptr<TapRelay> me;
    RelayEnd outcome;
    const TapEnd *resetBy = nullptr;
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
        for (TapEnd *end : {&p->client, p->server.get()}) {
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
    me = self;
    client.writer = plan.client;
    watch(client);
    if (co_await reachServer()) {
        watch(*server);
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
        co_await opened(settled);
}

awaitable<bool> TapRelay::Private::reachServer()
{
    auto wait = std::chrono::milliseconds(1);
    while (!isAborted) {
        Result<Descriptor> reached = plan.connectUpstream();
        if (reached) {
            const PeerCredentials who = peerCredentials(reached->get());
            server = std::make_unique<TapEnd>(threads.context(thread), std::move(*reached));
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

awaitable<void> TapRelay::Private::pump(TapEnd &from, TapEnd &to, Direction direction)
{
    size_t turnBytes = 0;
    int turnLooks = 0;
    while (!isAborted && !to.takesNothing) {
        if (!from.owed.empty()) {
            co_await pay(from, to, direction);
            continue;
        }
        from.hasNews = false;
        size_t size = takeMuch(from, to, direction);
        if (size == 0) {
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
                co_await waitForNews(from, to);
                turnBytes = 0;
                turnLooks = 0;
                continue;
            }
            if (!from.in.isPacket())
                look.size = std::min(look.size, plan.readSize);
            size = look.size;
            from.sendsMuch = size >= PeekedStream::Much;
            co_await passOn(from, to, direction, look);
        }
        turnBytes += size;
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

// The short way for a sender that is faster than we are: its bytes are taken first, so that it can
// go on while they are recorded and sent. What cannot be sent at once is owed.
size_t TapRelay::Private::takeMuch(TapEnd &from, TapEnd &to, Direction direction)
{
    if (!from.sendsMuch || from.recorded > 0 || !from.mayOwe())
        return 0;
    std::optional<WriterCredentials> writer;
    const auto room = threads.scratch(thread).first(std::min(plan.readSize, scratchSize));
    const size_t size = from.in.take(room, writer);
    from.sendsMuch = size > 0;
    std::span<const std::byte> rest = room.first(size);
    if (size > 0 && isRecorded(from, direction, rest, {}, writer)) {
        ssize_t sent = 1;
        while (!rest.empty() && sent > 0) {
            sent = sendOnce(to, rest, {}, writer);
            if (sent > 0) {
                rest = rest.subspan(static_cast<size_t>(sent));
                passed(from, direction, static_cast<size_t>(sent));
            }
        }
    }
    if (!rest.empty())
        from.owe(rest, writer); // pay() meets the reason again, and waits
    return size;
}

awaitable<void> TapRelay::Private::pay(TapEnd &from, TapEnd &to, Direction direction)
{
    while (!isAborted && !to.takesNothing) {
        const auto rest = std::span<const std::byte>(from.owed).subspan(from.paid);
        if (!isRecorded(from, direction, rest, {}, from.owedWriter)) {
            co_await waitFor(diskRetryPause);
            continue;
        }
        const ssize_t sent = sendOnce(to, rest, {}, from.owedWriter);
        if (sent <= 0) {
            co_await waitUntilSendable(to, errno, rest.size());
            continue;
        }
        passed(from, direction, static_cast<size_t>(sent));
        from.paid += static_cast<size_t>(sent);
        if (from.paid == from.owed.size()) {
            from.forgetOwed();
            co_return;
        }
    }
}

// The scratch buffer belongs to this coroutine until it waits; what is then not sent is looked at
// anew.
awaitable<void> TapRelay::Private::passOn(TapEnd &from, TapEnd &to, Direction direction, Look look)
{
    const auto bytes = from.shown(look, threads.scratch(thread));
    std::vector<Descriptor> descriptors;
    if (look.hasDescriptors && from.in.descriptors(descriptors) != 0) {
        co_await waitFor(descriptorRetryPause); // none is free: they stay where they are
        co_return;
    }
    if (!isRecorded(from, direction, bytes, descriptors, look.writer)) {
        co_await waitFor(diskRetryPause);
        co_return;
    }
    const ssize_t sent = sendOnce(to, bytes, descriptors, look.writer);
    if (sent < 0) {
        co_await waitUntilSendable(to, errno, bytes.size());
        co_return;
    }
    from.in.consume(static_cast<size_t>(sent));
    from.longPacket = {};
    passed(from, direction, static_cast<size_t>(sent));
}

awaitable<void> TapRelay::Private::waitUntilSendable(TapEnd &to, int errnoValue, size_t waiting)
{
    if (errnoValue == EAGAIN || errnoValue == EWOULDBLOCK)
        co_await waitForRoom(to, waiting);
    else if (errnoValue == ETOOMANYREFS || errnoValue == ENOBUFS || errnoValue == ENOMEM)
        co_await waitFor(descriptorRetryPause);
    else
        cannotSend(to, errnoValue);
}

void TapRelay::Private::cannotSend(TapEnd &to, int errnoValue)
{
    to.takesNothing = true;
    if (errnoValue != ECONNRESET)
        return;
    resetBy = &to; // told here, it is told nowhere else
    outcome.errnoValue = errnoValue;
    gone(to);
}

awaitable<void> TapRelay::Private::waitForNews(TapEnd &from, const TapEnd &to)
{
    if (from.hasNews || isAborted)
        co_return;
    ++from.waits;
    from.isWaiting = true;
    if (from.in.holdsMuch())
        watchHeld();
    co_await opened(from.readable);
    from.isWaiting = false;
    if (std::exchange(from.asksForReads, false))
        threads.edges(thread).wantWritable(to.fd(), false);
}

awaitable<void> TapRelay::Private::waitForRoom(TapEnd &to, quint64 waiting)
{
    EdgePoll &edges = threads.edges(thread);
    state->queued.fetch_add(waiting);
    count(Direction::ToServer, 0, 0); // readers are told of what waits
    edges.wantWritable(to.fd(), true);
    if (!isAborted)
        co_await opened(to.writable);
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

// All of @p bytes, and in the file where they must not be passed on before. False: the disk fails,
// to be tried again.
bool TapRelay::Private::isRecorded(TapEnd &from, Direction direction,
                                   std::span<const std::byte> bytes,
                                   const std::vector<Descriptor> &descriptors,
                                   const std::optional<WriterCredentials> &writer)
{
    if (bytes.size() > from.recorded) {
        const QString note =
            from.recorded == 0 ? tapNote(descriptors, writer, from.writer) : QString();
        if (!stream->append(direction, bytes.subspan(from.recorded), note))
            return false;
        from.recorded = bytes.size();
        count(direction, 0, 1);
        if (writer && writer->pid > 0)
            from.writer = *writer;
    }
    return plan.policy != RecordingPolicy::Lossless || log.flush().has_value();
}

// -1 with errno as sendWith() says.
ssize_t TapRelay::Private::sendOnce(const TapEnd &to, std::span<const std::byte> bytes,
                                    const std::vector<Descriptor> &descriptors,
                                    const std::optional<WriterCredentials> &writer)
{
    if (!mayNameWriters || !writer || writer->pid <= 0)
        return sendWith(to.fd(), bytes, descriptors, std::nullopt);
    const ssize_t sent = sendWith(to.fd(), bytes, descriptors, writer);
    if (sent >= 0 || (errno != EPERM && errno != ESRCH && errno != EINVAL))
        return sent;
    // Only root may name somebody else; and one who has ended cannot be named.
    mayNameWriters = errno == ESRCH;
    return sendWith(to.fd(), bytes, descriptors, std::nullopt);
}

void TapRelay::Private::passed(TapEnd &from, Direction direction, size_t size) const
{
    from.recorded -= size;
    count(direction, size, 0);
}

// The coroutine that is woken may end the relay.
void TapRelay::Private::watch(TapEnd &end)
{
    const int error =
        threads.edges(thread).add(end.fd(), [this, &end, weak = me](bool readable, bool writable) {
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
                releaseFor(end);
                end.writable.open();
                settled.openSoon();
            }
        });
    if (error != 0) {
        outcome = {EndCause::Error, error};
        hasCause = isAborted = true;
    }
}

// A sender must not wait for room because of what is held, once its receiver has read all. To be
// told of each read costs a stream that flows half its rate, so it is asked for where none flows.
void TapRelay::Private::watchHeld()
{
    if (std::exchange(isWatchingHeld, true))
        return;
    heldTimer.expires_after(heldPause);
    heldTimer.async_wait([weak = me](const asio::error_code &) {
        const std::shared_ptr<TapRelay> alive = weak.lock();
        if (alive && !alive->d->isFinished)
            alive->d->lookAtHeld();
    });
}

void TapRelay::Private::lookAtHeld()
{
    isWatchingHeld = false;
    for (TapEnd *sender : {&client, server.get()}) {
        if (!sender->isWaiting || !sender->in.holdsMuch() || sender->asksForReads)
            continue;
        if (std::exchange(sender->waitsSeen, sender->waits) != sender->waits) {
            watchHeld();
            continue;
        }
        sender->asksForReads = true;
        const TapEnd &reader = sender == &client ? *server : client;
        threads.edges(thread).wantWritable(reader.fd(), true);
    }
}

// It has read all: what its partner sent cannot end in a reset any more, so nothing is held of it.
void TapRelay::Private::releaseFor(const TapEnd &reader)
{
    TapEnd *sender = &reader == &client ? server.get() : &client;
    // In this order: one that closes says so before its queue is emptied.
    if (sender && !sender->isDone && sender->in.holdsMuch() && reader.hasReadAll()
        && !reader.socket.isHungUp())
        sender->in.releaseHeld();
}

// A half close is passed on as such.
void TapRelay::Private::ended(TapEnd &from, TapEnd &to, Direction direction)
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
void TapRelay::Private::lookWhetherGone(TapEnd &end)
{
    if (end.isGone)
        return;
    const TapEnd *other = &end == &client ? server.get() : &client;
    // When both directions are shut down, "hung up" says no more than that.
    const bool isHungUp = !(other && other->isDone) && end.socket.isHungUp();
    lookWhetherReset(end); // behind that: the kernel says "hung up" first
    if (resetBy == &end || isHungUp)
        gone(end);
    settle();
}

void TapRelay::Private::lookWhetherReset(TapEnd &end)
{
    if (!end.in.wasReset())
        return;
    resetBy = &end;
    outcome.errnoValue = ECONNRESET;
}

// Nobody will read what is still under way to it: the other direction ends where it stands.
void TapRelay::Private::gone(TapEnd &end)
{
    end.isGone = true;
    end.takesNothing = true;
    end.writable.openSoon();
    TapEnd *other = &end == &client ? server.get() : &client;
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
    for (const TapEnd *one : {&client, server.get()})
        threads.edges(thread).wantWritable(one->fd(), true);
}

bool TapRelay::Private::isOpenStill()
{
    if (isAborted || resetBy || client.isGone || server->isGone)
        return false;
    if (!client.hasReadAll() || !server->hasReadAll())
        return true;
    // In this order: one that closes says so before its queue is emptied.
    lookWhetherReset(client);
    lookWhetherReset(*server);
    return false;
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
    for (TapEnd *one : {&client, server.get()}) {
        if (!one)
            continue;
        threads.edges(thread).remove(one->fd());
        // A byte that stays unread makes closing a reset for the other end: right if its partner
        // reset the connection, or closed without having read all.
        const bool isOther = resetBy && resetBy != one;
        if (!isOther && one->owed.empty() && !one->in.hasUnread())
            one->in.releaseHeld();
        one->forgetOwed();
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
