// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturesegment.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

namespace Sockeye {

namespace {

QString freeSpace(const QByteArray &folder)
{
    struct statvfs status = {};
    if (::statvfs(folder.constData(), &status) != 0)
        return {};
    return QLocale().formattedDataSize(static_cast<qint64>(status.f_bavail)
                                       * static_cast<qint64>(status.f_frsize));
}

// Moves the front of the pieces on by what was written.
std::span<iovec> without(std::span<iovec> pieces, size_t written)
{
    while (!pieces.empty() && written >= pieces.front().iov_len) {
        written -= pieces.front().iov_len;
        pieces = pieces.subspan(1);
    }
    if (!pieces.empty()) {
        iovec &front = pieces.front();
        front.iov_base = static_cast<std::byte *>(front.iov_base) + written;
        front.iov_len -= written;
    }
    return pieces;
}

} // namespace

Problem writeProblem(const QString &path, int error)
{
    const QString effect = QCoreApplication::translate("Problem", "recording waits");
    if (error == ENOSPC || error == EDQUOT) {
        const QString folder = QFileInfo(path).absolutePath();
        return {ProblemCode::CaptureDiskFull,
                {{QStringLiteral("folder"), folder},
                 {QStringLiteral("free"), freeSpace(QFile::encodeName(folder))},
                 {QStringLiteral("effect"), effect}},
                error};
    }
    return {ProblemCode::CaptureWriteFailed,
            {{QStringLiteral("file"), path}, {QStringLiteral("effect"), effect}},
            error};
}

CaptureSegment::CaptureSegment(Descriptor file, QString path, qint64 step)
    : m_file(std::move(file))
    , m_path(std::move(path))
    , m_step(step)
{ }

CaptureSegment::~CaptureSegment() = default;

Result<> CaptureSegment::append(std::span<iovec> pieces)
{
    qint64 total = 0;
    for (const iovec &piece : pieces)
        total += static_cast<qint64>(piece.iov_len);
    if (auto reserved = reserveUpTo(m_size + total); !reserved)
        return reserved;
    qint64 at = m_size;
    while (!pieces.empty()) {
        const int count = static_cast<int>(std::min<size_t>(pieces.size(), IOV_MAX));
        const ssize_t written = ::pwritev(m_file.get(), pieces.data(), count, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            const int error = written == 0 ? ENOSPC : errno;
            // Half a block must not stay. This drops the reservation as well; the next attempt
            // makes it anew and thereby finds out whether there is room again.
            if (at != m_size && ::ftruncate(m_file.get(), m_size) == 0)
                m_reserved = m_size;
            return fail(failed(error));
        }
        at += written;
        pieces = without(pieces, static_cast<size_t>(written));
    }
    m_size = at;
    return {};
}

void CaptureSegment::finish()
{
    // Truncating to the size it has frees what is reserved behind the end.
    if (m_reserved > m_size && ::ftruncate(m_file.get(), m_size) == 0)
        m_reserved = m_size;
}

bool CaptureSegment::hasRoomFor(qint64 bytes)
{
    return reserveUpTo(m_size + bytes).has_value() && m_canReserve;
}

qint64 CaptureSegment::read(qint64 offset, std::span<std::byte> to) const
{
    size_t done = 0;
    while (done < to.size()) {
        const ssize_t got = ::pread(m_file.get(), to.data() + done, to.size() - done,
                                    offset + static_cast<qint64>(done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += static_cast<size_t>(got);
    }
    return static_cast<qint64>(done);
}

void CaptureSegment::removeFile() const
{
    ::unlink(QFile::encodeName(m_path).constData());
}

Result<> CaptureSegment::reserveUpTo(qint64 end)
{
    if (end <= m_reserved || !m_canReserve)
        return {};
    const qint64 missing = end - m_reserved;
    // A whole step if there is room for it, else what is needed right now.
    for (const qint64 length : {std::max(m_step, missing), missing}) {
        int error = 0;
        do {
            error =
                ::fallocate(m_file.get(), FALLOC_FL_KEEP_SIZE, m_reserved, length) == 0 ? 0 : errno;
        } while (error == EINTR);
        if (error == 0) {
            m_reserved += length;
            return {};
        }
        if (error == EOPNOTSUPP || error == ENOSYS || error == EINVAL) {
            m_canReserve = false; // then the write itself will tell
            return {};
        }
        if (length == missing)
            return fail(failed(error));
    }
    return {};
}

Problem CaptureSegment::failed(int error) const
{
    return writeProblem(m_path, error);
}

} // namespace Sockeye
