// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/dbusdecoder.h"

#include "core/decode/dbusform.h"
#include "core/decode/dbusvalues.h"
#include "core/decode/displaytext.h"
#include "core/decode/treesummary.h"

#include <QHash>

#include <algorithm>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

enum class MessageType : quint8 { Invalid, Call, Return, Error, Signal };

constexpr quint8 NoReplyExpected = 0x1;

QString messageTypeName(quint8 type)
{
    switch (static_cast<MessageType>(type)) {
    case MessageType::Call:
        return u"method_call"_s;
    case MessageType::Return:
        return u"method_return"_s;
    case MessageType::Error:
        return u"error"_s;
    case MessageType::Signal:
        return u"signal"_s;
    case MessageType::Invalid:
        break;
    }
    return {};
}

struct HeaderField
{
    quint8 code;
    const char16_t *name;
    QByteArrayView signature;
    DBusName rule;
};
constexpr HeaderField headerFields[] = {
    {1, u"PATH", "o", DBusName::None},         {2, u"INTERFACE", "s", DBusName::Interface},
    {3, u"MEMBER", "s", DBusName::Member},     {4, u"ERROR_NAME", "s", DBusName::Error},
    {5, u"REPLY_SERIAL", "u", DBusName::None}, {6, u"DESTINATION", "s", DBusName::Bus},
    {7, u"SENDER", "s", DBusName::Bus},        {8, u"SIGNATURE", "g", DBusName::None},
    {9, u"UNIX_FDS", "u", DBusName::None},
};

QString flagsText(quint8 flags)
{
    QStringList names;
    if ((flags & NoReplyExpected) != 0)
        names.append(u"NO_REPLY_EXPECTED"_s);
    if ((flags & 0x2U) != 0)
        names.append(u"NO_AUTO_START"_s);
    if ((flags & 0x4U) != 0)
        names.append(u"ALLOW_INTERACTIVE_AUTHORIZATION"_s);
    return names.isEmpty() ? QString::number(flags) : names.join(u", "_s);
}

/// One message of the D-Bus specification's message protocol.
class Reading
{
public:
    Reading(NodeTree &tree, std::span<const std::byte> message)
        : m_tree(tree)
        , m_values(tree, message)
    { }

    void run()
    {
        if (!readStart() || !readFields())
            return;
        checkFields();
        const quint64 bodyBegin = m_values.at();
        if (m_bodyLength < m_tree.size() - bodyBegin) {
            m_tree.addError(u"length"_s,
                            u"a body of %1 bytes is announced, and %2 are there"_s.arg(m_bodyLength)
                                .arg(m_tree.size() - bodyBegin),
                            bodyBegin, m_tree.size());
            return;
        }
        readBody();
        if (m_bodyLength > m_tree.size() - bodyBegin && !m_tree.hasError())
            m_tree.addEnd(u"body"_s, bodyBegin);
    }

    [[nodiscard]] QString summary() const
    {
        const QString arguments = argumentsText();
        switch (m_type) {
        case MessageType::Call:
            return u"call "_s + method() + arguments;
        case MessageType::Return:
            return u"reply to %1 "_s.arg(field(5)) + arguments;
        case MessageType::Error:
            return u"error %1 to %2 "_s.arg(field(4), field(5)) + arguments;
        case MessageType::Signal:
            return u"signal "_s + method() + arguments;
        case MessageType::Invalid:
            break;
        }
        return u"%1 bytes of a message"_s.arg(m_tree.size());
    }

