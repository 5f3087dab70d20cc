// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/socketaddress.h"
#include "core/base/descriptor.h"
#include "tests/kit/scratchfolder.h"

#include <QDir>
#include <QLocalServer>
#include <QtTest>

#include <cstddef>

#include <sys/stat.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

const NameContext here {.temporaryFolder = "/tmp/t", .runtimeFolder = "/run/user/7"};

/// "/tmp/t/x", or "NameTooLong length=107 limit=106": the whole outcome in one line.
QString outcome(const Result<SocketAddress> &result)
{
    if (result)
        return result->display();
    QStringList parts {codeName(result.error().code)};
    for (auto arg = result.error().args.begin(); arg != result.error().args.end(); ++arg) {
        if (arg.key() != u"name"_s && arg.key() != u"address"_s)
            parts << arg.key() + u'=' + arg.value();
    }
    return parts.join(u' ');
}

/// The name the kernel has for a listening server: what clients must connect to.
SocketAddress boundAddress(const QLocalServer &server)
{
    sockaddr_un address = {};
    socklen_t length = sizeof(address);
    const auto fd = static_cast<int>(server.socketDescriptor());
    if (::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &length) != 0)
        return {};
    return SocketAddress::fromSockaddr(address, length);
}

} // namespace

class tst_SocketAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void resolve_data();
    void resolve();
    void tooLongNamesTheBytes();
    void resolvesAsQtDoes_data();
    void resolvesAsQtDoes();
    void pathLimitIsTheOneOfQt_data();
    void pathLimitIsTheOneOfQt();
    void folderLimitIsTheOneOfQt_data();
    void folderLimitIsTheOneOfQt();
    void abstractLimitIsTheOneOfQt_data();
    void abstractLimitIsTheOneOfQt();
    void everyLengthHasAnOutcome();
    void parse_data();
    void parse();
    void parseFailures_data();
    void parseFailures();
    void everyByteCanBeNamed();
    void parts_data();
    void parts();
    void kernelAcceptsOurSockaddr_data();
    void kernelAcceptsOurSockaddr();
    void sockaddrLimits();
    void unnamedIsNotValid();
    void suggestion();
    void contextOfThisProcess();
};

