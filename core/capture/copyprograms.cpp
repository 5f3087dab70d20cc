// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/copyform.h"
#include "core/capture/quotedbytes.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// Of a record on one line of a program.
constexpr qsizetype bytesPerLine = 64;

using Quote = QByteArray (*)(QByteArrayView);

// Literals side by side are one in Python, C and C++.
QByteArray inLines(const QByteArray &record, const QByteArray &indent, Quote quote)
{
    QByteArray text;
    for (qsizetype at = 0; at < record.size(); at += bytesPerLine) {
        const qsizetype length = std::min(bytesPerLine, record.size() - at);
        text += (at == 0 ? QByteArray() : '\n' + indent)
            + quote(QByteArrayView(record).sliced(at, length));
    }
    return text;
}

QByteArray whatItDoes(const ClientBytes &sent, const QByteArray &begin)
{
    return begin + " Sends what connection " + QByteArray::number(sent.connection.value)
        + " sent to " + commentText(sent.address.display().toUtf8()) + ",\n" + begin
        + " ends sending, and prints the answer. From a capture of Sockeye's.\n";
}

bool isAbstract(const SocketAddress &address)
{
    return address.kind() == SocketAddress::Kind::Abstract;
}

// As it stands in sun_path.
QByteArray kernelBytes(const SocketAddress &address)
{
    return isAbstract(address) ? '\0' + address.bytes() : address.bytes();
}

// socat reads quotes, brackets, commas and backslashes in an address in ways of its own, and no
// argument can hold a NUL: such an address is given as the bytes of the kernel's structure.
QByteArray socatAddress(const SocketAddress &address)
{
    const QByteArray &bytes = address.bytes();
    const bool isPlain =
        isShowableText(bytes) && std::none_of(bytes.begin(), bytes.end(), [](char byte) {
            return QByteArrayView("!\"'(),:;<=>[\\]{}").contains(byte);
        });
    if (isPlain)
        return shellWord((isAbstract(address) ? "ABSTRACT-CONNECT:" : "UNIX-CONNECT:") + bytes);
    QByteArray kernel = kernelBytes(address);
    if (!isAbstract(address))
        kernel += '\0';
    return "SOCKET-CONNECT:1:0:x" + hexDigits(kernel); // PF_UNIX
}

/// A name that QLocalSocket takes as it is: whole UTF-8, and no longer than it allows.
bool isNameForQt(const SocketAddress &address)
{
    return address.bytes().isValidUtf8()
        && address.bytes().size() <= (isAbstract(address) ? maxAbstractBytes : maxPathBytes);
}

constexpr char cmakeLines[] = R"(//
// CMakeLists.txt beside it:
//   cmake_minimum_required(VERSION 3.16)
//   project(send LANGUAGES CXX)
//   set(CMAKE_CXX_STANDARD 17)
//   find_package(Qt6 6.2 REQUIRED COMPONENTS Network)
//   add_executable(send main.cpp)
//   target_link_libraries(send PRIVATE Qt6::Network)
)";

QByteArray connectByName(const SocketAddress &address)
{
    const QByteArray option = isAbstract(address)
        ? "    socket.setSocketOptions(QLocalSocket::AbstractNamespaceOption);\n"
        : "";
    return "    const char address[] =\n        " + inLines(address.bytes(), "        ", cppLiteral)
        + ";\n" + option
        + R"(    socket.connectToServer(QString::fromUtf8(address, sizeof address - 1));
    if (!socket.waitForConnected()) {
        std::fprintf(stderr, "%s\n", qPrintable(socket.errorString()));
        return 1;
    }
)";
}

// A QString cannot hold this address, so that QLocalSocket gets a socket that is connected already.
QByteArray connectByBytes(const SocketAddress &address)
{
    return "    const char address[] = // no text that QLocalSocket could be given\n        "
        + inLines(kernelBytes(address), "        ", cppLiteral) + ";\n" +
        R"(    sockaddr_un to = {};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address, sizeof address - 1);
    const socklen_t length = offsetof(sockaddr_un, sun_path) + sizeof address - 1;
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(descriptor, reinterpret_cast<sockaddr *>(&to), length) != 0) {
        std::perror("connect");
        return 1;
    }
    socket.setSocketDescriptor(descriptor);
)";
}

constexpr char qtBegin[] = R"(#include <QCoreApplication>
#include <QLocalSocket>

#include <cstddef>
#include <cstdio>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

struct Record
{
    const char *bytes;
    qint64 size;
};

static const Record records[] = {
)";

constexpr char qtSend[] = R"(    for (const Record &record : records)
        socket.write(record.bytes, record.size);
    while (socket.bytesToWrite() > 0 && socket.waitForBytesWritten(-1)) { }
    if (socket.bytesToWrite() > 0)
        std::fprintf(stderr, "%s\n", qPrintable(socket.errorString()));
    else // QLocalSocket can end sending only together with receiving
        ::shutdown(static_cast<int>(socket.socketDescriptor()), SHUT_WR);
    do {
        const QByteArray answer = socket.readAll();
        std::fwrite(answer.constData(), 1, static_cast<size_t>(answer.size()), stdout);
    } while (socket.bytesAvailable() > 0 || socket.waitForReadyRead(-1));
    return 0;
}
)";

constexpr char pythonSend[] = R"(]


def print_answer(client):
    while answer := client.recv(65536):
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
    client.connect(address)
    # Beside sending: a server that cannot get rid of its answer need not read on.
    printer = threading.Thread(target=print_answer, args=(client,))
    printer.start()
    for record in records:
        client.sendall(record)
    client.shutdown(socket.SHUT_WR)
    printer.join()
)";

} // namespace

QByteArray toSocat(const ClientBytes &sent)
{
    QByteArray text;
    for (const QByteArray &record : sent.records)
        text += "printf " + printfFormat(record) + '\n';
    if (sent.records.size() > 1)
        text = "{\n" + text + "}\n";
    text.chop(1);
    // It waits so long for the rest of the answer when everything is sent; by itself half a second.
    return text + " | socat -t 10 - " + socatAddress(sent.address) + '\n';
}

QByteArray toPython(const ClientBytes &sent)
{
    QByteArray text = "#!/usr/bin/env python3\n" + whatItDoes(sent, "#")
        + "import socket\nimport sys\nimport threading\n\naddress = "
        + pythonLiteral(kernelBytes(sent.address)) + "\nrecords = [\n";
    for (const QByteArray &record : sent.records)
        text += "    " + inLines(record, "    ", pythonLiteral) + ",\n";
    return text + pythonSend;
}

QByteArray toQt(const ClientBytes &sent)
{
    QByteArray text = whatItDoes(sent, "//") + cmakeLines + '\n' + qtBegin;
    for (const QByteArray &record : sent.records)
        text += "    {" + inLines(record, "     ", cppLiteral) + ",\n     "
            + QByteArray::number(record.size()) + "},\n";
    text += "};\n\nint main(int argc, char **argv)\n{\n"
            "    QCoreApplication application(argc, argv);\n    QLocalSocket socket;\n";
    text += isNameForQt(sent.address) ? connectByName(sent.address) : connectByBytes(sent.address);
    return text + qtSend;
}

} // namespace Sockeye
