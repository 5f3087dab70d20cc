// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/filtervalues.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>

#include <algorithm>
#include <cctype>
#include <span>

namespace Sockeye {

namespace {

constexpr qint64 Second = 1'000'000'000;
/// What 64 bits of nanoseconds can tell ends in 2262.
constexpr qint64 MostSeconds = 9'000'000'000;

QString tr(const char *text)
{
    return QCoreApplication::translate("Problem", text);
}

struct NamedValue
{
    const char16_t *word;
    qint64 value;
};
constexpr NamedValue directions[] = {
    {u"in", qint64(Direction::ToServer)},       {u"toserver", qint64(Direction::ToServer)},
    {u"→", qint64(Direction::ToServer)},        {u"out", qint64(Direction::ToClient)},
    {u"toclient", qint64(Direction::ToClient)}, {u"←", qint64(Direction::ToClient)},
};
constexpr NamedValue kinds[] = {
    {u"data", qint64(RecordKind::Data)},       {u"open", qint64(RecordKind::Opened)},
    {u"end", qint64(RecordKind::EndOfStream)}, {u"reset", qint64(RecordKind::Reset)},
    {u"gap", qint64(RecordKind::Gap)},         {u"refused", qint64(RecordKind::Refused)},
};

std::optional<qint64> named(std::span<const NamedValue> values, const QString &text)
{
    for (const NamedValue &value : values) {
        if (text.compare(QStringView(value.word), Qt::CaseInsensitive) == 0)
            return value.value;
    }
    return std::nullopt;
}

std::optional<qint64> number(const QString &text)
{
    bool isNumber = false;
    const quint64 value = text.toULongLong(&isNumber, 0);
    if (!isNumber || value > quint64(std::numeric_limits<qint64>::max()))
        return std::nullopt;
    return static_cast<qint64>(value);
}

/// "25" of ".25": nanoseconds and what one step of the last digit is.
struct Fraction
{
    qint64 nanoseconds = 0;
    qint64 step = Second;
};

Fraction fractionOf(QStringView digits)
{
    Fraction fraction;
    for (const QChar digit : digits.first(std::min<qsizetype>(digits.size(), 9))) {
        fraction.step /= 10;
        fraction.nanoseconds += digit.digitValue() * fraction.step;
    }
    return fraction;
}

/// "2.5", "250ms", "3min".
std::optional<NumberRange> duration(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral("^(\\d{1,10})(?:\\.(\\d{1,9}))?(ns|us|µs|ms|s|min|h)?$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    qint64 unit = Second;
    const QString name = match.captured(3);
    if (name == QLatin1String("min"))
        unit = 60 * Second;
    else if (name == QLatin1String("h"))
        unit = 3600 * Second;
    else if (name == QLatin1String("ms"))
        unit = Second / 1000;
    else if (name == QLatin1String("us") || name == QStringLiteral("µs"))
        unit = 1000;
    else if (name == QLatin1String("ns"))
        unit = 1;
    const qint64 whole = match.captured(1).toLongLong();
    if (whole > MostSeconds * Second / unit - 1)
        return std::nullopt;
    // Through 128 bits, as nanoseconds times nanoseconds of an hour are too many.
    const Fraction fraction = fractionOf(match.capturedView(2));
    const auto scaled = [unit](qint64 nanoseconds) {
        return static_cast<qint64>(static_cast<long double>(nanoseconds) / Second
                                   * static_cast<long double>(unit));
    };
    const qint64 low = whole * unit + scaled(fraction.nanoseconds);
    return NumberRange {low, low + std::max<qint64>(scaled(fraction.step), 1) - 1};
}

/// "2026-11-24", "2026-11-24 12:01:07.5", with a T and a Z as well; "12:01", "12:01:07.123".
std::optional<FilterValue> pointInTime(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral("^(?:(\\d{4}-\\d\\d-\\d\\d)(?:[T ]|$))?"
                       "(?:(\\d\\d?):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9}))?)?)?(Z)?$"));
    const auto match = form.match(text);
    const bool hasTime = match.hasMatch() && !match.captured(2).isEmpty();
    const bool hasDay = match.hasMatch() && !match.captured(1).isEmpty();
    if (!hasTime && !hasDay)
        return std::nullopt;
    const QTime time(match.captured(2).toInt(), match.captured(3).toInt(),
                     match.captured(4).toInt());
    if (hasTime && !time.isValid())
        return std::nullopt;
    const Fraction fraction = fractionOf(match.capturedView(5));
    const qint64 step = !hasTime      ? 24 * 3600 * Second
        : match.captured(4).isEmpty() ? 60 * Second
                                      : fraction.step;
    const bool isUtc = !match.captured(6).isEmpty();
    FilterValue value;
    value.field = hasDay ? NumberField::Time : NumberField::TimeOfDay;
    if (hasDay) {
        const QDate day = QDate::fromString(match.captured(1), Qt::ISODate);
        const QDateTime moment(day, hasTime ? time : QTime(0, 0), isUtc ? Qt::UTC : Qt::LocalTime);
        if (!moment.isValid() || qAbs(moment.toSecsSinceEpoch()) > MostSeconds)
            return std::nullopt;
        value.range.low = moment.toSecsSinceEpoch() * Second;
    } else if (isUtc) {
        return std::nullopt; // whose day?
    } else {
        value.range.low = qint64 {time.msecsSinceStartOfDay()} * (Second / 1000);
    }
    value.range.low += fraction.nanoseconds;
    value.range.high = value.range.low + step - 1;
    return value;
}

} // namespace

std::optional<FilterValue> filterValue(NumberField field, const QString &text)
{
    const auto exactly = [field](std::optional<qint64> value) {
        return value ? std::optional(FilterValue {{*value, *value}, field}) : std::nullopt;
    };
    switch (field) {
    case NumberField::Direction:
        return exactly(named(directions, text));
    case NumberField::Kind:
        return exactly(named(kinds, text));
    case NumberField::Time:
    case NumberField::TimeOfDay:
        return pointInTime(text);
    case NumberField::Since: {
        const auto range = duration(text);
        return range ? std::optional(FilterValue {*range, field}) : std::nullopt;
    }
    default:
        return exactly(number(text));
    }
}

qint64 midnightBefore(qint64 time)
{
    constexpr qint64 millisecond = Second / 1000;
    return QDateTime::fromMSecsSinceEpoch(time / millisecond)
               .date()
               .startOfDay()
               .toMSecsSinceEpoch()
        * millisecond;
}

QString expectedValue(NumberField field)
{
    switch (field) {
    case NumberField::Direction:
        return tr("a direction is expected here: in or out");
    case NumberField::Kind:
        return tr("a kind is expected here: data, open, end, reset, gap or refused");
    case NumberField::Time:
    case NumberField::TimeOfDay:
        return tr("a time is expected here, such as 12:01:07 or \"2026-01-31 12:01\"");
    case NumberField::Since:
        return tr("a time is expected here, such as 2.5 or 250ms");
    default:
        return tr("a number is expected here");
    }
}

std::optional<QByteArray> hexValue(QString text)
{
    const bool isPrefixed = text.startsWith(QLatin1String("0x"), Qt::CaseInsensitive);
    text = text.mid(isPrefixed ? 2 : 0).remove(QLatin1Char(':')).remove(QLatin1Char(' '));
    const bool isHex = !text.isEmpty() && text.size() % 2 == 0
        && std::all_of(text.begin(), text.end(), [](QChar c) {
               return c.unicode() < 0x80 && std::isxdigit(c.unicode()) != 0;
           });
    return isHex ? std::optional(QByteArray::fromHex(text.toLatin1())) : std::nullopt;
}

} // namespace Sockeye
