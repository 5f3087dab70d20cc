// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/addressprobe.h"

#include "core/access/kerneltable.h"
#include "core/base/descriptor.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace Sockeye {

namespace {

AddressState::FileType fileTypeOf(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFSOCK:
        return AddressState::FileType::Socket;
    case S_IFREG:
        return AddressState::FileType::Regular;
    case S_IFDIR:
        return AddressState::FileType::Folder;
    case S_IFLNK:
        return AddressState::FileType::Link;
    case S_IFIFO:
        return AddressState::FileType::Fifo;
    default:
        return AddressState::FileType::Device;
    }
}

AddressState stateOfFile(const struct stat &status)
{
    AddressState state;
    state.fileType = fileTypeOf(status.st_mode);
    state.kind = state.fileType == AddressState::FileType::Socket ? AddressState::Kind::Unclear
                                                                  : AddressState::Kind::NotASocket;
    state.identity = FileIdentity {status.st_dev, status.st_ino};
    state.owner = status.st_uid;
    state.group = status.st_gid;
    state.mode = status.st_mode & 07777U;
    return state;
}

AddressState stateWithoutFile(int error)
{
    AddressState state;
    const bool isAbsent = error == ENOENT || error == ENOTDIR;
    state.kind = isAbsent ? AddressState::Kind::Absent : AddressState::Kind::Unclear;
    state.errnoValue = error;
    return state;
}

// What the kernel's table says of the socket that is bound to an address.
struct TableRow
{
    bool isListener = false; ///< or a datagram socket, which receives without listening
    bool isBound = false; ///< bound, and does not listen (yet)
    int type = SOCK_STREAM;
    std::optional<uid_t> uid;
    quint32 inode = 0;
};

template <class Matches>
TableRow lookUp(KernelRows rows, Matches matches)
{
    TableRow found;
    const auto sockets = readKernelSockets(rows);
    if (!sockets)
        return found;
    for (const KernelSocket &socket : *sockets) {
        const bool receives = socket.type == SOCK_DGRAM;
        if ((socket.state == KernelSocket::State::Connected && !receives) || !matches(socket))
            continue;
        if (socket.state == KernelSocket::State::Listening || receives)
            return {
                .isListener = true, .type = socket.type, .uid = socket.uid, .inode = socket.inode};
        found = {.isBound = true, .type = socket.type, .uid = socket.uid, .inode = socket.inode};
    }
    return found;
}

TableRow lookUpPath(const QByteArray &path, const struct stat &status)
{
    const auto matches = [&](const KernelSocket &socket) {
        return isBoundTo(socket, path, status);
    };
    const TableRow row = lookUp(KernelRows::Bound, matches);
    // A datagram socket counts as connected as soon as anybody connected to it.
    return row.isListener || row.isBound ? row : lookUp(KernelRows::All, matches);
}

TableRow lookUpAbstract(const SocketAddress &address)
{
    return lookUp(KernelRows::Bound, [&](const KernelSocket &socket) {
        return socket.type == SOCK_STREAM && socket.address == address;
    });
}

void markLive(AddressState &state, const TableRow &row)
{
    state.kind = AddressState::Kind::Live;
    state.socketType = row.type;
    state.serverUid = row.uid;
    state.serverInode = row.inode;
}

// Who called listen(). Only a connected descriptor knows; datagram sockets never do.
void readServer(int fd, AddressState &state)
{
    struct ucred server = {};
    socklen_t size = sizeof(server);
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &server, &size) != 0 || server.pid <= 0)
        return;
    state.serverPid = server.pid;
    state.serverUid = server.uid;
}

// Connects once for each type of socket until one fits; 0 or the errno that decided.
int tryConnect(const sockaddr_un &address, socklen_t length, AddressState &state)
{
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM}) {
        const Descriptor client(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!client)
            return errno;
        int error = 0;
        if (::connect(client.get(), reinterpret_cast<const sockaddr *>(&address), length) != 0)
            error = errno;
        if (error == EPROTOTYPE)
            continue;
        state.socketType = type;
        if (error == 0)
            readServer(client.get(), state);
        return error;
    }
    return EPROTOTYPE;
}

AddressState probeAbstract(const SocketAddress &address)
{
    AddressState state;
    sockaddr_un target = {};
    const Result<socklen_t> length = address.toSockaddr(target);
    if (!length) {
        state.kind = AddressState::Kind::Unclear;
        state.errnoValue = ENAMETOOLONG;
        return state;
    }
    const int error = tryConnect(target, *length, state);
    state.errnoValue = error;
    switch (error) {
    case 0:
        state.kind = AddressState::Kind::Live;
        break;
    case EAGAIN: // its queue is full: somebody listens, and does not accept
        state.kind = AddressState::Kind::Live;
        state.serverUid = lookUpAbstract(address).uid;
        break;
    case ECONNREFUSED: // nobody, or somebody who bound it and does not listen (yet)
        state.kind = lookUpAbstract(address).isBound ? AddressState::Kind::Unclear
                                                     : AddressState::Kind::Absent;
        break;
    default:
        state.kind = AddressState::Kind::Unclear;
        break;
    }
    return state;
}

