// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/sequencetask.h"

#include "core/models/textformat.h"

#include <QFileInfo>

#include <algorithm>
#include <bit>

namespace Sockeye {

namespace {

constexpr unsigned bothEnds = 3;

} // namespace

// --- rows and lanes ----------------------------------------------------------------------------

struct SequenceData::RowTask::Matches final : Found
{
    std::vector<Record> records;
    std::unordered_map<quint64, CapturedConnection> peers; ///< of those that were new
};

class SequenceData::RowTask::Eye final : public Look
{
public:
    Eye(const CaptureLog &log, const RowTask &task)
        : m_log(log)
        , m_task(task)
    {
        if (!task.m_selection.filter.matchesEverything())
            m_scan = std::make_unique<CaptureScan>(log, task.m_selection.filter);
    }

    [[nodiscard]] std::unique_ptr<Found> look(const std::vector<Record> &records,
                                              const CaptureSweep::IsCancelled &isCancelled) override
    {
        auto matches = std::make_unique<Matches>();
        const auto keep = [&](const Record &record) {
            if (isSelected(record))
                matches->records.push_back(record);
        };
        if (m_scan) {
            const RecordIndex first = records.front().index;
            const auto found = m_scan->find(first, records.size(), isCancelled);
            if (!found)
                return nullptr;
            for (const RecordIndex index : found->records)
                keep(records[static_cast<size_t>(index - first)]);
        } else {
            std::for_each(records.begin(), records.end(), keep);
        }
        for (const Record &record : matches->records) {
            const quint64 id = record.connection.value;
            if (id == m_last || matches->peers.count(id) || m_task.isKnown(record.connection)) {
                m_last = id;
                continue;
            }
            if (isCancelled())
                return nullptr;
            // Read here, where nobody waits.
            matches->peers[id] = m_log.connection(record.connection).value_or(CapturedConnection());
        }
        m_last = 0;
        return matches;
    }

private:
    [[nodiscard]] bool isSelected(const Record &record) const
    {
        const Selection &selection = m_task.m_selection;
        return (!selection.server.isValid() || record.server == selection.server)
            && (selection.connections.empty() || selection.connections.count(record.connection));
    }

    const CaptureLog &m_log;
    const RowTask &m_task; ///< outlives its looks
    std::unique_ptr<CaptureScan> m_scan; ///< null: everything matches
    quint64 m_last = 0;
};

SequenceData::RowTask::RowTask(Selection selection)
    : m_selection(std::move(selection))
{ }

std::unique_ptr<CaptureSweep::Task::Look>
SequenceData::RowTask::makeLook(const CaptureLog &log) const
{
    return std::make_unique<Eye>(log, *this);
}

void SequenceData::RowTask::begin(quint64 epoch)
{
    const std::lock_guard lock(m_mutex);
    m_epoch = epoch;
    ++m_version;
    m_rows.clear();
    m_lanes.clear();
    m_laneNumbers.clear();
    m_usedSlots.clear();
    m_connections.clear();
}

void SequenceData::RowTask::take(Found *found, RecordIndex /*end*/)
{
    const auto *matches = dynamic_cast<Matches *>(found);
    if (!matches || matches->records.empty())
        return;
    const std::lock_guard lock(m_mutex);
    ++m_version;
    for (const Record &record : matches->records)
        takeRecord(*matches, record);
}

void SequenceData::RowTask::takeRecord(const Matches &matches, const Record &record)
{
    const quint64 row = m_rows.end();
    m_rows.append(record.index);
    const auto found = m_connections.find(record.connection.value);
    Known *known =
        found != m_connections.end() ? &found->second : enter(matches, record.connection);
    if (!known)
        return;
    known->place.lastRow = row;
    if (record.kind == RecordKind::EndOfStream)
        known->ends |= 1U << static_cast<unsigned>(record.direction);
    const bool isOver = known->ends == bothEnds || record.kind == RecordKind::Reset
        || record.kind == RecordKind::Refused;
    if (!isOver || !known->place.isOpen)
        return;
    known->place.isOpen = false;
    m_usedSlots[static_cast<size_t>(known->place.lane)] &=
        ~(1U << static_cast<unsigned>(known->place.slot));
}

/// Gives a new connection its place; null if there are too many.
SequenceData::RowTask::Known *SequenceData::RowTask::enter(const Matches &matches, ConnectionId id)
{
    if (m_connections.size() >= mostConnections) {
        (void)restLane();
        return nullptr;
    }
    const auto peer = matches.peers.find(id.value);
    const int lane = laneOf(peer == matches.peers.end() ? CapturedConnection() : peer->second);
    unsigned &used = m_usedSlots[static_cast<size_t>(lane)];
    SequenceLane &shown = m_lanes[static_cast<size_t>(lane)];
    ++shown.connections;
    int slot = std::countr_one(used);
    if (slot >= mostSlots)
        slot = static_cast<int>(shown.connections % mostSlots);
    used |= 1U << static_cast<unsigned>(slot);
    shown.slots = std::max(shown.slots, slot + 1);
    Known &known = m_connections[id.value];
    known.place = {id, lane, slot, m_rows.end() - 1, m_rows.end() - 1, true};
    return &known;
}

int SequenceData::RowTask::laneOf(const CapturedConnection &connection)
{
    const std::pair key(connection.pid, connection.executable);
    const auto found = m_laneNumbers.find(key);
    if (found != m_laneNumbers.end())
        return found->second;
    if (m_laneNumbers.size() >= static_cast<size_t>(mostLanes))
        return restLane();
    SequenceLane lane;
    lane.pid = connection.pid;
    lane.name = preview(QFileInfo(connection.executable).fileName().toUtf8());
    m_lanes.push_back(lane);
    m_usedSlots.push_back(0);
    const int number = static_cast<int>(m_lanes.size()) - 1;
    m_laneNumbers[key] = number;
    return number;
}

int SequenceData::RowTask::restLane()
{
    if (m_lanes.empty() || !m_lanes.back().isRest) {
        m_lanes.push_back({});
        m_lanes.back().isRest = true;
        m_usedSlots.push_back(0);
    }
    return static_cast<int>(m_lanes.size()) - 1;
}

bool SequenceData::RowTask::isKnown(ConnectionId id) const
{
    const std::lock_guard lock(m_mutex);
    return m_connections.count(id.value) || m_connections.size() >= mostConnections;
}

SequenceData::RowTask::Size SequenceData::RowTask::size(RecordIndex begin)
{
    const std::lock_guard lock(m_mutex);
    m_rows.dropBefore(begin);
    return {m_epoch, m_rows.lowerBound(begin), m_rows.end(), m_version};
}

std::optional<RecordIndex> SequenceData::RowTask::at(quint64 row) const
{
    const std::lock_guard lock(m_mutex);
    return row >= m_rows.begin() && row < m_rows.end() ? std::optional(m_rows.at(row))
                                                       : std::nullopt;
}

quint64 SequenceData::RowTask::lowerBound(RecordIndex index) const
{
    const std::lock_guard lock(m_mutex);
    return m_rows.lowerBound(index);
}

std::vector<SequenceLane> SequenceData::RowTask::lanes() const
{
    const std::lock_guard lock(m_mutex);
    return m_lanes;
}

std::optional<SequenceConnection> SequenceData::RowTask::connection(ConnectionId id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_connections.find(id.value);
    return found == m_connections.end() ? std::nullopt : std::optional(found->second.place);
}

std::vector<SequenceConnection> SequenceData::RowTask::connectionsAt(quint64 first,
                                                                     quint64 last) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<SequenceConnection> result;
    for (const auto &[id, known] : m_connections) {
        if (known.place.firstRow <= last && (known.place.isOpen || known.place.lastRow >= first))
            result.push_back(known.place);
    }
    std::sort(result.begin(), result.end(),
              [](const auto &a, const auto &b) { return a.firstRow < b.firstRow; });
    return result;
}

