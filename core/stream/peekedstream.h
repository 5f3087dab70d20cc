// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/descriptor.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <sys/types.h>

namespace Sockeye {

/// Who wrote a piece of a stream (SCM_CREDENTIALS).
struct WriterCredentials
{
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;

    friend bool operator==(const WriterCredentials &, const WriterCredentials &) = default;
};

/// Reads one connected, non-blocking stream or packet socket without taking what it reads: bytes
/// stay in the kernel's queue until they have been passed on, and the last one of them stays even
/// then. Where much stands unread take() saves the second copy.
///
/// Why: (1) A peer that closes with bytes unread makes its partner read ECONNRESET. A relay whose
/// own queue is empty cannot pass that on; with the last byte left unread, closing does it. (2) A
/// slow receiver costs no memory: what cannot be sent stays where it is. (3) Passed descriptors are
/// seen before they are taken, so that none is lost for want of a free one.
///
/// Facts used, of Linux (net/unix/af_unix.c), each with a test: MSG_PEEK goes on over all messages
/// up to the first one with descriptors, even when the buffer is full, and says MSG_CTRUNC for it
/// where there is no room for them; a copy that faults ends a peek at the message before;
/// SO_PEEK_OFF counts from the first byte that is not consumed. One thread at a time.
/// A peek with a buffer of one byte tells of descriptors as one with room for all would.
///
/// Of a packet socket (SOCK_SEQPACKET) each look() shows one message, and the last one passed on is
/// held as a whole. One without bytes is told from the end by the credentials that it carries.
class PeekedStream
{
public:
    /// The most descriptors that one message can carry (the kernel's SCM_MAX_FD).
    static constexpr int MaxDescriptors = 253;
    /// Less than this is not worth the calls that it takes to find out what take() may take.
    static constexpr size_t Much = 32 * 1024;

    struct Look
    {
        enum class Outcome { Bytes, WouldBlock, End, Failed };
        Outcome outcome = Outcome::WouldBlock;
        /// Bytes: of the buffer; never spans the start of a message with descriptors. A packet may
        /// be longer than the buffer: then its size, and the buffer holds its beginning.
        size_t size = 0;
        bool hasDescriptors = false; ///< they belong to the first of these bytes
        std::optional<WriterCredentials> writer; ///< all these bytes have one writer
        int errnoValue = 0; ///< Failed
    };

    /// @p fd stays the caller's.
    explicit PeekedStream(int fd);

    [[nodiscard]] bool isPacket() const { return m_isPacket; }
    /// What stands behind what was consumed and what is held. @p buffer: at least as long as the
    /// kernel's longest message (64 KiB), and the same for every call.
    [[nodiscard]] Look look(std::span<std::byte> buffer);
    /// Duplicates of the descriptors that the last look() told of, in their order. Nothing is taken
    /// if not all of them can be had: EMFILE.
    [[nodiscard]] int descriptors(std::vector<Descriptor> &found);
    /// Takes what stands unread, but for its last byte, which is held as if it had been passed on.
    /// Only where that is much, without descriptors before its end and of one writer; 0 else, and
    /// look() tells. The caller now owes these bytes to the other end. @p buffer: as for look().
    [[nodiscard]] size_t take(std::span<std::byte> buffer,
                              std::optional<WriterCredentials> &writer);
    /// @p size bytes of the last look() have been passed on: taken from the queue but for the last.
    /// Of a packet: all of them.
    void consume(size_t size);
    /// What is held may keep its sender from sending: the kernel counts the whole message that it
    /// belongs to, and says that there is room when a quarter of the send buffer is used, no more.
    [[nodiscard]] bool holdsMuch() const { return m_holdsMuch; }
    /// Takes also the byte that is held, so that closing is no reset.
    void releaseHeld();
    /// Did the peer close without having read all? Told once, by whichever call meets it first:
    /// also by look() and by a send.
    [[nodiscard]] bool wasReset();
    /// Is there anything behind what was consumed and is held?
    [[nodiscard]] bool hasUnread();

private:
    void setOffset();
    struct Peeked
    {
        ssize_t size = 0; ///< or -1 with errno
        bool lacksRoom = false; ///< for the descriptors of some message among these or behind
        std::optional<WriterCredentials> writer;
    };
    [[nodiscard]] Peeked peek(std::span<std::byte> buffer, int flags = 0);
    [[nodiscard]] ssize_t peekOne();
    void drop(size_t size);
    void dropPacket();
    [[nodiscard]] size_t startOfLastMessage(std::span<std::byte> buffer, size_t size);

    int m_fd;
    bool m_isPacket = false;
    size_t m_held = 0; ///< passed on, but not consumed: 0 or 1; the size of a packet
    bool m_holdsMuch = false;
    bool m_wasReset = false; ///< met by a drop, and not told yet
    size_t m_offset = 0; ///< where the kernel begins the next peek, as far as it is known
    bool m_hasOffset = false; ///< it is
};

/// One sendmsg(): bytes with descriptors and credentials at their first byte. Never blocks, never
/// raises SIGPIPE. Returns how many bytes went, or -1 with errno.
[[nodiscard]] ssize_t sendWith(int fd, std::span<const std::byte> bytes,
                               const std::vector<Descriptor> &descriptors,
                               const std::optional<WriterCredentials> &writer);

} // namespace Sockeye
