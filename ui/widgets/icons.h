// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QIcon>
#include <QString>

namespace Sockeye {

/// The symbolic icon ":/sockeye/icons/<name>.svg" in the text colour of the palette of the moment,
/// rendered when it is painted (not when it is made: start-up time) in the size and pixel ratio
/// that are asked for. Greyed when disabled, light on selections. A name without a file is an icon
/// that paints nothing.
[[nodiscard]] QIcon icon(const QString &name);

/// The same in a colour of its own: warnings, states.
[[nodiscard]] QIcon icon(const QString &name, const QColor &colour);

} // namespace Sockeye
