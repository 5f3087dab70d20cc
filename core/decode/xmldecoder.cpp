// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/xmldecoder.h"

#include "core/decode/displaytext.h"
#include "core/decode/nodetree.h"

#include <algorithm>
#include <memory>
#include <type_traits>

// The header shows how to limit entities to those alone who say that the library has them; Debian's
// has.
#define XML_DTD
#include <expat.h>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

struct FreeParser
{
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using ParserPointer = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isBlank(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return isBlank(c); });
}

QString shown(const char *text)
{
    return displayText(QByteArrayView(text), Decoder::LongestValue);
}

/// Where the attributes of a start tag stand within it, in order. expat says so only if it was
/// built for that, which Debian's is not. The tag is well-formed: expat has read it. Empty where
/// the encoding is not like ASCII.
struct Range
{
    quint64 begin = 0;
    quint64 end = 0;
};
std::vector<Range> attributeRanges(QByteArrayView tag)
{
    std::vector<Range> ranges;
    const auto skip = [&tag](qsizetype at, auto isSkipped) {
        while (at < tag.size() && isSkipped(tag[at]))
            ++at;
        return at;
    };
    if (tag.size() < 2 || tag[0] != '<' || tag[1] == '\0')
        return ranges;
    qsizetype at = skip(1, [](char c) { return !isBlank(c); });
    while (ranges.size() < static_cast<size_t>(Decoder::MostNodes)) {
        const qsizetype begin = skip(at, [](char c) { return isBlank(c); });
        const qsizetype equals = tag.indexOf('=', begin);
        if (equals < 0)
            break;
        const qsizetype quote = skip(equals + 1, [](char c) { return isBlank(c); });
        const qsizetype end = quote < tag.size() ? tag.indexOf(tag[quote], quote + 1) : -1;
        if (end < 0)
            break;
        at = end + 1;
        ranges.push_back({static_cast<quint64>(begin), static_cast<quint64>(at)});
    }
    return ranges;
}

/// Turns what expat tells into nodes.
class Reading
{
public:
    explicit Reading(NodeTree &tree)
        : m_tree(tree)
        , m_parser(XML_ParserCreate(nullptr))
    {
        XML_Parser parser = m_parser.get();
        XML_SetUserData(parser, this);
        XML_SetElementHandler(parser, startElement, endElement);
        XML_SetCharacterDataHandler(parser, characters);
        XML_SetCdataSectionHandler(parser, startCdata, endCdata);
        XML_SetCommentHandler(parser, comment);
        XML_SetProcessingInstructionHandler(parser, instruction);
        XML_SetXmlDeclHandler(parser, declaration);
        XML_SetDoctypeDeclHandler(parser, startDoctype, endDoctype);
        XML_SetEntityDeclHandler(parser, entity);
        // With a default handler expat does not expand entities in the content but tells of them.
        XML_SetDefaultHandler(parser, unhandled);
        XML_SetSkippedEntityHandler(parser, skippedEntity);
        // It still does in attributes: no more than this many times what came in, at all.
        constexpr float mostAmplification = 4;
        constexpr unsigned long long mostSmall = 65536;
        XML_SetBillionLaughsAttackProtectionMaximumAmplification(parser, mostAmplification);
        XML_SetBillionLaughsAttackProtectionActivationThreshold(parser, mostSmall);
    }

    void run()
    {
        constexpr quint64 step = quint64 {1} << 24; // expat counts in int
        XML_Status status = XML_STATUS_OK;
        for (quint64 from = 0; status == XML_STATUS_OK; from += step) {
            const QByteArrayView piece = m_tree.bytes(from, step);
            const bool isLast = from + step >= m_tree.size();
            status = XML_Parse(m_parser.get(), piece.data(), static_cast<int>(piece.size()),
                               isLast && !m_tree.isCut() ? XML_TRUE : XML_FALSE);
            if (isLast)
                break;
        }
        flushText();
        if (status != XML_STATUS_OK && !m_tree.isFull())
            addError(XML_GetErrorCode(m_parser.get()));
        else if (m_tree.isCut() && m_end < m_tree.size())
            m_tree.add(u"rest"_s, m_tree.textOf(m_end, m_tree.size()), u"cut"_s, m_end,
                       m_tree.size());
    }

    [[nodiscard]] QString summary() const
    {
        const QByteArrayView bytes = m_tree.bytes(0, m_tree.size());
        if (bytes.first(std::min<qsizetype>(bytes.size(), 4)).contains('\0')) // UTF-16
            return m_rootName.isEmpty() ? u"XML"_s : u"<%1>"_s.arg(m_rootName);
        return displayLine(bytes.sliced(static_cast<qsizetype>(m_rootBegin)), LongestSummary);
    }

private:
    static Reading &self(void *data) { return *static_cast<Reading *>(data); }

