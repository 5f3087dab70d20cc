// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "enginefeed.h"
#include "output.h"

#include <cmath>

namespace Sockeye {

namespace {

struct WaitArguments
{
    ListenArguments listen;
    double timeout = -1;
    bool json = false;
};

// No event loop here: this thread sleeps until the server thread tells of a client.
int waitForClient(const WaitArguments &arguments)
{
    using Clock = std::chrono::steady_clock;
    holdEndSignals();
    Result<ServerSpec> spec = arguments.listen.spec();
    if (!spec)
        return reportFailure(spec.error(), ExitUsage);
    spec->answer.kind = AnswerKind::Discard;
    const Result<std::unique_ptr<Engine>> engine = Engine::create({});
    if (!engine)
        return reportFailure(engine.error());
    EngineFeed feed(**engine, arguments.json ? EngineFeed::Form::Json : EngineFeed::Form::Text);
    const ServerId id = (*engine)->addServer(*spec);
    (*engine)->execute(Command::Start {id, arguments.listen.removeStale, false});

    const auto deadline =
        Clock::now() + std::chrono::milliseconds(std::llround(arguments.timeout * 1000));
    while (!endWasAsked()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (arguments.timeout >= 0 && left <= 0)
            return ExitTimeout;
        const auto pause = arguments.timeout >= 0 ? std::min<qint64>(left, 100) : 100;
        feed.pump(std::chrono::milliseconds(pause));
        if (isOutputLost())
            return finishOutput(ExitFailed);
        for (const EngineEvent &event : feed.events()) {
            if (std::holds_alternative<ConnectionOpened>(event.what))
                return finishOutput(ExitDone);
            const auto *raised = std::get_if<ProblemRaised>(&event.what);
            if (raised && raised->report.server == id
                && severity(raised->report.problem.code) == Severity::Error) {
                // The feed has told people already; of JSON, stderr has a line as well.
                return arguments.json ? reportFailure(raised->report.problem) : ExitFailed;
            }
        }
    }
    return ExitFailed; // interrupted before anybody came
}

} // namespace

void addWaitCommand(CLI::App &app, Runner &run)
{
    CLI::App *command = app.add_subcommand("wait", "Listen until the first client connects");
    auto arguments = std::make_shared<WaitArguments>();
    arguments->listen.addTo(*command);
    command->add_option("--timeout", arguments->timeout, "Give up after so long: exit status 124")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, 1e9));
    command->add_flag("--json", arguments->json, "One JSON object a line");
    command->callback([arguments, &run] {
        arguments->listen.check();
        run = [arguments] { return waitForClient(*arguments); };
    });
}

} // namespace Sockeye
