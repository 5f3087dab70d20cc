// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/descriptor.h"

#include <vector>

namespace Sockeye {

/// Descriptors this process may have (the soft limit); INT_MAX without one.
[[nodiscard]] int descriptorLimit();

/// A descriptor with this number or a higher one means that they run out: the lowest free number
/// is always given first. Leaves descriptorReserve free, or half of a very small limit.
[[nodiscard]] int descriptorCeiling();

/// The number that the next descriptor would get; -1 (with errno) if there is none.
[[nodiscard]] int lowestFreeDescriptor();

/// Proves that QLocalServer::listen() will not run out of descriptors half way: at EMFILE it
/// deletes whatever stands at the path. Made before, given free right before the call.
class DescriptorReserve
{
public:
    enum class For {
        Start, ///< everything, so that nothing is touched when it cannot be had
        Listen, ///< what QLocalServer takes for itself
    };

    explicit DescriptorReserve(For what);
    /// False: so many could not be had; errnoValue() says why.
    [[nodiscard]] bool isComplete() const { return m_errnoValue == 0; }
    [[nodiscard]] int errnoValue() const { return m_errnoValue; }
    void giveFree() { m_held.clear(); }

private:
    std::vector<Descriptor> m_held;
    int m_errnoValue = 0;
};

} // namespace Sockeye
