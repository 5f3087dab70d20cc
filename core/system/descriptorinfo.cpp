// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/descriptorinfo.h"

#include "core/access/socketaddress.h"

#include <array>
#include <cstddef>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

QByteArray linkOf(int fd)
{
    std::array<char, 4096> target = {};
    const QByteArray link = "/proc/self/fd/" + QByteArray::number(fd);
    const ssize_t size = ::readlink(link.constData(), target.data(), target.size());
    return size > 0 ? QByteArray(target.data(), size) : QByteArray();
}

const char *kindOf(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "file";
    case S_IFDIR:
        return "folder";
    case S_IFIFO:
        return "pipe";
    case S_IFCHR:
    case S_IFBLK:
        return "device";
    default:
        return "";
    }
}

const char *accessOf(int fd)
{
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0)
        return "closed";
    if (flags & O_PATH)
        return "path only";
    switch (flags & O_ACCMODE) {
    case O_RDONLY:
        return "read-only";
    case O_WRONLY:
        return "write-only";
    default:
        return flags & O_APPEND ? "read and append" : "read and write";
    }
}

QString addressText(const sockaddr_storage &address, socklen_t length)
{
    if (address.ss_family != AF_UNIX)
        return {};
    const auto *local = reinterpret_cast<const sockaddr_un *>(&address);
    const auto size = static_cast<qsizetype>(length) - qsizetype {offsetof(sockaddr_un, sun_path)};
    if (size <= 0)
        return {};
    if (local->sun_path[0] == '\0')
        return SocketAddress::fromAbstract(QByteArray(local->sun_path + 1, size - 1)).display();
    return SocketAddress::fromPath(
               QByteArray(local->sun_path, qsizetype(qstrnlen(local->sun_path, size_t(size)))))
        .display();
}

QString socketText(int fd)
{
    int type = 0;
    int family = 0;
    socklen_t size = sizeof type;
    ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
    size = sizeof family;
    ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
    const char *kind = type == SOCK_STREAM ? "stream"
        : type == SOCK_DGRAM               ? "datagram"
        : type == SOCK_SEQPACKET           ? "packet"
                                           : "raw";
    const char *domain = family == AF_UNIX        ? ""
        : family == AF_INET || family == AF_INET6 ? "IP "
                                                  : "other ";
    QString text = QStringLiteral("%1%2 socket").arg(QLatin1String(domain), QLatin1String(kind));
    sockaddr_storage address = {};
    socklen_t length = sizeof address;
    if (::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &length) == 0) {
        const QString name = addressText(address, length);
        if (!name.isEmpty())
            text += QLatin1Char(' ') + name;
    }
    return text;
}

} // namespace

QString descriptorText(int fd)
{
    struct stat status = {};
    if (::fstat(fd, &status) != 0)
        return QStringLiteral("closed");
    if (S_ISSOCK(status.st_mode))
        return socketText(fd);
    const QString kind = QLatin1String(kindOf(status.st_mode));
    const QString target = escapedBytes(linkOf(fd)); // "anon_inode:[eventfd]" tells its kind itself
    const QString what =
        kind.isEmpty() || target.startsWith(kind) ? target : kind + QLatin1Char(' ') + target;
    return QStringLiteral("%1, %2").arg(what, QLatin1String(accessOf(fd)));
}

} // namespace Sockeye
