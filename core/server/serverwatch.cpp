// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/serverwatch.h"

#include <QFile>
#include <QFileSystemWatcher>

namespace Sockeye {

namespace {

// A change must be told within a second even where inotify says nothing (its limit is reached, the
// file system does not have it, the folder itself was moved). One lstat() each time.
constexpr int checkInterval = 500;

} // namespace

ServerWatch::ServerWatch(QObject *parent)
    : QObject(parent)
{
    m_timer.setInterval(checkInterval);
    connect(&m_timer, &QTimer::timeout, this, &ServerWatch::tick);
}

ServerWatch::~ServerWatch() = default;

void ServerWatch::begin(const QByteArray &folder)
{
    m_folder = QFile::decodeName(folder);
    watchFolder();
    m_timer.start();
}

void ServerWatch::end()
{
    m_timer.stop();
    m_folder.clear();
    if (m_watcher && !m_watcher->directories().isEmpty())
        m_watcher->removePaths(m_watcher->directories());
}

void ServerWatch::tick()
{
    watchFolder();
    Q_EMIT checkDue();
}

void ServerWatch::watchFolder()
{
    if (m_folder.isEmpty())
        return;
    if (!m_watcher) {
        m_watcher = std::make_unique<QFileSystemWatcher>();
        connect(m_watcher.get(), &QFileSystemWatcher::directoryChanged, this,
                &ServerWatch::checkDue);
    }
    // It forgets a folder that was removed or moved; another may stand there now.
    if (m_watcher->directories().isEmpty() && QFile::exists(m_folder))
        m_watcher->addPath(m_folder);
}

} // namespace Sockeye
