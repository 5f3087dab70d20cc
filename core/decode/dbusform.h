// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QtGlobal>

namespace Sockeye {

/// Frame::form of what makeDBusFramer() finds.
namespace DBusForm {
inline constexpr quint8 Message = 0;
/// A line of authentication: "AUTH EXTERNAL 30". The body is the line without "\r\n", and without
/// the byte 0 that a client sends in front of the first.
inline constexpr quint8 AuthLine = 1;
} // namespace DBusForm

} // namespace Sockeye
