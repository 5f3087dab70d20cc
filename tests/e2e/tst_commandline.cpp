// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// So many lines because each subcommand is run as users do, with whole outputs compared.

#include "core/base/clock.h"
#include "core/capture/capturelog.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"
#include "tests/localsockets.h"
#include "tests/streamclient.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QtTest>

#include <csignal>
#include <memory>

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::StringLiterals;

/// "sockeye serve", "wait" and "connect" as users run them, with the clients they have.
class tst_CommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void helps_data();
    void helps();
    void usageErrors_data();
    void usageErrors();
    void failures_data();
    void failures();

    void saysWhatNumbersItTakes();
    void outputThatCannotBeWritten_data();
    void outputThatCannotBeWritten();

    void closedStreamsStayOutOfTheCapture();

    void serveTellsItAll();
    void serveTellsTheLastThingLast();
    void serveNamesWhatItCannotListenOn();
    void serveTellsWhoLeftEarly();
    void serveEndsWithItsReader();
    void onceServesOneClient();
    void serveTellsPeople();
    void serveTellsProblemsOnly();
    void serveTellsScriptsWhatIsWrong();
    void servesRealClients_data();
    void servesRealClients();
    void curlGetsAPage();
    void repliesWithText();
    void furtherClientsWait();
    void servesAnAbstractName();
    void closesWhomAccessExcludes();
    void servesAnInheritedDescriptor_data();
    void servesAnInheritedDescriptor();
    void twoServersOnOneName();
    void endsCleanly_data();
    void endsCleanly();
    void recordsAndShows();
    void showsWhatOthersRecorded();
    void leavesNothingWhenShowIsEnded();
    void dissects();
    void whatWasSentSurvivesAKill();

    void waitsForAClient();
    void waitsInVain();
    void waitIsInterrupted();

    void connectSends_data();
    void connectSends();
    void connectCopiesBothWays();
    void connectToSomebodyElse();
    void connectToAFullQueue();
};

namespace {

/// One run of a program. What it prints is read as it comes.
class Program
{
public:
    Program(const QString &program, const QStringList &arguments,
            const std::function<void()> &inChild = {})
    {
        m_process.setChildProcessModifier([inChild] {
            ::umask(022);
            if (inChild)
                inChild();
        });
        m_process.start(program, arguments);
    }
    explicit Program(const QStringList &arguments, const std::function<void()> &inChild = {})
        : Program(QStringLiteral(SOCKEYE_PROGRAM), arguments, inChild)
    { }
    ~Program()
    {
        if (m_process.state() != QProcess::NotRunning) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }
    Program(const Program &) = delete;
    Program &operator=(const Program &) = delete;

