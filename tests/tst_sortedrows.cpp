// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/trafficmodel.h"

#include "capturekit.h"
#include "kit/manualclock.h"
#include "kit/scratchfolder.h"

#include <QAbstractItemModelTester>
#include <QtTest>

#include <algorithm>

using namespace Sockeye;

/// Traffic in another order than it was recorded in.
class tst_SortedRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void sorts_data();
    void sorts();
    void sortsWhatTheFilterLeaves();
    void sortsWhatComesLater();
    void newOrderCancelsTheOld();
    void orderEndsWithItsRows();

private:
    /// Ticks until the rows are in the order that was asked for.
    [[nodiscard]] bool isSorted()
    {
        return QTest::qWaitFor([this] {
            m_model->refresh();
            m_model->refresh(); // at rest
            return !m_model->isSorting() && !m_model->isFiltering();
        });
    }
    [[nodiscard]] std::vector<RecordIndex> shown() const
    {
        std::vector<RecordIndex> records;
        for (int row = 0; row < m_model->rowCount(); ++row)
            records.push_back(m_model->recordAt(row).value_or(RecordIndex(-1)));
        return records;
    }
    /// As the plain way would have it.
    [[nodiscard]] std::vector<RecordIndex> ordered(std::vector<RecordIndex> records, int column,
                                                   bool isDescending) const
    {
        const auto key = [&](RecordIndex index) -> quint64 {
            const Record record = m_log->record(index).value_or(Record());
            return column == TrafficModel::LengthColumn ? record.length
                : column == TrafficModel::ConnectionColumn
                ? record.connection.value
                : static_cast<quint64>(record.direction) * 16 + static_cast<quint64>(record.kind);
        };
        if (column == TrafficModel::TimeColumn && isDescending)
            std::reverse(records.begin(), records.end());
        else if (column != TrafficModel::TimeColumn)
            std::stable_sort(records.begin(), records.end(), [&](RecordIndex a, RecordIndex b) {
                return isDescending ? key(a) > key(b) : key(a) < key(b);
            });
        return records;
    }
    /// Some thousand records of three connections, of any length.
    void appendMixed(int count)
    {
        const auto second = m_log->openStream(testConnection(3), RecordingPolicy::Lossless);
        const auto third = m_log->openStream(testConnection(70'000), RecordingPolicy::Lossless);
        CaptureStream *const streams[] = {m_stream.get(), second.get(), third.get()};
        for (int i = 0; i < count; ++i) {
            const auto size = static_cast<qsizetype>(quint64(i) * 7919 % (i % 100 ? 300 : 100'000));
            append(*streams[i * 31 % 3], i % 5 ? Direction::ToServer : Direction::ToClient,
                   QByteArray(size + 1, 'x'));
        }
        QVERIFY(m_log->flush());
        while (m_model->rowCount() < static_cast<int>(m_log->cursor().end))
            m_model->refresh();
    }

    [[nodiscard]] bool filterIsDone()
    {
        return QTest::qWaitFor([this] {
            m_model->refresh();
            return !m_model->isFiltering();
        });
    }
    void setFilter(const char *expression)
    {
        m_model->setFilter(CaptureFilter::parse(QString::fromLatin1(expression)).value());
    }
    static void append(CaptureStream &stream, Direction direction, const QByteArray &bytes)
    {
        QVERIFY(stream.append(direction, asSpan(bytes)));
    }

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<CaptureLog> m_log;
    std::unique_ptr<CaptureStream> m_stream;
    std::unique_ptr<TrafficModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void tst_SortedRows::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = 64 * 1024 * 1024;
    m_log = std::move(CaptureLog::create(options, m_clock).value());
    m_stream = m_log->openStream(testConnection(12), RecordingPolicy::Lossless);
    m_model = std::make_unique<TrafficModel>(*m_log);
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
}

void tst_SortedRows::cleanup()
{
    m_tester.reset();
    m_model.reset();
    m_stream.reset();
    m_log.reset();
}

void tst_SortedRows::sorts_data()
{
    QTest::addColumn<int>("column");
    QTest::addColumn<bool>("isDescending");
    for (const int column : {TrafficModel::TimeColumn, TrafficModel::ConnectionColumn,
                             TrafficModel::DirectionColumn, TrafficModel::LengthColumn}) {
        QTest::addRow("%d up", column) << column << false;
        QTest::addRow("%d down", column) << column << true;
    }
}

void tst_SortedRows::sorts()
{
    QFETCH(int, column);
    QFETCH(bool, isDescending);
    appendMixed(10'000);
    const std::vector<RecordIndex> plain = shown();
    const QSignalSpy changed(m_model.get(), &TrafficModel::orderChanged);
    m_model->sort(column, isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
    QVERIFY(isSorted());
    const bool isPlain = column == TrafficModel::TimeColumn && !isDescending;
    QCOMPARE(changed.count(), isPlain ? 0 : 1);
    QCOMPARE(shown(), ordered(plain, column, isDescending));
    for (const int row : {0, 1, 5000, m_model->rowCount() - 1})
        QCOMPARE(m_model->rowOf(*m_model->recordAt(row)), row);
    // As recorded again.
    m_model->sort(-1);
    QCOMPARE(shown(), plain);
    QCOMPARE(changed.count(), isPlain ? 0 : 2);
}

void tst_SortedRows::sortsWhatTheFilterLeaves()
{
    appendMixed(5000);
    setFilter("conn == 3 and len > 50");
    QVERIFY(filterIsDone());
    const std::vector<RecordIndex> plain = shown();
    QVERIFY(plain.size() > 500);
    m_model->sort(TrafficModel::LengthColumn, Qt::DescendingOrder);
    QVERIFY(isSorted());
    QCOMPARE(shown(), ordered(plain, TrafficModel::LengthColumn, true));
    // Another filter is sorted as well.
    setFilter("conn == 12");
    QVERIFY(filterIsDone());
    QVERIFY(isSorted());
    std::vector<RecordIndex> others = shown();
    QVERIFY(others.size() > 1000);
    const std::vector<RecordIndex> now = others;
    std::sort(others.begin(), others.end());
    QCOMPARE(now, ordered(others, TrafficModel::LengthColumn, true));
}

void tst_SortedRows::sortsWhatComesLater()
{
    appendMixed(1000);
    m_model->sort(TrafficModel::LengthColumn);
    QVERIFY(isSorted());
    const int before = m_model->rowCount();
    append(*m_stream, Direction::ToServer, "x");
    QVERIFY(m_log->flush());
    m_model->refresh();
    QCOMPARE(m_model->recordAt(before), m_log->cursor().end - 1); // below, for the time being
    QVERIFY(isSorted());
    std::vector<RecordIndex> all = shown();
    const std::vector<RecordIndex> now = all;
    std::sort(all.begin(), all.end());
    QCOMPARE(now, ordered(all, TrafficModel::LengthColumn, false));
}

void tst_SortedRows::newOrderCancelsTheOld()
{
    appendMixed(20'000);
    const std::vector<RecordIndex> plain = shown();
    for (int round = 0; round < 50; ++round)
        m_model->sort(round % 2 ? TrafficModel::LengthColumn : TrafficModel::ConnectionColumn,
                      round % 3 ? Qt::AscendingOrder : Qt::DescendingOrder);
    m_model->sort(TrafficModel::DirectionColumn);
    QVERIFY(isSorted());
    QCOMPARE(shown(), ordered(plain, TrafficModel::DirectionColumn, false));
}

void tst_SortedRows::orderEndsWithItsRows()
{
    appendMixed(1000);
    m_model->sort(TrafficModel::LengthColumn);
    QVERIFY(isSorted());
    m_log->clear();
    append(*m_stream, Direction::ToServer, "new");
    QVERIFY(m_log->flush());
    QVERIFY(isSorted());
    QVERIFY(m_model->rowCount() > 0 && m_model->rowCount() < 10);
    std::vector<RecordIndex> all = shown();
    std::sort(all.begin(), all.end());
    QCOMPARE(all.back(), m_log->cursor().end - 1);
}

QTEST_GUILESS_MAIN(tst_SortedRows)
#include "tst_sortedrows.moc"
