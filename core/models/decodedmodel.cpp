// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/decodedmodel.h"

namespace Sockeye {

DecodedModel::DecodedModel(QObject *parent)
    : QAbstractItemModel(parent)
{ }

void DecodedModel::setDecoded(Decoded decoded)
{
    beginResetModel();
    m_decoded = std::move(decoded);
    m_items.clear();
    m_items.push_back({&m_decoded.root, 0, 0, 0});
    for (size_t parent = 0; parent < m_items.size(); ++parent) {
        m_items[parent].firstChild = m_items.size();
        int row = 0;
        for (const DecodedNode &child : m_items[parent].node->children)
            m_items.push_back({&child, parent, 0, row++});
    }
    endResetModel();
}

void DecodedModel::clear()
{
    beginResetModel();
    m_items.clear();
    m_decoded = {};
    endResetModel();
}

const DecodedNode &DecodedModel::node(const QModelIndex &index) const
{
    return index.isValid() ? *itemOf(index).node : m_decoded.root;
}

QModelIndex DecodedModel::fieldAt(quint64 offset) const
{
    QModelIndex found = index(0, 0);
    for (bool isInside = found.isValid(); isInside;) {
        isInside = false;
        for (int row = 0; row < rowCount(found) && !isInside; ++row) {
            const QModelIndex child = index(row, 0, found);
            const DecodedNode &field = node(child);
            if (offset < field.offset || offset - field.offset >= field.length)
                continue;
            found = child;
            isInside = true;
        }
    }
    return found;
}

QModelIndex DecodedModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    const size_t number =
        parent.isValid() ? itemOf(parent).firstChild + static_cast<size_t>(row) : 0;
    return createIndex(row, column, number);
}

QModelIndex DecodedModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == 0)
        return {};
    const size_t number = itemOf(index).parent;
    return createIndex(m_items[number].row, 0, number);
}

int DecodedModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return m_items.empty() ? 0 : 1;
    return parent.column() == 0 ? static_cast<int>(itemOf(parent).node->children.size()) : 0;
}

int DecodedModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

QVariant DecodedModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const DecodedNode &field = node(index);
    if (role == IsErrorRole)
        return field.isError;
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case FieldColumn:
        return field.name;
    case ValueColumn:
        return index.internalId() != 0 || !field.value.isEmpty() ? field.value : m_decoded.summary;
    case TypeColumn:
        return field.type;
    default:
        return {};
    }
}

QVariant DecodedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case FieldColumn:
        return tr("Field");
    case ValueColumn:
        return tr("Value");
    case TypeColumn:
        return tr("Type");
    default:
        return {};
    }
}

} // namespace Sockeye
