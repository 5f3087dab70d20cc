// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/postgresfields.h"

#include "core/decode/displaytext.h"

#include <algorithm>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// The types one meets, by the numbers that pg_type.dat gives them for ever.
struct TypeName
{
    quint32 oid;
    const char16_t *name;
};
constexpr TypeName typeNames[] = {
    {16, u"bool"},        {17, u"bytea"},         {18, u"char"},       {19, u"name"},
    {20, u"int8"},        {21, u"int2"},          {23, u"int4"},       {25, u"text"},
    {26, u"oid"},         {114, u"json"},         {142, u"xml"},       {700, u"float4"},
    {701, u"float8"},     {705, u"unknown"},      {790, u"money"},     {869, u"inet"},
    {1005, u"int2[]"},    {1007, u"int4[]"},      {1009, u"text[]"},   {1016, u"int8[]"},
    {1042, u"bpchar"},    {1043, u"varchar"},     {1082, u"date"},     {1083, u"time"},
    {1114, u"timestamp"}, {1184, u"timestamptz"}, {1186, u"interval"}, {1700, u"numeric"},
    {2278, u"void"},      {2950, u"uuid"},        {3802, u"jsonb"},
};

/// Text, or bytes in hex: which of them a value is stands in another message.
QString valueText(const NodeTree &tree, quint64 offset, quint64 length)
{
    constexpr quint64 enough = 4096;
    const QByteArrayView start = tree.bytes(offset, std::min(length, enough));
    const bool isText =
        validUtf8(start, length > enough || tree.isCut()) == start.size()
        && std::none_of(start.begin(), start.end(), [](char c) {
               return (c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
           });
    return isText ? tree.textOf(offset, length) : tree.hexOf(offset, length);
}

} // namespace

void PostgresFields::wrong(const QString &name, const QString &how, quint64 offset)
{
    if (isOver())
        return;
    m_isOver = true;
    m_tree.addError(name, how, offset, m_reader.end() - offset);
}

void PostgresFields::ended(const QString &name, quint64 offset)
{
    if (isOver())
        return;
    m_isOver = true;
    m_tree.addEnd(name, offset);
}

QString PostgresFields::string(const QString &name, const QString &type)
{
    if (isOver())
        return {};
    const quint64 begin = at();
    const std::optional<QByteArrayView> text = m_reader.untilNul();
    if (!text) {
        if (m_tree.isCut() && left() > 0)
            m_tree.add(name, m_tree.textOf(begin, left()), u"cut"_s, begin, left());
        ended(name, begin);
        return {};
    }
    QString shown = displayText(*text, Decoder::LongestValue);
    m_tree.add(name, shown, type.isEmpty() ? u"string"_s : type, begin, at() - begin);
    return shown;
}

quint8 PostgresFields::byte(const QString &name, const QString &type)
{
    if (isOver())
        return 0;
    const quint64 begin = at();
    const std::optional<quint8> value = m_reader.byte();
    if (!value) {
        ended(name, begin);
        return 0;
    }
    const bool isLetter = *value > ' ' && *value < 0x7f;
    const QString text =
        isLetter ? QString(QLatin1Char(static_cast<char>(*value))) : QString::number(*value);
    m_tree.add(name, type.isEmpty() ? text : type, u"byte"_s, begin, 1);
    return *value;
}

qint16 PostgresFields::int16(const QString &name)
{
    if (isOver())
        return 0;
    const quint64 begin = at();
    const std::optional<qint16> value = m_reader.big<qint16>();
    if (!value)
        ended(name, begin);
    else
        m_tree.add(name, QString::number(*value), u"int16"_s, begin, 2);
    return value.value_or(0);
}

qint32 PostgresFields::int32(const QString &name, const QString &type)
{
    if (isOver())
        return 0;
    const quint64 begin = at();
    const std::optional<qint32> value = m_reader.big<qint32>();
    if (!value)
        ended(name, begin);
    else
        m_tree.add(name, QString::number(*value), type.isEmpty() ? u"int32"_s : type, begin, 4);
    return value.value_or(0);
}

QString PostgresFields::bytes(const QString &name, quint64 length, const QString &type)
{
    if (isOver())
        return {};
    const quint64 begin = at();
    const quint64 there = std::min(length, left());
    const QString text = valueText(m_tree, begin, there);
    m_reader.skip(there);
    m_tree.add(name, text, type, begin, there);
    if (there < length)
        ended(name, at());
    return text;
}

void PostgresFields::secret(const QString &name, quint64 length)
{
    if (isOver())
        return;
    const quint64 begin = at();
    m_reader.skip(length);
    m_tree.add(name, u"not shown (%1 bytes)"_s.arg(at() - begin), u"secret"_s, begin, at() - begin);
}

QString PostgresFields::value(const QString &name)
{
    if (isOver())
        return {};
    const quint64 begin = at();
    const std::optional<qint32> length = m_reader.big<qint32>();
    if (!length) {
        ended(name, begin);
        return {};
    }
    if (*length < -1) {
        wrong(name, u"a length of %1"_s.arg(*length), begin);
        return {};
    }
    if (*length == -1) {
        m_tree.add(name, u"NULL"_s, u"null"_s, begin, 4);
        return u"NULL"_s;
    }
    const quint64 from = at();
    const quint64 there = std::min(static_cast<quint64>(*length), left());
    QString text = valueText(m_tree, from, there);
    m_reader.skip(there);
    m_tree.add(name, text, u"value"_s, begin, at() - begin);
    if (there < static_cast<quint64>(*length))
        ended(name, at());
    return text;
}

void PostgresFields::format(const QString &name)
{
    if (isOver())
        return;
    const quint64 begin = at();
    const std::optional<qint16> code = m_reader.big<qint16>();
    if (!code) {
        ended(name, begin);
        return;
    }
    const QString text = *code == 0 ? u"text"_s : *code == 1 ? u"binary"_s : QString();
    if (text.isEmpty())
        wrong(name, u"the format %1: there is no such"_s.arg(*code), begin);
    else
        m_tree.add(name, text, u"int16"_s, begin, 2);
}

void PostgresFields::typeOid(const QString &name)
{
    if (isOver())
        return;
    const quint64 begin = at();
    const std::optional<quint32> oid = m_reader.big<quint32>();
    if (!oid) {
        ended(name, begin);
        return;
    }
    const auto *known = std::find_if(std::begin(typeNames), std::end(typeNames),
                                     [&](const TypeName &one) { return one.oid == *oid; });
    const QString type =
        known == std::end(typeNames) ? u"oid"_s : u"oid: "_s + QString::fromUtf16(known->name);
    m_tree.add(name, QString::number(*oid), type, begin, 4);
}

} // namespace Sockeye
