// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"

#include <optional>

#include <sys/types.h>

namespace Sockeye {

/// Which file it is, whatever its name.
struct FileIdentity
{
    dev_t device = 0;
    ino_t inode = 0;

    friend bool operator==(const FileIdentity &, const FileIdentity &) = default;
};

/// What stands at an address.
struct AddressState
{
    enum class Kind {
        Absent,
        Live, ///< somebody listens
        Stale, ///< a socket file, connect is refused
        NotASocket, ///< regular file, folder, link (never followed), fifo, device
        Unclear, ///< may not be looked at, or connect neither succeeded nor was refused
    };
    enum class FileType { None, Socket, Regular, Folder, Link, Fifo, Device };

    Kind kind = Kind::Absent;
    FileType fileType = FileType::None;
    std::optional<FileIdentity> identity; ///< path only
    uid_t owner = 0; ///< of the file; path only
    gid_t group = 0;
    mode_t mode = 0; ///< permission bits; path only
    std::optional<pid_t> serverPid; ///< live: who called listen() (SO_PEERCRED)
    std::optional<uid_t> serverUid;
    /// Live, and found in the kernel's table: the socket that listens. Floors above can tell who
    /// holds it without connecting.
    std::optional<quint32> serverInode;
    int socketType = SOCK_STREAM; ///< SOCK_DGRAM, SOCK_SEQPACKET where that was found out
    int errnoValue = 0; ///< of the step that decided, for the problem's detail
};

/// lstat, then a non-blocking connect that is closed at once. A live server sees one short
/// connection: never call it in a loop. Follows no link. Any thread; does not block.
/// An abstract name is one for each type of socket; this looks at streams, which QLocalServer
/// makes.
[[nodiscard]] AddressState probeAddress(const SocketAddress &address);

/// The same without connecting: for a preview while the user types. A socket is Live if the
/// kernel's table lists a listener that is bound to this very file, else Stale.
[[nodiscard]] AddressState peekAddress(const SocketAddress &address);

/// Where a link at @p address leads, as connect() follows it, or @p address itself: what is no
/// link, or leads nowhere.
[[nodiscard]] SocketAddress followLink(const SocketAddress &address);

/// "absent", "live", "stale", "not-a-socket", "unclear": stable, for --json.
[[nodiscard]] QString stateName(AddressState::Kind kind);
/// "a regular file", "a folder", "a symbolic link", …
[[nodiscard]] QString fileTypeText(AddressState::FileType type);

/// lstat; nothing if nothing is there.
[[nodiscard]] std::optional<FileIdentity> identityOf(const QByteArray &path);

} // namespace Sockeye
