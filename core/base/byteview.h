// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>

#include <cstddef>
#include <span>

namespace Sockeye {

/// What Qt holds as characters, as the bytes that they are. Valid as long as @p bytes are.
[[nodiscard]] inline std::span<const std::byte> asBytes(QByteArrayView bytes)
{
    return std::as_bytes(std::span(bytes.data(), static_cast<size_t>(bytes.size())));
}

} // namespace Sockeye
