// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "sourcescan.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QLibraryInfo>
#include <QRegularExpression>
#include <QTest>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

const QString spdx = u"// SPDX-FileCopyrightText: 2026 The Sockeye developers\n"
                     "// SPDX-License-Identifier: GPL-3.0-or-later\n"_s;

QSet<QString> headersOf(const QString &module)
{
    const QDir folder(QLibraryInfo::path(QLibraryInfo::HeadersPath) + u'/' + module);
    const QStringList names = folder.entryList(QDir::Files);
    return {names.begin(), names.end()};
}

SourceScan scanner()
{
    return SourceScan(headersOf(u"QtGui"_s) + headersOf(u"QtWidgets"_s));
}

QString readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// The sources below the given folders, as paths from the project's root.
QStringList sources(const QStringList &folders)
{
    const QDir root(QStringLiteral(SOCKEYE_SOURCE_DIR));
    QStringList paths;
    for (const QString &folder : folders) {
        QDirIterator files(root.filePath(folder), {u"*.h"_s, u"*.cpp"_s}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext())
            paths.append(root.relativeFilePath(files.next()));
    }
    paths.sort();
    return paths;
}

} // namespace

/// The floors of the house and its rules, read off the sources themselves.
class tst_floors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rulesBite_data();
    void rulesBite();
    void codeOnly_data();
    void codeOnly();
    void longFilesNeedAReason();
    void headersOfQtAreKnown();
    void house();
    void everySourceIsListed();
};

