// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QObject>

#include <map>
#include <vector>

class QTableView;

namespace Sockeye {

/// Fits the columns of a table into its width, so that it need not be scrolled sideways: one column
/// takes what the others leave, and where that would be too little, others are narrowed or hidden
/// in the order in which they can be done without. A child of the table.
class ColumnFit final : public QObject
{
    Q_OBJECT

public:
    /// What is done next to make room; a width of 0 hides the column.
    struct Step
    {
        int column = 0;
        int width = 0;
    };

    /// The columns have the widths that they should have where there is room. @p stretched gets at
    /// least @p least pixels if @p steps can make them.
    ColumnFit(QTableView *table, int stretched, int least, std::vector<Step> steps);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fit();

    QTableView *m_table;
    int m_stretched;
    int m_least;
    std::vector<Step> m_steps;
    std::map<int, int> m_wide; ///< widths of the steps' columns where there is room
};

} // namespace Sockeye
