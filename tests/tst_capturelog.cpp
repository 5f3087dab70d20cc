// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// So many lines because the log is tested as a whole: one class, one program, shared builders.

#include "core/capture/capturelog.h"

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"

#include <QDir>
#include <QtTest>

#include <atomic>
#include <map>
#include <thread>

#include <sys/mman.h>

using namespace Sockeye;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;
constexpr auto lossless = RecordingPolicy::Lossless;
constexpr auto neverStall = RecordingPolicy::NeverStall;

/// A log in a scratch folder; fails the test program, not the test, if it cannot be made.
std::unique_ptr<CaptureLog> makeLog(const CaptureOptions &options, const Clock &clock)
{
    auto log = CaptureLog::create(options, clock);
    if (!log)
        qFatal("no log can be made");
    return std::move(*log);
}

CaptureOptions inFolder(const ScratchFolder &scratch)
{
    CaptureOptions options;
    options.folder = scratch.path();
    options.limit = 64 * 1024 * 1024;
    return options;
}

CaptureOptions inFile(const ScratchFolder &scratch)
{
    CaptureOptions options;
    options.file = scratch.file(QStringLiteral("log.pcapng"));
    return options;
}

/// Random conversations, and by the way what each direction sent.
std::map<std::pair<quint64, int>, QByteArray> converse(CaptureLog &log, ManualClock &clock,
                                                       quint32 seed, int connections)
{
    QRandomGenerator random(seed);
    std::map<std::pair<quint64, int>, QByteArray> sent;
    std::vector<std::unique_ptr<CaptureStream>> streams;
    for (quint64 i = 0; i < static_cast<quint64>(connections); ++i)
        streams.push_back(log.openStream(testConnection(i + 1, 1 + i % 3), lossless));
    for (int step = 0; step < connections * 20; ++step) {
        clock.advance(std::chrono::nanoseconds(random.generate() % 1'000'000));
        const size_t which = random.generate() % streams.size();
        const Direction direction = random.generate() % 2 ? toServer : toClient;
        // Around the borders: one packet, several, the direct way.
        static const quint32 sizes[] = {1, 3, 100, 5000, 32767, 32768, 65495, 65496, 200000};
        const QByteArray bytes = randomBytes(
            random.generate(),
            static_cast<qsizetype>(1 + random.generate() % sizes[random.generate() % 9]));
        if (!streams[which]->append(direction, asSpan(bytes)))
            qFatal("append failed");
        sent[{which + 1, static_cast<int>(direction)}] += bytes;
    }
    for (auto &stream : streams) {
        if (!stream->endOfStream(toServer, QStringLiteral("done – “ok”"))
            || !stream->endOfStream(toClient))
            qFatal("end failed");
    }
    if (!log.flush())
        qFatal("flush failed");
    return sent;
}

} // namespace

class tst_CaptureLog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyKindOfRecord();
    void conversationsComeBack_data();
    void conversationsComeBack();
    void payloadInPieces();
    void onlyWhatIsFlushedIsSeen();
    void theFileIsWholeAtEveryFlush();
    void timesNeverDecrease();
    void recyclingDropsTheOldest();
    void everySegmentStandsForItself();
    void connectionsAreRememberedWithTheirSegments();
    void theIndexIsSmall();
    void neverStallRecordsExactGaps();
    void neverStallWithRoomLosesNothing();
    void aGapMayBeLongerThan4GiB();
    void neverStallIsDrainedAtTheEnd();
    void clearBeginsAnEpoch_data();
    void clearBeginsAnEpoch();
    void saveJoinsTheSegments();
    void saveRefusesItsOwnFile();
    void openedLogsRefuseRecords();
    void serversAreKept();
    void manyShortConnections();
    void writersAndReaders();
    void nothingLeaks();
};

