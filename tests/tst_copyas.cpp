// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/copyas.h"

#include "core/access/socketaddress.h"
#include "core/capture/quotedbytes.h"
#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/scratchfolder.h"

#include <QLibraryInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;

/// What the languages that are written read in ways of their own, and every byte there is.
QByteArray traps()
{
    QByteArray bytes = "-e %s%%\\n\\x41\\101'\"`id`$(id)$HOME!! ?\?/ ?\?= */ // #\r\n\t\0"
                       "7\xff\xc3\xa9\xe2\x80\xae\\"_ba;
    for (int byte = 0; byte < 256; ++byte)
        bytes += static_cast<char>(byte);
    return bytes + "??\?\?)??\\"_ba;
}

QByteArray request()
{
    return "PUT /a'b?c=$(id)`&%41 HTTP/1.1\r\nHost: \"x\"\r\nX-A: \xff\\\r\n"
           "Content-Length: 256\r\n\r\n"_ba
        + traps().left(256);
}

SocketAddress pathIn(const ScratchFolder &scratch, const QByteArray &name)
{
    return SocketAddress::fromPath(scratch.bytes(u""_s) + name);
}

/// Another program's server, wherever that is.
class Server
{
public:
    explicit Server(const SocketAddress &address)
        : m_listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
        , m_path(address.kind() == SocketAddress::Kind::Path ? address.bytes() : QByteArray())
    {
        sockaddr_un to = {};
        const auto length = address.toSockaddr(to);
        m_listens = length
            && ::bind(m_listener.get(), reinterpret_cast<sockaddr *>(&to), *length) == 0
            && ::listen(m_listener.get(), 5) == 0;
    }
    ~Server() { ::unlink(m_path.constData()); } // QTemporaryDir removes no name that is no text
    Q_DISABLE_COPY_MOVE(Server)
    [[nodiscard]] bool listens() const { return m_listens; }
    /// All that one client sends until it ends sending, or @p size bytes. Then it gets an answer.
    [[nodiscard]] QByteArray take(const QByteArray &answer, qsizetype size) const
    {
        pollfd waiting {.fd = m_listener.get(), .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, 60'000) != 1)
            return "nobody came";
        const Descriptor client(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        QByteArray all;
        char buffer[4096];
        while (size < 0 || all.size() < size) {
            waiting.fd = client.get();
            if (::poll(&waiting, 1, 60'000) != 1)
                return "nothing more came after " + all;
            const ssize_t got = ::recv(client.get(), buffer, sizeof buffer, 0);
            if (got <= 0)
                break;
            all.append(buffer, got);
        }
        ::send(client.get(), answer.constData(), static_cast<size_t>(answer.size()), MSG_NOSIGNAL);
        return all;
    }

private:
    Descriptor m_listener;
    QByteArray m_path;
    bool m_listens = false;
};

QByteArray outputOf(QProcess &process)
{
    if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
        return "it did not end";
    const QByteArray errors = process.readAllStandardError();
    return errors + process.readAllStandardOutput()
        + (process.exitCode() == 0 ? ""_ba : " status " + QByteArray::number(process.exitCode()));
}

bool isInstalled(const QString &program)
{
    return !QStandardPaths::findExecutable(program).isEmpty();
}

} // namespace

class tst_CopyAs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void quotes_data();
    void quotes();
    void shellReadsWhatIsQuoted();
    void reallySends_data();
    void reallySends();
    void curlReallyAsks_data();
    void curlReallyAsks();
    void qtReallySends_data();
    void qtReallySends();
    void problems_data();
    void problems();
    void isBounded();
    void gapsAreNoBytes();

private:
    [[nodiscard]] std::unique_ptr<CaptureStream> open(const QString &address, quint64 id = 1);
    [[nodiscard]] QString copied(CopyForm form, const ExportSelection &selection = {}) const;
    [[nodiscard]] QString scriptOf(CopyForm form);

    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<CaptureLog> m_log;
};

void tst_CopyAs::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    m_clock = std::make_unique<ManualClock>();
    CaptureOptions options;
    options.folder = m_folder->file(u"capture"_s);
    options.limit = 64 * 1024 * 1024;
    options.queueLimit = 1;
    auto log = CaptureLog::create(options, *m_clock);
    QVERIFY(log);
    m_log = std::move(*log);
}

void tst_CopyAs::cleanup()
{
    m_log.reset();
    m_clock.reset();
    m_folder.reset();
}

std::unique_ptr<CaptureStream> tst_CopyAs::open(const QString &address, quint64 id)
{
    m_log->addServer({{1}, u"server"_s, address});
    return m_log->openStream(testConnection(id), RecordingPolicy::Lossless);
}

QString tst_CopyAs::copied(CopyForm form, const ExportSelection &selection) const
{
    if (!m_log->flush())
        return u"not flushed"_s;
    const auto text = copyAs(*m_log, selection, form);
    return text ? *text
                : codeName(text.error().code) + u": "_s + text.error().args[u"program"_s] + u", "_s
            + text.error().args[u"why"_s];
}

QString tst_CopyAs::scriptOf(CopyForm form)
{
    return m_folder->write(u"text"_s, copied(form).toUtf8());
}

void tst_CopyAs::quotes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("quoted");
    const auto row = [](const char *name, const QByteArray &bytes, const QByteArray &quoted) {
        QTest::newRow(name) << bytes << quoted;
    };
    row("escaped text", escapedText("a\\\n\r\t\x1b\xc3\xa9\xff\0\xe2\x80\xae"_ba),
        R"(a\\\n\r\t\x1b)"
        "\xc3\xa9"
        R"(\xff\x00\xe2\x80\xae)");
    row("comment", commentText("*/ /* ?\?/\\\n\xc3\xa9"_ba),
        R"(\x2a/ /\x2a \x3f\x3f/\x5c\x0a\xc3\xa9)");
    row("plain word", shellWord("/run/a-b_c.d:1@x"), "/run/a-b_c.d:1@x");
    row("empty word", shellWord(""), "''");
    row("word", shellWord("a b'c$d\xc3\xa9"), "'a b'\\''c$d\xc3\xa9'");
    row("word with controls", shellWord("a\nb'c"), "\"$(printf 'a\\nb\\047c')\"");
    row("printf",
        printfFormat("-a-%\\'\n\0"
                     "7\xff"_ba),
        R"('\055a-%%\\\047\n\0007\377')");
    row("Python",
        pythonLiteral("a\"'\\\n\0"
                      "7\xff{}"_ba),
        R"(b"a\"'\\\n\x007\xff{}")");
    row("C++",
        cppLiteral("a\"'\\\n\x01"
                   "7\xff"
                   "f?\?/???"_ba),
        R"("a\"'\\\n\0017\377f?\?/?\?\?")");
}

