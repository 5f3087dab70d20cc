// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/captureexport.h"
#include "core/capture/capturescan.h"

namespace Sockeye {

/// Goes through the records that are there when it is made and are selected, and keeps account of
/// what it did not find. Used by one thread.
class RecordWalk
{
public:
    using Visitor = std::function<Result<>(const Record &record)>;

    RecordWalk(const CaptureLog &log, const ExportSelection &selection, ExportProgress *progress);

    /// Announces how many records @p passes walks will look at.
    void expect(int passes);
    /// In the order of recording. Fails with ExportCancelled, with what @p visit fails with, and
    /// with ExportIncomplete if the log was cleared: what was read then may be anything.
    [[nodiscard]] Result<> run(const Visitor &visit);

    /// No record of the selected connection was there.
    [[nodiscard]] bool lacksConnection() const { return m_selection.connection && !m_hasRecords; }
    /// Records went before they could be read.
    [[nodiscard]] bool isIncomplete() const { return m_isIncomplete; }
    /// The selected connection's oldest records are gone: the first one does not open it.
    [[nodiscard]] bool lacksBeginning() const { return m_lacksBeginning; }
    [[nodiscard]] bool isCleared() const;

private:
    [[nodiscard]] Result<> walk(const RecordRange &range, const Visitor &visit);
    [[nodiscard]] Result<> takeAll(const std::vector<Record> &records, const Visitor &visit);
    [[nodiscard]] Result<> take(const Record &record, bool isMatching, const Visitor &visit);
    [[nodiscard]] bool isCancelled() const;

    const CaptureLog &m_log;
    const ExportSelection &m_selection;
    ExportProgress *m_progress;
    CaptureScan m_scan;
    CaptureCursor m_start;
    std::vector<RecordRange> m_ranges; ///< in order, without overlap, of what is there
    bool m_hasRecords = false;
    bool m_isIncomplete = false;
    bool m_lacksBeginning = false;
};

} // namespace Sockeye
