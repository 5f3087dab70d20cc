// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/clienthints.h"

#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>

namespace Sockeye {

namespace {

// Far from those that a desktop counts up from 0.
constexpr int firstDisplay = 90;

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
    {"\\.s\\.PGSQL\\.[0-9]+", "PGPORT", "{port}"},
    {"mysqld?\\.sock", "MYSQL_UNIX_PORT", "{path}"},
    {"bus", "DBUS_SESSION_BUS_ADDRESS", "unix:path={path}"},
    {"system_bus_socket", "DBUS_SYSTEM_BUS_ADDRESS", "unix:path={path}"},
    {"wayland-[0-9]+", "WAYLAND_DISPLAY", "{path}"},
    {"X[0-9]+", "DISPLAY", "{display}"},
    {"native", "PULSE_SERVER", "unix:{path}"},
    {"pipewire-[0-9]+", "PIPEWIRE_REMOTE", "{path}"},
    {"(agent\\.[0-9]+|S\\.gpg-agent\\.ssh)", "SSH_AUTH_SOCK", "{path}"},
};

// The last part of a path; an abstract name may look like one (@/tmp/.X11-unix/X0).
QString lastPart(const SocketAddress &address)
{
    const QString shown = address.display();
    return shown.mid(std::max(shown.lastIndexOf(QLatin1Char('/')), qsizetype {0}) + 1);
}

// libpq makes the name of the socket itself, of a folder and a port.
QString portOf(const SocketAddress &address)
{
    static const QRegularExpression ending(QStringLiteral("\\.s\\.PGSQL\\.([0-9]+)$"));
    return ending.match(lastPart(address)).captured(1);
}

// ":1", where clients look for a display of that number; else empty.
QString displayOf(const SocketAddress &address)
{
    static const QRegularExpression place(QStringLiteral("^@?/tmp/\\.X11-unix/X([0-9]+)$"));
    const QRegularExpressionMatch match = place.match(address.display());
    return match.hasMatch() ? QLatin1Char(':') + match.captured(1) : QString();
}

QString filled(QString text, const SocketAddress &tap)
{
    // A path is understood from libxcb 1.16 on, a number by all.
    const QString display = displayOf(tap);
    text.replace(QLatin1String("{display}"), display.isEmpty() ? tap.display() : display);
    if (tap.kind() == SocketAddress::Kind::Abstract)
        return text.replace(QLatin1String("path={path}"),
                            QLatin1String("abstract=") + tap.display().mid(1));
    text.replace(QLatin1String("{path}"), tap.display());
    text.replace(QLatin1String("{port}"), portOf(tap));
    return text.replace(QLatin1String("{folder}"), SocketAddress::fromPath(tap.folder()).display());
}

/// Whether @p value, of a client of @p server, can name @p tap.
bool isOfUse(QLatin1String value, const SocketAddress &server, const SocketAddress &tap)
{
    // Of the others only D-Bus has a way to write an abstract name that all its clients understand.
    if (tap.kind() != SocketAddress::Kind::Path)
        return value == QLatin1String("unix:path={path}")
            || (value == QLatin1String("{display}") && !displayOf(tap).isEmpty());
    if (value == QLatin1String("{folder}"))
        return !portOf(tap).isEmpty();
    if (value == QLatin1String("{port}"))
        return !portOf(tap).isEmpty() && portOf(tap) != portOf(server);
    return true;
}

} // namespace

std::vector<ClientHint> clientHints(const SocketAddress &server, const SocketAddress &tap,
                                    const QProcessEnvironment &environment)
{
    std::vector<ClientHint> hints;
    const bool isPath = tap.kind() == SocketAddress::Kind::Path;
    const auto add = [&hints](const ClientHint &hint) {
        const bool isKnown = std::any_of(hints.begin(), hints.end(), [&](const ClientHint &old) {
            return old.variable == hint.variable;
        });
        if (!isKnown)
            hints.push_back(hint);
    };
    if (isPath && server.kind() == SocketAddress::Kind::Path) {
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
        const QLatin1String value(known.value);
        if (pattern.match(file).hasMatch() && isOfUse(value, server, tap))
            add({QLatin1String(known.variable), filled(value, tap)});
    }
    return hints;
}

QString freeDisplay(const SocketAddress &server, const QStringList &taken)
{
    if (displayOf(server).isEmpty())
        return {};
    int number = firstDisplay;
    const auto place = [&] { return QStringLiteral("/tmp/.X11-unix/X%1").arg(number); };
    while (taken.contains(place()) || QFileInfo::exists(place()))
        ++number;
    return place();
}

std::optional<ClientHint> clientHintFrom(const QString &text, const SocketAddress &tap)
{
    const qsizetype sign = text.indexOf(QLatin1Char('='));
    if (sign <= 0)
        return std::nullopt;
    return ClientHint {text.first(sign), filled(text.mid(sign + 1), tap)};
}

} // namespace Sockeye
