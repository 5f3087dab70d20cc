// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/gui/guitest.h"
#include "tests/kit/patience.h"
#include "tests/localsockets.h"
#include "tests/streamclient.h"
#include "ui/access/whydialog.h"
#include "ui/composer/composerpanel.h"
#include "ui/connections/connectionsview.h"
#include "ui/mainwindow/appactions.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/servers/answerbox.h"
#include "ui/servers/hintsbox.h"
#include "ui/servers/serverform.h"
#include "ui/servers/serverspanel.h"
#include "ui/sockets/socketbrowser.h"
#include "ui/sockets/tapping.h"
#include "ui/traffic/recordpanel.h"
#include "ui/traffic/streampanel.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/filteredit.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QTableView>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Another program: answers each client with what it sent, one after the other.
int echo(const QByteArray &path, const QByteArray &ready)
{
    const Descriptor server = foreignServer(path);
    const Descriptor sign = foreignServer(ready); // the parent waits for this file
    for (;;) {
        pollfd entry {.fd = server.get(), .events = POLLIN, .revents = 0};
        ::poll(&entry, 1, -1);
        const Descriptor client(::accept(server.get(), nullptr, nullptr));
        char bytes[4096];
        ssize_t size = 0;
        entry = {.fd = client.get(), .events = POLLIN, .revents = 0};
        while (client && ::poll(&entry, 1, -1) > 0
               && (size = ::recv(client.get(), bytes, sizeof bytes, 0)) > 0)
            static_cast<void>(::send(client.get(), bytes, static_cast<size_t>(size), MSG_NOSIGNAL));
    }
}

ino_t inodeAt(const QString &path)
{
    struct stat status = {};
    return ::lstat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_ino : 0;
}

} // namespace

/// The browser in the window, with the sockets of a real other program.
class tst_SocketBrowser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void newSocketAppears();
    void looksOnlyWhileItIsSeen();
    void filterFindsAndSelects();
    void goneSelectionSelectsNothing();
    void saysWhyNot();
    void emptyStates();
    void keyboard();
    void tapInPlace();
    void tapBeside();
    void tapBesideAtAnAbstractName();
    void tapBesideOfPostgresCanBeFound();
    void tapBesideOfXCanBeFound();
    void connects();
    void whoCanConnect();
    void droppedPath_data();
    void droppedPath();
    void dropOpensTheBrowser();
    void dropOnAField_data();
    void dropOnAField();

private:
    [[nodiscard]] QString path(const char *name) const;
    [[nodiscard]] SocketBrowser &browser() { return *m_window->tapping()->browser(); }
    /// Opens it, and waits until exactly the row of that address is there and selected.
    void find(const QString &address);
    [[nodiscard]] QStringList addresses();
    [[nodiscard]] QString traffic() const;
    [[nodiscard]] ServerInfo server() const;
    void click(const char *button);

    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<ChildProcess> m_program; ///< serves "api"
    std::unique_ptr<Workbench> m_bench;
    std::unique_ptr<MainWindow> m_window;
};

void tst_SocketBrowser::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    // Forked before the engine makes its threads.
    m_program = std::make_unique<ChildProcess>(
        [api = m_folder->bytes(u"api"_s), ready = m_folder->bytes(u"ready"_s)] {
            return echo(api, ready);
        });
    TRY_VERIFY(QFile::exists(path("ready")));
    m_bench = std::make_unique<Workbench>();
    qputenv("XDG_STATE_HOME", QFile::encodeName(m_bench->folder.path()));
    m_window = std::make_unique<MainWindow>(*m_bench->engine, *m_bench->state, m_bench->prompt);
    m_window->resize(1440, 900);
    m_window->show();
}

void tst_SocketBrowser::cleanup()
{
    m_window.reset();
    m_bench.reset();
    m_program.reset();
    m_folder.reset();
}

QString tst_SocketBrowser::path(const char *name) const
{
    return m_folder->file(QLatin1String(name));
}

