// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "display.h"

#include "commandline.h"

#include <QApplication>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace Sockeye {

namespace {

/// What Qt says meanwhile: of a display that cannot be used it takes several lines to say so.
std::vector<QString> held; // NOLINT: a message handler has no object

// Only that a window system is named can be known beforehand; whether anybody answers there, and
// whether a plugin can be loaded for it, Qt alone finds out, and then calls qFatal().
Problem displayProblem()
{
    for (const char *name : {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"}) {
        if (!qEnvironmentVariableIsEmpty(name)) {
            return {ProblemCode::DisplayUnusable,
                    {{QStringLiteral("display"),
                      QLatin1String(name) + QLatin1Char('=') + qEnvironmentVariable(name)}}};
        }
    }
    return {ProblemCode::DisplayMissing};
}

void holdMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (type == QtFatalMsg) // returning from here would mean abort()
        std::_Exit(reportFailure(displayProblem()));
    held.push_back(qFormatLogMessage(type, context, message));
}

} // namespace

std::unique_ptr<QApplication> openDisplay(int &argc, char **argv)
{
    const QtMessageHandler before = qInstallMessageHandler(holdMessage);
    auto application = std::make_unique<QApplication>(argc, argv);
    qInstallMessageHandler(before);
    for (const QString &line : held)
        std::fprintf(stderr, "%s\n", qPrintable(line));
    held.clear();
    return application;
}

} // namespace Sockeye