void tst_CaptureLog::everyKindOfRecord()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(inFile(scratch), clock);
    log->addServer({{1}, QStringLiteral("demo"), QStringLiteral("/run/demo")});
    const auto stream = log->openStream(testConnection(12), lossless);
    clock.advance(std::chrono::milliseconds(1));
    QVERIFY(stream->append(toServer, asSpan("hello")));
    QVERIFY(stream->append(toServer, {})); // nothing is no record
    clock.advance(std::chrono::milliseconds(1));
    QVERIFY(stream->append(toClient, asSpan(randomBytes(1, 300'000))));
    QVERIFY(stream->endOfStream(toServer, QStringLiteral("bye")));
    QVERIFY(stream->reset(toClient, QStringLiteral("gone")));
    log->refuse(testConnection(13), QStringLiteral("not you"));
    QVERIFY(log->flush());

    const QString sha = QString::fromLatin1(
        QCryptographicHash::hash(randomBytes(1, 300'000), QCryptographicHash::Sha1).toHex());
    const auto read = CaptureLog::open(inFile(scratch).file);
    QVERIFY(read);
    for (const CaptureLog *each : {log.get(), read->get()}) {
        QStringList lines = dump(*each);
        QVERIFY(lines.value(0).contains(QStringLiteral("\"command\"")));
        lines.replace(0, lines.value(0).section(QLatin1Char(' '), 0, 5));
        QCOMPARE(lines,
                 QStringList({
                     QStringLiteral("2026-01-01T00:00:00.000000000Z #12 @1 -> open 0"),
                     QStringLiteral("2026-01-01T00:00:00.001000000Z #12 @1 -> data 5 5 "
                                    "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
                     QStringLiteral("2026-01-01T00:00:00.002000000Z #12 @1 <- data 300000 300000 ")
                         + sha,
                     QStringLiteral("2026-01-01T00:00:00.002000000Z #12 @1 -> end 0 bye"),
                     QStringLiteral("2026-01-01T00:00:00.002000000Z #12 @1 <- reset 0 gone"),
                     QStringLiteral("2026-01-01T00:00:00.002000000Z #13 @1 -> refused 0 not you"),
                 }));
        QVERIFY(each->connection({12}) == testConnection(12));
        QVERIFY(each->connection({13}) == testConnection(13));
        QVERIFY(!each->connection({14}));
        QVERIFY(!each->damage());
        QCOMPARE(each->servers().size(), size_t(1));
        QCOMPARE(each->server({1})->name, QStringLiteral("demo"));
    }
}

void tst_CaptureLog::conversationsComeBack_data()
{
    QTest::addColumn<quint32>("seed");
    QTest::addColumn<qint64>("segmentSize");
    QTest::newRow("one segment") << 1u << qint64(0);
    QTest::newRow("many segments") << 2u << qint64(256 * 1024);
    QTest::newRow("records longer than a segment") << 3u << qint64(16 * 1024);
}

void tst_CaptureLog::conversationsComeBack()
{
    QFETCH(quint32, seed);
    QFETCH(qint64, segmentSize);
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.segmentSize = segmentSize;
    const auto log = makeLog(options, clock);
    for (quint64 id : {1u, 2u, 3u})
        log->addServer({{id}, QStringLiteral("s%1").arg(id), QStringLiteral("/run/%1").arg(id)});
    constexpr int connections = 12;
    const auto sent = converse(*log, clock, seed, connections);
    QCOMPARE(log->statistics().droppedRecords, 0u);

    const QString saved = scratch.file(QStringLiteral("saved.pcapng"));
    QVERIFY(log->save(saved));
    const auto read = CaptureLog::open(saved);
    QVERIFY(read);
    QVERIFY(!(*read)->damage());
    QCOMPARE(dump(**read), dump(*log));
    QVERIFY((*read)->servers() == log->servers());
    for (const CaptureLog *each : {log.get(), read->get()}) {
        for (const auto &[key, bytes] : sent) {
            const QByteArray got = streamOf(*each, {key.first}, static_cast<Direction>(key.second));
            QCOMPARE(got.size(), bytes.size());
            QVERIFY(got == bytes);
        }
        for (quint64 id = 1; id <= connections; ++id)
            QVERIFY(each->connection({id}) == testConnection(id, 1 + (id - 1) % 3));
    }
}

void tst_CaptureLog::payloadInPieces()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(inFolder(scratch), clock);
    const auto stream = log->openStream(testConnection(1), lossless);
    // Longer than 16 MiB, so that acknowledgements stand between its packets.
    const QByteArray bytes = randomBytes(7, 40'000'000);
    QVERIFY(stream->append(toServer, asSpan(bytes)));
    QVERIFY(log->flush());
    for (const qint64 offset : {0, 1, 65494, 65495, 65496, 16'777'216, 39'999'999})
        for (const qint64 maximum : {1, 2, 65495, 1'000'000}) {
            const QByteArray piece = log->payload(1, offset, maximum);
            QVERIFY2(piece == bytes.mid(offset, maximum),
                     qPrintable(QStringLiteral("%1 at %2").arg(maximum).arg(offset)));
        }
    QCOMPARE(log->payload(1, 40'000'000, 1), QByteArray());
    QCOMPARE(log->payload(1, -1, 1), QByteArray());
    QCOMPARE(log->payload(1, 0, 0), QByteArray());
    QCOMPARE(log->payload(0), QByteArray()); // Opened has none
    QCOMPARE(log->payload(2), QByteArray()); // not there
}

void tst_CaptureLog::onlyWhatIsFlushedIsSeen()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(inFolder(scratch), clock);
    const auto stream = log->openStream(testConnection(1), lossless);
    QVERIFY(stream->append(toServer, asSpan("x")));
    QCOMPARE(log->cursor(), (CaptureCursor {1, 0, 0}));
    QVERIFY(!log->record(0));
    QVERIFY(log->flush());
    QCOMPARE(log->cursor(), (CaptureCursor {1, 0, 2}));
    QCOMPARE(log->record(1)->length, 1u);
    QVERIFY(!log->record(2));
    QVERIFY(log->records(2, 10).empty());
    QVERIFY(log->records(0, 0).empty());
    QCOMPARE(log->records(1, 10).size(), size_t(1));
}

// Whoever reads the file after a flush finds whole blocks and every byte: what kill -9 leaves.
void tst_CaptureLog::theFileIsWholeAtEveryFlush()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.segmentSize = options.limit / 2; // all in one
    const auto log = makeLog(options, clock);
    const auto stream = log->openStream(testConnection(1), lossless);
    QByteArray sent;
    for (int step = 0; step < 200; ++step) {
        const QByteArray bytes =
            randomBytes(static_cast<quint32>(step), 1 + (step * 7919) % 90'000);
        QVERIFY(stream->append(toServer, asSpan(bytes)));
        sent += bytes;
        QVERIFY(log->flush());
        if (step % 20 != 0)
            continue;
        const auto read = CaptureLog::open(log->currentFile());
        QVERIFY(read);
        QVERIFY(!(*read)->damage());
        QVERIFY(streamOf(**read, {1}, toServer) == sent);
    }
}

void tst_CaptureLog::timesNeverDecrease()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(inFolder(scratch), clock);
    const auto stream = log->openStream(testConnection(1), lossless);
    QVERIFY(stream->append(toServer, asSpan("a")));
    clock.advance(-std::chrono::hours(24));
    QVERIFY(stream->append(toServer, asSpan("b")));
    QVERIFY(log->flush());
    QCOMPARE(isoTime(log->record(2)->time), isoTime(log->record(1)->time));
}

void tst_CaptureLog::recyclingDropsTheOldest()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.limit = 1024 * 1024;
    options.segmentSize = 128 * 1024;
    const auto log = makeLog(options, clock);
    const auto stream = log->openStream(testConnection(1), lossless);
    RecordIndex begin = 0;
    for (quint32 step = 0; step < 3000; ++step) {
        QVERIFY(stream->append(toServer, asSpan(randomBytes(step, 1 + step % 4000))));
        QVERIFY(log->flush());
        const CaptureCursor cursor = log->cursor();
        QCOMPARE(cursor.end, step + 2u);
        QVERIFY(cursor.begin >= begin);
        begin = cursor.begin;
        QVERIFY(log->statistics().bytesOnDisk <= options.limit);
    }
    const CaptureStatistics statistics = log->statistics();
    QVERIFY(begin > 1000);
    QCOMPARE(statistics.droppedRecords, begin);
    QCOMPARE(statistics.records, 3001 - begin);
    QVERIFY(statistics.segments > 3 && statistics.segments <= 8);
    // What is left is what was recorded under that number; what is gone says so.
    for (RecordIndex index = begin; index < 3001; ++index)
        QVERIFY(log->payload(index)
                == randomBytes(static_cast<quint32>(index - 1),
                               static_cast<qsizetype>(1 + (index - 1) % 4000)));
    QVERIFY(!log->record(begin - 1));
    QVERIFY(log->records(begin - 1, 10).empty());
    QVERIFY(log->payload(begin - 1).isEmpty());
    const QStringList files =
        QFileInfo(log->currentFile()).dir().entryList({QStringLiteral("*.pcapng")});
    QCOMPARE(files.size(), statistics.segments);
}

void tst_CaptureLog::everySegmentStandsForItself()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.limit = 4 * 1024 * 1024;
    options.segmentSize = 64 * 1024;
    const auto log = makeLog(options, clock);
    log->addServer({{1}, QStringLiteral("one"), QStringLiteral("/1")});
    log->addServer({{2}, QStringLiteral("two"), QStringLiteral("/2")});
    const auto first = log->openStream(testConnection(1, 1), lossless);
    const auto second = log->openStream(testConnection(2, 2), lossless);
    for (int step = 0; step < 300; ++step) {
        QVERIFY(first->append(toServer, asSpan(QByteArray(1000, 'a'))));
        QVERIFY(second->append(toClient, asSpan(QByteArray(500, 'b'))));
    }
    QVERIFY(log->flush());
    const QDir folder = QFileInfo(log->currentFile()).dir();
    const QStringList files =
        folder.entryList({QStringLiteral("*.pcapng")}, QDir::Files, QDir::Name);
    QVERIFY(files.size() > 5);
    QStringList joined;
    for (const QString &file : files) {
        const auto part = CaptureLog::open(folder.filePath(file));
        QVERIFY(part);
        QVERIFY(!(*part)->damage());
        QVERIFY((*part)->connection({1}) == testConnection(1, 1));
        QVERIFY((*part)->connection({2}) == testConnection(2, 2));
        QCOMPARE((*part)->server({2})->name, QStringLiteral("two"));
        joined += dump(**part);
    }
    QCOMPARE(joined, dump(*log));
}

void tst_CaptureLog::connectionsAreRememberedWithTheirSegments()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.limit = 512 * 1024;
    options.segmentSize = 64 * 1024;
    const auto log = makeLog(options, clock);
    const auto lasting = log->openStream(testConnection(1), lossless);
    for (quint64 id = 2; id < 1000; ++id) {
        const auto stream = log->openStream(testConnection(id), lossless);
        QVERIFY(stream->append(toServer, asSpan(QByteArray(1000, 'x'))));
        QVERIFY(lasting->append(toClient, asSpan("y")));
    }
    QVERIFY(log->flush());
    QVERIFY(log->cursor().begin > 100);
    QVERIFY(log->connection({1}) == testConnection(1)); // still at work
    QVERIFY(log->connection({999}) == testConnection(999));
    QVERIFY(!log->connection({2})); // went with its segment
}

void tst_CaptureLog::theIndexIsSmall()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.limit = 256 * 1024 * 1024;
    const auto log = makeLog(options, clock);
    // The dearest case: every record is a connection.
    CapturedConnection connection;
    connection.server = {1};
    for (quint64 id = 1; id <= 200'000; ++id) {
        connection.id = {id};
        log->refuse(connection, {});
    }
    QVERIFY(log->flush());
    const CaptureStatistics statistics = log->statistics();
    QCOMPARE(statistics.records, 200'000u);
    const double perRecord =
        static_cast<double>(statistics.indexBytes) / static_cast<double>(statistics.records);
    QVERIFY2(perRecord <= 32, qPrintable(QString::number(perRecord)));
}

void tst_CaptureLog::neverStallRecordsExactGaps()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.queueLimit = 2000; // a handful of small records, then it is full
    const auto log = makeLog(options, clock);
    const QByteArray sent[2] = {randomBytes(1, 2'000'000), randomBytes(2, 2'000'000)};
    qsizetype at[2] = {0, 0};
    {
        const auto stream = log->openStream(testConnection(1), neverStall);
        QRandomGenerator random(3);
        while (at[0] < sent[0].size() || at[1] < sent[1].size()) {
            const int side = random.generate() % 2;
            const qsizetype length =
                std::min<qsizetype>(1 + random.generate() % 1500, sent[side].size() - at[side]);
            if (length == 0)
                continue;
            QVERIFY(stream->append(static_cast<Direction>(side),
                                   asSpan(sent[side].mid(at[side], length))));
            at[side] += length;
        }
        QVERIFY(stream->endOfStream(toServer));
    }
    // Both may end in a gap; the end of one direction comes after all of it.
    TRY_VERIFY(streamOf(*log, {1}, toServer).size() == sent[0].size()
               && streamOf(*log, {1}, toClient).size() == sent[1].size());
    quint64 gapBytes = 0;
    for (const int side : {0, 1}) {
        const QByteArray recorded = streamOf(*log, {1}, static_cast<Direction>(side));
        qsizetype position = 0;
        bool hasEnded = false;
        for (const Record &record : log->records(0, 1'000'000)) {
            if (static_cast<int>(record.direction) != side || record.connection.value != 1)
                continue;
            QVERIFY(!hasEnded);
            hasEnded = record.kind == RecordKind::EndOfStream;
            const auto length = static_cast<qsizetype>(record.length);
            // Every byte that is there stands where it was sent: the gaps are exact.
            if (record.kind == RecordKind::Data)
                QVERIFY(recorded.mid(position, length) == sent[side].mid(position, length));
            else if (record.kind == RecordKind::Gap)
                gapBytes += record.length;
            position += length;
        }
        QCOMPARE(hasEnded, side == 0);
    }
    QVERIFY(gapBytes > 0);
    QCOMPARE(log->statistics().gapBytes, gapBytes);

    const QString saved = scratch.file(QStringLiteral("saved.pcapng"));
    QVERIFY(log->save(saved));
    const auto read = CaptureLog::open(saved);
    QVERIFY(read);
    QCOMPARE(dump(**read), dump(*log));
    QCOMPARE((*read)->statistics().gapBytes, gapBytes);
}

