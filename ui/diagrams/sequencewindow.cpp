// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/sequencewindow.h"

#include "core/models/textformat.h"
#include "ui/diagrams/connectionpicker.h"
#include "ui/diagrams/diagramfiles.h"
#include "ui/diagrams/sequenceview.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/panelheader.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace Sockeye {

SequenceWindow::SequenceWindow(std::shared_ptr<const CaptureLog> log, const QString &title,
                               bool isLive, QWidget *parent)
    : QMainWindow(parent, Qt::Window)
    , m_data(std::make_unique<SequenceData>(std::move(log)))
    , m_header(new PanelHeader(title, this))
    , m_files(new DiagramFiles(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Sequence: %1").arg(title));
    build();
    buildBar();
    buildMenus();
    m_view->setFollowing(isLive);
    connect(m_data.get(), &SequenceData::changed, this, &SequenceWindow::dataChanged);
    connect(m_data.get(), &SequenceData::restarted, m_view, &SequenceView::restart);
    connect(m_view, &SequenceView::recordActivated, this, &SequenceWindow::recordActivated);
    connect(m_files, &DiagramFiles::saved, this, [this](const QString &file) {
        m_told = tr("Saved %1").arg(file) + m_savedNote;
        updateMessage();
    });
    connect(&m_clock, &RefreshClock::ticked, this, [this] {
        if (isVisible())
            refresh();
    });
    resize(1060, 680);
    refresh();
    m_view->setFocus();
    m_clock.start();
}

SequenceWindow::~SequenceWindow()
{
    m_clock.stop();
    // Its children look at the data and go after the members.
    delete takeCentralWidget();
    m_view = nullptr;
}

void SequenceWindow::setPrompt(UserPrompt &prompt)
{
    m_files->setPrompt(prompt);
}

void SequenceWindow::build()
{
    m_view = new SequenceView(*m_data, this);
    m_message = new QLabel(this);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setContentsMargins(8, 4, 8, 6);
    m_message->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto *central = new QWidget(this);
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_view, 1);
    column->addWidget(m_message);
    setCentralWidget(central);
}

void SequenceWindow::buildBar()
{
    auto *bar = addToolBar(tr("Selection"));
    bar->setObjectName(QStringLiteral("sequenceBar"));
    bar->setMovable(false);
    m_server = new QComboBox(bar);
    m_server->setAccessibleName(tr("Server"));
    m_server->setToolTip(tr("Whose connections are shown"));
    m_server->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_server->setMaximumWidth(220);
    m_server->setEnabled(false); // until there is one
    m_picker = new ConnectionPicker(*m_data, bar);
    m_filter = new FilterEdit(bar);
    m_filter->setMinimumWidth(160);
    m_times = new QComboBox(bar);
    m_times->setAccessibleName(tr("Times"));
    m_times->addItem(tr("Time of day"));
    m_times->addItem(tr("Since the start"));
    m_follow = new QAction(icon(QStringLiteral("follow")), tr("Follow"), this);
    auto *follow = new QToolButton(bar);
    follow->setDefaultAction(m_follow);
    follow->setAutoRaise(true);
    follow->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    auto *controls = new QWidget(bar);
    auto *row = new QHBoxLayout(controls);
    row->setContentsMargins(4, 2, 4, 2);
    row->setSpacing(8);
    row->addWidget(m_server);
    row->addWidget(m_picker);
    row->addWidget(m_filter, 1);
    row->addWidget(m_times);
    row->addWidget(follow);
    bar->addWidget(controls);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Keep the newest records in sight"));
    connect(m_server, &QComboBox::activated, this, [this] {
        m_picker->setServer({m_server->currentData().toULongLong()});
        select();
    });
    connect(m_picker, &ConnectionPicker::chosenChanged, this, &SequenceWindow::select);
    connect(m_filter, &FilterEdit::filterChanged, this, [this](const CaptureFilter &filter) {
        m_applied = filter;
        select();
    });
    connect(m_filter, &FilterEdit::errorChanged, this, &SequenceWindow::updateMessage);
    connect(m_times, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_view->setSinceStart(index == 1); });
    connect(m_follow, &QAction::triggered, m_view, &SequenceView::setFollowing);
    connect(m_view, &SequenceView::followingChanged, m_follow, &QAction::setChecked);
    updateMessage();
    updateEmptyState();
}

