// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "capturesource.h"

namespace Sockeye {

namespace {

constexpr std::chrono::milliseconds shortWait(50);

} // namespace

Result<std::unique_ptr<CaptureSource>> CaptureSource::open(const QString &file)
{
    std::unique_ptr<CaptureSource> source(new CaptureSource);
    const CaptureFormat format = captureFormat(file);
    const bool isForeign = format != CaptureFormat::Sockeye && format != CaptureFormat::Unknown;
    // What is unknown is opened as well: it says best why it cannot be.
    auto log = isForeign ? CaptureLog::create(importOptions(file), source->m_clock)
                         : CaptureLog::open(file);
    if (!log)
        return fail(log.error());
    source->m_log = std::move(*log);
    source->m_problem = source->m_log->damage();
    if (isForeign) {
        source->m_import = std::async(std::launch::async, [file, format, self = source.get()] {
            return importForeign(file, format, *self->m_log, self->m_clock, self->m_progress);
        });
    }
    return source;
}

CaptureSource::~CaptureSource()
{
    m_progress.isCancelled = true;
    if (m_import.valid())
        m_import.wait();
}

bool CaptureSource::waitForMore()
{
    if (!m_import.valid())
        return false;
    if (m_import.wait_for(shortWait) == std::future_status::ready) {
        if (const auto imported = m_import.get(); !imported)
            m_problem = imported.error();
    }
    return true; // its last records may have come while we waited
}

std::optional<Problem> CaptureSource::problem() const
{
    auto problem = m_problem;
    if (problem && problem->code == ProblemCode::CaptureDamaged && m_log->cursor().end == 0)
        problem->code = ProblemCode::NotACapture;
    return problem;
}

} // namespace Sockeye