void tst_floors::rulesBite_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("text"); // after the two SPDX lines: begins at line 3
    QTest::addColumn<QStringList>("findings");
    const QStringList none;

    const QString up = u"3: core/base may not include core/engine, a floor above it"_s;
    QTest::newRow("down") << u"core/engine/a.cpp"_s << u"#include \"core/base/result.h\"\n"_s
                          << none;
    QTest::newRow("same floor") << u"core/engine/a.cpp"_s << u"#include \"core/engine/b.h\"\n"_s
                                << none;
    QTest::newRow("beside") << u"core/engine/a.cpp"_s << u"#include \"b.h\"\n"_s << none;
    QTest::newRow("up") << u"core/base/a.h"_s << u"#include \"core/engine/b.h\"\n"_s
                        << QStringList {up};
    QTest::newRow("up, spaced") << u"core/base/a.h"_s << u" #  include\t\"core/engine/b.h\"\n"_s
                                << QStringList {up};
    QTest::newRow("up by dots")
        << u"core/base/a.h"_s << u"#include \"../engine/b.h\"\n"_s
        << QStringList {
               u"3: \"../engine/b.h\": includes go from the project's root, not up a folder"_s};
    QTest::newRow("core to ui") << u"core/models/a.h"_s << u"#include \"ui/widgets/b.h\"\n"_s
                                << QStringList {
                                       u"3: core/models may not include ui, a floor above it"_s};
    QTest::newRow("ui to app") << u"ui/servers/a.h"_s << u"#include \"app/commandline.h\"\n"_s
                               << QStringList {u"3: ui may not include app, a floor above it"_s};
    QTest::newRow("neighbours in order")
        << u"core/relay/a.h"_s << u"#include \"core/decode/b.h\"\n"_s << none;
    QTest::newRow("neighbours out of order")
        << u"core/decode/a.h"_s << u"#include \"core/relay/b.h\"\n"_s
        << QStringList {u"3: core/decode may not include core/relay, a floor above it"_s};
    QTest::newRow("commented out")
        << u"core/base/a.h"_s << u"/* #include \"core/engine/b.h\"\n*/ // #include \"ui/c.h\"\n"_s
        << none;
    QTest::newRow("unknown floor")
        << u"core/attic/a.h"_s << u"\n"_s
        << QStringList {u"1: this folder of core is in no table of floors"_s};
    QTest::newRow("ui and sockets")
        << u"ui/servers/a.cpp"_s
        << u"#include \"core/server/guardedserver.h\"\n#include <sys/socket.h>\n"_s
        << QStringList {
               u"3: ui may not include core/server/guardedserver.h: it knows models and the Engine"_s,
               u"4: ui may not include <sys/socket.h>: it knows no socket"_s};

    for (const QString &header : {u"QWidget"_s, u"QtWidgets/QWidget"_s, u"QtGui/QColor"_s,
                                  u"QColor"_s, u"qicon.h"_s, u"QtSvg/QSvgRenderer"_s}) {
        QTest::addRow("window in core: %s", qPrintable(header))
            << u"core/models/a.h"_s << u"#include <%1>\n"_s.arg(header)
            << QStringList {u"3: core may not include <%1>: it has no window"_s.arg(header)};
    }
    QTest::newRow("window in ui") << u"ui/a.h"_s << u"#include <QWidget>\n"_s << none;
    QTest::newRow("no window") << u"core/models/a.h"_s << u"#include <QAbstractItemModel>\n"_s
                               << none;

    const QString asio =
        u"3: <asio/post.hpp>: asio is included by sources of core/stream, core/relay "
        "and core/engine, and by no header"_s;
    const QString asioText = u"#include <asio/post.hpp>\n"_s;
    QTest::newRow("asio in relay") << u"core/relay/a.cpp"_s << asioText << none;
    QTest::newRow("asio in a header") << u"core/relay/a.h"_s << asioText << QStringList {asio};
    QTest::newRow("asio in capture") << u"core/capture/a.cpp"_s << asioText << QStringList {asio};
    QTest::newRow("asio by name")
        << u"core/models/a.h"_s << u"asio::io_context *c;\n"_s
        << QStringList {u"3: asio lives in core/stream, core/relay and core/engine"_s};

    const QString guarded =
        u"3: a QLocalServer listens, closes and is removed in core/server alone"_s;
    QTest::newRow("removeServer") << u"core/engine/a.cpp"_s
                                  << u"QLocalServer::removeServer(name);\n"_s
                                  << QStringList {guarded};
    QTest::newRow("a server of one's own")
        << u"core/engine/a.cpp"_s << u"QLocalServer server;\n"_s << QStringList {guarded};
    QTest::newRow("listen") << u"core/relay/a.cpp"_s << u"if (::listen(fd, 5)) { }\n"_s
                            << QStringList {guarded};
    QTest::newRow("options only")
        << u"core/access/a.cpp"_s
        << u"#include <QLocalServer>\nauto o = QLocalServer::NoOptions;\n"_s << none;
    QTest::newRow("the guarded server")
        << u"core/server/guardedserver.cpp"_s
        << u"QLocalServer s; QLocalServer::removeServer(name);\n"_s << none;
    QTest::newRow("options in ui")
        << u"ui/a.cpp"_s << u"auto o = QLocalServer::NoOptions;\n"_s
        << QStringList {u"3: the window and the command line know the Engine, no socket class"_s};

    const QString close = u"3: ::close() is called by Descriptor alone"_s;
    QTest::newRow("close") << u"core/stream/a.cpp"_s << u"::close(fd);\n"_s << QStringList {close};
    QTest::newRow("close in a condition")
        << u"core/stream/a.cpp"_s << u"if (!::close (fd)) {}\n"_s << QStringList {close};
    QTest::newRow("Descriptor") << u"core/base/descriptor.cpp"_s << u"::close(fd);\n"_s << none;
    QTest::newRow("another close")
        << u"core/stream/a.cpp"_s << u"void QFile::close(); f.close();\n"_s << none;

    const QString loop = u"3: no nested event loop, no processEvents()"_s;
    QTest::newRow("processEvents")
        << u"ui/a.cpp"_s << u"QCoreApplication::processEvents();\n"_s << QStringList {loop};
    QTest::newRow("QEventLoop") << u"app/a.cpp"_s << u"QEventLoop loop; loop.exec();\n"_s
                                << QStringList {loop};
    const QString sleep = u"3: nobody sleeps outside of tests"_s;
    for (const QString &text :
         {u"QTest::qWait(5);"_s, u"QThread::msleep(5);"_s, u"usleep(5);"_s, u"QThread::sleep(1);"_s,
          u"std::this_thread::sleep_for(1s);"_s, u"::sleep(1);"_s})
        QTest::addRow("sleep: %s", qPrintable(text))
            << u"core/relay/a.cpp"_s << text + u'\n' << QStringList {sleep};
    QTest::newRow("sleep in a test") << u"tests/a.cpp"_s << u"QThread::msleep(5);\n"_s << none;
    QTest::newRow("a state called sleep")
        << u"core/relay/a.cpp"_s << u"p.sleep(); sleeper(); // sleep(1)\n"_s << none;

    QTest::newRow("slot by name") << u"ui/a.h"_s << u"void on_startButton_clicked();\n"_s
                                  << QStringList {
                                         u"3: a slot is connected, not found by its name"_s};
    QTest::newRow("SIGNAL and SLOT")
        << u"ui/a.cpp"_s << u"connect(a, SIGNAL(b()), c, SLOT(d()));\n"_s
        << QStringList {u"3: connect by member pointer"_s};

    const QString context = u"3: connect() of a lambda without a context object"_s;
    QTest::newRow("lambda with a context")
        << u"ui/a.cpp"_s << u"connect(a, &A::b, this, [this] { c(1, 2); });\n"_s << none;
    QTest::newRow("lambda without")
        << u"ui/a.cpp"_s << u"connect(a, &A::b, [this] { c(1, 2); });\n"_s << QStringList {context};
    QTest::newRow("lambda without, in lines")
        << u"ui/a.cpp"_s
        << u"QObject::connect(find(a, b),\n    &A::b,\n    [=](int x, int y) {\n    c(x, y);\n});\n"_s
        << QStringList {context};
    QTest::newRow("lambda without, in a test")
        << u"tests/a.cpp"_s << u"connect(a, &A::b, [] {});\n"_s << QStringList {context};
    QTest::newRow("member pointer")
        << u"ui/a.cpp"_s << u"connect(a, &A::b, this, &C::d);\n"_s << none;
    QTest::newRow("the system call")
        << u"core/stream/a.cpp"_s << u"::connect(fd, address, length);\n"_s << none;
}

