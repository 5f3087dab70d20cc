// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturefilter.h"

#include "core/capture/capturescan.h"
#include "core/capture/filterparser.h"

namespace Sockeye {

Result<CaptureFilter> CaptureFilter::parse(const QString &expression)
{
    auto parsed = parseFilter(expression);
    if (!parsed)
        return fail(parsed.error());
    CaptureFilter filter;
    filter.m_root = std::move(*parsed);
    return filter;
}

bool CaptureFilter::matches(const Record &record, const CaptureLog &log) const
{
    if (!m_root)
        return true;
    const auto found = CaptureScan(log, *this).find(record.index, 1, [] { return false; });
    return found && !found->records.empty();
}

} // namespace Sockeye
