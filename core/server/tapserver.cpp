// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/server/tapserver.h"

#include "core/server/acceptor.h"
#include "core/server/serverwatch.h"
#include "core/system/socketinventory.h"

#include <QSocketNotifier>
#include <QTimer>

#include <algorithm>

#include <sys/socket.h>
#include <sys/stat.h>

namespace Sockeye {

namespace {

// A client that found our socket at the path connects within this time, or has another reason to
// fail: between the two there is a system call or two.
constexpr int drainMilliseconds = 250;

} // namespace

struct TapServer::Private
{
    Private(TapServer *server, AcceptSink acceptSink, TakeoverPlaces takeoverPlaces)
        : q(server)
        , sink(std::move(acceptSink))
        , places(std::move(takeoverPlaces))
        , acceptor([this](int fd) { sink(Descriptor(fd)); })
    {
        drained.setSingleShot(true);
        drained.setInterval(drainMilliseconds);
    }

    [[nodiscard]] bool isOpen() const
    {
        return state == ServerState::Listening || state == ServerState::Paused;
    }
    [[nodiscard]] Result<> takeOver();
    void advance(ServerFact fact);
    void raise(const Problem &problem);
    void clear(ProblemCode code);
    [[nodiscard]] bool holds(ProblemCode code) const
    {
        return std::any_of(problems.begin(), problems.end(),
                           [&](const Problem &old) { return old.code == code; });
    }
    void check();
    void followServer();
    void setReachable(bool on);
    void watchGuardian();
    void guardianEnded();
    void closeListener();
    void leave();

