// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturelog.h"

#include "core/capture/captureloader.h"
#include "core/capture/capturesave.h"
#include "core/capture/connectioncomment.h"
#include "core/capture/neverstallqueue.h"
#include "core/capture/recordreader.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace Sockeye {

namespace {

/// A note is a sentence for people; with the comment it has to fit the staging buffer.
constexpr qsizetype LongestNote = 4096;

QByteArray toNote(const QString &note)
{
    return note.left(LongestNote).toUtf8();
}

Problem fileProblem(ProblemCode code, const QString &file, int error)
{
    return {code, {{QStringLiteral("file"), file}}, error};
}

Problem damageProblem(const QString &file, const CaptureDamage &damage)
{
    return {ProblemCode::CaptureDamaged,
            {{QStringLiteral("file"), file},
             {QStringLiteral("offset"), QString::number(damage.offset)},
             {QStringLiteral("why"), QCoreApplication::translate("Problem", damage.why)}}};
}

} // namespace

struct CaptureLog::Private
{
    [[nodiscard]] Result<> write(StreamState &stream, const RecordRequest &request)
    {
        if (!recorder) // opened for reading
            return fail(fileProblem(ProblemCode::FileUnwritable, chain.currentFile(), EROFS));
        auto result = recorder->write(stream, request);
        settle();
        return result;
    }
    /// After each act that may have begun or ended a stall.
    void settle()
    {
        if (tellStall() && queue)
            queue->wake(); // it tries again what nobody else may try
    }
    /// True if a stall has begun. All that the queue's own thread may call: while the queue is
    /// being made or destroyed, the pointer to it is not to be looked at.
    bool tellStall();
    void fillLongGaps(std::span<Record> records) const;

    SegmentChain chain;
    std::unique_ptr<CaptureRecorder> recorder; // null: opened for reading
    std::unique_ptr<NeverStallQueue> queue;
    std::shared_ptr<CaptureSegment> openedSegment; // of the file that was opened
    std::unique_ptr<CaptureLoader> loader; // behind what it uses: its thread ends first

    // Recursive: a handler may use the log.
    std::recursive_mutex handlerLock;
    std::function<void(std::optional<Problem>)> handler;
    std::atomic<bool> isStallTold = false;
};

struct CaptureStream::Private
{
    // One place where the policies part.
    [[nodiscard]] Result<> control(RecordRequest request)
    {
        if (state->policy == RecordingPolicy::Lossless || !log->queue)
            return log->write(*state, request);
        log->queue->control(state, std::move(request));
        return {};
    }

    CaptureLog::Private *log = nullptr;
    std::shared_ptr<StreamState> state;
};

// Told once per change, in the order in which the changes came.
bool CaptureLog::Private::tellStall()
{
    if (recorder->isStalled() == isStallTold.load())
        return false;
    const std::lock_guard lock(handlerLock);
    const bool isStalled = recorder->isStalled();
    if (isStallTold.exchange(isStalled) == isStalled)
        return false;
    if (handler)
        handler(isStalled ? std::optional(recorder->problem()) : std::nullopt);
    return isStalled;
}

// The index has 32 bits for a length; a longer gap stands in the file only.
void CaptureLog::Private::fillLongGaps(std::span<Record> records) const
{
    for (Record &record : records) {
        if (record.kind != RecordKind::Gap || record.length != IndexEntry::LongLength)
            continue;
        const auto place = chain.find(record.index);
        if (!place)
            continue;
        const QByteArray comment = readComment(*place->segment, place->entry.offset());
        record.length = fromGapComment(comment).value_or(record.length);
    }
}

CaptureStream::CaptureStream(std::unique_ptr<Private> p)
    : d(std::move(p))
{ }

CaptureStream::~CaptureStream() = default;

Result<> CaptureStream::append(Direction direction, std::span<const std::byte> bytes,
                               const QString &note)
{
    if (bytes.empty())
        return {};
    if (d->state->policy == RecordingPolicy::NeverStall && d->log->queue) {
        d->log->queue->append(d->state, direction, bytes, toNote(note));
        return {};
    }
    RecordRequest request;
    request.direction = direction;
    request.bytes = bytes;
    request.note = toNote(note);
    return d->log->write(*d->state, request);
}

Result<> CaptureStream::endOfStream(Direction direction, const QString &note)
{
    RecordRequest request;
    request.kind = RecordKind::EndOfStream;
    request.direction = direction;
    request.note = toNote(note);
    return d->control(std::move(request));
}

Result<> CaptureStream::reset(Direction direction, const QString &note)
{
    RecordRequest request;
    request.kind = RecordKind::Reset;
    request.direction = direction;
    request.note = toNote(note);
    return d->control(std::move(request));
}

