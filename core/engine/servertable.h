// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/connectiontable.h"

#include <memory>
#include <mutex>
#include <vector>

namespace Sockeye {

/// The servers as everybody sees them; written by the server thread, read by any.
class ServerTable
{
public:
    /// Adds or replaces; without the counters, which come from @p totals when asked.
    void publish(const ServerInfo &info, const std::shared_ptr<ServerTotals> &totals);
    void remove(ServerId id);
    [[nodiscard]] Engine::ServerList list(quint64 version) const;

private:
    struct Entry
    {
        ServerInfo info;
        std::shared_ptr<ServerTotals> totals;
    };
    mutable std::mutex m_mutex;
    std::vector<Entry> m_entries;
    mutable quint64 m_version = 0;
};

/// @p info with the counters as they are now.
[[nodiscard]] ServerInfo withTotals(ServerInfo info, const ServerTotals &totals);

} // namespace Sockeye
