// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// How long listing all local sockets takes while another process holds many pairs of them: the
// first time, and the median of those that follow. Exit status 1 beyond the budget.
//
//   bench_list [PAIRS]

#include "core/system/socketinventory.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <csignal>
#include <ctime>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

constexpr int rounds = 15;
constexpr double budget = 100; // ms for 10,000 sockets

/// A process that holds so many pairs until it is killed.
pid_t forkHolder(int pairs)
{
    int ready[2] = {-1, -1};
    if (::pipe(ready) != 0)
        return -1;
    const pid_t pid = ::fork();
    if (pid == 0) {
        rlimit limit = {};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        int ends[2] = {-1, -1};
        for (int i = 0; i < pairs; ++i) {
            if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
                ::_exit(1);
        }
        static_cast<void>(!::write(ready[1], "r", 1));
        ::pause();
        ::_exit(0);
    }
    char word = 0;
    static_cast<void>(!::read(ready[0], &word, 1));
    return pid;
}

/// In milliseconds; on a busy machine the time of the processor is what can be compared.
struct Time
{
    double elapsed = 0;
    double processor = 0;
};

double processorTime()
{
    timespec now = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

Time listOnce(size_t &found)
{
    const double before = processorTime();
    QElapsedTimer timer;
    timer.start();
    const Result<std::vector<SocketEntry>> sockets = listSockets();
    found = sockets ? sockets->size() : 0;
    return {static_cast<double>(timer.nsecsElapsed()) / 1e6, processorTime() - before};
}

} // namespace

int main(int argc, char **argv)
{
    const int pairs = argc > 1 ? std::atoi(argv[1]) : 5000;
    const pid_t holder = forkHolder(pairs);
    size_t found = 0;
    const Time first = listOnce(found);
    std::vector<Time> times;
    for (int i = 0; i < rounds; ++i)
        times.push_back(listOnce(found));
    std::sort(times.begin(), times.end(),
              [](const Time &a, const Time &b) { return a.elapsed < b.elapsed; });
    const Time median = times[times.size() / 2];
    std::printf("list: %zu sockets in %.1f ms the first time (processor %.1f), then %.1f "
                "(processor %.1f)\n",
                found, first.elapsed, first.processor, median.elapsed, median.processor);
    if (holder > 0) {
        ::kill(holder, SIGKILL);
        ::waitpid(holder, nullptr, 0);
    }
    return found >= static_cast<size_t>(2 * pairs) && median.elapsed <= budget ? 0 : 1;
}