void tst_CopyAs::quotes()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, quoted);
    QCOMPARE(bytes, quoted);
}

void tst_CopyAs::shellReadsWhatIsQuoted()
{
    QByteArray all;
    for (int byte = 1; byte < 256; ++byte)
        all += static_cast<char>(byte);
    const QByteArray script = "printf " + printfFormat(traps()) + "; printf '%s' " + shellWord(all)
        + ' ' + shellWord("-n $(id) \\ ' \"") + '\n';
    for (const char *shell : {"sh", "dash", "bash", "zsh"}) {
        if (!isInstalled(QString::fromLatin1(shell)))
            continue;
        QProcess process;
        process.start(QString::fromLatin1(shell), {m_folder->write(u"text"_s, script)});
        QCOMPARE(outputOf(process), traps() + all + "-n $(id) \\ ' \"");
    }
}

void tst_CopyAs::reallySends_data()
{
    QTest::addColumn<CopyForm>("form");
    QTest::addColumn<QString>("program");
    QTest::addColumn<bool>("isAbstract");
    QTest::addColumn<QByteArray>("name");
    for (const bool isAbstract : {false, true}) {
        for (const QByteArray &name :
             {"plain"_ba, "-a 'b\" $(id)`,!!:;=[x](y){z}\\"_ba, "a\nb\n"_ba, "\xff\xc3\xa9"_ba,
              "\xc3\xa9\xf0\x9f\x90\x9f"_ba, "x\0y\0"_ba}) {
            if (!isAbstract && name.contains('\0'))
                continue;
            const QByteArray shown = (isAbstract ? "@" : "/") + escapedText(name);
            QTest::newRow(("socat " + shown).constData())
                << CopyForm::Socat << u"sh"_s << isAbstract << name;
            QTest::newRow(("Python " + shown).constData())
                << CopyForm::Python << u"python3"_s << isAbstract << name;
        }
    }
}