    [[nodiscard]] quint64 at() const
    {
        return static_cast<quint64>(
            std::max<XML_Index>(0, XML_GetCurrentByteIndex(m_parser.get())));
    }
    [[nodiscard]] quint64 length() const
    {
        return static_cast<quint64>(std::max(0, XML_GetCurrentByteCount(m_parser.get())));
    }
    /// Of each event: text in front of it is over, and what comes next begins behind it.
    void begin()
    {
        flushText();
        m_end = at() + length();
    }
    void stopIfFull()
    {
        if (m_tree.isFull())
            XML_StopParser(m_parser.get(), XML_FALSE);
    }

    static void XMLCALL startElement(void *data, const XML_Char *name, const XML_Char **attributes)
    {
        Reading &reading = self(data);
        reading.begin();
        if (reading.m_rootName.isEmpty()) {
            reading.m_rootName = shown(name);
            reading.m_rootBegin = reading.at();
        }
        if (reading.m_tree.open(shown(name), u"element"_s, reading.at()))
            reading.addAttributes(attributes);
        reading.stopIfFull();
    }

    void addAttributes(const XML_Char **attributes)
    {
        const std::vector<Range> ranges = attributeRanges(m_tree.bytes(at(), length()));
        // Those behind the specified ones are defaults of the document type: no bytes are theirs.
        const auto specified =
            static_cast<size_t>(std::max(0, XML_GetSpecifiedAttributeCount(m_parser.get()))) / 2;
        const bool isKnown = ranges.size() == specified;
        for (size_t i = 0; attributes[2 * i] && !m_tree.isFull(); ++i) {
            Range range {at(), at() + length()};
            if (i >= specified)
                range.begin = range.end;
            else if (isKnown)
                range = {at() + ranges[i].begin, at() + ranges[i].end};
            m_tree.add(shown(attributes[2 * i]), shown(attributes[2 * i + 1]),
                       i < specified ? u"attribute"_s : u"attribute, by default"_s, range.begin,
                       range.end - range.begin);
        }
    }

    static void XMLCALL endElement(void *data, const XML_Char *)
    {
        Reading &reading = self(data);
        reading.begin();
        if (reading.m_tree.isFull())
            return;
        // The text of an element that holds nothing else is its value.
        std::vector<DecodedNode> &children = reading.m_tree.current().children;
        const auto isAttribute = [](const DecodedNode &node) {
            return node.type.startsWith(u"attribute");
        };
        if (!children.empty() && children.back().type == u"text"
            && std::all_of(children.begin(), children.end() - 1, isAttribute)) {
            reading.m_tree.current().value = children.back().value;
            children.pop_back();
        }
        reading.m_tree.close(reading.m_end);
    }

    static void XMLCALL characters(void *data, const XML_Char *text, int length)
    {
        Reading &reading = self(data);
        constexpr qsizetype mostKept = 4 * Decoder::LongestValue;
        if (!reading.m_hasText) {
            reading.m_hasText = true;
            reading.m_textBegin = reading.at();
            reading.m_text.clear();
            reading.m_isTextBlank = true;
        }
        const QByteArrayView part(text, length);
        reading.m_isTextBlank = reading.m_isTextBlank && isBlank(part);
        reading.m_text.append(part.first(std::min(part.size(), mostKept - reading.m_text.size())));
        reading.m_end = reading.at() + reading.length();
    }

    /// Blanks between elements are layout, and no node.
    void flushText()
    {
        if (m_hasText && !m_isTextBlank)
            addText(u"text"_s, m_textBegin);
        m_hasText = false;
    }
    void addText(const QString &type, quint64 from)
    {
        m_tree.add(type, displayText(m_text, Decoder::LongestValue), type, from, m_end - from);
        stopIfFull();
    }

    static void XMLCALL startCdata(void *data)
    {
        Reading &reading = self(data);
        reading.begin();
        reading.m_cdataBegin = reading.at();
    }
    static void XMLCALL endCdata(void *data)
    {
        Reading &reading = self(data);
        if (!reading.m_hasText)
            reading.m_text.clear();
        reading.m_hasText = false;
        reading.begin();
        reading.addText(u"CDATA"_s, reading.m_cdataBegin);
    }

