// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/straceimport.h"

#include <QCoreApplication>
#include <QDateTime>

namespace Sockeye {

namespace {

constexpr QByteArrayView unfinishedMark("<unfinished ...>");
/// Of all processes together; no log of use has more calls under way.
constexpr qint64 mostUnfinishedBytes = 64 * 1024 * 1024;
constexpr size_t mostUnfinished = 65'536;

QByteArrayView trimmedRight(QByteArrayView text)
{
    while (!text.isEmpty() && (text.back() == ' ' || text.back() == '\r'))
        text.chop(1);
    return text;
}

// "<... read resumed>" and what follows it.
std::optional<QByteArrayView> resumedRest(QByteArrayView text)
{
    if (!text.startsWith("<... "))
        return std::nullopt;
    const qsizetype end = text.indexOf(" resumed>");
    if (end < 0)
        return std::nullopt;
    return text.sliced(end + 9);
}

bool isEndOfProcess(QByteArrayView text)
{
    return text.startsWith("+++ exited with ") || text.startsWith("+++ killed by ");
}

bool isCallThatForks(QByteArrayView text)
{
    return text.startsWith("clone(") || text.startsWith("clone3(") || text.startsWith("fork(")
        || text.startsWith("vfork(");
}

} // namespace

bool isStraceLine(QByteArrayView line)
{
    const QByteArrayView text = trimmedRight(parseStraceFront(line).rest);
    if (isEndOfProcess(text) || resumedRest(text))
        return true;
    if (text.startsWith("--- SIG") || text.startsWith("strace: Process "))
        return true;
    const bool isUnfinished = text.endsWith(unfinishedMark) && text.contains('(');
    return isUnfinished || parseStraceCall(text);
}

StraceImport::StraceImport(Pcapng::ReadAt read, qint64 size, Timestamp fileTime,
                           ForeignRecorder &recorder)
    : m_lines(std::move(read), size)
    , m_recorder(recorder)
    , m_sockets(recorder)
    , m_time(fileTime)
{
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(fileTime.time_since_epoch());
    const QDateTime midnight =
        QDateTime::fromMSecsSinceEpoch(milliseconds.count()).date().startOfDay();
    m_day = Timestamp(std::chrono::seconds(midnight.toSecsSinceEpoch()));
}

ForeignReading StraceImport::run()
{
    ForeignReading result;
    while (m_recorder.goesOn(m_lines.position())) {
        const qint64 position = m_lines.position();
        const QByteArrayView line = m_lines.next();
        if (line.isNull())
            break;
        if (m_lines.isCut() && !isStraceLine(line)) {
            result.damage = {position, QT_TRANSLATE_NOOP("Problem", "the file ends inside a line")};
            break;
        }
        addLine(line);
    }
    if (m_lines.damage())
        result.damage = {m_lines.position(), m_lines.damage()};
    if (m_recorder.connections() == 0) {
        const auto calls = static_cast<qint64>(m_calls);
        result.emptiness = m_sockets.hasSockets()
            ? QCoreApplication::translate("Problem", "no local socket was connected in this trace")
            : QCoreApplication::translate("Problem",
                                          "none of its %1 calls uses a local socket; trace with "
                                          "-e trace=network,read,write")
                  .arg(calls);
    }
    return result;
}

void StraceImport::addLine(QByteArrayView line)
{
    const StraceFront front = parseStraceFront(line);
    setTime(front);
    const QByteArrayView text = trimmedRight(front.rest);
    if (const auto rest = resumedRest(text))
        resume(front.pid, *rest);
    else if (text.endsWith(unfinishedMark))
        keep(front.pid, text.chopped(unfinishedMark.size()));
    else if (isEndOfProcess(text))
        m_sockets.processEnded(m_time, front.pid);
    else
        addCall(front.pid, text);
}

void StraceImport::setTime(const StraceFront &front)
{
    using std::chrono::seconds;
    // In two parts, so that no sum is longer than 64 bits, however many days there are.
    const auto sum = [](Timestamp time, std::chrono::nanoseconds more) {
        const auto whole = std::chrono::floor<seconds>(time.time_since_epoch());
        const auto others = std::chrono::floor<seconds>(more);
        return cappedTime(whole + others, time.time_since_epoch() - whole + (more - others));
    };
    switch (front.clock) {
    case StraceFront::None:
        break;
    case StraceFront::Absolute:
        m_time = Timestamp(front.time);
        break;
    case StraceFront::OfDay:
        // Lines of several processes may change places; twelve hours are past midnight.
        if (front.time + std::chrono::hours(12) < m_lastOfDay)
            m_day = sum(m_day, std::chrono::hours(24));
        m_lastOfDay = front.time;
        m_time = sum(m_day, front.time);
        break;
    case StraceFront::Relative:
        m_time = sum(m_time, front.time);
        break;
    }
}

void StraceImport::addCall(qint64 pid, QByteArrayView text)
{
    const auto call = parseStraceCall(text);
    if (!call)
        return;
    ++m_calls;
    m_sockets.apply(m_time, pid, *call);
}

void StraceImport::keep(qint64 pid, QByteArrayView begin)
{
    if (isCallThatForks(begin))
        m_sockets.expectChild(pid, begin.contains("CLONE_FILES"));
    if (const auto known = m_unfinished.find(pid); known != m_unfinished.end()) {
        m_unfinishedBytes -= known->second.size(); // its end is not in the log
        m_unfinished.erase(known);
    }
    if (m_unfinished.size() >= mostUnfinished
        || m_unfinishedBytes + begin.size() > mostUnfinishedBytes)
        return;
    m_unfinished.emplace(pid, begin.toByteArray());
    m_unfinishedBytes += begin.size();
}

void StraceImport::resume(qint64 pid, QByteArrayView rest)
{
    const auto it = m_unfinished.find(pid);
    if (it == m_unfinished.end())
        return;
    const QByteArray text = it->second + rest.toByteArray();
    m_unfinishedBytes -= it->second.size();
    m_unfinished.erase(it);
    addCall(pid, text);
}

} // namespace Sockeye
