// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"

#include "core/base/problemtext.h"

#include <QByteArray>

#include <cstdio>
#include <ctime>
#include <limits>

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace Sockeye {

namespace {

// As systemd passes them: the first is number 3, and they are for this process only.
int passedDescriptor()
{
    const bool isForUs = qgetenv("LISTEN_PID").toLongLong() == ::getpid();
    return isForUs && qgetenv("LISTEN_FDS").toInt() >= 1 ? 3 : -1;
}

sigset_t endSignals()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        ::sigaddset(&set, signal);
    return set;
}

} // namespace

void prepareProcess()
{
    // A write to a peer that has gone, or past a file size limit, is an error to report, not an
    // end.
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
    // Else the first file or socket that is opened takes the place of a closed stdout or stderr,
    // and what is printed goes into it. Read-only, so that output that is lost stays an error.
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) < 0)
            static_cast<void>(::open("/dev/null", O_RDONLY)); // the lowest number that is free
    }
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void holdEndSignals()
{
    const sigset_t set = endSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool endWasAsked()
{
    const sigset_t set = endSignals();
    const timespec now = {};
    return ::sigtimedwait(&set, nullptr, &now) > 0;
}

int reportFailure(const Problem &problem, ExitStatus status)
{
    std::fprintf(stderr, "sockeye: %s\n", qUtf8Printable(oneLine(problem)));
    return status;
}

void ListenArguments::addTo(CLI::App &command)
{
    command.add_option("NAME", name, "Server name: a path, or a name under the temporary folder");
    command
        .add_option("--access", access,
                    "Who may connect: user,group,other or world (default: as the umask says)")
        ->type_name("LIST")
        // An unset variable of a script must not open the socket to everybody.
        ->check([](const std::string &list) {
            return list.empty() ? "it is empty; use user,group,other, world or none"
                                : std::string();
        });
    command.add_flag("--abstract", abstractName, "Listen on an abstract name instead of a file");
    command.add_flag("--enforce", enforce,
                     "Close clients that --access excludes, also where no file mode does");
    command.add_option("--backlog", backlog, "How many clients may wait to be accepted")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    command
        .add_option("--fd", descriptor,
                    "Serve this inherited listening descriptor; LISTEN_FDS is used without a NAME")
        ->check(CLI::Range(0, std::numeric_limits<int>::max()));
    command.add_flag("--remove-stale", removeStale,
                     "Also remove a stale socket that another user owns");
}

void ListenArguments::check() const
{
    if (name.empty() && descriptor < 0 && passedDescriptor() < 0)
        throw CLI::RequiredError("NAME");
}

Result<ServerSpec> ListenArguments::spec() const
{
    ServerSpec result;
    result.name = fromArgument(name);
    const Result<AccessOptions> options = AccessOptions::parse(fromArgument(access));
    if (!options)
        return fail(options.error());
    result.access = *options;
    result.access.abstract = result.access.abstract || abstractName;
    result.enforceAccess = enforce;
    result.backlog = backlog;
    result.inheritedDescriptor = descriptor;
    if (result.name.isEmpty() && descriptor < 0)
        result.inheritedDescriptor = passedDescriptor();
    return result;
}

} // namespace Sockeye
