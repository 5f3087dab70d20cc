// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/accessverdict.h"
#include "core/access/accountnames.h"
#include "core/access/addressprobe.h"
#include "core/base/descriptor.h"
#include "otheruser.h"
#include "tests/kit/scratchfolder.h"

#include <QLocalServer>
#include <QLocalSocket>
#include <QtTest>

#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr uid_t ownerUid = 61001;
constexpr gid_t ownerGroup = 62001;

struct Person
{
    const char *title;
    Identity identity;
};

const std::vector<Person> people {
    {"a, the owner", {.uid = ownerUid, .gid = ownerGroup, .groups = {}}},
    {"b, in the group", {.uid = 61002, .gid = 62002, .groups = {62009, ownerGroup}}},
    {"c, outside", {.uid = 61003, .gid = 62003, .groups = {62009}}},
    {"root", {.uid = 0, .gid = 0, .groups = {}}},
    {"root without capabilities", {.uid = 0, .gid = 0, .groups = {}, .dropsCapabilities = true}},
};

/// One server of the matrix: what is ticked, under which umask, in which folder.
struct Setting
{
    AccessOptions options;
    mode_t umask = 0;
    mode_t folderMode = 0;

    [[nodiscard]] QString title() const
    {
        return u"%1, umask %2, folder %3"_s.arg(options.toString())
            .arg(umask, 3, 8, QLatin1Char('0'))
            .arg(folderMode, 4, 8, QLatin1Char('0'));
    }
};

std::vector<Setting> allSettings()
{
    std::vector<Setting> settings;
    for (int bits = 0; bits <= 8; ++bits) {
        const auto options = AccessOptions::fromSocketOptions(QLocalServer::SocketOptions(bits));
        for (const mode_t umask : {0U, 022U, 077U}) {
            for (const mode_t folderMode : {0755U, 0750U, 0700U})
                settings.push_back({options, umask, folderMode});
        }
    }
    return settings;
}

/// What the server's process foretold before it listened: the preview that a user sees.
struct Preview
{
    uid_t owner = 0;
    gid_t group = 0;
    mode_t mode = 0;
    bool isListening = false;
};

/// A real QLocalServer that echoes, in a process of its owner's. Ends with the object.
class EchoServer
{
public:
    EchoServer(const QString &name, const SocketAddress &address, const Setting &setting)
    {
        int ends[2] = {-1, -1};
        if (::pipe(ends) != 0)
            return;
        const Descriptor reader(ends[0]);
        Descriptor writer(ends[1]);
        m_pid = ::fork();
        if (m_pid == 0)
            serve(name, address, setting, writer.get());
        writer.reset();
        m_isReady = ::read(reader.get(), &m_preview, sizeof(m_preview)) == sizeof(m_preview)
            && m_preview.isListening;
    }
    ~EchoServer()
    {
        if (m_pid <= 0)
            return;
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
    Q_DISABLE_COPY_MOVE(EchoServer)

    [[nodiscard]] bool isReady() const { return m_isReady; }
    [[nodiscard]] const Preview &preview() const { return m_preview; }

private:
    [[noreturn]] static void serve(const QString &name, const SocketAddress &address,
                                   const Setting &setting, int report)
    {
        Preview preview;
        QLocalServer server;
        if (become(people.front().identity)) {
            ::umask(setting.umask);
            const SocketRights planned =
                SocketRights::planned(address, setting.options, currentUmask(), false);
            preview.owner = planned.owner;
            preview.group = planned.group;
            preview.mode = planned.mode;
            server.setSocketOptions(setting.options.socketOptions());
            preview.isListening = server.listen(name);
        }
        if (::write(report, &preview, sizeof(preview)) != sizeof(preview) || !preview.isListening)
            ::_exit(1);
        for (;;) {
            if (!server.waitForNewConnection(-1))
                continue;
            const std::unique_ptr<QLocalSocket> client(server.nextPendingConnection());
            if (client && client->waitForReadyRead(5000)) {
                client->write(client->readAll());
                client->waitForBytesWritten(5000);
            }
        }
    }

    pid_t m_pid = -1;
    bool m_isReady = false;
    Preview m_preview;
};

/// What a real process of that person met, and what Sockeye tells this person about himself.
enum Observation { Echoed = 1, Denied = 2, MaySearch = 4, ToldAllowed = 8, ToldDenied = 16 };

int tryToConnect(const SocketAddress &address, const SocketRights &rights)
{
    int seen = verdictFor(Subject::self(), rights).allowed ? ToldAllowed : ToldDenied;
    sockaddr_un target = {};
    const Result<socklen_t> length = address.toSockaddr(target);
    const Descriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(client.get(), reinterpret_cast<sockaddr *>(&target), length.value_or(0)) != 0)
        seen |= errno == EACCES ? Denied : 0;
    else if (char byte = 'x'; ::send(client.get(), &byte, 1, MSG_NOSIGNAL) == 1) {
        byte = 0;
        pollfd ready = {.fd = client.get(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 10'000) == 1 && ::recv(client.get(), &byte, 1, 0) == 1 && byte == 'x')
            seen |= Echoed;
    }
    if (address.kind() == SocketAddress::Kind::Path && ::chdir(address.folder().constData()) == 0)
        seen |= MaySearch;
    return seen;
}

Subject subjectOf(const Identity &identity)
{
    return {.uid = identity.uid,
            .gid = identity.gid,
            .groups = identity.groups,
            .overridesRights = identity.uid == 0 && !identity.dropsCapabilities};
}

/// The sentence that must be shown for what was observed.
QString expectedText(int seen, const SocketAddress &address, const SocketRights &rights,
                     mode_t folderMode)
{
    if (seen & Echoed)
        return {};
    const auto owners = u"%1 %2"_s.arg(userName(rights.owner), groupName(rights.group));
    if (!(seen & MaySearch))
        return u"may not search %1 (d%2 %3)"_s.arg(QFile::decodeName(address.folder()),
                                                   modeText(folderMode).mid(1), owners);
    return u"may not write to %1 (%2 %3)"_s.arg(address.display(), modeText(rights.mode), owners);
}

} // namespace

/// Who can connect: 9 option sets x 3 umasks x 3 folder modes x 5 people. Observed by real
/// processes, computed before listening, computed from the file, told to the person himself, and
/// shown as text must be one and the same.
class tst_AccessMatrix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyCell();

private:
    void checkSetting(const Setting &setting);
    void checkCell(const Setting &setting, const Person &person, const SocketRights &planned,
                   const SocketRights &actual);

