// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

namespace Sockeye {

/// One Wayland message. Types are in the interfaces' XML and not on the wire.
class WaylandDecoder final : public Decoder
{
public:
    [[nodiscard]] Decoded decode(std::span<const std::byte> message,
                                 const MessageContext &context) const override;
};

} // namespace Sockeye