void tst_SocketBrowser::find(const QString &address)
{
    m_window->actions()->tap->trigger();
    browser().filterEdit()->setText(address);
    TRY_COMPARE(addresses(), QStringList {address});
    TRY_VERIFY(!browser().noteText().isEmpty() && !browser().noteText().startsWith(u"Select"_s));
}

QStringList tst_SocketBrowser::addresses()
{
    QStringList texts;
    for (int row = 0; row < browser().model().rowCount(); ++row)
        texts << browser().model().index(row, SocketsModel::AddressColumn).data().toString();
    return texts;
}

QString tst_SocketBrowser::traffic() const
{
    const QAbstractItemModel &model = *m_window->trafficView()->table()->model();
    QStringList lines;
    for (int row = 0; row < model.rowCount(); ++row) {
        for (int column = 0; column < model.columnCount(); ++column)
            lines << model.index(row, column).data().toString();
    }
    return lines.join(u' ');
}

ServerInfo tst_SocketBrowser::server() const
{
    const std::vector<ServerInfo> list = m_bench->engine->servers().servers;
    return list.empty() ? ServerInfo {} : list.back();
}

void tst_SocketBrowser::click(const char *button)
{
    auto *found = browser().findChild<QPushButton *>(QLatin1String(button));
    QVERIFY(found);
    TRY_VERIFY(found->isEnabled());
    QTest::mouseClick(found, Qt::LeftButton);
}

void tst_SocketBrowser::newSocketAppears()
{
    m_window->actions()->tap->trigger();
    TRY_VERIFY(addresses().contains(path("api")));
    QVERIFY(!addresses().contains(path("late")));
    {
        const Descriptor late = foreignServer(QFile::encodeName(path("late")));
        TRY_VERIFY(addresses().contains(path("late")));
        keepPictures(browser(), u"sockets"_s);
    }
    TRY_VERIFY(!addresses().contains(path("late")));
}

void tst_SocketBrowser::looksOnlyWhileItIsSeen()
{
    m_window->actions()->tap->trigger();
    TRY_VERIFY(browser().lookCount() >= 2);
    browser().reject();
    const QList<QTimer *> timers = browser().findChildren<QTimer *>();
    for (const QTimer *timer : timers)
        QVERIFY(!timer->isActive());
    const int looks = browser().lookCount();
    m_window->actions()->tap->trigger();
    TRY_VERIFY(browser().lookCount() > looks);
}

void tst_SocketBrowser::filterFindsAndSelects()
{
    m_window->actions()->tap->trigger();
    QTest::keyClicks(browser().filterEdit(), path("api") + u" STREAM"_s);
    TRY_COMPARE(addresses(), QStringList {path("api")});
    QVERIFY(browser().table()->selectionModel()->isRowSelected(0));
    TRY_VERIFY(browser().tapButton()->isEnabled());
    QTest::keyClicks(browser().filterEdit(), u" nobody-has-this"_s);
    TRY_VERIFY(!browser().tapButton()->isEnabled());
}

/// The row below must not be under a finger that is about to press "Tap in place".
void tst_SocketBrowser::goneSelectionSelectsNothing()
{
    Descriptor one = foreignServer(QFile::encodeName(path("one")));
    const Descriptor two = foreignServer(QFile::encodeName(path("two")));
    m_window->actions()->tap->trigger();
    browser().filterEdit()->setText(m_folder->path());
    TRY_COMPARE(addresses().size(), 4); // api, one, ready, two
    browser().table()->selectRow(1);
    TRY_VERIFY(!browser().noteText().startsWith(u"Select"_s));
    one.reset();
    TRY_COMPARE(addresses().size(), 3);
    QVERIFY(!browser().table()->selectionModel()->hasSelection());
    QVERIFY(!browser().tapButton()->isEnabled());
}

