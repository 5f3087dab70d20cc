// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/guardedserver.h"

#include "core/base/log.h"
#include "core/server/acceptor.h"
#include "core/server/addresslock.h"
#include "core/server/descriptorlimit.h"
#include "core/server/listenproblem.h"
#include "core/server/ownedfile.h"
#include "core/server/serverwatch.h"
#include "core/system/socketinventory.h"

#include <QFile>
#include <QLocalServer>
#include <QSocketNotifier>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

/// A peer that goes away while something is written to it must not end the program; nor a capture
/// that reaches RLIMIT_FSIZE. Left alone where the program has a handler of its own.
void ignoreDeadlySignals()
{
    static std::once_flag once;
    std::call_once(once, [] {
        for (const int number : {SIGPIPE, SIGXFSZ}) {
            struct sigaction current = {};
            if (::sigaction(number, nullptr, &current) == 0 && current.sa_handler == SIG_DFL)
                std::signal(number, SIG_IGN);
        }
    });
}

/// Number of the socket behind a descriptor: a closed and reused number gives another one.
std::optional<ino_t> socketInode(int fd)
{
    struct stat status = {};
    if (fd < 0 || ::fstat(fd, &status) != 0 || !S_ISSOCK(status.st_mode))
        return std::nullopt;
    return status.st_ino;
}

AccessOptions optionsOf(const SocketAddress &address, mode_t mode)
{
    if (address.kind() != SocketAddress::Kind::Path)
        return {.abstract = address.kind() == SocketAddress::Kind::Abstract};
    return {.user = (mode & S_IWUSR) != 0,
            .group = (mode & S_IWGRP) != 0,
            .other = (mode & S_IWOTH) != 0};
}

} // namespace

/// The one place where QLocalServer is told to listen and to close.
///
/// Its own accept path never runs (see Acceptor): with no pending connection allowed its notifier
/// does not start. It never unlinks either: it does so by name, whatever stands there by then, and
/// reads its options again at that time, so AbstractNamespaceOption makes it skip that (measured).
class GuardedServer::Listener final : public QLocalServer
{
public:
    Listener(const AcceptSink &sink, QObject *parent)
        : QLocalServer(parent)
        , m_sink(sink)
    {
        setMaxPendingConnections(0);
    }

    [[nodiscard]] Result<> listenAt(const SocketAddress &address, const ListenPlan &plan)
    {
        setSocketOptions(plan.access.socketOptions());
        setListenBacklogSize(std::max(plan.backlog, 0));
        // With a path that is too long for it Qt reports whatever errno was before.
        errno = 0;
        const bool isDone = listen(QFile::decodeName(address.bytes()));
        const int errnoValue = errno;
        const Problem failure =
            isDone ? Problem() : listenFailure(address, serverError(), errorString(), errnoValue);
        disarm();
        if (!isDone)
            return fail(failure);
        return {};
    }

    void adopt(int descriptor)
    {
        listen(descriptor);
        disarm();
    }

    /// Whoever changed the options meanwhile: they are read again at close().
    void shutDown()
    {
        disarm();
        close();
    }

    void deliver(int descriptor) { incomingConnection(static_cast<quintptr>(descriptor)); }

protected:
    void incomingConnection(quintptr descriptor) override
    {
        m_sink(Descriptor(static_cast<int>(descriptor)));
    }

private:
    void disarm()
    {
        setSocketOptions(AbstractNamespaceOption);
        if (auto *notifier = findChild<QSocketNotifier *>())
            notifier->setEnabled(false);
    }

    const AcceptSink &m_sink;
};

struct GuardedServer::Private
{
    Private(GuardedServer *server, AcceptSink acceptSink)
        : q(server)
        , sink(std::move(acceptSink))
        , acceptor([this](int fd) { listener->deliver(fd); })
    { }

    [[nodiscard]] bool isOpen() const
    {
        return state == ServerState::Listening || state == ServerState::Paused;
    }
    void advance(ServerFact fact);
    void raise(const Problem &problem);
    void clear(ProblemCode code);
    void clearAll();

    [[nodiscard]] Result<> listenByName();
    [[nodiscard]] Result<> clearAddress();
    [[nodiscard]] Result<> openAt();
    [[nodiscard]] Result<> recognizeFile();
    [[nodiscard]] Result<> adoptDescriptor();
    void serve();
    void closeListener();
    void removeFile();
    void shut();

    [[nodiscard]] bool isListenerAlive() const;
    void check();
    void checkFile();
    void setReachable(bool on);
    void recover();

