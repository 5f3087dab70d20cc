// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Loads "sockeye serve" with real clients and prints each figure beside its baseline of the same
// run. No Qt and nothing of the product in here: a program of its own judges from outside.
//
//   bench_serve SOCKEYE FOLDER SECTION...     ingest flood small roundtrip connects held

#include "benchtools.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

std::string sockeyeProgram;
std::string folder;

// A server as a process: the bare baselines, or Sockeye.
class Server
{
public:
    static Server bare(const std::string &path, const std::function<void(int)> &serve)
    {
        const int listener = listenAt(path);
        const pid_t pid = ::fork();
        if (pid == 0) {
            const int fd = ::accept(listener, nullptr, nullptr);
            serve(fd);
            ::_exit(0);
        }
        ::close(listener);
        return Server(pid, path);
    }

    static Server sockeye(const std::string &path, std::vector<std::string> arguments)
    {
        ::unlink(path.c_str());
        std::vector<std::string> all {sockeyeProgram, "serve", path, "--quiet"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        std::vector<char *> argv;
        for (std::string &one : all)
            argv.push_back(one.data());
        argv.push_back(nullptr);
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::setenv("XDG_CACHE_HOME", folder.c_str(), 1); // captures on the disk under test
            ::execv(argv[0], argv.data());
            ::_exit(127);
        }
        const int probe = connectTo(path);
        if (probe < 0)
            die("sockeye does not listen");
        ::close(probe);
        return Server(pid, path);
    }

    ~Server() { stop(); }
    Server(Server &&other) noexcept
        : m_pid(std::exchange(other.m_pid, -1))
        , m_path(other.m_path)
    { }
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;
    Server &operator=(Server &&) = delete;

    void stop()
    {
        if (m_pid <= 0)
            return;
        ::kill(m_pid, SIGTERM);
        ::waitpid(m_pid, nullptr, 0);
        m_pid = -1;
        ::unlink(m_path.c_str());
    }

    // Anonymous memory in KiB: what the process itself needs, without file pages.
    [[nodiscard]] long rssKiB(const char *field = "RssAnon:") const
    {
        std::ifstream status("/proc/" + std::to_string(m_pid) + "/status");
        std::string line;
        while (std::getline(status, line)) {
            if (line.rfind(field, 0) == 0)
                return std::atol(line.c_str() + std::strlen(field));
        }
        return -1;
    }

private:
    Server(pid_t pid, std::string path)
        : m_pid(pid)
        , m_path(std::move(path))
    { }

    pid_t m_pid;
    std::string m_path;
};

void readLoop(int fd)
{
    std::vector<char> buffer(64 * 1024);
    while (::read(fd, buffer.data(), buffer.size()) > 0) { }
}

// --- sections ------------------------------------------------------------------------------------

void ingest()
{
    const size_t total = size_t(1) << 30;
    const std::string path = folder + "/s";
    std::vector<double> bare;
    std::vector<double> ours;
    for (int i = 0; i < 5; ++i) {
        {
            const Server server = Server::bare(path, readLoop);
            bare.push_back(timeToDeliver(path, total, 64 * 1024));
        }
        const Server server = Server::sockeye(path, {"--discard"});
        syncDisk();
        ours.push_back(timeToDeliver(path, total, 64 * 1024));
    }
    const double gb = static_cast<double>(total) / 1e9;
    std::printf("ingest, burst of 1 GiB, 64 KiB writes, median of 5: bare read loop %.2f GB/s, "
                "sockeye (every byte recorded) %.2f GB/s, ratio %.2f (wanted >= 0.35)\n",
                gb / median(bare), gb / median(ours), median(bare) / median(ours));
}

void flood(size_t gibibytes)
{
    const size_t total = gibibytes << 30;
    const double gb = static_cast<double>(total) / 1e9;
    const std::string path = folder + "/s";
    const std::string file = folder + "/dd";
    syncDisk();
    const auto start = Clock::now();
    const std::string command = "dd if=/dev/zero of=" + file
        + " bs=1M count=" + std::to_string(gibibytes * 1024) + " status=none";
    if (std::system(command.c_str()) != 0)
        die("dd");
    const double dd = secondsSince(start);
    ::unlink(file.c_str());
    syncDisk();
    double ours = 0;
    {
        const Server server = Server::sockeye(path, {"--discard"});
        ours = timeToDeliver(path, total, 64 * 1024);
    }
    std::printf("flood of %zu GiB, lossless: dd %.2f GB/s, sockeye %.2f GB/s, ratio %.2f "
                "(wanted >= 0.8)\n",
                gibibytes, gb / dd, gb / ours, dd / ours);
}

void smallMessages()
{
    constexpr int senders = 4;
    constexpr size_t perSender = 500'000;
    const std::string path = folder + "/s";
    const Server server = Server::sockeye(path, {"--discard", "--read-size", "64"});
    const long before = server.rssKiB();
    const auto start = Clock::now();
    std::vector<pid_t> children;
    for (int i = 0; i < senders; ++i) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            timeToDeliver(path, perSender * 64, 64);
            ::_exit(0);
        }
        children.push_back(pid);
    }
    for (const pid_t pid : children)
        ::waitpid(pid, nullptr, 0);
    const double seconds = secondsSince(start);
    const double records = senders * static_cast<double>(perSender);
    const double perRecord = static_cast<double>(server.rssKiB() - before) * 1024 / records;
    std::printf("small messages, 64 bytes each from %d senders, each one a record: %.0f records/s "
                "(wanted >= 300000); memory %.1f bytes a record (wanted <= 32)\n",
                senders, records / seconds, perRecord);
}

