// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/socketinventory.h"

#include "core/access/kerneltable.h"

#include <QHash>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace Sockeye {

namespace {

struct FolderCloser
{
    void operator()(DIR *folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, FolderCloser>;

struct Holder
{
    pid_t pid = 0;
    uid_t uid = 0;
};
using Holders = QHash<quint64, std::vector<Holder>>; // by the socket's inode

// "socket:[4711]"
quint64 socketInode(int folder, const char *name)
{
    constexpr char prefix[] = "socket:[";
    constexpr size_t prefixSize = sizeof(prefix) - 1;
    char target[64];
    const ssize_t size = ::readlinkat(folder, name, target, sizeof(target) - 1);
    if (size <= static_cast<ssize_t>(prefixSize) || std::memcmp(target, prefix, prefixSize) != 0)
        return 0;
    target[size] = '\0';
    return std::strtoull(target + prefixSize, nullptr, 10);
}

void collectHolder(pid_t pid, Holders &holders)
{
    const QByteArray path = "/proc/" + QByteArray::number(pid);
    const Folder folder(::opendir((path + "/fd").constData()));
    if (!folder)
        return; // gone, or not ours to look at
    const int descriptor = ::dirfd(folder.get());
    struct stat status = {};
    if (::stat(path.constData(), &status) != 0)
        return;
    while (const dirent *entry = ::readdir(folder.get())) {
        const quint64 inode = socketInode(descriptor, entry->d_name);
        if (inode == 0)
            continue;
        std::vector<Holder> &list = holders[inode];
        if (list.empty() || list.back().pid != pid) // it may hold several descriptors of it
            list.push_back({pid, status.st_uid});
    }
}

Holders collectHolders()
{
    Holders holders;
    const Folder processes(::opendir("/proc"));
    if (!processes)
        return holders;
    while (const dirent *entry = ::readdir(processes.get())) {
        char *end = nullptr;
        const long pid = std::strtol(entry->d_name, &end, 10);
        if (pid > 0 && *end == '\0')
            collectHolder(static_cast<pid_t>(pid), holders);
    }
    return holders;
}

// What the disk tells of bound addresses. Ten thousand accepted connections share the address of
// one listener, so each is looked up once.
class FileLookup
{
public:
    struct Found
    {
        SocketAddress address;
        std::optional<mode_t> mode;
    };

    Found find(const KernelSocket &socket)
    {
        if (socket.address.kind() != SocketAddress::Kind::Path)
            return {socket.address, std::nullopt};
        const auto key = qMakePair(socket.address.bytes(), socket.fileInode);
        const auto known = m_found.constFind(key);
        if (known != m_found.constEnd())
            return *known;
        Found found = look(socket);
        m_found.insert(key, found);
        return found;
    }

private:
    static std::optional<mode_t> modeOf(const KernelSocket &socket, const QByteArray &path)
    {
        struct stat status = {};
        if (::lstat(path.constData(), &status) != 0 || !S_ISSOCK(status.st_mode)
            || !isBoundTo(socket, path, status))
            return std::nullopt;
        return status.st_mode & 07777U;
    }

    static Found look(const KernelSocket &socket)
    {
        const QByteArray &path = socket.address.bytes();
        if (const std::optional<mode_t> mode = modeOf(socket, path))
            return {socket.address, mode};
        const QByteArray renamed = renamedTo(socket);
        if (renamed.isEmpty())
            return {socket.address, std::nullopt};
        return {SocketAddress::fromPath(renamed), modeOf(socket, renamed)};
    }

    // QLocalServer with an access option binds "<folder>/.XXXXXX/s" and renames that to the name
    // that clients use; the kernel goes on telling the first name. The file itself says more.
    static QByteArray renamedTo(const KernelSocket &socket)
    {
        constexpr qsizetype templateSize = 7; // ".XXXXXX"
        const SocketAddress hidden = SocketAddress::fromPath(socket.address.folder());
        const bool isQtsWay = socket.hasFile && socket.address.fileName() == "s"
            && hidden.fileName().size() == templateSize && hidden.fileName().startsWith('.');
        if (!isQtsWay)
            return {};
        const Folder folder(::opendir(hidden.folder().constData()));
        while (const dirent *entry = folder ? ::readdir(folder.get()) : nullptr) {
            if (static_cast<quint32>(entry->d_ino) != socket.fileInode
                || (entry->d_type != DT_SOCK && entry->d_type != DT_UNKNOWN))
                continue;
            QByteArray path = hidden.folder();
            if (!path.endsWith('/'))
                path += '/';
            path += entry->d_name;
            if (modeOf(socket, path))
                return path;
        }
        return {};
    }

    QHash<QPair<QByteArray, quint32>, Found> m_found;
};

SocketEntry::State stateOf(KernelSocket::State state)
{
    switch (state) {
    case KernelSocket::State::Listening:
        return SocketEntry::State::Listening;
    case KernelSocket::State::Connected:
        return SocketEntry::State::Connected;
    case KernelSocket::State::Unconnected:
        return SocketEntry::State::Unconnected;
    }
    Q_UNREACHABLE();
}

SocketEntry entryOf(const KernelSocket &socket, FileLookup &files)
{
    const FileLookup::Found file = files.find(socket);
    SocketEntry entry;
    entry.inode = socket.inode;
    entry.type = socket.type;
    entry.state = stateOf(socket.state);
    entry.address = file.address;
    entry.peerInode = socket.peerInode;
    entry.waiting = socket.waiting;
    entry.backlog = socket.backlog;
    entry.uid = socket.uid;
    entry.mode = file.mode;
    return entry;
}

} // namespace

Result<std::vector<SocketEntry>> listSockets()
{
    const Result<std::vector<KernelSocket>> table = readKernelSockets(KernelRows::All);
    if (!table)
        return fail(table.error());
    const Holders holders = collectHolders();
    QHash<pid_t, ProcessInfo> processes;
    FileLookup files;
    std::vector<SocketEntry> entries;
    entries.reserve(table->size());
    for (const KernelSocket &socket : *table) {
        SocketEntry entry = entryOf(socket, files);
        const auto found = holders.constFind(socket.inode);
        if (found != holders.constEnd()) {
            for (const Holder &holder : *found) {
                if (!processes.contains(holder.pid))
                    processes.insert(holder.pid, processInfo(holder.pid));
                entry.holders.push_back(processes.value(holder.pid));
            }
            if (!entry.uid)
                entry.uid = found->front().uid;
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

QString socketTypeName(int type)
{
    switch (type) {
    case SOCK_STREAM:
        return QStringLiteral("stream");
    case SOCK_DGRAM:
        return QStringLiteral("datagram");
    case SOCK_SEQPACKET:
        return QStringLiteral("packet");
    default:
        return QString::number(type);
    }
}

QString socketStateName(SocketEntry::State state)
{
    switch (state) {
    case SocketEntry::State::Listening:
        return QStringLiteral("listening");
    case SocketEntry::State::Connected:
        return QStringLiteral("connected");
    case SocketEntry::State::Unconnected:
        return QStringLiteral("unconnected");
    }
    Q_UNREACHABLE();
}

int waitingConnections(int fd)
{
    struct stat status = {};
    if (::fstat(fd, &status) != 0 || !S_ISSOCK(status.st_mode))
        return -1;
    const std::optional<KernelSocket> socket =
        findKernelSocket(static_cast<quint32>(status.st_ino));
    if (!socket || socket->state != KernelSocket::State::Listening)
        return -1;
    return static_cast<int>(socket->waiting);
}

} // namespace Sockeye