    void addMarkup(const QString &name, const QString &value, const QString &type)
    {
        begin();
        m_tree.add(name, value, type, at(), length());
        stopIfFull();
    }
    static void XMLCALL comment(void *data, const XML_Char *text)
    {
        self(data).addMarkup(u"comment"_s, shown(text), u"comment"_s);
    }
    static void XMLCALL instruction(void *data, const XML_Char *target, const XML_Char *text)
    {
        self(data).addMarkup(shown(target), shown(text), u"processing instruction"_s);
    }
    static void XMLCALL declaration(void *data, const XML_Char *version, const XML_Char *encoding,
                                    int)
    {
        QString value = version ? u"version %1"_s.arg(shown(version)) : QString();
        if (encoding)
            value += u", %1"_s.arg(shown(encoding));
        self(data).addMarkup(u"xml"_s, value, u"declaration"_s);
    }
    static void XMLCALL skippedEntity(void *data, const XML_Char *name, int isParameter)
    {
        const QString mark = isParameter != 0 ? u"%"_s : u"&"_s;
        self(data).addMarkup(mark + shown(name) + u';', {}, u"entity, not expanded"_s);
    }

    /// References to entities that are elsewhere come here, as much else that has no node.
    static void XMLCALL unhandled(void *data, const XML_Char *text, int length)
    {
        if (length > 1 && text[0] == '&')
            self(data).addMarkup(displayText(QByteArrayView(text, length), Decoder::LongestValue),
                                 {}, u"entity, not loaded"_s);
    }

    static void XMLCALL startDoctype(void *data, const XML_Char *name, const XML_Char *,
                                     const XML_Char *publicId, int)
    {
        Reading &reading = self(data);
        reading.begin();
        // expat tells of it when its name and ids are over.
        constexpr QByteArrayView opening("<!DOCTYPE");
        const QByteArrayView before = reading.m_tree.bytes(0, reading.m_end);
        const qsizetype from = before.lastIndexOf(opening);
        if (reading.m_tree.open(u"DOCTYPE"_s, u"document type"_s,
                                from < 0 ? reading.at() : static_cast<quint64>(from)))
            reading.m_tree.current().value =
                shown(name) + (publicId ? u' ' + shown(publicId) : QString());
        reading.m_isDoctypeOpen = !reading.m_tree.isFull();
        reading.stopIfFull();
    }
    static void XMLCALL endDoctype(void *data)
    {
        Reading &reading = self(data);
        reading.begin();
        if (reading.m_isDoctypeOpen)
            reading.m_tree.close(reading.m_end);
    }
    static void XMLCALL entity(void *data, const XML_Char *name, int, const XML_Char *value,
                               int length, const XML_Char *, const XML_Char *systemId,
                               const XML_Char *, const XML_Char *)
    {
        Reading &reading = self(data);
        const QString text = value ? displayText(QByteArrayView(value, length), LongestSummary)
            : systemId             ? shown(systemId)
                                   : QString();
        // expat tells of it when its value is over: the declaration stands around that place.
        const quint64 before = reading.m_end;
        reading.begin();
        const QByteArrayView part = reading.m_tree.bytes(before, reading.at() - before);
        const qsizetype from = part.lastIndexOf(QByteArrayView("<!ENTITY"));
        const quint64 begin = from < 0 ? reading.at() : before + static_cast<quint64>(from);
        const qsizetype close =
            from < 0 ? -1 : reading.m_tree.bytes(reading.m_end, reading.m_tree.size()).indexOf('>');
        if (close >= 0)
            reading.m_end += static_cast<quint64>(close) + 1;
        reading.m_tree.add(shown(name), text, value ? u"entity"_s : u"entity, not loaded"_s, begin,
                           reading.m_end - begin);
        reading.stopIfFull();
    }

    void addError(XML_Error error)
    {
        const quint64 where = std::max(at(), m_end);
        const QString how = error == XML_ERROR_AMPLIFICATION_LIMIT_BREACH
            ? u"its entities would multiply it: they are not expanded"_s
            : QString::fromLatin1(XML_ErrorString(error));
        m_tree.addError(u"error"_s, how, where, m_tree.size());
    }

    NodeTree &m_tree;
    ParserPointer m_parser;
    quint64 m_end = 0; ///< of the last event
    QString m_rootName;
    quint64 m_rootBegin = 0;
    quint64 m_textBegin = 0;
    quint64 m_cdataBegin = 0;
    QByteArray m_text; ///< the first part of the open text
    bool m_hasText = false;
    bool m_isTextBlank = true;
    bool m_isDoctypeOpen = false;
};

} // namespace

Decoded XmlDecoder::decode(std::span<const std::byte> message, const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    Reading reading(tree);
    reading.run();
    return tree.finish(reading.summary());
}

} // namespace Sockeye
