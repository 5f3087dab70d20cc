// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/socketmarks.h"

#include "core/access/accessverdict.h"
#include "core/system/users.h"

#include <QCoreApplication>

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("SocketMarks", text);
}

/// Clients come to it: a listener, or a datagram socket with a name.
bool isReceiver(const SocketEntry &socket)
{
    return socket.address.isValid()
        && (socket.state == SocketEntry::State::Listening
            || (socket.type == SOCK_DGRAM && socket.state == SocketEntry::State::Unconnected));
}

SocketMark openMark(const SocketEntry &socket)
{
    const QString mode = modeText(socket.mode.value_or(0));
    if (socket.shutFolder.isEmpty())
        return {SocketMark::Kind::WorldWritable, true,
                tr("Every user of this machine may connect: its mode is %1.").arg(mode)};
    return {SocketMark::Kind::WorldWritable, false,
            tr("Its mode %1 lets every user connect; only the folder %2 keeps others out.")
                .arg(mode, escapedBytes(socket.shutFolder))};
}

bool isOwn(const SocketEntry &socket)
{
    return std::any_of(socket.holders.begin(), socket.holders.end(),
                       [](const ProcessInfo &holder) { return holder.pid == ::getpid(); });
}

/// What keeps this process from putting another file in its place; empty: nothing.
QString missingRight(const SocketEntry &socket)
{
    const QByteArray folder = socket.address.folder();
    const uid_t self = ::geteuid();
    const uid_t owner = socket.fileOwner.value_or(self);
    if (self != 0 && owner != self)
        return owner == 0
            ? tr("In place only root can tap it, whose socket it is.")
            : tr("In place only %1, whose socket it is, or root can tap it.").arg(userName(owner));
    if (::faccessat(AT_FDCWD, folder.constData(), W_OK | X_OK, AT_EACCESS) != 0)
        return tr("It cannot be tapped in place: %1 may not write to the folder %2.")
            .arg(userName(self), escapedBytes(folder));
    return {};
}

/// A tap hands clients on, so it must be able to connect itself.
bool canConnect(const SocketEntry &socket)
{
    if (socket.address.kind() == SocketAddress::Kind::Abstract)
        return true;
    SocketRights rights;
    rights.address = socket.address;
    rights.owner = socket.fileOwner.value_or(0);
    rights.mode = socket.mode.value_or(0);
    struct stat status = {};
    if (::lstat(socket.address.bytes().constData(), &status) == 0)
        rights.group = status.st_gid;
    const Verdict verdict = verdictFor(Subject::self(), rights);
    return verdict.allowed || verdict.hasAcl;
}

/// Why it cannot be tapped at all; empty: it can.
QString hindrance(const SocketEntry &socket)
{
    if (socket.type != SOCK_STREAM && socket.type != SOCK_SEQPACKET)
        return tr("It cannot be tapped: a tap relays connections, and a %1 socket has none.")
            .arg(socketTypeName(socket.type));
    if (socket.type == SOCK_SEQPACKET && socket.address.kind() == SocketAddress::Kind::Abstract)
        return tr("It cannot be tapped: packet sockets are tapped in place, and an abstract name "
                  "has no file that could be exchanged.");
    if (socket.state == SocketEntry::State::Connected)
        return tr("It cannot be tapped: this is one end of a connection. Choose the socket that "
                  "listens; connections that are made from then on are recorded.");
    if (socket.state != SocketEntry::State::Listening || !socket.address.isValid())
        return tr("It cannot be tapped: nobody listens on it.");
    if (isOwn(socket))
        return tr("Sockeye itself listens there: its traffic is recorded already.");
    switch (socket.file) {
    case SocketEntry::File::Aside:
        return tr("It is tapped already: Sockeye stands between it and its clients.");
    case SocketEntry::File::Gone:
        return tr("It cannot be tapped: its file is gone, so no client finds it any more.");
    case SocketEntry::File::Replaced:
        return tr("It cannot be tapped: another file stands at its address.");
    case SocketEntry::File::Elsewhere:
        return tr("It cannot be tapped from here: its file is in a container, or its address is "
                  "relative to a folder of its process.");
    case SocketEntry::File::NotSeen:
        return tr("Sockeye may not look at its file. Run it as root.");
    case SocketEntry::File::None:
    case SocketEntry::File::There:
        break;
    }
    if (!canConnect(socket))
        return tr("It cannot be tapped: %1 may not connect to it.").arg(userName(::geteuid()));
    return {};
}

} // namespace

std::vector<SocketMark> marksOf(const SocketEntry &socket)
{
    std::vector<SocketMark> marks;
    if (!isReceiver(socket))
        return marks;
    if (socket.file == SocketEntry::File::Aside) // its own rights let nobody in at the moment
        return {{SocketMark::Kind::Tapped, false,
                 tr("A tap of Sockeye stands in its place and hands its clients on.")}};
    if (socket.address.kind() == SocketAddress::Kind::Abstract)
        marks.push_back({SocketMark::Kind::Abstract, true,
                         tr("Every user of this machine may connect: an abstract name has no "
                            "permissions.")});
    if (socket.mode && (*socket.mode & S_IWOTH) != 0)
        marks.push_back(openMark(socket));
    if (socket.file == SocketEntry::File::Gone)
        marks.push_back({SocketMark::Kind::Stale, true,
                         tr("Its file is gone: it listens, and no new client can find it.")});
    if (socket.file == SocketEntry::File::Replaced)
        marks.push_back({SocketMark::Kind::Stale, true,
                         tr("Another file stands at its address: new clients go there.")});
    return marks;
}

QString markName(SocketMark::Kind kind)
{
    switch (kind) {
    case SocketMark::Kind::WorldWritable:
        return QStringLiteral("world-writable");
    case SocketMark::Kind::Abstract:
        return QStringLiteral("abstract");
    case SocketMark::Kind::Stale:
        return QStringLiteral("stale");
    case SocketMark::Kind::Tapped:
        return QStringLiteral("tapped");
    }
    Q_UNREACHABLE();
}

TapChoice tapChoice(const SocketEntry &socket)
{
    TapChoice choice;
    choice.reason = hindrance(socket);
    if (!choice.reason.isEmpty())
        return choice;
    choice.beside = socket.type == SOCK_STREAM; // as QLocalServer listens
    if (socket.address.kind() == SocketAddress::Kind::Abstract)
        choice.reason = tr("An abstract name has no file that could be exchanged: it can be tapped "
                           "beside only, at an address that you give to the client.");
    else
        choice.reason = missingRight(socket);
    choice.inPlace = choice.reason.isEmpty();
    return choice;
}

} // namespace Sockeye