    /// Until a line has @p text in it; false if the program ends first or a minute is over.
    bool waitFor(const QString &text)
    {
        while (!out().contains(text)) {
            if (!m_process.waitForReadyRead(60'000))
                return out().contains(text);
        }
        return true;
    }
    void write(const QByteArray &bytes)
    {
        m_process.write(bytes);
        while (m_process.bytesToWrite() > 0 && m_process.waitForBytesWritten(60'000)) { }
        m_process.closeWriteChannel();
    }
    void signal(int number) const { ::kill(static_cast<pid_t>(m_process.processId()), number); }
    /// Exit status, 128 + signal, or -1 if it hangs.
    int status()
    {
        if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(60'000))
            return -1;
        if (m_process.exitStatus() == QProcess::CrashExit)
            return m_process.error() == QProcess::FailedToStart ? 127 : 128 + SIGKILL;
        return m_process.exitCode();
    }
    QString out()
    {
        m_out += m_process.readAllStandardOutput();
        return QString::fromUtf8(m_out);
    }
    QByteArray outBytes()
    {
        out();
        return m_out;
    }
    QString err()
    {
        m_err += m_process.readAllStandardError();
        return QString::fromUtf8(m_err);
    }
    [[nodiscard]] qint64 pid() const { return m_process.processId(); }

private:
    QProcess m_process;
    QByteArray m_out;
    QByteArray m_err;
};

/// A server that listens already.
std::unique_ptr<Program> serving(const QStringList &arguments,
                                 const std::function<void()> &inChild = {})
{
    auto program =
        std::make_unique<Program>(QStringList {u"serve"_s, u"--json"_s} + arguments, inChild);
    if (!program->waitFor(u"\"event\":\"listening\""_s))
        qFatal("it does not listen: %s", qPrintable(program->err()));
    return program;
}

// What differs from run to run becomes a letter: S the folder, T a time, P a process id, W who.
QString masked(const QString &text, const ScratchFolder &scratch)
{
    static const QRegularExpression isoTime(
        u"\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z\""_s);
    static const QRegularExpression timeOfDay(u"^\\d\\d:\\d\\d:\\d\\d\\.\\d{6}"_s,
                                              QRegularExpression::MultilineOption);
    static const QRegularExpression duration(u"after \\d+(\\.\\d+)? s"_s);
    QString result = text;
    result.replace(scratch.path(), u"S"_s);
    result.replace(isoTime, u"T"_s);
    result.replace(timeOfDay, u"T"_s);
    result.replace(duration, u"after D s"_s);
    result.replace(u"(%1)"_s.arg(::getpid()), u"(P)"_s);
    return result;
}

// One line for each object, without its quotes and without the peer, which peerOf() tells:
// "data connection=1 direction=in length=5 server=1 text=hello".
QString jsonPicture(const QString &out, const ScratchFolder &scratch)
{
    QStringList lines;
    for (const QString &line : out.split(u'\n', Qt::SkipEmptyParts)) {
        QJsonObject object = QJsonDocument::fromJson(line.toUtf8()).object();
        static const QRegularExpression isoTime(
            u"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z$"_s);
        QStringList parts {object.take(u"event"_s).toString(u"NO EVENT"_s)};
        if (!isoTime.match(object.take(u"time"_s).toString()).hasMatch())
            parts << u"NO TIME"_s;
        const QStringList keys = object.keys();
        if (keys.contains(u"pid"_s)) {
            QStringList missing {u"command"_s, u"executable"_s, u"gid"_s, u"group"_s,
                                 u"pid"_s,     u"uid"_s,        u"user"_s};
            missing.removeIf([&](const QString &key) { return keys.contains(key); });
            parts << (missing.isEmpty() ? u"peer"_s : u"NO "_s + missing.join(u' '));
            for (const char *key : {"command", "executable", "gid", "group", "pid", "uid", "user"})
                object.remove(QLatin1String(key));
        }
        for (auto field = object.begin(); field != object.end(); ++field)
            parts << field.key() + u'=' + field.value().toVariant().toString();
        lines << parts.join(u' ');
    }
    return masked(lines.join(u'\n'), scratch);
}

bool isInstalled(const QString &program)
{
    return !QStandardPaths::findExecutable(program).isEmpty();
}

} // namespace

void tst_CommandLine::helps_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("start");
    QTest::newRow("version") << QStringList {u"--version"_s} << u"sockeye " SOCKEYE_VERSION "\n"_s;
    QTest::newRow("help") << QStringList {u"--help"_s} << u"Sockeye: serve, watch and test"_s;
    for (const char *command : {"serve", "wait", "connect", "list", "who", "show", "export"})
        QTest::newRow(command) << QStringList {QString::fromLatin1(command), u"--help"_s} << u""_s;
}

void tst_CommandLine::helps()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, start);
    Program program(arguments);
    QCOMPARE(program.status(), 0);
    QVERIFY2(program.out().startsWith(start), qPrintable(program.out()));
    QVERIFY(!program.out().isEmpty());
    QCOMPARE(program.err(), u""_s);
}

void tst_CommandLine::usageErrors_data()
{
    QTest::addColumn<QString>("typed");
    for (const char *typed : {"--nonsense",
                              "nonsense",
                              "serve",
                              "serve --echo",
                              "wait",
                              "list nonsense",
                              "--demo nonsense",
                              "serve s --nonsense",
                              "serve s --echo --discard",
                              "serve s --reply f --reply-text t",
                              "serve s --backlog -1",
                              "serve s --backlog many",
                              "serve s --max-connections 0",
                              "serve s --read-size 0",
                              "serve s --access nobody",
                              "serve s --reply-text \\q",
                              "serve s --reply-when never",
                              "serve s --json --quiet",
                              "serve s --fd -2",
                              "wait s --timeout soon",
                              "wait s --timeout -1",
                              "wait s --access nobody",
                              "connect",
                              "connect s --send a --send-hex 00",
                              "connect s --send-hex 0",
                              "connect s --send \\q",
                              "connect s --timeout -1",
                              "show",
                              "show f --filter conn==",
                              "show f --json --hex",
                              "show f --follow-connection 0",
                              "export f",
                              "export f --as nonsense",
                              "show f --dissect --json",
                              "show f --decode-as pgsql",
                              "serve s --access ", // an empty list
                              "who",
                              "list --nonsense"})
        QTest::newRow(typed) << QString::fromLatin1(typed);
}

void tst_CommandLine::usageErrors()
{
    QFETCH(const QString, typed);
    Program program(typed.split(u' '));
    QCOMPARE(program.status(), 2);
    QCOMPARE(program.out(), u""_s);
    QVERIFY(!program.err().isEmpty());
}

void tst_CommandLine::failures_data()
{
    QTest::addColumn<QString>("typed"); // S: the folder
    QTest::addColumn<QString>("err"); // what its one line has to say
    const auto row = [](const char *typed, const char *err) {
        QTest::newRow(typed) << QString::fromLatin1(typed) << QString::fromUtf8(err);
    };
    row("serve S/live", "sockeye: S/live is in use by a live server, ");
    row("serve S/live --quiet", "sockeye: S/live is in use by a live server, ");
    row("serve S/file", "sockeye: S/file is a regular file, not a socket.");
    row("serve S/absent/s", "sockeye: The folder S/absent does not exist.");
    row("serve S/s --reply S/absent", "sockeye: S/absent cannot be read.");
    row("serve S/s --record S/absent/f", "S/absent");
    row("serve S/s --record S/file",
        "sockeye: S/file is there already. Nothing is overwritten; it is as it was. Choose "
        "another name, or remove the file first.");
    row("serve --fd 99", "sockeye: Descriptor 99 cannot be served: ");
    row("wait S/live", "sockeye: S/live is in use by a live server, ");
    row("connect S/absent", "sockeye: There is no socket at S/absent.");
    row("connect S/stale", "sockeye: Nobody listens on S/stale.");
    row("connect S/file", "sockeye: S/file is a regular file, not a socket.");
    row("connect S/folder", "sockeye: S/folder is a folder, not a socket.");
    row("connect S/fifo", "sockeye: S/fifo is a named pipe (fifo), not a socket.");
    row("connect S/dangling", "sockeye: There is no socket at S/dangling.");
    row("connect S/live --send-file S/absent", "sockeye: S/absent cannot be read.");
    row("connect @sockeye-nobody-there", "sockeye: There is no socket at @sockeye-nobody-there.");
    row("show S/absent", "sockeye: S/absent cannot be read.");
    row("show S/file", "sockeye: S/file is not a capture that can be read: ");
    row("show S/empty", "sockeye: S/empty is not a capture that can be read: it is empty.");
    row("export S/absent --as raw", "sockeye: S/absent cannot be read.");
    row("export S/file --as raw -o S/out", "sockeye: S/file is not a capture that can be read: ");
}

void tst_CommandLine::failures()
{
    QFETCH(QString, typed);
    QFETCH(const QString, err);
    const ScratchFolder scratch;
    const Descriptor live = foreignServer(scratch.bytes(u"live"_s));
    makeStaleSocket(scratch.bytes(u"stale"_s));
    scratch.write(u"file"_s, "precious");
    scratch.write(u"empty"_s, "");
    QCOMPARE(::mkdir(scratch.bytes(u"folder"_s).constData(), 0700), 0);
    QCOMPARE(::mkfifo(scratch.bytes(u"fifo"_s).constData(), 0600), 0);
    QCOMPARE(::symlink("nowhere", scratch.bytes(u"dangling"_s).constData()), 0);
    const QByteArray before = scratch.treeHash();
    Program program(typed.replace(u"S/"_s, scratch.path() + u'/').split(u' '));
    QCOMPARE(program.status(), 1);
    const QString told = masked(program.err(), scratch);
    QVERIFY2(told.contains(err), qPrintable(told));
    QVERIFY(told.startsWith(u"sockeye: "_s));
    QCOMPARE(told.count(u'\n'), 1);
    QVERIFY(told.endsWith(u'\n'));
    QVERIFY(typed.startsWith(u"show"_s) || typed.startsWith(u"export"_s)
            || !told.contains(u"was read"_s));
    QCOMPARE(scratch.treeHash(), before); // nothing was changed or left behind
}

void tst_CommandLine::serveTellsItAll()
{
    const ScratchFolder scratch;
    const auto server =
        serving({scratch.file(u"s"_s), u"--access"_s, u"user,group"_s, u"--once"_s});
    QCOMPARE(fileAt(scratch.bytes(u"s"_s)).left(10), u"srwxrwx---"_s);
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send("h\xc3\xa9llo\n"));
    QCOMPARE(client.receive(7), "h\xc3\xa9llo\n"_ba);
    QVERIFY(client.send("\xff"));
    QCOMPARE(client.receive(1), "\xff"_ba);
    client.endSending();
    QCOMPARE(client.receiveAll(), ""_ba);
    QCOMPARE(server->status(), 0);
    QCOMPARE(server->err(), u""_s);
    QCOMPARE(jsonPicture(server->out(), scratch),
             u"listening access=user,group address=S/s mode=srwxrwx--- name=S/s reachable=true "
             "server=1\n"
             "opened peer connection=1 server=1\n"
             "data connection=1 direction=in length=7 server=1 text=héllo\n\n"
             "data connection=1 direction=out length=7 server=1 text=héllo\n\n"
             "data base64=/w== connection=1 direction=in length=1 server=1\n"
             "data base64=/w== connection=1 direction=out length=1 server=1\n"
             "end connection=1 direction=in length=0 server=1\n"
             "end connection=1 direction=out length=0 server=1\n"
             "closed peer bytes_in=8 bytes_out=8 connection=1 reason=peer server=1\n"
             "stopped access=user,group address=S/s mode= name=S/s reachable=false server=1"_s);
    const QJsonObject opened = QJsonDocument::fromJson(server->outBytes().split('\n')[1]).object();
    QCOMPARE(opened[u"pid"_s].toInteger(), qint64 {::getpid()});
    QCOMPARE(opened[u"uid"_s].toInteger(), qint64 {::geteuid()});
    QVERIFY(opened[u"executable"_s].toString().endsWith(u"/tst_commandline"_s));
    QCOMPARE(namesIn(scratch.path()), QStringList());
}

void tst_CommandLine::saysWhatNumbersItTakes()
{
    Program program({u"serve"_s, u"s"_s, u"--max-connections"_s, u"0"_s});
    QCOMPARE(program.status(), 2);
    QVERIFY2(program.err().contains(u"--max-connections: Value 0 not in range 1 to 1000000"_s),
             qPrintable(program.err()));
}

void tst_CommandLine::outputThatCannotBeWritten_data()
{
    QTest::addColumn<QString>("typed"); // S: the folder
    for (const char *typed :
         {"list", "list --json", "who S/live", "who S/live --json", "show S/kept",
          "show S/kept --json", "export S/kept --as jsonl", "export S/kept --as csv",
          "export S/kept --as pcapng", "serve S/s", "serve S/s --json", "wait S/s",
          "connect S/live", "--version", "--help"})
        QTest::newRow(typed) << QString::fromLatin1(typed);
}

void tst_CommandLine::outputThatCannotBeWritten()
{
    QFETCH(QString, typed);
    const ScratchFolder scratch;
    const Descriptor live = foreignServer(scratch.bytes(u"live"_s));
    {
        const SystemClock clock;
        CaptureOptions options;
        options.file = scratch.file(u"kept"_s);
        const auto log = CaptureLog::create(options, clock);
        CapturedConnection connection;
        connection.id = {1};
        connection.server = {1};
        (*log)->addServer({{1}, u"s"_s, u"s"_s});
        QVERIFY((*log)->openStream(connection, RecordingPolicy::Lossless));
    }
    Program program(typed.replace(u"S/"_s, scratch.path() + u'/').split(u' '),
                    [] { ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO); });
    if (typed.startsWith(u"connect"_s)) {
        StreamClient server(Descriptor(::accept4(live.get(), nullptr, nullptr, SOCK_CLOEXEC)));
        QVERIFY(server.send("x"));
        QCOMPARE(program.status(), 1);
    }
    QCOMPARE(program.status(), 1);
    QCOMPARE(program.err(),
             u"sockeye: Standard output cannot be written. The system says: No space left on "
             "device. Look where it leads to: its reader has gone, or the disk is full. "
             "[ENOSPC]\n"_s);
    QCOMPARE(namesIn(scratch.path()), (QStringList {u"kept"_s, u"live"_s}));
}