void tst_CaptureLog::neverStallWithRoomLosesNothing()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(inFolder(scratch), clock);
    QByteArray sent;
    {
        const auto stream = log->openStream(testConnection(1), neverStall);
        for (quint32 step = 0; step < 1000; ++step) {
            const QByteArray bytes = randomBytes(step, 1 + step * 40);
            QVERIFY(stream->append(toServer, asSpan(bytes)));
            sent += bytes;
        }
        QVERIFY(stream->endOfStream(toServer, QStringLiteral("end")));
        QVERIFY(stream->reset(toClient, QStringLiteral("reset")));
    }
    TRY_COMPARE(log->cursor().end, 1003u);
    QVERIFY(streamOf(*log, {1}, toServer) == sent);
    QCOMPARE(log->note(1001), QStringLiteral("end"));
    QCOMPARE(log->note(1002), QStringLiteral("reset"));
    QCOMPARE(log->statistics().gaps, 0u);
}

void tst_CaptureLog::aGapMayBeLongerThan4GiB()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.queueLimit = 0; // nothing fits
    const auto log = makeLog(options, clock);
    // Never touched, so it needs no memory.
    constexpr size_t length = size_t {5} << 30;
    void *const nowhere =
        ::mmap(nullptr, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    QVERIFY(nowhere != MAP_FAILED);
    const auto stream = log->openStream(testConnection(1), neverStall);
    QVERIFY(stream->append(toServer, {static_cast<const std::byte *>(nowhere), length}));
    ::munmap(nowhere, length);
    TRY_COMPARE(log->cursor().end, 2u);
    QCOMPARE(log->record(1)->length, quint64 {length});
    QCOMPARE(log->record(1)->kind, RecordKind::Gap);
    const auto read = CaptureLog::open(log->currentFile());
    QVERIFY(read);
    QCOMPARE((*read)->record(1)->length, quint64 {length});
    QCOMPARE((*read)->payload(1), QByteArray());
}

