// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturefilter.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "ui/connections/connectionsview.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/panelheader.h"
#include "ui/widgets/sparkline.h"
#include "ui/widgets/statedot.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QPainter>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

using namespace Sockeye;

class tst_ConnectionsView : public QObject
{
    Q_OBJECT

public:
    static void initMain() { qputenv("QT_QPA_PLATFORM", "offscreen"); }

private Q_SLOTS:
    void init();
    void headerCounts();
    void emptyStateNamesTheCommand_data();
    void emptyStateNamesTheCommand();
    void emptyStateCopiesTheCommand();
    void tellsTheCurrentConnection();
    void menuAsks();
    void menuOfATappedConnection();
    void menuOfAClosedConnection();
    void copiesDetails();
    void reasonTakesTheRoom_data();
    void reasonTakesTheRoom();
    void paintsEveryState_data();
    void paintsEveryState();
    void dotsDifferWithoutColour();
    void dotsKeepTheirColourOnASelection_data();
    void dotsKeepTheirColourOnASelection();
    void selectedRowStillShowsItsRate();
    void coloursCanBeRead_data();
    void coloursCanBeRead();
    void appearanceNames();
    void unknownIconPaintsNothing();
    void iconsFollowThePalette();

private:
    void change(std::vector<ConnectionInfo> changed)
    {
        m_changes = {m_changes.version + 1, std::move(changed), {1}};
        m_view->refresh();
    }
    [[nodiscard]] ConnectionInfo info(quint64 id,
                                      ConnectionState state = ConnectionState::Open) const
    {
        ConnectionInfo result;
        result.id = {id};
        result.server = {1};
        result.state = state;
        result.opened = m_clock.now();
        result.peer.process.name = QStringLiteral("psql");
        result.peer.credentials.pid = 4200;
        if (!result.isOpen())
            result.closed = m_clock.now();
        return result;
    }
    [[nodiscard]] QAction *menuAction(const char *text)
    {
        delete m_view->findChild<QMenu *>();
        Q_EMIT m_view->table()->customContextMenuRequested({10, 10});
        for (QAction *action : m_view->findChild<QMenu *>()->actions()) {
            if (action->text().remove(QLatin1Char('&')) == QString::fromUtf8(text))
                return action;
        }
        return nullptr;
    }

    ManualClock m_clock;
    Engine::ConnectionChanges m_changes;
    std::unique_ptr<ConnectionsModel> m_model;
    std::unique_ptr<ConnectionsView> m_view;
};

void tst_ConnectionsView::init()
{
    applyTheme(*qApp, Appearance::Light);
    m_view.reset();
    m_changes = {};
    m_model = std::make_unique<ConnectionsModel>(ConnectionsModel::Source {
        [this](quint64 version) {
            return version == m_changes.version ? Engine::ConnectionChanges {version, {}, {1}}
                                                : m_changes;
        },
        [this] { return m_clock.now(); }});
    m_view = std::make_unique<ConnectionsView>(*m_model);
    m_view->resize(1000, 250);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
}

void tst_ConnectionsView::headerCounts()
{
    const auto *header = m_view->findChild<PanelHeader *>();
    QCOMPARE(header->detail(), QString());
    change({info(1), info(2), info(3), info(4, ConnectionState::Closed),
            info(5, ConnectionState::Refused)});
    QCOMPARE(header->title(), QStringLiteral("Connections"));
    QCOMPARE(header->detail(), QStringLiteral("3 open · 1 closed · 1 refused"));
    m_view->setServerName(QStringLiteral("demo"));
    QCOMPARE(header->title(), QStringLiteral("Connections of demo"));
    m_view->setServerName({});
    QCOMPARE(header->title(), QStringLiteral("Connections"));
}

void tst_ConnectionsView::emptyStateNamesTheCommand_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("command");
    QTest::newRow("none") << QString() << QString();
    QTest::newRow("path") << QStringLiteral("/run/user/1000/api")
                          << QStringLiteral("nc -U /run/user/1000/api");
    QTest::newRow("blank") << QStringLiteral("/tmp/a b") << QStringLiteral("nc -U '/tmp/a b'");
    QTest::newRow("quote") << QStringLiteral("/tmp/it's")
                           << QStringLiteral("nc -U '/tmp/it'\\''s'");
    QTest::newRow("shell") << QStringLiteral("/tmp/$(x)") << QStringLiteral("nc -U '/tmp/$(x)'");
    QTest::newRow("abstract") << QStringLiteral("@api")
                              << QStringLiteral("socat - ABSTRACT-CONNECT:'api'");
}

void tst_ConnectionsView::emptyStateNamesTheCommand()
{
    QFETCH(QString, address);
    m_view->setListeningAddress(address);
    const auto *empty = m_view->findChild<EmptyState *>();
    QTEST(empty->command(), "command");
    QVERIFY(empty->isVisible());
    change({info(1)});
    QVERIFY(!empty->isVisible());
}

