// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/serversmodel.h"
#include "core/system/socketmarks.h"

#include <QAbstractTableModel>

#include <memory>

namespace Sockeye {

/// The local sockets of this machine as rows, ordered by address, a listener before its
/// connections, unnamed ones last. It is handed
/// finished lists, which somebody makes off the window's thread, and changes only the rows that
/// differ, so that selection and place stay; the filter hides rows and sorts nothing.
class SocketsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        AddressColumn,
        KindColumn, ///< stream, datagram, packet
        StateColumn,
        ProcessColumn,
        UserColumn,
        ModeColumn,
        PeerColumn, ///< who is at the other end, or the clients of a listener
        WaitingColumn, ///< clients that a listener has not accepted yet
        MarkColumn,
        ColumnCount
    };

    explicit SocketsModel(QObject *parent = nullptr);
    ~SocketsModel() override;

    /// In the order of the rows. Takes some milliseconds for ten thousand: for the thread that made
    /// the list; setSockets() orders what is not.
    [[nodiscard]] static std::vector<SocketEntry> ordered(std::vector<SocketEntry> sockets);
    void setSockets(std::vector<SocketEntry> sockets);

    /// Rows that hold every word somewhere: in address, process, pid, user, kind, state, peer or
    /// mark. Upper and lower case are the same.
    void setFilter(const QString &words);
    void setListeningOnly(bool on);
    [[nodiscard]] bool isListeningOnly() const { return m_listeningOnly; }

    /// All there are, shown or not.
    [[nodiscard]] int totalCount() const { return static_cast<int>(m_all.size()); }
    [[nodiscard]] const SocketEntry *socketAt(int row) const; ///< nullptr if there is no such row
    [[nodiscard]] int rowOf(quint64 inode) const; ///< -1

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row;
    /// Shared between all rows and shown ones; never changed, so that the same pointer means the
    /// same content.
    using Rows = std::vector<std::shared_ptr<const Row>>;
    struct Difference;

    [[nodiscard]] bool isShown(const Row &row) const;
    void show();
    void insertRows(const Rows &wanted, const Difference &difference);
    void removeRows(const Difference &difference);
    void replaceRows(const Rows &wanted);

    Rows m_all;
    Rows m_rows;
    QStringList m_words;
    bool m_listeningOnly = true;
};

} // namespace Sockeye
