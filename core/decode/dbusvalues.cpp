// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/dbusvalues.h"

#include "core/base/utf8text.h"
#include "core/decode/displaytext.h"

#include <QScopeGuard>

#include <bit>

#include <dbus/dbus.h>

// libdbus says whether names, paths and signatures are valid. Values are read here: its iterators
// do not tell where in the message a value stands, and it takes no message that came with
// descriptors without them.

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Where the complete type at @p at ends. @p signature: valid, so that this ends.
qsizetype typeEnd(QByteArrayView signature, qsizetype at)
{
    int open = 0;
    for (; at < signature.size(); ++at) {
        const char c = signature[at];
        if (c == 'a')
            continue;
        open += c == '(' || c == '{' ? 1 : c == ')' || c == '}' ? -1 : 0;
        if (open == 0)
            return at + 1;
    }
    return signature.size();
}

quint64 alignmentOf(char type)
{
    switch (type) {
    case 'n':
    case 'q':
        return 2;
    case 'b':
    case 'i':
    case 'u':
    case 'h':
    case 's':
    case 'o':
    case 'a':
        return 4;
    case 'x':
    case 't':
    case 'd':
    case '(':
    case '{':
        return 8;
    default:
        return 1;
    }
}

/// As the specification calls the basic types; containers are called by their signature.
QString typeName(QByteArrayView signature)
{
    switch (signature.isEmpty() ? '\0' : signature[0]) {
    case 'y':
        return u"byte"_s;
    case 'b':
        return u"boolean"_s;
    case 'n':
        return u"int16"_s;
    case 'q':
        return u"uint16"_s;
    case 'i':
        return u"int32"_s;
    case 'u':
        return u"uint32"_s;
    case 'x':
        return u"int64"_s;
    case 't':
        return u"uint64"_s;
    case 'd':
        return u"double"_s;
    case 's':
        return u"string"_s;
    case 'o':
        return u"object path"_s;
    case 'g':
        return u"signature"_s;
    case 'h':
        return u"unix fd"_s;
    case 'v':
        return u"variant"_s;
    default:
        return QString::fromLatin1(signature);
    }
}

bool obeys(DBusName rule, const char *text)
{
    switch (rule) {
    case DBusName::Bus:
        return dbus_validate_bus_name(text, nullptr) != 0;
    case DBusName::Interface:
        return dbus_validate_interface(text, nullptr) != 0;
    case DBusName::Member:
        return dbus_validate_member(text, nullptr) != 0;
    case DBusName::Error:
        return dbus_validate_error_name(text, nullptr) != 0;
    case DBusName::None:
        break;
    }
    return true;
}

/// Bytes that hold text, as file names do: with a byte 0 at the end, or without.
bool isTextBytes(QByteArrayView bytes)
{
    if (bytes.endsWith('\0'))
        bytes.chop(1);
    constexpr qsizetype enough = 4096;
    const QByteArrayView start = bytes.first(std::min(bytes.size(), enough));
    for (qsizetype i = 0; i < start.size();) {
        const Utf8Character next = utf8At(start, i);
        const bool isCut = start.size() < bytes.size() && start.size() - i < 4;
        if (next.length == 0 && isCut)
            break;
        if (next.length == 0 || !isShowable(next.character))
            return false;
        i += next.length;
    }
    return !start.isEmpty();
}

} // namespace

bool DBusValues::ended(const QString &name, quint64 begin)
{
    m_tree.addEnd(name, begin);
    return false;
}

bool DBusValues::wrong(const QString &name, const QString &how, quint64 begin)
{
    m_tree.addError(name, how, begin, m_tree.size());
    return false;
}

bool DBusValues::align(quint64 step, const QString &name)
{
    const quint64 begin = at();
    const quint64 count = (step - begin % step) % step;
    const std::optional<QByteArrayView> padding = m_reader.bytes(count);
    if (!padding)
        return ended(name, begin);
    for (const char byte : *padding) {
        if (byte != '\0')
            return wrong(name, u"the bytes that fill up to a multiple of %1 must be 0"_s.arg(step),
                         begin);
    }
    return true;
}

bool DBusValues::sequence(QByteArrayView signature)
{
    int count = 0;
    for (qsizetype at = 0; at < signature.size();) {
        const qsizetype end = typeEnd(signature, at);
        if (!value({.name = u"[%1]"_s.arg(count++), .begin = {}}, signature.sliced(at, end - at)))
            return false;
        at = end;
    }
    return true;
}

