// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/system/socketinventory.h"

namespace Sockeye {

/// Something about a socket that its user should know. A plain value.
struct SocketMark
{
    enum class Kind {
        WorldWritable, ///< its mode lets every user connect
        Abstract, ///< it has no permissions at all
        Stale, ///< its file is gone or another one stands there: new clients do not find it
        Tapped, ///< a tap of Sockeye stands in its place
    };

    Kind kind = Kind::WorldWritable;
    /// Unsafe or broken; else it is only good to know.
    bool isWarning = true;
    QString text; ///< the reason, in a sentence

    friend bool operator==(const SocketMark &, const SocketMark &) = default;
};

/// Of those that clients can connect or send to; connected ends have none. Any thread, no I/O.
[[nodiscard]] std::vector<SocketMark> marksOf(const SocketEntry &socket);

/// "world-writable", "abstract", "stale", "tapped": stable, for --json.
[[nodiscard]] QString markName(SocketMark::Kind kind);

/// What kinds of tap can be put on a socket by this process.
struct TapChoice
{
    bool inPlace = false;
    bool beside = false;
    QString reason; ///< why not in place, or not at all, in a sentence; empty if in place is

    friend bool operator==(const TapChoice &, const TapChoice &) = default;
};

/// The rules of SocketTakeover, as far as they can be known without changing anything: it may still
/// refuse. Looks at the rights of the folder; any thread.
[[nodiscard]] TapChoice tapChoice(const SocketEntry &socket);

} // namespace Sockeye
