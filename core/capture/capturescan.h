// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"
#include "core/capture/segmentchain.h"

#include <functional>
#include <unordered_map>
#include <vector>

namespace Sockeye {

enum class NumberField : quint8;

/// Asks a filter of the records of a log, many at a time: conditions that the index answers first,
/// then what is known of a connection, and the bytes in the file only of what is left, in reads of
/// up to a megabyte. One thread at a time; several scans of one log run side by side.
class CaptureScan
{
public:
    /// The log must outlive the scan.
    CaptureScan(const CaptureLog &log, const CaptureFilter &filter);
    ~CaptureScan();
    CaptureScan(const CaptureScan &) = delete;
    CaptureScan &operator=(const CaptureScan &) = delete;

    struct Found
    {
        std::vector<RecordIndex> records; ///< that match, in order
        RecordIndex end = 0; ///< one past the last record that was looked at
        quint64 epoch = 0; ///< in which they were read
    };
    /// Looks at @p count records from @p first on, or fewer. @p isCancelled is asked every few
    /// milliseconds: nothing is returned then, nor if @p first is not there.
    [[nodiscard]] std::optional<Found> find(RecordIndex first, quint64 count,
                                            const std::function<bool()> &isCancelled);

private:
    using Node = CaptureFilter::Node;
    /// Numbers of entries of a stretch, in order.
    using Selection = std::vector<quint32>;

    /// What the filter says of a connection or a server, as far as it was asked.
    struct Memo
    {
        quint64 known = 0;
        quint64 value = 0;
    };

    [[nodiscard]] std::optional<Found> findIn(RecordIndex first, RecordIndex end);
    [[nodiscard]] Selection select(const Node &node, Selection from);
    [[nodiscard]] Selection selectAny(const Node &node, const Selection &from);
    [[nodiscard]] Selection selectNumbers(const Node &node, Selection from);
    [[nodiscard]] Selection selectConnections(const Node &node, Selection from);
    [[nodiscard]] Selection selectServers(const Node &node, Selection from);
    [[nodiscard]] Selection selectNotes(const Node &node, Selection from);
    [[nodiscard]] bool isConnectionOf(const Node &node, quint32 connection);
    [[nodiscard]] bool isServerOf(const Node &node, quint16 server);
    [[nodiscard]] qint64 numberOf(NumberField field, const IndexEntry &entry) const;
    [[nodiscard]] QString noteOf(const IndexEntry &entry) const;
    void bindTimes();

    const CaptureLog &m_log;
    const CaptureFilter m_filter;
    const bool m_needsTimes;
    SegmentChain::Stretch m_stretch;
    RecordIndex m_first = 0; ///< of the stretch
    const std::function<bool()> *m_isCancelled = nullptr;
    /// Of the first record, and of the midnight before it: what some fields are counted from.
    std::optional<qint64> m_start;
    qint64 m_midnight = 0;
    std::unordered_map<quint32, Memo> m_connections;
    std::unordered_map<quint16, Memo> m_servers;
};

} // namespace Sockeye
