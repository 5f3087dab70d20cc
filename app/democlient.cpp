// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "democlient.h"

#include "commandline.h"

#include "core/access/socketaddress.h"
#include "core/base/descriptor.h"

#include <QByteArray>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Sockeye {

namespace {

/// The client's side of one conversation, in plain blocking system calls: the demo shows what any
/// program looks like from outside, so its clients share no code with the server.
class DemoConnection
{
public:
    DemoConnection()
    {
        const Result<SocketAddress> address =
            SocketAddress::parse(QString::fromLocal8Bit(qgetenv(demoAddressVariable)));
        sockaddr_un raw = {};
        if (!address)
            return;
        const Result<socklen_t> length = address->toSockaddr(raw);
        m_socket.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!length
            || ::connect(m_socket.get(), reinterpret_cast<const sockaddr *>(&raw), *length) != 0)
            m_socket.reset();
    }

    [[nodiscard]] bool isOpen() const { return m_socket.isValid(); }

    /// Sends and waits for an answer, for @p milliseconds at the most. False: the server is gone.
    bool exchange(const QByteArray &request, int milliseconds)
    {
        if (::send(m_socket.get(), request.constData(), static_cast<size_t>(request.size()),
                   MSG_NOSIGNAL)
            != request.size())
            return false;
        return takeFor(milliseconds);
    }

    /// Reads what comes for that long.
    bool takeFor(int milliseconds)
    {
        pollfd waiting {m_socket.get(), POLLIN, 0};
        if (::poll(&waiting, 1, milliseconds) == 0)
            return true;
        char buffer[4096];
        return ::recv(m_socket.get(), buffer, sizeof buffer, 0) > 0;
    }

    void endSending() { ::shutdown(m_socket.get(), SHUT_WR); }

private:
    Descriptor m_socket;
};

void pause(int milliseconds)
{
    ::poll(nullptr, 0, milliseconds);
}

int playRpc()
{
    DemoConnection server;
    const QByteArray keys[] = {"lamp/kitchen", "heating/hall", "door/front", "blind/south"};
    for (int call = 1; server.isOpen(); ++call) {
        const QByteArray key = keys[call % 4];
        const QByteArray number = QByteArray::number(call);
        const QByteArray request = call % 3 == 0
            ? R"({"jsonrpc":"2.0","id":)" + number + R"(,"method":"put","params":{"key":")" + key
                + R"(","value":)" + QByteArray::number(call * 7 % 100) + "}}\n"
            : R"({"jsonrpc":"2.0","id":)" + number + R"(,"method":"get","params":{"key":")" + key
                + "\"}}\n";
        if (!server.exchange(request, 400))
            break;
        pause(450);
    }
    return ExitDone;
}

int playHttp()
{
    for (;;) {
        DemoConnection server;
        if (!server.isOpen())
            return ExitDone;
        // Keep-alive, as a browser does it, for a while; then a new connection.
        for (int request = 0; request < 20; ++request) {
            const QByteArray target = request % 4 == 3 ? "/v1/metrics" : "/v1/status";
            if (!server.exchange("GET " + target
                                     + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: demo/1.0\r\n"
                                       "Accept: application/json\r\n\r\n",
                                 800))
                return ExitDone;
            pause(900);
        }
        server.endSending();
        server.takeFor(5'000); // until the server ends, too
    }
}

int playDatabase()
{
    DemoConnection server;
    const QByteArray statements[] = {
        "SELECT name, price FROM goods WHERE stock > 0",
        "UPDATE goods SET stock = stock - 1 WHERE id = 17",
        "SELECT count(*) FROM orders WHERE paid",
        "INSERT INTO orders (goods, paid) VALUES (17, false)",
    };
    for (int number = 0; server.isOpen(); ++number) {
        if (!server.exchange(databaseMessage('Q', statements[number % 4] + '\0'), 400))
            break;
        pause(700);
    }
    return ExitDone;
}

int playStranger()
{
    // Comes back now and then, as a program does that was set up for the wrong user.
    for (int visit = 0;; ++visit) {
        DemoConnection server;
        if (!server.isOpen() && visit > 0)
            return ExitDone;
        if (server.isOpen())
            server.exchange("let me in\n", 200);
        pause(visit < 2 ? 4'000 : 30'000);
    }
}

} // namespace

QByteArray databaseMessage(char type, const QByteArray &body)
{
    const auto length = static_cast<quint32>(body.size() + 4);
    QByteArray bytes(1, type);
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>((length >> shift) & 0xff);
    return bytes + body;
}

std::optional<DemoRole> demoRole()
{
    bool isNumber = false;
    const int role = qEnvironmentVariableIntValue(demoRoleVariable, &isNumber);
    if (!isNumber || role < 0 || role > static_cast<int>(DemoRole::Stranger))
        return {};
    return static_cast<DemoRole>(role);
}

int runDemoClient(DemoRole role)
{
    switch (role) {
    case DemoRole::Rpc:
        return playRpc();
    case DemoRole::Http:
        return playHttp();
    case DemoRole::Database:
        return playDatabase();
    case DemoRole::Stranger:
        return playStranger();
    }
    return ExitUsage;
}

} // namespace Sockeye
