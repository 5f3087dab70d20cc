// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QAbstractItemModel>
#include <QStringList>

namespace Sockeye {

/// A flat model as text, a line a row, cells between bars: what a failure should look like.
/// No-break spaces are written as plain ones.
inline QString pictureOf(const QAbstractItemModel &model)
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells << model.index(row, column).data().toString();
        lines << cells.join(QLatin1String(" | ")).trimmed();
    }
    QString picture = lines.join(QLatin1Char('\n'));
    picture.replace(QChar(0x00a0), QLatin1Char(' '));
    return picture.replace(QChar(0x202f), QLatin1Char(' '));
}

} // namespace Sockeye
