// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"
#include "ui/traffic/hexview.h"
#include "ui/traffic/recordpanel.h"
#include "ui/traffic/streamview.h"
#include "ui/traffic/textview.h"
#include "ui/traffic/trafficdelegate.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/panelheader.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QtTest>

using namespace Sockeye;

class tst_TrafficView : public QObject
{
    Q_OBJECT

public:
    static void initMain() { qputenv("QT_QPA_PLATFORM", "offscreen"); }

private Q_SLOTS:
    void init();
    void cleanup();
    void followsTheTail();
    void scrollingUpStopsFollowing();
    void selectingAnOlderRowStopsFollowing();
    void endFollowsAgain();
    void actionFollowsAgain();
    void tellsTheSelectedRecord();
    void selectionSurvivesAFilter();
    void selectionGoesWithTheLog();
    void recycledSelectionIsTold();
    void headerTells();
    void emptyStates();
    void copies();
    void asksForFilters();
    void hiddenViewDoesNotRefresh();
    void worksWithoutAModel();
    void panelShowsTheRecord();
    void panelOfARecordWithoutBytes();
    void filterEditMarksMistakes();
    void filterEditTellsTheMistakeWhileTyping();
    void brokenFilterIsToldInTheHeader();
    void fileIsShownFromItsStart();
    void arrowsAreLargeAndDiffer();
    void filterEditRemembers();

private:
    void makeLog(qint64 limit, qint64 segment);
    void append(const QByteArray &bytes, Direction direction = Direction::ToServer)
    {
        const auto span =
            std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size())));
        QVERIFY(m_stream->append(direction, span));
        QVERIFY(m_log->flush());
    }
    void appendMany(int count)
    {
        for (int i = 0; i < count; ++i)
            append("ping");
    }
    [[nodiscard]] bool lastRowIsVisible() const
    {
        const int row = m_model->rowCount() - 1;
        const QRect area = m_view->table()->visualRect(m_model->index(row, 0));
        return m_view->table()->viewport()->rect().contains(area.center());
    }
    [[nodiscard]] QString detail() const
    {
        QString text = m_view->findChild<PanelHeader *>()->detail();
        return text.replace(QChar(0x202f), QLatin1Char(' '));
    }
    [[nodiscard]] EmptyState *empty() const { return m_view->findChild<EmptyState *>(); }
    void filter(const char *expression)
    {
        m_model->setFilter(*CaptureFilter::parse(QString::fromUtf8(expression)));
        m_view->setFiltered(true);
        QVERIFY(QTest::qWaitFor([this] {
            m_view->refresh();
            return !m_model->isFiltering();
        }));
        m_view->refresh();
    }

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<CaptureLog> m_log;
    std::unique_ptr<CaptureStream> m_stream;
    std::unique_ptr<TrafficModel> m_model;
    std::unique_ptr<TrafficView> m_view;
};

void tst_TrafficView::init()
{
    makeLog(64 * 1024 * 1024, 0);
}

void tst_TrafficView::makeLog(qint64 limit, qint64 segment)
{
    cleanup();
    m_folder = std::make_unique<ScratchFolder>();
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = limit;
    options.segmentSize = segment;
    m_log = std::move(CaptureLog::create(options, m_clock).value());
    CapturedConnection connection;
    connection.id = {12};
    connection.server = {1};
    m_stream = m_log->openStream(connection, RecordingPolicy::Lossless);
    QVERIFY(m_log->flush());
    m_model = std::make_unique<TrafficModel>(*m_log);
    m_view = std::make_unique<TrafficView>();
    m_view->resize(800, 300);
    m_view->setModel(m_model.get());
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    m_view->refresh();
}

void tst_TrafficView::cleanup()
{
    m_view.reset();
    m_model.reset();
    m_stream.reset();
    m_log.reset();
}

void tst_TrafficView::followsTheTail()
{
    for (int i = 0; i < 10; ++i) {
        appendMany(50);
        m_view->refresh();
        QVERIFY(lastRowIsVisible());
        QVERIFY(m_view->isFollowing());
    }
}

