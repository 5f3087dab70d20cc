// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/addresslock.h"

#include "core/base/log.h"
#include "core/server/guardedserver.h"
#include "core/server/listenproblem.h"
#include "core/server/ownedfile.h"

#include <QDeadlineTimer>
#include <QRegularExpression>

#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

// Long enough for a loser that probes and leaves, short enough for somebody who watches a window.
constexpr int lockPatience = 1000;
constexpr int lockPause = 10;
constexpr off_t longestMark = 64; // "sockeye 2147483647 listening\n" and some room

struct Mark
{
    qint64 pid = 0;
    bool isListening = false;
};

QByteArray markText(bool isListening)
{
    return "sockeye " + QByteArray::number(static_cast<qint64>(::getpid()))
        + (isListening ? " listening\n" : "\n");
}

std::optional<Mark> readMark(int fd)
{
    char buffer[longestMark] = {};
    const ssize_t length = ::pread(fd, buffer, sizeof buffer, 0);
    static const QRegularExpression pattern(
        QStringLiteral("\\Asockeye ([0-9]{1,10})( listening)?\\n\\z"));
    const auto match = pattern.match(
        QString::fromLatin1(buffer, static_cast<qsizetype>(std::max<ssize_t>(length, 0))));
    if (!match.hasMatch())
        return std::nullopt;
    return Mark {match.captured(1).toLongLong(), match.capturedLength(2) > 0};
}

/// The longer mark begins like the shorter one, so that one pwrite() makes one of the other and a
/// crash at any moment leaves a whole mark.
bool writeMark(int fd, bool isListening)
{
    const QByteArray mark = markText(isListening);
    return ::pwrite(fd, mark.constData(), static_cast<size_t>(mark.size()), 0) == mark.size();
}

enum class Outcome { Locked, Held, Again, Unusable };

struct Attempt
{
    Outcome outcome = Outcome::Unusable;
    int errnoValue = 0;
    Descriptor file = Descriptor();
    Mark holder = {};
};

Attempt unusable(int errnoValue)
{
    return {Outcome::Unusable, errnoValue};
}

bool prepare(int fd)
{
    return ::fchmod(fd, 0600) == 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0 && writeMark(fd, false);
}

