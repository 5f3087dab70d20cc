// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <memory>

class QApplication;

namespace Sockeye {

/// Makes the application and so connects to the display. If that cannot be done the process ends
/// here, with one line on stderr and status 1; Qt alone would end it by abort(), with a core file.
///
/// @p argc and @p argv as QApplication wants them: they outlive it.
[[nodiscard]] std::unique_ptr<QApplication> openDisplay(int &argc, char **argv);

} // namespace Sockeye
