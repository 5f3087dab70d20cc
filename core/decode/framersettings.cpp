// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/framersettings.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>

namespace Sockeye {

namespace {

using Settings = FramerSettings;

constexpr qsizetype mostDelimiter = 64;

struct Name
{
    FramerKind kind;
    QLatin1String name;
};
constexpr Name names[] = {
    {FramerKind::Record, QLatin1String("record")},
    {FramerKind::Line, QLatin1String("line")},
    {FramerKind::Delimiter, QLatin1String("delimiter")},
    {FramerKind::NullTerminated, QLatin1String("null")},
    {FramerKind::FixedSize, QLatin1String("fixed")},
    {FramerKind::LengthPrefix, QLatin1String("length")},
    {FramerKind::ContentLength, QLatin1String("content-length")},
    {FramerKind::Http1, QLatin1String("http")},
    {FramerKind::QDataStreamBlock, QLatin1String("qdatastream")},
    {FramerKind::DBus, QLatin1String("dbus")},
    {FramerKind::PostgreSql, QLatin1String("postgresql")},
    {FramerKind::Wayland, QLatin1String("wayland")},
};

/// A part between two colons.
struct Word
{
    QString text;
    qsizetype index = 0; // in the whole
};

tl::unexpected<Problem> badInput(const QString &what, qsizetype index)
{
    return fail(
        {ProblemCode::BadInput,
         {{QStringLiteral("what"), what}, {QStringLiteral("column"), QString::number(index + 1)}}});
}

QString translated(const char *text)
{
    return QCoreApplication::translate("FramerSettings", text);
}

std::vector<Word> wordsOf(const QString &text)
{
    std::vector<Word> words;
    for (qsizetype index = 0; index <= text.size();) {
        const qsizetype colon = text.indexOf(QLatin1Char(':'), index);
        const qsizetype end = colon < 0 ? text.size() : colon;
        words.push_back({text.mid(index, end - index), index});
        index = end + 1;
    }
    return words;
}

Result<quint32> parseNumber(const Word &word, qsizetype skipped, quint32 least)
{
    const QString what =
        translated("A number from %1 to %2 is expected here")
            .arg(QString::number(least), QString::number(std::numeric_limits<quint32>::max()));
    quint64 number = 0;
    const qsizetype index = word.index + skipped;
    for (qsizetype i = skipped; i < word.text.size(); ++i) {
        const char16_t c = word.text[i].unicode();
        if (c < u'0' || c > u'9')
            return badInput(what, word.index + i);
        number = number * 10 + (c - u'0');
        if (number > std::numeric_limits<quint32>::max())
            return badInput(what, index);
    }
    if (word.text.size() == skipped || number < least)
        return badInput(what, index);
    return static_cast<quint32>(number);
}

int hexDigit(QChar character)
{
    const char16_t c = character.unicode();
    if (c >= u'0' && c <= u'9')
        return c - u'0';
    if (c >= u'a' && c <= u'f')
        return c - u'a' + 10;
    return c >= u'A' && c <= u'F' ? c - u'A' + 10 : -1;
}

Result<QByteArray> parseDelimiter(const Word &word)
{
    const QString what = translated("1 to 64 bytes are expected here, two hex digits each");
    QByteArray bytes;
    int high = -1;
    for (qsizetype i = 0; i < word.text.size(); ++i) {
        const int digit = hexDigit(word.text[i]);
        if (digit < 0 || bytes.size() == mostDelimiter)
            return badInput(what, word.index + i);
        if (high >= 0)
            bytes += static_cast<char>(high * 16 + digit);
        high = high >= 0 ? -1 : digit;
    }
    if (bytes.isEmpty() || high >= 0)
        return badInput(what, word.index + word.text.size());
    return bytes;
}

std::optional<quint8> parseWidth(const QString &text)
{
    if (text == QLatin1String("varint"))
        return quint8 {0};
    for (const int width : {1, 2, 4, 8}) {
        if (text == QString::number(width))
            return static_cast<quint8>(width);
    }
    return std::nullopt;
}

/// "little", "offset=2" … into @p settings.
Result<> parseLengthOption(const Word &word, Settings &settings)
{
    const QLatin1String offset("offset=");
    if (word.text == QLatin1String("big") || word.text == QLatin1String("little")) {
        settings.isBigEndian = word.text == QLatin1String("big");
        return {};
    }
    if (word.text == QLatin1String("inclusive")) {
        settings.isInclusive = true;
        return {};
    }
    if (!word.text.startsWith(offset))
        return badInput(translated("“big”, “little”, “offset=” or “inclusive” is expected here"),
                        word.index);
    const auto number = parseNumber(word, offset.size(), 0);
    if (!number)
        return fail(number.error());
    settings.prefixOffset = *number;
    return {};
}

/// What an option sets, so that it is set once.
QChar settingOf(const Word &word)
{
    const QChar first = word.text.front();
    return first == QLatin1Char('b') ? QLatin1Char('l') : first;
}

Result<Settings> parseLength(const std::vector<Word> &words)
{
    Settings settings {.kind = FramerKind::LengthPrefix};
    const auto width = parseWidth(words[1].text);
    if (!width)
        return badInput(
            translated("The width of the number is expected here: 1, 2, 4, 8 or varint"),
            words[1].index);
    settings.width = *width;
    QString seen;
    for (auto word = words.begin() + 2; word != words.end(); ++word) {
        if (const auto parsed = parseLengthOption(*word, settings); !parsed)
            return fail(parsed.error());
        const QChar setting = settingOf(*word);
        if (seen.contains(setting))
            return badInput(translated("This has been said before"), word->index);
        seen += setting;
    }
    return settings;
}

Result<Settings> parseWithArgument(FramerKind kind, const std::vector<Word> &words)
{
    if (words.size() == 1)
        return badInput(kind == FramerKind::Delimiter
                            ? translated("“:” and the delimiter are expected here")
                            : kind == FramerKind::FixedSize
                            ? translated("“:” and the size are expected here")
                            : translated("“:” and the width of the number are expected here"),
                        words[0].text.size());
    if (kind == FramerKind::LengthPrefix)
        return parseLength(words);
    if (words.size() > 2)
        return badInput(translated("Nothing more is expected here"), words[2].index - 1);
    Settings settings {.kind = kind};
    if (kind == FramerKind::Delimiter) {
        const auto delimiter = parseDelimiter(words[1]);
        if (!delimiter)
            return fail(delimiter.error());
        settings.delimiter = *delimiter;
    } else {
        const auto size = parseNumber(words[1], 0, 1);
        if (!size)
            return fail(size.error());
        settings.size = *size;
    }
    return settings;
}

QString unknownText(const QString &name)
{
    QStringList known;
    for (const Name &each : names)
        known << each.name;
    return translated("“%1” is no framer; known are %2").arg(name, known.join(QLatin1String(", ")));
}

} // namespace

Result<FramerSettings> FramerSettings::parse(const QString &text)
{
    const std::vector<Word> words = wordsOf(text);
    const auto named = std::find_if(std::begin(names), std::end(names),
                                    [&](const Name &known) { return known.name == words[0].text; });
    if (named == std::end(names))
        return badInput(unknownText(words[0].text), 0);
    switch (named->kind) {
    case FramerKind::Delimiter:
    case FramerKind::FixedSize:
    case FramerKind::LengthPrefix:
        return parseWithArgument(named->kind, words);
    default:
        break;
    }
    if (words.size() > 1)
        return badInput(translated("Nothing more is expected here"), words[1].index - 1);
    return FramerSettings {.kind = named->kind};
}

QString FramerSettings::toString() const
{
    const auto named = std::find_if(std::begin(names), std::end(names),
                                    [this](const Name &known) { return known.kind == kind; });
    Q_ASSERT(named != std::end(names));
    QString text = named->name;
    if (kind == FramerKind::Delimiter)
        text += QLatin1Char(':') + QString::fromLatin1(delimiter.toHex());
    if (kind == FramerKind::FixedSize)
        text += QLatin1Char(':') + QString::number(size);
    if (kind != FramerKind::LengthPrefix)
        return text;
    text += width == 0 ? QStringLiteral(":varint") : QLatin1Char(':') + QString::number(width);
    if (!isBigEndian)
        text += QLatin1String(":little");
    if (prefixOffset > 0)
        text += QLatin1String(":offset=") + QString::number(prefixOffset);
    if (isInclusive)
        text += QLatin1String(":inclusive");
    return text;
}

} // namespace Sockeye
