// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/log.h"

namespace Sockeye {

Q_LOGGING_CATEGORY(logServer, "sockeye.server", QtWarningMsg)
Q_LOGGING_CATEGORY(logRelay, "sockeye.relay", QtWarningMsg)
Q_LOGGING_CATEGORY(logCapture, "sockeye.capture", QtWarningMsg)
Q_LOGGING_CATEGORY(logUi, "sockeye.ui", QtWarningMsg)

} // namespace Sockeye
