// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/problem.h"
#include "core/models/socketsmodel.h"
#include "modelpicture.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QtTest>

#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

class tst_SocketsModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void showsThePicture();
    void appear();
    void vanish();
    void change();
    void sameListTellsNothing();
    void renamedOneMoves();
    void filter_data();
    void filter();
    void filterSeesWhatChanges();
    void listeningOnly();
    void anyListAfterAnyOther();
    void tenThousand();
    void namesAreInert();
    void severity();
    void refusesWrongIndexes();

private:
    static SocketEntry listener(quint64 inode, const QString &path);
    static SocketEntry connected(quint64 inode, const QString &process, pid_t pid);
    void set(std::vector<SocketEntry> sockets) { m_model->setSockets(std::move(sockets)); }
    [[nodiscard]] QString shown() const
    {
        QStringList inodes;
        for (int row = 0; row < m_model->rowCount(); ++row)
            inodes << QString::number(m_model->socketAt(row)->inode);
        return inodes.join(u' ');
    }
    /// "insert 1 2, remove 0 0, change 3 3, reset": since the last call.
    [[nodiscard]] QString told()
    {
        const QStringList parts = std::exchange(m_told, {});
        return parts.join(u", "_s);
    }

    std::unique_ptr<SocketsModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
    QStringList m_told;
};

void tst_SocketsModel::init()
{
    m_tester.reset();
    m_told.clear();
    m_model = std::make_unique<SocketsModel>();
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto range = [this](const QString &what) {
        return [this, what](const QModelIndex &, int first, int last) {
            m_told << u"%1 %2 %3"_s.arg(what).arg(first).arg(last);
        };
    };
    connect(m_model.get(), &QAbstractItemModel::rowsInserted, this, range(u"insert"_s));
    connect(m_model.get(), &QAbstractItemModel::rowsRemoved, this, range(u"remove"_s));
    connect(m_model.get(), &QAbstractItemModel::modelReset, this, [this] { m_told << u"reset"_s; });
    connect(m_model.get(), &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last) {
                m_told << u"change %1 %2"_s.arg(first.row()).arg(last.row());
            });
}

SocketEntry tst_SocketsModel::listener(quint64 inode, const QString &path)
{
    SocketEntry socket;
    socket.inode = inode;
    socket.state = SocketEntry::State::Listening;
    socket.address = path.startsWith(u'@') ? SocketAddress::fromAbstract(path.mid(1).toUtf8())
                                           : SocketAddress::fromPath(path.toUtf8());
    socket.backlog = 50;
    return socket;
}

SocketEntry tst_SocketsModel::connected(quint64 inode, const QString &process, pid_t pid)
{
    SocketEntry socket;
    socket.inode = inode;
    socket.state = SocketEntry::State::Connected;
    socket.holders = {{.pid = pid, .executable = {}, .name = process, .commandLine = {}}};
    return socket;
}

void tst_SocketsModel::showsThePicture()
{
    SocketEntry api = listener(7, u"/run/api"_s);
    api.holders = {{.pid = 812, .executable = {}, .name = u"nginx"_s, .commandLine = {}},
                   {.pid = 813, .executable = {}, .name = u"nginx"_s, .commandLine = {}}};
    api.uid = 0;
    api.mode = 0666;
    api.waiting = 2;
    api.file = SocketEntry::File::There;
    api.peerHolders = {{.pid = 99, .executable = {}, .name = u"curl"_s, .commandLine = {}}};
    SocketEntry log = listener(8, u"/dev/log"_s);
    log.type = SOCK_DGRAM;
    log.state = SocketEntry::State::Unconnected;
    SocketEntry accepted = connected(3, u"nginx"_s, 812);
    accepted.address = api.address;
    SocketEntry client = connected(9, u"psql"_s, 4211);
    client.peerHolders = {{.pid = 7, .executable = {}, .name = u"postgres"_s, .commandLine = {}}};
    SocketEntry curl = connected(11, u"curl"_s, 99);
    curl.peerAddress = api.address;
    m_model->setListeningOnly(false);
    set({client, listener(10, u"@x"_s), accepted, api, log, curl});
    QCOMPARE(pictureOf(*m_model),
             u"/dev/log | datagram | unconnected |  |  |  |  |  |\n"
             "/run/api | stream | listening | nginx (812) +1 | root | srw-rw-rw- | curl (99) | 2 | "
             "world-writable\n"
             "/run/api | stream | connected | nginx (812) |  |  |  |  |\n"
             "@x | stream | listening |  |  |  |  | 0 | abstract\n"
             "unnamed | stream | connected | psql (4211) |  |  | postgres (7) |  |\n"
             "\u2192 /run/api | stream | connected | curl (99) |  |  |  |  |"_s);
}

