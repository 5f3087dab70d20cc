// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The window under a flood: a heartbeat of 10 ms in the GUI thread, while four senders fill the
// table with records of 64 bytes and the traffic view follows. Prints how late the heartbeat was.
//
//   bench_window FOLDER [RECORDS]

#include "core/engine/engine.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowstate.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/userprompt.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QSettings>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Sockeye;

namespace {

constexpr int senders = 4;
constexpr int heartbeat = 10; // ms

// A process of its own, forked before any thread exists; sends when it is told to by the pipe.
pid_t forkSender(const std::string &path, int startPipe, quint64 records)
{
    const pid_t pid = ::fork();
    if (pid != 0)
        return pid;
    char go = 0;
    static_cast<void>(::read(startPipe, &go, 1));
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        ::_exit(1);
    char message[64];
    std::memset(message, 'x', sizeof message);
    for (quint64 i = 0; i < records; ++i) {
        if (::send(fd, message, sizeof message, MSG_NOSIGNAL) <= 0)
            ::_exit(1);
    }
    ::pause(); // stays connected, as a client would
    ::_exit(0);
}

class Heartbeat
{
public:
    Heartbeat()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { beat(); });
        m_timer.start(heartbeat);
        m_clock.start();
    }
    void beat()
    {
        const double late = static_cast<double>(m_clock.nsecsElapsed()) / 1e6 - heartbeat;
        m_late.push_back(std::max(0.0, late));
        m_clock.restart();
    }
    void print(const char *when)
    {
        std::sort(m_late.begin(), m_late.end());
        if (m_late.empty())
            return;
        std::printf("  %s: %zu beats, late p50 %.1f ms, p99 %.1f ms, worst %.1f ms\n", when,
                    m_late.size(), m_late[m_late.size() / 2], m_late[m_late.size() * 99 / 100],
                    m_late.back());
        m_late.clear();
        m_clock.restart();
    }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    std::vector<double> m_late;
};

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_window FOLDER [RECORDS]\n");
        return 2;
    }
    const std::string folder = argv[1];
    const quint64 wanted = argc > 2 ? std::stoull(argv[2]) : 2'000'000;
    const std::string path = folder + "/window";
    ::unlink(path.c_str());
    int startPipe[2];
    if (::pipe(startPipe) != 0)
        return 1;
    std::vector<pid_t> children;
    // Half as much again: the flood goes on while the full table is watched.
    for (int i = 0; i < senders; ++i)
        children.push_back(forkSender(path, startPipe[0], wanted * 3 / 2 / senders));

    QApplication application(argc, argv);
    EngineOptions options;
    options.capture.folder = QString::fromStdString(folder);
    auto engine = Engine::create(options);
    if (!engine)
        return 1;
    WindowState state(std::make_unique<QSettings>(QString::fromStdString(folder + "/window.ini"),
                                                  QSettings::IniFormat));
    QtPrompt prompt;
    MainWindow window(**engine, state, prompt);
    window.resize(1440, 880);
    window.show();
    ServerSpec spec;
    spec.name = QString::fromStdString(path);
    spec.answer.kind = AnswerKind::Discard;
    spec.readSize = 64;
    const ServerId id = (*engine)->addServer(spec);
    (*engine)->execute(Command::Start {id});
    window.showServer(id);

    Heartbeat beats;
    QElapsedTimer whole;
    bool full = false;
    QTimer steps;
    QObject::connect(&steps, &QTimer::timeout, &steps, [&] {
        if (!whole.isValid()) {
            const auto servers = (*engine)->servers().servers;
            if (servers.empty() || servers.front().state != ServerState::Listening)
                return;
            beats.print("idle");
            whole.start();
            static_cast<void>(::write(startPipe[1], "gooo", senders));
        }
        const auto rows = static_cast<quint64>(window.trafficView()->model()->rowCount());
        if (!full && rows >= wanted) {
            std::printf("window under a flood, %llu records in the table after %.1f s\n",
                        static_cast<unsigned long long>(rows),
                        static_cast<double>(whole.elapsed()) / 1e3);
            beats.print("while they came");
            full = true;
            whole.restart();
        } else if (full && whole.elapsed() > 5000) {
            beats.print("with the table full");
            std::printf("  (wanted: p99 <= 16 ms, never > 100 ms)\n");
            QCoreApplication::exit(); // quit() would ask the window first, and it asks the user
        }
    });
    QTimer::singleShot(1500, &steps, [&] { steps.start(20); });
    QApplication::exec();
    for (const pid_t pid : children) {
        ::kill(pid, SIGTERM);
        ::waitpid(pid, nullptr, 0);
    }
    return 0;
}
