// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a message of each protocol. The first byte chooses the decoder (its remainder by
// their number) and the way the message came: + 16 to the client, + 32 cut, + 64 and + 128 its
// form.

#include "../treechecks.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace Sockeye;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    constexpr std::uint8_t kinds = static_cast<std::uint8_t>(DecoderKind::Wayland) + 1;
    const auto kind = static_cast<DecoderKind>((data[0] & 15U) % kinds);
    MessageContext context;
    context.direction = (data[0] & 16U) == 0 ? Direction::ToServer : Direction::ToClient;
    context.isCut = (data[0] & 32U) != 0;
    context.form = data[0] >> 6;
    // A copy of its own, so that a look behind it is seen.
    const std::vector<std::uint8_t> message(data + 1, data + size);
    const Decoded decoded =
        Decoder::create(kind)->decode(std::as_bytes(std::span(message)), context);
    const QString broken = brokenPromise(decoded, message.size());
    if (!broken.isEmpty()) {
        std::fprintf(stderr, "%s\n", qPrintable(broken));
        std::abort();
    }
    return 0;
}