void tst_CommandLine::closedStreamsStayOutOfTheCapture()
{
    const ScratchFolder scratch;
    const QString file = scratch.file(u"kept"_s);
    Program server({u"serve"_s, scratch.file(u"s"_s), u"--record"_s, file}, [] {
        for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            ::close(number);
    });
    QCOMPARE(server.status(), 1); // what it had to tell could not be written
    const auto log = CaptureLog::open(file);
    QVERIFY(log && !(*log)->damage());
    QCOMPARE(namesIn(scratch.path()), QStringList {u"kept"_s});
}

void tst_CommandLine::serveTellsTheLastThingLast()
{
    const ScratchFolder scratch;
    // More records than are printed at a time.
    const auto server = serving({scratch.file(u"s"_s), u"--discard"_s, u"--read-size"_s, u"1"_s});
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send(QByteArray(20'000, 'x')));
    client.endSending();
    QCOMPARE(client.receiveAll(), ""_ba);
    server->signal(SIGTERM);
    QCOMPARE(server->status(), 0);
    const QStringList lines = jsonPicture(server->out(), scratch).split(u'\n');
    QCOMPARE(lines.size(), 20'006);
    QVERIFY2(lines[20'003].startsWith(u"end "_s), qPrintable(lines[20'003]));
    QVERIFY2(lines[20'004].startsWith(u"closed "_s), qPrintable(lines[20'004]));
    QVERIFY2(lines[20'005].startsWith(u"stopped "_s), qPrintable(lines[20'005]));
}

