// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/atomicfile.h"
#include "core/capture/capturefilter.h"
#include "core/capture/recordpieces.h"

namespace Sockeye {

/// Records by their numbers, both ends included.
struct RecordRange
{
    RecordIndex first = 0;
    RecordIndex last = 0;

    friend bool operator==(const RecordRange &, const RecordRange &) = default;
};

/// Which records of a capture; all that is set must hold. A plain value; by itself: everything.
struct ExportSelection
{
    CaptureFilter filter = {};
    std::vector<RecordRange> ranges = {}; ///< in any order; empty: all records
    std::optional<ConnectionId> connection = {};
    std::optional<Direction> direction = {}; ///< a connection is opened by its client: ToServer

    [[nodiscard]] bool isEverything() const
    {
        return isWholeConversation() && !connection && !direction;
    }
    /// No record of a connection, or of one direction, is left out for another reason.
    [[nodiscard]] bool isWholeConversation() const
    {
        return ranges.empty() && filter.matchesEverything();
    }
};

enum class ExportFormat {
    Pcapng, ///< a capture of these records alone, which Sockeye and Wireshark open
    Raw, ///< their bytes, in the order in which they were recorded
    JsonLines, ///< as `sockeye show --json` prints them
    Csv, ///< RFC 4180, with a header line
    CArray, ///< a header for C and C++
};

struct ExportOptions
{
    ExportFormat format = ExportFormat::Pcapng;
    bool hexData = false; ///< Csv: the bytes in hexadecimal rather than as text with escapes
    bool perDirection = false; ///< CArray: one array a direction rather than one a record
};

/// How far an export is; for other threads to look at, and to end it: it obeys within 50 ms, but
/// for the time that a filter takes to look at one record, and the system to bring the last bytes
/// to the disk.
struct ExportProgress
{
    std::atomic<quint64> done = 0; ///< records looked at
    std::atomic<quint64> total = 0; ///< records to look at; 0: not yet known
    std::atomic<bool> cancel = false;
};

struct ExportResult
{
    quint64 records = 0; ///< that were selected
    quint64 bytes = 0; ///< written
    /// ExportIncomplete, or of a whole conversation's raw bytes ConversationIncomplete: something
    /// that was selected is not in the log. The rest was exported.
    std::optional<Problem> loss = {};
};

// Streams of any size, in pieces. What is recorded meanwhile is left out. Any thread; takes as long
// as reading the capture does. Both fail with ConversationGone if no record of the selected
// connection is there, with ExportCancelled, or ExportIncomplete if the log was cleared meanwhile.

/// Hands what is written to @p sink, and fails with what that fails with.
[[nodiscard]] Result<ExportResult> exportRecords(const CaptureLog &log,
                                                 const ExportSelection &selection,
                                                 const ExportOptions &options, const ByteSink &sink,
                                                 ExportProgress *progress = nullptr);

/// Writes @p file (0600), which appears when it is complete: a failure leaves what was there. Never
/// replaces what a log is recorded to or read from (FileUnwritable, EBUSY).
[[nodiscard]] Result<ExportResult>
exportToFile(const CaptureLog &log, const ExportSelection &selection, const ExportOptions &options,
             const QString &file, AtomicFile::Existing existing = AtomicFile::Existing::Replaced,
             ExportProgress *progress = nullptr);

} // namespace Sockeye
