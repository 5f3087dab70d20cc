// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/foreignimport.h"

#include <future>

namespace Sockeye {

/// A file that is to be shown. Sockeye's own captures are opened; what other programs recorded is
/// converted by a thread of its own, into a log that goes away with this, and can be read from the
/// first record on. A process that a signal may end has to hold it back (holdEndSignals()), or the
/// log's files stay behind. One thread, but for log().
class CaptureSource
{
public:
    enum class Reads {
        All, ///< of Sockeye's own before open() returns
        AsItGoes, ///< only the first part; then what others write to the file as well
    };
    [[nodiscard]] static Result<std::unique_ptr<CaptureSource>> open(const QString &file,
                                                                     Reads reads = Reads::All);
    /// Cancels what is still under way.
    ~CaptureSource();
    CaptureSource(const CaptureSource &) = delete;
    CaptureSource &operator=(const CaptureSource &) = delete;

    [[nodiscard]] const CaptureLog &log() const { return *m_log; }
    /// Waits a moment (50 ms) for more records of a file that is converted. False: all that will
    /// ever come was there before the call.
    [[nodiscard]] bool waitForMore();
    [[nodiscard]] CaptureReading reading();
    /// What has been read stays, and nothing more comes.
    void stop();
    /// Why it is not everything, as far as it was read. NotACapture if all was, and it is nothing.
    [[nodiscard]] std::optional<Problem> problem();

private:
    CaptureSource() = default;
    /// Whether the conversion is under way; takes its outcome when it is not.
    [[nodiscard]] bool isConverting(std::chrono::milliseconds patience);

    SteppedClock m_clock; // outlives the log
    std::unique_ptr<CaptureLog> m_log;
    ImportProgress m_progress;
    bool m_isForeign = false;
    std::future<Result<>> m_import; ///< not valid: nothing is under way
    std::optional<Problem> m_importProblem;
};

} // namespace Sockeye