void tst_floors::rulesBite()
{
    QFETCH(QString, path);
    QFETCH(QString, text);
    QFETCH(QStringList, findings);
    QCOMPARE(scanner().findings(path, spdx + text), findings);
}

void tst_floors::codeOnly_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("code");
    QTest::newRow("line comment") << u"a // b \"c\nd"_s << u"a        \nd"_s;
    QTest::newRow("block comment") << u"a/* ' \n */b"_s << u"a     \n   b"_s;
    QTest::newRow("string") << u"a(\"b\\\"//c\", d)"_s << u"a(        , d)"_s;
    QTest::newRow("character") << u"'\"' 'x' '\\''"_s << u"            "_s;
    QTest::newRow("digits") << u"1'000 + 2'000"_s << u"1'000 + 2'000"_s;
    QTest::newRow("raw string") << u"R\"x( \" )\" )x\" + y"_s << u"              + y"_s;
    QTest::newRow("open at the end") << u"/* a"_s << u"    "_s;
}

void tst_floors::codeOnly()
{
    QFETCH(QString, text);
    QFETCH(QString, code);
    QCOMPARE(SourceScan::codeOf(text, true), code);
}

void tst_floors::longFilesNeedAReason()
{
    const QString body = u"int a;\n"_s.repeated(600);
    QCOMPARE(scanner().findings(u"ui/a.cpp"_s, body),
             QStringList {u"1: the two SPDX lines are missing"_s});
    QCOMPARE(
        scanner().findings(u"ui/a.cpp"_s, spdx + body),
        QStringList {u"1: 602 lines, and the first comment gives no reason for so many lines"_s});
    QCOMPARE(scanner().findings(u"ui/a.cpp"_s,
                                spdx + u"\n// More than 600 lines: it is one table.\n"_s + body),
             QStringList());
}

/// Without the real list <QWidget> in core would pass as a header of somebody else.
void tst_floors::headersOfQtAreKnown()
{
    QVERIFY(headersOf(u"QtGui"_s).contains(u"QColor"_s));
    QVERIFY(headersOf(u"QtWidgets"_s).contains(u"QWidget"_s));
}

void tst_floors::house()
{
    const SourceScan scan = scanner();
    const QStringList paths = sources({u"core"_s, u"ui"_s, u"app"_s, u"tests"_s});
    QVERIFY(paths.contains(u"core/base/problem.h"_s) && paths.contains(u"app/main.cpp"_s));
    QStringList all;
    for (const QString &path : paths) {
        const QString text = readAll(QStringLiteral(SOCKEYE_SOURCE_DIR) + u'/' + path);
        for (const QString &finding : scan.findings(path, text))
            all.append(path + u':' + finding);
    }
    QVERIFY2(all.isEmpty(), qPrintable(u"\n  "_s + all.join(u"\n  "_s)));
}

/// A source that no CMakeLists.txt names is compiled by nobody and rots.
void tst_floors::everySourceIsListed()
{
    const QDir root(QStringLiteral(SOCKEYE_SOURCE_DIR));
    QStringList forgotten;
    for (const QString &path : sources({u"core"_s, u"ui"_s, u"app"_s})) {
        QDir folder = QFileInfo(root.filePath(path)).dir();
        while (!folder.exists(u"CMakeLists.txt"_s))
            folder.cdUp();
        const QString list = readAll(folder.filePath(u"CMakeLists.txt"_s));
        const QString name = folder.relativeFilePath(root.filePath(path));
        const QRegularExpression listed(u"(^|[\\s(])"_s + QRegularExpression::escape(name)
                                        + u"($|[\\s)])"_s);
        if (!listed.match(list).hasMatch())
            forgotten.append(path);
    }
    QVERIFY2(forgotten.isEmpty(), qPrintable(u"\n  "_s + forgotten.join(u"\n  "_s)));
}

QTEST_GUILESS_MAIN(tst_floors)
#include "tst_floors.moc"
