// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

// What the benchmarks of whole programs share. No Qt and nothing of the product in here.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using Clock = std::chrono::steady_clock;

inline double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

[[noreturn]] inline void die(const std::string &what)
{
    std::fprintf(stderr, "benchmark: %s: %s\n", what.c_str(), std::strerror(errno));
    std::exit(1);
}

inline double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

inline sockaddr_un addressOf(const std::string &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

inline int connectTo(const std::string &path)
{
    const sockaddr_un address = addressOf(path);
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (true) {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            die("socket");
        if (::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
            return fd;
        ::close(fd);
        if (Clock::now() > deadline)
            return -1;
        ::poll(nullptr, 0, 5); // the server is still starting
    }
}

inline int listenAt(const std::string &path)
{
    ::unlink(path.c_str());
    const sockaddr_un address = addressOf(path);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::listen(fd, 128) != 0)
        die("listen at " + path);
    return fd;
}

inline void sendAll(int fd, const char *data, size_t size)
{
    while (size > 0) {
        const ssize_t sent = ::send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0)
            die("send");
        data += sent;
        size -= static_cast<size_t>(sent);
    }
}

// Seconds to send @p total bytes in writes of @p writeSize and to hear that all of it was read.
inline double timeToDeliver(const std::string &path, size_t total, size_t writeSize)
{
    const std::vector<char> block(writeSize, 'x');
    const int fd = connectTo(path);
    const auto start = Clock::now();
    for (size_t sent = 0; sent < total; sent += writeSize)
        sendAll(fd, block.data(), block.size());
    ::shutdown(fd, SHUT_WR);
    char end = 0;
    while (::recv(fd, &end, 1, 0) > 0) { }
    const double seconds = secondsSince(start);
    ::close(fd);
    return seconds;
}

inline void syncDisk()
{
    ::sync();
    ::poll(nullptr, 0, 500);
}
