// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/http1framer.h"

#include "core/decode/framecutter.h"

#include <algorithm>
#include <cstring>
#include <deque>

#include <http_parser.h>

namespace Sockeye {

namespace {

/// Less than http-parser's own limit of 80 KiB: that is checked at places that depend on how the
/// bytes are split.
constexpr quint64 mostHeader = 64 * 1024;
constexpr size_t mostKinds = 1024;

enum class RequestKind : quint8 {
    Plain,
    Head,
    Connect,
};

/// What both directions know.
class Conversation
{
public:
    void addRequest(RequestKind kind)
    {
        // Behind one that is forgotten all are, or the answers would be given to the wrong ones.
        if (m_forgotten > 0 || m_kinds.size() == mostKinds)
            ++m_forgotten;
        else
            m_kinds.push_back(kind);
    }
    /// The kind of the request that is answered next.
    RequestKind takeRequest()
    {
        if (m_kinds.empty()) {
            m_forgotten -= m_forgotten > 0 ? 1 : 0;
            return RequestKind::Plain;
        }
        const RequestKind kind = m_kinds.front();
        m_kinds.pop_front();
        return kind;
    }
    void forgetRequests()
    {
        m_kinds.clear();
        m_forgotten = 0;
    }

    /// Another protocol is spoken from here on.
    void switchProtocol()
    {
        isSwitched = true;
        toServer->giveUp();
        toClient->giveUp();
    }

    FrameCutter *toServer = nullptr;
    FrameCutter *toClient = nullptr;
    bool isSwitched = false;

private:
    std::deque<RequestKind> m_kinds;
    quint64 m_forgotten = 0; // requests behind those
};

class Http1Cutter final : public FrameCutter
{
public:
    Http1Cutter(Direction direction, std::shared_ptr<Conversation> conversation)
        : FrameCutter(direction)
        , m_conversation(std::move(conversation))
    {
        (direction == Direction::ToServer ? m_conversation->toServer : m_conversation->toClient) =
            this;
        beginMessage();
    }

private:
    void take(std::span<const std::byte> bytes, const FrameSink &sink) override;
    void restart() override;
    [[nodiscard]] FrameState openState(bool isEnd) const override;

    void beginMessage();
    /// The open message contradicts the protocol: another may begin with the next line.
    void giveUpMessage(std::byte last);
    void takeOfMessage(std::span<const std::byte> bytes, const FrameSink &sink);
    /// @p bytes go to the parser. Fails if they contradict the protocol.
    bool parse(std::span<const std::byte> bytes);
    void headerFound(const FrameSink &sink);
    void finishMessage(const FrameSink &sink);
    /// What the parser shall do behind the header: its own constants.
    int headerEnded();

    template <auto Member>
    static int call(http_parser *parser)
    {
        return (static_cast<Http1Cutter *>(parser->data)->*Member)();
    }
    int messageEnded()
    {
        m_isEnded = true;
        return 0;
    }
    int chunkBegan()
    {
        m_bulk = m_parser.content_length;
        m_unbulked = 0;
        return 0;
    }
    static http_parser_settings callbacks();

