// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "framelaw.h"

#include <QStringList>

namespace Sockeye {

/// What comes to a framer, and the frames it makes of it.
struct FrameRow
{
    const char *name;
    const char *settings;
    std::vector<Arrival> arrivals;
    /// "→ [body]\n": the direction, then the bytes of the frame with brackets around its body; in
    /// front of them "cut", "unframed" or "form 2" where it is that. Control characters as \n, \0,
    /// \xff; "(3)" are 3 missing bytes.
    QStringList frames;
};

[[nodiscard]] const std::vector<FrameRow> &frameRows();

/// As in FrameRow::frames.
[[nodiscard]] QStringList picture(const std::vector<FrameEvent> &events,
                                  const std::vector<Arrival> &arrivals);

} // namespace Sockeye
