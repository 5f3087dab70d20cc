// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/servers/servercommands.h"

#include "core/base/problemtext.h"
#include "ui/mainwindow/windowstate.h"
#include "ui/widgets/userprompt.h"

namespace Sockeye {

namespace {

bool isActive(const ServerInfo &info)
{
    return info.state == ServerState::Listening || info.state == ServerState::Paused;
}

} // namespace

ServerCommands::ServerCommands(Engine &engine, UserPrompt &prompt, WindowState &state,
                               QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_prompt(prompt)
    , m_state(state)
{ }

ServerId ServerCommands::start(ServerId id, const ServerSpec &spec)
{
    if (id.isValid())
        m_engine.execute(Command::ChangeServer {id, spec});
    else
        id = m_engine.addServer(spec);
    m_engine.execute(Command::Start {.id = id});
    if (spec.isTap())
        return id; // nothing to begin the next server with
    m_state.addRecentName(spec.name);
    m_state.setLastSpec(spec);
    return id;
}

void ServerCommands::stop(ServerId id)
{
    m_engine.execute(Command::Stop {id});
}

void ServerCommands::setPaused(ServerId id, bool on)
{
    if (on)
        m_engine.execute(Command::Pause {id});
    else
        m_engine.execute(Command::Resume {id});
}

void ServerCommands::acceptNext(ServerId id)
{
    m_engine.execute(Command::AcceptNext {id});
}

void ServerCommands::edit(const ServerInfo &info, const ServerSpec &fields)
{
    ServerSpec spec = fields;
    if (isActive(info)) {
        // These act at listening only: they stay with the fields until the user applies them.
        spec.name = info.spec.name;
        spec.access = info.spec.access;
        spec.backlog = info.spec.backlog;
    }
    if (spec != info.spec)
        m_engine.execute(Command::ChangeServer {info.id, spec});
}

void ServerCommands::applyAndListenAgain(ServerId id, const ServerSpec &fields)
{
    m_engine.execute(Command::ChangeServer {id, fields});
    m_engine.execute(Command::ListenAgain {id});
    if (fields.isTap())
        return;
    m_state.addRecentName(fields.name);
    m_state.setLastSpec(fields);
}

void ServerCommands::remove(const ServerInfo &info)
{
    if (info.open == 0) {
        m_engine.execute(Command::RemoveServer {info.id});
        return;
    }
    Question question;
    question.title = tr("Remove server");
    question.text = info.open == 1
        ? tr("A client of %1 is connected and will be disconnected.").arg(info.spec.name)
        : tr("%1 clients of %2 are connected and will be disconnected.")
              .arg(info.open)
              .arg(info.spec.name);
    question.detail = tr("Their records stay in the capture.");
    question.accept = tr("Remove");
    question.isDangerous = true;
    m_prompt.confirm(question, this, [this, id = info.id](bool yes) {
        if (yes)
            m_engine.execute(Command::RemoveServer {id});
    });
}

ServerId ServerCommands::connectTo(const QString &address)
{
    const ServerId id = m_engine.newServerId();
    m_engine.execute(Command::Connect {id, address});
    m_state.addRecentAddress(address);
    return id;
}

void ServerCommands::disconnect(const std::vector<ConnectionId> &ids)
{
    for (const ConnectionId id : ids)
        m_engine.execute(Command::Disconnect {id});
}

void ServerCommands::disconnectAll(ServerId id)
{
    if (id.isValid()) {
        m_engine.execute(Command::DisconnectAll {id});
        return;
    }
    for (const ServerInfo &info : m_engine.servers().servers)
        m_engine.execute(Command::DisconnectAll {info.id});
}

void ServerCommands::clearCapture()
{
    m_engine.execute(Command::ClearCapture {});
}

void ServerCommands::apply(const ProblemReport &report, Remedy remedy)
{
    switch (remedy) {
    case Remedy::Retry:
        m_engine.execute(Command::Start {.id = report.server});
        break;
    case Remedy::RemoveStaleAndRetry:
        m_engine.execute(Command::Start {.id = report.server, .removeStale = true});
        break;
    case Remedy::TakeOver:
        askTakeOver(report);
        break;
    case Remedy::PickAnotherName:
        Q_EMIT nameWanted(report.server);
        break;
    case Remedy::ShowOwner:
        tellOwner(report.problem);
        break;
    case Remedy::ListenAgain:
        m_engine.execute(Command::ListenAgain {report.server});
        break;
    case Remedy::EnforceAccess:
        change(report.server, [](ServerSpec &spec) { spec.enforceAccess = true; });
        break;
    case Remedy::NeverStall:
        change(report.server, [](ServerSpec &spec) { spec.policy = RecordingPolicy::NeverStall; });
        break;
    }
}

void ServerCommands::dismiss(ProblemId id)
{
    m_engine.execute(Command::DismissProblem {id});
}

std::optional<ServerInfo> ServerCommands::infoOf(ServerId id) const
{
    for (const ServerInfo &info : m_engine.servers().servers) {
        if (info.id == id)
            return info;
    }
    return {};
}

void ServerCommands::change(ServerId id, void (*with)(ServerSpec &))
{
    // A problem of the capture is no single server's: then it is for all of them.
    for (const ServerInfo &info : m_engine.servers().servers) {
        if (id.isValid() && info.id != id)
            continue;
        ServerSpec spec = info.spec;
        with(spec);
        m_engine.execute(Command::ChangeServer {info.id, spec});
    }
}

void ServerCommands::askTakeOver(const ProblemReport &report)
{
    const std::optional<ServerInfo> info = infoOf(report.server);
    Question question;
    question.title = tr("Hostile takeover");
    question.text = whatHappened(report.problem);
    question.detail =
        tr("If you take it over, its socket file is removed: new clients reach %1, and that "
           "server keeps running but can no longer be found. It will not notice. This cannot be "
           "undone here.")
            .arg(info ? info->spec.name : tr("Sockeye"));
    question.accept = tr("Take it over");
    question.isDangerous = true;
    m_prompt.confirm(question, this, [this, id = report.server](bool yes) {
        if (yes)
            m_engine.execute(Command::Start {.id = id, .takeOver = true});
    });
}

void ServerCommands::tellOwner(const Problem &problem)
{
    const auto line = [&](const QString &label, const char *key) {
        const QString value = problem.args.value(QLatin1String(key));
        return value.isEmpty() ? QString() : QStringLiteral("%1: %2\n").arg(label, value);
    };
    const QString text = line(tr("Address"), "address") + line(tr("Server"), "owner")
        + line(tr("Process"), "pid") + line(tr("Program"), "executable") + line(tr("User"), "user");
    m_prompt.tell(tr("Owner of the address"),
                  text.isEmpty() ? whatHappened(problem) : text.trimmed());
}

} // namespace Sockeye
