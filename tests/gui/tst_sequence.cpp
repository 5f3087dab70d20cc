// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/gui/diagramlog.h"
#include "tests/gui/guitest.h"
#include "tests/kit/patience.h"
#include "ui/diagrams/connectionpicker.h"
#include "ui/diagrams/sequenceview.h"
#include "ui/diagrams/sequencewindow.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/filteredit.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QListWidget>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QScrollBar>
#include <QSvgRenderer>
#include <QXmlStreamReader>

using namespace Sockeye;
using namespace std::chrono_literals;

namespace {

void turnWheel(SequenceView &view, const QPoint &place, int angle, Qt::KeyboardModifiers keys)
{
    const QPointF at(place);
    QWheelEvent event(at, view.viewport()->mapToGlobal(at), {}, {0, angle}, Qt::NoButton, keys,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(view.viewport(), &event);
}

/// The texts of an SVG; none if it is no XML.
QStringList textsOf(const QByteArray &svg)
{
    QXmlStreamReader reader(svg);
    QStringList texts;
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement() && reader.name() == QLatin1String("text"))
            texts << reader.readElementText();
    }
    return reader.hasError() ? QStringList() : texts;
}

} // namespace

/// The window of the sequence diagram.
class tst_Sequence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_log = std::make_unique<DiagramLog>(); }
    void cleanup()
    {
        delete m_window;
        m_log.reset();
    }
    void emptyAndThenNot();
    void clickSelectsTheRecord();
    void keysSelect();
    void choosesAServer();
    void choosesConnections();
    void filters();
    void mistakesTellTheirColumn();
    void zooms();
    void followsTheEnd();
    void fileIsShownFromItsStart();
    void clearedLogIsEmpty();
    void headStaysWhileLanesScroll();
    void kindsDiffer();
    void manyRecordsScrollSmoothly();
    void savesPictures();
    void savesNoMoreThanItTells();
    void pictures();

private:
    void openWindow(bool isLive = true)
    {
        m_window = new SequenceWindow(m_log->log, QStringLiteral("capture"), isLive);
        m_window->setPrompt(m_prompt);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window));
        settle();
    }
    void settle()
    {
        m_log->flush();
        const auto isSettled = [this] {
            m_window->refresh();
            return !m_window->sequence().isSearching();
        };
        TRY_VERIFY(isSettled());
        QCoreApplication::processEvents(); // the first server is chosen by an event
        TRY_VERIFY(isSettled());
        m_window->refresh();
    }
    /// Some of everything.
    void converse();
    [[nodiscard]] SequenceView &view() const { return *m_window->view(); }
    [[nodiscard]] quint64 rows() const
    {
        return m_window->sequence().endRow() - m_window->sequence().beginRow();
    }
    void click(quint64 row)
    {
        QTest::mouseClick(view().viewport(), Qt::LeftButton, {}, view().rectOf(row).center());
    }

    std::unique_ptr<DiagramLog> m_log;
    QPointer<SequenceWindow> m_window;
    ScriptedPrompt m_prompt;
};

void tst_Sequence::converse()
{
    m_log->addServers();
    const auto pause = [this](int ms) {
        m_log->clock.advance(std::chrono::microseconds(ms * 1037));
    };
    m_log->open(12, 4211, "/usr/bin/psql");
    pause(3);
    m_log->append(12, "SELECT name, weight FROM fish ORDER BY weight DESC LIMIT 20;\n");
    pause(1);
    m_log->append(12, "sockeye|3.6\nchinook|13.2\ncoho|5.4\n", Direction::ToClient);
    m_log->open(13, 4300, "/usr/bin/curl");
    m_log->append(13, "GET /status HTTP/1.1\r\nHost: api\r\n\r\n");
    pause(40);
    m_log->open(14, 4211, "/usr/bin/psql");
    m_log->append(14, "BEGIN;\n");
    m_log->append(13, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Direction::ToClient);
    if (!m_log->streams[13]->endOfStream(Direction::ToServer)
        || !m_log->streams[13]->endOfStream(Direction::ToClient))
        qFatal("not recorded");
    pause(2);
    CapturedConnection stranger;
    stranger.id = {15};
    stranger.server = {1};
    stranger.pid = 4401;
    stranger.executable = QStringLiteral("/usr/bin/nc");
    m_log->log->refuse(stranger, QStringLiteral("not in group staff"));
    pause(900);
    m_log->append(14, "COMMIT;\n");
    m_log->append(12, "\x01\x02\xff\xfe binary", Direction::ToClient);
    if (!m_log->streams[14]->reset(Direction::ToClient, QStringLiteral("Connection reset by peer")))
        qFatal("not recorded");
    m_log->flush();
}

