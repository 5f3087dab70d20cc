// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/httpdecoder.h"

#include "core/decode/displaytext.h"
#include "core/decode/nodetree.h"

#include <algorithm>

#include <http_parser.h>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Range
{
    quint64 begin = 0;
    quint64 end = 0;

    [[nodiscard]] quint64 length() const { return end - begin; }
};

/// Makes nodes of the places that http_parser tells, as it goes.
class Reading
{
public:
    Reading(NodeTree &tree, Direction direction)
        : m_tree(tree)
        , m_bytes(tree.bytes(0, tree.size()))
        , m_isRequest(direction == Direction::ToServer)
    {
        http_parser_init(&m_parser, m_isRequest ? HTTP_REQUEST : HTTP_RESPONSE);
        m_parser.data = this;
    }

    void run()
    {
        http_parser_settings settings;
        http_parser_settings_init(&settings);
        settings.on_header_field = headerField;
        settings.on_header_value = headerValue;
        settings.on_headers_complete = headersComplete;
        settings.on_body = body;
        settings.on_message_complete = messageComplete;
        const size_t parsed = http_parser_execute(&m_parser, &settings, m_bytes.data(),
                                                  static_cast<size_t>(m_bytes.size()));
        // The end of the bytes may be what ends a response; http_parser knows whether it does.
        if (!m_isComplete && !m_tree.isCut() && HTTP_PARSER_ERRNO(&m_parser) == HPE_OK)
            http_parser_execute(&m_parser, &settings, nullptr, 0);
        finishHeader();
        finishBody();
        judge(parsed);
    }

    [[nodiscard]] QString summary() const
    {
        QString line = m_isRequest ? word(m_method) + u' ' + word(m_target)
                                   : word(m_code) + u' ' + word(m_reason);
        line = line.trimmed();
        if (line.isEmpty())
            line = u"%1 bytes"_s.arg(m_bytes.size());
        if (!m_contentType.isEmpty())
            line += u", "_s + m_contentType;
        if (m_bodySize > 0)
            line += u", %1 bytes"_s.arg(m_bodySize);
        return line;
    }

    [[nodiscard]] std::optional<CallMark> call() const
    {
        if (m_isRequest && m_target.length() > 0)
            return CallMark {CallMark::Role::Request, {}, word(m_method) + u' ' + word(m_target)};
        if (m_isRequest || m_code.length() != 3)
            return std::nullopt;
        // An interim response answers nothing yet; 101 is the last one of this protocol.
        const bool isInterim = m_parser.status_code < 200 && m_parser.status_code != 101;
        return CallMark {isInterim ? CallMark::Role::Notice : CallMark::Role::Response, {}, {}};
    }

private:
    static Reading &self(http_parser *parser) { return *static_cast<Reading *>(parser->data); }

    [[nodiscard]] QString word(const Range &range) const
    {
        return displayText(m_tree.bytes(range.begin, range.length()), LongestSummary);
    }
    [[nodiscard]] Range rangeOf(const char *at, size_t length) const
    {
        const auto begin = static_cast<quint64>(at - m_bytes.data());
        return {begin, begin + length};
    }
    void addPart(const QString &name, const QString &type, const Range &range)
    {
        if (range.length() > 0)
            m_tree.add(name, m_tree.textOf(range.begin, range.length()), type, range.begin,
                       range.length());
    }

    /// The first line. Empty ones in front of it are allowed.
    void addLine()
    {
        if (m_hasLine)
            return;
        m_hasLine = true;
        const auto isLineEnd = [](char c) { return c == '\r' || c == '\n'; };
        const auto *begin = std::find_if_not(m_bytes.begin(), m_bytes.end(), isLineEnd);
        const auto *end = std::find_if(begin, m_bytes.end(), isLineEnd);
        Range rest = rangeOf(begin, static_cast<size_t>(end - begin));
        if (rest.length() == 0)
            return;
        const Range line = rest;
        // Three words; the last one of a response may have blanks in it, or be missing.
        const auto nextWord = [&](bool isLast) {
            const QByteArrayView text = m_tree.bytes(rest.begin, rest.length());
            qsizetype length = isLast ? -1 : text.indexOf(' ');
            if (length < 0)
                length = text.size();
            const Range found {rest.begin, rest.begin + static_cast<quint64>(length)};
            rest.begin = found.end;
            while (rest.begin < rest.end && m_bytes[static_cast<qsizetype>(rest.begin)] == ' ')
                ++rest.begin;
            return found;
        };
        const Range first = nextWord(false);
        const Range second = nextWord(false);
        const Range third = nextWord(true);
        if (!m_tree.open(m_isRequest ? u"request line"_s : u"status line"_s, {}, line.begin))
            return;
        addPart(m_isRequest ? u"method"_s : u"version"_s, {}, first);
        addPart(m_isRequest ? u"target"_s : u"status"_s, {}, second);
        addPart(m_isRequest ? u"version"_s : u"reason"_s, {}, third);
        m_tree.current().value = m_tree.textOf(line.begin, line.length());
        m_tree.close(line.end);
        if (m_isRequest) {
            m_method = first;
            m_target = second;
        } else {
            m_code = second;
            m_reason = third;
        }
    }

