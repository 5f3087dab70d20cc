// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/appactions.h"

#include "ui/widgets/icons.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

namespace Sockeye {

AppActions::AppActions(const PanelActions &panels, QObject *parent)
    : QObject(parent)
    , m_panels(panels)
    , m_appearance(new QActionGroup(this))
{
    makeServerActions();
    makeCaptureActions();
    makeViewActions();
}

QAction *AppActions::make(const QString &text, const char *iconName, const QKeySequence &shortcut,
                          const QString &toolTip)
{
    auto *action = new QAction(text, this);
    if (*iconName != '\0')
        action->setIcon(icon(QLatin1String(iconName)));
    action->setShortcut(shortcut);
    const QString keys = shortcut.toString(QKeySequence::NativeText);
    action->setToolTip(keys.isEmpty() ? toolTip : QStringLiteral("%1 (%2)").arg(toolTip, keys));
    action->setStatusTip(QString());
    return action;
}

void AppActions::makeServerActions()
{
    serve = make(tr("&Serve"), "serve", QKeySequence::New, tr("A new server"));
    tap = make(tr("Ta&p…"), "tap", QKeySequence(tr("Ctrl+T")),
               tr("Find a socket that is in use and watch what goes over it"));
    connectTo = make(tr("&Connect…"), "connect", QKeySequence(tr("Ctrl+K")),
                     tr("Connect to a local socket as a client"));
    start = make(tr("S&tart"), "start", QKeySequence(tr("F5")), tr("Start listening"));
    stop = make(tr("St&op"), "stop", QKeySequence(tr("Shift+F5")),
                tr("Stop listening and disconnect the clients"));
    pause = make(tr("&Pause"), "pause", QKeySequence(tr("F6")),
                 tr("Leave new clients waiting; connected ones go on"));
    pause->setCheckable(true);
    acceptNext = make(tr("&Accept next"), "next", QKeySequence(tr("F7")),
                      tr("While paused: accept one waiting client"));
    listenAgain =
        make(tr("&Listen again"), "", {}, tr("Make the socket anew; connected clients stay"));
    copyAddress = make(tr("&Copy address"), "copy", {}, tr("Copy the address of the server"));
    removeServer = make(tr("&Remove"), "", QKeySequence::Delete, tr("Remove the server"));
    removeServer->setShortcutContext(Qt::WidgetShortcut);
    disconnectOne = make(tr("&Disconnect"), "disconnect", QKeySequence(tr("Ctrl+D")),
                         tr("Send what is queued, then close the connection"));
    disconnectAll = make(tr("Disconnect &all"), "", {}, tr("Close all connections of the server"));
}

void AppActions::makeCaptureActions()
{
    open = make(tr("&Open…"), "open", QKeySequence::Open,
                tr("Look at a saved capture in a window of its own"));
    save = make(tr("&Save…"), "save", QKeySequence::Save,
                tr("Save the capture; Wireshark can read it, too"));
    clear = make(tr("&Clear"), "clear", QKeySequence(tr("Ctrl+L")),
                 tr("Forget all records; connections go on"));
    onlySelected = make(tr("Only the selected &connection"), "", QKeySequence(tr("Ctrl+E")),
                        tr("Show the traffic of the selected connection only"));
    onlySelected->setCheckable(true);
    filter = make(tr("Fil&ter"), "filter", QKeySequence::Find, tr("Type a filter"));
    quit = make(tr("&Quit"), "", QKeySequence::Quit, tr("Stop all servers and quit"));
    quit->setMenuRole(QAction::QuitRole);
}

void AppActions::makeViewActions()
{
    problems = make(tr("&Problems"), "warning", QKeySequence(tr("Ctrl+Shift+P")),
                    tr("The list of all problems"));
    problems->setCheckable(true);
    about = make(tr("&About Sockeye"), "", {}, tr("What this is"));
    about->setMenuRole(QAction::AboutRole);
    aboutQt = make(tr("About &Qt"), "", {}, tr("The library it is made with"));
    aboutQt->setMenuRole(QAction::AboutQtRole);
    const std::pair<Appearance, QString> choices[] = {
        {Appearance::System, tr("As the &desktop")},
        {Appearance::Light, tr("&Light")},
        {Appearance::Dark, tr("Dar&k")},
    };
    for (const auto &[appearance, text] : choices) {
        auto *action = new QAction(text, m_appearance);
        action->setCheckable(true);
        action->setData(static_cast<int>(appearance));
    }
    connect(m_appearance, &QActionGroup::triggered, this, [this](QAction *action) {
        Q_EMIT appearanceChosen(static_cast<Appearance>(action->data().toInt()));
    });
}

void AppActions::fillMenus(QMenuBar *bar)
{
    QMenu *file = bar->addMenu(tr("&File"));
    file->addAction(open);
    recent = file->addMenu(tr("Open &recent"));
    file->addActions({save, quit});
    QMenu *server = bar->addMenu(tr("&Server"));
    server->addActions({serve, tap, connectTo});
    server->addSeparator();
    server->addActions({start, stop, pause, acceptNext, listenAgain});
    server->addSeparator();
    server->addActions({copyAddress, removeServer});
    QMenu *connection = bar->addMenu(tr("&Connection"));
    connection->addActions({disconnectOne, disconnectAll, m_panels.endSending});
    QMenu *capture = bar->addMenu(tr("Ca&pture"));
    capture->addActions({m_panels.follow, onlySelected, filter, m_panels.goTo});
    capture->addSeparator();
    capture->addActions({save, clear});
    QMenu *view = bar->addMenu(tr("&View"));
    view->addAction(problems);
    view->addMenu(tr("&Appearance"))->addActions(m_appearance->actions());
    bar->addMenu(tr("&Help"))->addActions({about, aboutQt});
}

void AppActions::fillToolBarStart(QToolBar *bar)
{
    bar->addActions({serve, tap, connectTo});
    bar->addSeparator();
    bar->addActions({start, stop});
    bar->addSeparator();
}

void AppActions::fillToolBarEnd(QToolBar *bar)
{
    bar->addActions({open, save, clear, m_panels.follow});
}

QList<QAction *> AppActions::serverActions() const
{
    return {start, stop, pause, acceptNext, listenAgain, copyAddress, removeServer};
}

void AppActions::showServer(const ServerInfo *info, bool canStart)
{
    const bool isServer = info && !info->isClient;
    const bool listening = isServer && info->state == ServerState::Listening;
    const bool paused = isServer && info->state == ServerState::Paused;
    start->setEnabled(!listening && !paused && canStart && (!info || isServer));
    stop->setEnabled(listening || paused);
    pause->setEnabled(listening || paused);
    pause->setChecked(paused);
    acceptNext->setEnabled(paused);
    listenAgain->setEnabled(listening || paused);
    copyAddress->setEnabled(info && info->address.isValid());
    removeServer->setEnabled(info != nullptr);
}

void AppActions::showConnection(bool isOpen, bool any)
{
    disconnectOne->setEnabled(isOpen);
    disconnectAll->setEnabled(any);
}

void AppActions::showAppearance(Appearance appearance)
{
    appearanceAction(appearance)->setChecked(true);
}

QAction *AppActions::appearanceAction(Appearance appearance) const
{
    for (QAction *action : m_appearance->actions()) {
        if (action->data().toInt() == static_cast<int>(appearance))
            return action;
    }
    Q_UNREACHABLE();
}

} // namespace Sockeye
