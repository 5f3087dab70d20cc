// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// So many lines because each way a disk can fail needs its own set-up.

// Where captures are kept: private, nobody else's, gone with their owner; and what happens when
// there is no room.

#include "core/capture/capturelog.h"

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"

#include <QDir>
#include <QtTest>

#include <mutex>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto lossless = RecordingPolicy::Lossless;
constexpr auto neverStall = RecordingPolicy::NeverStall;

mode_t modeOf(const QString &path)
{
    struct stat status = {};
    return ::lstat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_mode & 07777 : 0;
}

QString octal(mode_t mode)
{
    return QString::number(mode, 8);
}

ProblemCode codeOf(const CaptureOptions &options)
{
    const SystemClock clock;
    const auto log = CaptureLog::create(options, clock);
    return log ? ProblemCode::CaptureRecycled /* none */ : log.error().code;
}

/// What the problem handler was told, a word each.
class Told
{
public:
    void listenTo(CaptureLog &log)
    {
        log.setProblemHandler([this](std::optional<Problem> problem) {
            const std::lock_guard lock(m_lock);
            m_words << (problem ? codeName(problem->code) : QStringLiteral("goes on"));
        });
    }
    [[nodiscard]] QStringList words() const
    {
        const std::lock_guard lock(m_lock);
        return m_words;
    }

private:
    mutable std::mutex m_lock;
    QStringList m_words;
};

/// A disk of one's own, small enough to fill.
class SmallDisk
{
public:
    explicit SmallDisk(const ScratchFolder &scratch)
        : m_path(scratch.bytes(QStringLiteral("disk")))
    {
        QDir().mkpath(path());
        m_isMounted = ::mount("none", m_path.constData(), "tmpfs", 0, "size=2m,mode=0700") == 0;
    }
    ~SmallDisk()
    {
        if (m_isMounted)
            ::umount2(m_path.constData(), MNT_DETACH);
    }
    [[nodiscard]] bool isMounted() const { return m_isMounted; }
    [[nodiscard]] QString path() const { return QFile::decodeName(m_path); }
    /// Takes all room but @p free bytes; 0 or less gives it back.
    void occupy(qint64 bytes) const
    {
        QFile ballast(path() + QStringLiteral("/ballast"));
        ballast.remove();
        if (bytes > 0
            && (!ballast.open(QIODevice::WriteOnly)
                || ::posix_fallocate(ballast.handle(), 0, bytes) != 0))
            qFatal("no ballast");
    }

private:
    QByteArray m_path;
    bool m_isMounted = false;
};

constexpr qint64 KiB = 1024;

#if defined(__SANITIZE_THREAD__)
constexpr bool canForkWithThreads = false; // ThreadSanitizer ends a child that makes a thread
#else
constexpr bool canForkWithThreads = true;
#endif

} // namespace

class tst_CaptureStorage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everythingIsPrivate();
    void defaultFolderIsMadePrivate();
    void foldersOfOthersAreRefused();
    void foldersAreNotChanged();
    void theFolderGoesWithTheLog();
    void foldersOfTheDeadAreRemoved();
    void singleFileIsKept();
    void singleFileReplacesOnlyWhatItMay_data();
    void singleFileReplacesOnlyWhatItMay();
    void oneFileHasOneOwner();
    void limitsFollowTheDisk();
    void fullDiskStopsLosslessSenders();
    void fullDiskMakesGapsForTheOthers();
    void clearForgetsWhatIsQueued();
    void fullDiskAtTheStartIsAProblem();
    void fullDiskEndsByItself();
    void handlerMayUseTheLog();
    void fileSizeLimitIsNoDeath();
};

void tst_CaptureStorage::everythingIsPrivate()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const mode_t before = ::umask(0);
    CaptureOptions options;
    options.folder = scratch.file(QStringLiteral("a/b"));
    options.limit = 1024 * KiB;
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    QVERIFY((*log)->save(scratch.file(QStringLiteral("saved.pcapng"))));
    ::umask(before);
    const QString file = (*log)->currentFile();
    const QString folder = QFileInfo(file).path();
    QCOMPARE(octal(modeOf(file)), QStringLiteral("600"));
    QCOMPARE(octal(modeOf(folder)), QStringLiteral("700"));
    QCOMPARE(octal(modeOf(folder + QStringLiteral("/lock"))), QStringLiteral("600"));
    QCOMPARE(octal(modeOf(options.folder)), QStringLiteral("700"));
    QCOMPARE(octal(modeOf(scratch.file(QStringLiteral("a")))), QStringLiteral("700"));
    QCOMPARE(octal(modeOf(scratch.file(QStringLiteral("saved.pcapng")))), QStringLiteral("600"));
    QVERIFY(folder.startsWith(options.folder + QLatin1Char('/') + QString::number(::getpid())));
}

