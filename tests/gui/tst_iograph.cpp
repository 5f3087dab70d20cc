// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// More than 600 lines: rows, axes, zoom, clicks and exports of the one window are tried on the same
// captures, and apart they would each need them anew.

#include "tests/gui/diagramlog.h"
#include "tests/gui/guitest.h"
#include "tests/kit/patience.h"
#include "ui/diagrams/diagramfiles.h"
#include "ui/diagrams/iograph.h"
#include "ui/diagrams/iographwindow.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/filteredit.h"

#include <QComboBox>
#include <QPainter>
#include <QPointer>
#include <QSvgRenderer>
#include <QXmlStreamReader>

using namespace Sockeye;
using namespace std::chrono_literals;

namespace {

constexpr qint64 ms = 1'000'000;
constexpr qint64 s = 1000 * ms;

/// @p angle: eighths of a degree, 120 a notch.
void turnWheel(IoGraph &graph, const QPoint &place, int angle)
{
    const QPointF at(place);
    QWheelEvent event(at, graph.viewport()->mapToGlobal(at), {}, {0, angle}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(graph.viewport(), &event);
}

/// As a person does: in some steps, with events that say which button is down.
void drag(QWidget &widget, const QPoint &from, const QPoint &to, Qt::MouseButton button,
          Qt::KeyboardModifiers modifiers = {})
{
    QTest::mousePress(&widget, button, modifiers, from);
    for (int step = 1; step <= 4; ++step) {
        const QPointF at(from + (to - from) * step / 4);
        QMouseEvent move(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, button,
                         modifiers);
        QCoreApplication::sendEvent(&widget, &move);
    }
    QTest::mouseRelease(&widget, button, modifiers, to);
}

} // namespace

/// The window of the I/O graph.
class tst_IoGraph : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_log = std::make_unique<DiagramLog>(); }
    void cleanup()
    {
        delete m_window;
        m_log.reset();
    }
    void axesAreRound_data();
    void axesAreRound();
    void timesAreRound_data();
    void timesAreRound();
    void valuesAreTold();
    void serversGetLines();
    void handCheckedValues();
    void wheelZoomsAtTheMouse();
    void draggingZoomsToARange();
    void shiftAndMiddlePan();
    void keys();
    void hoverTells();
    void clickSelectsTheNearestRecord();
    void clickMindsTheLines();
    void mistakesTellTheirColumn();
    void chosenIntervalIsKept();
    void followsTheEnd();
    void clearedLogIsEmpty();
    void savesPictures();
    void savesValues();
    void failedSavingIsTold();
    void pictures();

private:
    void openWindow()
    {
        m_window = new IoGraphWindow(m_log->log, QStringLiteral("capture"));
        m_window->setPrompt(m_prompt);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window));
        settle();
    }
    void settle()
    {
        TRY_VERIFY((m_window->refresh(), !m_window->isCounting()));
        m_window->refresh();
    }
    [[nodiscard]] IoGraph &graph() const { return *m_window->graph(); }
    [[nodiscard]] qint64 width() const { return graph().view().to - graph().view().from; }

    std::unique_ptr<DiagramLog> m_log;
    QPointer<IoGraphWindow> m_window;
    ScriptedPrompt m_prompt;
};

void tst_IoGraph::axesAreRound_data()
{
    QTest::addColumn<double>("most");
    QTest::addColumn<bool>("isLogarithmic");
    QTest::addColumn<GraphUnit>("unit");
    QTest::addColumn<QString>("labels");
    const GraphUnit bytes = GraphUnit::Bytes;
    const GraphUnit records = GraphUnit::Records;
    QTest::newRow("nothing") << 0.0 << false << bytes << "0 B/s|1 B/s";
    QTest::newRow("seven") << 7.0 << false << bytes << "0 B/s|2 B/s|4 B/s|6 B/s|8 B/s";
    QTest::newRow("as it is") << 8.0 << false << bytes << "0 B/s|2 B/s|4 B/s|6 B/s|8 B/s";
    QTest::newRow("millions") << 3.3e6 << false << bytes
                              << "0 B/s|1.0 MB/s|2.0 MB/s|3.0 MB/s|4.0 MB/s";
    QTest::newRow("few records") << 0.3 << false << records << "0/s|0.1/s|0.2/s|0.3/s";
    QTest::newRow("logarithmic") << 5000.0 << true << records << "1/s|10/s|100/s|1 000/s|10 000/s";
    QTest::newRow("of nothing") << 0.0 << true << bytes << "1 B/s|10 B/s";
    QTest::newRow("many decades") << 1e9 << true << bytes
                                  << "1 B/s||| 1.0 kB/s|||1.0 MB/s|||1.0 GB/s";
}

