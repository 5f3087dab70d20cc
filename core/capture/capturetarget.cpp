// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturetarget.h"

#include "core/capture/atomicfile.h"
#include "core/capture/capturelog.h"
#include "core/capture/capturestorage.h"

#include <QFile>

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>

namespace Sockeye {

namespace {

FileIdentity identity(const struct stat &status)
{
    return {static_cast<quint64>(status.st_dev), static_cast<quint64>(status.st_ino)};
}

} // namespace

std::optional<FileIdentity> FileIdentity::of(int descriptor)
{
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0)
        return std::nullopt;
    return identity(status);
}

std::optional<FileIdentity> FileIdentity::of(const QString &file)
{
    struct stat status = {};
    if (::lstat(QFile::encodeName(file).constData(), &status) != 0)
        return std::nullopt;
    return identity(status);
}

Result<> checkTarget(const QString &target, std::span<const FileIdentity> sources)
{
    const auto there = FileIdentity::of(target);
    const bool isSource =
        there && std::find(sources.begin(), sources.end(), *there) != sources.end();
    if (isSource || isBeingRecorded(target))
        return fail(unwritable(target, EBUSY));
    return {};
}

Result<> checkTarget(const QString &target, const CaptureLog &log)
{
    const auto current = FileIdentity::of(log.currentFile());
    if (!current)
        return checkTarget(target, std::span<const FileIdentity>());
    return checkTarget(target, std::span(&*current, 1));
}

} // namespace Sockeye
