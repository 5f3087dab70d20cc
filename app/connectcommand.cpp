// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"

#include "core/relay/answer.h"
#include "core/stream/streamsocket.h"

#include <QFile>

#include <array>
#include <cmath>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace Sockeye {

namespace {

using Outcome = StreamSocket::Transfer::Outcome;

struct ConnectArguments
{
    std::string name;
    std::string sendText;
    std::string sendHex;
    std::string sendFile;
    bool keepOpen = false;
    double timeout = 5;
};

Problem systemProblem(const char *call, int errnoValue)
{
    return {ProblemCode::SystemCallFailed,
            {{QStringLiteral("call"), QString::fromLatin1(call)}},
            errnoValue};
}

// What to send first; nothing: standard input is copied instead.
Result<std::optional<QByteArray>> firstBytes(const ConnectArguments &arguments)
{
    std::optional<QByteArray> bytes;
    if (!arguments.sendText.empty() || !arguments.sendHex.empty()) {
        const Result<QByteArray> given = arguments.sendHex.empty()
            ? bytesFromText(fromArgument(arguments.sendText))
            : bytesFromHex(fromArgument(arguments.sendHex));
        if (!given)
            return fail(given.error());
        bytes = *given;
    } else if (!arguments.sendFile.empty()) {
        QFile file(fromArgument(arguments.sendFile));
        if (!file.open(QIODevice::ReadOnly)) {
            return fail(
                {ProblemCode::FileUnreadable, {{QStringLiteral("file"), file.fileName()}}, errno});
        }
        bytes = file.readAll();
    }
    return bytes;
}

bool writeAll(int fd, const char *data, size_t size)
{
    while (size > 0) {
        const ssize_t written = ::write(fd, data, size);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            data += written;
            size -= static_cast<size_t>(written);
        }
    }
    return true;
}

// Copies both ways until the server has ended. Each way has one buffer, filled only when empty.
class Copier
{
public:
    Copier(const StreamSocket &socket, const std::optional<QByteArray> &first, bool keepOpen)
        : m_socket(socket)
        , m_readsInput(!first.has_value())
        , m_keepOpen(keepOpen)
        , m_out(first.value_or(QByteArray()))
    {
        if (!m_readsInput)
            m_inputEnded = true;
    }

    Result<> run()
    {
        while (true) {
            if (m_inputEnded && m_sent == m_out.size() && !m_shutdown && !m_keepOpen) {
                m_socket.shutdownSending();
                m_shutdown = true;
            }
            const bool wantsInput = m_readsInput && !m_inputEnded && m_sent == m_out.size();
            const bool wantsToSend = m_sent < m_out.size() && !m_cannotSend;
            std::array<pollfd, 2> wait {
                pollfd {m_socket.descriptor(),
                        static_cast<short>(POLLIN | (wantsToSend ? POLLOUT : 0)), 0},
                pollfd {wantsInput ? STDIN_FILENO : -1, POLLIN, 0}};
            if (::poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR)
                return fail(systemProblem("poll", errno));
            if (wait[1].revents != 0)
                readInput();
            if (wait[0].revents & POLLOUT)
                sendSome();
            if (wait[0].revents & (POLLIN | POLLHUP | POLLERR)) {
                const Result<bool> more = receiveSome();
                if (!more)
                    return fail(more.error());
                if (!*more)
                    return {};
            }
        }
    }

private:
    void readInput()
    {
        m_out.resize(64 * 1024);
        const ssize_t size = ::read(STDIN_FILENO, m_out.data(), static_cast<size_t>(m_out.size()));
        m_out.resize(size > 0 ? size : 0);
        m_sent = 0;
        if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN))
            m_inputEnded = true;
    }

    void sendSome()
    {
        const auto rest = std::as_bytes(
            std::span(m_out.constData() + m_sent, static_cast<size_t>(m_out.size() - m_sent)));
        const StreamSocket::Transfer sent = m_socket.send(rest);
        if (sent.outcome == Outcome::Done)
            m_sent += static_cast<qsizetype>(sent.size);
        else if (sent.outcome == Outcome::Failed)
            m_cannotSend = m_inputEnded = true; // what it still answers is read all the same
    }

    // False: the server has ended.
    Result<bool> receiveSome()
    {
        const StreamSocket::Transfer received = m_socket.receive(m_in);
        if (received.outcome == Outcome::End)
            return false;
        if (received.outcome == Outcome::Failed)
            return fail(systemProblem("recv", received.errnoValue));
        if (received.outcome == Outcome::Done
            && !writeAll(STDOUT_FILENO, reinterpret_cast<const char *>(m_in.data()), received.size))
            return fail({ProblemCode::OutputFailed, {}, errno});
        return true;
    }

    const StreamSocket &m_socket;
    const bool m_readsInput;
    const bool m_keepOpen;
    QByteArray m_out;
    qsizetype m_sent = 0;
    std::vector<std::byte> m_in = std::vector<std::byte>(64 * 1024);
    bool m_inputEnded = false;
    bool m_cannotSend = false;
    bool m_shutdown = false;
};

int connectTo(const ConnectArguments &arguments)
{
    const Result<SocketAddress> address = SocketAddress::parse(fromArgument(arguments.name));
    const Result<std::optional<QByteArray>> first = firstBytes(arguments);
    if (!address)
        return reportFailure(address.error(), ExitUsage);
    if (!first) {
        const bool isMistyped = first.error().code == ProblemCode::BadInput;
        return reportFailure(first.error(), isMistyped ? ExitUsage : ExitFailed);
    }
    Result<Descriptor> descriptor =
        connectWithin(*address, static_cast<int>(std::lround(arguments.timeout * 1000)));
    if (!descriptor) {
        static_cast<void>(reportFailure(descriptor.error()));
        return descriptor.error().code == ProblemCode::ConnectTimeout ? ExitTimeout : ExitFailed;
    }
    const StreamSocket socket(std::move(*descriptor));
    const Result<> copied = Copier(socket, *first, arguments.keepOpen).run();
    return copied ? ExitDone : reportFailure(copied.error());
}

} // namespace

void addConnectCommand(CLI::App &app, Runner &run)
{
    CLI::App *command =
        app.add_subcommand("connect", "Connect as a client; standard input and output otherwise");
    auto arguments = std::make_shared<ConnectArguments>();
    command
        ->add_option("NAME", arguments->name,
                     "Path, @abstract, or a name under the temporary folder")
        ->required();
    CLI::Option *text =
        command->add_option("--send", arguments->sendText, "Send this text (\\n, \\xHH)")
            ->type_name("TEXT");
    CLI::Option *hex =
        command->add_option("--send-hex", arguments->sendHex, "Send these bytes")->type_name("HEX");
    CLI::Option *file = command->add_option("--send-file", arguments->sendFile, "Send this file")
                            ->type_name("FILE");
    text->excludes(hex)->excludes(file);
    hex->excludes(file);
    command->add_flag("--keep-open", arguments->keepOpen,
                      "Do not end sending after the last byte (no half close)");
    command
        ->add_option("--timeout", arguments->timeout,
                     "How long to wait for a server whose queue is full: exit status 124")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, 1e6))
        ->capture_default_str();
    command->callback([arguments, &run] { run = [arguments] { return connectTo(*arguments); }; });
}

} // namespace Sockeye