void tst_SocketAddress::resolve_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("access");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *title, const QString &name, const QString &expected,
                        const QString &access = u"none"_s) {
        QTest::newRow(title) << name << access << expected;
    };
    row("plain", u"api"_s, u"/tmp/t/api"_s);
    row("in a folder", u"a/b"_s, u"/tmp/t/a/b"_s);
    row("absolute", u"/run/x"_s, u"/run/x"_s);
    row("absolute with dots stays", u"/run/../x"_s, u"/run/../x"_s);
    row("dots that stay inside", u"a/../b"_s, u"/tmp/t/a/../b"_s);
    row("at sign is a file", u"@x"_s, u"/tmp/t/@x"_s);
    row("option-like", u"-rf"_s, u"/tmp/t/-rf"_s);
    row("space", u"a b"_s, u"/tmp/t/a b"_s);
    row("emoji", u"\U0001F41F"_s, u"/tmp/t/\U0001F41F"_s);
    row("backslash", u"a\\b"_s, u"/tmp/t/a\\\\b"_s);
    row("abstract", u"api"_s, u"@api"_s, u"abstract"_s);
    row("abstract with class", u"api"_s, u"@api"_s, u"user,abstract"_s);
    row("abstract slash", u"/a/../b"_s, u"@/a/../b"_s, u"abstract"_s);
    row("abstract dots", u"../x"_s, u"@../x"_s, u"abstract"_s);
    row("abstract NUL is a byte", u"a\0b"_s, u"@a\\x00b"_s, u"abstract"_s);
    row("empty", u""_s, u"NameEmpty"_s);
    row("empty abstract", u""_s, u"NameEmpty"_s, u"abstract"_s);
    row("NUL", u"a\0b"_s, u"NameHasNul"_s);
    row("lone high surrogate", u"a"_s + QChar(0xD800), u"NameNotUtf8"_s);
    row("lone low surrogate", QChar(0xDC00) + u"a"_s, u"NameNotUtf8"_s);
    row("lost bytes", u"a"_s + QChar(0xFFFD), u"NameNotUtf8"_s);
    row("newline", u"a\nb"_s, u"NameHasControl"_s);
    row("escape", u"a\x1b[2J"_s, u"NameHasControl"_s);
    row("delete", u"a\x7f"_s, u"NameHasControl"_s);
    row("C1", u"a"_s + QChar(0x9B), u"NameHasControl"_s);
    row("right-to-left override", u"a"_s + QChar(0x202E) + u"b"_s, u"NameHasControl"_s);
    row("line separator", u"a"_s + QChar(0x2028), u"NameHasControl"_s);
    row("escape in abstract", u"a\x1b"_s, u"NameHasControl"_s, u"abstract"_s);
    row("leaves", u"../x"_s, u"NameEscapesFolder folder=/tmp/t"_s);
    row("leaves later", u"a/../../t/x"_s, u"NameEscapesFolder folder=/tmp/t"_s);
    row("dots in a name stay", u"..x/y.."_s, u"/tmp/t/..x/y.."_s);
    row("ends with a slash", u"a/"_s, u"AddressNotASocket type=a folder"_s);
    row("ends with a dot", u"a/."_s, u"AddressNotASocket type=a folder"_s);
    row("the folder itself", u"a/.."_s, u"AddressNotASocket type=a folder"_s);
    row("root", u"/"_s, u"AddressNotASocket type=a folder"_s);
    row("107 bytes", u'/' + QString(106, u'x'), u"NameTooLong length=107 limit=106"_s);
    row("bytes, not characters", u'/' + QString(53, u'ä'), u"NameTooLong length=107 limit=106"_s);
    row("107 abstract", QString(107, u'x'), u"NameTooLong length=107 limit=106"_s, u"abstract"_s);
    const QString folder = u'/' + QString(97, u'f');
    row("98 folder", folder + u"/x"_s, folder + u"/x"_s);
    row("98 folder, user", folder + u"/x"_s,
        u"FolderTooLongForAccess folder="_s + folder + u" length=98 limit=97"_s, u"user"_s);
    row("97 folder, user", folder.chopped(1) + u"/x"_s, folder.chopped(1) + u"/x"_s, u"user"_s);
}

void tst_SocketAddress::resolve()
{
    QFETCH(QString, name);
    QFETCH(QString, access);
    QFETCH(QString, expected);
    QCOMPARE(outcome(resolveName(name, *AccessOptions::parse(access), here)), expected);
}

void tst_SocketAddress::tooLongNamesTheBytes()
{
    const QString name(200, u'y');
    const Result<SocketAddress> result = resolveName(name, {}, here);
    QVERIFY((result.error()
             == Problem {.code = ProblemCode::NameTooLong,
                         .args = {{u"name"_s, name},
                                  {u"address"_s, u"/tmp/t/"_s + name},
                                  {u"length"_s, u"207"_s},
                                  {u"limit"_s, u"106"_s}}}));
}

void tst_SocketAddress::resolvesAsQtDoes_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"plain", "sub/inside", "sub/../back", "./dot", "a b", "-rf", "@at",
                             "ümlaut", "\xF0\x9F\x90\x9F", "sub//twice", "..two", "back\\slash",
                             "100%", "{name}", "$HOME", "'quote'", "a;b", "*", "~"})
        QTest::newRow(name) << QString::fromUtf8(name);
}

