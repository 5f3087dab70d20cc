// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/copyform.h"
#include "core/capture/quotedbytes.h"

#include <QCoreApplication>

#include <algorithm>
#include <optional>

namespace Sockeye {

namespace {

/// A body as one argument: the kernel allows no argument over 128 KiB.
constexpr qsizetype longestArgument = 32 * 1024;

struct Request
{
    QByteArray method;
    QByteArray target;
    QByteArray version; ///< "1.0", "1.1"
    std::vector<QByteArray> headers; ///< lines without their ends
    QByteArray body; ///< without what chunks add
};

bool isTokenByte(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z')
        || (byte >= 'a' && byte <= 'z') || QByteArrayView("!#$%&'*+-.^_`|~").contains(byte);
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isTokenByte);
}

bool hasControl(QByteArrayView text)
{
    return std::any_of(text.begin(), text.end(), [](char byte) {
        return (static_cast<uchar>(byte) < 0x20 && byte != '\t') || byte == 0x7f;
    });
}

QByteArray nameOf(const QByteArray &header)
{
    return header.first(header.indexOf(':'));
}

QByteArray valueOf(const QByteArray &header)
{
    return header.sliced(header.indexOf(':') + 1).trimmed();
}

/// The values of all headers of that name.
std::vector<QByteArray> valuesOf(const Request &request, const char *name)
{
    std::vector<QByteArray> values;
    for (const QByteArray &header : request.headers) {
        if (nameOf(header).compare(name, Qt::CaseInsensitive) == 0)
            values.push_back(valueOf(header));
    }
    return values;
}

bool has(const Request &request, const char *name)
{
    return !valuesOf(request, name).empty();
}

/// Takes whole requests off the front of some bytes. Nothing where one is not HTTP/1, or not whole.
class RequestReader
{
public:
    explicit RequestReader(QByteArrayView bytes)
        : m_rest(bytes)
    { }

    [[nodiscard]] bool atEnd() const { return m_rest.isEmpty(); }
    [[nodiscard]] std::optional<Request> next()
    {
        Request request;
        if (!readRequestLine(request) || !readHeaders(request) || !readBody(request))
            return std::nullopt;
        return request;
    }

private:
    /// curl ends lines with CR LF, so that others would not arrive as they were.
    [[nodiscard]] std::optional<QByteArray> line()
    {
        const qsizetype end = m_rest.indexOf("\r\n");
        if (end < 0)
            return std::nullopt;
        QByteArray result = m_rest.first(end).toByteArray();
        m_rest = m_rest.sliced(end + 2);
        return result;
    }

    [[nodiscard]] bool readRequestLine(Request &request)
    {
        const auto first = line();
        const QList<QByteArray> parts = first.value_or(QByteArray()).split(' ');
        if (parts.size() != 3 || !isToken(parts[0]) || parts[1].isEmpty() || hasControl(parts[1])
            || parts[1].contains('\t'))
            return false;
        request.method = parts[0];
        request.target = parts[1];
        request.version = parts[2].mid(5);
        return parts[2] == "HTTP/1.0" || parts[2] == "HTTP/1.1";
    }

    [[nodiscard]] bool readHeaders(Request &request)
    {
        for (;;) {
            const auto header = line();
            if (!header)
                return false;
            if (header->isEmpty())
                return true;
            const qsizetype colon = header->indexOf(':');
            if (colon < 0 || !isToken(header->first(colon)) || hasControl(*header))
                return false;
            request.headers.push_back(*header);
        }
    }

    [[nodiscard]] bool readBody(Request &request)
    {
        const auto lengths = valuesOf(request, "Content-Length");
        const auto encodings = valuesOf(request, "Transfer-Encoding");
        if (!encodings.empty()) {
            return encodings.size() == 1 && lengths.empty()
                && encodings[0].compare("chunked", Qt::CaseInsensitive) == 0
                && readChunks(request.body);
        }
        if (lengths.empty())
            return true;
        return lengths.size() == 1 && readBytes(lengths[0], 10, request.body);
    }