void SequenceWindow::buildMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(icon(QStringLiteral("save")), tr("Save what is in sight as &SVG…"),
                    QKeySequence::Save, this, [this] { saveSvg(Part::Visible); });
    file->addAction(tr("Save what is in sight as &PNG…"), this, [this] { savePng(Part::Visible); });
    const QString most = numberText(SequenceView::mostSavedRows);
    file->addAction(tr("Save all as S&VG (up to %1 records)…").arg(most), this,
                    [this] { saveSvg(Part::All); });
    file->addAction(tr("Save all as P&NG (up to %1 records)…").arg(most), this,
                    [this] { savePng(Part::All); });
    file->addSeparator();
    file->addAction(tr("&Close"), QKeySequence::Close, this, &QWidget::close);
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addAction(tr("Zoom &in"), QKeySequence::ZoomIn, m_view, &SequenceView::zoomIn);
    view->addAction(tr("Zoom &out"), QKeySequence::ZoomOut, m_view, &SequenceView::zoomOut);
    view->addAction(tr("&Normal size"), QKeySequence(Qt::CTRL | Qt::Key_0), m_view,
                    &SequenceView::resetZoom);
    view->addSeparator();
    view->addAction(icon(QStringLiteral("filter")), tr("Fil&ter"), QKeySequence::Find, m_filter,
                    [this] {
                        m_filter->setFocus(Qt::ShortcutFocusReason);
                        m_filter->selectAll();
                    });
    view->addAction(m_follow);
    connect(m_view->emptyState(), &EmptyState::activated, this, [this] {
        m_filter->setExpression({});
        m_picker->choose({});
    });
}

// --- what is shown -----------------------------------------------------------------------------

void SequenceWindow::refresh()
{
    m_data->refresh();
}

void SequenceWindow::dataChanged()
{
    updateServers();
    m_view->dataChanged();
    updateHeader();
    updateEmptyState();
}

void SequenceWindow::select()
{
    SequenceData::Selection selection;
    selection.server = {m_server->currentData().toULongLong()};
    selection.connections = m_picker->chosen();
    selection.filter = m_applied;
    m_view->setServerName(m_server->currentText());
    m_data->select(selection);
}

void SequenceWindow::showServer(ServerId server)
{
    const int place = m_server->findData(QVariant::fromValue<quint64>(server.value));
    if (place < 0)
        return;
    m_server->setCurrentIndex(place);
    m_picker->setServer(server);
    select();
}

void SequenceWindow::showConnections(const std::set<ConnectionId> &connections)
{
    m_picker->choose(connections);
}

/// The list grows as servers come; the first that has records is shown.
void SequenceWindow::updateServers()
{
    const std::vector<CapturedServer> servers = m_data->servers();
    const auto listed = static_cast<size_t>(m_server->count());
    const size_t wanted = servers.size() + (servers.size() > 1 ? 1 : 0);
    if (listed == wanted)
        return;
    const bool isFirst = listed == 0;
    const QVariant current = m_server->currentData();
    {
        const QSignalBlocker blocker(m_server);
        m_server->clear();
        for (const CapturedServer &server : servers) {
            QString name = server.name.isEmpty() ? server.address : server.name;
            if (name.isEmpty())
                name = tr("server %1").arg(server.id.value);
            m_server->addItem(preview(name.toUtf8()),
                              QVariant::fromValue<quint64>(server.id.value));
            m_server->setItemData(m_server->count() - 1, preview(server.address.toUtf8()),
                                  Qt::ToolTipRole);
        }
        if (servers.size() > 1)
            m_server->addItem(tr("All servers"), QVariant::fromValue<quint64>(0));
        m_server->setCurrentIndex(std::max(0, m_server->findData(current)));
    }
    m_server->setEnabled(!servers.empty());
    if (servers.empty() || (!isFirst && m_server->currentData() == current))
        return;
    // Not from within the telling of a change.
    QMetaObject::invokeMethod(
        this, [this] { showServer({m_server->currentData().toULongLong()}); },
        Qt::QueuedConnection);
}

