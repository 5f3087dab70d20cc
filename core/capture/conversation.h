// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"

namespace Sockeye {

/// What went over a connection: both directions, or one side alone. A plain value.
struct Conversation
{
    ConnectionId connection;
    std::optional<Direction> side = {};

    [[nodiscard]] bool includes(const Record &record) const
    {
        return record.connection == connection && (!side || record.direction == *side);
    }

    friend bool operator==(const Conversation &, const Conversation &) = default;
};

struct SavedConversation
{
    quint64 bytes = 0; ///< written
    /// ConversationIncomplete: records of it were dropped, or bytes never recorded.
    std::optional<Problem> loss = {};
};

/// Writes the bytes of @p conversation to @p file as they were sent, in the order in which they
/// were recorded, in pieces: it may be far larger than memory. What comes while it is saved is left
/// out. The file (0600) appears when it is complete; a failure leaves what was there. Any thread;
/// takes as long as reading the capture does.
[[nodiscard]] Result<SavedConversation>
saveConversation(const CaptureLog &log, const Conversation &conversation, const QString &file);

} // namespace Sockeye
