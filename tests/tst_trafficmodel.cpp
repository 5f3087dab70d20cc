// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/filteredrows.h"
#include "core/models/trafficmodel.h"
#include "kit/manualclock.h"
#include "kit/scratchfolder.h"
#include "modelpicture.h"
#include "tests/kit/patience.h"

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace Sockeye;
using namespace std::chrono_literals;

namespace {

CapturedConnection connectionOf(quint64 id, const char *executable = "/usr/bin/psql")
{
    CapturedConnection connection;
    connection.id = {id};
    connection.server = {1};
    connection.pid = 4200 + static_cast<qint64>(id);
    connection.user = QStringLiteral("ada");
    connection.group = QStringLiteral("staff");
    connection.executable = QString::fromUtf8(executable);
    return connection;
}

} // namespace

class tst_TrafficModel : public QObject
{
    Q_OBJECT

public:
    static void initMain() { qputenv("TZ", "UTC"); }

private Q_SLOTS:
    void init();
    void cleanup();
    void showsEveryKind();
    void showsTheBeginningOfLongRecords();
    void showsWhatCameWithTheBytes();
    void insertsOncePerTick();
    void clearedAndFilledAgainWithAsMany();
    void recycledRecordsLeaveAtTheFront();
    void opensManyRecordsInSlices();
    void findsRecords();
    void refusesWrongIndexes();
    void toolTipsAreInert();
    void filters();
    void filterGoesOnWithNewRecords();
    void newFilterCancelsTheOld();
    void noFilterShowsAllAgain();
    void filteredRowsOfAClearedLogNeverReturn();
    void filteredRowsAreRecycled();
    void filterBeginsOverChunks();
    void isLeftWhileItScans();
    void sleepsWhileNothingHappens();

private:
    void makeLog(const CaptureOptions &options);
    void append(CaptureStream &stream, Direction direction, const QByteArray &bytes)
    {
        const auto span =
            std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size())));
        QVERIFY(stream.append(direction, span));
    }
    void appendMany(CaptureStream &stream, int count, const char *text = "ping")
    {
        for (int i = 0; i < count; ++i)
            append(stream, Direction::ToServer, text);
        QVERIFY(m_log->flush());
    }
    void setFilter(const char *expression)
    {
        const Result<CaptureFilter> filter = CaptureFilter::parse(QString::fromUtf8(expression));
        QVERIFY(filter);
        m_model->setFilter(*filter);
    }
    /// Ticks until the filter has caught up.
    [[nodiscard]] bool filterIsDone()
    {
        return QTest::qWaitFor([this] {
            m_model->refresh();
            return !m_model->isFiltering();
        });
    }
    [[nodiscard]] QString dataAt(int row) const
    {
        return m_model->index(row, TrafficModel::DataColumn).data().toString();
    }

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<CaptureLog> m_log;
    std::unique_ptr<CaptureStream> m_stream;
    std::unique_ptr<TrafficModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void tst_TrafficModel::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = 64 * 1024 * 1024;
    makeLog(options);
}

void tst_TrafficModel::makeLog(const CaptureOptions &options)
{
    cleanup();
    Result<std::unique_ptr<CaptureLog>> log = CaptureLog::create(options, m_clock);
    QVERIFY(log);
    m_log = std::move(*log);
    m_log->addServer({{1}, QStringLiteral("api"), QStringLiteral("/run/<api>")});
    m_stream = m_log->openStream(connectionOf(12), RecordingPolicy::Lossless);
    QVERIFY(m_log->flush());
    m_model = std::make_unique<TrafficModel>(*m_log);
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
}

void tst_TrafficModel::cleanup()
{
    m_tester.reset();
    m_model.reset();
    m_stream.reset();
    m_log.reset();
}