void tst_CommandLine::serveNamesWhatItCannotListenOn()
{
    const ScratchFolder scratch;
    Program server({u"serve"_s, u"a/../../b"_s});
    QCOMPARE(server.status(), 1);
    QCOMPARE(masked(server.out(), scratch), u"T  failed a/../../b\n"_s);
}

void tst_CommandLine::serveTellsWhoLeftEarly()
{
    const ScratchFolder scratch;
    const QStringList arguments {scratch.file(u"s"_s), u"--once"_s, u"--reply-text"_s, u"bye"_s,
                                 u"--reply-when"_s,    u"end"_s};
    const auto leaveEarly = [&scratch] {
        StreamClient client(connectTo(scratch.bytes(u"s"_s)));
        return client.send("hi");
    };
    const auto server = serving(arguments);
    QVERIFY(leaveEarly());
    QCOMPARE(server->status(), 0);
    QVERIFY2(jsonPicture(server->out(), scratch)
                 .contains(u"\nclosed peer bytes_in=2 bytes_out=0 connection=1 errno=EPIPE "
                           "reason=peer server=1\n"_s),
             qPrintable(server->out()));
    Program forPeople(QStringList {u"serve"_s} + arguments);
    QVERIFY(forPeople.waitFor(u"listening"_s));
    QVERIFY(leaveEarly());
    QCOMPARE(forPeople.status(), 0);
    QVERIFY2(
        masked(forPeople.out(), scratch).contains(u"#1 left after D s without reading all, "_s),
        qPrintable(forPeople.out()));
}

void tst_CommandLine::serveEndsWithItsReader()
{
    const ScratchFolder scratch;
    // After "listening" nothing happens that could be printed.
    Program shell(u"sh"_s,
                  {u"-c"_s,
                   u"{ \"$0\" serve --json \"$1/s\"; echo $? >\"$1/status\"; } | head -n 1"_s,
                   QStringLiteral(SOCKEYE_PROGRAM), scratch.path()});
    QCOMPARE(shell.status(), 0);
    QVERIFY2(shell.out().contains(u"listening"_s), qPrintable(shell.out()));
    QCOMPARE(shell.err().count(u'\n'), 1);
    QVERIFY2(shell.err().startsWith(u"sockeye: Standard output cannot be written. "_s),
             qPrintable(shell.err()));
    QCOMPARE(namesIn(scratch.path()), QStringList {u"status"_s});
    QFile status(scratch.file(u"status"_s));
    QVERIFY(status.open(QIODevice::ReadOnly));
    QCOMPARE(status.readAll(), "1\n"_ba);
}

void tst_CommandLine::onceServesOneClient()
{
    const ScratchFolder scratch;
    const auto server = serving({scratch.file(u"s"_s), u"--once"_s});
    StreamClient first(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(first.send("1"));
    QCOMPARE(first.receive(1), "1"_ba);
    StreamClient second(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(second.send("2"));
    QVERIFY(first.send("3")); // is served on
    QCOMPARE(first.receive(1), "3"_ba);
    first.close();
    QCOMPARE(server->status(), 0);
    QCOMPARE(second.receiveAll(), ""_ba);
    const QString told = jsonPicture(server->out(), scratch);
    QVERIFY2(told.contains(u"connection=1"_s) && !told.contains(u"connection=2"_s),
             qPrintable(told));
    QCOMPARE(server->err(), u""_s);
}

void tst_CommandLine::serveTellsPeople()
{
    const ScratchFolder scratch;
    Program server({u"serve"_s, scratch.file(u"s"_s), u"--once"_s, u"--access"_s, u"world"_s,
                    u"--reply-text"_s, u"pong\\n"_s});
    QVERIFY(server.waitFor(u"listening"_s));
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send("ping"));
    QCOMPARE(client.receive(5), "pong\n"_ba);
    client.close();
    QCOMPARE(server.status(), 0);
    QString told = masked(server.out(), scratch);
    told.replace(QRegularExpression(u"\\(P\\)  \\S+"_s), u"(P)  W"_s);
    told.replace(QChar(0xa0), u' ');
    QCOMPARE(told,
             u"T  listening S/s srwxrwxrwx\n"
             "T  #1 opened by tst_commandline (P)  W\n"
             "T  #1 →      4 B  ping\n"
             "T  #1 ←      5 B  pong⏎\n"
             "T  #1 →      0 B  will send no more\n"
             "T  #1 ←      0 B  will send no more\n"
             "T  #1 closed by client after D s, ↑ 4 B ↓ 5 B\n"
             "T  stopped S/s\n"_s);
    QCOMPARE(server.err(), u""_s);
}

void tst_CommandLine::serveTellsProblemsOnly()
{
    const ScratchFolder scratch;
    Program server(
        {u"serve"_s, scratch.file(u"s"_s), u"--quiet"_s, u"--max-connections"_s, u"1"_s});
    Descriptor connected;
    TRY_VERIFY(connected || (connected = connectTo(scratch.bytes(u"s"_s))).isValid());
    StreamClient client(std::move(connected));
    const Descriptor waiting = connectTo(scratch.bytes(u"s"_s));
    QVERIFY(client.send("x"));
    QCOMPARE(client.receive(1), "x"_ba);
    TRY_VERIFY(!server.err().isEmpty());
    client.close();
    server.signal(SIGTERM);
    QCOMPARE(server.status(), 0);
    QCOMPARE(server.out(), u""_s);
    QVERIFY2(
        server.err().startsWith(u"sockeye: "_s)
            && server.err().contains(u"has its maximum number of clients (1): further ones wait"_s),
        qPrintable(server.err()));
}

void tst_CommandLine::serveTellsScriptsWhatIsWrong()
{
    const ScratchFolder scratch;
    scratch.write(u"s"_s, "precious");
    Program server({u"serve"_s, u"--json"_s, scratch.file(u"s"_s)});
    QCOMPARE(server.status(), 1);
    QCOMPARE(server.err().count(u'\n'), 1);
    const QString told = jsonPicture(server.out(), scratch);
    const QStringList lines = told.split(u'\n');
    QVERIFY2(lines[0].startsWith(u"problem "_s), qPrintable(told));
    QVERIFY(lines[0].contains(u" problem=AddressNotASocket server=1 "_s));
    QVERIFY(lines[0].endsWith(
        u" text="_s + masked(server.err(), scratch).trimmed().mid(QString(u"sockeye: "_s).size())));
}

void tst_CommandLine::servesRealClients_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("arguments"); // S: the folder
    QTest::newRow("nc") << u"nc"_s << u"-N -U S/s"_s;
    QTest::newRow("socat") << u"socat"_s << u"-t 60 - UNIX-CONNECT:S/s"_s;
    QTest::newRow("python3") << u"python3"_s << u"-c %PY S/s"_s;
    QTest::newRow("sockeye") << QStringLiteral(SOCKEYE_PROGRAM) << u"connect S/s"_s;
}

