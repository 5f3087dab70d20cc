// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/pcapngwriter.h"

namespace Sockeye::Pcapng {

// Which packets tell of a record: what is written while recording and what is exported is read back
// by the same rules. Values in, bytes out. Of @p at only time, interface and direction count.

[[nodiscard]] QByteArray commentOptions(const QByteArray &comment);
[[nodiscard]] Direction opposite(Direction direction);

/// In front of the first record of a connection whose handshake is not in the file.
void appendIntroduction(Buffer &buffer, Conversation &conversation, PacketFacts at,
                        const QByteArray &comment);

/// Who connected.
struct Handshake
{
    QByteArray comment; ///< the connection as JSON
    quint32 pid = 0; ///< 0: unknown
};
/// Opened.
void appendOpened(Buffer &buffer, Conversation &conversation, PacketFacts at,
                  const Handshake &handshake);
void appendRefused(Buffer &buffer, Conversation &conversation, PacketFacts at,
                   const Handshake &handshake, const QByteArray &note);
void appendEndOfStream(Buffer &buffer, Conversation &conversation, PacketFacts at,
                       const QByteArray &note);
void appendReset(Buffer &buffer, Conversation &conversation, PacketFacts at,
                 const QByteArray &note);
/// @p records: how many are missing, as far as that is known.
void appendGap(Buffer &buffer, Conversation &conversation, PacketFacts at, quint64 bytes,
               quint64 records);
/// A part of a Data record: packets of at most LongestPayload, each acknowledged when that is due.
/// @p options are those of the first one. @p isLast: the record ends here.
void appendData(Buffer &buffer, Conversation &conversation, PacketFacts at,
                std::span<const std::byte> bytes, const QByteArray &options, bool isLast);

} // namespace Sockeye::Pcapng