void tst_SocketBrowser::saysWhyNot()
{
    const Descriptor own = foreignServer(QFile::encodeName(path("own")));
    find(path("own"));
    TRY_VERIFY2(browser().noteText().contains(u"Sockeye itself"_s),
                qPrintable(browser().noteText()));
    QVERIFY(!browser().tapButton()->isEnabled() && !browser().besideButton()->isEnabled());
    find(path("api"));
    TRY_VERIFY(browser().tapButton()->isEnabled() && browser().besideButton()->isEnabled());
    // What explains a tap stands there always.
    QVERIFY(visibleLabels(browser()).join(u' ').contains(u"guardian"_s));
}

void tst_SocketBrowser::emptyStates()
{
    m_window->actions()->tap->trigger();
    const auto *empty = browser().findChild<EmptyState *>();
    QCOMPARE(visibleLabels(*empty).value(0), u"Looking…"_s);
    browser().filterEdit()->setText(u"nobody-has-this"_s);
    TRY_COMPARE(visibleLabels(*empty).value(0), u"No socket fits"_s);
    keepPictures(browser(), u"sockets-none"_s);
    QTest::mouseClick(empty->findChild<QPushButton *>(), Qt::LeftButton);
    TRY_VERIFY(browser().model().rowCount() > 0);
    QVERIFY(!browser().listeningOnlyBox()->isChecked());
    QCOMPARE(browser().model().rowCount(), browser().model().totalCount());
}

void tst_SocketBrowser::keyboard()
{
    find(path("api"));
    QTest::keyClick(browser().filterEdit(), Qt::Key_Return); // into the table, and no tap
    QVERIFY(m_bench->engine->servers().servers.empty());
    QTest::keyClick(browser().table(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), path("api"));
    QTest::keyClick(browser().table(), Qt::Key_Escape);
    QVERIFY(!browser().isVisible());
}

void tst_SocketBrowser::tapInPlace()
{
    const ino_t original = inodeAt(path("api"));
    find(path("api"));
    click("tapInPlace");
    QVERIFY(!browser().isVisible());
    TRY_COMPARE(server().state, ServerState::Listening);
    QVERIFY(inodeAt(path("api")) != original);
    TRY_COMPARE(m_window->serverForm()->startButton()->text(), u"Stop the tap"_s);
    const auto *answer = m_window->serverForm()->findChild<AnswerBox *>();
    QVERIFY(answer && !answer->isVisible()); // the server answers

    StreamClient client(connectTo(m_folder->bytes(u"api"_s)));
    QVERIFY(client.send("hello tap"));
    QCOMPARE(client.receive(9), QByteArray("hello tap"));
    TRY_COMPARE(traffic().count(u"hello tap"_s), 2); // there and back
    const QAbstractItemModel &connections = *m_window->connectionsView()->table()->model();
    TRY_COMPARE(connections.rowCount(), 1);
    const QString details = connections.index(0, 0).data(DetailsRole).toString();
    QVERIFY2(details.contains(u"The server sees: pid %1 (Sockeye)"_s.arg(::getpid())),
             qPrintable(details));
    // Nobody sends by hand between two programs.
    QCOMPARE(m_window->composer()->findChild<QComboBox *>(u"sendTarget"_s)->count(), 0);
    const QModelIndex name =
        m_window->serversPanel()->table()->model()->index(0, ServersModel::NameColumn);
    QCOMPARE(name.data().toString(), u"api \u21c4"_s);
    QCOMPARE(name.siblingAtColumn(ServersModel::StateColumn).data().toString(), u"tapping"_s);
    keepPictures(*m_window, u"window-tap"_s);

    // Both sockets are listed: ours at the address, the original as tapped.
    m_window->actions()->tap->trigger();
    TRY_COMPARE(addresses(), (QStringList {path("api"), path("api")}));
    QStringList marks;
    for (int row = 0; row < 2; ++row)
        marks << browser().model().index(row, SocketsModel::MarkColumn).data().toString();
    QVERIFY2(marks.contains(u"tapped"_s), qPrintable(marks.join(u'|')));

    m_window->serverForm()->startButton()->click();
    TRY_COMPARE(server().state, ServerState::Stopped);
    QCOMPARE(inodeAt(path("api")), original);
    QVERIFY(client.send("still"));
    QCOMPARE(client.receive(5), QByteArray("still")); // who talks may finish
    client.close();
    // A second time it is the same entry.
    find(path("api"));
    click("tapInPlace");
    TRY_COMPARE(server().state, ServerState::Listening);
    QCOMPARE(m_bench->engine->servers().servers.size(), size_t(1));
    QVERIFY(!m_bench->freshState()->lastSpec()); // no name for the next new server
}

