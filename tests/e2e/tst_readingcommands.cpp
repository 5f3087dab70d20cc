// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/accessoptions.h"
#include "core/access/accountnames.h"
#include "tests/kit/scratchfolder.h"
#include "tests/otheruser.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalServer>
#include <QLocalSocket>
#include <QProcess>
#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Run
{
    int status = -1;
    QString out;
    QString err;
};

Run sockeye(const QStringList &arguments, const QString &temporaryFolder = {})
{
    QProcess process;
    if (!temporaryFolder.isEmpty()) {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"TMPDIR"_s, temporaryFolder);
        process.setProcessEnvironment(environment);
    }
    process.start(QStringLiteral(SOCKEYE_PROGRAM), arguments);
    if (!process.waitForFinished())
        return {};
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

QString me()
{
    return userName(::geteuid());
}

QString myGroup()
{
    return groupName(::getegid());
}

QString heldByMe()
{
    return u"tst_readingcommands (pid %1)"_s.arg(::getpid());
}

QList<QJsonObject> jsonLines(const QString &text)
{
    QList<QJsonObject> objects;
    const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines)
        objects << QJsonDocument::fromJson(line.toUtf8()).object();
    return objects;
}

} // namespace

/// "sockeye who" and "sockeye list", as users run them.
class tst_ReadingCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoOfALiveServer();
    void whoNamesTheStep();
    void whoByARelativeName();
    void whoFollowsALink();
    void whoOfAStaleSocket();
    void whoOfAnAbstractName();
    void whoAsJson();
    void whoForUsers_data();
    void whoForUsers();
    void whoFailures_data();
    void whoFailures();
    void whoMayNotLook();
    void listTable();
    void listAsJson();
    void listMarksUnsafeOnes();
};

void tst_ReadingCommands::whoOfALiveServer()
{
    const ScratchFolder scratch;
    QCOMPARE(::chmod(QFile::encodeName(scratch.path()).constData(), 0755), 0);
    QLocalServer server;
    server.setSocketOptions(QLocalServer::UserAccessOption | QLocalServer::OtherAccessOption);
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    const Run run = sockeye({u"who"_s, scratch.file(u"s"_s)});
    const QString rights = u"srwx---rwx "_s + me() + u' ' + myGroup();
    const QStringList lines = run.out.split(u'\n');
    QCOMPARE(lines.size(), 7);
    QCOMPARE(lines[0], scratch.file(u"s"_s));
    QCOMPARE(lines[1], u"live stream, held by "_s + heldByMe());
    QCOMPARE(lines[2], rights);
    QCOMPARE(lines[3], u"yes  you ("_s + me() + u')');
    QVERIFY(lines[4].startsWith(u"no   group "_s + myGroup()));
    QVERIFY(lines[4].endsWith(u": may not write to %1 (%2)"_s.arg(lines[0], rights)));
    QCOMPARE(lines[5], u"yes  everybody else"_s);
    QCOMPARE(run.err, QString());
    QCOMPARE(run.status, 0);
    QVERIFY(!server.hasPendingConnections() && !server.waitForNewConnection(0)); // only read
}

void tst_ReadingCommands::whoNamesTheStep()
{
    const ScratchFolder scratch;
    QVERIFY(QDir(scratch.path()).mkdir(u"p"_s));
    QCOMPARE(::chmod(QFile::encodeName(scratch.path()).constData(), 0711), 0);
    QCOMPARE(::chmod(scratch.bytes(u"p"_s).constData(), 0700), 0);
    QLocalServer server;
    server.setSocketOptions(QLocalServer::WorldAccessOption);
    QVERIFY(server.listen(scratch.file(u"p/s"_s)));
    const Run run = sockeye({u"who"_s, scratch.file(u"p/s"_s)});
    QVERIFY2(run.out.contains(u"no   everybody else: may not search %1 (drwx------ %2 %3)\n"_s.arg(
                 scratch.file(u"p"_s), me(), myGroup())),
             qPrintable(run.out));
    QCOMPARE(run.status, 0);
}

void tst_ReadingCommands::whoByARelativeName()
{
    const ScratchFolder scratch;
    QLocalServer server;
    QVERIFY(server.listen(scratch.file(u"api"_s)));
    const Run run = sockeye({u"who"_s, u"api"_s}, scratch.path());
    QCOMPARE(run.out.section(u'\n', 0, 0), scratch.file(u"api"_s));
    QCOMPARE(run.status, 0);
}