void tst_SocketAddress::resolvesAsQtDoes()
{
    QFETCH(QString, name);
    const ScratchFolder scratch;
    QVERIFY(QDir(scratch.path()).mkdir(u"sub"_s));
    const QByteArray before = qgetenv("TMPDIR");
    // QLocalServer cleans the temporary folder's name, and nothing else.
    qputenv("TMPDIR", QFile::encodeName(scratch.path()) + "/./");
    const auto restore = qScopeGuard(
        [&before] { before.isNull() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", before); });
    for (int bits = 0; bits < 16; ++bits) {
        for (const QString &given : {name, scratch.file(name)}) {
            QLocalServer server;
            server.setSocketOptions(QLocalServer::SocketOptions(bits));
            const auto options = AccessOptions::fromSocketOptions(server.socketOptions());
            const Result<SocketAddress> ours = resolveName(given, options, NameContext::current());
            QVERIFY2(server.listen(given), qPrintable(server.errorString()));
            QVERIFY(ours);
            QCOMPARE(ours->bytes(), QFile::encodeName(server.fullServerName()));
            if (options.abstract || !options.hasClass()) // else it is bound elsewhere and renamed
                QVERIFY(*ours == boundAddress(server));
            struct stat status = {};
            if (!options.abstract)
                QCOMPARE(::lstat(ours->bytes().constData(), &status), 0);
        }
    }
}

void tst_SocketAddress::pathLimitIsTheOneOfQt_data()
{
    QTest::addColumn<int>("length");
    for (int length = 100; length <= 110; ++length)
        QTest::addRow("%d", length) << length;
}

void tst_SocketAddress::pathLimitIsTheOneOfQt()
{
    QFETCH(int, length);
    const ScratchFolder scratch;
    QString name = scratch.file(u""_s);
    name += QString(length - name.size(), u'x');
    for (const int bits : {0, 1, 7}) {
        QLocalServer server;
        server.setSocketOptions(QLocalServer::SocketOptions(bits));
        const auto options = AccessOptions::fromSocketOptions(server.socketOptions());
        const bool isResolved = resolveName(name, options, NameContext::current()).has_value();
        QCOMPARE(isResolved, server.listen(name));
        QCOMPARE(isResolved, length <= maxPathBytes);
    }
}

void tst_SocketAddress::folderLimitIsTheOneOfQt_data()
{
    QTest::addColumn<int>("length");
    QTest::addColumn<QString>("detour");
    for (int length = 94; length <= 100; ++length) {
        QTest::addRow("%d", length) << length << u""_s;
        QTest::addRow("%d after cleaning", length) << length << u"/./"_s;
    }
}

void tst_SocketAddress::folderLimitIsTheOneOfQt()
{
    QFETCH(int, length);
    QFETCH(QString, detour);
    const ScratchFolder scratch;
    QString folder = scratch.file(u""_s);
    folder += QString(length - folder.size(), u'd');
    QVERIFY(QDir().mkdir(folder));
    const QString name = folder + detour + u"/x"_s;
    for (const int bits : {0, 1, 7}) {
        QLocalServer server;
        server.setSocketOptions(QLocalServer::SocketOptions(bits));
        const auto options = AccessOptions::fromSocketOptions(server.socketOptions());
        const bool isResolved = resolveName(name, options, NameContext::current()).has_value();
        QCOMPARE(isResolved, server.listen(name));
        if (bits != 0)
            QCOMPARE(isResolved, length <= maxFolderBytesWithAccess);
    }
}

void tst_SocketAddress::abstractLimitIsTheOneOfQt_data()
{
    QTest::addColumn<int>("length");
    for (int length = 103; length <= 110; ++length)
        QTest::addRow("%d", length) << length;
}

void tst_SocketAddress::abstractLimitIsTheOneOfQt()
{
    QFETCH(int, length);
    QString name = u"sockeye-test-%1-"_s.arg(QCoreApplication::applicationPid());
    name += QString(length - name.size(), u'x');
    QLocalServer server;
    server.setSocketOptions(QLocalServer::AbstractNamespaceOption);
    const Result<SocketAddress> ours = resolveName(name, {.abstract = true}, here);
    QCOMPARE(ours.has_value(), server.listen(name));
    QCOMPARE(ours.has_value(), length <= maxAbstractBytes);
    if (ours)
        QVERIFY(*ours == boundAddress(server));
}

void tst_SocketAddress::everyLengthHasAnOutcome()
{
    for (int length = 0; length <= 300; ++length) {
        for (const QString &part : {u"x"_s, u"ä"_s, u"../"_s, u"/"_s}) {
            const QString name = part.repeated(length);
            const Result<SocketAddress> address = resolveName(name, {.user = true}, here);
            sockaddr_un target = {};
            QVERIFY(!address || address->toSockaddr(target));
        }
    }
}

void tst_SocketAddress::parse_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isAbstract");
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray temporary = QFile::encodeName(QDir::tempPath());
    QTest::newRow("path") << u"/run/x"_s << false << QByteArray("/run/x");
    QTest::newRow("relative") << u"api"_s << false << temporary + "/api";
    QTest::newRow("abstract") << u"@api"_s << true << QByteArray("api");
    QTest::newRow("abstract at") << u"@@"_s << true << QByteArray("@");
    QTest::newRow("hex") << u"/a\\xFF\\x0a"_s << false << QByteArray("/a\xFF\n");
    QTest::newRow("backslash") << u"/a\\\\xFF"_s << false << QByteArray("/a\\xFF");
    QTest::newRow("abstract NUL") << u"@a\\x00"_s << true << QByteArray("a\0", 2);
    QTest::newRow("escaped at") << u"\\x40x"_s << false << temporary + "/@x";
    QTest::newRow("umlaut") << u"/ä"_s << false << QByteArray("/\xC3\xA4");
}

void tst_SocketAddress::parse()
{
    QFETCH(QString, text);
    QFETCH(bool, isAbstract);
    QFETCH(QByteArray, bytes);
    const Result<SocketAddress> address = SocketAddress::parse(text);
    QVERIFY(address);
    QVERIFY(*address
            == (isAbstract ? SocketAddress::fromAbstract(bytes) : SocketAddress::fromPath(bytes)));
}

void tst_SocketAddress::parseFailures_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const QString what = u"what=A backslash stands for itself as \\\\, for any byte as \\xHH"_s;
    QTest::newRow("empty") << u""_s << u"NameEmpty"_s;
    QTest::newRow("NUL") << u"/a\\x00b"_s << u"NameHasNul"_s;
    QTest::newRow("surrogate") << u"/a"_s + QChar(0xDC80) << u"NameNotUtf8"_s;
    QTest::newRow("lone backslash") << u"/ab\\"_s << u"BadInput column=4 "_s + what;
    QTest::newRow("unknown escape") << u"/\\n"_s << u"BadInput column=2 "_s + what;
    QTest::newRow("half a byte") << u"/\\xf"_s << u"BadInput column=2 "_s + what;
    QTest::newRow("no hex") << u"@\\xfg"_s << u"BadInput column=2 "_s + what;
}

