// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <CLI/CLI.hpp>

#include <functional>

namespace Sockeye {

/// Exit statuses, stable for scripts.
enum ExitStatus : int { ExitDone = 0, ExitFailed = 1, ExitUsage = 2, ExitTimeout = 124 };

/// What the chosen subcommand will do once the command line is read; returns the exit status.
using Runner = std::function<int()>;

// Each subcommand adds itself and sets the runner when it is chosen. A file per subcommand.
void addServeCommand(CLI::App &app, Runner &run);
void addWaitCommand(CLI::App &app, Runner &run);
void addConnectCommand(CLI::App &app, Runner &run);
void addListCommand(CLI::App &app, Runner &run);
void addWhoCommand(CLI::App &app, Runner &run);
void addShowCommand(CLI::App &app, Runner &run);

/// Prints "sockeye: …" with what to do, in one line, to stderr; returns ExitFailed.
[[nodiscard]] int reportFailure(const Problem &problem);

/// The argument as the bytes that were typed, without a detour through the locale.
[[nodiscard]] inline QString fromArgument(const std::string &text)
{
    return QString::fromLocal8Bit(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace Sockeye
