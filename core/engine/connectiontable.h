// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"
#include "core/relay/relay.h"

#include <deque>
#include <memory>
#include <mutex>

namespace Sockeye {

/// Totals of one server, shared with its relays.
struct ServerTotals
{
    TrafficCounters traffic;
    std::atomic<quint64> open = 0;
    std::atomic<quint64> accepted = 0;
    std::atomic<quint64> refused = 0;
};

/// All connections there are, and those there were, up to a limit. Any thread.
class ConnectionTable
{
public:
    explicit ConnectionTable(int history);

    /// Gives the next id; the relay is set by attach(). @p state: of its relay; null if refused.
    [[nodiscard]] ConnectionId add(ConnectionInfo info, std::shared_ptr<RelayState> state);
    void attach(ConnectionId id, std::shared_ptr<LiveConnection> relay);
    void describe(ConnectionId id, const Peer &peer);
    /// Takes the last counters over and lets go of the relay. Returns the final value.
    std::optional<ConnectionInfo> close(ConnectionId id, Timestamp when, CloseReason reason,
                                        int errnoValue);

    [[nodiscard]] Engine::ConnectionChanges since(quint64 version) const;
    [[nodiscard]] std::optional<ConnectionInfo> find(ConnectionId id) const;
    [[nodiscard]] std::shared_ptr<LiveConnection>
    relay(ConnectionId id) const; ///< null if not open
    struct LiveRelay
    {
        ConnectionId id;
        std::shared_ptr<LiveConnection> relay;
    };
    /// Relays of the open connections of @p server; of all servers if it is not valid.
    [[nodiscard]] std::vector<LiveRelay> relaysOf(ServerId server) const;
    [[nodiscard]] size_t openCount() const;
    /// Lets go of all relays: their threads have ended.
    void releaseRelays();

private:
    struct Entry
    {
        ConnectionInfo info; ///< without live counters while open
        std::shared_ptr<RelayState> state;
        std::shared_ptr<LiveConnection> relay;
        quint64 version = 0;
    };
    struct Change
    {
        quint64 version;
        ConnectionId id;
    };
    [[nodiscard]] Entry *entryOf(ConnectionId id) const;
    [[nodiscard]] static ConnectionInfo liveInfo(const Entry &entry);
    void touch(Entry &entry) const;
    void forgetOld();

    const size_t m_history;
    mutable std::mutex m_mutex;
    /// Entry i has id m_first + i; null: forgotten, while an older one is still open.
    std::deque<std::unique_ptr<Entry>> m_entries;
    std::deque<ConnectionId> m_closed; ///< those remembered, in the order of closing
    mutable std::deque<Change> m_changes;
    std::vector<ConnectionId> m_open; ///< in the order of ids
    quint64 m_first = 1;
    mutable quint64 m_version = 0;
};

/// What of a connection goes into the capture.
[[nodiscard]] CapturedConnection captured(const ConnectionInfo &info);

} // namespace Sockeye