// The address of the very file that was looked at: connecting by name could follow a link that was
// put there since, and a path longer than the kernel's field has no other address at all.
Result<socklen_t> addressOfFile(int file, const SocketAddress &named, sockaddr_un &target)
{
    const QByteArray handle = "/proc/self/fd/" + QByteArray::number(file);
    struct stat status = {};
    if (::stat(handle.constData(), &status) == 0)
        return SocketAddress::fromPath(handle).toSockaddr(target);
    return named.toSockaddr(target); // no /proc here
}

void judge(int error, const QByteArray &path, const struct stat &status, AddressState &state)
{
    state.errnoValue = error;
    switch (error) {
    case 0:
        state.kind = AddressState::Kind::Live;
        return;
    case EAGAIN: // its queue is full: somebody listens, and does not accept
        state.kind = AddressState::Kind::Live;
        state.serverUid = lookUpPath(path, status).uid;
        return;
    case ECONNREFUSED: {
        const TableRow row = lookUpPath(path, status);
        // Between bind() and listen() connecting is refused as well: that file is no left-over.
        state.kind =
            row.isBound || row.isListener ? AddressState::Kind::Unclear : AddressState::Kind::Stale;
        return;
    }
    default:
        break;
    }
    const TableRow row = lookUpPath(path, status);
    if (row.isListener)
        markLive(state, row);
    else
        state.kind = AddressState::Kind::Unclear;
}

AddressState probePath(const SocketAddress &address)
{
    struct stat status = {};
    const QByteArray &path = address.bytes();
    const Descriptor file(::open(path.constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!file) {
        const int error = errno;
        if (error != EMFILE && error != ENFILE)
            return stateWithoutFile(error);
        AddressState state = peekAddress(address); // no descriptor left to prove it with
        state.errnoValue = error;
        if (state.kind == AddressState::Kind::Stale)
            state.kind = AddressState::Kind::Unclear;
        return state;
    }
    if (::fstat(file.get(), &status) != 0)
        return stateWithoutFile(errno);
    AddressState state = stateOfFile(status);
    if (state.kind == AddressState::Kind::NotASocket)
        return state;
    sockaddr_un target = {};
    const Result<socklen_t> length = addressOfFile(file.get(), address, target);
    const int error = length ? tryConnect(target, *length, state) : ENAMETOOLONG;
    judge(error, path, status, state);
    return state;
}

} // namespace

AddressState probeAddress(const SocketAddress &address)
{
    switch (address.kind()) {
    case SocketAddress::Kind::None:
        return {};
    case SocketAddress::Kind::Abstract:
        return probeAbstract(address);
    case SocketAddress::Kind::Path:
        return probePath(address);
    }
    Q_UNREACHABLE();
}

AddressState peekAddress(const SocketAddress &address)
{
    if (!address.isValid())
        return {};
    if (address.kind() == SocketAddress::Kind::Abstract) {
        AddressState state;
        const TableRow row = lookUpAbstract(address);
        if (row.isListener)
            markLive(state, row);
        else if (row.isBound)
            state.kind = AddressState::Kind::Unclear;
        return state;
    }
    struct stat status = {};
    if (::lstat(address.bytes().constData(), &status) != 0)
        return stateWithoutFile(errno);
    AddressState state = stateOfFile(status);
    if (state.kind == AddressState::Kind::NotASocket)
        return state;
    const TableRow row = lookUpPath(address.bytes(), status);
    if (row.isListener)
        markLive(state, row);
    else
        state.kind = row.isBound ? AddressState::Kind::Unclear : AddressState::Kind::Stale;
    return state;
}

SocketAddress followLink(const SocketAddress &address)
{
    if (peekAddress(address).fileType != AddressState::FileType::Link)
        return address;
    const QString target = QFileInfo(QFile::decodeName(address.bytes())).canonicalFilePath();
    return target.isEmpty() ? address : SocketAddress::fromPath(QFile::encodeName(target));
}

QString stateName(AddressState::Kind kind)
{
    switch (kind) {
    case AddressState::Kind::Absent:
        return QStringLiteral("absent");
    case AddressState::Kind::Live:
        return QStringLiteral("live");
    case AddressState::Kind::Stale:
        return QStringLiteral("stale");
    case AddressState::Kind::NotASocket:
        return QStringLiteral("not-a-socket");
    case AddressState::Kind::Unclear:
        return QStringLiteral("unclear");
    }
    Q_UNREACHABLE();
}

QString fileTypeText(AddressState::FileType type)
{
    switch (type) {
    case AddressState::FileType::None:
        return QCoreApplication::translate("AddressProbe", "nothing");
    case AddressState::FileType::Socket:
        return QCoreApplication::translate("AddressProbe", "a socket");
    case AddressState::FileType::Regular:
        return QCoreApplication::translate("AddressProbe", "a regular file");
    case AddressState::FileType::Folder:
        return QCoreApplication::translate("AddressProbe", "a folder");
    case AddressState::FileType::Link:
        return QCoreApplication::translate("AddressProbe", "a symbolic link");
    case AddressState::FileType::Fifo:
        return QCoreApplication::translate("AddressProbe", "a named pipe (fifo)");
    case AddressState::FileType::Device:
        return QCoreApplication::translate("AddressProbe", "a device");
    }
    Q_UNREACHABLE();
}

std::optional<FileIdentity> identityOf(const QByteArray &path)
{
    struct stat status = {};
    if (::lstat(path.constData(), &status) != 0)
        return std::nullopt;
    return FileIdentity {status.st_dev, status.st_ino};
}

} // namespace Sockeye
