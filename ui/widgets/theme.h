// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

class QApplication;

namespace Sockeye {

/// What the user chose; QSettings key "appearance": "system", "light", "dark".
enum class Appearance { System, Light, Dark };

[[nodiscard]] Appearance appearanceFromName(const QString &name); ///< System if not known
[[nodiscard]] QString appearanceName(Appearance appearance);

/// Sets the style (Fusion with padding and quiet headers) and a palette of our own. Call it once
/// before the first window, and again when the user chooses another appearance.
void applyTheme(QApplication &application, Appearance appearance);

/// Whether the desktop asks for dark windows, as it was before applyTheme() changed the palette.
[[nodiscard]] bool desktopIsDark();

/// Colours that QPalette has no role for. Every one has a contrast of 4.5:1 or more with Base and
/// Window, so that it can be text.
struct ThemeColours
{
    QColor toServer; ///< → what the client sent
    QColor toClient; ///< ← what the server sent
    QColor good; ///< open, listening, allowed
    QColor warning;
    QColor error; ///< failed, refused
    QColor muted; ///< text that steps back: times, details
    QColor line; ///< hair lines between panels (no text)
    QColor edge; ///< of fields and groups (no text)
    QColor warningBar; ///< background of the problem bar
    QColor errorBar;
    QColor barText; ///< text on both bars
};

[[nodiscard]] bool isDark(const QPalette &palette);
/// The colours that go with @p palette (of the widget that paints).
[[nodiscard]] const ThemeColours &themeColours(const QPalette &palette);

/// Monospace at the size of the application's font: bytes, addresses, times.
[[nodiscard]] QFont monospaceFont();
/// The application's font, bold: headings of panels.
[[nodiscard]] QFont headingFont();

/// WCAG contrast ratio, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor &a, const QColor &b);
/// @p colour, or the nearest shade of it that has a contrast of 3:1 with @p background: enough for
/// signs, not for text.
[[nodiscard]] QColor readableOn(const QColor &background, const QColor &colour);

} // namespace Sockeye
