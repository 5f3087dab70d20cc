// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"
#include "core/engine/command.h"

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
void addExportCommand(CLI::App &app, Runner &run);
void addTapCommand(CLI::App &app, Runner &run);
void addRunCommand(CLI::App &app, Runner &run);
void addRecoverCommand(CLI::App &app, Runner &run);

/// Before anything is opened and any thread is made: SIGPIPE and SIGXFSZ become errors, the
/// standard streams are there, descriptors go up to the hard limit.
void prepareProcess();

/// SIGINT, SIGTERM and SIGHUP wait to be asked for. Before any thread is made.
void holdEndSignals();
/// One of them came since the last call.
[[nodiscard]] bool endWasAsked();

/// Prints "sockeye: …" with what to do, in one line, to stderr; returns @p status.
[[nodiscard]] int reportFailure(const Problem &problem, ExitStatus status = ExitFailed);

/// The argument as the bytes that were typed, without a detour through the locale.
[[nodiscard]] inline QString fromArgument(const std::string &text)
{
    return QString::fromLocal8Bit(text.data(), static_cast<qsizetype>(text.size()));
}

/// What "serve" and "wait" have in common: where and for whom to listen.
struct ListenArguments
{
    std::string name;
    std::string access;
    bool abstractName = false;
    bool enforce = false;
    bool removeStale = false;
    int backlog = 50;
    int descriptor = -1;

    void addTo(CLI::App &command);
    /// Throws a usage error if there is nothing to listen on. For the callback of the command.
    void check() const;
    [[nodiscard]] Result<ServerSpec> spec() const;
};

} // namespace Sockeye
