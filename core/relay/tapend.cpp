// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/relay/tapend.h"

#include "core/stream/iothreads.h"
#include "core/system/descriptorinfo.h"
#include "core/system/processinfo.h"

#include <QCoreApplication>
#include <QStringList>

#include <linux/sockios.h>
#include <sys/ioctl.h>

namespace Sockeye {

namespace {

constexpr size_t owedLimit = 4 * 1024 * 1024;
thread_local size_t owedByThread = 0; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

} // namespace

std::span<const std::byte> TapEnd::shown(const PeekedStream::Look &look,
                                         std::span<std::byte> scratch)
{
    if (look.size <= scratch.size())
        return scratch.first(look.size);
    longPacket.resize(look.size);
    static_cast<void>(in.look(longPacket));
    return longPacket;
}

// The kernel still counts 1 while it tells that the last message was read.
bool TapEnd::hasReadAll() const
{
    int waiting = 0;
    return ::ioctl(fd(), SIOCOUTQ, &waiting) != 0 || waiting <= 1;
}

bool TapEnd::mayOwe()
{
    return owedByThread + scratchSize <= owedLimit;
}

void TapEnd::owe(std::span<const std::byte> bytes, const std::optional<WriterCredentials> &from)
{
    owed.assign(bytes.begin(), bytes.end());
    owedWriter = from;
    owedByThread += owed.size();
}

void TapEnd::forgetOwed()
{
    owedByThread -= owed.size();
    owed = {};
    paid = 0;
}

QString tapNote(const std::vector<Descriptor> &descriptors,
                const std::optional<WriterCredentials> &writer, const WriterCredentials &usual)
{
    QStringList parts;
    if (!descriptors.empty()) {
        QStringList each;
        for (const Descriptor &one : descriptors)
            each << descriptorText(one.get());
        const QString all = each.join(QStringLiteral("; "));
        parts << (each.size() == 1 ? QCoreApplication::translate("Tap", "1 descriptor: %1").arg(all)
                                   : QCoreApplication::translate("Tap", "%1 descriptors: %2")
                                         .arg(each.size())
                                         .arg(all));
    }
    // Pid 0: written before anybody asked for credentials, or in another pid namespace.
    if (writer && writer->pid > 0 && writer->pid != usual.pid) {
        const QString name = processInfo(writer->pid).name; // empty: it has ended already
        parts << (name.isEmpty()
                      ? QCoreApplication::translate("Tap", "written by pid %1, uid %2")
                            .arg(writer->pid)
                            .arg(writer->uid)
                      : QCoreApplication::translate("Tap", "written by %1 (pid %2, uid %3)")
                            .arg(name)
                            .arg(writer->pid)
                            .arg(writer->uid));
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace Sockeye
