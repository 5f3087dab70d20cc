// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/problem.h"

#include <tl/expected.hpp>

namespace Sockeye {

/// A value, or the Problem that stood in its way. Nothing is thrown across a floor.
template <class T = void>
using Result = tl::expected<T, Problem>;

/// The failed half of a Result: return fail({ProblemCode::NameEmpty});
inline tl::unexpected<Problem> fail(Problem problem)
{
    return tl::unexpected<Problem>(std::move(problem));
}

} // namespace Sockeye