void tst_IoGraph::axesAreRound()
{
    QFETCH(const double, most);
    QFETCH(const bool, isLogarithmic);
    QFETCH(const GraphUnit, unit);
    QFETCH(QString, labels);
    const ValueAxis axis(most, isLogarithmic, 4, unit);
    QStringList found;
    for (const AxisTick &tick : axis.ticks())
        found << tick.label;
    QString text = found.join(QLatin1Char('|'));
    text.replace(QChar(0xa0), QLatin1Char(' ')).replace(QChar(0x202f), QLatin1Char(' '));
    labels.replace(QLatin1String("| "), QLatin1String("|"));
    QCOMPARE(text, labels);
    QCOMPARE(axis.placeOf(0), 0.0);
    QVERIFY(axis.placeOf(most) <= 1.0);
    QCOMPARE(axis.ticks().back().place, 1.0);
}

void tst_IoGraph::timesAreRound_data()
{
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("width");
    QTest::addColumn<qint64>("leastStep");
    QTest::addColumn<qint64>("origin");
    QTest::addColumn<QString>("labels");
    const qint64 start = 1'767'225'600 * s; // midnight in UTC
    QTest::newRow("seconds") << start + 300 * ms << 4 * s << 900 * ms << qint64 {-1}
                             << "00:00:01|00:00:02|00:00:03|00:00:04";
    QTest::newRow("minutes") << start << 700 * s << 200 * s << qint64 {-1} << "00:00|00:05|00:10";
    QTest::newRow("milliseconds") << start << 5 * ms << 2 * ms << qint64 {-1}
                                  << "00:00:00.000|00:00:00.002|00:00:00.004";
    QTest::newRow("microseconds") << start + 1 << qint64 {40'000} << qint64 {19'000} << qint64 {-1}
                                  << "00:00:00.000 020|00:00:00.000 040";
    QTest::newRow("since the start") << start + 7 << 3 * s << s << start + 7 << "0 s|1 s|2 s|3 s";
    QTest::newRow("minutes since") << start << 150 * s << 50 * s << start << "0 s|1:00|2:00";
}

void tst_IoGraph::timesAreRound()
{
    QFETCH(const qint64, from);
    QFETCH(const qint64, width);
    QFETCH(const qint64, leastStep);
    QFETCH(const qint64, origin);
    QFETCH(const QString, labels);
    QStringList found;
    for (const AxisTick &tick : timeTicks({from, from + width}, leastStep, origin)) {
        found << tick.label;
        QVERIFY(tick.place >= 0 && tick.place <= static_cast<double>(width));
    }
    QString text = found.join(QLatin1Char('|'));
    QCOMPARE(text.replace(QChar(0xa0), QLatin1Char(' ')).replace(QChar(0x202f), QLatin1Char(' ')),
             labels);
}