void tst_Sequence::emptyAndThenNot()
{
    openWindow();
    QVERIFY(view().emptyState()->isVisible());
    QVERIFY(!m_window->serverBox()->isEnabled());
    converse();
    settle();
    QVERIFY(!view().emptyState()->isVisible());
    QCOMPARE(m_window->serverBox()->currentText(), QStringLiteral("api"));
    QCOMPARE(rows(), quint64 {14});
    QCOMPARE(m_window->detail(), QStringLiteral("14 of 14 records · 3 processes"));
}

void tst_Sequence::clickSelectsTheRecord()
{
    converse();
    openWindow(false);
    QSignalSpy activated(m_window, &SequenceWindow::recordActivated);
    for (const quint64 row : {0, 5, 9}) {
        activated.clear();
        click(row);
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated[0][0].value<RecordIndex>(), RecordIndex {row});
        QCOMPARE(view().currentRecord(), std::optional<RecordIndex>(row));
    }
    activated.clear();
    QTest::mouseClick(view().viewport(), Qt::LeftButton, {}, QPoint(300, 5)); // the head
    QTest::mouseClick(view().viewport(), Qt::LeftButton, {},
                      QPoint(300, view().viewport()->height() - 2)); // below the last
    QCOMPARE(activated.size(), 0);
    QVERIFY(view().toolTipOf(1).contains(QLatin1String("SELECT")));
    QVERIFY(view().toolTipOf(1).contains(QLatin1String("psql (4211)")));
    QVERIFY(view().toolTipOf(1).contains(QLatin1String("to the server")));
}

void tst_Sequence::keysSelect()
{
    m_log->talk(3000, 20);
    openWindow(false);
    QSignalSpy activated(m_window, &SequenceWindow::recordActivated);
    const auto last = [&] { return activated.last()[0].value<RecordIndex>(); };
    QTest::keyClick(&view(), Qt::Key_Down);
    const auto &data = m_window->sequence();
    QCOMPARE(last(), *data.recordAt(0));
    QTest::keyClick(&view(), Qt::Key_Down);
    QCOMPARE(last(), *data.recordAt(1));
    QVERIFY(!view().accessibleDescription().isEmpty());
    QTest::keyClick(&view(), Qt::Key_PageDown);
    QVERIFY(last() > 10);
    QTest::keyClick(&view(), Qt::Key_PageUp);
    QCOMPARE(last(), *data.recordAt(1));
    QTest::keyClick(&view(), Qt::Key_End);
    QCOMPARE(last(), *data.recordAt(data.endRow() - 1));
    QVERIFY(view().viewport()->rect().contains(view().rectOf(data.endRow() - 1)));
    QTest::keyClick(&view(), Qt::Key_Up);
    QCOMPARE(last(), *data.recordAt(data.endRow() - 2));
    QTest::keyClick(&view(), Qt::Key_Home);
    QCOMPARE(last(), *data.recordAt(0));
    QCOMPARE(view().verticalScrollBar()->value(), 0);
    const int count = static_cast<int>(activated.size());
    view().showRecord(*data.recordAt(700)); // by somebody else: not told
    QCOMPARE(activated.size(), count);
    QVERIFY(view().viewport()->rect().contains(view().rectOf(700)));
}

void tst_Sequence::choosesAServer()
{
    m_log->talk(3000, 20);
    openWindow(false);
    const auto countOf = [this](quint64 server) {
        quint64 count = 0;
        for (const Record &record : m_log->log->records(0, 1 << 30))
            count += server == 0 || record.server.value == server;
        return count;
    };
    QComboBox *box = m_window->serverBox();
    QCOMPARE(box->count(), 4);
    for (const quint64 server : {2U, 3U, 1U, 0U}) {
        m_window->showServer({server});
        settle();
        QCOMPARE(rows(), countOf(server));
    }
    box->setCurrentIndex(0);
    Q_EMIT box->activated(0);
    settle();
    QCOMPARE(rows(), countOf(box->currentData().toULongLong()));
}

