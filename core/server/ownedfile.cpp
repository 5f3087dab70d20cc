// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/ownedfile.h"

#include "core/access/kerneltable.h"
#include "core/base/log.h"

#include <QRandomGenerator>

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace Sockeye {

namespace {

QByteArray privateNameBeside(const QByteArray &path)
{
    const quint64 random = QRandomGenerator::system()->generate64();
    return path.left(path.lastIndexOf('/') + 1) + ".sockeye-"
        + QByteArray::number(random, 16).rightJustified(16, '0');
}

bool renameWithoutReplacing(const QByteArray &from, const QByteArray &to)
{
    return ::renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_NOREPLACE) == 0;
}

/// Some file systems (NFS, some FUSE) do not know the flag.
bool isFlagUnknown()
{
    return errno == EINVAL || errno == ENOSYS;
}

/// @p aside is a name that nobody else has: there a plain rename() replaces nothing either.
bool moveAside(const QByteArray &path, const QByteArray &aside)
{
    return renameWithoutReplacing(path, aside)
        || (isFlagUnknown() && ::rename(path.constData(), aside.constData()) == 0);
}

/// link() refuses a name that was taken meanwhile.
bool moveBack(const QByteArray &aside, const QByteArray &path)
{
    return renameWithoutReplacing(aside, path)
        || (isFlagUnknown() && ::link(aside.constData(), path.constData()) == 0
            && ::unlink(aside.constData()) == 0);
}

} // namespace

std::optional<FilePin> FilePin::of(const QByteArray &path)
{
    FilePin pin;
    pin.m_file.reset(::open(path.constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status = {};
    if (!pin.m_file || ::fstat(pin.m_file.get(), &status) != 0)
        return std::nullopt;
    pin.m_identity = {status.st_dev, status.st_ino};
    pin.m_mode = status.st_mode;
    pin.m_owner = status.st_uid;
    return pin;
}

bool FilePin::isSocket() const
{
    return S_ISSOCK(m_mode);
}

bool removeExactly(const QByteArray &path, const FileIdentity &identity)
{
    errno = 0;
    // Looking first spares a foreign file the short moment under another name.
    if (identityOf(path) != identity) {
        errno = 0;
        return false;
    }
    const QByteArray aside = privateNameBeside(path);
    if (!moveAside(path, aside))
        return false;
    if (identityOf(aside) == identity)
        return ::unlink(aside.constData()) == 0;
    if (!moveBack(aside, path)) {
        // Only if a third program was here twice within microseconds: nothing is lost, but its
        // file has another name now.
        qCWarning(logServer, "%s could not be put back from %s", path.constData(),
                  aside.constData());
    }
    errno = 0;
    return false;
}

bool isForeignFile(const SocketAddress &address, AccessOptions access, ino_t socket)
{
    const auto bound = findKernelSocket(static_cast<quint32>(socket));
    struct stat status = {};
    if (::lstat(address.bytes().constData(), &status) != 0)
        return true;
    // With access options the kernel knows it by a name that is gone, and the numbers of stat() are
    // not everywhere the kernel's own (overlay, btrfs): then nothing is proved.
    const quint32 device = (major(status.st_dev) << 20U) | minor(status.st_dev);
    const bool isKnown = bound && bound->hasFile;
    return isKnown && (!access.hasClass() || bound->fileDevice == device)
        && !isBoundTo(*bound, address.bytes(), status);
}

Placeholder::~Placeholder()
{
    if (!m_socket)
        return;
    const int before = errno;
    if (!removeExactly(m_path, m_identity))
        qCDebug(logServer, "the placeholder at %s was replaced", m_path.constData());
    errno = before;
}

bool Placeholder::take(const SocketAddress &address)
{
    sockaddr_un name = {};
    const auto length = address.toSockaddr(name);
    if (!length) {
        errno = ENAMETOOLONG;
        return false;
    }
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // Linux takes the mode of the socket's own inode into account when bind() makes the file, so
    // that there is no moment at which the umask decides.
    if (!socket || ::fchmod(socket.get(), 0) != 0)
        return false;
    if (::bind(socket.get(), reinterpret_cast<const sockaddr *>(&name), *length) != 0)
        return false;
    const auto identity = identityOf(address.bytes());
    if (!identity)
        return false;
    m_path = address.bytes();
    m_identity = *identity;
    m_socket = std::move(socket);
    return true;
}

} // namespace Sockeye