void tst_ConnectionsView::emptyStateCopiesTheCommand()
{
    m_view->setListeningAddress(QStringLiteral("/run/x"));
    auto *copy = m_view->findChild<EmptyState *>()->findChild<QToolButton *>();
    QVERIFY(copy->isVisible());
    QVERIFY(!copy->accessibleName().isEmpty());
    QTest::mouseClick(copy, Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("nc -U /run/x"));
}

void tst_ConnectionsView::tellsTheCurrentConnection()
{
    QList<quint64> told;
    connect(m_view.get(), &ConnectionsView::currentConnectionChanged, this,
            [&told](ConnectionId id) { told << id.value; });
    change({info(1), info(2), info(3)});
    QVERIFY(m_view->showConnection({2}));
    QVERIFY(!m_view->showConnection({9}));
    change({info(2), info(4)}); // news do not move it
    QTest::keyClick(m_view->table(), Qt::Key_Home);
    QTest::keyClick(m_view->table(), Qt::Key_End);
    QCOMPARE(told, (QList<quint64> {2, 1, 4}));
    QCOMPARE(m_view->currentConnection().value, 4ULL);
}

void tst_ConnectionsView::menuAsks()
{
    change({info(1), info(2)});
    m_view->table()->selectAll();
    std::vector<ConnectionId> asked;
    connect(m_view.get(), &ConnectionsView::disconnectAsked, this,
            [&asked](const std::vector<ConnectionId> &ids) { asked = ids; });
    QSignalSpy filter(m_view.get(), &ConnectionsView::filterAsked);
    QSignalSpy all(m_view.get(), &ConnectionsView::disconnectAllAsked);
    QSignalSpy send(m_view.get(), &ConnectionsView::sendAsked);
    menuAction("Disconnect")->trigger();
    QCOMPARE(asked, (std::vector<ConnectionId> {{1}, {2}}));
    menuAction("Show only its traffic")->trigger();
    QCOMPARE(filter.first().first().toString(), QStringLiteral("(conn == 1 or conn == 2)"));
    QVERIFY(CaptureFilter::parse(filter.first().first().toString()));
    menuAction("Disconnect all")->trigger();
    QCOMPARE(all.size(), 1);
    QVERIFY(!menuAction("Send to…")->isEnabled()); // to one only
    QVERIFY(m_view->showConnection({2}));
    menuAction("Send to…")->trigger();
    QCOMPARE(send.size(), 1);
    QSignalSpy followed(m_view.get(), &ConnectionsView::followAsked);
    menuAction("Follow the stream")->trigger();
    QCOMPARE(followed.size(), 1);
    QCOMPARE(followed.first().first().value<ConnectionId>(), ConnectionId {2});
    m_view->table()->selectAll();
    QVERIFY(!menuAction("Follow the stream")->isEnabled()); // of one only
}

void tst_ConnectionsView::menuOfATappedConnection()
{
    ConnectionInfo tapped = info(1);
    tapped.isTapped = true;
    change({tapped});
    m_view->table()->selectRow(0);
    QVERIFY(!menuAction("Send to…")->isEnabled()); // nobody sends by hand there
    QVERIFY(menuAction("Follow the stream")->isEnabled());
    QVERIFY(menuAction("Disconnect")->isEnabled());
}

void tst_ConnectionsView::menuOfAClosedConnection()
{
    change({info(1, ConnectionState::Closed)});
    m_view->table()->selectRow(0);
    QVERIFY(!menuAction("Disconnect")->isEnabled());
    QVERIFY(!menuAction("Disconnect all")->isEnabled());
    QVERIFY(!menuAction("Send to…")->isEnabled());
    QVERIFY(menuAction("Show only its traffic")->isEnabled());
    m_view->table()->clearSelection();
    QVERIFY(!menuAction("Show only its traffic")->isEnabled());
}

void tst_ConnectionsView::copiesDetails()
{
    ConnectionInfo one = info(1);
    one.peer.process.commandLine = QStringLiteral("psql -c 'SELECT 1'");
    change({one});
    m_view->table()->selectRow(0);
    QTest::keySequence(m_view->table(), QKeySequence::Copy);
    const QString text = QGuiApplication::clipboard()->text();
    QVERIFY2(text.contains(QLatin1String("psql -c 'SELECT 1'")), qPrintable(text));
}

void tst_ConnectionsView::reasonTakesTheRoom_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<bool>("hasRecords");
    QTest::newRow("in a window of 1440") << 1098 << true;
    QTest::newRow("in a window of 1024") << 682 << false;
}