void SequenceWindow::updateHeader()
{
    const quint64 shown = m_data->endRow() - m_data->beginRow();
    QStringList parts;
    if (m_data->totalCount() > 0)
        parts << tr("%1 of %2 records").arg(numberText(shown), numberText(m_data->totalCount()));
    const size_t lanes = m_data->lanes().size();
    if (lanes > 0 && m_data->lanes().back().isRest)
        parts << tr("the first %1 processes have lanes of their own")
                     .arg(numberText(static_cast<quint64>(SequenceData::mostLanes)));
    else if (lanes > 0)
        parts << (lanes == 1 ? tr("1 process") : tr("%1 processes").arg(numberText(lanes)));
    if (m_data->isSearching() && m_data->totalCount() > 0)
        parts << tr("searching …");
    m_header->setDetail(parts.join(QStringLiteral(" · ")));
}

void SequenceWindow::updateEmptyState()
{
    EmptyState *empty = m_view->emptyState();
    const bool isNarrow = !m_applied.matchesEverything() || !m_picker->chosen().empty();
    if (m_data->totalCount() > 0 && m_data->isSearching()) {
        empty->setTitle(tr("Searching …"));
        empty->setText({});
        empty->setButton({});
    } else if (m_data->totalCount() > 0 && isNarrow) {
        empty->setTitle(tr("Nothing matches"));
        empty->setText(tr("No record of this server is in the selection."));
        empty->setButton(tr("Show all of the server"));
    } else {
        empty->setTitle(tr("No traffic yet"));
        empty->setText(
            tr("As soon as a client connects to a server, who says what to whom is drawn "
               "here. In the main window, start a server and connect a client, or open "
               "a capture."));
        empty->setButton({});
    }
}

void SequenceWindow::updateMessage()
{
    const bool isMistake = m_filter->hasError();
    const bool isHint = !isMistake && m_told.isEmpty();
    const QString mistake =
        tr("%1 (column %2)").arg(m_filter->errorText(), QString::number(m_filter->errorColumn()));
    const QString hint =
        tr("Ctrl+wheel: zoom · click or ↑ ↓: select a record · the number beside a "
           "line is its connection");
    m_message->setText(isMistake ? mistake : isHint ? hint : m_told);
    QPalette colours = palette();
    const ThemeColours &theme = themeColours(colours);
    if (isMistake || isHint)
        colours.setColor(QPalette::WindowText, isMistake ? theme.error : theme.muted);
    m_message->setPalette(colours);
}

QString SequenceWindow::detail() const
{
    return m_header->detail();
}

QString SequenceWindow::message() const
{
    return m_message->text();
}

// --- files -------------------------------------------------------------------------------------

void SequenceWindow::saveSvg(Part part)
{
    save(part, QStringLiteral("svg"));
}

void SequenceWindow::savePng(Part part)
{
    save(part, QStringLiteral("png"));
}

void SequenceWindow::save(Part part, const QString &suffix)
{
    m_files->save(tr("Save the diagram"), tr("sequence"), suffix, [this, part, suffix] {
        const bool isAll = part == Part::All;
        const QSize size = isAll ? m_view->savedSize() : m_view->viewport()->size();
        m_savedNote.clear();
        if (isAll && !m_view->isSavedWhole())
            m_savedNote = tr(" · only the first %1 records, and %2 pixels of lanes")
                              .arg(numberText(SequenceView::mostSavedRows),
                                   numberText(static_cast<quint64>(SequenceView::mostSavedWidth)));
        const auto paint = [this, isAll](QPainter &painter, const QSize &area) {
            if (isAll)
                m_view->paintSaved(painter, area);
            else
                m_view->paintVisible(painter, area);
        };
        return suffix == QLatin1String("svg") ? svgOf(windowTitle(), size, paint)
                                              : pngOf(size, paint);
    });
}

void SequenceWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_message)
        updateMessage();
}

} // namespace Sockeye