    GuardedServer *q;
    AcceptSink sink;
    ListenPlan plan;
    AddressLock lock;
    SocketAddress address;
    AccessOptions access;
    Listener *listener = nullptr; // a child of q, so that it is seen in the object tree
    int listenFd = -1; // the listener's, or ours where Qt forgets it (isQtBlind)
    ino_t listenInode = 0;
    bool isQtBlind = false; // an inherited descriptor without a name that Qt can hold
    std::optional<FilePin> file; // our socket file
    bool isReachable = false;
    bool isRetrying = false; // closed behind our back, and not listening again yet
    ServerState state = ServerState::Stopped;
    std::vector<Problem> problems; // that hold now; the last one is the newest
    Acceptor acceptor;
    ServerWatch watch;
};

void GuardedServer::Private::advance(ServerFact fact)
{
    const ServerState next = nextState(state, fact);
    if (std::exchange(state, next) != next)
        Q_EMIT q->stateChanged(next);
}

void GuardedServer::Private::raise(const Problem &problem)
{
    std::erase_if(problems, [&](const Problem &old) { return old.code == problem.code; });
    problems.push_back(problem);
    Q_EMIT q->problemRaised(problem);
}

void GuardedServer::Private::clear(ProblemCode code)
{
    if (std::erase_if(problems, [&](const Problem &old) { return old.code == code; }) > 0)
        Q_EMIT q->problemCleared(code);
}

void GuardedServer::Private::clearAll()
{
    while (!problems.empty())
        clear(ProblemCode(problems.back().code)); // a copy, as the problem goes away
}

Result<> GuardedServer::Private::listenByName()
{
    auto resolved = resolveName(plan.name, plan.access, NameContext::current());
    if (!resolved)
        return fail(resolved.error());
    address = *resolved;
    access = plan.access;
    if (address.kind() == SocketAddress::Kind::Path) {
        if (const Result<> folder = checkFolder(address); !folder)
            return folder;
        // Looked at without a lock first, so that a folder in which we can do nothing stays as it
        // is to the last byte. What counts is the look under the lock.
        const auto pin = FilePin::of(address.bytes());
        if (pin && !pin->isSocket())
            return fail(occupiedProblem(address, probeAddress(address)));
        if (const DescriptorReserve reserve(DescriptorReserve::For::Start); !reserve.isComplete())
            return fail(descriptorsExhausted(plan.name, reserve.errnoValue()));
        auto taken = AddressLock::take(address);
        if (!taken)
            return fail(taken.error());
        lock = std::move(*taken);
    }
    Result<> result = clearAddress();
    if (result)
        result = openAt();
    if (result)
        lock.markListening();
    else
        lock.release();
    return result;
}

/// Only a socket is ever removed: one that nobody listens on and that is ours or that the user
/// spoke of, or a live one that the user said to replace.
Result<> GuardedServer::Private::clearAddress()
{
    const auto pin = FilePin::of(address.bytes());
    const AddressState found = probeAddress(address);
    if (found.kind == AddressState::Kind::Absent)
        return {};
    Problem problem = occupiedProblem(address, found);
    const bool isStale = found.kind == AddressState::Kind::Stale
        && (found.owner == ::geteuid() || plan.removeStale || plan.takeOver);
    const bool isTaken = found.kind == AddressState::Kind::Live && plan.takeOver;
    if ((!isStale && !isTaken) || !pin || !pin->isSocket() || found.identity != pin->identity())
        return fail(problem);
    if (removeExactly(address.bytes(), pin->identity()))
        return {};
    if (errno != 0)
        problem.errnoValue = errno; // EPERM: another user's file in a sticky folder
    return fail(problem);
}

Result<> GuardedServer::Private::openAt()
{
    DescriptorReserve reserve(DescriptorReserve::For::Listen);
    if (!reserve.isComplete())
        return fail(descriptorsExhausted(plan.name, reserve.errnoValue()));
    Placeholder placeholder;
    if (address.kind() == SocketAddress::Kind::Path && plan.access.hasClass()) {
        if (!placeholder.take(address)) {
            const int error = errno;
            return fail(error == EADDRINUSE
                            ? occupiedProblem(address, probeAddress(address))
                            : listenFailure(address, socketErrorOf(error), {}, error));
        }
    }
    reserve.giveFree();
    listener = new Listener(sink, q);
    Result<> result = listener->listenAt(address, plan);
    if (result) {
        listenFd = static_cast<int>(listener->socketDescriptor());
        listenInode = socketInode(listenFd).value_or(0);
        result = recognizeFile();
    } else if (result.error().errnoValue == EADDRINUSE) {
        // Made by somebody else since the look: say who, with what Qt said about it.
        Problem problem = occupiedProblem(address, probeAddress(address));
        problem.qtText = result.error().qtText;
        result = fail(problem);
    }
    if (!result) {
        removeFile();
        closeListener();
        return result;
    }
    serve();
    return {};
}

