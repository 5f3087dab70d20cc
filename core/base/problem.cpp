// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/problem.h"

#include <QAbstractSocket>
#include <QMetaEnum>

#include <cstring>

namespace Sockeye {

namespace {

struct CodeRow
{
    ProblemCode code;
    Severity severity;
    const char *name;
};

constexpr CodeRow codeRows[] = {
    {ProblemCode::NameEmpty, Severity::Error, "NameEmpty"},
    {ProblemCode::NameTooLong, Severity::Error, "NameTooLong"},
    {ProblemCode::FolderTooLongForAccess, Severity::Error, "FolderTooLongForAccess"},
    {ProblemCode::NameHasNul, Severity::Error, "NameHasNul"},
    {ProblemCode::NameNotUtf8, Severity::Error, "NameNotUtf8"},
    {ProblemCode::NameHasControl, Severity::Error, "NameHasControl"},
    {ProblemCode::NameEscapesFolder, Severity::Error, "NameEscapesFolder"},
    {ProblemCode::AccessOptionUnknown, Severity::Error, "AccessOptionUnknown"},
    {ProblemCode::FolderMissing, Severity::Error, "FolderMissing"},
    {ProblemCode::FolderNotAFolder, Severity::Error, "FolderNotAFolder"},
    {ProblemCode::FolderNotWritable, Severity::Error, "FolderNotWritable"},
    {ProblemCode::FolderLinkLoop, Severity::Error, "FolderLinkLoop"},
    {ProblemCode::FolderReadOnly, Severity::Error, "FolderReadOnly"},
    {ProblemCode::AddressInUse, Severity::Error, "AddressInUse"},
    {ProblemCode::AddressStale, Severity::Error, "AddressStale"},
    {ProblemCode::AddressNotASocket, Severity::Error, "AddressNotASocket"},
    {ProblemCode::AddressBeingTaken, Severity::Error, "AddressBeingTaken"},
    {ProblemCode::AddressUnclear, Severity::Error, "AddressUnclear"},
    {ProblemCode::LockUnusable, Severity::Error, "LockUnusable"},
    {ProblemCode::ListenFailed, Severity::Error, "ListenFailed"},
    {ProblemCode::NotAListener, Severity::Error, "NotAListener"},
    {ProblemCode::AddressVanished, Severity::Warning, "AddressVanished"},
    {ProblemCode::AddressReplaced, Severity::Warning, "AddressReplaced"},
    {ProblemCode::ServerClosedByQt, Severity::Warning, "ServerClosedByQt"},
    {ProblemCode::DescriptorsExhausted, Severity::Warning, "DescriptorsExhausted"},
    {ProblemCode::AcceptFailed, Severity::Error, "AcceptFailed"},
    {ProblemCode::MaximumReached, Severity::Warning, "MaximumReached"},
    {ProblemCode::ServerUnknown, Severity::Error, "ServerUnknown"},
    {ProblemCode::NotListening, Severity::Error, "NotListening"},
    {ProblemCode::OwnerShutOut, Severity::Warning, "OwnerShutOut"},
    {ProblemCode::AbstractHasNoRestriction, Severity::Warning, "AbstractHasNoRestriction"},
    {ProblemCode::FolderWorldWritable, Severity::Warning, "FolderWorldWritable"},
    {ProblemCode::UserUnknown, Severity::Error, "UserUnknown"},
    {ProblemCode::ConnectRefused, Severity::Error, "ConnectRefused"},
    {ProblemCode::ConnectMissing, Severity::Error, "ConnectMissing"},
    {ProblemCode::ConnectDenied, Severity::Error, "ConnectDenied"},
    {ProblemCode::ConnectNotASocket, Severity::Error, "ConnectNotASocket"},
    {ProblemCode::ConnectFailed, Severity::Error, "ConnectFailed"},
    {ProblemCode::ConnectTimeout, Severity::Error, "ConnectTimeout"},
    {ProblemCode::SendQueueFull, Severity::Warning, "SendQueueFull"},
    {ProblemCode::NoConnection, Severity::Error, "NoConnection"},
    {ProblemCode::BadInput, Severity::Error, "BadInput"},
    {ProblemCode::FileUnreadable, Severity::Error, "FileUnreadable"},
    {ProblemCode::FileUnwritable, Severity::Error, "FileUnwritable"},
    {ProblemCode::FileExists, Severity::Error, "FileExists"},
    {ProblemCode::OutputFailed, Severity::Error, "OutputFailed"},
    {ProblemCode::CaptureFolderUnusable, Severity::Error, "CaptureFolderUnusable"},
    {ProblemCode::CaptureDiskFull, Severity::Error, "CaptureDiskFull"},
    {ProblemCode::CaptureWriteFailed, Severity::Error, "CaptureWriteFailed"},
    {ProblemCode::CaptureRecycled, Severity::Note, "CaptureRecycled"},
    {ProblemCode::CaptureGap, Severity::Warning, "CaptureGap"},
    {ProblemCode::CaptureDamaged, Severity::Error, "CaptureDamaged"},
    {ProblemCode::NotACapture, Severity::Error, "NotACapture"},
    {ProblemCode::ConnectionUnknown, Severity::Error, "ConnectionUnknown"},
    {ProblemCode::ConversationGone, Severity::Error, "ConversationGone"},
    {ProblemCode::ConversationIncomplete, Severity::Warning, "ConversationIncomplete"},
    {ProblemCode::ExportCancelled, Severity::Note, "ExportCancelled"},
    {ProblemCode::ExportIncomplete, Severity::Warning, "ExportIncomplete"},
    {ProblemCode::CopyImpossible, Severity::Error, "CopyImpossible"},
    {ProblemCode::FilterSyntax, Severity::Error, "FilterSyntax"},
    {ProblemCode::TapNeedsPath, Severity::Error, "TapNeedsPath"},
    {ProblemCode::TapTypeUnsupported, Severity::Error, "TapTypeUnsupported"},
    {ProblemCode::TapNotAllowed, Severity::Error, "TapNotAllowed"},
    {ProblemCode::TapNoExchange, Severity::Error, "TapNoExchange"},
    {ProblemCode::TapNoGuardian, Severity::Error, "TapNoGuardian"},
    {ProblemCode::TapAlreadyTapped, Severity::Error, "TapAlreadyTapped"},
    {ProblemCode::TapRecovered, Severity::Warning, "TapRecovered"},
    {ProblemCode::TapGuardianLost, Severity::Warning, "TapGuardianLost"},
    {ProblemCode::TapServerMoved, Severity::Warning, "TapServerMoved"},
    {ProblemCode::TapNotRestored, Severity::Error, "TapNotRestored"},
    {ProblemCode::TapUpstreamUnreachable, Severity::Warning, "TapUpstreamUnreachable"},
    {ProblemCode::TapTakesNoInput, Severity::Error, "TapTakesNoInput"},
    {ProblemCode::ClientUnknown, Severity::Error, "ClientUnknown"},
    {ProblemCode::ProgramNotStarted, Severity::Error, "ProgramNotStarted"},
    {ProblemCode::DissectorsMissing, Severity::Error, "DissectorsMissing"},
    {ProblemCode::DissectorUnknown, Severity::Error, "DissectorUnknown"},
    {ProblemCode::DissectorListFailed, Severity::Error, "DissectorListFailed"},
    {ProblemCode::DissectionFailed, Severity::Error, "DissectionFailed"},
    {ProblemCode::DisplayMissing, Severity::Error, "DisplayMissing"},
    {ProblemCode::DisplayUnusable, Severity::Error, "DisplayUnusable"},
    {ProblemCode::SystemCallFailed, Severity::Error, "SystemCallFailed"},
};

const CodeRow &rowOf(ProblemCode code)
{
    for (const CodeRow &row : codeRows) {
        if (row.code == code)
            return row;
    }
    Q_UNREACHABLE();
}

} // namespace

Severity severity(ProblemCode code)
{
    return rowOf(code).severity;
}

QString codeName(ProblemCode code)
{
    return QString::fromLatin1(rowOf(code).name);
}

std::vector<Remedy> remedies(const Problem &problem)
{
    switch (problem.code) {
    case ProblemCode::AddressInUse:
        return {Remedy::ShowOwner, Remedy::PickAnotherName, Remedy::TakeOver};
    case ProblemCode::AddressBeingTaken:
    case ProblemCode::AddressUnclear:
        return {Remedy::Retry, Remedy::PickAnotherName};
    case ProblemCode::AddressStale:
        return {Remedy::RemoveStaleAndRetry, Remedy::PickAnotherName};
    case ProblemCode::NameEmpty:
    case ProblemCode::NameTooLong:
    case ProblemCode::FolderTooLongForAccess:
    case ProblemCode::NameHasNul:
    case ProblemCode::NameNotUtf8:
    case ProblemCode::NameHasControl:
    case ProblemCode::NameEscapesFolder:
    case ProblemCode::AddressNotASocket:
        return {Remedy::PickAnotherName};
    case ProblemCode::FolderMissing:
    case ProblemCode::FolderNotAFolder:
    case ProblemCode::FolderNotWritable:
    case ProblemCode::FolderLinkLoop:
    case ProblemCode::FolderReadOnly:
    case ProblemCode::LockUnusable:
        return {Remedy::PickAnotherName, Remedy::Retry};
    case ProblemCode::ListenFailed:
    case ProblemCode::TapRecovered:
    case ProblemCode::AcceptFailed:
        return {Remedy::Retry};
    case ProblemCode::AddressVanished:
    case ProblemCode::ServerClosedByQt:
    case ProblemCode::TapServerMoved:
        return {Remedy::ListenAgain};
    case ProblemCode::AddressReplaced:
        return {Remedy::ShowOwner, Remedy::PickAnotherName};
    case ProblemCode::AbstractHasNoRestriction:
        return {Remedy::EnforceAccess};
    case ProblemCode::CaptureDiskFull:
        return {Remedy::NeverStall};
    default:
        return {};
    }
}

QString socketErrorName(int socketError)
{
    if (socketError < 0)
        return {};
    const QMetaEnum names = QMetaEnum::fromType<QAbstractSocket::SocketError>();
    return QString::fromLatin1(names.valueToKey(socketError));
}

QString errnoName(int errnoValue)
{
    if (errnoValue == 0)
        return {};
    const char *name = ::strerrorname_np(errnoValue);
    return name ? QString::fromLatin1(name) : QString::number(errnoValue);
}

} // namespace Sockeye