void tst_ReadingCommands::whoFollowsALink()
{
    const ScratchFolder scratch;
    QLocalServer server;
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    QCOMPARE(::symlink("s", scratch.bytes(u"link"_s).constData()), 0);
    const Run run = sockeye({u"who"_s, scratch.file(u"link"_s)});
    QCOMPARE(run.out.section(u'\n', 0, 2),
             scratch.file(u"link"_s) + u"\na link to "_s + scratch.file(u"s"_s)
                 + u"\nlive stream, held by "_s + heldByMe());
    QCOMPARE(run.status, 0);
}

void tst_ReadingCommands::whoOfAStaleSocket()
{
    const ScratchFolder scratch;
    {
        QLocalServer server;
        QVERIFY(server.listen(scratch.file(u"s"_s)));
        QCOMPARE(::rename(scratch.bytes(u"s"_s).constData(), scratch.bytes(u"t"_s).constData()), 0);
    }
    const Run run = sockeye({u"who"_s, scratch.file(u"t"_s)});
    QCOMPARE(run.out.section(u'\n', 1, 1), u"stale: nobody listens"_s);
    QCOMPARE(run.status, 0);
}

void tst_ReadingCommands::whoOfAnAbstractName()
{
    QLocalServer server;
    server.setSocketOptions(QLocalServer::AbstractNamespaceOption);
    const QString name = u"sockeye-reading-%1"_s.arg(::getpid());
    QVERIFY(server.listen(name));
    const Run run = sockeye({u"who"_s, u'@' + name});
    QCOMPARE(run.out,
             u"@%1\nlive stream, held by %2\n"
             "no file, so no mode: every user of this machine may connect\n"
             "yes  you (%3)\nyes  everybody else\n"_s.arg(name, heldByMe(), me()));
    QCOMPARE(run.status, 0);
    QCOMPARE(sockeye({u"who"_s, u'@' + name + u"\\x00"_s}).status, 1); // one byte more
}

void tst_ReadingCommands::whoAsJson()
{
    const ScratchFolder scratch;
    QCOMPARE(::chmod(QFile::encodeName(scratch.path()).constData(), 0755), 0);
    QLocalServer server;
    server.setSocketOptions(QLocalServer::UserAccessOption);
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    const Run run = sockeye({u"who"_s, scratch.file(u"s"_s), u"--json"_s, u"--user"_s, u"61003"_s});
    QCOMPARE(run.status, 1);
    const QList<QJsonObject> lines = jsonLines(run.out);
    QCOMPARE(lines.size(), 1);
    QJsonObject object = lines.first();
    const QJsonArray verdicts = object.take(u"verdicts"_s).toArray();
    const QJsonObject expected {
        {u"address"_s, scratch.file(u"s"_s)},
        {u"state"_s, u"live"_s},
        {u"type"_s, u"stream"_s},
        {u"mode"_s, u"0700"_s},
        {u"owner"_s, me()},
        {u"group"_s, myGroup()},
        {u"held_by"_s,
         QJsonArray {QJsonObject {{u"pid"_s, ::getpid()}, {u"name"_s, u"tst_readingcommands"_s}}}}};
    QCOMPARE(object, expected);
    const QString text =
        u"may not write to %1 (srwx------ %2 %3)"_s.arg(scratch.file(u"s"_s), me(), myGroup());
    const QJsonObject denied {
        {u"who"_s, u"user"_s},          {u"name"_s, u"61003"_s},           {u"allowed"_s, false},
        {u"stop"_s, u"socket-write"_s}, {u"step"_s, scratch.file(u"s"_s)}, {u"text"_s, text}};
    QCOMPARE(verdicts.size(), 4);
    QCOMPARE(verdicts[3].toObject(), denied);
    QCOMPARE(verdicts[0].toObject().value(u"allowed"_s), QJsonValue(true));
}

void tst_ReadingCommands::whoForUsers_data()
{
    QTest::addColumn<QString>("access");
    QTest::addColumn<QStringList>("users");
    QTest::addColumn<int>("status");
    QTest::newRow("root may") << u"user"_s << QStringList {u"root"_s} << 0;
    QTest::newRow("a stranger may not") << u"user"_s << QStringList {u"61003"_s} << 1;
    QTest::newRow("a stranger may") << u"world"_s << QStringList {u"61003"_s} << 0;
    QTest::newRow("one of two may not") << u"user"_s << QStringList {u"root"_s, u"61003"_s} << 1;
    QTest::newRow("nobody of that name") << u"world"_s << QStringList {u"no-such-user"_s} << 2;
}

