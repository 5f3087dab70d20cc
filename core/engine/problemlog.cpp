// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/problemlog.h"

namespace Sockeye {

constexpr size_t maximumProblems = 10'000;

ProblemLog::ProblemLog(const Clock &clock)
    : m_clock(clock)
{ }

std::optional<ProblemReport> ProblemLog::raise(ServerId server, ConnectionId connection,
                                               Problem problem)
{
    const std::lock_guard lock(m_mutex);
    for (const Entry &entry : m_entries) {
        const ProblemReport &report = entry.report;
        if (report.isCurrent && report.server == server && report.connection == connection
            && report.problem == problem)
            return std::nullopt;
    }
    Entry entry;
    entry.report = {{++m_lastId}, m_clock.now(), server, connection, std::move(problem), true};
    entry.version = ++m_version;
    m_entries.push_back(entry);
    if (m_entries.size() > maximumProblems)
        m_entries.pop_front();
    return entry.report;
}

template <class Predicate>
std::vector<ProblemId> ProblemLog::clearWhere(Predicate matches)
{
    const std::lock_guard lock(m_mutex);
    std::vector<ProblemId> cleared;
    for (Entry &entry : m_entries) {
        if (entry.report.isCurrent && matches(entry.report)) {
            entry.report.isCurrent = false;
            entry.version = ++m_version;
            cleared.push_back(entry.report.id);
        }
    }
    return cleared;
}

std::vector<ProblemId> ProblemLog::clear(ServerId server, ProblemCode code)
{
    return clearWhere([&](const ProblemReport &report) {
        return report.server == server && report.problem.code == code;
    });
}

std::vector<ProblemId> ProblemLog::clearAll(ServerId server)
{
    return clearWhere([&](const ProblemReport &report) { return report.server == server; });
}

bool ProblemLog::dismiss(ProblemId id)
{
    return !clearWhere([&](const ProblemReport &report) { return report.id == id; }).empty();
}

Engine::ProblemChanges ProblemLog::since(quint64 version) const
{
    const std::lock_guard lock(m_mutex);
    Engine::ProblemChanges changes;
    changes.version = m_version;
    if (version == m_version)
        return changes;
    for (const Entry &entry : m_entries) {
        if (entry.version > version)
            changes.changed.push_back(entry.report);
    }
    return changes;
}

} // namespace Sockeye
