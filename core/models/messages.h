// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"
#include "core/decode/framer.h"
#include "core/decode/guess.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace Sockeye {

/// One message of a connection: where it is, in its direction and in the capture.
struct Message
{
    Direction direction = Direction::ToServer;
    Frame frame;
    RecordIndex firstRecord = 0; ///< in which its first byte came
    RecordIndex lastRecord = 0; ///< in which its last one did
    Timestamp time; ///< of the last record: before, it was not there

    friend bool operator==(const Message &, const Message &) = default;
};

/// The messages of one connection, found by a thread of its own that is made with the object and
/// joined by its destructor: it reads the connection's records in order, gives them to a framer,
/// and goes on with what comes. Bytes that were not recorded (gaps, records that were dropped)
/// cut messages and are no part of any.
///
/// Costs 84 bytes a message and 48 a record of the connection; of more than MostMessages, the rest
/// is not looked at. All functions are for one thread; they never wait for the work.
class Messages
{
public:
    static constexpr size_t MostMessages = 4'000'000;

    /// The log must outlive the object.
    explicit Messages(const CaptureLog &log);
    ~Messages();
    Messages(const Messages &) = delete;
    Messages &operator=(const Messages &) = delete;

    /// Begins anew. Without @p framer the best guess is taken, and records as they are where
    /// nothing can be guessed.
    void follow(ConnectionId connection, const std::optional<FramerSettings> &framer = {});
    [[nodiscard]] ConnectionId connection() const { return m_wish.connection; }
    /// There may be new records.
    void wake();

    struct Progress
    {
        size_t count = 0;
        bool isCaughtUp = false; ///< with all that was in the log when it was looked at last
        bool isCut = false; ///< there are more than MostMessages
        FramerSettings framer; ///< that is in use
        std::vector<ProtocolGuess> guesses; ///< the best first; may be empty
    };
    /// What has been found up to now; take() it before asking the rest.
    [[nodiscard]] const Progress &take();
    [[nodiscard]] const Message &at(size_t number) const;
    /// The first message that has a byte in that record; nothing if none has (yet).
    [[nodiscard]] std::optional<size_t> messageOf(RecordIndex record) const;
    /// Bytes of the message's body, or all of the frame, from the start, at most @p maximum.
    [[nodiscard]] QByteArray body(const Message &message, qint64 maximum = 1 << 20) const;
    [[nodiscard]] QByteArray bytes(const Message &message, qint64 maximum = 1 << 20) const;

private:
    struct Wish
    {
        ConnectionId connection;
        std::optional<FramerSettings> framer = {};
    };
    /// A record of the connection, and where its bytes begin in their direction.
    struct Piece
    {
        quint64 offset = 0;
        RecordIndex record = 0;
        Timestamp time;
    };
    using Pieces = std::array<std::deque<Piece>, 2>;
    class Work;

    void run();
    [[nodiscard]] QByteArray read(const Message &message, quint64 offset, quint64 length,
                                  qint64 maximum) const;
    [[nodiscard]] bool isCancelled(quint64 generation) const
    {
        return m_isStopping || m_generation != generation;
    }

    const CaptureLog &m_log;
    Wish m_wish; ///< also of the last follow()

    // --- shared, under m_mutex ---
    mutable std::mutex m_mutex;
    std::condition_variable m_condition;
    bool m_hasWork = false;
    Progress m_progress;
    std::deque<Message> m_found;
    std::array<std::deque<quint32>, 2> m_ofDirection; ///< numbers of m_found, in order
    Pieces m_pieces;
    std::atomic<quint64> m_generation = 0;
    std::atomic<bool> m_isStopping = false;

    // --- the asker's side ---
    Progress m_taken;

    std::thread m_thread; ///< last: everything above is there when it starts
};

} // namespace Sockeye
