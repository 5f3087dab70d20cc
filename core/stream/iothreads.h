// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace asio {
class io_context;
}

namespace Sockeye {

class EdgePoll;

/// The threads that move bytes, each with one io_context. Made once, joined once: a thread that is
/// made when no descriptor is left would abort the process.
class IoThreads
{
public:
    explicit IoThreads(int count);
    /// stop()s, then destroys what was suspended.
    ~IoThreads();
    IoThreads(const IoThreads &) = delete;
    IoThreads &operator=(const IoThreads &) = delete;

    [[nodiscard]] int count() const { return static_cast<int>(m_threads.size()); }
    [[nodiscard]] asio::io_context &context(int thread) const;
    /// Runs @p work on that thread, soon. Any thread.
    void post(int thread, std::function<void()> work) const;
    /// A buffer that belongs to whatever runs on that thread until it suspends: 5,000 idle
    /// connections share it instead of having 5,000 of their own.
    [[nodiscard]] std::span<std::byte> scratch(int thread) const;
    /// What waits for changes on that thread's sockets; used on that thread only.
    [[nodiscard]] EdgePoll &edges(int thread) const;
    /// Ends all work where it stands and joins. What was suspended stays so until the destructor:
    /// who holds a timer or a socket of a context lets go of it in between.
    void stop();

private:
    struct Thread;
    std::vector<std::unique_ptr<Thread>> m_threads;
};

/// What one read takes in at the most; also the largest record. Larger ones were no faster (256
/// KiB: 3.1 GB/s recorded, 64 KiB: 2.2), and the buffer has to stay in the processor's cache.
constexpr size_t scratchSize = 256 * 1024;

} // namespace Sockeye
