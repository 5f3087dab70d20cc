// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/datastreamdecoder.h"

#include "core/base/utf8text.h"
#include "core/decode/bytereader.h"
#include "core/decode/displaytext.h"
#include "core/decode/nodetree.h"
#include "core/decode/treesummary.h"

#include <QBuffer>
#include <QDataStream>
#include <QDate>
#include <QTime>
#include <QUrl>
#include <QUuid>
#include <QVariant>

#include <limits>

// Values that say of which type they are (QVariant) are read by Qt, one plain value at a time: of
// containers Qt reserves as much as the bytes ask for, so that those are walked here.

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr quint32 NullLength = std::numeric_limits<quint32>::max(); // of a string that is null

/// UTF-16 as QDataStream writes it in its usual byte order.
QString utf16Text(QByteArrayView bytes, qsizetype most)
{
    QString text(std::min(bytes.size() / 2, most), Qt::Uninitialized);
    for (qsizetype i = 0; i < text.size(); ++i)
        text[i] = QChar(qFromBigEndian<char16_t>(bytes.data() + 2 * i));
    return text;
}

bool isLikely(char32_t character)
{
    return character == U'\n' || character == U'\r' || character == U'\t' || isShowable(character);
}

/// A first part tells what a string is; so a look costs the same wherever the bytes invite to one.
constexpr qsizetype LikelyCharacters = 256;

bool isLikelyUtf16(QByteArrayView bytes)
{
    const QString text = utf16Text(bytes, LikelyCharacters);
    const bool isWhole = bytes.size() / 2 == text.size();
    for (qsizetype i = 0; i < text.size(); ++i) {
        char32_t character = text[i].unicode();
        if (text[i].isHighSurrogate()) {
            if (i + 1 == text.size())
                return !isWhole;
            if (!text[i + 1].isLowSurrogate())
                return false;
            character = QChar::surrogateToUcs4(text[i], text[i + 1]);
            ++i;
        }
        if (!isLikely(character))
            return false;
    }
    return true;
}

bool isLikelyUtf8(QByteArrayView bytes)
{
    const qsizetype most = std::min(bytes.size(), LikelyCharacters);
    for (qsizetype i = 0; i < most;) {
        const Utf8Character next = utf8At(bytes, i);
        if (next.length == 0 || !isLikely(next.character))
            return false;
        i += next.length;
    }
    return true;
}

/// Reads a message as QVariants that follow each other.
class VariantReading
{
public:
    VariantReading(NodeTree &tree, std::span<const std::byte> message)
        : m_tree(tree)
        , m_reader(message)
    { }

    /// False: it is no such message.
    bool run()
    {
        for (int i = 0; !m_reader.isAtEnd() && !m_tree.isFull(); ++i) {
            if (!variant(u"[%1]"_s.arg(i), m_reader.at()))
                return m_tree.isFull() || (m_tree.isCut() && !m_tree.root().children.empty());
        }
        return !m_tree.root().children.empty();
    }

private:
    bool variant(const QString &name, quint64 begin)
    {
        const std::optional<quint32> id = m_reader.big<quint32>();
        const std::optional<quint8> isNull = m_reader.byte();
        if (!id || !isNull || *isNull > 1)
            return false;
        switch (*id) {
        case QMetaType::QVariantList:
            return list(name, begin, false);
        case QMetaType::QStringList:
            return list(name, begin, true);
        case QMetaType::QVariantMap:
        case QMetaType::QVariantHash:
            return map(name, begin, *id == QMetaType::QVariantMap);
        case QMetaType::QString:
            return string(name, begin, true);
        case QMetaType::QByteArray:
            return string(name, begin, false);
        case QMetaType::QDateTime:
            return dateTime(name, begin);
        default:
            return plain(name, begin, *id);
        }
    }

