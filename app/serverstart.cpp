// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "serverstart.h"

#include "commandline.h"

#include <optional>

namespace Sockeye {

using namespace std::chrono_literals;

bool hasStarted(EngineFeed &feed, const Engine &engine, ServerId id, bool json)
{
    std::optional<Problem> problem;
    while (true) {
        feed.pump(50ms);
        for (const EngineEvent &event : feed.events()) {
            const auto *raised = std::get_if<ProblemRaised>(&event.what);
            if (raised && raised->report.server == id)
                problem = raised->report.problem;
        }
        for (const ServerInfo &info : engine.servers().servers) {
            if (info.state == ServerState::Listening)
                return true;
            // Without a state of its own: a reply file that cannot be read.
            const bool failed = info.state == ServerState::Failed || info.problem.has_value();
            if (failed && problem) {
                feed.pump(50ms); // the state is told a moment after it can be seen
                if (json)
                    static_cast<void>(reportFailure(*problem));
                return false;
            }
        }
    }
}

} // namespace Sockeye
