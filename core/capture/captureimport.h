// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/pcapngreader.h"
#include "core/capture/segmentchain.h"

#include <memory>
#include <optional>

namespace Sockeye {

/// Where and why reading a file ended before its end.
struct CaptureDamage
{
    qint64 offset = 0;
    const char *why = nullptr; ///< a text of the catalogue, not translated
};

/// Reads a pcapng and adds what it tells to a segment and its chain: the same index that is made
/// while recording. Any bytes may come in; packets that are not ours are skipped. One thread; what
/// it added is seen by others after publish().
///
/// Beside the index it keeps 4 to 7 bytes a connection, and whatever messages of several packets
/// are open at the moment.
class CaptureImporter
{
public:
    CaptureImporter(Pcapng::ReadAt read, qint64 size, SegmentChain &chain, CaptureSegment &segment);
    ~CaptureImporter();
    CaptureImporter(const CaptureImporter &) = delete;
    CaptureImporter &operator=(const CaptureImporter &) = delete;

    /// Reads on over at least @p bytes. False at the end of the file or at its damage.
    [[nodiscard]] bool readSome(qint64 bytes);
    /// The file has changed behind its end: it can be read on there.
    void resume(qint64 size);
    /// Shows others what has been added.
    void publish();

    /// Bytes of whole blocks up to now.
    [[nodiscard]] qint64 readable() const;
    /// Why and where it is not readable up to the end; to be asked when readSome() was false. A
    /// tail of nothing but zeros is no damage: a writer that was killed had reserved it.
    [[nodiscard]] std::optional<CaptureDamage> damage() const;

private:
    class Packets;

    Pcapng::ReadAt m_read;
    qint64 m_size;
    Pcapng::BlockReader m_reader;
    std::unique_ptr<Packets> m_packets;
    SegmentChain &m_chain;
    CaptureSegment &m_segment;
    std::optional<CaptureDamage> m_contradiction; ///< a block that is no block of this format
};

} // namespace Sockeye