    /// Types of a fixed size, and none that looks elsewhere (for a time zone, an image).
    bool plain(const QString &name, quint64 begin, quint32 id)
    {
        switch (id) {
        case QMetaType::Bool:
        case QMetaType::Int:
        case QMetaType::UInt:
        case QMetaType::LongLong:
        case QMetaType::ULongLong:
        case QMetaType::Double:
        case QMetaType::QChar:
        case QMetaType::QDate:
        case QMetaType::QTime:
        case QMetaType::QUuid:
            break;
        default:
            return false;
        }
        const QMetaType type(static_cast<int>(id));
        QVariant value(type);
        const QByteArrayView rest = m_reader.rest();
        QDataStream stream(QByteArray::fromRawData(rest.data(), rest.size()));
        if (!type.load(stream, value.data()) || stream.status() != QDataStream::Ok)
            return false;
        m_reader.skip(static_cast<quint64>(stream.device()->pos()));
        const QString text =
            id == QMetaType::Double ? displayNumber(value.toDouble()) : value.toString();
        return m_tree.add(name, displayText(text, Decoder::LongestValue),
                          QString::fromLatin1(type.name()), begin, m_reader.at() - begin);
    }

    /// Read by hand: Qt would look for the zone in the files of the system.
    bool dateTime(const QString &name, quint64 begin)
    {
        const std::optional<qint64> day = m_reader.big<qint64>();
        const std::optional<quint32> time = m_reader.big<quint32>();
        const std::optional<quint8> spec = m_reader.byte();
        if (!day || !time || !spec || *spec > Qt::OffsetFromUTC)
            return false;
        QString zone = *spec == Qt::UTC ? u"Z"_s : QString();
        if (*spec == Qt::OffsetFromUTC) {
            const std::optional<qint32> offset = m_reader.big<qint32>();
            if (!offset)
                return false;
            zone = u" %1 s from UTC"_s.arg(*offset);
        }
        const QString text = QDate::fromJulianDay(*day).toString(Qt::ISODate) + u'T'
            + QTime::fromMSecsSinceStartOfDay(
                  static_cast<int>(std::min<quint32>(*time, 24U * 3600U * 1000U)))
                  .toString(Qt::ISODateWithMs)
            + zone;
        return m_tree.add(name, text, u"QDateTime"_s, begin, m_reader.at() - begin);
    }

    bool string(const QString &name, quint64 begin, bool isUtf16)
    {
        const std::optional<QString> text = readString(isUtf16);
        return text
            && m_tree.add(name, *text, isUtf16 ? u"QString"_s : u"QByteArray"_s, begin,
                          m_reader.at() - begin);
    }

    std::optional<QString> readString(bool isUtf16)
    {
        const std::optional<quint32> length = m_reader.big<quint32>();
        if (!length)
            return std::nullopt;
        const std::optional<QByteArrayView> bytes =
            m_reader.bytes(*length == NullLength ? 0 : *length);
        if (!bytes || (isUtf16 && bytes->size() % 2 != 0))
            return std::nullopt;
        if (isUtf16)
            return displayText(utf16Text(*bytes, Decoder::LongestValue + 1), Decoder::LongestValue);
        return isLikelyUtf8(*bytes) ? displayText(*bytes, Decoder::LongestValue)
                                    : displayHex(*bytes, Decoder::LongestValue);
    }

    bool list(const QString &name, quint64 begin, bool isOfStrings)
    {
        const std::optional<quint32> count = m_reader.big<quint32>();
        if (!count || !m_tree.open(name, isOfStrings ? u"QStringList"_s : u"QVariantList"_s, begin))
            return false;
        for (quint32 i = 0; i < *count; ++i) {
            const QString place = u"[%1]"_s.arg(i);
            const quint64 at = m_reader.at();
            if (!(isOfStrings ? string(place, at, true) : variant(place, at)))
                return false;
        }
        m_tree.close(m_reader.at());
        return true;
    }

    bool map(const QString &name, quint64 begin, bool isMap)
    {
        const std::optional<quint32> count = m_reader.big<quint32>();
        if (!count || !m_tree.open(name, isMap ? u"QVariantMap"_s : u"QVariantHash"_s, begin))
            return false;
        for (quint32 i = 0; i < *count; ++i) {
            const quint64 at = m_reader.at();
            const std::optional<QString> key = readString(true);
            if (!key || !variant(key->isEmpty() ? u"\"\""_s : *key, at))
                return false;
        }
        m_tree.close(m_reader.at());
        return true;
    }

