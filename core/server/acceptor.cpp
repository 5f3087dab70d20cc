// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/acceptor.h"

#include "core/server/descriptorlimit.h"
#include "core/server/listenproblem.h"

#include <QDeadlineTimer>
#include <QSocketNotifier>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

namespace Sockeye {

namespace {

// So that a storm of clients cannot keep the thread from its timers and commands.
constexpr int acceptsPerTurn = 64;
// Quick at first, as a client that leaves frees a descriptor soon; then four times a second, which
// costs nothing and is well under the second within which accepting must go on.
constexpr int firstRetryPause = 100;
constexpr int laterRetryPause = 250;
constexpr int quickRetries = 10;
// Between two attempts of a caller that blocks.
constexpr qint64 blockedPause = 20;

} // namespace

Acceptor::Acceptor(Deliver deliver, QObject *parent)
    : QObject(parent)
    , m_deliver(std::move(deliver))
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &Acceptor::retry);
}

void Acceptor::open(int fd, const QString &serverName)
{
    close();
    m_fd = fd;
    m_serverName = serverName;
    // Else a client that gives up between poll() and accept() blocks the server thread.
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    m_notifier = new QSocketNotifier(fd, QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &Acceptor::acceptWaiting);
    updateNotifier();
}

void Acceptor::close()
{
    if (m_fd < 0)
        return;
    m_fd = -1;
    m_retry.stop();
    m_trouble.reset();
    m_notifier->setEnabled(false);
    // Not deleted here: this may run under its own signal.
    std::exchange(m_notifier, nullptr)->deleteLater();
}

void Acceptor::setHold(GuardedServer::Hold hold, bool on)
{
    if (hold == GuardedServer::Hold::Descriptors) {
        if (on && m_fd >= 0)
            rest(ProblemCode::DescriptorsExhausted, 0);
        else if (!on)
            retry();
        return;
    }
    m_holds.setFlag(hold, on);
    updateNotifier();
}

GuardedServer::Holds Acceptor::holds() const
{
    GuardedServer::Holds result = m_holds;
    if (m_trouble && m_trouble->code == ProblemCode::DescriptorsExhausted)
        result |= GuardedServer::Hold::Descriptors;
    return result;
}

Result<bool> Acceptor::acceptOne()
{
    const Outcome outcome = takeOne();
    if (outcome == Outcome::Resting)
        return fail(m_trouble.value_or(descriptorsExhausted(m_serverName, 0)));
    return outcome == Outcome::Accepted;
}

bool Acceptor::waitForOne(int milliseconds)
{
    const QDeadlineTimer deadline =
        milliseconds < 0 ? QDeadlineTimer(QDeadlineTimer::Forever) : QDeadlineTimer(milliseconds);
    while (m_fd >= 0 && !m_holds) {
        const Outcome outcome = takeOne();
        if (outcome == Outcome::Accepted)
            return true;
        if (outcome == Outcome::Lost || deadline.hasExpired())
            return false;
        const qint64 left = deadline.isForever() ? -1 : deadline.remainingTime();
        if (outcome == Outcome::Empty) {
            pollfd waiting = {m_fd, POLLIN, 0};
            ::poll(&waiting, 1, static_cast<int>(left));
        } else { // the client is there already: only time can help
            const qint64 pause = left < 0 ? blockedPause : std::min(left, blockedPause);
            ::poll(nullptr, 0, static_cast<int>(pause));
        }
    }
    return false;
}

Acceptor::Outcome Acceptor::takeOne()
{
    for (;;) {
        if (m_fd < 0)
            return Outcome::Lost;
        const int fd = ::accept4(m_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            return refuse(errno);
        }
        // Judged before delivery, which may close it. This client is served all the same: only the
        // next one has to wait, and what the reserve is for can go on.
        const bool isLast = fd >= descriptorCeiling();
        m_deliver(fd);
        if (isLast && m_fd >= 0)
            rest(ProblemCode::DescriptorsExhausted, 0);
        return Outcome::Accepted;
    }
}

Acceptor::Outcome Acceptor::refuse(int errnoValue)
{
    switch (errnoValue) {
    case EAGAIN:
        return Outcome::Empty;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        rest(ProblemCode::DescriptorsExhausted, errnoValue);
        return Outcome::Resting;
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
    case EOPNOTSUPP:
        Q_EMIT lost();
        return Outcome::Lost;
    default:
        // Not known to happen on local sockets. Resting keeps a level-triggered poll from spinning.
        rest(ProblemCode::AcceptFailed, errnoValue);
        return Outcome::Resting;
    }
}

void Acceptor::acceptWaiting()
{
    for (int i = 0; i < acceptsPerTurn; ++i) {
        if (m_fd < 0 || m_holds || m_trouble || takeOne() != Outcome::Accepted)
            return;
    }
}

void Acceptor::rest(ProblemCode code, int errnoValue)
{
    const bool isNew = !m_trouble || m_trouble->code != code;
    if (isNew) {
        endRest();
        m_retries = 0;
        m_trouble = code == ProblemCode::DescriptorsExhausted
            ? descriptorsExhausted(m_serverName, errnoValue)
            : Problem {code, {{QStringLiteral("server"), m_serverName}}, errnoValue};
    }
    updateNotifier();
    if (!m_retry.isActive())
        m_retry.start(m_retries < quickRetries ? firstRetryPause : laterRetryPause);
    if (isNew)
        Q_EMIT problemRaised(*m_trouble);
}

void Acceptor::retry()
{
    if (m_fd < 0 || !m_trouble)
        return;
    ++m_retries;
    const int free = lowestFreeDescriptor();
    if (free < 0 || free >= descriptorCeiling()) {
        m_retry.start(m_retries < quickRetries ? firstRetryPause : laterRetryPause);
        return;
    }
    // One hole is not yet relief: as long as clients take each descriptor that becomes free, the
    // problem stays raised instead of flickering.
    m_retry.stop();
    for (int i = 0; i < acceptsPerTurn && m_fd >= 0 && !m_holds; ++i) {
        const Outcome outcome = takeOne();
        if (m_retry.isActive())
            return; // resting again
        if (outcome != Outcome::Accepted)
            break;
    }
    endRest();
    updateNotifier();
}

void Acceptor::endRest()
{
    m_retry.stop();
    if (!m_trouble)
        return;
    const ProblemCode code = m_trouble->code;
    m_trouble.reset();
    Q_EMIT problemCleared(code);
}

void Acceptor::updateNotifier()
{
    if (m_notifier)
        m_notifier->setEnabled(!m_holds && !m_trouble);
}

} // namespace Sockeye
