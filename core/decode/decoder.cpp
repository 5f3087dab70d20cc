// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/decoder.h"

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
