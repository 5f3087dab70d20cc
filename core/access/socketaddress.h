// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/accessoptions.h"

#include <QByteArray>
#include <QStringList>

#include <sys/socket.h>
#include <sys/un.h>

namespace Sockeye {

/// Where a name leads: an absolute path or an abstract name, as bytes. A plain value.
class SocketAddress
{
public:
    enum class Kind { None, Path, Abstract };

    SocketAddress() = default;
    [[nodiscard]] static SocketAddress fromPath(QByteArray path);
    /// @p name without the leading NUL; may hold any bytes.
    [[nodiscard]] static SocketAddress fromAbstract(QByteArray name);
    [[nodiscard]] static SocketAddress fromSockaddr(const sockaddr_un &address, socklen_t length);
    /// What a user types to connect: "@x" is the abstract name x, "/…" a path, anything else is
    /// looked up as QLocalSocket does (under the temporary folder). Backslash escapes as display()
    /// writes them (\xHH, \\) are read back, so that every address can be named.
    [[nodiscard]] static Result<SocketAddress> parse(const QString &text);

    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] bool isValid() const { return m_kind != Kind::None; }
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    /// Path only: the folder it stands in, and its last part.
    [[nodiscard]] QByteArray folder() const;
    [[nodiscard]] QByteArray fileName() const;
    /// For people: "/run/user/1000/api", "@api"; what is not printable UTF-8 is written \xHH.
    [[nodiscard]] QString display() const;
    /// For connect() and bind(). Fails with NameTooLong when the kernel's field is too short.
    [[nodiscard]] Result<socklen_t> toSockaddr(sockaddr_un &address) const;

    friend bool operator==(const SocketAddress &, const SocketAddress &) = default;

private:
    Kind m_kind = Kind::None;
    QByteArray m_bytes;
};

/// What names are resolved against. A value, so that tests do not depend on the environment.
struct NameContext
{
    QByteArray temporaryFolder; ///< QDir::tempPath(): where QLocalServer puts relative names
    QByteArray runtimeFolder; ///< XDG_RUNTIME_DIR; empty if there is none

    [[nodiscard]] static NameContext current();
};

/// The limits that QLocalServer really has (measured with Qt 6.4; in bytes).
constexpr int maxPathBytes = 106; ///< the kernel allows 107, Qt reserves one more
constexpr int maxAbstractBytes = 106;
constexpr int maxFolderBytesWithAccess = 97; ///< access options need ".XXXXXX/s" beside the target

/// Resolves the name of a server as QLocalServer would, and refuses before Qt sees it what Qt would
/// get wrong: every rule of the reference, each with its own problem. Does not look at the disk.
[[nodiscard]] Result<SocketAddress> resolveName(const QString &name, AccessOptions options,
                                                const NameContext &context);

/// A good first name: "<runtimeFolder>/<base>", else a bare name under the temporary folder.
[[nodiscard]] QString suggestedName(const QString &base, const NameContext &context);

/// Bytes for people: printable UTF-8 as it is, everything else as \xHH, backslash doubled.
[[nodiscard]] QString escapedBytes(const QByteArray &bytes);

} // namespace Sockeye
