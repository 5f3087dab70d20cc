// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/foreignrecorder.h"

#include "core/capture/foreignimport.h"

namespace Sockeye {

namespace {

// Whichever comes first; nothing is flushed for readers twice that has not changed.
constexpr int recordsPerFlush = 4096;
constexpr std::chrono::milliseconds flushInterval(100);

} // namespace

ForeignRecorder::ForeignRecorder(CaptureLog &log, SteppedClock &clock, ImportProgress &progress)
    : m_log(log)
    , m_clock(clock)
    , m_progress(progress)
{ }

bool ForeignRecorder::goesOn(qint64 position)
{
    m_progress.bytesRead.store(position, std::memory_order_relaxed);
    if (m_unflushed > 0
        && (m_unflushed >= recordsPerFlush
            || std::chrono::steady_clock::now() - m_lastFlush >= flushInterval))
        flush();
    return !m_failure && !m_progress.isCancelled.load(std::memory_order_relaxed);
}

void ForeignRecorder::flush()
{
    const auto flushed = m_log.flush();
    if (!flushed && !m_failure)
        m_failure = flushed.error();
    m_unflushed = 0;
    m_lastFlush = std::chrono::steady_clock::now();
}

std::unique_ptr<CaptureStream> ForeignRecorder::open(Timestamp time, const QString &address,
                                                     CapturedConnection facts)
{
    m_clock.set(time);
    facts.id = {++m_lastConnection};
    facts.server = serverAt(address);
    facts.opened = m_clock.now();
    auto stream = m_log.openStream(facts, RecordingPolicy::Lossless);
    // That Opened could not be recorded is told by the flush.
    count({});
    return stream;
}

void ForeignRecorder::append(CaptureStream &stream, Timestamp time, Direction direction,
                             std::span<const std::byte> bytes, const QString &note)
{
    m_clock.set(time);
    count(stream.append(direction, bytes, note));
}

void ForeignRecorder::gap(CaptureStream &stream, Timestamp time, Direction direction, quint64 bytes)
{
    m_clock.set(time);
    count(stream.gap(direction, bytes));
}

void ForeignRecorder::endOfStream(CaptureStream &stream, Timestamp time, Direction direction,
                                  const QString &note)
{
    m_clock.set(time);
    count(stream.endOfStream(direction, note));
}

void ForeignRecorder::reset(CaptureStream &stream, Timestamp time, Direction direction,
                            const QString &note)
{
    m_clock.set(time);
    count(stream.reset(direction, note));
}

// The rest share one, whose address is empty.
ServerId ForeignRecorder::serverAt(const QString &address)
{
    const bool isFull = m_servers.size() >= MostServers;
    const QString key = isFull && !m_servers.contains(address) ? QString() : address;
    const auto [it, isNew] = m_servers.try_emplace(key, ServerId {m_servers.size() + 1});
    if (isNew)
        m_log.addServer({it->second, key, key});
    return it->second;
}

void ForeignRecorder::count(const Result<> &recorded)
{
    if (!recorded && !m_failure)
        m_failure = recorded.error();
    ++m_unflushed;
}

} // namespace Sockeye