void tst_ConnectionsView::reasonTakesTheRoom()
{
    QFETCH(int, width);
    QFETCH(bool, hasRecords);
    m_view->resize(width, 250);
    change({info(1, ConnectionState::Refused)});
    const QTableView *table = m_view->table();
    TRY_COMPARE(table->viewport()->width(), width);
    int sum = 0;
    for (int column = 0; column < ConnectionsModel::ColumnCount; ++column)
        sum += table->columnWidth(column); // 0 if it is hidden
    QCOMPARE(sum, width);
    QCOMPARE(table->isColumnHidden(ConnectionsModel::RecordsColumn), !hasRecords);
    const QFontMetrics metrics(table->font());
    const int reason = table->columnWidth(ConnectionsModel::AgeColumn);
    QVERIFY2(reason > metrics.horizontalAdvance(QStringLiteral("closed by client after 0.2 s")),
             qPrintable(QString::number(reason)));
    QVERIFY(table->columnWidth(ConnectionsModel::RateColumn)
            > metrics.horizontalAdvance(QStringLiteral("999 MB/s")));
    // What had to go comes back.
    m_view->resize(1098, 250);
    TRY_VERIFY(!table->isColumnHidden(ConnectionsModel::RecordsColumn));
    const QString refused = QStringLiteral("refused: neither the owner root nor in group root");
    QVERIFY(table->columnWidth(ConnectionsModel::AgeColumn) > metrics.horizontalAdvance(refused));
}

void tst_ConnectionsView::paintsEveryState_data()
{
    QTest::addColumn<int>("appearance");
    QTest::newRow("light") << static_cast<int>(Appearance::Light);
    QTest::newRow("dark") << static_cast<int>(Appearance::Dark);
}

void tst_ConnectionsView::paintsEveryState()
{
    QFETCH(int, appearance);
    applyTheme(*qApp, static_cast<Appearance>(appearance));
    change({info(1), info(2, ConnectionState::EndedByPeer), info(3, ConnectionState::EndedByUs),
            info(4, ConnectionState::Closed), info(5, ConnectionState::Refused)});
    const QImage plain = m_view->grab().toImage();
    m_view->table()->selectAll();
    QVERIFY(plain != m_view->grab().toImage());
}

void tst_ConnectionsView::dotsDifferWithoutColour()
{
    QList<QImage> pictures;
    for (const Dot dot :
         {Dot::Filled, Dot::Half, Dot::Hollow, Dot::Bars, Dot::Crossed, Dot::Diamond}) {
        QImage picture(20, 20, QImage::Format_ARGB32);
        picture.fill(QApplication::palette().color(QPalette::Highlight)); // as on a selected row
        QPainter painter(&picture);
        QPalette palette = QApplication::palette();
        palette.setCurrentColorGroup(QPalette::Active);
        paintDot(painter, picture.rect(), dot, palette, true);
        painter.end();
        const QImage grey = picture.convertToFormat(QImage::Format_Grayscale8);
        QVERIFY(!pictures.contains(grey));
        pictures << grey;
    }
}

void tst_ConnectionsView::dotsKeepTheirColourOnASelection_data()
{
    QTest::addColumn<int>("appearance");
    QTest::addColumn<QPalette::ColorGroup>("group");
    for (const auto appearance : {Appearance::Light, Appearance::Dark}) {
        for (const auto group : {QPalette::Active, QPalette::Inactive}) {
            QTest::addRow("%s %s", qPrintable(appearanceName(appearance)),
                          group == QPalette::Active ? "active" : "inactive")
                << static_cast<int>(appearance) << group;
        }
    }
}

void tst_ConnectionsView::dotsKeepTheirColourOnASelection()
{
    QFETCH(int, appearance);
    QFETCH(QPalette::ColorGroup, group);
    applyTheme(*qApp, static_cast<Appearance>(appearance));
    QPalette palette = QApplication::palette();
    palette.setCurrentColorGroup(group);
    const QColor ground = palette.color(QPalette::Highlight);
    const ThemeColours &colours = themeColours(palette);
    const std::pair<Dot, QColor> dots[] = {{Dot::Filled, colours.good},
                                           {Dot::Bars, colours.warning},
                                           {Dot::Crossed, colours.error},
                                           {Dot::Diamond, colours.toServer}};
    for (const auto &[dot, colour] : dots) {
        QImage picture(20, 20, QImage::Format_RGB32);
        picture.fill(ground);
        QPainter painter(&picture);
        paintDot(painter, picture.rect(), dot, palette, true);
        painter.end();
        // The pixel that differs most from the ground is of the dot's own colour.
        QColor most = ground;
        for (int x = 0; x < picture.width(); ++x) {
            for (int y = 0; y < picture.height(); ++y) {
                const QColor pixel = picture.pixelColor(x, y);
                if (contrastRatio(pixel, ground) > contrastRatio(most, ground))
                    most = pixel;
            }
        }
        QVERIFY2(contrastRatio(most, ground) > 2.9, qPrintable(most.name()));
        const int turn = qAbs(most.hslHue() - colour.hslHue());
        QVERIFY2(qMin(turn, 360 - turn) < 12, qPrintable(most.name()));
        QVERIFY2(most.hslSaturationF() > 0.25F, qPrintable(most.name()));
    }
}

