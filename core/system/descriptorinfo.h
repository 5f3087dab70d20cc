// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QString>

namespace Sockeye {

/// What a descriptor is, for people: "file /etc/hosts, read-only", "stream socket /run/api",
/// "pipe:[4711], write-only". Any thread; reads /proc.
[[nodiscard]] QString descriptorText(int fd);

} // namespace Sockeye
