// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/waylanddecoder.h"

#include "core/base/utf8text.h"
#include "core/decode/bytereader.h"
#include "core/decode/displaytext.h"
#include "core/decode/nodetree.h"

#include <QStringList>

#include <algorithm>
#include <bit>
#include <vector>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint64 HeaderSize = 8;
constexpr quint32 DisplayId = 1; // the one object that is there from the start

/// An argument as the protocol's XML names it. s: string, u: uint, n: new_id, o: object.
struct Argument
{
    char kind;
    const char16_t *name;
};
struct Message
{
    Direction direction;
    quint16 opcode;
    const char16_t *name;
    std::vector<Argument> arguments;
};

/// wl_display, of wayland.xml.
const std::vector<Message> &displayMessages()
{
    static const std::vector<Message> messages = {
        {Direction::ToServer, 0, u"wl_display.sync", {{'n', u"callback"}}},
        {Direction::ToServer, 1, u"wl_display.get_registry", {{'n', u"registry"}}},
        {Direction::ToClient,
         0,
         u"wl_display.error",
         {{'o', u"object_id"}, {'u', u"code"}, {'s', u"message"}}},
        {Direction::ToClient, 1, u"wl_display.delete_id", {{'u', u"id"}}},
    };
    return messages;
}

/// wl_registry, of wayland.xml. Its id is the client's choice: known by the arguments alone.
const std::vector<Message> &registryMessages()
{
    static const std::vector<Message> messages = {
        {Direction::ToServer,
         0,
         u"wl_registry.bind",
         {{'u', u"name"}, {'s', u"interface"}, {'u', u"version"}, {'n', u"id"}}},
        {Direction::ToClient,
         0,
         u"wl_registry.global",
         {{'u', u"name"}, {'s', u"interface"}, {'u', u"version"}}},
    };
    return messages;
}

