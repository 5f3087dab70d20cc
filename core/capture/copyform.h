// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"
#include "core/capture/copyas.h"

namespace Sockeye {

/// What a client sent, and where to.
struct ClientBytes
{
    ConnectionId connection;
    SocketAddress address;
    std::vector<QByteArray> records;

    [[nodiscard]] QByteArray joined() const;
};

/// CopyImpossible. @p why: a text of the catalogue, not translated.
[[nodiscard]] Problem copyProblem(CopyForm form, const char *why);

[[nodiscard]] Result<QByteArray> toCurl(const ClientBytes &sent);
[[nodiscard]] QByteArray toSocat(const ClientBytes &sent);
[[nodiscard]] QByteArray toPython(const ClientBytes &sent);
[[nodiscard]] QByteArray toQt(const ClientBytes &sent);

} // namespace Sockeye
