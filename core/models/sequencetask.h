// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

// What SequenceData has its threads do. For sequencedata.cpp and sequencetask.cpp alone.

#include "core/capture/capturescan.h"
#include "core/models/recordrows.h"
#include "core/models/sequencedata.h"

#include <map>
#include <unordered_map>

namespace Sockeye {

/// The rows of a selection and the lanes of its connections.
class SequenceData::RowTask final : public CaptureSweep::Task
{
public:
    explicit RowTask(Selection selection);

    [[nodiscard]] std::unique_ptr<Look> makeLook(const CaptureLog &log) const override;
    void begin(quint64 epoch) override;
    void take(Found *found, RecordIndex end) override;

    // Readers; any thread.
    struct Size
    {
        quint64 epoch = 0;
        quint64 beginRow = 0;
        quint64 endRow = 0;
        quint64 version = 0;
    };
    /// Rows of records before @p begin are dropped.
    [[nodiscard]] Size size(RecordIndex begin);
    [[nodiscard]] std::optional<RecordIndex> at(quint64 row) const;
    [[nodiscard]] quint64 lowerBound(RecordIndex index) const;
    [[nodiscard]] std::vector<SequenceLane> lanes() const;
    [[nodiscard]] std::optional<SequenceConnection> connection(ConnectionId id) const;
    [[nodiscard]] std::vector<SequenceConnection> connectionsAt(quint64 first, quint64 last) const;

private:
    struct Matches;
    class Eye;
    /// A connection's place, and what was seen of its ends.
    struct Known
    {
        SequenceConnection place;
        unsigned ends = 0; ///< a bit for each direction
    };

    [[nodiscard]] bool isKnown(ConnectionId id) const;
    void takeRecord(const Matches &matches, const Record &record);
    [[nodiscard]] Known *enter(const Matches &matches, ConnectionId id);
    [[nodiscard]] int laneOf(const CapturedConnection &connection);
    [[nodiscard]] int restLane();

    const Selection m_selection;
    mutable std::mutex m_mutex;
    quint64 m_epoch = 0;
    quint64 m_version = 0;
    RecordRows m_rows;
    std::vector<SequenceLane> m_lanes;
    std::map<std::pair<qint64, QString>, int> m_laneNumbers; ///< by process and executable
    std::vector<unsigned> m_usedSlots; ///< a bit for each, by lane
    std::unordered_map<quint64, Known> m_connections;
};

/// Who is in the log at all.
class SequenceData::CensusTask final : public CaptureSweep::Task
{
public:
    [[nodiscard]] std::unique_ptr<Look> makeLook(const CaptureLog &log) const override;
    void begin(quint64 epoch) override;
    void take(Found *found, RecordIndex end) override;

    [[nodiscard]] std::vector<ServerId> servers() const;
    [[nodiscard]] std::vector<KnownConnection> connections(ServerId server, size_t most) const;
    /// Counts changes of what can be chosen.
    [[nodiscard]] quint64 version() const { return m_version; }

private:
    struct Counted;
    class Eye;

    [[nodiscard]] bool isKnown(ConnectionId id) const;

    mutable std::mutex m_mutex;
    std::vector<ServerId> m_servers;
    std::vector<KnownConnection> m_connections;
    std::unordered_map<quint64, size_t> m_numbers; ///< in m_connections, by id
    std::atomic<quint64> m_version = 0;
};

} // namespace Sockeye
