// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "commandline.h"

namespace Sockeye {

/// To stdout, as UTF-8. The first write that fails is remembered: what comes after it is of no use.
void printText(const QString &text);
void printBytes(const QByteArray &utf8);
void flushOutput();

/// A write failed, or a pipe's reader has gone, which is seen here before the next write. Cheap
/// enough to be asked thirty times a second.
[[nodiscard]] bool isOutputLost();
/// @p status if all of the output was written; else says why it was not: ExitFailed.
[[nodiscard]] int finishOutput(ExitStatus status);

} // namespace Sockeye