/// The lock becomes visible with its mark in it and locked: no other starter ever meets half of it.
Attempt makeNamelessLock(const QByteArray &path)
{
    const QByteArray folder = path.left(std::max<qsizetype>(path.lastIndexOf('/'), 1));
    Descriptor file(::open(folder.constData(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file || !prepare(file.get()))
        return unusable(errno);
    const QByteArray handle = "/proc/self/fd/" + QByteArray::number(file.get());
    if (::linkat(AT_FDCWD, handle.constData(), AT_FDCWD, path.constData(), AT_SYMLINK_FOLLOW) != 0)
        return errno == EEXIST ? Attempt {Outcome::Again} : unusable(errno);
    return {Outcome::Locked, 0, std::move(file)};
}

/// Where nameless files are not known (NFS, vfat) or have no handle (no /proc).
Attempt makeNamedLock(const QByteArray &path)
{
    Descriptor file(
        ::open(path.constData(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return errno == EEXIST ? Attempt {Outcome::Again} : unusable(errno);
    if (prepare(file.get()))
        return {Outcome::Locked, 0, std::move(file)};
    // Another starter looks into it at this moment, or the disk is full.
    const int error = errno;
    ::unlink(path.constData()); // made by O_EXCL a moment ago
    return error == EWOULDBLOCK ? Attempt {Outcome::Again} : unusable(error);
}

Attempt makeLock(const QByteArray &path)
{
    Attempt attempt = makeNamelessLock(path);
    if (attempt.outcome == Outcome::Unusable && attempt.errnoValue != EMFILE
        && attempt.errnoValue != ENFILE)
        attempt = makeNamedLock(path);
    return attempt;
}

/// A file of that name is there: a lock in use, one left by a crash, or somebody's own file.
Attempt openLock(const QByteArray &path)
{
    // Looked at before it is opened, as opening a device can have an effect.
    struct stat status = {};
    if (::lstat(path.constData(), &status) != 0)
        return errno == ENOENT ? Attempt {Outcome::Again} : unusable(errno);
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || status.st_size > longestMark)
        return unusable(0);
    Descriptor file(::open(path.constData(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file)
        return errno == ENOENT ? Attempt {Outcome::Again} : unusable(errno);
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)
        || status.st_uid != ::geteuid() || (status.st_mode & 022) != 0 || status.st_nlink > 1)
        return unusable(errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return unusable(errno);
        const auto mark = readMark(file.get());
        // No mark: made a moment ago, or a file that somebody uses in a way of his own.
        return mark ? Attempt {Outcome::Held, 0, Descriptor(), *mark} : Attempt {Outcome::Again};
    }
    if (identityOf(path) != FileIdentity {status.st_dev, status.st_ino})
        return {Outcome::Again}; // its holder removed it after we opened it
    if (!readMark(file.get())) {
        // Empty: a starter on a file system without nameless files is between two steps.
        return status.st_size == 0 ? Attempt {Outcome::Again} : unusable(0);
    }
    // Left by a crash. Made anew rather than rewritten: a file is never changed half.
    if (!removeExactly(path, {status.st_dev, status.st_ino}) && errno != 0)
        return unusable(errno);
    return {Outcome::Again};
}

Problem lockProblem(const SocketAddress &address, const Attempt &last)
{
    if (last.outcome == Outcome::Unusable
        && (last.errnoValue == EMFILE || last.errnoValue == ENFILE))
        return descriptorsExhausted(address.display(), last.errnoValue);
    Problem problem;
    problem.args = {{QStringLiteral("address"), address.display()},
                    {QStringLiteral("lock"), escapedBytes(lockPathFor(address))}};
    problem.errnoValue = last.errnoValue;
    problem.code =
        last.outcome == Outcome::Held ? ProblemCode::AddressBeingTaken : ProblemCode::LockUnusable;
    if (last.outcome == Outcome::Held) {
        const QString pid = QString::number(last.holder.pid);
        problem.args.insert(QStringLiteral("pid"), pid);
        problem.args.insert(QStringLiteral("owner"), QStringLiteral(" (pid %1)").arg(pid));
        problem.socketError = socketErrorOf(EADDRINUSE);
    }
    return problem;
}

} // namespace

QByteArray lockPathFor(const SocketAddress &address)
{
    return address.bytes() + ".lock";
}

AddressLock &AddressLock::operator=(AddressLock &&other) noexcept
{
    if (this != &other) {
        release();
        m_path = std::move(other.m_path);
        m_file = std::move(other.m_file);
    }
    return *this;
}

Result<AddressLock> AddressLock::take(const SocketAddress &address)
{
    const QByteArray path = lockPathFor(address);
    const QDeadlineTimer deadline(lockPatience);
    Attempt last;
    for (;;) {
        Attempt attempt = identityOf(path) ? openLock(path) : makeLock(path);
        const Outcome outcome = attempt.outcome;
        if (outcome == Outcome::Locked) {
            AddressLock lock;
            lock.m_path = path;
            lock.m_file = std::move(attempt.file);
            return lock;
        }
        // "Again" says nothing about who holds it: keep what an earlier attempt saw.
        if (outcome != Outcome::Again)
            last = std::move(attempt);
        const bool isPointless =
            last.outcome == Outcome::Held ? last.holder.isListening : outcome != Outcome::Again;
        if (isPointless || deadline.hasExpired())
            return fail(lockProblem(address, last));
        ::poll(nullptr, 0, lockPause); // bounded by the deadline: the one wait of a start
    }
}

void AddressLock::markListening()
{
    if (m_file && !writeMark(m_file.get(), true))
        qCWarning(logServer, "%s: the mark cannot be written", m_path.constData());
}

void AddressLock::release()
{
    if (!m_file)
        return;
    struct stat status = {};
    // Only under its lock, only if it is the very file that we hold, and only with our mark.
    if (::fstat(m_file.get(), &status) == 0 && readMark(m_file.get())
        && !removeExactly(m_path, {status.st_dev, status.st_ino}))
        qCDebug(logServer, "%s is not there any more", m_path.constData());
    m_file.reset();
}

} // namespace Sockeye