void tst_TrafficView::scrollingUpStopsFollowing()
{
    appendMany(200);
    m_view->refresh();
    QSignalSpy told(m_view.get(), &TrafficView::followingChanged);
    QScrollBar *bar = m_view->table()->verticalScrollBar();
    bar->triggerAction(QAbstractSlider::SliderPageStepSub);
    QVERIFY(!m_view->isFollowing());
    QVERIFY(!m_view->followAction()->isChecked());
    const int place = bar->value();
    appendMany(100);
    m_view->refresh();
    QCOMPARE(bar->value(), place);
    QCOMPARE(told.size(), 1);
    bar->triggerAction(QAbstractSlider::SliderToMaximum); // back at the end
    QVERIFY(m_view->isFollowing());
}

void tst_TrafficView::selectingAnOlderRowStopsFollowing()
{
    appendMany(200);
    m_view->refresh();
    m_view->table()->selectRow(m_model->rowCount() - 1);
    QVERIFY(m_view->isFollowing());
    m_view->table()->selectRow(m_model->rowCount() - 3);
    QVERIFY(!m_view->isFollowing());
    appendMany(100);
    m_view->refresh();
    QVERIFY(!lastRowIsVisible());
}

void tst_TrafficView::endFollowsAgain()
{
    appendMany(200);
    m_view->refresh();
    QTest::keyClick(m_view->table(), Qt::Key_Home);
    QVERIFY(!m_view->isFollowing());
    QCOMPARE(m_view->currentRecord(), std::optional<RecordIndex>(0));
    QTest::keyClick(m_view->table(), Qt::Key_End);
    QVERIFY(m_view->isFollowing());
    QVERIFY(lastRowIsVisible());
    QCOMPARE(m_view->currentRecord(), std::optional<RecordIndex>(0)); // still what is looked at
}

void tst_TrafficView::actionFollowsAgain()
{
    appendMany(200);
    m_view->refresh();
    m_view->setFollowing(false);
    appendMany(200);
    m_view->refresh();
    QVERIFY(!lastRowIsVisible());
    m_view->followAction()->trigger();
    QVERIFY(m_view->isFollowing());
    QVERIFY(lastRowIsVisible());
    m_view->followAction()->trigger();
    QVERIFY(!m_view->isFollowing());
}

void tst_TrafficView::tellsTheSelectedRecord()
{
    appendMany(20);
    m_view->refresh();
    QList<std::optional<RecordIndex>> told;
    connect(m_view.get(), &TrafficView::currentRecordChanged, this,
            [&told](std::optional<RecordIndex> index) { told << index; });
    m_view->table()->selectRow(3);
    m_view->table()->selectRow(3);
    QVERIFY(m_view->showRecord(7));
    QVERIFY(!m_view->showRecord(700));
    QCOMPARE(told, (QList<std::optional<RecordIndex>> {3, 7}));
}

void tst_TrafficView::selectionSurvivesAFilter()
{
    append("SELECT 1");
    appendMany(50);
    append("SELECT 2");
    m_view->refresh();
    QVERIFY(m_view->showRecord(52));
    QSignalSpy told(m_view.get(), &TrafficView::currentRecordChanged);
    filter("\"SELECT\"");
    QCOMPARE(m_model->rowCount(), 2);
    QCOMPARE(m_view->table()->currentIndex().row(), 1);
    m_model->setFilter({});
    m_view->setFiltered(false);
    m_view->refresh();
    QCOMPARE(m_view->table()->currentIndex().row(), 52);
    QCOMPARE(told.size(), 0);
}

void tst_TrafficView::selectionGoesWithTheLog()
{
    appendMany(20);
    m_view->refresh();
    QVERIFY(m_view->showRecord(3));
    QSignalSpy told(m_view.get(), &TrafficView::currentRecordChanged);
    m_log->clear();
    appendMany(20);
    m_view->refresh();
    QCOMPARE(told.size(), 1);
    QCOMPARE(m_view->currentRecord(), std::nullopt);
}

