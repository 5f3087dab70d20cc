// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturestorage.h"

#include "core/capture/capturesegment.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QStandardPaths>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace Sockeye {

namespace {

constexpr qint64 MiB = 1024 * 1024;
constexpr qint64 GiB = 1024 * MiB;
/// Each segment keeps a descriptor, so that reading a record is one call.
constexpr qint64 MostSegments = 256;
constexpr qint64 SmallestSegment = 16 * 1024;
/// Ahead in a single file: often enough that little is reserved in vain, seldom enough to cost
/// nothing.
constexpr qint64 SingleFileStep = 64 * MiB;

constexpr char lockName[] = "lock";

Problem folderProblem(const QString &folder, int error)
{
    return {ProblemCode::CaptureFolderUnusable, {{QStringLiteral("folder"), folder}}, error};
}

Problem fileProblem(const QString &file, int error)
{
    return {ProblemCode::FileUnwritable, {{QStringLiteral("file"), file}}, error};
}

// Names as makeSegment() gives them.
bool isSegmentName(const QString &name)
{
    static const QRegularExpression segment(QStringLiteral("^[0-9]{6,}\\.pcapng$"));
    return segment.match(name).hasMatch();
}

// The lock of whoever records to that file or folder goes with its last process, by whatever
// signal. Nothing is opened that could block, nor changed.
bool isLocked(const QByteArray &path)
{
    const Descriptor file(
        ::open(path.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

bool isAlive(qint64 pid)
{
    return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

// The same for the command line and for the window, whatever either calls itself: each start
// clears what any of them left behind.
QString defaultBase()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation)
        + QLatin1String("/sockeye/captures");
}

// Removes a folder that a dead Sockeye left behind. Only what has our own names and owner is
// touched; anything else in it keeps it.
void removeIfDead(const QString &folder, qint64 pid)
{
    const QByteArray path = QFile::encodeName(folder);
    struct stat status = {};
    if (::lstat(path.constData(), &status) != 0 || !S_ISDIR(status.st_mode)
        || status.st_uid != ::geteuid())
        return;
    const QByteArray lockPath = path + '/' + lockName;
    const Descriptor lock(::open(lockPath.constData(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    // Without a lock file it is a folder that is being made this moment, or was by a dead process.
    if (lock ? ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 : errno != ENOENT || isAlive(pid))
        return;
    const QStringList names = QDir(folder).entryList(QDir::Files | QDir::Hidden | QDir::System);
    for (const QString &name : names) {
        if (isSegmentName(name))
            ::unlink((path + '/' + QFile::encodeName(name)).constData());
    }
    ::unlink(lockPath.constData());
    ::rmdir(path.constData());
}

void removeDeadFolders(const QString &base)
{
    static const QRegularExpression ours(QStringLiteral("^([0-9]{1,10})-[0-9a-f]{8}$"));
    const QStringList names =
        QDir(base).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
    for (const QString &name : names) {
        const QRegularExpressionMatch match = ours.match(name);
        if (match.hasMatch())
            removeIfDead(base + QLatin1Char('/') + name, match.captured(1).toLongLong());
    }
}

// A folder that the user named is never chmod'ed: as root that could be /tmp. It is enough that
// nobody else can put another folder in the place of ours, which is private in itself.
Result<> checkBase(const QString &base, bool isDefault)
{
    const QByteArray path = QFile::encodeName(base);
    struct stat status = {};
    if (::stat(path.constData(), &status) != 0)
        return fail(folderProblem(base, errno));
    if (!S_ISDIR(status.st_mode))
        return fail(folderProblem(base, ENOTDIR));
    if (status.st_uid != ::geteuid())
        return fail(folderProblem(base, EPERM));
    if (isDefault && (status.st_mode & 077) != 0 && ::chmod(path.constData(), 0700) != 0)
        return fail(folderProblem(base, errno));
    if (!isDefault && (status.st_mode & 022) != 0 && (status.st_mode & S_ISVTX) == 0)
        return fail(folderProblem(base, EPERM));
    return {};
}

// Like mkdir -p, but each folder that is made is private.
Result<> makeFolders(const QString &folder)
{
    const QByteArray path = QFile::encodeName(folder);
    for (qsizetype at = path.indexOf('/', 1);; at = path.indexOf('/', at + 1)) {
        const QByteArray part = at < 0 ? path : path.first(at);
        if (::mkdir(part.constData(), 0700) != 0 && errno != EEXIST && errno != EROFS
            && errno != EACCES)
            return fail(folderProblem(folder, errno));
        if (at < 0)
            return {};
    }
}

qint64 defaultLimit(const QByteArray &folder)
{
    struct statvfs status = {};
    if (::statvfs(folder.constData(), &status) != 0)
        return 8 * GiB;
    const qint64 available =
        static_cast<qint64>(status.f_bavail) * static_cast<qint64>(status.f_frsize);
    return std::clamp(available / 5, 4 * MiB, 8 * GiB);
}

// A process that is killed for writing past RLIMIT_FSIZE cannot tell anybody why.
void ignoreFileSizeSignal()
{
    struct sigaction action = {};
    if (::sigaction(SIGXFSZ, nullptr, &action) == 0 && !(action.sa_flags & SA_SIGINFO)
        && action.sa_handler == SIG_DFL)
        ::signal(SIGXFSZ, SIG_IGN);
}

} // namespace

bool isBeingRecorded(const QString &file)
{
    const QFileInfo info(file);
    const QByteArray lock =
        QFile::encodeName(info.absolutePath() + QLatin1Char('/') + QLatin1String(lockName));
    return isLocked(QFile::encodeName(file)) || (isSegmentName(info.fileName()) && isLocked(lock));
}

CaptureStorage::~CaptureStorage()
{
    if (m_folder.isEmpty())
        return;
    const QByteArray path = QFile::encodeName(m_folder);
    ::unlink((path + '/' + lockName).constData());
    ::rmdir(path.constData());
}

Result<CaptureStorage> CaptureStorage::create(const CaptureOptions &options)
{
    ignoreFileSizeSignal();
    CaptureStorage storage;
    if (!options.file.isEmpty()) {
        storage.m_singleFile = options.file;
        if (auto opened = storage.openSingleFile(options.overwrite); !opened)
            return fail(opened.error());
        storage.m_segmentSize = IndexEntry::LargestOffset / 2;
        return storage;
    }
    const bool isDefault = options.folder.isEmpty();
    const QString base =
        isDefault ? defaultBase() : QDir::cleanPath(QDir(options.folder).absolutePath());
    if (auto made = makeFolders(base); !made)
        return fail(made.error());
    if (auto checked = checkBase(base, isDefault); !checked)
        return fail(checked.error());
    removeDeadFolders(base);
    if (auto opened = storage.openFolder(base); !opened)
        return fail(opened.error());
    storage.m_limit = options.limit > 0 ? options.limit : defaultLimit(QFile::encodeName(base));
    storage.m_segmentSize = options.segmentSize > 0
        ? options.segmentSize
        : std::clamp(storage.m_limit / 32, MiB, 256 * MiB);
    // Two segments at least: one is filled while the other is kept.
    storage.m_segmentSize = std::max({std::min(storage.m_segmentSize, storage.m_limit / 2),
                                      storage.m_limit / MostSegments, SmallestSegment});
    return storage;
}

Result<> CaptureStorage::openFolder(const QString &base)
{
    constexpr int attempts = 100;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const QString folder = base + QLatin1Char('/') + QString::number(::getpid())
            + QLatin1Char('-')
            + QStringLiteral("%1").arg(QRandomGenerator::system()->generate(), 8, 16,
                                       QLatin1Char('0'));
        const QByteArray path = QFile::encodeName(folder);
        if (::mkdir(path.constData(), 0700) != 0) {
            if (errno == EEXIST)
                continue;
            return fail(folderProblem(base, errno));
        }
        const QByteArray lockPath = path + '/' + lockName;
        Descriptor lock(
            ::open(lockPath.constData(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!lock && errno != ENOENT) {
            const int error = errno;
            ::rmdir(path.constData());
            return fail(folderProblem(base, error));
        }
        // Between open and flock another start may have taken it for a dead folder.
        struct stat status = {};
        if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0
            || ::fstat(lock.get(), &status) != 0 || status.st_nlink == 0)
            continue;
        m_folder = folder;
        m_lock = std::move(lock);
        return {};
    }
    return fail(folderProblem(base, EEXIST));
}

Result<> CaptureStorage::openSingleFile(bool overwrite)
{
    const QByteArray path = QFile::encodeName(m_singleFile);
    constexpr int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    m_opened.reset(::open(path.constData(), flags | O_CREAT | O_EXCL, 0600));
    const bool existed = !m_opened && errno == EEXIST;
    if (existed)
        m_opened.reset(::open(path.constData(), flags));
    struct stat status = {};
    if (!m_opened || ::fstat(m_opened.get(), &status) != 0)
        return fail(fileProblem(m_singleFile, errno));
    if (existed && (!S_ISREG(status.st_mode) || (status.st_size > 0 && !overwrite)))
        return fail({ProblemCode::FileExists, {{QStringLiteral("file"), m_singleFile}}, EEXIST});
    if (status.st_uid != ::geteuid()) // its owner could read all that we record
        return fail(fileProblem(m_singleFile, EPERM));
    // Another Sockeye that records to it would go on writing into ours.
    if (::flock(m_opened.get(), LOCK_EX | LOCK_NB) != 0 || ::fchmod(m_opened.get(), 0600) != 0)
        return fail(fileProblem(m_singleFile, errno));
    return {};
}

Result<std::shared_ptr<CaptureSegment>> CaptureStorage::makeSegment()
{
    if (isSingleFile()) {
        Descriptor file(::fcntl(m_opened.get(), F_DUPFD_CLOEXEC, 0));
        if (!file || ::ftruncate(file.get(), 0) != 0)
            return fail(writeProblem(m_singleFile, errno));
        auto segment =
            std::make_shared<CaptureSegment>(std::move(file), m_singleFile, SingleFileStep);
        if (auto reserved = segment->reserve(); !reserved)
            return fail(reserved.error());
        return segment;
    }
    const QString path = m_folder + QLatin1Char('/')
        + QStringLiteral("%1.pcapng").arg(++m_next, 6, 10, QLatin1Char('0'));
    Descriptor file(::open(QFile::encodeName(path).constData(),
                           O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return fail(writeProblem(path, errno));
    auto segment = std::make_shared<CaptureSegment>(std::move(file), path, m_segmentSize);
    if (auto reserved = segment->reserve(); !reserved) {
        segment->removeFile();
        return fail(reserved.error());
    }
    return segment;
}

} // namespace Sockeye
