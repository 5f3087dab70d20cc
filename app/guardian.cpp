// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The guardian: a process that does nothing but wait for Sockeye to die, and then puts a socket
// back that Sockeye had taken over. sockeye_guardian FOLDER, with a pipe from Sockeye as standard
// input. It says "r" on standard output when it is ready; a "q" from Sockeye means that all has
// been put back already; the end of the pipe, which the kernel makes however Sockeye ends, means
// act.

#include "core/base/descriptor.h"
#include "core/relay/socketswap.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    // A terminal's signals are for Sockeye, which ends by them; this one has to outlive it.
    ::setsid();
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
        ::signal(signal, SIG_IGN);
    ::prctl(PR_SET_NAME, "sockeye-guard");
    const auto record = Sockeye::readJournal(argv[1]);
    if (!record || ::chdir("/") != 0)
        return 1;
    if (::write(STDOUT_FILENO, "r", 1) != 1)
        return 1;
    char word = 0;
    ssize_t size = 0;
    do {
        size = ::read(STDIN_FILENO, &word, 1);
    } while (size < 0 && errno == EINTR);
    if (size == 1 && word == 'q')
        return 0;
    const Sockeye::Descriptor folder(
        ::open(record->folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status = {};
    if (!folder || ::fstat(folder.get(), &status) != 0)
        return 0;
    const Sockeye::FileNumbers opened {status.st_dev, status.st_ino};
    // Another (a new tap, "recover") has put the original back, and removed the folder or made it
    // its own.
    const auto isDone = [&record, &opened] {
        const auto written = Sockeye::readJournal(record->folder);
        return Sockeye::numbersOf(record->folder) != opened || (written && written != record);
    };
    // One that dies closes the pipe and lets go of the folder one after the other.
    while (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
        if (isDone())
            return 0;
        ::poll(nullptr, 0, 1);
    }
    if (isDone())
        return 0;
    // It died between the removal of the journal, which is the last but one, and of the folder.
    if (!Sockeye::readJournal(record->folder)) {
        ::rmdir(record->folder.c_str()); // if it is empty
        return 0;
    }
    return Sockeye::restoreSwap(*record) == Sockeye::Restored::Failed ? 1 : 0;
}
