// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/descriptor.h"
#include "core/system/processinfo.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QThread>
#include <QtTest>

#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

class tst_ProcessInfo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thisProcess();
    void commandLine_data();
    void commandLine();
    void anotherProgramInTheSameProcess();
    void removedProgram();
    void nobody_data();
    void nobody();
    void manyThreads();
};

void tst_ProcessInfo::thisProcess()
{
    const ProcessInfo info = processInfo(::getpid());
    QCOMPARE(info.pid, ::getpid());
    QCOMPARE(info.executable, QCoreApplication::applicationFilePath());
    QCOMPARE(info.name, u"tst_processinfo"_s);
    QVERIFY(info.commandLine.contains(u"tst_processinfo"_s));
    QVERIFY(processInfo(::getpid()) == info); // remembered
}

void tst_ProcessInfo::commandLine_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("shown"); // behind the program
    QTest::newRow("none") << QStringList {} << u""_s;
    QTest::newRow("plain") << QStringList {u"--a=b"_s, u"/x/y"_s} << u" --a=b /x/y"_s;
    QTest::newRow("space") << QStringList {u"a b"_s} << u" 'a b'"_s;
    QTest::newRow("empty") << QStringList {u""_s, u"x"_s} << u" '' x"_s;
    QTest::newRow("quote") << QStringList {u"it's"_s} << u" 'it'\\''s'"_s;
    QTest::newRow("dollar") << QStringList {u"$HOME"_s} << u" '$HOME'"_s;
    QTest::newRow("umlaut") << QStringList {u"ä"_s} << u" 'ä'"_s;
    QTest::newRow("backslash") << QStringList {u"a\\b"_s} << u" 'a\\b'"_s;
    QTest::newRow("control") << QStringList {u"a\x1b[2J'"_s} << u" $'a\\x1b[2J\\''"_s;
}

void tst_ProcessInfo::commandLine()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, shown);
    QProcess process;
    // cat waits for its input; "--" keeps the words from being options. A script named "sh -c"
    // would end at once.
    process.start(u"/bin/sh"_s, QStringList {u"-c"_s, u"read line"_s, u"--"_s} + arguments);
    QVERIFY(process.waitForStarted());
    // "Started" is before the kernel has set up the arguments: what is read until then is not kept.
    const auto pid = static_cast<pid_t>(process.processId());
    TRY_COMPARE(processInfo(pid).commandLine, u"/bin/sh -c 'read line' --"_s + shown);
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
}

// A shell becomes the program it starts: same process, same start time.
void tst_ProcessInfo::anotherProgramInTheSameProcess()
{
    QProcess process;
    process.start(u"/bin/sh"_s, {u"-c"_s, u"read line; exec cat"_s});
    QVERIFY(process.waitForStarted());
    const auto pid = static_cast<pid_t>(process.processId());
    QVERIFY(processInfo(pid).name != u"cat"_s);
    process.write("\n");
    TRY_COMPARE(processInfo(pid).name, u"cat"_s);
    TRY_COMPARE(processInfo(pid).commandLine, u"cat"_s);
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    QVERIFY(processInfo(pid)
            == (ProcessInfo {.pid = pid, .executable = {}, .name = {}, .commandLine = {}}));
}

// After an upgrade the kernel adds " (deleted)" to the program's file.
void tst_ProcessInfo::removedProgram()
{
    const ScratchFolder scratch;
    const QString program = scratch.file(u"mycat"_s);
    QVERIFY(QFile::copy(u"/bin/cat"_s, program));
    QProcess process;
    process.start(program, {});
    QVERIFY(process.waitForStarted());
    QVERIFY(QFile::remove(program));
    const ProcessInfo info = processInfo(static_cast<pid_t>(process.processId()));
    QCOMPARE(info.executable, program);
    QCOMPARE(info.name, u"mycat"_s);
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
}

void tst_ProcessInfo::nobody_data()
{
    QTest::addColumn<int>("pid");
    QTest::newRow("0: another pid namespace") << 0;
    QTest::newRow("negative") << -1;
    QTest::newRow("never used") << 0x7FFFFFFF;
}

void tst_ProcessInfo::nobody()
{
    QFETCH(int, pid);
    QVERIFY(processInfo(pid)
            == (ProcessInfo {.pid = pid, .executable = {}, .name = {}, .commandLine = {}}));
}

void tst_ProcessInfo::manyThreads()
{
    const int descriptors = openDescriptorCount();
    const ProcessInfo expected = processInfo(::getpid());
    std::vector<std::unique_ptr<QThread>> threads;
    std::atomic<int> wrong = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(QThread::create([&wrong, &expected] {
            for (pid_t pid = 1; pid < 400; ++pid) {
                wrong += processInfo(pid).pid == pid ? 0 : 1;
                wrong += processInfo(::getpid()) == expected ? 0 : 1;
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        thread->wait();
    QCOMPARE(wrong.load(), 0);
    QCOMPARE(openDescriptorCount(), descriptors);
}

QTEST_GUILESS_MAIN(tst_ProcessInfo)
#include "tst_processinfo.moc"
