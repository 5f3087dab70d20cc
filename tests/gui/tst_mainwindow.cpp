// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/gui/guitest.h"
#include "tests/kit/patience.h"
#include "tests/localsockets.h"
#include "ui/composer/bytesedit.h"
#include "ui/composer/composerpanel.h"
#include "ui/connections/connectionsview.h"
#include "ui/mainwindow/appactions.h"
#include "ui/mainwindow/captureview.h"
#include "ui/mainwindow/capturewindow.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/statusline.h"
#include "ui/problems/problembar.h"
#include "ui/problems/problemspanel.h"
#include "ui/servers/serverform.h"
#include "ui/servers/serverspanel.h"
#include "ui/traffic/recordpanel.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/panelheader.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QLocalServer>
#include <QLocalSocket>
#include <QPushButton>
#include <QSplitter>
#include <QStatusBar>
#include <QTableView>
#include <QToolBar>
#include <QToolButton>

#include <unistd.h>

using namespace Sockeye;

class tst_MainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void threeActsToListening();
    void emptyPanelsSayWhatToDo();
    void fullPanels();
    void selectionShowsOnlyItsConnections();
    void onlyTheSelectedConnection();
    void applyListensAgain();
    void addressInUseThenAnotherName();
    void takeOverAsksFirst();
    void staleSocketOfAnotherUserIsRemoved();
    void ownerIsShown();
    void problemsListIsAClickAway();
    void pauseAndAcceptNext();
    void removingAsksWhileClientsAreConnected();
    void connectsOut();
    void closingAsksWhileServersListen();
    void settingsAreRestored();
    void savedCaptureOpensInAWindow();
    void brokenCaptureIsTold();
    void toolBarOffersTheFiles();
    void smallWindowShowsWhatMatters();
    void selectedRecordIsAnswered();

private:
    void type(const QString &name);
    void start(const QString &name);
    [[nodiscard]] QString path(const char *name) const;
    [[nodiscard]] std::unique_ptr<QLocalSocket> client(const QString &address);
    [[nodiscard]] const ServerInfo *server(int row = 0) const;
    [[nodiscard]] std::vector<ServerInfo> servers() const;
    [[nodiscard]] QStringList emptyStates() const;
    void choose(Remedy remedy);

    std::unique_ptr<Workbench> m_bench;
    std::unique_ptr<MainWindow> m_window;
};

void tst_MainWindow::init()
{
    m_bench = std::make_unique<Workbench>();
    m_window = std::make_unique<MainWindow>(*m_bench->engine, *m_bench->state, m_bench->prompt);
    m_window->resize(1440, 900); // the screen that is not there is smaller
    m_window->show();
}

void tst_MainWindow::cleanup()
{
    m_window.reset();
    m_bench.reset();
}

QString tst_MainWindow::path(const char *name) const
{
    return m_bench->folder.file(QLatin1String(name));
}

void tst_MainWindow::type(const QString &name)
{
    QLineEdit *line = m_window->serverForm()->nameBox()->lineEdit();
    line->selectAll();
    QTest::keyClicks(line, name);
}

void tst_MainWindow::start(const QString &name)
{
    const size_t before = servers().size();
    m_window->actions()->serve->trigger();
    type(name);
    m_window->serverForm()->startButton()->click();
    TRY_COMPARE(servers().size(), before + 1);
    TRY_COMPARE(m_window->serverForm()->server(), servers().back().id);
}

std::unique_ptr<QLocalSocket> tst_MainWindow::client(const QString &address)
{
    auto socket = std::make_unique<QLocalSocket>();
    [&] {
        TRY_VERIFY(QFile::exists(address));
        // The file is there a moment before anybody listens.
        TRY_VERIFY((socket->connectToServer(address), socket->waitForConnected()));
    }();
    return socket;
}

std::vector<ServerInfo> tst_MainWindow::servers() const
{
    return m_bench->engine->servers().servers;
}

const ServerInfo *tst_MainWindow::server(int row) const
{
    static std::vector<ServerInfo> list;
    list = servers();
    return row < static_cast<int>(list.size()) ? &list[static_cast<size_t>(row)] : nullptr;
}

QStringList tst_MainWindow::emptyStates() const
{
    QStringList titles;
    for (const EmptyState *state : m_window->findChildren<EmptyState *>()) {
        if (state->isVisible())
            titles << visibleLabels(*state).value(0);
    }
    titles.sort();
    return titles;
}