bool isInterfaceName(QByteArrayView text)
{
    if (text.size() < 3 || text[0] < 'a' || text[0] > 'z')
        return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

class Reading
{
public:
    Reading(NodeTree &tree, std::span<const std::byte> message, Direction direction)
        : m_tree(tree)
        , m_reader(message)
        , m_direction(direction)
    { }

    /// Returns the summary.
    QString run()
    {
        if (m_tree.size() < HeaderSize) {
            if (const std::optional<quint32> id = m_reader.number<quint32>(m_isBigEndian))
                m_tree.add(u"object"_s, QString::number(*id), u"id"_s, 0, 4);
            m_tree.addEnd(u"header"_s, m_reader.at());
            return u"%1 bytes of a message"_s.arg(m_tree.size());
        }
        readHeader();
        const Message *known = find();
        QString name = u"opcode %1"_s.arg(m_opcode);
        if (known) {
            name = QString::fromUtf16(known->name);
            m_tree.root().value = name;
            if (m_id != DisplayId)
                m_tree.root().type = u"judged by its arguments"_s;
            readKnown(*known);
        } else {
            readUnknown();
        }
        const QString likely = known && m_id != DisplayId ? u"?"_s : QString();
        return u"#%1 %2%3(%4)"_s.arg(QString::number(m_id), name, likely, m_texts.join(u", "_s));
    }

private:
    /// The order of bytes is that of the machine which spoke; the size tells it.
    void readHeader()
    {
        const auto sizeIn = [this](bool isBig) {
            m_reader.seek(4);
            return m_reader.number<quint32>(isBig).value_or(0) >> 16;
        };
        m_isBigEndian = sizeIn(false) != m_tree.size() && sizeIn(true) == m_tree.size();
        m_reader.seek(0);
        m_id = word();
        const quint32 second = word();
        m_opcode = static_cast<quint16>(second & 0xffffU);
        const quint64 size = second >> 16;
        m_tree.add(u"object"_s, QString::number(m_id), u"id"_s, 0, 4);
        // The second word holds both; which half comes first is a matter of byte order.
        const quint64 opcodeAt = m_isBigEndian ? 6 : 4;
        const auto addOpcode = [&] {
            m_tree.add(u"opcode"_s, QString::number(m_opcode), u"uint16"_s, opcodeAt, 2);
        };
        if (!m_isBigEndian)
            addOpcode();
        const bool isWrong = size < HeaderSize || size % 4 != 0
            || (m_tree.isCut() ? size < m_tree.size() : size != m_tree.size());
        if (isWrong)
            m_tree.addError(u"size"_s,
                            u"%1 are announced, and %2 are there"_s.arg(size).arg(m_tree.size()),
                            10 - opcodeAt, 2);
        else
            m_tree.add(u"size"_s, QString::number(size), u"uint16"_s, 10 - opcodeAt, 2);
        if (m_isBigEndian)
            addOpcode();
    }

    quint32 word() { return m_reader.number<quint32>(m_isBigEndian).value_or(0); }

    struct Text
    {
        QByteArrayView text;
        quint64 length = 0; ///< with its number, its byte 0 and what fills up the last word
    };
    /// A string that stands at @p at; a length, so many bytes with a 0 at the end, to full words.
    std::optional<Text> textAt(quint64 at)
    {
        ByteReader reader = m_reader;
        reader.seek(at);
        const quint64 length = reader.number<quint32>(m_isBigEndian).value_or(0);
        if (length < 1 || length > reader.left())
            return std::nullopt;
        const QByteArrayView text = reader.rest().first(static_cast<qsizetype>(length));
        const quint64 padded = (length + 3) / 4 * 4;
        if (text.indexOf('\0') != text.size() - 1 || padded > reader.left())
            return std::nullopt;
        return Text {text.chopped(1), padded + 4};
    }

    const Message *find()
    {
        if (m_id == DisplayId) {
            for (const Message &message : displayMessages()) {
                if (message.direction == m_direction && message.opcode == m_opcode)
                    return &message;
            }
            return nullptr;
        }
        for (const Message &message : registryMessages()) {
            if (message.direction != m_direction || message.opcode != m_opcode)
                continue;
            const std::optional<Text> interface = textAt(HeaderSize + 4);
            const quint64 words = message.arguments.size() - 1;
            if (interface && isInterfaceName(interface->text)
                && HeaderSize + interface->length + 4 * words == m_tree.size())
                return &message;
        }
        return nullptr;
    }

    void readKnown(const Message &message)
    {
        for (const Argument &argument : message.arguments) {
            const QString name = QString::fromUtf16(argument.name);
            const quint64 at = m_reader.at();
            const std::optional<Text> text = argument.kind == 's' ? textAt(at) : std::nullopt;
            if (text) {
                addText(name, *text, u"string"_s);
            } else if (argument.kind == 's' || m_reader.left() < 4) {
                m_tree.addEnd(name, at);
                return;
            } else {
                const quint32 value = word();
                const QString type = argument.kind == 'n' ? u"new_id"_s
                    : argument.kind == 'o'                ? u"object"_s
                                                          : u"uint"_s;
                m_tree.add(name, QString::number(value), type, at, 4);
                tell((argument.kind == 'u' ? QString() : u"#"_s) + QString::number(value));
            }
        }
        if (!m_reader.isAtEnd())
            m_tree.addError(u"more"_s, u"the message has no more arguments"_s, m_reader.at(),
                            m_reader.left());
    }

    void addText(const QString &name, const Text &text, const QString &type)
    {
        const QString shown = displayText(text.text, Decoder::LongestValue);
        m_tree.add(name, shown, type, m_reader.at(), text.length);
        m_reader.skip(text.length);
        tell(u'"' + shown + u'"');
    }

    /// An argument for the summary, which shows no more than the first few.
    void tell(const QString &text)
    {
        m_told += text.size();
        if (m_told <= LongestSummary)
            m_texts.append(text);
        else if (m_told - text.size() <= LongestSummary)
            m_texts.append(elided(text, LongestSummary));
    }

    void readUnknown()
    {
        for (int i = 0; m_reader.left() >= 4 && !m_tree.isFull(); ++i) {
            const QString name = u"[%1]"_s.arg(i);
            const quint64 at = m_reader.at();
            const std::optional<Text> text = textAt(at);
            if (text && isPlausible(text->text)) {
                addText(name, *text, u"string or words"_s);
                continue;
            }
            const quint32 value = word();
            QString type = u"uint"_s;
            if (value > 0x7fffffffU)
                type += u" (or int %1, fixed %2)"_s.arg(std::bit_cast<qint32>(value))
                            .arg(fixedText(value));
            else if (value >= 0x100)
                type += u" (or fixed %1)"_s.arg(fixedText(value));
            m_tree.add(name, QString::number(value), type, at, 4);
            tell(QString::number(value));
        }
        if (!m_reader.isAtEnd() && !m_tree.isFull())
            m_tree.addEnd(u"argument"_s, m_reader.at());
    }

    /// 24 bits, and 8 behind the point.
    static QString fixedText(quint32 value)
    {
        return displayNumber(std::bit_cast<qint32>(value) / 256.0);
    }

    /// Two numbers may look like one short string; two characters or more rarely do.
    static bool isPlausible(QByteArrayView text)
    {
        if (text.size() < 2)
            return false;
        for (qsizetype i = 0; i < text.size();) {
            const Utf8Character next = utf8At(text, i);
            if (next.length == 0 || !isShowable(next.character))
                return false;
            i += next.length;
        }
        return true;
    }

    NodeTree &m_tree;
    ByteReader m_reader;
    Direction m_direction;
    bool m_isBigEndian = false;
    quint32 m_id = 0;
    quint16 m_opcode = 0;
    QStringList m_texts; ///< of the arguments
    qsizetype m_told = 0;
};

} // namespace

Decoded WaylandDecoder::decode(std::span<const std::byte> message,
                               const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    const QString summary = Reading(tree, message, context.direction).run();
    return tree.finish(summary);
}

} // namespace Sockeye
