// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Runs a program that takes over a socket and kills it, its guardian or both at the Nth system call
// of the take-over, before the kernel does anything of it:
//
//   syscallkiller PATH WINDOW COUNTED KILLED N PROGRAM ARGUMENT...
//
// WINDOW   life: from the first call that names PATH, or the folder of its tap, to the end, which
// it is
//                asked for by SIGTERM as soon as PATH has been taken over
//          dead: from when the program has been killed, which is as soon as PATH has been taken
//          over
// COUNTED  tap: the calls of the thread that takes over; guardian: those of the process it starts
// KILLED   tap, guardian or both
//
// strace injects signals too, but its when=N counts in each thread, and the thread that takes over
// is not the one with the most calls. One line of JSON says what happened; nothing is judged in
// here. At each call of either process, PATH is looked at: it must never be missing. 77: tracing is
// not allowed.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int notAllowed = 77;
constexpr unsigned patience = 60; // seconds

struct Thread
{
    pid_t process = 0;
    bool isNew = true; // its first stop is of ptrace's making
};

struct Story
{
    std::string path;
    std::string folder; // of its tap
    std::string window;
    bool countsGuardian = false;
    bool killsTap = false;
    bool killsGuardian = false;
    long wanted = 0;

    std::map<pid_t, Thread> threads;
    pid_t tap = 0;
    pid_t guardian = 0;
    pid_t taker = 0; // the thread that takes over
    ino_t original = 0;
    bool isOpen = false; // the window
    bool wasInPlace = false;
    bool wasAskedToEnd = false;
    bool isGuardianReady = false;
    long calls = 0; // counted
    unsigned long long hit = 0;
    bool isHit = false;
    bool wasReadyAtHit = false;
    int missing = 0;
    int status = -1; // of the tap
    Clock::time_point killed;
    double backAfter = -1; // milliseconds
};

pid_t processOf(pid_t thread)
{
    std::ifstream file("/proc/" + std::to_string(thread) + "/status");
    std::string word;
    while (file >> word) {
        if (word == "Tgid:") {
            pid_t process = 0;
            file >> process;
            return process;
        }
    }
    return 0;
}

// The string at an address of another process; empty if there is none.
std::string stringAt(pid_t process, unsigned long long address, size_t longest)
{
    std::string text(longest, '\0');
    iovec here {.iov_base = text.data(), .iov_len = text.size()};
    // Up to the end of the page first: the next one may not be there.
    const size_t page = 4096 - address % 4096;
    iovec there[2] = {
        {.iov_base = reinterpret_cast<void *>(address), .iov_len = std::min(page, longest)},
        {.iov_base = reinterpret_cast<void *>(address + page),
         .iov_len = longest > page ? longest - page : 0}};
    const ssize_t size = ::process_vm_readv(process, &here, 1, there, 2, 0);
    return size > 0 ? std::string(text.c_str()) : std::string();
}

void killProcess(pid_t process)
{
    if (process > 0)
        ::kill(process, SIGKILL);
}

