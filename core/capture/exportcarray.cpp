// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/exportformat.h"
#include "core/capture/quotedbytes.h"
#include "core/capture/recordjson.h"

#include <array>

namespace Sockeye {

namespace {

constexpr qsizetype bytesPerLine = 12;

QByteArray words(Direction direction)
{
    return direction == Direction::ToServer ? "client to server" : "server to client";
}

/// Every array has a byte at least, as C knows none without; what has no bytes is a comment.
class CArrayFormat final : public RecordFormat
{
public:
    CArrayFormat(const CaptureLog &log, ExportOutput &output, bool perDirection)
        : RecordFormat(log, output)
        , m_perDirection(perDirection)
    { }

    int passes() const override { return m_perDirection ? 2 : 1; }

    Result<> begin() override
    {
        return write("/* Records of a capture, exported by Sockeye " SOCKEYE_VERSION ". */\n"
                     "#ifndef SOCKEYE_RECORDS_H\n#define SOCKEYE_RECORDS_H\n");
    }

    Result<quint64> add(const Record &record, int pass) override
    {
        const Direction side = pass == 0 ? Direction::ToServer : Direction::ToClient;
        if (m_perDirection && record.direction != side)
            return 0;
        if (auto written = write(remark(record)); !written)
            return fail(written.error());
        if (record.kind != RecordKind::Data)
            return record.kind == RecordKind::Gap && m_perDirection ? record.length : 0;
        bool isFirst = true;
        const auto take = [&](QByteArrayView piece, bool isLast) -> Result<> {
            if (std::exchange(isFirst, false)) {
                if (auto begun = beginArray(record); !begun)
                    return begun;
            }
            if (auto written = writeBytes(piece); !written)
                return written;
            return isLast && !m_perDirection ? endArray() : Result<>();
        };
        return readPieces(log(), record, take, cancel());
    }

    Result<> endPass(int /*pass*/) override { return endArray(); }

    Result<> end() override { return write("\n#endif\n"); }

private:
    [[nodiscard]] QByteArray remark(const Record &record) const
    {
        QByteArray text = "record " + QByteArray::number(record.index) + ", "
            + isoTime(record.time).toLatin1() + ", connection "
            + QByteArray::number(record.connection.value) + ", " + words(record.direction) + ", "
            + eventName(record.kind);
        if (record.kind == RecordKind::Data || record.kind == RecordKind::Gap)
            text += ", " + QByteArray::number(record.length) + " bytes";
        const auto server = log().server(record.server);
        if (server && !server->address.isEmpty())
            text += ", " + commentText(server->address.toUtf8());
        if (record.kind != RecordKind::Opened && record.kind != RecordKind::Gap) {
            const QByteArray note = log().note(record.index).toUtf8();
            text += note.isEmpty() ? QByteArray() : ": " + commentText(note);
        }
        return (m_isOpen ? "    /* " : "\n/* ") + text + " */\n";
    }

    [[nodiscard]] Result<> beginArray(const Record &record)
    {
        if (std::exchange(m_isOpen, true))
            return {};
        const bool isIn = record.direction == Direction::ToServer;
        const QByteArray name = m_perDirection
            ? QByteArray(isIn ? "bytes_to_server" : "bytes_to_client")
            : "record_" + QByteArray::number(record.index) + (isIn ? "_to_server" : "_to_client");
        return write("static const unsigned char " + name + "[] = {\n");
    }

    [[nodiscard]] Result<> endArray()
    {
        return std::exchange(m_isOpen, false) ? write("};\n") : Result<>();
    }

    [[nodiscard]] Result<> writeBytes(QByteArrayView bytes)
    {
        constexpr char digits[] = "0123456789abcdef";
        constexpr qsizetype linesAtOnce = 1024;
        for (qsizetype at = 0; at < bytes.size();) {
            QByteArray text;
            for (qsizetype line = 0; line < linesAtOnce && at < bytes.size(); ++line) {
                text += "   ";
                for (qsizetype i = 0; i < bytesPerLine && at < bytes.size(); ++i, ++at) {
                    const auto byte = static_cast<uchar>(bytes[at]);
                    const std::array<char, 6> shown = {
                        ' ', '0', 'x', digits[byte >> 4], digits[byte & 15], ','};
                    text.append(shown.data(), shown.size());
                }
                text += '\n';
            }
            if (auto written = write(text); !written)
                return written;
        }
        return {};
    }

    const bool m_perDirection;
    bool m_isOpen = false;
};

} // namespace

std::unique_ptr<RecordFormat> makeCArrayFormat(const CaptureLog &log, ExportOutput &output,
                                               bool perDirection)
{
    return std::make_unique<CArrayFormat>(log, output, perDirection);
}

} // namespace Sockeye
