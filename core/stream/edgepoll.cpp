// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stream/edgepoll.h"

#include "core/base/descriptor.h"

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <array>
#include <cerrno>
#include <unordered_map>

#include <sys/epoll.h>

namespace Sockeye {

namespace {

constexpr quint32 usual = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr quint32 readableBits = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr quint32 writableBits = EPOLLOUT | EPOLLHUP | EPOLLERR;

} // namespace

struct EdgePoll::Private
{
    struct Entry
    {
        quint32 number = 0; ///< tells events of an earlier owner of the descriptor apart
        Changed changed;
    };

    explicit Private(asio::io_context &context)
        : set(::epoll_create1(EPOLL_CLOEXEC))
        , waiter(context)
    {
        asio::error_code ignored; // without a descriptor for it add() tells
        if (set)
            waiter.assign(set.get(), ignored);
    }
    ~Private()
    {
        if (waiter.is_open())
            static_cast<void>(waiter.release());
    }

    void wait();
    void dispatch();

    Descriptor set;
    asio::posix::stream_descriptor waiter; // waits on the set, never owns it
    std::unordered_map<int, std::shared_ptr<Entry>> entries;
    quint32 lastNumber = 0;
    bool isWaiting = false;
};

void EdgePoll::Private::wait()
{
    if (std::exchange(isWaiting, true))
        return;
    waiter.async_wait(asio::posix::stream_descriptor::wait_read,
                      [this](const asio::error_code &error) {
                          isWaiting = false;
                          if (!error)
                              dispatch();
                          if (!entries.empty())
                              wait();
                      });
}

void EdgePoll::Private::dispatch()
{
    std::array<epoll_event, 128> events = {};
    const int count = ::epoll_wait(set.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events[static_cast<size_t>(i)];
        const auto fd = static_cast<int>(event.data.u64 & 0xffffffffU);
        const auto found = entries.find(fd);
        if (found == entries.end() || found->second->number != event.data.u64 >> 32)
            continue; // removed by one before it in this round
        const std::shared_ptr<Entry> entry = found->second; // it may remove itself
        entry->changed((event.events & readableBits) != 0, (event.events & writableBits) != 0);
    }
}

EdgePoll::EdgePoll(asio::io_context &context)
    : d(std::make_unique<Private>(context))
{ }

EdgePoll::~EdgePoll() = default;

int EdgePoll::add(int fd, Changed changed)
{
    if (!d->set || !d->waiter.is_open())
        return EMFILE;
    auto entry = std::make_shared<Private::Entry>();
    entry->number = ++d->lastNumber;
    entry->changed = std::move(changed);
    epoll_event event = {};
    event.events = usual;
    event.data.u64 = quint64 {entry->number} << 32 | static_cast<quint32>(fd);
    if (::epoll_ctl(d->set.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        return errno;
    d->entries[fd] = std::move(entry);
    d->wait();
    return 0;
}

void EdgePoll::wantWritable(int fd, bool wanted)
{
    const auto found = d->entries.find(fd);
    if (found == d->entries.end())
        return;
    epoll_event event = {};
    event.events = usual | (wanted ? quint32 {EPOLLOUT} : 0);
    event.data.u64 = quint64 {found->second->number} << 32 | static_cast<quint32>(fd);
    ::epoll_ctl(d->set.get(), EPOLL_CTL_MOD, fd, &event);
}

void EdgePoll::remove(int fd)
{
    if (d->entries.erase(fd) == 0)
        return;
    ::epoll_ctl(d->set.get(), EPOLL_CTL_DEL, fd, nullptr);
    asio::error_code ignored;
    if (d->entries.empty())
        d->waiter.cancel(ignored);
}

} // namespace Sockeye
