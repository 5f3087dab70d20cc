// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The server of tst_descriptorexhaustion, a program of its own with few descriptors:
// limitedserver NAME LIMIT. Commands come as lines on stdin, each is answered by one line.

#include "guardedhost.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

long cpuMilliseconds()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

class LimitedServer : public QObject
{
public:
    QString answer(const QString &command)
    {
        if (command == QLatin1String("fill")) { // the program itself uses up what is left
            for (Descriptor one(::dup(0)); one; one.reset(::dup(0)))
                m_fillers.push_back(std::move(one));
            return QString::number(m_fillers.size());
        }
        if (command == QLatin1String("unfill"))
            m_fillers.clear();
        else if (command == QLatin1String("drop")) // its clients leave
            host.accepted.clear();
        else if (command == QLatin1String("cpu"))
            return QString::number(cpuMilliseconds());
        else if (command == QLatin1String("story"))
            return host.told();
        return QStringLiteral("%1 %2 %3")
            .arg(stateName(host.server.state()))
            .arg(m_total + host.acceptedCount())
            .arg(host.server.holds() ? QStringLiteral("held") : QStringLiteral("open"));
    }

    GuardedHost host;

    void countDropped() { m_total += host.acceptedCount(); }

private:
    std::vector<Descriptor> m_fillers;
    int m_total = 0;
};

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    if (argc != 3)
        return 2;
    const rlimit limit {static_cast<rlim_t>(std::atoi(argv[2])),
                        static_cast<rlim_t>(std::atoi(argv[2]))};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 2;
    LimitedServer server;
    const QString told = server.host.start({.name = QString::fromUtf8(argv[1]), .backlog = 500});
    std::printf("%s\n", told.isEmpty() ? "listening" : qPrintable(told));
    std::fflush(stdout);
    QByteArray input;
    QSocketNotifier commands(0, QSocketNotifier::Read);
    QObject::connect(&commands, &QSocketNotifier::activated, &server, [&] {
        char buffer[256];
        const ssize_t length = ::read(0, buffer, sizeof buffer);
        if (length <= 0)
            return QCoreApplication::exit(0);
        input.append(buffer, length);
        for (qsizetype end = input.indexOf('\n'); end >= 0; end = input.indexOf('\n')) {
            const QString command = QString::fromUtf8(input.left(end));
            if (command == QLatin1String("drop"))
                server.countDropped();
            std::printf("%s\n", qPrintable(server.answer(command)));
            std::fflush(stdout);
            input.remove(0, end + 1);
        }
    });
    return QCoreApplication::exec();
}
