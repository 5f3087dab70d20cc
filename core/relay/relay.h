// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"
#include "core/relay/answer.h"
#include "core/stream/iothreads.h"
#include "core/stream/streamsocket.h"

#include <atomic>
#include <functional>
#include <memory>

namespace Sockeye {

/// Counted by I/O threads, read by everybody; "dirty" tells a reader that there is something new.
struct TrafficCounters
{
    std::atomic<quint64> bytesIn = 0; ///< client → server
    std::atomic<quint64> bytesOut = 0;
    std::atomic<quint64> recordsIn = 0;
    std::atomic<quint64> recordsOut = 0;
    std::atomic<bool> dirty = false;

    void count(Direction direction, quint64 bytes, quint64 records)
    {
        const bool in = direction == Direction::ToServer;
        (in ? bytesIn : bytesOut).fetch_add(bytes);
        (in ? recordsIn : recordsOut).fetch_add(records);
        // A store each time would keep the cache line busy between the cores. In one order with the
        // counters: else a reader that clears it could miss the last count for good.
        if (!dirty.load())
            dirty.store(true);
    }
};

/// What others see of a connection while it lives.
struct RelayState
{
    TrafficCounters counters;
    std::shared_ptr<TrafficCounters> serverTotals;
    std::atomic<quint64> queued = 0; ///< bytes the peer has not taken yet
    std::atomic<bool> endedByPeer = false;
    std::atomic<bool> endedByUs = false;
};

enum class EndCause { ByPeer, ByUpstream, BySockeye, ServerStopped, Error };

struct RelayEnd
{
    EndCause cause = EndCause::ByPeer;
    int errnoValue = 0; ///< also without Error: EPIPE when the peer left before it had read all
};

/// Runs first, on the I/O thread: looks who came and opens the capture's stream.
using RelayOpening = std::function<std::unique_ptr<CaptureStream>()>;
using RelayFinished = std::function<void(RelayEnd)>;

/// How one connection is to be treated. A plain value.
struct RelayPlan
{
    AnswerSpec answer; ///< a reply file has been read into reply
    RecordingPolicy policy = RecordingPolicy::Lossless;
    size_t readSize = scratchSize;
    bool outgoing = false; ///< Sockeye is the client: what is received goes ToClient
};

/// One connection at work, whatever is done with it. Functions may be called from any thread and
/// act on the connection's I/O thread.
class LiveConnection
{
public:
    LiveConnection() = default;
    virtual ~LiveConnection() = default;
    LiveConnection(const LiveConnection &) = delete;
    LiveConnection &operator=(const LiveConnection &) = delete;

    /// Can a user send by hand? Not between two programs that talk to each other.
    [[nodiscard]] virtual bool takesInput() const = 0;
    /// By hand. False: more than sendLimit would wait (SendQueueFull); nothing was taken.
    [[nodiscard]] virtual bool send(QByteArray bytes) = 0;
    /// Half close once all is sent.
    virtual void endSending() = 0;
    /// Sends what is queued, for @p graceMilliseconds at the most, then closes.
    virtual void disconnect(EndCause cause, int graceMilliseconds = 2000) = 0;
};

/// Serves one connection on one I/O thread: receive → append to the capture → answer. Backpressure
/// is not reading on: a peer that does not take its answers is not read from. At most one read
/// (readSize) of memory is held for it, beside what a user sent by hand (sendLimit).
///
/// Every relay ends by calling finished once; the caller keeps threads and log alive until then.
class Relay final : public LiveConnection, public std::enable_shared_from_this<Relay>
{
public:
    Relay(IoThreads &threads, int thread, CaptureLog &log, Descriptor descriptor, RelayPlan plan,
          std::shared_ptr<RelayState> state);
    ~Relay() override;

    void start(RelayOpening opening, RelayFinished finished);
    [[nodiscard]] bool takesInput() const override { return true; }
    [[nodiscard]] bool send(QByteArray bytes) override;
    void endSending() override;
    void disconnect(EndCause cause, int graceMilliseconds = 2000) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// Bytes sent by hand that may wait for a slow peer.
constexpr quint64 sendLimit = 64 * 1024 * 1024;

} // namespace Sockeye
