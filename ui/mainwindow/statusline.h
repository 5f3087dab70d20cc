// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/serversmodel.h"

#include <QStatusBar>

class QLabel;

namespace Sockeye {

/// The figures of the status bar. A plain value.
struct StatusFigures
{
    int listening = 0;
    int paused = 0;
    quint64 connections = 0; ///< open now
    double rate = 0; ///< bytes a second, both directions
    CaptureStatistics capture;
};

/// "2 listening · 1 paused · 41 connections"
[[nodiscard]] QString serversStatus(const StatusFigures &figures);
/// "120 MB/s · capture 1.2 of 8 GiB · 0 gaps"
[[nodiscard]] QString captureStatus(const StatusFigures &figures);

/// Totals of all servers, twice a second.
class StatusLine final : public QStatusBar
{
    Q_OBJECT

public:
    explicit StatusLine(const Engine &engine, QWidget *parent = nullptr);

    /// On every tick; looks at the engine twice a second, as nobody reads faster.
    void refresh(const ServersModel &servers);
    [[nodiscard]] QString text() const;

private:
    const Engine &m_engine;
    QLabel *m_servers;
    QLabel *m_capture;
    std::optional<Timestamp> m_measured;
    quint64 m_bytes = 0;
    double m_rate = 0;
};

} // namespace Sockeye