bool DBusValues::value(const Place &place, QByteArrayView signature)
{
    if (m_depth > DeepestValue)
        return wrong(place.name, u"nested deeper than %1 levels"_s.arg(DeepestValue), at());
    ++m_depth;
    const auto leave = qScopeGuard([this] { --m_depth; });
    switch (signature[0]) {
    case 'a':
        return array(place, signature);
    case '(':
        return structure(place, signature);
    case 'v':
        return innerVariant(place);
    default:
        return basic(place, signature[0]);
    }
}

bool DBusValues::basic(const Place &place, char type)
{
    if (!align(alignmentOf(type), place.name))
        return false;
    const quint64 begin = place.begin.value_or(at());
    const std::optional<QString> text = basicText(place.name, type, place.rule);
    return text
        && m_tree.add(place.name, *text, typeName(QByteArrayView(&type, 1)) + place.typeSuffix,
                      begin, at() - begin);
}

std::optional<QString> DBusValues::basicText(const QString &name, char type, DBusName rule)
{
    const quint64 begin = at();
    if (type == 's' || type == 'o')
        return stringText(name, type, rule);
    if (type == 'g') {
        const std::optional<QByteArray> signature = signatureText(name);
        return signature ? std::optional(QString::fromLatin1(*signature)) : std::nullopt;
    }
    std::optional<QString> text = fixedText(type);
    if (!text)
        ended(name, begin);
    else if (text->isEmpty()) {
        wrong(name, u"a boolean is 0 or 1"_s, begin);
        return std::nullopt;
    }
    return text;
}

/// Nothing: it is not all there. Empty: no boolean.
std::optional<QString> DBusValues::fixedText(char type)
{
    const auto number = [this]<class T>(T) -> std::optional<QString> {
        const std::optional<T> read = m_reader.number<T>(m_isBigEndian);
        return read ? std::optional(QString::number(*read)) : std::nullopt;
    };
    switch (type) {
    case 'y':
        return number(quint8 {});
    case 'n':
        return number(qint16 {});
    case 'q':
        return number(quint16 {});
    case 'i':
        return number(qint32 {});
    case 'x':
        return number(qint64 {});
    case 't':
        return number(quint64 {});
    case 'd': {
        const std::optional<quint64> bits = m_reader.number<quint64>(m_isBigEndian);
        return bits ? std::optional(displayNumber(std::bit_cast<double>(*bits))) : std::nullopt;
    }
    case 'b': {
        const std::optional<quint32> read = word();
        if (!read)
            return std::nullopt;
        return *read > 1 ? QString() : *read == 1 ? u"true"_s : u"false"_s;
    }
    default: // u, h
        return number(quint32 {});
    }
}

std::optional<QString> DBusValues::stringText(const QString &name, char type, DBusName rule)
{
    const quint64 begin = at();
    const std::optional<quint32> length = word();
    if (!length) {
        ended(name, begin);
        return std::nullopt;
    }
    const quint64 from = at();
    const std::optional<QByteArrayView> bytes = m_reader.bytes(quint64 {*length} + 1);
    if (!bytes) {
        // As much of it as there is.
        if (m_tree.isCut())
            m_tree.add(name, m_tree.textOf(from, *length), u"cut"_s, begin, m_tree.size());
        ended(name, begin);
        return std::nullopt;
    }
    const QByteArrayView text = bytes->chopped(1);
    QString how;
    if (!bytes->endsWith('\0') || text.contains('\0'))
        how = u"a string ends with its one byte 0"_s;
    else if (validUtf8(text, false) != text.size())
        how = u"not all of it is UTF-8"_s;
    else if (type == 'o' && dbus_validate_path(text.data(), nullptr) == 0)
        how = u"no valid object path"_s;
    else if (!obeys(rule, text.data()))
        how = u"no valid name of its kind"_s;
    if (how.isEmpty())
        return displayText(text, Decoder::LongestValue);
    wrong(name, how, begin);
    return std::nullopt;
}

