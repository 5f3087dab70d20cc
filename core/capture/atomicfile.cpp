// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/atomicfile.h"

#include <QFile>

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

Problem exists(const QString &file)
{
    return {ProblemCode::FileExists, {{QStringLiteral("file"), file}}, EEXIST};
}

// Gives the file its name, but not that of another. Some file systems cannot do that in one step;
// there the moment between the look and the renaming has to be risked.
bool renameToNew(const char *from, const char *to)
{
    if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    struct stat there = {};
    if (::lstat(to, &there) == 0) {
        errno = EEXIST;
        return false;
    }
    return ::rename(from, to) == 0;
}

} // namespace

Problem unwritable(const QString &file, int errnoValue)
{
    return {ProblemCode::FileUnwritable, {{QStringLiteral("file"), file}}, errnoValue};
}

Result<AtomicFile> AtomicFile::create(const QString &file, Existing existing)
{
    const QByteArray path = QFile::encodeName(file);
    struct stat before = {};
    const bool isThere = ::lstat(path.constData(), &before) == 0;
    if (isThere && !S_ISREG(before.st_mode))
        return fail(unwritable(file, S_ISDIR(before.st_mode) ? EISDIR : EEXIST));
    if (isThere && existing == Existing::Kept)
        return fail(exists(file));
    QByteArray temporary = path + ".XXXXXX";
    Descriptor target(::mkostemp(temporary.data(), O_CLOEXEC)); // 0600, and nobody's before
    if (!target)
        return fail(unwritable(file, errno));
    return AtomicFile(file, existing, temporary, std::move(target));
}

AtomicFile::AtomicFile(const QString &file, Existing existing, const QByteArray &temporary,
                       Descriptor target)
    : m_file(file)
    , m_existing(existing)
    , m_temporary(temporary)
    , m_target(std::move(target))
{ }

AtomicFile::AtomicFile(AtomicFile &&other) noexcept
    : m_file(std::move(other.m_file))
    , m_existing(other.m_existing)
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
    if (::fsync(m_target.get()) != 0)
        return fail(unwritable(m_file, errno));
    const QByteArray path = QFile::encodeName(m_file);
    const bool isRenamed = m_existing == Existing::Kept
        ? renameToNew(m_temporary.constData(), path.constData())
        : ::rename(m_temporary.constData(), path.constData()) == 0;
    if (!isRenamed)
        return fail(errno == EEXIST ? exists(m_file) : unwritable(m_file, errno));
    m_temporary.clear();
    return {};
}

} // namespace Sockeye
