// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/record.h"

#include <optional>

namespace Sockeye {

/// What the first packet of a connection says about it: one line of JSON that people read in
/// Wireshark's comment column and CaptureLog reads back.
struct ConnectionComment
{
    CapturedConnection connection;
    bool isRefused = false;
};

/// At most 48 KiB, so that it fits an option: overlong texts are cut.
[[nodiscard]] QByteArray toComment(const ConnectionComment &comment);
/// Nothing if it is not such a comment.
[[nodiscard]] std::optional<ConnectionComment> fromComment(const QByteArray &comment);

/// The comment of a Gap: a sentence for people that begins with the number.
[[nodiscard]] QByteArray toGapComment(quint64 bytes);
[[nodiscard]] std::optional<quint64> fromGapComment(const QByteArray &comment);

/// The comment of a server's interface block, as Pcapng::interfaceBlock() writes it.
[[nodiscard]] std::optional<ServerId> fromServerComment(const QByteArray &comment);

} // namespace Sockeye
