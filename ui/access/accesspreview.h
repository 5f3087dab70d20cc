// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/accessverdict.h"
#include "core/access/addressprobe.h"

namespace Sockeye {

/// What the access box asks about.
struct AccessQuestion
{
    SocketAddress address; ///< not valid: only the mode can be told
    AccessOptions options;
    bool enforce = false;
    /// Listening with exactly these options: the rights are known instead of planned.
    std::optional<SocketRights> inForce;
};

/// What the window shows about access before Start: a value, made off the window's thread.
struct AccessPreview
{
    SocketRights rights;
    VerdictSummary verdicts;
    /// What stands at the address already, and what is wrong with its folder; empty: nothing.
    std::optional<Problem> obstacle;
    std::vector<Problem> warnings;
};

/// Looks at the disk, at /proc and at the user database: may block for as long as they do.
[[nodiscard]] AccessPreview previewAccess(const AccessQuestion &question);

/// The warnings that need no disk; @p you: may the user of this window connect.
[[nodiscard]] std::vector<Problem> accessWarnings(const AccessQuestion &question,
                                                  const Verdict &you);

/// The mode line: "srwxrwx---", or what stands for it where there is no file.
[[nodiscard]] QString accessModeText(AccessOptions options, mode_t umask);

/// The answer to "Why can't USER …?" in one sentence, with the step that stops him.
struct WhyAnswer
{
    bool known = false; ///< there is such a user
    bool allowed = false;
    QString text;
};
/// May block (user database, disk).
[[nodiscard]] WhyAnswer whyCannot(const QString &user, const SocketRights &rights);

} // namespace Sockeye