void tst_SocketAddress::parseFailures()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(outcome(SocketAddress::parse(text)), expected);
}

void tst_SocketAddress::everyByteCanBeNamed()
{
    QByteArray bytes;
    for (int byte = 1; byte < 256; ++byte)
        bytes += static_cast<char>(byte);
    for (const SocketAddress &address :
         {SocketAddress::fromPath('/' + bytes), SocketAddress::fromAbstract('\0' + bytes),
          SocketAddress::fromPath("/x\xC3"),
          SocketAddress::fromPath("/\xF0\x9F\x90\x9F\xED\xA0\x80")}) {
        const QString shown = address.display();
        QVERIFY(SocketAddress::parse(shown) == address);
        for (const uint character : shown.toUcs4())
            QVERIFY(QChar::isPrint(character));
    }
    QCOMPARE(escapedBytes("a\xFF\xC3\xA4\\\x1b"), u"a\\xffä\\\\\\x1b"_s);
    QCOMPARE(SocketAddress::fromPath("@x").display(), u"\\x40x"_s);
}

void tst_SocketAddress::parts_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("folder");
    QTest::addColumn<QByteArray>("file");
    QTest::newRow("usual") << QByteArray("/a/b/c") << QByteArray("/a/b") << QByteArray("c");
    QTest::newRow("root") << QByteArray("/c") << QByteArray("/") << QByteArray("c");
    QTest::newRow("relative") << QByteArray("c") << QByteArray(".") << QByteArray("c");
}

void tst_SocketAddress::parts()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, folder);
    QFETCH(QByteArray, file);
    QCOMPARE(SocketAddress::fromPath(path).folder(), folder);
    QCOMPARE(SocketAddress::fromPath(path).fileName(), file);
}

void tst_SocketAddress::kernelAcceptsOurSockaddr_data()
{
    QTest::addColumn<bool>("isAbstract");
    QTest::addColumn<int>("length"); // of the whole address
    for (const int length : {30, 106, 107, 108}) {
        QTest::addRow("path %d", length) << false << length;
        if (length < 108)
            QTest::addRow("abstract %d", length) << true << length;
    }
}

