// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/guess.h"

#include "core/decode/dbusframer.h"
#include "core/decode/guessbodies.h"
#include "core/decode/guesslength.h"
#include "core/decode/guesstrial.h"
#include "core/decode/postgresqlframer.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cstring>
#include <optional>

namespace Sockeye {

namespace {

using Side = GuessTrial::Side;
using Guess = std::optional<ProtocolGuess>;

constexpr int proven = 98;
constexpr int nearlyProven = 95;

QString translated(const char *text)
{
    return QCoreApplication::translate("ProtocolGuess", text);
}

bool isSpoken(const Side &side)
{
    return !side.bytes.isEmpty();
}

/// The first line without its "\r\n"; empty if it is not whole.
QByteArrayView firstLine(QByteArrayView bytes)
{
    constexpr qsizetype longest = 8192;
    const qsizetype end = bytes.first(std::min(bytes.size(), longest)).indexOf("\r\n");
    return end < 0 ? QByteArrayView() : bytes.first(end);
}

bool matches(QByteArrayView line, const char *expression)
{
    const QRegularExpression wanted(QString::fromLatin1(expression));
    return wanted.match(QString::fromLatin1(line)).hasMatch();
}

Guess guessHttp(QByteArrayView toServer, QByteArrayView toClient)
{
    const bool hasRequest =
        matches(firstLine(toServer), "^[A-Z][A-Z-]{2,15} [!-~]+ HTTP/1\\.[01]$");
    const bool hasResponse = matches(firstLine(toClient), "^HTTP/1\\.[01] [1-5][0-9][0-9]( |$)");
    if ((!hasRequest && !toServer.isEmpty()) || (!hasResponse && !toClient.isEmpty())
        || (!hasRequest && !hasResponse))
        return std::nullopt;
    const GuessTrial trial({.kind = FramerKind::Http1}, toServer, toClient);
    for (const Side *side : trial.spoken()) {
        if (side->firstState() == FrameState::Unframed)
            return std::nullopt;
    }
    const size_t whole = trial.count(FrameState::Whole);
    const QString who = !hasResponse ? translated("The client begins with a request of HTTP/1")
        : !hasRequest                ? translated("The server begins with a response of HTTP/1")
                      : translated("The client begins with a request of HTTP/1, the server with a "
                                   "response");
    return ProtocolGuess {trial.settings, DecoderKind::Http1,
                          whole == 0                      ? 90
                              : hasRequest && hasResponse ? proven
                                                          : nearlyProven,
                          translated("%1; %2 whole messages").arg(who).arg(whole)};
}

/// Whether the first bytes are a message that is whole as far as its header.
bool beginsWithContentLength(const Side &side)
{
    const QByteArray start =
        side.bytes.first(std::min<qsizetype>(side.bytes.size(), 15)).toByteArray().toLower();
    if (!start.startsWith("content-length:") && !start.startsWith("content-type:"))
        return false;
    const Frame &first = side.frames.front();
    return first.state == FrameState::Whole
        || (first.state == FrameState::Cut && first.bodyOffset < first.length);
}

Guess guessContentLength(QByteArrayView toServer, QByteArrayView toClient)
{
    const GuessTrial trial({.kind = FramerKind::ContentLength}, toServer, toClient);
    size_t beginning = 0;
    for (const Side *side : trial.spoken()) {
        const bool begins = beginsWithContentLength(*side);
        // A server may print other things between its messages.
        const bool fits = side->count(FrameState::Whole) > 0
            && side->unframedBytes() * 2 < static_cast<quint64>(side->bytes.size());
        if (!begins && !fits)
            return std::nullopt;
        beginning += begins ? 1 : 0;
    }
    if (beginning == 0)
        return std::nullopt;
    const auto bodies = trial.bodies();
    const size_t whole = trial.count(FrameState::Whole);
    const auto holding = std::count_if(bodies.begin(), bodies.end(), isJson);
    const auto decoder =
        guessDecoder(bodies).value_or(holding > 0 ? DecoderKind::Json : DecoderKind::Text);
    const bool areJson = holding > 0 && static_cast<size_t>(holding) == bodies.size();
    const QString evidence = holding > 0
        ? translated("%1 of %2 messages begin with Content-Length and hold JSON")
              .arg(holding)
              .arg(whole)
        : translated("%1 messages begin with Content-Length").arg(whole);
    return ProtocolGuess {trial.settings, decoder, areJson ? proven : 90, evidence};
}

/// The fixed header of the framer's first message is followed by a header field.
bool hasHeaderField(const Side &side)
{
    if (side.frames.empty() || side.frames.front().state != FrameState::Whole
        || side.frames.front().form != DBusForm::Message || side.frames.front().length < 24)
        return false;
    const char *field = side.bytes.data() + 16;
    return field[0] >= 1 && field[0] <= 9 && field[1] == 1 && field[3] == 0
        && std::strchr("osgu", field[2]) != nullptr && field[2] != 0;
}

Guess guessDBus(QByteArrayView toServer, QByteArrayView toClient)
{
    const GuessTrial trial({.kind = FramerKind::DBus}, toServer, toClient);
    bool hasLines = false;
    for (const Side *side : trial.spoken()) {
        const bool isClient = side == trial.sides.data();
        const bool beginsWithLine = side->firstState() == FrameState::Whole
            && side->frames.front().form == DBusForm::AuthLine
            && (isClient ? side->bytes.startsWith(QByteArrayView("\0AUTH", 5))
                         : matches(firstLine(side->bytes),
                                   "^(OK [0-9a-fA-F]{32}|REJECTED( .*)?|"
                                   "DATA( [0-9a-fA-F]*)?|ERROR( .*)?)$"));
        if (!beginsWithLine && !hasHeaderField(*side))
            return std::nullopt;
        // A line alone is told by a word or two; the client's 0 in front is D-Bus's own.
        if (beginsWithLine && !isClient && trial.spoken().size() == 1
            && !side->bytes.startsWith("OK "))
            return std::nullopt;
        hasLines = hasLines || beginsWithLine;
    }
    const auto first = trial.spoken();
    if (first.empty())
        return std::nullopt;
    size_t messages = 0;
    for (const Side *side : first) {
        messages += static_cast<size_t>(
            std::count_if(side->frames.begin(), side->frames.end(), [](const Frame &frame) {
                return frame.state == FrameState::Whole && frame.form == DBusForm::Message;
            }));
    }
    const QString evidence = hasLines
        ? translated("Begins with the authentication of D-Bus; %1 whole messages")
        : translated("%1 whole messages of D-Bus");
    return ProtocolGuess {trial.settings, DecoderKind::DBus,
                          hasLines || messages > 1 ? proven : nearlyProven, evidence.arg(messages)};
}

QString startText(quint8 form)
{
    switch (form) {
    case PostgreSqlForm::Startup:
        return translated("The client begins with the start-up packet of PostgreSQL 3");
    case PostgreSqlForm::CancelRequest:
        return translated("The client begins with PostgreSQL's request to cancel");
    default:
        return translated("The client begins with PostgreSQL's request for encryption");
    }
}

Guess guessPostgreSql(QByteArrayView toServer, QByteArrayView toClient)
{
    const GuessTrial trial({.kind = FramerKind::PostgreSql}, toServer, toClient);
    const Side &client = trial.sides[0];
    const Side &server = trial.sides[1];
    if (isSpoken(server) && server.firstState() == FrameState::Unframed)
        return std::nullopt;
    if (isSpoken(client)) {
        if (client.firstState() != FrameState::Whole)
            return std::nullopt;
        const quint8 form = client.frames.front().form;
        const bool isSure =
            form != PostgreSqlForm::Startup || client.body(client.frames.front()).contains("user");
        return ProtocolGuess {trial.settings, DecoderKind::PostgreSql, isSure ? proven : 85,
                              startText(form)};
    }
    // A server alone first asks for authentication, and says a lot before it is ready.
    const size_t whole = server.count(FrameState::Whole);
    if (!server.bytes.startsWith(QByteArrayView("R\0\0\0", 4)) || whole < 3
        || server.count(FrameState::Unframed) > 0)
        return std::nullopt;
    return ProtocolGuess {
        trial.settings, DecoderKind::PostgreSql, 90,
        translated("%1 messages of a PostgreSQL server, the first for authentication").arg(whole)};
}

/// wl_display.sync or .get_registry: what every client says first.
bool beginsAsWaylandClient(QByteArrayView bytes)
{
    if (bytes.size() < 12)
        return false;
    std::array<quint32, 3> words;
    std::memcpy(words.data(), bytes.data(), sizeof words);
    return words[0] == 1 && (words[1] == (12U << 16) || words[1] == (12U << 16 | 1U))
        && words[2] >= 2 && words[2] < 0xff000000U;
}

Guess guessWayland(QByteArrayView toServer, QByteArrayView toClient)
{
    const GuessTrial trial({.kind = FramerKind::Wayland}, toServer, toClient);
    for (const Side *side : trial.spoken()) {
        if (side->count(FrameState::Unframed) > 0 || side->count(FrameState::Whole) == 0)
            return std::nullopt;
    }
    const size_t whole = trial.count(FrameState::Whole);
    if (isSpoken(trial.sides[0])) {
        if (!beginsAsWaylandClient(toServer))
            return std::nullopt;
        return ProtocolGuess {
            trial.settings, DecoderKind::Wayland, isSpoken(trial.sides[1]) ? proven : nearlyProven,
            translated("The client asks Wayland's display first; %1 whole messages").arg(whole)};
    }
    const auto bodies = trial.bodies();
    // wl_registry.global: header, number, length of the interface's name, that.
    const bool tellsInterface = std::any_of(bodies.begin(), bodies.end(), [](QByteArrayView body) {
        return body.size() > 20 && body.sliced(16).startsWith("wl_");
    });
    if (!tellsInterface)
        return std::nullopt;
    return ProtocolGuess {
        trial.settings, DecoderKind::Wayland, 90,
        translated("%1 messages of a Wayland server that tells its interfaces").arg(whole)};
}

/// Text, of which the last character may be cut.
bool isTextStart(QByteArrayView bytes)
{
    constexpr qsizetype longestCharacter = 4;
    constexpr uchar firstOfSeveral = 0xc2;
    for (qsizetype cut = 1; cut < longestCharacter && cut <= bytes.size(); ++cut) {
        const QByteArrayView text = bytes.chopped(cut);
        if (static_cast<uchar>(bytes[bytes.size() - cut]) >= firstOfSeveral)
            return text.isEmpty() || isPlainText(text) || isPlainText(bytes);
    }
    return bytes.isEmpty() || isPlainText(bytes);
}

bool readsEndWithMessages(const GuessTrial &trial, const DirectionStart &toServer,
                          const DirectionStart &toClient)
{
    bool isTold = false;
    for (const auto &[side, start] :
         {std::pair(&trial.sides[0], &toServer), std::pair(&trial.sides[1], &toClient)}) {
        quint64 position = 0;
        for (const quint32 read : start->reads) {
            position += read;
            const auto ends = [position](const Frame &frame) {
                return frame.offset + frame.length == position;
            };
            if (position >= static_cast<quint64>(side->bytes.size()))
                break;
            if (std::none_of(side->frames.begin(), side->frames.end(), ends))
                return false;
            isTold = true;
        }
    }
    return isTold;
}

/// Messages that hold text: lines, or what a byte 0 ends.
Guess guessText(const FramerSettings &settings, const DirectionStart &toServer,
                const DirectionStart &toClient)
{
    const GuessTrial trial(settings, toServer.bytes, toClient.bytes);
    const bool areLines = settings.kind == FramerKind::Line;
    for (const Side *side : trial.spoken()) {
        if (side->count(FrameState::Whole) == 0)
            return std::nullopt;
        for (const Frame &frame : side->frames) {
            const QByteArrayView body = side->body(frame);
            const bool isText =
                frame.state == FrameState::Whole ? isPlainText(body) : isTextStart(body);
            if (!isText && !(areLines && body.isEmpty()))
                return std::nullopt;
        }
    }
    auto bodies = trial.bodies();
    std::erase_if(bodies, [](QByteArrayView body) { return body.trimmed().isEmpty(); });
    const auto holding = std::count_if(bodies.begin(), bodies.end(), isJson);
    if (holding > 0 && static_cast<size_t>(holding) == bodies.size()) {
        const QString evidence = areLines ? translated("%1 of %2 lines hold JSON")
                                          : translated("%1 of %2 texts before a byte 0 hold JSON");
        return ProtocolGuess {settings, DecoderKind::Json, holding == 1 ? 90 : proven,
                              evidence.arg(holding).arg(bodies.size())};
    }
    // Short random bytes are text at times: one in 70,000 of 8 bytes that end as they should. A
    // byte 0 ends other things as well.
    const bool isExact = trial.count(FrameState::Cut) == 0;
    const qsizetype telling = areLines && isExact ? 8 : 16;
    if (bodies.empty() || toServer.bytes.size() + toClient.bytes.size() < telling)
        return std::nullopt;
    int confidence = bodies.size() >= 3 ? 70 : bodies.size() == 2 ? 60 : 50;
    if (readsEndWithMessages(trial, toServer, toClient))
        confidence += 10;
    const QString evidence =
        areLines ? translated("%1 lines of text") : translated("%1 texts, each before a byte 0");
    return ProtocolGuess {settings, DecoderKind::Text, confidence, evidence.arg(bodies.size())};
}

/// Each read is a document of its own, or all of a direction is one.
Guess guessJsonRecords(const DirectionStart &toServer, const DirectionStart &toClient)
{
    qsizetype count = 0;
    bool hasReads = false;
    for (const DirectionStart *start : {&toServer, &toClient}) {
        const QByteArrayView bytes(start->bytes);
        if (bytes.isEmpty())
            continue;
        qsizetype at = 0;
        for (const quint32 read : start->reads) {
            const auto size = static_cast<qsizetype>(read);
            if (at + size > bytes.size())
                break; // of this one only a part is here
            if (!isJson(bytes.sliced(at, size)))
                return std::nullopt;
            at += size;
            ++count;
            hasReads = true;
        }
        if (start->reads.empty()) {
            if (!isJson(bytes))
                return std::nullopt;
            ++count;
        } else if (at == 0) {
            return std::nullopt;
        }
    }
    if (count == 0)
        return std::nullopt;
    return ProtocolGuess {{},
                          DecoderKind::Json,
                          hasReads && count > 1 ? 80 : 55,
                          hasReads ? translated("Each of %1 reads holds JSON").arg(count)
                                   : translated("All that came is JSON")};
}

void addTexts(std::vector<ProtocolGuess> &guesses, const DirectionStart &toServer,
              const DirectionStart &toClient)
{
    const Guess lines = guessText({.kind = FramerKind::Line}, toServer, toClient);
    const bool areJson = lines && lines->decoder == DecoderKind::Json;
    const Guess records = areJson ? Guess() : guessJsonRecords(toServer, toClient);
    for (const Guess &guess :
         {lines, records, guessText({.kind = FramerKind::NullTerminated}, toServer, toClient)}) {
        if (guess)
            guesses.push_back(*guess);
    }
    // What is pretty to read on several lines is no message a line.
    if (lines && records)
        guesses.front().confidence = std::min(lines->confidence, records->confidence - 10);
}

bool isAllText(const DirectionStart &start)
{
    return isTextStart(start.bytes);
}

DirectionStart shortened(const DirectionStart &start)
{
    return {start.bytes.first(std::min(start.bytes.size(), GuessBytes)), start.reads};
}

} // namespace

std::vector<ProtocolGuess> guessProtocol(const DirectionStart &toServer,
                                         const DirectionStart &toClient)
{
    const DirectionStart client = shortened(toServer);
    const DirectionStart server = shortened(toClient);
    std::vector<ProtocolGuess> guesses;
    if (client.bytes.isEmpty() && server.bytes.isEmpty())
        return guesses;
    for (const auto guess :
         {guessHttp, guessContentLength, guessDBus, guessPostgreSql, guessWayland}) {
        if (const Guess found = guess(client.bytes, server.bytes))
            guesses.push_back(*found);
    }
    // Header lines are lines, and a message of a protocol that is known has a length: that says
    // nothing new.
    if (guesses.empty()) {
        addTexts(guesses, client, server);
        if (!isAllText(client) || !isAllText(server)) {
            const auto lengths = guessLengths(client, server);
            guesses.insert(guesses.end(), lengths.begin(), lengths.end());
        }
    }
    std::stable_sort(
        guesses.begin(), guesses.end(),
        [](const ProtocolGuess &a, const ProtocolGuess &b) { return a.confidence > b.confidence; });
    return guesses;
}

} // namespace Sockeye
