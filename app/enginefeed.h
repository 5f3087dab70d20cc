// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"

#include <QJsonObject>

#include <deque>
#include <vector>

namespace Sockeye {

/// Prints what an engine does, as text for people or as JSON lines for scripts: events and records
/// merged by time. Pulls; one thread.
class EngineFeed
{
public:
    enum class Form { Text, Json, Quiet };

    EngineFeed(const Engine &engine, Form form);

    /// Prints what is new; waits for it @p timeout at the most.
    void pump(std::chrono::milliseconds timeout);
    /// The events of the last pump(), for the caller's own decisions.
    [[nodiscard]] const std::vector<EngineEvent> &events() const { return m_batch.events; }
    /// There is something that the last pump() did not print.
    [[nodiscard]] bool hasMore() const;
    /// "stopped" was told of a server, and with it everything that it did.
    [[nodiscard]] bool hasToldStop() const { return m_hasToldStop; }

private:
    void printMerged(const std::vector<Record> &records);
    void printStopped(const std::vector<ServerInfo> &servers);
    void printState(Timestamp time, const ServerInfo &info) const;
    void print(const EngineEvent &event);
    void printWhat(Timestamp time, const ServerChanged &changed);
    void printWhat(Timestamp time, const ConnectionOpened &opened) const;
    void printWhat(Timestamp time, const ConnectionClosed &closed) const;
    void printWhat(Timestamp time, const ProblemRaised &raised) const;
    // Told by the lines around them.
    void printWhat(Timestamp, const ServerRemoved &) const { }
    void printWhat(Timestamp, const ProblemCleared &) const { }
    void print(const Record &record) const;
    void printMissed(quint64 events, quint64 records) const;

    const Engine &m_engine;
    const Form m_form;
    quint64 m_sequence = 0;
    RecordIndex m_nextRecord = 0;
    Engine::EventBatch m_batch;
    std::deque<EngineEvent> m_waiting; ///< for the records before them
    std::vector<ServerInfo> m_stopped; ///< of which that is still to be told
    bool m_hasToldStop = false;
};

} // namespace Sockeye