void tst_CopyAs::reallySends()
{
    QFETCH(const CopyForm, form);
    QFETCH(const QString, program);
    QFETCH(const bool, isAbstract);
    QFETCH(const QByteArray, name);
    if (!isInstalled(program) || (form == CopyForm::Socat && !isInstalled(u"socat"_s)))
        QSKIP("not installed; tests/run installs it");
    const SocketAddress address = isAbstract
        ? SocketAddress::fromAbstract("sockeye-" + QByteArray::number(::getpid()) + name)
        : pathIn(*m_folder, name);
    const Server server(address);
    QVERIFY(server.listens());
    const auto stream = open(address.display());
    QVERIFY(stream->append(toServer, asSpan("first\n")));
    QVERIFY(stream->append(toClient, asSpan("not this")));
    QVERIFY(stream->append(toServer, asSpan(traps())));
    QVERIFY(stream->append(toServer, asSpan(traps())));
    QProcess process;
    process.start(program, {scriptOf(form)});
    QCOMPARE(server.take("answer\n", -1), "first\n" + traps() + traps());
    QCOMPARE(outputOf(process), "answer\n"_ba);
}

void tst_CopyAs::curlReallyAsks_data()
{
    QTest::addColumn<bool>("isAbstract");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("path") << false << "plain"_ba;
    QTest::newRow("hostile path") << false << "-a 'b\"$(id)\n\xff{}[]\\"_ba;
    QTest::newRow("abstract") << true << "plain"_ba;
    QTest::newRow("hostile abstract") << true << "-a 'b\"$(id)\n\xff{}[]\\"_ba;
}

void tst_CopyAs::curlReallyAsks()
{
    QFETCH(const bool, isAbstract);
    QFETCH(const QByteArray, name);
    if (!isInstalled(u"curl"_s))
        QSKIP("curl is not installed; tests/run installs it");
    const SocketAddress address = isAbstract
        ? SocketAddress::fromAbstract("sockeye-" + QByteArray::number(::getpid()) + name)
        : pathIn(*m_folder, name);
    const Server server(address);
    QVERIFY(server.listens());
    const auto stream = open(address.display());
    QVERIFY(stream->append(toServer, asSpan(request().left(20)))); // records are not requests
    QVERIFY(stream->append(toServer, asSpan(request().mid(20))));
    QProcess process;
    process.start(u"sh"_s, {u"-c"_s, u". \"$0\" 2>&-"_s, scriptOf(CopyForm::Curl)});
    QCOMPARE(server.take("HTTP/1.0 200 OK\r\n\r\nanswer\n", request().size()), request());
    QCOMPARE(outputOf(process), "answer\n"_ba);
}

void tst_CopyAs::qtReallySends_data()
{
    QTest::addColumn<SocketAddress>("address");
    const QByteArray name = "sockeye-" + QByteArray::number(::getpid());
    QTest::newRow("no text") << SocketAddress::fromPath("\xff\n?\?=\"\\"); // in the folder
    QTest::newRow("NUL") << SocketAddress::fromAbstract(name + "\0\xc3\xa9?\?/\"\0"_ba);
    QTest::newRow("abstract, no text") << SocketAddress::fromAbstract(name + "\0\xff"_ba);
}

void tst_CopyAs::qtReallySends()
{
    QFETCH(SocketAddress, address);
    if (!isInstalled(u"g++"_s))
        QSKIP("g++ is not installed");
    if (address.kind() == SocketAddress::Kind::Path)
        address = pathIn(*m_folder, address.bytes());
    const Server server(address);
    QVERIFY(server.listens());
    const auto stream = open(address.display());
    QVERIFY(stream->append(toServer, asSpan(traps())));
    QVERIFY(stream->append(toServer, asSpan("end")));
    const QString text = scriptOf(CopyForm::Qt);
    // The oldest standard that Qt takes has no trigraphs any more; with them they must not matter.
    const QString headers = QLibraryInfo::path(QLibraryInfo::HeadersPath);
    QProcess compiler;
    compiler.start(u"g++"_s,
                   {u"-x"_s,
                    u"c++"_s,
                    u"-std=c++17"_s,
                    u"-trigraphs"_s,
                    u"-Wall"_s,
                    u"-Wextra"_s,
                    u"-Werror"_s,
                    u"-fPIC"_s,
                    u"-isystem"_s,
                    headers,
                    u"-isystem"_s,
                    headers + u"/QtCore"_s,
                    u"-isystem"_s,
                    headers + u"/QtNetwork"_s,
                    u"-o"_s,
                    text + u".out"_s,
                    text,
                    u"-L"_s + QLibraryInfo::path(QLibraryInfo::LibrariesPath),
                    u"-lQt6Network"_s,
                    u"-lQt6Core"_s});
    QCOMPARE(outputOf(compiler), ""_ba);
    QProcess process;
    process.start(text + u".out"_s, QStringList());
    QCOMPARE(server.take("answer\n", -1), traps() + "end");
    QCOMPARE(outputOf(process), "answer\n"_ba);
}

