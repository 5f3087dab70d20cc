// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/connectionsmodel.h"
#include "kit/manualclock.h"
#include "modelpicture.h"

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace Sockeye;
using namespace std::chrono_literals;

class tst_ConnectionsModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void showsThePicture();
    void insertsOncePerTick();
    void lateIdsFindTheirPlace();
    void dropsHistoryAtTheFront();
    void keepsOpenOnesOfALongHistory();
    void showsOneServer();
    void agesTogether();
    void ratesOfAnOpenConnection();
    void ratesOfAShortConnection();
    void countsStayRight();
    void peersAreInert();
    void whatATappedServerSees();
    void refusesWrongIndexes();

private:
    ConnectionInfo info(quint64 id, quint64 server = 1) const;
    void change(std::vector<ConnectionInfo> changed, quint64 oldest = 1)
    {
        m_changes = {m_changes.version + 1, std::move(changed), {oldest}};
        m_model->refresh();
    }
    [[nodiscard]] QList<quint64> ids() const
    {
        QList<quint64> list;
        for (int row = 0; row < m_model->rowCount(); ++row)
            list << m_model->connectionAt(row)->id.value;
        return list;
    }
    [[nodiscard]] QList<int> rates(int row) const
    {
        QList<int> list;
        const QModelIndex cell = m_model->index(row, ConnectionsModel::RateColumn);
        for (const QVariant &rate : cell.data(RatesRole).toList())
            list << qRound(rate.toDouble());
        return list;
    }

    ManualClock m_clock;
    Engine::ConnectionChanges m_changes;
    std::vector<ConnectionInfo> m_all; ///< what version 0 yields
    std::unique_ptr<ConnectionsModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void tst_ConnectionsModel::init()
{
    m_tester.reset();
    m_changes = {};
    m_all.clear();
    m_model = std::make_unique<ConnectionsModel>(ConnectionsModel::Source {
        [this](quint64 version) {
            if (version == 0 && !m_all.empty())
                return Engine::ConnectionChanges {m_changes.version, m_all, m_changes.oldest};
            if (version == m_changes.version)
                return Engine::ConnectionChanges {version, {}, m_changes.oldest};
            return m_changes;
        },
        [this] { return m_clock.now(); }});
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
}

ConnectionInfo tst_ConnectionsModel::info(quint64 id, quint64 server) const
{
    ConnectionInfo result;
    result.id = {id};
    result.server = {server};
    result.opened = m_clock.now();
    result.peer.credentials.pid = 4200 + static_cast<pid_t>(id);
    result.peer.process.name = QStringLiteral("psql");
    result.peer.userName = QStringLiteral("ada");
    result.peer.groupName = QStringLiteral("staff");
    return result;
}

void tst_ConnectionsModel::showsThePicture()
{
    ConnectionInfo open = info(12);
    open.bytesIn = 1'200'000;
    open.bytesOut = 3'100;
    open.recordsIn = 9'000;
    open.recordsOut = 204;
    ConnectionInfo half = info(13);
    half.state = ConnectionState::EndedByPeer;
    ConnectionInfo refused = info(14);
    refused.state = ConnectionState::Refused;
    refused.reason = CloseReason::Refused;
    refused.refusal = QStringLiteral("not in group staff");
    refused.closed = m_clock.now();
    ConnectionInfo outgoing = info(15);
    outgoing.outgoing = true;
    m_clock.advance(31s);
    change({open, half, refused, outgoing});
    const QString expected = QStringLiteral(
        "12 | psql (4212) | ada:staff | 1.2 MB | 3.1 kB | 9 204 | 0:31 | 39 kB/s\n"
        "13 | psql (4213) | ada:staff | 0 B | 0 B | 0 | 0:31, half closed | 0 B/s\n"
        "14 | psql (4214) | ada:staff | 0 B | 0 B | 0 | refused: not in group staff |\n"
        "15 | \u2192 psql (4215) | ada:staff | 0 B | 0 B | 0 | 0:31 | 0 B/s");
    QCOMPARE(pictureOf(*m_model), expected);
}