void tst_CaptureStorage::defaultFolderIsMadePrivate()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const QByteArray before = qgetenv("XDG_CACHE_HOME");
    qputenv("XDG_CACHE_HOME", scratch.path().toUtf8());
    const QString folder = scratch.file(QStringLiteral("sockeye/captures"));
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(::chmod(QFile::encodeName(folder).constData(), 0755) == 0);
    const auto log = CaptureLog::create({}, clock);
    qputenv("XDG_CACHE_HOME", before);
    QVERIFY(log);
    QCOMPARE(octal(modeOf(folder)), QStringLiteral("700"));
    QVERIFY((*log)->currentFile().startsWith(folder));
}

void tst_CaptureStorage::foldersOfOthersAreRefused()
{
    const ScratchFolder scratch;
    CaptureOptions options;
    // Open to all and not sticky: anybody could put a folder of his in the place of ours.
    options.folder = scratch.file(QStringLiteral("open"));
    QVERIFY(QDir().mkpath(options.folder));
    QVERIFY(::chmod(QFile::encodeName(options.folder).constData(), 0777) == 0);
    QCOMPARE(codeOf(options), ProblemCode::CaptureFolderUnusable);
    QCOMPARE(octal(modeOf(options.folder)), QStringLiteral("777"));

    options.folder = scratch.write(QStringLiteral("file"), "x");
    QCOMPARE(codeOf(options), ProblemCode::CaptureFolderUnusable);
    options.folder = QStringLiteral("/proc/none");
    QCOMPARE(codeOf(options), ProblemCode::CaptureFolderUnusable);
    if (::geteuid() != 0)
        QSKIP("only root can make a folder of somebody else");
    options.folder = scratch.file(QStringLiteral("foreign"));
    QVERIFY(QDir().mkpath(options.folder));
    QVERIFY(::chown(QFile::encodeName(options.folder).constData(), 65534, 65534) == 0);
    QCOMPARE(codeOf(options), ProblemCode::CaptureFolderUnusable);
}

// As root, a chmod of the folder that was named could be one of /tmp.
void tst_CaptureStorage::foldersAreNotChanged()
{
    const ScratchFolder scratch;
    CaptureOptions options;
    options.limit = 1024 * KiB;
    for (const mode_t mode : {0755u, 01777u, 0700u}) {
        options.folder = scratch.file(octal(mode));
        QVERIFY(QDir().mkpath(options.folder));
        QVERIFY(::chmod(QFile::encodeName(options.folder).constData(), mode) == 0);
        const SystemClock clock;
        const auto log = CaptureLog::create(options, clock);
        QVERIFY(log);
        QCOMPARE(octal(modeOf(options.folder)), octal(mode));
        QCOMPARE(octal(modeOf(QFileInfo((*log)->currentFile()).path())), QStringLiteral("700"));
    }
}

