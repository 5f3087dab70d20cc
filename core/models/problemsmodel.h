// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"
#include "core/models/serversmodel.h"

#include <QAbstractTableModel>

namespace Sockeye {

/// Problems, newest last. Pulls on refresh().
class ProblemsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        TimeColumn,
        ServerColumn,
        ProblemColumn, ///< what happened; tooltip: why and what to do
        ErrorColumn, ///< Qt's enumerator
        ErrnoColumn,
        ColumnCount
    };

    explicit ProblemsModel(const Engine &engine, QObject *parent = nullptr);

    void refresh();
    [[nodiscard]] const ProblemReport &at(int row) const;
    /// The newest one that still holds, for the bar; nullptr: none.
    [[nodiscard]] const ProblemReport *newestCurrent() const;
    [[nodiscard]] int currentCount() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

Q_SIGNALS:
    void newestChanged();

private:
    const Engine &m_engine;
    quint64 m_version = 0;
    std::vector<ProblemReport> m_reports;
};

} // namespace Sockeye
