// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/refreshclock.h"

namespace Sockeye {

constexpr int ticksPerSecond = 30;

RefreshClock::RefreshClock(QObject *parent)
    : QObject(parent)
{
    m_timer.setInterval(1000 / ticksPerSecond);
    connect(&m_timer, &QTimer::timeout, this, &RefreshClock::ticked);
}

void RefreshClock::start()
{
    m_timer.start();
}

void RefreshClock::stop()
{
    m_timer.stop();
}

} // namespace Sockeye
