// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/access/socketaddress.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"

namespace Sockeye {

/// The right to look at an address, clear it and listen there: an flock() on "<address>.lock", as
/// Wayland and PostgreSQL use it, so that of several starters exactly one wins. Held as long as
/// the server listens; the file is removed on release.
///
/// The file carries the mark "sockeye <pid>". A file of that name which does not, or which belongs
/// to somebody else, is neither changed nor removed: LockUnusable.
class AddressLock
{
public:
    AddressLock() = default;
    AddressLock(AddressLock &&other) noexcept = default;
    AddressLock &operator=(AddressLock &&other) noexcept;
    ~AddressLock() { release(); }

    /// Waits up to a second, without an event loop, for another starter that is about to fail or
    /// to stop; not at all for one that listens. AddressBeingTaken, LockUnusable or
    /// DescriptorsExhausted.
    [[nodiscard]] static Result<AddressLock> take(const SocketAddress &address);

    [[nodiscard]] bool isHeld() const { return m_file.isValid(); }
    /// Tells other starters that waiting is of no use.
    void markListening();
    void release();

private:
    QByteArray m_path;
    Descriptor m_file;
};

} // namespace Sockeye
