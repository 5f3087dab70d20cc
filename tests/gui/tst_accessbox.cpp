// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/gui/guitest.h"
#include "tests/kit/patience.h"
#include "ui/access/accessbox.h"
#include "ui/access/whydialog.h"
#include "ui/mainwindow/background.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QLocalServer>

#include <unistd.h>

using namespace Sockeye;

class tst_AccessBox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void world_data();
    void world();
    void worldClickMeansAllOrNone();
    void modeLine_data();
    void modeLine();
    void verdictComesBeforeStart();
    void enforceIsOfferedForAbstractNamesWithBoxes();
    void warnings_data();
    void warnings();
    void obstacle();
    void liveServerIsNamedWithoutConnecting_data();
    void liveServerIsNamedWithoutConnecting();
    void settingEmitsNothing();
    void olderAnswersAreDropped();
    void whyCannot();
    void linkGoesWithTheTheme();

private:
    [[nodiscard]] std::unique_ptr<AccessBox> makeBox();
    static QCheckBox *box(const AccessBox &access, const char *name);
    static AccessOptions options(const char *text);

    ScratchFolder m_folder;
    Background m_background {QStringLiteral("test")};
};

void tst_AccessBox::initTestCase()
{
    QCOMPARE(QFile::setPermissions(m_folder.path(),
                                   QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner
                                       | QFile::ReadOther | QFile::ExeOther | QFile::ReadGroup
                                       | QFile::ExeGroup),
             true);
}

std::unique_ptr<AccessBox> tst_AccessBox::makeBox()
{
    auto access = std::make_unique<AccessBox>(m_background);
    access->setAddress(SocketAddress::fromPath(m_folder.bytes(QStringLiteral("s"))), false);
    return access;
}

QCheckBox *tst_AccessBox::box(const AccessBox &access, const char *name)
{
    return access.findChild<QCheckBox *>(QLatin1String(name));
}

AccessOptions tst_AccessBox::options(const char *text)
{
    return AccessOptions::parse(QLatin1String(text)).value();
}

void tst_AccessBox::world_data()
{
    QTest::addColumn<QString>("ticked");
    QTest::addColumn<Qt::CheckState>("world");

    QTest::newRow("none") << "none" << Qt::Unchecked;
    QTest::newRow("user") << "user" << Qt::PartiallyChecked;
    QTest::newRow("user and group") << "user,group" << Qt::PartiallyChecked;
    QTest::newRow("other") << "other" << Qt::PartiallyChecked;
    QTest::newRow("all three") << "user,group,other" << Qt::Checked;
    QTest::newRow("world") << "world" << Qt::Checked;
    QTest::newRow("abstract alone") << "abstract" << Qt::Unchecked;
}

void tst_AccessBox::world()
{
    QFETCH(QString, ticked);
    QFETCH(Qt::CheckState, world);

    const auto access = makeBox();
    access->setOptions(AccessOptions::parse(ticked).value());
    QCOMPARE(box(*access, "worldBox")->checkState(), world);
    // The same state when the boxes are ticked one by one.
    access->setOptions({});
    const AccessOptions wanted = AccessOptions::parse(ticked).value();
    const std::pair<const char *, bool> boxes[] = {{"userBox", wanted.user},
                                                   {"groupBox", wanted.group},
                                                   {"otherBox", wanted.other},
                                                   {"abstractBox", wanted.abstract}};
    for (const auto &[name, on] : boxes) {
        if (on)
            box(*access, name)->click();
    }
    QCOMPARE(box(*access, "worldBox")->checkState(), world);
    QCOMPARE(access->options(), wanted);
}

void tst_AccessBox::worldClickMeansAllOrNone()
{
    const auto access = makeBox();
    QSignalSpy changed(access.get(), &AccessBox::optionsChanged);
    access->setOptions(options("user"));
    QStringList seen;
    for (int click = 0; click < 3; ++click) {
        box(*access, "worldBox")->click();
        seen << access->options().toString();
    }
    QCOMPARE(
        seen,
        QStringList({QStringLiteral("world"), QStringLiteral("none"), QStringLiteral("world")}));
    QCOMPARE(changed.count(), 3);
}