/// Remembers which file is ours, and that it is as the options say.
Result<> GuardedServer::Private::recognizeFile()
{
    file.reset();
    if (address.kind() != SocketAddress::Kind::Path)
        return {};
    auto pin = FilePin::of(address.bytes());
    if (!pin || !pin->isSocket() || isForeignFile(address, access, listenInode))
        return fail(listenFailure(address, socketErrorOf(ESTALE), {}, ESTALE));
    file = std::move(pin);
    const auto expected = access.hasClass() ? access.mode(0) : std::nullopt;
    // A file system that ignores chmod() would let in whom the boxes exclude.
    if (expected && (file->permissions() & 0777 & ~*expected) != 0)
        return fail(listenFailure(address, socketErrorOf(EPERM), {}, EPERM));
    return {};
}

Result<> GuardedServer::Private::adoptDescriptor()
{
    auto checked = checkListener(plan.inheritedDescriptor);
    if (!checked)
        return fail(checked.error());
    address = *checked;
    listener = new Listener(sink, q);
    listener->adopt(plan.inheritedDescriptor);
    listenFd = plan.inheritedDescriptor;
    listenInode = socketInode(listenFd).value_or(0);
    isQtBlind = !listener->isListening();
    file.reset();
    if (address.kind() == SocketAddress::Kind::Path)
        file = FilePin::of(address.bytes());
    access = optionsOf(address, file ? file->permissions() : 0);
    serve();
    return {};
}

void GuardedServer::Private::serve()
{
    acceptor.open(listenFd, plan.name.isEmpty() ? address.display() : plan.name);
    // Qt drops its notifier when it closes: the quickest sign that it did.
    if (auto *notifier = listener->findChild<QSocketNotifier *>())
        connect(notifier, &QObject::destroyed, &watch, &ServerWatch::checkDue);
    setReachable(true);
    watch.begin(address.folder());
}

void GuardedServer::Private::closeListener()
{
    if (!listener)
        return;
    acceptor.close();
    if (const auto *notifier = listener->findChild<QSocketNotifier *>())
        notifier->disconnect(&watch);
    const bool wasOurs = socketInode(listenFd) == std::optional<ino_t>(listenInode);
    listener->shutDown();
    // Qt does not close a descriptor that it has no name for.
    if (isQtBlind && wasOurs)
        Descriptor forgotten(listenFd);
    // Not deleted here: this may run in a sink, which the listener has called.
    std::exchange(listener, nullptr)->deleteLater();
    listenFd = -1;
    isQtBlind = false;
}

/// While the listening socket or the pin lives the inode number is ours: removed before closing.
void GuardedServer::Private::removeFile()
{
    if (file && plan.inheritedDescriptor < 0 && !removeExactly(address.bytes(), file->identity()))
        qCDebug(logServer, "%s is not ours any more: left alone", address.bytes().constData());
    file.reset();
}

void GuardedServer::Private::shut()
{
    watch.end();
    isRetrying = false;
    removeFile();
    closeListener();
    lock.release();
    setReachable(false);
    clearAll();
}

bool GuardedServer::Private::isListenerAlive() const
{
    return listener && socketInode(listenFd) == std::optional<ino_t>(listenInode)
        && (isQtBlind || listener->socketDescriptor() == listenFd);
}

void GuardedServer::Private::check()
{
    if (isRetrying || (isOpen() && !isListenerAlive()))
        recover();
    else if (isOpen())
        checkFile();
}

void GuardedServer::Private::checkFile()
{
    if (!file)
        return;
    const auto found = identityOf(address.bytes());
    const bool isOurs = found == file->identity();
    const bool isGone = !found;
    const QMap<QString, QString> args = {{QStringLiteral("address"), address.display()},
                                         {QStringLiteral("server"), plan.name}};
    const auto report = [&](bool holds, ProblemCode code) {
        const bool isKnown = std::any_of(problems.begin(), problems.end(),
                                         [&](const Problem &old) { return old.code == code; });
        if (!holds)
            clear(code);
        else if (!isKnown)
            raise({code, args});
    };
    report(isGone, ProblemCode::AddressVanished);
    report(!isGone && !isOurs, ProblemCode::AddressReplaced);
    setReachable(isOurs);
}

void GuardedServer::Private::setReachable(bool on)
{
    if (std::exchange(isReachable, on) != on)
        Q_EMIT q->reachableChanged(on);
}

