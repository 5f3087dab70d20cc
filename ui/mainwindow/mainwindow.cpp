// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/mainwindow.h"

#include "ui/composer/composerpanel.h"
#include "ui/connections/connectionsview.h"
#include "ui/mainwindow/appactions.h"
#include "ui/mainwindow/capturefiles.h"
#include "ui/mainwindow/capturewindow.h"
#include "ui/mainwindow/statusline.h"
#include "ui/mainwindow/windowstate.h"
#include "ui/problems/problembar.h"
#include "ui/problems/problemspanel.h"
#include "ui/servers/servercommands.h"
#include "ui/servers/serverform.h"
#include "ui/servers/serverspanel.h"
#include "ui/sockets/tapping.h"
#include "ui/traffic/recordpanel.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/userprompt.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QComboBox>
#include <QDateTime>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenuBar>
#include <QScreen>
#include <QSplitter>
#include <QTableView>
#include <QToolBar>
#include <QVBoxLayout>

#include <algorithm>

namespace Sockeye {

namespace {

/// Bumped when docks or tool bars change, so that an old layout is not forced on new ones.
constexpr int layoutVersion = 1;

QSplitter *makeSplitter(Qt::Orientation orientation, const char *name, QWidget *parent)
{
    auto *splitter = new QSplitter(orientation, parent);
    splitter->setObjectName(QLatin1String(name));
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(5);
    return splitter;
}

/// "2 servers are listening." For the question before they stop.
QString liveText(int listening, int paused)
{
    if (listening + paused == 1)
        return listening > 0 ? MainWindow::tr("A server is listening.")
                             : MainWindow::tr("A server is paused.");
    if (paused == 0)
        return MainWindow::tr("%1 servers are listening.").arg(listening);
    if (listening == 0)
        return MainWindow::tr("%1 servers are paused.").arg(paused);
    return MainWindow::tr("%1 servers are listening or paused.").arg(listening + paused);
}

} // namespace

MainWindow::MainWindow(Engine &engine, WindowState &state, UserPrompt &prompt, Appears appears)
    : m_engine(engine)
    , m_state(state)
    , m_prompt(prompt)
    , m_looks(QStringLiteral("looks"))
    , m_files(QStringLiteral("files"))
    , m_serversModel(engine)
    , m_connectionsModel(engine)
    , m_trafficModel(engine.capture())
    , m_problemsModel(engine)
    , m_commands(new ServerCommands(engine, prompt, state, this))
    , m_captures(new CaptureFiles(m_files, prompt, state, this))
    , m_tapping(std::make_unique<Tapping>(engine, prompt, *m_commands, m_looks, this))
{
    setWindowTitle(tr("Sockeye"));
    restoreGeometry();
    if (appears == Appears::AtOnce)
        show();
    build();
    connectServers();
    connectTraffic();
    connectActions();
    m_tapping->watchFields(m_form->nameBox()->lineEdit());
    restore();
    m_form->setDraft(firstSpec());
    updateActions();
    connect(&m_clock, &RefreshClock::ticked, this, &MainWindow::tick);
    m_clock.start();
    m_form->nameBox()->setFocus();
    m_form->nameBox()->lineEdit()->selectAll();
}

MainWindow::~MainWindow()
{
    m_clock.stop();
    m_tapping.reset();
    // The views are children and go after the models, which are members.
    m_traffic->setModel(nullptr);
    delete takeCentralWidget();
    delete m_problemsDock;
}

// --- how it is built ---

void MainWindow::build()
{
    auto *across = makeSplitter(Qt::Horizontal, "across", this);
    across->addWidget(buildLeft());
    across->addWidget(buildRight());
    across->setStretchFactor(0, 0);
    across->setStretchFactor(1, 1);
    across->setSizes({336, 1104});
    m_splitters.append(across);
    m_problemBar = new ProblemBar(this);

    auto *central = new QWidget(this);
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(across, 1);
    column->addWidget(m_problemBar);
    setCentralWidget(central);

    m_actions = new AppActions(
        {m_traffic->followAction(), m_composer->endSendingAction(), m_traffic->goToAction()}, this);
    m_actions->fillMenus(menuBar());
    m_servers->setMenuActions(m_actions->serverActions());
    buildToolBar();
    m_status = new StatusLine(m_engine, this);
    setStatusBar(m_status);
}

void MainWindow::buildToolBar()
{
    m_filter = new FilterEdit(this);
    m_filter->setMinimumWidth(200);
    QToolBar *bar = addToolBar(tr("Tools"));
    bar->setObjectName(QStringLiteral("tools"));
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize(QSize(18, 18));
    m_actions->fillToolBarStart(bar);
    bar->addWidget(m_filter);
    m_actions->fillToolBarEnd(bar);
}

QWidget *MainWindow::buildLeft()
{
    m_servers = new ServersPanel(m_serversModel, this);
    m_form = new ServerForm(m_looks, m_prompt, NameContext::current(), this);
    m_form->setRecentNames(m_state.recentNames());
    auto *left = makeSplitter(Qt::Vertical, "left", this);
    left->addWidget(m_servers);
    left->addWidget(m_form);
    left->setStretchFactor(0, 1);
    left->setStretchFactor(1, 3);
    left->setSizes({200, 600});
    m_splitters.append(left);
    return left;
}

QWidget *MainWindow::buildRight()
{
    m_connections = new ConnectionsView(m_connectionsModel, this);
    m_traffic = new TrafficView(this);
    m_traffic->setModel(&m_trafficModel);
    m_record = new RecordPanel(this);
    m_record->setLog(&m_engine.capture());
    m_composer = new ComposerPanel(m_engine, m_files, m_prompt, this);
    auto *panels = makeSplitter(Qt::Vertical, "right", this);
    panels->addWidget(m_connections);
    panels->addWidget(m_traffic);
    panels->addWidget(m_record);
    panels->setStretchFactor(0, 2);
    panels->setStretchFactor(1, 4);
    panels->setStretchFactor(2, 3);
    panels->setSizes({190, 330, 230});
    m_splitters.append(panels);

    auto *right = new QWidget(this);
    auto *column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(panels, 1);
    column->addWidget(m_composer);
    return right;
}

void MainWindow::connectServers()
{
    connect(m_servers, &ServersPanel::currentServerChanged, this,
            &MainWindow::currentServerChanged);
    connect(&m_serversModel, &ServersModel::serverChanged, this, &MainWindow::serverChanged);
    connect(m_form, &ServerForm::startAsked, this, &MainWindow::start);
    connect(m_form, &ServerForm::stopAsked, this, [this] { m_commands->stop(m_current); });
    connect(m_form, &ServerForm::applyAsked, this, &MainWindow::apply);
    connect(m_form, &ServerForm::specEdited, this, [this] {
        if (const ServerInfo *info = current())
            m_commands->edit(*info, m_form->spec());
        updateActions();
    });
    connect(m_commands, &ServerCommands::nameWanted, this, &MainWindow::pickAnotherName);
    connect(&m_state, &WindowState::recentNamesChanged, m_form,
            [this] { m_form->setRecentNames(m_state.recentNames()); });
    connect(m_problemBar, &ProblemBar::remedyChosen, m_commands, &ServerCommands::apply);
    connect(m_problemBar, &ProblemBar::dismissed, m_commands, &ServerCommands::dismiss);
    connect(m_problemBar, &ProblemBar::listAsked, this, [this] { showProblems(true); });
}

void MainWindow::connectTraffic()
{
    connect(m_connections, &ConnectionsView::currentConnectionChanged, this,
            &MainWindow::currentConnectionChanged);
    connect(m_connections, &ConnectionsView::disconnectAsked, m_commands,
            &ServerCommands::disconnect);
    connect(m_connections, &ConnectionsView::disconnectAllAsked, m_commands,
            [this] { m_commands->disconnectAll(m_current); });
    connect(m_connections, &ConnectionsView::filterAsked, m_filter, &FilterEdit::setExpression);
    connect(m_connections, &ConnectionsView::sendAsked, m_composer, [this](ConnectionId id) {
        m_composer->setTarget(id);
        m_composer->compose();
    });
    connect(m_connections, &ConnectionsView::followAsked, m_record, &RecordPanel::followConnection);
    connect(m_record, &RecordPanel::recordAsked, m_traffic, &TrafficView::showRecord);
    connect(m_traffic, &TrafficView::followAsked, m_record, &RecordPanel::followConnection);
    connect(m_record, &RecordPanel::saveAsked, this, [this](const Conversation &conversation) {
        m_captures->askSave(sharedLog(), conversation, m_status);
    });
    connect(m_traffic, &TrafficView::currentRecordChanged, this, &MainWindow::currentRecordChanged);
    connect(m_traffic, &TrafficView::filterAsked, m_filter, &FilterEdit::setExpression);
    connect(m_traffic, &TrafficView::clearFilterAsked, m_filter, [this] {
        m_actions->onlySelected->setChecked(false);
        m_filter->setExpression({});
    });
    connect(m_filter, &FilterEdit::filterChanged, this, [this] {
        m_filterText = m_filter->text().trimmed();
        updateFilter();
    });
    connect(m_filter, &FilterEdit::errorChanged, m_traffic,
            [this] { m_traffic->setFilterBroken(m_filter->hasError()); });
    connect(m_actions->onlySelected, &QAction::toggled, this, &MainWindow::updateFilter);
}

void MainWindow::connectActions()
{
    const auto on = [this](QAction *action, auto &&slot) {
        connect(action, &QAction::triggered, this, slot);
    };
    on(m_actions->serve, &MainWindow::newServer);
    on(m_actions->tap, [this] { m_tapping->showBrowser(); });
    on(m_actions->connectTo, &MainWindow::askConnect);
    connect(m_tapping.get(), &Tapping::serverWanted, this, &MainWindow::showServer);
    on(m_actions->start, &MainWindow::start);
    on(m_actions->stop, [this] { m_commands->stop(m_current); });
    on(m_actions->pause, [this](bool paused) { m_commands->setPaused(m_current, paused); });
    on(m_actions->acceptNext, [this] { m_commands->acceptNext(m_current); });
    on(m_actions->listenAgain, &MainWindow::apply);
    on(m_actions->copyAddress, [this] {
        if (const ServerInfo *info = current())
            QApplication::clipboard()->setText(info->address.display());
    });
    on(m_actions->removeServer, [this] {
        if (const ServerInfo *info = current())
            m_commands->remove(*info);
    });
    on(m_actions->disconnectOne,
       [this] { m_commands->disconnect(m_connections->selectedConnections()); });
    on(m_actions->disconnectAll, [this] { m_commands->disconnectAll(m_current); });
    on(m_actions->open, [this] { m_captures->askOpen(m_status); });
    on(m_actions->save, &MainWindow::askSave);
    connect(m_captures, &CaptureFiles::opened, this, &MainWindow::captureOpened);
    m_captures->fillRecent(m_actions->recent, m_status);
    m_captures->watchDrops(this, m_status);
    on(m_actions->clear, [this] { m_commands->clearCapture(); });
    on(m_actions->filter, [this] {
        m_filter->setFocus(Qt::ShortcutFocusReason);
        m_filter->selectAll();
    });
    on(m_actions->problems, &MainWindow::showProblems);
    on(m_actions->about, &MainWindow::showAbout);
    on(m_actions->aboutQt, &QApplication::aboutQt);
    on(m_actions->quit, &QWidget::close);
    connect(m_actions, &AppActions::appearanceChosen, this, [this](Appearance appearance) {
        m_state.setAppearance(appearance);
        Q_EMIT appearanceChosen(appearance);
    });
}

// --- what is remembered ---

void MainWindow::restoreGeometry()
{
    // The frame and the desktop's panels need their place, too.
    resize(QSize(1440, 900).boundedTo(screen()->availableSize() - QSize(40, 60)));
    QWidget::restoreGeometry(m_state.geometry());
}

void MainWindow::restore()
{
    restoreState(m_state.windowLayout(), layoutVersion);
    for (QSplitter *splitter : std::as_const(m_splitters))
        splitter->restoreState(m_state.splitter(splitter->objectName()));
    m_filter->setHistory(m_state.filterHistory());
    m_traffic->setFollowing(m_state.isFollowing());
    m_actions->onlySelected->setChecked(m_state.showsOnlySelected());
    m_actions->showAppearance(m_state.appearance());
}

void MainWindow::remember()
{
    m_state.setGeometry(saveGeometry());
    m_state.setWindowLayout(saveState(layoutVersion));
    for (const QSplitter *splitter : std::as_const(m_splitters))
        m_state.setSplitter(splitter->objectName(), splitter->saveState());
    m_state.setFilterHistory(m_filter->history());
    m_state.setFollowing(m_traffic->isFollowing());
    m_state.setShowsOnlySelected(m_actions->onlySelected->isChecked());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const int listening = countServers(ServerState::Listening);
    const int paused = countServers(ServerState::Paused);
    const int live = listening + paused;
    if (m_mayClose || live == 0) {
        remember();
        event->accept();
        return;
    }
    event->ignore();
    Question question;
    question.title = tr("Quit Sockeye");
    question.text = liveText(listening, paused);
    question.detail = live == 1 ? tr("It stops, and its clients are disconnected.")
                                : tr("They stop, and their clients are disconnected.");
    question.detail += m_tapping->whatQuittingDoesToTaps();
    question.accept = tr("Stop and quit");
    question.isDangerous = true;
    m_prompt.confirm(question, this, [this](bool yes) {
        // Queued: the answer may come before this close is over.
        if (yes)
            QMetaObject::invokeMethod(this, &MainWindow::closeUnasked, Qt::QueuedConnection);
    });
}

void MainWindow::closeUnasked()
{
    m_mayClose = true;
    close();
}

// --- thirty times a second ---

void MainWindow::tick()
{
    m_serversModel.refresh();
    m_servers->refresh();
    m_problemsModel.refresh();
    updateProblem();
    if (isMinimized() || !isVisible())
        return;
    m_connections->setServerName(m_serversModel.shortName(m_current));
    m_connections->refresh();
    m_traffic->refresh();
    m_record->refresh();
    m_composer->refresh();
    m_status->refresh(m_serversModel);
}

void MainWindow::updateProblem()
{
    const ProblemReport *newest = m_problemsModel.newestCurrent();
    if (!newest) {
        m_problemBar->setProblem({}, {}, 0);
        return;
    }
    const ServerInfo *info = m_serversModel.server(newest->server);
    m_problemBar->setProblem(*newest,
                             info ? info->spec.name.section(QLatin1Char('/'), -1) : QString(),
                             m_problemsModel.currentCount() - 1);
}

// --- what is selected ---

const ServerInfo *MainWindow::current() const
{
    return m_current.isValid() ? m_serversModel.server(m_current) : nullptr;
}

void MainWindow::showServer(ServerId id)
{
    m_servers->showServer(id);
}

void MainWindow::currentServerChanged(ServerId id)
{
    m_current = id;
    m_connectionsModel.setServer(id);
    m_composer->setServer(id);
    if (const ServerInfo *info = current())
        m_form->setServer(*info);
    else
        m_form->setDraft(firstSpec());
    serverChanged(id);
}

void MainWindow::serverChanged(ServerId id)
{
    if (id != m_current)
        return;
    const ServerInfo *info = current();
    if (info)
        m_form->setServer(*info);
    const bool listens = info && info->state == ServerState::Listening && info->isReachable;
    m_connections->setListeningAddress(listens ? info->address.display() : QString());
    updateActions();
}

void MainWindow::currentConnectionChanged(ConnectionId id)
{
    m_connection = id;
    m_composer->suggestTarget(id);
    if (m_actions->onlySelected->isChecked())
        updateFilter();
    updateActions();
}

void MainWindow::currentRecordChanged(std::optional<RecordIndex> index)
{
    m_record->setRecord(index);
    const std::optional<Record> record = index ? m_engine.capture().record(*index) : std::nullopt;
    if (record)
        m_composer->suggestTarget(record->connection);
}

void MainWindow::updateActions()
{
    m_actions->showServer(current(), m_form->address().has_value());
    const std::optional<ConnectionInfo> connection =
        m_connection.isValid() ? m_engine.connection(m_connection) : std::nullopt;
    m_actions->showConnection(connection && connection->isOpen(),
                              m_connectionsModel.rowCount() > 0);
}

void MainWindow::updateFilter()
{
    QString text = m_filterText;
    if (m_actions->onlySelected->isChecked() && m_connection.isValid()) {
        const QString only = QStringLiteral("conn == %1").arg(m_connection.value);
        text = text.isEmpty() ? only : QStringLiteral("%1 and (%2)").arg(only, text);
    }
    if (text == m_filterInForce)
        return;
    m_filterInForce = text;
    const CaptureFilter filter = CaptureFilter::parse(text).value_or(CaptureFilter());
    m_trafficModel.setFilter(filter);
    m_traffic->setFiltered(!filter.matchesEverything());
}

// --- what the user asks for ---

ServerSpec MainWindow::firstSpec() const
{
    ServerSpec usual;
    usual.name = suggestedName(QStringLiteral("demo"), NameContext::current());
    usual.access.user = true; // the safest that is of use
    ServerSpec spec = m_state.lastSpec().value_or(usual);
    spec.name = freeName(spec.name, takenNames());
    return spec;
}

QStringList MainWindow::takenNames() const
{
    QStringList names;
    for (int row = 0; row < m_serversModel.rowCount(); ++row)
        names << m_serversModel.at(row).spec.name;
    return names;
}

int MainWindow::countServers(ServerState state) const
{
    const std::vector<ServerInfo> servers = m_engine.servers().servers;
    return static_cast<int>(
        std::count_if(servers.begin(), servers.end(),
                      [state](const ServerInfo &info) { return info.state == state; }));
}

void MainWindow::newServer()
{
    m_servers->showServer({});
    if (!m_current.isValid())
        m_form->setDraft(firstSpec());
    m_form->suggestName(m_form->spec().name);
}

void MainWindow::start()
{
    // A second click before the new server has appeared would make a second one.
    if (m_servers->isWaiting() || !m_form->address())
        return;
    m_servers->showServer(m_commands->start(m_current, m_form->spec()));
}

void MainWindow::apply()
{
    if (m_current.isValid())
        m_commands->applyAndListenAgain(m_current, m_form->spec());
}

void MainWindow::askConnect()
{
    const QString last = m_state.recentAddresses().value(0);
    m_prompt.askText(tr("Connect"), tr("Address: a path, or @ and an abstract name"), last, this,
                     [this](const QString &address) {
                         if (!address.trimmed().isEmpty())
                             m_servers->showServer(m_commands->connectTo(address.trimmed()));
                     });
}

void MainWindow::pickAnotherName(ServerId id)
{
    m_servers->showServer(id);
    m_form->suggestName(freeName(m_form->spec().name, takenNames() << m_form->spec().name));
}

void MainWindow::openCapture(const QString &file)
{
    m_captures->open(file, m_status);
}

/// The engine outlives this window, and so all that this window waits for.
std::shared_ptr<const CaptureLog> MainWindow::sharedLog() const
{
    return {std::shared_ptr<void>(), &m_engine.capture()};
}

void MainWindow::askSave()
{
    m_captures->askSave(sharedLog(),
                        QDateTime::currentDateTime().toString(
                            QStringLiteral("'sockeye-'yyyy-MM-dd-HHmmss'.pcapng'")),
                        m_status);
}

ProblemsPanel *MainWindow::problemsPanel()
{
    if (m_problems)
        return m_problems;
    m_problemsDock = new QDockWidget(tr("Problems"), this);
    m_problemsDock->setObjectName(QStringLiteral("problems"));
    m_problemsDock->setAllowedAreas(Qt::BottomDockWidgetArea);
    m_problems = new ProblemsPanel(m_problemsModel, m_problemsDock);
    m_problemsDock->setWidget(m_problems);
    addDockWidget(Qt::BottomDockWidgetArea, m_problemsDock);
    m_problemsDock->hide();
    connect(m_problems, &ProblemsPanel::remedyChosen, m_commands, &ServerCommands::apply);
    connect(m_problems, &ProblemsPanel::dismissed, m_commands, &ServerCommands::dismiss);
    connect(m_problemsDock, &QDockWidget::visibilityChanged, m_actions->problems,
            &QAction::setChecked);
    return m_problems;
}

void MainWindow::showProblems(bool on)
{
    if (on)
        problemsPanel()->selectNewest();
    if (m_problemsDock)
        m_problemsDock->setVisible(on);
}

void MainWindow::showAbout()
{
    m_prompt.tell(tr("About Sockeye"),
                  tr("Sockeye %1, a workbench for local sockets.\n\nGPL-3.0-or-later")
                      .arg(QLatin1String(SOCKEYE_VERSION)));
}

} // namespace Sockeye
