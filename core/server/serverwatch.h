// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QObject>
#include <QTimer>

#include <memory>

class QFileSystemWatcher;

namespace Sockeye {

/// Says when a listening server should be looked at: QLocalServer has no signal for "closed", and
/// the kernel tells a server nothing when its file is removed.
class ServerWatch final : public QObject
{
    Q_OBJECT

public:
    explicit ServerWatch(QObject *parent = nullptr);
    ~ServerWatch() override;

    /// @p folder: where the socket file stands; empty for abstract and unnamed sockets.
    void begin(const QByteArray &folder);
    void end();

Q_SIGNALS:
    void checkDue();

private:
    void tick();
    void watchFolder();

    QTimer m_timer;
    QString m_folder;
    std::unique_ptr<QFileSystemWatcher> m_watcher;
};

} // namespace Sockeye
