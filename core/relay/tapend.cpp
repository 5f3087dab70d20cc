// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/relay/tapend.h"

#include "core/system/descriptorinfo.h"
#include "core/system/processinfo.h"

#include <QCoreApplication>
#include <QStringList>

namespace Sockeye {

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
        parts << QCoreApplication::translate("Tap", "written by %1 (pid %2, uid %3)")
                     .arg(processInfo(writer->pid).name)
                     .arg(writer->pid)
                     .arg(writer->uid);
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace Sockeye
