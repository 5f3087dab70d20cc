// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Puts "sockeye tap", socat and HAProxy between the same clients and the same server, and prints
// them side by side with the direct connection. No Qt and nothing of the product in here.
//
//   bench_tap SOCKEYE FOLDER SECTION...     burst flood roundtrip held stuck

#include "benchtools.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <memory>

#include <csignal>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace {

std::string sockeyeProgram;
std::string folder;
constexpr size_t writeSize = 64 * 1024;

long kibibytes(pid_t pid, const char *field)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.rfind(field, 0) == 0)
            return std::atol(line.c_str() + std::strlen(field));
    }
    return -1;
}

/// A process of ours; ended with it.
class Child
{
public:
    explicit Child(const std::function<void()> &run)
        : m_pid(::fork())
    {
        if (m_pid == 0) {
            run();
            ::_exit(0);
        }
    }
    ~Child()
    {
        ::kill(m_pid, SIGTERM);
        ::waitpid(m_pid, nullptr, 0);
    }
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    pid_t m_pid;
};

[[noreturn]] void become(std::vector<std::string> words)
{
    std::vector<char *> argv;
    for (std::string &one : words)
        argv.push_back(one.data());
    argv.push_back(nullptr);
    ::setenv("XDG_CACHE_HOME", folder.c_str(), 1); // captures on the disk under test
    ::setenv("XDG_STATE_HOME", folder.c_str(), 1);
    const int quiet = ::open("/dev/null", O_RDWR);
    ::dup2(quiet, STDOUT_FILENO);
    ::dup2(quiet, STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
}

/// What stands between client and server.
struct Between
{
    std::string name;
    std::function<void(const std::string &at, const std::string &to)> run; ///< empty: nothing
};

void haproxy(const std::string &at, const std::string &to)
{
    const std::string file = folder + "/haproxy.cfg";
    std::ofstream config(file);
    config << "global\n maxconn 5000\n nbthread 1\ndefaults\n mode tcp\n timeout connect 10s\n"
           << " timeout client 600s\n timeout server 600s\nfrontend f\n bind unix@" << at
           << "\n default_backend b\nbackend b\n server s unix@" << to << "\n";
    config.close();
    become({"haproxy", "-q", "-f", file});
}

Between direct()
{
    return {"direct", {}};
}
/// The least that anybody can do who stands between: reads and writes, records nothing.
[[noreturn]] void relayBare(const std::string &at, const std::string &to)
{
    ::signal(SIGCHLD, SIG_IGN);
    const int listener = listenAt(at);
    while (true) {
        const int client = ::accept(listener, nullptr, nullptr);
        if (client < 0 || ::fork() != 0) {
            ::close(client);
            continue;
        }
        pollfd ends[2] = {{client, POLLIN, 0}, {connectTo(to), POLLIN, 0}};
        const auto number = [](const pollfd &end) { return end.fd < 0 ? ~end.fd : end.fd; };
        std::vector<char> buffer(256 * 1024);
        for (int open = 2; open > 0;) {
            ::poll(ends, 2, -1);
            for (int i = 0; i < 2; ++i) {
                if (ends[i].revents == 0)
                    continue;
                const ssize_t got = ::recv(ends[i].fd, buffer.data(), buffer.size(), 0);
                if (got > 0) {
                    sendAll(number(ends[1 - i]), buffer.data(), static_cast<size_t>(got));
                    continue;
                }
                ::shutdown(number(ends[1 - i]), SHUT_WR);
                ends[i].fd = ~ends[i].fd; // poll() leaves it out
                --open;
            }
        }
        ::_exit(0);
    }
}

Between bare()
{
    return {"bare relay", relayBare};
}
Between socat(bool isRecording = false)
{
    return {isRecording ? "socat -x -v" : "socat",
            [isRecording](const std::string &at, const std::string &to) {
                std::vector<std::string> words {"socat", "-b262144"};
                if (isRecording)
                    words.insert(words.end(), {"-x", "-v"});
                words.insert(words.end(),
                             {"UNIX-LISTEN:" + at + ",fork,backlog=500", "UNIX-CONNECT:" + to});
                become(words);
            }};
}
Between sockeye(const std::vector<std::string> &options = {})
{
    return {"sockeye", [options](const std::string &at, const std::string &to) {
                std::vector<std::string> words {sockeyeProgram, "tap", to, "--at", at, "--quiet"};
                words.insert(words.end(), options.begin(), options.end());
                become(words);
            }};
}

/// A client's way to the server, through what stands between.
class Way
{
public:
    Way(const Between &between, const std::string &server)
        : m_path(between.run ? folder + "/tap" : server)
    {
        if (!between.run)
            return;
        ::unlink(m_path.c_str());
        m_child = std::make_unique<Child>([&] { between.run(m_path, server); });
        const int probe = connectTo(m_path);
        if (probe < 0)
            die(between.name + " does not listen");
        ::close(probe);
        ::poll(nullptr, 0, 200);
    }
    [[nodiscard]] const std::string &path() const { return m_path; }
    [[nodiscard]] pid_t pid() const { return m_child ? m_child->pid() : -1; }

private:
    std::string m_path;
    std::unique_ptr<Child> m_child;
};

/// Serves many connections on one thread: reads all and says nothing, or sends back what comes.
void serveAll(int listener, bool isEcho)
{
    rlimit limit = {20000, 20000};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const int set = ::epoll_create1(0);
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.fd = listener;
    ::epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
    std::vector<char> buffer(256 * 1024);
    std::vector<epoll_event> events(256);
    while (true) {
        const int count = ::epoll_wait(set, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<size_t>(i)].data.fd;
            if (fd == listener) {
                event.data.fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
                if (event.data.fd >= 0)
                    ::epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event);
                continue;
            }
            const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
            if (got <= 0)
                ::close(fd); // which tells the sender that all of it was read
            else if (isEcho)
                sendAll(fd, buffer.data(), static_cast<size_t>(got));
        }
    }
}

