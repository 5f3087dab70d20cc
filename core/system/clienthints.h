// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"

#include <QProcessEnvironment>
#include <QStringList>

#include <optional>
#include <vector>

namespace Sockeye {

/// One variable that points a client at another socket. A plain value.
struct ClientHint
{
    QString variable;
    QString value;

    friend bool operator==(const ClientHint &, const ClientHint &) = default;
};

/// Which variables lead clients of @p server to @p tap instead: those of @p environment that name
/// the server's address now, and those that its usual clients read, as far as they can name a
/// socket like that of the tap. Empty: none is known.
[[nodiscard]] std::vector<ClientHint> clientHints(const SocketAddress &server,
                                                  const SocketAddress &tap,
                                                  const QProcessEnvironment &environment);

/// Where clients of an X server find a tap of it: they know displays by number. The first one from
/// 90 on that neither exists nor is in @p taken; empty if @p server is no display.
[[nodiscard]] QString freeDisplay(const SocketAddress &server, const QStringList &taken = {});

/// "NAME=TEMPLATE", where {path} and {folder} of @p tap are filled in; nothing if there is no name.
[[nodiscard]] std::optional<ClientHint> clientHintFrom(const QString &text,
                                                       const SocketAddress &tap);

} // namespace Sockeye