void tst_Sequence::choosesConnections()
{
    converse();
    openWindow(false);
    ConnectionPicker *picker = m_window->picker();
    QCOMPARE(picker->text(), QStringLiteral("All connections"));
    picker->fill();
    QStringList listed;
    for (int row = 0; row < picker->list()->count(); ++row)
        listed << picker->list()->item(row)->text();
    QCOMPARE(listed,
             QStringList({QStringLiteral("12 · psql (4211) · 4 records"),
                          QStringLiteral("13 · curl (4300) · 5 records"),
                          QStringLiteral("14 · psql (4211) · 4 records"),
                          QStringLiteral("15 · nc (4401) · 1 record")}));
    picker->list()->item(1)->setCheckState(Qt::Checked);
    settle();
    QCOMPARE(picker->text(), QStringLiteral("Connection 13"));
    QCOMPARE(rows(), quint64 {5});
    picker->list()->item(3)->setCheckState(Qt::Checked);
    settle();
    QCOMPARE(picker->text(), QStringLiteral("2 connections"));
    QCOMPARE(rows(), quint64 {6});
    QCOMPARE(m_window->sequence().lanes().size(), size_t {2});
    m_window->showConnections({});
    settle();
    QCOMPARE(rows(), quint64 {14});
}

void tst_Sequence::filters()
{
    converse();
    openWindow(false);
    m_window->filterEdit()->setExpression(QStringLiteral("text contains SELECT"));
    settle();
    QCOMPARE(rows(), quint64 {1});
    QSignalSpy activated(m_window, &SequenceWindow::recordActivated);
    click(0);
    QCOMPARE(activated[0][0].value<RecordIndex>(), RecordIndex {1});
    m_window->filterEdit()->setExpression(QStringLiteral("len > 5000"));
    settle();
    QCOMPARE(rows(), quint64 {0});
    QVERIFY(view().emptyState()->isVisible());
    QTest::mouseClick(view().emptyState()->findChild<QPushButton *>(), Qt::LeftButton);
    settle();
    QCOMPARE(rows(), quint64 {14});
    QVERIFY(!view().emptyState()->isVisible());
}

void tst_Sequence::mistakesTellTheirColumn()
{
    converse();
    openWindow(false);
    m_window->filterEdit()->setExpression(QStringLiteral("len > 5 and nonsense == 3"));
    QVERIFY2(m_window->message().contains(
                 QStringLiteral("(column %1)").arg(m_window->filterEdit()->errorColumn())),
             qPrintable(m_window->message()));
    QVERIFY(m_window->filterEdit()->errorColumn() > 10);
    settle();
    QCOMPARE(rows(), quint64 {14});
    m_window->filterEdit()->setExpression({});
    QVERIFY(!m_window->message().contains(QLatin1String("column")));
}

void tst_Sequence::zooms()
{
    m_log->talk(3000, 20);
    openWindow(false);
    const int height = view().rectOf(0).height();
    QTest::keyClick(&view(), Qt::Key_Plus);
    QVERIFY(view().rectOf(0).height() > height);
    QTest::keyClick(&view(), Qt::Key_0);
    QCOMPARE(view().rectOf(0).height(), height);
    view().verticalScrollBar()->setValue(height * 300);
    const QPoint place(400, 300);
    const auto row = view().rowAt(place);
    QVERIFY(row);
    for (int i = 0; i < 4; ++i)
        turnWheel(view(), place, -120, Qt::ControlModifier);
    QVERIFY(view().rectOf(0).height() < height);
    const auto after = view().rowAt(place);
    QVERIFY(after);
    QVERIFY2(*after + 1 >= *row && *after <= *row + 1,
             qPrintable(QStringLiteral("%1 and %2").arg(*after).arg(*row)));
    for (int i = 0; i < 100; ++i)
        view().zoomOut();
    QVERIFY(view().rectOf(0).height() >= 3);
    (void)m_window->grab();
    for (int i = 0; i < 100; ++i)
        view().zoomIn();
    (void)m_window->grab();
    QVERIFY(view().rectOf(0).height() < 200);
    turnWheel(view(), place, -240, Qt::NoModifier); // without Ctrl it scrolls
    QCOMPARE(view().zoom(), 2.5);
}

