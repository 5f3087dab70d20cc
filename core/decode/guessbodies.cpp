// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/guessbodies.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QXmlStreamReader>
#include <QtEndian>

#include <algorithm>

namespace Sockeye {

namespace {

/// Takes bytes from the front; what is not there makes it bad, and from then on all is 0.
class Walk
{
public:
    explicit Walk(QByteArrayView bytes)
        : m_rest(bytes)
    { }

    [[nodiscard]] bool isBad() const { return m_isBad; }
    [[nodiscard]] bool isOver() const { return m_isBad || m_rest.isEmpty(); }

    /// Big endian, of 0 to 8 bytes.
    quint64 number(qsizetype width)
    {
        quint64 value = 0;
        for (const char c : bytes(static_cast<quint64>(width)))
            value = (value << 8) | static_cast<uchar>(c);
        return value;
    }
    QByteArrayView bytes(quint64 count)
    {
        if (count > static_cast<quint64>(m_rest.size())) {
            m_isBad = true;
            m_rest = {};
            return {};
        }
        const QByteArrayView taken = m_rest.first(static_cast<qsizetype>(count));
        m_rest = m_rest.sliced(taken.size());
        return taken;
    }
    void fail() { m_isBad = true; }

private:
    QByteArrayView m_rest;
    bool m_isBad = false;
};

constexpr int deepest = 32;

/// One item of CBOR (RFC 8949); of those without a stated length only strings in one piece.
void walkCbor(Walk &walk, int depth);

void walkCborItems(Walk &walk, quint64 count, bool isEndless, int depth)
{
    // No item is shorter than a byte, so a count that lies ends with the bytes.
    for (quint64 i = 0; (isEndless || i < count) && !walk.isBad(); ++i) {
        if (walk.isOver())
            walk.fail();
        else
            walkCbor(walk, depth + 1);
    }
}

void walkCbor(Walk &walk, int depth)
{
    const quint64 first = walk.number(1);
    const quint64 major = first >> 5;
    const quint64 detail = first & 0x1f;
    if (depth > deepest || detail > 27) { // reserved, or without a stated length
        walk.fail();
        return;
    }
    const quint64 value = detail < 24 ? detail : walk.number(qsizetype {1} << (detail - 24));
    switch (major) {
    case 2:
        walk.bytes(value);
        break;
    case 3:
        if (!walk.bytes(value).isValidUtf8())
            walk.fail();
        break;
    case 4:
        walkCborItems(walk, value, false, depth);
        break;
    case 5:
        walkCborItems(walk, value, false, depth);
        walkCborItems(walk, value, false, depth);
        break;
    case 6:
        walkCbor(walk, depth + 1);
        break;
    case 7:
        if (detail == 24 && value < 32)
            walk.fail();
        break;
    default:
        break;
    }
}

bool isCbor(QByteArrayView bytes)
{
    const int major = static_cast<uchar>(bytes.front()) >> 5;
    Walk walk(bytes);
    walkCbor(walk, 0);
    return major >= 4 && major <= 6 && !walk.isBad() && walk.isOver();
}

void walkMessagePack(Walk &walk, int depth);

void walkMessagePackItems(Walk &walk, quint64 count, int depth)
{
    for (quint64 i = 0; i < count && !walk.isBad(); ++i) {
        if (walk.isOver())
            walk.fail();
        else
            walkMessagePack(walk, depth + 1);
    }
}

/// The codes from 0xc0 to 0xdf.
void walkMessagePackCode(Walk &walk, quint64 code, int depth)
{
    const auto width = [code](quint64 first) { return qsizetype {1} << (code - first); };
    if (code == 0xc1)
        walk.fail();
    else if (code >= 0xc4 && code <= 0xc6)
        walk.bytes(walk.number(width(0xc4)));
    else if (code >= 0xc7 && code <= 0xc9)
        walk.bytes(walk.number(width(0xc7)) + 1);
    else if (code == 0xca || code == 0xcb)
        walk.bytes(code == 0xca ? 4 : 8);
    else if (code >= 0xcc && code <= 0xd3)
        walk.bytes(quint64 {1} << (code & 3));
    else if (code >= 0xd4 && code <= 0xd8)
        walk.bytes(static_cast<quint64>(width(0xd4)) + 1);
    else if (code >= 0xd9 && code <= 0xdb) {
        if (!walk.bytes(walk.number(width(0xd9))).isValidUtf8())
            walk.fail();
    } else if (code == 0xdc || code == 0xdd)
        walkMessagePackItems(walk, walk.number(code == 0xdc ? 2 : 4), depth);
    else if (code >= 0xde)
        walkMessagePackItems(walk, 2 * walk.number(code == 0xde ? 2 : 4), depth);
}

/// One value, by the specification of MessagePack (github.com/msgpack/msgpack, spec.md).
void walkMessagePack(Walk &walk, int depth)
{
    const quint64 code = walk.number(1);
    if (depth > deepest)
        walk.fail();
    else if (code >= 0x80 && code <= 0x8f)
        walkMessagePackItems(walk, 2 * (code & 0xf), depth);
    else if (code >= 0x90 && code <= 0x9f)
        walkMessagePackItems(walk, code & 0xf, depth);
    else if (code >= 0xa0 && code <= 0xbf) {
        if (!walk.bytes(code & 0x1f).isValidUtf8())
            walk.fail();
    } else if (code >= 0xc0 && code <= 0xdf)
        walkMessagePackCode(walk, code, depth);
}

bool isMessagePack(QByteArrayView bytes)
{
    const auto first = static_cast<uchar>(bytes.front());
    Walk walk(bytes);
    walkMessagePack(walk, 0);
    return ((first >= 0x80 && first <= 0x9f) || first >= 0xdc) && first <= 0xdf && !walk.isBad()
        && walk.isOver();
}

quint64 takeVarint(Walk &walk)
{
    quint64 value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const quint64 byte = walk.number(1);
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    walk.fail();
    return 0;
}

/// Fields of small numbers, of wire types that are in use.
bool isProtobuf(QByteArrayView bytes)
{
    constexpr quint64 mostField = 1000;
    Walk walk(bytes);
    while (!walk.isOver()) {
        const quint64 key = takeVarint(walk);
        const quint64 type = key & 7;
        const bool isKnown = type == 0 || type == 1 || type == 2 || type == 5;
        if (key >> 3 == 0 || key >> 3 > mostField || !isKnown)
            walk.fail();
        else if (type == 0)
            takeVarint(walk);
        else
            walk.bytes(type == 1 ? 8 : type == 5 ? 4 : takeVarint(walk));
    }
    return !walk.isBad();
}

bool isXml(QByteArrayView bytes)
{
    if (bytes.trimmed().isEmpty() || bytes.trimmed().front() != '<')
        return false;
    QXmlStreamReader reader(bytes.toByteArray());
    while (!reader.atEnd())
        reader.readNext();
    return !reader.hasError();
}

/// A QString is UTF-16, big endian; most text of programs is Latin-1.
bool isBigUtf16(QByteArrayView bytes)
{
    if (bytes.isEmpty() || bytes.size() % 2 != 0)
        return false;
    qsizetype latin = 0;
    for (qsizetype i = 0; i < bytes.size(); i += 2) {
        const auto unit = qFromBigEndian<quint16>(bytes.data() + i);
        if (unit < ' ' && unit != '\t' && unit != '\r' && unit != '\n')
            return false;
        latin += unit < 0x100 ? 1 : 0;
    }
    return latin * 8 >= bytes.size() * 3; // three of four
}

/// Whether there is a QString in front, or a little behind it: after a number or two.
bool isQDataStream(QByteArrayView bytes)
{
    if (isBigUtf16(bytes))
        return true;
    for (const qsizetype at : {0, 1, 2, 4, 8, 12}) {
        if (bytes.size() < at + 8)
            break;
        const auto length = qFromBigEndian<quint32>(bytes.data() + at);
        const QByteArrayView rest = bytes.sliced(at + 4);
        if (length >= 4 && length <= static_cast<quint64>(rest.size())
            && isBigUtf16(rest.first(static_cast<qsizetype>(length))))
            return true;
    }
    return false;
}

} // namespace

bool isPlainText(QByteArrayView bytes)
{
    const auto isControl = [](char c) {
        const auto byte = static_cast<uchar>(c);
        return byte == 0x7f || (byte < ' ' && c != '\t' && c != '\r' && c != '\n');
    };
    return !bytes.isEmpty() && std::none_of(bytes.begin(), bytes.end(), isControl)
        && bytes.isValidUtf8();
}

bool isJson(QByteArrayView bytes)
{
    const QByteArrayView trimmed = bytes.trimmed();
    if (trimmed.isEmpty() || (trimmed.front() != '{' && trimmed.front() != '['))
        return false;
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(trimmed.toByteArray(), &error);
    return error.error == QJsonParseError::NoError && !document.isNull();
}

std::optional<DecoderKind> guessDecoder(const std::vector<QByteArrayView> &bodies)
{
    const auto areAll = [&bodies](bool (*is)(QByteArrayView)) {
        return std::all_of(bodies.begin(), bodies.end(), is);
    };
    if (bodies.empty())
        return std::nullopt;
    if (areAll(&isJson))
        return DecoderKind::Json;
    if (areAll(&isXml))
        return DecoderKind::Xml;
    if (areAll(&isPlainText))
        return DecoderKind::Text;
    if (areAll(&isQDataStream))
        return DecoderKind::QDataStream;
    qsizetype sum = 0;
    for (const QByteArrayView body : bodies)
        sum += body.size();
    constexpr qsizetype telling = 6; // a few bytes are anything
    if (sum < telling)
        return std::nullopt;
    if (areAll(&isCbor))
        return DecoderKind::Cbor;
    if (areAll(&isMessagePack))
        return DecoderKind::MessagePack;
    if (areAll(&isProtobuf))
        return DecoderKind::Protobuf;
    return std::nullopt;
}

QString formName(DecoderKind kind)
{
    switch (kind) {
    case DecoderKind::Text:
        return QCoreApplication::translate("ProtocolGuess", "text");
    case DecoderKind::Json:
        return QStringLiteral("JSON");
    case DecoderKind::Cbor:
        return QStringLiteral("CBOR");
    case DecoderKind::MessagePack:
        return QStringLiteral("MessagePack");
    case DecoderKind::Xml:
        return QStringLiteral("XML");
    case DecoderKind::Http1:
        return QStringLiteral("HTTP");
    case DecoderKind::DBus:
        return QStringLiteral("D-Bus");
    case DecoderKind::PostgreSql:
        return QStringLiteral("PostgreSQL");
    case DecoderKind::Protobuf:
        return QStringLiteral("protobuf");
    case DecoderKind::QDataStream:
        return QStringLiteral("QDataStream");
    case DecoderKind::Wayland:
        return QStringLiteral("Wayland");
    }
    Q_UNREACHABLE();
}

} // namespace Sockeye
