// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/clock.h"

#include <QDateTime>

namespace Sockeye {

namespace {

struct SplitTime
{
    qint64 seconds;
    qint64 nanoseconds;
};

SplitTime split(Timestamp time)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {seconds.time_since_epoch().count(), (time - seconds).count()};
}

QString digits(qint64 number, int width)
{
    return QStringLiteral("%1").arg(number, width, 10, QLatin1Char('0'));
}

} // namespace

SystemClock::SystemClock()
    : m_wallAtStart(
        std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now()))
    , m_steadyAtStart(std::chrono::steady_clock::now())
{ }

Timestamp SystemClock::now() const
{
    return m_wallAtStart
        + std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now()
                                                               - m_steadyAtStart);
}

QString timeOfDay(Timestamp time)
{
    const SplitTime parts = split(time);
    return QDateTime::fromSecsSinceEpoch(parts.seconds).toString(QStringLiteral("HH:mm:ss."))
        + digits(parts.nanoseconds / 1000, 6);
}

QString isoTime(Timestamp time)
{
    const SplitTime parts = split(time);
    return QDateTime::fromSecsSinceEpoch(parts.seconds, Qt::UTC)
               .toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss."))
        + digits(parts.nanoseconds, 9) + QLatin1Char('Z');
}

} // namespace Sockeye
