// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/gui/guitest.h"
#include "tests/kit/patience.h"
#include "ui/access/accessbox.h"
#include "ui/mainwindow/background.h"
#include "ui/servers/answerbox.h"
#include "ui/servers/hintsbox.h"
#include "ui/servers/serverform.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFrame>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>

using namespace Sockeye;

class tst_ServerForm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void freeNames_data();
    void freeNames();
    void addressIsShownWhileTyping();
    void nameProblems_data();
    void nameProblems();
    void startAndStop();
    void enterStarts();
    void applyBarComesAndGoes();
    void revertShowsWhatIsInForce();
    void unappliedChangesSurviveCounters();
    void whatActsAtOnceIsTold();
    void fixedReply();
    void suggestedNameIsSelected();
    void outgoingEntry();
    void tapTellsHowToReachIt_data();
    void tapTellsHowToReachIt();
    void pictures();

private:
    [[nodiscard]] ServerInfo listening() const;
    void tick(const char *box);
    [[nodiscard]] bool hasApplyBar() const;
    void press(const char *button);

    ScratchFolder m_folder;
    ScriptedPrompt m_prompt;
    Background m_background {QStringLiteral("test")};
    std::unique_ptr<ServerForm> m_form;
};

void tst_ServerForm::init()
{
    NameContext context;
    context.temporaryFolder = QFile::encodeName(m_folder.path());
    m_form = std::make_unique<ServerForm>(m_background, m_prompt, context);
    ServerSpec spec;
    spec.name = QStringLiteral("demo");
    spec.access.user = true;
    m_form->setDraft(spec);
    m_form->resize(336, 640);
    m_form->show();
}

void tst_ServerForm::cleanup()
{
    m_form.reset();
}

ServerInfo tst_ServerForm::listening() const
{
    ServerInfo info;
    info.id = ServerId {1};
    info.spec = m_form->spec();
    info.spec.name = QStringLiteral("api");
    info.state = ServerState::Listening;
    info.address = SocketAddress::fromPath(m_folder.bytes(QStringLiteral("api")));
    info.accessInForce = info.spec.access;
    info.mode = 0700;
    return info;
}

void tst_ServerForm::tick(const char *box)
{
    m_form->findChild<QCheckBox *>(QLatin1String(box))->click();
}

bool tst_ServerForm::hasApplyBar() const
{
    return m_form->findChild<QFrame *>(QStringLiteral("applyBar"))->isVisibleTo(m_form.get());
}

void tst_ServerForm::press(const char *button)
{
    m_form->findChild<QPushButton *>(QLatin1String(button))->click();
}

void tst_ServerForm::freeNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("taken");
    QTest::addColumn<QString>("free");

    const QString demo = QStringLiteral("demo");
    QTest::newRow("free") << demo << QStringList() << demo;
    QTest::newRow("taken") << demo << QStringList {demo} << "demo-2";
    QTest::newRow("taken twice") << demo << QStringList {demo, QStringLiteral("demo-2")}
                                 << "demo-3";
    QTest::newRow("counts on") << "demo-2" << QStringList {QStringLiteral("demo-2")} << "demo-3";
    QTest::newRow("path") << "/run/a" << QStringList {QStringLiteral("/run/a")} << "/run/a-2";
}

void tst_ServerForm::freeNames()
{
    QFETCH(QString, name);
    QFETCH(QStringList, taken);
    QTEST(freeName(name, taken), "free");
}

void tst_ServerForm::addressIsShownWhileTyping()
{
    QCOMPARE(m_form->addressText(), m_folder.file(QStringLiteral("demo")));
    QTest::keyClick(m_form->nameBox()->lineEdit(), Qt::Key_X);
    QCOMPARE(m_form->addressText(), m_folder.file(QStringLiteral("demox")));
    tick("abstractBox");
    QCOMPARE(m_form->addressText(), QStringLiteral("@demox"));
}

void tst_ServerForm::nameProblems_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("start"); // of the sentence under the field

    QTest::newRow("empty") << ""
                           << "The server has no name.";
    QTest::newRow("leaves the folder") << "../x"
                                       << "The name ../x leads out of";
    QTest::newRow("too long") << QString(200, QLatin1Char('n')) << "The name is too long:";
}

