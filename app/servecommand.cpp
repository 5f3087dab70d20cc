// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "enginefeed.h"
#include "output.h"
#include "serverstart.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

namespace Sockeye {

namespace {

using namespace std::chrono_literals;

/// The engine reads no more at a time (scratchSize).
constexpr int largestRead = 256 * 1024;

struct ServeArguments
{
    ListenArguments listen;
    bool echo = false;
    bool discard = false;
    std::string reply;
    std::string replyText;
    std::string replyWhen = "record";
    bool thenClose = false;
    int maxConnections = 0;
    std::string record;
    std::string limit;
    bool neverStall = false;
    int readSize = 0;
    bool once = false;
    bool json = false;
    bool quiet = false;
};

Result<AnswerSpec> answerOf(const ServeArguments &arguments)
{
    AnswerSpec answer;
    answer.kind = AnswerKind::Manual;
    if (arguments.echo)
        answer.kind = AnswerKind::Echo;
    if (arguments.discard)
        answer.kind = AnswerKind::Discard;
    if (!arguments.reply.empty() || !arguments.replyText.empty())
        answer.kind = AnswerKind::Reply;
    answer.replyFile = fromArgument(arguments.reply);
    const Result<QByteArray> text = bytesFromText(fromArgument(arguments.replyText));
    if (!text)
        return fail(text.error());
    answer.reply = *text;
    answer.when = arguments.replyWhen == "open" ? ReplyWhen::Opened
        : arguments.replyWhen == "end"          ? ReplyWhen::EndOfStream
                                                : ReplyWhen::EachRecord;
    answer.closeAfter = arguments.thenClose;
    // A program that nobody talks to by hand should at least be seen to be there.
    if (answer.kind == AnswerKind::Manual)
        answer.kind = AnswerKind::Echo;
    return answer;
}

bool hasServedOne(const EngineFeed &feed)
{
    return std::any_of(feed.events().begin(), feed.events().end(), [](const EngineEvent &event) {
        const auto *closed = std::get_if<ConnectionClosed>(&event.what);
        return closed && closed->info.state != ConnectionState::Refused;
    });
}

// Clients get what is queued for 2 s at the most. Then there may be more to print than a slow
// reader wants to have: a second signal ends that.
void printRest(EngineFeed &feed, const std::function<bool()> &isLost)
{
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (!feed.hasToldStop() && !isLost() && !endWasAsked()
           && (feed.hasMore() || std::chrono::steady_clock::now() < deadline))
        feed.pump(33ms);
}

int serve(const ServeArguments &arguments)
{
    holdEndSignals();
    Result<ServerSpec> spec = arguments.listen.spec();
    const Result<AnswerSpec> answer = answerOf(arguments);
    if (!spec || !answer)
        return reportFailure(spec ? answer.error() : spec.error(), ExitUsage);
    spec->answer = *answer;
    spec->maxConnections = arguments.maxConnections;
    spec->policy = arguments.neverStall ? RecordingPolicy::NeverStall : RecordingPolicy::Lossless;
    spec->readSize = arguments.readSize;
    spec->once = arguments.once;

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
    (*engine)->execute(Command::Start {id, arguments.listen.removeStale, false});
    if (!hasStarted(feed, **engine, id, arguments.json))
        return ExitFailed;

    // Nobody looks at the output of a quiet server, so nobody can have gone.
    const auto isLost = [&arguments] { return !arguments.quiet && isOutputLost(); };
    bool isOver = false;
    while (!isOver && !isLost() && !endWasAsked()) {
        feed.pump(33ms);
        isOver = arguments.once && hasServedOne(feed);
    }
    (*engine)->execute(Command::Stop {id});
    printRest(feed, isLost);
    return finishOutput(ExitDone);
}

} // namespace

void addServeCommand(CLI::App &app, Runner &run)
{
    CLI::App *command =
        app.add_subcommand("serve", "Listen on a name, answer clients and show their traffic");
    auto arguments = std::make_shared<ServeArguments>();
    arguments->listen.addTo(*command);
    CLI::Option *echo =
        command->add_flag("--echo", arguments->echo, "Send back what comes (default)");
    CLI::Option *discard = command->add_flag("--discard", arguments->discard, "Take in what comes");
    CLI::Option *reply = command->add_option("--reply", arguments->reply, "Answer with this file")
                             ->type_name("FILE");
    CLI::Option *text =
        command
            ->add_option("--reply-text", arguments->replyText, "Answer with this text (\\n, \\xHH)")
            ->type_name("TEXT");
    for (CLI::Option *one : {echo, discard, reply, text}) {
        for (CLI::Option *other : {echo, discard, reply, text}) {
            if (one != other)
                one->excludes(other);
        }
    }
    command
        ->add_option("--reply-when", arguments->replyWhen,
                     "open: at once, record: whenever something comes, end: after the client's end")
        ->check(CLI::IsMember({"open", "record", "end"}))
        ->capture_default_str();
    command->add_flag("--then-close", arguments->thenClose, "End sending after the reply");
    command->add_option("--max-connections", arguments->maxConnections, "Further clients wait")
        ->check(CLI::Range(1, 1'000'000));
    command->add_option("--record", arguments->record, "Keep everything in this pcapng file")
        ->type_name("FILE");
    command->add_flag(
        "--never-stall", arguments->neverStall,
        "When the disk is behind, go on and record gaps instead of making senders wait");
    command
        ->add_option(
            "--read-size", arguments->readSize,
            "Read so many bytes at a time, each a record (default: what is there, up to 256 KiB)")
        ->check(CLI::Range(1, largestRead));
    command->add_flag("--once", arguments->once, "Serve one client, and end when it has gone");
    CLI::Option *json = command->add_flag("--json", arguments->json, "One JSON object a line");
    command->add_flag("--quiet", arguments->quiet, "Print problems only")->excludes(json);
    command->callback([arguments, &run] {
        arguments->listen.check();
        run = [arguments] { return serve(*arguments); };
    });
}

} // namespace Sockeye
