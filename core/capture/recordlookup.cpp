// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/recordlookup.h"

#include "core/capture/filtervalues.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace Sockeye {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Problem", text);
}

tl::unexpected<Problem> mistake(const QString &what)
{
    return fail(
        {ProblemCode::BadInput,
         {{QStringLiteral("what"), what}, {QStringLiteral("column"), QStringLiteral("1")}}});
}

Timestamp timeOf(const CaptureLog &log, RecordIndex index)
{
    const auto record = log.record(index);
    return record ? record->time : Timestamp();
}

Result<RecordIndex> atTime(const CaptureLog &log, qint64 nanoseconds)
{
    const RecordIndex found = recordAtTime(log, Timestamp(std::chrono::nanoseconds(nanoseconds)));
    if (found == log.cursor().end)
        return mistake(tr("nothing was recorded then or later"));
    return found;
}

Result<RecordIndex> ofConnection(const CaptureLog &log, quint64 connection)
{
    if (const auto found = log.firstRecordOf({connection}))
        return *found;
    return mistake(tr("there is no record of connection %1").arg(connection));
}

} // namespace

Result<RecordIndex> lookUpRecord(const CaptureLog &log, const QString &where)
{
    const CaptureCursor now = log.cursor();
    const QString text = where.trimmed();
    if (now.begin == now.end)
        return mistake(tr("there are no records"));
    static const QRegularExpression connection(
        QStringLiteral("^(?:#|conn(?:ection)?\\s*=*\\s*)(\\d{1,10})$"),
        QRegularExpression::CaseInsensitiveOption);
    if (const auto match = connection.match(text); match.hasMatch())
        return ofConnection(log, match.captured(1).toULongLong());
    if (const auto number = filterValue(NumberField::Index, text)) {
        const auto index = static_cast<RecordIndex>(number->range.low);
        if (index < now.begin || index >= now.end)
            return mistake(tr("the records go from %1 to %2").arg(now.begin).arg(now.end - 1));
        return index;
    }
    const qint64 start = timeOf(log, now.begin).time_since_epoch().count();
    if (text.startsWith(QLatin1Char('+'))) {
        if (const auto since = filterValue(NumberField::Since, text.mid(1)))
            return atTime(log, start + since->range.low);
    }
    if (const auto time = filterValue(NumberField::Time, text)) {
        if (time->field == NumberField::Time)
            return atTime(log, time->range.low);
        return atTime(log, midnightBefore(start) + time->range.low);
    }
    return mistake(
        tr("a record (1234), a connection (#12) or a time (12:01:07, +2.5) is expected"));
}

RecordIndex recordAtTime(const CaptureLog &log, Timestamp time)
{
    const CaptureCursor now = log.cursor();
    RecordIndex low = now.begin;
    RecordIndex high = now.end;
    while (low < high) {
        const RecordIndex middle = low + (high - low) / 2;
        if (timeOf(log, middle) < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

} // namespace Sockeye
