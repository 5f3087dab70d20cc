// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/socketinventory.h"

#include "core/access/accessverdict.h"
#include "core/access/kerneltable.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <cerrno>
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

/// A process that holds a socket. In one list ordered by inode, not in a table of lists: ten
/// thousand allocations cost more than one sort.
struct Holder
{
    quint64 inode = 0;
    pid_t pid = 0;
    uid_t uid = 0;

    friend bool operator<(const Holder &a, const Holder &b)
    {
        return a.inode != b.inode ? a.inode < b.inode : a.pid < b.pid;
    }
    friend bool operator==(const Holder &a, const Holder &b)
    {
        return a.inode == b.inode && a.pid == b.pid;
    }
};
using Holders = std::vector<Holder>;

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
        if (const quint64 inode = socketInode(descriptor, entry->d_name))
            holders.push_back({inode, pid, status.st_uid});
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
    // One process may hold several descriptors of one socket.
    std::sort(holders.begin(), holders.end());
    holders.erase(std::unique(holders.begin(), holders.end()), holders.end());
    return holders;
}

constexpr char tapSuffix[] = ".sockeye-tap";

// What the disk tells of bound addresses. Ten thousand accepted connections share the address of
// one listener, so each is looked up once.
class FileLookup
{
public:
    struct Found
    {
        SocketAddress address;
        SocketEntry::File file = SocketEntry::File::None;
        std::optional<mode_t> mode;
        std::optional<uid_t> owner;
        QByteArray shutFolder;
    };

    /// @p holder: any process that has it open, or 0.
    Found find(const KernelSocket &socket, pid_t holder)
    {
        Found unbound;
        unbound.address = socket.address;
        if (socket.address.kind() != SocketAddress::Kind::Path)
            return unbound;
        const auto key = qMakePair(socket.address.bytes(), socket.fileInode);
        const auto known = m_found.constFind(key);
        if (known != m_found.constEnd())
            return *known;
        Found found = look(socket, holder);
        m_found.insert(key, found);
        return found;
    }

private:
    using File = SocketEntry::File;

    /// Is @p path the file of @p socket? Its status then.
    static std::optional<struct stat> fileAt(const QByteArray &path, const KernelSocket &socket)
    {
        struct stat status = {};
        if (::lstat(path.constData(), &status) != 0 || !S_ISSOCK(status.st_mode)
            || !isBoundTo(socket, path, status))
            return std::nullopt;
        return status;
    }

    static Found foundAt(const QByteArray &path, const struct stat &status, File file = File::There)
    {
        Found found;
        found.address = SocketAddress::fromPath(path);
        found.file = file;
        found.mode = status.st_mode & 07777U;
        found.owner = status.st_uid;
        if ((status.st_mode & S_IWOTH) != 0)
            found.shutFolder = shutFolderOf(found);
        return found;
    }

    /// The folder that keeps a user from it who is neither owner nor in the group of anything.
    static QByteArray shutFolderOf(const Found &found)
    {
        Subject anybody;
        anybody.uid = static_cast<uid_t>(-2);
        anybody.gid = static_cast<gid_t>(-2);
        SocketRights rights;
        rights.address = found.address;
        rights.mode = found.mode.value_or(0);
        const Verdict verdict = verdictFor(anybody, rights);
        const bool isShut = verdict.stop == Verdict::Stop::FolderSearch && !verdict.hasAcl;
        return isShut ? verdict.step : QByteArray();
    }

    static Found look(const KernelSocket &socket, pid_t holder)
    {
        const QByteArray &path = socket.address.bytes();
        const bool isAbsolute = path.startsWith('/');
        if (isAbsolute) {
            if (const auto status = fileAt(path, socket))
                return foundAt(path, *status);
            for (const QByteArray &other : otherNames(socket)) {
                if (const auto status = fileAt(other, socket))
                    return foundAt(other, *status);
            }
            // The file stands where a tap of Sockeye has moved it; its clients still know its name.
            const QByteArray aside = tapFolderOf(path) + "/s";
            if (const auto status = fileAt(aside, socket)) {
                Found found = foundAt(aside, *status, File::Aside);
                found.address = socket.address;
                return found;
            }
        }
        Found found;
        found.address = socket.address;
        found.file = missing(socket, holder);
        return found;
    }

    /// Why it is not at its address.
    static File missing(const KernelSocket &socket, pid_t holder)
    {
        const QByteArray &path = socket.address.bytes();
        const bool isAbsolute = path.startsWith('/');
        struct stat status = {};
        const bool isThere = isAbsolute && ::lstat(path.constData(), &status) == 0;
        const int error = errno;
        if (holder <= 0)
            return File::NotSeen; // a container's, perhaps: nobody can be asked
        const QByteArray view = "/proc/" + QByteArray::number(holder)
            + (isAbsolute ? QByteArrayLiteral("/root") : QByteArrayLiteral("/cwd/")) + path;
        struct stat theirs = {};
        if (::lstat(view.constData(), &theirs) == 0) {
            const bool isSame =
                isThere && theirs.st_ino == status.st_ino && theirs.st_dev == status.st_dev;
            if (!isSame && isBoundTo(socket, path, theirs))
                return File::Elsewhere;
        } else if (errno != ENOENT && errno != ENOTDIR) {
            return File::NotSeen;
        }
        if (isThere)
            return File::Replaced;
        return !isAbsolute || error == ENOENT || error == ENOTDIR ? File::Gone : File::NotSeen;
    }

