// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/pcapngreader.h"

namespace Sockeye {

/// A file that is read from its beginning to its end, by reads of 1 MiB.
class FileWindow
{
public:
    FileWindow(Pcapng::ReadAt read, qint64 size);

    [[nodiscard]] qint64 size() const { return m_size; }
    /// Bytes from @p offset: at least @p length of them, unless the file ends or cannot be read.
    /// Valid until the next call. The caller bounds @p length: so much memory it may take.
    [[nodiscard]] Pcapng::ByteView view(qint64 offset, size_t length);

private:
    Pcapng::ReadAt m_read;
    qint64 m_size = 0;
    std::vector<std::byte> m_window;
    qint64 m_windowStart = 0;
};

/// One packet of a file that some network tool recorded.
struct FilePacket
{
    Timestamp time;
    quint32 linkType = 0;
    Pcapng::ByteView data; ///< as much as is in the file; valid until the next packet
    quint32 originalLength = 0;
};

/// The packets of a file, one after another. Any bytes may come in.
class PacketFile
{
public:
    virtual ~PacketFile() = default;
    /// Nothing at the end or where the file is damaged.
    [[nodiscard]] virtual std::optional<FilePacket> next() = 0;
    /// How far the file was read; where the damage is, if there is any.
    [[nodiscard]] virtual qint64 position() const = 0;
    /// Why there is no next packet; null at the end. A text of the catalogue, not translated.
    [[nodiscard]] virtual const char *damage() const = 0;
};

/// libpcap's format: micro- and nanoseconds, either byte order.
class PcapFile final : public PacketFile
{
public:
    /// libpcap's own limit: a longer packet is damage, and nothing is allocated for it.
    static constexpr quint32 LongestPacket = 262'144;

    PcapFile(Pcapng::ReadAt read, qint64 size);

    /// Whether a file that begins with @p bytes is one.
    [[nodiscard]] static bool isPcap(Pcapng::ByteView bytes);
    [[nodiscard]] std::optional<FilePacket> next() override;
    [[nodiscard]] qint64 position() const override { return m_position; }
    [[nodiscard]] const char *damage() const override { return m_damage; }

private:
    [[nodiscard]] quint32 number(Pcapng::ByteView bytes, size_t at) const;
    [[nodiscard]] std::optional<FilePacket> damaged(const char *why);
    void readHeader();

    FileWindow m_file;
    qint64 m_position = 0;
    bool m_isSwapped = false;
    bool m_hasNanoseconds = false;
    quint32 m_linkType = 0;
    const char *m_damage = nullptr;
};

/// Packet blocks of all three kinds; any number of sections and interfaces, either byte order.
class PcapngFile final : public PacketFile
{
public:
    PcapngFile(Pcapng::ReadAt read, qint64 size);

    [[nodiscard]] std::optional<FilePacket> next() override;
    [[nodiscard]] qint64 position() const override;
    [[nodiscard]] const char *damage() const override;

private:
    void addInterface(const Pcapng::Block &block);
    [[nodiscard]] bool readPacket(const Pcapng::Block &block, FilePacket &packet);
    [[nodiscard]] bool readSimplePacket(const Pcapng::Block &block, FilePacket &packet) const;

    Pcapng::BlockReader m_reader;
    std::vector<Pcapng::Interface> m_interfaces;
    Timestamp m_lastTime;
    qint64 m_damagedBlock = -1;
};

} // namespace Sockeye
