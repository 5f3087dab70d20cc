// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/filternode.h"

#include <optional>

namespace Sockeye {

// Values of a filter's fields as people write them. What is written less exactly than it is kept
// stands for all it may mean: 12:01 is a whole minute.

struct FilterValue
{
    NumberRange range;
    NumberField field = NumberField::Index; ///< Time becomes TimeOfDay where no day is written
};

/// Nothing if @p text is no value of @p field.
[[nodiscard]] std::optional<FilterValue> filterValue(NumberField field, const QString &text);
/// The local midnight before @p time, both nanoseconds since 1970: what NumberField::TimeOfDay is
/// counted from.
[[nodiscard]] qint64 midnightBefore(qint64 time);
/// What is expected of a value of @p field, for people.
[[nodiscard]] QString expectedValue(NumberField field);

/// Bytes in hexadecimal, two digits each: "0d0a", "0x0d0a", "0d:0a", "0d 0a".
[[nodiscard]] std::optional<QByteArray> hexValue(QString text);

} // namespace Sockeye
