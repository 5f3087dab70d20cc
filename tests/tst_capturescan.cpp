// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/bytesearch.h"
#include "core/capture/capturescan.h"

#include "capturekit.h"
#include "kit/manualclock.h"
#include "kit/scratchfolder.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <cstring>
#include <random>

using namespace Sockeye;

namespace {

/// The plain way, to compare with.
std::optional<size_t> plainFind(const QByteArray &bytes, const QByteArray &needle, bool ignoreCase,
                                qsizetype from)
{
    const QByteArray where = ignoreCase ? bytes.toLower() : bytes;
    const qsizetype found =
        needle.isEmpty() ? -1 : where.indexOf(ignoreCase ? needle.toLower() : needle, from);
    return found < 0 ? std::nullopt : std::optional(static_cast<size_t>(found));
}

/// What the window's threads do, in pieces.
std::vector<RecordIndex> scanAll(const CaptureLog &log, const CaptureFilter &filter, quint64 piece)
{
    CaptureScan scan(log, filter);
    std::vector<RecordIndex> records;
    for (RecordIndex next = 0;;) {
        const auto found = scan.find(next, piece, [] { return false; });
        if (!found)
            return records;
        records.insert(records.end(), found->records.begin(), found->records.end());
        next = found->end;
    }
}

std::vector<RecordIndex> containing(const CaptureLog &log, const QByteArray &needle)
{
    std::vector<RecordIndex> records;
    for (const Record &record : log.records(0, 1 << 30)) {
        if (log.payload(record.index, 0, static_cast<qint64>(record.length)).contains(needle))
            records.push_back(record.index);
    }
    return records;
}

CaptureFilter parsed(const QString &expression)
{
    const auto filter = CaptureFilter::parse(expression);
    if (!filter)
        qFatal("%s is no filter", qPrintable(expression));
    return *filter;
}

} // namespace

/// Filters asked of many records at once.
class tst_CaptureScan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsBytesAsThePlainWayDoes();
    void findsBytesAtTheVeryEnd();
    void findsInRecordsOfAnySize();
    void headersAndCommentsAreNotSearched();
    void recordsOfSeveralPacketsAreSearched();
    void agreesWithEachRecordAlone_data();
    void agreesWithEachRecordAlone();
    void goesOnBehindDroppedRecords();
    void cancelled();
    void growing();
};

void tst_CaptureScan::findsBytesAsThePlainWayDoes()
{
    std::mt19937 random(1); // NOLINT: the same each time
    const auto below = [&random](size_t end) { return static_cast<qsizetype>(random() % end); };
    for (int round = 0; round < 20'000; ++round) {
        // Few different bytes, so that there is much to find, and much that nearly fits.
        static constexpr char letters[] = "aAbB@`[{\0\xff\xdf";
        QByteArray bytes(below(300), Qt::Uninitialized);
        for (char &c : bytes)
            c = letters[below(2 + static_cast<size_t>(round) % 10)];
        QByteArray needle = bytes.mid(below(300), below(8));
        if (round % 3 == 0 && !needle.isEmpty())
            needle[needle.size() / 2] = letters[below(11)];
        const bool ignoreCase = round % 2 == 0;
        const ByteSearch search(needle, ignoreCase);
        const qsizetype from = below(4) * below(20);
        const auto expected = plainFind(bytes, needle, ignoreCase, from);
        QCOMPARE(search.find(asSpan(bytes), static_cast<size_t>(from)), expected);
        QCOMPARE(search.isAtStartOf(asSpan(bytes)),
                 needle.isEmpty()
                     || plainFind(bytes.first(std::min(bytes.size(), needle.size())), needle,
                                  ignoreCase, 0)
                            .has_value());
    }
}

void tst_CaptureScan::findsBytesAtTheVeryEnd()
{
    // In memory of just that size, so that a look behind it is seen by the sanitizer.
    for (qsizetype size = 1; size < 200; ++size) {
        for (qsizetype length = 1; length <= std::min<qsizetype>(size, 70); ++length) {
            QByteArray bytes(size, 'x');
            QByteArray needle(length, 'x');
            bytes[size - 1] = 'q';
            needle[length - 1] = 'q';
            const auto exact = std::make_unique<std::byte[]>(static_cast<size_t>(size));
            std::memcpy(exact.get(), bytes.constData(), static_cast<size_t>(size));
            const std::span<const std::byte> all(exact.get(), static_cast<size_t>(size));
            QCOMPARE(ByteSearch(needle).find(all),
                     std::optional(static_cast<size_t>(size - length)));
            QVERIFY(!ByteSearch(needle).find(all.first(all.size() - 1)));
        }
    }
}