    /// "<dir>/.<name>.sockeye-tap": as taps of Sockeye name the folder of what they set aside (see
    /// SwapRecord, on a floor above this one; a test compares the two).
    static QByteArray tapFolderOf(const QByteArray &path)
    {
        const qsizetype name = path.lastIndexOf('/') + 1;
        return path.left(name) + '.' + path.mid(name) + tapSuffix;
    }

    /// Where it may have been renamed to: the kernel goes on telling the first name, the file
    /// itself says more.
    static QList<QByteArray> otherNames(const KernelSocket &socket)
    {
        const SocketAddress hidden = SocketAddress::fromPath(socket.address.folder());
        const QByteArray folderName = hidden.fileName();
        if (!socket.hasFile || socket.address.fileName() != "s" || !folderName.startsWith('.'))
            return {};
        QByteArray above = hidden.folder();
        if (!above.endsWith('/'))
            above += '/';
        if (folderName.endsWith(tapSuffix))
            return {
                above
                + folderName.mid(1, folderName.size() - static_cast<qsizetype>(sizeof tapSuffix))};
        constexpr qsizetype templateSize = 7; // ".XXXXXX", see namesOfQt()
        return folderName.size() == templateSize ? namesOfQt(socket, above) : QList<QByteArray>();
    }

    /// QLocalServer with an access option binds "<folder>/.XXXXXX/s" and renames that to the name
    /// that clients use.
    static QList<QByteArray> namesOfQt(const KernelSocket &socket, const QByteArray &above)
    {
        QList<QByteArray> names;
        const Folder folder(::opendir(above.constData()));
        while (const dirent *entry = folder ? ::readdir(folder.get()) : nullptr) {
            if (static_cast<quint32>(entry->d_ino) == socket.fileInode
                && (entry->d_type == DT_SOCK || entry->d_type == DT_UNKNOWN))
                names << above + entry->d_name;
        }
        return names;
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

SocketEntry entryOf(const KernelSocket &socket, FileLookup::Found file)
{
    SocketEntry entry;
    entry.inode = socket.inode;
    entry.type = socket.type;
    entry.state = stateOf(socket.state);
    entry.address = std::move(file.address);
    entry.peerInode = socket.peerInode;
    entry.waiting = socket.waiting;
    entry.backlog = socket.backlog;
    entry.uid = socket.uid;
    entry.mode = file.mode;
    entry.file = file.file;
    entry.fileOwner = file.owner;
    entry.shutFolder = std::move(file.shutFolder);
    return entry;
}

/// Who is at the other end of each.
void fillPeers(std::vector<SocketEntry> &entries)
{
    QHash<quint64, size_t> places;
    places.reserve(static_cast<qsizetype>(entries.size()));
    for (size_t i = 0; i < entries.size(); ++i)
        places.insert(entries[i].inode, i);
    for (SocketEntry &entry : entries) {
        const auto peer = places.constFind(entry.peerInode);
        if (entry.peerInode == 0 || peer == places.constEnd())
            continue;
        entry.peerAddress = entries[*peer].address;
        entry.peerHolders = entries[*peer].holders;
    }
}

/// An accepted connection has the address of its listener.
void fillClients(std::vector<SocketEntry> &entries)
{
    struct Clients
    {
        std::vector<ProcessInfo> processes;
        QSet<pid_t> known;
    };
    using Key = QPair<bool, QByteArray>;
    const auto keyOf = [](const SocketEntry &e) {
        return Key(e.address.kind() == SocketAddress::Kind::Abstract, e.address.bytes());
    };
    QHash<Key, Clients> byAddress;
    for (const SocketEntry &entry : entries) {
        if (entry.state == SocketEntry::State::Listening)
            byAddress.insert(keyOf(entry), {});
    }
    for (const SocketEntry &entry : entries) {
        if (entry.state != SocketEntry::State::Connected || !entry.address.isValid())
            continue;
        const auto clients = byAddress.find(keyOf(entry));
        if (clients == byAddress.end())
            continue;
        for (const ProcessInfo &process : entry.peerHolders) {
            if (clients->known.contains(process.pid))
                continue;
            clients->known.insert(process.pid);
            clients->processes.push_back(process);
        }
    }
    for (SocketEntry &entry : entries) {
        if (entry.state == SocketEntry::State::Listening)
            entry.peerHolders = byAddress.value(keyOf(entry)).processes;
    }
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
        auto holder = std::lower_bound(holders.begin(), holders.end(), Holder {socket.inode, 0, 0});
        const bool isHeld = holder != holders.end() && holder->inode == socket.inode;
        SocketEntry entry = entryOf(socket, files.find(socket, isHeld ? holder->pid : 0));
        if (isHeld && !entry.uid)
            entry.uid = holder->uid;
        for (; holder != holders.end() && holder->inode == socket.inode; ++holder) {
            auto process = processes.constFind(holder->pid);
            if (process == processes.constEnd())
                process = processes.insert(holder->pid, processInfo(holder->pid));
            entry.holders.push_back(*process);
        }
        entries.push_back(std::move(entry));
    }
    fillPeers(entries);
    fillClients(entries);
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
