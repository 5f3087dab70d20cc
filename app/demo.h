// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"

#include <QObject>
#include <QTemporaryDir>

class QProcess;
class QTimer;

namespace Sockeye {

class MainWindow;

/// "sockeye --demo": two real servers in a private temporary folder, and real client processes that
/// talk to them about ten times a second; one of them is refused. All of it goes with the object.
class Demo final : public QObject
{
    Q_OBJECT

public:
    [[nodiscard]] static std::unique_ptr<Demo> start(Engine &engine, MainWindow &window);
    ~Demo() override;

private:
    explicit Demo(Engine &engine);
    void addServers(MainWindow &window);
    void look();
    void startClients();
    void startClient(const QString &name, int role, const QString &address, bool asStranger);
    void answer(RecordIndex index, ConnectionId to);

    Engine &m_engine;
    QTemporaryDir m_folder;
    QTemporaryDir m_strangersFolder; ///< holds nothing but his program
    ServerId m_open;
    ServerId m_guarded;
    QString m_openAddress;
    QString m_guardedAddress;
    bool m_areClientsStarted = false;
    QTimer *m_looks;
    RecordIndex m_next = 0; ///< the next record to be answered
    quint64 m_epoch = 0;
    std::vector<std::unique_ptr<QProcess>> m_clients;
};

} // namespace Sockeye