void tst_CommandLine::servesRealClients()
{
    QFETCH(const QString, program);
    QFETCH(const QString, arguments);
    if (!isInstalled(program))
        QSKIP("it is not installed");
    const ScratchFolder scratch;
    const auto server = serving({scratch.file(u"s"_s), u"--once"_s, u"--echo"_s});
    QStringList parts = arguments.split(u' ');
    parts.replaceInStrings(u"S/"_s, scratch.path() + u'/');
    parts.replaceInStrings(u"%PY"_s, uR"(
import socket, sys, threading
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
def send():
    s.sendall(sys.stdin.buffer.read())
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=send).start()
while True:
    b = s.recv(65536)
    if not b:
        break
    sys.stdout.buffer.write(b)
)"_s);
    Program client(program, parts);
    const QByteArray bytes = noise(1, 300'000);
    client.write(bytes);
    QCOMPARE(client.status(), 0);
    QCOMPARE(client.err(), u""_s);
    QCOMPARE(sha256(client.outBytes()), sha256(bytes));
    QCOMPARE(server->status(), 0);
    const QString last = jsonPicture(server->out(), scratch).split(u'\n').takeLast();
    QVERIFY(last.startsWith(u"stopped "_s));
    QVERIFY(jsonPicture(server->out(), scratch)
                .contains(u"\nclosed peer bytes_in=300000 bytes_out=300000 connection=1 "
                          "reason=peer server=1\n"_s));
}

void tst_CommandLine::curlGetsAPage()
{
    if (!isInstalled(u"curl"_s))
        QSKIP("curl is not installed");
    const ScratchFolder scratch;
    scratch.write(u"page"_s,
                  "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n");
    const auto server = serving({scratch.file(u"s"_s), u"--once"_s, u"--reply"_s,
                                 scratch.file(u"page"_s), u"--then-close"_s});
    Program curl(u"curl"_s,
                 {u"-sS"_s, u"--noproxy"_s, u"*"_s, u"--unix-socket"_s, scratch.file(u"s"_s),
                  u"http://sockeye/hello"_s});
    QCOMPARE(curl.status(), 0);
    QCOMPARE(curl.out(), u"hello\n"_s);
    QCOMPARE(server->status(), 0);
    QVERIFY(server->out().contains(u"GET /hello HTTP/1.1\\r\\nHost: sockeye\\r\\n"_s));
}

void tst_CommandLine::repliesWithText()
{
    const ScratchFolder scratch;
    const auto server =
        serving({scratch.file(u"s"_s), u"--reply-text"_s, u"bye\\x00\\n"_s, u"--reply-when"_s,
                 u"end"_s, u"--read-size"_s, u"2"_s, u"--once"_s});
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send("abc"));
    client.endSending();
    QCOMPARE(client.receiveAll(), QByteArray("bye\0\n", 5));
    QCOMPARE(server->status(), 0);
    QCOMPARE(jsonPicture(server->out(), scratch).split(u'\n').mid(2, 5).join(u'\n'),
             u"data connection=1 direction=in length=2 server=1 text=ab\n"
             "data connection=1 direction=in length=1 server=1 text=c\n"
             "end connection=1 direction=in length=0 server=1\n"
             "data base64=YnllAAo= connection=1 direction=out length=5 server=1\n"
             "end connection=1 direction=out length=0 server=1"_s);
}