void tst_Sequence::followsTheEnd()
{
    m_log->talk(600, 4);
    openWindow(true);
    const auto &data = m_window->sequence();
    const auto seesEnd = [&] {
        return view().viewport()->rect().contains(view().rectOf(data.endRow() - 1).center());
    };
    QVERIFY(view().isFollowing() && seesEnd());
    const auto grow = [this] {
        for (int i = 0; i < 100; ++i)
            m_log->append(3, "more");
        settle();
    };
    grow();
    QVERIFY(seesEnd());
    view().verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepSub);
    QVERIFY(!view().isFollowing());
    const int place = view().verticalScrollBar()->value();
    grow();
    QCOMPARE(view().verticalScrollBar()->value(), place);
    view().verticalScrollBar()->triggerAction(QAbstractSlider::SliderToMaximum);
    QVERIFY(view().isFollowing());
    grow();
    QVERIFY(seesEnd());
}

void tst_Sequence::fileIsShownFromItsStart()
{
    m_log->talk(600, 4);
    const QString file = m_log->folder.file(QStringLiteral("saved.pcapng"));
    QVERIFY(m_log->log->save(file));
    auto opened = CaptureLog::open(file);
    QVERIFY(opened);
    m_window = new SequenceWindow(std::move(*opened), QStringLiteral("saved.pcapng"), false);
    m_window->show();
    settle();
    QVERIFY(rows() > 100);
    QCOMPARE(view().verticalScrollBar()->value(), 0);
    QVERIFY(!view().isFollowing());
}

void tst_Sequence::clearedLogIsEmpty()
{
    converse();
    openWindow();
    click(2);
    m_log->log->clear();
    TRY_VERIFY((m_window->refresh(), rows() == 0));
    settle();
    QVERIFY(view().emptyState()->isVisible());
    m_log->append(12, "again");
    settle();
    QCOMPARE(rows(), quint64 {1});
}

void tst_Sequence::headStaysWhileLanesScroll()
{
    m_log->addServers();
    for (quint64 id = 1; id <= 40; ++id) {
        m_log->open(id, 5000 + static_cast<qint64>(id), "/usr/bin/worker");
        for (int i = 0; i < 10; ++i)
            m_log->append(id, "job " + QByteArray::number(i));
    }
    openWindow(false);
    const auto picture = [this] { return view().viewport()->grab().toImage(); };
    const QImage before = picture();
    QVERIFY(view().horizontalScrollBar()->maximum() > 1000);
    view().horizontalScrollBar()->setValue(700);
    const QImage aside = picture();
    // Times and the server's name stay, the lanes move.
    const QRect fixed(0, 0, 130, before.height());
    QCOMPARE(aside.copy(fixed), before.copy(fixed));
    QVERIFY(aside != before);
    view().horizontalScrollBar()->setValue(0);
    view().verticalScrollBar()->setValue(500);
    const QRect head(0, 0, before.width(), 40);
    QCOMPARE(picture().copy(head), before.copy(head));
    QVERIFY(picture() != before);
}

/// In grey, too: by shape.
void tst_Sequence::kindsDiffer()
{
    converse();
    m_log->log->addServer({{1}, QStringLiteral("api"), {}});
    openWindow(false);
    const QImage all =
        view().viewport()->grab().toImage().convertToFormat(QImage::Format_Grayscale8);
    QList<QImage> rowPictures;
    // Opened, data both ways, end, refused, reset: without times and texts.
    for (const quint64 row : {0, 1, 2, 8, 10, 13}) {
        const QRect rect = view().rectOf(row);
        const QImage picture = all.copy(rect.adjusted(0, rect.height() - 13, 0, 0));
        QVERIFY(!rowPictures.contains(picture));
        rowPictures << picture;
    }
}

void tst_Sequence::manyRecordsScrollSmoothly()
{
    m_log->talk(1'000'000, 600);
    openWindow(false);
    m_window->showServer({0});
    settle();
    QVERIFY(rows() >= 1'000'000);
    QScrollBar *bar = view().verticalScrollBar();
    QImage target(view().viewport()->size(), QImage::Format_RGB32);
    std::vector<qint64> times;
    for (int i = 0; i < 100; ++i) {
        QElapsedTimer timer;
        timer.start();
        bar->setValue(static_cast<int>(static_cast<qint64>(bar->maximum()) * i / 100 + i));
        view().viewport()->render(&target);
        times.push_back(timer.nsecsElapsed());
    }
    std::sort(times.begin(), times.end());
    qInfo("a page of %d pixels: median %.2f ms, worst %.2f ms", target.height(),
          static_cast<double>(times[50]) / 1e6, static_cast<double>(times.back()) / 1e6);
    // Sixty times a second, with room for a busy machine and sanitizers.
    QVERIFY(times[50] < 100'000'000);
    QTest::keyClick(&view(), Qt::Key_End);
    QCOMPARE(view().currentRecord(),
             m_window->sequence().recordAt(m_window->sequence().endRow() - 1));
}