void tst_TrafficView::recycledSelectionIsTold()
{
    makeLog(4 * 1024 * 1024, 1024 * 1024);
    append("looked at");
    m_view->refresh();
    QVERIFY(m_view->showRecord(1));
    QSignalSpy told(m_view.get(), &TrafficView::currentRecordChanged);
    for (int i = 0; i < 100; ++i) {
        append(QByteArray(64 * 1024, 'x'));
        m_view->refresh();
    }
    QVERIFY(m_log->cursor().begin > 1);
    QCOMPARE(told.size(), 1);
    QCOMPARE(m_view->currentRecord(), std::nullopt);
    QVERIFY(!m_view->table()->selectionModel()->hasSelection());
}

void tst_TrafficView::headerTells()
{
    QCOMPARE(detail(), QStringLiteral("1 record · following"));
    appendMany(1233);
    m_view->refresh();
    QCOMPARE(detail(), QStringLiteral("1 234 records · following"));
    m_view->setFollowing(false);
    QCOMPARE(detail(), QStringLiteral("1 234 records"));
    filter("kind == open");
    QCOMPARE(detail(), QStringLiteral("1 of 1 234 records"));
}

void tst_TrafficView::emptyStates()
{
    m_log->clear();
    m_view->refresh();
    const bool isEmpty = m_model->rowCount() == 0;
    QCOMPARE(empty()->isVisible(), isEmpty);
    appendMany(1);
    m_view->refresh();
    QVERIFY(!empty()->isVisible());
    filter("\"nothing has this\"");
    QVERIFY(empty()->isVisible());
    QCOMPARE(empty()->accessibleName(), QStringLiteral("Nothing matches the filter"));
    QSignalSpy asked(m_view.get(), &TrafficView::clearFilterAsked);
    auto *button = empty()->findChild<QPushButton *>();
    QVERIFY(button->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(asked.size(), 1);
}

void tst_TrafficView::copies()
{
    append("one\n");
    append("two\n");
    append("three");
    m_view->refresh();
    m_view->table()->selectAll();
    QTest::keySequence(m_view->table(), QKeySequence::Copy);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("one\ntwo\nthree"));
    QVERIFY(m_view->showRecord(1)); // Ctrl of the shortcut may count as held: it must not matter
    m_view->copySelected(TrafficView::CopyForm::Hex);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("6f 6e 65 0a"));
    m_view->copySelected(TrafficView::CopyForm::CArray);
    QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1String("0x6f")));
}

void tst_TrafficView::asksForFilters()
{
    append("x", Direction::ToClient);
    m_view->refresh();
    QVERIFY(m_view->showRecord(1));
    QSignalSpy asked(m_view.get(), &TrafficView::filterAsked);
    QSignalSpy followed(m_view.get(), &TrafficView::followAsked);
    Q_EMIT m_view->table()->customContextMenuRequested({10, 10});
    auto *menu = m_view->findChild<QMenu *>();
    QVERIFY(menu);
    for (QAction *action : menu->actions()) {
        if (action->text().startsWith(QLatin1String("Show only"))
            || action->text().startsWith(QLatin1String("Follow the")))
            action->trigger();
    }
    menu->close();
    QCOMPARE(asked.size(), 2);
    QCOMPARE(asked.at(0).first().toString(), QStringLiteral("conn == 12"));
    QCOMPARE(asked.at(1).first().toString(), QStringLiteral("conn == 12 and dir == out"));
    QCOMPARE(followed.size(), 1);
    QCOMPARE(followed.first().first().value<ConnectionId>(), ConnectionId {12});
    for (const QVariantList &signal : asked)
        QVERIFY(CaptureFilter::parse(signal.first().toString()));
}

void tst_TrafficView::hiddenViewDoesNotRefresh()
{
    m_view->hide();
    appendMany(10);
    m_view->refresh();
    QCOMPARE(m_model->rowCount(), 1);
    m_view->show();
    m_view->refresh();
    QCOMPARE(m_model->rowCount(), 11);
}

void tst_TrafficView::worksWithoutAModel()
{
    m_view->setModel(nullptr);
    m_view->refresh();
    QVERIFY(empty()->isVisible());
    QTest::keyClick(m_view->table(), Qt::Key_End);
    QTest::keySequence(m_view->table(), QKeySequence::Copy);
    Q_EMIT m_view->table()->customContextMenuRequested({10, 10});
    QVERIFY(!m_view->showRecord(0));
    m_view->setModel(m_model.get());
    QCOMPARE(m_view->table()->model(), m_model.get());
}

