// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/problemtext.h"

#include <QCoreApplication>
#include <QStringList>

#include <cstring>

namespace Sockeye {

namespace {

// {name} stands for the argument of that name.
struct TextRow
{
    ProblemCode code;
    const char *what;
    const char *why;
    const char *toDo;
};

constexpr TextRow textRows[] = {
    {ProblemCode::NameEmpty, QT_TRANSLATE_NOOP("Problem", "The server has no name."), "",
     QT_TRANSLATE_NOOP("Problem", "Type a name, or a path such as /run/user/1000/demo.")},
    {ProblemCode::NameTooLong,
     QT_TRANSLATE_NOOP("Problem",
                       "The name is too long: {address} has {length} bytes, {limit} are allowed."),
     QT_TRANSLATE_NOOP("Problem", "The kernel keeps a socket's address in a field of fixed size."),
     QT_TRANSLATE_NOOP("Problem", "Pick a shorter name or a folder nearer to the root.")},
    {ProblemCode::FolderTooLongForAccess,
     QT_TRANSLATE_NOOP("Problem",
                       "The folder {folder} is too long for access options: {length} bytes, "
                       "{limit} are allowed."),
     QT_TRANSLATE_NOOP("Problem",
                       "With an access option the socket is made in a hidden folder beside its "
                       "place first, which needs 9 bytes more."),
     QT_TRANSLATE_NOOP("Problem",
                       "Pick a folder with a shorter path, or untick the access options.")},
    {ProblemCode::NameHasNul, QT_TRANSLATE_NOOP("Problem", "The name has a NUL byte in it."),
     QT_TRANSLATE_NOOP(
         "Problem",
         "A path ends at its first NUL byte, so another file than the one you see would be made."),
     QT_TRANSLATE_NOOP("Problem", "Remove the NUL byte.")},
    {ProblemCode::NameNotUtf8, QT_TRANSLATE_NOOP("Problem", "The name {name} is not valid UTF-8."),
     QT_TRANSLATE_NOOP("Problem", "Qt would listen on another name than the one you typed."),
     QT_TRANSLATE_NOOP("Problem", "Pick a name in UTF-8.")},
    {ProblemCode::NameHasControl,
     QT_TRANSLATE_NOOP("Problem", "The name {name} has control characters in it."),
     QT_TRANSLATE_NOOP("Problem", "Such a file is hard to see and to remove."),
     QT_TRANSLATE_NOOP("Problem", "Pick a name without them.")},
    {ProblemCode::NameEscapesFolder,
     QT_TRANSLATE_NOOP("Problem", "The name {name} leads out of {folder}."),
     QT_TRANSLATE_NOOP("Problem",
                       "A relative name is looked up in the temporary folder; “..” leaves it."),
     QT_TRANSLATE_NOOP("Problem", "Use the absolute path if you mean it.")},
    {ProblemCode::AccessOptionUnknown,
     QT_TRANSLATE_NOOP("Problem", "There is no access option “{option}”."), "",
     QT_TRANSLATE_NOOP("Problem", "Use one or more of: {known}.")},
    {ProblemCode::FolderMissing,
     QT_TRANSLATE_NOOP("Problem", "The folder {folder} does not exist."),
     QT_TRANSLATE_NOOP("Problem", "A socket cannot be made in a folder that is not there."),
     QT_TRANSLATE_NOOP("Problem", "Make the folder, or pick another name.")},
    {ProblemCode::FolderNotAFolder, QT_TRANSLATE_NOOP("Problem", "{folder} is not a folder."), "",
     QT_TRANSLATE_NOOP("Problem", "Pick a name in a folder.")},
    {ProblemCode::FolderNotWritable,
     QT_TRANSLATE_NOOP("Problem", "{user} may not make a socket in {folder}."),
     QT_TRANSLATE_NOOP("Problem",
                       "Making a socket needs the rights to write to and to search the folder."),
     QT_TRANSLATE_NOOP("Problem",
                       "Pick a folder of your own, or have its owner give you the right.")},
    {ProblemCode::FolderLinkLoop,
     QT_TRANSLATE_NOOP("Problem", "{folder} is a link that leads back to itself."), "",
     QT_TRANSLATE_NOOP("Problem", "Pick another folder, or mend the link.")},
    {ProblemCode::FolderReadOnly,
     QT_TRANSLATE_NOOP("Problem", "{folder} is on a read-only file system."), "",
     QT_TRANSLATE_NOOP("Problem", "Pick a folder that can be written to.")},
    {ProblemCode::AddressInUse,
     QT_TRANSLATE_NOOP("Problem", "{address} is in use by a live server, {owner}."),
     QT_TRANSLATE_NOOP("Problem", "Clients that connect there are served by that program."),
     QT_TRANSLATE_NOOP("Problem", "Pick another name, or stop that program.")},
    {ProblemCode::AddressStale,
     QT_TRANSLATE_NOOP("Problem", "{address} is a stale socket of {owner}: nobody listens there."),
     QT_TRANSLATE_NOOP("Problem", "A program left it behind when it ended."),
     QT_TRANSLATE_NOOP("Problem", "Remove it, or pick another name.")},
    {ProblemCode::AddressNotASocket,
     QT_TRANSLATE_NOOP("Problem", "{address} is {type}, not a socket."),
     QT_TRANSLATE_NOOP("Problem", "Sockeye never replaces anything but a socket."),
     QT_TRANSLATE_NOOP("Problem", "Pick another name, or move it away yourself.")},
    {ProblemCode::AddressBeingTaken,
     QT_TRANSLATE_NOOP("Problem", "{address} is taken by another Sockeye{owner}."),
     QT_TRANSLATE_NOOP("Problem", "It holds the lock {lock}."),
     QT_TRANSLATE_NOOP("Problem", "Pick another name, or stop the other one.")},
    {ProblemCode::AddressUnclear,
     QT_TRANSLATE_NOOP("Problem", "It cannot be told whether anybody listens on {address}."),
     QT_TRANSLATE_NOOP("Problem", "The attempt to connect was neither answered nor refused."),
     QT_TRANSLATE_NOOP("Problem", "Look at who owns it, or pick another name.")},
    {ProblemCode::LockUnusable, QT_TRANSLATE_NOOP("Problem", "The lock {lock} cannot be used."),
     QT_TRANSLATE_NOOP("Problem",
                       "Sockeye locks an address while it looks at it and listens, so that two "
                       "starters cannot both win."),
     QT_TRANSLATE_NOOP("Problem", "Look at what stands there, or pick another name.")},
    {ProblemCode::ListenFailed, QT_TRANSLATE_NOOP("Problem", "Listening on {address} failed."), "",
     QT_TRANSLATE_NOOP("Problem", "Try again, or pick another name.")},
    {ProblemCode::NotAListener,
     QT_TRANSLATE_NOOP("Problem", "Descriptor {descriptor} cannot be served: {why}."),
     QT_TRANSLATE_NOOP("Problem", "A listening stream socket of the local family is needed."),
     QT_TRANSLATE_NOOP("Problem", "Pass the right descriptor, as systemd does with LISTEN_FDS.")},
    {ProblemCode::AddressVanished,
     QT_TRANSLATE_NOOP(
         "Problem",
         "{address} was removed while {server} listens on it: new clients cannot find it."),
     QT_TRANSLATE_NOOP("Problem",
                       "Another program deleted or moved the socket file. Clients that are "
                       "connected are not affected."),
     QT_TRANSLATE_NOOP("Problem", "Listen again to make it anew.")},
    {ProblemCode::AddressReplaced,
     QT_TRANSLATE_NOOP(
         "Problem", "Something else stands at {address} now: new clients do not reach {server}."),
     QT_TRANSLATE_NOOP("Problem", "Another program put it there. Sockeye leaves it alone."),
     QT_TRANSLATE_NOOP("Problem", "Look at who owns it, or pick another name.")},
    {ProblemCode::ServerClosedByQt,
     QT_TRANSLATE_NOOP("Problem", "{server} was closed by Qt after a failed accept."), "",
     QT_TRANSLATE_NOOP("Problem", "Sockeye listens again by itself as soon as it can.")},
    {ProblemCode::DescriptorsExhausted,
     QT_TRANSLATE_NOOP("Problem",
                       "No descriptors are left (limit {limit}): new clients of {server} wait."),
     QT_TRANSLATE_NOOP("Problem", "Each connection takes one descriptor of this process."),
     QT_TRANSLATE_NOOP(
         "Problem",
         "Disconnect some clients or raise the limit (ulimit -n). Accepting goes on by itself.")},
    {ProblemCode::AcceptFailed,
     QT_TRANSLATE_NOOP("Problem", "A client of {server} could not be accepted."), "",
     QT_TRANSLATE_NOOP("Problem", "Accepting goes on by itself.")},
    {ProblemCode::MaximumReached,
     QT_TRANSLATE_NOOP("Problem",
                       "{server} has its maximum number of clients ({limit}): further ones wait."),
     "", QT_TRANSLATE_NOOP("Problem", "Disconnect some clients, or raise the maximum.")},
    {ProblemCode::ServerUnknown, QT_TRANSLATE_NOOP("Problem", "There is no server number {id}."),
     "", QT_TRANSLATE_NOOP("Problem", "List the servers first.")},
    {ProblemCode::NotListening, QT_TRANSLATE_NOOP("Problem", "{server} does not listen."), "",
     QT_TRANSLATE_NOOP("Problem", "Start it first.")},
    {ProblemCode::OwnerShutOut,
     QT_TRANSLATE_NOOP("Problem", "These boxes shut out the owner, you."),
     QT_TRANSLATE_NOOP("Problem",
                       "The classes are exclusive: the owner is judged by User alone, members of "
                       "the group by Group alone."),
     QT_TRANSLATE_NOOP("Problem", "Tick User as well if you want to connect.")},
    {ProblemCode::AbstractHasNoRestriction,
     QT_TRANSLATE_NOOP(
         "Problem",
         "Every user of this machine can connect to an abstract name, whatever the boxes say."),
     QT_TRANSLATE_NOOP("Problem", "An abstract name is no file and so has no mode."),
     QT_TRANSLATE_NOOP(
         "Problem",
         "Let Sockeye enforce the boxes: it closes whom they exclude before a byte is read.")},
    {ProblemCode::FolderWorldWritable,
     QT_TRANSLATE_NOOP("Problem", "Everybody can make files in {folder}."),
     QT_TRANSLATE_NOOP("Problem", "Another user can take a name there before you do."),
     QT_TRANSLATE_NOOP("Problem",
                       "Prefer a folder of your own, such as the one named by XDG_RUNTIME_DIR.")},
    {ProblemCode::UserUnknown,
     QT_TRANSLATE_NOOP("Problem", "There is no user “{user}” on this machine."), "",
     QT_TRANSLATE_NOOP("Problem", "Check the spelling, or use the number.")},
    {ProblemCode::ConnectRefused, QT_TRANSLATE_NOOP("Problem", "Nobody listens on {address}."),
     QT_TRANSLATE_NOOP("Problem", "The socket is there, but it is stale."),
     QT_TRANSLATE_NOOP("Problem", "Start its server.")},
    {ProblemCode::ConnectMissing, QT_TRANSLATE_NOOP("Problem", "There is no socket at {address}."),
     "",
     QT_TRANSLATE_NOOP(
         "Problem",
         "Check the name, and the temporary folder (TMPDIR) if it is relative; start its server.")},
    {ProblemCode::ConnectDenied, QT_TRANSLATE_NOOP("Problem", "You may not connect to {address}."),
     QT_TRANSLATE_NOOP("Problem", "The right to {right} {step} is missing."),
     QT_TRANSLATE_NOOP("Problem", "Have its owner give you the right.")},
    {ProblemCode::ConnectNotASocket,
     QT_TRANSLATE_NOOP("Problem", "{address} is {type}, not a socket."), "",
     QT_TRANSLATE_NOOP("Problem", "Check the name.")},
    {ProblemCode::ConnectFailed, QT_TRANSLATE_NOOP("Problem", "Connecting to {address} failed."),
     "", ""},
    {ProblemCode::ConnectTimeout,
     QT_TRANSLATE_NOOP("Problem", "{address} did not answer for {seconds} s."),
     QT_TRANSLATE_NOOP("Problem", "Its queue of waiting clients is full."),
     QT_TRANSLATE_NOOP("Problem", "Try again later, or look at what its server does.")},
    {ProblemCode::SendQueueFull,
     QT_TRANSLATE_NOOP(
         "Problem",
         "Connection {connection} does not read: {limit} wait to be sent to it already."),
     "", QT_TRANSLATE_NOOP("Problem", "Wait for it to read, or disconnect it.")},
    {ProblemCode::NoConnection, QT_TRANSLATE_NOOP("Problem", "Connection {id} is not open."), "",
     QT_TRANSLATE_NOOP("Problem", "Pick an open connection.")},
    {ProblemCode::BadInput, QT_TRANSLATE_NOOP("Problem", "{what} (column {column})."), "",
     QT_TRANSLATE_NOOP("Problem", "Mend it there.")},
    {ProblemCode::FileUnreadable, QT_TRANSLATE_NOOP("Problem", "{file} cannot be read."), "",
     QT_TRANSLATE_NOOP("Problem", "Check the name and its rights.")},
    {ProblemCode::FileUnwritable, QT_TRANSLATE_NOOP("Problem", "{file} cannot be written."), "",
     QT_TRANSLATE_NOOP("Problem", "Check the folder and its rights.")},
    {ProblemCode::FileExists, QT_TRANSLATE_NOOP("Problem", "{file} is there already."),
     QT_TRANSLATE_NOOP("Problem", "Nothing is overwritten; it is as it was."),
     QT_TRANSLATE_NOOP("Problem", "Choose another name, or remove the file first.")},
    {ProblemCode::OutputFailed, QT_TRANSLATE_NOOP("Problem", "Standard output cannot be written."),
     "",
     QT_TRANSLATE_NOOP("Problem",
                       "Look where it leads to: its reader has gone, or the disk is full.")},
    {ProblemCode::CaptureFolderUnusable,
     QT_TRANSLATE_NOOP("Problem", "The capture folder {folder} cannot be used."),
     QT_TRANSLATE_NOOP(
         "Problem", "A capture must be private: a folder of your own that nobody else can open."),
     QT_TRANSLATE_NOOP("Problem",
                       "Make it accessible to you alone (mode 0700), or name another place.")},
    {ProblemCode::CaptureDiskFull,
     QT_TRANSLATE_NOOP("Problem", "The disk of {folder} is full: {effect}."),
     QT_TRANSLATE_NOOP("Problem", "Every byte is written to the capture before it goes on."),
     QT_TRANSLATE_NOOP("Problem",
                       "Free some space; recording goes on by itself. Or let the bytes go on and "
                       "note the gaps.")},
    {ProblemCode::CaptureWriteFailed,
     QT_TRANSLATE_NOOP("Problem", "Writing the capture {file} failed: {effect}."), "",
     QT_TRANSLATE_NOOP("Problem", "Look at the disk; recording goes on by itself when it can.")},
    {ProblemCode::CaptureRecycled,
     QT_TRANSLATE_NOOP(
         "Problem", "The capture reached its limit of {limit}: the oldest records were dropped."),
     "", QT_TRANSLATE_NOOP("Problem", "Record to a file of its own to keep everything.")},
    {ProblemCode::CaptureGap,
     QT_TRANSLATE_NOOP("Problem", "{length} were forwarded but not recorded."),
     QT_TRANSLATE_NOOP(
         "Problem", "The disk was slower than the traffic, and this server is set to never stall."),
     QT_TRANSLATE_NOOP("Problem", "Set it to lossless to record everything.")},
    {ProblemCode::CaptureDamaged,
     QT_TRANSLATE_NOOP("Problem", "{file} is damaged at byte {offset}: {why}."), "",
     QT_TRANSLATE_NOOP("Problem", "What stands before that place was read.")},
    {ProblemCode::NotACapture,
     QT_TRANSLATE_NOOP("Problem", "{file} is not a capture that can be read: {why}."), "",
     QT_TRANSLATE_NOOP("Problem",
                       "Name a capture of Sockeye, a pcapng or pcap file with TCP in it, or a log "
                       "of socat -v or strace.")},
    {ProblemCode::ConnectionUnknown,
     QT_TRANSLATE_NOOP("Problem", "There is no connection {id} in {file}."), "",
     QT_TRANSLATE_NOOP("Problem", "Show the whole capture to see which there are.")},
    {ProblemCode::ConversationGone,
     QT_TRANSLATE_NOOP("Problem", "No record of connection {id} is in the capture any more."),
     QT_TRANSLATE_NOOP("Problem",
                       "The oldest records go when the capture reaches its limit, all when it is "
                       "cleared."),
     QT_TRANSLATE_NOOP("Problem", "Save the capture earlier, or record to a file of its own.")},
    {ProblemCode::ConversationIncomplete,
     QT_TRANSLATE_NOOP("Problem", "{file} has only a part of what went over connection {id}."),
     QT_TRANSLATE_NOOP("Problem",
                       "The rest is not in the capture: its oldest records were dropped, or bytes "
                       "were forwarded without recording them."),
     QT_TRANSLATE_NOOP("Problem", "Record to a file of its own to keep everything.")},
    {ProblemCode::ExportCancelled, QT_TRANSLATE_NOOP("Problem", "The export was cancelled."), "",
     QT_TRANSLATE_NOOP("Problem", "Start it again if it is wanted after all.")},
    {ProblemCode::ExportIncomplete,
     QT_TRANSLATE_NOOP("Problem", "Not all that was to be exported was there to the end."),
     QT_TRANSLATE_NOOP("Problem",
                       "The oldest records go when the capture reaches its limit, all when it is "
                       "cleared; and bytes that were forwarded without recording them were never "
                       "there."),
     QT_TRANSLATE_NOOP("Problem", "Record to a file of its own to keep everything.")},
    {ProblemCode::CopyImpossible,
     QT_TRANSLATE_NOOP("Problem", "This cannot be copied as {program}: {why}."), "",
     QT_TRANSLATE_NOOP("Problem", "Select other records, or copy them in another form.")},
    {ProblemCode::FilterSyntax, QT_TRANSLATE_NOOP("Problem", "{what} (column {column})."), "",
     QT_TRANSLATE_NOOP("Problem", "For example: conn == 12 and text contains \"SELECT\"")},
    {ProblemCode::TapNeedsPath,
     QT_TRANSLATE_NOOP("Problem",
                       "{address} is an abstract name: it has no file that could be exchanged."),
     QT_TRANSLATE_NOOP("Problem", "Only its server can give an abstract name away."),
     QT_TRANSLATE_NOOP(
         "Problem",
         "Tap beside it: sockeye tap {address} --at PATH, and point the client at PATH.")},
    {ProblemCode::TapTypeUnsupported,
     QT_TRANSLATE_NOOP("Problem", "The socket at {address} is of a type that cannot be tapped so."),
     QT_TRANSLATE_NOOP("Problem",
                       "A tap relays connections: those of stream sockets and, in place alone, of "
                       "packet sockets (SOCK_SEQPACKET). Datagram sockets have none."),
     QT_TRANSLATE_NOOP("Problem", "sockeye list shows the type of each socket.")},
    {ProblemCode::TapNotAllowed,
     QT_TRANSLATE_NOOP("Problem", "{user} may not put a tap on {address}."),
     QT_TRANSLATE_NOOP("Problem",
                       "It takes the rights to write to and to search {folder} and to give a file "
                       "to {owner}: those of {owner} himself, or of root."),
     QT_TRANSLATE_NOOP("Problem",
                       "Run Sockeye as {owner} or as root, or tap beside it, which needs no "
                       "rights: sockeye tap {address} --at PATH.")},
    {ProblemCode::TapNoExchange,
     QT_TRANSLATE_NOOP("Problem",
                       "The file system of {folder} cannot exchange two files in one step."),
     QT_TRANSLATE_NOOP("Problem",
                       "Without that there would be a moment at which clients find no socket."),
     QT_TRANSLATE_NOOP("Problem", "Tap beside it: sockeye tap {address} --at PATH.")},
    {ProblemCode::TapNoGuardian,
     QT_TRANSLATE_NOOP(
         "Problem",
         "The guardian, which would put {address} back if Sockeye died, could not be started."),
     QT_TRANSLATE_NOOP("Problem", "Without it a crash would leave the server unreachable."),
     QT_TRANSLATE_NOOP("Problem",
                       "Install Sockeye as a whole: sockeye_guardian belongs beside sockeye or in "
                       "../libexec/sockeye.")},
    {ProblemCode::TapAlreadyTapped, QT_TRANSLATE_NOOP("Problem", "{address} is tapped already."),
     QT_TRANSLATE_NOOP("Problem", "Another Sockeye stands between it and its clients."),
     QT_TRANSLATE_NOOP("Problem", "Stop that tap first, or tap beside it with --at PATH.")},
    {ProblemCode::TapRecovered,
     QT_TRANSLATE_NOOP(
         "Problem", "A tap that had died stood in the place of {address}; the original is back."),
     QT_TRANSLATE_NOOP("Problem", "Its process and its guardian had both been killed."),
     QT_TRANSLATE_NOOP("Problem", "Start the tap again.")},
    {ProblemCode::TapGuardianLost,
     QT_TRANSLATE_NOOP("Problem", "The guardian of {address} has ended; a new one is at work."),
     QT_TRANSLATE_NOOP("Problem", "Somebody ended its process."),
     QT_TRANSLATE_NOOP("Problem", "Nothing has to be done.")},
    {ProblemCode::TapServerMoved,
     QT_TRANSLATE_NOOP(
         "Problem", "The server of {address} has made its socket anew: clients go past the tap."),
     QT_TRANSLATE_NOOP(
         "Problem",
         "A server that restarts removes what stands at its address and makes a new socket."),
     QT_TRANSLATE_NOOP("Problem", "Tap it again.")},
    {ProblemCode::TapNotRestored,
     QT_TRANSLATE_NOOP("Problem",
                       "{address} could not be put back: something else stands there now."),
     QT_TRANSLATE_NOOP("Problem", "Sockeye replaces nothing that it did not make."),
     QT_TRANSLATE_NOOP("Problem",
                       "Look what stands there. The original is kept as {aside}; sockeye recover "
                       "{address} tries again.")},
    {ProblemCode::TapUpstreamUnreachable,
     QT_TRANSLATE_NOOP("Problem",
                       "A client came to {address}, but its server could not be reached."),
     QT_TRANSLATE_NOOP("Problem", "It has ended, or it does not take connections."),
     QT_TRANSLATE_NOOP("Problem", "Look whether the server runs; stop the tap if it has moved.")},
    {ProblemCode::TapTakesNoInput,
     QT_TRANSLATE_NOOP("Problem",
                       "Connection {id} is tapped: nothing can be sent into it by hand."),
     QT_TRANSLATE_NOOP(
         "Problem",
         "Whatever came in between two programs would break what they say to each other."),
     QT_TRANSLATE_NOOP("Problem", "Connect to the server yourself to send something.")},
    {ProblemCode::ClientUnknown,
     QT_TRANSLATE_NOOP("Problem", "It is not known how to point clients of {address} elsewhere."),
     QT_TRANSLATE_NOOP("Problem",
                       "No variable names that address, and it is none of the usual servers'."),
     QT_TRANSLATE_NOOP("Problem", "Say which variable the program reads: --env NAME=TEMPLATE.")},
    {ProblemCode::ProgramNotStarted,
     QT_TRANSLATE_NOOP("Problem", "{program} could not be started."), "",
     QT_TRANSLATE_NOOP("Problem", "Check its name and its rights.")},
    {ProblemCode::DissectorsMissing,
     QT_TRANSLATE_NOOP("Problem",
                       "Wireshark's dissectors are not installed: {program} is missing."),
     QT_TRANSLATE_NOOP("Problem", "They explain the bytes of some 3,000 protocols."),
     QT_TRANSLATE_NOOP("Problem",
                       "Install the package tshark (Debian and its kin: apt install tshark), or "
                       "wireshark-cli where it is called so.")},
    {ProblemCode::DissectorUnknown,
     QT_TRANSLATE_NOOP("Problem", "Wireshark has no dissector “{protocol}” for streams."), "",
     QT_TRANSLATE_NOOP("Problem",
                       "Use a name that stands in the list of tshark -d tcp.port==1, such as "
                       "pgsql.")},
    {ProblemCode::DissectorListFailed,
     QT_TRANSLATE_NOOP("Problem", "{program} does not tell which protocols there are."), "",
     QT_TRANSLATE_NOOP("Problem", "Look whether tshark -G protocols does.")},
    {ProblemCode::DissectionFailed,
     QT_TRANSLATE_NOOP("Problem", "Packet {packet} could not be dissected: {why}."), "",
     QT_TRANSLATE_NOOP("Problem", "Its bytes can be seen all the same; try again.")},
    {ProblemCode::DisplayMissing,
     QT_TRANSLATE_NOOP("Problem", "There is no display to open the window on."),
     QT_TRANSLATE_NOOP("Problem", "Neither DISPLAY nor WAYLAND_DISPLAY is set."),
     QT_TRANSLATE_NOOP("Problem",
                       "Set DISPLAY, or use a subcommand such as sockeye serve NAME, which needs "
                       "no window.")},
    {ProblemCode::DisplayUnusable,
     QT_TRANSLATE_NOOP("Problem", "The window cannot be opened on {display}."),
     QT_TRANSLATE_NOOP("Problem", "Nothing answers there, or Qt has no plugin for it."),
     QT_TRANSLATE_NOOP("Problem",
                       "Set DISPLAY to one that is there, or use a subcommand such as sockeye "
                       "serve NAME, which needs no window.")},
    {ProblemCode::SystemCallFailed, QT_TRANSLATE_NOOP("Problem", "{call} failed."), "", ""},
};

const TextRow &rowOf(ProblemCode code)
{
    for (const TextRow &row : textRows) {
        if (row.code == code)
            return row;
    }
    Q_UNREACHABLE();
}

QString filled(const char *text, const Problem &problem)
{
    if (*text == '\0')
        return {};
    const QString pattern = QCoreApplication::translate("Problem", text);
    // One pass from left to right: an argument that looks like a placeholder stays as it is.
    QString result;
    qsizetype position = 0;
    while (position < pattern.size()) {
        const qsizetype open = pattern.indexOf(QLatin1Char('{'), position);
        const qsizetype close = open < 0 ? -1 : pattern.indexOf(QLatin1Char('}'), open);
        if (close < 0)
            break;
        result += pattern.mid(position, open - position);
        result += problem.args.value(pattern.mid(open + 1, close - open - 1));
        position = close + 1;
    }
    return result + pattern.mid(position);
}

} // namespace

QString whatHappened(const Problem &problem)
{
    return filled(rowOf(problem.code).what, problem);
}

QString whyItHappened(const Problem &problem)
{
    QString why = filled(rowOf(problem.code).why, problem);
    if (!why.isEmpty() || problem.errnoValue == 0)
        return why;
    return QCoreApplication::translate("Problem", "The system says: %1.")
        .arg(QString::fromLocal8Bit(std::strerror(problem.errnoValue)));
}

QString whatToDo(const Problem &problem)
{
    return filled(rowOf(problem.code).toDo, problem);
}

QString technicalDetail(const Problem &problem)
{
    QStringList parts;
    if (problem.socketError >= 0) {
        const QString name = socketErrorName(problem.socketError);
        parts << (problem.qtText.isEmpty() ? name
                                           : QStringLiteral("%1 “%2”").arg(name, problem.qtText));
    }
    if (problem.errnoValue != 0)
        parts << errnoName(problem.errnoValue);
    return parts.join(QStringLiteral(" · "));
}

QString oneLine(const Problem &problem)
{
    QStringList parts;
    for (const QString &part : {whatHappened(problem), whyItHappened(problem), whatToDo(problem)}) {
        if (!part.isEmpty())
            parts << part;
    }
    const QString detail = technicalDetail(problem);
    if (!detail.isEmpty())
        parts << QStringLiteral("[%1]").arg(detail);
    return parts.join(QLatin1Char(' '));
}

QString label(Remedy remedy)
{
    switch (remedy) {
    case Remedy::Retry:
        return QCoreApplication::translate("Remedy", "Try again");
    case Remedy::RemoveStaleAndRetry:
        return QCoreApplication::translate("Remedy", "Remove it and listen");
    case Remedy::PickAnotherName:
        return QCoreApplication::translate("Remedy", "Pick another name");
    case Remedy::ShowOwner:
        return QCoreApplication::translate("Remedy", "Show owner");
    case Remedy::TakeOver:
        return QCoreApplication::translate("Remedy", "Take it over…");
    case Remedy::ListenAgain:
        return QCoreApplication::translate("Remedy", "Listen again");
    case Remedy::EnforceAccess:
        return QCoreApplication::translate("Remedy", "Enforce the boxes");
    case Remedy::NeverStall:
        return QCoreApplication::translate("Remedy", "Go on with gaps");
    }
    Q_UNREACHABLE();
}

} // namespace Sockeye
