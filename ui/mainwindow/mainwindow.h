// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/connectionsmodel.h"
#include "core/models/problemsmodel.h"
#include "core/models/refreshclock.h"
#include "core/models/serversmodel.h"
#include "core/models/trafficmodel.h"
#include "ui/mainwindow/background.h"
#include "ui/widgets/theme.h"

#include <QMainWindow>

#include <memory>

class QDockWidget;
class QSplitter;

namespace Sockeye {

class AppActions;
class CaptureFiles;
class CaptureWindow;
class ComposerPanel;
class ConnectionsView;
class FilterEdit;
class ProblemBar;
class ProblemsPanel;
class RecordPanel;
class ServerCommands;
class ServerForm;
class ServersPanel;
class StatusLine;
class Tapping;
class TrafficView;
class UserPrompt;
class WindowState;

/// The window: panels, menus, and what is selected; nothing else. Everything it needs is handed in
/// and outlives it.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// When the window appears: when it is shown, or at once, and is filled while the window system
    /// brings it up. Nothing is painted before it is full.
    enum class Appears { WhenShown, AtOnce };

    MainWindow(Engine &engine, WindowState &state, UserPrompt &prompt,
               Appears appears = Appears::WhenShown);
    ~MainWindow() override;

    [[nodiscard]] ServersPanel *serversPanel() const { return m_servers; }
    [[nodiscard]] ServerForm *serverForm() const { return m_form; }
    [[nodiscard]] ConnectionsView *connectionsView() const { return m_connections; }
    [[nodiscard]] TrafficView *trafficView() const { return m_traffic; }
    [[nodiscard]] RecordPanel *recordPanel() const { return m_record; }
    [[nodiscard]] ComposerPanel *composer() const { return m_composer; }
    [[nodiscard]] ProblemBar *problemBar() const { return m_problemBar; }
    [[nodiscard]] FilterEdit *filterEdit() const { return m_filter; }
    [[nodiscard]] StatusLine *statusLine() const { return m_status; }
    [[nodiscard]] AppActions *actions() const { return m_actions; }
    [[nodiscard]] Tapping *tapping() const { return m_tapping.get(); }
    /// Made when it is first asked for.
    [[nodiscard]] ProblemsPanel *problemsPanel();
    /// Selects it as soon as it is there.
    void showServer(ServerId id);
    /// Opens a capture file in a window of its own.
    void openCapture(const QString &file);
    /// Even while servers listen: they stop.
    void closeUnasked();

Q_SIGNALS:
    void appearanceChosen(Sockeye::Appearance appearance);
    void captureOpened(Sockeye::CaptureWindow *window);

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void build();
    void buildToolBar();
    QWidget *buildLeft();
    QWidget *buildRight();
    void connectServers();
    void connectTraffic();
    void connectActions();
    void restoreGeometry();
    void restore();
    void remember();

    void tick();
    void currentServerChanged(ServerId id);
    void serverChanged(ServerId id);
    void currentConnectionChanged(ConnectionId id);
    void currentRecordChanged(std::optional<RecordIndex> index);
    void updateActions();
    void updateFilter();
    void updateProblem();
    void newServer();
    void start();
    void apply();
    void askConnect();
    void pickAnotherName(ServerId id);
    void askSave();
    void showProblems(bool on);
    void showAbout();
    [[nodiscard]] std::shared_ptr<const CaptureLog> sharedLog() const;
    [[nodiscard]] const ServerInfo *current() const; ///< nullptr: a draft
    [[nodiscard]] ServerSpec firstSpec() const;
    [[nodiscard]] QStringList takenNames() const;
    [[nodiscard]] int countServers(ServerState state) const;

    Engine &m_engine;
    WindowState &m_state;
    UserPrompt &m_prompt;
    Background m_looks; ///< at the disk and the user database, for the form
    Background m_files; ///< opening and saving takes long: not before a look
    RefreshClock m_clock;
    ServersModel m_serversModel;
    ConnectionsModel m_connectionsModel;
    TrafficModel m_trafficModel;
    ProblemsModel m_problemsModel;
    ServerCommands *m_commands;
    CaptureFiles *m_captures;
    std::unique_ptr<Tapping> m_tapping;
    AppActions *m_actions = nullptr;
    ServersPanel *m_servers = nullptr;
    ServerForm *m_form = nullptr;
    ConnectionsView *m_connections = nullptr;
    TrafficView *m_traffic = nullptr;
    RecordPanel *m_record = nullptr;
    ComposerPanel *m_composer = nullptr;
    ProblemBar *m_problemBar = nullptr;
    FilterEdit *m_filter = nullptr;
    StatusLine *m_status = nullptr;
    QDockWidget *m_problemsDock = nullptr; ///< made when it is first shown
    ProblemsPanel *m_problems = nullptr;
    QList<QSplitter *> m_splitters;
    ServerId m_current;
    ConnectionId m_connection;
    QString m_filterText; ///< the last one that could be read
    QString m_filterInForce;
    bool m_mayClose = false; ///< the user said yes
};

} // namespace Sockeye
