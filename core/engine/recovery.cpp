// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/recovery.h"

#include "core/server/sockettakeover.h"

namespace Sockeye {

std::vector<TapRecovery> recoverDeadTaps(const QString &address)
{
    SocketAddress only;
    if (!address.isEmpty()) {
        const Result<SocketAddress> parsed = SocketAddress::parse(address);
        if (!parsed)
            return {{address, false, false, parsed.error()}};
        only = *parsed;
    }
    std::vector<TapRecovery> result;
    for (const RecoveredTap &tap : recoverTaps(TakeoverPlaces::usual().registry, only)) {
        TapRecovery one {tap.address, tap.isAlive, tap.result == Restored::Done, {}};
        if (tap.result == Restored::Foreign || tap.result == Restored::Failed) {
            one.problem = Problem {
                ProblemCode::TapNotRestored,
                {{QStringLiteral("address"), tap.address}, {QStringLiteral("aside"), tap.aside}},
                tap.errnoValue};
        }
        result.push_back(one);
    }
    return result;
}

} // namespace Sockeye
