// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stream/iothreads.h"

#include "core/stream/edgepoll.h"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <optional>
#include <thread>

#include <csignal>
#include <sys/resource.h>

namespace Sockeye {

struct IoThreads::Thread
{
    asio::io_context context {1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work {
        context.get_executor()};
    EdgePoll edges {context};
    std::vector<std::byte> scratch = std::vector<std::byte>(scratchSize);
    std::thread thread;
};

IoThreads::IoThreads(int count)
{
    // Signals belong to the main thread: a worker must not be interrupted by them.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 0; i < count; ++i) {
        m_threads.push_back(std::make_unique<Thread>());
        Thread *thread = m_threads.back().get();
        thread->thread = std::thread([thread] {
            // A flood shares two cores with a window: on Linux "who" 0 is this thread alone. One
            // that wakes to draw a frame then comes before those that pump without end.
            ::setpriority(PRIO_PROCESS, 0, 2);
            thread->context.run();
        });
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

IoThreads::~IoThreads()
{
    stop();
}

asio::io_context &IoThreads::context(int thread) const
{
    return m_threads[static_cast<size_t>(thread)]->context;
}

void IoThreads::post(int thread, std::function<void()> work) const
{
    asio::post(context(thread), std::move(work));
}

std::span<std::byte> IoThreads::scratch(int thread) const
{
    return m_threads[static_cast<size_t>(thread)]->scratch;
}

EdgePoll &IoThreads::edges(int thread) const
{
    return m_threads[static_cast<size_t>(thread)]->edges;
}

void IoThreads::stop()
{
    for (const auto &thread : m_threads) {
        thread->work.reset();
        thread->context.stop();
    }
    for (const auto &thread : m_threads) {
        if (thread->thread.joinable())
            thread->thread.join();
    }
}

} // namespace Sockeye
