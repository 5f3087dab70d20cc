// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturesave.h"

#include "core/capture/atomicfile.h"
#include "core/capture/capturetarget.h"

#include <algorithm>
#include <cerrno>

namespace Sockeye {

namespace {

constexpr size_t CopySize = 1024 * 1024;

Result<> copyPart(const SegmentChain::Part &part, AtomicFile &target, const QString &file)
{
    std::vector<std::byte> buffer(CopySize);
    for (qint64 at = 0; at < part.size;) {
        const auto wanted = static_cast<size_t>(
            std::min<qint64>(part.size - at, static_cast<qint64>(buffer.size())));
        const qint64 got = part.segment->read(at, std::span(buffer).first(wanted));
        if (got <= 0)
            return fail(unwritable(file, got == 0 ? EIO : errno));
        if (auto written = target.write(std::span(buffer).first(static_cast<size_t>(got)));
            !written)
            return written;
        at += got;
    }
    return {};
}

} // namespace

Result<> saveCapture(const std::vector<SegmentChain::Part> &parts, const QString &file)
{
    std::vector<FileIdentity> sources;
    for (const SegmentChain::Part &part : parts) {
        if (const auto source = FileIdentity::of(part.segment->descriptor()))
            sources.push_back(*source);
    }
    // To rename over the file that is being recorded to would leave the log writing to a file
    // without a name.
    if (auto checked = checkTarget(file, sources); !checked)
        return checked;
    auto target = AtomicFile::create(file);
    if (!target)
        return fail(target.error());
    for (const SegmentChain::Part &part : parts) {
        if (auto copied = copyPart(part, *target, file); !copied)
            return copied;
    }
    return target->commit();
}

} // namespace Sockeye