void tst_CommandLine::furtherClientsWait()
{
    const ScratchFolder scratch;
    const auto server = serving({scratch.file(u"s"_s), u"--max-connections"_s, u"1"_s});
    StreamClient first(connectTo(scratch.bytes(u"s"_s)));
    StreamClient second(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(first.send("1") && second.send("2"));
    QCOMPARE(first.receive(1), "1"_ba);
    QVERIFY(server->waitFor(u"MaximumReached"_s));
    first.close();
    QCOMPARE(second.receive(1), "2"_ba);
    second.close();
    server->signal(SIGTERM);
    QCOMPARE(server->status(), 0);
    // The second was not even accepted while the first was there.
    const QString told = jsonPicture(server->out(), scratch);
    QVERIFY(told.indexOf(u"opened peer connection=2"_s) > told.indexOf(u"direction=in length=0"_s));
}

void tst_CommandLine::servesAnAbstractName()
{
    const ScratchFolder scratch;
    const QString name = u"sockeye-cli-%1"_s.arg(::getpid());
    const auto server = serving({name, u"--abstract"_s, u"--once"_s});
    Program client({u"connect"_s, u"@"_s + name, u"--send"_s, u"hi"_s});
    QCOMPARE(client.status(), 0);
    QCOMPARE(client.out(), u"hi"_s);
    QCOMPARE(server->status(), 0);
    QCOMPARE(jsonPicture(server->out(), scratch).section(u'\n', 0, 0),
             u"listening access=abstract address=@%1 mode=abstract name=%1 reachable=true "
             "server=1"_s.arg(name));
}

void tst_CommandLine::closesWhomAccessExcludes()
{
    if (!isRoot())
        QSKIP("only root can become another user");
    const ScratchFolder scratch;
    const QString name = u"sockeye-cli-%1"_s.arg(::getpid());
    const auto server =
        serving({name, u"--abstract"_s, u"--access"_s, u"user"_s, u"--enforce"_s, u"--reply-text"_s,
                 u"secret"_s, u"--reply-when"_s, u"open"_s, u"--once"_s});
    Program client(u"socat"_s, {u"-u"_s, u"ABSTRACT-CONNECT:"_s + name, u"-"_s}, [] {
        if (::setgroups(0, nullptr) != 0 || ::setresgid(65534, 65534, 65534) != 0
            || ::setresuid(65534, 65534, 65534) != 0)
            ::_exit(99);
    });
    QVERIFY(client.status() != 99);
    QCOMPARE(client.out(), u""_s);
    // He was not the one that was to be served.
    Program served(u"socat"_s, {u"-u"_s, u"ABSTRACT-CONNECT:"_s + name, u"-"_s});
    QVERIFY(served.waitFor(u"secret"_s));
    served.signal(SIGTERM);
    QCOMPARE(server->status(), 0);
    QCOMPARE(jsonPicture(server->out(), scratch).section(u'\n', 1, 1),
             u"refused peer bytes_in=0 bytes_out=0 connection=1 reason=not the owner root "
             "server=1"_s);
}

void tst_CommandLine::servesAnInheritedDescriptor_data()
{
    QTest::addColumn<bool>("asSystemd");
    QTest::newRow("--fd") << false;
    QTest::newRow("LISTEN_FDS") << true;
}

void tst_CommandLine::servesAnInheritedDescriptor()
{
    QFETCH(const bool, asSystemd);
    const ScratchFolder scratch;
    const Descriptor listener = foreignServer(scratch.bytes(u"s"_s));
    const QString script = asSystemd
        ? u"LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" serve --json --once"_s
        : u"exec \"$0\" serve --json --once --fd 3"_s;
    Program server(u"sh"_s, {u"-c"_s, script, QStringLiteral(SOCKEYE_PROGRAM)},
                   [fd = listener.get()] {
                       if (fd == 3)
                           ::fcntl(3, F_SETFD, 0);
                       else
                           ::dup2(fd, 3);
                   });
    QVERIFY2(server.waitFor(u"\"listening\""_s), qPrintable(server.err()));
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send("x"));
    QCOMPARE(client.receive(1), "x"_ba);
    client.close();
    QCOMPARE(server.status(), 0);
    QCOMPARE(server.out().count(scratch.file(u"s"_s)), 2); // "listening" and "stopped"
    // Not Sockeye's: whoever made it still listens there.
    QVERIFY(connectTo(scratch.bytes(u"s"_s)).isValid());
}

void tst_CommandLine::twoServersOnOneName()
{
    const ScratchFolder scratch;
    const auto first = serving({scratch.file(u"s"_s), u"--once"_s});
    Program second({u"serve"_s, scratch.file(u"s"_s), u"--access"_s, u"user"_s});
    QCOMPARE(second.status(), 1);
    QVERIFY2(second.err().contains(u"(pid %1)"_s.arg(first->pid()))
                 || second.err().contains(QString::number(first->pid())),
             qPrintable(second.err()));
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send("x"));
    QCOMPARE(client.receive(1), "x"_ba); // the first is there as before
    client.close();
    QCOMPARE(first->status(), 0);
    QCOMPARE(namesIn(scratch.path()), QStringList());
}

void tst_CommandLine::endsCleanly_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void tst_CommandLine::endsCleanly()
{
    QFETCH(const int, number);
    const ScratchFolder scratch;
    const auto server = serving({scratch.file(u"s"_s)});
    QVERIFY(namesIn(scratch.path()).contains(u"s.lock"_s));
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send("x"));
    QCOMPARE(client.receive(1), "x"_ba);
    server->signal(number);
    QCOMPARE(server->status(), 0);
    QCOMPARE(server->err(), u""_s);
    QCOMPARE(client.receiveAll(), ""_ba);
    QCOMPARE(client.how(), "end"_ba);
    QCOMPARE(namesIn(scratch.path()), QStringList());
    const QString told = jsonPicture(server->out(), scratch);
    QVERIFY2(told.section(u'\n', -1).startsWith(u"stopped "_s), qPrintable(told));
    QVERIFY2(told.contains(u"\nclosed peer bytes_in=1 bytes_out=1 connection=1 reason=stopped "
                           "server=1"_s),
             qPrintable(told));
}

void tst_CommandLine::recordsAndShows()
{
    const ScratchFolder scratch;
    const QString file = scratch.file(u"kept.pcapng"_s);
    const auto server = serving({scratch.file(u"s"_s), u"--once"_s, u"--record"_s, file});
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send("SELECT 1"));
    QCOMPARE(client.receive(8), "SELECT 1"_ba);
    client.close();
    QCOMPARE(server->status(), 0);
    QCOMPARE(fileAt(scratch.bytes(u"kept.pcapng"_s)).left(10), u"-rw-------"_s);

    Program show({u"show"_s, file, u"--json"_s});
    QCOMPARE(show.status(), 0);
    QCOMPARE(show.err(), u""_s);
    QCOMPARE(jsonPicture(show.out(), scratch),
             u"opened peer address=S/s connection=1 direction=in record=0 server=1\n"
             "data address=S/s connection=1 direction=in length=8 record=1 server=1 "
             "text=SELECT 1\n"
             "data address=S/s connection=1 direction=out length=8 record=2 server=1 "
             "text=SELECT 1\n"
             "end address=S/s connection=1 direction=in record=3 server=1\n"
             "end address=S/s connection=1 direction=out record=4 server=1"_s);
    Program filtered(
        {u"show"_s, file, u"--filter"_s, u"text contains \"SELECT\" and dir == in"_s, u"--json"_s});
    filtered.status();
    QVERIFY2(filtered.err().isEmpty(), qPrintable(filtered.err()));
    QCOMPARE(filtered.out().count(u'\n'), 1);
    Program absent({u"show"_s, file, u"--follow-connection"_s, u"99"_s});
    QCOMPARE(absent.status(), 1);
    QCOMPARE(absent.out(), u""_s);
    QCOMPARE(masked(absent.err(), scratch),
             u"sockeye: There is no connection 99 in S/kept.pcapng. Show the whole capture to see "
             "which there are.\n"_s);

    // A recording is not written over.
    Program again({u"serve"_s, scratch.file(u"s"_s), u"--record"_s, file});
    QCOMPARE(again.status(), 1);
    QVERIFY(CaptureLog::open(file).has_value());
}