void tst_MainWindow::choose(Remedy remedy)
{
    TRY_VERIFY(m_window->problemBar()->button(remedy));
    m_window->problemBar()->button(remedy)->click();
}

void tst_MainWindow::threeActsToListening()
{
    type(path("api"));
    m_window->serverForm()->findChild<QCheckBox *>(QStringLiteral("groupBox"))->click();
    m_window->serverForm()->startButton()->click();

    const auto peer = client(path("api"));
    peer->write("hello");
    TRY_COMPARE(peer->bytesAvailable(), qint64(5)); // it echoes
    TRY_COMPARE(m_window->connectionsView()->table()->model()->rowCount(), 1);
    QCOMPARE(server()->state, ServerState::Listening);
    QCOMPARE(server()->mode, std::optional<mode_t>(0770));
    TRY_VERIFY(m_window->trafficView()->table()->model()->rowCount() >= 3); // open, →, ←
    TRY_COMPARE(m_window->serverForm()->startButton()->text(), QStringLiteral("Stop listening"));
    m_window->serverForm()->startButton()->click();
    TRY_COMPARE(server()->state, ServerState::Stopped);
    QVERIFY(!QFile::exists(path("api")));
}

void tst_MainWindow::emptyPanelsSayWhatToDo()
{
    TRY_COMPARE(emptyStates().join(QLatin1String(" | ")),
                QStringLiteral("No connections yet | No record selected | No servers yet | "
                               "Nothing recorded yet"));
    keepPictures(*m_window, QStringLiteral("window-empty"));
    start(path("api"));
    // With a server that listens, the empty table names a command that connects.
    const auto *connections = m_window->connectionsView()->findChild<EmptyState *>();
    TRY_VERIFY2(connections->command().contains(path("api")), qPrintable(connections->command()));
    keepPictures(*m_window, QStringLiteral("window-listening"));
}

void tst_MainWindow::fullPanels()
{
    start(path("api"));
    std::vector<std::unique_ptr<QLocalSocket>> peers;
    for (int number = 0; number < 4; ++number) {
        peers.push_back(client(path("api")));
        peers.back()->write("GET / HTTP/1.1\r\n\r\n");
    }
    peers.pop_back();
    TRY_COMPARE(m_window->connectionsView()->table()->model()->rowCount(), 4);
    TRY_VERIFY(m_window->trafficView()->table()->model()->rowCount() >= 12);
    start(path("other"));
    m_window->serversPanel()->table()->selectRow(0);
    m_window->filterEdit()->setExpression(QStringLiteral("kind == data"));
    TRY_VERIFY(m_window->trafficView()->table()->model()->rowCount() >= 6);
    m_window->trafficView()->table()->selectRow(1);
    TRY_VERIFY(m_window->recordPanel()->record());
    TRY_COMPARE(emptyStates(), QStringList());
    keepPictures(*m_window, QStringLiteral("window-full"));
}

void tst_MainWindow::selectionShowsOnlyItsConnections()
{
    start(path("one"));
    start(path("two"));
    const auto first = client(path("one"));
    const auto second = client(path("two"));
    const auto third = client(path("two"));
    const auto *rows = m_window->connectionsView()->table()->model();
    TRY_COMPARE(rows->rowCount(), 2);
    m_window->serversPanel()->table()->selectRow(0);
    TRY_COMPARE(rows->rowCount(), 1);
    const auto *header = m_window->connectionsView()->findChild<PanelHeader *>();
    TRY_COMPARE(header->title(), QStringLiteral("Connections of one"));
    m_window->actions()->serve->trigger(); // nothing selected: all of them
    TRY_COMPARE(rows->rowCount(), 3);
    TRY_COMPARE(header->title(), QStringLiteral("Connections"));
    QCOMPARE(m_window->serverForm()->server(), ServerId {});
}

