// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"
#include "core/capture/steppedclock.h"

#include <chrono>
#include <unordered_map>

namespace Sockeye {

struct ImportProgress;

/// Where the readers of other programs' files put what they find: appends it to a log with the
/// times of the file, shows it to readers of the log at least ten times a second, and keeps the
/// first failure. One thread.
class ForeignRecorder
{
public:
    /// Servers that are told apart; the log looks through all of them for each new connection.
    static constexpr size_t MostServers = 4096;

    ForeignRecorder(CaptureLog &log, SteppedClock &clock, ImportProgress &progress);

    /// To be called for each packet or line, with how far the file was read. False: there is no
    /// going on, because it was cancelled or something could not be recorded.
    [[nodiscard]] bool goesOn(qint64 position);
    [[nodiscard]] const std::optional<Problem> &failure() const { return m_failure; }
    /// Shows all of it; what the import ends with.
    void flush();

    /// Records Opened. @p facts: what is known of the client; its ids and time are filled in.
    [[nodiscard]] std::unique_ptr<CaptureStream> open(Timestamp time, const QString &address,
                                                      CapturedConnection facts = {});
    void append(CaptureStream &stream, Timestamp time, Direction direction,
                std::span<const std::byte> bytes, const QString &note = {});
    void gap(CaptureStream &stream, Timestamp time, Direction direction, quint64 bytes);
    void endOfStream(CaptureStream &stream, Timestamp time, Direction direction,
                     const QString &note = {});
    void reset(CaptureStream &stream, Timestamp time, Direction direction,
               const QString &note = {});
    [[nodiscard]] quint64 connections() const { return m_lastConnection; }

private:
    [[nodiscard]] ServerId serverAt(const QString &address);
    void count(const Result<> &recorded);

    CaptureLog &m_log;
    SteppedClock &m_clock;
    ImportProgress &m_progress;
    std::unordered_map<QString, ServerId> m_servers;
    quint64 m_lastConnection = 0;
    int m_unflushed = 0;
    std::chrono::steady_clock::time_point m_lastFlush = std::chrono::steady_clock::now();
    std::optional<Problem> m_failure;
};

} // namespace Sockeye