void tst_ConnectionsModel::insertsOncePerTick()
{
    QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    change({info(1), info(2), info(3)});
    QCOMPARE(inserted.size(), 1);
    ConnectionInfo one = info(1);
    one.bytesIn = 7;
    ConnectionInfo three = info(3);
    three.bytesIn = 9;
    change({one, three, info(4), info(5)});
    QCOMPARE(inserted.size(), 2);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed.first().at(0).toModelIndex().row(), 0);
    QCOMPARE(changed.first().at(1).toModelIndex().row(), 2);
    m_model->refresh();
    QCOMPARE(inserted.size() + changed.size(), 3);
}

void tst_ConnectionsModel::lateIdsFindTheirPlace()
{
    change({info(1), info(4), info(7)});
    change({info(9), info(3), info(2), info(5), info(8)});
    QCOMPARE(ids(), (QList<quint64> {1, 2, 3, 4, 5, 7, 8, 9}));
}

void tst_ConnectionsModel::dropsHistoryAtTheFront()
{
    change({info(1), info(2), info(3)});
    QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
    change({info(4)}, 3);
    QCOMPARE(ids(), (QList<quint64> {3, 4}));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(m_model->openCount(), 2);
    change({}, 100);
    QCOMPARE(m_model->rowCount(), 0);
    QCOMPARE(m_model->openCount(), 0);
}

void tst_ConnectionsModel::keepsOpenOnesOfALongHistory()
{
    m_tester.reset(); // it walks all rows at each change
    std::vector<ConnectionInfo> many = {info(1)};
    constexpr int limit = ConnectionsModel::maxClosed + ConnectionsModel::closedSlack;
    for (quint64 id = 2; id < limit + 2; ++id) {
        many.push_back(info(id));
        if (id == 5)
            continue;
        many.back().state = ConnectionState::Closed;
        many.back().closed = m_clock.now();
    }
    many.push_back(info(limit + 2));
    many.back().state = ConnectionState::Closed;
    many.back().closed = m_clock.now();
    change(many);
    QCOMPARE(m_model->closedCount(), ConnectionsModel::maxClosed);
    QCOMPARE(m_model->openCount(), 2);
    QCOMPARE(m_model->connectionAt(0)->id.value, 1ULL);
    QCOMPARE(m_model->connectionAt(1)->id.value, 5ULL);
    QCOMPARE(m_model->connectionAt(m_model->rowCount() - 1)->id.value,
             static_cast<quint64>(limit + 2));
}

void tst_ConnectionsModel::showsOneServer()
{
    change({info(1, 1), info(2, 2), info(3, 1)});
    m_all = {info(1, 1), info(2, 2), info(3, 1)};
    m_model->setServer({1});
    QCOMPARE(ids(), (QList<quint64> {1, 3}));
    change({info(4, 2), info(5, 1)});
    QCOMPARE(ids(), (QList<quint64> {1, 3, 5}));
    m_all.push_back(info(4, 2));
    m_all.push_back(info(5, 1));
    m_model->setServer({2});
    QCOMPARE(ids(), (QList<quint64> {2, 4}));
    m_model->setServer({});
    QCOMPARE(ids(), (QList<quint64> {1, 2, 3, 4, 5}));
    QCOMPARE(m_model->openCount(), 5);
}

void tst_ConnectionsModel::agesTogether()
{
    change({info(1)});
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    m_clock.advance(100ms);
    m_model->refresh();
    QCOMPARE(changed.size(), 0); // too early for a new picture
    m_clock.advance(2s);
    m_model->refresh();
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_model->index(0, ConnectionsModel::AgeColumn).data().toString(),
             QStringLiteral("0:02"));
}

void tst_ConnectionsModel::ratesOfAnOpenConnection()
{
    ConnectionInfo one = info(1);
    change({one});
    QCOMPARE(rates(0), QList<int>());
    for (const quint64 bytes : {1000U, 1000U, 3000U}) {
        one.bytesIn = bytes;
        one.bytesOut = bytes;
        m_clock.advance(500ms);
        change({one});
    }
    QCOMPARE(rates(0), (QList<int> {4000, 0, 8000}));
    for (int i = 0; i < ConnectionsModel::rateCount; ++i) {
        m_clock.advance(500ms);
        m_model->refresh();
    }
    QCOMPARE(rates(0), QList<int>(ConnectionsModel::rateCount, 0));
}

