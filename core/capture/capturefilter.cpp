// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturefilter.h"

#include "core/capture/filterparser.h"

#include <algorithm>
#include <cstring>

namespace Sockeye {

namespace {

using Node = CaptureFilter::Node;

/// Payload is searched in pieces of this size, so that a long record needs no long buffer.
constexpr qint64 PieceSize = 256 * 1024;

bool compare(quint64 value, FilterComparison comparison, quint64 number)
{
    switch (comparison) {
    case FilterComparison::Equal:
        return value == number;
    case FilterComparison::NotEqual:
        return value != number;
    case FilterComparison::Less:
        return value < number;
    case FilterComparison::LessOrEqual:
        return value <= number;
    case FilterComparison::Greater:
        return value > number;
    case FilterComparison::GreaterOrEqual:
        return value >= number;
    }
    return false;
}

void foldAscii(QByteArray &bytes)
{
    for (char &c : bytes) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + ('a' - 'A'));
    }
}

bool containsBytes(const Node &node, const Record &record, const CaptureLog &log)
{
    const auto needle = static_cast<size_t>(node.bytes.size());
    if (record.kind != RecordKind::Data || record.length < needle)
        return false;
    const auto length = static_cast<qint64>(record.length);
    // Pieces overlap by one byte less than the needle, or a hit across a border would be missed.
    const qint64 overlap = node.bytes.size() - 1;
    for (qint64 at = 0; at + overlap < length; at += PieceSize) {
        QByteArray piece = log.payload(record.index, at, PieceSize + overlap);
        if (node.type == Node::Type::Text)
            foldAscii(piece);
        if (::memmem(piece.constData(), static_cast<size_t>(piece.size()), node.bytes.constData(),
                     needle))
            return true;
    }
    return false;
}

bool isNamed(const Node &node, const Record &record, const CaptureLog &log)
{
    const auto server = log.server(record.server);
    return server && (server->name == node.name || server->address == node.name);
}

bool evaluate(const Node &node, const Record &record, const CaptureLog &log)
{
    const auto isTrue = [&](const auto &child) { return evaluate(*child, record, log); };
    switch (node.type) {
    case Node::Type::And:
        return std::all_of(node.children.begin(), node.children.end(), isTrue);
    case Node::Type::Or:
        return std::any_of(node.children.begin(), node.children.end(), isTrue);
    case Node::Type::Not:
        return !isTrue(node.children.front());
    case Node::Type::Connection:
        return compare(record.connection.value, node.comparison, node.number);
    case Node::Type::Server:
        return compare(record.server.value, node.comparison, node.number);
    case Node::Type::ServerName:
        return isNamed(node, record, log) == (node.comparison == FilterComparison::Equal);
    case Node::Type::Length:
        return compare(record.length, node.comparison, node.number);
    case Node::Type::Index:
        return compare(record.index, node.comparison, node.number);
    case Node::Type::Direction:
        return compare(static_cast<quint64>(record.direction), node.comparison, node.number);
    case Node::Type::Kind:
        return compare(static_cast<quint64>(record.kind), node.comparison, node.number);
    case Node::Type::Bytes:
    case Node::Type::Text:
        return containsBytes(node, record, log);
    }
    return false;
}

} // namespace

Result<CaptureFilter> CaptureFilter::parse(const QString &expression)
{
    auto root = parseFilter(expression);
    if (!root)
        return fail(root.error());
    CaptureFilter filter;
    filter.m_root = std::move(*root);
    return filter;
}

bool CaptureFilter::matches(const Record &record, const CaptureLog &log) const
{
    return !m_root || evaluate(*m_root, record, log);
}

} // namespace Sockeye