    [[nodiscard]] std::optional<CallMark> call() const
    {
        if (m_serial == 0)
            return std::nullopt;
        const QString serial = QString::number(m_serial);
        switch (m_type) {
        case MessageType::Call:
            // Nobody answers a call that says so.
            return CallMark {(m_flags & NoReplyExpected) != 0 ? CallMark::Role::Notice
                                                              : CallMark::Role::Request,
                             serial, method()};
        case MessageType::Return:
        case MessageType::Error:
            return CallMark {CallMark::Role::Response, field(5), {}};
        case MessageType::Signal:
            return CallMark {CallMark::Role::Notice, {}, method()};
        case MessageType::Invalid:
            break;
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] QString field(quint8 code) const { return m_fields.value(code); }
    [[nodiscard]] QString method() const
    {
        const QString interface = field(2);
        return interface.isEmpty() ? field(3) : interface + u'.' + field(3);
    }
    [[nodiscard]] QString argumentsText() const
    {
        const std::vector<DecodedNode> &parts = m_tree.root().children;
        if (parts.empty() || parts.back().name != u"body")
            return u"()"_s;
        QString text = treeSummary(parts.back()).mid(1); // without the brackets of a list
        if (text.endsWith(u']') || text.endsWith(u'}'))
            text.chop(1);
        return u'(' + text + u')';
    }

    /// The 12 bytes that all messages begin with.
    bool readStart()
    {
        const std::optional<quint8> order = m_values.byte();
        if (!order)
            return ended();
        if (*order != 'l' && *order != 'B')
            return wrong(u"byte order"_s, u"neither l (little) nor B (big)"_s, 0, 1);
        m_values.setBigEndian(*order == 'B');
        m_tree.add(u"byte order"_s, *order == 'B' ? u"big endian"_s : u"little endian"_s, u"byte"_s,
                   0, 1);
        const std::optional<quint8> type = m_values.byte();
        if (!type)
            return ended();
        const QString typeName = messageTypeName(*type);
        if (*type == 0)
            return wrong(u"type"_s, u"0 is no message type"_s, 1, 1);
        if (!typeName.isEmpty())
            m_type = static_cast<MessageType>(*type);
        m_tree.add(u"type"_s, typeName.isEmpty() ? QString::number(*type) : typeName, u"byte"_s, 1,
                   1);
        const std::optional<quint8> flags = m_values.byte();
        if (!flags)
            return ended();
        m_flags = *flags;
        m_tree.add(u"flags"_s, flagsText(*flags), u"byte"_s, 2, 1);
        const std::optional<quint8> version = m_values.byte();
        if (!version)
            return ended();
        if (*version != 1)
            return wrong(u"version"_s, u"%1, and only 1 is known"_s.arg(*version), 3, 1);
        m_tree.add(u"version"_s, QString::number(*version), u"byte"_s, 3, 1);
        return readNumbers();
    }

    bool readNumbers()
    {
        const std::optional<quint32> length = m_values.word();
        if (!length)
            return ended();
        m_bodyLength = *length;
        m_tree.add(u"body length"_s, QString::number(*length), u"uint32"_s, 4, 4);
        const std::optional<quint32> serial = m_values.word();
        if (!serial)
            return ended();
        m_serial = *serial;
        if (*serial == 0)
            return wrong(u"serial"_s, u"must not be 0"_s, 8, 4);
        m_tree.add(u"serial"_s, QString::number(*serial), u"uint32"_s, 8, 4);
        return true;
    }

    bool readFields()
    {
        const quint64 begin = m_values.at();
        const std::optional<quint32> length = m_values.word();
        if (!length)
            return ended();
        if (*length > DBusValues::LongestArray)
            return wrong(u"fields"_s, u"longer than any array may be"_s, begin, 4);
        if (!m_tree.open(u"fields"_s, u"a(yv)"_s, begin))
            return false;
        const quint64 end = m_values.at() + *length;
        while (m_values.at() < end) {
            if (!readField(end))
                return false;
        }
        m_tree.close(m_values.at());
        return m_values.align(8, u"padding"_s);
    }

    bool readField(quint64 end)
    {
        if (!m_values.align(8, u"padding"_s))
            return false;
        const quint64 begin = m_values.at();
        const std::optional<quint8> code = m_values.byte();
        if (!code)
            return ended();
        const auto *known = std::find_if(std::begin(headerFields), std::end(headerFields),
                                         [&](const HeaderField &one) { return one.code == *code; });
        const bool isKnown = known != std::end(headerFields);
        if (*code == 0)
            return wrong(u"field"_s, u"0 is no header field"_s, begin, 1);
        const QString name = isKnown ? QString::fromUtf16(known->name) : u"field %1"_s.arg(*code);
        if (!m_values.variant(name, begin, end, isKnown ? known->signature : QByteArrayView(),
                              isKnown ? known->rule : DBusName::None))
            return false;
        if (const DecodedNode *node = m_tree.last(); node && isKnown)
            m_fields.insert(*code, node->value);
        return true;
    }

    /// What each type of message must say.
    void checkFields()
    {
        const auto demand = [this](quint8 code) {
            if (!m_fields.contains(code))
                m_tree.addError(QString::fromUtf16(headerFields[code - 1].name),
                                u"this type of message must have this field"_s, m_values.at(), 0);
        };
        switch (m_type) {
        case MessageType::Call:
            demand(1);
            demand(3);
            break;
        case MessageType::Return:
            demand(5);
            break;
        case MessageType::Error:
            demand(4);
            demand(5);
            break;
        case MessageType::Signal:
            demand(1);
            demand(2);
            demand(3);
            break;
        case MessageType::Invalid:
            break;
        }
    }

    void readBody()
    {
        const QByteArray signature = field(8).toLatin1(); // of a node without errors: valid
        if (m_bodyLength == 0 && signature.isEmpty())
            return;
        if (!m_tree.open(u"body"_s, QString::fromLatin1(signature), m_values.at()))
            return;
        const bool isRead = m_values.sequence(signature);
        if (isRead && !m_values.isAtEnd())
            m_tree.addError(u"more"_s, u"the signature names no more values"_s, m_values.at(),
                            m_tree.size());
        m_tree.closeAll();
    }

    bool ended()
    {
        m_tree.addEnd(u"header"_s, m_values.at());
        return false;
    }
    bool wrong(const QString &name, const QString &how, quint64 offset, quint64 length)
    {
        m_tree.addError(name, how, offset, length);
        return false;
    }

    NodeTree &m_tree;
    DBusValues m_values;
    MessageType m_type = MessageType::Invalid;
    quint8 m_flags = 0;
    quint32 m_bodyLength = 0;
    quint32 m_serial = 0;
    QHash<quint8, QString> m_fields;
};

/// One line of the authentication: a command and its arguments.
Decoded readSaslLine(NodeTree &tree, const MessageContext &context)
{
    static const QStringList clientCommands = {u"AUTH"_s, u"CANCEL"_s, u"BEGIN"_s,
                                               u"DATA"_s, u"ERROR"_s,  u"NEGOTIATE_UNIX_FD"_s};
    static const QStringList serverCommands = {u"REJECTED"_s, u"OK"_s, u"DATA"_s, u"ERROR"_s,
                                               u"AGREE_UNIX_FD"_s};
    QByteArrayView line = tree.bytes(0, tree.size());
    quint64 at = 0;
    if (line.startsWith('\0') && context.direction == Direction::ToServer) {
        tree.add(u"credentials"_s, u"0"_s, u"byte"_s, 0, 1);
        at = 1;
    }
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    const QByteArrayView text = line.sliced(static_cast<qsizetype>(at));
    const qsizetype blank = text.indexOf(' ');
    const QByteArrayView command = blank < 0 ? text : text.first(blank);
    const QString name = displayText(command, Decoder::LongestValue);
    const bool isClient = context.direction == Direction::ToServer;
    const bool isKnown = (isClient ? clientCommands : serverCommands).contains(name);
    if (isKnown || (tree.isCut() && blank < 0))
        tree.add(u"command"_s, name, {}, at, static_cast<quint64>(command.size()));
    else
        tree.addError(u"command"_s, u"%1: there is no such"_s.arg(name), at,
                      static_cast<quint64>(command.size()));
    QString summary = displayText(text, LongestSummary);
    if (blank >= 0) {
        const quint64 from = at + static_cast<quint64>(blank) + 1;
        const QByteArrayView rest = text.sliced(blank + 1);
        // The identity that EXTERNAL claims is in hex: the digits of a user's number.
        constexpr QByteArrayView external("EXTERNAL ");
        const bool isIdentity = name == u"AUTH" && rest.startsWith(external);
        const QByteArray hex =
            isIdentity ? rest.sliced(external.size()).toByteArray() : QByteArray();
        const QString identity = displayText(QByteArray::fromHex(hex), Decoder::LongestValue);
        tree.add(u"arguments"_s, tree.textOf(from, static_cast<quint64>(rest.size())),
                 isIdentity ? u"EXTERNAL, identity %1"_s.arg(identity) : QString(), from,
                 static_cast<quint64>(rest.size()));
        if (isIdentity)
            summary = u"AUTH EXTERNAL (%1)"_s.arg(identity);
    }
    tree.root().type = u"SASL"_s;
    return tree.finish(summary);
}

} // namespace

Decoded DBusDecoder::decode(std::span<const std::byte> message, const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    if (context.form == DBusForm::AuthLine)
        return readSaslLine(tree, context);
    Reading reading(tree, message);
    reading.run();
    tree.closeAll();
    const QString summary = reading.summary();
    return tree.finish(summary, reading.call());
}

} // namespace Sockeye
