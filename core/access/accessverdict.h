// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"

#include <vector>

namespace Sockeye {

/// Somebody who wants to connect.
struct Subject
{
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups; ///< supplementary, in any order
    bool overridesRights = false; ///< CAP_DAC_OVERRIDE, as root usually has

    [[nodiscard]] static Subject self(); ///< effective ids and capabilities of this process
    /// From the user database; @p name may be a number.
    [[nodiscard]] static Result<Subject> ofUser(const QString &name);
    [[nodiscard]] bool isInGroup(gid_t gid) const;
};

/// A socket as it is or would be.
struct SocketRights
{
    SocketAddress address;
    uid_t owner = 0;
    gid_t group = 0;
    mode_t mode = 0; ///< permission bits; meaningless for an abstract name
    /// Sockeye itself closes peers that these options exclude (see peerfilter.h).
    std::optional<AccessOptions> enforced;

    /// The socket that listening at @p address with @p options would make in this process: owner
    /// and group as the kernel would set them (set-group-id folders give theirs), mode by options,
    /// umask.
    [[nodiscard]] static SocketRights planned(const SocketAddress &address, AccessOptions options,
                                              mode_t umask, bool enforce);
};

/// May a subject connect, and if not, which step stops him.
struct Verdict
{
    enum class Stop {
        None,
        FolderSearch, ///< no x right on step
        SocketWrite, ///< no w right on the socket itself
        FolderMissing,
        Enforced, ///< accepted by the kernel, closed by Sockeye before a byte is read
        NotSeen, ///< this process may not look into step, so what lies behind it is not known
    };

    bool allowed = false;
    Stop stop = Stop::None;
    QByteArray step; ///< the folder or socket that stops him
    mode_t stepMode = 0; ///< its mode and owner, for the explanation
    uid_t stepOwner = 0;
    gid_t stepGroup = 0;
    /// The step (or, where it is allowed, any of them) carries a POSIX ACL that says more than its
    /// mode: the verdict may differ.
    bool hasAcl = false;
};

/// POSIX rules: classes are exclusive (owner, else group, else other), each parent needs x, the
/// socket needs w. Reads the parents' rights from the disk (follows links in the folder's path as
/// the kernel does).
[[nodiscard]] Verdict verdictFor(const Subject &subject, const SocketRights &rights);

/// The verdicts that the window shows: "you", the group (any member who is not the owner), and
/// everybody else.
struct VerdictSummary
{
    Verdict you;
    Verdict group;
    Verdict others;
    QString groupName;
    int groupMembers = -1; ///< users in that group; -1: not known
    /// The group's only member is you: its verdict is for nobody.
    bool isGroupOnlyYou = false;
};
[[nodiscard]] VerdictSummary summarize(const Subject &you, const SocketRights &rights);

/// "none", "folder-search", "socket-write", "folder-missing", "enforced", "not-seen": stable, for
/// --json.
[[nodiscard]] QString stopName(Verdict::Stop stop);
/// "may not search /root (drwx------ root root)"; empty if allowed.
[[nodiscard]] QString verdictText(const Verdict &verdict);

} // namespace Sockeye
