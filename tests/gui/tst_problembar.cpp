// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/problemtext.h"
#include "tests/gui/guitest.h"
#include "tests/kit/patience.h"
#include "ui/problems/problembar.h"
#include "ui/problems/problemspanel.h"

#include <QAbstractSocket>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>

#include <cerrno>

using namespace Sockeye;

class tst_ProblemBar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatHappened();
    void buttonsPerProblem_data();
    void buttonsPerProblem();
    void buttonTellsWhichProblem();
    void foreignTextIsNotMarkup();
    void dismissAndMore();
    void sameProblemKeepsItsButtons();
    void pictures();
    void listShowsWhyAndWhatToDo();

private:
    static ProblemReport report(ProblemCode code);
};

ProblemReport tst_ProblemBar::report(ProblemCode code)
{
    ProblemReport report;
    report.id = ProblemId {7};
    report.server = ServerId {1};
    report.problem.code = code;
    report.problem.args = {{QStringLiteral("address"), QStringLiteral("/run/api")},
                           {QStringLiteral("owner"), QStringLiteral("nginx (pid 812)")}};
    report.problem.socketError = QAbstractSocket::AddressInUseError;
    report.problem.errnoValue = EADDRINUSE;
    return report;
}

void tst_ProblemBar::saysWhatHappened()
{
    ProblemBar bar;
    QVERIFY(!bar.isVisibleTo(nullptr));
    bar.setProblem(report(ProblemCode::AddressInUse), QStringLiteral("api"), 0);
    QString text = bar.text();
    text.replace(QChar(0x2002), QLatin1Char(' '));
    QCOMPARE(text,
             QStringLiteral("api /run/api is in use by a live server, nginx (pid 812). "
                            "AddressInUseError · EADDRINUSE"));
    bar.setProblem({}, {}, 0);
    QCOMPARE(bar.text(), QString());
    QVERIFY(bar.isHidden());
}

void tst_ProblemBar::buttonsPerProblem_data()
{
    QTest::addColumn<ProblemCode>("code");
    QTest::addColumn<QStringList>("buttons");

    const auto row = [](ProblemCode code, const QStringList &buttons) {
        QTest::newRow(qPrintable(codeName(code))) << code << buttons;
    };
    row(ProblemCode::AddressInUse,
        {QStringLiteral("Show owner"), QStringLiteral("Pick another name"),
         QStringLiteral("Take it over…")});
    row(ProblemCode::AddressStale,
        {QStringLiteral("Remove it and listen"), QStringLiteral("Pick another name")});
    row(ProblemCode::AddressVanished, {QStringLiteral("Listen again")});
    row(ProblemCode::CaptureDiskFull, {QStringLiteral("Go on with gaps")});
    row(ProblemCode::ConnectRefused, {});
}

void tst_ProblemBar::buttonsPerProblem()
{
    QFETCH(ProblemCode, code);
    ProblemBar bar;
    bar.setProblem(report(code), {}, 0);
    QStringList found;
    for (const QPushButton *button : bar.findChildren<QPushButton *>()) {
        if (button->objectName() != QStringLiteral("moreProblems"))
            found << button->text();
    }
    QTEST(found, "buttons");
}

void tst_ProblemBar::buttonTellsWhichProblem()
{
    ProblemBar bar;
    QVector<QPair<quint64, Remedy>> chosen;
    connect(&bar, &ProblemBar::remedyChosen, this, [&](const ProblemReport &which, Remedy remedy) {
        chosen.append({which.id.value, remedy});
    });
    bar.setProblem(report(ProblemCode::AddressStale), {}, 0);
    bar.button(Remedy::RemoveStaleAndRetry)->click();
    // It cleared itself between the press and the answer: still the problem that was pressed.
    bar.setProblem({}, {}, 0);
    TRY_COMPARE(chosen.size(), 1);
    QCOMPARE(chosen.first(), qMakePair(quint64(7), Remedy::RemoveStaleAndRetry));
    QCOMPARE(bar.button(Remedy::TakeOver), nullptr);
}

