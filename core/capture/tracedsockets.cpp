// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// More lines than other files have: one small function a system call, and all of them change the
// same few tables.

#include "core/capture/tracedsockets.h"

#include "core/base/byteview.h"
#include "core/capture/tracedmessage.h"

#include <algorithm>

namespace Sockeye {

namespace {

constexpr size_t leastSweep = 4096;

Direction opposite(Direction direction)
{
    return direction == Direction::ToServer ? Direction::ToClient : Direction::ToServer;
}

const StraceValue *argument(const std::vector<StraceValue> &values, size_t at)
{
    return at < values.size() ? &values[at] : nullptr;
}

QByteArray wordAt(const std::vector<StraceValue> &values, size_t at)
{
    const StraceValue *value = argument(values, at);
    return value && value->kind == StraceValue::Word ? value->text : QByteArray();
}

/// What the call moved from or to its second argument, as @p add reads that.
TracedMessage moved(const StraceCall &call,
                    void (TracedMessage::*add)(const StraceValue *, quint64))
{
    TracedMessage message;
    (message.*add)(argument(call.arguments, 1), static_cast<quint64>(call.result));
    return message;
}

std::optional<int> toDescriptor(const StraceValue &value)
{
    const auto number = value.number();
    if (!number || *number < 0 || *number > INT32_MAX)
        return std::nullopt;
    return static_cast<int>(*number);
}

// Escaped as addresses are everywhere: bytes that are no text must still differ.
QString shownPath(const QByteArray &path, bool isAbstract)
{
    QString text = isAbstract ? QStringLiteral("@") : QString();
    const qsizetype end = isAbstract ? -1 : path.indexOf('\0');
    return text
        + QString::fromUtf8(end < 0 ? path : path.first(end)).replace(QChar(0), QLatin1Char('@'));
}

// Of a struct sockaddr; nothing unless it is AF_UNIX. Without a name it is empty.
std::optional<QString> socketName(const StraceValue *value)
{
    if (!value || value->kind != StraceValue::List)
        return std::nullopt;
    const StraceValue *family = value->member("sa_family");
    if (!family || (family->text != "AF_UNIX" && family->text != "AF_LOCAL"))
        return std::nullopt;
    const StraceValue *path = value->member("sun_path");
    return path && path->kind == StraceValue::String ? shownPath(path->text, path->isAbstract)
                                                     : QString();
}

} // namespace

/// Of one direction: how far each end has told of it.
struct TracedStream
{
    quint64 sent = 0;
    quint64 received = 0;
    quint64 recorded = 0;
    bool hasEnded = false;
};

struct TracedSockets::Connection
{
    std::unique_ptr<CaptureStream> stream;
    TracedStream directions[2];
};

struct TracedSockets::End
{
    QString address; ///< that it is bound to
    qint64 inode = 0; ///< 0: not known
    qint64 peer = 0; ///< the other end's inode
    std::shared_ptr<Connection> connection; ///< null: it has none yet
    std::weak_ptr<End> other; ///< if it is traced, too
    Direction sending = Direction::ToServer;
    size_t holders = 0; ///< descriptors, in all tables
    qint64 pid = 0; ///< of the process that made it
};

TracedSockets::TracedSockets(ForeignRecorder &recorder)
    : m_recorder(recorder)
{ }

const std::unordered_map<std::string_view, TracedSockets::Handler> &TracedSockets::handlers()
{
    using Self = TracedSockets;
    static const std::unordered_map<std::string_view, Handler> all = {
        {"socket", &Self::onSocket},
        {"socketpair", &Self::onSocketPair},
        {"bind", &Self::onBind},
        {"getsockname", &Self::onName},
        {"connect", &Self::onConnect},
        {"accept", &Self::onAccept},
        {"accept4", &Self::onAccept},
        {"read", &Self::onRead},
        {"recv", &Self::onRead},
        {"recvfrom", &Self::onRead},
        {"write", &Self::onWrite},
        {"send", &Self::onWrite},
        {"sendto", &Self::onWrite},
        {"readv", &Self::onReadVector},
        {"writev", &Self::onWriteVector},
        {"recvmsg", &Self::onReceiveMessage},
        {"sendmsg", &Self::onSendMessage},
        {"recvmmsg", &Self::onReceiveMessages},
        {"recvmmsg_time64", &Self::onReceiveMessages},
        {"sendmmsg", &Self::onSendMessages},
        {"sendfile", &Self::onSendFile},
        {"sendfile64", &Self::onSendFile},
        {"splice", &Self::onSplice},
        {"shutdown", &Self::onShutdown},
        {"close", &Self::onClose},
        {"dup", &Self::onDuplicate},
        {"dup2", &Self::onDuplicate},
        {"dup3", &Self::onDuplicate},
        {"fcntl", &Self::onControl},
        {"fcntl64", &Self::onControl},
        {"clone", &Self::onClone},
        {"clone3", &Self::onClone},
        {"fork", &Self::onClone},
        {"vfork", &Self::onClone},
        {"execve", &Self::onExecute},
        {"execveat", &Self::onExecute},
        {"open", &Self::onNewDescriptor},
        {"openat", &Self::onNewDescriptor},
        {"openat2", &Self::onNewDescriptor},
        {"creat", &Self::onNewDescriptor},
        {"epoll_create", &Self::onNewDescriptor},
        {"epoll_create1", &Self::onNewDescriptor},
        {"eventfd2", &Self::onNewDescriptor},
        {"timerfd_create", &Self::onNewDescriptor},
        {"signalfd4", &Self::onNewDescriptor},
        {"memfd_create", &Self::onNewDescriptor},
        {"inotify_init1", &Self::onNewDescriptor},
        {"pidfd_open", &Self::onNewDescriptor},
    };
    return all;
}

void TracedSockets::apply(Timestamp time, qint64 pid, const StraceCall &call)
{
    const auto handler =
        handlers().find({call.name.constData(), static_cast<size_t>(call.name.size())});
    if (handler == handlers().end())
        return;
    // A call that failed has moved nothing; a connection may be made without waiting for it.
    if (!call.error.isEmpty() && call.error != "EINPROGRESS")
        return;
    m_time = time;
    m_pid = pid;
    m_process = &processOf(pid);
    (this->*handler->second)(call);
    m_lastPid = pid;
    if (m_expectingPid == pid)
        m_expectingPid = -1;
}

void TracedSockets::expectChild(qint64 pid, bool sharesDescriptors)
{
    (void)processOf(pid);
    m_lastPid = pid;
    m_expectingPid = pid;
    m_expectsSharing = sharesDescriptors;
}

void TracedSockets::processEnded(Timestamp time, qint64 pid)
{
    const auto it = m_processes.find(pid);
    if (it == m_processes.end())
        return;
    m_time = time;
    const std::shared_ptr<Table> table = std::move(it->second.table);
    m_processes.erase(it);
    if (table.use_count() > 1) // of other threads as well
        return;
    for (auto &[fd, slot] : *table)
        release(std::move(slot.end));
}

// A process whose beginning was not traced (clone is not among the calls of "network") has what the
// one has that was heard last: most logs have one parent and its children.
TracedSockets::Process &TracedSockets::processOf(qint64 pid)
{
    const auto known = m_processes.find(pid);
    if (known != m_processes.end())
        return known->second;
    Process added;
    const bool isExpected = m_processes.contains(m_expectingPid);
    const auto parent = m_processes.find(isExpected ? m_expectingPid : m_lastPid);
    if (m_processes.size() >= MostProcesses) // nobody looks at so many: one that is empty
        processEnded(m_time, m_processes.begin()->first);
    else if (parent != m_processes.end())
        added = fork(parent->second, isExpected && m_expectsSharing);
    if (!added.table)
        added.table = std::make_shared<Table>();
    m_expectingPid = -1;
    return m_processes.emplace(pid, std::move(added)).first->second;
}

TracedSockets::Process TracedSockets::fork(const Process &parent, bool sharesDescriptors)
{
    Process child = parent;
    if (sharesDescriptors)
        return child;
    child.table = std::make_shared<Table>();
    m_inherited += parent.table->size();
    if (m_inherited > MostInherited || m_descriptors + parent.table->size() > MostDescriptors)
        return child;
    *child.table = *parent.table;
    m_descriptors += child.table->size();
    for (const auto &[fd, slot] : *child.table)
        ++slot.end->holders;
    return child;
}

void TracedSockets::onSocket(const StraceCall &call)
{
    const QByteArray family = wordAt(call.arguments, 0);
    if (family != "AF_UNIX" && family != "AF_LOCAL") {
        onNewDescriptor(call);
        return;
    }
    m_hasSockets = true;
    const auto end = std::make_shared<End>();
    describe(*end, call.annotation);
    put(static_cast<int>(call.result), end, wordAt(call.arguments, 1).contains("SOCK_CLOEXEC"));
    remember(end);
}

// Of two ends alike the first is taken for the client.
void TracedSockets::onSocketPair(const StraceCall &call)
{
    const StraceValue *pair = argument(call.arguments, 3);
    const QByteArray family = wordAt(call.arguments, 0);
    if ((family != "AF_UNIX" && family != "AF_LOCAL") || !pair || pair->items.size() != 2)
        return;
    m_hasSockets = true;
    const bool closesOnExec = wordAt(call.arguments, 1).contains("SOCK_CLOEXEC");
    std::shared_ptr<End> ends[2];
    for (size_t i = 0; i < 2; ++i) {
        const auto fd = toDescriptor(pair->items[i]);
        if (!fd)
            return;
        ends[i] = std::make_shared<End>();
        describe(*ends[i], pair->items[i].annotation);
        put(*fd, ends[i], closesOnExec);
        remember(ends[i]);
    }
    attach(ends[0], true, QStringLiteral("socketpair"));
    ends[1]->connection = ends[0]->connection;
    ends[1]->sending = Direction::ToClient;
    ends[0]->other = ends[1];
    ends[1]->other = ends[0];
}

void TracedSockets::onBind(const StraceCall &call)
{
    const auto name = socketName(argument(call.arguments, 1));
    const auto end = endOf(call.arguments);
    if (name && end)
        end->address = *name;
}

// A socket that was there before the trace began, of which the process asks for the name.
void TracedSockets::onName(const StraceCall &call)
{
    const auto name = socketName(argument(call.arguments, 1));
    if (!name)
        return;
    m_hasSockets = true;
    auto end = endOf(call.arguments);
    const auto fd = call.arguments.empty() ? std::nullopt : toDescriptor(call.arguments[0]);
    if (!end && fd) {
        end = std::make_shared<End>();
        remember(end);
        put(*fd, end, false);
    }
    if (end && end->address.isEmpty())
        end->address = *name;
}

void TracedSockets::onConnect(const StraceCall &call)
{
    const auto name = socketName(argument(call.arguments, 1));
    if (!name)
        return;
    m_hasSockets = true;
    auto end = endOf(call.arguments);
    const auto fd = call.arguments.empty() ? std::nullopt : toDescriptor(call.arguments[0]);
    if (!end && fd) {
        end = std::make_shared<End>();
        remember(end);
        put(*fd, end, false);
    }
    if (end && !end->connection) // else its other end has been accepted already
        attach(end, true, *name);
}

void TracedSockets::onAccept(const StraceCall &call)
{
    const auto listener = endOf(call.arguments);
    const bool isLocal =
        listener || socketName(argument(call.arguments, 1)) || call.annotation.startsWith("UNIX");
    if (!isLocal) {
        onNewDescriptor(call);
        return;
    }
    m_hasSockets = true;
    const auto end = std::make_shared<End>();
    describe(*end, call.annotation);
    if (listener && end->address.isEmpty())
        end->address = listener->address;
    put(static_cast<int>(call.result), end, wordAt(call.arguments, 3).contains("SOCK_CLOEXEC"));
    remember(end);
    if (!attachToPeer(end))
        attach(end, false, end->address);
}

void TracedSockets::onRead(const StraceCall &call)
{
    const auto end = movingEnd(call);
    // MSG_PEEK leaves what it shows to be read again.
    if (!end || wordAt(call.arguments, 3).contains("MSG_PEEK"))
        return;
    const StraceValue *room = argument(call.arguments, 2);
    if (call.result == 0 && room && room->number() == 0)
        return;
    received(end, moved(call, &TracedMessage::add));
}

void TracedSockets::onWrite(const StraceCall &call)
{
    if (const auto end = movingEnd(call))
        sent(end, moved(call, &TracedMessage::add));
}

void TracedSockets::onReadVector(const StraceCall &call)
{
    if (const auto end = movingEnd(call))
        received(end, moved(call, &TracedMessage::addVector));
}

void TracedSockets::onWriteVector(const StraceCall &call)
{
    if (const auto end = movingEnd(call))
        sent(end, moved(call, &TracedMessage::addVector));
}

void TracedSockets::onReceiveMessage(const StraceCall &call)
{
    const auto end = endOf(call.arguments);
    const StraceValue *header = argument(call.arguments, 1);
    if (!header || call.result < 0 || wordAt(call.arguments, 2).contains("MSG_PEEK"))
        return;
    TracedMessage message;
    message.addHeader(header, static_cast<quint64>(call.result));
    if (end)
        received(end, message);
    // What came along has numbers now that may have stood for something else.
    for (const StraceValue &value : passedDescriptors(*header)) {
        if (const auto fd = toDescriptor(value)) {
            remove(*m_process->table, *fd);
            (void)annotated(*fd, value.annotation);
        }
    }
}

void TracedSockets::onSendMessage(const StraceCall &call)
{
    const auto end = endOf(call.arguments);
    if (!end || call.result < 0)
        return;
    TracedMessage message;
    message.addHeader(argument(call.arguments, 1), static_cast<quint64>(call.result));
    sent(end, message);
}

void TracedSockets::onReceiveMessages(const StraceCall &call)
{
    const auto end = endOf(call.arguments);
    const StraceValue *vector = argument(call.arguments, 1);
    if (!end || !vector || wordAt(call.arguments, 3).contains("MSG_PEEK"))
        return;
    const auto count = std::min<qint64>(call.result, static_cast<qint64>(vector->items.size()));
    for (qint64 i = 0; i < count; ++i) {
        const StraceValue &item = vector->items[static_cast<size_t>(i)];
        const StraceValue *length = item.member("msg_len");
        const qint64 bytes = length ? length->number().value_or(0) : 0;
        TracedMessage message;
        message.addHeader(item.member("msg_hdr"), static_cast<quint64>(std::max<qint64>(bytes, 0)));
        received(end, message);
    }
}

void TracedSockets::onSendMessages(const StraceCall &call)
{
    const auto end = endOf(call.arguments);
    const StraceValue *vector = argument(call.arguments, 1);
    if (!end || !vector)
        return;
    const auto count = std::min<qint64>(call.result, static_cast<qint64>(vector->items.size()));
    for (qint64 i = 0; i < count; ++i) {
        const StraceValue &item = vector->items[static_cast<size_t>(i)];
        const StraceValue *length = item.member("msg_len");
        const qint64 bytes = length ? length->number().value_or(0) : 0;
        TracedMessage message;
        message.addHeader(item.member("msg_hdr"), static_cast<quint64>(std::max<qint64>(bytes, 0)));
        sent(end, message);
    }
}

// The kernel moves the bytes, and nobody sees them.
void TracedSockets::onSendFile(const StraceCall &call)
{
    const auto end = endOf(call.arguments);
    if (!end || call.result <= 0)
        return;
    TracedMessage message;
    message.add(nullptr, static_cast<quint64>(call.result));
    sent(end, message);
}

void TracedSockets::onSplice(const StraceCall &call)
{
    if (call.result <= 0)
        return;
    TracedMessage message;
    message.add(nullptr, static_cast<quint64>(call.result));
    if (const auto from = endOf(call.arguments, 0))
        received(from, message);
    if (const auto to = endOf(call.arguments, 2))
        sent(to, message);
}

void TracedSockets::onShutdown(const StraceCall &call)
{
    const auto end = endOf(call.arguments);
    const QByteArray how = wordAt(call.arguments, 1);
    if (end && (how == "SHUT_WR" || how == "SHUT_RDWR"))
        endSending(*end);
}

void TracedSockets::onClose(const StraceCall &call)
{
    (void)endOf(call.arguments); // -y may tell that it is another one than was thought
    const auto fd = call.arguments.empty() ? std::nullopt : toDescriptor(call.arguments[0]);
    if (fd)
        remove(*m_process->table, *fd);
}

void TracedSockets::onDuplicate(const StraceCall &call)
{
    const auto end = endOf(call.arguments);
    const auto from = call.arguments.empty() ? std::nullopt : toDescriptor(call.arguments[0]);
    if (from == call.result)
        return;
    if (end)
        put(static_cast<int>(call.result), end, wordAt(call.arguments, 2).contains("O_CLOEXEC"));
    else
        onNewDescriptor(call);
}

void TracedSockets::onControl(const StraceCall &call)
{
    const QByteArray command = wordAt(call.arguments, 1);
    if (command == "F_DUPFD" || command == "F_DUPFD_CLOEXEC") {
        if (const auto end = endOf(call.arguments))
            put(static_cast<int>(call.result), end, command == "F_DUPFD_CLOEXEC");
        else
            onNewDescriptor(call);
    } else if (command == "F_SETFD") {
        const auto fd = toDescriptor(call.arguments[0]);
        const auto slot = fd ? m_process->table->find(*fd) : m_process->table->end();
        if (slot != m_process->table->end())
            slot->second.closesOnExec = wordAt(call.arguments, 2).contains("FD_CLOEXEC");
    }
}

void TracedSockets::onClone(const StraceCall &call)
{
    if (call.result <= 0 || m_processes.contains(call.result)
        || m_processes.size() >= MostProcesses)
        return;
    bool sharesDescriptors = false;
    for (const StraceValue &value : call.arguments) {
        const StraceValue *flags = value.name == "flags" ? &value : value.member("flags");
        sharesDescriptors = sharesDescriptors || (flags && flags->text.contains("CLONE_FILES"));
    }
    Process child = fork(*m_process, sharesDescriptors);
    m_processes.emplace(call.result, std::move(child));
}

void TracedSockets::onExecute(const StraceCall &call)
{
    const size_t path = call.name == "execveat" ? 1 : 0;
    const StraceValue *program = argument(call.arguments, path);
    if (program && program->kind == StraceValue::String)
        m_process->executable = QString::fromUtf8(program->text);
    std::vector<int> closing;
    for (const auto &[fd, slot] : *m_process->table) {
        if (slot.closesOnExec)
            closing.push_back(fd);
    }
    for (const int fd : closing)
        remove(*m_process->table, fd);
}

// The number stands for something else from now on; its close was not traced.
void TracedSockets::onNewDescriptor(const StraceCall &call)
{
    if (call.result >= 0 && call.result <= INT32_MAX)
        remove(*m_process->table, static_cast<int>(call.result));
}

/// The socket whose bytes a call moved; null for a call that failed, too.
std::shared_ptr<TracedSockets::End> TracedSockets::movingEnd(const StraceCall &call)
{
    auto end = endOf(call.arguments); // also of those: -y may tell that it is another one
    return call.result < 0 ? nullptr : end;
}

std::shared_ptr<TracedSockets::End> TracedSockets::endOf(const Values &arguments, size_t at)
{
    const StraceValue *value = argument(arguments, at);
    const auto fd = value ? toDescriptor(*value) : std::nullopt;
    if (!fd)
        return {};
    if (!value->annotation.isEmpty())
        return annotated(*fd, value->annotation);
    const auto slot = m_process->table->find(*fd);
    return slot == m_process->table->end() ? nullptr : slot->second.end;
}

// What -y and -yy say of a descriptor is more than what was followed: calls may not be traced.
std::shared_ptr<TracedSockets::End> TracedSockets::annotated(int fd, const QByteArray &annotation)
{
    const auto slot = m_process->table->find(fd);
    const bool isKnown = slot != m_process->table->end();
    if (annotation.startsWith("socket:")) // -y, of whatever family
        return isKnown ? slot->second.end : nullptr;
    if (!annotation.startsWith("UNIX")) {
        if (isKnown && !annotation.isEmpty())
            remove(*m_process->table, fd);
        return {};
    }
    m_hasSockets = true;
    End told;
    describe(told, annotation);
    std::shared_ptr<End> end = isKnown ? slot->second.end : nullptr;
    if (end && end->inode != 0 && told.inode != 0 && end->inode != told.inode)
        end.reset();
    if (!end) {
        const auto known = m_byInode.find(told.inode);
        end = known == m_byInode.end() ? nullptr : known->second.lock();
        if (!end)
            end = std::make_shared<End>();
        put(fd, end, false);
    }
    describe(*end, annotation);
    remember(end);
    // A connection that was there before the trace began: who is bound to a name is the server.
    if (!end->connection && end->peer != 0 && !attachToPeer(end))
        attach(end, end->address.isEmpty(), end->address);
    return end;
}

void TracedSockets::remember(const std::shared_ptr<End> &end)
{
    if (end->pid == 0)
        end->pid = m_pid;
    if (end->inode == 0)
        return;
    if (m_byInode.size() >= m_sweepAt) {
        std::erase_if(m_byInode, [](const auto &entry) { return entry.second.expired(); });
        m_sweepAt = std::max(leastSweep, 2 * m_byInode.size());
    }
    m_byInode[end->inode] = end;
}

void TracedSockets::put(int fd, std::shared_ptr<End> end, bool closesOnExec)
{
    Table &table = *m_process->table;
    ++end->holders; // first: it may be the one that stands there
    remove(table, fd);
    if (fd < 0 || m_descriptors >= MostDescriptors) {
        --end->holders;
        return;
    }
    ++m_descriptors;
    table.emplace(fd, Slot {std::move(end), closesOnExec});
}

void TracedSockets::remove(Table &table, int fd)
{
    const auto slot = table.find(fd);
    if (slot == table.end())
        return;
    const std::shared_ptr<End> end = std::move(slot->second.end);
    table.erase(slot);
    release(end);
}

void TracedSockets::release(std::shared_ptr<End> end)
{
    --m_descriptors;
    if (--end->holders == 0)
        endSending(*end);
}

// "UNIX-STREAM:[4711->4712,\"/run/api\"]", "UNIX:[4711]"
void TracedSockets::describe(End &end, const QByteArray &annotation)
{
    const qsizetype begin = annotation.indexOf('[') + 1;
    if (begin == 0 || !(annotation.startsWith("UNIX") || annotation.startsWith("socket:")))
        return;
    const qsizetype arrow = annotation.indexOf("->", begin);
    const qsizetype comma = annotation.indexOf(',', begin);
    const auto numberAt = [&](qsizetype at) {
        qsizetype stop = at;
        while (stop < annotation.size() && annotation[stop] >= '0' && annotation[stop] <= '9')
            ++stop;
        return annotation.mid(at, stop - at).toLongLong();
    };
    end.inode = numberAt(begin);
    if (arrow >= 0 && (comma < 0 || arrow < comma))
        end.peer = numberAt(arrow + 2);
    const qsizetype quote = comma < 0 ? -1 : annotation.indexOf('"', comma);
    const qsizetype closing = annotation.lastIndexOf('"');
    if (end.address.isEmpty() && quote >= 0 && closing > quote)
        end.address =
            shownPath(annotation.mid(quote + 1, closing - quote - 1), annotation[quote - 1] == '@');
}

void TracedSockets::attach(const std::shared_ptr<End> &end, bool isClient, const QString &address)
{
    CapturedConnection facts;
    if (isClient) { // of a server's client nothing is known
        facts.pid = end->pid;
        const auto process = m_processes.find(end->pid);
        if (process != m_processes.end())
            facts.executable = process->second.executable;
    }
    end->connection = std::make_shared<Connection>();
    end->connection->stream = m_recorder.open(
        m_time, address.isEmpty() ? QStringLiteral("unknown") : address, std::move(facts));
    end->sending = isClient ? Direction::ToServer : Direction::ToClient;
}

bool TracedSockets::attachToPeer(const std::shared_ptr<End> &end)
{
    const auto known = end->peer == 0 ? m_byInode.end() : m_byInode.find(end->peer);
    const std::shared_ptr<End> peer = known == m_byInode.end() ? nullptr : known->second.lock();
    if (!peer || peer == end || !peer->other.expired())
        return false;
    if (!peer->connection) // its connect() has not returned yet
        attach(peer, true, end->address);
    end->connection = peer->connection;
    end->sending = opposite(peer->sending);
    end->other = peer;
    peer->other = end;
    return true;
}

void TracedSockets::sent(const std::shared_ptr<End> &end, const TracedMessage &message)
{
    if (!end->connection || message.length == 0)
        return;
    TracedStream &stream = end->connection->directions[static_cast<size_t>(end->sending)];
    const quint64 position = stream.sent;
    stream.sent += message.length;
    record(*end->connection, end->sending, position, message);
}

void TracedSockets::received(const std::shared_ptr<End> &end, const TracedMessage &message)
{
    if (!end->connection)
        return;
    if (message.length == 0) {
        endReceiving(*end);
        return;
    }
    const Direction direction = opposite(end->sending);
    TracedStream &stream = end->connection->directions[static_cast<size_t>(direction)];
    const quint64 position = stream.received;
    stream.received += message.length;
    record(*end->connection, direction, position, message);
}

// What the other end has told already is passed over.
void TracedSockets::record(Connection &connection, Direction direction, quint64 position,
                           const TracedMessage &message)
{
    TracedStream &stream = connection.directions[static_cast<size_t>(direction)];
    quint64 known = stream.recorded > position ? stream.recorded - position : 0;
    QByteArray bytes;
    QString note = message.note;
    const auto flush = [&] {
        if (bytes.isEmpty())
            return;
        m_recorder.append(*connection.stream, m_time, direction, asBytes(bytes), note);
        bytes.clear();
        note.clear();
    };
    for (const TracedMessage::Piece &piece : message.pieces) {
        const auto shown = static_cast<quint64>(piece.bytes.size());
        const quint64 skipped = std::min(known, shown + piece.missing);
        known -= skipped;
        if (skipped < shown)
            bytes += piece.bytes.mid(static_cast<qsizetype>(skipped));
        const quint64 missing = piece.missing - (skipped > shown ? skipped - shown : 0);
        if (missing > 0) {
            flush();
            m_recorder.gap(*connection.stream, m_time, direction, missing);
        }
    }
    flush();
    stream.recorded = std::max(stream.recorded, position + message.length);
}

void TracedSockets::endSending(End &end)
{
    if (!end.connection)
        return;
    bool &hasEnded = end.connection->directions[static_cast<size_t>(end.sending)].hasEnded;
    if (!hasEnded)
        m_recorder.endOfStream(*end.connection->stream, m_time, end.sending);
    hasEnded = true;
}

void TracedSockets::endReceiving(End &end)
{
    const Direction direction = opposite(end.sending);
    bool &hasEnded = end.connection->directions[static_cast<size_t>(direction)].hasEnded;
    if (!hasEnded)
        m_recorder.endOfStream(*end.connection->stream, m_time, direction);
    hasEnded = true;
}

} // namespace Sockeye