std::vector<double> pingPong(const std::string &path, int rounds)
{
    std::vector<double> micros;
    const int fd = connectTo(path);
    char message[64] = {};
    for (int i = 0; i < rounds; ++i) {
        const auto start = Clock::now();
        sendAll(fd, message, sizeof message);
        for (size_t got = 0; got < sizeof message;) {
            const ssize_t n = ::recv(fd, message, sizeof message - got, 0);
            if (n <= 0)
                die("recv");
            got += static_cast<size_t>(n);
        }
        micros.push_back(secondsSince(start) * 1e6);
    }
    ::close(fd);
    std::sort(micros.begin(), micros.end());
    return micros;
}

void roundTrip()
{
    const std::string path = folder + "/s";
    const auto echo = [](int fd) {
        char buffer[4096];
        ssize_t n = 0;
        while ((n = ::read(fd, buffer, sizeof buffer)) > 0)
            sendAll(fd, buffer, static_cast<size_t>(n));
    };
    std::vector<double> bare50;
    std::vector<double> ours50;
    std::vector<double> bare99;
    std::vector<double> ours99;
    constexpr int rounds = 20'000;
    for (int i = 0; i < 5; ++i) {
        {
            const Server server = Server::bare(path, echo);
            const std::vector<double> times = pingPong(path, rounds);
            bare50.push_back(times[rounds / 2]);
            bare99.push_back(times[rounds * 99 / 100]);
        }
        const Server server = Server::sockeye(path, {"--echo"});
        const std::vector<double> times = pingPong(path, rounds);
        ours50.push_back(times[rounds / 2]);
        ours99.push_back(times[rounds * 99 / 100]);
    }
    std::printf("round trip of 64 bytes, median of 5: bare blocking echo p50 %.1f us p99 %.1f us, "
                "sockeye p50 %.1f us p99 %.1f us, p50 ratio %.2f (wanted <= 1.3)\n",
                median(bare50), median(bare99), median(ours50), median(ours99),
                median(ours50) / median(bare50));
}

void connects()
{
    constexpr int clients = 4;
    constexpr int perClient = 25'000;
    const std::string path = folder + "/s";
    const std::string file = folder + "/connects.pcapng";
    ::unlink(file.c_str());
    int failed = 0;
    double seconds = 0;
    {
        const Server server = Server::sockeye(path, {"--discard", "--record", file});
        const auto start = Clock::now();
        std::vector<pid_t> children;
        for (int i = 0; i < clients; ++i) {
            const pid_t pid = ::fork();
            if (pid == 0) {
                const sockaddr_un address = addressOf(path);
                int bad = 0;
                for (int k = 0; k < perClient; ++k) {
                    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
                    if (::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address)
                            != 0
                        || ::send(fd, "x", 1, MSG_NOSIGNAL) != 1)
                        ++bad;
                    ::close(fd);
                }
                ::_exit(bad > 255 ? 255 : bad);
            }
            children.push_back(pid);
        }
        for (const pid_t pid : children) {
            int status = 0;
            ::waitpid(pid, &status, 0);
            failed += WEXITSTATUS(status);
        }
        // A client that closed is not yet one that was served: the last in the queue counts too.
        timeToDeliver(path, 1, 1);
        seconds = secondsSince(start);
    }
    const std::string command =
        sockeyeProgram + " show --json " + file + " | grep -c '\"event\":\"";
    const auto count = [&](const char *event) {
        FILE *pipe = ::popen((command + event + "\"'").c_str(), "r");
        int number = -1;
        if (!pipe || std::fscanf(pipe, "%d", &number) != 1)
            number = -1;
        ::pclose(pipe);
        return number;
    };
    // Two more: the probe while starting, and the last one above.
    const int opened = count("opened");
    const int data = count("data");
    ::unlink(file.c_str());
    std::printf("connects, %d clients x %d (connect, send 1 byte, close): %.0f a second (wanted >= "
                "10000), failed %d, in the capture %d opened and %d data of %d and %d\n",
                clients, perClient, clients * perClient / seconds, failed, opened, data,
                clients * perClient + 2, clients * perClient + 1);
}

void held()
{
    constexpr int connections = 5'000;
    rlimit limit {20'000, 20'000};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const std::string path = folder + "/s";
    const Server server = Server::sockeye(path, {"--echo", "--backlog", "4096"});
    std::vector<int> fds;
    for (int i = 0; i < connections; ++i)
        fds.push_back(connectTo(path));
    int answered = 0;
    for (const int fd : fds) {
        char byte = 'x';
        sendAll(fd, &byte, 1);
        answered += ::recv(fd, &byte, 1, 0) == 1 ? 1 : 0;
    }
    const double rss = static_cast<double>(server.rssKiB("VmRSS:")) / 1024;
    const double allowed = 64 + connections * 40.0 / 1024;
    for (const int fd : fds)
        ::close(fd);
    std::printf("held, %d connections, %d answered an echo: RSS %.1f MiB (wanted <= %.1f)\n",
                connections, answered, rss, allowed);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 4) {
        std::fprintf(stderr, "usage: bench_serve SOCKEYE FOLDER SECTION...\n");
        return 2;
    }
    ::signal(SIGPIPE, SIG_IGN);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    sockeyeProgram = argv[1];
    folder = argv[2];
    for (int i = 3; i < argc; ++i) {
        const std::string section = argv[i];
        if (section == "ingest")
            ingest();
        else if (section == "flood")
            flood(16);
        else if (section == "flood-short")
            flood(4);
        else if (section == "small")
            smallMessages();
        else if (section == "roundtrip")
            roundTrip();
        else if (section == "connects")
            connects();
        else if (section == "held")
            held();
        else
            std::fprintf(stderr, "bench_serve: no section %s\n", section.c_str());
    }
    return 0;
}
