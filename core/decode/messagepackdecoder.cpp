// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/messagepackdecoder.h"

#include "core/decode/bytereader.h"
#include "core/decode/displaytext.h"
#include "core/decode/nodetree.h"
#include "core/decode/treesummary.h"

#include <QDateTime>

#include <bit>

// Read by hand: msgpack-cxx tells a visitor values without their places (its cursor is private, and
// what its callbacks get is no pointer into the message but for strings), and comes with Boost.

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// What the first byte of an object says.
enum class Kind : quint8 { Unused, Nil, Boolean, Integer, Float, String, Binary, Array, Map, Ext };

struct Head
{
    Kind kind = Kind::Unused;
    QString type; ///< as the specification calls the format
    quint8 width = 0; ///< bytes of the number that follows
    bool isSigned = false;
    quint64 number = 0; ///< in the byte itself
};

Head tableHead(quint8 byte)
{
    switch (byte) {
    case 0xc0:
        return {Kind::Nil, u"nil"_s};
    case 0xc2:
    case 0xc3:
        return {Kind::Boolean, u"bool"_s, 0, false, byte & 1U};
    case 0xca:
        return {Kind::Float, u"float 32"_s, 4};
    case 0xcb:
        return {Kind::Float, u"float 64"_s, 8};
    default:
        break;
    }
    const auto sized = [byte](Kind kind, const QString &name, quint8 first, bool isSigned = false) {
        const auto width = static_cast<quint8>(1U << (byte - first));
        return Head {kind, name + QString::number(8 * width), width, isSigned};
    };
    if (byte >= 0xc4 && byte <= 0xc6)
        return sized(Kind::Binary, u"bin "_s, 0xc4);
    if (byte >= 0xc7 && byte <= 0xc9)
        return sized(Kind::Ext, u"ext "_s, 0xc7);
    if (byte >= 0xcc && byte <= 0xcf)
        return sized(Kind::Integer, u"uint "_s, 0xcc);
    if (byte >= 0xd0 && byte <= 0xd3)
        return sized(Kind::Integer, u"int "_s, 0xd0, true);
    if (byte >= 0xd4 && byte <= 0xd8) {
        const quint64 length = quint64 {1} << (byte - 0xd4);
        return {Kind::Ext, u"fixext %1"_s.arg(length), 0, false, length};
    }
    if (byte >= 0xd9 && byte <= 0xdb)
        return {Kind::String, u"string"_s, static_cast<quint8>(1U << (byte - 0xd9))};
    if (byte == 0xdc || byte == 0xdd)
        return {Kind::Array, u"array"_s, static_cast<quint8>(byte == 0xdc ? 2 : 4)};
    if (byte == 0xde || byte == 0xdf)
        return {Kind::Map, u"map"_s, static_cast<quint8>(byte == 0xde ? 2 : 4)};
    return {};
}

Head headOf(quint8 byte)
{
    if (byte <= 0x7f)
        return {Kind::Integer, u"positive fixint"_s, 0, false, byte};
    if (byte <= 0x8f)
        return {Kind::Map, u"map"_s, 0, false, byte & 0x0fU};
    if (byte <= 0x9f)
        return {Kind::Array, u"array"_s, 0, false, byte & 0x0fU};
    if (byte <= 0xbf)
        return {Kind::String, u"string"_s, 0, false, byte & 0x1fU};
    if (byte >= 0xe0)
        return {Kind::Integer, u"negative fixint"_s, 0, true, byte};
    return tableHead(byte);
}

std::optional<quint64> readNumber(ByteReader &reader, quint8 width)
{
    switch (width) {
    case 1:
        return reader.big<quint8>();
    case 2:
        return reader.big<quint16>();
    case 4:
        return reader.big<quint32>();
    default:
        return reader.big<quint64>();
    }
}

QString integerText(const Head &head, quint64 number)
{
    if (!head.isSigned)
        return QString::number(number);
    switch (head.width) {
    case 0:
    case 1:
        return QString::number(static_cast<qint8>(number));
    case 2:
        return QString::number(static_cast<qint16>(number));
    case 4:
        return QString::number(static_cast<qint32>(number));
    default:
        return QString::number(static_cast<qint64>(number));
    }
}

QString floatText(const Head &head, quint64 number)
{
    if (head.width == 4) {
        const auto bits = static_cast<quint32>(number);
        return displayNumber(std::bit_cast<float>(bits));
    }
    return displayNumber(std::bit_cast<double>(number));
}

