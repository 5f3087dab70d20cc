// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"
#include "core/relay/socketswap.h"

#include <memory>
#include <vector>

#include <sys/types.h>

namespace Sockeye {

/// Where a take-over finds what it needs. A plain value; empty fields: the defaults.
struct TakeoverPlaces
{
    QByteArray guardian; ///< the program; default: beside this program, or in ../libexec/sockeye
    QByteArray registry; ///< folder that lists the taps of this user; default: the state folder

    [[nodiscard]] static TakeoverPlaces usual();
};

/// A socket in use by another program, with a listening socket of ours in its place: same owner,
/// group, mode and access list. Swapped by an atomic exchange, so that no client ever finds
/// nothing; journalled before the first change; watched by a guardian process that puts the
/// original back when this process dies. Refuses rather than leaving a hole.
///
/// Lives on one thread. Blocks for the disk (fsync) and for the start of the guardian.
class SocketTakeover
{
public:
    [[nodiscard]] static Result<std::unique_ptr<SocketTakeover>>
    begin(const SocketAddress &address, const TakeoverPlaces &places);
    /// end()s.
    ~SocketTakeover();
    SocketTakeover(const SocketTakeover &) = delete;
    SocketTakeover &operator=(const SocketTakeover &) = delete;

    /// The original stands in its place again, or whatever others have put there since. Our
    /// listening socket stays open, so that who came through it can still be served. Idempotent.
    /// AddressReplaced: somebody's file stands there, and the original is left beside it.
    [[nodiscard]] Result<> end();

    [[nodiscard]] int listener() const { return m_listener.get(); }
    [[nodiscard]] int socketType() const { return m_type; }
    [[nodiscard]] mode_t mode() const { return m_mode; }
    /// Holds the original by an O_PATH descriptor, wherever it is moved.
    [[nodiscard]] std::shared_ptr<const Descriptor> original() const { return m_original; }
    /// Our socket stands at the address.
    [[nodiscard]] bool isInPlace() const;
    /// Readable when the guardian has ended.
    [[nodiscard]] int guardianPipe() const { return m_fromGuardian.get(); }
    /// A new guardian for one that has ended.
    [[nodiscard]] Result<> restartGuardian();

private:
    SocketTakeover() = default;
    [[nodiscard]] Result<> prepare(const SocketAddress &address, const TakeoverPlaces &places);
    [[nodiscard]] Result<> lookAtOriginal();
    [[nodiscard]] Result<> claimFolder();
    [[nodiscard]] Result<> makeListener();
    [[nodiscard]] Result<> startGuardian();
    [[nodiscard]] Result<> exchange();
    void dismissGuardian();
    [[nodiscard]] Problem failure(ProblemCode code, int errnoValue = 0) const;

    SocketAddress m_address;
    TakeoverPlaces m_places;
    SwapRecord m_record;
    Descriptor m_folder; ///< locked
    std::shared_ptr<const Descriptor> m_original;
    Descriptor m_listener;
    Descriptor m_toGuardian;
    Descriptor m_fromGuardian;
    pid_t m_guardian = -1;
    int m_type = 0;
    int m_backlog = 50;
    mode_t m_mode = 0;
    uid_t m_owner = 0;
    gid_t m_group = 0;
    bool m_hasFolder = false;
    bool m_isOver = false;
};

/// What recoverTaps() found at one address.
struct RecoveredTap
{
    QString address; ///< displayable
    QString aside; ///< displayable: where the original stands if it could not be put back
    Restored result = Restored::NothingToDo;
    int errnoValue = 0;
    bool isAlive = false; ///< a tap that is at work: left alone
};

/// Puts back what taps have left behind whose process and guardian are both dead: those that
/// @p registry lists or, if @p address is valid, that one.
[[nodiscard]] std::vector<RecoveredTap> recoverTaps(const QByteArray &registry,
                                                    const SocketAddress &address = {});

} // namespace Sockeye