void tst_SocketBrowser::tapBeside()
{
    const ino_t original = inodeAt(path("api"));
    m_bench->prompt.text = path("beside");
    find(path("api"));
    click("tapBeside");
    QCOMPARE(m_bench->prompt.asked.size(), 1);
    TRY_COMPARE(server().state, ServerState::Listening);
    QCOMPARE(server().spec.upstream, path("api"));
    QVERIFY(!server().spec.isInPlace);
    QCOMPARE(inodeAt(path("api")), original);
    StreamClient client(connectTo(m_folder->bytes(u"beside"_s)));
    QVERIFY(client.send("hello beside"));
    QCOMPARE(client.receive(12), QByteArray("hello beside"));
    TRY_COMPARE(traffic().count(u"hello beside"_s), 2);
    keepPictures(*m_window, u"window-tap-beside"_s);
    // And what one side of it said, in a file.
    RecordPanel &record = *m_window->recordPanel();
    const CaptureCursor records = m_bench->engine->capture().cursor();
    record.followConnection(m_bench->engine->capture().record(records.end - 1)->connection);
    record.streamPanel()->sideBox()->setCurrentIndex(2);
    TRY_VERIFY(record.streamPanel()->saveButton()->isEnabled());
    keepPictures(*m_window, u"window-tap-stream"_s);
    m_bench->prompt.file = path("raw");
    TRY_VERIFY(record.streamPanel()->saveButton()->isEnabled());
    record.streamPanel()->saveButton()->click();
    TRY_VERIFY(QFile::exists(path("raw")));
    QFile raw(path("raw"));
    QVERIFY(raw.open(QIODevice::ReadOnly));
    QCOMPARE(raw.readAll(), QByteArray("hello beside"));
}

void tst_SocketBrowser::tapBesideAtAnAbstractName()
{
    const QString name = u"@sockeye-test-%1"_s.arg(::getpid());
    m_bench->prompt.text = name;
    m_window->tapping()->askTapBeside(path("api"));
    TRY_COMPARE(server().state, ServerState::Listening);
    QCOMPARE(server().address.display(), name);
}

void tst_SocketBrowser::tapBesideOfPostgresCanBeFound()
{
    const QString socket = u"/run/postgresql/.s.PGSQL.5432"_s;
    const auto proposed = [&] {
        m_window->tapping()->askTapBeside(socket);
        return m_bench->prompt.proposed;
    };
    QCOMPARE(proposed(), m_bench->folder.file(u".s.PGSQL.5432"_s)); // PGHOST is enough
    m_bench->prompt.text = proposed();
    m_window->tapping()->askTapBeside(socket);
    m_bench->prompt.text.clear();
    TRY_COMPARE(server().state, ServerState::Listening);
    TRY_COMPARE(m_window->serverForm()->hintsBox()->texts(),
                QStringList {u"PGHOST="_s + m_bench->folder.path()});
    QCOMPARE(proposed(), m_bench->folder.file(u".s.PGSQL.5433"_s)); // and PGPORT
}

void tst_SocketBrowser::tapBesideOfXCanBeFound()
{
    static const QRegularExpression place(u"^/tmp/\\.X11-unix/X9[0-9]$"_s);
    for (const QString &address : {u"/tmp/.X11-unix/X0"_s, u"@/tmp/.X11-unix/X0"_s}) {
        m_window->tapping()->askTapBeside(address);
        QVERIFY2(place.match(m_bench->prompt.proposed).hasMatch(),
                 qPrintable(m_bench->prompt.proposed));
        QVERIFY(!QFile::exists(m_bench->prompt.proposed));
    }
}

