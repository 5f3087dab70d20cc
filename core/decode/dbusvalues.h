// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/bytereader.h"
#include "core/decode/nodetree.h"

namespace Sockeye {

/// Which rule a string in a header field obeys.
enum class DBusName : quint8 { None, Bus, Interface, Member, Error };

/// Reads values of the D-Bus specification's type system from a message and adds their nodes.
/// Whatever returns false has added what is wrong, or where the message ends: decoding ends.
class DBusValues
{
public:
    static constexpr quint32 LongestArray = quint32 {1} << 26; ///< bytes, says the specification
    static constexpr int DeepestValue = 64; ///< containers within each other, variants included

    DBusValues(NodeTree &tree, std::span<const std::byte> message)
        : m_tree(tree)
        , m_reader(message)
    { }

    void setBigEndian(bool isBigEndian) { m_isBigEndian = isBigEndian; }
    [[nodiscard]] quint64 at() const { return m_reader.at(); }
    [[nodiscard]] bool isAtEnd() const { return m_reader.isAtEnd(); }
    [[nodiscard]] std::optional<quint8> byte() { return m_reader.byte(); }
    [[nodiscard]] std::optional<quint32> word() { return m_reader.number<quint32>(m_isBigEndian); }

    /// Moves on to a multiple of @p step; what lies between must be 0.
    bool align(quint64 step, const QString &name);
    /// One value after the other, "[0]", "[1]" … @p signature: valid.
    bool sequence(QByteArrayView signature);
    /// A variant that must end in front of @p end, and hold a value of type @p expected unless that
    /// is empty. Its node begins at @p begin.
    bool variant(const QString &name, quint64 begin, quint64 end, QByteArrayView expected,
                 DBusName rule);

private:
    /// How a value gets into the tree.
    struct Place
    {
        QString name;
        std::optional<quint64> begin; ///< nothing: where the value itself begins, once aligned
        QString typeSuffix = {};
        DBusName rule = DBusName::None;
    };

    bool value(const Place &place, QByteArrayView signature);
    bool basic(const Place &place, char type);
    std::optional<QString> basicText(const QString &name, char type, DBusName rule);
    std::optional<QString> stringText(const QString &name, char type, DBusName rule);
    std::optional<QString> fixedText(char type);
    bool innerVariant(const Place &place);
    bool array(const Place &place, QByteArrayView signature);
    bool elements(QByteArrayView signature, quint64 end);
    bool byteArray(const Place &place, quint64 begin, quint64 length);
    bool dictEntry(QByteArrayView signature);
    bool structure(const Place &place, QByteArrayView signature);
    std::optional<QByteArray> signatureText(const QString &name);
    bool ended(const QString &name, quint64 begin);
    bool wrong(const QString &name, const QString &how, quint64 begin);

    NodeTree &m_tree;
    ByteReader m_reader;
    bool m_isBigEndian = false;
    int m_depth = 0;
};

} // namespace Sockeye
