// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/problemtext.h"
#include "core/models/problemsmodel.h"
#include "modelpicture.h"

#include <QAbstractItemModelTester>
#include <QtTest>

#include <cerrno>

using namespace Sockeye;

namespace {

ProblemReport report(quint64 id, ProblemCode code = ProblemCode::AddressInUse, quint64 server = 1)
{
    ProblemReport result;
    result.id = {id};
    result.server = {server};
    result.problem.code = code;
    result.problem.args.insert(QStringLiteral("address"), QStringLiteral("/run/<b>api"));
    return result;
}

} // namespace

class tst_ProblemsModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void showsAProblem();
    void namesStayWhenTheServerIsGone();
    void keepsOrderAndUpdates();
    void tellsTheNewest();
    void dropsTheOldest();
    void refusesWrongIndexes();

private:
    void change(std::vector<ProblemReport> reports)
    {
        m_changes = {m_changes.version + 1, std::move(reports)};
        m_model->refresh();
    }
    [[nodiscard]] QList<quint64> ids() const
    {
        QList<quint64> list;
        for (int row = 0; row < m_model->rowCount(); ++row)
            list << m_model->at(row).id.value;
        return list;
    }

    Engine::ProblemChanges m_changes;
    QString m_serverName;
    std::unique_ptr<ProblemsModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void tst_ProblemsModel::init()
{
    m_tester.reset();
    m_changes = {};
    m_serverName = QStringLiteral("api");
    m_model = std::make_unique<ProblemsModel>(ProblemsModel::Source {
        [this](quint64 version) {
            return version == m_changes.version ? Engine::ProblemChanges {version, {}} : m_changes;
        },
        [this](ServerId) { return m_serverName; }});
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
}

void tst_ProblemsModel::showsAProblem()
{
    ProblemReport one = report(1);
    one.problem.errnoValue = EADDRINUSE;
    one.problem.socketError = 8;
    change({one});
    const QString what = whatHappened(one.problem);
    QVERIFY(!what.isEmpty());
    const auto text = [this](int column) { return m_model->index(0, column).data().toString(); };
    QCOMPARE(text(ProblemsModel::ServerColumn), QStringLiteral("api"));
    QCOMPARE(text(ProblemsModel::ProblemColumn), what);
    QCOMPARE(text(ProblemsModel::ErrorColumn), QStringLiteral("AddressInUseError"));
    QCOMPARE(text(ProblemsModel::ErrnoColumn), QStringLiteral("EADDRINUSE"));
    const QString tip = m_model->index(0, 0).data(Qt::ToolTipRole).toString();
    QVERIFY2(!tip.contains(QLatin1String("<b>")), qPrintable(tip));
    QCOMPARE(m_model->index(0, 0).data(SeverityRole).toInt(),
             static_cast<int>(severity(one.problem.code)));
}

void tst_ProblemsModel::namesStayWhenTheServerIsGone()
{
    change({report(1)});
    m_serverName.clear();
    change({report(2, ProblemCode::AddressInUse, 0)});
    QCOMPARE(m_model->index(0, ProblemsModel::ServerColumn).data().toString(),
             QStringLiteral("api"));
    QCOMPARE(m_model->index(1, ProblemsModel::ServerColumn).data().toString(), QString());
}

void tst_ProblemsModel::keepsOrderAndUpdates()
{
    QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    change({report(3), report(1)});
    QCOMPARE(inserted.size(), 1);
    ProblemReport over = report(1);
    over.isCurrent = false;
    change({report(4), over});
    QCOMPARE(ids(), (QList<quint64> {1, 3, 4}));
    QCOMPARE(inserted.size(), 2);
    QCOMPARE(changed.size(), 1);
    QVERIFY(!m_model->index(0, 0).data(IsCurrentRole).toBool());
    QCOMPARE(m_model->currentCount(), 2);
}

void tst_ProblemsModel::tellsTheNewest()
{
    QSignalSpy told(m_model.get(), &ProblemsModel::newestChanged);
    QCOMPARE(m_model->newestCurrent(), nullptr);
    change({report(1), report(2)});
    QCOMPARE(told.size(), 1);
    QCOMPARE(m_model->newestCurrent()->id.value, 2ULL);
    ProblemReport over = report(1);
    over.isCurrent = false;
    change({over});
    QCOMPARE(told.size(), 1); // an older one: the bar stays
    change({report(3)});
    QCOMPARE(told.size(), 2);
    over = report(3);
    over.isCurrent = false;
    change({over});
    QCOMPARE(told.size(), 3);
    QCOMPARE(m_model->newestCurrent()->id.value, 2ULL);
    over = report(2);
    over.isCurrent = false;
    change({over});
    QCOMPARE(told.size(), 4);
    QCOMPARE(m_model->newestCurrent(), nullptr);
    m_model->refresh();
    QCOMPARE(told.size(), 4);
}

void tst_ProblemsModel::dropsTheOldest()
{
    m_tester.reset(); // it walks all rows at each change
    std::vector<ProblemReport> many;
    for (quint64 id = 1; id <= ProblemsModel::maxRows + 5; ++id)
        many.push_back(report(id));
    change(many);
    QCOMPARE(m_model->rowCount(), ProblemsModel::maxRows);
    QCOMPARE(m_model->at(0).id.value, 6ULL);
    ProblemReport gone = report(2);
    gone.isCurrent = false;
    change({gone});
    QCOMPARE(m_model->rowCount(), ProblemsModel::maxRows);
}

void tst_ProblemsModel::refusesWrongIndexes()
{
    QVERIFY(!m_model->data({}, Qt::DisplayRole).isValid());
    QVERIFY(!m_model->headerData(ProblemsModel::ColumnCount, Qt::Horizontal, Qt::DisplayRole)
                 .isValid());
}

QTEST_GUILESS_MAIN(tst_ProblemsModel)
#include "tst_problemsmodel.moc"