void tst_ServerForm::nameProblems()
{
    QFETCH(QString, name);
    QFETCH(QString, start);
    QSignalSpy started(m_form.get(), &ServerForm::startAsked);
    m_form->nameBox()->setEditText(name);
    QVERIFY2(m_form->nameProblemText().startsWith(start), qPrintable(m_form->nameProblemText()));
    QCOMPARE(m_form->startButton()->isEnabled(), false);
    QTest::keyClick(m_form->nameBox(), Qt::Key_Return);
    QCOMPARE(started.count(), 0);
    m_form->nameBox()->setEditText(QStringLiteral("fine"));
    QCOMPARE(m_form->nameProblemText(), QString());
    QCOMPARE(m_form->startButton()->isEnabled(), true);
}

void tst_ServerForm::startAndStop()
{
    QSignalSpy started(m_form.get(), &ServerForm::startAsked);
    QSignalSpy stopped(m_form.get(), &ServerForm::stopAsked);
    QCOMPARE(m_form->startButton()->text(), QStringLiteral("Start listening"));
    m_form->startButton()->click();
    QCOMPARE(started.count(), 1);
    m_form->setServer(listening());
    QCOMPARE(m_form->startButton()->text(), QStringLiteral("Stop listening"));
    m_form->startButton()->click();
    QCOMPARE(stopped.count(), 1);
    ServerInfo failed = listening();
    failed.state = ServerState::Failed;
    m_form->setServer(failed);
    QCOMPARE(m_form->startButton()->text(), QStringLiteral("Start listening"));
    QCOMPARE(started.count(), 1);
}

void tst_ServerForm::enterStarts()
{
    QSignalSpy started(m_form.get(), &ServerForm::startAsked);
    QTest::keyClick(m_form->nameBox(), Qt::Key_Return);
    QCOMPARE(started.count(), 1);
    m_form->setServer(listening());
    QTest::keyClick(m_form->nameBox(), Qt::Key_Return);
    QCOMPARE(started.count(), 1);
}

void tst_ServerForm::applyBarComesAndGoes()
{
    QSignalSpy applied(m_form.get(), &ServerForm::applyAsked);
    tick("groupBox");
    QVERIFY(!hasApplyBar()); // nothing is in force yet
    ServerInfo info = listening();
    m_form->setServer(info);
    QVERIFY(!hasApplyBar());
    tick("otherBox");
    QVERIFY(hasApplyBar());
    press("applyButton");
    QCOMPARE(applied.count(), 1);
    info.spec = m_form->spec();
    info.accessInForce = info.spec.access;
    m_form->setServer(info);
    QVERIFY(!hasApplyBar());
    m_form->nameBox()->setEditText(QStringLiteral("other"));
    QVERIFY(hasApplyBar());
}

void tst_ServerForm::revertShowsWhatIsInForce()
{
    const ServerInfo info = listening();
    m_form->setServer(info);
    tick("worldBox");
    m_form->nameBox()->setEditText(QStringLiteral("other"));
    press("revertButton");
    QVERIFY(!hasApplyBar());
    QCOMPARE(m_form->spec(), info.spec);
}

void tst_ServerForm::unappliedChangesSurviveCounters()
{
    ServerInfo info = listening();
    m_form->setServer(info);
    tick("groupBox");
    m_form->nameBox()->setEditText(QStringLiteral("other"));
    info.bytesIn = 12;
    info.open = 1;
    info.spec.answer.kind = AnswerKind::Discard; // acts at once and comes back as stored
    m_form->setServer(info);
    ServerSpec wanted = info.spec;
    wanted.name = QStringLiteral("other");
    wanted.access.group = true;
    QCOMPARE(m_form->spec(), wanted);
    QVERIFY(hasApplyBar());
}

void tst_ServerForm::whatActsAtOnceIsTold()
{
    m_form->setServer(listening());
    QSignalSpy edited(m_form.get(), &ServerForm::specEdited);
    QTest::keyClick(m_form->answerBox()->kindBox(), Qt::Key_Down);
    QCOMPARE(edited.count(), 1);
    QCOMPARE(m_form->spec().answer.kind, AnswerKind::Discard);
    QVERIFY(!hasApplyBar());
}

