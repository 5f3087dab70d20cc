// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stream/peekedstream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace Sockeye {

namespace {

using Outcome = PeekedStream::Look::Outcome;

// Of the smallest send buffer that the kernel allows (4.5 KiB) this is a quarter.
constexpr size_t muchHeld = 1024;
constexpr size_t longestPacket = 256 * 1024 * 1024;
constexpr size_t credentialsRoom = CMSG_SPACE(sizeof(ucred));
constexpr size_t descriptorsRoom = CMSG_SPACE(sizeof(int) * PeekedStream::MaxDescriptors);

// A place that no process can write to: a copy that reaches it fails.
std::byte *unwritable()
{
    static void *const page = ::mmap(nullptr, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? nullptr : static_cast<std::byte *>(page);
}

ssize_t receive(int fd, msghdr &message, int flags)
{
    ssize_t size = 0;
    do {
        size = ::recvmsg(fd, &message, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    return size;
}

std::optional<WriterCredentials> writerOf(msghdr &message)
{
    for (cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS)
            continue;
        ucred found = {};
        std::memcpy(&found, CMSG_DATA(part), sizeof found);
        return WriterCredentials {found.pid, found.uid, found.gid};
    }
    return std::nullopt;
}

} // namespace

PeekedStream::PeekedStream(int fd)
    : m_fd(fd)
{
    // Also keeps apart what different processes write, as for a receiver that asks who does.
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    int type = SOCK_STREAM;
    socklen_t size = sizeof type;
    m_isPacket = ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

// The kernel counts along: peeks move it on, reads back. Most of the time it is right already.
void PeekedStream::setOffset()
{
    if (m_hasOffset && m_offset == m_held)
        return;
    m_hasOffset = true;
    m_offset = m_held;
    const int offset = static_cast<int>(m_held);
    ::setsockopt(m_fd, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof offset);
}

PeekedStream::Look PeekedStream::look(std::span<std::byte> buffer)
{
    Look result;
    if (std::exchange(m_wasReset, false)) {
        result.outcome = Outcome::Failed;
        result.errnoValue = ECONNRESET;
        return result;
    }
    const auto [size, lacksRoom, writer] = peek(buffer, m_isPacket ? MSG_TRUNC : 0);
    if (size < 0) {
        const bool isLater = errno == EAGAIN || errno == EWOULDBLOCK;
        result.outcome = isLater ? Outcome::WouldBlock : Outcome::Failed;
        result.errnoValue = isLater ? 0 : errno;
        return result;
    }
    result.outcome = size == 0 ? Outcome::End : Outcome::Bytes;
    result.size = static_cast<size_t>(size);
    result.writer = writer;
    if (m_isPacket) {
        if (size == 0 && result.writer)
            result.outcome = Outcome::Bytes;
        result.hasDescriptors = lacksRoom;
        return result;
    }
    if (size == 0 || !lacksRoom)
        return result;
    // A message with descriptors ends these bytes, or stands behind the end of the buffer. In both
    // cases what stands before the last message has none.
    if (const size_t start = startOfLastMessage(buffer, result.size); start > 0)
        result.size = start;
    else
        result.hasDescriptors = true;
    return result;
}

// How much there is comes first: what arrives later may bring descriptors, and is not taken. A
// message with descriptors among the bytes that are counted already is told by the peek.
size_t PeekedStream::take(std::span<std::byte> buffer, std::optional<WriterCredentials> &writer)
{
    int waiting = 0;
    if (m_isPacket || ::ioctl(m_fd, SIOCINQ, &waiting) != 0)
        return 0;
    const size_t unread = static_cast<size_t>(waiting) - std::min<size_t>(m_held, waiting);
    if (unread < Much)
        return 0;
    const size_t wanted = std::min(unread, buffer.size());
    std::byte unused {};
    const Peeked first = peek({&unused, 1});
    if (first.size <= 0 || first.lacksRoom)
        return 0;
    // All but the last byte. What ends it early is another writer.
    std::array<iovec, 2> pieces = {iovec {&unused, m_held}, iovec {buffer.data(), wanted - 1}};
    msghdr message = {};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const ssize_t got = receive(m_fd, message, 0);
    if (got <= static_cast<ssize_t>(m_held))
        return 0;
    m_hasOffset = false;
    const size_t taken = static_cast<size_t>(got) - std::exchange(m_held, 0);
    writer = first.writer;
    if (taken < wanted - 1)
        return taken;
    const Peeked last = peek(buffer.subspan(taken, 1));
    if (last.size <= 0 || last.writer != first.writer)
        return taken;
    m_held = 1;
    m_holdsMuch = true;
    return taken + 1;
}

// Where the message begins that the last of the size bytes belongs to. The kernel says it by a copy
// that fails at this byte: a peek ends before the message that it could not copy whole.
size_t PeekedStream::startOfLastMessage(std::span<std::byte> buffer, size_t size)
{
    setOffset();
    std::array<iovec, 2> pieces = {iovec {buffer.data(), size - 1}, iovec {unwritable(), 1}};
    msghdr message = {};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const ssize_t start = receive(m_fd, message, MSG_PEEK);
    m_hasOffset = false;
    return start > 0 ? static_cast<size_t>(start) : 0;
}

int PeekedStream::descriptors(std::vector<Descriptor> &found)
{
    setOffset();
    std::byte first {};
    iovec piece = {&first, 1};
    alignas(cmsghdr) std::array<char, credentialsRoom + descriptorsRoom> control = {};
    msghdr message = {};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    m_hasOffset = false;
    if (receive(m_fd, message, MSG_PEEK) < 0)
        return errno;
    std::vector<Descriptor> taken;
    for (cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
            taken.emplace_back(fd);
        }
    }
    if (message.msg_flags & MSG_CTRUNC)
        return EMFILE; // what came of them is closed again; they all stay with the message
    found = std::move(taken);
    return 0;
}

void PeekedStream::consume(size_t size)
{
    if (m_isPacket) {
        releaseHeld();
        if (size == 0)
            dropPacket(); // one that cannot be told from none
        m_held = size;
        m_holdsMuch = size >= muchHeld;
        return;
    }
    if (size == 0)
        return;
    drop(m_held + size - 1);
    m_held = 1;
    m_holdsMuch = size >= muchHeld;
}

void PeekedStream::releaseHeld()
{
    const size_t held = std::exchange(m_held, 0);
    m_holdsMuch = false;
    if (!m_isPacket)
        drop(held);
    else if (held > 0)
        dropPacket();
}

// By a peek, as this takes the lock under which the kernel marks first the end and then the error;
// where something is unread the peek does not get there.
bool PeekedStream::wasReset()
{
    if (std::exchange(m_wasReset, false))
        return true;
    if (peekOne() < 0 && errno == ECONNRESET)
        return true;
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(m_fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == ECONNRESET;
}

bool PeekedStream::hasUnread()
{
    return peekOne() > 0;
}

ssize_t PeekedStream::peekOne()
{
    std::byte byte {};
    return peek({&byte, 1}).size;
}

// Of what stands behind that which is held.
PeekedStream::Peeked PeekedStream::peek(std::span<std::byte> buffer, int flags)
{
    setOffset();
    iovec piece = {buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, credentialsRoom> control = {};
    msghdr message = {};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    Peeked result;
    result.size = receive(m_fd, message, MSG_PEEK | flags);
    if (m_isPacket)
        m_hasOffset = false;
    if (result.size < 0)
        return result;
    m_offset += static_cast<size_t>(result.size);
    result.lacksRoom = (message.msg_flags & MSG_CTRUNC) != 0;
    result.writer = writerOf(message);
    return result;
}

void PeekedStream::dropPacket()
{
    std::byte unused {};
    iovec piece = {&unused, 1};
    msghdr message = {};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    // Of a packet socket an error is told before what is unread, and once.
    if (receive(m_fd, message, 0) < 0 && errno == ECONNRESET) {
        m_wasReset = true;
        static_cast<void>(receive(m_fd, message, 0));
    }
    m_hasOffset = false;
}

// Into a buffer that stays in the processor's cache. A read ends behind a message with descriptors
// and where another process wrote on, so it takes several. Without room for them the kernel closes
// the descriptors; ours are duplicates.
void PeekedStream::drop(size_t size)
{
    static thread_local std::array<std::byte, 16 * 1024> bin;
    std::array<iovec, 16> pieces = {};
    while (size > 0) {
        size_t count = 0;
        size_t asked = 0;
        while (count < pieces.size() && asked < size) {
            const size_t part = std::min(bin.size(), size - asked);
            pieces[count++] = {bin.data(), part};
            asked += part;
        }
        msghdr message = {};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;
        const ssize_t got = receive(m_fd, message, 0);
        if (got <= 0)
            return;
        m_offset -= std::min(m_offset, static_cast<size_t>(got));
        size -= static_cast<size_t>(got);
    }
}

ssize_t sendWith(int fd, std::span<const std::byte> bytes,
                 const std::vector<Descriptor> &descriptors,
                 const std::optional<WriterCredentials> &writer)
{
    iovec piece = {const_cast<std::byte *>(bytes.data()), bytes.size()};
    alignas(cmsghdr) std::array<char, credentialsRoom + descriptorsRoom> control = {};
    msghdr message = {};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    size_t used = 0;
    const auto append = [&](int type, const void *data, size_t size) {
        auto *part = reinterpret_cast<cmsghdr *>(control.data() + used);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = type;
        part->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(part), data, size);
        used += CMSG_SPACE(size);
    };
    if (writer) {
        const ucred data = {writer->pid, writer->uid, writer->gid};
        append(SCM_CREDENTIALS, &data, sizeof data);
    }
    if (!descriptors.empty()) {
        std::vector<int> numbers;
        numbers.reserve(descriptors.size());
        for (const Descriptor &one : descriptors)
            numbers.push_back(one.get());
        append(SCM_RIGHTS, numbers.data(), numbers.size() * sizeof(int));
    }
    message.msg_controllen = used;
    if (used == 0)
        message.msg_control = nullptr;
    const auto send = [&] {
        ssize_t size = 0;
        do {
            size = ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        } while (size < 0 && errno == EINTR);
        return size;
    };
    const ssize_t size = send();
    if (size >= 0 || errno != EMSGSIZE)
        return size;
    // A packet from one whose send buffer is larger than ours.
    const int room = static_cast<int>(std::min<size_t>(bytes.size(), longestPacket));
    if (::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) != 0)
        ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return send();
}

} // namespace Sockeye
