// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/diagramcolours.h"

#include "ui/widgets/theme.h"

#include <QCoreApplication>

#include <array>

namespace Sockeye {

namespace {

struct Shades
{
    const char *name;
    QRgb light; ///< on light windows
    QRgb dark;
};

// Neighbours differ in brightness as well as in hue.
constexpr std::array<Shades, diagramColourCount> shades = {{
    {QT_TRANSLATE_NOOP("DiagramColours", "Blue"), 0xff0a5aa8, 0xff74b4ff},
    {QT_TRANSLATE_NOOP("DiagramColours", "Orange"), 0xffc25a0c, 0xfff0a35f},
    {QT_TRANSLATE_NOOP("DiagramColours", "Green"), 0xff19743a, 0xff54c474},
    {QT_TRANSLATE_NOOP("DiagramColours", "Magenta"), 0xffa8307f, 0xfff08ac6},
    {QT_TRANSLATE_NOOP("DiagramColours", "Teal"), 0xff0f7f8f, 0xff5fd0e0},
    {QT_TRANSLATE_NOOP("DiagramColours", "Red"), 0xffb72b25, 0xffff857c},
    {QT_TRANSLATE_NOOP("DiagramColours", "Violet"), 0xff6b4ab0, 0xffb9a0ff},
    {QT_TRANSLATE_NOOP("DiagramColours", "Yellow"), 0xff8a6a00, 0xffe8d060},
}};

const Shades &shadesOf(int number)
{
    return shades[static_cast<size_t>(qAbs(number) % diagramColourCount)];
}

} // namespace

QColor diagramColour(int number, const QPalette &palette)
{
    const Shades &found = shadesOf(number);
    return QColor(isDark(palette) ? found.dark : found.light);
}

QString diagramColourName(int number)
{
    return QCoreApplication::translate("DiagramColours", shadesOf(number).name);
}

Qt::PenStyle diagramPenStyle(int number)
{
    constexpr std::array styles = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    return styles[static_cast<size_t>(qAbs(number) / diagramColourCount) % styles.size()];
}

} // namespace Sockeye
