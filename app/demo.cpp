// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "demo.h"

#include "commandline.h"
#include "democlient.h"

#include "ui/mainwindow/mainwindow.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QTimer>

#include <chrono>

#include <csignal>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

/// The demo answers as a server would that somebody plays by hand, but quickly.
constexpr auto answerInterval = std::chrono::milliseconds(20);
constexpr uid_t nobody = 65534;

/// "{"jsonrpc":"2.0","id":12,…" → "12"
QByteArray idOf(const QByteArray &request)
{
    const qsizetype from = request.indexOf("\"id\":") + 5;
    const qsizetype to = request.indexOf(',', from);
    return request.mid(from, to - from);
}

QByteArray databaseAnswer(const QByteArray &statement)
{
    if (!statement.contains("SELECT")) {
        return databaseMessage('C',
                               statement.contains("UPDATE") ? QByteArray("UPDATE 1\0", 9)
                                                            : QByteArray("INSERT 0 1\0", 11))
            + databaseMessage('Z', "I");
    }
    QByteArray answer = databaseMessage('T', QByteArray("\0\2name\0price\0", 13));
    for (const char *row : {"lamp\t19.90", "fuse\t0.85", "switch\t7.20"})
        answer += databaseMessage('D', row);
    return answer + databaseMessage('C', QByteArray("SELECT 3\0", 9)) + databaseMessage('Z', "I");
}

QByteArray httpAnswer(const QByteArray &request)
{
    const QByteArray body = request.contains("/metrics")
        ? QByteArray(R"({"uptime":86400,"load":0.42,"requests":20931})")
        : QByteArray(R"({"up":true,"version":"2.3.1"})");
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

QByteArray answerTo(const QByteArray &request)
{
    if (request.startsWith("GET "))
        return httpAnswer(request);
    if (request.startsWith('{')) {
        const QByteArray result =
            request.contains("\"put\"") ? "true" : R"({"value":21,"unit":"C"})";
        return R"({"jsonrpc":"2.0","id":)" + idOf(request) + R"(,"result":)" + result + "}\n";
    }
    return databaseAnswer(request);
}

} // namespace

Demo::Demo(Engine &engine)
    : m_engine(engine)
    , m_looks(new QTimer(this))
{
    connect(m_looks, &QTimer::timeout, this, &Demo::look);
}

Demo::~Demo()
{
    m_looks->stop();
    for (const auto &client : m_clients)
        client->kill();
    for (const auto &client : m_clients)
        client->waitForFinished();
    m_engine.execute(Command::RemoveServer {m_open});
    m_engine.execute(Command::RemoveServer {m_guarded});
}

std::unique_ptr<Demo> Demo::start(Engine &engine, MainWindow &window)
{
    std::unique_ptr<Demo> demo(new Demo(engine));
    demo->addServers(window);
    demo->m_looks->start(answerInterval);
    return demo;
}

void Demo::addServers(MainWindow &window)
{
    // QTemporaryDir makes it 0700: nobody else gets at the socket, whatever the boxes say.
    ServerSpec open;
    open.name = m_folder.filePath(QStringLiteral("demo"));
    open.access.user = true;
    open.access.group = true;
    open.answer.kind = AnswerKind::Manual;
    m_openAddress = open.name;
    m_open = m_engine.addServer(open);
    m_engine.execute(Command::Start {.id = m_open});

    // An abstract name can be reached by everybody, so Sockeye itself enforces the boxes. Root is
    // never shut out: then another user's process plays the stranger. Otherwise there is only one
    // user to play with, whom "Other" alone excludes.
    const bool isRoot = ::geteuid() == 0;
    ServerSpec guarded;
    guarded.name = QStringLiteral("sockeye-demo-%1").arg(QCoreApplication::applicationPid());
    guarded.access.abstract = true;
    guarded.access.user = isRoot;
    guarded.access.group = isRoot;
    guarded.access.other = !isRoot;
    guarded.enforceAccess = true;
    guarded.answer.kind = AnswerKind::Manual;
    m_guardedAddress = QLatin1Char('@') + guarded.name;
    m_guarded = m_engine.addServer(guarded);
    m_engine.execute(Command::Start {.id = m_guarded});
    window.showServer(m_open);
}

