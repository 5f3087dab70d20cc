// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <QString>

#include <optional>
#include <span>

namespace Sockeye {

class CaptureLog;

/// Which file it is, whatever its name.
struct FileIdentity
{
    quint64 device = 0;
    quint64 inode = 0;

    [[nodiscard]] static std::optional<FileIdentity> of(int descriptor);
    /// Of a link: the link's own.
    [[nodiscard]] static std::optional<FileIdentity> of(const QString &file);

    friend bool operator==(const FileIdentity &, const FileIdentity &) = default;
};

/// Fails with FileUnwritable (EBUSY) if another file may not take the place of @p target, as a
/// capture would be lost with it: it is one of @p sources; or a living log, of whatever process,
/// keeps it as its single file or as any of its segments, or would make its next one there.
///
/// To be asked before anything is written. What is written there all the same a moment later by
/// somebody else nobody can tell.
[[nodiscard]] Result<> checkTarget(const QString &target, std::span<const FileIdentity> sources);
/// The same for what is read from @p log.
[[nodiscard]] Result<> checkTarget(const QString &target, const CaptureLog &log);

} // namespace Sockeye
