// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

#include <QAbstractItemModel>

#include <vector>

namespace Sockeye {

/// What a decoder made of one message, as a tree of fields.
class DecodedModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column { FieldColumn, ValueColumn, TypeColumn, ColumnCount };
    enum Role { IsErrorRole = Qt::UserRole };

    explicit DecodedModel(QObject *parent = nullptr);

    void setDecoded(Decoded decoded);
    void clear();
    [[nodiscard]] const Decoded &decoded() const { return m_decoded; }
    /// Of the field; the whole message for an index that is not valid.
    [[nodiscard]] const DecodedNode &node(const QModelIndex &index) const;
    /// The innermost field that has that byte of the message; the message itself if none has.
    [[nodiscard]] QModelIndex fieldAt(quint64 offset) const;

    [[nodiscard]] QModelIndex index(int row, int column,
                                    const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    using QObject::parent;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Item
    {
        const DecodedNode *node = nullptr;
        size_t parent = 0; ///< number of its item; the message is its own
        size_t firstChild = 0; ///< the others follow it
        int row = 0;
    };

    [[nodiscard]] const Item &itemOf(const QModelIndex &index) const
    {
        return m_items[index.internalId()];
    }

    Decoded m_decoded;
    std::vector<Item> m_items; ///< the first is the message; breadth first
};

} // namespace Sockeye
