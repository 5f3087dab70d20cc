// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QJsonObject>
#include <QObject>
#include <QProcess>
#include <QTimer>

#include <chrono>
#include <vector>

namespace Sockeye {

struct DissectorLimits
{
    /// For one question, and for starting to answer at all. A large message is dissected anew for
    /// each question about it, which takes the dissector a second for some MiB.
    std::chrono::milliseconds answer {20'000};
    /// For loading a file, beside a second for each loadedPerSecond bytes: measured were 5 MB/s
    /// where packets are small, and a machine may be busy.
    std::chrono::milliseconds load {60'000};
    qint64 loadedPerSecond = 500'000;
    /// Bytes of one answer. A longer one is thrown away while it comes.
    qsizetype longestAnswer = 32 * 1024 * 1024;
    /// Bytes of address space that the process may have: measured were 640 bytes a packet, so this
    /// is enough for some 5 million.
    quint64 memory = quint64 {4} * 1024 * 1024 * 1024;

    friend bool operator==(const DissectorLimits &, const DissectorLimits &) = default;
};

/// One process of sharkd in console mode: questions in, answers out, a line of JSON-RPC 2.0 each.
/// Asynchronous, on the thread of the object. Whatever the process says or does not say, this comes
/// to an end in bounded time and memory.
class DissectorProcess : public QObject
{
    Q_OBJECT

public:
    enum class Failure {
        NotStarted,
        Ended, ///< of itself, or killed
        TooSlow, ///< the process is killed then
        Nonsense, ///< likewise: who is out of step is of no use any more
        TooLong, ///< an answer; the process is well
    };
    Q_ENUM(Failure)

    struct Call
    {
        QString method;
        QJsonObject parameters = {};
    };

    DissectorProcess(QString program, const DissectorLimits &limits, QObject *parent = nullptr);
    /// Kills the process and waits for its end, which a killed process does not put off.
    ~DissectorProcess() override;

    /// @p folder: where it finds its settings, and where it runs.
    void start(const QString &folder);
    /// Kills it; nothing is signalled.
    void stop();
    [[nodiscard]] bool isRunning() const { return m_process != nullptr; }
    [[nodiscard]] bool isBusy() const { return !m_answers.empty(); }
    /// 0: not running.
    [[nodiscard]] qint64 processId() const;

    /// Sends @p calls, one behind the other. Only while it is running and not busy. They are
    /// answered when the last one is: sharkd says nothing to "load" of a file that is cut short.
    void ask(const std::vector<Call> &calls, std::chrono::milliseconds limit);

Q_SIGNALS:
    /// For each call the whole answer: an object with "result" or "error", or an empty one.
    void answered(const std::vector<QJsonObject> &answers);
    /// What was asked will not be answered; also when the process ends while nothing is asked.
    void failed(Sockeye::DissectorProcess::Failure failure);

private:
    void read();
    void gather(QByteArrayView bytes);
    void endLine();
    void take(const QByteArray &line);
    void end(Failure failure);

    const QString m_program;
    const DissectorLimits m_limits;
    QProcess *m_process = nullptr; ///< owned; null: not running
    QTimer m_deadline;
    QByteArray m_line; ///< what has come of a line
    bool m_isTooLong = false; ///< the rest of the line is thrown away
    qint64 m_firstId = 1; ///< of what was asked last
    qint64 m_nextId = 1;
    std::vector<QJsonObject> m_answers; ///< to what was asked last; empty: nothing is asked
};

/// For a child of ours, before it runs: it may have so much address space, leaves no core file with
/// what was captured, and stands back for others.
void confineDissector(QProcess &process, quint64 memory);
/// Kills @p process, of which @p listener hears nothing any more, and deletes it when it has ended.
void discardProcess(QProcess *process, const QObject *listener);
/// Kills the processes that are children of @p parent and waits for their end. For its destructor.
void awaitProcesses(const QObject &parent);

} // namespace Sockeye
