// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/engine/event.h"

#include <QCoreApplication>

#include <cerrno>

namespace Sockeye {

namespace {

QString seconds(std::chrono::nanoseconds duration)
{
    const double value = std::chrono::duration<double>(duration).count();
    return QCoreApplication::translate("Connection", "%1 s")
        .arg(value, 0, 'f',
             value < 0.1       ? 3
                 : value < 100 ? 1
                               : 0);
}

} // namespace

QString connectionText(const ConnectionInfo &info)
{
    const auto tr = [](const char *text) {
        return QCoreApplication::translate("Connection", text);
    };
    switch (info.state) {
    case ConnectionState::Open:
        return tr("open");
    case ConnectionState::EndedByPeer:
        return tr("open, peer sends no more");
    case ConnectionState::EndedByUs:
        return tr("open, we send no more");
    case ConnectionState::Refused:
        return tr("refused: %1").arg(info.refusal);
    case ConnectionState::Closed:
        break;
    }
    const QString after = info.closed ? seconds(*info.closed - info.opened) : QString();
    // One that closes without having read all: its partner reads a reset.
    const QString reset = info.isTapped && info.errnoValue == ECONNRESET
        ? QLatin1Char(' ') + tr("(reset)")
        : QString();
    switch (info.reason) {
    case CloseReason::ByPeer:
        if (info.errnoValue == EPIPE)
            return tr("left after %1 without reading all").arg(after);
        return (info.outgoing ? tr("closed by server after %1") : tr("closed by client after %1"))
                   .arg(after)
            + reset;
    case CloseReason::ByUpstream:
        return tr("closed by server after %1").arg(after) + reset;
    case CloseReason::BySockeye:
        return tr("closed by Sockeye after %1").arg(after);
    case CloseReason::ServerStopped:
        return tr("server stopped after %1").arg(after);
    case CloseReason::Error:
        return tr("broken after %1 (%2)").arg(after, errnoName(info.errnoValue));
    case CloseReason::None:
    case CloseReason::Refused:
        break;
    }
    return tr("closed after %1").arg(after);
}

QString closeReasonName(CloseReason reason)
{
    switch (reason) {
    case CloseReason::None:
        return QStringLiteral("none");
    case CloseReason::ByPeer:
        return QStringLiteral("peer");
    case CloseReason::ByUpstream:
        return QStringLiteral("server");
    case CloseReason::BySockeye:
        return QStringLiteral("sockeye");
    case CloseReason::ServerStopped:
        return QStringLiteral("stopped");
    case CloseReason::Error:
        return QStringLiteral("error");
    case CloseReason::Refused:
        return QStringLiteral("refused");
    }
    Q_UNREACHABLE();
}

} // namespace Sockeye
