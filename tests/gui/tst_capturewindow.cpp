// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/capturekit.h"
#include "tests/gui/guitest.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"

#include "ui/diagrams/iographwindow.h"
#include "ui/diagrams/sequencewindow.h"
#include "ui/mainwindow/background.h"
#include "ui/mainwindow/capturefiles.h"
#include "ui/mainwindow/captureview.h"
#include "ui/mainwindow/capturewindow.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/filteredit.h"

#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTableView>
#include <QTest>
#include <QUrl>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

/// Opened captures in tabs: read while they are looked at, grown, damaged, stopped.
class tst_CaptureWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void eachFileHasATab();
    void openTwiceIsShownAgain();
    void recentFiles();
    void droppedFilesOpen();
    void growsWithItsFile();
    void damageIsToldAndTheGoodPartSaved();
    void largeFileIsReadWhileItIsShown();
    void logsOfOtherProgramsOpen();
    void diagramsLeadToRecords();
    void closing();

private:
    QString record(const QString &name, int records, qsizetype size = 20);
    CaptureView *open(const QString &file);
    static int rows(const CaptureView *view)
    {
        return view->trafficView()->table()->model()->rowCount();
    }

    ManualClock m_clock;
    std::unique_ptr<Workbench> m_bench;
    std::unique_ptr<Background> m_background;
    std::unique_ptr<QWidget> m_parent;
    std::unique_ptr<QStatusBar> m_bar;
    CaptureFiles *m_files = nullptr;
    QPointer<CaptureWindow> m_window;
};

void tst_CaptureWindow::init()
{
    m_bench = std::make_unique<Workbench>();
    m_background = std::make_unique<Background>(u"test"_s);
    m_parent = std::make_unique<QWidget>();
    m_bar = std::make_unique<QStatusBar>();
    m_files = new CaptureFiles(*m_background, m_bench->prompt, *m_bench->state, m_parent.get());
    m_window = nullptr;
    connect(m_files, &CaptureFiles::opened, this,
            [this](CaptureWindow *window) { m_window = window; });
}

void tst_CaptureWindow::cleanup()
{
    m_parent.reset();
    m_background.reset();
    m_bar.reset();
    m_bench.reset();
}

QString tst_CaptureWindow::record(const QString &name, int records, qsizetype size)
{
    CaptureOptions options;
    options.file = m_bench->folder.file(name);
    const auto log = CaptureLog::create(options, m_clock);
    const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
    for (int number = 1; number < records; ++number) {
        if (!stream->append(Direction::ToServer, asSpan(QByteArray(size, 'x'))))
            qFatal("cannot record");
    }
    if (!(*log)->flush())
        qFatal("cannot record");
    return options.file;
}

