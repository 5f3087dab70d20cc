// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/relay/relay.h"
#include "core/stream/peekedstream.h"

namespace Sockeye {

/// How one tapped connection is to be treated. A plain value.
struct TapPlan
{
    RecordingPolicy policy = RecordingPolicy::Lossless;
    size_t readSize = scratchSize; ///< the longest record
    /// One attempt to reach the server, on the I/O thread. EAGAIN: its queue is full, and it is
    /// tried again until the client leaves.
    std::function<Result<Descriptor>()> connectUpstream;
    /// Who connected; another writer on his connection is told in the record.
    WriterCredentials client;
};

/// Stands between a client and a server: for each direction receive → append to the capture →
/// forward, byte for byte, descriptor for descriptor, half close for half close, reset for reset
/// (PeekedStream says how). What a receiver does not take stays in its sender's queue: nothing is
/// held here, and the sender waits, as it would without a tap.
///
/// Every relay ends by calling finished once; the caller keeps threads and log alive until then.
class TapRelay final : public LiveConnection, public std::enable_shared_from_this<TapRelay>
{
public:
    TapRelay(IoThreads &threads, int thread, CaptureLog &log, Descriptor client, TapPlan plan,
             std::shared_ptr<RelayState> state);
    ~TapRelay() override;

    void start(RelayOpening opening, RelayFinished finished);
    [[nodiscard]] bool takesInput() const override { return false; }
    [[nodiscard]] bool send(QByteArray bytes) override;
    void endSending() override { }
    /// At once: what has not been forwarded stays unread, which both ends see as a reset.
    void disconnect(EndCause cause, int graceMilliseconds = 0) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Sockeye