void tst_MainWindow::onlyTheSelectedConnection()
{
    start(path("api"));
    const auto first = client(path("api"));
    const auto second = client(path("api"));
    first->write("a");
    TRY_COMPARE(first->bytesAvailable(), qint64(1));
    const auto *rows = m_window->trafficView()->table()->model();
    TRY_COMPARE(rows->rowCount(), 4); // two opened, one record each way
    TRY_COMPARE(m_window->connectionsView()->table()->model()->rowCount(), 2);
    m_window->connectionsView()->table()->selectRow(1);
    m_window->actions()->onlySelected->setChecked(true);
    TRY_COMPARE(rows->rowCount(), 1);
    m_window->connectionsView()->table()->selectRow(0);
    TRY_COMPARE(rows->rowCount(), 3);
    m_window->filterEdit()->setExpression(QStringLiteral("dir == out"));
    TRY_VERIFY(rows->rowCount() < 3);
    m_window->filterEdit()->setExpression({});
    m_window->actions()->onlySelected->setChecked(false);
    TRY_COMPARE(rows->rowCount(), 4);
}

void tst_MainWindow::applyListensAgain()
{
    start(path("api"));
    const auto peer = client(path("api"));
    TRY_COMPARE(server()->open, quint64(1));
    m_window->serverForm()->findChild<QCheckBox *>(QStringLiteral("worldBox"))->click();
    QVERIFY(m_window->serverForm()->needsListenAgain());
    QCOMPARE(server()->mode, std::optional<mode_t>(0700));
    m_window->serverForm()->findChild<QPushButton *>(QStringLiteral("applyButton"))->click();
    TRY_COMPARE(server()->mode, std::optional<mode_t>(0777));
    TRY_VERIFY(!m_window->serverForm()->needsListenAgain());
    // The client that was connected stayed.
    QCOMPARE(server()->open, quint64(1));
    peer->write("still");
    TRY_COMPARE(peer->bytesAvailable(), qint64(5));
}

void tst_MainWindow::addressInUseThenAnotherName()
{
    QLocalServer foreign;
    QVERIFY(foreign.listen(path("api")));
    start(path("api"));
    TRY_COMPARE(server()->state, ServerState::Failed);
    TRY_VERIFY2(m_window->problemBar()->text().contains(QStringLiteral("in use")),
                qPrintable(m_window->problemBar()->text()));
    keepPictures(*m_window, QStringLiteral("window-failed"));
    choose(Remedy::PickAnotherName);
    TRY_COMPARE(m_window->serverForm()->nameBox()->lineEdit()->selectedText(), path("api-2"));
    m_window->serverForm()->startButton()->click();
    TRY_COMPARE(server()->state, ServerState::Listening);
    QCOMPARE(servers().size(), size_t(1));
    QVERIFY(foreign.isListening());
    TRY_VERIFY(!m_window->problemBar()->problem());
    QVERIFY(client(path("api-2"))->isValid());
}

void tst_MainWindow::takeOverAsksFirst()
{
    QLocalServer foreign;
    QVERIFY(foreign.listen(path("api")));
    start(path("api"));
    choose(Remedy::TakeOver);
    TRY_COMPARE(m_bench->prompt.asked,
                QStringList(QStringLiteral("Hostile takeover: Take it over")));
    QVERIFY(m_bench->prompt.wasDangerous);
    QCOMPARE(server()->state, ServerState::Failed); // the answer was no
    m_bench->prompt.saysYes = true;
    choose(Remedy::TakeOver);
    TRY_COMPARE(server()->state, ServerState::Listening);
    const auto peer = client(path("api"));
    TRY_COMPARE(server()->open, quint64(1));
}

void tst_MainWindow::staleSocketOfAnotherUserIsRemoved()
{
    if (!isRoot())
        QSKIP("only root can give a socket to another user");
    makeStaleSocket(m_bench->folder.bytes(QStringLiteral("api")));
    QCOMPARE(::chown(qPrintable(path("api")), nobodyUser, nobodyUser), 0);
    start(path("api"));
    TRY_COMPARE(server()->state, ServerState::Failed);
    choose(Remedy::RemoveStaleAndRetry);
    TRY_COMPARE(server()->state, ServerState::Listening);
    QVERIFY(client(path("api"))->isValid());
    TRY_VERIFY(!m_window->problemBar()->problem());
}

void tst_MainWindow::ownerIsShown()
{
    QLocalServer foreign;
    QVERIFY(foreign.listen(path("api")));
    start(path("api"));
    choose(Remedy::ShowOwner);
    TRY_VERIFY2(m_bench->prompt.told.contains(path("api")), qPrintable(m_bench->prompt.told));
}