void tst_Sequence::savesPictures()
{
    converse();
    openWindow(false);
    for (const auto part : {SequenceWindow::Part::Visible, SequenceWindow::Part::All}) {
        m_prompt.file =
            m_log->folder.file(part == SequenceWindow::Part::All ? QStringLiteral("all.svg")
                                                                 : QStringLiteral("part.svg"));
        m_window->saveSvg(part);
        TRY_VERIFY(m_window->message().contains(m_prompt.file));
        const QByteArray svg = contentOf(m_prompt.file);
        const QStringList texts = textsOf(svg);
        QVERIFY2(texts.contains(QLatin1String("psql (4211)")),
                 qPrintable(texts.join(QLatin1Char('|'))));
        QVERIFY(std::any_of(texts.begin(), texts.end(), [](const QString &text) {
            return text.contains(QLatin1String("SELECT"));
        }));
        QVERIFY(QSvgRenderer(svg).isValid());
        m_prompt.file.replace(QLatin1String(".svg"), QLatin1String(".png"));
        m_window->savePng(part);
        TRY_VERIFY(m_window->message().contains(m_prompt.file));
        const QImage picture(m_prompt.file);
        QVERIFY(picture.width() > 1000 && picture.height() > 300);
        QSet<QRgb> colours;
        for (int x = 0; x < picture.width(); x += 2) {
            for (int y = 0; y < picture.height(); y += 2)
                colours << picture.pixel(x, y);
        }
        QVERIFY(colours.size() > 20);
    }
    m_prompt.told.clear();
    m_prompt.file = m_log->folder.file(QStringLiteral("missing/x.png"));
    m_window->savePng(SequenceWindow::Part::All);
    TRY_VERIFY(m_prompt.told.contains(QLatin1String("missing")));
}

void tst_Sequence::savesNoMoreThanItTells()
{
    m_log->talk(5000, 20);
    openWindow(false);
    m_prompt.file = m_log->folder.file(QStringLiteral("all.svg"));
    m_window->saveSvg(SequenceWindow::Part::All);
    TRY_VERIFY(m_window->message().contains(m_prompt.file));
    QVERIFY2(m_window->message().contains(QStringLiteral("only the first 1\u202f000 records")),
             qPrintable(m_window->message()));
    const QStringList texts = textsOf(contentOf(m_prompt.file));
    // Each row has a time, a text and a number.
    QVERIFY(texts.size() > 2900 && texts.size() < 3100);
    m_window->filterEdit()->setExpression(QStringLiteral("conn == 2 and record < 500"));
    settle();
    m_prompt.file = m_log->folder.file(QStringLiteral("few.svg"));
    m_window->saveSvg(SequenceWindow::Part::All);
    TRY_VERIFY(m_window->message().contains(m_prompt.file));
    QVERIFY(!m_window->message().contains(QLatin1String("only")));
}

void tst_Sequence::pictures()
{
    openWindow();
    keepPictures(*m_window, QStringLiteral("sequence-empty"));
    converse();
    settle();
    click(4);
    keepPictures(*m_window, QStringLiteral("sequence-few"));
    delete m_window;
    m_log = std::make_unique<DiagramLog>();
    m_log->talk(100'000, 90);
    for (quint64 id = 100; id <= 125; ++id) {
        m_log->open(id, 5000 + static_cast<qint64>(id), "/usr/lib/postgresql/worker");
        m_log->append(id, "job " + QByteArray::number(id));
        m_log->append(id, "done", Direction::ToClient);
    }
    openWindow();
    m_window->showServer({0});
    settle();
    m_window->resize(1060, 680);
    keepPictures(*m_window, QStringLiteral("sequence-many"));
    view().horizontalScrollBar()->setValue(900);
    for (int i = 0; i < 5; ++i)
        view().zoomOut();
    m_window->filterEdit()->setFocus();
    m_window->filterEdit()->setExpression(QStringLiteral("len > and"));
    keepPictures(*m_window, QStringLiteral("sequence-small"));
}

int main(int argc, char **argv)
{
    qputenv("TZ", "UTC"); // times are looked at
    return runGuiTest<tst_Sequence>(argc, argv);
}

#include "tst_sequence.moc"