void lookAtPath(Story &story)
{
    struct stat status = {};
    if (::lstat(story.path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) {
        ++story.missing;
        return;
    }
    const bool isOriginal = status.st_ino == story.original;
    story.wasInPlace = story.wasInPlace || !isOriginal;
    if (isOriginal && story.backAfter < 0 && story.killed != Clock::time_point()) {
        story.backAfter =
            std::chrono::duration<double, std::milli>(Clock::now() - story.killed).count();
    }
}

void hit(Story &story, unsigned long long number)
{
    story.isHit = true;
    story.hit = number;
    story.wasReadyAtHit = story.isGuardianReady;
    // The one that stands still at its call last: the other one cannot react any more then.
    const auto killTap = [&] {
        if (story.killsTap) {
            killProcess(story.tap);
            if (story.killed == Clock::time_point())
                story.killed = Clock::now();
        }
    };
    if (story.countsGuardian)
        killTap();
    if (story.killsGuardian)
        killProcess(story.guardian);
    killTap();
}

// The take-over is complete, and its thread waits for clients.
void beIdle(Story &story)
{
    if (story.wasAskedToEnd)
        return;
    story.wasAskedToEnd = true;
    if (story.window == "dead") {
        story.killed = Clock::now();
        killProcess(story.tap);
        story.isOpen = true;
    } else {
        ::kill(story.tap, SIGTERM);
    }
}

void enterCall(Story &story, pid_t thread, const __ptrace_syscall_info &info)
{
    lookAtPath(story);
    const pid_t process = story.threads[thread].process;
    const unsigned long long number = info.entry.nr;
    if (process == story.tap && story.taker == 0) {
        for (const unsigned long long address : {info.entry.args[0], info.entry.args[1]}) {
            const std::string text = stringAt(process, address, story.folder.size() + 1);
            if (text == story.path || text == story.folder)
                story.taker = thread;
        }
        if (story.taker != 0 && story.window == "life")
            story.isOpen = true;
    }
    if (process == story.guardian && number == SYS_write && info.entry.args[0] == STDOUT_FILENO)
        story.isGuardianReady = true; // a moment before it is
    const bool isCounted = story.countsGuardian ? process == story.guardian : thread == story.taker;
    if (isCounted && story.isOpen && !story.isHit) {
        ++story.calls;
        if (story.calls == story.wanted)
            hit(story, number);
    }
    const std::set<unsigned long long> waits {
#ifdef SYS_poll
        SYS_poll,
#endif
#ifdef SYS_epoll_wait
        SYS_epoll_wait,
#endif
        SYS_ppoll, SYS_epoll_pwait};
    if (thread == story.taker && story.wasInPlace && waits.count(number) > 0)
        beIdle(story);
}

// A stop of one thread; what it is to be given as a signal.
int stopped(Story &story, pid_t thread, int status)
{
    Thread &self = story.threads[thread];
    if (self.process == 0)
        self.process = processOf(thread);
    if (self.process != 0 && self.process != story.tap)
        story.guardian = self.process; // of two, the later
    const int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80)) {
        __ptrace_syscall_info info = {};
        if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0
            && info.op == PTRACE_SYSCALL_INFO_ENTRY)
            enterCall(story, thread, info);
        return 0;
    }
    if (status >> 16 != 0)
        return 0; // an event of ptrace's
    if (signal == SIGSTOP && std::exchange(self.isNew, false))
        return 0;
    return signal;
}

void giveUp(int)
{
    constexpr char words[] = "syscallkiller: waited too long\n";
    static_cast<void>(::write(STDERR_FILENO, words, sizeof words - 1));
    ::_exit(3); // and what is traced dies with it
}

void follow(Story &story)
{
    for (;;) {
        int status = 0;
        const pid_t thread = ::waitpid(-1, &status, __WALL);
        if (thread < 0 && errno == EINTR)
            continue;
        if (thread < 0)
            break; // nobody is left
        if (!WIFSTOPPED(status)) {
            if (thread == story.tap)
                story.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            story.threads.erase(thread);
            continue;
        }
        const int signal = stopped(story, thread, status);
        ::ptrace(PTRACE_SYSCALL, thread, nullptr, signal); // in vain if it has been killed
    }
    lookAtPath(story);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 7)
        return 2;
    Story story;
    story.path = argv[1];
    const size_t name = story.path.rfind('/') + 1;
    story.folder = story.path.substr(0, name) + '.' + story.path.substr(name) + ".sockeye-tap";
    story.window = argv[2];
    story.countsGuardian = argv[3] == std::string("guardian");
    story.killsTap = argv[4] != std::string("guardian");
    story.killsGuardian = argv[4] != std::string("tap");
    story.wanted = std::atol(argv[5]);
    // The guardian's calls count from its first.
    story.isOpen = story.countsGuardian && story.window == "life";
    struct stat status = {};
    if (::lstat(story.path.c_str(), &status) == 0)
        story.original = status.st_ino;

    story.tap = ::fork();
    if (story.tap == 0) {
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
            ::_exit(notAllowed);
        ::raise(SIGSTOP);
        ::execv(argv[6], argv + 6);
        ::_exit(127);
    }
    int first = 0;
    if (::waitpid(story.tap, &first, __WALL) != story.tap || !WIFSTOPPED(first))
        return notAllowed;
    ::signal(SIGALRM, giveUp);
    ::alarm(patience);
    story.threads[story.tap] = {story.tap, false};
    if (::ptrace(PTRACE_SETOPTIONS, story.tap, nullptr,
                 PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK
                     | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)
        != 0) {
        killProcess(story.tap);
        return notAllowed;
    }
    ::ptrace(PTRACE_SYSCALL, story.tap, nullptr, 0);
    follow(story);
    std::printf("{\"calls\": %ld, \"hit\": %s, \"call\": %llu, \"ready\": %s, \"guarded\": %s, "
                "\"swapped\": %s, \"missing\": %d, \"status\": %d, \"back\": %.3f}\n",
                story.calls, story.isHit ? "true" : "false", story.hit,
                story.wasReadyAtHit ? "true" : "false", story.guardian > 0 ? "true" : "false",
                story.wasInPlace ? "true" : "false", story.missing, story.status, story.backAfter);
    return 0;
}
