// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/theme.h"

#include "ui/widgets/sockeyestyle.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QStandardPaths>
#include <QToolTip>

#include <cmath>

namespace Sockeye {

namespace {

/// The colours of one appearance; everything else is derived from them.
struct Scheme
{
    QRgb window;
    QRgb base;
    QRgb alternate;
    QRgb text;
    QRgb button;
    QRgb disabled;
    QRgb accent;
    QRgb quietAccent; ///< selection of a view without the focus
    QRgb link;
    QRgb visited;
    QRgb light; ///< edges that Fusion draws with it
    QRgb dark;
    QRgb toolTip;
    ThemeColours colours;
};

// The fish: red is the brand, and means danger in a tool; so the accent is the sea it lives in.
const Scheme &lightScheme()
{
    static const Scheme scheme = {0xfff3f4f5,
                                  0xffffffff,
                                  0xfff8f9fa,
                                  0xff1c2126,
                                  0xfffafbfb,
                                  0xff979ea6,
                                  0xff0f6575,
                                  0xffcfe3e7,
                                  0xff0b6274,
                                  0xff6b4a86,
                                  0xffffffff,
                                  0xffb9bfc5,
                                  0xfffdfdf6,
                                  {QColor(0xff0a5aa8), QColor(0xffa34708), QColor(0xff19743a),
                                   QColor(0xff875300), QColor(0xffb72b25), QColor(0xff5b636c),
                                   QColor(0xffd9dde1), QColor(0xffaab1b8), QColor(0xfffdf1d3),
                                   QColor(0xfffbe0dd), QColor(0xff2a2117)}};
    return scheme;
}

const Scheme &darkScheme()
{
    static const Scheme scheme = {0xff26292d,
                                  0xff1b1e21,
                                  0xff202327,
                                  0xffe3e6e9,
                                  0xff33373c,
                                  0xff73797f,
                                  0xff1a6f7f,
                                  0xff2d474d,
                                  0xff70c8da,
                                  0xffc3a2de,
                                  0xff3a3f45,
                                  0xff131517,
                                  0xff33373c,
                                  {QColor(0xff74b4ff), QColor(0xfff0a35f), QColor(0xff54c474),
                                   QColor(0xffe2ad45), QColor(0xffff857c), QColor(0xff9ba3ab),
                                   QColor(0xff3b4046), QColor(0xff5f666e), QColor(0xff433618),
                                   QColor(0xff4a2623), QColor(0xfff4ead8)}};
    return scheme;
}

QPalette paletteOf(const Scheme &scheme)
{
    const QColor text(scheme.text);
    const QColor white(Qt::white);
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, const QColor &colour) {
        palette.setColor(QPalette::All, role, colour);
    };
    set(QPalette::Window, QColor(scheme.window));
    set(QPalette::Base, QColor(scheme.base));
    set(QPalette::AlternateBase, QColor(scheme.alternate));
    set(QPalette::Button, QColor(scheme.button));
    set(QPalette::WindowText, text);
    set(QPalette::Text, text);
    set(QPalette::ButtonText, text);
    set(QPalette::BrightText, white);
    set(QPalette::Light, QColor(scheme.light));
    set(QPalette::Midlight, QColor(scheme.light));
    set(QPalette::Mid, scheme.colours.line);
    set(QPalette::Dark, QColor(scheme.dark));
    set(QPalette::Shadow, QColor(scheme.dark));
    set(QPalette::Highlight, QColor(scheme.accent));
    set(QPalette::HighlightedText, white);
    palette.setColor(QPalette::Inactive, QPalette::Highlight, QColor(scheme.quietAccent));
    palette.setColor(QPalette::Inactive, QPalette::HighlightedText, text);
    set(QPalette::Link, QColor(scheme.link));
    set(QPalette::LinkVisited, QColor(scheme.visited));
    set(QPalette::ToolTipBase, QColor(scheme.toolTip));
    set(QPalette::ToolTipText, text);
    set(QPalette::PlaceholderText, scheme.colours.muted);
    const QColor disabled(scheme.disabled);
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor(scheme.quietAccent));
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, disabled);
    return palette;
}

/// Where the platform gives no palette (no desktop plug-in for Qt), GTK's own setting tells.
bool gtkPrefersDark()
{
    const QByteArray theme = qgetenv("GTK_THEME").toLower();
    if (!theme.isEmpty())
        return theme.endsWith(":dark") || theme.endsWith("-dark");
    QFile file(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
               + QStringLiteral("/gtk-3.0/settings.ini"));
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray text = file.read(16 * 1024).toLower().replace(' ', "");
    return text.contains("gtk-application-prefer-dark-theme=1")
        || text.contains("gtk-application-prefer-dark-theme=true");
}

double luminance(const QColor &colour)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF())
        + 0.0722 * linear(colour.blueF());
}

} // namespace

Appearance appearanceFromName(const QString &name)
{
    if (name == QLatin1String("light"))
        return Appearance::Light;
    return name == QLatin1String("dark") ? Appearance::Dark : Appearance::System;
}

QString appearanceName(Appearance appearance)
{
    switch (appearance) {
    case Appearance::Light:
        return QStringLiteral("light");
    case Appearance::Dark:
        return QStringLiteral("dark");
    case Appearance::System:
        break;
    }
    return QStringLiteral("system");
}

bool desktopIsDark()
{
    // Asked for the first time before our own palette is set, and kept.
    static const bool isDesktopDark = isDark(QGuiApplication::palette()) || gtkPrefersDark();
    return isDesktopDark;
}

void applyTheme(QApplication &application, Appearance appearance)
{
    const bool isDesktopDark = desktopIsDark();
    const bool wantsDark =
        appearance == Appearance::Dark || (appearance == Appearance::System && isDesktopDark);
    if (!qobject_cast<SockeyeStyle *>(application.style()))
        QApplication::setStyle(new SockeyeStyle);
    const QPalette palette = paletteOf(wantsDark ? darkScheme() : lightScheme());
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
}

bool isDark(const QPalette &palette)
{
    return luminance(palette.color(QPalette::Window))
        < luminance(palette.color(QPalette::WindowText));
}

const ThemeColours &themeColours(const QPalette &palette)
{
    return isDark(palette) ? darkScheme().colours : lightScheme().colours;
}

QFont monospaceFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const QFont application = QGuiApplication::font();
    if (application.pointSizeF() > 0)
        font.setPointSizeF(application.pointSizeF());
    return font;
}

QFont headingFont()
{
    QFont font = QGuiApplication::font();
    font.setBold(true);
    return font;
}

QColor readableOn(const QColor &background, const QColor &colour)
{
    constexpr double enough = 3;
    constexpr float step = 0.02F;
    // Away from the background: lighter on dark ones. White has 3:1 up to a luminance of 0.3.
    const bool isLighter = luminance(background) < 0.3;
    QColor shade = colour.toHsl();
    while (contrastRatio(shade, background) < enough) {
        const float lightness = shade.lightnessF() + (isLighter ? step : -step);
        if (lightness < 0 || lightness > 1)
            break;
        shade.setHslF(std::max(0.0F, shade.hslHueF()), shade.hslSaturationF(), lightness);
    }
    return shade.toRgb();
}

double contrastRatio(const QColor &a, const QColor &b)
{
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

} // namespace Sockeye