void tst_CaptureLog::neverStallIsDrainedAtTheEnd()
{
    const ScratchFolder scratch;
    ManualClock clock;
    auto log = makeLog(inFile(scratch), clock);
    {
        const auto stream = log->openStream(testConnection(1), neverStall);
        for (int step = 0; step < 2000; ++step)
            QVERIFY(stream->append(toClient, asSpan("drop")));
    }
    log.reset();
    const auto read = CaptureLog::open(inFile(scratch).file);
    QVERIFY(read);
    QCOMPARE(streamOf(**read, {1}, toClient).size(), 8000);
    QVERIFY(!(*read)->damage());
}

void tst_CaptureLog::clearBeginsAnEpoch_data()
{
    QTest::addColumn<bool>("isSingleFile");
    QTest::newRow("segments") << false;
    QTest::newRow("one file") << true;
}

void tst_CaptureLog::clearBeginsAnEpoch()
{
    QFETCH(bool, isSingleFile);
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(isSingleFile ? inFile(scratch) : inFolder(scratch), clock);
    log->addServer({{1}, QStringLiteral("one"), QStringLiteral("/1")});
    const auto stream = log->openStream(testConnection(1), lossless);
    QVERIFY(stream->append(toServer, asSpan("before")));
    QVERIFY(log->flush());
    QVERIFY(stream->append(toServer, asSpan("never flushed")));
    const CaptureCursor before = log->cursor();
    log->clear();
    const CaptureCursor after = log->cursor();
    QVERIFY(after.epoch > before.epoch);
    QCOMPARE(after.end, 0u);
    QVERIFY(log->records(0, 100).empty());
    QVERIFY(log->flush());
    QCOMPARE(log->cursor(), after); // nothing older comes back
    QVERIFY(!log->connection({1}));

    QVERIFY(stream->append(toClient, asSpan("after")));
    QVERIFY(stream->endOfStream(toClient));
    QVERIFY(log->flush());
    QCOMPARE(log->payload(0), QByteArray("after"));
    QVERIFY(log->connection({1}) == testConnection(1));
    const auto read = CaptureLog::open(log->currentFile());
    QVERIFY(read);
    QVERIFY(!(*read)->damage());
    QCOMPARE(dump(**read), dump(*log));
    QVERIFY((*read)->connection({1}) == testConnection(1));
    QCOMPARE((*read)->server({1})->name, QStringLiteral("one"));
    QCOMPARE(QFileInfo(log->currentFile()).dir().entryList({QStringLiteral("*.pcapng")}).size(), 1);
}

