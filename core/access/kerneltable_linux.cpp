// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/kerneltable.h"

#include "core/base/descriptor.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace Sockeye {

namespace {

constexpr quint32 shownParts =
    UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;

struct DiagRequest
{
    nlmsghdr header;
    unix_diag_req body;
};

// NLMSG_DATA() and RTA_DATA() are C casts.
const char *payloadOf(const nlmsghdr *message)
{
    return reinterpret_cast<const char *>(message) + NLMSG_HDRLEN;
}

const char *payloadOf(const rtattr *attribute)
{
    return reinterpret_cast<const char *>(attribute) + RTA_LENGTH(0);
}

template <class Value>
Value readAttribute(const rtattr *attribute, size_t offset = 0)
{
    Value value = {};
    if (RTA_PAYLOAD(attribute) >= offset + sizeof(Value))
        std::memcpy(&value, payloadOf(attribute) + offset, sizeof(Value));
    return value;
}

KernelSocket::State stateOf(int tcpState)
{
    switch (tcpState) {
    case TCP_LISTEN:
        return KernelSocket::State::Listening;
    case TCP_ESTABLISHED:
        return KernelSocket::State::Connected;
    default:
        return KernelSocket::State::Unconnected;
    }
}

SocketAddress addressOf(const char *name, qsizetype size)
{
    if (size <= 0)
        return {};
    if (name[0] == '\0')
        return SocketAddress::fromAbstract(QByteArray(name + 1, size - 1));
    return SocketAddress::fromPath(QByteArray(name, qstrnlen(name, size)));
}

void takeAttribute(const rtattr *attribute, KernelSocket &socket)
{
    switch (attribute->rta_type & NLA_TYPE_MASK) {
    case UNIX_DIAG_NAME:
        socket.address =
            addressOf(payloadOf(attribute), static_cast<qsizetype>(RTA_PAYLOAD(attribute)));
        break;
    case UNIX_DIAG_VFS: {
        const auto file = readAttribute<unix_diag_vfs>(attribute);
        socket.hasFile = true;
        socket.fileInode = file.udiag_vfs_ino;
        socket.fileDevice = file.udiag_vfs_dev;
        break;
    }
    case UNIX_DIAG_PEER:
        socket.peerInode = readAttribute<quint32>(attribute);
        break;
    case UNIX_DIAG_RQLEN:
        // Of a listener: clients that wait, and how many may. Of others: bytes, of no use here.
        if (socket.state == KernelSocket::State::Listening) {
            const auto queue = readAttribute<unix_diag_rqlen>(attribute);
            socket.waiting = queue.udiag_rqueue;
            socket.backlog = queue.udiag_wqueue;
        }
        break;
    case UNIX_DIAG_UID:
        socket.uid = readAttribute<uid_t>(attribute);
        break;
    default:
        break;
    }
}

KernelSocket socketOf(const nlmsghdr *message)
{
    const auto *row = reinterpret_cast<const unix_diag_msg *>(payloadOf(message));
    KernelSocket socket;
    socket.inode = row->udiag_ino;
    socket.type = row->udiag_type;
    socket.state = stateOf(row->udiag_state);
    const auto *bytes = reinterpret_cast<const char *>(row) + NLMSG_ALIGN(sizeof(*row));
    auto left = static_cast<qsizetype>(message->nlmsg_len)
        - static_cast<qsizetype>(NLMSG_LENGTH(sizeof(*row)));
    while (left >= static_cast<qsizetype>(sizeof(rtattr))) {
        const auto *attribute = reinterpret_cast<const rtattr *>(bytes);
        if (attribute->rta_len < sizeof(rtattr) || attribute->rta_len > left)
            break;
        takeAttribute(attribute, socket);
        bytes += RTA_ALIGN(attribute->rta_len);
        left -= static_cast<qsizetype>(RTA_ALIGN(attribute->rta_len));
    }
    // A datagram socket is called established once anybody connected to it, without a peer of its
    // own.
    if (socket.type == SOCK_DGRAM && socket.peerInode == 0)
        socket.state = KernelSocket::State::Unconnected;
    return socket;
}

Problem callFailed(const char *call, int error)
{
    return {.code = ProblemCode::SystemCallFailed,
            .args = {{QStringLiteral("call"), QString::fromLatin1(call)}},
            .errnoValue = error};
}

struct Answer
{
    bool done = false;
    int error = 0;
};

// One datagram of the answer, which may hold many rows.
Answer takeDatagram(char *buffer, size_t size, std::vector<KernelSocket> &sockets)
{
    auto *message = reinterpret_cast<nlmsghdr *>(buffer);
    for (auto left = static_cast<unsigned int>(size); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
        if (message->nlmsg_type == NLMSG_DONE)
            return {.done = true};
        if (message->nlmsg_type == NLMSG_ERROR) {
            const auto *error = reinterpret_cast<const nlmsgerr *>(payloadOf(message));
            return {.done = true, .error = -error->error};
        }
        if (message->nlmsg_type == SOCK_DIAG_BY_FAMILY)
            sockets.push_back(socketOf(message));
        if (!(message->nlmsg_flags & NLM_F_MULTI))
            return {.done = true};
    }
    return {};
}

Result<std::vector<KernelSocket>> askDiag(const unix_diag_req &body, quint16 flags)
{
    const Descriptor netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!netlink)
        return fail(callFailed("socket", errno));
    DiagRequest request = {};
    request.header.nlmsg_len = sizeof(request);
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = static_cast<quint16>(NLM_F_REQUEST | flags);
    request.body = body;
    sockaddr_nl kernel = {};
    kernel.nl_family = AF_NETLINK;
    if (::sendto(netlink.get(), &request, sizeof(request), 0,
                 reinterpret_cast<const sockaddr *>(&kernel), sizeof(kernel))
        < 0)
        return fail(callFailed("sendto", errno));

