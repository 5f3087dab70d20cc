// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/postgresdecoder.h"

#include "core/decode/displaytext.h"
#include "core/decode/postgresfields.h"
#include "core/decode/postgresform.h"

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

// The codes that stand where a start-up message has its version; chapter 55.7 of the manual.
constexpr qint32 CancelCode = 80877102;
constexpr qint32 SslCode = 80877103;
constexpr qint32 GssCode = 80877104;
constexpr int VersionThree = 3;

/// A length that counts itself at @p at, checked against what is there. Returns where the message
/// ends, nothing if decoding ends here.
std::optional<quint64> readLength(NodeTree &tree, std::span<const std::byte> message, quint64 at)
{
    ByteReader reader(message, at);
    const std::optional<quint32> length = reader.big<quint32>();
    if (!length) {
        tree.addEnd(u"length"_s, at);
        return std::nullopt;
    }
    const quint64 end = at + *length;
    const bool isTooShort = *length < 4 || end < tree.size();
    const bool isTooLong = end > tree.size() && !tree.isCut();
    if (isTooShort || isTooLong)
        tree.addError(u"length"_s,
                      u"%1 are announced, and %2 are there"_s.arg(*length).arg(tree.size() - at),
                      at, 4);
    else
        tree.add(u"length"_s, QString::number(*length), u"int32"_s, at, 4);
    return *length < 4 ? tree.size() : std::min(end, tree.size());
}

QString readStartup(PostgresFields &fields, qint32 code)
{
    QString user;
    QString database;
    while (!fields.isOver()) {
        const QByteArrayView rest = fields.rest();
        if (rest.startsWith('\0')) {
            fields.byte(u"end"_s);
            break;
        }
        if (rest.isEmpty()) {
            fields.ended(u"end"_s, fields.at());
            break;
        }
        const qsizetype nameEnd = rest.indexOf('\0');
        const QString name =
            displayText(nameEnd < 0 ? rest : rest.first(nameEnd), Decoder::LongestValue);
        fields.group(name, [&] {
            fields.string(u"name"_s);
            const QString value = fields.string(u"value"_s);
            if (!fields.isOver())
                fields.tree().current().value = value;
            if (name == u"user")
                user = value;
            else if (name == u"database")
                database = value;
        });
    }
    QString line = u"StartupMessage %1.%2"_s.arg(code >> 16).arg(code & 0xffff);
    if (!user.isEmpty())
        line += u" user "_s + user;
    if (!database.isEmpty())
        line += u" database "_s + database;
    return line;
}

struct Reading
{
    QString summary;
    std::optional<CallMark> call = {};
};

CallMark request(const QString &method)
{
    return {CallMark::Role::Request, {}, elided(method, Decoder::LongestValue)};
}

Reading readUntagged(NodeTree &tree, std::span<const std::byte> message)
{
    const std::optional<quint64> end = readLength(tree, message, 0);
    if (!end)
        return {u"%1 bytes of a message"_s.arg(tree.size())};
    PostgresFields fields(tree, message, 4, *end);
    ByteReader reader(message, 4, *end);
    const qint32 code = reader.big<qint32>().value_or(0);
    const auto addCode = [&](const QString &what) { fields.int32(u"code"_s, what); };
    switch (code) {
    case CancelCode: {
        addCode(u"CancelRequest"_s);
        const qint32 process = fields.int32(u"process"_s);
        fields.secret(u"key"_s, fields.left());
        return {u"CancelRequest of process %1"_s.arg(process)};
    }
    case SslCode:
        addCode(u"SSLRequest"_s);
        return {u"SSLRequest"_s, request(u"SSLRequest"_s)};
    case GssCode:
        addCode(u"GSSENCRequest"_s);
        return {u"GSSENCRequest"_s, request(u"GSSENCRequest"_s)};
    default:
        break;
    }
    if (reader.at() > 4 && code >> 16 != VersionThree) {
        fields.wrong(u"code"_s,
                     u"%1.%2 is no version of this protocol"_s.arg(code >> 16).arg(code & 0xffff),
                     4);
        return {u"start-up of an unknown version"_s};
    }
    addCode(u"protocol version"_s);
    if (fields.isOver())
        return {u"StartupMessage"_s};
    const QString summary = readStartup(fields, code);
    return {summary, request(u"StartupMessage"_s)};
}

