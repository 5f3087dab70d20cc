// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"
#include "kit/scratchfolder.h"
#include "localsockets.h"
#include "streamclient.h"

#include <QElapsedTimer>
#include <QStringList>

namespace Sockeye {

/// An engine with a capture of its own, and what it tells, as text.
class EngineHost
{
public:
    explicit EngineHost(EngineOptions options = {})
    {
        if (options.capture.folder.isEmpty() && options.capture.file.isEmpty())
            options.capture.folder = scratch.file(QStringLiteral("capture"));
        Result<std::unique_ptr<Engine>> created = Engine::create(options);
        if (!created)
            qFatal("no engine: %s", qPrintable(summary(created.error())));
        engine = std::move(*created);
    }

    [[nodiscard]] ServerSpec spec(AnswerKind kind = AnswerKind::Echo,
                                  const QString &name = QStringLiteral("s")) const
    {
        ServerSpec result;
        result.name = scratch.file(name);
        result.answer.kind = kind;
        return result;
    }
    /// Adds it, starts it, and waits until it listens or has failed.
    ServerId serve(const ServerSpec &spec)
    {
        const ServerId id = engine->addServer(spec);
        start(id);
        return id;
    }
    ServerId serve(AnswerKind kind = AnswerKind::Echo) { return serve(spec(kind)); }
    void start(ServerId id, bool removeStale = false, bool takeOver = false)
    {
        engine->execute(Command::Start {id, removeStale, takeOver});
        settle();
    }
    /// Waits until every command that was given has been executed: they run in their order, and
    /// the last one leaves a mark.
    void settle()
    {
        const ServerId mark = engine->newServerId();
        engine->execute(Command::RemoveServer {mark}); // ServerUnknown
        const auto isDone = [&] {
            for (const ProblemReport &report : engine->problemsSince(0).changed) {
                if (report.problem.code == ProblemCode::ServerUnknown
                    && report.problem.args[QStringLiteral("id")] == QString::number(mark.value)) {
                    engine->execute(Command::DismissProblem {report.id});
                    return true;
                }
            }
            return false;
        };
        QElapsedTimer time;
        time.start();
        quint64 seen = 0;
        while (!isDone()) {
            if (time.elapsed() > 60'000)
                qFatal("the engine hangs");
            static_cast<void>(engine->waitForEvents(seen, std::chrono::milliseconds(100)));
            const auto batch = engine->eventsSince(seen);
            if (!batch.events.empty())
                seen = batch.events.back().sequence;
        }
    }
    [[nodiscard]] ServerInfo info(ServerId id) const
    {
        for (const ServerInfo &server : engine->servers().servers) {
            if (server.id == id)
                return server;
        }
        return {};
    }
    [[nodiscard]] StreamClient connect(const QString &name = QStringLiteral("s")) const
    {
        return StreamClient(connectTo(scratch.bytes(name)));
    }

    /// "1 listening, opened #1, closed #1 (peer), raised AddressInUse, 1 stopped", in the order of
    /// events; without what settle() leaves.
    [[nodiscard]] QString story() const
    {
        QStringList parts;
        for (const EngineEvent &event : engine->eventsSince(0).events) {
            const QString text = tell(event);
            if (!text.isEmpty())
                parts << text;
        }
        return parts.join(QStringLiteral(", "));
    }
    /// "AddressInUse EADDRINUSE, …": what holds now, of one server or of all.
    [[nodiscard]] QString problems(ServerId server = {}) const
    {
        QStringList parts;
        for (const ProblemReport &report : engine->problemsSince(0).changed) {
            if (report.isCurrent && report.problem.code != ProblemCode::ServerUnknown
                && (!server.isValid() || report.server == server))
                parts << summary(report.problem);
        }
        return parts.join(QStringLiteral(", "));
    }
    /// Payload of one direction as the capture has it.
    [[nodiscard]] QByteArray captured(ConnectionId id, Direction direction) const
    {
        QByteArray bytes;
        RecordIndex next = 0;
        for (auto records = engine->capture().records(next, 4096); !records.empty();
             records = engine->capture().records(next, 4096)) {
            for (const Record &record : records) {
                if (record.connection == id && record.direction == direction
                    && record.kind == RecordKind::Data)
                    bytes += engine->capture().payload(record.index, 0,
                                                       static_cast<qint64>(record.length));
            }
            next += records.size();
        }
        return bytes;
    }

    const ScratchFolder scratch;
    std::unique_ptr<Engine> engine;

private:
    static QString tell(const EngineEvent &event)
    {
        if (const auto *changed = std::get_if<ServerChanged>(&event.what)) {
            return QStringLiteral("%1 %2%3")
                .arg(changed->info.id.value)
                .arg(stateName(changed->info.state),
                     changed->info.isReachable ? QString() : QStringLiteral(" unreachable"));
        }
        if (const auto *removed = std::get_if<ServerRemoved>(&event.what))
            return QStringLiteral("%1 removed").arg(removed->id.value);
        if (const auto *opened = std::get_if<ConnectionOpened>(&event.what))
            return QStringLiteral("opened #%1").arg(opened->info.id.value);
        if (const auto *closed = std::get_if<ConnectionClosed>(&event.what)) {
            return QStringLiteral("closed #%1 (%2)")
                .arg(closed->info.id.value)
                .arg(closeReasonName(closed->info.reason));
        }
        if (const auto *raised = std::get_if<ProblemRaised>(&event.what)) {
            const ProblemCode code = raised->report.problem.code;
            return code == ProblemCode::ServerUnknown ? QString()
                                                      : QStringLiteral("raised ") + codeName(code);
        }
        return {};
    }
};

} // namespace Sockeye
