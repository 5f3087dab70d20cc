// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// So many lines because every format is fed every kind of record, and each way to fail is tried.

#include "core/capture/captureexport.h"

#include "core/capture/conversation.h"
#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"
#include "tests/kit/smalldisk.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <climits>
#include <future>

#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;
constexpr auto lossless = RecordingPolicy::Lossless;

/// What comes out, and where that has to stop.
struct Collected
{
    QByteArray bytes;
    ByteSink sink = [this](QByteArrayView piece) -> Result<> {
        bytes.append(piece);
        return {};
    };
};

QByteArray exported(const CaptureLog &log, const ExportSelection &selection,
                    const ExportOptions &options)
{
    Collected collected;
    const auto result = exportRecords(log, selection, options, collected.sink);
    return result ? collected.bytes : "failed: " + codeName(result.error().code).toUtf8();
}

/// The most memory that was in use since reset(), in bytes.
class PeakMemory
{
public:
    PeakMemory()
    {
        QFile reset(u"/proc/self/clear_refs"_s);
        m_works = reset.open(QIODevice::WriteOnly) && reset.write("5") == 1;
        reset.close();
        m_start = peak();
    }
    [[nodiscard]] bool works() const { return m_works && m_start > 0; }
    [[nodiscard]] qint64 growth() const { return peak() - m_start; }

private:
    static qint64 peak()
    {
        const QByteArray status = contentOf(u"/proc/self/status"_s);
        const qsizetype at = status.indexOf("VmHWM:");
        return at < 0 ? -1
                      : status.mid(at + 6, 20).trimmed().split(' ').first().toLongLong() * 1024;
    }

    bool m_works = false;
    qint64 m_start = 0;
};

} // namespace

class tst_CaptureExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void pcapngIsEqual_data();
    void pcapngIsEqual();
    void pcapngKeepsServersWithoutTraffic();
    void pcapngOfManySegments();
    void pcapngWithoutServers();
    void jsonIsExact();
    void csvIsHarmless_data();
    void csvIsHarmless();
    void cArrayCommentsEndWhereTheyShould();
    void nothingSelected_data();
    void nothingSelected();
    void tellsWhatIsGone();
    void goesInPieces_data();
    void goesInPieces();
    void cancels_data();
    void cancels();
    void clearedMeanwhile();
    void sinkFails();
    void failureLeavesWhatWasThere();
    void keepsWhatIsThere();
    void protectsTheCapture_data();
    void protectsTheCapture();
    void fileIsPrivate();

private:
    void makeLog(const CaptureOptions &options = {});
    /// Three connections, two servers, every kind of record, times that differ by nanoseconds.
    void fill();
    [[nodiscard]] QStringList dumpOf(const std::function<bool(const Record &)> &selects) const;

    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<CaptureLog> m_log;
};

void tst_CaptureExport::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    m_clock = std::make_unique<ManualClock>();
    QVERIFY(QDir(m_folder->path()).mkdir(u"out"_s));
}

void tst_CaptureExport::cleanup()
{
    m_log.reset();
    m_clock.reset();
    m_folder.reset();
}

void tst_CaptureExport::makeLog(const CaptureOptions &options)
{
    CaptureOptions all = options;
    if (all.file.isEmpty())
        all.folder = m_folder->file(u"capture"_s);
    if (all.limit == 0)
        all.limit = 256 * 1024 * 1024;
    auto log = CaptureLog::create(all, *m_clock);
    if (!log)
        qFatal("no log can be made");
    m_log = std::move(*log);
}

