// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"

#include <QObject>

namespace Sockeye {

class UserPrompt;
class WindowState;

/// What the window's buttons mean: turns them into commands of the Engine, asks first where it is
/// dangerous, and remembers what was started. No widgets.
class ServerCommands final : public QObject
{
    Q_OBJECT

public:
    ServerCommands(Engine &engine, UserPrompt &prompt, WindowState &state,
                   QObject *parent = nullptr);

    /// Listens with @p spec; @p id not valid: a new server. Returns its id.
    ServerId start(ServerId id, const ServerSpec &spec);
    void stop(ServerId id);
    void setPaused(ServerId id, bool on);
    void acceptNext(ServerId id);
    /// Stores what the fields say; while it listens only what acts at once.
    void edit(const ServerInfo &info, const ServerSpec &fields);
    /// Stores all of it and listens again; clients that are connected stay.
    void applyAndListenAgain(ServerId id, const ServerSpec &fields);
    /// Asks first if clients are connected.
    void remove(const ServerInfo &info);
    /// Connects as a client; the id of the entry.
    ServerId connectTo(const QString &address);
    void disconnect(const std::vector<ConnectionId> &ids);
    void disconnectAll(ServerId id); ///< not valid: of all servers
    void clearCapture();

    /// Does what the button of a problem says.
    void apply(const ProblemReport &report, Remedy remedy);
    void dismiss(ProblemId id);

Q_SIGNALS:
    /// Another name is to be picked for that server.
    void nameWanted(Sockeye::ServerId id);

private:
    [[nodiscard]] std::optional<ServerInfo> infoOf(ServerId id) const;
    void change(ServerId id, void (*with)(ServerSpec &));
    void askTakeOver(const ProblemReport &report);
    void tellOwner(const Problem &problem);

    Engine &m_engine;
    UserPrompt &m_prompt;
    WindowState &m_state;
};

} // namespace Sockeye
