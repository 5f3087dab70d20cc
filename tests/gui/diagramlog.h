// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/scratchfolder.h"

#include <QtTest>

#include <cmath>
#include <map>
#include <random>

namespace Sockeye {

/// A capture as a diagram's test needs it: some servers and clients that talk, more and less in
/// turn, by a clock that the test moves.
struct DiagramLog
{
    DiagramLog()
    {
        CaptureOptions options;
        options.folder = folder.path();
        options.limit = qint64 {2} * 1024 * 1024 * 1024;
        log = std::move(CaptureLog::create(options, clock).value());
    }
    ~DiagramLog() { streams.clear(); }

    void addServers()
    {
        log->addServer({{1}, QStringLiteral("api"), QStringLiteral("/run/user/1000/api")});
        log->addServer({{2}, QStringLiteral("db"), QStringLiteral("/run/user/1000/db")});
        log->addServer({{3}, QStringLiteral("logs"), QStringLiteral("/run/user/1000/logs")});
    }
    void open(quint64 id, qint64 pid, const char *name, quint64 server = 1,
              RecordingPolicy policy = RecordingPolicy::Lossless)
    {
        CapturedConnection connection;
        connection.id = {id};
        connection.server = {server};
        connection.pid = pid;
        connection.executable = QString::fromUtf8(name);
        streams[id] = log->openStream(connection, policy);
    }
    void append(quint64 id, const QByteArray &bytes, Direction direction = Direction::ToServer)
    {
        const auto span =
            std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size())));
        if (!streams[id]->append(direction, span))
            qFatal("not recorded");
    }
    void flush() const
    {
        if (!log->flush())
            qFatal("not flushed");
    }
    /// @p count requests and answers, over about @p seconds; in waves.
    void talk(int count, double seconds)
    {
        addServers();
        for (quint64 id = 1; id <= 6; ++id)
            open(id, 4200 + static_cast<qint64>(id / 2), id % 2 ? "/usr/bin/psql" : "/usr/bin/curl",
                 id % 3 + 1);
        const double pause = seconds * 1e9 / count;
        for (int i = 0; i < count; ++i) {
            const double phase = static_cast<double>(i) / count * 25;
            clock.advance(std::chrono::nanoseconds(
                static_cast<qint64>(pause * (0.2 + 1.6 * std::pow(std::sin(phase), 2))
                                    * static_cast<double>(random() % 200) / 100)));
            const quint64 id = 1 + random() % 6;
            const auto length = static_cast<qsizetype>(
                id % 3 == 0 ? 20 + random() % 60 : random() % 40 + (i / 500 % 7 == 0 ? 900 : 40));
            QByteArray text = i % 2 ? "{\"id\":" + QByteArray::number(i) + ",\"rows\":["
                                    : "SELECT name FROM fish WHERE id = " + QByteArray::number(i);
            text += QByteArray(std::max<qsizetype>(length - text.size(), 0), 'x');
            append(id, text, i % 2 ? Direction::ToClient : Direction::ToServer);
        }
        flush();
    }

    ManualClock clock;
    ScratchFolder folder;
    std::shared_ptr<CaptureLog> log;
    std::map<quint64, std::unique_ptr<CaptureStream>> streams;
    std::mt19937 random {3}; // NOLINT: the same each time
};

} // namespace Sockeye
