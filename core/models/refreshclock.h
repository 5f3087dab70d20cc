// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QObject>
#include <QTimer>

namespace Sockeye {

/// The one timer of a window: thirty times a second it lets models and views look what is new. GUI
/// thread. The rate is the budget (a repaint costs the same for 1 row and for 1,000).
class RefreshClock final : public QObject
{
    Q_OBJECT

public:
    explicit RefreshClock(QObject *parent = nullptr);

    void start();
    void stop();
    /// One tick now: tests drive models by hand.
    void tick() { Q_EMIT ticked(); }

Q_SIGNALS:
    void ticked();

private:
    QTimer m_timer;
};

} // namespace Sockeye