void tst_MainWindow::problemsListIsAClickAway()
{
    start(path("missing/api"));
    TRY_VERIFY(m_window->problemBar()->problem());
    m_window->actions()->problems->trigger();
    TRY_VERIFY(m_window->problemsPanel()->isVisible());
    QVERIFY2(m_window->problemsPanel()->detailText().contains(QStringLiteral("missing")),
             qPrintable(m_window->problemsPanel()->detailText()));
    keepPictures(*m_window, QStringLiteral("window-problems"));
    m_window->actions()->problems->trigger();
    TRY_VERIFY(!m_window->problemsPanel()->isVisible());
}

void tst_MainWindow::pauseAndAcceptNext()
{
    start(path("api"));
    TRY_COMPARE(server()->state, ServerState::Listening);
    TRY_VERIFY(m_window->actions()->pause->isEnabled());
    m_window->actions()->pause->trigger();
    TRY_COMPARE(server()->state, ServerState::Paused);
    const auto peer = client(path("api")); // waits in the backlog
    TRY_VERIFY(m_window->actions()->acceptNext->isEnabled());
    QCOMPARE(server()->accepted, quint64(0));
    TRY_VERIFY2(m_window->statusLine()->text().startsWith(QStringLiteral("1 paused")),
                qPrintable(m_window->statusLine()->text()));
    // The words stand in the list as a whole.
    const QTableView *list = m_window->serversPanel()->table();
    const QModelIndex state = list->model()->index(0, ServersModel::StateColumn);
    TRY_COMPARE(state.data().toString(), QStringLiteral("paused, 1 waiting"));
    QVERIFY(list->sizeHintForIndex(state).width() <= list->columnWidth(state.column()));
    keepPictures(*m_window, QStringLiteral("window-paused"));
    m_window->actions()->acceptNext->trigger();
    TRY_COMPARE(server()->accepted, quint64(1));
    TRY_VERIFY(m_window->actions()->pause->isChecked());
    m_window->actions()->pause->trigger();
    TRY_COMPARE(server()->state, ServerState::Listening);
}

void tst_MainWindow::removingAsksWhileClientsAreConnected()
{
    start(path("api"));
    const auto peer = client(path("api"));
    TRY_COMPARE(server()->open, quint64(1));
    const auto *rows = m_window->serversPanel()->table()->model();
    TRY_COMPARE(rows->index(0, 1).data().toString(), QStringLiteral("1"));
    m_window->actions()->removeServer->trigger();
    QCOMPARE(m_bench->prompt.asked, QStringList(QStringLiteral("Remove server: Remove")));
    QCOMPARE(servers().size(), size_t(1));
    m_bench->prompt.saysYes = true;
    m_window->actions()->removeServer->trigger();
    TRY_COMPARE(servers().size(), size_t(0));
    TRY_COMPARE(m_window->serverForm()->server(), ServerId {});
}

void tst_MainWindow::connectsOut()
{
    QLocalServer foreign;
    QVERIFY(foreign.listen(path("api")));
    m_bench->prompt.text = path("api");
    m_window->actions()->connectTo->trigger();
    TRY_VERIFY(foreign.hasPendingConnections());
    TRY_VERIFY(m_window->composer()->line()->isEnabled());
    m_window->composer()->line()->setText(QStringLiteral("hello\\n"));
    m_window->composer()->sendButton()->click();
    QLocalSocket *peer = foreign.nextPendingConnection();
    TRY_COMPARE(peer->bytesAvailable(), qint64(6));
    QCOMPARE(m_bench->state->recentAddresses(), QStringList(path("api")));
}

void tst_MainWindow::closingAsksWhileServersListen()
{
    start(path("api"));
    TRY_COMPARE(server()->state, ServerState::Listening);
    m_window->close();
    QCOMPARE(m_bench->prompt.asked, QStringList(QStringLiteral("Quit Sockeye: Stop and quit")));
    QCOMPARE(m_bench->prompt.questionText,
             QStringLiteral("A server is listening. It stops, and its clients are disconnected."));
    QVERIFY(m_window->isVisible());
    start(path("other"));
    TRY_COMPARE(server(1)->state, ServerState::Listening);
    m_window->close();
    QCOMPARE(m_bench->prompt.questionText,
             QStringLiteral("2 servers are listening. They stop, and their clients are "
                            "disconnected."));
    m_bench->engine->execute(Command::Pause {server(0)->id});
    TRY_COMPARE(server(0)->state, ServerState::Paused);
    m_window->close();
    QCOMPARE(m_bench->prompt.questionText,
             QStringLiteral("2 servers are listening or paused. They stop, and their clients are "
                            "disconnected."));
    m_bench->engine->execute(Command::RemoveServer {server(1)->id});
    TRY_COMPARE(servers().size(), size_t(1));
    m_window->close();
    QCOMPARE(m_bench->prompt.questionText,
             QStringLiteral("A server is paused. It stops, and its clients are disconnected."));
    m_bench->prompt.saysYes = true;
    m_window->close();
    TRY_VERIFY(!m_window->isVisible());
    // Without a server that listens nothing is asked.
    m_bench->engine->execute(Command::Stop {server()->id});
    TRY_COMPARE(server()->state, ServerState::Stopped);
    MainWindow second(*m_bench->engine, *m_bench->state, m_bench->prompt);
    second.show();
    m_bench->prompt.asked.clear();
    second.close();
    QCOMPARE(m_bench->prompt.asked, QStringList());
}