void tst_CaptureStorage::theFolderGoesWithTheLog()
{
    const ScratchFolder scratch;
    scratch.write(QStringLiteral("mine"), "x");
    const QByteArray before = scratch.treeHash();
    CaptureOptions options;
    options.folder = scratch.path();
    options.limit = 1024 * KiB;
    {
        const SystemClock clock;
        const auto log = CaptureLog::create(options, clock);
        QVERIFY(log);
        const auto stream = (*log)->openStream(testConnection(1), lossless);
        for (int step = 0; step < 100; ++step)
            QVERIFY(stream->append(toServer, asSpan(QByteArray(50'000, 'x'))));
        QVERIFY(scratch.treeHash() != before);
    }
    QCOMPARE(scratch.treeHash(), before);
}

void tst_CaptureStorage::foldersOfTheDeadAreRemoved()
{
    const ScratchFolder scratch;
    CaptureOptions options;
    options.folder = scratch.path();
    options.limit = 1024 * KiB;
    const SystemClock clock;
    if (!canForkWithThreads)
        QSKIP("a forked child cannot make threads under ThreadSanitizer");
    // One that dies with its log, as by kill -9; one that lives.
    const pid_t child = ::fork();
    if (child == 0) {
        const auto log = CaptureLog::create(options, clock);
        ::_exit(log ? 0 : 1); // no destructor runs
    }
    int status = -1;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    const auto living = CaptureLog::create(options, clock);
    QVERIFY(living);
    const QString alive = QFileInfo((*living)->currentFile()).path();

    const QString dead = scratch.file(QStringLiteral("%1-0123abcd").arg(child));
    const QString deadWithMore = scratch.file(QStringLiteral("%1-0123abce").arg(child));
    const QString notOurs = scratch.file(QStringLiteral("holiday-0123abcd"));
    for (const QString &folder : {dead, deadWithMore, notOurs}) {
        QVERIFY(QDir().mkpath(folder));
        for (const char *name : {"/lock", "/000001.pcapng"}) {
            QFile file(folder + QLatin1String(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
    }
    QFile more(deadWithMore + QStringLiteral("/thesis.txt"));
    QVERIFY(more.open(QIODevice::WriteOnly));
    QVERIFY(QFile::link(scratch.file(QStringLiteral("holiday-0123abcd")),
                        scratch.file(QStringLiteral("%1-0123abcf").arg(child))));

    const auto next = CaptureLog::create(options, clock);
    QVERIFY(next);
    QStringList left = QDir(scratch.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    left.removeOne(QFileInfo((*next)->currentFile()).dir().dirName());
    left.removeOne(QFileInfo(alive).fileName());
    left.sort();
    QStringList expected = {QFileInfo(deadWithMore).fileName(),
                            QStringLiteral("%1-0123abcf").arg(child),
                            QStringLiteral("holiday-0123abcd")};
    expected.sort();
    QCOMPARE(left, expected);
    QCOMPARE(QDir(deadWithMore).entryList(QDir::Files), QStringList {QStringLiteral("thesis.txt")});
    QCOMPARE(QDir(notOurs).entryList(QDir::Files).size(), 2);
    QVERIFY(QFile::exists((*living)->currentFile()));
}

void tst_CaptureStorage::singleFileIsKept()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.file = scratch.file(QStringLiteral("kept.pcapng"));
    {
        const auto log = CaptureLog::create(options, clock);
        QVERIFY(log);
        const auto stream = (*log)->openStream(testConnection(1), lossless);
        QVERIFY(stream->append(toServer, asSpan("kept")));
        QCOMPARE((*log)->statistics().limit, 0);
    }
    struct stat status = {};
    QVERIFY(::stat(QFile::encodeName(options.file).constData(), &status) == 0);
    QVERIFY(status.st_blocks * 512 < 64 * KiB); // what was reserved ahead is given back
    QCOMPARE(octal(status.st_mode & 07777), QStringLiteral("600"));
    const auto read = CaptureLog::open(options.file);
    QVERIFY(read);
    QCOMPARE((*read)->payload(1), QByteArray("kept"));
}

void tst_CaptureStorage::singleFileReplacesOnlyWhatItMay_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<bool>("overwrite");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("nothing") << "nothing" << false << true;
    QTest::newRow("an empty file") << "empty" << false << true;
    QTest::newRow("a file") << "file" << false << false;
    QTest::newRow("a file, overwrite") << "file" << true << true;
    QTest::newRow("a folder, overwrite") << "folder" << true << false;
    QTest::newRow("a fifo, overwrite") << "fifo" << true << false;
    QTest::newRow("a link, overwrite") << "link" << true << false;
    QTest::newRow("a dangling link, overwrite") << "dangling" << true << false;
    QTest::newRow("a file of another, overwrite") << "foreign" << true << false;
}

void tst_CaptureStorage::singleFileReplacesOnlyWhatItMay()
{
    QFETCH(QString, what);
    QFETCH(bool, overwrite);
    QFETCH(bool, isTaken);
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.file = scratch.file(QStringLiteral("it"));
    options.overwrite = overwrite;
    const QString victim = scratch.write(QStringLiteral("victim"), "precious");
    const QByteArray path = QFile::encodeName(options.file);
    if (what == QLatin1String("empty"))
        scratch.write(QStringLiteral("it"), "");
    else if (what == QLatin1String("file"))
        scratch.write(QStringLiteral("it"), "something else");
    else if (what == QLatin1String("folder"))
        QVERIFY(QDir().mkpath(options.file));
    else if (what == QLatin1String("fifo"))
        QVERIFY(::mkfifo(path.constData(), 0600) == 0);
    else if (what == QLatin1String("link"))
        QVERIFY(QFile::link(victim, options.file));
    else if (what == QLatin1String("dangling"))
        QVERIFY(QFile::link(scratch.file(QStringLiteral("none")), options.file));
    else if (what == QLatin1String("foreign")) {
        if (::geteuid() != 0)
            QSKIP("only root can make a file of somebody else");
        scratch.write(QStringLiteral("it"), "his");
        QVERIFY(::chown(path.constData(), 65534, 65534) == 0);
    }
    const QByteArray before = scratch.treeHash();
    const auto log = CaptureLog::create(options, clock);
    QCOMPARE(log.has_value(), isTaken);
    if (isTaken) {
        QCOMPARE(octal(modeOf(options.file)), QStringLiteral("600"));
        QVERIFY(CaptureLog::open(options.file));
    } else {
        QVERIFY(log.error().code == ProblemCode::FileUnwritable
                || log.error().code == ProblemCode::FileExists);
        QVERIFY(log.error().errnoValue != 0);
        QCOMPARE(scratch.treeHash(), before); // nothing was touched
    }
    QVERIFY(QFile(victim).size() == 8);
}

void tst_CaptureStorage::oneFileHasOneOwner()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.file = scratch.file(QStringLiteral("it"));
    options.overwrite = true;
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    const auto second = CaptureLog::create(options, clock);
    QVERIFY(!second);
    QCOMPARE(errnoName(second.error().errnoValue), QStringLiteral("EAGAIN"));
    QVERIFY(CaptureLog::open(options.file)); // and it still stands
}

void tst_CaptureStorage::limitsFollowTheDisk()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    {
        const auto log = CaptureLog::create(options, clock);
        QVERIFY(log);
        const qint64 limit = (*log)->statistics().limit;
        QVERIFY(limit > 0 && limit <= 8 * KiB * KiB * KiB);
    }
    if (const SmallDisk disk(scratch); disk.isMounted()) {
        options.folder = disk.path();
        options.limit = 1000 * KiB;
        const auto log = CaptureLog::create(options, clock);
        QVERIFY(log);
        QCOMPARE((*log)->statistics().limit, 1000 * KiB);
    }
}

void tst_CaptureStorage::fullDiskStopsLosslessSenders()
{
    const ScratchFolder scratch;
    const SmallDisk disk(scratch);
    if (!disk.isMounted())
        QSKIP("a small disk cannot be mounted here");
    const SystemClock clock;
    CaptureOptions options;
    options.folder = disk.path();
    options.limit = 8 * KiB * KiB; // more than there is
    options.segmentSize = 128 * KiB;
    Told told;
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    told.listenTo(**log);
    auto stream = (*log)->openStream(testConnection(1), lossless);

    // Small and direct records, until nothing goes any more; each failure takes nothing.
    QByteArray taken;
    std::optional<Problem> problem;
    for (quint32 step = 0; step < 10'000 && !problem; ++step) {
        const QByteArray bytes = randomBytes(step, step % 3 == 0 ? 40'000 : 500);
        const auto appended = stream->append(toServer, asSpan(bytes));
        if (appended)
            taken += bytes;
        else
            problem = appended.error();
        if (const auto flushed = (*log)->flush(); !flushed)
            problem = flushed.error();
    }
    QVERIFY(problem);
    QCOMPARE(problem->code, ProblemCode::CaptureDiskFull);
    QCOMPARE(errnoName(problem->errnoValue), QStringLiteral("ENOSPC"));
    QVERIFY(problem->args.contains(QStringLiteral("folder")));
    QVERIFY((*log)->statistics().isStalled);
    QVERIFY(!stream->append(toServer, asSpan(QByteArray(200'000, 'x'))));
    QVERIFY(!stream->append(toServer, asSpan(QByteArray(200'000, 'x'))));
    QCOMPARE(told.words(), QStringList {QStringLiteral("CaptureDiskFull")});
    // A connection that comes now is recorded as soon as that is possible.
    const auto late = (*log)->openStream(testConnection(2), lossless);

    (*log)->clear(); // gives room back, as would a deleted file
    QVERIFY(stream->append(toServer, asSpan(QByteArray(200'000, 'y'))));
    QVERIFY(late->append(toServer, asSpan("late")));
    QVERIFY((*log)->flush());
    QVERIFY(!(*log)->statistics().isStalled);
    QCOMPARE(told.words(),
             QStringList({QStringLiteral("CaptureDiskFull"), QStringLiteral("goes on")}));
    QCOMPARE(streamOf(**log, {1}, toServer), QByteArray(200'000, 'y'));
    QCOMPARE(streamOf(**log, {2}, toServer), QByteArray("late"));
    QVERIFY((*log)->connection({2}) == testConnection(2));
}

void tst_CaptureStorage::fullDiskMakesGapsForTheOthers()
{
    const ScratchFolder scratch;
    const SmallDisk disk(scratch);
    if (!disk.isMounted())
        QSKIP("a small disk cannot be mounted here");
    const SystemClock clock;
    CaptureOptions options;
    options.folder = disk.path();
    options.limit = 1500 * KiB;
    options.segmentSize = 100 * KiB;
    options.queueLimit = 100 * KiB;
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    Told told;
    told.listenTo(**log);
    disk.occupy(2048 * KiB - 400 * KiB);
    QByteArray sent;
    {
        const auto stream = (*log)->openStream(testConnection(1), neverStall);
        // It never waits, so what it sends while the disk fills is up to the machine; on from
        // there it is enough to overflow the queue.
        for (quint32 step = 0, more = 0; more < 100; ++step) {
            sent += randomBytes(step, 3000);
            QVERIFY(stream->append(toServer, asSpan(sent.last(3000))));
            if ((*log)->statistics().isStalled)
                ++more;
        }
    }
    TRY_COMPARE(told.words(), QStringList {QStringLiteral("CaptureDiskFull")});
    disk.occupy(0);
    TRY_COMPARE(streamOf(**log, {1}, toServer).size(), sent.size());
    const QByteArray recorded = streamOf(**log, {1}, toServer);
    qsizetype position = 0;
    quint64 gapBytes = 0;
    for (const Record &record : (*log)->records((*log)->cursor().begin, 1'000'000)) {
        const auto length = static_cast<qsizetype>(record.length);
        if (record.kind == RecordKind::Data)
            QVERIFY(recorded.mid(position, length) == sent.mid(position, length));
        if (record.kind == RecordKind::Gap)
            gapBytes += record.length;
        position += length;
    }
    QVERIFY(gapBytes > 0);
    QCOMPARE((*log)->statistics().gapBytes, gapBytes);
    TRY_COMPARE(told.words(),
                QStringList({QStringLiteral("CaptureDiskFull"), QStringLiteral("goes on")}));
    const QString saved = scratch.file(QStringLiteral("saved.pcapng"));
    QVERIFY((*log)->save(saved));
    const auto read = CaptureLog::open(saved);
    QVERIFY(read && !(*read)->damage());
    QCOMPARE(dump(**read), dump(**log));
}

// What waits for the disk when everything is forgotten is forgotten too, gaps included.
void tst_CaptureStorage::clearForgetsWhatIsQueued()
{
    const ScratchFolder scratch;
    const SmallDisk disk(scratch);
    if (!disk.isMounted())
        QSKIP("a small disk cannot be mounted here");
    const SystemClock clock;
    CaptureOptions options;
    options.folder = disk.path();
    options.limit = 8 * KiB * KiB;
    options.segmentSize = 100 * KiB;
    options.queueLimit = 50 * KiB;
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    disk.occupy(1500 * KiB);
    const auto stream = (*log)->openStream(testConnection(1), neverStall);
    for (int more = 0; more < 100;) {
        QVERIFY(stream->append(toServer, asSpan(QByteArray(1000, 'o'))));
        more += (*log)->statistics().isStalled ? 1 : 0;
    }
    const auto late = (*log)->openStream(testConnection(2), neverStall);
    (*log)->clear();
    disk.occupy(0);
    QVERIFY(stream->append(toServer, asSpan("new")));
    QVERIFY(late->append(toServer, asSpan("late")));
    TRY_VERIFY(!streamOf(**log, {1}, toServer).isEmpty()
               && !streamOf(**log, {2}, toServer).isEmpty());
    // Room may still have been short at first: then these few bytes are a gap, and no more.
    QCOMPARE(streamOf(**log, {1}, toServer).size(), 3);
    QCOMPARE(streamOf(**log, {2}, toServer).size(), 4);
    QCOMPARE((*log)->cursor().end, 2u);
    QVERIFY((*log)->connection({1}) == testConnection(1));
    QVERIFY((*log)->connection({2}) == testConnection(2));
}

void tst_CaptureStorage::fullDiskAtTheStartIsAProblem()
{
    const ScratchFolder scratch;
    const SmallDisk disk(scratch);
    if (!disk.isMounted())
        QSKIP("a small disk cannot be mounted here");
    disk.occupy(2048 * KiB);
    CaptureOptions options;
    options.folder = disk.path();
    options.limit = 1024 * KiB;
    QCOMPARE(codeOf(options), ProblemCode::CaptureDiskFull);
    QCOMPARE(QDir(disk.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot), QStringList());
    options.file = disk.path() + QStringLiteral("/file");
    QCOMPARE(codeOf(options), ProblemCode::CaptureDiskFull);
}

// Those who had to wait may have gone by the time there is room.
void tst_CaptureStorage::fullDiskEndsByItself()
{
    const ScratchFolder scratch;
    const SmallDisk disk(scratch);
    if (!disk.isMounted())
        QSKIP("a small disk cannot be mounted here");
    const SystemClock clock;
    CaptureOptions options;
    options.folder = disk.path();
    options.limit = 8 * KiB * KiB;
    options.segmentSize = 256 * KiB;
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    Told told;
    told.listenTo(**log);
    disk.occupy(1500 * KiB);
    {
        const auto stream = (*log)->openStream(testConnection(1), lossless);
        const QByteArray bytes(50'000, 'x');
        while (stream->append(toServer, asSpan(bytes))) { }
    }
    QVERIFY((*log)->statistics().isStalled);
    (*log)->refuse(testConnection(3), QStringLiteral("kept for later"));
    disk.occupy(0);
    TRY_VERIFY(!(*log)->statistics().isStalled);
    TRY_COMPARE(told.words(),
                QStringList({QStringLiteral("CaptureDiskFull"), QStringLiteral("goes on")}));
    TRY_VERIFY((*log)->connection({3}));
    QCOMPARE((*log)->note((*log)->cursor().end - 1), QStringLiteral("kept for later"));
}

void tst_CaptureStorage::handlerMayUseTheLog()
{
    const ScratchFolder scratch;
    const SmallDisk disk(scratch);
    if (!disk.isMounted())
        QSKIP("a small disk cannot be mounted here");
    const SystemClock clock;
    CaptureOptions options;
    options.folder = disk.path();
    options.limit = 8 * KiB * KiB;
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    std::atomic<int> calls = 0;
    (*log)->setProblemHandler([&](const std::optional<Problem> &) {
        (void)(*log)->flush();
        (void)(*log)->statistics();
        (*log)->clear();
        ++calls;
    });
    const auto stream = (*log)->openStream(testConnection(1), lossless);
    for (int step = 0; step < 100 && calls == 0; ++step)
        (void)stream->append(toServer, asSpan(QByteArray(100'000, 'x')));
    QVERIFY(calls > 0);
}

void tst_CaptureStorage::fileSizeLimitIsNoDeath()
{
    if (!canForkWithThreads)
        QSKIP("a forked child cannot make threads under ThreadSanitizer");
    const ScratchFolder scratch;
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit limit = {200 * 1024, 200 * 1024};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const SystemClock clock;
        CaptureOptions options;
        options.file = scratch.file(QStringLiteral("small.pcapng"));
        const auto log = CaptureLog::create(options, clock);
        if (!log)
            ::_exit(2);
        const auto stream = (*log)->openStream(testConnection(1), lossless);
        for (int step = 0; step < 10; ++step) {
            const auto appended = stream->append(toServer, asSpan(QByteArray(40'000, 'x')));
            if (!appended)
                ::_exit(appended.error().code == ProblemCode::CaptureWriteFailed ? 0 : 3);
        }
        ::_exit(4);
    }
    int status = -1;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    const auto read = CaptureLog::open(scratch.file(QStringLiteral("small.pcapng")));
    QVERIFY(read);
    QVERIFY(!(*read)->damage()); // the half record was cut off again
    QCOMPARE((*read)->cursor().end, 6u);
}

QTEST_GUILESS_MAIN(tst_CaptureStorage)
#include "tst_capturestorage.moc"
