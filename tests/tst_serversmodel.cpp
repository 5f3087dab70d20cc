// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/serversmodel.h"
#include "modelpicture.h"

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace Sockeye;

namespace {

ServerInfo server(quint64 id, const char *name, ServerState state = ServerState::Stopped)
{
    ServerInfo info;
    info.id = {id};
    info.spec.name = QString::fromUtf8(name);
    info.state = state;
    return info;
}

} // namespace

class tst_ServersModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void showsServersInOrder();
    void showsTaps();
    void asksWithTheVersionAndSkipsWhatIsNotNew();
    void changes_data();
    void changes();
    void states_data();
    void states();
    void tellsWhichServerChanged();
    void findsServers();
    void refusesWrongIndexes();
    void namesAreInert();
    void shortNames_data();
    void shortNames();
    void shortNamesFollowTheOthers();
    void toolTipTellsRefusals();

private:
    void set(std::vector<ServerInfo> servers)
    {
        m_list.servers = std::move(servers);
        ++m_list.version;
    }

    Engine::ServerList m_list;
    std::vector<quint64> m_asked;
    std::unique_ptr<ServersModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void tst_ServersModel::init()
{
    m_tester.reset();
    m_list = {};
    m_asked.clear();
    const auto source = [this](quint64 version) {
        m_asked.push_back(version);
        return version == m_list.version ? Engine::ServerList {version, {}} : m_list;
    };
    m_model = std::make_unique<ServersModel>(source);
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
}

void tst_ServersModel::showsServersInOrder()
{
    ServerInfo api = server(2, "api", ServerState::Listening);
    api.open = 1234;
    set({api, server(1, "demo")});
    m_model->refresh();
    QCOMPARE(pictureOf(*m_model), QStringLiteral("api | 1 234 | listening\ndemo | 0 | stopped"));
}

void tst_ServersModel::showsTaps()
{
    ServerInfo inPlace = server(1, "/run/api", ServerState::Listening);
    inPlace.spec.upstream = inPlace.spec.name;
    inPlace.spec.isInPlace = true;
    ServerInfo beside = server(2, "api-tap");
    beside.spec.upstream = QStringLiteral("/run/other");
    set({inPlace, beside});
    m_model->refresh();
    QCOMPARE(pictureOf(*m_model),
             QStringLiteral("api \u21c4 | 0 | tapping\napi-tap \u21c4 | 0 | stopped"));
    QVERIFY(m_model->index(1, 0).data(Qt::ToolTipRole).toString().contains(beside.spec.upstream));
}

void tst_ServersModel::asksWithTheVersionAndSkipsWhatIsNotNew()
{
    set({server(1, "a")});
    m_model->refresh();
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    m_model->refresh();
    m_model->refresh();
    QCOMPARE(m_asked, (std::vector<quint64> {0, 1, 1}));
    set({server(1, "a")}); // a new version of the same
    m_model->refresh();
    QCOMPARE(changed.size(), 0);
}

void tst_ServersModel::changes_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char *before, const char *after) {
        QTest::addRow("%s to %s", before, after) << QByteArray(before) << QByteArray(after);
    };
    row("", "abc");
    row("abc", "");
    row("abc", "abc");
    row("abc", "abcd");
    row("abc", "bc");
    row("abc", "ac");
    row("abc", "ab");
    row("abc", "b");
    row("abc", "def");
    row("abc", "xabc");
    row("abc", "axbyc");
    row("abc", "xcy");
}

void tst_ServersModel::changes()
{
    const auto servers = [](const QByteArray &names) {
        std::vector<ServerInfo> list;
        for (const char name : names)
            list.push_back(server(static_cast<uchar>(name), QByteArray(1, name).constData()));
        return list;
    };
    const auto names = [](const ServersModel &model) {
        QByteArray all;
        for (int row = 0; row < model.rowCount(); ++row)
            all += model.at(row).spec.name.toUtf8();
        return all;
    };
    QFETCH(QByteArray, before);
    set(servers(before));
    m_model->refresh();
    QCOMPARE(names(*m_model), before);
    QFETCH(QByteArray, after);
    set(servers(after));
    m_model->refresh();
    QCOMPARE(names(*m_model), after);
}

void tst_ServersModel::states_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("reachable");
    QTest::addColumn<int>("waiting");
    QTest::addColumn<bool>("isClient");
    QTest::addColumn<QString>("text");
    const auto row = [](ServerState state, bool reachable, int waiting, bool client,
                        const char *text) {
        QTest::newRow(text) << static_cast<int>(state) << reachable << waiting << client
                            << QString::fromLatin1(text);
    };
    row(ServerState::Stopped, true, 0, false, "stopped");
    row(ServerState::Listening, true, 3, false, "listening");
    row(ServerState::Listening, false, 0, false, "unreachable");
    row(ServerState::Paused, true, 0, false, "paused");
    row(ServerState::Paused, true, 2, false, "paused, 2 waiting");
    row(ServerState::Failed, true, 0, false, "failed");
    row(ServerState::Stopped, true, 0, true, "client");
}