    int m_equal = 0;
    int m_cells = 0;
    QStringList m_differing;
};

void tst_AccessMatrix::initTestCase()
{
    if (::geteuid() != 0)
        QSKIP("needs root, to connect as five different users");
}

void tst_AccessMatrix::checkCell(const Setting &setting, const Person &person,
                                 const SocketRights &planned, const SocketRights &actual)
{
    ++m_cells;
    const SocketAddress &address = planned.address;
    const int seen = runAs(person.identity, [&] { return tryToConnect(address, planned); });
    const Verdict foretold = verdictFor(subjectOf(person.identity), planned);
    const Verdict read = verdictFor(subjectOf(person.identity), actual);
    const QString text = verdictText(foretold);
    const QString expected = expectedText(seen, address, planned, setting.folderMode);
    const bool isOneOutcome = bool(seen & Echoed) != bool(seen & Denied) && seen < 32;
    const bool isToldRight = bool(seen & Echoed) == bool(seen & ToldAllowed);
    if (isOneOutcome && isToldRight && foretold.allowed == bool(seen & Echoed)
        && read.allowed == foretold.allowed && text == expected && verdictText(read) == expected) {
        ++m_equal;
        return;
    }
    m_differing
        << u"%1, %2: observed %3, foretold %4, from the file %5, shown '%6', expected '%7'"_s
               .arg(setting.title(), QString::fromUtf8(person.title))
               .arg(seen)
               .arg(foretold.allowed)
               .arg(read.allowed)
               .arg(text, expected);
}

void tst_AccessMatrix::checkSetting(const Setting &setting)
{
    const ScratchFolder scratch;
    const QByteArray folder = scratch.bytes(u"p"_s);
    QCOMPARE(::chmod(QFile::encodeName(scratch.path()).constData(), 0755), 0);
    QCOMPARE(::mkdir(folder.constData(), 0700), 0);
    QCOMPARE(::chown(folder.constData(), ownerUid, ownerGroup), 0);
    QCOMPARE(::chmod(folder.constData(), setting.folderMode), 0);
    const QString name =
        setting.options.abstract ? u"sockeye-matrix-%1"_s.arg(::getpid()) : scratch.file(u"p/s"_s);
    const Result<SocketAddress> address =
        resolveName(name, setting.options, NameContext::current());
    QVERIFY(address);
    const EchoServer server(name, *address, setting);
    QVERIFY2(server.isReady(), qPrintable(setting.title()));

    SocketRights planned;
    planned.address = *address;
    planned.owner = server.preview().owner;
    planned.group = server.preview().group;
    planned.mode = server.preview().mode;
    const AddressState state = peekAddress(*address);
    QCOMPARE(state.kind, AddressState::Kind::Live);
    SocketRights actual = planned;
    if (!setting.options.abstract) {
        actual.owner = state.owner;
        actual.group = state.group;
        actual.mode = state.mode;
    }
    for (const Person &person : people)
        checkCell(setting, person, planned, actual);
}

void tst_AccessMatrix::everyCell()
{
    for (const Setting &setting : allSettings()) {
        checkSetting(setting);
        if (QTest::currentTestFailed())
            return;
    }
    for (const QString &cell : std::as_const(m_differing))
        qWarning("%s", qPrintable(cell));
    qInfo("%d of %d cells equal", m_equal, m_cells);
    QCOMPARE(m_cells, 405);
    QCOMPARE(m_equal, m_cells);
}

QTEST_GUILESS_MAIN(tst_AccessMatrix)
#include "tst_accessmatrix.moc"
