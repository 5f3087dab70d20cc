// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QtGlobal>

namespace Sockeye {

/// Frame::form of a D-Bus frame: a connection begins with lines of SASL, and only BEGIN ends them.
enum class DBusForm : quint8 {
    Message = 0,
    SaslLine = 1, ///< the line without its \r\n; the first one of a client has a byte 0 in front
};

} // namespace Sockeye
