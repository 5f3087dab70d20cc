// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/event.h"

#include <chrono>
#include <memory>
#include <vector>

namespace Sockeye {

struct EngineOptions
{
    CaptureOptions capture = {};
    int ioThreads = 0; ///< 0: by the number of cores, 1 to 4
    /// Closed connections kept in memory; older ones are in the capture only.
    int connectionHistory = 100'000;
    /// Events kept for slow readers; what a reader misses is told (EventBatch::missed).
    int eventHistory = 65'536;
};

/// Values in, values out: servers, connections and threads live in here and are never handed out.
///
/// Every function may be called from any thread and returns at once, but for create(), the
/// destructor and waitForEvents(). Readers pull; nothing is pushed. The functions that copy state
/// hold a lock for the copy only.
class Engine
{
public:
    /// Makes all threads there will ever be (a thread made when no descriptor is left would abort
    /// the process) and the capture. Puts back what taps have left that were killed with their
    /// guardians.
    [[nodiscard]] static Result<std::unique_ptr<Engine>> create(const EngineOptions &options);
    /// Stops all servers, closes all connections (sending what is queued, up to 2 s), drains the
    /// capture, joins the threads: in that order.
    ~Engine();
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;

    // --- commands ---
    [[nodiscard]] ServerId newServerId();
    void execute(EngineCommand command);
    /// AddServer with a new id.
    ServerId addServer(const ServerSpec &spec);

    // --- state: pull, compare the version, skip if nothing changed ---
    struct ServerList
    {
        quint64 version = 0;
        std::vector<ServerInfo> servers; ///< in the order in which they were added
    };
    /// The list is empty if @p version is still the newest; counters of listening servers count as
    /// a change.
    [[nodiscard]] ServerList servers(quint64 version = 0) const;

    struct ConnectionChanges
    {
        quint64 version = 0; ///< for the next call
        /// New and changed ones (state, counters), each once, ordered by id.
        std::vector<ConnectionInfo> changed;
        /// The oldest id that is still remembered: models drop rows before it.
        ConnectionId oldest;
    };
    [[nodiscard]] ConnectionChanges connectionsSince(quint64 version) const;
    [[nodiscard]] std::optional<ConnectionInfo> connection(ConnectionId id) const;

    struct ProblemChanges
    {
        quint64 version = 0;
        std::vector<ProblemReport> changed; ///< new ones, and ones that are no longer current
    };
    [[nodiscard]] ProblemChanges problemsSince(quint64 version) const;

    [[nodiscard]] const CaptureLog &capture() const;

    // --- events, for scripts ---
    struct EventBatch
    {
        std::vector<EngineEvent> events;
        quint64 missed = 0; ///< events that had gone before they were asked for
    };
    [[nodiscard]] EventBatch eventsSince(quint64 sequence) const;
    /// Blocks until there is an event newer than @p sequence (true) or the time is over (false).
    [[nodiscard]] bool waitForEvents(quint64 sequence, std::chrono::milliseconds timeout) const;

    [[nodiscard]] const Clock &clock() const;

private:
    Engine();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Sockeye
