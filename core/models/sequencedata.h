// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"
#include "core/models/capturesweep.h"

#include <QObject>

#include <set>

namespace Sockeye {

/// A client process (or several whose process is not known) with its connections.
struct SequenceLane
{
    QString name; ///< "psql", "unknown", made showable
    qint64 pid = 0; ///< 0: not known
    bool isRest = false; ///< takes all for which there was no lane of their own left
    quint32 connections = 0;
    int slots = 1; ///< lines side by side: connections that were open at the same time

    friend bool operator==(const SequenceLane &, const SequenceLane &) = default;
};

/// Where a connection is drawn.
struct SequenceConnection
{
    ConnectionId id;
    int lane = 0;
    int slot = 0; ///< of its lane
    quint64 firstRow = 0;
    quint64 lastRow = 0; ///< as far as rows have come
    bool isOpen = true; ///< no end was seen by lastRow

    friend bool operator==(const SequenceConnection &, const SequenceConnection &) = default;
};

/// What a sequence diagram draws: the records of one server as rows, and its client processes as
/// lanes. Threads of their own go through the log; rows and lanes appear as they are found. A live
/// log is followed; a cleared one begins anew.
///
/// GUI thread; nothing here waits for a scan. Pulls on refresh().
class SequenceData final : public QObject
{
    Q_OBJECT

public:
    /// Processes beyond this share a lane; and so do connections beyond mostConnections.
    static constexpr int mostLanes = 500;
    static constexpr size_t mostConnections = 100'000;
    /// Lines side by side; more connections of one process share them.
    static constexpr int mostSlots = 8;

    explicit SequenceData(std::shared_ptr<const CaptureLog> log, QObject *parent = nullptr);
    ~SequenceData() override;

    struct Selection
    {
        ServerId server = {}; ///< none: records of all servers
        std::set<ConnectionId> connections = {}; ///< none: all
        CaptureFilter filter = {};
    };
    /// Begins anew with the records that are in all three.
    void select(const Selection &selection);
    [[nodiscard]] const Selection &selection() const { return m_selection; }

    /// Looks for new records, tells what changed. Connect it to RefreshClock::ticked.
    void refresh();

    // Rows keep their numbers; those of records that are gone are not there any more.
    [[nodiscard]] quint64 beginRow() const { return m_beginRow; }
    [[nodiscard]] quint64 endRow() const { return m_endRow; }
    [[nodiscard]] std::optional<RecordIndex> recordAt(quint64 row) const;
    /// The first row whose record is @p index or after it; endRow() if there is none.
    [[nodiscard]] quint64 rowOf(RecordIndex index) const;
    /// Of @p count rows from @p row on; without those that are gone meanwhile.
    struct RowRecord
    {
        quint64 row = 0;
        Record record;
    };
    [[nodiscard]] std::vector<RowRecord> records(quint64 row, size_t count) const;

    [[nodiscard]] const std::vector<SequenceLane> &lanes() const { return m_lanes; }
    /// Nothing for one that came when there were mostConnections: it is drawn in the last lane.
    [[nodiscard]] std::optional<SequenceConnection> connection(ConnectionId id) const;
    /// Those that have a row in or around @p firstRow … @p lastRow.
    [[nodiscard]] std::vector<SequenceConnection> connectionsAt(quint64 firstRow,
                                                                quint64 lastRow) const;
    [[nodiscard]] bool isSearching() const { return m_isSearching; }
    [[nodiscard]] quint64 totalCount() const { return m_total; } ///< records of the log
    /// When the first record of the log was made, as far as it is still there.
    [[nodiscard]] std::optional<Timestamp> start() const { return m_start; }

    // What there is to choose from, whatever is selected.
    struct KnownConnection
    {
        ConnectionId id;
        ServerId server;
        QString peer; ///< "psql (4211)", made showable
        quint64 records = 0;
    };
    /// Servers with records, in the order in which they came.
    [[nodiscard]] std::vector<CapturedServer> servers() const;
    /// The first @p most of @p server; all servers' if it is none.
    [[nodiscard]] std::vector<KnownConnection> knownConnections(ServerId server, size_t most) const;

    /// What a record's row says: "24 B  SELECT 1", "client connected", "reset: why". Any record.
    [[nodiscard]] QString textOf(const Record &record) const;

Q_SIGNALS:
    /// Rows, lanes or what can be chosen are others than before.
    void changed();
    /// All rows are void: another selection, or the log was cleared. changed() follows.
    void restarted();

private:
    class RowTask;
    class CensusTask;

    void measure(const CaptureCursor &now);

    const std::shared_ptr<const CaptureLog> m_log;
    Selection m_selection;
    std::shared_ptr<RowTask> m_rows;
    std::shared_ptr<CensusTask> m_census;
    quint64 m_epoch = 0;
    quint64 m_version = 0;
    quint64 m_beginRow = 0;
    quint64 m_endRow = 0;
    std::vector<SequenceLane> m_lanes;
    bool m_isSearching = true;
    RecordIndex m_goal = 0; ///< the search has caught up when it has been here
    quint64 m_total = 0;
    std::optional<Timestamp> m_start;
    RecordIndex m_startIndex = 0; ///< of which m_start is the time
    /// Last: its threads work on the tasks above.
    std::unique_ptr<CaptureSweep> m_sweep;
};

} // namespace Sockeye
