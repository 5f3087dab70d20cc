// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"
#include "core/models/serversmodel.h"

#include <QAbstractTableModel>

#include <deque>

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

    /// Engine::problemsSince(), or a test's own; and the name of a server, for its column.
    struct Source
    {
        std::function<Engine::ProblemChanges(quint64 version)> changes;
        std::function<QString(ServerId)> serverName;
    };
    /// More would hold memory for good: a server that fails in a loop raises one after the other.
    static constexpr int maxRows = 10'000;

    explicit ProblemsModel(const Engine &engine, QObject *parent = nullptr);
    explicit ProblemsModel(Source source, QObject *parent = nullptr);

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
    /// Another problem is the newest that holds, or none is any more.
    void newestChanged();

private:
    /// The name is kept: the server may have gone when the row is read.
    struct Row
    {
        ProblemReport report;
        QString server;
    };
    [[nodiscard]] QVariant text(const Row &row, int column) const;
    void update(const std::vector<ProblemReport> &changed);
    void append(const std::vector<ProblemReport> &added);
    void dropOldest();

    Source m_source;
    quint64 m_version = 0;
    std::deque<Row> m_rows; ///< ordered by id
};

} // namespace Sockeye