void tst_ReadingCommands::whoForUsers()
{
    QFETCH(QString, access);
    QFETCH(QStringList, users);
    QFETCH(int, status);
    const ScratchFolder scratch;
    QCOMPARE(::chmod(QFile::encodeName(scratch.path()).constData(), 0755), 0);
    QLocalServer server;
    server.setSocketOptions(AccessOptions::parse(access)->socketOptions());
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    QStringList arguments {u"who"_s, scratch.file(u"s"_s)};
    for (const QString &user : users)
        arguments << u"--user"_s << user;
    const Run run = sockeye(arguments);
    QCOMPARE(run.status, status);
    QCOMPARE(run.err.isEmpty(), status != 2);
    for (const QString &user : users)
        QCOMPARE(run.out.contains(u" user "_s + user), status != 2);
}

void tst_ReadingCommands::whoFailures_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("said");
    QTest::newRow("nothing there")
        << QStringList {u"S/none"_s} << 1 << u"There is no socket at S/none."_s;
    QTest::newRow("a link to nothing")
        << QStringList {u"S/dangling"_s} << 1 << u"There is no socket at S/dangling."_s;
    QTest::newRow("a file") << QStringList {u"S/file"_s} << 1
                            << u"S/file is a regular file, not a socket."_s;
    QTest::newRow("a folder") << QStringList {u"S"_s} << 1 << u"S is a folder, not a socket."_s;
    QTest::newRow("no abstract name")
        << QStringList {u"@sockeye-nobody"_s} << 1 << u"There is no socket at @sockeye-nobody."_s;
    QTest::newRow("bad escape") << QStringList {u"/a\\z"_s} << 2
                                << u"A backslash stands for itself as \\\\"_s;
    QTest::newRow("empty name") << QStringList {u""_s} << 2 << u"The server has no name."_s;
    QTest::newRow("no name") << QStringList {} << 2 << u""_s;
    QTest::newRow("unknown option") << QStringList {u"S/s"_s, u"--nonsense"_s} << 2 << u""_s;
}

void tst_ReadingCommands::whoFailures()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QString, said);
    const ScratchFolder scratch;
    scratch.write(u"file"_s, "");
    QCOMPARE(::symlink("nowhere", scratch.bytes(u"dangling"_s).constData()), 0);
    const QByteArray before = scratch.treeHash();
    arguments.replaceInStrings(QRegularExpression(u"^S"_s), scratch.path());
    const Run run = sockeye(QStringList {u"who"_s} + arguments);
    QCOMPARE(run.status, status);
    QCOMPARE(run.out, QString());
    if (!said.isEmpty()) {
        const QString expected = u"sockeye: "_s
            + QString(said).replace(QRegularExpression(u"\\bS\\b"_s), scratch.path());
        QCOMPARE(run.err.left(expected.size()), expected);
        QCOMPARE(run.err.count(u'\n'), 1); // one line, whatever it is
    }
    QCOMPARE(scratch.treeHash(), before);
}

void tst_ReadingCommands::whoMayNotLook()
{
    if (::geteuid() != 0)
        QSKIP("needs root, to look as another user");
    const ScratchFolder scratch; // 0700
    QLocalServer server;
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    const QByteArray path = scratch.bytes(u"s"_s);
    const ScratchFolder open;
    QCOMPARE(::chmod(QFile::encodeName(open.path()).constData(), 0777), 0);
    const QByteArray report = open.bytes(u"err"_s);
    const int status = runAs({.uid = 61003, .gid = 62003, .groups = {}}, [&] {
        if (!::freopen(report.constData(), "w", stderr))
            return 100;
        ::execl(SOCKEYE_PROGRAM, SOCKEYE_PROGRAM, "who", path.constData(), nullptr);
        return 100;
    });
    QFile file(QFile::decodeName(report));
    const bool isOpen = file.open(QIODevice::ReadOnly);
    const QString err = QString::fromUtf8(file.readAll());
    if (status == 100)
        QSKIP("the program cannot be started by another user from here");
    QVERIFY(isOpen);
    QCOMPARE(status, 1);
    QCOMPARE(err,
             u"sockeye: You may not connect to %1. The right to search %2 is missing. Have its "
             "owner give you the right. [EACCES]\n"_s.arg(scratch.file(u"s"_s), scratch.path()));
}