void tst_CaptureLog::saveJoinsTheSegments()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options = inFolder(scratch);
    options.limit = 1024 * 1024;
    options.segmentSize = 64 * 1024;
    const auto log = makeLog(options, clock);
    (void)converse(*log, clock, 5, 4);
    QVERIFY(log->cursor().begin > 0); // recycled, so the saved file begins in the middle
    const QString saved = scratch.write(QStringLiteral("saved.pcapng"), "something older");
    QVERIFY(log->save(saved));
    QCOMPARE(QFile::permissions(saved),
             QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser);
    const auto read = CaptureLog::open(saved);
    QVERIFY(read);
    QCOMPARE(dump(**read), dump(*log));
    // And again from what was read.
    const QString again = scratch.file(QStringLiteral("again.pcapng"));
    QVERIFY((*read)->save(again));
    QCOMPARE(dump(**CaptureLog::open(again)), dump(*log));
    QVERIFY(!log->save(scratch.file(QStringLiteral("no/such/folder"))));
    QCOMPARE(QDir(scratch.path()).entryList(QDir::Files | QDir::Hidden).size(), 2);
}

void tst_CaptureLog::saveRefusesItsOwnFile()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(inFile(scratch), clock);
    const auto stream = log->openStream(testConnection(1), lossless);
    QVERIFY(stream->append(toServer, asSpan("precious")));
    const auto saved = log->save(inFile(scratch).file);
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ProblemCode::FileUnwritable);
    QCOMPARE(log->payload(1), QByteArray("precious"));
}