void tst_CopyAs::problems_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QByteArrayList>("sent"); // one connection each
    QTest::addColumn<CopyForm>("form");
    QTest::addColumn<QString>("problem");
    const QByteArrayList ask {"GET / HTTP/1.1\r\n\r\n"_ba};
    const auto row = [](const char *name, const QString &address, const QByteArrayList &sent,
                        CopyForm form, const char *problem) {
        QTest::newRow(name) << address << sent << form
                            << u"CopyImpossible: "_s + QString::fromLatin1(problem);
    };
    row("nothing", u"/a"_s, {}, CopyForm::Python, "Python, no client sent a byte in them");
    row("two clients", u"/a"_s, {"a", "b"}, CopyForm::Socat,
        "socat, they are of more than one connection");
    const char *unknown = "Qt, the capture does not tell the server's address";
    row("no address", u""_s, ask, CopyForm::Qt, unknown);
    row("a name", u"relative"_s, ask, CopyForm::Qt, unknown);
    row("bad escape", u"/a\\q"_s, ask, CopyForm::Qt, unknown);
    row("long path", u'/' + QString(108, u'a'), ask, CopyForm::Qt, unknown);
    row("not HTTP", u"/a"_s, {"SELECT 1"}, CopyForm::Curl,
        "curl, the bytes are not whole HTTP/1 requests");
    row("half a request", u"/a"_s, {ask[0] + "GET /"}, CopyForm::Curl,
        "curl, the bytes are not whole HTTP/1 requests");
    row("NUL", u"@a\\x00b"_s, ask, CopyForm::Curl, "curl, it cannot be told the server's address");
    row("line feed", u"@a\\x0a"_s, ask, CopyForm::Curl,
        "curl, it cannot be told the server's address");
}

void tst_CopyAs::problems()
{
    QFETCH(const QString, address);
    QFETCH(const QByteArrayList, sent);
    QFETCH(const CopyForm, form);
    QFETCH(const QString, problem);
    QVERIFY(open(address, 99)->append(toClient, asSpan("of the server")));
    for (qsizetype i = 0; i < sent.size(); ++i) {
        const auto stream = open(address, static_cast<quint64>(i) + 1);
        QVERIFY(stream->append(toServer, asSpan(sent[i])));
    }
    QCOMPARE(copied(form), problem);
}

void tst_CopyAs::isBounded()
{
    const auto stream = open(u"/a"_s);
    QVERIFY(stream->append(toServer, asSpan(QByteArray(LongestCopy - 1, '\0'))));
    QVERIFY(stream->append(toServer, asSpan("x")));
    for (const CopyForm form : {CopyForm::Socat, CopyForm::Python, CopyForm::Qt})
        QVERIFY(copied(form).size() > qsizetype {LongestCopy});
    QVERIFY(stream->append(toServer, asSpan("y")));
    for (const CopyForm form : {CopyForm::Socat, CopyForm::Curl, CopyForm::Python, CopyForm::Qt})
        QVERIFY(copied(form).endsWith(u"the client sent more than 1 MiB in them"_s));
    ExportSelection last;
    last.ranges = {{3, 3}};
    QVERIFY(copied(CopyForm::Socat, last).startsWith(u"printf 'y' | "_s));
}

void tst_CopyAs::gapsAreNoBytes()
{
    m_log->addServer({{1}, u"server"_s, u"/a"_s});
    {
        const auto stream = m_log->openStream(testConnection(1), RecordingPolicy::NeverStall);
        QVERIFY(stream->append(toServer, asSpan("never fits")));
    }
    QVERIFY(QTest::qWaitFor([&] { return m_log->statistics().gaps == 1; }, 60'000));
    // It is counted when it is written, and can be read a moment later.
    QVERIFY(QTest::qWaitFor([&] { return m_log->cursor().end == 2; }, 60'000));
    QCOMPARE(copied(CopyForm::Python),
             u"CopyImpossible: Python, bytes among them were not recorded"_s);
}

QTEST_GUILESS_MAIN(tst_CopyAs)
#include "tst_copyas.moc"
