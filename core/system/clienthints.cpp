// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/clienthints.h"

#include <QRegularExpression>

#include <algorithm>

namespace Sockeye {

namespace {

/// What the clients of a well-known server read; @p file matches the last part of its address.
struct KnownClient
{
    const char *file;
    const char *variable;
    const char *value;
};

// From the manuals of docker, podman, libpq, the MySQL client, the D-Bus specification, Xlib,
// libwayland, PulseAudio, PipeWire, ssh-agent.
constexpr KnownClient knownClients[] = {
    {"docker\\.sock", "DOCKER_HOST", "unix://{path}"},
    {"podman\\.sock", "CONTAINER_HOST", "unix://{path}"},
    {"podman\\.sock", "DOCKER_HOST", "unix://{path}"},
    {"\\.s\\.PGSQL\\.[0-9]+", "PGHOST", "{folder}"},
    {"mysqld?\\.sock", "MYSQL_UNIX_PORT", "{path}"},
    {"bus", "DBUS_SESSION_BUS_ADDRESS", "unix:path={path}"},
    {"system_bus_socket", "DBUS_SYSTEM_BUS_ADDRESS", "unix:path={path}"},
    {"wayland-[0-9]+", "WAYLAND_DISPLAY", "{path}"},
    {"X[0-9]+", "DISPLAY", "{path}"},
    {"native", "PULSE_SERVER", "unix:{path}"},
    {"pipewire-[0-9]+", "PIPEWIRE_REMOTE", "{path}"},
    {"(agent\\.[0-9]+|S\\.gpg-agent\\.ssh)", "SSH_AUTH_SOCK", "{path}"},
};

QString filled(QString text, const SocketAddress &tap)
{
    text.replace(QLatin1String("{path}"), tap.display());
    return text.replace(QLatin1String("{folder}"), SocketAddress::fromPath(tap.folder()).display());
}

// The last part of a path; an abstract name may look like one (@/tmp/.X11-unix/X0).
QString lastPart(const SocketAddress &address)
{
    const QString shown = address.display();
    return shown.mid(std::max(shown.lastIndexOf(QLatin1Char('/')), qsizetype {0}) + 1);
}

} // namespace

std::vector<ClientHint> clientHints(const SocketAddress &server, const SocketAddress &tap,
                                    const QProcessEnvironment &environment)
{
    std::vector<ClientHint> hints;
    const auto add = [&hints](const ClientHint &hint) {
        const bool isKnown = std::any_of(hints.begin(), hints.end(), [&](const ClientHint &old) {
            return old.variable == hint.variable;
        });
        if (!isKnown)
            hints.push_back(hint);
    };
    if (server.kind() == SocketAddress::Kind::Path) {
        // Whole: /run/a is not named by /run/a.b.
        const QRegularExpression address(QRegularExpression::escape(server.display())
                                         + QStringLiteral("(?![\\w./-])"));
        QStringList names = environment.keys();
        names.sort();
        for (const QString &name : std::as_const(names)) {
            QString value = environment.value(name);
            if (name != QLatin1String("PWD") && value.contains(address))
                add({name, value.replace(address, tap.display())});
        }
    }
    const QString file = lastPart(server);
    for (const KnownClient &known : knownClients) {
        const QRegularExpression pattern(
            QRegularExpression::anchoredPattern(QLatin1String(known.file)));
        if (pattern.match(file).hasMatch())
            add({QLatin1String(known.variable), filled(QLatin1String(known.value), tap)});
    }
    return hints;
}

std::optional<ClientHint> clientHintFrom(const QString &text, const SocketAddress &tap)
{
    const qsizetype sign = text.indexOf(QLatin1Char('='));
    if (sign <= 0)
        return std::nullopt;
    return ClientHint {text.first(sign), filled(text.mid(sign + 1), tap)};
}

} // namespace Sockeye
