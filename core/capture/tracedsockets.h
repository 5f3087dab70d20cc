// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/foreignrecorder.h"
#include "core/capture/straceline.h"

#include <map>
#include <memory>
#include <unordered_map>

namespace Sockeye {

struct TracedMessage;

/// Follows the local sockets of traced processes from call to call, and records what goes over
/// them.
///
/// A connection is seen from the end that is traced. Where both are, and it is known that they
/// belong together (a socketpair, or strace -yy), it is one connection: of each byte whoever tells
/// of it first is taken. Sockets that are not AF_UNIX are left alone, as are descriptors of which
/// nothing is known.
class TracedSockets
{
public:
    /// More descriptors, of all processes together, are not followed.
    static constexpr size_t MostDescriptors = 262'144;
    static constexpr size_t MostProcesses = 65'536;
    /// What all forks together may inherit; so that not even a log that was made for it costs more
    /// than the size of the log.
    static constexpr quint64 MostInherited = 16'000'000;

    explicit TracedSockets(ForeignRecorder &recorder);

    /// A call of process @p pid that has returned.
    void apply(Timestamp time, qint64 pid, const StraceCall &call);
    /// A clone, fork or vfork of @p pid has begun: the child may be heard before it returns.
    void expectChild(qint64 pid, bool sharesDescriptors);
    void processEnded(Timestamp time, qint64 pid);
    /// AF_UNIX was met at all.
    [[nodiscard]] bool hasSockets() const { return m_hasSockets; }

private:
    struct Connection;
    struct End;
    struct Slot
    {
        std::shared_ptr<End> end;
        bool closesOnExec = false;
    };
    using Table = std::map<int, Slot>;
    struct Process
    {
        std::shared_ptr<Table> table;
        QString executable;
    };
    using Values = std::vector<StraceValue>;
    using Handler = void (TracedSockets::*)(const StraceCall &call);

    [[nodiscard]] static const std::unordered_map<std::string_view, Handler> &handlers();
    [[nodiscard]] Process &processOf(qint64 pid);
    [[nodiscard]] Process fork(const Process &parent, bool sharesDescriptors);

    void onSocket(const StraceCall &call);
    void onSocketPair(const StraceCall &call);
    void onBind(const StraceCall &call);
    void onName(const StraceCall &call);
    void onConnect(const StraceCall &call);
    void onAccept(const StraceCall &call);
    void onRead(const StraceCall &call);
    void onWrite(const StraceCall &call);
    void onReadVector(const StraceCall &call);
    void onWriteVector(const StraceCall &call);
    void onReceiveMessage(const StraceCall &call);
    void onSendMessage(const StraceCall &call);
    void onReceiveMessages(const StraceCall &call);
    void onSendMessages(const StraceCall &call);
    void onSendFile(const StraceCall &call);
    void onSplice(const StraceCall &call);
    void onShutdown(const StraceCall &call);
    void onClose(const StraceCall &call);
    void onDuplicate(const StraceCall &call);
    void onControl(const StraceCall &call);
    void onClone(const StraceCall &call);
    void onExecute(const StraceCall &call);
    void onNewDescriptor(const StraceCall &call);

    [[nodiscard]] std::shared_ptr<End> movingEnd(const StraceCall &call);
    [[nodiscard]] std::shared_ptr<End> endOf(const Values &arguments, size_t at = 0);
    [[nodiscard]] std::shared_ptr<End> annotated(int fd, const QByteArray &annotation);
    void put(int fd, std::shared_ptr<End> end, bool closesOnExec);
    void remove(Table &table, int fd);
    void release(std::shared_ptr<End> end);
    void remember(const std::shared_ptr<End> &end);
    static void describe(End &end, const QByteArray &annotation);
    void attach(const std::shared_ptr<End> &end, bool isClient, const QString &address);
    [[nodiscard]] bool attachToPeer(const std::shared_ptr<End> &end);

    void sent(const std::shared_ptr<End> &end, const TracedMessage &message);
    void received(const std::shared_ptr<End> &end, const TracedMessage &message);
    void record(Connection &connection, Direction direction, quint64 position,
                const TracedMessage &message);
    void endSending(End &end);
    void endReceiving(End &end);

    ForeignRecorder &m_recorder;
    std::unordered_map<qint64, Process> m_processes;
    std::unordered_map<qint64, std::weak_ptr<End>> m_byInode;
    size_t m_sweepAt = 4096; ///< of m_byInode: when to forget ends that are gone
    qint64 m_lastPid = -1;
    qint64 m_expectingPid = -1; ///< whose child may be heard next
    bool m_expectsSharing = false;
    quint64 m_inherited = 0;
    size_t m_descriptors = 0; ///< in all tables
    bool m_hasSockets = false;
    // of the call at hand
    Timestamp m_time;
    qint64 m_pid = 0;
    Process *m_process = nullptr;
};

} // namespace Sockeye
