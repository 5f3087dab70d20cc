// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/cbordecoder.h"

#include "core/decode/displaytext.h"
#include "core/decode/nodetree.h"
#include "core/decode/treesummary.h"

#include <QCborStreamReader>
#include <QFloat16>

#include <algorithm>
#include <optional>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Of the tags that are in use, those one meets (IANA's registry of CBOR tags).
QString tagName(quint64 tag)
{
    switch (tag) {
    case 0:
        return u"date and time"_s;
    case 1:
        return u"epoch time"_s;
    case 2:
        return u"unsigned bignum"_s;
    case 3:
        return u"negative bignum"_s;
    case 4:
        return u"decimal fraction"_s;
    case 5:
        return u"bigfloat"_s;
    case 24:
        return u"encoded CBOR"_s;
    case 32:
        return u"URI"_s;
    case 37:
        return u"UUID"_s;
    case 258:
        return u"set"_s;
    case 55799:
        return u"CBOR"_s;
    default:
        return {};
    }
}

/// -1 - n, for all n of 64 bits.
QString negativeText(QCborNegativeInteger number)
{
    // The reader gives the absolute value, and 0 for 2^64.
    const auto absolute = static_cast<quint64>(number);
    return absolute == 0 ? u"-18446744073709551616"_s : u'-' + QString::number(absolute);
}

class Parser
{
public:
    Parser(NodeTree &tree, QByteArrayView message)
        : m_tree(tree)
        , m_message(message)
    { }

    void run()
    {
        // The reader reads one item; the next of a sequence takes the next reader.
        for (int i = 0; m_base < m_tree.size(); ++i) {
            const QByteArrayView rest = m_message.sliced(static_cast<qsizetype>(m_base));
            m_reader.emplace(QByteArray::fromRawData(rest.data(), rest.size()));
            if (!item(u"[%1]"_s.arg(i), at()))
                return;
            m_base = at();
        }
        if (m_tree.root().children.empty() && !m_tree.isCut())
            m_tree.addError(u"item"_s, u"there is none"_s, 0, 0);
    }

private:
    struct Value
    {
        QString text;
        QString type;
        bool isWhole = true;
        QString error = {};
    };

    [[nodiscard]] quint64 at() const
    {
        return m_base + static_cast<quint64>(m_reader->currentOffset());
    }
    [[nodiscard]] bool hasFailed() { return m_reader->lastError() != QCborError::NoError; }

    /// "tag 1 (epoch time), " for each tag in front of an item; there may be any number of them.
    QString readTags()
    {
        constexpr int mostShown = 4;
        QString text;
        for (int i = 0; !hasFailed() && m_reader->isTag(); ++i) {
            const auto tag = static_cast<quint64>(m_reader->toTag());
            const QString name = tagName(tag);
            if (i < mostShown)
                text += u"tag %1"_s.arg(tag) + (name.isEmpty() ? u", "_s : u" (%1), "_s.arg(name));
            else if (i == mostShown)
                text += u"…, "_s;
            m_reader->next();
        }
        return text;
    }

    /// @p begin: where its node begins; in a map that is the key. False: decoding ends.
    bool item(const QString &name, quint64 begin)
    {
        const QString tags = readTags();
        if (hasFailed() || !m_reader->isValid())
            return failed(name);
        if (m_reader->isContainer())
            return container(name, tags, begin);
        const Value value = readValue(tags);
        const quint64 end = value.isWhole ? at() : m_tree.size();
        if (!m_tree.add(name, value.text, value.type, begin, end - begin))
            return false;
        if (!value.error.isEmpty())
            m_tree.addError(name, value.error, begin, end - begin);
        return value.isWhole || failed(name);
    }

    bool container(const QString &name, const QString &tags, quint64 begin)
    {
        const bool isMap = m_reader->isMap();
        const QString length = m_reader->isLengthKnown() ? QString() : u", indefinite length"_s;
        if (!m_tree.open(name, tags + (isMap ? u"map"_s : u"array"_s) + length, begin))
            return false;
        if (!m_reader->enterContainer())
            return failed(u"length"_s);
        for (quint64 i = 0; !hasFailed() && m_reader->hasNext(); ++i) {
            if (!(isMap ? entry() : item(u"[%1]"_s.arg(i), at())))
                return false;
        }
        if (hasFailed() || !m_reader->leaveContainer())
            return failed(u"end"_s);
        m_tree.close(at());
        return true;
    }

