// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/processinfo.h"

#include "core/access/socketaddress.h"
#include "core/base/descriptor.h"

#include <QByteArray>
#include <QList>
#include <QMutex>

#include <algorithm>
#include <cerrno>
#include <list>

#include <fcntl.h>
#include <unistd.h>

namespace Sockeye {

namespace {

// Enough for the clients of a busy server; an entry is some hundred bytes.
constexpr size_t rememberedProcesses = 512;
// A command line may have megabytes; nobody reads more than its beginning.
constexpr qsizetype longestCommandLine = 4096;

/// Tells one process from another with the same pid, and a program from the one that it became by
/// exec: a shell that forks is asked for before and after.
struct ProcessKey
{
    pid_t pid = 0;
    QByteArray startTime;
    QByteArray command;

    friend bool operator==(const ProcessKey &, const ProcessKey &) = default;
};

QByteArray procPath(pid_t pid, const char *file)
{
    return "/proc/" + QByteArray::number(pid) + '/' + file;
}

// Not QFile: this runs for each connection, and QFile costs several times the system calls.
QByteArray readFile(const QByteArray &path, qsizetype limit)
{
    const Descriptor file(::open(path.constData(), O_RDONLY | O_CLOEXEC));
    QByteArray content(limit, '\0');
    qsizetype size = 0;
    while (file && size < limit) {
        const ssize_t got =
            ::read(file.get(), content.data() + size, static_cast<size_t>(limit - size));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        size += got;
    }
    content.truncate(size);
    return content;
}

// "812 (a (b) c) S 1 …": the command may hold anything, so it ends at the last parenthesis.
ProcessKey keyOf(pid_t pid)
{
    const QByteArray status = readFile(procPath(pid, "stat"), 4096);
    const qsizetype open = status.indexOf('(');
    const qsizetype close = status.lastIndexOf(')');
    if (open < 0 || close < open)
        return {};
    constexpr qsizetype startTimeBehindCommand = 19; // field 22 of proc(5)
    const QList<QByteArray> fields = status.mid(close + 2).split(' ');
    if (fields.size() <= startTimeBehindCommand)
        return {};
    return {pid, fields[startTimeBehindCommand], status.mid(open + 1, close - open - 1)};
}

bool isPlain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || QByteArrayView("_-./=:,@%+").contains(c);
}

// What a shell would read back as this argument. Unprintable bytes need its $'…' form, which has
// the escapes of escapedBytes().
QString quoted(const QByteArray &argument)
{
    if (!argument.isEmpty() && std::all_of(argument.begin(), argument.end(), isPlain))
        return QString::fromLatin1(argument);
    const QString escaped = escapedBytes(argument);
    QString text = QString::fromUtf8(argument);
    const bool isPrintable = escaped.count(QLatin1Char('\\')) == 2 * argument.count('\\');
    if (isPrintable) {
        text.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
        return QLatin1Char('\'') + text + QLatin1Char('\'');
    }
    text = escaped;
    text.replace(QLatin1Char('\''), QStringLiteral("\\'"));
    return QStringLiteral("$'") + text + QLatin1Char('\'');
}

QString commandLineOf(pid_t pid)
{
    QByteArray bytes = readFile(procPath(pid, "cmdline"), longestCommandLine);
    const bool isCut = bytes.size() == longestCommandLine;
    if (bytes.endsWith('\0'))
        bytes.chop(1);
    if (bytes.isEmpty())
        return {};
    QString text;
    const QList<QByteArray> arguments = bytes.split('\0');
    for (const QByteArray &argument : arguments) {
        if (!text.isEmpty())
            text += QLatin1Char(' ');
        text += quoted(argument);
    }
    return isCut ? text + QChar(0x2026) : text;
}

QByteArray executableOf(pid_t pid)
{
    QByteArray target(4096, '\0');
    const ssize_t size = ::readlink(procPath(pid, "exe").constData(), target.data(),
                                    static_cast<size_t>(target.size()));
    target.truncate(std::max<ssize_t>(size, 0));
    // An upgrade replaced the file while the program runs: it is still that program.
    constexpr QByteArrayView deleted(" (deleted)");
    if (target.endsWith(deleted))
        target.chop(deleted.size());
    return target;
}

ProcessInfo readProcess(const ProcessKey &key)
{
    ProcessInfo info;
    info.pid = key.pid;
    const QByteArray executable = executableOf(key.pid);
    info.executable = escapedBytes(executable);
    info.name = escapedBytes(
        executable.isEmpty() ? key.command : executable.mid(executable.lastIndexOf('/') + 1));
    info.commandLine = commandLineOf(key.pid);
    return info;
}

/// The last processes asked for; the one asked for longest ago is forgotten first.
class ProcessMemory
{
public:
    std::optional<ProcessInfo> find(const ProcessKey &key)
    {
        const QMutexLocker lock(&m_mutex);
        const auto known = std::find_if(m_entries.begin(), m_entries.end(),
                                        [&key](const Entry &entry) { return entry.key == key; });
        if (known == m_entries.end())
            return std::nullopt;
        m_entries.splice(m_entries.begin(), m_entries, known);
        return known->info;
    }

    void insert(const ProcessKey &key, const ProcessInfo &info)
    {
        const QMutexLocker lock(&m_mutex);
        m_entries.remove_if([&key](const Entry &entry) { return entry.key.pid == key.pid; });
        m_entries.push_front({key, info});
        if (m_entries.size() > rememberedProcesses)
            m_entries.pop_back();
    }

private:
    struct Entry
    {
        ProcessKey key;
        ProcessInfo info;
    };

    QMutex m_mutex;
    std::list<Entry> m_entries;
};

} // namespace

ProcessInfo processInfo(pid_t pid)
{
    static ProcessMemory memory;
    ProcessInfo nothing;
    nothing.pid = pid;
    if (pid <= 0)
        return nothing;
    const ProcessKey key = keyOf(pid);
    if (key.pid != pid)
        return nothing;
    if (const std::optional<ProcessInfo> known = memory.find(key))
        return *known;
    ProcessInfo info = readProcess(key);
    // Between the reads it may have ended, or become another program: such a mixture is not kept.
    // Nor is a program that is just being started: until the kernel has set up its arguments, its
    // command line reads as empty (fs/proc/base.c, get_mm_cmdline).
    const bool isBeingStarted = !info.executable.isEmpty() && info.commandLine.isEmpty();
    if (!isBeingStarted && keyOf(pid) == key)
        memory.insert(key, info);
    return info;
}

} // namespace Sockeye