    /// As many bytes as @p length says, in digits of @p base.
    [[nodiscard]] bool readBytes(const QByteArray &length, int base, QByteArray &to)
    {
        const bool isNumber =
            !length.isEmpty() && std::all_of(length.begin(), length.end(), [base](char byte) {
                return base == 16 ? isxdigit(static_cast<uchar>(byte)) != 0
                                  : byte >= '0' && byte <= '9';
            });
        bool fits = false;
        const qint64 count = length.toLongLong(&fits, base);
        if (!isNumber || !fits || count > m_rest.size())
            return false;
        to.append(m_rest.first(count));
        m_rest = m_rest.sliced(count);
        return true;
    }

    [[nodiscard]] bool readChunks(QByteArray &to)
    {
        for (;;) {
            const auto size = line();
            if (!size)
                return false;
            const qsizetype before = to.size();
            // What may follow a length, curl would not send.
            if (!readBytes(*size, 16, to))
                return false;
            const auto end = line(); // of the chunk, or of the trailers, of which there are none
            if (!end || !end->isEmpty())
                return false;
            if (to.size() == before)
                return true;
        }
    }

    QByteArrayView m_rest;
};

/// What curl would say by itself and the client did not.
QByteArray unsaid(const Request &request)
{
    QByteArray text;
    for (const char *name : {"Host", "User-Agent", "Accept"}) {
        if (!has(request, name))
            text += QByteArray(" \\\n    --header ") + name + ':';
    }
    for (const char *name : {"Content-Type", "Expect"}) {
        if (!request.body.isEmpty() && !has(request, name))
            text += QByteArray(" \\\n    --header ") + name + ':';
    }
    return text;
}

// "Name:" alone would take a header away.
QByteArray headerWord(const QByteArray &header)
{
    return shellWord(valueOf(header).isEmpty() ? nameOf(header) + ';' : header);
}

bool isArgument(const QByteArray &body)
{
    // "@" stands for a file. A line feed is nothing to fear within quotation marks.
    QByteArray oneLine = body;
    oneLine.replace('\n', ' ');
    return body.size() <= longestArgument && !body.startsWith('@') && isShowableText(oneLine);
}

QByteArray dataOption(const QByteArray &body)
{
    if (!isArgument(body))
        return " \\\n    --data-binary @-";
    QByteArray quoted = body;
    return " \\\n    --data-binary '" + quoted.replace("'", "'\\''") + '\'';
}

QByteArray toCommand(const Request &request, const SocketAddress &address)
{
    const bool hasBody = has(request, "Content-Length") || has(request, "Transfer-Encoding");
    QByteArray text;
    if (!request.body.isEmpty() && !isArgument(request.body))
        text += "printf " + printfFormat(request.body) + " | ";
    text += "curl --http" + request.version
        + (address.kind() == SocketAddress::Kind::Abstract ? " --abstract-unix-socket "
                                                           : " --unix-socket ")
        + shellWord(address.bytes());
    if (request.method == "HEAD" && !hasBody)
        text += " --head";
    else if (request.method != "GET" || hasBody)
        text += " --request " + shellWord(request.method);
    text += " \\\n    --request-target " + shellWord(request.target);
    for (const QByteArray &header : request.headers)
        text += " \\\n    --header " + headerWord(header);
    text += unsaid(request);
    const bool isSent = !request.body.isEmpty() || has(request, "Transfer-Encoding");
    if (isSent)
        text += dataOption(request.body);
    return text + " \\\n    http://localhost/\n";
}

} // namespace

Result<QByteArray> toCurl(const ClientBytes &sent)
{
    const QByteArray &address = sent.address.bytes();
    if (address.contains('\0') || address.endsWith('\n'))
        return fail(
            copyProblem(CopyForm::Curl,
                        QT_TRANSLATE_NOOP("Problem", "it cannot be told the server's address")));
    const QByteArray bytes = sent.joined();
    QByteArray text;
    for (RequestReader reader(bytes); !reader.atEnd();) {
        const auto request = reader.next();
        if (!request)
            return fail(copyProblem(
                CopyForm::Curl,
                QT_TRANSLATE_NOOP("Problem", "the bytes are not whole HTTP/1 requests")));
        text += toCommand(*request, sent.address);
    }
    return text;
}

} // namespace Sockeye
