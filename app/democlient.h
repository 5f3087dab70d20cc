// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>

#include <optional>

namespace Sockeye {

/// What a client of the demo plays.
enum class DemoRole {
    Rpc, ///< JSON-RPC calls, a few a second
    Http, ///< a request every second, on a new connection every now and then
    Database, ///< a binary protocol with statements
    Stranger, ///< another user, who is refused
};

/// How a client process is told its role and where to connect; a name that starts with "@" is
/// abstract.
constexpr char demoRoleVariable[] = "SOCKEYE_DEMO_CLIENT";
constexpr char demoAddressVariable[] = "SOCKEYE_DEMO_ADDRESS";

/// Which role this process was started for; nothing: it is no client.
[[nodiscard]] std::optional<DemoRole> demoRole();
/// Plays until the server is gone or the program that started it ends.
[[nodiscard]] int runDemoClient(DemoRole role);

/// A message of the kind that databases speak: a letter, the length, then the body.
[[nodiscard]] QByteArray databaseMessage(char type, const QByteArray &body);

} // namespace Sockeye
