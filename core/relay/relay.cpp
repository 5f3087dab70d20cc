// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/relay/relay.h"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <deque>
#include <vector>

namespace Sockeye {

namespace {

using asio::awaitable;
using Bytes = std::span<const std::byte>;
using Outcome = StreamSocket::Transfer::Outcome;

// After so much, or so many reads, others on the same thread get their turn, and readers of the
// capture see what came: a millisecond or two. Small reads are many: with a turn each 16 of them
// the write to the file cost more than everything else.
constexpr size_t bytesPerTurn = 4 * 1024 * 1024;
constexpr int readsPerTurn = 512;
// How soon recording is tried again while the disk refuses; well under the promised 2 s.
constexpr auto diskRetryPause = std::chrono::milliseconds(200);

Bytes asBytes(const QByteArray &bytes)
{
    return std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size())));
}

// Views bytes that somebody else owns until the first suspension, and owns them from then on.
class Kept
{
public:
    explicit Kept(Bytes bytes)
        : m_bytes(bytes)
    { }
    void keep()
    {
        if (!m_isKept) {
            m_owned.assign(m_bytes.begin(), m_bytes.end());
            m_bytes = m_owned;
            m_isKept = true;
        }
    }
    [[nodiscard]] Bytes bytes() const { return m_bytes; }
    void advance(size_t size) { m_bytes = m_bytes.subspan(size); }
    [[nodiscard]] bool isEmpty() const { return m_bytes.empty(); }

private:
    Bytes m_bytes;
    std::vector<std::byte> m_owned;
    bool m_isKept = false;
};

} // namespace

struct Relay::Private
{
    Private(IoThreads &ioThreads, int ioThread, CaptureLog &captureLog, Descriptor descriptor,
            RelayPlan relayPlan, std::shared_ptr<RelayState> relayState)
        : threads(ioThreads)
        , thread(ioThread)
        , log(captureLog)
        , socket(std::move(descriptor))
        , plan(std::move(relayPlan))
        , state(std::move(relayState))
        , receiving(plan.outgoing ? Direction::ToClient : Direction::ToServer)
        , sending(plan.outgoing ? Direction::ToServer : Direction::ToClient)
        , waiter(threads.context(thread))
        , turn(threads.context(thread), asio::steady_timer::time_point::max())
        , pause(threads.context(thread))
        , deadline(threads.context(thread))
    { }
    ~Private()
    {
        if (waiter.is_open())
            static_cast<void>(waiter.release()); // the socket closes its descriptor itself
    }

    awaitable<void> run();
    awaitable<void> receiveAll();
    awaitable<void> answer(Bytes bytes);
    awaitable<void> takeLater(Bytes bytes);
    awaitable<void> put(Bytes bytes);
    awaitable<void> sendNow(Kept &kept);
    awaitable<void> sendReply();
    awaitable<void> peerEnded();
    awaitable<void> sendComposed(std::shared_ptr<Relay> self);
    awaitable<void> waitFor(asio::posix::stream_descriptor::wait_type what);
    awaitable<void> waitForDisk();
    awaitable<void> waitForTurn();
    awaitable<void> letOthersRun();
    awaitable<void> finish();

    [[nodiscard]] bool isFlushed() const { return log.flush().has_value(); }
    [[nodiscard]] bool canSend() const { return !isAborted && !sendErrno && !state->endedByUs; }
    [[nodiscard]] bool answersRecords() const;
    void count(Direction direction, quint64 bytes, quint64 records) const;
    void publishCounts();
    void shutdownSending(const QString &note = {});
    void wakeWaiters() { turn.cancel(); }

    IoThreads &threads;
    const int thread;
    CaptureLog &log;
    StreamSocket socket;
    RelayPlan plan;
    std::shared_ptr<RelayState> state;
    const Direction receiving;
    const Direction sending;
    std::unique_ptr<CaptureStream> stream;
    RelayFinished finished;