void Demo::look()
{
    startClients();
    const CaptureLog &log = m_engine.capture();
    const CaptureCursor cursor = log.cursor();
    if (cursor.epoch != m_epoch) {
        m_epoch = cursor.epoch;
        m_next = cursor.begin;
    }
    m_next = qMax(m_next, cursor.begin);
    for (const Record &record : log.records(m_next, static_cast<qsizetype>(cursor.end - m_next))) {
        m_next = record.index + 1;
        const bool isOurs = record.server == m_open || record.server == m_guarded;
        if (!isOurs || record.direction != Direction::ToServer)
            continue;
        // A client may have gone on a slow machine: an answer to nobody would be a problem to show.
        const std::optional<ConnectionInfo> client = m_engine.connection(record.connection);
        if (!client || !client->isOpen())
            continue;
        if (record.kind == RecordKind::Data)
            answer(record.index, record.connection);
        else if (record.kind == RecordKind::EndOfStream)
            m_engine.execute(Command::EndSending {record.connection});
    }
}

void Demo::answer(RecordIndex index, ConnectionId to)
{
    const QByteArray request = m_engine.capture().payload(index);
    m_engine.execute(Command::Send {to, {}, answerTo(request)});
}

void Demo::startClients()
{
    if (m_areClientsStarted)
        return;
    int listening = 0;
    for (const ServerInfo &info : m_engine.servers().servers) {
        const bool isOurs = info.id == m_open || info.id == m_guarded;
        listening += isOurs && info.state == ServerState::Listening ? 1 : 0;
    }
    if (listening < 2)
        return;
    m_areClientsStarted = true;
    const bool isRoot = ::geteuid() == 0;
    if (isRoot)
        ::chmod(QFile::encodeName(m_strangersFolder.path()).constData(), 0711);
    startClient(QStringLiteral("home-rpc"), static_cast<int>(DemoRole::Rpc), m_openAddress, false);
    startClient(QStringLiteral("web-probe"), static_cast<int>(DemoRole::Http), m_openAddress,
                false);
    startClient(QStringLiteral("shop-db"), static_cast<int>(DemoRole::Database), m_openAddress,
                false);
    startClient(QStringLiteral("stranger"), static_cast<int>(DemoRole::Stranger), m_guardedAddress,
                isRoot);
}

void Demo::startClient(const QString &name, int role, const QString &address, bool asStranger)
{
    // The same program under a name of its own, so that the window can tell the clients apart; a
    // copy where the folders are on different disks. The stranger needs a folder that he may
    // search.
    const QString program = (asStranger ? m_strangersFolder : m_folder).filePath(name);
    const QString self = QCoreApplication::applicationFilePath();
    const bool isLinked =
        ::link(QFile::encodeName(self).constData(), QFile::encodeName(program).constData()) == 0;
    const bool isThere = isLinked || QFile::copy(self, program);

    auto client = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QLatin1String(demoRoleVariable), QString::number(role));
    environment.insert(QLatin1String(demoAddressVariable), address);
    client->setProcessEnvironment(environment);
    client->setProgram(isThere ? program : self);
    client->setStandardOutputFile(QProcess::nullDevice());
    client->setStandardErrorFile(QProcess::nullDevice());
    client->setChildProcessModifier([asStranger, parent = ::getpid()] {
        if (asStranger
            && (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0
                || ::setresuid(nobody, nobody, nobody) != 0))
            ::_exit(ExitFailed);
        // Set after the user: changing it would clear it.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(ExitFailed);
    });
    client->start();
    m_clients.push_back(std::move(client));
}

} // namespace Sockeye
