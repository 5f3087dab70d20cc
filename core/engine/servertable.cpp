// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/servertable.h"

#include <algorithm>

namespace Sockeye {

ServerInfo withTotals(ServerInfo info, const ServerTotals &totals)
{
    info.open = totals.open;
    info.accepted = totals.accepted;
    info.refused = totals.refused;
    info.bytesIn = totals.traffic.bytesIn;
    info.bytesOut = totals.traffic.bytesOut;
    info.records = totals.traffic.recordsIn + totals.traffic.recordsOut;
    return info;
}

void ServerTable::publish(const ServerInfo &info, const std::shared_ptr<ServerTotals> &totals)
{
    const std::lock_guard lock(m_mutex);
    const auto entry = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const Entry &e) { return e.info.id == info.id; });
    if (entry == m_entries.end())
        m_entries.push_back({info, totals});
    else if (entry->info == info)
        return;
    else
        entry->info = info;
    ++m_version;
}

void ServerTable::remove(ServerId id)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_entries, [&](const Entry &entry) { return entry.info.id == id; });
    ++m_version;
}

Engine::ServerList ServerTable::list(quint64 version) const
{
    const std::lock_guard lock(m_mutex);
    for (const Entry &entry : m_entries) {
        if (entry.totals->traffic.dirty.exchange(false))
            ++m_version;
    }
    Engine::ServerList result;
    result.version = m_version;
    if (version == m_version && version != 0)
        return result;
    for (const Entry &entry : m_entries)
        result.servers.push_back(withTotals(entry.info, *entry.totals));
    return result;
}

} // namespace Sockeye
