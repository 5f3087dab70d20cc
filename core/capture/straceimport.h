// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/linereader.h"
#include "core/capture/packetimport.h"
#include "core/capture/tracedsockets.h"

namespace Sockeye {

/// Records what a log of strace tells of local sockets.
class StraceImport
{
public:
    /// @p fileTime: when the log was written to last. Times of day are of that day; times that
    /// begin anew (-r), or are not told, count from there.
    StraceImport(Pcapng::ReadAt read, qint64 size, Timestamp fileTime, ForeignRecorder &recorder);

    [[nodiscard]] ForeignReading run();

private:
    void addLine(QByteArrayView line);
    void setTime(const StraceFront &front);
    void addCall(qint64 pid, QByteArrayView text);
    void keep(qint64 pid, QByteArrayView begin);
    void resume(qint64 pid, QByteArrayView rest);

    LineReader m_lines;
    ForeignRecorder &m_recorder;
    TracedSockets m_sockets;
    std::unordered_map<qint64, QByteArray> m_unfinished; ///< calls by process, as far as written
    qint64 m_unfinishedBytes = 0;
    Timestamp m_time;
    Timestamp m_day; ///< midnight, of -t and -tt
    std::chrono::nanoseconds m_lastOfDay {};
    quint64 m_calls = 0;
};

/// Whether @p line is one of strace's, for telling what a file is.
[[nodiscard]] bool isStraceLine(QByteArrayView line);

} // namespace Sockeye
