// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/foreignimport.h"

#include <future>

namespace Sockeye {

/// A file that is to be shown. Sockeye's own captures are opened; what other programs recorded is
/// converted by a thread of its own, into a log that goes away with this, and can be read from the
/// first record on. The signals that end a process have to be held back (holdEndSignals()), or
/// they leave the log's files behind.
class CaptureSource
{
public:
    [[nodiscard]] static Result<std::unique_ptr<CaptureSource>> open(const QString &file);
    /// Cancels what is still under way.
    ~CaptureSource();
    CaptureSource(const CaptureSource &) = delete;
    CaptureSource &operator=(const CaptureSource &) = delete;

    [[nodiscard]] const CaptureLog &log() const { return *m_log; }
    /// Waits a moment (50 ms) for more records. False: all that will ever come was there before the
    /// call.
    [[nodiscard]] bool waitForMore();
    /// Once all is there: why it is not everything. NotACapture if it is nothing.
    [[nodiscard]] std::optional<Problem> problem() const;

private:
    CaptureSource() = default;

    SteppedClock m_clock; // outlives the log
    std::unique_ptr<CaptureLog> m_log;
    ImportProgress m_progress;
    std::future<Result<>> m_import; ///< not valid: nothing is under way
    std::optional<Problem> m_problem;
};

} // namespace Sockeye