    std::shared_ptr<Conversation> m_conversation;
    http_parser m_parser = {};
    quint64 m_start = 0; // position of the message's first byte, of bytes that fit nothing as well
    quint64 m_bulk = 0; // bytes of a body or chunk that come next
    quint64 m_unbulked = 0; // bytes since the last one of a body or chunk
    bool m_hasBegun = false;
    bool m_hasHeader = false;
    bool m_isEnded = false;
    bool m_endsWithConnection = false;
    bool m_isSwitching = false;
    bool m_isAwaitingLine = false; // among bytes that fit nothing
};

http_parser_settings Http1Cutter::callbacks()
{
    http_parser_settings settings;
    http_parser_settings_init(&settings);
    settings.on_headers_complete = &call<&Http1Cutter::headerEnded>;
    settings.on_message_complete = &call<&Http1Cutter::messageEnded>;
    settings.on_chunk_header = &call<&Http1Cutter::chunkBegan>;
    return settings;
}

void Http1Cutter::beginMessage()
{
    http_parser_init(&m_parser, direction() == Direction::ToServer ? HTTP_REQUEST : HTTP_RESPONSE);
    m_parser.data = this;
    m_start = position();
    m_bulk = 0;
    m_unbulked = 0;
    m_hasBegun = false;
    m_hasHeader = false;
    m_isEnded = false;
    m_endsWithConnection = false;
    m_isSwitching = false;
    m_isAwaitingLine = false;
    expect(0);
}

void Http1Cutter::restart()
{
    m_conversation->forgetRequests(); // which of them are answered is unknown now
    beginMessage();
    if (m_conversation->isSwitched)
        giveUp();
}

FrameState Http1Cutter::openState(bool isEnd) const
{
    if (!m_hasBegun)
        return FrameState::Unframed; // empty lines
    return isEnd && m_endsWithConnection ? FrameState::Whole : FrameState::Cut;
}

void Http1Cutter::take(std::span<const std::byte> bytes, const FrameSink &sink)
{
    if (!m_isAwaitingLine) {
        takeOfMessage(bytes, sink);
        return;
    }
    const void *found = std::memchr(bytes.data(), '\n', bytes.size());
    if (!found) {
        advance(bytes.size());
        return;
    }
    advance(static_cast<quint64>(static_cast<const std::byte *>(found) - bytes.data()) + 1);
    beginMessage();
}

void Http1Cutter::giveUpMessage(std::byte last)
{
    lose();
    if (last == std::byte {'\n'})
        beginMessage();
    else
        m_isAwaitingLine = true;
}

void Http1Cutter::takeOfMessage(std::span<const std::byte> bytes, const FrameSink &sink)
{
    const std::byte first = bytes.front();
    if (!m_hasBegun && (first == std::byte {'\r'} || first == std::byte {'\n'})) {
        advance(1);
        m_start = position();
        return;
    }
    // Byte by byte outside of bodies: then it cannot matter to the parser how they are split, and
    // it is known where it found what.
    const bool isBulk = m_bulk > 0;
    const auto taken = isBulk ? std::min<quint64>(m_bulk, bytes.size()) : quint64 {1};
    if (!m_hasBegun) {
        m_hasBegun = true;
        if (!isUnframed())
            expect(openLength());
    }
    advance(taken);
    if (isBulk)
        m_bulk -= taken;
    else
        ++m_unbulked;
    const bool hadHeader = m_hasHeader;
    const bool isGood = m_endsWithConnection || parse(bytes.first(taken));
    if (!isGood || m_unbulked > mostHeader) {
        giveUpMessage(bytes[taken - 1]);
        return;
    }
    if (m_hasHeader && !hadHeader)
        headerFound(sink);
    if (m_isEnded)
        finishMessage(sink);
}

bool Http1Cutter::parse(std::span<const std::byte> bytes)
{
    static const http_parser_settings settings = callbacks();
    const bool hadHeader = m_hasHeader;
    const size_t parsed = http_parser_execute(
        &m_parser, &settings, reinterpret_cast<const char *>(bytes.data()), bytes.size());
    if (HTTP_PARSER_ERRNO(&m_parser) != HPE_OK || parsed != bytes.size())
        return false;
    if (!m_hasHeader || hadHeader || m_isEnded)
        return true;
    m_unbulked = 0;
    if ((m_parser.flags & F_CHUNKED) != 0)
        return true;
    m_bulk = m_parser.content_length;
    m_endsWithConnection =
        m_parser.uses_transfer_encoding != 0 || m_bulk == std::numeric_limits<quint64>::max();
    if (m_endsWithConnection)
        m_bulk = std::numeric_limits<quint64>::max();
    return true;
}

int Http1Cutter::headerEnded()
{
    constexpr int asUsual = 0;
    constexpr int noBody = 1;
    constexpr int noBodyAndNoMore = 2;
    m_hasHeader = true;
    if (direction() == Direction::ToServer)
        return asUsual;
    const unsigned status = m_parser.status_code;
    m_isSwitching = status == HTTP_STATUS_SWITCHING_PROTOCOLS;
    const bool isInterim = status / 100 == 1 && !m_isSwitching;
    if (isInterim)
        return noBody;
    const RequestKind kind = m_conversation->takeRequest();
    if (kind == RequestKind::Connect && status / 100 == 2)
        m_isSwitching = true;
    if (m_isSwitching)
        return noBodyAndNoMore;
    const bool isBodiless = kind == RequestKind::Head || status == HTTP_STATUS_NO_CONTENT
        || status == HTTP_STATUS_NOT_MODIFIED;
    return isBodiless ? noBody : asUsual;
}

void Http1Cutter::headerFound(const FrameSink &sink)
{
    if (isUnframed()) {
        find(sink, position() - m_start);
        expect(0);
    }
    if (direction() != Direction::ToServer)
        return;
    m_conversation->addRequest(m_parser.method == HTTP_HEAD          ? RequestKind::Head
                                   : m_parser.method == HTTP_CONNECT ? RequestKind::Connect
                                                                     : RequestKind::Plain);
}

void Http1Cutter::finishMessage(const FrameSink &sink)
{
    const bool isSwitching = m_isSwitching;
    const quint64 body = position() - m_start;
    endMessage(sink, openLength() - body, body);
    beginMessage();
    if (isSwitching)
        m_conversation->switchProtocol();
}

} // namespace

std::unique_ptr<Framer> makeHttp1Framer()
{
    const auto conversation = std::make_shared<Conversation>();
    return std::make_unique<CutterFramer>(
        std::make_unique<Http1Cutter>(Direction::ToServer, conversation),
        std::make_unique<Http1Cutter>(Direction::ToClient, conversation));
}

} // namespace Sockeye
