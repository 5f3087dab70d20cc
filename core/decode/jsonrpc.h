// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

namespace Sockeye {

/// What a JSON text says as a message of a protocol on top of JSON; empty where it is none.
struct RpcReading
{
    QString summary = {};
    std::optional<CallMark> call = {};
};

/// JSON-RPC 2.0 and 1.0 with batches, as the Language Server Protocol uses it, and the Debug
/// Adapter Protocol, which is like it. @p root: of a JSON text; @p late: members of it that found
/// no place in the tree, without their children. An id is kept as JSON: 1 is not "1".
[[nodiscard]] RpcReading readJsonRpc(const DecodedNode &root, const std::vector<DecodedNode> &late);

} // namespace Sockeye
