// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

namespace Sockeye {

/// A tree of maps and lists as one line, as long as a summary may be: {id: 1, name: "x", […]}.
/// Lists are nodes whose children are called "[0]", "[1]" … Strings are those whose type begins
/// with "string" or holds "text string".
[[nodiscard]] QString treeSummary(const DecodedNode &root);

} // namespace Sockeye
