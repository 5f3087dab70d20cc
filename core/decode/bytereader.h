// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>
#include <QtEndian>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

namespace Sockeye {

/// Reads numbers and bytes from a message in order. Nothing is read that is not there: then the
/// answer is nothing and the place stays.
class ByteReader
{
public:
    /// From @p begin up to @p end, both counted from the first byte of @p message.
    explicit ByteReader(std::span<const std::byte> message, quint64 begin = 0,
                        quint64 end = ~quint64 {0})
        : m_message(message)
        , m_end(std::min<quint64>(end, message.size()))
        , m_at(std::min(begin, m_end))
    { }

    [[nodiscard]] quint64 at() const { return m_at; }
    [[nodiscard]] quint64 end() const { return m_end; }
    [[nodiscard]] quint64 left() const { return m_end - m_at; }
    [[nodiscard]] bool isAtEnd() const { return m_at == m_end; }
    void seek(quint64 at) { m_at = std::min(at, m_end); }
    void skip(quint64 count) { m_at += std::min(count, left()); }

    template <class T>
    [[nodiscard]] std::optional<T> big()
    {
        return take<T>([](const void *from) { return qFromBigEndian<T>(from); });
    }
    template <class T>
    [[nodiscard]] std::optional<T> little()
    {
        return take<T>([](const void *from) { return qFromLittleEndian<T>(from); });
    }
    template <class T>
    [[nodiscard]] std::optional<T> number(bool isBigEndian)
    {
        return isBigEndian ? big<T>() : little<T>();
    }
    [[nodiscard]] std::optional<quint8> byte() { return big<quint8>(); }

    [[nodiscard]] std::optional<QByteArrayView> bytes(quint64 count)
    {
        if (count > left())
            return std::nullopt;
        const QByteArrayView found(data(), static_cast<qsizetype>(count));
        m_at += count;
        return found;
    }
    /// All that is left.
    [[nodiscard]] QByteArrayView rest() const { return {data(), static_cast<qsizetype>(left())}; }
    /// Up to a byte 0, which is skipped.
    [[nodiscard]] std::optional<QByteArrayView> untilNul()
    {
        const qsizetype length = rest().indexOf('\0');
        if (length < 0)
            return std::nullopt;
        const QByteArrayView found = rest().first(length);
        m_at += static_cast<quint64>(length) + 1;
        return found;
    }

private:
    [[nodiscard]] const std::byte *data() const { return m_message.data() + m_at; }

    template <class T, class Read>
    [[nodiscard]] std::optional<T> take(Read read)
    {
        if (left() < sizeof(T))
            return std::nullopt;
        const T found = read(data());
        m_at += sizeof(T);
        return found;
    }

    std::span<const std::byte> m_message;
    quint64 m_end;
    quint64 m_at;
};

} // namespace Sockeye