    std::vector<KernelSocket> sockets;
    // The kernel fills what it is given, up to 32 KiB a datagram.
    alignas(nlmsghdr) char buffer[32 * 1024];
    for (;;) {
        const ssize_t size = ::recv(netlink.get(), buffer, sizeof(buffer), 0);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return fail(callFailed("recv", errno));
        const Answer answer = takeDatagram(buffer, static_cast<size_t>(size), sockets);
        if (answer.error != 0)
            return fail(callFailed("sock_diag", answer.error));
        if (answer.done)
            return sockets;
    }
}

unix_diag_req requestFor(KernelRows rows)
{
    unix_diag_req body = {};
    body.sdiag_family = AF_UNIX;
    body.udiag_states = rows == KernelRows::All ? ~0U : (1U << TCP_LISTEN) | (1U << TCP_CLOSE);
    body.udiag_show = shownParts;
    if (rows == KernelRows::Bound)
        body.udiag_show &= ~static_cast<quint32>(UDIAG_SHOW_PEER);
    return body;
}

// "0000000000000000: 00000002 00000000 00010000 0001 01 8611 /run/x": flags, type, state, inode.
std::optional<KernelSocket> rowOf(const QByteArray &line)
{
    constexpr qsizetype fieldsBeforeName = 7;
    qsizetype at = 0;
    QList<QByteArray> fields;
    while (fields.size() < fieldsBeforeName && at < line.size()) {
        while (at < line.size() && line[at] == ' ')
            ++at;
        const qsizetype space = line.indexOf(' ', at);
        const qsizetype end = space < 0 ? line.size() : space;
        fields << line.mid(at, end - at);
        at = end;
    }
    bool ok = fields.size() == fieldsBeforeName;
    if (!ok)
        return std::nullopt;
    KernelSocket socket;
    socket.inode = fields[6].toUInt(&ok);
    if (!ok || socket.inode == 0) // 0: waits to be accepted, and is counted at its listener
        return std::nullopt;
    constexpr uint acceptsConnections = 0x10000; // __SO_ACCEPTCON
    constexpr int connected = 3; // SS_CONNECTED
    socket.type = fields[4].toInt(nullptr, 16);
    if (fields[3].toUInt(nullptr, 16) & acceptsConnections)
        socket.state = KernelSocket::State::Listening;
    else if (fields[5].toInt(nullptr, 16) == connected)
        socket.state = KernelSocket::State::Connected;
    const QByteArray name = line.mid(at + 1);
    // NUL is printed as @, also inside an abstract name: those with NUL inside come out wrong here.
    if (name.startsWith('@'))
        socket.address = SocketAddress::fromAbstract(name.mid(1));
    else
        socket.address = SocketAddress::fromPath(name);
    return socket;
}

} // namespace

Result<std::vector<KernelSocket>> readProcNetUnix()
{
    QFile table(QStringLiteral("/proc/net/unix"));
    if (!table.open(QIODevice::ReadOnly)) {
        return fail({.code = ProblemCode::FileUnreadable,
                     .args = {{QStringLiteral("file"), table.fileName()}},
                     .errnoValue = errno});
    }
    std::vector<KernelSocket> sockets;
    const QList<QByteArray> lines = table.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (const std::optional<KernelSocket> socket = rowOf(line))
            sockets.push_back(*socket);
    }
    return sockets;
}

Result<std::vector<KernelSocket>> readKernelSockets(KernelRows rows)
{
    Result<std::vector<KernelSocket>> sockets = askDiag(requestFor(rows), NLM_F_DUMP);
    if (sockets)
        return sockets;
    // A kernel without unix_diag, or a sandbox that forbids netlink.
    return readProcNetUnix();
}

std::optional<KernelSocket> findKernelSocket(quint32 inode)
{
    unix_diag_req body = requestFor(KernelRows::All);
    body.udiag_ino = inode;
    std::fill(std::begin(body.udiag_cookie), std::end(body.udiag_cookie), ~0U); // whichever
    const Result<std::vector<KernelSocket>> sockets = askDiag(body, 0);
    if (!sockets || sockets->empty())
        return std::nullopt;
    return sockets->front();
}

bool isBoundTo(const KernelSocket &socket, const QByteArray &path, const struct stat &status)
{
    // Inside the kernel a device number has 20 bits for the minor one.
    const quint32 device = (major(status.st_dev) << 20U) | minor(status.st_dev);
    if (socket.hasFile && socket.fileDevice == device)
        return socket.fileInode == static_cast<quint32>(status.st_ino);
    return socket.address == SocketAddress::fromPath(path);
}

} // namespace Sockeye