void tst_ProblemBar::foreignTextIsNotMarkup()
{
    ProblemBar bar;
    ProblemReport evil = report(ProblemCode::AddressInUse);
    evil.problem.args[QStringLiteral("address")] = QStringLiteral("<img src=x><b>hi</b>");
    bar.setProblem(evil, QStringLiteral("<i>name</i>"), 0);
    QVERIFY2(bar.text().startsWith(QStringLiteral("<i>name</i>")), qPrintable(bar.text()));
    QVERIFY2(bar.text().contains(QStringLiteral("<img src=x><b>hi</b>")), qPrintable(bar.text()));
}

void tst_ProblemBar::dismissAndMore()
{
    ProblemBar bar;
    QSignalSpy dismissed(&bar, &ProblemBar::dismissed);
    QSignalSpy listed(&bar, &ProblemBar::listAsked);
    auto *more = bar.findChild<QPushButton *>(QStringLiteral("moreProblems"));
    bar.setProblem(report(ProblemCode::AddressInUse), {}, 0);
    QVERIFY(!more->isVisibleTo(&bar));
    bar.setProblem(report(ProblemCode::AddressInUse), {}, 2);
    QVERIFY(more->isVisibleTo(&bar));
    QCOMPARE(more->text(), QStringLiteral("2 more…"));
    more->click();
    bar.findChild<QToolButton *>(QStringLiteral("dismissProblem"))->click();
    QCOMPARE(listed.count(), 1);
    QCOMPARE(dismissed.count(), 1);
    QCOMPARE(dismissed.first().first().value<ProblemId>(), ProblemId {7});
}

void tst_ProblemBar::sameProblemKeepsItsButtons()
{
    // Set on every tick: a button that is being pressed must not be made anew under the pointer.
    ProblemBar bar;
    bar.setProblem(report(ProblemCode::AddressInUse), QStringLiteral("api"), 0);
    const QPushButton *before = bar.button(Remedy::ShowOwner);
    bar.setProblem(report(ProblemCode::AddressInUse), QStringLiteral("api"), 1);
    QCOMPARE(bar.button(Remedy::ShowOwner), before);
}

void tst_ProblemBar::pictures()
{
    ProblemBar bar;
    bar.resize(1200, 40);
    bar.setProblem(report(ProblemCode::AddressInUse), QStringLiteral("api"), 1);
    bar.show();
    keepPictures(bar, QStringLiteral("problembar-error"));
    bar.setProblem(report(ProblemCode::AddressVanished), QStringLiteral("api"), 0);
    keepPictures(bar, QStringLiteral("problembar-warning"));
}

void tst_ProblemBar::listShowsWhyAndWhatToDo()
{
    Workbench bench;
    ProblemsModel model(*bench.engine);
    ProblemsPanel panel(model);
    panel.resize(1200, 220);
    panel.show();
    keepPictures(panel, QStringLiteral("problems-empty"));
    ServerSpec spec;
    spec.name = bench.folder.file(QStringLiteral("missing/s"));
    const ServerId id = bench.engine->addServer(spec);
    bench.engine->execute(Command::Start {.id = id});
    TRY_VERIFY((model.refresh(), model.rowCount() == 1));
    panel.selectNewest();
    const Problem &problem = model.at(0).problem;
    for (const QString &part : {whatHappened(problem), whyItHappened(problem), whatToDo(problem)})
        QVERIFY2(panel.detailText().contains(part), qPrintable(panel.detailText()));
    keepPictures(panel, QStringLiteral("problems-one"));

    QSignalSpy dismissed(&panel, &ProblemsPanel::dismissed);
    for (QPushButton *button : panel.findChildren<QPushButton *>()) {
        if (button->text() == QStringLiteral("Dismiss"))
            button->click();
    }
    QCOMPARE(dismissed.count(), 1);
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_ProblemBar>(argc, argv);
}

#include "tst_problembar.moc"
