// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stream/waitpoint.h"

#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <unordered_map>
#include <utility>

namespace Sockeye {

/// Belongs to the context, as a coroutine that waits holds what holds this: neither would ever
/// end by itself.
class WaitPoint::Waiters final : public asio::execution_context::service
{
public:
    using key_type = Waiters; // NOLINT(readability-identifier-naming): asio's word
    inline static asio::execution_context::id id; // NOLINT(readability-identifier-naming)

    explicit Waiters(asio::execution_context &context)
        : service(context)
    { }

    void keep(const WaitPoint *point, std::function<void()> waiter)
    {
        m_waiters.insert_or_assign(point, std::move(waiter));
    }
    [[nodiscard]] std::function<void()> take(const WaitPoint *point)
    {
        const auto found = m_waiters.find(point);
        if (found == m_waiters.end())
            return nullptr;
        std::function<void()> waiter = std::move(found->second);
        m_waiters.erase(found);
        return waiter;
    }

private:
    void shutdown() override { const auto ended = std::exchange(m_waiters, {}); }

    std::unordered_map<const WaitPoint *, std::function<void()>> m_waiters;
};

WaitPoint::WaitPoint(asio::io_context &context)
    : m_context(context)
    , m_waiters(asio::use_service<Waiters>(context))
{ }

void WaitPoint::wait(std::function<void()> resume)
{
    m_waiters.keep(this, std::move(resume));
}

void WaitPoint::open()
{
    if (const auto waiter = m_waiters.take(this))
        waiter();
}

void WaitPoint::openSoon()
{
    if (auto waiter = m_waiters.take(this))
        asio::post(m_context, std::move(waiter));
}

} // namespace Sockeye