void tst_MainWindow::settingsAreRestored()
{
    start(path("api"));
    TRY_COMPARE(server()->state, ServerState::Listening);
    m_window->resize(1000, 700);
    m_window->findChild<QSplitter *>(QStringLiteral("across"))->setSizes({400, 600});
    const QList<int> sizes = m_window->findChild<QSplitter *>(QStringLiteral("across"))->sizes();
    m_window->trafficView()->setFollowing(false);
    m_window->actions()->appearanceAction(Appearance::Dark)->trigger();
    m_bench->prompt.saysYes = true;
    m_window->close();
    TRY_VERIFY(!m_window->isVisible());

    const std::unique_ptr<WindowState> state = m_bench->freshState();
    QCOMPARE(state->recentNames(), QStringList(path("api")));
    QCOMPARE(state->lastSpec().value_or(ServerSpec {}), server()->spec);
    QCOMPARE(state->appearance(), Appearance::Dark);
    MainWindow next(*m_bench->engine, *state, m_bench->prompt);
    next.show();
    QCOMPARE(next.size(), QSize(1000, 700));
    QCOMPARE(next.findChild<QSplitter *>(QStringLiteral("across"))->sizes(), sizes);
    QCOMPARE(next.trafficView()->isFollowing(), false);
    QVERIFY(next.actions()->appearanceAction(Appearance::Dark)->isChecked());
    QCOMPARE(next.serverForm()->nameBox()->itemText(0), path("api"));
}

void tst_MainWindow::savedCaptureOpensInAWindow()
{
    start(path("api"));
    const auto peer = client(path("api"));
    peer->write("kept");
    TRY_COMPARE(peer->bytesAvailable(), qint64(4));
    TRY_VERIFY(m_window->trafficView()->table()->model()->rowCount() >= 3);
    m_bench->prompt.file = path("saved.pcapng");
    m_window->actions()->save->trigger();
    TRY_VERIFY(m_window->statusLine()->currentMessage().startsWith(QStringLiteral("Saved")));

    QSignalSpy opened(m_window.get(), &MainWindow::captureOpened);
    m_window->actions()->open->trigger();
    TRY_COMPARE(opened.count(), 1);
    auto *capture = m_window->findChild<CaptureWindow *>();
    QVERIFY(capture);
    TRY_VERIFY(capture->current()->trafficView()->table()->model()->rowCount() >= 3);
    QCOMPARE(capture->windowTitle(), QStringLiteral("saved.pcapng")); // Qt adds "Sockeye"
    QVERIFY(!capture->current()->trafficView()->isFollowing());
    QVERIFY(!capture->findChild<PanelHeader *>()->detail().contains(QStringLiteral("follow")));
    // A copy of it is the same file.
    m_bench->prompt.file = path("copy.pcapng");
    Q_EMIT capture->saveAsked(capture->current());
    TRY_VERIFY(capture->statusBar()->currentMessage().startsWith(QStringLiteral("Saved")));
    QFile saved(path("saved.pcapng"));
    QFile copy(path("copy.pcapng"));
    QVERIFY(saved.open(QIODevice::ReadOnly) && copy.open(QIODevice::ReadOnly));
    QCOMPARE(copy.readAll(), saved.readAll());
    capture->current()->filterEdit()->setExpression(
        QStringLiteral("text contains \"kept\" and dir == in"));
    TRY_COMPARE(capture->current()->trafficView()->table()->model()->rowCount(), 1);
    capture->current()->trafficView()->table()->selectRow(0);
    TRY_VERIFY(capture->current()->recordPanel()->record());
    keepPictures(*capture, QStringLiteral("capture-window"));
    capture->close();
}

