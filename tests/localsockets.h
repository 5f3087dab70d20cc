// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"
#include "core/base/descriptor.h"
#include "core/base/problem.h"

#include <QByteArray>
#include <QStringList>

#include <functional>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

namespace Sockeye {

// Plain system calls that play the part of other programs, without any code under test.

/// A connected client; not valid (with errno) if it was refused. Never blocks.
[[nodiscard]] Descriptor connectTo(const QByteArray &path);
[[nodiscard]] Descriptor connectToAbstract(const QByteArray &name);
/// 0, or the errno of a connect that is closed at once.
[[nodiscard]] int connectError(const QByteArray &path);

/// Another program's server.
[[nodiscard]] Descriptor foreignServer(const QByteArray &path, int backlog = 5);
/// A socket file that a crashed program left behind.
void makeStaleSocket(const QByteArray &path);

/// "srwxr-xr-x root", "-rw-r--r-- root", "absent": what stands there, links not followed.
[[nodiscard]] QString fileAt(const QByteArray &path);
/// Names in a folder, sorted, hidden ones too.
[[nodiscard]] QStringList namesIn(const QString &folder);

/// "AddressInUse AddressInUseError EADDRINUSE": what a script would see of it.
[[nodiscard]] QString summary(const Problem &problem);

/// A process that was forked off; killed by its id when the object goes, unless it ended.
class ChildProcess
{
public:
    /// @p run's value is the exit status. @p user: changes to that user and group first.
    explicit ChildProcess(const std::function<int()> &run, uid_t user = 0);
    ~ChildProcess();
    ChildProcess(const ChildProcess &) = delete;
    ChildProcess &operator=(const ChildProcess &) = delete;

    [[nodiscard]] pid_t pid() const { return m_pid; }
    /// Exit status, or 128 + the signal that ended it.
    int wait();
    void kill();

private:
    pid_t m_pid = -1;
};

/// fork, run there as that user, wait: the exit status.
int runAs(uid_t user, const std::function<int()> &run);
/// User 65534, whom nothing belongs to.
constexpr uid_t nobodyUser = 65534;
[[nodiscard]] bool isRoot();

/// Leaves this process exactly so many free descriptors, as long as it lives.
class FewDescriptors
{
public:
    explicit FewDescriptors(int free);
    ~FewDescriptors();
    FewDescriptors(const FewDescriptors &) = delete;
    FewDescriptors &operator=(const FewDescriptors &) = delete;

private:
    rlimit m_before = {};
    std::vector<Descriptor> m_fillers;
};

/// A pair of pipe ends: one process waits, another lets it go on.
class Gate
{
public:
    Gate();
    /// Blocks until open() or until the other end is gone.
    void pass();
    void open();

private:
    Descriptor m_in;
    Descriptor m_out;
};

} // namespace Sockeye