void tst_ReadingCommands::listTable()
{
    const ScratchFolder scratch;
    QLocalServer server;
    server.setSocketOptions(QLocalServer::UserAccessOption); // bound under another name
    const QString path = scratch.file(u"a b"_s);
    QVERIFY(server.listen(path));
    QLocalSocket client;
    client.connectToServer(path);
    QVERIFY(client.waitForConnected());
    const Run run = sockeye({u"list"_s});
    QCOMPARE(run.status, 0);
    QStringList mine;
    const QStringList lines = run.out.split(u'\n');
    for (const QString &line : lines) {
        if (line.contains(path))
            mine << line.simplified();
    }
    const QString process = u"tst_readingcommands(%1)"_s.arg(::getpid());
    QCOMPARE(mine, QStringList {u"stream listening %1 %2 %3 1 waiting"_s.arg(path, me(), process)});
    QVERIFY(lines.first().startsWith(u"TYPE"_s));
    QCOMPARE(lines.first().simplified(), u"TYPE STATE ADDRESS USER PROCESS PEER MARK"_s);

    QVERIFY(server.waitForNewConnection(5000));
    const QString accepted = sockeye({u"list"_s}).out;
    const auto count = [&accepted](const QString &text) {
        return accepted.simplified().count(text.simplified());
    };
    QCOMPARE(count(u"stream connected %1 %2 %3 %3"_s.arg(path, me(), process)), 1);
    QCOMPARE(count(u"stream connected - %2 %3 %3 %1"_s.arg(path, me(), process)), 1);
}

void tst_ReadingCommands::listAsJson()
{
    const ScratchFolder scratch;
    QLocalServer server;
    server.setSocketOptions(QLocalServer::UserAccessOption);
    server.setListenBacklogSize(7);
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    QLocalSocket client;
    client.connectToServer(scratch.file(u"s"_s));
    QVERIFY(client.waitForConnected());
    QVERIFY(server.waitForNewConnection(5000));
    const Run run = sockeye({u"list"_s, u"--json"_s});
    QCOMPARE(run.status, 0);
    QJsonObject listener;
    QJsonObject serverEnd;
    const QList<QJsonObject> objects = jsonLines(run.out);
    for (const QJsonObject &object : objects) {
        if (object.value(u"address"_s) != scratch.file(u"s"_s))
            continue;
        (object.value(u"state"_s) == u"listening"_s ? listener : serverEnd) = object;
    }
    QCOMPARE(listener.value(u"waiting"_s).toInt(-1), 0);
    QCOMPARE(listener.value(u"backlog"_s).toInt(), 7);
    QCOMPARE(listener.value(u"mode"_s).toString(), u"0700"_s);
    QCOMPARE(listener.value(u"user"_s).toString(), me());
    QCOMPARE(serverEnd.value(u"state"_s).toString(), u"connected"_s);
    const QJsonObject peer = serverEnd.value(u"peer"_s).toObject();
    QVERIFY(peer.value(u"inode"_s).toInteger() > 0);
    for (const QJsonObject &end : {listener, serverEnd, peer}) {
        const QJsonArray holders = end.value(u"held_by"_s).toArray();
        QCOMPARE(holders.size(), 1);
        QCOMPARE(holders[0].toObject().value(u"pid"_s).toInt(), ::getpid());
        QCOMPARE(holders[0].toObject().value(u"executable"_s).toString(),
                 QCoreApplication::applicationFilePath());
    }
}

void tst_ReadingCommands::listMarksUnsafeOnes()
{
    const ScratchFolder scratch; // its own user's alone: what is in it is guarded
    QLocalServer server;
    server.setSocketOptions(QLocalServer::WorldAccessOption);
    const QString path = scratch.file(u"s"_s);
    QVERIFY(server.listen(path));
    QLocalServer abstract;
    abstract.setSocketOptions(QLocalServer::AbstractNamespaceOption);
    const QString name = u"sockeye-marks-%1"_s.arg(::getpid());
    QVERIFY(abstract.listen(name));
    QStringList marks;
    const QList<QJsonObject> objects = jsonLines(sockeye({u"list"_s, u"--json"_s}).out);
    for (const QJsonObject &object : objects) {
        const QString address = object.value(u"address"_s).toString();
        if (address != path && address != u'@' + name)
            continue;
        for (const QJsonValue &value : object.value(u"marks"_s).toArray()) {
            const QJsonObject mark = value.toObject();
            QVERIFY(!mark.value(u"text"_s).toString().isEmpty());
            marks << mark.value(u"mark"_s).toString()
                    + (mark.value(u"unsafe"_s).toBool() ? u" unsafe"_s : u" guarded"_s);
        }
    }
    marks.sort();
    QCOMPARE(marks, (QStringList {u"abstract unsafe"_s, u"world-writable guarded"_s}));
    const QStringList lines = sockeye({u"list"_s}).out.split(u'\n');
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&path](const QString &text) { return text.contains(path); });
    QVERIFY(line != lines.end() && line->endsWith(u" world-writable"_s));
}

QTEST_GUILESS_MAIN(tst_ReadingCommands)
#include "tst_readingcommands.moc"
