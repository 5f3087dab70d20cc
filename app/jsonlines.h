// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QJsonObject>

namespace Sockeye {

/// Prints one compact object a line to stdout and flushes, so that a pipe's reader sees it at once.
void printJsonLine(const QJsonObject &object);

} // namespace Sockeye
