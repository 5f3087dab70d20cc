// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <QLocalServer>
#include <QStringList>

#include <optional>

#include <sys/types.h>

namespace Sockeye {

/// The check boxes as a value: options of QLocalServer, and the mode they result in.
/// World is not stored: it is User, Group and Other together, as in QLocalServer::SocketOption.
struct AccessOptions
{
    bool user = false;
    bool group = false;
    bool other = false;
    bool abstract = false;

    [[nodiscard]] static AccessOptions fromSocketOptions(QLocalServer::SocketOptions options);
    [[nodiscard]] QLocalServer::SocketOptions socketOptions() const;

    [[nodiscard]] bool isWorld() const { return user && group && other; }
    /// Any of User, Group, Other: the mode is set by QLocalServer instead of by the umask.
    [[nodiscard]] bool hasClass() const { return user || group || other; }

    /// Permission bits of the socket file that these options make (7 for each class, else 0777
    /// less @p umask); nothing for an abstract name, which has no file.
    /// Source: measured, reference of QLocalServer; modes do not depend on the umask with a class.
    [[nodiscard]] std::optional<mode_t> mode(mode_t umask) const;

    /// Reads "user,group" or "world" (case-insensitive, comma separated; "none" and "" are none).
    [[nodiscard]] static Result<AccessOptions> parse(const QString &text);
    /// "user,group", "world", "world,abstract", "none": what parse() reads.
    [[nodiscard]] QString toString() const;

    friend bool operator==(const AccessOptions &, const AccessOptions &) = default;
};

/// The umask of this process, without changing it (from /proc where possible: umask() itself is a
/// race with other threads).
[[nodiscard]] mode_t currentUmask();

/// "srwxrwx---" for permission bits of a socket.
[[nodiscard]] QString modeText(mode_t mode);

} // namespace Sockeye
