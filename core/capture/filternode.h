// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/bytepattern.h"
#include "core/capture/bytesearch.h"
#include "core/capture/capturefilter.h"

#include <limits>
#include <vector>

namespace Sockeye {

/// Fields of a record that are numbers, or are compared as such.
enum class NumberField : quint8 {
    Index,
    Connection,
    Server, // by id
    Length,
    Direction,
    Kind,
    Time, // nanoseconds since 1970
    TimeOfDay, // nanoseconds since the local midnight before the capture's first record
    Since, // nanoseconds since the capture's first record
    Pid,
    Uid,
    Gid,
    Descriptors, // how many came with the bytes
};

enum class StringField : quint8 {
    Server, // its name or its address
    Executable,
    Command,
    User,
    Group,
    Note,
};

/// What a filter has to look at to answer a test; cheap ones first.
enum class FilterCost : quint8 { Index, Connection, Note, Payload };

/// Numbers from low to high, both included.
struct NumberRange
{
    qint64 low = std::numeric_limits<qint64>::min();
    qint64 high = std::numeric_limits<qint64>::max();
};

/// What a string or the payload is compared with.
struct TextTest
{
    enum class Operator : quint8 { Equals, Contains, StartsWith, Matches };

    Operator op = Operator::Equals;
    QString equal = {}; ///< Equals
    ByteSearch search = {}; ///< Contains, StartsWith
    std::shared_ptr<const BytePattern> pattern = {}; ///< Matches
};

/// One condition of a filter, or several put together.
struct CaptureFilter::Node
{
    enum class Type : quint8 { And, Or, Not, Number, String, Payload };

    Type type = Type::And;
    FilterCost cost = FilterCost::Index; ///< of a group: the dearest of its children
    std::vector<std::shared_ptr<const Node>> children = {};

    NumberField number = NumberField::Index;
    std::vector<NumberRange> ranges = {}; ///< Number: true if the value is in one of them …
    bool isNegated = false; ///< … or, of Number and String, in none

    StringField string = StringField::Server;
    std::vector<TextTest> tests = {}; ///< String: one of them holds; Payload: there is only one
    /// Of a test that only a connection (or server) decides: its number among those of the filter,
    /// so that the answer can be kept.
    int memo = -1;
};

} // namespace Sockeye