void tst_ServerForm::fixedReply()
{
    ServerSpec spec = m_form->spec();
    spec.answer.kind = AnswerKind::Reply;
    spec.answer.reply = QByteArray("OK\n\0\\x", 6);
    spec.answer.when = ReplyWhen::EndOfStream;
    spec.answer.closeAfter = true;
    m_form->setDraft(spec);
    QCOMPARE(m_form->findChild<QLineEdit *>(QStringLiteral("replyText"))->text(),
             QStringLiteral("OK\\n\\x00\\\\x"));
    QCOMPARE(m_form->spec(), spec);
    m_form->findChild<QLineEdit *>(QStringLiteral("replyText"))->setText(QStringLiteral("hi\\t"));
    QCOMPARE(m_form->spec().answer.reply, QByteArray("hi\t"));
}

void tst_ServerForm::suggestedNameIsSelected()
{
    m_form->suggestName(QStringLiteral("demo-2"));
    QCOMPARE(m_form->nameBox()->lineEdit()->selectedText(), QStringLiteral("demo-2"));
    QCOMPARE(m_form->addressText(), m_folder.file(QStringLiteral("demo-2")));
}

void tst_ServerForm::outgoingEntry()
{
    ServerInfo info = listening();
    info.state = ServerState::Stopped;
    info.isClient = true;
    m_form->setServer(info);
    QVERIFY(!m_form->startButton()->isVisibleTo(m_form.get()));
    QCOMPARE(m_form->addressText(), m_folder.file(QStringLiteral("api")));
    m_form->setDraft({});
    QVERIFY(m_form->startButton()->isVisibleTo(m_form.get()));
}

void tst_ServerForm::tapTellsHowToReachIt_data()
{
    QTest::addColumn<QString>("upstream");
    QTest::addColumn<bool>("isInPlace");
    QTest::addColumn<QString>("copied");
    const QString docker = QStringLiteral("/run/docker.sock");
    QTest::newRow("beside") << docker << false << "DOCKER_HOST=unix://%1";
    QTest::newRow("in place") << docker << true << QString();
    QTest::newRow("unknown") << QStringLiteral("/run/api") << false << QString();
    QTest::newRow("no tap") << QString() << false << QString();
}

void tst_ServerForm::tapTellsHowToReachIt()
{
    QFETCH(QString, upstream);
    QFETCH(bool, isInPlace);
    QFETCH(QString, copied);
    ServerInfo info = listening();
    info.spec.upstream = upstream;
    info.spec.isInPlace = isInPlace;
    m_form->setServer(info);
    QStringList expected;
    if (!copied.isEmpty())
        expected << copied.arg(m_form->addressText());
    QCOMPARE(m_form->hintsBox()->texts(), expected);
    QCOMPARE(m_form->hintsBox()->isVisible(), !copied.isEmpty());
    const QList<QToolButton *> buttons = m_form->hintsBox()->findChildren<QToolButton *>();
    QCOMPARE(buttons.size(), expected.size());
    if (expected.isEmpty())
        return;
    buttons.first()->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), expected.first());
    keepPictures(*m_form, QStringLiteral("form-tap-beside"));
    info.spec.isInPlace = true; // gone again
    m_form->setServer(info);
    QVERIFY(!m_form->hintsBox()->isVisible());
}

void tst_ServerForm::pictures()
{
    TRY_VERIFY(m_form->accessBox()->preview());
    keepPictures(*m_form, QStringLiteral("form-draft"));
    m_form->setServer(listening());
    tick("groupBox");
    tick("abstractBox");
    TRY_VERIFY(m_form->accessBox()->preview()->rights.address.kind()
               == SocketAddress::Kind::Abstract);
    keepPictures(*m_form, QStringLiteral("form-apply"));
    m_form->nameBox()->setEditText(QString());
    keepPictures(*m_form, QStringLiteral("form-problem"));
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_ServerForm>(argc, argv);
}

#include "tst_serverform.moc"