void tst_TrafficModel::showsEveryKind()
{
    m_clock.advance(43'267'123'456us);
    append(*m_stream, Direction::ToServer, QByteArray("Q\0\0\0\x18SELECT", 11));
    append(*m_stream, Direction::ToClient, "HTTP/1.1 200 OK\r\n\r\ngr\xc3\xbc\xc3\x9f");
    append(*m_stream, Direction::ToServer, QByteArray(4096, 'a'));
    QVERIFY(m_stream->endOfStream(Direction::ToServer));
    QVERIFY(m_stream->endOfStream(Direction::ToClient));
    CapturedConnection eve = connectionOf(13, "/usr/bin/nc");
    m_log->refuse(eve, QStringLiteral("not in group staff"));
    const auto broken = m_log->openStream(connectionOf(14, ""), RecordingPolicy::Lossless);
    QVERIFY(broken->reset(Direction::ToClient, QStringLiteral("ECONNRESET")));
    QVERIFY(m_log->flush());
    m_model->refresh();
    const QString expected =
        QString::fromUtf16(u"00:00:00.000 000 | 12 | ○ |  | client connected: psql (4212)\n"
                           u"12:01:07.123 456 | 12 | → | 11 | Q····SELECT\n"
                           u"12:01:07.123 456 | 12 | ← | 25 | HTTP/1.1 200 OK⏎⏎grüß\n"
                           u"12:01:07.123 456 | 12 | → | 4 096 | ")
        + QString(200, QLatin1Char('a'))
        + QString::fromUtf16(u"…\n"
                             u"12:01:07.123 456 | 12 | ⇥ |  | client will send no more\n"
                             u"12:01:07.123 456 | 12 | ⇤ |  | server will send no more\n"
                             u"12:01:07.123 456 | 13 | ⊘ |  | refused: not in group staff\n"
                             u"12:01:07.123 456 | 14 | ○ |  | client connected: pid 4214\n"
                             u"12:01:07.123 456 | 14 | ✕ |  | connection reset: ECONNRESET");
    QCOMPARE(pictureOf(*m_model), expected);
}

void tst_TrafficModel::showsTheBeginningOfLongRecords()
{
    append(*m_stream, Direction::ToServer, QByteArray(300'000, 'x'));
    QVERIFY(m_log->flush());
    m_model->refresh();
    QCOMPARE(dataAt(1).size(), 201);
    QCOMPARE(m_model->index(1, TrafficModel::LengthColumn).data(SortRole).toULongLong(),
             300'000ULL);
}

void tst_TrafficModel::showsWhatCameWithTheBytes()
{
    const QString note = QStringLiteral("2 descriptors: file /tmp/<b>, read-only; pipe\n");
    const QString many = QString(500, QLatin1Char('x'));
    QVERIFY(m_stream->append(Direction::ToServer, std::as_bytes(std::span("hello", 5)), note));
    QVERIFY(m_stream->append(Direction::ToServer, std::as_bytes(std::span("hello", 5)), many));
    append(*m_stream, Direction::ToServer, "plain");
    QVERIFY(m_log->flush());
    m_model->refresh();
    QCOMPARE(dataAt(1), QStringLiteral("◆ 2 descriptors: file /tmp/<b>, read-only; pipe⏎ ◆ hello"));
    QVERIFY(dataAt(2).endsWith(QStringLiteral("x… ◆ hello")));
    QVERIFY(dataAt(2).size() < 150);
    QCOMPARE(dataAt(3), QStringLiteral("plain"));
    const auto toolTip = [this](int row) {
        return m_model->index(row, TrafficModel::DataColumn).data(Qt::ToolTipRole).toString();
    };
    QVERIFY(toolTip(1).contains(QStringLiteral("/tmp/&lt;b&gt;"))); // inert
    QVERIFY(toolTip(2).contains(many));
    QVERIFY(toolTip(3).isEmpty());
}

void tst_TrafficModel::insertsOncePerTick()
{
    m_model->refresh();
    QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
    appendMany(*m_stream, 100);
    m_model->refresh();
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(1).toInt(), 1);
    QCOMPARE(inserted.first().at(2).toInt(), 100);
    m_model->refresh();
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(m_model->totalCount(), 101ULL);
}

void tst_TrafficModel::clearedAndFilledAgainWithAsMany()
{
    appendMany(*m_stream, 10, "old");
    m_model->refresh();
    const int before = m_model->rowCount();
    QSignalSpy reset(m_model.get(), &QAbstractItemModel::modelReset);
    m_log->clear();
    const int kept = static_cast<int>(m_log->cursor().end - m_log->cursor().begin);
    appendMany(*m_stream, before - kept, "new");
    m_model->refresh();
    QCOMPARE(reset.size(), 1);
    QCOMPARE(m_model->rowCount(), before);
    for (int row = kept; row < before; ++row)
        QCOMPARE(dataAt(row), QStringLiteral("new"));
}

void tst_TrafficModel::recycledRecordsLeaveAtTheFront()
{
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = 4 * 1024 * 1024;
    options.segmentSize = 1024 * 1024;
    makeLog(options);
    QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
    QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
    const QByteArray block(64 * 1024, 'b');
    for (int i = 0; i < 100; ++i) {
        append(*m_stream, Direction::ToServer, block);
        QVERIFY(m_log->flush());
        m_model->refresh();
        const CaptureCursor now = m_log->cursor();
        QCOMPARE(m_model->rowCount(), static_cast<int>(now.end - now.begin));
        QCOMPARE(m_model->recordAt(0), std::optional<RecordIndex>(now.begin));
        QVERIFY(m_model->index(0, 0).data().isValid());
    }
    QVERIFY(m_log->cursor().begin > 0);
    QVERIFY(removed.size() > 0);
    for (const QVariantList &signal : removed)
        QCOMPARE(signal.at(1).toInt(), 0);
    QVERIFY(inserted.size() <= 101);
}

void tst_TrafficModel::opensManyRecordsInSlices()
{
    m_tester.reset(); // it walks the rows at each change
    const int count = TrafficModel::maxInsert + 1000;
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = 256 * 1024 * 1024;
    makeLog(options);
    m_tester.reset();
    appendMany(*m_stream, count);
    QElapsedTimer time;
    time.start();
    m_model->refresh();
    QCOMPARE(m_model->rowCount(), TrafficModel::maxInsert);
    m_model->refresh();
    QCOMPARE(m_model->rowCount(), count + 1);
    qInfo("%d rows in two ticks: %lld us", count + 1, time.nsecsElapsed() / 1000);
    time.restart();
    m_model->refresh();
    qInfo("a tick without news: %lld us", time.nsecsElapsed() / 1000);
    time.restart();
    for (int row = count - 50; row < count; ++row) {
        for (int column = 0; column < TrafficModel::ColumnCount; ++column)
            QVERIFY(m_model->index(row, column).data().isValid());
    }
    qInfo("50 rows of text: %lld us", time.nsecsElapsed() / 1000);
}

void tst_TrafficModel::findsRecords()
{
    appendMany(*m_stream, 3);
    m_model->refresh();
    QCOMPARE(m_model->recordAt(3), std::optional<RecordIndex>(3));
    QCOMPARE(m_model->recordAt(4), std::nullopt);
    QCOMPARE(m_model->recordAt(-1), std::nullopt);
    QCOMPARE(m_model->rowOf(2), 2);
    QCOMPARE(m_model->rowOf(4), -1);
    const QModelIndex cell = m_model->index(2, TrafficModel::DirectionColumn);
    QCOMPARE(cell.data(RecordIndexRole).toULongLong(), 2ULL);
    QCOMPARE(cell.data(ConnectionIdRole).toULongLong(), 12ULL);
    QCOMPARE(cell.data(KindRole).toInt(), static_cast<int>(RecordKind::Data));
    QCOMPARE(cell.data(Qt::AccessibleTextRole).toString(), QStringLiteral("to the server"));
}

void tst_TrafficModel::refusesWrongIndexes()
{
    m_model->refresh();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("is not valid")));
    QVERIFY(!m_model->data({}, Qt::DisplayRole).isValid());
    QVERIFY(
        !m_model->headerData(TrafficModel::ColumnCount, Qt::Horizontal, Qt::DisplayRole).isValid());
    for (int column = 0; column < TrafficModel::ColumnCount; ++column)
        QCOMPARE(m_model->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole),
                 m_model->index(0, column).data(Qt::TextAlignmentRole));
}

