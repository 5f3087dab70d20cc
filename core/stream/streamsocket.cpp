// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stream/streamsocket.h"

#include "core/access/accessverdict.h"
#include "core/access/addressprobe.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

namespace Sockeye {

namespace {

using Outcome = StreamSocket::Transfer::Outcome;

StreamSocket::Transfer failedTransfer()
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return {.outcome = Outcome::WouldBlock};
    return {.outcome = Outcome::Failed, .errnoValue = errno};
}

// The kernel refuses a file that is no socket with the same words as a stale one, or as one that
// may not be written to. Not asked for other errors: a full queue is tried again and again.
std::optional<AddressState::FileType> typeOfNoSocket(const SocketAddress &address, int errnoValue)
{
    if (errnoValue != ECONNREFUSED && errnoValue != EACCES)
        return std::nullopt;
    const AddressState target = peekAddress(followLink(address));
    if (target.kind != AddressState::Kind::NotASocket
        || target.fileType == AddressState::FileType::Link)
        return std::nullopt;
    return target.fileType;
}

Problem connectProblem(const SocketAddress &address, int errnoValue)
{
    Problem problem {ProblemCode::ConnectFailed, {{QStringLiteral("address"), address.display()}}};
    problem.errnoValue = errnoValue;
    if (const auto type = typeOfNoSocket(address, errnoValue)) {
        problem.code = ProblemCode::ConnectNotASocket;
        problem.args[QStringLiteral("type")] = fileTypeText(*type);
    } else if (errnoValue == ECONNREFUSED) {
        // An abstract name nobody listens on is refused as well; there is no stale file then.
        problem.code = address.kind() == SocketAddress::Kind::Abstract
            ? ProblemCode::ConnectMissing
            : ProblemCode::ConnectRefused;
    } else if (errnoValue == ENOENT || errnoValue == ENOTDIR) {
        problem.code = ProblemCode::ConnectMissing;
    } else if (errnoValue == EACCES || errnoValue == EPERM) {
        problem.code = ProblemCode::ConnectDenied;
        SocketRights rights;
        rights.address = address;
        const AddressState state = peekAddress(address);
        rights.owner = state.owner;
        rights.group = state.group;
        rights.mode = state.mode;
        const Verdict verdict = verdictFor(Subject::self(), rights);
        problem.args[QStringLiteral("right")] = verdict.stop == Verdict::Stop::FolderSearch
            ? QStringLiteral("search")
            : QStringLiteral("write to");
        problem.args[QStringLiteral("step")] =
            verdict.step.isEmpty() ? address.display() : escapedBytes(verdict.step);
    }
    return problem;
}

} // namespace

StreamSocket::StreamSocket(Descriptor descriptor)
    : m_descriptor(std::move(descriptor))
{
    const int flags = ::fcntl(m_descriptor.get(), F_GETFL);
    if (flags >= 0 && !(flags & O_NONBLOCK))
        ::fcntl(m_descriptor.get(), F_SETFL, flags | O_NONBLOCK);
}

StreamSocket::Transfer StreamSocket::receive(std::span<std::byte> buffer) const
{
    ssize_t size = 0;
    do {
        size = ::recv(m_descriptor.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        return failedTransfer();
    if (size == 0)
        return {.outcome = Outcome::End};
    return {.outcome = Outcome::Done, .size = static_cast<size_t>(size)};
}

StreamSocket::Transfer StreamSocket::send(std::span<const std::byte> bytes) const
{
    ssize_t size = 0;
    do {
        size = ::send(m_descriptor.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        return failedTransfer();
    return {.outcome = Outcome::Done, .size = static_cast<size_t>(size)};
}

void StreamSocket::shutdownSending() const
{
    ::shutdown(m_descriptor.get(), SHUT_WR);
}

void StreamSocket::shutdownBoth() const
{
    ::shutdown(m_descriptor.get(), SHUT_RDWR);
}

bool StreamSocket::isHungUp() const
{
    pollfd entry {.fd = m_descriptor.get(), .events = 0, .revents = 0};
    return ::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLERR)) != 0;
}

Result<Descriptor> tryConnect(const SocketAddress &address, int socketType)
{
    sockaddr_un target = {};
    const Result<socklen_t> length = address.toSockaddr(target);
    if (!length)
        return fail(length.error());
    Descriptor descriptor(::socket(AF_UNIX, socketType | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!descriptor) {
        Problem problem {ProblemCode::SystemCallFailed,
                         {{QStringLiteral("call"), QStringLiteral("socket")}}};
        problem.errnoValue = errno;
        return fail(std::move(problem));
    }
    int status = 0;
    do {
        status = ::connect(descriptor.get(), reinterpret_cast<const sockaddr *>(&target), *length);
    } while (status != 0 && errno == EINTR);
    if (status != 0)
        return fail(connectProblem(address, errno));
    return descriptor;
}

Result<Descriptor> connectWithin(const SocketAddress &address, int milliseconds)
{
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
    int pause = 2;
    while (true) {
        Result<Descriptor> result = tryConnect(address);
        if (result || result.error().errnoValue != EAGAIN)
            return result;
        if (Clock::now() >= deadline) {
            Problem problem {ProblemCode::ConnectTimeout,
                             {{QStringLiteral("address"), address.display()},
                              {QStringLiteral("seconds"), QString::number(milliseconds / 1000.0)}}};
            problem.errnoValue = EAGAIN;
            return fail(std::move(problem));
        }
        ::poll(nullptr, 0, pause); // nothing can be waited for: the kernel tells nobody of room
        pause = std::min(pause * 2, 200);
    }
}

} // namespace Sockeye
