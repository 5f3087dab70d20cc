// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "localsockets.h"

#include "core/access/accountnames.h"

#include <QDir>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Sockeye {

namespace {

Descriptor connected(const SocketAddress &address)
{
    sockaddr_un name = {};
    const auto length = address.toSockaddr(name);
    Descriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!length || !client)
        return {};
    if (::connect(client.get(), reinterpret_cast<const sockaddr *>(&name), *length) != 0)
        return {};
    return client;
}

Descriptor bound(const QByteArray &path)
{
    sockaddr_un name = {};
    const auto length = SocketAddress::fromPath(path).toSockaddr(name);
    Descriptor server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!length || !server
        || ::bind(server.get(), reinterpret_cast<const sockaddr *>(&name), *length) != 0)
        return {};
    return server;
}

} // namespace

Descriptor connectTo(const QByteArray &path)
{
    return connected(SocketAddress::fromPath(path));
}

Descriptor connectToAbstract(const QByteArray &name)
{
    return connected(SocketAddress::fromAbstract(name));
}

int connectError(const QByteArray &path)
{
    return connectTo(path).isValid() ? 0 : errno;
}

Descriptor foreignServer(const QByteArray &path, int backlog)
{
    Descriptor server = bound(path);
    if (!server || ::listen(server.get(), backlog) != 0)
        qFatal("no server can be made at %s", path.constData());
    return server;
}

void makeStaleSocket(const QByteArray &path)
{
    const Descriptor server = foreignServer(path);
}

QString fileAt(const QByteArray &path)
{
    struct stat status = {};
    if (::lstat(path.constData(), &status) != 0)
        return QStringLiteral("absent");
    QString type = modeText(status.st_mode & 07777);
    const char letter = S_ISSOCK(status.st_mode) ? 's'
        : S_ISREG(status.st_mode)                ? '-'
        : S_ISDIR(status.st_mode)                ? 'd'
        : S_ISLNK(status.st_mode)                ? 'l'
        : S_ISFIFO(status.st_mode)               ? 'p'
                                                 : 'c';
    type[0] = QLatin1Char(letter);
    return type + QLatin1Char(' ') + userName(status.st_uid);
}

QStringList namesIn(const QString &folder)
{
    return QDir(folder).entryList(
        QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
}

QString summary(const Problem &problem)
{
    QStringList parts {codeName(problem.code)};
    if (problem.socketError >= 0)
        parts << socketErrorName(problem.socketError);
    if (problem.errnoValue != 0)
        parts << errnoName(problem.errnoValue);
    return parts.join(QLatin1Char(' '));
}

ChildProcess::ChildProcess(const std::function<int()> &run, uid_t user)
    : m_pid(::fork())
{
    if (m_pid != 0)
        return;
    const gid_t group = user;
    if (user != 0
        && (::setgroups(0, nullptr) != 0 || ::setresgid(group, group, group) != 0
            || ::setresuid(user, user, user) != 0))
        ::_exit(99);
    ::_exit(run());
}

ChildProcess::~ChildProcess()
{
    kill();
}

int ChildProcess::wait()
{
    int status = 0;
    while (m_pid > 0 && ::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) { }
    m_pid = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void ChildProcess::kill()
{
    if (m_pid <= 0)
        return;
    ::kill(m_pid, SIGKILL);
    wait();
}

int runAs(uid_t user, const std::function<int()> &run)
{
    return ChildProcess(run, user).wait();
}

bool isRoot()
{
    return ::geteuid() == 0;
}

FewDescriptors::FewDescriptors(int free)
{
    constexpr rlim_t room = 64; // above the highest number in use
    ::getrlimit(RLIMIT_NOFILE, &m_before);
    const int highest = Descriptor(::fcntl(0, F_DUPFD_CLOEXEC, 200)).get();
    rlimit few = m_before;
    few.rlim_cur = static_cast<rlim_t>(highest) + room;
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (;;) {
        Descriptor filler(::fcntl(0, F_DUPFD_CLOEXEC, 0));
        if (!filler)
            break;
        m_fillers.push_back(std::move(filler));
    }
    // The highest numbers become free.
    m_fillers.resize(m_fillers.size() - static_cast<size_t>(free));
}

FewDescriptors::~FewDescriptors()
{
    ::setrlimit(RLIMIT_NOFILE, &m_before);
}

Gate::Gate()
{
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        qFatal("no pipe");
    m_in.reset(ends[0]);
    m_out.reset(ends[1]);
}

void Gate::pass()
{
    m_out.reset();
    char byte = 0;
    while (::read(m_in.get(), &byte, 1) < 0 && errno == EINTR) { }
}

void Gate::open()
{
    m_in.reset();
    m_out.reset();
}

} // namespace Sockeye