    TapServer *q;
    const AcceptSink sink;
    const TakeoverPlaces places;
    ListenPlan plan;
    SocketAddress address;
    std::unique_ptr<SocketTakeover> takeover;
    std::shared_ptr<const Descriptor> original;
    int socketType = SOCK_STREAM;
    std::unique_ptr<QSocketNotifier> guardian;
    bool followsRestart = false;
    bool isReachable = false;
    ServerState state = ServerState::Stopped;
    std::vector<Problem> problems; // that hold now; the last one is the newest
    Acceptor acceptor;
    ServerWatch watch;
    QTimer drained;
};

void TapServer::Private::advance(ServerFact fact)
{
    const ServerState next = nextState(state, fact);
    if (std::exchange(state, next) != next)
        Q_EMIT q->stateChanged(next);
}

void TapServer::Private::raise(const Problem &problem)
{
    std::erase_if(problems, [&](const Problem &old) { return old.code == problem.code; });
    problems.push_back(problem);
    Q_EMIT q->problemRaised(problem);
}

void TapServer::Private::clear(ProblemCode code)
{
    if (std::erase_if(problems, [&](const Problem &old) { return old.code == code; }) > 0)
        Q_EMIT q->problemCleared(code);
}

Result<> TapServer::Private::takeOver()
{
    auto begun = SocketTakeover::begin(address, places);
    if (!begun)
        return fail(begun.error());
    takeover = std::move(*begun);
    original = takeover->original();
    socketType = takeover->socketType();
    acceptor.open(takeover->listener(), address.display());
    watchGuardian();
    watch.begin(address.folder());
    setReachable(true);
    return {};
}

void TapServer::Private::watchGuardian()
{
    guardian = std::make_unique<QSocketNotifier>(takeover->guardianPipe(), QSocketNotifier::Read);
    connect(guardian.get(), &QSocketNotifier::activated, q, [this] { guardianEnded(); });
}

void TapServer::Private::guardianEnded()
{
    guardian->setEnabled(false);
    guardian.release()->deleteLater(); // it is calling us
    if (!takeover)
        return;
    if (const Result<> again = takeover->restartGuardian(); !again) {
        raise(again.error()); // without a guardian there is no tap
        leave();
        advance(ServerFact::Lost);
        setReachable(false);
        return;
    }
    watchGuardian();
    raise({ProblemCode::TapGuardianLost, {{QStringLiteral("address"), address.display()}}});
}

// Does our socket still stand there? The server may have made its own anew.
void TapServer::Private::check()
{
    if (!isOpen() || !takeover)
        return;
    const bool isThere = takeover->isInPlace();
    setReachable(isThere);
    if (isThere)
        clear(ProblemCode::TapServerMoved);
    else if (followsRestart)
        followServer();
    else if (!holds(ProblemCode::TapServerMoved))
        raise({ProblemCode::TapServerMoved, {{QStringLiteral("address"), address.display()}}});
}

// As soon as its new socket listens; until then each look finds none, or one that does not.
void TapServer::Private::followServer()
{
    if (peekAddress(address).kind != AddressState::Kind::Live)
        return;
    closeListener();
    guardian.reset();
    takeover.reset();
    const Result<> again = takeOver();
    if (again)
        return;
    raise(again.error());
    advance(ServerFact::Lost);
}

void TapServer::Private::setReachable(bool on)
{
    if (std::exchange(isReachable, on) != on)
        Q_EMIT q->reachableChanged(on);
}

void TapServer::Private::closeListener()
{
    drained.stop();
    acceptor.close();
}

// The original goes back now; our listener stays open until it is drained.
void TapServer::Private::leave()
{
    watch.end();
    guardian.reset();
    if (!takeover)
        return;
    if (const Result<> ended = takeover->end(); !ended)
        raise(ended.error());
    drained.start();
}

TapServer::TapServer(AcceptSink sink, TakeoverPlaces places, QObject *parent)
    : ListeningServer(parent)
    , d(std::make_unique<Private>(this, std::move(sink), std::move(places)))
{
    connect(&d->watch, &ServerWatch::checkDue, this, [this] { d->check(); });
    connect(&d->drained, &QTimer::timeout, this, [this] {
        d->closeListener();
        d->takeover.reset();
    });
    connect(&d->acceptor, &Acceptor::problemRaised, this,
            [this](const Problem &problem) { d->raise(problem); });
    connect(&d->acceptor, &Acceptor::problemCleared, this,
            [this](ProblemCode code) { d->clear(code); });
}

TapServer::~TapServer()
{
    stop();
    d->closeListener();
}

void TapServer::setFollowsRestart(bool follows)
{
    d->followsRestart = follows;
}

Result<> TapServer::start(const ListenPlan &plan)
{
    if (d->isOpen())
        return fail(
            {ProblemCode::TapAlreadyTapped, {{QStringLiteral("address"), d->address.display()}}});
    d->closeListener();
    d->guardian.reset();
    d->takeover.reset();
    while (!d->problems.empty())
        d->clear(ProblemCode(d->problems.back().code));
    d->plan = plan;
    Result<> result;
    if (const Result<SocketAddress> address = SocketAddress::parse(plan.name); !address)
        result = fail(address.error());
    else
        d->address = *address;
    if (result)
        result = d->takeOver();
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

void TapServer::stop()
{
    if (d->isOpen()) {
        while (!d->problems.empty())
            d->clear(ProblemCode(d->problems.back().code));
        // Whom a pause has kept waiting is served now: he waits in a queue that goes away.
        d->acceptor.setHold(Hold::User, false);
        d->acceptor.setHold(Hold::MaximumConnections, false);
        d->leave();
    }
    d->advance(ServerFact::StopAsked);
    d->setReachable(false); // after the state: "unreachable" is said of one that listens
}

void TapServer::setHold(Hold hold, bool on)
{
    d->acceptor.setHold(hold, on);
    if (hold == Hold::User)
        d->advance(on ? ServerFact::PauseAsked : ServerFact::ResumeAsked);
}

ListeningServer::Holds TapServer::holds() const
{
    return d->acceptor.holds();
}

Result<bool> TapServer::acceptNext()
{
    if (!d->isOpen())
        return fail(
            {ProblemCode::NotListening,
             {{QStringLiteral("name"), d->plan.name}, {QStringLiteral("server"), d->plan.name}}});
    return d->acceptor.acceptOne();
}

ServerState TapServer::state() const
{
    return d->state;
}

std::optional<Problem> TapServer::problem() const
{
    if (d->problems.empty())
        return std::nullopt;
    return d->problems.back();
}

SocketAddress TapServer::address() const
{
    return d->address;
}

AccessOptions TapServer::access() const
{
    const mode_t mode = d->takeover ? d->takeover->mode() : 0;
    return {.user = (mode & S_IWUSR) != 0,
            .group = (mode & S_IWGRP) != 0,
            .other = (mode & S_IWOTH) != 0};
}

bool TapServer::isReachable() const
{
    return d->isReachable;
}

int TapServer::waiting() const
{
    return d->takeover ? waitingConnections(d->takeover->listener()) : -1;
}

std::shared_ptr<const Descriptor> TapServer::original() const
{
    return d->original;
}

int TapServer::socketType() const
{
    return d->socketType;
}

} // namespace Sockeye
