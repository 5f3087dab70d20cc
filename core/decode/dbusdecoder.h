// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

namespace Sockeye {

/// One D-Bus message, or one line of the SASL in front of them (dbusform.h).
class DBusDecoder final : public Decoder
{
public:
    [[nodiscard]] Decoded decode(std::span<const std::byte> message,
                                 const MessageContext &context) const override;
};

} // namespace Sockeye