void tst_SocketsModel::appear()
{
    set({listener(2, u"/b"_s)});
    QCOMPARE(told(), u"insert 0 0"_s);
    set({listener(2, u"/b"_s), listener(1, u"/a"_s), listener(3, u"/c"_s), listener(4, u"/d"_s)});
    QCOMPARE(shown(), u"1 2 3 4"_s);
    QCOMPARE(told(), u"insert 0 0, insert 2 3"_s);
}

void tst_SocketsModel::vanish()
{
    set({listener(1, u"/a"_s), listener(2, u"/b"_s), listener(3, u"/c"_s), listener(4, u"/d"_s)});
    static_cast<void>(told());
    set({listener(1, u"/a"_s), listener(4, u"/d"_s)});
    QCOMPARE(told(), u"remove 1 2"_s);
    set({});
    QCOMPARE(told(), u"remove 0 1"_s);
    QCOMPARE(m_model->totalCount(), 0);
}

void tst_SocketsModel::change()
{
    SocketEntry a = listener(1, u"/a"_s);
    SocketEntry b = listener(2, u"/b"_s);
    set({a, b, listener(3, u"/c"_s)});
    static_cast<void>(told());
    b.waiting = 5;
    set({a, b, listener(3, u"/c"_s)});
    QCOMPARE(told(), u"change 1 1"_s);
    a.mode = 0700;
    b.waiting = 0;
    set({a, b, listener(4, u"/d"_s)});
    QCOMPARE(told(), u"remove 2 2, insert 2 2, change 0 1"_s);
    QCOMPARE(m_model->index(0, SocketsModel::ModeColumn).data().toString(), u"srwx------"_s);
}

void tst_SocketsModel::sameListTellsNothing()
{
    const std::vector<SocketEntry> list {listener(1, u"/a"_s), listener(2, u"/b"_s)};
    set(list);
    static_cast<void>(told());
    set(list);
    m_model->setFilter(QString());
    QCOMPARE(told(), QString());
}

/// A server may be bound first under another name: it gets the place of its new one.
void tst_SocketsModel::renamedOneMoves()
{
    set({listener(1, u"/a"_s), listener(2, u"/b"_s)});
    static_cast<void>(told());
    set({listener(1, u"/z"_s), listener(2, u"/b"_s)});
    QCOMPARE(shown(), u"2 1"_s);
    QCOMPARE(told(), u"remove 0 0, insert 1 1"_s);
}

void tst_SocketsModel::filter_data()
{
    QTest::addColumn<QString>("words");
    QTest::addColumn<QString>("inodes");
    QTest::newRow("none") << u"  "_s << u"1 2 3"_s;
    QTest::newRow("address") << u"postgres"_s << u"1"_s;
    QTest::newRow("case") << u"NGINX"_s << u"2"_s;
    QTest::newRow("pid of the second holder") << u"813"_s << u"2"_s;
    QTest::newRow("all words, in any order") << u"listening /run nginx"_s << u"2"_s;
    QTest::newRow("one word fails") << u"nginx datagram"_s << QString();
    QTest::newRow("kind") << u"packet"_s << u"3"_s;
    QTest::newRow("user") << u"root"_s << u"2"_s;
    QTest::newRow("mark") << u"abstract"_s << u"3"_s;
    QTest::newRow("client") << u"curl"_s << u"1"_s;
    QTest::newRow("not across two fields") << u"812nginx"_s << QString();
}

void tst_SocketsModel::filter()
{
    QFETCH(QString, words);
    QFETCH(QString, inodes);
    SocketEntry postgres = listener(1, u"/run/.s.PGSQL.5432-postgres"_s);
    postgres.peerHolders = {{.pid = 99, .executable = {}, .name = u"curl"_s, .commandLine = {}}};
    SocketEntry nginx = listener(2, u"/run/web"_s);
    nginx.holders = {{.pid = 812, .executable = {}, .name = u"nginx"_s, .commandLine = {}},
                     {.pid = 813, .executable = {}, .name = u"nginx"_s, .commandLine = {}}};
    nginx.uid = 0;
    SocketEntry packet = listener(3, u"@bus"_s);
    packet.type = SOCK_SEQPACKET;
    set({postgres, nginx, packet});
    m_model->setFilter(words);
    QCOMPARE(shown(), inodes);
    m_model->setFilter({});
    QCOMPARE(shown(), u"1 2 3"_s);
}

void tst_SocketsModel::filterSeesWhatChanges()
{
    m_model->setFilter(u"nginx"_s);
    SocketEntry web = listener(1, u"/web"_s);
    set({web, listener(2, u"/other"_s)});
    QCOMPARE(shown(), QString());
    QCOMPARE(m_model->totalCount(), 2);
    web.holders = {{.pid = 812, .executable = {}, .name = u"nginx"_s, .commandLine = {}}};
    set({web, listener(2, u"/other"_s)});
    QCOMPARE(shown(), u"1"_s);
    web.holders.clear();
    set({web, listener(2, u"/other"_s)});
    QCOMPARE(shown(), QString());
}

