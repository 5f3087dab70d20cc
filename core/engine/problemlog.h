// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"

#include <deque>
#include <mutex>

namespace Sockeye {

/// All problems of this run, the newest 10,000 kept. Any thread.
class ProblemLog
{
public:
    explicit ProblemLog(const Clock &clock);

    /// A problem that is current already for that server and connection is not raised twice:
    /// nothing then.
    std::optional<ProblemReport> raise(ServerId server, ConnectionId connection, Problem problem);
    /// No longer current: those of @p server with @p code. Returns their ids.
    std::vector<ProblemId> clear(ServerId server, ProblemCode code);
    /// Those of @p server, whatever the code: it was started or removed.
    std::vector<ProblemId> clearAll(ServerId server);
    [[nodiscard]] bool dismiss(ProblemId id);
    [[nodiscard]] Engine::ProblemChanges since(quint64 version) const;

private:
    struct Entry
    {
        ProblemReport report;
        quint64 version = 0;
    };
    template <class Predicate>
    std::vector<ProblemId> clearWhere(Predicate matches);

    const Clock &m_clock;
    mutable std::mutex m_mutex;
    std::deque<Entry> m_entries;
    quint64 m_version = 0;
    quint64 m_lastId = 0;
};

} // namespace Sockeye