void tst_CaptureScan::findsInRecordsOfAnySize()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options;
    options.file = scratch.file(QStringLiteral("it"));
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    std::vector<std::unique_ptr<CaptureStream>> streams;
    for (quint64 id = 1; id <= 5; ++id)
        streams.push_back((*log)->openStream(testConnection(id), RecordingPolicy::Lossless));
    std::mt19937 random(2); // NOLINT: the same each time
    for (int record = 0; record < 12'000; ++record) {
        const auto size = static_cast<qsizetype>(record % 500 == 0      ? random() % 900'000
                                                     : record % 50 == 0 ? random() % 70'000
                                                                        : random() % 200);
        QByteArray bytes(size + 1, 'n');
        if (random() % 3 == 0) { // as near to both ends as anywhere
            const qsizetype room = std::max<qsizetype>(bytes.size() - 6, 0);
            const qsizetype at = random() % 3 == 0 ? 0
                : random() % 2 == 0
                ? room
                : static_cast<qsizetype>(random() % static_cast<size_t>(room + 1));
            bytes.replace(at, 6, "needle");
        }
        QVERIFY(streams[random() % 5]->append(
            record % 2 ? Direction::ToServer : Direction::ToClient, asSpan(bytes),
            random() % 100 == 0 ? QStringLiteral("1 descriptor: needle") : QString()));
    }
    QVERIFY((*log)->flush());
    const std::vector<RecordIndex> expected = containing(**log, "needle");
    QVERIFY(expected.size() > 3000);
    for (const auto *text :
         {"text contains needle", "hex contains 6e6565646c65", "text matches \"ne{2}dle\"",
          "not not needle", "needle or needle", "kind == data and needle"})
        QCOMPARE(scanAll(**log, parsed(QString::fromLatin1(text)), 5000), expected);
    std::vector<RecordIndex> sparse;
    for (const RecordIndex index : expected) {
        if ((*log)->record(index)->connection.value == 3)
            sparse.push_back(index);
    }
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("needle and conn == 3")), 777), sparse);
}

void tst_CaptureScan::headersAndCommentsAreNotSearched()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
    for (int record = 0; record < 100; ++record)
        QVERIFY(stream->append(Direction::ToServer, asSpan("plain"),
                               QStringLiteral("1 descriptor: secret")));
    QVERIFY((*log)->flush());
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("secret")), 1000).size(), size_t {0});
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("client1")), 1000).size(),
             size_t {0}); // who it is
    // Block type, lengths and addresses of a packet, which stand in front of each payload.
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("hex contains 06000000")), 1000).size(),
             size_t {0});
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("hex contains 6e00")), 1000).size(), size_t {0});
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("plain")), 1000).size(), size_t {100});
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("has descriptors")), 1000).size(), size_t {100});
    QCOMPARE(
        scanAll(**log, parsed(QStringLiteral("descriptors == 1 and note contains SECRET")), 1000)
            .size(),
        size_t {100});
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("descriptors > 1")), 1000).size(), size_t {0});
}

void tst_CaptureScan::recordsOfSeveralPacketsAreSearched()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.file = scratch.file(QStringLiteral("it"));
    QByteArray bytes;
    {
        const auto log = CaptureLog::create(options, clock);
        QVERIFY(log);
        const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
        for (const char *text : {"first nee", "dle last", "other", "nee", "dle"})
            QVERIFY(stream->append(Direction::ToServer, asSpan(text)));
        QVERIFY((*log)->flush());
        QFile file(options.file);
        QVERIFY(file.open(QIODevice::ReadOnly));
        bytes = file.readAll();
    }
    // Without PSH a packet goes on in the next one: the first two records become one, and the
    // last two. So some programs cut what is short.
    for (const char *text : {"first nee", "nee"}) {
        const qsizetype payload = bytes.lastIndexOf(text);
        QVERIFY(payload > 7);
        bytes[payload - 7] = 0x10;
    }
    const auto log = CaptureLog::open(scratch.write(QStringLiteral("cut"), bytes));
    QVERIFY(log && !(*log)->damage());
    QCOMPARE((*log)->cursor().end, 4u);
    const std::vector<RecordIndex> expected = {1, 3};
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("needle")), 100), expected);
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("text matches needle")), 100), expected);
    QCOMPARE(scanAll(**log, parsed(QStringLiteral("text startswith \"first needle\"")), 100),
             std::vector<RecordIndex> {1});
}

