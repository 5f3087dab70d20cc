// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/exportformat.h"
#include "core/capture/quotedbytes.h"
#include "core/capture/recordjson.h"

#include <algorithm>

namespace Sockeye {

namespace {

// As RFC 4180 has it.
QByteArray quoted(QByteArrayView text)
{
    return '"' + text.toByteArray().replace("\"", "\"\"") + '"';
}

/// Text as it stands in a field of escaped text. Spreadsheets take what begins with one of these
/// for a formula, and some formulas start programs: then the first byte is an escape, too.
QByteArray harmless(const QByteArray &escaped)
{
    if (escaped.isEmpty() || !QByteArrayView("=+-@").contains(escaped.front()))
        return escaped;
    return "\\x" + escaped.first(1).toHex() + escaped.sliced(1);
}

// An abstract name begins with "@", and is to look like one where it cannot be a formula.
QByteArray addressField(const QString &address)
{
    const QByteArray text = address.toUtf8();
    const bool isName = text.startsWith('@') && std::all_of(text.begin(), text.end(), [](char c) {
                            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
                                || (c >= 'a' && c <= 'z') || QByteArrayView("@._-/:").contains(c);
                        });
    return quoted(isName ? text : harmless(text));
}

class CsvFormat final : public RecordFormat
{
public:
    CsvFormat(const CaptureLog &log, ExportOutput &output, bool hexData)
        : RecordFormat(log, output)
        , m_hexData(hexData)
    { }

    Result<> begin() override
    {
        return write("record,time,connection,server,address,direction,kind,length,note,data\r\n");
    }

    Result<quint64> add(const Record &record, int /*pass*/) override
    {
        const auto server = log().server(record.server);
        const QByteArray note = harmless(escapedText(log().note(record.index).toUtf8()));
        const QByteArray line = QByteArray::number(record.index) + ','
            + isoTime(record.time).toLatin1() + ',' + QByteArray::number(record.connection.value)
            + ',' + QByteArray::number(record.server.value) + ','
            + addressField(server ? server->address : QString()) + ','
            + directionName(record.direction) + ',' + eventName(record.kind) + ','
            + QByteArray::number(record.length) + ',' + quoted(hasNote(record) ? note : "") + ",\"";
        if (auto written = write(line); !written)
            return fail(written.error());
        auto lost = writeData(record);
        if (!lost)
            return lost;
        if (auto written = write("\"\r\n"); !written)
            return fail(written.error());
        return lost;
    }

private:
    // The comments of the others are Sockeye's own, and stand in fields of their own.
    [[nodiscard]] static bool hasNote(const Record &record)
    {
        return record.kind != RecordKind::Opened && record.kind != RecordKind::Gap;
    }

    [[nodiscard]] Result<quint64> writeData(const Record &record)
    {
        bool isFirst = true;
        const auto take = [&](QByteArrayView piece, bool) -> Result<> {
            if (m_hexData)
                return write(hexDigits(piece));
            QByteArray text = escapedText(piece);
            if (std::exchange(isFirst, false))
                text = harmless(text);
            return write(text.replace("\"", "\"\""));
        };
        return readTextPieces(log(), record, take, cancel());
    }

    const bool m_hexData;
};

} // namespace

std::unique_ptr<RecordFormat> makeCsvFormat(const CaptureLog &log, ExportOutput &output,
                                            bool hexData)
{
    return std::make_unique<CsvFormat>(log, output, hexData);
}

} // namespace Sockeye
