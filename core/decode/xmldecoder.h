// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

namespace Sockeye {

/// One XML 1.0 document. Entities are never loaded; those that multiply are refused.
class XmlDecoder final : public Decoder
{
public:
    [[nodiscard]] Decoded decode(std::span<const std::byte> message,
                                 const MessageContext &context) const override;
};

} // namespace Sockeye