void tst_CaptureScan::agreesWithEachRecordAlone_data()
{
    QTest::addColumn<QString>("expression");
    for (const char *expression : {"conn == 2",
                                   "not conn == 2",
                                   "conn in {1, 3..4}",
                                   "len > 100 or conn == 1",
                                   "dir == out",
                                   "kind == data and not (len < 50 or conn == 2)",
                                   "x",
                                   "not x",
                                   "xx or conn == 3",
                                   "peer.pid == 4002",
                                   "peer.exe matches \"client[13]$\"",
                                   "not peer.exe contains client2",
                                   "server == two",
                                   "server != two",
                                   "server == 2",
                                   "server in {\"one\", \"/run/two\"}",
                                   "is problem",
                                   "note contains done",
                                   "text startswith x",
                                   "hex startswith 78 78",
                                   "text matches \"^x+y\"",
                                   "record in {5..50, 70}",
                                   "since >= 10us",
                                   "time < 00:00:00"})
        QTest::newRow(expression) << QString::fromLatin1(expression);
}

void tst_CaptureScan::agreesWithEachRecordAlone()
{
    QFETCH(QString, expression);
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    (*log)->addServer({{1}, QStringLiteral("one"), QStringLiteral("/run/one")});
    (*log)->addServer({{2}, QStringLiteral("two"), QStringLiteral("/run/two")});
    std::vector<std::unique_ptr<CaptureStream>> streams;
    for (quint64 id = 1; id <= 4; ++id)
        streams.push_back(
            (*log)->openStream(testConnection(id, 1 + id % 2), RecordingPolicy::Lossless));
    for (int record = 0; record < 300; ++record) {
        clock.advance(std::chrono::nanoseconds(100));
        const QByteArray bytes =
            QByteArray(record % 7, record % 2 ? 'x' : 'z') + 'y' + QByteArray(record, 'y');
        QVERIFY(streams[static_cast<size_t>(record) % 4]->append(
            record % 3 ? Direction::ToServer : Direction::ToClient, asSpan(bytes)));
    }
    QVERIFY(streams[1]->endOfStream(Direction::ToServer, QStringLiteral("done")));
    QVERIFY(streams[2]->reset(Direction::ToClient, QStringLiteral("oops")));
    QVERIFY((*log)->flush());
    const CaptureFilter filter = parsed(expression);
    std::vector<RecordIndex> alone;
    for (const Record &record : (*log)->records(0, 1000)) {
        if (filter.matches(record, **log))
            alone.push_back(record.index);
    }
    QCOMPARE(scanAll(**log, filter, 1000), alone);
    QCOMPARE(scanAll(**log, filter, 7), alone);
}

void tst_CaptureScan::goesOnBehindDroppedRecords()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    options.limit = 4 * 1024 * 1024;
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
    for (int record = 0; record < 1000; ++record)
        QVERIFY(stream->append(Direction::ToServer, asSpan(QByteArray(10'000, 'x'))));
    QVERIFY((*log)->flush());
    const CaptureCursor now = (*log)->cursor();
    QVERIFY(now.begin > 0);
    CaptureScan scan(**log, parsed(QStringLiteral("x")));
    QVERIFY(!scan.find(0, 10, [] { return false; })); // gone
    const auto found = scan.find(now.begin, 5000, [] { return false; });
    QVERIFY(found);
    QCOMPARE(found->end, now.end);
    QCOMPARE(found->records.size(), now.end - now.begin);
    (*log)->clear();
    QVERIFY(!scan.find(now.begin, 10, [] { return false; }));
}

void tst_CaptureScan::cancelled()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
    for (int record = 0; record < 200; ++record)
        QVERIFY(stream->append(Direction::ToServer, asSpan(QByteArray(100'000, 'x'))));
    QVERIFY((*log)->flush());
    CaptureScan scan(**log, parsed(QStringLiteral("needle")));
    int asked = 0;
    QVERIFY(!scan.find(0, 1000, [&asked] { return ++asked > 10; }));
    QVERIFY(asked < 20); // long before its 20 MB were read
    QVERIFY(scan.find(0, 1000, [] { return false; }));
}

void tst_CaptureScan::growing()
{
    const ScratchFolder scratch;
    const SystemClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
    QVERIFY((*log)->flush());
    CaptureScan scan(**log, parsed(QStringLiteral("needle or peer.exe contains client2")));
    RecordIndex next = 0;
    for (int round = 0; round < 50; ++round) {
        QVERIFY(stream->append(Direction::ToServer, asSpan("a needle")));
        const auto other = (*log)->openStream(testConnection(2), RecordingPolicy::Lossless);
        QVERIFY((*log)->flush());
        const auto found = scan.find(next, 1000, [] { return false; });
        QVERIFY(found);
        QCOMPARE(found->records.size(), size_t {2});
        next = found->end;
    }
    QVERIFY(!scan.find(next, 1000, [] { return false; }));
}

QTEST_GUILESS_MAIN(tst_CaptureScan)
#include "tst_capturescan.moc"
