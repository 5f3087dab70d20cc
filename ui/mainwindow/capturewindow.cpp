// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/capturewindow.h"

#include "ui/diagrams/iographwindow.h"
#include "ui/diagrams/sequencewindow.h"
#include "ui/mainwindow/captureview.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/icons.h"

#include <QDropEvent>
#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QStatusBar>
#include <QTabWidget>
#include <QUrl>

namespace Sockeye {

QStringList draggedFiles(const QMimeData &data)
{
    QStringList files;
    for (const QUrl &url : data.urls()) {
        if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isFile())
            files << url.toLocalFile();
    }
    return files;
}

CaptureWindow::CaptureWindow(QWidget *parent)
    : QMainWindow(parent, Qt::Window)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setAcceptDrops(true);
    m_tabs = new QTabWidget(this);
    m_tabs->setDocumentMode(true);
    m_tabs->setTabsClosable(true);
    m_tabs->setMovable(true);
    m_tabs->setElideMode(Qt::ElideMiddle);
    m_tabs->setAccessibleName(tr("Opened captures"));
    setCentralWidget(m_tabs);
    // A label and no message: what is told of saving passes, and this comes back.
    m_status = new QLabel(this);
    statusBar()->addWidget(m_status);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(8, 0, 8, 0);
    buildMenu();
    resize(1100, 720);
    connect(m_tabs, &QTabWidget::currentChanged, this, &CaptureWindow::currentChanged);
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &CaptureWindow::closeView);
    connect(&m_clock, &RefreshClock::ticked, this, &CaptureWindow::tick);
    m_clock.start();
}

CaptureWindow::~CaptureWindow()
{
    m_clock.stop();
    m_tabs->disconnect(this);
}

void CaptureWindow::buildMenu()
{
    const auto onCurrent = [this](auto act) {
        return [this, act] {
            if (CaptureView *view = current())
                act(view);
        };
    };
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(icon(QStringLiteral("open")), tr("&Open…"), QKeySequence::Open, this,
                    &CaptureWindow::openAsked);
    m_recent = file->addMenu(tr("Open &recent"));
    file->addAction(icon(QStringLiteral("save")), tr("&Save a copy…"), QKeySequence::SaveAs, this,
                    onCurrent([this](CaptureView *view) { Q_EMIT saveAsked(view); }));
    file->addSeparator();
    file->addAction(tr("&Close"), QKeySequence::Close, this,
                    [this] { closeView(m_tabs->currentIndex()); });
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addAction(icon(QStringLiteral("filter")), tr("Fil&ter"), QKeySequence::Find, this,
                    onCurrent([](CaptureView *shown) {
                        shown->filterEdit()->setFocus(Qt::ShortcutFocusReason);
                        shown->filterEdit()->selectAll();
                    }));
    // The key is that of the view.
    view->addAction(tr("&Go to…\tCtrl+G"), this, onCurrent([](CaptureView *shown) {
                        shown->trafficView()->goToAction()->trigger();
                    }));
    view->addSeparator();
    view->addAction(tr("I/O &graph"), this,
                    onCurrent([this](CaptureView *shown) { showIoGraph(shown); }));
    view->addAction(tr("&Sequence diagram"), this,
                    onCurrent([this](CaptureView *shown) { showSequence(shown); }));
    const auto turn = [this](int step) {
        return [this, step] {
            if (m_tabs->count() > 0)
                m_tabs->setCurrentIndex((m_tabs->currentIndex() + m_tabs->count() + step)
                                        % m_tabs->count());
        };
    };
    view->addSeparator();
    view->addAction(tr("&Next capture"), QKeySequence::NextChild, this, turn(1));
    view->addAction(tr("&Previous capture"), QKeySequence::PreviousChild, this, turn(-1));
}

void CaptureWindow::showIoGraph(CaptureView *view)
{
    auto *graph = new IoGraphWindow(view->log(), QFileInfo(view->file()).fileName(), view);
    connect(graph, &IoGraphWindow::recordActivated, view->trafficView(), &TrafficView::showRecord);
    graph->show();
}

void CaptureWindow::showSequence(CaptureView *view)
{
    auto *sequence = new SequenceWindow(view->log(), QFileInfo(view->file()).fileName(),
                                        view->reading().isFollowed, view);
    connect(sequence, &SequenceWindow::recordActivated, view->trafficView(),
            &TrafficView::showRecord);
    sequence->show();
}

void CaptureWindow::add(CaptureView *view)
{
    const int tab = m_tabs->addTab(view, QFileInfo(view->file()).fileName());
    m_tabs->setTabToolTip(tab, view->file());
    connect(view, &CaptureView::saveAsked, this, [this, view] { Q_EMIT saveAsked(view); });
    show(view);
    view->trafficView()->setFocus();
}

CaptureView *CaptureWindow::viewOf(const QString &file) const
{
    const QString path = QFileInfo(file).canonicalFilePath();
    for (int tab = 0; tab < m_tabs->count(); ++tab) {
        auto *view = qobject_cast<CaptureView *>(m_tabs->widget(tab));
        if (!path.isEmpty() && QFileInfo(view->file()).canonicalFilePath() == path)
            return view;
    }
    return nullptr;
}

void CaptureWindow::show(CaptureView *view)
{
    m_tabs->setCurrentWidget(view);
    show();
    raise();
    activateWindow();
}

CaptureView *CaptureWindow::current() const
{
    return qobject_cast<CaptureView *>(m_tabs->currentWidget());
}

int CaptureWindow::count() const
{
    return m_tabs->count();
}

void CaptureWindow::closeView(int tab)
{
    QWidget *view = m_tabs->widget(tab);
    m_tabs->removeTab(tab);
    delete view;
    if (m_tabs->count() == 0)
        close();
}

void CaptureWindow::currentChanged()
{
    const CaptureView *view = current();
    // Qt adds the name of the program, as to dialogs.
    setWindowTitle(view ? QFileInfo(view->file()).fileName() : QString());
    tick();
}

void CaptureWindow::tick()
{
    CaptureView *view = current();
    if (!view || !isVisible() || isMinimized())
        return;
    view->refresh();
    m_status->setText(view->statusText());
}

void CaptureWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!draggedFiles(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void CaptureWindow::dropEvent(QDropEvent *event)
{
    const QStringList files = draggedFiles(*event->mimeData());
    if (files.isEmpty())
        return;
    event->acceptProposedAction();
    Q_EMIT filesDropped(files);
}

} // namespace Sockeye
