// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/access/accesspreview.h"

#include "core/base/problemtext.h"
#include "core/system/processinfo.h"
#include "core/system/socketinventory.h"
#include "core/system/users.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace Sockeye {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(AccessPreview)
};

/// Who holds the socket that listens. Only a connection would tell who called listen(), and a
/// preview must not make one: a server would see a client come and go with each letter typed.
std::vector<ProcessInfo> holdersOf(const AddressState &state)
{
    if (!state.serverInode)
        return {};
    const Result<std::vector<SocketEntry>> sockets = listSockets();
    if (!sockets)
        return {};
    for (const SocketEntry &socket : *sockets) {
        if (socket.inode == *state.serverInode)
            return socket.holders;
    }
    return {};
}

QString serverText(const AddressState &state)
{
    const std::vector<ProcessInfo> holders = holdersOf(state);
    if (holders.empty()) // other users' processes are not ours to look at
        return state.serverUid ? Text::tr("a process of %1").arg(userName(*state.serverUid))
                               : Text::tr("another program");
    // A server's workers share its socket; the one that made it has the lowest pid, as a rule.
    const auto byPid = [](const ProcessInfo &a, const ProcessInfo &b) { return a.pid < b.pid; };
    const ProcessInfo &first = *std::min_element(holders.begin(), holders.end(), byPid);
    const QString text = first.name.isEmpty()
        ? Text::tr("pid %1").arg(first.pid)
        : Text::tr("%1 (pid %2)").arg(first.name).arg(first.pid);
    if (holders.size() == 1)
        return text;
    return Text::tr("%1 and %2 more").arg(text).arg(holders.size() - 1);
}

/// What listening would meet at the address, as the problem it would become.
std::optional<Problem> obstacleAt(const SocketAddress &address)
{
    if (address.kind() == SocketAddress::Kind::Path) {
        const QFileInfo folder(QFile::decodeName(address.folder()));
        const QString shown = SocketAddress::fromPath(address.folder()).display();
        if (!folder.exists())
            return Problem {ProblemCode::FolderMissing, {{QStringLiteral("folder"), shown}}};
        if (!folder.isDir())
            return Problem {ProblemCode::FolderNotAFolder, {{QStringLiteral("folder"), shown}}};
        if (!folder.isWritable())
            return Problem {ProblemCode::FolderNotWritable,
                            {{QStringLiteral("folder"), shown},
                             {QStringLiteral("user"), userName(Subject::self().uid)}}};
    }
    const AddressState state = peekAddress(address);
    QMap<QString, QString> args {{QStringLiteral("address"), address.display()}};
    switch (state.kind) {
    case AddressState::Kind::Live:
        args.insert(QStringLiteral("owner"), serverText(state));
        return Problem {ProblemCode::AddressInUse, args};
    case AddressState::Kind::NotASocket:
        args.insert(QStringLiteral("type"), fileTypeText(state.fileType));
        return Problem {ProblemCode::AddressNotASocket, args};
    case AddressState::Kind::Stale:
        // Our own stale socket is removed under lock without asking; only a foreign one stops us.
        if (state.owner == Subject::self().uid)
            return {};
        args.insert(QStringLiteral("owner"), userName(state.owner));
        return Problem {ProblemCode::AddressStale, args};
    case AddressState::Kind::Absent:
    case AddressState::Kind::Unclear:
        break;
    }
    return {};
}

} // namespace

std::vector<Problem> accessWarnings(const AccessQuestion &question, const Verdict &you)
{
    std::vector<Problem> warnings;
    const AccessOptions &options = question.options;
    const bool boxesAct = !options.abstract || question.enforce;
    const bool stoppedByBoxes =
        you.stop == Verdict::Stop::SocketWrite || you.stop == Verdict::Stop::Enforced;
    if (boxesAct && options.hasClass() && !options.user && !you.allowed && stoppedByBoxes)
        warnings.push_back({ProblemCode::OwnerShutOut});
    const bool enforced = question.enforce && options.hasClass();
    if (options.abstract && !options.isWorld() && !enforced)
        warnings.push_back({ProblemCode::AbstractHasNoRestriction});
    return warnings;
}

AccessPreview previewAccess(const AccessQuestion &question)
{
    AccessPreview preview;
    preview.rights = question.inForce ? *question.inForce
                                      : SocketRights::planned(question.address, question.options,
                                                              currentUmask(), question.enforce);
    preview.verdicts = summarize(Subject::self(), preview.rights);
    preview.warnings = accessWarnings(question, preview.verdicts.you);
    if (question.address.kind() == SocketAddress::Kind::Path) {
        const QFileInfo folder(QFile::decodeName(question.address.folder()));
        if (folder.permissions().testFlag(QFile::WriteOther)) {
            preview.warnings.push_back(
                {ProblemCode::FolderWorldWritable,
                 {{QStringLiteral("folder"),
                   SocketAddress::fromPath(question.address.folder()).display()}}});
        }
    }
    if (!question.inForce && question.address.isValid())
        preview.obstacle = obstacleAt(question.address);
    return preview;
}

QString accessModeText(AccessOptions options, mode_t umask)
{
    const std::optional<mode_t> mode = options.mode(umask);
    return mode ? modeText(*mode) : Text::tr("no file, no mode");
}

WhyAnswer whyCannot(const QString &user, const SocketRights &rights)
{
    const Result<Subject> subject = Subject::ofUser(user);
    if (!subject)
        return {false, false, whatHappened(subject.error())};
    const Verdict verdict = verdictFor(*subject, rights);
    if (verdict.allowed)
        return {true, true, Text::tr("%1 can connect.").arg(user)};
    QString text = Text::tr("%1 cannot connect: %2.").arg(user, verdictText(verdict));
    if (verdict.hasAcl)
        text += QLatin1Char(' ') + Text::tr("An access control list there may say otherwise.");
    return {true, false, text};
}

} // namespace Sockeye
