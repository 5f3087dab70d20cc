// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/relay/upstream.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Sockeye {

namespace {

// The C library changes the credentials of all threads; the kernel those of one.
long setEffectiveUser(uid_t user)
{
    return ::syscall(SYS_setresuid, -1, user, -1);
}

long setEffectiveGroup(gid_t group)
{
    return ::syscall(SYS_setresgid, -1, group, -1);
}

long setGroups(const std::vector<gid_t> &groups)
{
    return ::syscall(SYS_setgroups, groups.size(), groups.data());
}

/// The calling thread is somebody else while it lives.
class Disguise
{
public:
    explicit Disguise(const PeerCredentials &as)
    {
        if (::geteuid() != 0 || as.pid <= 0 || (as.uid == 0 && as.gid == ::getegid()))
            return;
        m_group = ::getegid();
        m_isDumpable = ::prctl(PR_GET_DUMPABLE);
        m_groups.resize(static_cast<size_t>(std::max(0, ::getgroups(0, nullptr))));
        if (::getgroups(static_cast<int>(m_groups.size()), m_groups.data()) < 0)
            return;
        m_isOn = true;
        // Whatever of it is refused: the connection is made with what is left.
        setGroups(as.groups);
        setEffectiveGroup(as.gid);
        setEffectiveUser(as.uid);
    }
    ~Disguise()
    {
        if (!m_isOn)
            return;
        setEffectiveUser(0);
        setEffectiveGroup(m_group);
        setGroups(m_groups);
        ::prctl(PR_SET_DUMPABLE, m_isDumpable); // the kernel took it away with the user
    }
    Disguise(const Disguise &) = delete;
    Disguise &operator=(const Disguise &) = delete;

private:
    bool m_isOn = false;
    gid_t m_group = 0;
    int m_isDumpable = 1;
    std::vector<gid_t> m_groups;
};

} // namespace

Result<Descriptor> connectUpstream(const Upstream &upstream, const PeerCredentials &client)
{
    SocketAddress target = upstream.address;
    if (upstream.file)
        target =
            SocketAddress::fromPath("/proc/self/fd/" + QByteArray::number(upstream.file->get()));
    const Disguise disguise(client);
    Result<Descriptor> connected = tryConnect(target, upstream.socketType);
    if (!connected) // not by the name that only this process knows
        connected.error().args[QStringLiteral("address")] = upstream.address.display();
    return connected;
}

} // namespace Sockeye
