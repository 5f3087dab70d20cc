// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/server/guardedserver.h"
#include "localsockets.h"

#include <QStringList>

#include <vector>

namespace Sockeye {

/// A GuardedServer, what it accepted, and what it told, as a story: "listening",
/// "raised AddressVanished", "unreachable", "cleared AddressVanished", "reachable", "stopped".
class GuardedHost : public QObject
{
public:
    GuardedHost()
    {
        connect(&server, &GuardedServer::stateChanged, this,
                [this](ServerState state) { story << stateName(state); });
        connect(&server, &GuardedServer::problemRaised, this, [this](const Problem &problem) {
            story << QStringLiteral("raised ") + codeName(problem.code);
        });
        connect(&server, &GuardedServer::problemCleared, this,
                [this](ProblemCode code) { story << QStringLiteral("cleared ") + codeName(code); });
        connect(&server, &GuardedServer::reachableChanged, this, [this](bool on) {
            story << (on ? QStringLiteral("reachable") : QStringLiteral("unreachable"));
        });
    }

    /// "" or the summary of the problem.
    QString start(const ListenPlan &plan)
    {
        const Result<> result = server.start(plan);
        return result ? QString() : summary(result.error());
    }
    QString start(const QString &name, AccessOptions access = {})
    {
        return start({.name = name, .access = access});
    }
    [[nodiscard]] QString told() const { return story.join(QStringLiteral(", ")); }
    [[nodiscard]] int acceptedCount() const { return static_cast<int>(accepted.size()); }

    std::vector<Descriptor> accepted;
    QStringList story;
    GuardedServer server {[this](Descriptor client) { accepted.push_back(std::move(client)); }};
};

constexpr AccessOptions noAccess {};
constexpr AccessOptions userAccess {.user = true};
constexpr AccessOptions groupAccess {.group = true};
constexpr AccessOptions userGroupAccess {.user = true, .group = true};
constexpr AccessOptions worldAccess {.user = true, .group = true, .other = true};
constexpr AccessOptions abstractAccess {.abstract = true};

} // namespace Sockeye