    NodeTree &m_tree;
    ByteReader m_reader;
};

/// Reads a message as strings where there seem to be some, and numbers between them.
class GuessReading
{
public:
    GuessReading(NodeTree &tree, std::span<const std::byte> message)
        : m_tree(tree)
        , m_message(message)
    { }

    void run()
    {
        quint64 at = 0;
        while (at < m_tree.size() && !m_tree.isFull()) {
            const quint64 length = addString(at);
            at += length > 0 ? length : addNumber(at);
        }
    }

private:
    struct Found
    {
        QByteArrayView bytes;
        bool isUtf16 = false;
    };

    [[nodiscard]] std::optional<Found> stringAt(quint64 at) const
    {
        ByteReader reader(m_message, at);
        const quint32 length = reader.big<quint32>().value_or(0);
        const std::optional<QByteArrayView> bytes = reader.bytes(length);
        if (length < 2 || !bytes)
            return std::nullopt;
        // Two letters of ASCII are a Chinese one of UTF-16; the other way round there is a byte 0.
        if (isLikelyUtf8(*bytes))
            return Found {*bytes, false};
        if (length % 2 == 0 && isLikelyUtf16(*bytes))
            return Found {*bytes, true};
        return std::nullopt;
    }

    quint64 addString(quint64 at)
    {
        const std::optional<Found> found = stringAt(at);
        if (!found)
            return 0;
        const QString text = found->isUtf16
            ? displayText(utf16Text(found->bytes, Decoder::LongestValue + 1), Decoder::LongestValue)
            : displayText(found->bytes, Decoder::LongestValue);
        const quint64 length = 4 + static_cast<quint64>(found->bytes.size());
        m_tree.add(nextName(), text, found->isUtf16 ? u"QString?"_s : u"QByteArray?"_s, at, length);
        return length;
    }

    /// Up to the next string if that begins within a word, else a word.
    quint64 addNumber(quint64 at)
    {
        quint64 length = std::min<quint64>(4, m_tree.size() - at);
        for (quint64 shorter = 1; shorter < length; ++shorter) {
            if (stringAt(at + shorter))
                length = shorter;
        }
        ByteReader reader(m_message, at);
        if (length == 4) {
            const quint32 value = reader.big<quint32>().value_or(0);
            QString type = u"quint32?"_s;
            if (value > 0x7fffffffU)
                type += u" (or qint32 %1)"_s.arg(static_cast<qint32>(value));
            m_tree.add(nextName(), QString::number(value), type, at, length);
        } else if (length == 2) {
            m_tree.add(nextName(), QString::number(reader.big<quint16>().value_or(0)),
                       u"quint16?"_s, at, length);
        } else if (length == 1) {
            m_tree.add(nextName(), QString::number(reader.byte().value_or(0)), u"quint8?"_s, at,
                       length);
        } else {
            m_tree.add(nextName(), m_tree.hexOf(at, length), u"bytes"_s, at, length);
        }
        return length;
    }

    QString nextName() { return u"[%1]"_s.arg(m_count++); }

    NodeTree &m_tree;
    std::span<const std::byte> m_message;
    int m_count = 0;
};

} // namespace

Decoded DataStreamDecoder::decode(std::span<const std::byte> message,
                                  const MessageContext &context) const
{
    if (message.empty())
        return NodeTree(message, context.isCut).finish(u"no bytes"_s);
    NodeTree variants(message, context.isCut);
    if (VariantReading(variants, message).run()) {
        variants.root().type = u"QVariant in sequence"_s;
        return variants.finish(treeSummary(variants.root()));
    }
    NodeTree guess(message, context.isCut);
    guess.root().type = u"guessed: the bytes hold no types"_s;
    GuessReading(guess, message).run();
    return guess.finish(treeSummary(guess.root()));
}

} // namespace Sockeye
