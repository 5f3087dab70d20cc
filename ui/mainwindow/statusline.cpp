// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/statusline.h"

#include "core/models/textformat.h"

#include <QLabel>

namespace Sockeye {

namespace {

constexpr auto measuringTime = std::chrono::milliseconds(500);

} // namespace

QString serversStatus(const StatusFigures &figures)
{
    QStringList parts;
    if (figures.listening > 0)
        parts << StatusLine::tr("%1 listening").arg(figures.listening);
    if (figures.paused > 0) // its address is taken, and clients wait there
        parts << StatusLine::tr("%1 paused").arg(figures.paused);
    if (parts.isEmpty())
        parts << StatusLine::tr("nothing is listening");
    parts << (figures.connections == 1
                  ? StatusLine::tr("1 connection")
                  : StatusLine::tr("%1 connections").arg(numberText(figures.connections)));
    return parts.join(QStringLiteral(" · "));
}

QString captureStatus(const StatusFigures &figures)
{
    const CaptureStatistics &capture = figures.capture;
    const QString used = binarySize(static_cast<quint64>(qMax<qint64>(0, capture.bytesOnDisk)));
    const QString size = capture.limit > 0
        ? StatusLine::tr("capture %1 of %2")
              .arg(used, binarySize(static_cast<quint64>(capture.limit)))
        : StatusLine::tr("capture %1").arg(used);
    QStringList parts {rateText(figures.rate), size,
                       capture.gaps == 1 ? StatusLine::tr("1 gap")
                                         : StatusLine::tr("%1 gaps").arg(numberText(capture.gaps))};
    if (capture.isStalled)
        parts << StatusLine::tr("disk full: senders wait");
    return parts.join(QStringLiteral(" · "));
}

StatusLine::StatusLine(const Engine &engine, QWidget *parent)
    : QStatusBar(parent)
    , m_engine(engine)
    , m_servers(new QLabel(this))
    , m_capture(new QLabel(this))
{
    setSizeGripEnabled(false);
    setContentsMargins(8, 0, 8, 0);
    addWidget(m_servers, 1);
    addPermanentWidget(m_capture);
    m_servers->setText(serversStatus({}));
}

void StatusLine::refresh(const ServersModel &servers)
{
    const Timestamp now = m_engine.clock().now();
    if (m_measured && now - *m_measured < measuringTime)
        return;
    StatusFigures figures;
    quint64 bytes = 0;
    for (int row = 0; row < servers.rowCount(); ++row) {
        const ServerInfo &info = servers.at(row);
        figures.listening += info.state == ServerState::Listening ? 1 : 0;
        figures.paused += info.state == ServerState::Paused ? 1 : 0;
        figures.connections += info.open;
        bytes += info.bytesIn + info.bytesOut;
    }
    // Removing a server takes its bytes away: no rate then, rather than a negative one.
    if (m_measured && bytes >= m_bytes) {
        const std::chrono::duration<double> seconds = now - *m_measured;
        m_rate = static_cast<double>(bytes - m_bytes) / seconds.count();
    }
    m_measured = now;
    m_bytes = bytes;
    figures.rate = m_rate;
    figures.capture = m_engine.capture().statistics();
    m_servers->setText(serversStatus(figures));
    m_capture->setText(captureStatus(figures));
}

QString StatusLine::text() const
{
    return m_servers->text() + QStringLiteral(" · ") + m_capture->text();
}

} // namespace Sockeye
