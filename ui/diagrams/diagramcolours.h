// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QColor>
#include <QPalette>
#include <QString>

namespace Sockeye {

// Colours of lines in diagrams: few enough to be told apart and to have names, and each with a
// shade for light and one for dark windows.

constexpr int diagramColourCount = 8;

/// @p number: any; they begin again after the last.
[[nodiscard]] QColor diagramColour(int number, const QPalette &palette);
/// "Blue": for menus and for those who do not see it.
[[nodiscard]] QString diagramColourName(int number);
/// The pen that tells the lines of one colour apart: after each round of colours another.
[[nodiscard]] Qt::PenStyle diagramPenStyle(int number);

} // namespace Sockeye