void tst_AccessBox::modeLine_data()
{
    QTest::addColumn<QString>("ticked");
    QTest::addColumn<QString>("mode");

    QTest::newRow("user") << "user"
                          << "srwx------";
    QTest::newRow("group") << "group"
                           << "s---rwx---";
    QTest::newRow("user, group") << "user,group"
                                 << "srwxrwx---";
    QTest::newRow("other") << "other"
                           << "s------rwx";
    QTest::newRow("user, other") << "user,other"
                                 << "srwx---rwx";
    QTest::newRow("group, other") << "group,other"
                                  << "s---rwxrwx";
    QTest::newRow("world") << "world"
                           << "srwxrwxrwx";
    QTest::newRow("abstract") << "user,abstract"
                              << "no file, no mode";
}

void tst_AccessBox::modeLine()
{
    QFETCH(QString, ticked);
    QFETCH(QString, mode);

    const auto access = makeBox();
    access->setOptions(AccessOptions::parse(ticked).value());
    // At once, without the disk.
    QVERIFY2(access->modeLine().startsWith(mode), qPrintable(access->modeLine()));
}

void tst_AccessBox::verdictComesBeforeStart()
{
    if (::getuid() != 0)
        QSKIP("names the owner root");
    const auto access = makeBox();
    access->setOptions(options("user,group"));
    TRY_VERIFY(access->preview());
    TRY_COMPARE(access->modeLine(), QStringLiteral("srwxrwx---  root root"));
    // A group of nobody but you has no verdict of its own that could contradict yours.
    const VerdictSummary &verdicts = access->preview()->verdicts;
    const QString group = verdicts.isGroupOnlyYou
        ? QString()
        : QStringLiteral("✔ root (%1)  ").arg(verdicts.groupMembers);
    TRY_COMPARE(access->verdictLine(),
                QStringLiteral("✔ you  ") + group + QStringLiteral("✘ everybody else"));
    box(*access, "otherBox")->click();
    TRY_VERIFY2(access->verdictLine().endsWith(QStringLiteral("✔ everybody else")),
                qPrintable(access->verdictLine()));
}

void tst_AccessBox::enforceIsOfferedForAbstractNamesWithBoxes()
{
    const auto access = makeBox();
    const QCheckBox *enforce = box(*access, "enforceBox");
    const auto offered = [&](const char *text) {
        access->setOptions(options(text));
        return enforce->isVisibleTo(access.get());
    };
    QCOMPARE(offered("user"), false);
    QCOMPARE(offered("abstract"), false);
    QCOMPARE(offered("user,abstract"), true);
    access->setEnforcing(true);
    QCOMPARE(access->enforces(), true);
    // Not in force where the mode does it.
    access->setOptions(options("user"));
    QCOMPARE(access->enforces(), false);
}

void tst_AccessBox::warnings_data()
{
    QTest::addColumn<QString>("ticked");
    QTest::addColumn<bool>("enforce");
    QTest::addColumn<bool>("shutOut"); // what the verdict says about us
    QTest::addColumn<QStringList>("codes");

    QTest::newRow("user") << "user" << false << false << QStringList();
    QTest::newRow("group shuts out the owner")
        << "group" << false << true << QStringList(QStringLiteral("OwnerShutOut"));
    QTest::newRow("group does not shut out root") << "group" << false << false << QStringList();
    QTest::newRow("abstract restricts nobody")
        << "user,abstract" << false << false
        << QStringList(QStringLiteral("AbstractHasNoRestriction"));
    QTest::newRow("abstract for the world is meant so")
        << "world,abstract" << false << false << QStringList();
    QTest::newRow("abstract enforced") << "user,abstract" << true << false << QStringList();
    QTest::newRow("abstract enforced against the owner")
        << "group,abstract" << true << true << QStringList(QStringLiteral("OwnerShutOut"));
}

void tst_AccessBox::warnings()
{
    QFETCH(QString, ticked);
    QFETCH(bool, enforce);
    QFETCH(bool, shutOut);
    QFETCH(QStringList, codes);

    AccessQuestion question;
    question.options = AccessOptions::parse(ticked).value();
    question.enforce = enforce;
    Verdict you;
    you.allowed = !shutOut;
    you.stop = !shutOut ? Verdict::Stop::None
        : enforce       ? Verdict::Stop::Enforced
                        : Verdict::Stop::SocketWrite;
    QStringList found;
    for (const Problem &warning : accessWarnings(question, you))
        found << codeName(warning.code);
    QCOMPARE(found, codes);
}