void tst_SocketsModel::listeningOnly()
{
    QVERIFY(m_model->isListeningOnly());
    set({listener(1, u"/a"_s), connected(2, u"psql"_s, 3)});
    QCOMPARE(shown(), u"1"_s);
    m_model->setListeningOnly(false);
    QCOMPARE(shown(), u"1 2"_s);
    m_model->setListeningOnly(true);
    QCOMPARE(shown(), u"1"_s);
    QCOMPARE(m_model->totalCount(), 2);
}

/// Whatever came before, the rows are those of the list, in its order.
void tst_SocketsModel::anyListAfterAnyOther()
{
    QRandomGenerator random(20261124);
    for (int round = 0; round < 300; ++round) {
        std::vector<SocketEntry> list;
        for (quint64 inode = 1; inode <= 40; ++inode) {
            if (random.bounded(3) == 0)
                continue;
            SocketEntry socket = listener(inode, u"/%1"_s.arg(random.bounded(10)));
            socket.waiting = static_cast<quint32>(random.bounded(2));
            list.push_back(socket);
        }
        set(list);
        const std::vector<SocketEntry> ordered = SocketsModel::ordered(list);
        QCOMPARE(m_model->rowCount(), static_cast<int>(ordered.size()));
        for (int row = 0; row < m_model->rowCount(); ++row)
            QVERIFY(*m_model->socketAt(row) == ordered[static_cast<size_t>(row)]);
    }
}

void tst_SocketsModel::tenThousand()
{
    m_tester.reset(); // it walks through all rows at each change
    m_model->setListeningOnly(false);
    std::vector<SocketEntry> many;
    for (quint64 i = 1; i <= 10'000; ++i)
        many.push_back(i % 10 == 0 ? listener(i, u"/run/server-%1"_s.arg(i))
                                   : connected(i, u"client"_s, static_cast<pid_t>(i)));
    QElapsedTimer timer;
    timer.start();
    set(SocketsModel::ordered(many));
    QCOMPARE(m_model->rowCount(), 10'000);
    const qint64 first = timer.restart();
    many[9'999].waiting = 1;
    many.erase(many.begin() + 100, many.begin() + 110);
    set(SocketsModel::ordered(many));
    const qint64 second = timer.restart();
    m_model->setFilter(u"server-99"_s);
    const qint64 filtering = timer.elapsed();
    QCOMPARE(m_model->rowCount(), 11); // 990, 9900 to 9990
    qInfo("10,000 rows: %lld ms, a second later %lld ms, filtered in %lld ms", first, second,
          filtering);
    // What takes part of a second here would be felt in the window, even on a slow machine.
    QVERIFY(second < 1000);
    m_model->setFilter({});
    m_told.clear();
    m_model->setFilter(u"7"_s); // of the pids: thousands, in a thousand separate places
    QCOMPARE(told(), u"reset"_s);
    m_model->setFilter({});
    m_told.clear();
    m_model->setListeningOnly(true); // the others stand together at the end
    QCOMPARE(m_model->rowCount(), 999);
    QCOMPARE(told(), u"remove 999 9989"_s);
}

void tst_SocketsModel::namesAreInert()
{
    set({listener(1, u"/tmp/<b>\u202ex"_s)});
    const QModelIndex cell = m_model->index(0, 0);
    QVERIFY(!cell.data().toString().contains(QChar(0x202e)));
    QVERIFY(cell.data(Qt::ToolTipRole).toString().contains(u"&lt;b&gt;"_s));
    QVERIFY(cell.data(DetailsRole).toString().contains(u"<b>"_s));
}

void tst_SocketsModel::severity()
{
    SocketEntry open = listener(1, u"/a"_s);
    open.mode = 0777;
    SocketEntry guarded = open;
    guarded.inode = 2;
    guarded.shutFolder = "/root";
    set({open, guarded, listener(3, u"/c"_s)});
    const auto of = [this](int row) {
        return m_model->index(row, SocketsModel::MarkColumn).data(SeverityRole);
    };
    QCOMPARE(of(0).toInt(), static_cast<int>(Severity::Warning));
    QCOMPARE(of(1), QVariant(static_cast<int>(Severity::Note)));
    QVERIFY(!of(2).isValid());
}

void tst_SocketsModel::refusesWrongIndexes()
{
    set({listener(1, u"/a"_s)});
    QVERIFY(!m_model->data({}, Qt::DisplayRole).isValid());
    QVERIFY(!m_model->socketAt(1));
    QVERIFY(!m_model->socketAt(-1));
    QCOMPARE(m_model->rowOf(1), 0);
    QCOMPARE(m_model->rowOf(2), -1);
    for (int column = 0; column < SocketsModel::ColumnCount; ++column)
        QCOMPARE(m_model->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole),
                 m_model->index(0, column).data(Qt::TextAlignmentRole));
}

QTEST_GUILESS_MAIN(tst_SocketsModel)
#include "tst_socketsmodel.moc"