CaptureView *tst_CaptureWindow::open(const QString &file)
{
    m_files->open(file, m_bar.get());
    CaptureView *view = nullptr;
    (void)QTest::qWaitFor([&] { return m_window && (view = m_window->viewOf(file)) != nullptr; },
                          60'000);
    return view;
}

void tst_CaptureWindow::eachFileHasATab()
{
    const QString one = record(u"one.pcapng"_s, 5);
    const QString two = record(u"two.pcapng"_s, 8);
    m_bench->prompt.file = one;
    m_bench->prompt.moreFiles = QStringList {two};
    m_files->askOpen(m_bar.get());
    TRY_VERIFY(m_window && m_window->count() == 2);
    TRY_COMPARE(m_window->current(), m_window->viewOf(two));
    TRY_COMPARE(rows(m_window->current()), 8);
    QCOMPARE(m_window->windowTitle(), u"two.pcapng"_s);
    // Each has a filter of its own.
    m_window->current()->filterEdit()->setExpression(u"record == 3"_s);
    TRY_COMPARE(rows(m_window->viewOf(two)), 1);
    QTest::keySequence(m_window, QKeySequence::NextChild);
    TRY_COMPARE(m_window->current(), m_window->viewOf(one));
    TRY_COMPARE(rows(m_window->viewOf(one)), 5);
    QCOMPARE(m_window->windowTitle(), u"one.pcapng"_s);
    keepPictures(*m_window, u"capture-tabs"_s);
}

void tst_CaptureWindow::openTwiceIsShownAgain()
{
    const QString one = record(u"one.pcapng"_s, 5);
    const QString two = record(u"two.pcapng"_s, 8);
    const CaptureView *first = open(one);
    QVERIFY(first && open(two));
    QCOMPARE(open(m_bench->folder.path() + u"/./one.pcapng"_s), first);
    QCOMPARE(m_window->count(), 2);
    QCOMPARE(m_window->current(), first);
}

void tst_CaptureWindow::recentFiles()
{
    const QString one = record(u"one.pcapng"_s, 5);
    const QString two = record(u"two.pcapng"_s, 8);
    QVERIFY(open(one) && open(two));
    QCOMPARE(m_bench->state->recentFiles(), (QStringList {two, one}));
    QMenu *menu = m_window->recentMenu();
    Q_EMIT menu->aboutToShow();
    QCOMPARE(menu->actions().size(), 2);
    QCOMPARE(menu->actions().at(0)->text(), u"two.pcapng"_s);
    QVERIFY(QFile::remove(two));
    Q_EMIT menu->aboutToShow();
    QVERIFY(!menu->actions().at(0)->isEnabled());
    menu->actions().at(1)->trigger();
    TRY_COMPARE(m_window->current(), m_window->viewOf(one));
}

void tst_CaptureWindow::droppedFilesOpen()
{
    const QString one = record(u"one.pcapng"_s, 5);
    m_files->watchDrops(m_parent.get(), m_bar.get());
    const auto drop = [](QWidget *on, const QString &file) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QCoreApplication::sendEvent(on, &enter);
        if (!enter.isAccepted())
            return false;
        QDropEvent event({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(on, &event);
        return event.isAccepted();
    };
    QVERIFY(!drop(m_parent.get(), m_bench->folder.path())); // a folder is no capture
    QVERIFY(drop(m_parent.get(), one));
    TRY_VERIFY(m_window && m_window->viewOf(one));
    const QString two = record(u"two.pcapng"_s, 8);
    QVERIFY(drop(m_window, two));
    TRY_VERIFY(m_window->viewOf(two));
}

void tst_CaptureWindow::growsWithItsFile()
{
    const QString file = record(u"one.pcapng"_s, 5);
    CaptureView *view = open(file);
    QVERIFY(view);
    TRY_COMPARE(rows(view), 5);
    TRY_VERIFY(view->statusText().endsWith(u"read-only"_s));
    const QByteArray more = contentOf(record(u"more.pcapng"_s, 4));
    QFile target(file);
    QVERIFY(target.open(QIODevice::WriteOnly | QIODevice::Append));
    QCOMPARE(target.write(more), more.size());
    target.close();
    TRY_COMPARE(rows(view), 9);
    TRY_VERIFY(view->statusText().endsWith(u"grows with the file"_s));
    QVERIFY(view->noteText().isEmpty());
}

void tst_CaptureWindow::damageIsToldAndTheGoodPartSaved()
{
    const QString file = record(u"one.pcapng"_s, 50);
    const QByteArray good = contentOf(file);
    const QString damaged = m_bench->folder.write(u"damaged.pcapng"_s, good + "rubbish of a disk");
    CaptureView *view = open(damaged);
    QVERIFY(view);
    TRY_COMPARE(rows(view), 50);
    TRY_VERIFY2(view->noteText().contains(QString::number(good.size())),
                qPrintable(view->noteText()));
    QVERIFY(view->noteButton()->isVisible());
    keepPictures(*m_window, u"capture-damaged"_s);
    m_bench->prompt.file = m_bench->folder.file(u"good.pcapng"_s);
    view->noteButton()->click();
    TRY_COMPARE(contentOf(m_bench->prompt.file), good);
}

void tst_CaptureWindow::largeFileIsReadWhileItIsShown()
{
    const QString file = record(u"large.pcapng"_s, 400, 500'000);
    CaptureView *view = open(file);
    QVERIFY(view);
    TRY_VERIFY(rows(view) > 0);
    if (view->reading().isReading) { // else the disk was too fast for us
        view->refresh();
        QVERIFY(view->noteText().contains(u'%') || !view->reading().isReading);
        view->noteButton()->click();
        view->refresh();
        TRY_VERIFY(!view->reading().isReading);
        QVERIFY(rows(view) > 0);
        return;
    }
    TRY_COMPARE(rows(view), 400);
}

void tst_CaptureWindow::logsOfOtherProgramsOpen()
{
    const QString file =
        m_bench->folder.write(u"relay.log"_s,
                              "> 2026/01/31 12:00:00.000000123  length=6 from=0 to=5\nhello\n"
                              "< 2026/01/31 12:00:01.000000456  length=4 from=0 to=3\nyes\n");
    CaptureView *view = open(file);
    QVERIFY(view);
    TRY_COMPARE(rows(view), 3); // it begins, and both say something
    view->filterEdit()->setExpression(u"hello"_s);
    TRY_COMPARE(rows(view), 1);
    TRY_VERIFY(view->noteText().isEmpty());
    m_files->open(m_bench->folder.write(u"notes.txt"_s, "some notes\n"), m_bar.get());
    TRY_VERIFY(m_bench->prompt.told.contains(u"notes.txt"_s));
    QCOMPARE(m_window->count(), 1);
}

void tst_CaptureWindow::diagramsLeadToRecords()
{
    CaptureView *view = open(record(u"one.pcapng"_s, 50));
    QVERIFY(view);
    TRY_COMPARE(rows(view), 50);
    for (QAction *action : m_window->findChildren<QAction *>()) {
        if (action->text().contains(u"graph"_s) || action->text().contains(u"diagram"_s))
            action->trigger();
    }
    auto *graph = view->findChild<IoGraphWindow *>();
    auto *sequence = view->findChild<SequenceWindow *>();
    QVERIFY(graph && graph->isVisible() && sequence && sequence->isVisible());
    Q_EMIT graph->recordActivated(17);
    QCOMPARE(view->trafficView()->currentRecord(), std::optional<RecordIndex>(17));
    Q_EMIT sequence->recordActivated(23);
    QCOMPARE(view->trafficView()->currentRecord(), std::optional<RecordIndex>(23));
    QTest::keySequence(m_window, QKeySequence::Close); // they go with their capture
}

void tst_CaptureWindow::closing()
{
    const QString one = record(u"one.pcapng"_s, 5);
    const QString two = record(u"two.pcapng"_s, 8);
    QVERIFY(open(one) && open(two));
    const QPointer<CaptureWindow> window = m_window;
    QTest::keySequence(m_window, QKeySequence::Close);
    QCOMPARE(m_window->count(), 1);
    QCOMPARE(m_window->windowTitle(), u"one.pcapng"_s);
    QTest::keySequence(m_window, QKeySequence::Close);
    TRY_VERIFY(!window);
    QVERIFY(open(one)); // a new window
    QVERIFY(!window && m_window->count() == 1);
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_CaptureWindow>(argc, argv);
}
#include "tst_capturewindow.moc"