Result<> CaptureStream::gap(Direction direction, quint64 bytes)
{
    Q_ASSERT(d->state->policy == RecordingPolicy::Lossless); // the queue counts gaps of its own
    RecordRequest request;
    request.kind = RecordKind::Gap;
    request.direction = direction;
    request.gapBytes = bytes;
    return d->log->write(*d->state, request);
}

CaptureLog::CaptureLog()
    : d(std::make_unique<Private>())
{ }

CaptureLog::~CaptureLog()
{
    d->queue.reset(); // drains and joins before the recorder goes
    if (d->recorder)
        d->recorder->close();
}

Result<std::unique_ptr<CaptureLog>> CaptureLog::create(const CaptureOptions &options,
                                                       const Clock &clock)
{
    auto storage = CaptureStorage::create(options);
    if (!storage)
        return fail(storage.error());
    std::unique_ptr<CaptureLog> log(new CaptureLog);
    Private *const d = log->d.get();
    d->recorder = std::make_unique<CaptureRecorder>(std::move(*storage), d->chain, clock);
    if (auto started = d->recorder->start(); !started)
        return fail(started.error());
    d->queue = std::make_unique<NeverStallQueue>(*d->recorder, clock, options.queueLimit,
                                                 [d] { d->tellStall(); });
    return log;
}

Result<std::unique_ptr<CaptureLog>> CaptureLog::open(const QString &file)
{
    auto log = openFile(file);
    if (!log)
        return log;
    CaptureLog::Private *const d = (*log)->d.get();
    d->loader->readAll();
    d->chain.finish(*d->openedSegment);
    return refusedIfUnreadable(std::move(*log));
}

Result<std::unique_ptr<CaptureLog>> CaptureLog::openGrowing(const QString &file)
{
    auto log = openFile(file);
    if (!log)
        return log;
    (*log)->d->loader->readFirst();
    log = refusedIfUnreadable(std::move(*log));
    if (log)
        (*log)->d->loader->start();
    return log;
}