// --- census ------------------------------------------------------------------------------------

struct SequenceData::CensusTask::Counted final : Found
{
    std::vector<KnownConnection> connections; ///< in the order in which they came
};

class SequenceData::CensusTask::Eye final : public Look
{
public:
    Eye(const CaptureLog &log, const CensusTask &task)
        : m_log(log)
        , m_task(task)
    { }

    [[nodiscard]] std::unique_ptr<Found> look(const std::vector<Record> &records,
                                              const CaptureSweep::IsCancelled &isCancelled) override
    {
        auto counted = std::make_unique<Counted>();
        std::unordered_map<quint64, size_t> numbers;
        for (const Record &record : records) {
            const auto [place, isNew] =
                numbers.try_emplace(record.connection.value, counted->connections.size());
            if (isNew) {
                if (isCancelled())
                    return nullptr;
                counted->connections.push_back(
                    {record.connection, record.server, peerOf(record.connection), 0});
            }
            ++counted->connections[place->second].records;
        }
        return counted;
    }

private:
    [[nodiscard]] QString peerOf(ConnectionId id) const
    {
        if (m_task.isKnown(id))
            return {};
        const auto known = m_log.connection(id).value_or(CapturedConnection());
        return preview(peerText(known.executable, known.pid).toUtf8());
    }

    const CaptureLog &m_log;
    const CensusTask &m_task; ///< outlives its looks
};

std::unique_ptr<CaptureSweep::Task::Look>
SequenceData::CensusTask::makeLook(const CaptureLog &log) const
{
    return std::make_unique<Eye>(log, *this);
}

void SequenceData::CensusTask::begin(quint64 /*epoch*/)
{
    const std::lock_guard lock(m_mutex);
    m_servers.clear();
    m_connections.clear();
    m_numbers.clear();
    ++m_version;
}

void SequenceData::CensusTask::take(Found *found, RecordIndex /*end*/)
{
    const auto *counted = dynamic_cast<Counted *>(found);
    if (!counted)
        return;
    const std::lock_guard lock(m_mutex);
    for (const KnownConnection &connection : counted->connections) {
        const auto known = m_numbers.find(connection.id.value);
        if (known != m_numbers.end()) {
            m_connections[known->second].records += connection.records;
            continue;
        }
        if (std::find(m_servers.begin(), m_servers.end(), connection.server) == m_servers.end()) {
            m_servers.push_back(connection.server);
            ++m_version;
        }
        if (m_connections.size() >= mostConnections)
            continue;
        m_numbers[connection.id.value] = m_connections.size();
        m_connections.push_back(connection);
        ++m_version;
    }
}

bool SequenceData::CensusTask::isKnown(ConnectionId id) const
{
    const std::lock_guard lock(m_mutex);
    return m_numbers.count(id.value) || m_connections.size() >= mostConnections;
}

std::vector<ServerId> SequenceData::CensusTask::servers() const
{
    const std::lock_guard lock(m_mutex);
    return m_servers;
}

std::vector<SequenceData::KnownConnection> SequenceData::CensusTask::connections(ServerId server,
                                                                                 size_t most) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<KnownConnection> result;
    for (const KnownConnection &connection : m_connections) {
        if (server.isValid() && connection.server != server)
            continue;
        if (result.size() >= most)
            break;
        result.push_back(connection);
    }
    return result;
}

} // namespace Sockeye