void tst_ConnectionsModel::ratesOfAShortConnection()
{
    ConnectionInfo one = info(1);
    one.bytesIn = 100;
    one.state = ConnectionState::Closed;
    one.reason = CloseReason::ByPeer;
    one.closed = one.opened + 200ms;
    m_clock.advance(10s);
    change({one});
    QCOMPARE(rates(0), QList<int> {500});
    m_clock.advance(10s);
    m_model->refresh();
    QCOMPARE(rates(0), QList<int> {500}); // a closed one keeps its curve
}

void tst_ConnectionsModel::countsStayRight()
{
    change({info(1), info(2), info(3)});
    QCOMPARE(m_model->openCount(), 3);
    ConnectionInfo closed = info(2);
    closed.state = ConnectionState::Closed;
    closed.closed = m_clock.now();
    change({closed});
    change({closed}); // told twice
    QCOMPARE(m_model->openCount(), 2);
    QCOMPARE(m_model->closedCount(), 1);
    ConnectionInfo refused = info(4);
    refused.state = ConnectionState::Refused;
    refused.closed = m_clock.now();
    change({refused, info(5)});
    change({refused});
    QCOMPARE(m_model->openCount(), 3);
    QCOMPARE(m_model->closedCount(), 1);
    QCOMPARE(m_model->refusedCount(), 1);
    change({}, 5); // forgotten
    QCOMPARE(m_model->openCount(), 1);
    QCOMPARE(m_model->closedCount() + m_model->refusedCount(), 0);
}

void tst_ConnectionsModel::peersAreInert()
{
    ConnectionInfo one = info(1);
    one.peer.process.name = QStringLiteral("a\nb");
    one.peer.process.commandLine = QStringLiteral("<img src=x>\u202e");
    change({one});
    const QModelIndex cell = m_model->index(0, ConnectionsModel::PeerColumn);
    QCOMPARE(cell.data().toString(), QString::fromUtf16(u"a⏎b (4201)"));
    const QString tip = cell.data(Qt::ToolTipRole).toString();
    QVERIFY(tip.contains(QLatin1String("&lt;img src=x&gt;")));
    QVERIFY(!tip.contains(QChar(0x202e)));
    QVERIFY(cell.data(DetailsRole).toString().contains(QLatin1String("<img src=x>")));
}

void tst_ConnectionsModel::whatATappedServerSees()
{
    ConnectionInfo one = info(1);
    const auto details = [this] {
        return m_model->index(0, 0).data(DetailsRole).toString().split(QLatin1Char('\n'));
    };
    change({one});
    const QString seen = QStringLiteral("The server sees: pid 99 (Sockeye), user root (0), "
                                        "group root (0)");
    QVERIFY(!details().contains(seen));
    one.isTapped = true;
    one.seenPid = 99;
    change({one});
    QVERIFY2(details().contains(seen), qPrintable(details().join(QLatin1Char('|'))));
    QVERIFY(details().contains(QStringLiteral("Process: 4201"))); // who really came
}

void tst_ConnectionsModel::refusesWrongIndexes()
{
    change({info(1)});
    QVERIFY(!m_model->data({}, Qt::DisplayRole).isValid());
    QVERIFY(!m_model->connectionAt(1));
    QVERIFY(!m_model->connectionAt(-1));
    QCOMPARE(m_model->rowOf({1}), 0);
    QCOMPARE(m_model->rowOf({2}), -1);
    for (int column = 0; column < ConnectionsModel::ColumnCount; ++column)
        QCOMPARE(m_model->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole),
                 m_model->index(0, column).data(Qt::TextAlignmentRole));
}

QTEST_GUILESS_MAIN(tst_ConnectionsModel)
#include "tst_connectionsmodel.moc"