void tst_TrafficModel::toolTipsAreInert()
{
    m_model->refresh();
    const QString tip =
        m_model->index(0, TrafficModel::ConnectionColumn).data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains(QLatin1String("/run/&lt;api&gt;")), qPrintable(tip));
}

void tst_TrafficModel::filters()
{
    append(*m_stream, Direction::ToServer, "SELECT 1");
    append(*m_stream, Direction::ToClient, "T");
    append(*m_stream, Direction::ToServer, "select 2");
    QVERIFY(m_log->flush());
    m_model->refresh();
    setFilter("text contains \"SELECT\"");
    QCOMPARE(m_model->rowCount(), 0);
    QVERIFY(m_model->isFiltering());
    QVERIFY(filterIsDone());
    QCOMPARE(m_model->rowCount(), 2);
    QCOMPARE(dataAt(0), QStringLiteral("SELECT 1"));
    QCOMPARE(dataAt(1), QStringLiteral("select 2"));
    QCOMPARE(m_model->totalCount(), 4ULL);
    QCOMPARE(m_model->recordAt(1), std::optional<RecordIndex>(3));
    QCOMPARE(m_model->rowOf(3), 1);
    QCOMPARE(m_model->rowOf(2), -1);
}

void tst_TrafficModel::filterGoesOnWithNewRecords()
{
    setFilter("\"new\"");
    QVERIFY(filterIsDone());
    QCOMPARE(m_model->rowCount(), 0);
    QSignalSpy reset(m_model.get(), &QAbstractItemModel::modelReset);
    appendMany(*m_stream, 5, "new");
    appendMany(*m_stream, 5, "other");
    appendMany(*m_stream, 5, "new");
    TRY_VERIFY((m_model->refresh(), m_model->rowCount() == 10));
    QCOMPARE(reset.size(), 0);
}