void tst_CaptureLog::openedLogsRefuseRecords()
{
    const ScratchFolder scratch;
    ManualClock clock;
    {
        const auto log = makeLog(inFile(scratch), clock);
        QVERIFY(log->flush());
    }
    const auto read = CaptureLog::open(inFile(scratch).file);
    QVERIFY(read);
    QCOMPARE((*read)->cursor().end, 0u);
    QVERIFY((*read)->flush());
    (*read)->addServer({{5}, {}, {}});
    (*read)->clear();
    const auto stream = (*read)->openStream(testConnection(1), neverStall);
    QVERIFY(!stream->append(toServer, asSpan("x")));
    QVERIFY(!stream->endOfStream(toServer));
    (*read)->refuse(testConnection(1), {});
    QCOMPARE((*read)->currentFile(), inFile(scratch).file);
}

void tst_CaptureLog::serversAreKept()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(inFile(scratch), clock);
    const CapturedServer demo = {{3}, QStringLiteral("demo"), QStringLiteral("/run/démo")};
    const CapturedServer renamed = {{3}, QStringLiteral("other"), QStringLiteral("/run/démo")};
    const CapturedServer second = {{9'000'000}, QStringLiteral("9"), QStringLiteral("@abstract")};
    log->addServer(demo);
    log->addServer(demo);
    log->addServer(second);
    // One that nobody announced is better than no record.
    const auto stream = log->openStream(testConnection(1, 77), lossless);
    QVERIFY(log->flush());
    QVERIFY(log->servers() == std::vector<CapturedServer>({demo, second, {{77}, {}, {}}}));
    log->addServer(renamed);
    const auto other = log->openStream(testConnection(2, 3), lossless);
    QVERIFY(log->flush());
    QVERIFY(log->servers().front() == renamed);
    const auto read = CaptureLog::open(inFile(scratch).file);
    QVERIFY(read);
    QVERIFY((*read)->servers() == log->servers());
    QCOMPARE((*read)->record(1)->server, ServerId {3});
}