void tst_MainWindow::toolBarOffersTheFiles()
{
    const auto *bar = m_window->findChild<QToolBar *>(QStringLiteral("tools"));
    const QList<QAction *> actions = bar->actions();
    const qsizetype open = actions.indexOf(m_window->actions()->open);
    QVERIFY(open >= 0);
    QCOMPARE(actions.indexOf(m_window->actions()->save), open + 1);
    auto *button = qobject_cast<QToolButton *>(bar->widgetForAction(m_window->actions()->open));
    QVERIFY(button && button->isVisible());
    button->click();
    QCOMPARE(m_bench->prompt.asked, QStringList(QStringLiteral("Open a capture")));
}

/// In a window of 1024 × 700 what matters is in sight, and no text is cut in half.
void tst_MainWindow::smallWindowShowsWhatMatters()
{
    m_window->resize(1024, 700);
    const auto isWhole = [this] {
        for (const EmptyState *state : m_window->findChildren<EmptyState *>()) {
            for (const QWidget *part :
                 state->findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly)) {
                if (state->isVisible() && part->isVisible()
                    && !state->rect().contains(part->geometry()))
                    return false;
            }
        }
        return true;
    };
    QCoreApplication::processEvents();
    TRY_VERIFY(isWhole());
    keepPictures(*m_window, QStringLiteral("window-small-empty"));
    start(path("missing/api"));
    TRY_VERIFY(m_window->problemBar()->problem());
    m_window->actions()->problems->trigger();
    TRY_VERIFY(m_window->problemsPanel()->isVisible());
    TRY_VERIFY(isWhole());
    const auto *problems =
        m_window->problemsPanel()->findChild<QTableView *>(QStringLiteral("problemsTable"));
    TRY_VERIFY(problems->columnWidth(ProblemsModel::ProblemColumn) > 200);
    keepPictures(*m_window, QStringLiteral("window-small-problems"));
    m_window->actions()->problems->trigger();
    start(path("api"));
    const auto peer = client(path("api"));
    const QTableView *table = m_window->connectionsView()->table();
    TRY_COMPARE(table->model()->rowCount(), 1);
    for (const int column :
         {ConnectionsModel::IdColumn, ConnectionsModel::PeerColumn, ConnectionsModel::UserColumn,
          ConnectionsModel::SentColumn, ConnectionsModel::ReceivedColumn,
          ConnectionsModel::AgeColumn, ConnectionsModel::RateColumn}) {
        const QRect cell = table->visualRect(table->model()->index(0, column));
        QVERIFY2(cell.width() > 30 && cell.right() <= table->viewport()->width(),
                 qPrintable(QString::number(column)));
    }
    keepPictures(*m_window, QStringLiteral("window-small"));
}

void tst_MainWindow::brokenCaptureIsTold()
{
    m_bench->prompt.file = m_bench->folder.write(QStringLiteral("broken.pcapng"), "not one");
    m_window->actions()->open->trigger();
    TRY_VERIFY2(m_bench->prompt.told.contains(QStringLiteral("broken.pcapng")),
                qPrintable(m_bench->prompt.told));
    QVERIFY(!m_window->findChild<CaptureWindow *>());
}

void tst_MainWindow::selectedRecordIsAnswered()
{
    start(path("api"));
    const auto first = client(path("api"));
    const auto second = client(path("api"));
    TRY_COMPARE(m_window->composer()->targetBox()->count(), 3); // both, and all
    first->write("from the first");
    TRY_COMPARE(first->bytesAvailable(), qint64(14));
    const QTableView *traffic = m_window->trafficView()->table();
    TRY_COMPARE(traffic->model()->rowCount(), 4); // two opened, one record each way
    const quint64 answered = traffic->model()->index(2, 0).data(ConnectionIdRole).toULongLong();
    TRY_VERIFY(m_window->composer()->target().isValid());
    QVERIFY(m_window->composer()->target().value != answered); // the newest
    m_window->trafficView()->table()->selectRow(2);
    QCOMPARE(m_window->composer()->target().value, answered);
    m_window->connectionsView()->table()->selectRow(1);
    QVERIFY(m_window->composer()->target().value != answered);
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_MainWindow>(argc, argv);
}

#include "tst_mainwindow.moc"
