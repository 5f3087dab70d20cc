// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

namespace Sockeye {

/// A protobuf message whose schema nobody knows: what the wire format tells, no more.
class ProtobufDecoder final : public Decoder
{
public:
    [[nodiscard]] Decoded decode(std::span<const std::byte> message,
                                 const MessageContext &context) const override;
};

} // namespace Sockeye
