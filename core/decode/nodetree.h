// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

#include <QByteArrayView>

#include <vector>

namespace Sockeye {

/// Builds the tree of one message, from its first byte to its last, and keeps what decoder.h
/// promises: no more nodes, depth and text than it allows, children within their parents, ranges
/// within the message. One thread; for one message.
class NodeTree
{
public:
    /// The root is open. It stands for all of @p message, which must live as long as the tree.
    NodeTree(std::span<const std::byte> message, bool isCut);
    NodeTree(const NodeTree &) = delete;
    NodeTree &operator=(const NodeTree &) = delete;

    // All of these do nothing once the tree is full.

    /// What is added until close() becomes part of it. @p name and @p type are displayable.
    /// False: the tree is full.
    bool open(const QString &name, const QString &type, quint64 offset);
    /// It ends in front of @p end, or where its last child does if that is later.
    void close(quint64 end);
    bool add(const QString &name, const QString &value, const QString &type, quint64 offset,
             quint64 length);
    /// The bytes from @p offset contradict the protocol.
    void addError(const QString &name, const QString &how, quint64 offset, quint64 length);
    /// The message ends where @p name is not over: an error, unless the message is cut. @p offset:
    /// where that began. What is there of it may have been added before.
    void addEnd(const QString &name, quint64 offset);

    /// The innermost open node, to give it a value or a type. Valid until the next call.
    [[nodiscard]] DecodedNode &current() { return *m_open.back(); }
    [[nodiscard]] DecodedNode &root() { return m_root; }
    /// The node that was closed or added last within the open one.
    [[nodiscard]] DecodedNode *last();
    [[nodiscard]] int depth() const { return static_cast<int>(m_open.size()); }
    /// A limit was met and an error node says which: decoding ends.
    [[nodiscard]] bool isFull() const { return m_isFull; }
    [[nodiscard]] bool isCut() const { return m_isCut; }
    [[nodiscard]] bool hasError() const { return m_hasError; }
    [[nodiscard]] quint64 size() const { return m_size; }

    /// A part of the message, as far as it is there.
    [[nodiscard]] QByteArrayView bytes(quint64 offset, quint64 length) const;
    /// displayText(), displayHex() of such a part, as long as a value may be.
    [[nodiscard]] QString textOf(quint64 offset, quint64 length) const;
    [[nodiscard]] QString hexOf(quint64 offset, quint64 length) const;

    /// Closes what is open at the end of the message.
    void closeAll();
    /// After closeAll(): the only child of the root, if there is no other and it is no error,
    /// becomes the root.
    void hoistOnlyChild();

    /// Closes what is open at the end of the message. The tree is empty afterwards.
    [[nodiscard]] Decoded finish(const QString &summary, std::optional<CallMark> call = {});

private:
    DecodedNode *append(quint64 offset, quint64 length);
    void fill(const QString &why, quint64 offset);
    [[nodiscard]] QString paidFor(const QString &text);

    std::span<const std::byte> m_message;
    quint64 m_size;
    DecodedNode m_root;
    std::vector<DecodedNode *> m_open; ///< from the root inwards; no node moves while it is open
    int m_nodes = 1;
    qsizetype m_textLeft;
    bool m_isCut;
    bool m_isFull = false;
    bool m_hasError = false;
};

} // namespace Sockeye
