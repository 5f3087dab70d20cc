// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

namespace Sockeye {

/// Opens the window and runs until it is closed; the exit status. @p demo: with servers and clients
/// of its own at work, in a folder that goes away with it.
[[nodiscard]] int runWindow(int argc, char **argv, bool demo);

} // namespace Sockeye
