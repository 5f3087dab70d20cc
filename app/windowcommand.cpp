// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "windowcommand.h"

#include "commandline.h"
#include "demo.h"
#include "democlient.h"
#include "display.h"
#include "wiring.h"

#include "ui/mainwindow/mainwindow.h"

#include <QApplication>
#include <QIcon>
#include <QTimer>

#include <chrono>

namespace Sockeye {

namespace {

/// How soon a signal ends the program: soon for a person, seldom enough to cost nothing.
constexpr auto endSignalInterval = std::chrono::milliseconds(200);

} // namespace

int runWindow(int argc, char **argv, const WindowArguments &arguments)
{
    // The demo's clients are this program, started anew as processes of their own.
    if (const std::optional<DemoRole> role = demoRole())
        return runDemoClient(*role);

    holdEndSignals();
    const std::unique_ptr<QApplication> application = openDisplay(argc, argv);
    QApplication::setApplicationName(QStringLiteral("sockeye"));
    QApplication::setOrganizationName(QStringLiteral("sockeye"));
    QApplication::setApplicationDisplayName(QStringLiteral("Sockeye"));
    QApplication::setDesktopFileName(QStringLiteral("sockeye"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/sockeye/sockeye.svg")));

    Result<std::unique_ptr<Wiring>> wiring = Wiring::create(*application);
    if (!wiring)
        return reportFailure(wiring.error());
    (*wiring)->show();
    if (!arguments.file.isEmpty())
        (*wiring)->window().openCapture(arguments.file);

    // Destroyed before the engine is: the clients end first, then their server.
    std::unique_ptr<Demo> play;
    if (arguments.demo)
        play = Demo::start((*wiring)->engine(), (*wiring)->window());

    QTimer ends;
    MainWindow &window = (*wiring)->window();
    QObject::connect(&ends, &QTimer::timeout, &window, [&window] {
        if (endWasAsked())
            window.closeUnasked();
    });
    ends.start(endSignalInterval);
    const int status = QApplication::exec();
    play.reset();
    return status;
}

} // namespace Sockeye
