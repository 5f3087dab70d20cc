// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QLoggingCategory>

namespace Sockeye {

// For developers of Sockeye (QT_LOGGING_RULES="sockeye.*=true"); users read Problems.
// Never log per record: the log of a flood would be a second flood.
Q_DECLARE_LOGGING_CATEGORY(logServer)
Q_DECLARE_LOGGING_CATEGORY(logRelay)
Q_DECLARE_LOGGING_CATEGORY(logCapture)
Q_DECLARE_LOGGING_CATEGORY(logUi)

} // namespace Sockeye
