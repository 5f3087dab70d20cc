// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"
#include "core/capture/capturelog.h"

namespace Sockeye {

class CaptureSegment;

/// Whether a living log, of this or another process, keeps @p file: as its single file, or as one
/// of its segments, the newest or an older one. A file that is not there yet counts if a log's next
/// segment may be made under its name.
[[nodiscard]] bool isBeingRecorded(const QString &file);

/// Where a log keeps its files: a private folder of its own with a chain of segments, or one file
/// that the user named.
///
/// The folder holds a lock that its living owner keeps, so that the next start knows which folders
/// belong to nobody any more.
class CaptureStorage
{
public:
    CaptureStorage() = default;
    ~CaptureStorage();
    CaptureStorage(CaptureStorage &&) = default;
    CaptureStorage &operator=(CaptureStorage &&) = delete;

    [[nodiscard]] static Result<CaptureStorage> create(const CaptureOptions &options);

    [[nodiscard]] bool isSingleFile() const { return !m_singleFile.isEmpty(); }
    /// 0: none.
    [[nodiscard]] qint64 limit() const { return m_limit; }
    [[nodiscard]] qint64 segmentSize() const { return m_segmentSize; }
    /// An empty file for the next segment, with space reserved; the single file is emptied.
    [[nodiscard]] Result<std::shared_ptr<CaptureSegment>> makeSegment();

private:
    [[nodiscard]] Result<> openFolder(const QString &base);
    [[nodiscard]] Result<> openSingleFile(bool overwrite);

    QString m_folder; ///< our own; empty: none
    QString m_singleFile;
    Descriptor m_lock;
    Descriptor m_opened; ///< the single file, locked
    qint64 m_limit = 0;
    qint64 m_segmentSize = 0;
    quint32 m_next = 0;
};

} // namespace Sockeye
