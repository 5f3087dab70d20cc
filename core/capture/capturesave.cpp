// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturesave.h"

#include <QFile>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

constexpr size_t CopySize = 1024 * 1024;

Problem saveProblem(const QString &file, int error)
{
    return {ProblemCode::FileUnwritable, {{QStringLiteral("file"), file}}, error};
}

bool writeAll(int descriptor, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes = bytes.subspan(static_cast<size_t>(written));
    }
    return true;
}

bool copyPart(const SegmentChain::Part &part, int target)
{
    std::vector<std::byte> buffer(CopySize);
    for (qint64 at = 0; at < part.size;) {
        const auto wanted = static_cast<size_t>(
            std::min<qint64>(part.size - at, static_cast<qint64>(buffer.size())));
        const qint64 got = part.segment->read(at, std::span(buffer).first(wanted));
        if (got <= 0) {
            errno = got == 0 ? EIO : errno;
            return false;
        }
        if (!writeAll(target, std::span(buffer).first(static_cast<size_t>(got))))
            return false;
        at += got;
    }
    return true;
}

// To rename over the file that is being recorded to would leave the log writing to a file
// without a name.
Result<> checkTarget(const std::vector<SegmentChain::Part> &parts, const QString &file)
{
    struct stat target = {};
    if (::lstat(QFile::encodeName(file).constData(), &target) != 0)
        return {};
    if (!S_ISREG(target.st_mode))
        return fail(saveProblem(file, S_ISDIR(target.st_mode) ? EISDIR : EEXIST));
    for (const SegmentChain::Part &part : parts) {
        struct stat source = {};
        if (::fstat(part.segment->descriptor(), &source) == 0 && source.st_dev == target.st_dev
            && source.st_ino == target.st_ino)
            return fail(saveProblem(file, EBUSY));
    }
    return {};
}

} // namespace

Result<> saveCapture(const std::vector<SegmentChain::Part> &parts, const QString &file)
{
    if (auto checked = checkTarget(parts, file); !checked)
        return checked;
    const QByteArray path = QFile::encodeName(file);
    QByteArray temporary = path + ".XXXXXX";
    Descriptor target(::mkostemp(temporary.data(), O_CLOEXEC)); // 0600, and nobody's before
    if (!target)
        return fail(saveProblem(file, errno));
    bool isWritten = true;
    for (const SegmentChain::Part &part : parts)
        isWritten = isWritten && copyPart(part, target.get());
    // "Saved" means that it survives a power failure.
    if (!isWritten || ::fsync(target.get()) != 0
        || ::rename(temporary.constData(), path.constData()) != 0) {
        const int error = errno;
        ::unlink(temporary.constData());
        return fail(saveProblem(file, error));
    }
    return {};
}

} // namespace Sockeye
