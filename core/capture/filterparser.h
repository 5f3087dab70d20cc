// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/filternode.h"

#include <span>
#include <variant>

namespace Sockeye {

/// Makes nodes of an expression, null for nothing but spaces. FilterSyntax if that cannot be done.
[[nodiscard]] Result<std::shared_ptr<const CaptureFilter::Node>>
parseFilter(const QString &expression);

/// The fields of the grammar, for completion and documents.
struct FilterFieldName
{
    QLatin1String word;
    std::variant<NumberField, StringField> field;
};
[[nodiscard]] std::span<const FilterFieldName> filterFieldNames();

} // namespace Sockeye
