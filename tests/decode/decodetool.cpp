// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Prints what a decoder makes of a message, for tests that compare it with other programs:
// decodetool DECODER to-server|to-client [--form N] [--cut], the message on stdin, JSON on stdout.

#include "core/decode/decoder.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

QJsonObject toJson(const DecodedNode &node)
{
    QJsonArray children;
    for (const DecodedNode &child : node.children)
        children.append(toJson(child));
    return {{u"name"_s, node.name},
            {u"value"_s, node.value},
            {u"type"_s, node.type},
            {u"offset"_s, static_cast<qint64>(node.offset)},
            {u"length"_s, static_cast<qint64>(node.length)},
            {u"error"_s, node.isError},
            {u"children"_s, children}};
}

QJsonValue toJson(const std::optional<CallMark> &call)
{
    if (!call)
        return QJsonValue::Null;
    const QString role = call->role == CallMark::Role::Request ? u"request"_s
        : call->role == CallMark::Role::Response               ? u"response"_s
                                                               : u"notice"_s;
    return QJsonObject {{u"role"_s, role}, {u"id"_s, call->id}, {u"method"_s, call->method}};
}

int usage()
{
    std::fputs("usage: decodetool DECODER to-server|to-client [--form N] [--cut]\n", stderr);
    return 2;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QStringList arguments = QCoreApplication::arguments().mid(1);
    MessageContext context;
    context.isCut = arguments.removeAll(u"--cut"_s) > 0;
    if (const qsizetype at = arguments.indexOf(u"--form"_s); at >= 0 && at + 1 < arguments.size()) {
        context.form = static_cast<quint8>(arguments.at(at + 1).toUInt());
        arguments.remove(at, 2);
    }
    if (arguments.size() != 2)
        return usage();
    const std::optional<DecoderKind> kind = decoderNamed(arguments.at(0));
    if (!kind || !arguments.at(1).startsWith(u"to-"))
        return usage();
    context.direction = arguments.at(1) == u"to-server" ? Direction::ToServer : Direction::ToClient;
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly))
        return 1;
    const QByteArray message = input.readAll();
    const Decoded decoded =
        Decoder::create(*kind)->decode(std::as_bytes(std::span(message)), context);
    const QJsonObject out {{u"summary"_s, decoded.summary},
                           {u"valid"_s, decoded.isValid},
                           {u"call"_s, toJson(decoded.call)},
                           {u"root"_s, toJson(decoded.root)}};
    const QByteArray text = QJsonDocument(out).toJson(QJsonDocument::Compact) + '\n';
    return std::fwrite(text.constData(), 1, static_cast<size_t>(text.size()), stdout)
            == static_cast<size_t>(text.size())
        ? 0
        : 1;
}