void tst_SocketAddress::kernelAcceptsOurSockaddr()
{
    QFETCH(bool, isAbstract);
    QFETCH(int, length);
    const ScratchFolder scratch;
    QByteArray bytes = scratch.bytes(u""_s);
    bytes += QByteArray(length - bytes.size(), 'x');
    const SocketAddress address =
        isAbstract ? SocketAddress::fromAbstract(bytes) : SocketAddress::fromPath(bytes);
    sockaddr_un target = {};
    const Result<socklen_t> size = address.toSockaddr(target);
    QVERIFY(size);
    const Descriptor server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    QCOMPARE(::bind(server.get(), reinterpret_cast<sockaddr *>(&target), *size), 0);
    QCOMPARE(::listen(server.get(), 1), 0);
    const Descriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    QCOMPARE(::connect(client.get(), reinterpret_cast<sockaddr *>(&target), *size), 0);
    struct stat status = {};
    QCOMPARE(::lstat(bytes.constData(), &status), isAbstract ? -1 : 0);
    sockaddr_un seen[2] = {}; // the kernel writes a NUL behind a path that fills the field
    socklen_t seenSize = sizeof(seen);
    QCOMPARE(::getpeername(client.get(), reinterpret_cast<sockaddr *>(seen), &seenSize), 0);
    QVERIFY(SocketAddress::fromSockaddr(seen[0], seenSize) == address);
}

void tst_SocketAddress::sockaddrLimits()
{
    sockaddr_un target = {};
    const SocketAddress path = SocketAddress::fromPath(QByteArray(109, '/'));
    QCOMPARE(path.toSockaddr(target).error().code, ProblemCode::NameTooLong);
    QCOMPARE(path.toSockaddr(target).error().args.value(u"limit"_s), u"108"_s);
    const SocketAddress abstract = SocketAddress::fromAbstract(QByteArray(108, 'x'));
    QCOMPARE(abstract.toSockaddr(target).error().args.value(u"limit"_s), u"107"_s);
    QVERIFY(!SocketAddress().toSockaddr(target));
}

void tst_SocketAddress::unnamedIsNotValid()
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    QVERIFY(!SocketAddress::fromSockaddr(address, offsetof(sockaddr_un, sun_path)).isValid());
    QVERIFY(!SocketAddress::fromSockaddr(address, 0).isValid());
    QVERIFY(!SocketAddress::fromPath({}).isValid());
    QCOMPARE(SocketAddress().display(), QString());
}

void tst_SocketAddress::suggestion()
{
    QCOMPARE(suggestedName(u"demo"_s, here), u"/run/user/7/demo"_s);
    QCOMPARE(suggestedName(u"demo"_s, {.temporaryFolder = "/tmp", .runtimeFolder = {}}), u"demo"_s);
    // A folder in which no box could be ticked is none to suggest.
    const NameContext deep {.temporaryFolder = "/tmp", .runtimeFolder = '/' + QByteArray(97, 'd')};
    QCOMPARE(suggestedName(u"demo"_s, deep), u"demo"_s);
}

void tst_SocketAddress::contextOfThisProcess()
{
    const ScratchFolder scratch;
    const QByteArray before = qgetenv("XDG_RUNTIME_DIR");
    const auto restore = qScopeGuard([&before] {
        before.isNull() ? qunsetenv("XDG_RUNTIME_DIR") : qputenv("XDG_RUNTIME_DIR", before);
    });
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(scratch.path()));
    QCOMPARE(NameContext::current().runtimeFolder, QFile::encodeName(scratch.path()));
    QCOMPARE(NameContext::current().temporaryFolder, QFile::encodeName(QDir::tempPath()));
    qputenv("XDG_RUNTIME_DIR", scratch.bytes(u"missing"_s));
    QCOMPARE(NameContext::current().runtimeFolder, QByteArray());
    qputenv("XDG_RUNTIME_DIR", "relative");
    QCOMPARE(NameContext::current().runtimeFolder, QByteArray());
}

QTEST_GUILESS_MAIN(tst_SocketAddress)
#include "tst_socketaddress.moc"
