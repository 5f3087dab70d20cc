// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/captureexport.h"

namespace Sockeye {

/// Gathers small writes, counts them, and ends the export when it is cancelled.
class ExportOutput
{
public:
    ExportOutput(const ByteSink &sink, const std::atomic<bool> *cancel)
        : m_sink(sink)
        , m_cancel(cancel)
    { }

    [[nodiscard]] Result<> write(QByteArrayView bytes);
    [[nodiscard]] Result<> flush();
    [[nodiscard]] quint64 bytes() const { return m_bytes; }
    [[nodiscard]] const std::atomic<bool> *cancel() const { return m_cancel; }

private:
    const ByteSink &m_sink;
    const std::atomic<bool> *m_cancel;
    QByteArray m_buffer;
    quint64 m_bytes = 0;
};

/// How one format writes records. Used by one thread.
class RecordFormat
{
public:
    RecordFormat(const CaptureLog &log, ExportOutput &output)
        : m_log(log)
        , m_output(output)
    { }
    virtual ~RecordFormat() = default;
    Q_DISABLE_COPY_MOVE(RecordFormat)

    /// How often the records are gone through.
    [[nodiscard]] virtual int passes() const { return 1; }
    [[nodiscard]] virtual Result<> begin() { return {}; }
    /// Returns how many bytes of the record are lost.
    [[nodiscard]] virtual Result<quint64> add(const Record &record, int pass) = 0;
    /// After the last record of a pass.
    [[nodiscard]] virtual Result<> endPass(int /*pass*/) { return {}; }
    [[nodiscard]] virtual Result<> end() { return {}; }

protected:
    [[nodiscard]] const CaptureLog &log() const { return m_log; }
    [[nodiscard]] Result<> write(QByteArrayView bytes) { return m_output.write(bytes); }
    [[nodiscard]] const std::atomic<bool> *cancel() const { return m_output.cancel(); }

private:
    const CaptureLog &m_log;
    ExportOutput &m_output;
};

[[nodiscard]] std::unique_ptr<RecordFormat>
makePcapngFormat(const CaptureLog &log, ExportOutput &output, bool hasAllServers);
[[nodiscard]] std::unique_ptr<RecordFormat> makeCsvFormat(const CaptureLog &log,
                                                          ExportOutput &output, bool hexData);
[[nodiscard]] std::unique_ptr<RecordFormat>
makeCArrayFormat(const CaptureLog &log, ExportOutput &output, bool perDirection);

} // namespace Sockeye
