// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stream/gate.h"

#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <unordered_map>
#include <utility>

namespace Sockeye {

/// Belongs to the context, as a coroutine that waits holds what holds its gate: neither would ever
/// end by itself.
class Gate::Waiters final : public asio::execution_context::service
{
public:
    using key_type = Waiters; // NOLINT(readability-identifier-naming): asio's word
    inline static asio::execution_context::id id; // NOLINT(readability-identifier-naming)

    explicit Waiters(asio::execution_context &context)
        : service(context)
    { }

    void keep(const Gate *gate, std::function<void()> waiter)
    {
        m_waiters.insert_or_assign(gate, std::move(waiter));
    }
    [[nodiscard]] std::function<void()> take(const Gate *gate)
    {
        const auto found = m_waiters.find(gate);
        if (found == m_waiters.end())
            return nullptr;
        std::function<void()> waiter = std::move(found->second);
        m_waiters.erase(found);
        return waiter;
    }

private:
    void shutdown() override { const auto ended = std::exchange(m_waiters, {}); }

    std::unordered_map<const Gate *, std::function<void()>> m_waiters;
};

Gate::Gate(asio::io_context &context)
    : m_context(context)
    , m_waiters(asio::use_service<Waiters>(context))
{ }

void Gate::wait(std::function<void()> resume)
{
    m_waiters.keep(this, std::move(resume));
}

void Gate::open()
{
    if (const auto waiter = m_waiters.take(this))
        waiter();
}

void Gate::openSoon()
{
    if (auto waiter = m_waiters.take(this))
        asio::post(m_context, std::move(waiter));
}

} // namespace Sockeye