    // All below: I/O thread only.
    asio::posix::stream_descriptor waiter; // waits on the socket's descriptor, never owns it
    asio::steady_timer turn; // never expires: cancelled when a sender is done
    asio::steady_timer pause;
    asio::steady_timer deadline;
    std::deque<QByteArray> composed; // sent by hand, not yet begun
    std::atomic<quint64> composedBytes = 0;
    RelayEnd end;
    quint64 uncountedBytes = 0;
    quint64 uncountedRecords = 0;
    int sendErrno = 0;
    bool isSending = false; // one sender at a time, so that bytes and records have one order
    bool isComposing = false; // sendComposed() runs
    bool endAsked = false; // half close when all is sent
    bool isStopping = false; // no more reading
    bool isAborted = false; // no more sending either
    bool isFinished = false;
};

Relay::Relay(IoThreads &threads, int thread, CaptureLog &log, Descriptor descriptor, RelayPlan plan,
             std::shared_ptr<RelayState> state)
    : d(std::make_unique<Private>(threads, thread, log, std::move(descriptor), std::move(plan),
                                  std::move(state)))
{ }

Relay::~Relay() = default;

void Relay::start(RelayOpening opening, RelayFinished finished)
{
    d->threads.post(d->thread,
                    [self = shared_from_this(), opening = std::move(opening),
                     finished = std::move(finished)]() mutable {
                        Private *p = self->d.get();
                        p->finished = std::move(finished);
                        p->stream = opening();
                        asio::error_code error;
                        p->waiter.assign(p->socket.descriptor(), error);
                        if (error) { // epoll refuses: no memory, or its limit of watches is reached
                            p->end = {EndCause::Error, error.value()};
                            p->isStopping = p->isAborted = true;
                        }
                        asio::co_spawn(
                            p->threads.context(p->thread),
                            [self]() -> awaitable<void> { return self->d->run(); },
                            [self](const std::exception_ptr &) {});
                    });
}

bool Relay::send(QByteArray bytes)
{
    const auto size = static_cast<quint64>(bytes.size());
    if (d->composedBytes.fetch_add(size) + size > sendLimit) {
        d->composedBytes.fetch_sub(size);
        return false;
    }
    d->threads.post(d->thread, [self = shared_from_this(), bytes = std::move(bytes)]() mutable {
        Private *p = self->d.get();
        if (p->isFinished || p->isStopping || p->endAsked)
            return;
        p->composed.push_back(std::move(bytes));
        p->state->queued.fetch_add(static_cast<quint64>(p->composed.back().size()));
        p->count(p->sending, 0, 0);
        if (!std::exchange(p->isComposing, true)) {
            asio::co_spawn(
                p->threads.context(p->thread),
                [self]() -> awaitable<void> { return self->d->sendComposed(self); },
                [self](const std::exception_ptr &) {});
        }
    });
    return true;
}

void Relay::endSending()
{
    d->threads.post(d->thread, [self = shared_from_this()] {
        Private *p = self->d.get();
        p->endAsked = true;
        if (!p->isFinished && !p->isComposing && !p->isSending) {
            p->shutdownSending();
            static_cast<void>(p->isFlushed());
        }
    });
}

void Relay::disconnect(EndCause cause, int graceMilliseconds)
{
    d->threads.post(d->thread, [self = shared_from_this(), cause, graceMilliseconds] {
        Private *p = self->d.get();
        if (p->isFinished)
            return;
        if (!p->isStopping)
            p->end.cause = cause;
        p->isStopping = true;
        // Nothing more is read; a sender goes on until the deadline.
        ::shutdown(p->socket.descriptor(), SHUT_RD);
        // Everybody looks at what has changed. The shutdown alone would not wake who waits for the
        // end of a peer that has ended its own direction already.
        asio::error_code ignored;
        p->waiter.cancel(ignored);
        p->wakeWaiters();
        p->deadline.expires_after(std::chrono::milliseconds(graceMilliseconds));
        p->deadline.async_wait([self](const asio::error_code &error) {
            Private *q = self->d.get();
            if (error || q->isFinished)
                return;
            q->isAborted = true;
            q->waiter.cancel();
            q->pause.cancel();
            q->wakeWaiters();
        });
    });
}

// --- the coroutines ------------------------------------------------------------------------------

awaitable<void> Relay::Private::run()
{
    if (plan.answer.kind == AnswerKind::Reply && plan.answer.when == ReplyWhen::Opened
        && !isStopping)
        co_await sendReply();
    co_await receiveAll();
    co_await finish();
}

