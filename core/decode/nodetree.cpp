// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/nodetree.h"

#include "core/decode/displaytext.h"

#include <algorithm>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// UTF-16 units of all names, values and types of a tree together. Beyond that each is cut to
/// ShortText: full values for all nodes a tree may have would be 100 MB.
constexpr qsizetype MostText = 2'000'000;
constexpr qsizetype ShortText = 40;

} // namespace

NodeTree::NodeTree(std::span<const std::byte> message, bool isCut)
    : m_message(message)
    , m_size(message.size())
    , m_open {&m_root}
    , m_textLeft(MostText)
    , m_isCut(isCut)
{
    m_root.length = m_size;
}

QString NodeTree::paidFor(const QString &text)
{
    QString kept = elided(text, m_textLeft > 0 ? Decoder::LongestValue : ShortText);
    m_textLeft -= kept.size();
    return kept;
}

void NodeTree::fill(const QString &why, quint64 offset)
{
    m_isFull = true;
    m_hasError = true;
    // A place for this node was kept free; it stands in a node that may have no further level.
    DecodedNode node;
    node.name = u"limit"_s;
    node.value = why;
    node.offset = std::min(offset, m_size);
    node.length = m_size - node.offset;
    node.isError = true;
    m_open.back()->children.push_back(std::move(node));
    ++m_nodes;
}

DecodedNode *NodeTree::append(quint64 offset, quint64 length)
{
    if (m_isFull)
        return nullptr;
    if (m_nodes + 1 >= Decoder::MostNodes) {
        fill(u"more than %1 parts: the rest is not shown"_s.arg(Decoder::MostNodes), offset);
        return nullptr;
    }
    ++m_nodes;
    DecodedNode &parent = current();
    DecodedNode &node = parent.children.emplace_back();
    // A part never begins in front of the whole, or behind the message.
    node.offset = std::clamp(offset, std::min(parent.offset, m_size), m_size);
    node.length = std::min(length, m_size - node.offset);
    return &node;
}

bool NodeTree::open(const QString &name, const QString &type, quint64 offset)
{
    // One level is kept for what is in it, be it an error node.
    if (!m_isFull && depth() + 1 >= Decoder::DeepestNesting) {
        fill(u"nested deeper than %1 levels: the rest is not shown"_s.arg(Decoder::DeepestNesting),
             offset);
        return false;
    }
    DecodedNode *node = append(offset, 0);
    if (!node)
        return false;
    node->name = paidFor(name);
    node->type = paidFor(type);
    m_open.push_back(node);
    return true;
}

void NodeTree::close(quint64 end)
{
    if (m_open.size() < 2)
        return;
    DecodedNode &node = current();
    if (!node.children.empty())
        end = std::max(end, node.children.back().offset + node.children.back().length);
    end = std::clamp(end, node.offset, m_size);
    node.length = end - node.offset;
    node.value = paidFor(node.value);
    m_open.pop_back();
}

bool NodeTree::add(const QString &name, const QString &value, const QString &type, quint64 offset,
                   quint64 length)
{
    DecodedNode *node = append(offset, length);
    if (!node)
        return false;
    node->name = paidFor(name);
    node->value = paidFor(value);
    node->type = paidFor(type);
    return true;
}

void NodeTree::addError(const QString &name, const QString &how, quint64 offset, quint64 length)
{
    if (!add(name, how, {}, offset, length))
        return;
    current().children.back().isError = true;
    m_hasError = true;
}

void NodeTree::addEnd(const QString &name, quint64 offset)
{
    if (!m_isCut)
        addError(name, u"the message ends before this does"_s, offset,
                 m_size - std::min(offset, m_size));
}

DecodedNode *NodeTree::last()
{
    return current().children.empty() ? nullptr : &current().children.back();
}

QByteArrayView NodeTree::bytes(quint64 offset, quint64 length) const
{
    if (offset >= m_size)
        return {};
    const auto part = m_message.subspan(static_cast<size_t>(offset),
                                        static_cast<size_t>(std::min(length, m_size - offset)));
    return {part.data(), static_cast<qsizetype>(part.size())};
}

QString NodeTree::textOf(quint64 offset, quint64 length) const
{
    return displayText(bytes(offset, length), Decoder::LongestValue);
}

QString NodeTree::hexOf(quint64 offset, quint64 length) const
{
    return displayHex(bytes(offset, length), Decoder::LongestValue);
}

void NodeTree::hoistOnlyChild()
{
    closeAll();
    if (m_root.children.size() != 1 || m_root.children.front().isError)
        return;
    DecodedNode only = std::move(m_root.children.front());
    m_root.value = only.value;
    m_root.type = only.type;
    m_root.children = std::move(only.children);
    --m_nodes;
}

void NodeTree::closeAll()
{
    while (m_open.size() > 1)
        close(m_size);
}

Decoded NodeTree::finish(const QString &summary, std::optional<CallMark> call)
{
    closeAll();
    m_root.offset = 0;
    m_root.length = m_size;
    m_root.value = paidFor(m_root.value);
    Decoded decoded;
    decoded.summary = elided(summary, LongestSummary);
    decoded.isValid = !m_hasError && !m_root.isError;
    decoded.call = std::move(call);
    decoded.root = std::move(m_root);
    m_root = {};
    m_open = {&m_root};
    return decoded;
}

} // namespace Sockeye