// What was converted is in the cache folder meanwhile, and gone at the end.
void tst_CommandLine::showsWhatOthersRecorded()
{
    const ScratchFolder scratch;
    const QByteArray cache = scratch.bytes(u"cache"_s);
    const auto inCache = [&] { ::setenv("XDG_CACHE_HOME", cache.constData(), 1); };
    const QByteArray header = "> 2024/01/02 12:00:00.000123456  ";
    const QByteArray log = header + "length=2 from=0 to=1\n 68 69\n";
    const QString file = scratch.write(u"a.txt"_s, log); // the name plays no part
    Program show({u"show"_s, file, u"--json"_s}, inCache);
    QCOMPARE(show.status(), 0);
    QCOMPARE(show.err(), u""_s);
    QCOMPARE(jsonPicture(show.out(), scratch),
             u"opened peer address=socat connection=1 direction=in record=0 server=1\n"
             "data address=socat connection=1 direction=in length=2 record=1 server=1 text=hi"_s);
    QCOMPARE(namesIn(scratch.file(u"cache/sockeye/captures"_s)), QStringList());

    const QString cut = scratch.write(u"cut"_s, log + header + "length=2 from=2 to=3\n 68\n");
    Program damaged({u"show"_s, cut, u"--filter"_s, u"kind == data"_s}, inCache);
    QCOMPARE(damaged.status(), 1);
    QCOMPARE(damaged.out().count(u'\n'), 2);
    QCOMPARE(masked(damaged.err(), scratch),
             u"sockeye: S/cut is damaged at byte %1: the file ends inside a block. What stands "
             "before that place was read.\n"_s.arg(log.size()));
    QCOMPARE(namesIn(scratch.file(u"cache/sockeye/captures"_s)), QStringList());
}

void tst_CommandLine::leavesNothingWhenShowIsEnded()
{
    const ScratchFolder scratch;
    const QByteArray cache = scratch.bytes(u"cache"_s);
    QByteArray log = "socket(AF_UNIX, SOCK_STREAM, 0) = 3\n"
                     "connect(3, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 110) = 0\n";
    while (log.size() < 20'000'000)
        log += "write(3, \"hello\", 5) = 5\n";
    const QString file = scratch.write(u"long"_s, log);
    Program show({u"show"_s, file}, [&] { ::setenv("XDG_CACHE_HOME", cache.constData(), 1); });
    QVERIFY(show.waitFor(u"opened by"_s));
    QCOMPARE(namesIn(scratch.file(u"cache/sockeye/captures"_s)).size(), 1);
    show.signal(SIGTERM);
    QCOMPARE(show.status(), 1);
    QCOMPARE(show.err(), u""_s);
    QCOMPARE(namesIn(scratch.file(u"cache/sockeye/captures"_s)), QStringList());
}

void tst_CommandLine::dissects()
{
    for (const QString &program : {u"sharkd"_s, u"tshark"_s}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP("sharkd or tshark is not installed (package tshark)");
    }
    const ScratchFolder scratch;
    const QString file = scratch.file(u"kept.pcapng"_s);
    const auto server = serving(
        {scratch.file(u"s"_s), u"--discard"_s, u"--once"_s, u"--record"_s, file, u"--json"_s});
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QVERIFY(client.send("GET /fish HTTP/1.1\r\nHost: here\r\n\r\n"));
    client.close();
    QCOMPARE(server->status(), 0);

    Program recognized({u"show"_s, file, u"--dissect"_s, u"--filter"_s, u"len > 0"_s});
    QCOMPARE(recognized.status(), 0);
    QCOMPARE(recognized.err(), u""_s);
    const QString out = recognized.out();
    QVERIFY2(out.contains(u"\n    HTTP  GET /fish HTTP/1.1"_s), qPrintable(out));
    QVERIFY2(out.contains(u"\n    Hypertext Transfer Protocol  @0+34\n"_s), qPrintable(out));
    QVERIFY2(out.contains(u"\n        Request URI: /fish  @4+5\n"_s), qPrintable(out));

    Program told({u"show"_s, file, u"--dissect"_s, u"--decode-as"_s, u"json"_s});
    QCOMPARE(told.status(), 0);
    QVERIFY2(!told.out().contains(u"Hypertext"_s), qPrintable(told.out()));
    Program unknown({u"show"_s, file, u"--dissect"_s, u"--decode-as"_s, u"no-such"_s});
    QCOMPARE(unknown.status(), 1);
    QVERIFY2(unknown.err().startsWith(u"sockeye: Wireshark has no dissector “no-such”"_s),
             qPrintable(unknown.err()));
}