awaitable<void> Relay::Private::receiveAll()
{
    size_t turnBytes = 0;
    int turnReads = 0;
    bool isFirstRead = true;
    while (!isStopping) {
        const std::span<std::byte> buffer = threads.scratch(thread).first(plan.readSize);
        const StreamSocket::Transfer read = socket.receive(buffer);
        if (read.outcome == Outcome::End || read.outcome == Outcome::Failed)
            publishCounts();
        if (read.outcome == Outcome::End) {
            co_await peerEnded();
            co_return;
        }
        if (read.outcome == Outcome::Failed) {
            end = {EndCause::Error, read.errnoValue};
            co_return;
        }
        if (read.outcome == Outcome::Done) {
            const Bytes bytes(buffer.first(read.size));
            if (stream->append(receiving, bytes)) {
                uncountedBytes += read.size;
                ++uncountedRecords;
                if (answersRecords())
                    co_await answer(bytes);
            } else {
                co_await takeLater(bytes);
            }
            turnBytes += read.size;
            ++turnReads;
            // Many clients say one thing and leave: their end is there already, and asking for it
            // spares them the wait and the flush.
            const bool mayHaveMore =
                read.size == buffer.size() || std::exchange(isFirstRead, false);
            if (mayHaveMore && turnBytes < bytesPerTurn && turnReads < readsPerTurn)
                continue;
        }
        // What came is seen by readers of the capture before this sleeps or yields. Should the disk
        // refuse now, the next append tells.
        publishCounts();
        static_cast<void>(isFlushed());
        if (read.outcome == Outcome::Done && read.size == buffer.size())
            co_await letOthersRun();
        else // a short read has emptied the socket: no second call to hear "would block"
            co_await waitFor(asio::posix::stream_descriptor::wait_read);
        turnBytes = 0;
        turnReads = 0;
    }
}

bool Relay::Private::answersRecords() const
{
    return plan.answer.kind == AnswerKind::Echo
        || (plan.answer.kind == AnswerKind::Reply && plan.answer.when == ReplyWhen::EachRecord);
}

awaitable<void> Relay::Private::answer(Bytes bytes)
{
    publishCounts();
    if (plan.answer.kind == AnswerKind::Echo)
        co_await put(bytes);
    else
        co_await sendReply();
}

// The disk refuses: the sender waits until it takes the bytes.
awaitable<void> Relay::Private::takeLater(Bytes bytes)
{
    Kept kept(bytes);
    kept.keep();
    do {
        co_await waitForDisk();
        if (isAborted)
            co_return;
    } while (!stream->append(receiving, kept.bytes()));
    count(receiving, kept.bytes().size(), 1);
    if (answersRecords())
        co_await answer(kept.bytes());
}

// Records and sends. What is recorded as sent is in the file before the first byte leaves.
awaitable<void> Relay::Private::put(Bytes bytes)
{
    if (bytes.empty())
        co_return;
    Kept kept(bytes);
    while (isSending && canSend()) {
        kept.keep();
        co_await waitForTurn();
    }
    if (!canSend())
        co_return;
    isSending = true;
    while (!stream->append(sending, kept.bytes())
           || (plan.policy == RecordingPolicy::Lossless && !isFlushed())) {
        kept.keep();
        co_await waitForDisk();
        if (isAborted)
            break;
    }
    if (!isAborted)
        co_await sendNow(kept);
    isSending = false;
    wakeWaiters();
}

awaitable<void> Relay::Private::sendNow(Kept &kept)
{
    quint64 records = 1;
    while (!kept.isEmpty() && !isAborted) {
        const StreamSocket::Transfer sent = socket.send(kept.bytes());
        if (sent.outcome == Outcome::Done) {
            count(sending, sent.size, std::exchange(records, 0));
            kept.advance(sent.size);
        } else if (sent.outcome == Outcome::WouldBlock) {
            kept.keep();
            const quint64 waiting = kept.bytes().size();
            state->queued.fetch_add(waiting);
            count(sending, 0, 0); // readers are told of what waits
            co_await waitFor(asio::posix::stream_descriptor::wait_write);
            state->queued.fetch_sub(waiting);
        } else {
            sendErrno = sent.errnoValue;
            end.errnoValue = sent.errnoValue;
            co_return;
        }
    }
}

awaitable<void> Relay::Private::sendReply()
{
    co_await put(asBytes(plan.answer.reply));
    if (plan.answer.closeAfter && canSend()) {
        shutdownSending();
        static_cast<void>(isFlushed());
    }
}