    /// A field, or a first or further part of its name.
    static int headerField(http_parser *parser, const char *at, size_t length)
    {
        Reading &reading = self(parser);
        if (reading.m_hasValue || !reading.m_hasName)
            reading.finishHeader();
        const Range part = reading.rangeOf(at, length);
        reading.m_name = reading.m_hasName ? Range {reading.m_name.begin, part.end} : part;
        reading.m_hasName = true;
        return 0;
    }
    static int headerValue(http_parser *parser, const char *at, size_t length)
    {
        Reading &reading = self(parser);
        const Range part = reading.rangeOf(at, length);
        // One that goes on in a further line comes in parts.
        reading.m_value = reading.m_hasValue ? Range {reading.m_value.begin, part.end} : part;
        reading.m_hasValue = true;
        return 0;
    }

    void finishHeader()
    {
        addLine();
        if (m_hasName) {
            // An empty value is told of when the line is over.
            const bool isEmpty = !m_hasValue || m_value.length() == 0;
            const Range value = isEmpty ? Range {m_name.end, m_name.end} : m_value;
            const QString name = word(m_name);
            const QString text = m_tree.textOf(value.begin, value.length());
            m_tree.add(name, text, m_hasHead ? u"trailer"_s : u"header"_s, m_name.begin,
                       value.end - m_name.begin);
            if (name.compare(u"Content-Type"_s, Qt::CaseInsensitive) == 0)
                m_contentType = elided(text, LongestSummary);
        }
        m_hasName = false;
        m_hasValue = false;
    }

    static int headersComplete(http_parser *parser)
    {
        Reading &reading = self(parser);
        reading.finishHeader();
        reading.m_hasHead = true;
        return 0;
    }

    static int body(http_parser *parser, const char *at, size_t length)
    {
        Reading &reading = self(parser);
        const Range part = reading.rangeOf(at, length);
        const bool isChunked = (parser->flags & F_CHUNKED) != 0;
        if (reading.m_bodySize == 0) {
            reading.m_body = part;
            reading.m_isBodyOpen =
                reading.m_tree.open(u"body"_s, reading.bodyType(isChunked), part.begin);
        }
        if (isChunked)
            reading.m_tree.add(u"[%1]"_s.arg(reading.m_chunks++), reading.bodyText(part),
                               u"chunk"_s, part.begin, part.length());
        reading.m_body.end = part.end;
        reading.m_bodySize += part.length();
        return 0;
    }

    [[nodiscard]] QString bodyType(bool isChunked) const
    {
        if (!isChunked)
            return m_contentType;
        return m_contentType.isEmpty() ? u"chunked"_s : m_contentType + u", chunked"_s;
    }
    [[nodiscard]] QString bodyText(const Range &range) const
    {
        // What is no text from its start will be none further on.
        constexpr quint64 enough = 4096;
        const QByteArrayView start = m_tree.bytes(range.begin, std::min(range.length(), enough));
        const bool isText = validUtf8(start, true) == start.size() && !start.contains('\0');
        return isText ? m_tree.textOf(range.begin, range.length())
                      : m_tree.hexOf(range.begin, range.length());
    }

    void finishBody()
    {
        if (!m_isBodyOpen)
            return;
        m_isBodyOpen = false;
        if (m_tree.isFull())
            return;
        if (m_chunks == 0)
            m_tree.current().value = bodyText(m_body);
        m_tree.close(m_body.end);
    }

    static int messageComplete(http_parser *parser)
    {
        Reading &reading = self(parser);
        reading.m_isComplete = true;
        reading.finishBody();
        reading.finishHeader(); // a trailer
        http_parser_pause(parser, 1); // what follows is no part of this message
        return 0;
    }

    void judge(size_t parsed)
    {
        const http_errno error = HTTP_PARSER_ERRNO(&m_parser);
        const auto at = static_cast<quint64>(parsed);
        if (m_isComplete && at < m_tree.size()) {
            if (m_parser.upgrade != 0)
                m_tree.add(u"data"_s, m_tree.textOf(at, m_tree.size()), u"of the new protocol"_s,
                           at, m_tree.size());
            else
                m_tree.addError(u"more"_s, u"the message is over, and more follows"_s, at,
                                m_tree.size());
        } else if (m_isComplete || (m_tree.isCut() && error == HPE_OK)) {
            return;
        } else if (error == HPE_OK || error == HPE_INVALID_EOF_STATE) {
            // The response to a HEAD announces a body that is not there.
            const bool isHeadAlone =
                !m_isRequest && m_hasHead && m_bodySize == 0 && m_bytes.endsWith("\n\r\n");
            if (!isHeadAlone)
                m_tree.addEnd(m_hasHead ? u"body"_s : u"head"_s, m_tree.size());
        } else {
            m_tree.addError(u"error"_s, QString::fromLatin1(http_errno_description(error)), at,
                            m_tree.size());
        }
    }

    NodeTree &m_tree;
    QByteArrayView m_bytes;
    http_parser m_parser {};
    bool m_isRequest;
    bool m_hasLine = false;
    bool m_hasHead = false;
    bool m_hasName = false;
    bool m_hasValue = false;
    bool m_isBodyOpen = false;
    bool m_isComplete = false;
    Range m_method;
    Range m_target;
    Range m_code;
    Range m_reason;
    Range m_name; ///< of the header that is not over yet
    Range m_value;
    Range m_body;
    quint64 m_bodySize = 0; ///< without the lines of chunks
    int m_chunks = 0;
    QString m_contentType;
};

} // namespace

Decoded HttpDecoder::decode(std::span<const std::byte> message, const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    Reading reading(tree, context.direction);
    reading.run();
    return tree.finish(reading.summary(), reading.call());
}

} // namespace Sockeye
