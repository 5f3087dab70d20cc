// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/bytesource.h"

#include <algorithm>

namespace Sockeye {

void PagedBytes::setSource(std::shared_ptr<const ByteSource> source)
{
    m_pages.clear();
    m_source = std::move(source);
    m_size = m_source ? m_source->size() : 0;
}

QByteArray PagedBytes::read(qint64 offset, qint64 count) const
{
    QByteArray result;
    while (count > 0 && offset >= 0 && offset < m_size) {
        const QByteArray part = page(offset / pageSize).mid(offset % pageSize, count);
        if (part.isEmpty())
            break;
        result += part;
        offset += part.size();
        count -= part.size();
    }
    return result;
}

QByteArray PagedBytes::page(qint64 number) const
{
    if (const QByteArray *known = m_pages.object(number))
        return *known;
    const qint64 offset = number * pageSize;
    const QByteArray bytes = m_source->bytes(offset, std::min(pageSize, m_size - offset));
    m_pages.insert(number, new QByteArray(bytes));
    return bytes;
}

} // namespace Sockeye