/// The extension -1; empty where @p data is none that the specification knows.
QString timestampText(QByteArrayView data)
{
    qint64 seconds = 0;
    quint32 nanoseconds = 0;
    if (data.size() == 4) {
        seconds = qFromBigEndian<quint32>(data.data());
    } else if (data.size() == 8) {
        const auto both = qFromBigEndian<quint64>(data.data());
        nanoseconds = static_cast<quint32>(both >> 34);
        seconds = static_cast<qint64>(both & ((quint64 {1} << 34) - 1));
    } else if (data.size() == 12) {
        nanoseconds = qFromBigEndian<quint32>(data.data());
        seconds = qFromBigEndian<qint64>(data.data() + 4);
    } else {
        return {};
    }
    if (nanoseconds > 999'999'999)
        return {};
    // Farther than a calendar reaches: the number.
    constexpr qint64 farthest = 253'402'300'799; // the end of the year 9999
    const QString fraction =
        nanoseconds > 0 ? u".%1"_s.arg(nanoseconds, 9, 10, QLatin1Char('0')) : QString();
    if (seconds < -farthest || seconds > farthest)
        return QString::number(seconds) + fraction + u" s"_s;
    const QDateTime time = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    return time.toString(u"yyyy-MM-ddTHH:mm:ss"_s) + fraction + u'Z';
}

class Parser
{
public:
    Parser(NodeTree &tree, std::span<const std::byte> message)
        : m_tree(tree)
        , m_reader(message)
    { }

    /// All objects of the message.
    void run()
    {
        for (int i = 0; !m_reader.isAtEnd(); ++i) {
            if (!object(u"[%1]"_s.arg(i), m_reader.at()))
                return;
        }
        if (m_tree.root().children.empty() && !m_tree.isCut())
            m_tree.addError(u"object"_s, u"there is none"_s, 0, 0);
    }

private:
    struct Opening
    {
        Head head;
        quint64 number = 0; ///< the value, a length or a count
    };
    struct Value
    {
        QString text;
        QString type;
        bool isWhole = true;
    };

    /// Nothing: the message ends here.
    std::optional<Opening> readOpening()
    {
        const std::optional<quint8> byte = m_reader.byte();
        if (!byte)
            return std::nullopt;
        Opening opening {headOf(*byte)};
        opening.number = opening.head.number;
        if (opening.head.width > 0) {
            const std::optional<quint64> number = readNumber(m_reader, opening.head.width);
            if (!number)
                return std::nullopt;
            opening.number = *number;
        }
        return opening;
    }

    /// @p begin: where its node begins; in a map that is the key. False: decoding ends.
    bool object(const QString &name, quint64 begin)
    {
        const quint64 at = m_reader.at();
        const std::optional<Opening> opening = readOpening();
        if (!opening)
            return ended(name, begin);
        switch (opening->head.kind) {
        case Kind::Unused:
            return refused(name, at);
        case Kind::Array:
            return array(name, begin, opening->number);
        case Kind::Map:
            return map(name, begin, opening->number);
        default:
            return leaf(name, begin, readValue(*opening));
        }
    }

    bool leaf(const QString &name, quint64 begin, const Value &value)
    {
        if (!m_tree.add(name, value.text, value.type, begin, m_reader.at() - begin))
            return false;
        return value.isWhole || ended(name, m_reader.at());
    }

    Value readValue(const Opening &opening)
    {
        const Head &head = opening.head;
        switch (head.kind) {
        case Kind::Boolean:
            return {opening.number != 0 ? u"true"_s : u"false"_s, head.type};
        case Kind::Integer:
            return {integerText(head, opening.number), head.type};
        case Kind::Float:
            return {floatText(head, opening.number), head.type};
        case Kind::String:
        case Kind::Binary:
            return readString(opening);
        case Kind::Ext:
            return readExtension(opening);
        default:
            return {u"nil"_s, head.type};
        }
    }

    Value readString(const Opening &opening)
    {
        const quint64 from = m_reader.at();
        const quint64 length = opening.number;
        const bool isWhole = length <= m_reader.left();
        m_reader.skip(length);
        // Strings that are no UTF-8 are valid: older writers have no other type for bytes.
        const bool isText = opening.head.kind == Kind::String;
        return {isText ? m_tree.textOf(from, length) : m_tree.hexOf(from, length),
                opening.head.type, isWhole};
    }

