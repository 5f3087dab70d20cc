// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/accessverdict.h"

namespace Sockeye {

/// The credentials the kernel gives of a peer (SO_PEERCRED, SO_PEERGROUPS; getpeereid on macOS).
struct PeerCredentials
{
    pid_t pid = 0; ///< 0: not known
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
};

/// What the file mode would do, done by Sockeye: for abstract names, which have no mode, and where
/// a platform ignores the mode. A pure function.
class PeerFilter
{
public:
    /// @p owner and @p group: of the server. No class option set admits everybody.
    PeerFilter(AccessOptions options, uid_t owner, gid_t group);

    /// Root is admitted, as CAP_DAC_OVERRIDE would admit him to a file.
    [[nodiscard]] bool admits(const PeerCredentials &peer) const;
    /// "not in group staff": why admits() said no; wording for records and tables.
    [[nodiscard]] QString refusal(const PeerCredentials &peer) const;

private:
    AccessOptions m_options;
    uid_t m_owner;
    gid_t m_group;
};

} // namespace Sockeye