/// A length, as many characters, a 0; valid.
std::optional<QByteArray> DBusValues::signatureText(const QString &name)
{
    const quint64 begin = at();
    const std::optional<quint8> length = m_reader.byte();
    const std::optional<QByteArrayView> bytes =
        length ? m_reader.bytes(quint64 {*length} + 1) : std::nullopt;
    if (!bytes) {
        ended(name, begin);
        return std::nullopt;
    }
    QByteArray signature = bytes->chopped(1).toByteArray();
    if (!bytes->endsWith('\0') || signature.contains('\0')
        || dbus_signature_validate(signature.constData(), nullptr) == 0) {
        wrong(name, u"no valid signature"_s, begin);
        return std::nullopt;
    }
    return signature;
}

bool DBusValues::innerVariant(const Place &place)
{
    const quint64 begin = at();
    const std::optional<QByteArray> signature = signatureText(place.name);
    if (!signature)
        return false;
    if (signature->isEmpty() || typeEnd(*signature, 0) != signature->size())
        return wrong(place.name,
                     u"a variant holds one value, and its signature is \"%1\""_s.arg(
                         QString::fromLatin1(*signature)),
                     begin);
    return value({.name = place.name,
                  .begin = place.begin.value_or(begin),
                  .typeSuffix = u" in variant"_s,
                  .rule = place.rule},
                 *signature);
}

bool DBusValues::variant(const QString &name, quint64 begin, quint64 end, QByteArrayView expected,
                         DBusName rule)
{
    const ByteReader before = m_reader;
    const std::optional<QByteArray> signature = signatureText(name);
    if (!signature)
        return false;
    if (!expected.isEmpty() && *signature != expected)
        return wrong(name,
                     u"of type %1, where the specification says %2"_s.arg(
                         QString::fromLatin1(*signature), QString::fromLatin1(expected)),
                     begin);
    m_reader = before;
    if (!innerVariant({.name = name, .begin = begin, .typeSuffix = {}, .rule = rule}))
        return false;
    if (at() > end)
        return wrong(name, u"it ends behind the array that it is in"_s, at());
    return true;
}

bool DBusValues::array(const Place &place, QByteArrayView signature)
{
    if (!align(4, place.name))
        return false;
    const quint64 begin = place.begin.value_or(at());
    const std::optional<quint32> length = word();
    if (!length)
        return ended(place.name, begin);
    if (*length > LongestArray)
        return wrong(place.name, u"longer than any array may be"_s, begin);
    const QByteArrayView element = signature.sliced(1);
    if (element == QByteArrayView("y"))
        return byteArray(place, begin, *length);
    if (!m_tree.open(place.name, typeName(signature) + place.typeSuffix, begin)
        || !align(alignmentOf(element[0]), u"padding"_s))
        return false;
    if (!elements(element, at() + *length))
        return false;
    m_tree.close(at());
    return true;
}

bool DBusValues::elements(QByteArrayView signature, quint64 end)
{
    for (int i = 0; at() < end; ++i) {
        const quint64 begin = at();
        const bool isRead = signature[0] == '{'
            ? dictEntry(signature)
            : value({.name = u"[%1]"_s.arg(i), .begin = {}}, signature);
        if (!isRead)
            return false;
        if (at() > end)
            return wrong(u"[%1]"_s.arg(i), u"the array ends within this element"_s, begin);
    }
    return true;
}

bool DBusValues::byteArray(const Place &place, quint64 begin, quint64 length)
{
    const quint64 from = at();
    const bool isWhole = length <= m_reader.left();
    m_reader.skip(length);
    const QString text = isTextBytes(m_tree.bytes(from, length)) ? m_tree.textOf(from, length)
                                                                 : m_tree.hexOf(from, length);
    if (!m_tree.add(place.name, text, u"ay"_s + place.typeSuffix, begin, at() - begin))
        return false;
    return isWhole || ended(place.name, at());
}

/// The key, which is of a basic type, is the name of the node.
bool DBusValues::dictEntry(QByteArrayView signature)
{
    if (!align(8, u"padding"_s))
        return false;
    const quint64 begin = at();
    const std::optional<QString> key = basicText(u"key"_s, signature[1], DBusName::None);
    if (!key)
        return false;
    return value({.name = key->isEmpty() ? u"\"\""_s : *key, .begin = begin},
                 signature.sliced(2, signature.size() - 3));
}

bool DBusValues::structure(const Place &place, QByteArrayView signature)
{
    if (!align(8, place.name))
        return false;
    if (!m_tree.open(place.name, typeName(signature) + place.typeSuffix, place.begin.value_or(at()))
        || !sequence(signature.sliced(1, signature.size() - 2)))
        return false;
    m_tree.close(at());
    return true;
}

} // namespace Sockeye
