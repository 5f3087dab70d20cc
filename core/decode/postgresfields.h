// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/bytereader.h"
#include "core/decode/nodetree.h"

namespace Sockeye {

/// Reads the fields of one PostgreSQL message in order and adds their nodes. After a field that is
/// not there isOver() is true and nothing more is read: what it was has been told.
class PostgresFields
{
public:
    /// Up to @p end, where the message says that it ends.
    PostgresFields(NodeTree &tree, std::span<const std::byte> message, quint64 begin, quint64 end)
        : m_tree(tree)
        , m_reader(message, begin, end)
    { }

    [[nodiscard]] NodeTree &tree() { return m_tree; }
    [[nodiscard]] quint64 at() const { return m_reader.at(); }
    [[nodiscard]] quint64 left() const { return m_reader.left(); }
    [[nodiscard]] QByteArrayView rest() const { return m_reader.rest(); }
    [[nodiscard]] bool isOver() const { return m_isOver || m_tree.isFull(); }

    // Values are displayable; a number is 0 and a text empty where there is none.
    QString string(const QString &name, const QString &type = {});
    quint8 byte(const QString &name, const QString &type = {});
    qint16 int16(const QString &name);
    qint32 int32(const QString &name, const QString &type = {});
    /// @p length: as announced.
    QString bytes(const QString &name, quint64 length, const QString &type = {});
    /// Bytes that are nobody's business: how many there are.
    void secret(const QString &name, quint64 length);
    /// A length (-1: null), then as many bytes.
    QString value(const QString &name);
    /// 0 text, 1 binary.
    void format(const QString &name);
    /// The type of a column or parameter.
    void typeOid(const QString &name);

    /// Runs @p read for @p count parts, "[0]" and on, each a node that @p read fills.
    template <class Read>
    void list(const QString &name, qint64 count, Read read)
    {
        if (isOver() || count <= 0 || !m_tree.open(name, {}, at()))
            return;
        for (qint64 i = 0; i < count && !isOver(); ++i)
            read(QStringLiteral("[%1]").arg(i));
        if (!isOver())
            m_tree.close(at());
    }
    /// A node whose children @p read adds.
    template <class Read>
    void group(const QString &name, Read read)
    {
        if (isOver() || !m_tree.open(name, {}, at()))
            return;
        read();
        if (!isOver())
            m_tree.close(at());
    }

    void wrong(const QString &name, const QString &how, quint64 offset);
    void ended(const QString &name, quint64 offset);

private:
    NodeTree &m_tree;
    ByteReader m_reader;
    bool m_isOver = false;
};

/// A message that has a type byte, from behind its length on. Both return its summary.
[[nodiscard]] QString readPostgresFrontend(char type, PostgresFields &fields);
[[nodiscard]] QString readPostgresBackend(char type, PostgresFields &fields);

} // namespace Sockeye