void tst_CaptureExport::fill()
{
    m_log->addServer({{1}, u"api"_s, u"/run/äpi \"x\""_s});
    m_log->addServer({{2}, u"other"_s, u"@other"_s});
    const auto tick = [this] { m_clock->advance(std::chrono::nanoseconds(1'000'000'007)); };
    const auto one = m_log->openStream(testConnection(1, 1), lossless);
    tick();
    const auto two = m_log->openStream(testConnection(2, 2), lossless);
    QVERIFY(one->append(toServer, asSpan("ask")));
    tick();
    QVERIFY(two->append(toClient, asSpan(randomBytes(1, 300'000)), u"2 descriptors: /a, /b"_s));
    QVERIFY(one->append(toClient, asSpan(randomBytes(2, 65'495)))); // as much as a packet holds
    QVERIFY(one->append(toClient, asSpan(randomBytes(3, 65'496))));
    tick();
    m_log->refuse(testConnection(3, 1), u"uid 7 is not allowed"_s);
    QVERIFY(one->endOfStream(toServer, u"done"_s));
    QVERIFY(two->append(toServer, asSpan("more")));
    QVERIFY(one->append(toClient, asSpan("late")));
    QVERIFY(two->reset(toClient, u"torn down"_s));
    QVERIFY(one->endOfStream(toClient));
    QVERIFY(m_log->flush());
}

QStringList tst_CaptureExport::dumpOf(const std::function<bool(const Record &)> &selects) const
{
    QStringList lines;
    for (const Record &record : m_log->records(m_log->cursor().begin, 100'000)) {
        if (selects(record))
            lines << dumpLine(*m_log, record);
    }
    return lines;
}

void tst_CaptureExport::pcapngIsEqual_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QList<quint64>>("ranges"); // first, last, …
    QTest::addColumn<quint64>("connection");
    QTest::addColumn<std::optional<Direction>>("direction");
    const std::optional<Direction> both;
    const QList<quint64> all;
    QTest::newRow("everything") << u""_s << all << 0ULL << both;
    QTest::newRow("filter") << u"len > 3"_s << all << 0ULL << both;
    QTest::newRow("without handshakes") << u"kind != open"_s << all << 0ULL << both;
    QTest::newRow("ends alone") << u"kind == end or kind == reset"_s << all << 0ULL << both;
    QTest::newRow("refused") << u"kind == refused"_s << all << 0ULL << both;
    QTest::newRow("connection") << u""_s << all << 2ULL << both;
    QTest::newRow("in") << u""_s << all << 0ULL << std::optional(toServer);
    QTest::newRow("out") << u""_s << all << 0ULL << std::optional(toClient);
    QTest::newRow("ranges") << u""_s << QList<quint64> {8, 9, 2, 4, 3, 5, 7, 6} << 0ULL << both;
    QTest::newRow("beyond the end") << u""_s << QList<quint64> {9, ~0ULL} << 0ULL << both;
    QTest::newRow("all at once") << u"kind == data"_s << QList<quint64> {1, 8} << 1ULL
                                 << std::optional(toClient);
}

void tst_CaptureExport::pcapngIsEqual()
{
    QFETCH(const QString, filter);
    QFETCH(const QList<quint64>, ranges);
    QFETCH(const quint64, connection);
    QFETCH(const std::optional<Direction>, direction);
    makeLog();
    fill();
    ExportSelection selection;
    selection.filter = *CaptureFilter::parse(filter);
    for (qsizetype i = 0; i < ranges.size(); i += 2)
        selection.ranges.push_back({ranges[i], ranges[i + 1]});
    if (connection != 0)
        selection.connection = ConnectionId {connection};
    selection.direction = direction;
    const auto selects = [&](const Record &record) {
        bool isInRange = ranges.isEmpty();
        for (qsizetype i = 0; i < ranges.size(); i += 2)
            isInRange = isInRange || (record.index >= ranges[i] && record.index <= ranges[i + 1]);
        return isInRange && (connection == 0 || record.connection.value == connection)
            && (!direction || record.direction == *direction)
            && selection.filter.matches(record, *m_log);
    };
    const QStringList expected = dumpOf(selects);
    QVERIFY(!expected.isEmpty());
    const QString file = m_folder->file(u"out/x.pcapng"_s);
    ExportProgress progress;
    const auto result = exportToFile(*m_log, selection, {ExportFormat::Pcapng}, file,
                                     AtomicFile::Existing::Kept, &progress);
    QVERIFY(result);
    QVERIFY(!result->loss);
    QCOMPARE(result->records, static_cast<quint64>(expected.size()));
    QCOMPARE(result->bytes, static_cast<quint64>(QFileInfo(file).size()));
    QCOMPARE(progress.done.load(), progress.total.load());
    const auto opened = CaptureLog::open(file);
    QVERIFY(opened);
    QVERIFY(!(*opened)->damage());
    QCOMPARE(dump(**opened), expected);
    for (const Record &record : (*opened)->records(0, 100)) {
        QCOMPARE((*opened)->connection(record.connection), m_log->connection(record.connection));
        QCOMPARE((*opened)->server(record.server), m_log->server(record.server));
    }
    QCOMPARE(QDir(m_folder->file(u"out"_s)).entryList(QDir::Files | QDir::Hidden),
             QStringList {u"x.pcapng"_s});
}

void tst_CaptureExport::pcapngKeepsServersWithoutTraffic()
{
    makeLog();
    m_log->addServer({{5}, u"quiet"_s, u"/run/quiet"_s});
    fill();
    const QString file = m_folder->file(u"out/x.pcapng"_s);
    QVERIFY(exportToFile(*m_log, {}, {ExportFormat::Pcapng}, file));
    const auto opened = CaptureLog::open(file);
    QVERIFY(opened);
    QCOMPARE((*opened)->servers(), m_log->servers());
}

void tst_CaptureExport::pcapngOfManySegments()
{
    CaptureOptions options;
    options.limit = 1024 * 1024;
    options.segmentSize = 64 * 1024;
    makeLog(options);
    m_log->addServer({{1}, u"api"_s, u"/run/api"_s});
    const auto stream = m_log->openStream(testConnection(1), lossless);
    for (quint32 i = 0; m_log->statistics().droppedRecords == 0; ++i)
        QVERIFY(stream->append(i % 2 ? toServer : toClient, asSpan(randomBytes(i, 20'000))));
    QVERIFY(m_log->flush());
    QVERIFY(m_log->statistics().segments > 5);
    const QString file = m_folder->file(u"out/x.pcapng"_s);
    QVERIFY(exportToFile(*m_log, {}, {ExportFormat::Pcapng}, file));
    const auto opened = CaptureLog::open(file);
    QVERIFY(opened);
    QCOMPARE(dump(**opened), dump(*m_log));
    QCOMPARE((*opened)->connection({1}), m_log->connection({1}));
}

// A gap is a record like others; and what nobody announced is exported all the same.
void tst_CaptureExport::pcapngWithoutServers()
{
    CaptureOptions options;
    options.queueLimit = 1;
    makeLog(options);
    const auto stream = m_log->openStream(testConnection(1, 9), RecordingPolicy::NeverStall);
    QVERIFY(stream->append(toServer, asSpan(randomBytes(1, 5000))));
    TRY_COMPARE(m_log->statistics().gapBytes, 5000U);
    const QString file = m_folder->file(u"out/x.pcapng"_s);
    const auto result = exportToFile(*m_log, {}, {ExportFormat::Pcapng}, file);
    QVERIFY(result);
    QVERIFY(!result->loss); // everything that the capture has
    const auto opened = CaptureLog::open(file);
    QVERIFY(opened);
    QCOMPARE(dump(**opened), dump(*m_log));
    QVERIFY(dump(**opened).join(u'\n').contains(u" gap 5000 "_s));
    ExportSelection selection;
    selection.connection = ConnectionId {1};
    const auto raw = exportToFile(*m_log, selection, {ExportFormat::Raw}, file);
    QVERIFY(raw);
    QVERIFY(raw->loss);
    QCOMPARE(raw->loss->code, ProblemCode::ConversationIncomplete);
}

void tst_CaptureExport::jsonIsExact()
{
    makeLog();
    m_log->addServer(
        {{1}, u"api"_s, u"/run/\"text\":\"\""_s}); // as if it were the place of the text
    const auto stream = m_log->openStream(testConnection(1), lossless);
    const QByteArray mark = "\xef\xbb\xbf";
    // The character that is cut in the middle by a piece, and marks at the start of one.
    const QByteArray long1 = QByteArray(1024 * 1024 - 1, 'a') + "\xc3\xa9" + QByteArray(99, '"');
    const QByteArray long2 = QByteArray(1024 * 1024, '\n') + mark + "\\\b\f\t\x01\x7f";
    const QByteArray cut = QByteArray(1024 * 1024, 'b') + "\xf0\x9f\x90";
    const QByteArrayList texts = {mark + "x", long1, long2, "\xf0\x9f\x90\x9f"};
    const QByteArrayList binaries = {cut, "a\0b"_ba, "\xff"_ba, randomBytes(1, 3 * 1024 * 1024 + 1),
                                     "\xed\xa0\x80"_ba};
    for (const QByteArray &bytes : texts + binaries)
        QVERIFY(stream->append(toServer, asSpan(bytes), u"a note"_s));
    QVERIFY(m_log->flush());
    const QList<QByteArray> lines =
        exported(*m_log, {}, {ExportFormat::JsonLines}).trimmed().split('\n');
    QCOMPARE(lines.size(), 1 + texts.size() + binaries.size());
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const QJsonDocument document = QJsonDocument::fromJson(lines[i]);
        QVERIFY(document.isObject());
        // Byte by byte as Qt does it, but that Qt reads no byte order mark at the start of a text.
        const bool hasMark = lines[i].contains("\"text\":\"" + mark);
        QCOMPARE(hasMark, i == 1);
        if (hasMark) {
            QVERIFY(lines[i].contains("\"text\":\"" + texts[0] + '"'));
            continue;
        }
        QVERIFY(lines[i] == document.toJson(QJsonDocument::Compact));
        QCOMPARE(document[u"note"_s].toString(), u"a note"_s);
        const bool isText = i <= texts.size();
        QCOMPARE(document.object().contains(u"text"_s), isText);
        const QByteArray bytes = isText
            ? document[u"text"_s].toString().toUtf8()
            : QByteArray::fromBase64(document[u"base64"_s].toString().toLatin1());
        QVERIFY(bytes == (isText ? texts[i - 1] : binaries[i - 1 - texts.size()]));
    }
}

void tst_CaptureExport::csvIsHarmless_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("note");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("hex");
    QTest::addColumn<QByteArray>("expected"); // the address, the length and all behind it
    QTest::newRow("plain") << u"/run/api"_s << u""_s << "hello"_ba << false
                           << "\"/run/api\" 5,\"\",\"hello\""_ba;
    QTest::newRow("quotes") << u"/a\"b,c"_s << u"\"n\""_s << "a\"b,c"_ba << false
                            << "\"/a\"\"b,c\" 5,\"\"\"n\"\"\",\"a\"\"b,c\""_ba;
    QTest::newRow("line ends") << u"/a"_s << u"n\nm"_s << "a\r\nb\t\\n"_ba << false
                               << "\"/a\" 7,\"n\\nm\",\"a\\r\\nb\\t\\\\n\""_ba;
    QTest::newRow("formula") << u"=1+1"_s << u"+1"_s << "-1"_ba << false
                             << "\"\\x3d1+1\" 2,\"\\x2b1\",\"\\x2d1\""_ba;
    QTest::newRow("abstract") << u"@api.x-1"_s << u"@n"_s << "@d"_ba << false
                              << "\"@api.x-1\" 2,\"\\x40n\",\"\\x40d\""_ba;
    QTest::newRow("abstract formula")
        << u"@SUM(1)*cmd|"_s << u""_s << "x"_ba << false << "\"\\x40SUM(1)*cmd|\" 1,\"\",\"x\""_ba;
    QTest::newRow("bytes") << u"/a"_s << u""_s << "\xc3\xa9\xff\0\x7f\xe2\x80\xae"_ba << false
                           << "\"/a\" 8,\"\",\"\xc3\xa9\\xff\\x00\\x7f\\xe2\\x80\\xae\""_ba;
    QTest::newRow("hex") << u"/a"_s << u""_s << "-\xc3\xa9\n"_ba << true
                         << "\"/a\" 4,\"\",\"2dc3a90a\""_ba;
}

void tst_CaptureExport::csvIsHarmless()
{
    QFETCH(const QString, address);
    QFETCH(const QString, note);
    QFETCH(const QByteArray, bytes);
    QFETCH(const bool, hex);
    QFETCH(const QByteArray, expected);
    makeLog();
    m_log->addServer({{1}, u"api"_s, address});
    const auto stream = m_log->openStream(testConnection(1), lossless);
    QVERIFY(stream->append(toServer, asSpan(bytes), note));
    QVERIFY(m_log->flush());
    ExportOptions options {ExportFormat::Csv};
    options.hexData = hex;
    const QByteArrayList lines = exported(*m_log, {}, options).split('\n');
    QCOMPARE(lines.size(), 4);
    QCOMPARE(lines[0],
             "record,time,connection,server,address,direction,kind,length,note,data\r"_ba);
    QCOMPARE(lines[3], ""_ba);
    const QByteArray front = "1,2026-01-01T00:00:00.000000000Z,1,1,";
    QVERIFY2(lines[2].startsWith(front), lines[2].constData());
    QCOMPARE(lines[2].sliced(front.size()).replace(",in,data,", " "), expected + '\r');
}

void tst_CaptureExport::cArrayCommentsEndWhereTheyShould()
{
    makeLog();
    m_log->addServer({{1},
                      u"api"_s,
                      u"/a*/ int x; /*?"
                      "?/\\"_s});
    const auto stream = m_log->openStream(testConnection(1), lossless);
    QVERIFY(stream->append(toServer, asSpan("a"), u"*/\nint y;é"_s));
    QVERIFY(stream->endOfStream(toServer, u"\\"_s));
    QVERIFY(m_log->flush());
    const QByteArray text = exported(*m_log, {}, {ExportFormat::CArray});
    QCOMPARE(text.count("/*"), text.count("*/"));
    QCOMPARE(text.count("/*"), 4);
    QVERIFY2(text.contains(", 1 bytes, /a\\x2a/ int x; /\\x2a\\x3f\\x3f/\\x5c: "
                           "\\x2a/\\x0aint y;\\xc3\\xa9 */\n"
                           "static const unsigned char record_1_to_server[] = {\n    0x61,\n};\n"),
             text.constData());
}

void tst_CaptureExport::nothingSelected_data()
{
    QTest::addColumn<ExportFormat>("format");
    QTest::addColumn<QByteArray>("expected"); // of no record; a capture has its header
    QTest::newRow("raw") << ExportFormat::Raw << ""_ba;
    QTest::newRow("jsonl") << ExportFormat::JsonLines << ""_ba;
    QTest::newRow("csv")
        << ExportFormat::Csv
        << "record,time,connection,server,address,direction,kind,length,note,data\r\n"_ba;
    QTest::newRow("pcapng") << ExportFormat::Pcapng << "\x0a\x0d\x0d\x0a"_ba;
    QTest::newRow("c") << ExportFormat::CArray << "/* Records of a capture"_ba;
}

void tst_CaptureExport::nothingSelected()
{
    QFETCH(const ExportFormat, format);
    QFETCH(const QByteArray, expected);
    makeLog();
    fill();
    ExportSelection selection;
    selection.filter = *CaptureFilter::parse(u"len > 999999999"_s);
    const QByteArray bytes = exported(*m_log, selection, {format});
    QVERIFY(bytes.startsWith(expected));
    QCOMPARE(bytes.isEmpty(), expected.isEmpty());
    // Of a connection that is not there it is a mistake, and nothing comes.
    selection = {};
    selection.connection = ConnectionId {99};
    QCOMPARE(exported(*m_log, selection, {format}), "failed: ConversationGone"_ba);
}

void tst_CaptureExport::tellsWhatIsGone()
{
    CaptureOptions options;
    options.limit = 1024 * 1024;
    options.segmentSize = 64 * 1024;
    makeLog(options);
    const auto stream = m_log->openStream(testConnection(1), lossless);
    for (quint32 i = 0; m_log->statistics().droppedRecords == 0; ++i)
        QVERIFY(stream->append(toServer, asSpan(randomBytes(i, 20'000))));
    QVERIFY(m_log->flush());
    Collected collected;
    ExportSelection selection;
    selection.ranges = {{0, m_log->cursor().begin}};
    auto result = exportRecords(*m_log, selection, {ExportFormat::Raw}, collected.sink);
    QVERIFY(result);
    QCOMPARE(result->records, 1U);
    QVERIFY(result->loss);
    QCOMPARE(result->loss->code, ProblemCode::ExportIncomplete);
    // Recycled while it is gone through.
    bool isFirst = true;
    const auto recycle = [&](QByteArrayView) -> Result<> {
        for (quint32 i = 0; std::exchange(isFirst, false) || (i > 0 && i < 200); ++i) {
            if (auto appended = stream->append(toServer, asSpan(randomBytes(i, 20'000))); !appended)
                return appended;
        }
        return {};
    };
    result = exportRecords(*m_log, {}, {ExportFormat::Raw}, recycle);
    QVERIFY(result);
    QVERIFY(result->loss);
    QCOMPARE(result->loss->code, ProblemCode::ExportIncomplete);
}

void tst_CaptureExport::goesInPieces_data()
{
    QTest::addColumn<ExportFormat>("format");
    QTest::addColumn<bool>("isText");
    QTest::newRow("pcapng") << ExportFormat::Pcapng << false;
    QTest::newRow("raw") << ExportFormat::Raw << false;
    QTest::newRow("base64") << ExportFormat::JsonLines << false;
    QTest::newRow("text") << ExportFormat::JsonLines << true;
    QTest::newRow("csv") << ExportFormat::Csv << false;
    QTest::newRow("c") << ExportFormat::CArray << false;
}

// One record that is larger than all that may be held at a time.
void tst_CaptureExport::goesInPieces()
{
    QFETCH(const ExportFormat, format);
    QFETCH(const bool, isText);
    constexpr qsizetype size = 64 * 1024 * 1024;
    makeLog();
    const auto stream = m_log->openStream(testConnection(1), lossless);
    {
        QByteArray bytes(size, isText ? 'a' : '\xfe');
        QVERIFY(stream->append(toServer, asSpan(bytes)));
    }
    QVERIFY(m_log->flush());
    quint64 total = 0;
    qsizetype longest = 0;
    const auto sink = [&](QByteArrayView piece) -> Result<> {
        total += static_cast<quint64>(piece.size());
        longest = std::max(longest, piece.size());
        return {};
    };
    const PeakMemory memory;
    const auto result = exportRecords(*m_log, {}, {format}, sink);
    QVERIFY(result);
    QVERIFY(!result->loss);
    QCOMPARE(result->bytes, total);
    QVERIFY(total >= quint64 {size});
    QVERIFY2(longest <= 256 * 1024, qPrintable(QString::number(longest)));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    if (memory.works())
        QVERIFY2(memory.growth() < size / 4, qPrintable(QString::number(memory.growth())));
#endif
}

void tst_CaptureExport::cancels_data()
{
    QTest::addColumn<ExportFormat>("format");
    QTest::addColumn<QString>("filter");
    QTest::newRow("pcapng") << ExportFormat::Pcapng << u""_s;
    QTest::newRow("raw") << ExportFormat::Raw << u""_s;
    QTest::newRow("jsonl") << ExportFormat::JsonLines << u""_s;
    QTest::newRow("csv") << ExportFormat::Csv << u""_s;
    QTest::newRow("c") << ExportFormat::CArray << u""_s;
    // An expression that tries much in vain: what is merely looked for is found to be nowhere
    // before anybody can change his mind.
    QTest::newRow("nothing matches")
        << ExportFormat::Raw << u"text matches \"^(?:s|m|a|l|sm|al|ll)+[xyz]$\""_s;
}

void tst_CaptureExport::cancels()
{
    QFETCH(const ExportFormat, format);
    QFETCH(const QString, filter);
    makeLog();
    const auto stream = m_log->openStream(testConnection(1), lossless);
    if (filter.isEmpty()) { // a filter looks at a whole record at a time
        const QByteArray large(32 * 1024 * 1024, '\xfe');
        QVERIFY(stream->append(toServer, asSpan(large)));
        QVERIFY(stream->append(toServer, asSpan(large)));
    }
    for (int i = 0; i < 200'000; ++i)
        QVERIFY(stream->append(toServer, asSpan("smallsmallsmall")));
    QVERIFY(m_log->flush());
    ExportSelection selection;
    selection.filter = *CaptureFilter::parse(filter);
    // Whoever else is at work on this machine may take longer than an export: the best of some.
    qint64 best = LLONG_MAX;
    for (int attempt = 0; attempt < 5 && best > 50; ++attempt) {
        m_folder->write(u"out/x"_s, "mine");
        ExportProgress progress;
        auto running = std::async(std::launch::async, [&] {
            return exportToFile(*m_log, selection, {format}, m_folder->file(u"out/x"_s),
                                AtomicFile::Existing::Replaced, &progress);
        });
        QVERIFY(QTest::qWaitFor([&] { return progress.done > 0; }, 60'000));
        QVERIFY(progress.total >= 200'001U);
        QElapsedTimer timer;
        timer.start();
        progress.cancel = true;
        const auto result = running.get();
        if (result) // done before it could be cancelled
            continue;
        best = std::min(best, timer.elapsed());
        QCOMPARE(result.error().code, ProblemCode::ExportCancelled);
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(best <= 50, qPrintable(QString::number(best)));
#endif
    QVERIFY(best < LLONG_MAX);
    QCOMPARE(contentOf(m_folder->file(u"out/x"_s)), "mine"_ba);
    QCOMPARE(QDir(m_folder->file(u"out"_s)).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

void tst_CaptureExport::clearedMeanwhile()
{
    makeLog();
    const auto stream = m_log->openStream(testConnection(1), lossless);
    QVERIFY(stream->append(toServer, asSpan(randomBytes(1, 3'000'000))));
    QVERIFY(m_log->flush());
    const auto clear = [&](QByteArrayView) -> Result<> {
        m_log->clear();
        return {};
    };
    const auto result = exportRecords(*m_log, {}, {ExportFormat::Raw}, clear);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ProblemCode::ExportIncomplete);
}

void tst_CaptureExport::sinkFails()
{
    makeLog();
    fill();
    const auto sink = [](QByteArrayView) -> Result<> { return fail({ProblemCode::OutputFailed}); };
    for (const ExportFormat format :
         {ExportFormat::Pcapng, ExportFormat::Raw, ExportFormat::JsonLines, ExportFormat::Csv,
          ExportFormat::CArray}) {
        const auto result = exportRecords(*m_log, {}, {format}, sink);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ProblemCode::OutputFailed);
    }
}

void tst_CaptureExport::failureLeavesWhatWasThere()
{
    makeLog();
    fill();
    m_folder->write(u"out/x"_s, "mine");
    const auto result = [&] {
        const SmallDisk disk(100'000);
        return exportToFile(*m_log, {}, {ExportFormat::Pcapng}, m_folder->file(u"out/x"_s));
    }();
    QVERIFY(!result);
    QCOMPARE(result.error().code, ProblemCode::FileUnwritable);
    QCOMPARE(result.error().errnoValue, EFBIG);
    QCOMPARE(contentOf(m_folder->file(u"out/x"_s)), "mine"_ba);
    QCOMPARE(QDir(m_folder->file(u"out"_s)).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

void tst_CaptureExport::keepsWhatIsThere()
{
    makeLog();
    fill();
    const QString file = m_folder->write(u"out/x"_s, "mine");
    auto result = exportToFile(*m_log, {}, {ExportFormat::Raw}, file, AtomicFile::Existing::Kept);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ProblemCode::FileExists);
    // It comes while the other one is written.
    const QString late = m_folder->file(u"out/late"_s);
    auto atomic = AtomicFile::create(late, AtomicFile::Existing::Kept);
    QVERIFY(atomic);
    QVERIFY(atomic->write(asSpan("other")));
    m_folder->write(u"out/late"_s, "mine");
    const auto committed = atomic->commit();
    QVERIFY(!committed);
    QCOMPARE(committed.error().code, ProblemCode::FileExists);
    QCOMPARE(contentOf(file) + contentOf(late), "minemine"_ba);
}

void tst_CaptureExport::protectsTheCapture_data()
{
    QTest::addColumn<QString>("target"); // relative to the folder of the segments
    QTest::addColumn<bool>("isSingleFile");
    QTest::addColumn<int>("errnoValue");
    QTest::newRow("newest segment") << u"newest"_s << false << EBUSY;
    QTest::newRow("oldest segment") << u"000001.pcapng"_s << false << EBUSY;
    QTest::newRow("a segment to come") << u"000099.pcapng"_s << false << EBUSY;
    QTest::newRow("by another way") << u"../../capture/./here/000001.pcapng"_s << false << EBUSY;
    QTest::newRow("by a hard link") << u"../hard"_s << false << EBUSY;
    QTest::newRow("single file") << u"newest"_s << true << EBUSY;
    QTest::newRow("renamed single file") << u"renamed"_s << true << EBUSY;
    QTest::newRow("beside it") << u"beside"_s << true << 0;
    QTest::newRow("beside the folder") << u"../beside"_s << false << 0;
}

void tst_CaptureExport::protectsTheCapture()
{
    QFETCH(QString, target);
    QFETCH(const bool, isSingleFile);
    QFETCH(const int, errnoValue);
    CaptureOptions options;
    options.limit = 1024 * 1024;
    options.segmentSize = 64 * 1024;
    if (isSingleFile)
        options.file = m_folder->file(u"out/live.pcapng"_s);
    makeLog(options);
    const auto stream = m_log->openStream(testConnection(1), lossless);
    for (quint32 i = 0; i < 10; ++i)
        QVERIFY(stream->append(toServer, asSpan(randomBytes(i, 20'000))));
    QVERIFY(m_log->flush());
    QVERIFY(isSingleFile || m_log->statistics().segments > 1);
    const QFileInfo current(m_log->currentFile());
    if (target == u"newest"_s)
        target = current.fileName();
    target.replace(u"here"_s, QFileInfo(current.path()).fileName());
    const QString file = current.path() + u'/' + target;
    const QByteArray path = QFile::encodeName(file);
    if (target == u"../hard"_s)
        QCOMPARE(::link(QFile::encodeName(current.filePath()).constData(), path.constData()), 0);
    if (target == u"renamed"_s)
        QVERIFY(QFile::rename(current.filePath(), file));
    const QByteArray before = contentOf(file);
    const QStringList records = dump(*m_log);
    for (int which = 0; which < 3; ++which) {
        const auto outcome = [&]() -> Result<> {
            if (which == 0)
                return m_log->save(file);
            if (which == 1)
                return saveConversation(*m_log, {{1}}, file).map([](const auto &) {});
            return exportToFile(*m_log, {}, {ExportFormat::Csv}, file).map([](const auto &) {});
        }();
        QCOMPARE(outcome.has_value(), errnoValue == 0);
        if (outcome)
            continue;
        QCOMPARE(outcome.error().code, ProblemCode::FileUnwritable);
        QCOMPARE(outcome.error().errnoValue, errnoValue);
        QVERIFY(contentOf(file) == before);
    }
    QCOMPARE(dump(*m_log), records);
}

void tst_CaptureExport::fileIsPrivate()
{
    makeLog();
    fill();
    const QString file = m_folder->file(u"out/x"_s);
    QVERIFY(exportToFile(*m_log, {}, {ExportFormat::Csv}, file));
    QCOMPARE(QFile::permissions(file),
             QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser);
}

QTEST_GUILESS_MAIN(tst_CaptureExport)
#include "tst_captureexport.moc"