    Value readExtension(const Opening &opening)
    {
        const std::optional<quint8> code = m_reader.byte();
        if (!code)
            return {{}, opening.head.type, false};
        const auto number = static_cast<qint8>(*code);
        const quint64 from = m_reader.at();
        const quint64 length = opening.number;
        const bool isWhole = length <= m_reader.left();
        m_reader.skip(length);
        if (number == -1 && isWhole) {
            const QString time = timestampText(m_tree.bytes(from, length));
            if (!time.isEmpty())
                return {time, u"timestamp"_s};
        }
        return {m_tree.hexOf(from, length), u"%1, type %2"_s.arg(opening.head.type).arg(number),
                isWhole};
    }

    bool array(const QString &name, quint64 begin, quint64 count)
    {
        if (!m_tree.open(name, u"array"_s, begin))
            return false;
        for (quint64 i = 0; i < count; ++i) {
            if (!object(u"[%1]"_s.arg(i), m_reader.at()))
                return false;
        }
        m_tree.close(m_reader.at());
        return true;
    }

    bool map(const QString &name, quint64 begin, quint64 count)
    {
        if (!m_tree.open(name, u"map"_s, begin))
            return false;
        for (quint64 i = 0; i < count; ++i) {
            if (!entry())
                return false;
        }
        m_tree.close(m_reader.at());
        return true;
    }

    /// A key that is a value becomes the name of the node; else the node has two parts.
    bool entry()
    {
        const quint64 begin = m_reader.at();
        const std::optional<Opening> opening = readOpening();
        if (!opening)
            return ended(u"key"_s, begin);
        const Kind kind = opening->head.kind;
        if (kind == Kind::Unused)
            return refused(u"key"_s, begin);
        if (kind == Kind::Array || kind == Kind::Map) {
            m_reader.seek(begin);
            if (!m_tree.open(u"entry"_s, {}, begin) || !object(u"key"_s, begin)
                || !object(u"value"_s, m_reader.at()))
                return false;
            m_tree.close(m_reader.at());
            return true;
        }
        const Value key = readValue(*opening);
        if (!key.isWhole || m_reader.isAtEnd()) {
            m_tree.add(u"key"_s, key.text, key.type, begin, m_reader.at() - begin);
            return ended(u"entry"_s, m_reader.at());
        }
        return object(key.text.isEmpty() ? u"\"\""_s : key.text, begin);
    }

    bool refused(const QString &name, quint64 at)
    {
        m_tree.addError(name, u"the byte c1 begins no object"_s, at, m_tree.size());
        return false;
    }
    bool ended(const QString &name, quint64 begin)
    {
        m_tree.addEnd(name, begin);
        return false;
    }

    NodeTree &m_tree;
    ByteReader m_reader;
};

/// MessagePack-RPC, as Neovim speaks it: [0, id, method, params], [1, id, error, result],
/// [2, method, params].
struct Rpc
{
    QString summary = {};
    std::optional<CallMark> call = {};
};

Rpc readRpc(const DecodedNode &root)
{
    const auto &parts = root.children;
    const auto isText = [&](size_t i) { return parts[i].type == u"string"; };
    const auto isNumber = [&](size_t i) { return parts[i].type.contains(u"int"); };
    if (root.type != u"array" || parts.size() < 3 || parts.size() > 4 || !isNumber(0))
        return {};
    const QString kind = parts[0].value;
    if (kind == u"0" && parts.size() == 4 && isNumber(1) && isText(2))
        return {u"request %1 %2 "_s.arg(parts[1].value, parts[2].value) + treeSummary(parts[3]),
                CallMark {CallMark::Role::Request, parts[1].value, parts[2].value}};
    if (kind == u"1" && parts.size() == 4 && isNumber(1)) {
        const bool hasFailed = parts[2].type != u"nil";
        return {u"response %1 "_s.arg(parts[1].value) + (hasFailed ? u"error "_s : QString())
                    + treeSummary(parts[hasFailed ? 2 : 3]),
                CallMark {CallMark::Role::Response, parts[1].value, {}}};
    }
    if (kind == u"2" && parts.size() == 3 && isText(1))
        return {u"notification %1 "_s.arg(parts[1].value) + treeSummary(parts[2]),
                CallMark {CallMark::Role::Notice, {}, parts[1].value}};
    return {};
}

} // namespace

Decoded MessagePackDecoder::decode(std::span<const std::byte> message,
                                   const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    Parser(tree, message).run();
    tree.hoistOnlyChild();
    Rpc rpc = readRpc(tree.root());
    const QString summary = rpc.summary.isEmpty() ? treeSummary(tree.root()) : rpc.summary;
    return tree.finish(summary, std::move(rpc.call));
}

} // namespace Sockeye
