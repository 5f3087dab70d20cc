// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/peerfilter.h"

#include "core/access/accountnames.h"

#include <QCoreApplication>

#include <algorithm>

namespace Sockeye {

namespace {

enum class PeerClass { Owner, Group, Other };

PeerClass classOf(const PeerCredentials &peer, uid_t owner, gid_t group)
{
    if (peer.uid == owner)
        return PeerClass::Owner;
    if (peer.gid == group
        || std::find(peer.groups.begin(), peer.groups.end(), group) != peer.groups.end())
        return PeerClass::Group;
    return PeerClass::Other;
}

} // namespace

PeerFilter::PeerFilter(AccessOptions options, uid_t owner, gid_t group)
    : m_options(options)
    , m_owner(owner)
    , m_group(group)
{ }

bool PeerFilter::admits(const PeerCredentials &peer) const
{
    if (!m_options.hasClass() || peer.uid == 0)
        return true;
    switch (classOf(peer, m_owner, m_group)) {
    case PeerClass::Owner:
        return m_options.user;
    case PeerClass::Group:
        return m_options.group;
    case PeerClass::Other:
        return m_options.other;
    }
    Q_UNREACHABLE();
}

QString PeerFilter::refusal(const PeerCredentials &peer) const
{
    if (admits(peer))
        return {};
    switch (classOf(peer, m_owner, m_group)) {
    case PeerClass::Owner:
        return QCoreApplication::translate("PeerFilter", "the owner %1 is shut out")
            .arg(userName(m_owner));
    case PeerClass::Group:
        return QCoreApplication::translate("PeerFilter", "members of group %1 are shut out")
            .arg(groupName(m_group));
    case PeerClass::Other:
        break;
    }
    if (!m_options.user)
        return QCoreApplication::translate("PeerFilter", "not in group %1").arg(groupName(m_group));
    if (!m_options.group)
        return QCoreApplication::translate("PeerFilter", "not the owner %1").arg(userName(m_owner));
    return QCoreApplication::translate("PeerFilter", "neither the owner %1 nor in group %2")
        .arg(userName(m_owner), groupName(m_group));
}

} // namespace Sockeye