Result<std::unique_ptr<CaptureLog>> CaptureLog::openFile(const QString &file)
{
    // Not blocking, so that a fifo cannot hold us up.
    Descriptor descriptor(
        ::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status = {};
    if (!descriptor || ::fstat(descriptor.get(), &status) != 0)
        return fail(fileProblem(ProblemCode::FileUnreadable, file, errno));
    if (!S_ISREG(status.st_mode))
        return fail(fileProblem(ProblemCode::FileUnreadable, file,
                                S_ISDIR(status.st_mode) ? EISDIR : EINVAL));
    std::unique_ptr<CaptureLog> log(new CaptureLog);
    Private *const d = log->d.get();
    d->openedSegment = std::make_shared<CaptureSegment>(std::move(descriptor), file, 0);
    d->chain.begin(d->openedSegment);
    d->loader = std::make_unique<CaptureLoader>(d->chain, *d->openedSegment);
    return log;
}

Result<std::unique_ptr<CaptureLog>> CaptureLog::refusedIfUnreadable(std::unique_ptr<CaptureLog> log)
{
    if (log->d->loader->readable() > 0)
        return log;
    Problem problem = damageProblem(log->currentFile(),
                                    log->d->loader->damage().value_or(CaptureDamage {
                                        0, QT_TRANSLATE_NOOP("Problem", "it is empty")}));
    problem.code = ProblemCode::NotACapture;
    return fail(std::move(problem));
}

const SegmentChain &CaptureLog::chain() const
{
    return d->chain;
}

void CaptureLog::addServer(const CapturedServer &server)
{
    if (d->recorder)
        d->recorder->addServer(server);
}

std::unique_ptr<CaptureStream> CaptureLog::openStream(const CapturedConnection &connection,
                                                      RecordingPolicy policy)
{
    auto p = std::make_unique<CaptureStream::Private>();
    p->log = d.get();
    p->state = std::make_shared<StreamState>(ConnectionComment {connection, false}, policy);
    RecordRequest request;
    request.kind = RecordKind::Opened;
    // If the disk is full, the first record that succeeds brings Opened along.
    (void)p->control(std::move(request));
    return std::unique_ptr<CaptureStream>(new CaptureStream(std::move(p)));
}

void CaptureLog::refuse(const CapturedConnection &connection, const QString &reason)
{
    const auto state = std::make_shared<StreamState>(ConnectionComment {connection, true},
                                                     RecordingPolicy::Lossless);
    RecordRequest request;
    request.kind = RecordKind::Refused;
    request.note = toNote(reason);
    // Nobody tries again if the disk is full now; the queue does.
    if (!d->write(*state, request) && d->queue)
        d->queue->control(state, std::move(request));
}

Result<> CaptureLog::flush()
{
    if (!d->recorder)
        return {};
    auto result = d->recorder->flush();
    d->settle();
    return result;
}

void CaptureLog::setProblemHandler(std::function<void(std::optional<Problem>)> handler)
{
    const std::lock_guard lock(d->handlerLock);
    d->handler = std::move(handler);
}

CaptureCursor CaptureLog::cursor() const
{
    return d->chain.cursor();
}

std::optional<Record> CaptureLog::record(RecordIndex index) const
{
    std::vector<Record> one = records(index, 1);
    return one.empty() ? std::nullopt : std::optional(one.front());
}

std::vector<Record> CaptureLog::records(RecordIndex first, qsizetype count) const
{
    // In pieces, so that a long answer holds no writer up.
    constexpr qsizetype piece = 4096;
    std::vector<Record> result = d->chain.records(first, std::min(count, piece));
    if (count > piece && result.size() == size_t {piece}) {
        const quint64 epoch = d->chain.cursor().epoch;
        while (static_cast<qsizetype>(result.size()) < count) {
            const auto have = static_cast<qsizetype>(result.size());
            const std::vector<Record> more =
                d->chain.records(first + result.size(), std::min(count - have, piece));
            if (more.empty())
                break;
            result.insert(result.end(), more.begin(), more.end());
        }
        if (d->chain.cursor().epoch != epoch || d->chain.cursor().begin > first)
            return {}; // gone meanwhile
    }
    d->fillLongGaps(result);
    return result;
}

QByteArray CaptureLog::payload(RecordIndex index, qint64 offset, qint64 maximum) const
{
    const auto place = d->chain.find(index);
    if (!place)
        return {};
    QByteArray result = readPayload(*place->segment, place->entry, offset, maximum);
    // A single file is written anew after clear(); what was read then may be of the new epoch.
    return d->chain.cursor().epoch == place->epoch ? result : QByteArray();
}

QString CaptureLog::note(RecordIndex index) const
{
    const auto place = d->chain.find(index);
    if (!place || (place->entry.kind() == RecordKind::Data && !place->entry.hasNote()))
        return {};
    const bool isRefused = place->entry.kind() == RecordKind::Refused;
    const QByteArray comment = readComment(*place->segment, place->entry.offset(), isRefused);
    return d->chain.cursor().epoch == place->epoch ? QString::fromUtf8(comment) : QString();
}

std::optional<RecordPlace> CaptureLog::place(RecordIndex index) const
{
    const auto place = d->chain.find(index);
    if (!place)
        return std::nullopt;
    return RecordPlace {place->segment->path(), place->entry.offset()};
}

std::vector<CapturedServer> CaptureLog::servers() const
{
    return d->chain.servers();
}

std::optional<CapturedServer> CaptureLog::server(ServerId id) const
{
    return d->chain.server(id);
}

std::optional<CapturedConnection> CaptureLog::connection(ConnectionId id) const
{
    const auto place = d->chain.findConnection(id);
    if (!place)
        return std::nullopt;
    const bool isHandshake =
        place->entry.kind() == RecordKind::Opened || place->entry.kind() == RecordKind::Refused;
    const CaptureSegment &segment = *place->segment;
    auto comment = fromComment(isHandshake ? readComment(segment, place->entry.offset())
                                           : readCommentBefore(segment, place->entry.offset()));
    if (!comment || comment->connection.id != id) {
        const auto stray = d->chain.findStray(id);
        if (!stray)
            return std::nullopt;
        comment = fromComment(readComment(*stray->segment, stray->entry.offset()));
    }
    if (!comment || comment->connection.id != id || d->chain.cursor().epoch != place->epoch)
        return std::nullopt;
    return comment->connection;
}

std::optional<RecordIndex> CaptureLog::firstRecordOf(ConnectionId id) const
{
    return d->chain.firstRecordOf(id);
}

CaptureStatistics CaptureLog::statistics() const
{
    CaptureStatistics result = d->chain.statistics();
    if (d->recorder) {
        result.limit = d->recorder->limit();
        result.isStalled = d->recorder->isStalled();
    }
    return result;
}

std::optional<Problem> CaptureLog::damage() const
{
    const auto damage = d->loader ? d->loader->damage() : std::nullopt;
    return damage ? std::optional(damageProblem(currentFile(), *damage)) : std::nullopt;
}

CaptureReading CaptureLog::reading() const
{
    return d->loader ? d->loader->reading() : CaptureReading();
}

void CaptureLog::stopReading()
{
    if (d->loader)
        d->loader->stop();
}

void CaptureLog::clear()
{
    if (!d->recorder)
        return;
    d->recorder->clear();
    d->settle();
}

Result<> CaptureLog::save(const QString &file) const
{
    if (d->recorder) {
        // What cannot be written now cannot be saved either; the rest can.
        (void)d->recorder->flushAll();
        d->settle();
    }
    return saveCapture(d->chain.parts(), file);
}

QString CaptureLog::currentFile() const
{
    return d->chain.currentFile();
}

} // namespace Sockeye
