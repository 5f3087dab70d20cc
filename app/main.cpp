// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "output.h"
#ifdef SOCKEYE_WITH_UI
#include "windowcommand.h"
#endif

#include <QCoreApplication>
#include <QFileInfo>

#include <cstdio>
#include <sstream>

using namespace Sockeye;

namespace {

// Whatever is no subcommand is taken for a file.
void checkFile(const std::string &file, bool hasCommand)
{
    if (file.empty())
        return;
    if (hasCommand)
        throw CLI::ExtrasError({file});
    if (!QFileInfo(fromArgument(file)).isFile()) {
        throw CLI::ValidationError(file, "is neither a command nor a file that is there");
    }
}

int runApplication(int argc, char **argv)
{
    CLI::App app("Sockeye: serve, watch and test local sockets.", "sockeye");
    app.set_version_flag("--version", "sockeye " SOCKEYE_VERSION);
    app.require_subcommand(0, 1);
    app.footer("Without a command the window opens. Exit status: 0 done, 1 failed, 2 usage, "
               "124 time-out.");
    bool demo = false;
    app.add_flag("--demo", demo, "Open the window with a demo server and clients at work");

    std::string file;
    app.add_option("FILE", file, "Open the window with this capture");

    Runner run;
    addServeCommand(app, run);
    addWaitCommand(app, run);
    addConnectCommand(app, run);
    addTapCommand(app, run);
    addRunCommand(app, run);
    addRecoverCommand(app, run);
    addListCommand(app, run);
    addWhoCommand(app, run);
    addShowCommand(app, run);
    addExportCommand(app, run);
    try {
        app.parse(argc, argv);
        checkFile(file, run != nullptr);
    } catch (const CLI::ParseError &error) {
        std::ostringstream out;
        const int status = app.exit(error, out); // help, version; on stderr what is wrong
        printBytes(QByteArray::fromStdString(out.str()));
        return finishOutput(status == 0 ? ExitDone : ExitUsage);
    }

    prepareProcess();
    if (run) {
        QCoreApplication application(argc, argv);
        return run();
    }
#ifdef SOCKEYE_WITH_UI
    return runWindow(argc, argv, {demo, fromArgument(file)});
#else
    std::fputs("sockeye: this build has no window; see sockeye --help\n", stderr);
    return ExitUsage;
#endif
}

} // namespace

int main(int argc, char **argv)
{
    return runApplication(argc, argv);
}
