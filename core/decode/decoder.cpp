// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/decoder.h"

#include "core/decode/cbordecoder.h"
#include "core/decode/datastreamdecoder.h"
#include "core/decode/dbusdecoder.h"
#include "core/decode/httpdecoder.h"
#include "core/decode/jsondecoder.h"
#include "core/decode/messagepackdecoder.h"
#include "core/decode/postgresdecoder.h"
#include "core/decode/protobufdecoder.h"
#include "core/decode/textdecoder.h"
#include "core/decode/waylanddecoder.h"
#include "core/decode/xmldecoder.h"

#include <iterator>

namespace Sockeye {

namespace {

struct Name
{
    DecoderKind kind;
    QLatin1String name;
};
constexpr Name names[] = {
    {DecoderKind::Text, QLatin1String("text")},
    {DecoderKind::Json, QLatin1String("json")},
    {DecoderKind::Cbor, QLatin1String("cbor")},
    {DecoderKind::MessagePack, QLatin1String("messagepack")},
    {DecoderKind::Xml, QLatin1String("xml")},
    {DecoderKind::Http1, QLatin1String("http")},
    {DecoderKind::DBus, QLatin1String("dbus")},
    {DecoderKind::PostgreSql, QLatin1String("postgresql")},
    {DecoderKind::Protobuf, QLatin1String("protobuf")},
    {DecoderKind::QDataStream, QLatin1String("qdatastream")},
    {DecoderKind::Wayland, QLatin1String("wayland")},
};

} // namespace

std::unique_ptr<const Decoder> Decoder::create(DecoderKind kind)
{
    switch (kind) {
    case DecoderKind::Text:
        return std::make_unique<TextDecoder>();
    case DecoderKind::Json:
        return std::make_unique<JsonDecoder>();
    case DecoderKind::Cbor:
        return std::make_unique<CborDecoder>();
    case DecoderKind::MessagePack:
        return std::make_unique<MessagePackDecoder>();
    case DecoderKind::Xml:
        return std::make_unique<XmlDecoder>();
    case DecoderKind::Http1:
        return std::make_unique<HttpDecoder>();
    case DecoderKind::DBus:
        return std::make_unique<DBusDecoder>();
    case DecoderKind::PostgreSql:
        return std::make_unique<PostgresDecoder>();
    case DecoderKind::Protobuf:
        return std::make_unique<ProtobufDecoder>();
    case DecoderKind::QDataStream:
        return std::make_unique<DataStreamDecoder>();
    case DecoderKind::Wayland:
        return std::make_unique<WaylandDecoder>();
    }
    Q_UNREACHABLE();
}

QString decoderName(DecoderKind kind)
{
    for (const Name &known : names) {
        if (known.kind == kind)
            return known.name;
    }
    Q_UNREACHABLE();
}

std::optional<DecoderKind> decoderNamed(const QString &name)
{
    for (const Name &known : names) {
        if (known.name == name)
            return known.kind;
    }
    return std::nullopt;
}

} // namespace Sockeye
