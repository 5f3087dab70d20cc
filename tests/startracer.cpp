// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// One of the programs that race for a name in tst_startrace: startracer ROUNDS. For each round it
// reads "NAME OPTIONS" from stdin, starts, and answers with a line: "won" or the problem's summary.
// A winner listens until the next line comes.

#include "guardedhost.h"

#include <QCoreApplication>
#include <QTextStream>

#include <cstdio>

using namespace Sockeye;

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QTextStream in(stdin);
    QTextStream out(stdout);
    out << "ready" << Qt::endl;
    for (QString line = in.readLine(); !line.isNull(); line = in.readLine()) {
        const QString name = line.section(QLatin1Char(' '), 0, 0);
        const auto access = AccessOptions::parse(line.section(QLatin1Char(' '), 1));
        if (!access)
            return 2;
        GuardedHost host;
        const QString told = host.start(name, *access);
        out << (told.isEmpty() ? QStringLiteral("won") : told) << Qt::endl;
        in.readLine(); // the end of the round
        host.server.stop();
        out << "stopped" << Qt::endl;
    }
    return 0;
}
