// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/atomicfile.h"

#include <QFile>

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

Problem unwritable(const QString &file, int errnoValue)
{
    return {ProblemCode::FileUnwritable, {{QStringLiteral("file"), file}}, errnoValue};
}

Result<AtomicFile> AtomicFile::create(const QString &file)
{
    const QByteArray path = QFile::encodeName(file);
    struct stat before = {};
    if (::lstat(path.constData(), &before) == 0 && !S_ISREG(before.st_mode))
        return fail(unwritable(file, S_ISDIR(before.st_mode) ? EISDIR : EEXIST));
    QByteArray temporary = path + ".XXXXXX";
    Descriptor target(::mkostemp(temporary.data(), O_CLOEXEC)); // 0600, and nobody's before
    if (!target)
        return fail(unwritable(file, errno));
    return AtomicFile(file, temporary, std::move(target));
}

AtomicFile::AtomicFile(const QString &file, const QByteArray &temporary, Descriptor target)
    : m_file(file)
    , m_temporary(temporary)
    , m_target(std::move(target))
{ }

AtomicFile::AtomicFile(AtomicFile &&other) noexcept
    : m_file(std::move(other.m_file))
    , m_temporary(std::exchange(other.m_temporary, {}))
    , m_target(std::move(other.m_target))
{ }

AtomicFile::~AtomicFile()
{
    if (!m_temporary.isEmpty())
        ::unlink(m_temporary.constData());
}

Result<> AtomicFile::write(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_target.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail(unwritable(m_file, written < 0 ? errno : EIO));
        bytes = bytes.subspan(static_cast<size_t>(written));
    }
    return {};
}

Result<> AtomicFile::commit()
{
    // "Saved" means that it survives a power failure.
    if (::fsync(m_target.get()) != 0
        || ::rename(m_temporary.constData(), QFile::encodeName(m_file).constData()) != 0)
        return fail(unwritable(m_file, errno));
    m_temporary.clear();
    return {};
}

} // namespace Sockeye
