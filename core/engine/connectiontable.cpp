// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/connectiontable.h"

#include <algorithm>

namespace Sockeye {

ConnectionTable::ConnectionTable(int history)
    : m_history(static_cast<size_t>(history))
{ }

ConnectionId ConnectionTable::add(ConnectionInfo info, std::shared_ptr<RelayState> state)
{
    const std::lock_guard lock(m_mutex);
    info.id = ConnectionId {m_first + m_entries.size()};
    const ConnectionId id = info.id;
    if (info.isOpen())
        m_open.push_back(id);
    else
        m_closed.push_back(id);
    m_entries.push_back(
        std::make_unique<Entry>(Entry {std::move(info), std::move(state), nullptr, 0}));
    touch(*m_entries.back());
    forgetOld();
    return id;
}

void ConnectionTable::attach(ConnectionId id, std::shared_ptr<LiveConnection> relay)
{
    const std::lock_guard lock(m_mutex);
    if (Entry *entry = entryOf(id))
        entry->relay = std::move(relay);
}

void ConnectionTable::describe(ConnectionId id, const Peer &peer)
{
    const std::lock_guard lock(m_mutex);
    if (Entry *entry = entryOf(id)) {
        entry->info.peer = peer;
        touch(*entry);
    }
}

std::optional<ConnectionInfo> ConnectionTable::close(ConnectionId id, Timestamp when,
                                                     CloseReason reason, int errnoValue)
{
    std::shared_ptr<LiveConnection> last; // destroyed after the lock is gone
    const std::lock_guard lock(m_mutex);
    Entry *entry = entryOf(id);
    if (!entry)
        return std::nullopt;
    if (!entry->info.isOpen())
        return entry->info; // a second time in m_closed would let it be forgotten twice
    entry->info = liveInfo(*entry);
    entry->info.state = ConnectionState::Closed;
    entry->info.reason = reason;
    entry->info.errnoValue = errnoValue;
    entry->info.closed = when;
    entry->info.queued = 0;
    entry->state.reset();
    last = std::move(entry->relay);
    const auto open = std::lower_bound(m_open.begin(), m_open.end(), id);
    if (open != m_open.end() && *open == id)
        m_open.erase(open);
    m_closed.push_back(id);
    touch(*entry);
    const ConnectionInfo result = entry->info;
    forgetOld();
    return result;
}

Engine::ConnectionChanges ConnectionTable::since(quint64 version) const
{
    const std::lock_guard lock(m_mutex);
    for (const ConnectionId id : m_open) {
        Entry *entry = entryOf(id);
        if (entry && entry->state && entry->state->counters.dirty.exchange(false))
            touch(*entry);
    }
    Engine::ConnectionChanges changes;
    changes.version = m_version;
    changes.oldest = ConnectionId {m_first};
    if (version == m_version)
        return changes;
    // The change list is ordered by version, with one entry per touch; what it no longer reaches
    // back to is answered by everything there is.
    std::vector<ConnectionId> ids;
    if (!m_changes.empty() && m_changes.front().version <= version + 1) {
        auto from =
            std::upper_bound(m_changes.begin(), m_changes.end(), version,
                             [](quint64 v, const Change &change) { return v < change.version; });
        for (; from != m_changes.end(); ++from)
            ids.push_back(from->id);
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        changes.changed.reserve(ids.size());
        for (const ConnectionId id : ids) {
            if (const Entry *entry = entryOf(id))
                changes.changed.push_back(liveInfo(*entry));
        }
    } else {
        for (const auto &entry : m_entries) {
            if (entry && entry->version > version)
                changes.changed.push_back(liveInfo(*entry));
        }
    }
    return changes;
}

std::optional<ConnectionInfo> ConnectionTable::find(ConnectionId id) const
{
    const std::lock_guard lock(m_mutex);
    const Entry *entry = entryOf(id);
    return entry ? std::optional(liveInfo(*entry)) : std::nullopt;
}

std::shared_ptr<LiveConnection> ConnectionTable::relay(ConnectionId id) const
{
    const std::lock_guard lock(m_mutex);
    const Entry *entry = entryOf(id);
    return entry ? entry->relay : nullptr;
}

std::vector<ConnectionTable::LiveRelay> ConnectionTable::relaysOf(ServerId server) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<LiveRelay> result;
    for (const ConnectionId id : m_open) {
        const Entry *entry = entryOf(id);
        if (entry && entry->relay && (!server.isValid() || entry->info.server == server))
            result.push_back({id, entry->relay});
    }
    return result;
}

size_t ConnectionTable::openCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_open.size();
}

ConnectionTable::Entry *ConnectionTable::entryOf(ConnectionId id) const
{
    if (id.value < m_first || id.value - m_first >= m_entries.size())
        return nullptr;
    return m_entries[id.value - m_first].get();
}

ConnectionInfo ConnectionTable::liveInfo(const Entry &entry)
{
    ConnectionInfo info = entry.info;
    if (!entry.state)
        return info;
    const RelayState &state = *entry.state;
    info.bytesIn = state.counters.bytesIn.load();
    info.bytesOut = state.counters.bytesOut.load();
    info.recordsIn = state.counters.recordsIn.load();
    info.recordsOut = state.counters.recordsOut.load();
    info.queued = state.queued.load();
    if (state.endedByPeer)
        info.state = ConnectionState::EndedByPeer;
    else if (state.endedByUs)
        info.state = ConnectionState::EndedByUs;
    return info;
}

void ConnectionTable::touch(Entry &entry) const
{
    entry.version = ++m_version;
    m_changes.push_back({m_version, entry.info.id});
    // Enough for a reader that asks thirty times a second; a slower one gets everything once.
    if (m_changes.size() > m_history + 4096)
        m_changes.pop_front();
}

void ConnectionTable::releaseRelays()
{
    std::vector<std::shared_ptr<LiveConnection>> relays; // destroyed after the lock is gone
    const std::lock_guard lock(m_mutex);
    for (const auto &entry : m_entries) {
        if (entry && entry->relay)
            relays.push_back(std::move(entry->relay));
    }
}

void ConnectionTable::forgetOld()
{
    while (m_closed.size() > m_history) {
        m_entries[m_closed.front().value - m_first].reset();
        m_closed.pop_front();
    }
    while (!m_entries.empty() && !m_entries.front()) {
        m_entries.pop_front();
        ++m_first;
    }
}

CapturedConnection captured(const ConnectionInfo &info)
{
    CapturedConnection result;
    result.id = info.id;
    result.server = info.server;
    result.opened = info.opened;
    result.pid = info.peer.credentials.pid;
    result.uid = info.peer.credentials.uid;
    result.gid = info.peer.credentials.gid;
    result.user = info.peer.userName;
    result.group = info.peer.groupName;
    result.executable = info.peer.process.executable;
    result.commandLine = info.peer.process.commandLine;
    result.outgoing = info.outgoing;
    return result;
}

} // namespace Sockeye