void tst_SocketBrowser::connects()
{
    find(path("api"));
    click("connectTo");
    TRY_VERIFY(server().isClient && server().open == 1);
}

void tst_SocketBrowser::whoCanConnect()
{
    find(path("api"));
    click("whoCan");
    TRY_VERIFY(browser().findChild<WhyDialog *>());
    const auto *dialog = browser().findChild<WhyDialog *>();
    QVERIFY(dialog->windowTitle().contains(path("api")));
    QTest::keyClicks(dialog->findChild<QLineEdit *>(), u"root"_s);
    TRY_VERIFY2(dialog->answerText().startsWith(u"root"_s)
                    || dialog->answerText().contains(u"Yes"_s),
                qPrintable(dialog->answerText()));
}

void tst_SocketBrowser::droppedPath_data()
{
    QTest::addColumn<bool>("isUrl");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("file manager") << true << u"api"_s << true;
    QTest::newRow("text") << false << u"api"_s << true;
    QTest::newRow("regular file") << true << u"text"_s << false;
    QTest::newRow("nothing there") << false << u"absent"_s << false;
    QTest::newRow("abstract") << false << u"@name"_s << true;
    QTest::newRow("prose") << false << u"hello"_s << false;
}

void tst_SocketBrowser::droppedPath()
{
    QFETCH(bool, isUrl);
    QFETCH(QString, name);
    QFETCH(bool, isTaken);
    m_folder->write(u"text"_s, "text");
    const bool isPlain = name == u"hello"_s || name.startsWith(u'@');
    const QString address = isPlain ? name : m_folder->file(name);
    QMimeData data;
    if (isUrl)
        data.setUrls({QUrl::fromLocalFile(address)});
    else
        data.setText(address + u'\n');
    QCOMPARE(Tapping::droppedAddress(data), isTaken ? address : QString());
}

void tst_SocketBrowser::dropOpensTheBrowser()
{
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path("api"))});
    const QPoint place(700, 400);
    QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_window.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_window.get(), &drop);
    QVERIFY(drop.isAccepted() && browser().isVisible());
    TRY_COMPARE(addresses(), QStringList {path("api")});
    TRY_VERIFY(browser().tapButton()->isEnabled());
}

void tst_SocketBrowser::dropOnAField_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("isOffered");
    QTest::addColumn<QString>("text"); // %1: the file
    QTest::newRow("a socket on the name") << u"name"_s << u"api"_s << true << u"before"_s;
    QTest::newRow("a socket on the filter") << u"filter"_s << u"api"_s << true << u"before"_s;
    QTest::newRow("a file on the name") << u"name"_s << u"text"_s << false << u"%1"_s;
    QTest::newRow("a file on the filter") << u"filter"_s << u"text"_s << false << u"%1before"_s;
}

void tst_SocketBrowser::dropOnAField()
{
    QFETCH(QString, field);
    QFETCH(QString, file);
    QFETCH(bool, isOffered);
    QFETCH(QString, text);
    m_folder->write(u"text"_s, "text");
    QLineEdit *edit = field == u"name"_s ? m_window->serverForm()->nameBox()->lineEdit()
                                         : static_cast<QLineEdit *>(m_window->filterEdit());
    edit->setText(u"before"_s);
    QMimeData data; // as file managers hand it over
    data.setUrls({QUrl::fromLocalFile(m_folder->file(file))});
    data.setText(data.urls().first().toString());
    const QPoint place(1, 5);
    QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(edit, &enter);
    QVERIFY(enter.isAccepted());
    QDragMoveEvent move(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(edit, &move);
    QVERIFY(move.isAccepted());
    QDropEvent drop(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(edit, &drop);
    QVERIFY(drop.isAccepted());
    QCOMPARE(edit->text(), text.contains(u'%') ? text.arg(m_folder->file(file)) : text);
    QCOMPARE(browser().isVisible(), isOffered);
    if (isOffered)
        TRY_COMPARE(addresses(), QStringList {path("api")});
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_SocketBrowser>(argc, argv);
}
#include "tst_socketbrowser.moc"