void tst_TrafficModel::newFilterCancelsTheOld()
{
    appendMany(*m_stream, 20'000, "first");
    appendMany(*m_stream, 7, "second");
    m_tester.reset();
    for (int i = 0; i < 20; ++i)
        setFilter(i % 2 ? "\"second\"" : "\"first\"");
    QVERIFY(filterIsDone());
    QCOMPARE(m_model->rowCount(), 7);
    QCOMPARE(dataAt(0), QStringLiteral("second"));
}

void tst_TrafficModel::noFilterShowsAllAgain()
{
    appendMany(*m_stream, 3);
    setFilter("\"nothing has this\"");
    QVERIFY(filterIsDone());
    QCOMPARE(m_model->rowCount(), 0);
    m_model->setFilter({});
    QCOMPARE(m_model->rowCount(), 4);
    QVERIFY(!m_model->isFiltering());
}

void tst_TrafficModel::filteredRowsOfAClearedLogNeverReturn()
{
    appendMany(*m_stream, 10, "old");
    setFilter("\"old\" or \"new\"");
    QVERIFY(filterIsDone());
    QCOMPARE(m_model->rowCount(), 10);
    m_log->clear();
    appendMany(*m_stream, 10, "new");
    m_model->refresh();
    for (int row = 0; row < m_model->rowCount(); ++row)
        QCOMPARE(dataAt(row), QStringLiteral("new"));
    QVERIFY(filterIsDone());
    QCOMPARE(m_model->rowCount(), 10);
    QCOMPARE(dataAt(0), QStringLiteral("new"));
}

void tst_TrafficModel::filteredRowsAreRecycled()
{
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = 4 * 1024 * 1024;
    options.segmentSize = 1024 * 1024;
    makeLog(options);
    setFilter("len > 10");
    const QByteArray block(64 * 1024, 'b');
    for (int i = 0; i < 100; ++i) {
        append(*m_stream, Direction::ToServer, block);
        append(*m_stream, Direction::ToServer, "no");
        QVERIFY(m_log->flush());
        m_model->refresh();
    }
    QVERIFY(filterIsDone());
    const CaptureCursor now = m_log->cursor();
    QVERIFY(now.begin > 0);
    QVERIFY(*m_model->recordAt(0) >= now.begin);
    int expected = 0;
    for (RecordIndex index = now.begin; index < now.end; ++index)
        expected += m_log->record(index)->length > 10 ? 1 : 0;
    QCOMPARE(m_model->rowCount(), expected);
}

void tst_TrafficModel::filterBeginsOverChunks()
{
    m_tester.reset();
    constexpr int count = 30'000; // more than three chunks
    appendMany(*m_stream, count);
    setFilter("kind == data");
    QVERIFY(filterIsDone());
    QCOMPARE(m_model->rowCount(), count);
    for (int row = 0; row < count; row += 997)
        QCOMPARE(m_model->recordAt(row), std::optional<RecordIndex>(row + 1));
    QCOMPARE(m_model->rowOf(count), count - 1);
}

void tst_TrafficModel::isLeftWhileItScans()
{
    m_tester.reset();
    appendMany(*m_stream, 50'000);
    const int threads = threadCount();
    for (int i = 0; i < 20; ++i) {
        TrafficModel model(*m_log);
        model.setFilter(*CaptureFilter::parse(QStringLiteral("\"nothing has this\"")));
    }
    TRY_COMPARE(threadCount(), threads);
}

void tst_TrafficModel::sleepsWhileNothingHappens()
{
    appendMany(*m_stream, 10);
    FilteredRows rows(*m_log);
    rows.setFilter(*CaptureFilter::parse(QStringLiteral("kind == data")));
    TRY_COMPARE(rows.take().count, 10ULL);
    appendMany(*m_stream, 5);
    // Nobody said that there is something new, and nothing polls for it.
    QCOMPARE(rows.take().count, 10ULL);
    rows.wake();
    TRY_COMPARE(rows.take().count, 15ULL);
}

QTEST_GUILESS_MAIN(tst_TrafficModel)
#include "tst_trafficmodel.moc"