/// In a virtual machine memory that was never used is slow for whoever is the first: 0.5 GB/s where
/// this was written. Whoever records would pay for it, the others not.
void useMemory(size_t bytes)
{
    void *const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory != MAP_FAILED)
        ::munmap(memory, bytes);
}

double gigabytesPerSecond(const Between &between, size_t total, int connections)
{
    const std::string server = folder + "/server";
    const int listener = listenAt(server);
    const Child sink([&] { serveAll(listener, false); });
    ::close(listener);
    const Way way(between, server);
    syncDisk();
    useMemory(std::min(2 * total, size_t {3} << 30));
    const auto start = Clock::now();
    std::vector<pid_t> senders;
    for (int i = 1; i < connections; ++i) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            timeToDeliver(way.path(), total / static_cast<size_t>(connections), writeSize);
            ::_exit(0);
        }
        senders.push_back(pid);
    }
    timeToDeliver(way.path(), total / static_cast<size_t>(connections), writeSize);
    for (const pid_t pid : senders)
        ::waitpid(pid, nullptr, 0);
    return static_cast<double>(total) / 1e9 / secondsSince(start);
}

void burst()
{
    const size_t total = size_t {1} << 30;
    for (const int connections : {1, 8}) {
        const std::vector<Between> all {direct(), bare(), socat(), {"HAProxy", haproxy}, sockeye()};
        std::vector<std::vector<double>> rates(all.size());
        for (int turn = 0; turn < 5; ++turn) {
            for (size_t i = 0; i < all.size(); ++i)
                rates[i].push_back(gigabytesPerSecond(all[i], total, connections));
        }
        const double dump = gigabytesPerSecond(socat(true), size_t {1} << 22, connections);
        const double ours = median(rates[4]);
        std::printf(
            "tap, burst of 1 GiB, 64 KiB writes, %d connection%s, median of 5: direct %.2f, bare "
            "relay %.2f, socat %.2f, HAProxy %.2f, sockeye (every byte recorded) %.2f GB/s, socat "
            "-x -v %.4f; sockeye is %.2f x socat (wanted >= 1.0), %.2f x HAProxy (>= 1.5), %.0f x "
            "socat -x -v (>= 1000)\n",
            connections, connections > 1 ? "s" : "", median(rates[0]), median(rates[1]),
            median(rates[2]), median(rates[3]), ours, dump, ours / median(rates[2]),
            ours / median(rates[3]), ours / dump);
        std::fflush(stdout);
    }
}

void flood()
{
    const size_t total = size_t {16} << 30;
    const std::string file = folder + "/dd";
    syncDisk();
    const auto start = Clock::now();
    const std::string command = "dd if=/dev/zero of=" + file + " bs=1M count=16384 status=none";
    if (std::system(command.c_str()) != 0)
        die("dd");
    const double dd = static_cast<double>(total) / 1e9 / secondsSince(start);
    ::unlink(file.c_str());
    const double plain = gigabytesPerSecond(socat(), total, 1);
    const double lossless = gigabytesPerSecond(sockeye(), total, 1);
    const double never = gigabytesPerSecond(sockeye({"--never-stall"}), total, 1);
    std::printf(
        "tap, flood of 16 GiB: dd %.2f, socat %.2f, sockeye lossless %.2f (%.2f x dd, wanted "
        ">= 0.8), never stall %.2f GB/s (%.2f x socat, wanted >= 0.9)\n",
        dd, plain, lossless, lossless / dd, never, never / plain);
}

struct RoundTrip
{
    double p50 = 0;
    double p99 = 0;
};