void tst_TrafficView::panelShowsTheRecord()
{
    append("SELECT 1\n");
    RecordPanel panel;
    panel.resize(600, 300);
    panel.show();
    panel.setLog(m_log.get());
    connect(m_view.get(), &TrafficView::currentRecordChanged, &panel, &RecordPanel::setRecord);
    m_view->refresh();
    QVERIFY(m_view->showRecord(1));
    QCOMPARE(panel.record(), std::optional<RecordIndex>(1));
    QCOMPARE(panel.hexView()->size(), 9);
    panel.setTab(RecordPanel::Tab::Text);
    QVERIFY(panel.textView()->toPlainText().startsWith(QLatin1String("SELECT 1")));
    panel.setTab(RecordPanel::Tab::Stream);
    TRY_VERIFY((panel.refresh(), panel.streamView()->isComplete()));
    QVERIFY(panel.streamView()->toPlainText().startsWith(QLatin1String("SELECT 1")));
    m_log->clear();
    panel.refresh();
    QCOMPARE(panel.record(), std::nullopt);
    panel.setLog(nullptr);
    panel.refresh();
}

void tst_TrafficView::panelOfARecordWithoutBytes()
{
    RecordPanel panel;
    panel.show();
    panel.setLog(m_log.get());
    panel.setRecord(0);
    QCOMPARE(panel.hexView()->size(), 0);
    QVERIFY(panel.hexView()->findChild<EmptyState *>()->isVisible());
    panel.setRecord(99);
    QCOMPARE(panel.record(), std::nullopt);
}

void tst_TrafficView::filterEditMarksMistakes()
{
    FilterEdit edit;
    edit.show();
    QSignalSpy changed(&edit, &FilterEdit::filterChanged);
    edit.setExpression(QStringLiteral("conn == 12"));
    QCOMPARE(changed.size(), 1);
    edit.setExpression(QStringLiteral("  conn == "));
    QCOMPARE(changed.size(), 1);
    QVERIFY(edit.hasError());
    QVERIFY(edit.errorColumn() > 2);
    QVERIFY(edit.toolTip().contains(edit.errorText()));
    edit.grab();
    edit.narrow(QStringLiteral("len > 3")); // what cannot be read is not kept
    QCOMPARE(edit.text(), QStringLiteral("len > 3"));
    edit.narrow(QStringLiteral("conn == 1"));
    QCOMPARE(edit.text(), QStringLiteral("(len > 3) and conn == 1"));
    QVERIFY(!edit.hasError());
    QCOMPARE(changed.size(), 3);
    QTest::keyClick(&edit, Qt::Key_Escape);
    QCOMPARE(changed.size(), 4);
    QVERIFY(changed.last().first().value<CaptureFilter>().matchesEverything());
}

void tst_TrafficView::filterEditTellsTheMistakeWhileTyping()
{
    QWidget window;
    window.resize(500, 200);
    auto *edit = new FilterEdit(&window);
    edit->setGeometry(50, 10, 400, 30);
    auto *other = new QPushButton(&window);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("conn == x"));
    TRY_VERIFY(edit->hasError());
    const QString problem =
        QStringLiteral("Column %1: %2").arg(edit->errorColumn()).arg(edit->errorText());
    QVERIFY2(edit->noteText().startsWith(problem), qPrintable(edit->noteText()));
    QVERIFY2(edit->noteText().contains(QLatin1String("not applied")), qPrintable(edit->noteText()));
    const auto *note = window.findChild<QLabel *>(QStringLiteral("filterNote"));
    QVERIFY(note->geometry().top() > edit->geometry().bottom());
    QCOMPARE(note->width(), edit->width());
    other->setFocus(); // it covers what lies below: only while one types
    QCOMPARE(edit->noteText(), QString());
    edit->setFocus();
    QVERIFY(!edit->noteText().isEmpty());
    QTest::keyClick(edit, Qt::Key_Backspace);
    QTest::keyClicks(edit, QStringLiteral("1"));
    TRY_VERIFY(!edit->hasError());
    QCOMPARE(edit->noteText(), QString());
}

