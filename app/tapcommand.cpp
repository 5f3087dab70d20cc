// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "enginefeed.h"
#include "jsonlines.h"
#include "output.h"
#include "serverstart.h"

#include "core/engine/recovery.h"

#include <QDir>

#include <memory>

namespace Sockeye {

namespace {

using namespace std::chrono_literals;

struct TapArguments
{
    std::string path;
    std::string at;
    std::string access;
    std::string record;
    bool neverStall = false;
    bool again = false;
    int drain = 2;
    bool json = false;
    bool quiet = false;
};

// A path as it is typed in a shell: relative to where one is, unlike the name of a server.
QString absolute(const std::string &argument)
{
    const QString text = fromArgument(argument);
    return text.startsWith(QLatin1Char('@')) || text.isEmpty()
        ? text
        : QDir::cleanPath(QDir().absoluteFilePath(text));
}

Result<ServerSpec> specOf(const TapArguments &arguments)
{
    const Result<AccessOptions> access = AccessOptions::parse(fromArgument(arguments.access));
    if (!access)
        return fail(access.error());
    ServerSpec spec;
    spec.upstream = absolute(arguments.path);
    spec.isInPlace = arguments.at.empty();
    spec.name = spec.isInPlace ? spec.upstream : absolute(arguments.at);
    spec.access = *access;
    spec.access.abstract = !spec.isInPlace && spec.name.startsWith(QLatin1Char('@'));
    if (spec.access.abstract)
        spec.name.remove(0, 1);
    spec.followsRestart = arguments.again;
    spec.policy = arguments.neverStall ? RecordingPolicy::NeverStall : RecordingPolicy::Lossless;
    return spec;
}

std::optional<ServerInfo> serverOf(const Engine &engine)
{
    const Engine::ServerList list = engine.servers();
    return list.servers.empty() ? std::nullopt : std::optional(list.servers.front());
}

// Off at once; who talks over it may finish, until the time is over or a second signal comes.
void takeOff(Engine &engine, EngineFeed &feed, ServerId id, int drain)
{
    engine.execute(Command::Stop {id});
    const auto begin = std::chrono::steady_clock::now();
    const auto isOpen = [&] {
        const auto info = serverOf(engine);
        return info && (info->state != ServerState::Stopped || info->open > 0);
    };
    // Clients that found our socket in the last moment before are still to come.
    const auto least = begin + 300ms;
    const auto most = begin + std::chrono::seconds(drain);
    for (auto now = begin; now < least || (isOpen() && now < most && !endWasAsked());
         now = std::chrono::steady_clock::now())
        feed.pump(33ms);
    engine.execute(Command::DisconnectAll {id});
    for (int i = 0; i < 60 && isOpen(); ++i)
        feed.pump(33ms);
    feed.pump(0ms);
}

int tap(const TapArguments &arguments)
{
    holdEndSignals();
    const Result<ServerSpec> spec = specOf(arguments);
    if (!spec)
        return reportFailure(spec.error(), ExitUsage);
    EngineOptions options;
    options.capture.file = fromArgument(arguments.record);
    Result<std::unique_ptr<Engine>> engine = Engine::create(options);
    if (!engine)
        return reportFailure(engine.error());
    const EngineFeed::Form form = arguments.json ? EngineFeed::Form::Json
        : arguments.quiet                        ? EngineFeed::Form::Quiet
                                                 : EngineFeed::Form::Text;
    EngineFeed feed(**engine, form);
    const ServerId id = (*engine)->addServer(*spec);
    (*engine)->execute(Command::Start {id});
    if (!hasStarted(feed, **engine, id, arguments.json))
        return ExitFailed;
    bool isLost = false;
    const auto isReaderGone = [&] { return !arguments.quiet && isOutputLost(); };
    while (!isLost && !endWasAsked() && !isReaderGone()) {
        feed.pump(33ms);
        const auto info = serverOf(**engine);
        isLost = !info || info->state == ServerState::Failed;
    }
    takeOff(**engine, feed, id, arguments.drain);
    return finishOutput(isLost ? ExitFailed : ExitDone);
}

int recover(const std::string &path, bool json)
{
    const std::vector<TapRecovery> found = recoverDeadTaps(absolute(path));
    bool isLeft = false;
    for (const TapRecovery &one : found) {
        isLeft = isLeft || one.problem.has_value();
        const char *what = one.problem ? "failed"
            : one.isAlive              ? "at work"
            : one.wasRestored          ? "restored"
                                       : "nothing to do";
        if (json) {
            printJsonLine({{QStringLiteral("address"), one.address},
                           {QStringLiteral("result"), QLatin1String(what)}});
        } else {
            printText(QStringLiteral("%1  %2\n").arg(one.address, QLatin1String(what)));
        }
        if (one.problem)
            static_cast<void>(reportFailure(*one.problem));
    }
    return finishOutput(isLeft ? ExitFailed : ExitDone);
}

} // namespace

void addTapCommand(CLI::App &app, Runner &run)
{
    CLI::App *command = app.add_subcommand(
        "tap", "Stand between a server and its clients and record both directions");
    auto arguments = std::make_shared<TapArguments>();
    command->add_option("PATH", arguments->path, "The server's socket: a path, or @name")
        ->required();
    CLI::Option *at = command
                          ->add_option("--at", arguments->at,
                                       "Listen at this path instead of taking PATH's place")
                          ->type_name("NEWPATH");
    command->add_option("--access", arguments->access, "With --at: who may connect, as for serve")
        ->type_name("LIST")
        ->needs(at);
    command->add_option("--record", arguments->record, "Keep everything in this pcapng file")
        ->type_name("FILE");
    command->add_flag("--never-stall", arguments->neverStall,
                      "When the disk is behind, forward and record gaps instead of waiting");
    command
        ->add_flag("--again", arguments->again,
                   "Tap again when the server has restarted and made its socket anew")
        ->excludes(at);
    command
        ->add_option("--drain", arguments->drain,
                     "When ended, let connections go on for so many seconds")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, 86400))
        ->capture_default_str();
    CLI::Option *json = command->add_flag("--json", arguments->json, "One JSON object a line");
    command->add_flag("--quiet", arguments->quiet, "Print problems only")->excludes(json);
    command->callback([arguments, &run] { run = [arguments] { return tap(*arguments); }; });
}

void addRecoverCommand(CLI::App &app, Runner &run)
{
    CLI::App *command = app.add_subcommand(
        "recover", "Put sockets back whose tap was killed together with its guardian");
    auto path = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    command->add_option("PATH", *path, "Only this one (default: all taps of this user)");
    command->add_flag("--json", *json, "One JSON object a line");
    command->callback([path, json, &run] { run = [path, json] { return recover(*path, *json); }; });
}

} // namespace Sockeye
