// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/trafficdelegate.h"

#include "core/models/trafficmodel.h"
#include "ui/widgets/theme.h"

namespace Sockeye {

namespace {

QColor colourOf(const QModelIndex &index, const ThemeColours &colours)
{
    const auto kind = static_cast<RecordKind>(index.data(KindRole).toInt());
    const bool toServer =
        index.data(DirectionRole).toInt() == static_cast<int>(Direction::ToServer);
    switch (index.column()) {
    case TrafficModel::TimeColumn:
        return colours.muted;
    case TrafficModel::DirectionColumn:
    case TrafficModel::DataColumn:
        break;
    default:
        return {};
    }
    switch (kind) {
    case RecordKind::Reset:
    case RecordKind::Refused:
        return colours.error;
    case RecordKind::Gap:
        return colours.warning;
    case RecordKind::Opened:
        return colours.muted;
    case RecordKind::EndOfStream:
        if (index.column() == TrafficModel::DataColumn)
            return colours.muted;
        break;
    case RecordKind::Data:
        if (index.column() == TrafficModel::DataColumn)
            return {};
        break;
    }
    return toServer ? colours.toServer : colours.toClient;
}

} // namespace

void TrafficDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const QColor colour = colourOf(index, themeColours(option->palette));
    if (colour.isValid())
        option->palette.setColor(QPalette::Text, colour);
}

} // namespace Sockeye
