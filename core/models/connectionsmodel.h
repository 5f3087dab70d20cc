// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"
#include "core/models/serversmodel.h"

#include <QAbstractTableModel>

#include <deque>

namespace Sockeye {

/// Connections of one server or of all: newest first would move rows under the pointer, so new rows
/// come at the end, and the view follows. Closed ones stay as history. Pulls on refresh().
class ConnectionsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        IdColumn,
        PeerColumn,
        UserColumn,
        SentColumn, ///< ↑ what the client sent
        ReceivedColumn, ///< ↓ what it got
        RecordsColumn,
        AgeColumn, ///< age, or how it ended
        RateColumn,
        ColumnCount
    };

    /// Engine::connectionsSince() and its clock, or a test's own.
    struct Source
    {
        std::function<Engine::ConnectionChanges(quint64 version)> changes;
        std::function<Timestamp()> now;
    };
    /// Values of a row's rate, and how often one is taken: a curve over the last half minute.
    static constexpr int rateCount = 60;
    static constexpr std::chrono::milliseconds rateInterval {500};

    /// Closed rows that are kept. The engine tells only of what it forgot before its oldest; one
    /// connection that stays open for days would keep all that came after it.
    static constexpr int maxClosed = 100'000;
    static constexpr int closedSlack = 1'000; ///< dropped at a time: each drop moves rows

    explicit ConnectionsModel(const Engine &engine, QObject *parent = nullptr);
    explicit ConnectionsModel(Source source, QObject *parent = nullptr);
    ~ConnectionsModel() override;

    /// Not valid: all servers.
    void setServer(ServerId id);
    void refresh();
    [[nodiscard]] ServerId server() const { return m_server; }
    [[nodiscard]] std::optional<ConnectionInfo> connectionAt(int row) const;
    [[nodiscard]] int rowOf(ConnectionId id) const; ///< -1
    [[nodiscard]] int openCount() const;
    [[nodiscard]] int closedCount() const; ///< without refused ones
    [[nodiscard]] int refusedCount() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row;
    using Infos = std::vector<ConnectionInfo>;

    void dropBefore(ConnectionId oldest);
    void dropOldestClosed();
    void dropRows(size_t first, size_t end);
    [[nodiscard]] Infos updateKnown(Infos changed);
    void insertNew(Infos added);
    void sampleRates();
    void count(const ConnectionInfo &info, int by);
    [[nodiscard]] int historyCount() const { return rowCount() - m_open; }
    [[nodiscard]] QVariant text(const Row &row, int column) const;
    [[nodiscard]] QString ageText(const ConnectionInfo &info) const;
    [[nodiscard]] size_t lowerBound(ConnectionId id) const;

    Source m_source;
    ServerId m_server;
    quint64 m_version = 0;
    Timestamp m_now; ///< of the last refresh(): all ages of one picture agree
    Timestamp m_sampled;
    int m_open = 0;
    int m_refused = 0;
    std::deque<Row> m_rows; ///< ordered by id
};

} // namespace Sockeye
