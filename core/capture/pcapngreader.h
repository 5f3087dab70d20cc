// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/pcapngformat.h"
#include "core/capture/record.h"

#include <QByteArray>

#include <functional>
#include <span>
#include <vector>

namespace Sockeye::Pcapng {

// Bytes in, values out. Nothing here trusts a length that it has not compared with what is there.

using ByteView = std::span<const std::byte>;

/// Reads at most @p to.size() bytes at @p offset; fewer at the end, -1 on an error.
using ReadAt = std::function<qint64(qint64 offset, std::span<std::byte> to)>;

struct Block
{
    quint32 type = 0;
    qint64 offset = 0;
    ByteView bytes; ///< all of it, with both lengths; valid until the next one is read
};

/// Cuts a file into blocks, by reads of 1 MiB.
class BlockReader
{
public:
    BlockReader(ReadAt read, qint64 size);

    /// The file may have changed behind position(), where its end or damage stopped the reader: it
    /// goes on there. Nothing that was read before is kept.
    void resume(qint64 size);
    /// The next whole block; nothing at the end or where the file is damaged.
    [[nodiscard]] std::optional<Block> next();
    /// Where the next block would begin: at the end of the file, unless it is damaged.
    [[nodiscard]] qint64 position() const { return m_position; }
    /// Why there is no next block; null at the end. A text of the catalogue, not translated.
    [[nodiscard]] const char *damage() const { return m_damage; }
    /// A section in the other byte order: not ours. Its blocks have to be parsed as such.
    [[nodiscard]] bool isForeignSection() const { return m_isSwapped; }

private:
    [[nodiscard]] ByteView view(qint64 offset, size_t length);
    [[nodiscard]] quint32 number(ByteView bytes, size_t at) const;
    [[nodiscard]] std::optional<Block> damaged(const char *why);

    ReadAt m_read;
    qint64 m_size = 0;
    qint64 m_position = 0;
    std::vector<std::byte> m_window;
    qint64 m_windowStart = 0;
    bool m_isSwapped = false;
    const char *m_damage = nullptr;
};

// Each of these reads the other byte order with isSwapped (BlockReader::isForeignSection()).

/// The value of the first option @p code; a null array if there is none.
[[nodiscard]] QByteArray findOption(ByteView options, quint16 code, bool isSwapped = false);

/// One interface of a section.
struct Interface
{
    quint16 linkType = 0;
    quint32 snapLength = 0; ///< no packet has more in the file; 0: no limit
    quint8 timeResolution = 6; ///< as in if_tsresol: microseconds unless told otherwise
    qint64 timeOffset = 0; ///< seconds
    ServerId server; ///< invalid: the file does not tell
    QString name;
    QString address;
    int slot = -1; ///< for the reader's use

    [[nodiscard]] Timestamp toTime(quint64 ticks) const;
};
[[nodiscard]] Interface parseInterface(ByteView block, bool isSwapped = false);

/// The fixed part of an enhanced packet block.
struct EnhancedPacket
{
    quint32 interface = 0;
    quint64 ticks = 0;
    quint32 originalLength = 0; ///< before it was cut
    ByteView data;
    ByteView options;
};
/// Nothing if its lengths contradict each other.
[[nodiscard]] std::optional<EnhancedPacket> parseEnhancedPacket(ByteView block,
                                                                bool isSwapped = false);

/// A packet of one of our conversations.
struct ConversationPacket
{
    ConnectionId connection;
    ServerId server;
    Direction direction = Direction::ToServer;
    quint8 flags = 0;
    quint32 payloadOffset = 0; ///< in the packet
    quint32 payload = 0;
};
/// Nothing for a foreign packet. @p data may be cut anywhere behind the headers: @p captured tells
/// how long it is in the file.
[[nodiscard]] std::optional<ConversationPacket> parseConversationPacket(ByteView data,
                                                                        size_t captured);

} // namespace Sockeye::Pcapng
