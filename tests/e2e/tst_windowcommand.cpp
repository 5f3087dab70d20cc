// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/clock.h"
#include "core/capture/capturelog.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QProcess>
#include <QtTest>

#include <csignal>
#include <memory>

#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

/// "sockeye" and "sockeye FILE" as they are started: with a display that is not there, and with one
/// that nobody sees.
class tst_WindowCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void displays_data();
    void displays();
    void opensAFile();
    void refusesWhatIsNoFile_data();
    void refusesWhatIsNoFile();
    void clearsWhatACommandLeftBehind();
};

namespace {

/// Variables that tell Qt where the window goes, and those given.
QProcessEnvironment environment(const QStringList &variables)
{
    QProcessEnvironment result = QProcessEnvironment::systemEnvironment();
    for (const QString &name : {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s, u"QT_QPA_PLATFORM"_s})
        result.remove(name);
    for (const QString &variable : variables)
        result.insert(variable.section(u'=', 0, 0), variable.section(u'=', 1));
    return result;
}

/// The program in a home of its own; ended with the object.
class Window
{
public:
    Window(const QStringList &arguments, const QStringList &variables, const ScratchFolder &home)
    {
        m_process.setProcessEnvironment(environment(
            variables
            + QStringList {u"HOME="_s + home.path(), u"XDG_CACHE_HOME="_s + home.file(u"cache"_s),
                           u"XDG_CONFIG_HOME="_s + home.file(u"config"_s)}));
        m_process.start(QStringLiteral(SOCKEYE_PROGRAM), arguments);
    }
    ~Window() { end(SIGKILL); }
    Window(const Window &) = delete;
    Window &operator=(const Window &) = delete;

    /// Exit status; -1 if a signal ended it.
    int status()
    {
        m_process.waitForFinished(60'000);
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }
    int end(int signal)
    {
        if (m_process.state() != QProcess::NotRunning)
            ::kill(static_cast<pid_t>(m_process.processId()), signal);
        return status();
    }
    QString out() { return QString::fromUtf8(m_process.readAllStandardOutput()); }
    QString err() { return QString::fromUtf8(m_process.readAllStandardError()); }
    /// Names of the files that it has open.
    [[nodiscard]] QStringList openFiles() const
    {
        QStringList files;
        const QDir descriptors(u"/proc/%1/fd"_s.arg(m_process.processId()));
        const QStringList names = descriptors.entryList(QDir::AllEntries | QDir::System);
        for (const QString &name : names)
            files << QFileInfo(descriptors.filePath(name)).symLinkTarget();
        return files;
    }

private:
    QProcess m_process;
};

/// "cache/sockeye/captures/P-R/lock": files below @p folder, with what differs from run to run as a
/// letter.
QStringList filesBelow(const ScratchFolder &folder, const QString &name)
{
    QStringList files;
    QDirIterator all(folder.file(name), QDir::Files, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        static const QRegularExpression own(u"/\\d+-[0-9a-f]{8}/"_s);
        files << QDir(folder.path()).relativeFilePath(all.next()).replace(own, u"/P-R/"_s);
    }
    files.sort();
    return files;
}

QString capture(const ScratchFolder &folder)
{
    const SystemClock clock;
    CaptureOptions options;
    options.file = folder.file(u"kept.pcapng"_s);
    const auto log = CaptureLog::create(options, clock);
    return log ? options.file : QString();
}

} // namespace

void tst_WindowCommand::displays_data()
{
    QTest::addColumn<QStringList>("variables");
    QTest::addColumn<QString>("told");
    QTest::newRow("none") << QStringList {}
                          << u"There is no display to open the window on. Neither DISPLAY nor "
                             "WAYLAND_DISPLAY is set. Set DISPLAY, or use a subcommand"_s;
    QTest::newRow("nobody answers")
        << QStringList {u"DISPLAY=:4711"_s} << u"The window cannot be opened on DISPLAY=:4711."_s;
    QTest::newRow("no Wayland") << QStringList {u"WAYLAND_DISPLAY=nonsense"_s}
                                << u"The window cannot be opened on WAYLAND_DISPLAY=nonsense."_s;
    QTest::newRow("no such platform")
        << QStringList {u"QT_QPA_PLATFORM=nonsense"_s}
        << u"The window cannot be opened on QT_QPA_PLATFORM=nonsense."_s;
}

void tst_WindowCommand::displays()
{
    QFETCH(const QStringList, variables);
    QFETCH(const QString, told);
    const ScratchFolder home;
    for (const QStringList &arguments : {QStringList {}, QStringList {u"--demo"_s}}) {
        Window program(arguments, variables, home);
        QCOMPARE(program.status(), 1);
        const QString err = program.err();
        QVERIFY2(err.startsWith(u"sockeye: "_s + told), qPrintable(err));
        QCOMPARE(err.count(u'\n'), 1);
        QCOMPARE(program.out(), u""_s);
    }
}

void tst_WindowCommand::opensAFile()
{
    const ScratchFolder home;
    const QString file = capture(home);
    QVERIFY(!file.isEmpty());
    Window program({file}, {u"QT_QPA_PLATFORM=offscreen"_s}, home);
    TRY_VERIFY(program.openFiles().contains(file));
    QCOMPARE(program.end(SIGTERM), 0);
}

void tst_WindowCommand::refusesWhatIsNoFile_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("told");
    QTest::newRow("nothing") << QStringList {u"nonsense"_s}
                             << u"nonsense: is neither a command nor a file that is there\n"_s;
    QTest::newRow("a folder") << QStringList {u"/tmp"_s}
                              << u"/tmp: is neither a command nor a file that is there\n"_s;
    QTest::newRow("a file and a command")
        << QStringList {QStringLiteral(SOCKEYE_PROGRAM), u"list"_s}
        << u"The following argument was not expected: " SOCKEYE_PROGRAM "\n"_s;
    QTest::newRow("two files") << QStringList {QStringLiteral(SOCKEYE_PROGRAM), u"more"_s}
                               << u"more"_s;
}

void tst_WindowCommand::refusesWhatIsNoFile()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, told);
    const ScratchFolder home;
    Window program(arguments, {u"QT_QPA_PLATFORM=offscreen"_s}, home);
    QCOMPARE(program.status(), 2);
    const QString err = program.err();
    QVERIFY2(err.contains(told), qPrintable(err));
    QCOMPARE(program.out(), u""_s);
}

/// The window and the subcommands keep their captures in one place, so that each start clears what
/// any of them had to leave.
void tst_WindowCommand::clearsWhatACommandLeftBehind()
{
    const ScratchFolder home;
    const QStringList one {u"cache/sockeye/captures/P-R/000001.pcapng"_s,
                           u"cache/sockeye/captures/P-R/lock"_s};
    Window server({u"serve"_s, home.file(u"s"_s)}, {}, home);
    TRY_VERIFY(QFileInfo::exists(home.file(u"s"_s)));
    QCOMPARE(filesBelow(home, u"cache"_s), one);
    QCOMPARE(server.end(SIGKILL), -1);
    QCOMPARE(filesBelow(home, u"cache"_s), one); // left behind
    const QString file = capture(home);
    Window window({file}, {u"QT_QPA_PLATFORM=offscreen"_s}, home);
    TRY_VERIFY(window.openFiles().contains(file));
    QCOMPARE(filesBelow(home, u"cache"_s), one); // its own
    QCOMPARE(window.end(SIGTERM), 0);
    QCOMPARE(filesBelow(home, u"cache"_s), QStringList());
}

QTEST_GUILESS_MAIN(tst_WindowCommand)
#include "tst_windowcommand.moc"
