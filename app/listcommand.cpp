// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "jsonlines.h"
#include "output.h"

#include "core/system/socketmarks.h"
#include "core/system/users.h"

#include <QHash>
#include <QJsonArray>

#include <algorithm>
#include <cstdio>
#include <tuple>

#include <unistd.h>

namespace Sockeye {

namespace {

using Sockets = std::vector<SocketEntry>;

// What has a name is what one looks for: listeners first, then by address.
void sortForReading(Sockets &sockets)
{
    const auto key = [](const SocketEntry &socket) {
        return std::make_tuple(socket.state, !socket.address.isValid(), socket.address.bytes(),
                               socket.inode);
    };
    std::sort(sockets.begin(), sockets.end(),
              [&key](const SocketEntry &a, const SocketEntry &b) { return key(a) < key(b); });
}

// "psql(4211)", "nginx(812) +3": the first of several that share the socket.
QString holdersText(const std::vector<ProcessInfo> &holders)
{
    if (holders.empty())
        return QStringLiteral("-");
    const ProcessInfo &first = holders.front();
    const QString text = QStringLiteral("%1(%2)").arg(first.name).arg(first.pid);
    const size_t others = holders.size() - 1;
    return others == 0 ? text : QStringLiteral("%1 +%2").arg(text).arg(others);
}

QString peerText(const SocketEntry &socket)
{
    if (socket.state == SocketEntry::State::Listening)
        return socket.waiting == 0 ? QString() : QStringLiteral("%1 waiting").arg(socket.waiting);
    if (socket.peerInode == 0)
        return {};
    const QString holders = holdersText(socket.peerHolders);
    return socket.peerAddress.isValid() ? holders + QLatin1Char(' ') + socket.peerAddress.display()
                                        : holders;
}

QString marksText(const SocketEntry &socket)
{
    QStringList names;
    for (const SocketMark &mark : marksOf(socket))
        names << markName(mark.kind);
    return names.join(QLatin1Char(','));
}

QStringList rowOf(const SocketEntry &socket)
{
    return {socketTypeName(socket.type),
            socketStateName(socket.state),
            socket.address.isValid() ? socket.address.display() : QStringLiteral("-"),
            socket.uid ? userName(*socket.uid) : QStringLiteral("-"),
            holdersText(socket.holders),
            peerText(socket),
            marksText(socket)};
}

void printTable(const Sockets &sockets)
{
    std::vector<QStringList> rows {{QStringLiteral("TYPE"), QStringLiteral("STATE"),
                                    QStringLiteral("ADDRESS"), QStringLiteral("USER"),
                                    QStringLiteral("PROCESS"), QStringLiteral("PEER"),
                                    QStringLiteral("MARK")}};
    rows.reserve(sockets.size() + 1);
    for (const SocketEntry &socket : sockets)
        rows.push_back(rowOf(socket));
    std::vector<qsizetype> widths(static_cast<size_t>(rows.front().size()), 0);
    for (const QStringList &row : rows) {
        for (qsizetype column = 0; column < row.size(); ++column) {
            qsizetype &width = widths[static_cast<size_t>(column)];
            width = std::max(width, row[column].size());
        }
    }
    for (const QStringList &row : rows) {
        QString line;
        for (qsizetype column = 0; column < row.size(); ++column)
            line += row[column].leftJustified(widths[static_cast<size_t>(column)] + 2);
        while (line.endsWith(QLatin1Char(' ')))
            line.chop(1);
        printText(line + QLatin1Char('\n'));
    }
}

QJsonArray jsonOf(const std::vector<ProcessInfo> &holders)
{
    QJsonArray array;
    for (const ProcessInfo &holder : holders)
        array << QJsonObject {{QStringLiteral("pid"), holder.pid},
                              {QStringLiteral("name"), holder.name},
                              {QStringLiteral("executable"), holder.executable},
                              {QStringLiteral("command_line"), holder.commandLine}};
    return array;
}

QJsonArray jsonOf(const std::vector<SocketMark> &marks)
{
    QJsonArray array;
    for (const SocketMark &mark : marks)
        array << QJsonObject {{QStringLiteral("mark"), markName(mark.kind)},
                              {QStringLiteral("unsafe"), mark.isWarning},
                              {QStringLiteral("text"), mark.text}};
    return array;
}

QJsonObject endOf(const SocketEntry &socket)
{
    QJsonObject object {{QStringLiteral("inode"), static_cast<qint64>(socket.inode)},
                        {QStringLiteral("held_by"), jsonOf(socket.holders)}};
    if (socket.address.isValid())
        object.insert(QStringLiteral("address"), socket.address.display());
    if (socket.uid) {
        object.insert(QStringLiteral("uid"), static_cast<qint64>(*socket.uid));
        object.insert(QStringLiteral("user"), userName(*socket.uid));
    }
    return object;
}

void printJson(const Sockets &sockets)
{
    QHash<quint64, const SocketEntry *> byInode;
    for (const SocketEntry &socket : sockets)
        byInode.insert(socket.inode, &socket);
    for (const SocketEntry &socket : sockets) {
        QJsonObject object = endOf(socket);
        object.insert(QStringLiteral("type"), socketTypeName(socket.type));
        object.insert(QStringLiteral("state"), socketStateName(socket.state));
        if (socket.mode)
            object.insert(QStringLiteral("mode"),
                          QStringLiteral("%1").arg(*socket.mode, 4, 8, QLatin1Char('0')));
        if (socket.state == SocketEntry::State::Listening) {
            object.insert(QStringLiteral("waiting"), static_cast<qint64>(socket.waiting));
            object.insert(QStringLiteral("backlog"), static_cast<qint64>(socket.backlog));
        }
        if (const SocketEntry *peer = byInode.value(socket.peerInode))
            object.insert(QStringLiteral("peer"), endOf(*peer));
        if (const std::vector<SocketMark> marks = marksOf(socket); !marks.empty())
            object.insert(QStringLiteral("marks"), jsonOf(marks));
        printJsonLine(object);
    }
}

int list(bool json)
{
    Result<Sockets> sockets = listSockets();
    if (!sockets)
        return reportFailure(sockets.error());
    sortForReading(*sockets);
    if (json) {
        printJson(*sockets);
        return finishOutput(ExitDone);
    }
    printTable(*sockets);
    if (const int status = finishOutput(ExitDone); status != ExitDone)
        return status;
    const bool isPartly = std::any_of(sockets->begin(), sockets->end(),
                                      [](const SocketEntry &s) { return s.holders.empty(); });
    if (isPartly && ::geteuid() != 0)
        std::fputs("sockeye: processes of other users are told to root only (-)\n", stderr);
    return ExitDone;
}

} // namespace

void addListCommand(CLI::App &app, Runner &run)
{
    CLI::App *command =
        app.add_subcommand("list", "List every local socket of this machine, with both its ends");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "One JSON object a line");
    command->callback([json, &run] { run = [json] { return list(*json); }; });
}

} // namespace Sockeye
