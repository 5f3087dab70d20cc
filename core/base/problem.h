// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QMap>
#include <QString>

#include <vector>

namespace Sockeye {

/// What went wrong, as a value. The wording lives in problemtext.h and nowhere else.
/// The arguments that a code's text uses are named behind it.
enum class ProblemCode {
    // the name (args: name; limit, length in bytes)
    NameEmpty,
    NameTooLong, // name, length, limit, address
    FolderTooLongForAccess, // folder, length, limit: access options need 9 bytes more beside it
    NameHasNul, // name
    NameNotUtf8, // name: Qt can only listen on names that are valid UTF-8
    NameHasControl, // name: control characters
    NameEscapesFolder, // name, folder: a relative name whose ".." leaves the folder
    AccessOptionUnknown, // option, known
    // the folder (args: folder, path)
    FolderMissing,
    FolderNotAFolder,
    FolderNotWritable, // folder, user
    FolderLinkLoop,
    FolderReadOnly,
    // what is at the address (args: address; pid, owner, executable where known)
    AddressInUse, // a live server listens there
    AddressStale, // a socket nobody listens on (args: address, owner)
    AddressNotASocket, // address, type: regular file, folder, link, fifo, device
    AddressBeingTaken, // another Sockeye holds the lock (args: address, lock, pid)
    AddressUnclear, // neither live nor stale can be proved (args: address)
    LockUnusable, // lock
    // the server
    ListenFailed, // Qt said no for a reason of its own (socketError, qtText)
    NotAListener, // descriptor, why: an inherited descriptor that cannot be served
    AddressVanished, // address: the socket file was removed while listening
    AddressReplaced, // address: somebody else's file stands there now
    ServerClosedByQt, // address: closed behind our back; args: retry = "yes" while we try again
    DescriptorsExhausted, // limit: accepting waits until some are free
    AcceptFailed, // errno
    MaximumReached, // server, limit: max connections; further clients wait
    ServerUnknown, // id: a command named a server that is not there
    NotListening, // name: the act needs a listening server
    // access (warnings before start)
    OwnerShutOut, // "Group" or "Other" alone shut out the owner himself
    AbstractHasNoRestriction, // anybody on this machine can connect, whatever the boxes say
    FolderWorldWritable, // folder: another user may take the name first
    UserUnknown, // user
    // connections
    ConnectRefused, // address: a socket is there, but nobody listens
    ConnectMissing, // address: nothing is there
    ConnectDenied, // address, step, right
    ConnectNotASocket, // address, type: as with AddressNotASocket
    ConnectFailed, // address
    ConnectTimeout, // address, seconds
    SendQueueFull, // connection, limit: the peer does not read
    NoConnection, // id: a command named a connection that is not open
    BadInput, // what, column: text with escapes or hex that cannot be read
    FileUnreadable, // file
    FileUnwritable, // file
    FileExists, // file: it would have been overwritten
    OutputFailed, // standard output: its reader has gone, or the disk is full
    // capture
    CaptureFolderUnusable, // folder
    CaptureDiskFull, // folder, free: senders wait (lossless) or gaps are recorded (never stall)
    CaptureWriteFailed, // file
    CaptureRecycled, // limit: the oldest segment was dropped
    CaptureGap, // connection, length
    CaptureDamaged, // file, offset, why
    NotACapture, // file, why: nothing of it can be read
    ConnectionUnknown, // id, file: a capture has no such connection
    ConversationGone, // id: no record of that connection is in the capture any more
    ConversationIncomplete, // id, file: saved without what is not in the capture
    ExportCancelled, // nothing was written
    ExportIncomplete, // records went out of the capture meanwhile
    CopyImpossible, // program, why: no text for that program sends the same bytes
    FilterSyntax, // what, column (1-based)
    // taps (args: address; folder, owner, user)
    TapNeedsPath, // an abstract name cannot be taken over in place
    TapTypeUnsupported, // datagram socket; packet socket other than in place
    TapNotAllowed, // errno: the right that is missing
    TapNoExchange, // the file system cannot exchange two files in one step
    TapNoGuardian, // the process that would put the original back cannot be started
    TapAlreadyTapped, // by another Sockeye that is at work
    TapRecovered, // a dead tap's left-over stood there, and was put back just now
    TapGuardianLost, // it ended; a new one is at work
    TapServerMoved, // the server made its socket anew: clients go past the tap
    TapNotRestored, // aside: the original's place, as somebody else's file stands at its address
    TapUpstreamUnreachable, // errno: a client came, and the server could not be reached
    TapTakesNoInput, // id: nobody sends by hand between two programs
    ClientUnknown, // address: no variable is known that points its clients elsewhere
    ProgramNotStarted, // program
    // Wireshark's dissectors
    DissectorsMissing, // program
    DissectorUnknown, // protocol
    DissectorListFailed, // program: it does not tell the protocols
    DissectionFailed, // packet, why
    // the window
    DisplayMissing, // no display is named
    DisplayUnusable, // display: as it was named
    // anything else
    SystemCallFailed, // call
};

enum class Severity { Note, Warning, Error };

/// What a user can do about a problem; the window shows a button for each, the command line a hint.
enum class Remedy {
    Retry,
    RemoveStaleAndRetry,
    PickAnotherName,
    ShowOwner,
    TakeOver, // dangerous: only after an explicit yes
    ListenAgain,
    EnforceAccess,
    NeverStall,
};

/// An error a user can act on. A plain value; compares by content.
struct Problem
{
    ProblemCode code = ProblemCode::SystemCallFailed;
    QMap<QString, QString> args = {}; ///< already displayable (bytes escaped)
    int errnoValue = 0; ///< 0: no system call failed
    int socketError = -1; ///< QAbstractSocket::SocketError, -1: Qt reported none
    QString qtText = {}; ///< Qt's errorString(), read directly after the failure

    friend bool operator==(const Problem &, const Problem &) = default;
};

[[nodiscard]] Severity severity(ProblemCode code);
/// In the order in which the buttons stand; may be empty.
[[nodiscard]] std::vector<Remedy> remedies(const Problem &problem);

/// "AddressInUse": stable for scripts (--json).
[[nodiscard]] QString codeName(ProblemCode code);
/// "AddressInUseError", Qt's own enumerator; empty for -1.
[[nodiscard]] QString socketErrorName(int socketError);
/// "EADDRINUSE"; empty for 0.
[[nodiscard]] QString errnoName(int errnoValue);

} // namespace Sockeye
