// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

namespace Sockeye {

/// One JSON text (RFC 8259). Understands JSON-RPC and what is like it (jsonrpc.h).
class JsonDecoder final : public Decoder
{
public:
    [[nodiscard]] Decoded decode(std::span<const std::byte> message,
                                 const MessageContext &context) const override;
};

} // namespace Sockeye