void tst_ServersModel::states()
{
    QFETCH(int, state);
    QFETCH(bool, reachable);
    QFETCH(int, waiting);
    QFETCH(bool, isClient);
    ServerInfo info = server(1, "a", static_cast<ServerState>(state));
    info.isReachable = reachable;
    info.waiting = waiting;
    info.isClient = isClient;
    set({info});
    m_model->refresh();
    const QModelIndex cell = m_model->index(0, ServersModel::StateColumn);
    QTEST(cell.data().toString(), "text");
    QCOMPARE(cell.data(StateRole).toInt(), state);
}

void tst_ServersModel::tellsWhichServerChanged()
{
    set({server(1, "a"), server(2, "b")});
    m_model->refresh();
    QList<quint64> told;
    connect(m_model.get(), &ServersModel::serverChanged, this,
            [&told](ServerId id) { told << id.value; });
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    set({server(1, "a"), server(2, "b", ServerState::Listening), server(3, "c")});
    m_model->refresh();
    QCOMPARE(told, (QList<quint64> {2, 3}));
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed.first().first().toModelIndex(), m_model->index(1, 0));
}

void tst_ServersModel::findsServers()
{
    set({server(7, "a"), server(3, "b")});
    m_model->refresh();
    QCOMPARE(m_model->rowOf({3}), 1);
    QCOMPARE(m_model->rowOf({4}), -1);
    QCOMPARE(m_model->server({7})->spec.name, QStringLiteral("a"));
    QCOMPARE(m_model->server({4}), nullptr);
    QCOMPARE(m_model->index(1, 0).data(ServerIdRole).toULongLong(), 3ULL);
}

void tst_ServersModel::refusesWrongIndexes()
{
    set({server(1, "a")});
    m_model->refresh();
    QVERIFY(!m_model->data({}, Qt::DisplayRole).isValid());
    QVERIFY(
        !m_model->headerData(ServersModel::ColumnCount, Qt::Horizontal, Qt::DisplayRole).isValid());
    QVERIFY(!m_model->headerData(0, Qt::Vertical, Qt::DisplayRole).isValid());
    for (int column = 0; column < ServersModel::ColumnCount; ++column)
        QCOMPARE(m_model->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole),
                 m_model->index(0, column).data(Qt::TextAlignmentRole));
}

void tst_ServersModel::namesAreInert()
{
    ServerInfo info = server(1, "a\n\xe2\x80\xae<b>");
    info.address = SocketAddress::fromPath("/tmp/<b>x</b>");
    set({info});
    m_model->refresh();
    const QModelIndex cell = m_model->index(0, 0);
    QCOMPARE(cell.data().toString(), QString::fromUtf16(u"a⏎···<b>"));
    QVERIFY(cell.data(Qt::ToolTipRole).toString().contains(QLatin1String("/tmp/&lt;b&gt;x")));
}

void tst_ServersModel::shortNames_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QStringList>("shown");
    const auto row = [](const char *names, const char *shown) {
        QTest::newRow(names) << QString::fromLatin1(names).split(QLatin1Char(' '))
                             << QString::fromLatin1(shown).split(QLatin1Char(' '));
    };
    row("demo", "demo");
    row("/run/user/1000/demo", "demo");
    row("/demo", "demo");
    row("/a/demo /b/demo", "a/demo b/demo");
    row("/x/a/demo /y/a/demo /y/b/demo", "x/a/demo y/a/demo b/demo");
    row("demo /tmp/demo", "demo tmp/demo");
    row("/tmp/demo /tmp/demo", "demo demo"); // nothing tells them apart
    row("/demo /tmp/demo", "/demo tmp/demo");
    row("/tmp/", "/tmp/");
    row("/a/mydemo /b/demo", "mydemo demo");
}

void tst_ServersModel::shortNames()
{
    QFETCH(QStringList, names);
    std::vector<ServerInfo> list;
    for (const QString &name : names)
        list.push_back(server(list.size() + 1, name.toUtf8().constData()));
    set(list);
    m_model->refresh();
    QStringList shown;
    for (int row = 0; row < m_model->rowCount(); ++row)
        shown << m_model->index(row, ServersModel::NameColumn).data().toString();
    QTEST(shown, "shown");
    QCOMPARE(m_model->shortName({1}), shown.first());
    QCOMPARE(m_model->shortName({99}), QString());
}

void tst_ServersModel::shortNamesFollowTheOthers()
{
    const auto shown = [this] { return m_model->index(0, 0).data().toString(); };
    set({server(1, "/a/demo")});
    m_model->refresh();
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    set({server(1, "/a/demo"), server(2, "/b/demo")});
    m_model->refresh();
    QCOMPARE(shown(), QStringLiteral("a/demo"));
    set({server(1, "/a/demo")});
    m_model->refresh();
    QCOMPARE(shown(), QStringLiteral("demo"));
    QCOMPARE(changed.size(), 2);
}

void tst_ServersModel::toolTipTellsRefusals()
{
    ServerInfo info = server(1, "/run/api", ServerState::Listening);
    info.open = 3;
    info.accepted = 5;
    info.refused = 2;
    set({info});
    m_model->refresh();
    const QString tip = m_model->index(0, 0).data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains(QStringLiteral("/run/api")), qPrintable(tip));
    QVERIFY2(tip.contains(QString::fromUtf8("3 open · 2 closed · 2 refused")), qPrintable(tip));
}

QTEST_GUILESS_MAIN(tst_ServersModel)
#include "tst_serversmodel.moc"