void tst_CommandLine::whatWasSentSurvivesAKill()
{
    const ScratchFolder scratch;
    for (const qsizetype atLeast : {1, 100'000, 2'000'000}) {
        const QString file = scratch.file(u"%1.pcapng"_s.arg(atLeast));
        const auto server = serving({scratch.file(u"s"_s), u"--record"_s, file});
        StreamClient client(connectTo(scratch.bytes(u"s"_s)));
        const QByteArray bytes = noise(static_cast<quint32>(atLeast), 8 << 20);
        qsizetype sent = 0;
        QByteArray received;
        while (received.size() < atLeast) {
            const qint64 size = client.sendSome(bytes.mid(sent, 50'000));
            QVERIFY(size >= 0);
            sent += size;
            received += client.receive(std::min<qsizetype>(sent - received.size(), 10'000));
        }
        server->signal(SIGKILL);
        server->status();
        received += client.receiveAll();
        QVERIFY(bytes.startsWith(received));

        const auto log = CaptureLog::open(file);
        QVERIFY2(log, "the file can be read");
        QByteArray in;
        QByteArray out;
        for (const Record &record : (*log)->records(0, 1'000'000)) {
            if (record.kind == RecordKind::Data) {
                (record.direction == Direction::ToServer ? in : out) +=
                    (*log)->payload(record.index, 0, static_cast<qint64>(record.length));
            }
        }
        QVERIFY(out.startsWith(received));
        QVERIFY(in.startsWith(out));
        QVERIFY(bytes.startsWith(in));
        // The socket and its lock were left behind; the next one takes them over.
    }
    const auto next = serving({scratch.file(u"s"_s)});
    next->signal(SIGTERM);
    QCOMPARE(next->status(), 0);
    QVERIFY(!namesIn(scratch.path()).contains(u"s"_s));
    QVERIFY(!namesIn(scratch.path()).contains(u"s.lock"_s));
}

void tst_CommandLine::waitsForAClient()
{
    const ScratchFolder scratch;
    Program wait({u"wait"_s, u"--json"_s, scratch.file(u"s"_s), u"--timeout"_s, u"3600"_s});
    QVERIFY(wait.waitFor(u"listening"_s));
    StreamClient client(connectTo(scratch.bytes(u"s"_s)));
    QCOMPARE(wait.status(), 0);
    client.receiveAll();
    QCOMPARE(client.how(), "end"_ba);
    const QString told = jsonPicture(wait.out(), scratch);
    QVERIFY2(told.contains(u"\nopened peer connection=1 server=1"_s), qPrintable(told));
    QCOMPARE(namesIn(scratch.path()), QStringList());
}

void tst_CommandLine::waitsInVain()
{
    const ScratchFolder scratch;
    Program wait({u"wait"_s, scratch.file(u"s"_s), u"--timeout"_s, u"0.05"_s});
    QCOMPARE(wait.status(), 124);
    QCOMPARE(namesIn(scratch.path()), QStringList());
}

void tst_CommandLine::waitIsInterrupted()
{
    const ScratchFolder scratch;
    Program wait({u"wait"_s, scratch.file(u"s"_s)});
    QVERIFY(wait.waitFor(u"listening"_s));
    wait.signal(SIGINT);
    QCOMPARE(wait.status(), 1);
    QCOMPARE(namesIn(scratch.path()), QStringList());
}

void tst_CommandLine::connectSends_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("text") << QStringList {u"--send"_s, u"a\\n\\x00"_s} << QByteArray("a\n\0", 3);
    QTest::newRow("hex") << QStringList {u"--send-hex"_s, u"00 ff"_s} << QByteArray("\0\xff", 2);
    QTest::newRow("file") << QStringList {u"--send-file"_s, u"F"_s} << noise(1, 1 << 20);
}

void tst_CommandLine::connectSends()
{
    QFETCH(QStringList, arguments);
    QFETCH(const QByteArray, expected);
    const ScratchFolder scratch;
    const QString file = scratch.write(u"file"_s, noise(1, 1 << 20));
    arguments.replaceInStrings(QRegularExpression(u"^F$"_s), file);
    const auto server = serving({scratch.file(u"s"_s), u"--once"_s});
    Program client(QStringList {u"connect"_s, scratch.file(u"s"_s)} + arguments);
    QCOMPARE(client.status(), 0);
    QCOMPARE(sha256(client.outBytes()), sha256(expected));
    QCOMPARE(client.err(), u""_s);
    QCOMPARE(server->status(), 0);
}

void tst_CommandLine::connectCopiesBothWays()
{
    const ScratchFolder scratch;
    const Descriptor listener = foreignServer(scratch.bytes(u"s"_s));
    Program client({u"connect"_s, scratch.file(u"s"_s)});
    StreamClient server(Descriptor(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    QVERIFY(server.send("server first\n"));
    QVERIFY(client.waitFor(u"server first"_s));
    client.write("then the client"); // and its end
    QCOMPARE(server.receiveAll(), "then the client"_ba);
    QCOMPARE(server.how(), "end"_ba);
    QVERIFY(server.send("and after that the server again"));
    server.close();
    QCOMPARE(client.status(), 0);
    QCOMPARE(client.out(), u"server first\nand after that the server again"_s);
}

void tst_CommandLine::connectToSomebodyElse()
{
    if (!isInstalled(u"socat"_s))
        QSKIP("socat is not installed");
    const ScratchFolder scratch;
    Program server(u"socat"_s, {u"UNIX-LISTEN:"_s + scratch.file(u"s"_s), u"EXEC:cat"_s});
    TRY_COMPARE(fileAt(scratch.bytes(u"s"_s)).left(1), u"s"_s);
    std::unique_ptr<Program> client;
    // The file is there a moment before socat listens.
    for (bool isRefused = true; isRefused;) {
        client = std::make_unique<Program>(
            QStringList {u"connect"_s, scratch.file(u"s"_s), u"--send"_s, u"meow"_s});
        isRefused = client->status() == 1 && client->err().contains(u"Nobody listens"_s);
    }
    QCOMPARE(client->status(), 0);
    QCOMPARE(client->out(), u"meow"_s);
}

void tst_CommandLine::connectToAFullQueue()
{
    const ScratchFolder scratch;
    const Descriptor listener = foreignServer(scratch.bytes(u"s"_s), 0);
    const Descriptor waiting = connectTo(scratch.bytes(u"s"_s));
    Program client({u"connect"_s, scratch.file(u"s"_s), u"--timeout"_s, u"0.05"_s});
    QCOMPARE(client.status(), 124);
    QCOMPARE(masked(client.err(), scratch).section(u'.', 0, 1),
             u"sockeye: S/s did not answer for 0.05 s"_s);
    QCOMPARE(client.err().count(u'\n'), 1);
}

QTEST_GUILESS_MAIN(tst_CommandLine)
#include "tst_commandline.moc"
