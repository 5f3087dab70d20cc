// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "output.h"

#include <cerrno>
#include <cstdio>

#include <poll.h>
#include <unistd.h>

namespace Sockeye {

namespace {

/// Of the first write that failed; as stdout there is one of it.
int outputErrno = 0; // NOLINT

void remember(bool isWritten)
{
    if (!isWritten && outputErrno == 0)
        outputErrno = errno != 0 ? errno : EIO;
}

} // namespace

void printText(const QString &text)
{
    printBytes(text.toUtf8());
}

void printBytes(const QByteArray &utf8)
{
    const auto size = static_cast<size_t>(utf8.size());
    remember(std::fwrite(utf8.constData(), 1, size, stdout) == size);
}

void flushOutput()
{
    remember(std::fflush(stdout) == 0);
}

bool isOutputLost()
{
    pollfd output {.fd = STDOUT_FILENO, .events = 0, .revents = 0};
    if (::poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0) {
        errno = EPIPE;
        remember(false);
    }
    return outputErrno != 0;
}

int finishOutput(ExitStatus status)
{
    flushOutput();
    if (outputErrno == 0)
        return status;
    return reportFailure({ProblemCode::OutputFailed, {}, outputErrno});
}

} // namespace Sockeye
