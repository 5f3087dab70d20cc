// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a message of each protocol; the first byte says which, as in treechecks.h.

#include "../treechecks.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace Sockeye;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const MessageSample sample =
        sampleOf({reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)});
    // A copy of its own and no byte longer, so that a look behind it is seen.
    const std::vector<char> message(sample.message.begin(), sample.message.end());
    const Decoded decoded =
        Decoder::create(sample.kind)->decode(std::as_bytes(std::span(message)), sample.context);
    const QString broken = brokenPromise(decoded, message.size());
    if (!broken.isEmpty()) {
        std::fprintf(stderr, "%s\n", qPrintable(broken));
        std::abort();
    }
    return 0;
}