RoundTrip roundTrip(const Between &between)
{
    const std::string server = folder + "/server";
    const int listener = listenAt(server);
    const Child echo([&] { serveAll(listener, true); });
    ::close(listener);
    const Way way(between, server);
    const int fd = connectTo(way.path());
    std::vector<double> times;
    char message[64] = {};
    for (int i = 0; i < 22'000; ++i) {
        const auto start = Clock::now();
        sendAll(fd, message, sizeof message);
        if (::recv(fd, message, sizeof message, MSG_WAITALL) != sizeof message)
            die("round trip");
        if (i >= 2'000)
            times.push_back(secondsSince(start) * 1e6);
    }
    ::close(fd);
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

void roundTrips()
{
    const std::vector<Between> all {direct(), bare(), socat(), {"HAProxy", haproxy}, sockeye()};
    std::vector<std::vector<double>> p50(all.size());
    std::vector<std::vector<double>> p99(all.size());
    for (int turn = 0; turn < 7; ++turn) {
        for (size_t i = 0; i < all.size(); ++i) {
            const RoundTrip one = roundTrip(all[i]);
            p50[i].push_back(one.p50);
            p99[i].push_back(one.p99);
        }
    }
    std::printf("tap, round trip of 64 bytes, median of 7:");
    for (size_t i = 0; i < all.size(); ++i)
        std::printf(" %s p50 %.1f us p99 %.1f us,", all[i].name.c_str(), median(p50[i]),
                    median(p99[i]));
    std::printf(" sockeye is p50 %.2f, p99 %.2f x socat (wanted <= 1.05)\n",
                median(p50[4]) / median(p50[2]), median(p99[4]) / median(p99[2]));
}

void held()
{
    constexpr size_t connections = 2000;
    rlimit limit = {20000, 20000};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const std::string server = folder + "/server";
    const int listener = listenAt(server);
    const Child echo([&] { serveAll(listener, true); });
    ::close(listener);
    const Way way(sockeye(), server);
    std::vector<int> clients;
    for (size_t i = 0; i < connections; ++i)
        clients.push_back(connectTo(way.path()));
    size_t answered = 0;
    const auto start = Clock::now();
    for (int round = 0; round < 12; ++round) { // each echoes every 10 s for 2 minutes
        for (const int fd : clients) {
            char byte = 'x';
            sendAll(fd, &byte, 1);
            answered += ::recv(fd, &byte, 1, 0) == 1;
        }
        const double left = 10.0 * (round + 1) - secondsSince(start);
        if (left > 0)
            ::poll(nullptr, 0, static_cast<int>(left * 1000));
    }
    const double mib = static_cast<double>(kibibytes(way.pid(), "RssAnon:")) / 1024;
    std::printf(
        "tap, %zu connections held, each echoing every 10 s for 2 minutes: %zu of %zu answers, "
        "RSS %.1f MiB (wanted <= %.1f)\n",
        connections, answered, connections * 12, mib,
        64 + static_cast<double>(connections) * 48 / 1024);
    for (const int fd : clients)
        ::close(fd);
}

void stuck()
{
    // A server that never reads its first connection, and sinks the others.
    const std::string server = folder + "/server";
    const int listener = listenAt(server);
    const Child sink([&] {
        const int probe = ::accept(listener, nullptr, nullptr);
        const int never = ::accept(listener, nullptr, nullptr);
        static_cast<void>(probe);
        static_cast<void>(never);
        serveAll(listener, false);
    });
    ::close(listener);
    const Way way(sockeye(), server);
    const int victim = connectTo(way.path());
    ::poll(nullptr, 0, 300);
    useMemory(size_t {3} << 30);
    const double alone = static_cast<double>(size_t {1} << 30) / 1e9
        / timeToDeliver(way.path(), size_t {1} << 30, writeSize);
    const long before = kibibytes(way.pid(), "VmHWM:");
    ::fcntl(victim, F_SETFL, O_NONBLOCK);
    const std::vector<char> block(writeSize, 'x');
    size_t taken = 0;
    for (size_t offered = 0; offered < (size_t {4} << 30); offered += writeSize) {
        const ssize_t sent = ::send(victim, block.data(), block.size(), MSG_NOSIGNAL);
        taken += sent > 0 ? static_cast<size_t>(sent) : 0;
    }
    useMemory(size_t {3} << 30);
    const double beside = static_cast<double>(size_t {1} << 30) / 1e9
        / timeToDeliver(way.path(), size_t {1} << 30, writeSize);
    const long after = kibibytes(way.pid(), "VmHWM:");
    std::printf(
        "tap, a peer that never reads, 4 GiB offered: sender was let send %.0f KiB, peak RSS + "
        "%.1f MiB (wanted <= 8), others at %.2f x their rate (wanted >= 0.8)\n",
        static_cast<double>(taken) / 1024, static_cast<double>(after - before) / 1024,
        beside / alone);
    ::close(victim);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 4) {
        std::fprintf(stderr, "bench_tap SOCKEYE FOLDER SECTION...\n");
        return 2;
    }
    sockeyeProgram = argv[1];
    folder = argv[2];
    for (int i = 3; i < argc; ++i) {
        const std::string section = argv[i];
        if (section == "burst")
            burst();
        else if (section == "flood")
            flood();
        else if (section == "roundtrip")
            roundTrips();
        else if (section == "held")
            held();
        else if (section == "stuck")
            stuck();
        std::fflush(stdout);
    }
    return 0;
}
