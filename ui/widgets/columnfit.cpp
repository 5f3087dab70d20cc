// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/columnfit.h"

#include <QEvent>
#include <QHeaderView>
#include <QTableView>

namespace Sockeye {

ColumnFit::ColumnFit(QTableView *table, int stretched, int least, std::vector<Step> steps)
    : QObject(table)
    , m_table(table)
    , m_stretched(stretched)
    , m_least(least)
    , m_steps(std::move(steps))
{
    for (const Step &step : m_steps)
        m_wide[step.column] = table->columnWidth(step.column);
    QHeaderView *header = table->horizontalHeader();
    header->setStretchLastSection(false);
    header->setSectionResizeMode(stretched, QHeaderView::Stretch);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->viewport()->installEventFilter(this);
    fit();
}

void ColumnFit::fit()
{
    const QHeaderView *header = m_table->horizontalHeader();
    std::map<int, int> widths = m_wide;
    int room = m_table->viewport()->width();
    for (int column = 0; column < header->count(); ++column) {
        const auto wide = widths.find(column);
        if (column != m_stretched)
            room -= wide != widths.end() ? wide->second : header->sectionSize(column);
    }
    for (const Step &step : m_steps) {
        if (room >= m_least)
            break;
        room += widths[step.column] - step.width;
        widths[step.column] = step.width;
    }
    for (const auto &[column, width] : widths) {
        m_table->setColumnHidden(column, width == 0);
        if (width > 0)
            m_table->setColumnWidth(column, width);
    }
}

bool ColumnFit::eventFilter(QObject *watched, QEvent *event)
{
    // Of the viewport alone. The type first: the last events come while the table is being
    // destroyed, and then it must not be asked anything.
    if (event->type() == QEvent::Resize)
        fit();
    return QObject::eventFilter(watched, event);
}

} // namespace Sockeye
