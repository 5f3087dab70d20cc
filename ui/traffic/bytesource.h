// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QCache>

#include <memory>

namespace Sockeye {

/// Bytes that a view shows without holding them all: it asks for the part that can be seen.
class ByteSource
{
public:
    virtual ~ByteSource() = default;
    [[nodiscard]] virtual qint64 size() const = 0;
    /// At most @p maximum bytes from @p offset; fewer (or none) if they have gone.
    [[nodiscard]] virtual QByteArray bytes(qint64 offset, qint64 maximum) const = 0;
};

/// Bytes in memory.
class MemorySource final : public ByteSource
{
public:
    explicit MemorySource(QByteArray bytes)
        : m_bytes(std::move(bytes))
    { }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] QByteArray bytes(qint64 offset, qint64 maximum) const override
    {
        return m_bytes.mid(offset, maximum);
    }

private:
    QByteArray m_bytes;
};

/// Keeps the pages of a source that were asked for last: painting a row must not read a file for
/// each of its sixteen bytes, and a record of a gigabyte must not come into memory.
class PagedBytes
{
public:
    static constexpr qint64 pageSize = 64 * 1024;
    static constexpr int maxPages = 64; ///< 4 MiB

    PagedBytes()
        : m_pages(maxPages)
    { }

    void setSource(std::shared_ptr<const ByteSource> source);
    [[nodiscard]] qint64 size() const { return m_size; }
    /// Bytes from @p offset across pages; fewer if they have gone or the source ends.
    [[nodiscard]] QByteArray read(qint64 offset, qint64 count) const;
    [[nodiscard]] int cachedPages() const { return static_cast<int>(m_pages.count()); }

private:
    [[nodiscard]] QByteArray page(qint64 number) const;

    std::shared_ptr<const ByteSource> m_source;
    qint64 m_size = 0;
    mutable QCache<qint64, QByteArray> m_pages;
};

} // namespace Sockeye