    /// A key that is a value becomes the name of the node; else the node has two parts.
    bool entry()
    {
        const quint64 begin = at();
        const QString tags = readTags();
        if (hasFailed() || !m_reader->isValid())
            return failed(u"key"_s);
        if (m_reader->isContainer()) {
            if (!m_tree.open(u"entry"_s, {}, begin) || !container(u"key"_s, tags, begin)
                || !item(u"value"_s, at()))
                return false;
            m_tree.close(at());
            return true;
        }
        const Value key = readValue(tags);
        if (!key.isWhole || hasFailed() || !m_reader->hasNext()) {
            m_tree.add(u"key"_s, key.text, key.type, begin, at() - begin);
            return failed(u"value"_s);
        }
        return item(key.text.isEmpty() ? u"\"\""_s : key.text, begin);
    }

    Value readValue(const QString &tags)
    {
        const QCborStreamReader::Type type = m_reader->type();
        if (type == QCborStreamReader::String || type == QCborStreamReader::ByteArray)
            return readString(tags, type == QCborStreamReader::String);
        Value value = readNumber();
        value.type.prepend(tags);
        m_reader->next(); // fails if what follows is broken, which is no matter of this item
        return value;
    }

    [[nodiscard]] Value readNumber() const
    {
        switch (m_reader->type()) {
        case QCborStreamReader::UnsignedInteger:
            return {QString::number(m_reader->toUnsignedInteger()), u"unsigned integer"_s};
        case QCborStreamReader::NegativeInteger:
            return {negativeText(m_reader->toNegativeInteger()), u"negative integer"_s};
        case QCborStreamReader::Float16:
            return {displayNumber(static_cast<float>(m_reader->toFloat16())), u"half float"_s};
        case QCborStreamReader::Float:
            return {displayNumber(m_reader->toFloat()), u"float"_s};
        case QCborStreamReader::Double:
            return {displayNumber(m_reader->toDouble()), u"double"_s};
        default:
            break;
        }
        const QCborSimpleType simple = m_reader->toSimpleType();
        switch (simple) {
        case QCborSimpleType::False:
            return {u"false"_s, u"boolean"_s};
        case QCborSimpleType::True:
            return {u"true"_s, u"boolean"_s};
        case QCborSimpleType::Null:
            return {u"null"_s, u"null"_s};
        case QCborSimpleType::Undefined:
            return {u"undefined"_s, u"undefined"_s};
        }
        return {QString::number(static_cast<int>(simple)), u"simple value"_s};
    }

    Value readString(const QString &tags, bool isText)
    {
        Value value {{}, tags + (isText ? u"text string"_s : u"byte string"_s)};
        if (!m_reader->isLengthKnown())
            value.type += u", indefinite length"_s;
        const quint64 begin = at();
        QByteArray start; // of all chunks together
        bool isUtf8 = true;
        QCborStreamReader::StringResult<qsizetype> read;
        do {
            const qsizetype length = m_reader->currentStringChunkSize();
            // What does not fit is skipped, so the chunk lies in front of the place reached.
            char first = 0;
            read = m_reader->readStringChunk(&first, 1);
            if (read.status != QCborStreamReader::Ok)
                break;
            const auto size = static_cast<quint64>(std::max<qsizetype>(length, 0));
            const QByteArrayView chunk = m_tree.bytes(at() - std::min(size, at()), size);
            isUtf8 = isUtf8 && validUtf8(chunk, false) == chunk.size();
            start.append(chunk.first(std::min(chunk.size(), mostKept - start.size())));
        } while (true);
        value.isWhole = read.status == QCborStreamReader::EndOfString;
        if (isText && !isUtf8)
            value.error = u"not all of it is UTF-8, as a text string must be"_s;
        if (!value.isWhole && at() == begin) { // what there is of a cut chunk, behind its length
            const quint8 length = static_cast<uchar>(m_tree.bytes(begin, 1)[0]) & 0x1fU;
            const quint64 head =
                length < 24 || length > 27 ? 1 : 1 + (quint64 {1} << (length - 24));
            start = m_tree.bytes(begin + head, mostKept).toByteArray();
        }
        value.text = isText ? displayText(start, Decoder::LongestValue)
                            : displayHex(start, Decoder::LongestValue);
        return value;
    }

    /// What the reader says to the bytes it stands at.
    bool failed(const QString &name)
    {
        const QCborError error = m_reader->lastError();
        // No message holds as many items as the reader finds too many.
        if (error == QCborError::EndOfFile || error == QCborError::DataTooLarge
            || error == QCborError::NoError)
            m_tree.addEnd(name, at());
        else
            m_tree.addError(name, error.toString(), at(), m_tree.size());
        return false;
    }

    static constexpr qsizetype mostKept = 4 * Decoder::LongestValue;

    NodeTree &m_tree;
    QByteArrayView m_message;
    std::optional<QCborStreamReader> m_reader;
    quint64 m_base = 0; ///< where the reader began
};

} // namespace

Decoded CborDecoder::decode(std::span<const std::byte> message, const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    Parser(tree, tree.bytes(0, tree.size())).run();
    tree.hoistOnlyChild();
    return tree.finish(treeSummary(tree.root()));
}

} // namespace Sockeye
