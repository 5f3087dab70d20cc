// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturesource.h"

namespace Sockeye {

namespace {

constexpr std::chrono::milliseconds shortWait(50);
constexpr std::chrono::milliseconds noWait(0);

} // namespace

Result<std::unique_ptr<CaptureSource>> CaptureSource::open(const QString &file, Reads reads)
{
    std::unique_ptr<CaptureSource> source(new CaptureSource);
    const CaptureFormat format = captureFormat(file);
    source->m_isForeign = format != CaptureFormat::Sockeye && format != CaptureFormat::Unknown;
    // What is unknown is opened as well: it says best why it cannot be.
    auto log = source->m_isForeign ? CaptureLog::create(importOptions(file), source->m_clock)
        : reads == Reads::All      ? CaptureLog::open(file)
                                   : CaptureLog::openGrowing(file);
    if (!log)
        return fail(log.error());
    source->m_log = std::move(*log);
    if (source->m_isForeign) {
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
    (void)isConverting(shortWait);
    return true; // its last records may have come while we waited
}

bool CaptureSource::isConverting(std::chrono::milliseconds patience)
{
    if (!m_import.valid())
        return false;
    if (m_import.wait_for(patience) != std::future_status::ready)
        return true;
    if (const auto imported = m_import.get(); !imported)
        m_importProblem = imported.error();
    return false;
}

CaptureReading CaptureSource::reading()
{
    if (!m_isForeign)
        return m_log->reading();
    CaptureReading reading;
    reading.isReading = isConverting(noWait);
    reading.read = m_progress.bytesRead;
    reading.size = std::max<qint64>(m_progress.size, reading.read);
    return reading;
}

void CaptureSource::stop()
{
    m_progress.isCancelled = true;
    m_log->stopReading();
}

std::optional<Problem> CaptureSource::problem()
{
    const bool isAllThere = !isConverting(noWait);
    auto problem = m_isForeign ? m_importProblem : m_log->damage();
    if (isAllThere && problem && problem->code == ProblemCode::CaptureDamaged
        && m_log->cursor().end == 0)
        problem->code = ProblemCode::NotACapture;
    return problem;
}

} // namespace Sockeye
