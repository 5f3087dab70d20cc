// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"
#include "ui/traffic/gotobar.h"
#include "ui/traffic/trafficview.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QTableView>
#include <QtTest>

using namespace Sockeye;

/// Where rows of the traffic table are, and how one gets to them.
class tst_TrafficPlaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void goesToARecord();
    void headerSortsWhatIsAtRest();

private:
    void append(const QByteArray &bytes)
    {
        QVERIFY(m_stream->append(Direction::ToServer, asSpan(bytes)));
        QVERIFY(m_log->flush());
    }
    void appendMany(int count)
    {
        for (int i = 0; i < count; ++i)
            append("ping");
    }

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<CaptureLog> m_log;
    std::unique_ptr<CaptureStream> m_stream;
    std::unique_ptr<TrafficModel> m_model;
    std::unique_ptr<TrafficView> m_view;
};

void tst_TrafficPlaces::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    CaptureOptions options;
    options.folder = m_folder->path();
    m_log = std::move(CaptureLog::create(options, m_clock).value());
    m_stream = m_log->openStream(testConnection(12), RecordingPolicy::Lossless);
    QVERIFY(m_log->flush());
    m_model = std::make_unique<TrafficModel>(*m_log);
    m_view = std::make_unique<TrafficView>();
    m_view->resize(800, 300);
    m_view->setModel(m_model.get());
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    m_view->refresh();
}

void tst_TrafficPlaces::cleanup()
{
    m_view.reset();
    m_model.reset();
    m_stream.reset();
    m_log.reset();
}

void tst_TrafficPlaces::goesToARecord()
{
    appendMany(50);
    TRY_VERIFY((m_view->refresh(), m_model->rowCount() == 51));
    m_view->goToAction()->trigger();
    GoToBar *bar = m_view->goToBar();
    QVERIFY(bar->isVisible() && bar->edit()->hasFocus());
    QTest::keyClicks(bar->edit(), QStringLiteral("17"));
    QTest::keyClick(bar->edit(), Qt::Key_Return);
    QCOMPARE(m_view->currentRecord(), std::optional<RecordIndex>(17));
    QVERIFY(bar->isVisible()); // for the next one
    const auto say = [&](const char *where) {
        bar->edit()->setText(QString::fromUtf8(where));
        QTest::keyClick(bar->edit(), Qt::Key_Return);
        return bar->mistake();
    };
    QCOMPARE(say("51"), QStringLiteral("the records go from 0 to 50"));
    QCOMPARE(say("#99"), QStringLiteral("there is no record of connection 99"));
    QVERIFY(say("nonsense").contains(QStringLiteral("is expected")));
    QCOMPARE(m_view->currentRecord(), std::optional<RecordIndex>(17)); // where we were
    QCOMPARE(say("#12"), QString());
    QCOMPARE(m_view->currentRecord(), std::optional<RecordIndex>(0));
    m_model->setFilter(*CaptureFilter::parse(QStringLiteral("record < 10")));
    TRY_VERIFY((m_view->refresh(), m_model->rowCount() == 10));
    QVERIFY(say("20").contains(QStringLiteral("filter")));
    QTest::keyClick(bar->edit(), Qt::Key_Escape);
    QVERIFY(!bar->isVisible() && m_view->table()->hasFocus());
}

void tst_TrafficPlaces::headerSortsWhatIsAtRest()
{
    for (const int size : {5, 3, 9, 1, 7})
        append(QByteArray(size, 'x'));
    TRY_VERIFY((m_view->refresh(), m_model->rowCount() == 6));
    QHeaderView *header = m_view->table()->horizontalHeader();
    const auto click = [&](int column) {
        const QPoint place(header->sectionViewportPosition(column)
                               + header->sectionSize(column) / 2,
                           header->height() / 2);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, Qt::NoModifier, place);
    };
    const auto lengths = [&] {
        QStringList all;
        for (int row = 0; row < m_model->rowCount(); ++row)
            all << m_model->index(row, TrafficModel::LengthColumn).data().toString();
        return all.join(QLatin1Char(' ')).trimmed();
    };
    click(TrafficModel::LengthColumn); // what is still recorded keeps its order
    m_view->refresh();
    QVERIFY(!m_model->isSorting());
    QCOMPARE(lengths(), QStringLiteral("5 3 9 1 7"));
    m_view->setLive(false);
    m_view->showRecord(3);
    click(TrafficModel::LengthColumn);
    TRY_VERIFY((m_view->refresh(), lengths() == QStringLiteral("1 3 5 7 9")));
    QCOMPARE(m_view->currentRecord(), std::optional<RecordIndex>(3)); // in its new place
    QCOMPARE(m_view->table()->currentIndex().row(), m_model->rowOf(3));
    QCOMPARE(m_view->table()->currentIndex().row(), 5);
    click(TrafficModel::LengthColumn);
    TRY_VERIFY((m_view->refresh(), lengths() == QStringLiteral("9 7 5 3 1")));
    click(TrafficModel::LengthColumn); // a third time: as it was recorded
    QCOMPARE(lengths(), QStringLiteral("5 3 9 1 7"));
    QCOMPARE(m_view->table()->currentIndex().row(), 3);
}

QTEST_MAIN(tst_TrafficPlaces)
#include "tst_trafficplaces.moc"
