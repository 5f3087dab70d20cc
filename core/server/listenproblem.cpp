// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/listenproblem.h"

#include "core/server/descriptorlimit.h"
#include "core/system/processinfo.h"
#include "core/system/users.h"

#include <QAbstractSocket>
#include <QCoreApplication>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

Problem folderProblem(const SocketAddress &address, int errnoValue)
{
    Problem problem;
    problem.errnoValue = errnoValue;
    problem.socketError = socketErrorOf(errnoValue);
    problem.args = {{QStringLiteral("folder"), escapedBytes(address.folder())},
                    {QStringLiteral("path"), address.display()},
                    {QStringLiteral("address"), address.display()}};
    switch (errnoValue) {
    case ENOENT:
        problem.code = ProblemCode::FolderMissing;
        break;
    case ENOTDIR:
        problem.code = ProblemCode::FolderNotAFolder;
        break;
    case ELOOP:
        problem.code = ProblemCode::FolderLinkLoop;
        break;
    case EROFS:
        problem.code = ProblemCode::FolderReadOnly;
        break;
    case EACCES:
        problem.code = ProblemCode::FolderNotWritable;
        problem.args.insert(QStringLiteral("user"), userName(::geteuid()));
        break;
    default:
        problem.code = ProblemCode::ListenFailed;
        break;
    }
    return problem;
}

/// "nginx (pid 812)", "a process of ada": as much as can be told.
QString ownerText(const AddressState &state, Problem &problem)
{
    const uid_t uid = state.serverUid.value_or(state.owner);
    if (!state.serverPid || *state.serverPid <= 0)
        return QCoreApplication::translate("Problem", "a process of %1").arg(userName(uid));
    const ProcessInfo process = processInfo(*state.serverPid);
    const QString pid = QString::number(*state.serverPid);
    problem.args.insert(QStringLiteral("pid"), pid);
    problem.args.insert(QStringLiteral("executable"), process.executable);
    if (process.name.isEmpty())
        return QStringLiteral("pid %1").arg(pid);
    return QStringLiteral("%1 (pid %2)").arg(process.name, pid);
}

tl::unexpected<Problem> notAListener(int descriptor, const char *why, int errnoValue)
{
    Problem problem {ProblemCode::NotAListener,
                     {{QStringLiteral("descriptor"), QString::number(descriptor)},
                      {QStringLiteral("why"), QCoreApplication::translate("Problem", why)}}};
    problem.errnoValue = errnoValue;
    return fail(problem);
}

int socketOption(int descriptor, int option)
{
    int value = -1;
    socklen_t length = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

} // namespace

int socketErrorOf(int errnoValue)
{
    switch (errnoValue) {
    case EACCES:
        return QAbstractSocket::SocketAccessError;
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case EROFS:
    case ENAMETOOLONG:
        return QAbstractSocket::HostNotFoundError;
    case EADDRINUSE:
        return QAbstractSocket::AddressInUseError;
    default:
        return QAbstractSocket::UnknownSocketError;
    }
}

Result<> checkFolder(const SocketAddress &address)
{
    const QByteArray folder = address.folder();
    struct stat status = {};
    if (::stat(folder.constData(), &status) != 0)
        return fail(folderProblem(address, errno));
    if (!S_ISDIR(status.st_mode))
        return fail(folderProblem(address, ENOTDIR));
    if (::faccessat(AT_FDCWD, folder.constData(), W_OK | X_OK, AT_EACCESS) != 0)
        return fail(folderProblem(address, errno));
    return {};
}

Problem occupiedProblem(const SocketAddress &address, const AddressState &state)
{
    Problem problem;
    problem.errnoValue = EADDRINUSE;
    problem.socketError = socketErrorOf(EADDRINUSE);
    problem.args = {{QStringLiteral("address"), address.display()}};
    switch (state.kind) {
    case AddressState::Kind::Absent:
    case AddressState::Kind::Live:
        problem.code = ProblemCode::AddressInUse;
        problem.args.insert(QStringLiteral("owner"), ownerText(state, problem));
        break;
    case AddressState::Kind::Stale:
        problem.code = ProblemCode::AddressStale;
        problem.args.insert(QStringLiteral("owner"), userName(state.owner));
        break;
    case AddressState::Kind::NotASocket:
        problem.code = ProblemCode::AddressNotASocket;
        problem.args.insert(QStringLiteral("type"), fileTypeText(state.fileType));
        break;
    case AddressState::Kind::Unclear:
        problem.code = ProblemCode::AddressUnclear;
        if (state.errnoValue != 0)
            problem.errnoValue = state.errnoValue;
        break;
    }
    return problem;
}

Problem descriptorsExhausted(const QString &server, int errnoValue)
{
    Problem problem {ProblemCode::DescriptorsExhausted,
                     {{QStringLiteral("limit"), QString::number(descriptorLimit())},
                      {QStringLiteral("server"), server}}};
    problem.errnoValue = errnoValue;
    return problem;
}

Problem listenFailure(const SocketAddress &address, int socketError, const QString &qtText,
                      int errnoValue)
{
    Problem problem = errnoValue == EMFILE || errnoValue == ENFILE
        ? descriptorsExhausted(address.display(), errnoValue)
        : folderProblem(address, errnoValue);
    problem.args.insert(QStringLiteral("address"), address.display());
    problem.socketError = socketError;
    problem.qtText = qtText;
    return problem;
}

Result<SocketAddress> checkListener(int descriptor)
{
    struct stat status = {};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0)
        return notAListener(descriptor, QT_TRANSLATE_NOOP("Problem", "it is not open"), EBADF);
    if (!S_ISSOCK(status.st_mode))
        return notAListener(descriptor, QT_TRANSLATE_NOOP("Problem", "it is not a socket"),
                            ENOTSOCK);
    if (socketOption(descriptor, SO_DOMAIN) != AF_UNIX)
        return notAListener(descriptor, QT_TRANSLATE_NOOP("Problem", "it is not a local socket"),
                            EAFNOSUPPORT);
    if (socketOption(descriptor, SO_TYPE) != SOCK_STREAM)
        return notAListener(descriptor, QT_TRANSLATE_NOOP("Problem", "it is not a stream socket"),
                            EPROTOTYPE);
    if (socketOption(descriptor, SO_ACCEPTCONN) != 1)
        return notAListener(descriptor, QT_TRANSLATE_NOOP("Problem", "it does not listen"), EINVAL);
    sockaddr_un name = {};
    socklen_t length = sizeof name;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr *>(&name), &length) != 0)
        return notAListener(descriptor, QT_TRANSLATE_NOOP("Problem", "it has no address"), errno);
    return SocketAddress::fromSockaddr(name, length);
}

} // namespace Sockeye
