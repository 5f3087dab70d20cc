// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/problem.h"

namespace Sockeye {

// The one catalogue of wording, for the command line and the window. Plain text, no markup.

/// One sentence: what happened. "/run/user/1000/api is in use by a live server, nginx (pid 812)."
[[nodiscard]] QString whatHappened(const Problem &problem);
/// Why, where it is not plain from whatHappened(); may be empty.
[[nodiscard]] QString whyItHappened(const Problem &problem);
/// What to do next, as an imperative sentence; may be empty.
[[nodiscard]] QString whatToDo(const Problem &problem);
/// All three in one line, and Qt's and the system's names in brackets: the line on stderr.
[[nodiscard]] QString oneLine(const Problem &problem);
/// "AddressInUseError · EADDRINUSE": the grey detail behind the sentence; may be empty.
[[nodiscard]] QString technicalDetail(const Problem &problem);
/// The button's label. "Remove it and listen"
[[nodiscard]] QString label(Remedy remedy);

} // namespace Sockeye