void tst_TrafficView::brokenFilterIsToldInTheHeader()
{
    appendMany(3);
    m_view->refresh();
    m_view->setFilterBroken(true);
    QVERIFY2(detail().startsWith(QLatin1String("the filter is not applied")), qPrintable(detail()));
    m_view->setFilterBroken(false);
    QCOMPARE(detail(), QStringLiteral("4 records · following"));
}

void tst_TrafficView::fileIsShownFromItsStart()
{
    appendMany(200);
    TrafficView view;
    view.resize(800, 300);
    view.setLive(false);
    view.setModel(m_model.get());
    view.show();
    view.refresh();
    const QScrollBar *bar = view.table()->verticalScrollBar();
    TRY_VERIFY(bar->maximum() > 0);
    QCOMPARE(bar->value(), 0);
    QVERIFY(!view.isFollowing());
    QVERIFY(!view.followAction()->isVisible());
    QCOMPARE(view.findChild<PanelHeader *>()->detail(), QStringLiteral("201 records"));
    // The last record can be reached, and nothing follows from there.
    QTest::keyClick(view.table(), Qt::Key_End);
    QCOMPARE(view.currentRecord(), std::optional<RecordIndex>(200));
    QCOMPARE(bar->value(), bar->maximum());
    view.table()->verticalScrollBar()->triggerAction(QAbstractSlider::SliderToMaximum);
    QVERIFY(!view.isFollowing());
    view.setModel(nullptr);
}

void tst_TrafficView::arrowsAreLargeAndDiffer()
{
    const std::pair<RecordKind, Direction> signs[] = {
        {RecordKind::Data, Direction::ToServer},
        {RecordKind::Data, Direction::ToClient},
        {RecordKind::EndOfStream, Direction::ToServer},
        {RecordKind::EndOfStream, Direction::ToClient},
    };
    QList<QImage> pictures;
    for (const auto &[kind, direction] : signs) {
        QImage picture(40, 24, QImage::Format_Grayscale8);
        picture.fill(Qt::white);
        QPainter painter(&picture);
        QVERIFY(paintDirection(painter, picture.rect(), kind, direction, Qt::black));
        painter.end();
        QRect ink;
        int dark = 0;
        for (int x = 0; x < picture.width(); ++x) {
            for (int y = 0; y < picture.height(); ++y) {
                if (qGray(picture.pixel(x, y)) > 128)
                    continue;
                ink |= QRect(x, y, 1, 1);
                ++dark;
            }
        }
        QVERIFY2(ink.width() >= 14 && ink.height() >= 8,
                 qPrintable(QStringLiteral("%1 x %2").arg(ink.width()).arg(ink.height())));
        QVERIFY2(dark >= 40, qPrintable(QString::number(dark)));
        QVERIFY(!pictures.contains(picture));
        pictures << picture;
    }
    // The others have signs of the font's.
    QImage picture(40, 24, QImage::Format_Grayscale8);
    QPainter painter(&picture);
    QVERIFY(
        !paintDirection(painter, picture.rect(), RecordKind::Gap, Direction::ToServer, Qt::black));
}

void tst_TrafficView::filterEditRemembers()
{
    FilterEdit edit;
    edit.show();
    QSignalSpy changed(&edit, &FilterEdit::filterChanged);
    QTest::keyClicks(&edit, QStringLiteral("len > 3"));
    QVERIFY(changed.wait(60'000));
    QCOMPARE(edit.history(), QStringList());
    QTest::keyClick(&edit, Qt::Key_Return);
    edit.setExpression(QStringLiteral("conn == 1"));
    edit.setExpression(QStringLiteral("len > 3"));
    edit.setExpression(QStringLiteral("(")); // a mistake is not worth it
    QCOMPARE(edit.history(), QStringList({QStringLiteral("len > 3"), QStringLiteral("conn == 1")}));
    QStringList many;
    for (int i = 0; i < 100; ++i)
        many << QString::number(i);
    edit.setHistory(many);
    QCOMPARE(edit.history().size(), 30);
}

QTEST_MAIN(tst_TrafficView)
#include "tst_trafficview.moc"
