// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"
#include "core/capture/captureindex.h"

#include <span>
#include <unordered_map>

struct iovec;

namespace Sockeye {

/// One file of a capture: its bytes and the index of its records.
///
/// The file's size is that of its valid content whenever nobody is inside append(): space is
/// reserved behind the end (KEEP_SIZE), and a failed write is cut off again. So each segment is a
/// whole pcapng at every moment, also after kill -9.
class CaptureSegment
{
public:
    /// @p step: how many bytes are reserved ahead at a time.
    CaptureSegment(Descriptor file, QString path, qint64 step);
    ~CaptureSegment();
    CaptureSegment(const CaptureSegment &) = delete;
    CaptureSegment &operator=(const CaptureSegment &) = delete;

    // --- the writer ---
    /// Reserves the first step. Fails if the disk is full.
    [[nodiscard]] Result<> reserve() { return reserveUpTo(m_step); }
    /// Whether there is room for @p bytes more, as far as that can be told without writing.
    [[nodiscard]] bool hasRoomFor(qint64 bytes);
    /// All or nothing. Changes @p pieces.
    [[nodiscard]] Result<> append(std::span<iovec> pieces);
    /// Gives the reserved rest back.
    void finish();
    [[nodiscard]] qint64 size() const { return m_size; }
    /// For a file that was read rather than written.
    void setSize(qint64 size) { m_size = size; }

    // --- any thread ---
    [[nodiscard]] const QString &path() const { return m_path; }
    /// Reads at most what is there; -1 on an error.
    [[nodiscard]] qint64 read(qint64 offset, std::span<std::byte> to) const;
    [[nodiscard]] int descriptor() const { return m_file.get(); }
    void removeFile() const;

    // --- under the lock of the chain, but for the writer's half of the index ---
    SegmentIndex index;
    RecordIndex firstRecord = 0;
    qint64 publishedSize = 0;
    /// Where connections are introduced that are not introduced in front of their first record:
    /// only in files that another program has put together.
    std::unordered_map<quint32, quint64> strayIntroductions;

private:
    [[nodiscard]] Result<> reserveUpTo(qint64 end);
    [[nodiscard]] Problem failed(int error) const;

    Descriptor m_file;
    QString m_path;
    qint64 m_step = 0;
    qint64 m_size = 0;
    qint64 m_reserved = 0;
    bool m_canReserve = true;
};

/// CaptureDiskFull or CaptureWriteFailed for @p error while writing @p path.
[[nodiscard]] Problem writeProblem(const QString &path, int error);

} // namespace Sockeye
