// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/protobufdecoder.h"

#include "core/base/utf8text.h"
#include "core/decode/bytereader.h"
#include "core/decode/displaytext.h"
#include "core/decode/nodetree.h"
#include "core/decode/treesummary.h"

#include <bit>
#include <limits>
#include <vector>

// Read by hand: libprotobuf's parser of unknown fields tells their values without their places.

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

enum class WireType : quint8 {
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    GroupStart = 3,
    GroupEnd = 4,
    Fixed32 = 5,
};

/// Seven bits a byte, the low ones first; at most ten bytes. Nothing, and the place stays, where
/// there is none.
std::optional<quint64> readVarint(ByteReader &reader)
{
    ByteReader ahead = reader;
    quint64 value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
        const std::optional<quint8> byte = ahead.byte();
        if (!byte)
            return std::nullopt;
        value |= (*byte & quint64 {0x7f}) << shift; // of the tenth byte one bit counts
        if (*byte < 0x80) {
            reader = ahead;
            return value;
        }
    }
    return std::nullopt;
}

struct Tag
{
    quint64 number = 0;
    WireType type = WireType::Varint;

    [[nodiscard]] bool isValid() const
    {
        constexpr quint64 largest = (quint64 {1} << 29) - 1;
        return number >= 1 && number <= largest && type <= WireType::Fixed32;
    }
};

Tag tagOf(quint64 value)
{
    return {value >> 3, static_cast<WireType>(value & 7)};
}

/// Moves behind the value of a field that is no group.
bool skipValue(ByteReader &reader, WireType type)
{
    switch (type) {
    case WireType::Varint:
        return readVarint(reader).has_value();
    case WireType::Fixed32:
        return reader.bytes(4).has_value();
    case WireType::Fixed64:
        return reader.bytes(8).has_value();
    case WireType::Bytes: {
        const std::optional<quint64> length = readVarint(reader);
        return length && reader.bytes(*length).has_value();
    }
    default:
        return false;
    }
}

/// Whether fields fill the bytes exactly. What is in their bytes is not looked at: so all levels
/// together cost no more than the message is long.
bool mayBeMessage(std::span<const std::byte> bytes)
{
    if (bytes.empty())
        return false;
    std::vector<quint64> groups;
    ByteReader reader(bytes);
    while (!reader.isAtEnd()) {
        const std::optional<quint64> value = readVarint(reader);
        const Tag tag = tagOf(value.value_or(0));
        if (!tag.isValid())
            return false;
        if (tag.type == WireType::GroupStart) {
            if (groups.size() >= static_cast<size_t>(Decoder::DeepestNesting))
                return false;
            groups.push_back(tag.number);
        } else if (tag.type == WireType::GroupEnd) {
            if (groups.empty() || groups.back() != tag.number)
                return false;
            groups.pop_back();
        } else if (!skipValue(reader, tag.type)) {
            return false;
        }
    }
    return groups.empty();
}

/// UTF-8 that people may have written. A first part tells it of a long one.
bool mayBeText(QByteArrayView bytes)
{
    constexpr qsizetype enough = 65536;
    const qsizetype most = std::min(bytes.size(), enough);
    for (qsizetype i = 0; i < most;) {
        const Utf8Character next = utf8At(bytes, i);
        const bool isLayout =
            next.character == U'\n' || next.character == U'\t' || next.character == U'\r';
        if (next.length == 0 || (!isLayout && !isShowable(next.character)))
            return false;
        i += next.length;
    }
    return true;
}

qint64 zigzag(quint64 value)
{
    return static_cast<qint64>(value >> 1) ^ -static_cast<qint64>(value & 1);
}

class Parser
{
public:
    Parser(NodeTree &tree, std::span<const std::byte> message)
        : m_tree(tree)
        , m_message(message)
    { }

    void run()
    {
        ByteReader reader(m_message);
        fields(reader, 0);
    }

private:
    /// Up to the end of @p reader, or of the group @p group (0: none). False: decoding ends.
    bool fields(ByteReader &reader, quint64 group)
    {
        while (!reader.isAtEnd()) {
            const quint64 begin = reader.at();
            const std::optional<quint64> value = readVarint(reader);
            if (!value)
                return varintFailed(reader, u"tag"_s, begin);
            const Tag tag = tagOf(*value);
            if (!tag.isValid())
                return wrong(
                    u"tag"_s,
                    u"field %1 of wire type %2: there is no such"_s.arg(tag.number).arg(*value & 7),
                    begin);
            if (tag.type == WireType::GroupEnd && group != 0 && group == tag.number)
                return true;
            if (tag.type == WireType::GroupEnd)
                return wrong(u"tag"_s, u"the end of a group %1 that has no begin"_s.arg(tag.number),
                             begin);
            if (!field(reader, tag, begin))
                return false;
        }
        if (group == 0)
            return true;
        m_tree.addEnd(u"end of group"_s, reader.at());
        return false;
    }