void tst_ConnectionsView::selectedRowStillShowsItsRate()
{
    ConnectionInfo one = info(1);
    change({one});
    for (int i = 0; i < 10; ++i) {
        one.bytesIn += i % 2 ? 100'000 : 10;
        m_clock.advance(std::chrono::milliseconds(500));
        change({one});
    }
    m_view->table()->selectRow(0);
    m_view->table()->setFocus();
    const QModelIndex cell = m_model->index(0, ConnectionsModel::RateColumn);
    const QRect area = m_view->table()->visualRect(cell);
    const QImage picture = m_view->table()->viewport()->grab(area).toImage();
    QSet<QRgb> colours;
    const int right = picture.width() / 2;
    for (int x = right; x < picture.width() - 8; ++x) {
        for (int y = 0; y < picture.height(); ++y)
            colours.insert(picture.pixel(x, y));
    }
    QVERIFY2(colours.size() > 3, "the curve cannot be seen on the selection");
}

void tst_ConnectionsView::coloursCanBeRead_data()
{
    paintsEveryState_data();
}

void tst_ConnectionsView::coloursCanBeRead()
{
    QFETCH(int, appearance);
    applyTheme(*qApp, static_cast<Appearance>(appearance));
    const QPalette palette = QApplication::palette();
    QCOMPARE(isDark(palette), static_cast<Appearance>(appearance) == Appearance::Dark);
    const ThemeColours &colours = themeColours(palette);
    constexpr double enough = 4.5;
    for (const auto role : {QPalette::Base, QPalette::AlternateBase, QPalette::Window}) {
        const QColor ground = palette.color(role);
        const QList<QColor> texts = {palette.color(QPalette::Text),
                                     palette.color(QPalette::PlaceholderText),
                                     palette.color(QPalette::Link),
                                     palette.color(QPalette::LinkVisited),
                                     colours.toServer,
                                     colours.toClient,
                                     colours.good,
                                     colours.warning,
                                     colours.error,
                                     colours.muted};
        for (const QColor &text : texts)
            QVERIFY2(contrastRatio(text, ground) >= enough,
                     qPrintable(text.name() + QLatin1String(" on ") + ground.name()));
    }
    for (const auto group : {QPalette::Active, QPalette::Inactive})
        QVERIFY(contrastRatio(palette.color(group, QPalette::Highlight),
                              palette.color(group, QPalette::HighlightedText))
                >= enough);
    for (const QColor &bar : {colours.warningBar, colours.errorBar})
        QVERIFY(contrastRatio(colours.barText, bar) >= enough);
    // Edges of fields are quiet, but there.
    QVERIFY(contrastRatio(colours.edge, palette.color(QPalette::Base)) >= 2);
    QVERIFY(contrastRatio(colours.edge, palette.color(QPalette::Window)) >= 1.9);
    // The edge of an empty check box: 3:1 is asked of what is not text.
    QVERIFY(contrastRatio(colours.muted, palette.color(QPalette::Base)) >= 3);
}

void tst_ConnectionsView::appearanceNames()
{
    for (const auto appearance : {Appearance::System, Appearance::Light, Appearance::Dark})
        QCOMPARE(appearanceFromName(appearanceName(appearance)), appearance);
    QCOMPARE(appearanceFromName(QStringLiteral("nonsense")), Appearance::System);
}

void tst_ConnectionsView::unknownIconPaintsNothing()
{
    const QIcon none = icon(QStringLiteral("there is no such icon"));
    QVERIFY(none.isNull());
    const QPixmap picture = none.pixmap(16, 16);
    QVERIFY(picture.isNull() || picture.toImage().allGray());
}

void tst_ConnectionsView::iconsFollowThePalette()
{
    const QIcon filter = icon(QStringLiteral("filter"));
    if (filter.isNull())
        QSKIP("the resources are not linked");
    const QImage light = filter.pixmap(QSize(16, 16), 1.0).toImage();
    applyTheme(*qApp, Appearance::Dark);
    const QImage dark = filter.pixmap(QSize(16, 16), 1.0).toImage();
    QVERIFY(light != dark);
    const QPixmap large = filter.pixmap(QSize(16, 16), 2.0);
    QCOMPARE(large.size(), QSize(32, 32));
    QCOMPARE(large.devicePixelRatio(), 2.0);
    QVERIFY(icon(QStringLiteral("filter"), Qt::red).pixmap(QSize(16, 16), 1.0).toImage() != dark);
}

QTEST_MAIN(tst_ConnectionsView)
#include "tst_connectionsview.moc"
