// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <cstddef>
#include <span>

namespace Sockeye {

/// A file (0600) that takes its name when it is complete and on the disk. What stood there before
/// stays until then; if anything fails, it stays for good and nothing else is left.
class AtomicFile
{
public:
    enum class Existing {
        Replaced,
        Kept, ///< FileExists, also if it came while this one was written
    };

    /// Fails if @p file is there and is not a regular file, or is to be kept.
    [[nodiscard]] static Result<AtomicFile> create(const QString &file,
                                                   Existing existing = Existing::Replaced);
    /// Without commit(): removes what was written.
    ~AtomicFile();
    AtomicFile(AtomicFile &&other) noexcept;
    AtomicFile &operator=(AtomicFile &&) = delete;
    AtomicFile(const AtomicFile &) = delete;
    AtomicFile &operator=(const AtomicFile &) = delete;

    [[nodiscard]] Result<> write(std::span<const std::byte> bytes);
    [[nodiscard]] Result<> commit();

private:
    AtomicFile(const QString &file, Existing existing, const QByteArray &temporary,
               Descriptor target);

    QString m_file;
    Existing m_existing = Existing::Replaced;
    QByteArray m_temporary; ///< empty: none is there
    Descriptor m_target;
};

/// FileUnwritable, of @p file.
[[nodiscard]] Problem unwritable(const QString &file, int errnoValue);

} // namespace Sockeye
