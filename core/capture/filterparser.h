// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"

#include <vector>

namespace Sockeye {

enum class FilterComparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual };

struct CaptureFilter::Node
{
    enum class Type {
        And,
        Or,
        Not,
        Connection,
        Server, // by id
        ServerName,
        Length,
        Index,
        Direction,
        Kind,
        Bytes, // hex contains …
        Text, // as Bytes, whatever the case of ASCII letters
    };

    Type type = Type::And;
    FilterComparison comparison = FilterComparison::Equal;
    quint64 number = 0; ///< also a Direction or a RecordKind
    QString name;
    QByteArray bytes; ///< of a Text in lower case
    std::vector<std::shared_ptr<const Node>> children;
    bool needsPayload = false;
};

/// Null for an expression of nothing but spaces.
[[nodiscard]] Result<std::shared_ptr<const CaptureFilter::Node>>
parseFilter(const QString &expression);

} // namespace Sockeye
