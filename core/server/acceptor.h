// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"
#include "core/server/guardedserver.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <optional>

class QSocketNotifier;

namespace Sockeye {

/// Accepts on a listening descriptor in place of QLocalServer, which answers a failed accept by
/// closing itself and deleting its socket file, without a signal (measured). Here a client that
/// cannot be accepted stays in the backlog: with no descriptors left accepting rests, costs no CPU,
/// and goes on by itself.
class Acceptor final : public QObject
{
    Q_OBJECT

public:
    /// Takes over an accepted descriptor. May close() the acceptor or change its holds.
    using Deliver = std::function<void(int fd)>;

    explicit Acceptor(Deliver deliver, QObject *parent = nullptr);

    /// @p fd stays the caller's, is made non-blocking, and is not used after close().
    void open(int fd, const QString &serverName);
    void close();

    /// User and MaximumConnections rest until they are taken away; Descriptors ends by itself.
    void setHold(GuardedServer::Hold hold, bool on);
    [[nodiscard]] GuardedServer::Holds holds() const;

    /// One waiting client, whatever the holds; false: nobody waits.
    [[nodiscard]] Result<bool> acceptOne();
    /// Blocks without an event loop. False at once if a hold keeps clients waiting.
    [[nodiscard]] bool waitForOne(int milliseconds);

Q_SIGNALS:
    void problemRaised(const Sockeye::Problem &problem);
    void problemCleared(Sockeye::ProblemCode code);
    /// The descriptor is no listening socket any more.
    void lost();

private:
    enum class Outcome { Accepted, Empty, Resting, Lost };

    Outcome takeOne();
    Outcome refuse(int errnoValue);
    void acceptWaiting();
    void rest(ProblemCode code, int errnoValue);
    void retry();
    void endRest();
    void updateNotifier();

    Deliver m_deliver;
    QString m_serverName;
    int m_fd = -1;
    QSocketNotifier *m_notifier = nullptr; // a child
    QTimer m_retry;
    int m_retries = 0;
    GuardedServer::Holds m_holds;
    std::optional<Problem> m_trouble; // why accepting rests
};

} // namespace Sockeye
