// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"
#include "core/decode/dissection.h"
#include "core/decode/dissectorprocess.h"

#include <functional>

namespace Sockeye {

/// Asks tshark which protocols a TCP stream can be decoded as. Asynchronous, on the thread of the
/// object; output and time are bounded.
class ProtocolLister : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(Result<std::vector<DissectorProtocol>>)>;

    ProtocolLister(QString program, const DissectorLimits &limits, QObject *parent = nullptr);
    ~ProtocolLister() override;

    [[nodiscard]] bool isRunning() const { return m_process != nullptr; }
    /// @p folder: where tshark finds its settings. Only while it is not running. Fails with
    /// ProgramNotStarted or DissectorListFailed.
    void start(const QString &folder, Done done);

private:
    void run(const QStringList &arguments);
    void read();
    void takeEnd();
    void finish(Result<std::vector<DissectorProtocol>> result);

    const QString m_program;
    const DissectorLimits m_limits;
    QString m_folder;
    Done m_done;
    QProcess *m_process = nullptr; ///< owned; null: not running
    QTimer m_deadline;
    QByteArray m_output;
    QByteArray m_protocols;
    bool m_isSecond = false;
};

} // namespace Sockeye
