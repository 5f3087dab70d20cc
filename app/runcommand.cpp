// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "enginefeed.h"
#include "output.h"
#include "serverstart.h"

#include "core/system/clienthints.h"

#include <QDir>
#include <QTemporaryDir>

#include <cerrno>
#include <csignal>
#include <memory>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Sockeye {

namespace {

using namespace std::chrono_literals;

struct RunArguments
{
    std::string tap;
    std::vector<std::string> environment;
    std::string record;
    std::vector<std::string> program;
};

// As shells tell it.
int statusOf(int waited)
{
    return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited);
}

// The program has our terminal, and the signals that a terminal sends.
Result<pid_t> startProgram(const std::vector<std::string> &words)
{
    std::vector<char *> argv;
    for (const std::string &word : words)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::sigaddset(&defaults, SIGXFSZ);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int error =
        ::posix_spawnp(&pid, argv.front(), nullptr, &attributes, argv.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        return fail({ProblemCode::ProgramNotStarted,
                     {{QStringLiteral("program"), fromArgument(words.front())}},
                     error});
    }
    return pid;
}

Result<std::vector<ClientHint>> hintsFor(const RunArguments &arguments, const SocketAddress &server,
                                         const SocketAddress &tap)
{
    std::vector<ClientHint> hints;
    for (const std::string &text : arguments.environment) {
        const auto hint = clientHintFrom(fromArgument(text), tap);
        if (!hint) {
            return fail({ProblemCode::BadInput,
                         {{QStringLiteral("what"),
                           QStringLiteral("%1 is not NAME=TEMPLATE").arg(fromArgument(text))},
                          {QStringLiteral("column"), QStringLiteral("1")}}});
        }
        hints.push_back(*hint);
    }
    if (hints.empty())
        hints = clientHints(server, tap, QProcessEnvironment::systemEnvironment());
    if (hints.empty())
        return fail({ProblemCode::ClientUnknown, {{QStringLiteral("address"), server.display()}}});
    return hints;
}

int waitForProgram(pid_t pid, EngineFeed &feed)
{
    int waited = 0;
    while (true) {
        const pid_t ended = ::waitpid(pid, &waited, WNOHANG);
        if (ended == pid)
            return statusOf(waited);
        if (ended < 0 && errno != EINTR)
            return ExitFailed;
        feed.pump(20ms);
        if (endWasAsked()) // from a terminal it has heard so itself
            ::kill(pid, SIGTERM);
    }
}

int runProgram(const RunArguments &arguments)
{
    holdEndSignals();
    QString text = fromArgument(arguments.tap);
    if (!text.startsWith(QLatin1Char('@')))
        text = QDir::cleanPath(QDir().absoluteFilePath(text));
    const Result<SocketAddress> server = SocketAddress::parse(text);
    if (!server)
        return reportFailure(server.error(), ExitUsage);
    // 0700, so that nobody but this user's programs can come by it.
    const QString runtime = QFile::decodeName(NameContext::current().runtimeFolder);
    const QTemporaryDir folder((runtime.isEmpty() ? QDir::tempPath() : runtime)
                               + QStringLiteral("/sockeye-run-XXXXXX"));
    QString name = freeDisplay(*server);
    if (name.isEmpty())
        name = folder.filePath(text.section(QLatin1Char('/'), -1).remove(QLatin1Char('@')));
    const Result<SocketAddress> tap = SocketAddress::parse(name);
    if (!tap)
        return reportFailure(tap.error());
    const auto hints = hintsFor(arguments, *server, *tap);
    if (!hints)
        return reportFailure(hints.error(), ExitUsage);

    EngineOptions options;
    options.capture.file = fromArgument(arguments.record);
    Result<std::unique_ptr<Engine>> engine = Engine::create(options);
    if (!engine)
        return reportFailure(engine.error());
    ServerSpec spec;
    spec.name = name;
    spec.upstream = server->display();
    EngineFeed feed(**engine, EngineFeed::Form::Quiet); // the output is the program's
    const ServerId id = (*engine)->addServer(spec);
    (*engine)->execute(Command::Start {id});
    if (!hasStarted(feed, **engine, id, false))
        return ExitFailed;
    for (const ClientHint &hint : *hints)
        qputenv(hint.variable.toLocal8Bit().constData(), hint.value.toLocal8Bit());
    const Result<pid_t> pid = startProgram(arguments.program);
    if (!pid)
        return reportFailure(pid.error());
    const int status = waitForProgram(*pid, feed);
    (*engine)->execute(Command::Stop {id});
    return status;
}

} // namespace

void addRunCommand(CLI::App &app, Runner &run)
{
    CLI::App *command = app.add_subcommand(
        "run", "Start a program that talks to a server through a tap of its own");
    auto arguments = std::make_shared<RunArguments>();
    command->add_option("--tap", arguments->tap, "The server's socket: a path, or @name")
        ->type_name("ADDRESS")
        ->required();
    command
        ->add_option("--env", arguments->environment,
                     "Set this variable for the program; {path} and {folder} are the tap's "
                     "(default: what clients of such a server read)")
        ->type_name("NAME=TEMPLATE")
        ->allow_extra_args(false);
    command->add_option("--record", arguments->record, "Keep everything in this pcapng file")
        ->type_name("FILE")
        ->required();
    command->add_option("PROGRAM", arguments->program, "The program and its arguments, behind --")
        ->required();
    command->positionals_at_end();
    command->callback([arguments, &run] { run = [arguments] { return runProgram(*arguments); }; });
}

} // namespace Sockeye
