// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/capturewindow.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"
#include "core/models/trafficmodel.h"
#include "ui/access/notelabel.h"
#include "ui/traffic/recordpanel.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/icons.h"

#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QSplitter>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>

namespace Sockeye {

CaptureWindow::CaptureWindow(std::unique_ptr<CaptureLog> log, const QString &file, QWidget *parent)
    : QMainWindow(parent, Qt::Window)
    , m_log(std::move(log))
    , m_model(std::make_unique<TrafficModel>(*m_log))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(QFileInfo(file).fileName()); // Qt adds the name of the program, as to dialogs
    build();
    buildMenu();
    m_traffic->setTitle(QFileInfo(file).fileName());
    m_traffic->setLive(false);
    m_traffic->setModel(m_model.get());
    m_record->setLog(m_log.get());
    showDamage();
    resize(1100, 720);
    connect(&m_clock, &RefreshClock::ticked, this, &CaptureWindow::tick);
    m_clock.start();
}

CaptureWindow::~CaptureWindow()
{
    m_clock.stop();
    // The views are children and go after the members: they must not look back.
    m_traffic->setModel(nullptr);
    m_record->setLog(nullptr);
}

void CaptureWindow::build()
{
    m_filter = new FilterEdit(this);
    auto *bar = addToolBar(tr("Filter"));
    bar->setObjectName(QStringLiteral("captureBar"));
    bar->setMovable(false);
    bar->addWidget(m_filter);
    m_traffic = new TrafficView(this);
    m_record = new RecordPanel(this);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_traffic);
    splitter->addWidget(m_record);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    auto *central = new QWidget(this);
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(splitter, 1);
    setCentralWidget(central);

    connect(m_filter, &FilterEdit::filterChanged, this, [this](const CaptureFilter &filter) {
        m_model->setFilter(filter);
        m_traffic->setFiltered(!filter.matchesEverything());
    });
    connect(m_filter, &FilterEdit::errorChanged, m_traffic,
            [this] { m_traffic->setFilterBroken(m_filter->hasError()); });
    connect(m_traffic, &TrafficView::filterAsked, m_filter, &FilterEdit::setExpression);
    connect(m_traffic, &TrafficView::clearFilterAsked, m_filter,
            [this] { m_filter->setExpression({}); });
    connect(m_traffic, &TrafficView::currentRecordChanged, m_record, &RecordPanel::setRecord);
    connect(m_traffic, &TrafficView::followAsked, m_record, &RecordPanel::followConnection);
}

void CaptureWindow::buildMenu()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(icon(QStringLiteral("save")), tr("&Save a copy…"), QKeySequence::SaveAs, this,
                    &CaptureWindow::saveAsked);
    file->addAction(tr("&Close"), QKeySequence::Close, this, &QWidget::close);
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addAction(icon(QStringLiteral("filter")), tr("Fil&ter"), QKeySequence::Find, m_filter,
                    [this] {
                        m_filter->setFocus(Qt::ShortcutFocusReason);
                        m_filter->selectAll();
                    });
}

void CaptureWindow::tick()
{
    if (!isVisible())
        return;
    m_traffic->refresh();
    m_record->refresh();
}

void CaptureWindow::showDamage()
{
    const CaptureStatistics figures = m_log->statistics();
    // A label and no message: what is told of saving passes, and this comes back.
    auto *label = new QLabel(figures.records == 1
                                 ? tr("1 record · read-only")
                                 : tr("%1 records · read-only").arg(numberText(figures.records)),
                             this);
    statusBar()->addWidget(label);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(8, 0, 8, 0);
    const std::optional<Problem> damage = m_log->damage();
    if (!damage)
        return;
    auto *note = new NoteLabel(centralWidget());
    note->setContentsMargins(12, 6, 12, 6);
    note->setNote(NoteLabel::Kind::Warning,
                  whatHappened(*damage) + QLatin1Char(' ') + whatToDo(*damage));
    qobject_cast<QVBoxLayout *>(centralWidget()->layout())->addWidget(note);
}

} // namespace Sockeye
