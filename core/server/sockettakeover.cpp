// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/sockettakeover.h"

#include "core/access/accountnames.h"
#include "core/access/addressprobe.h"
#include "core/access/kerneltable.h"
#include "core/base/log.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace Sockeye {

namespace {

constexpr int guardianPatience = 10'000; // milliseconds; it takes three
const char *const accessList = "system.posix_acl_access";

QByteArray registryEntry(const QByteArray &registry, const std::string &folder)
{
    const QByteArray name =
        QCryptographicHash::hash(QByteArray::fromStdString(folder), QCryptographicHash::Sha1);
    return registry + '/' + name.toHex();
}

bool syncFolder(const QByteArray &folder)
{
    const Descriptor handle(::open(folder.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return handle && ::fsync(handle.get()) == 0;
}

// So that the next start finds a tap whose process and guardian were both killed. On disk before
// anything is changed.
bool enterIntoRegistry(const QByteArray &registry, const std::string &folder)
{
    QDir().mkpath(QFile::decodeName(registry));
    ::chmod(registry.constData(), 0700);
    const Descriptor file(::open(registryEntry(registry, folder).constData(),
                                 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    return file
        && ::write(file.get(), folder.data(), folder.size()) == static_cast<ssize_t>(folder.size())
        && ::fsync(file.get()) == 0 && syncFolder(registry);
}

void removeFromRegistry(const QByteArray &registry, const std::string &folder)
{
    ::unlink(registryEntry(registry, folder).constData());
}

// The same, with a number above those that the program uses otherwise. When a process is killed,
// the kernel lets go of its descriptors from the highest number down, and one of inotify on the way
// takes from 20 ms to, under load, seconds (measured): the guardian must not wait for that.
Descriptor numberedHigh(Descriptor descriptor)
{
    constexpr rlim_t highEnough = 4096; // the kernel's table grows to there: 32 KiB
    rlimit limit = {};
    if (!descriptor || ::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return descriptor;
    const auto least = static_cast<int>(std::min(limit.rlim_cur / 2, highEnough));
    Descriptor high(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, least));
    return high ? std::move(high) : std::move(descriptor);
}

// Locked as long as its tap lives, or its guardian works.
Descriptor lockFolder(const std::string &folder)
{
    Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (handle && ::flock(handle.get(), LOCK_EX | LOCK_NB) != 0)
        handle.reset();
    return handle;
}

// What a crash has left in a folder of ours that nobody has locked.
Restored clearLeftOver(const std::string &path, const std::string &folder)
{
    if (const auto record = readJournal(folder))
        return restoreSwap(*record);
    // Killed before the journal was whole: nothing had been exchanged then.
    SwapRecord record;
    record.path = path;
    record.folder = folder;
    record.original = numbersOf(path).value_or(FileNumbers());
    return restoreSwap(record);
}

sockaddr_un addressBeside(int folder, const std::string &path, socklen_t &length)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    // The kernel's field is short; by descriptor every path fits.
    const std::string name = path.size() < sizeof address.sun_path
        ? path
        : "/proc/self/fd/" + std::to_string(folder) + "/s";
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1);
    return address;
}

bool copyAccessList(const std::string &from, const std::string &to)
{
    std::array<char, 16 * 1024> list = {};
    const ssize_t size = ::lgetxattr(from.c_str(), accessList, list.data(), list.size());
    if (size < 0) // none, or none here
        return errno == ENODATA || errno == ENOTSUP;
    return ::lsetxattr(to.c_str(), accessList, list.data(), static_cast<size_t>(size), 0) == 0;
}

} // namespace

TakeoverPlaces TakeoverPlaces::usual()
{
    TakeoverPlaces places;
    const QString here = QCoreApplication::applicationDirPath();
    for (const QString &place : {here + QStringLiteral("/sockeye_guardian"),
                                 here + QStringLiteral("/../libexec/sockeye/sockeye_guardian")}) {
        if (places.guardian.isEmpty() && ::access(QFile::encodeName(place).constData(), X_OK) == 0)
            places.guardian = QFile::encodeName(QDir::cleanPath(place));
    }
    QByteArray state = qgetenv("XDG_STATE_HOME");
    if (!state.startsWith('/'))
        state = QFile::encodeName(QDir::homePath()) + "/.local/state";
    places.registry = state + "/sockeye/taps";
    return places;
}

Result<std::unique_ptr<SocketTakeover>> SocketTakeover::begin(const SocketAddress &address,
                                                              const TakeoverPlaces &places)
{
    std::unique_ptr<SocketTakeover> takeover(new SocketTakeover);
    if (const Result<> prepared = takeover->prepare(address, places); !prepared) {
        static_cast<void>(takeover->end()); // whatever there is of it by now
        return fail(prepared.error());
    }
    return takeover;
}

SocketTakeover::~SocketTakeover()
{
    static_cast<void>(end());
}

Problem SocketTakeover::failure(ProblemCode code, int errnoValue) const
{
    return {code,
            {{QStringLiteral("address"), m_address.display()},
             {QStringLiteral("folder"), SocketAddress::fromPath(m_address.folder()).display()},
             {QStringLiteral("owner"), userName(m_owner)},
             {QStringLiteral("user"), userName(::geteuid())}},
            errnoValue};
}

Result<> SocketTakeover::prepare(const SocketAddress &address, const TakeoverPlaces &places)
{
    m_address = address;
    m_places = places;
    m_record.path = address.bytes().toStdString();
    m_record.folder = SwapRecord::folderFor(m_record.path);
    Result<> result = lookAtOriginal();
    for (const auto step : {&SocketTakeover::claimFolder, &SocketTakeover::makeListener,
                            &SocketTakeover::startGuardian, &SocketTakeover::exchange}) {
        if (result)
            result = (this->*step)();
    }
    return result;
}

// Everything that can be refused without having changed anything.
Result<> SocketTakeover::lookAtOriginal()
{
    const std::string &path = m_record.path;
    if (m_address.kind() != SocketAddress::Kind::Path)
        return fail(failure(ProblemCode::TapNeedsPath));
    Descriptor file(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status = {};
    if (!file || ::fstat(file.get(), &status) != 0)
        return fail(failure(ProblemCode::ConnectMissing, errno));
    m_mode = status.st_mode & 07777;
    m_owner = status.st_uid;
    m_group = status.st_gid;
    const AddressState state = peekAddress(m_address);
    if (state.kind == AddressState::Kind::NotASocket) {
        Problem problem = failure(ProblemCode::AddressNotASocket);
        problem.args.insert(QStringLiteral("type"), fileTypeText(state.fileType));
        return fail(problem);
    }
    if (state.kind != AddressState::Kind::Live)
        return fail(failure(ProblemCode::ConnectRefused));
    m_type = state.socketType;
    if (m_type != SOCK_STREAM && m_type != SOCK_SEQPACKET)
        return fail(failure(ProblemCode::TapTypeUnsupported));
    struct stat folder = {};
    const QByteArray folderPath = m_address.folder();
    if (::stat(folderPath.constData(), &folder) != 0)
        return fail(failure(ProblemCode::FolderMissing, errno));
    if (::faccessat(AT_FDCWD, folderPath.constData(), W_OK | X_OK, AT_EACCESS) != 0)
        return fail(failure(ProblemCode::TapNotAllowed, errno));
    const uid_t self = ::geteuid();
    const bool isSticky = (folder.st_mode & S_ISVTX) != 0;
    if (self != 0 && (m_owner != self || (isSticky && folder.st_uid != self && m_owner != self)))
        return fail(failure(ProblemCode::TapNotAllowed, EPERM));
    if (m_places.guardian.isEmpty())
        return fail(failure(ProblemCode::TapNoGuardian, ENOENT));
    m_original = std::make_shared<const Descriptor>(std::move(file));
    m_record.original = {status.st_dev, status.st_ino};
    if (const auto sockets = readKernelSockets(KernelRows::Bound)) {
        for (const KernelSocket &socket : *sockets) {
            if (socket.state == KernelSocket::State::Listening
                && isBoundTo(socket, m_address.bytes(), status))
                m_backlog = static_cast<int>(socket.backlog);
        }
    }
    return {};
}

Result<> SocketTakeover::claimFolder()
{
    if (!enterIntoRegistry(m_places.registry, m_record.folder))
        qCWarning(logServer, "the list of taps cannot be written: %s",
                  m_places.registry.constData());
    if (::mkdir(m_record.folder.c_str(), 0700) != 0) {
        if (errno != EEXIST)
            return fail(failure(ProblemCode::TapNotAllowed, errno));
        if (const Descriptor lock = lockFolder(m_record.folder); !lock)
            return fail(failure(ProblemCode::TapAlreadyTapped));
        const Restored cleared = clearLeftOver(m_record.path, m_record.folder);
        if (cleared == Restored::Done) // the original that was looked at was a dead tap's
            return fail(failure(ProblemCode::TapRecovered));
        if (::mkdir(m_record.folder.c_str(), 0700) != 0)
            return fail(failure(ProblemCode::TapAlreadyTapped, errno));
    }
    m_hasFolder = true;
    m_folder = numberedHigh(lockFolder(m_record.folder));
    if (!m_folder || !writeJournal(m_record))
        return fail(failure(ProblemCode::TapNotAllowed, errno));
    return {};
}

Result<> SocketTakeover::makeListener()
{
    const std::string aside = m_record.aside();
    m_listener.reset(::socket(AF_UNIX, m_type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    socklen_t length = 0;
    const sockaddr_un address = addressBeside(m_folder.get(), aside, length);
    const int on = 1;
    // Accepted sockets inherit it: not even the first bytes lack their writer.
    const bool isMade = m_listener
        && ::setsockopt(m_listener.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0
        && ::bind(m_listener.get(), reinterpret_cast<const sockaddr *>(&address), length) == 0
        && ::lchown(aside.c_str(), m_owner, m_group) == 0 && ::chmod(aside.c_str(), m_mode) == 0
        && copyAccessList(m_record.path, aside) && ::listen(m_listener.get(), m_backlog) == 0;
    if (!isMade)
        return fail(failure(ProblemCode::TapNotAllowed, errno));
    m_record.ours = numbersOf(aside).value_or(FileNumbers());
    if (!writeJournal(m_record))
        return fail(failure(ProblemCode::TapNotAllowed, errno));
    return {};
}

Result<> SocketTakeover::startGuardian()
{
    std::array<int, 2> to {};
    std::array<int, 2> from {};
    if (::pipe2(to.data(), O_CLOEXEC) != 0)
        return fail(failure(ProblemCode::TapNoGuardian, errno));
    Descriptor theirInput(to[0]);
    Descriptor toGuardian(to[1]);
    if (::pipe2(from.data(), O_CLOEXEC) != 0)
        return fail(failure(ProblemCode::TapNoGuardian, errno));
    Descriptor fromGuardian(from[0]);
    Descriptor theirOutput(from[1]);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&actions, theirInput.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, theirOutput.get(), STDOUT_FILENO);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::string folder = m_record.folder;
    std::array<char *, 3> arguments = {m_places.guardian.data(), folder.data(), nullptr};
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, m_places.guardian.constData(), &actions, &attributes,
                                    arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0)
        return fail(failure(ProblemCode::TapNoGuardian, error));
    m_guardian = pid;
    theirInput.reset();
    theirOutput.reset(); // so that the guardian's end is seen, should it end at once
    m_toGuardian = numberedHigh(std::move(toGuardian));
    m_fromGuardian = std::move(fromGuardian);
    pollfd entry {.fd = m_fromGuardian.get(), .events = POLLIN, .revents = 0};
    int polled = 0;
    do {
        polled = ::poll(&entry, 1, guardianPatience);
    } while (polled < 0 && errno == EINTR);
    char word = 0;
    if (polled <= 0 || !(entry.revents & POLLIN) || ::read(m_fromGuardian.get(), &word, 1) != 1)
        return fail(failure(ProblemCode::TapNoGuardian, ESRCH));
    return {};
}

Result<> SocketTakeover::exchange()
{
    if (numbersOf(m_record.path) != m_record.original)
        return fail(failure(ProblemCode::AddressReplaced));
    if (!exchangeFiles(m_record.path, m_record.aside())) {
        const bool isUnknown = errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;
        return fail(
            failure(isUnknown ? ProblemCode::TapNoExchange : ProblemCode::TapNotAllowed, errno));
    }
    if (numbersOf(m_record.aside()) == m_record.original)
        return {};
    // Replaced in that very moment: what came aside is somebody's new socket.
    if (!exchangeFiles(m_record.path, m_record.aside()))
        qCWarning(logServer, "%s could not be put back", m_record.path.c_str());
    return fail(failure(ProblemCode::AddressReplaced));
}

bool SocketTakeover::isInPlace() const
{
    return !m_isOver && numbersOf(m_record.path) == m_record.ours;
}

Result<> SocketTakeover::restartGuardian()
{
    m_toGuardian.reset();
    m_fromGuardian.reset();
    if (m_guardian > 0)
        ::waitpid(std::exchange(m_guardian, -1), nullptr, 0);
    return startGuardian();
}

void SocketTakeover::dismissGuardian()
{
    if (m_toGuardian && ::write(m_toGuardian.get(), "q", 1) != 1)
        qCDebug(logServer, "the guardian has gone already");
    m_toGuardian.reset();
    m_fromGuardian.reset();
    if (m_guardian > 0)
        ::waitpid(std::exchange(m_guardian, -1), nullptr, 0);
}

Result<> SocketTakeover::end()
{
    if (std::exchange(m_isOver, true))
        return {};
    Restored restored = Restored::NothingToDo;
    int error = 0;
    if (m_hasFolder) {
        restored = restoreSwap(m_record);
        error = errno;
    }
    const bool isLeft = restored == Restored::Foreign || restored == Restored::Failed;
    // With "q": to put back what cannot be put back, twice, helps nobody.
    dismissGuardian();
    m_folder.reset();
    if (!isLeft && m_hasFolder)
        removeFromRegistry(m_places.registry, m_record.folder);
    if (!isLeft)
        return {};
    Problem problem =
        failure(ProblemCode::TapNotRestored, restored == Restored::Failed ? error : 0);
    problem.args.insert(QStringLiteral("aside"),
                        escapedBytes(QByteArray::fromStdString(m_record.aside())));
    return fail(problem);
}

std::vector<RecoveredTap> recoverTaps(const QByteArray &registry, const SocketAddress &address)
{
    std::vector<std::string> folders;
    if (address.isValid()) {
        folders.push_back(SwapRecord::folderFor(address.bytes().toStdString()));
    } else {
        const QDir list(QFile::decodeName(registry));
        for (const QString &name : list.entryList(QDir::Files)) {
            QFile file(list.filePath(name));
            if (file.open(QIODevice::ReadOnly))
                folders.push_back(file.read(16 * 1024).toStdString());
        }
    }
    std::vector<RecoveredTap> result;
    for (const std::string &folder : folders) {
        struct stat status = {};
        if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)
            || status.st_uid != ::geteuid()) {
            removeFromRegistry(registry, folder);
            continue;
        }
        RecoveredTap tap;
        const auto record = readJournal(folder);
        const std::string path = record ? record->path : address.bytes().toStdString();
        tap.address = SocketAddress::fromPath(QByteArray::fromStdString(path)).display();
        tap.aside = escapedBytes(QByteArray::fromStdString(folder + "/s"));
        if (const Descriptor lock = lockFolder(folder); !lock) {
            tap.isAlive = true;
        } else {
            tap.result = clearLeftOver(path, folder);
            tap.errnoValue = tap.result == Restored::Failed ? errno : 0;
            if (tap.result == Restored::Done || tap.result == Restored::NothingToDo)
                removeFromRegistry(registry, folder);
        }
        result.push_back(tap);
    }
    return result;
}

} // namespace Sockeye
