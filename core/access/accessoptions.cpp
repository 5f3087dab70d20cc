// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/accessoptions.h"

#include <QFile>

#include <sys/stat.h>

namespace Sockeye {

namespace {

constexpr mode_t allRights = 0777;

} // namespace

AccessOptions AccessOptions::fromSocketOptions(QLocalServer::SocketOptions options)
{
    return {.user = options.testFlag(QLocalServer::UserAccessOption),
            .group = options.testFlag(QLocalServer::GroupAccessOption),
            .other = options.testFlag(QLocalServer::OtherAccessOption),
            .abstract = options.testFlag(QLocalServer::AbstractNamespaceOption)};
}

QLocalServer::SocketOptions AccessOptions::socketOptions() const
{
    QLocalServer::SocketOptions options = QLocalServer::NoOptions;
    options.setFlag(QLocalServer::UserAccessOption, user);
    options.setFlag(QLocalServer::GroupAccessOption, group);
    options.setFlag(QLocalServer::OtherAccessOption, other);
    options.setFlag(QLocalServer::AbstractNamespaceOption, abstract);
    return options;
}

std::optional<mode_t> AccessOptions::mode(mode_t umask) const
{
    if (abstract)
        return std::nullopt;
    if (!hasClass())
        return allRights & ~umask;
    return (user ? S_IRWXU : 0U) | (group ? S_IRWXG : 0U) | (other ? S_IRWXO : 0U);
}

Result<AccessOptions> AccessOptions::parse(const QString &text)
{
    AccessOptions options;
    if (text.trimmed().isEmpty())
        return options;
    const QStringList words = text.split(QLatin1Char(','));
    for (const QString &word : words) {
        const QString option = word.trimmed().toLower();
        if (option == QLatin1String("user"))
            options.user = true;
        else if (option == QLatin1String("group"))
            options.group = true;
        else if (option == QLatin1String("other"))
            options.other = true;
        else if (option == QLatin1String("world"))
            options.user = options.group = options.other = true;
        else if (option == QLatin1String("abstract"))
            options.abstract = true;
        else if (option != QLatin1String("none"))
            return fail({.code = ProblemCode::AccessOptionUnknown,
                         .args = {{QStringLiteral("option"), word.trimmed()},
                                  {QStringLiteral("known"),
                                   QStringLiteral("user, group, other, world, abstract, none")}}});
    }
    return options;
}

QString AccessOptions::toString() const
{
    QStringList words;
    if (isWorld()) {
        words << QStringLiteral("world");
    } else {
        if (user)
            words << QStringLiteral("user");
        if (group)
            words << QStringLiteral("group");
        if (other)
            words << QStringLiteral("other");
    }
    if (abstract)
        words << QStringLiteral("abstract");
    return words.isEmpty() ? QStringLiteral("none") : words.join(QLatin1Char(','));
}

mode_t currentUmask()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (status.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> lines = status.readAll().split('\n');
        for (const QByteArray &line : lines) {
            if (!line.startsWith("Umask:"))
                continue;
            bool ok = false;
            const uint value = line.mid(6).trimmed().toUInt(&ok, 8);
            if (ok)
                return value;
        }
    }
    const mode_t value =
        ::umask(077); // the narrow one: what another thread makes meanwhile is safe
    ::umask(value);
    return value;
}

QString modeText(mode_t mode)
{
    constexpr char letters[] = "rwxrwxrwx";
    QString text = QStringLiteral("s");
    for (int bit = 8; bit >= 0; --bit)
        text += QLatin1Char((mode >> bit) & 1U ? letters[8 - bit] : '-');
    return text;
}

} // namespace Sockeye
