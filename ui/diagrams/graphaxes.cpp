// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/graphaxes.h"

#include "core/models/textformat.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace Sockeye {

namespace {

constexpr qint64 microsecond = 1000;
constexpr qint64 millisecond = 1000 * microsecond;
constexpr qint64 second = 1000 * millisecond;
constexpr qint64 minute = 60 * second;
constexpr qint64 hour = 60 * minute;
constexpr qint64 day = 24 * hour;

constexpr QChar noBreakSpace(0xa0);

/// Steps that people count time in, from a second on; below it is 1, 2, 5.
constexpr std::array longSteps = {second,      2 * second,  5 * second, 10 * second, 15 * second,
                                  30 * second, minute,      2 * minute, 5 * minute,  10 * minute,
                                  15 * minute, 30 * minute, hour,       2 * hour,    3 * hour,
                                  6 * hour,    12 * hour,   day};

/// The least of 1, 2, 5, 10, 20 … that is not less than @p value.
double roundUp(double value)
{
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= value * (1 - 1e-9))
            return factor * power;
    }
    return 10 * power;
}

qint64 offsetFromUtc(qint64 time)
{
    return QDateTime::fromMSecsSinceEpoch(time / millisecond).offsetFromUtc() * second;
}

/// Digits behind the seconds that @p step needs: 0, 3, 6 or 9.
int fractionDigits(qint64 step)
{
    if (step % second == 0)
        return 0;
    if (step % millisecond == 0)
        return 3;
    return step % microsecond == 0 ? 6 : 9;
}

QString fraction(qint64 nanoseconds, qint64 step)
{
    const int digits = fractionDigits(step);
    if (digits == 0)
        return {};
    QString text = QStringLiteral("%1").arg(nanoseconds, 9, 10, QLatin1Char('0')).left(digits);
    for (qsizetype place = text.size() - 3; place > 0; place -= 3)
        text.insert(place, QChar(0x202f)); // as in the tables
    return QLatin1Char('.') + text;
}

} // namespace

QString graphValueText(double value, GraphUnit unit)
{
    if (unit == GraphUnit::Bytes)
        return rateText(value);
    if (value <= 0 || (value >= 100 && value < 1e15) || value == std::floor(value))
        return numberText(static_cast<quint64>(std::clamp(value, 0.0, 1e18))) + QLatin1String("/s");
    return QLocale::c().toString(value, 'g', 3) + QLatin1String("/s");
}

QString intervalText(qint64 interval)
{
    const auto text = [interval](qint64 unit, const QString &name) {
        return QString::number(interval / unit) + noBreakSpace + name;
    };
    if (interval < millisecond)
        return text(microsecond, QStringLiteral("µs"));
    if (interval < second)
        return text(millisecond, QStringLiteral("ms"));
    if (interval < minute)
        return text(second, QStringLiteral("s"));
    if (interval < hour)
        return text(minute, QStringLiteral("min"));
    if (interval < day)
        return text(hour, QStringLiteral("h"));
    return text(day, QStringLiteral("d"));
}

QString momentText(qint64 time, qint64 step, qint64 origin)
{
    if (origin < 0) {
        const QDateTime moment = QDateTime::fromMSecsSinceEpoch(time / millisecond);
        if (step >= day)
            return QLocale().toString(moment.date(), QLocale::ShortFormat);
        const QString form =
            step % minute == 0 ? QStringLiteral("HH:mm") : QStringLiteral("HH:mm:ss");
        return moment.toString(form) + fraction(time % second, step);
    }
    const bool isBefore = time < origin;
    const qint64 since = isBefore ? origin - time : time - origin;
    const QString sign = isBefore ? QString(QChar(0x2212)) : QString();
    const QString part = fraction(since % second, step);
    if (since < minute)
        return sign + QString::number(since / second) + part + noBreakSpace + QLatin1Char('s');
    return sign + durationText(std::chrono::nanoseconds(since)) + part;
}

qint64 timeStep(qint64 leastStep)
{
    if (leastStep < second) {
        const double step = roundUp(static_cast<double>(std::max<qint64>(leastStep, 1)));
        return std::min(static_cast<qint64>(std::llround(step)), second);
    }
    const auto *const found = std::lower_bound(longSteps.begin(), longSteps.end(), leastStep);
    if (found != longSteps.end())
        return *found;
    return day * static_cast<qint64>(roundUp(std::ceil(static_cast<double>(leastStep) / day)));
}

std::vector<AxisTick> timeTicks(const GraphBins::Range &range, qint64 leastStep, qint64 origin)
{
    const qint64 step = timeStep(leastStep);
    // Round in local time, or since the origin.
    const qint64 shift = origin < 0 ? -offsetFromUtc(range.from) : origin % step;
    std::vector<AxisTick> ticks;
    qint64 tick = binStart(range.from - shift, step) + shift;
    for (; tick <= range.to; tick += step) {
        if (tick >= range.from)
            ticks.push_back(
                {static_cast<double>(tick - range.from), momentText(tick, step, origin)});
    }
    return ticks;
}

ValueAxis::ValueAxis(double most, bool isLogarithmic, int ticks, GraphUnit unit)
    : m_isLogarithmic(isLogarithmic)
{
    ticks = std::max(ticks, 1);
    if (isLogarithmic)
        makeLogarithmic(most, ticks, unit);
    else
        makeLinear(most, ticks, unit);
}

void ValueAxis::makeLinear(double most, int ticks, GraphUnit unit)
{
    // Of bytes there are no parts.
    const double least = unit == GraphUnit::Bytes ? 1 : 0.01;
    const double step = std::max(roundUp(std::max(most, least) / ticks), least);
    m_top = step * std::ceil(std::max(most, step) / step * (1 - 1e-9));
    for (int tick = 0; tick * step <= m_top * (1 + 1e-9); ++tick)
        m_ticks.push_back({placeOf(tick * step), graphValueText(tick * step, unit)});
}

void ValueAxis::makeLogarithmic(double most, int ticks, GraphUnit unit)
{
    const int decades = std::max(1, static_cast<int>(std::ceil(std::log10(std::max(most, 2.0)))));
    m_top = std::pow(10.0, decades);
    const int labelled = (decades + ticks - 1) / ticks; // every so many
    for (int decade = 0; decade <= decades; ++decade) {
        const double value = std::pow(10.0, decade);
        m_ticks.push_back(
            {placeOf(value), decade % labelled == 0 ? graphValueText(value, unit) : QString()});
    }
}

double ValueAxis::placeOf(double value) const
{
    if (!m_isLogarithmic)
        return value / m_top;
    // Below one there is nothing on this axis: no traffic lies at the bottom.
    return value <= 1 ? 0 : std::log10(value) / std::log10(m_top);
}

} // namespace Sockeye
