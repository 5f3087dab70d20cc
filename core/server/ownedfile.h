// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/addressprobe.h"
#include "core/base/descriptor.h"

#include <optional>

namespace Sockeye {

/// Holds on to a file without opening it for anything. While the pin lives its inode number cannot
/// be given to another file, so that an identity compared later means what it says: without it
/// tmpfs and ext4 hand the number of a removed socket to the next file that is made.
class FilePin
{
public:
    /// Nothing if nothing is there or it may not be looked at. Never follows a link.
    [[nodiscard]] static std::optional<FilePin> of(const QByteArray &path);

    [[nodiscard]] const FileIdentity &identity() const { return m_identity; }
    [[nodiscard]] bool isSocket() const;
    [[nodiscard]] mode_t permissions() const { return m_mode & 07777; }
    [[nodiscard]] uid_t owner() const { return m_owner; }

private:
    Descriptor m_file;
    FileIdentity m_identity;
    mode_t m_mode = 0;
    uid_t m_owner = 0;
};

/// Removes the file at @p path only if it is this very file: moves it aside, looks at what was
/// really moved, and puts it back if it is another. The caller pins @p identity.
/// True: it stood there and is gone. False with errno 0: another file, or none, stands there.
[[nodiscard]] bool removeExactly(const QByteArray &path, const FileIdentity &identity);

/// Is what stands at @p address provably another file than the one that the listening socket with
/// the inode @p socket is bound to?
[[nodiscard]] bool isForeignFile(const SocketAddress &address, AccessOptions access, ino_t socket);

/// A socket of our own that takes an address, atomically, before QLocalServer renames its finished
/// socket over it: the rename would replace whatever another program made there in between.
/// Nobody can connect to it (mode 0, not listening). Goes away with the object, if still there.
class Placeholder
{
public:
    Placeholder() = default;
    ~Placeholder();
    Placeholder(const Placeholder &) = delete;
    Placeholder &operator=(const Placeholder &) = delete;

    /// False with errno on failure; EADDRINUSE: something stands there.
    [[nodiscard]] bool take(const SocketAddress &address);

private:
    QByteArray m_path;
    Descriptor m_socket; // keeps the inode, as a FilePin would
    FileIdentity m_identity;
};

} // namespace Sockeye