    bool field(ByteReader &reader, const Tag &tag, quint64 begin)
    {
        const QString name = QString::number(tag.number);
        switch (tag.type) {
        case WireType::Varint:
            return varint(reader, name, begin);
        case WireType::Fixed32:
        case WireType::Fixed64:
            return fixed(reader, name, tag.type == WireType::Fixed64, begin);
        case WireType::Bytes:
            return delimited(reader, name, begin);
        default:
            break;
        }
        if (!m_tree.open(name, u"group"_s, begin) || !fields(reader, tag.number))
            return false;
        m_tree.close(reader.at());
        return true;
    }

    bool varint(ByteReader &reader, const QString &name, quint64 begin)
    {
        const std::optional<quint64> value = readVarint(reader);
        if (!value)
            return varintFailed(reader, name, begin);
        // Which of them it is stands in the schema alone.
        QString type = u"varint"_s;
        if (*value > std::numeric_limits<qint64>::max())
            type += u" (or int %1, sint %2)"_s.arg(static_cast<qint64>(*value)).arg(zigzag(*value));
        else if (*value > 1)
            type += u" (or sint %1)"_s.arg(zigzag(*value));
        return m_tree.add(name, QString::number(*value), type, begin, reader.at() - begin);
    }

    bool fixed(ByteReader &reader, const QString &name, bool isLong, quint64 begin)
    {
        std::optional<quint64> bits;
        if (isLong)
            bits = reader.little<quint64>();
        else
            bits = reader.little<quint32>();
        if (!bits) {
            m_tree.addEnd(name, begin);
            return false;
        }
        const QString real = isLong
            ? displayNumber(std::bit_cast<double>(*bits))
            : displayNumber(std::bit_cast<float>(static_cast<quint32>(*bits)));
        const QString type = isLong ? u"fixed64 (or double %1)"_s : u"fixed32 (or float %1)"_s;
        return m_tree.add(name, QString::number(*bits), type.arg(real), begin, reader.at() - begin);
    }

    bool delimited(ByteReader &reader, const QString &name, quint64 begin)
    {
        const std::optional<quint64> length = readVarint(reader);
        if (!length)
            return varintFailed(reader, name, begin);
        const quint64 from = reader.at();
        if (*length > reader.left()) {
            if (m_tree.isCut())
                m_tree.add(name, m_tree.textOf(from, reader.left()), u"cut"_s, begin,
                           reader.end() - begin);
            else
                wrong(name,
                      u"%1 bytes are announced, and %2 are left"_s.arg(*length).arg(reader.left()),
                      begin);
            return false;
        }
        reader.skip(*length);
        const auto part =
            m_message.subspan(static_cast<size_t>(from), static_cast<size_t>(*length));
        const bool isText = mayBeText(m_tree.bytes(from, *length));
        const bool isMessage = mayBeMessage(part);
        if (!isMessage)
            return m_tree.add(name,
                              isText ? m_tree.textOf(from, *length) : m_tree.hexOf(from, *length),
                              *length == 0 ? u"string, bytes or message"_s
                                  : isText ? u"string"_s
                                           : u"bytes"_s,
                              begin, reader.at() - begin);
        if (!m_tree.open(name, isText ? u"string or message"_s : u"message or bytes"_s, begin))
            return false;
        if (isText)
            m_tree.current().value = m_tree.textOf(from, *length);
        ByteReader inner(m_message, from, from + *length);
        if (!fields(inner, 0))
            return false;
        m_tree.close(reader.at());
        return true;
    }

    bool varintFailed(const ByteReader &reader, const QString &name, quint64 begin)
    {
        constexpr quint64 longest = 10;
        if (reader.left() >= longest)
            return wrong(name, u"a varint of more than 10 bytes"_s, begin);
        m_tree.addEnd(name, begin);
        return false;
    }

    bool wrong(const QString &name, const QString &how, quint64 begin)
    {
        m_tree.addError(name, how, begin, m_tree.size());
        return false;
    }

    NodeTree &m_tree;
    std::span<const std::byte> m_message;
};

} // namespace

Decoded ProtobufDecoder::decode(std::span<const std::byte> message,
                                const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    Parser(tree, message).run();
    const QString summary =
        tree.root().children.empty() ? u"empty message"_s : treeSummary(tree.root());
    return tree.finish(summary);
}

} // namespace Sockeye