void tst_CaptureLog::manyShortConnections()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const auto log = makeLog(inFolder(scratch), clock);
    constexpr quint64 count = 20'000;
    for (quint64 id = 1; id <= count; ++id) {
        const auto stream = log->openStream(testConnection(id), lossless);
        QVERIFY(stream->append(toServer, asSpan("?")));
        QVERIFY(stream->append(toClient, asSpan("!")));
        QVERIFY(stream->endOfStream(toServer));
        QVERIFY(stream->endOfStream(toClient));
    }
    QVERIFY(log->flush());
    QCOMPARE(log->cursor().end, 5 * count);
    for (quint64 id = 1; id <= count; id += 997)
        QVERIFY(log->connection({id}) == testConnection(id));
    const QString saved = scratch.file(QStringLiteral("saved.pcapng"));
    QVERIFY(log->save(saved));
    const auto read = CaptureLog::open(saved);
    QVERIFY(read);
    QVERIFY((*read)->records(0, 5 * count) == log->records(0, 5 * count));
}

void tst_CaptureLog::writersAndReaders()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options = inFolder(scratch);
    options.limit = 4 * 1024 * 1024;
    options.segmentSize = 256 * 1024;
    const auto log = makeLog(options, clock);
    std::atomic<bool> isDone = false;
    std::atomic<int> mistakes = 0;
    const auto write = [&](quint64 id, RecordingPolicy policy) {
        for (quint64 round = 0; round < 20; ++round) {
            const ConnectionId connection = {id * 1000 + round};
            const auto stream = log->openStream(testConnection(connection.value), policy);
            for (quint32 step = 0; step < 100; ++step) {
                // Each byte tells who sent it.
                const QByteArray bytes(static_cast<qsizetype>(1 + step * step % 40'000),
                                       static_cast<char>('a' + id));
                if (!stream->append(step % 2 ? toServer : toClient, asSpan(bytes)))
                    ++mistakes;
                if (step % 10 == 0 && !log->flush())
                    ++mistakes;
            }
            (void)stream->endOfStream(toServer);
        }
        (void)log->flush();
    };
    const auto read = [&] {
        Timestamp last;
        RecordIndex next = 0;
        while (!isDone) {
            const CaptureCursor cursor = log->cursor();
            next = std::max(next, cursor.begin);
            for (const Record &record : log->records(next, 50)) {
                if (record.time < last)
                    ++mistakes;
                last = record.time;
                next = record.index + 1;
                const QByteArray bytes = log->payload(record.index);
                const auto expected = static_cast<char>('a' + record.connection.value / 1000);
                if (bytes.count(expected) != bytes.size())
                    ++mistakes;
                const auto connection = log->connection(record.connection);
                if (connection && connection->id != record.connection)
                    ++mistakes;
                (void)log->note(record.index);
            }
            (void)log->statistics();
            (void)log->currentFile();
        }
    };
    std::vector<std::thread> writers;
    writers.emplace_back(write, 1, lossless);
    writers.emplace_back(write, 2, lossless);
    writers.emplace_back(write, 3, neverStall);
    std::thread reader(read);
    std::thread second(read);
    for (int i = 0; i < 3; ++i)
        log->addServer({{static_cast<quint64>(i) + 1}, QStringLiteral("late"), {}});
    (void)log->save(scratch.file(QStringLiteral("saved.pcapng")));
    for (std::thread &thread : writers)
        thread.join();
    isDone = true;
    reader.join();
    second.join();
    QCOMPARE(mistakes.load(), 0);
    QVERIFY(CaptureLog::open(scratch.file(QStringLiteral("saved.pcapng"))));
}

void tst_CaptureLog::nothingLeaks()
{
    const ScratchFolder scratch;
    ManualClock clock;
    const int descriptors = openDescriptorCount();
    const int threads = threadCount();
    {
        CaptureOptions options = inFolder(scratch);
        options.limit = 256 * 1024;
        options.segmentSize = 32 * 1024;
        const auto log = makeLog(options, clock);
        (void)converse(*log, clock, 9, 3);
        const auto opened = CaptureLog::open(log->currentFile());
        QVERIFY(opened);
    }
    QCOMPARE(openDescriptorCount(), descriptors);
    TRY_COMPARE(threadCount(), threads);
    QVERIFY(QDir(scratch.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
}

QTEST_GUILESS_MAIN(tst_CaptureLog)
#include "tst_capturelog.moc"
