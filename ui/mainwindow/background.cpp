// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/background.h"

namespace Sockeye {

Background::Background(const QString &name)
    : m_worker(std::make_unique<QObject>())
    , m_reply(std::make_unique<QObject>())
{
    m_thread.setObjectName(name);
    m_worker->moveToThread(&m_thread);
    m_thread.start(QThread::LowPriority);
}

Background::~Background()
{
    m_thread.quit();
    m_thread.wait();
    // The worker's event loop is over: what is still queued for it goes with it, unrun.
}

void Background::post(std::function<void()> job)
{
    QMetaObject::invokeMethod(m_worker.get(), std::move(job), Qt::QueuedConnection);
}

} // namespace Sockeye