awaitable<void> Relay::Private::peerEnded()
{
    if (isStopping)
        co_return; // our own SHUT_RD, not the peer
    if (state->endedByUs)
        end.cause = EndCause::BySockeye; // we were the first to end
    state->endedByPeer = true;
    count(receiving, 0, 0);
    while (!stream->endOfStream(receiving)) {
        co_await waitForDisk();
        if (isAborted)
            co_return;
    }
    if (plan.answer.kind == AnswerKind::Reply && plan.answer.when == ReplyWhen::EndOfStream)
        co_await sendReply();
    if (plan.answer.kind == AnswerKind::Manual) {
        static_cast<void>(isFlushed());
        // The user may still want to answer: until he ends it, or the peer is gone altogether.
        while (!isStopping && !state->endedByUs && !socket.isHungUp())
            co_await waitFor(asio::posix::stream_descriptor::wait_error);
    }
    while (isSending && canSend())
        co_await waitForTurn();
    shutdownSending();
}

awaitable<void> Relay::Private::sendComposed(std::shared_ptr<Relay> self)
{
    while (!composed.empty() && canSend()) {
        const QByteArray bytes = std::move(composed.front());
        composed.pop_front();
        const auto size = static_cast<quint64>(bytes.size());
        state->queued.fetch_sub(size);
        co_await put(asBytes(bytes));
        composedBytes.fetch_sub(size);
    }
    isComposing = false;
    if (endAsked)
        shutdownSending();
    static_cast<void>(isFlushed());
    wakeWaiters();
    static_cast<void>(self); // alive until here
}

awaitable<void> Relay::Private::waitFor(asio::posix::stream_descriptor::wait_type what)
{
    asio::error_code ignored; // cancelled: the caller looks at isStopping and isAborted
    co_await waiter.async_wait(what, asio::redirect_error(asio::use_awaitable, ignored));
}

awaitable<void> Relay::Private::waitForDisk()
{
    asio::error_code ignored;
    pause.expires_after(diskRetryPause);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

awaitable<void> Relay::Private::waitForTurn()
{
    asio::error_code ignored;
    co_await turn.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

awaitable<void> Relay::Private::letOthersRun()
{
    co_await asio::post(threads.context(thread), asio::use_awaitable);
}

void Relay::Private::count(Direction direction, quint64 bytes, quint64 records) const
{
    state->counters.count(direction, bytes, records);
    if (state->serverTotals)
        state->serverTotals->count(direction, bytes, records);
}

// Of small records there are hundreds of thousands a second: their counters, which all threads
// share, move once a turn.
void Relay::Private::publishCounts()
{
    if (uncountedRecords > 0)
        count(receiving, std::exchange(uncountedBytes, 0), std::exchange(uncountedRecords, 0));
}

void Relay::Private::shutdownSending(const QString &note)
{
    if (state->endedByUs.exchange(true))
        return;
    socket.shutdownSending();
    if (stream)
        static_cast<void>(stream->endOfStream(sending, note));
    count(sending, 0, 0);
}

awaitable<void> Relay::Private::finish()
{
    while ((isSending || (!composed.empty() && canSend())) && !isAborted)
        co_await waitForTurn();
    isStopping = true;
    isFinished = true;
    deadline.cancel();
    state->queued = 0;
    if (stream) {
        // Should the disk refuse, the connection ends all the same: its last line is then missing.
        if (end.cause == EndCause::Error) {
            static_cast<void>(
                stream->reset(receiving,
                              QCoreApplication::translate("Relay", "connection broke: %1")
                                  .arg(errnoName(end.errnoValue))));
        } else {
            shutdownSending(end.cause == EndCause::BySockeye
                                ? QCoreApplication::translate("Relay", "disconnected by Sockeye")
                                : end.cause == EndCause::ServerStopped
                                ? QCoreApplication::translate("Relay", "server stopped")
                                : QString());
        }
        stream.reset();
    }
    static_cast<void>(isFlushed());
    if (waiter.is_open())
        static_cast<void>(waiter.release());
    socket.shutdownBoth();
    socket.close();
    if (finished)
        std::exchange(finished, nullptr)(end);
}

} // namespace Sockeye