/// QLocalServer is closed though nobody asked for it. Its address is still locked by us.
void GuardedServer::Private::recover()
{
    const bool isFirst = !std::exchange(isRetrying, true);
    Problem problem {ProblemCode::ServerClosedByQt,
                     {{QStringLiteral("address"), address.display()},
                      {QStringLiteral("server"), plan.name},
                      {QStringLiteral("retry"), QStringLiteral("yes")}}};
    closeListener();
    setReachable(false);
    if (plan.inheritedDescriptor >= 0) { // only who passed it can make it anew
        problem.args.insert(QStringLiteral("retry"), QStringLiteral("no"));
        isRetrying = false;
        watch.end();
        advance(ServerFact::Lost);
        raise(problem);
        return;
    }
    if (isFirst)
        raise(problem);
    const bool isPath = address.kind() == SocketAddress::Kind::Path;
    removeFile();
    // Whatever stands there now is not ours; connecting to it twice a second would be a nuisance.
    Result<> again;
    if (isPath && identityOf(address.bytes()))
        again = fail(occupiedProblem(address, peekAddress(address)));
    else
        again = openAt();
    if (!again) {
        qCDebug(logServer, "%s: not listening again yet", address.bytes().constData());
        advance(ServerFact::Lost);
        return;
    }
    isRetrying = false;
    advance(ServerFact::ListenSucceeded);
    if (acceptor.holds().testFlag(Hold::User))
        advance(ServerFact::PauseAsked);
    clear(ProblemCode::ServerClosedByQt);
}

GuardedServer::GuardedServer(AcceptSink sink, QObject *parent)
    : ListeningServer(parent)
    , d(std::make_unique<Private>(this, std::move(sink)))
{
    ignoreDeadlySignals();
    connect(&d->watch, &ServerWatch::checkDue, this, [this] { d->check(); });
    // Queued: the acceptor is in the middle of its loop when it says so.
    connect(
        &d->acceptor, &Acceptor::lost, this, [this] { d->check(); }, Qt::QueuedConnection);
    connect(&d->acceptor, &Acceptor::problemRaised, this,
            [this](const Problem &problem) { d->raise(problem); });
    connect(&d->acceptor, &Acceptor::problemCleared, this,
            [this](ProblemCode code) { d->clear(code); });
}

GuardedServer::~GuardedServer()
{
    stop();
}

Result<> GuardedServer::start(const ListenPlan &plan)
{
    if (d->isOpen()) {
        Problem problem = occupiedProblem(d->address, {});
        problem.args.insert(QStringLiteral("owner"), d->plan.name);
        return fail(problem);
    }
    d->shut();
    d->plan = plan;
    const Result<> result =
        plan.inheritedDescriptor >= 0 ? d->adoptDescriptor() : d->listenByName();
    if (!result) {
        d->raise(result.error());
        d->advance(ServerFact::ListenFailed);
        return result;
    }
    d->advance(ServerFact::ListenSucceeded);
    if (holds().testFlag(Hold::User))
        d->advance(ServerFact::PauseAsked);
    return result;
}

void GuardedServer::stop()
{
    d->shut();
    // "Paused" is said of one run; the maximum is counted by somebody else and stays.
    d->acceptor.setHold(Hold::User, false);
    d->advance(ServerFact::StopAsked);
}

void GuardedServer::setHold(Hold hold, bool on)
{
    d->acceptor.setHold(hold, on);
    if (hold == Hold::User)
        d->advance(on ? ServerFact::PauseAsked : ServerFact::ResumeAsked);
}

GuardedServer::Holds GuardedServer::holds() const
{
    return d->acceptor.holds();
}

Result<bool> GuardedServer::acceptNext()
{
    if (!d->isOpen())
        return fail(
            {ProblemCode::NotListening,
             {{QStringLiteral("name"), d->plan.name}, {QStringLiteral("server"), d->plan.name}}});
    return d->acceptor.acceptOne();
}

bool GuardedServer::waitForConnection(int milliseconds)
{
    return d->isOpen() && d->acceptor.waitForOne(milliseconds);
}

ServerState GuardedServer::state() const
{
    return d->state;
}

std::optional<Problem> GuardedServer::problem() const
{
    if (d->problems.empty())
        return std::nullopt;
    return d->problems.back();
}

SocketAddress GuardedServer::address() const
{
    return d->address;
}

std::optional<FileIdentity> GuardedServer::identity() const
{
    if (!d->file)
        return std::nullopt;
    return d->file->identity();
}

AccessOptions GuardedServer::access() const
{
    return d->access;
}

bool GuardedServer::isReachable() const
{
    return d->isReachable;
}

int GuardedServer::waiting() const
{
    return d->listenFd < 0 ? -1 : waitingConnections(d->listenFd);
}

qintptr GuardedServer::socketDescriptor() const
{
    return d->listenFd;
}

} // namespace Sockeye