void tst_AccessBox::obstacle()
{
    AccessQuestion question;
    question.options = options("user");
    const auto obstacle = [&](const QString &name) {
        question.address = SocketAddress::fromPath(m_folder.bytes(name));
        const std::optional<Problem> problem = previewAccess(question).obstacle;
        return problem ? codeName(problem->code) : QString();
    };
    m_folder.write(QStringLiteral("file"), "x");
    QCOMPARE(obstacle(QStringLiteral("free")), QString());
    QCOMPARE(obstacle(QStringLiteral("file")), QStringLiteral("AddressNotASocket"));
    QCOMPARE(obstacle(QStringLiteral("nofolder/s")), QStringLiteral("FolderMissing"));
    QCOMPARE(obstacle(QStringLiteral("file/s")), QStringLiteral("FolderNotAFolder"));
}

void tst_AccessBox::liveServerIsNamedWithoutConnecting_data()
{
    QTest::addColumn<QLocalServer::SocketOption>("option");
    QTest::newRow("plain") << QLocalServer::NoOptions;
    // Bound under a hidden name and renamed: the kernel's table does not have its path.
    QTest::newRow("renamed") << QLocalServer::UserAccessOption;
}

void tst_AccessBox::liveServerIsNamedWithoutConnecting()
{
    QFETCH(QLocalServer::SocketOption, option);
    QLocalServer server;
    server.setSocketOptions(option);
    QVERIFY(server.listen(m_folder.file(QStringLiteral("taken"))));
    AccessQuestion question;
    question.options = options("user");
    question.address = SocketAddress::fromPath(m_folder.bytes(QStringLiteral("taken")));
    const std::optional<Problem> problem = previewAccess(question).obstacle;
    QVERIFY(problem);
    QCOMPARE(codeName(problem->code), QStringLiteral("AddressInUse"));
    QCOMPARE(problem->args.value(QStringLiteral("owner")),
             QStringLiteral("tst_accessbox (pid %1)").arg(QCoreApplication::applicationPid()));
    QVERIFY(!server.waitForNewConnection(0));
}

void tst_AccessBox::settingEmitsNothing()
{
    const auto access = makeBox();
    QSignalSpy changed(access.get(), &AccessBox::optionsChanged);
    QSignalSpy enforcing(access.get(), &AccessBox::enforcingChanged);
    access->setOptions(options("world,abstract"));
    access->setEnforcing(true);
    QCOMPARE(changed.count() + enforcing.count(), 0);
}

void tst_AccessBox::olderAnswersAreDropped()
{
    const auto access = makeBox();
    QSignalSpy answered(access.get(), &AccessBox::previewChanged);
    for (const char *text : {"user", "group", "other", "world"})
        access->setOptions(options(text));
    TRY_COMPARE(answered.count(), 1);
    QCOMPARE(access->preview()->rights.mode, mode_t(0777));
}

void tst_AccessBox::whyCannot()
{
    if (::getuid() != 0)
        QSKIP("plans a socket of root's");
    AccessQuestion question;
    question.address = SocketAddress::fromPath(m_folder.bytes(QStringLiteral("s")));
    question.options = options("user");
    WhyDialog dialog(m_background, previewAccess(question).rights, nullptr);
    auto *user = dialog.findChild<QLineEdit *>();
    QTest::keyClicks(user, QStringLiteral("nobody"));
    TRY_VERIFY2(dialog.answerText().startsWith(QStringLiteral("nobody cannot connect: ")),
                qPrintable(dialog.answerText()));
    user->clear();
    QTest::keyClicks(user, QStringLiteral("root"));
    TRY_COMPARE(dialog.answerText(), QStringLiteral("root can connect."));
    user->clear();
    QTest::keyClicks(user, QStringLiteral("no-such-user"));
    TRY_COMPARE(dialog.answerText(),
                QStringLiteral("There is no user “no-such-user” on this machine."));
}

void tst_AccessBox::linkGoesWithTheTheme()
{
    auto &application = *qobject_cast<QApplication *>(QCoreApplication::instance());
    const auto picture = [](const AccessBox &access) {
        QCoreApplication::processEvents(); // palettes arrive as events
        return access.findChild<QLabel *>(QStringLiteral("whyLink"))->grab().toImage();
    };
    const auto old = makeBox();
    old->show();
    const QImage light = picture(*old);
    applyTheme(application, Appearance::Dark);
    const auto fresh = makeBox();
    fresh->show();
    const QImage dark = picture(*fresh);
    const QImage changed = picture(*old);
    applyTheme(application, Appearance::Light);
    QVERIFY(light != dark);
    QVERIFY(changed == dark);
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_AccessBox>(argc, argv);
}

#include "tst_accessbox.moc"