void tst_IoGraph::valuesAreTold()
{
    QCOMPARE(graphValueText(0, GraphUnit::Records), QStringLiteral("0/s"));
    QCOMPARE(graphValueText(0.25, GraphUnit::Records), QStringLiteral("0.25/s"));
    QCOMPARE(graphValueText(12, GraphUnit::Records), QStringLiteral("12/s"));
    QCOMPARE(graphValueText(123'456.7, GraphUnit::Records), QStringLiteral("123\u202f456/s"));
    QCOMPARE(graphValueText(1.24e6, GraphUnit::Bytes), QStringLiteral("1.2\u00a0MB/s"));
    QCOMPARE(intervalText(1000), QStringLiteral("1\u00a0µs"));
    QCOMPARE(intervalText(50 * ms), QStringLiteral("50\u00a0ms"));
    QCOMPARE(intervalText(600 * s), QStringLiteral("10\u00a0min"));
}

void tst_IoGraph::serversGetLines()
{
    openWindow();
    QVERIFY(graph().emptyState()->isVisible());
    QCOMPARE(m_window->rows().size(), size_t {0});
    m_log->talk(2000, 10);
    settle();
    QVERIFY(!graph().emptyState()->isVisible());
    QCOMPARE(m_window->rows().size(), size_t {3});
    QCOMPARE(m_window->rows()[0]->settings().name, QStringLiteral("api"));
    QCOMPARE(m_window->rows()[0]->settings().expression, QStringLiteral("server == \"api\""));
    QVERIFY(m_window->detail().contains(QStringLiteral("2\u202f006 records")));
    // One that comes later gets a line as well, if its name is another's by its number.
    m_log->log->addServer({{9}, QStringLiteral("api"), QStringLiteral("/tmp/other")});
    m_log->open(50, 1, "/bin/a", 9);
    m_log->flush();
    settle();
    QCOMPARE(m_window->rows().size(), size_t {4});
    QCOMPARE(m_window->rows()[3]->settings().expression, QStringLiteral("server == 9"));
    // But not once the lines are the user's own.
    m_window->removeRow(m_window->rows()[1]->id());
    m_log->log->addServer({{10}, QStringLiteral("late"), QStringLiteral("/tmp/late")});
    settle();
    QCOMPARE(m_window->rows().size(), size_t {3});
}

void tst_IoGraph::handCheckedValues()
{
    m_log->addServers();
    m_log->open(1, 10, "/bin/a");
    m_log->append(1, QByteArray(100, 'x'));
    m_log->clock.advance(1s);
    m_log->append(1, QByteArray(50, 'x'), Direction::ToClient);
    m_log->append(1, QByteArray(25, 'x'));
    m_log->clock.advance(2s);
    m_log->append(1, QByteArray(1, 'x'));
    m_log->flush();
    openWindow();
    m_window->setInterval(1 * s);
    settle();
    const auto row = [this](qsizetype number) {
        const GraphPicture &picture = graph().picture();
        QStringList values;
        for (const double value : picture.lines[static_cast<size_t>(number)].values)
            values << QString::number(value);
        return values.join(QLatin1Char(' '));
    };
    QCOMPARE(graph().picture().interval, 1 * s);
    // A bin before and one behind, as there is a margin.
    QCOMPARE(row(0), QStringLiteral("0 100 75 0 1"));
    GraphRow *answers = m_window->addRow({QStringLiteral("answers"),
                                          {},
                                          0,
                                          GraphUnit::Records,
                                          GraphRowSettings::Ways::ToClient,
                                          true});
    settle();
    QCOMPARE(row(3), QStringLiteral("0 0 1 0 0"));
    answers->findChildren<QComboBox *>()[1]->setCurrentIndex(0); // both directions
    QCOMPARE(row(3), QStringLiteral("0 2 2 0 1"));
    m_window->setInterval(10 * s);
    settle();
    QCOMPARE(row(0), QStringLiteral("0 17.6"));
}

void tst_IoGraph::wheelZoomsAtTheMouse()
{
    m_log->talk(3000, 20);
    openWindow();
    const qint64 whole = width();
    const qint64 time = graph().view().from + whole / 3;
    const QPoint place = graph().placeOf(time);
    turnWheel(graph(), place, 120);
    QVERIFY(width() < whole);
    // Stays below the mouse, but for the rounding of pixels.
    QVERIFY((graph().placeOf(time) - place).manhattanLength() <= 2);
    for (int i = 0; i < 5; ++i)
        turnWheel(graph(), place, 120);
    QVERIFY((graph().placeOf(time) - place).manhattanLength() <= 4);
    QVERIFY(width() < whole / 3);
    QVERIFY(!graph().showsAll());
    for (int i = 0; i < 20; ++i)
        turnWheel(graph(), place, -120);
    QVERIFY(graph().showsAll());
    QCOMPARE(width(), whole);
    for (int i = 0; i < 200; ++i)
        turnWheel(graph(), place, 120); // as close as it gets
    QVERIFY(width() > 0);
    settle();
    m_window->refresh();
    QVERIFY(!graph().picture().lines.empty());
    graph().showAll();
    QCOMPARE(width(), whole);
}

void tst_IoGraph::draggingZoomsToARange()
{
    m_log->talk(3000, 20);
    openWindow();
    QSignalSpy activated(&graph(), &IoGraph::timeActivated);
    const qint64 from = graph().view().from + width() / 4;
    const qint64 to = graph().view().from + width() / 2;
    const qint64 pixel = width() / graph().plotWidth();
    drag(*graph().viewport(), graph().placeOf(to), graph().placeOf(from), Qt::LeftButton);
    QVERIFY(std::abs(graph().view().from - from) <= 2 * pixel);
    QVERIFY(std::abs(graph().view().to - to) <= 2 * pixel);
    QCOMPARE(activated.size(), 0);
    // The values of what is closer are there soon, as closely as they are wanted.
    TRY_VERIFY((m_window->refresh(), graph().picture().interval <= width() / 40));
}

void tst_IoGraph::shiftAndMiddlePan()
{
    m_log->talk(3000, 20);
    openWindow();
    QSignalSpy activated(&graph(), &IoGraph::timeActivated);
    const IoGraph::Range whole = graph().view();
    graph().setView(
        {whole.from + (whole.to - whole.from) / 3, whole.to - (whole.to - whole.from) / 3});
    const IoGraph::Range before = graph().view();
    const qint64 shown = width();
    const qint64 pixel = shown / graph().plotWidth();
    const QPoint middle = graph().placeOf(before.from + shown / 2);
    drag(*graph().viewport(), middle, middle - QPoint(100, 0), Qt::LeftButton, Qt::ShiftModifier);
    QCOMPARE(width(), shown);
    QVERIFY(std::abs(graph().view().from - before.from - 100 * pixel) <= 2 * pixel);
    drag(*graph().viewport(), middle, middle + QPoint(100, 0), Qt::MiddleButton);
    QVERIFY(std::abs(graph().view().from - before.from) <= 2 * pixel);
    // No further than there is something.
    for (int i = 0; i < 20; ++i)
        drag(*graph().viewport(), middle, middle + QPoint(200, 0), Qt::MiddleButton);
    QCOMPARE(graph().view().from, whole.from);
    QCOMPARE(width(), shown);
    QCOMPARE(activated.size(), 0);
}

void tst_IoGraph::keys()
{
    m_log->talk(3000, 20);
    openWindow();
    const qint64 whole = width();
    QTest::keyClick(&graph(), Qt::Key_Plus);
    QCOMPARE(width(), whole / 2);
    QTest::keyClick(&graph(), Qt::Key_Home);
    const qint64 first = graph().view().from;
    QTest::keyClick(&graph(), Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(graph().view().from > first);
    QTest::keyClick(&graph(), Qt::Key_0);
    QVERIFY(graph().showsAll());
    QVERIFY(graph().hoverText().isEmpty());
    QTest::keyClick(&graph(), Qt::Key_Right);
    const QString one = graph().hoverText();
    QVERIFY(one.contains(QLatin1String("api")));
    QCOMPARE(graph().accessibleDescription(), one);
    QTest::keyClick(&graph(), Qt::Key_Right);
    QVERIFY(graph().hoverText() != one);
    QTest::keyClick(&graph(), Qt::Key_Left);
    QCOMPARE(graph().hoverText(), one);
    QSignalSpy activated(m_window, &IoGraphWindow::recordActivated);
    QTest::keyClick(&graph(), Qt::Key_Return);
    TRY_VERIFY((m_window->refresh(), activated.size() == 1));
    QTest::keyClick(&graph(), Qt::Key_Escape);
    QVERIFY(graph().hoverText().isEmpty());
}

void tst_IoGraph::hoverTells()
{
    m_log->addServers();
    m_log->open(1, 10, "/bin/a");
    m_log->append(1, QByteArray(100, 'x'));
    m_log->clock.advance(1s);
    m_log->append(1, QByteArray(50, 'x'));
    m_log->flush();
    openWindow();
    m_window->setInterval(1 * s);
    settle();
    const qint64 start = m_log->log->record(0)->time.time_since_epoch().count();
    QTest::mouseMove(graph().viewport(), graph().placeOf(start + 300 * ms));
    QString text = graph().hoverText();
    QVERIFY2(text.endsWith(QStringLiteral(": api 100\u00a0B/s, db 0\u00a0B/s, logs 0\u00a0B/s")),
             qPrintable(text));
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(graph().viewport(), &leave);
    QVERIFY(graph().hoverText().isEmpty());
}

void tst_IoGraph::clickSelectsTheNearestRecord()
{
    m_log->talk(3000, 20);
    openWindow();
    QSignalSpy activated(m_window, &IoGraphWindow::recordActivated);
    const auto all = m_log->log->records(0, 1 << 30);
    for (const int part : {1, 37, 50, 99}) {
        const QPoint place = graph().placeOf(graph().view().from + width() * part / 100);
        // What the graph takes the middle of that pixel for.
        QSignalSpy times(&graph(), &IoGraph::timeActivated);
        QTest::mouseClick(graph().viewport(), Qt::LeftButton, {}, place);
        QCOMPARE(times.size(), 1);
        const qint64 time = times[0][0].toLongLong();
        activated.clear();
        TRY_VERIFY((m_window->refresh(), activated.size() == 1));
        const auto nearest =
            std::min_element(all.begin(), all.end(), [time](const Record &a, const Record &b) {
                return std::abs(a.time.time_since_epoch().count() - time)
                    < std::abs(b.time.time_since_epoch().count() - time);
            });
        QCOMPARE(activated[0][0].value<RecordIndex>(), nearest->index);
        QCOMPARE(graph().picture().marker,
                 std::optional<qint64>(nearest->time.time_since_epoch().count()));
        QVERIFY(m_window->message().contains(QLatin1String("Record")));
    }
}

void tst_IoGraph::clickMindsTheLines()
{
    m_log->talk(3000, 20);
    openWindow();
    while (!m_window->rows().empty())
        m_window->removeRow(m_window->rows().front()->id());
    m_window->addRow({QStringLiteral("answers of db"), QStringLiteral("server == db"), 0,
                      GraphUnit::Bytes, GraphRowSettings::Ways::ToClient, true});
    settle();
    QSignalSpy activated(m_window, &IoGraphWindow::recordActivated);
    for (const int part : {20, 40, 60}) {
        activated.clear();
        QTest::mouseClick(graph().viewport(), Qt::LeftButton, {},
                          graph().placeOf(graph().view().from + width() * part / 100));
        TRY_VERIFY((m_window->refresh(), activated.size() == 1));
        const auto record = m_log->log->record(activated[0][0].value<RecordIndex>());
        QVERIFY(record);
        QCOMPARE(record->server, ServerId {2});
        QCOMPARE(record->direction, Direction::ToClient);
    }
}

void tst_IoGraph::mistakesTellTheirColumn()
{
    m_log->talk(100, 1);
    openWindow();
    GraphRow *row = m_window->addRow({QStringLiteral("mine"), {}, 0, {}, {}, true});
    settle();
    const auto valuesOf = [&] { return graph().picture().lines.back().values; };
    const std::vector<double> before = valuesOf();
    row->filterEdit()->setFocus();
    QTest::keyClicks(row->filterEdit(), QStringLiteral("len > 3 and bogus =="));
    TRY_VERIFY(row->filterEdit()->hasError());
    QVERIFY(m_window->message().startsWith(QLatin1String("mine: ")));
    QVERIFY2(m_window->message().contains(
                 QStringLiteral("(column %1)").arg(row->filterEdit()->errorColumn())),
             qPrintable(m_window->message()));
    QVERIFY(row->filterEdit()->errorColumn() > 11);
    QVERIFY(!row->filterEdit()->noteText().isEmpty());
    settle();
    QCOMPARE(valuesOf(), before); // what could be read the last time
    row->filterEdit()->setExpression(QStringLiteral("conn == 77"));
    QVERIFY(!m_window->message().contains(QLatin1String("column")));
    settle();
    QVERIFY(valuesOf() != before);
}

void tst_IoGraph::chosenIntervalIsKept()
{
    m_log->talk(3000, 3600);
    openWindow();
    for (const qint64 interval : {100 * ms, 1 * s, 10 * s, 60 * s}) {
        m_window->setInterval(interval);
        TRY_VERIFY((m_window->refresh(), graph().picture().interval == interval));
    }
    // Too fine for an hour at once: told, and kept as soon as it can be.
    m_window->setInterval(ms);
    settle();
    QVERIFY(graph().picture().interval > ms);
    QVERIFY2(m_window->detail().contains(QLatin1String("too fine")),
             qPrintable(m_window->detail()));
    const qint64 middle = graph().view().from + width() / 2;
    graph().setView({middle, middle + 10 * s});
    TRY_VERIFY((m_window->refresh(), graph().picture().interval == ms));
    QVERIFY(!m_window->detail().contains(QLatin1String("too fine")));
}

void tst_IoGraph::followsTheEnd()
{
    m_log->talk(1000, 10);
    openWindow();
    const auto grow = [this] {
        m_log->clock.advance(5s);
        m_log->append(1, "more");
        m_log->flush();
        settle();
    };
    qint64 to = graph().view().to;
    grow(); // all is shown, and goes on to be
    QVERIFY(graph().showsAll());
    QVERIFY(graph().view().to > to);
    graph().setView({graph().view().to - 5 * s, graph().view().to});
    to = graph().view().to;
    const qint64 shown = width();
    grow(); // the end is in sight, and goes on to be
    QVERIFY(graph().view().to >= to + 5 * s - ms);
    QCOMPARE(width(), shown);
    graph().pan(-0.9);
    const IoGraph::Range past = graph().view();
    grow();
    QCOMPARE(graph().view(), past);
}

void tst_IoGraph::clearedLogIsEmpty()
{
    m_log->talk(1000, 10);
    openWindow();
    QVERIFY(!graph().emptyState()->isVisible());
    m_log->log->clear();
    TRY_VERIFY((m_window->refresh(), graph().emptyState()->isVisible()));
    m_log->clock.advance(100s);
    m_log->append(1, "again");
    m_log->flush();
    settle();
    QVERIFY(!graph().emptyState()->isVisible());
    QVERIFY(graph().showsAll());
}

void tst_IoGraph::savesPictures()
{
    m_log->talk(3000, 20);
    openWindow();
    m_prompt.file = m_log->folder.file(QStringLiteral("graph.svg"));
    m_window->saveSvg();
    TRY_VERIFY(m_window->message().contains(m_prompt.file));
    const QByteArray svg = contentOf(m_prompt.file);
    QXmlStreamReader reader(svg);
    QStringList texts;
    int curves = 0;
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement() && reader.name() == QLatin1String("text"))
            texts << reader.readElementText();
        else if (reader.isStartElement() && reader.name() == QLatin1String("polyline"))
            ++curves;
    }
    QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    QVERIFY(texts.contains(QLatin1String("api")) && texts.contains(QLatin1String("logs")));
    QVERIFY(curves >= 3);
    QSvgRenderer renderer(svg);
    QVERIFY(renderer.isValid());
    QImage drawn(graph().size(), QImage::Format_RGB32);
    drawn.fill(Qt::white);
    QPainter painter(&drawn);
    renderer.render(&painter);
    painter.end();
    QDir().mkpath(QStringLiteral("pictures"));
    drawn.save(QStringLiteral("pictures/iograph-svg.png"));

    m_prompt.file = m_log->folder.file(QStringLiteral("graph.png"));
    m_window->savePng();
    TRY_VERIFY(m_window->message().contains(m_prompt.file));
    const QImage picture(m_prompt.file);
    QCOMPARE(picture.size(), graph().size() * 2);
    QSet<QRgb> colours;
    for (int x = 0; x < picture.width(); x += 3) {
        for (int y = 0; y < picture.height(); y += 3)
            colours << picture.pixel(x, y);
    }
    QVERIFY(colours.size() > 20);
    TRY_VERIFY(m_window->message().contains(QLatin1String("graph.png")));
}

void tst_IoGraph::savesValues()
{
    m_log->addServers();
    m_log->open(1, 10, "/bin/a");
    m_log->append(1, QByteArray(100, 'x'));
    m_log->clock.advance(1s);
    m_log->append(1, QByteArray(50, 'x'));
    m_log->flush();
    openWindow();
    m_window->setInterval(1 * s);
    m_window->removeRow(m_window->rows()[2]->id());
    m_window->removeRow(m_window->rows()[1]->id());
    m_window->addRow({QStringLiteral("say \"hi\""), QStringLiteral("kind == open"), 0,
                      GraphUnit::Records, GraphRowSettings::Ways::Both, true});
    settle();
    m_prompt.file = m_log->folder.file(QStringLiteral("values.csv"));
    m_window->saveCsv();
    TRY_VERIFY(m_window->message().contains(m_prompt.file));
    const QStringList lines =
        QString::fromUtf8(contentOf(m_prompt.file)).split(QStringLiteral("\r\n"));
    QCOMPARE(lines,
             QStringList(
                 {QStringLiteral("time,seconds,\"api (bytes/s)\",\"say \"\"hi\"\" (records/s)\""),
                  QStringLiteral("2025-12-31T23:59:59.000000000Z,0.000000,0,0"),
                  QStringLiteral("2026-01-01T00:00:00.000000000Z,1.000000,100,1"),
                  QStringLiteral("2026-01-01T00:00:01.000000000Z,2.000000,50,0"), QString()}));
}

void tst_IoGraph::failedSavingIsTold()
{
    m_log->talk(100, 1);
    openWindow();
    m_prompt.told.clear();
    m_prompt.file = m_log->folder.file(QStringLiteral("missing/graph.svg"));
    m_window->saveSvg();
    TRY_VERIFY(m_prompt.told.contains(QLatin1String("missing")));
    m_prompt.file.clear(); // cancelled
    m_window->saveSvg();
    QVERIFY(!m_window->message().contains(QLatin1String("Saved")));
}

void tst_IoGraph::pictures()
{
    openWindow();
    m_window->resize(980, 640);
    keepPictures(*m_window, QStringLiteral("iograph-empty"));
    m_log->addServers();
    m_log->open(1, 10, "/bin/a");
    for (int i = 0; i < 12; ++i) {
        m_log->clock.advance(std::chrono::milliseconds(50 * i));
        m_log->append(1, QByteArray(20 * i, 'x'),
                      i % 2 ? Direction::ToClient : Direction::ToServer);
    }
    m_log->flush();
    settle();
    keepPictures(*m_window, QStringLiteral("iograph-few"));
    delete m_window;
    m_log = std::make_unique<DiagramLog>();
    m_log->talk(60'000, 90);
    openWindow();
    m_window->resize(980, 640);
    m_window->addRow({QStringLiteral("answers"), QStringLiteral("dir == out"), 0,
                      GraphUnit::Records, GraphRowSettings::Ways::Both, true});
    settle();
    const qint64 third = graph().view().from + width() / 3;
    QTest::mouseClick(graph().viewport(), Qt::LeftButton, {}, graph().placeOf(third));
    QSignalSpy activated(m_window, &IoGraphWindow::recordActivated);
    TRY_VERIFY((m_window->refresh(), activated.size() == 1));
    QTest::mouseMove(graph().viewport(), graph().placeOf(third + width() / 4));
    keepPictures(*m_window, QStringLiteral("iograph-many"));
    m_window->setLogarithmic(true);
    turnWheel(graph(), graph().placeOf(third), 600);
    settle();
    TRY_VERIFY((m_window->refresh(), graph().picture().interval <= width() / 40));
    GraphRow *wrong = m_window->addRow({QStringLiteral("mine"), {}, 0, {}, {}, true});
    wrong->filterEdit()->setFocus();
    wrong->filterEdit()->setExpression(QStringLiteral("len > 3 and bogus =="));
    m_window->resize(760, 520);
    keepPictures(*m_window, QStringLiteral("iograph-closer"));
}

int main(int argc, char **argv)
{
    qputenv("TZ", "UTC"); // times are looked at
    return runGuiTest<tst_IoGraph>(argc, argv);
}

#include "tst_iograph.moc"