Reading readSslAnswer(NodeTree &tree)
{
    const QByteArrayView byte = tree.bytes(0, 1);
    const char answer = byte.isEmpty() ? '\0' : byte[0];
    const QString text = answer == 'S' ? u"SSL: yes"_s
        : answer == 'G'                ? u"GSSAPI encryption: yes"_s
        : answer == 'N'                ? u"encryption: no"_s
        : answer == 'E'                ? u"the server is too old to know of encryption"_s
                                       : QString();
    if (byte.isEmpty())
        tree.addEnd(u"answer"_s, 0);
    else if (text.isEmpty() || tree.size() > 1)
        tree.addError(u"answer"_s, u"one byte S, G or N is expected"_s, 0, tree.size());
    else
        tree.add(u"answer"_s, text, u"byte"_s, 0, 1);
    return {text, CallMark {CallMark::Role::Response, {}, {}}};
}

/// ReadyForQuery ends what these begin; everything else belongs to the one or the other.
std::optional<CallMark> callOf(char type, bool isFromClient, const QString &summary)
{
    if (!isFromClient)
        return type == 'Z' ? std::optional(CallMark {CallMark::Role::Response, {}, {}})
                           : std::nullopt;
    if (type == 'Q' || type == 'S' || type == 'F')
        return request(summary);
    return std::nullopt;
}

/// The first word of a summary.
QString messageName(const QString &summary)
{
    QString name = summary.section(u' ', 0, 0);
    if (name.endsWith(u':') || name.endsWith(u','))
        name.chop(1);
    return name;
}

Reading readTagged(NodeTree &tree, std::span<const std::byte> message, Direction direction)
{
    const QByteArrayView bytes = tree.bytes(0, 1);
    if (bytes.isEmpty()) {
        tree.addEnd(u"type"_s, 0);
        return {u"no bytes"_s};
    }
    const char type = bytes[0];
    const bool isFromClient = direction == Direction::ToServer;
    tree.add(u"type"_s, displayText(bytes, 4), u"byte"_s, 0, 1);
    const std::optional<quint64> end = readLength(tree, message, 1);
    if (!end)
        return {displayText(bytes, 4)};
    PostgresFields fields(tree, message, 5, *end);
    const QString summary =
        isFromClient ? readPostgresFrontend(type, fields) : readPostgresBackend(type, fields);
    if (summary.isEmpty()) {
        fields.wrong(u"message"_s,
                     u"there is none of type %1 in this direction"_s.arg(displayText(bytes, 4)),
                     fields.at());
        return {u"type %1, %2 bytes"_s.arg(displayText(bytes, 4)).arg(tree.size())};
    }
    tree.root().value = messageName(summary);
    if (!fields.isOver() && fields.left() > 0)
        fields.wrong(u"more"_s, u"the message has no more fields"_s, fields.at());
    return {summary, callOf(type, isFromClient, summary)};
}

} // namespace

Decoded PostgresDecoder::decode(std::span<const std::byte> message,
                                const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    Reading reading;
    switch (context.form) {
    case PostgreSqlForm::Startup:
    case PostgreSqlForm::SslRequest:
    case PostgreSqlForm::GssEncRequest:
    case PostgreSqlForm::CancelRequest:
        reading = readUntagged(tree, message);
        break;
    case PostgreSqlForm::EncryptionAnswer:
        reading = readSslAnswer(tree);
        break;
    default:
        reading = readTagged(tree, message, context.direction);
        break;
    }
    return tree.finish(reading.summary, std::move(reading.call));
}

} // namespace Sockeye
