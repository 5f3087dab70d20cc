// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QString>

namespace Sockeye {

struct WindowArguments
{
    /// With servers and clients of its own at work, in a folder that goes away with it.
    bool demo = false;
    QString file; ///< a capture to open; empty: none
};

/// Opens the window and runs until it is closed; the exit status.
[[nodiscard]] int runWindow(int argc, char **argv, const WindowArguments &arguments);

} // namespace Sockeye
