// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/linereader.h"

#include <algorithm>
#include <cstring>

namespace Sockeye {

namespace {

QByteArrayView toText(Pcapng::ByteView bytes, size_t length)
{
    return {reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(length)};
}

} // namespace

LineReader::LineReader(Pcapng::ReadAt read, qint64 size)
    : m_file(std::move(read), size)
{ }

QByteArrayView LineReader::next()
{
    m_isCut = false;
    const qint64 rest = m_file.size() - m_position;
    if (rest <= 0 || m_damage)
        return {};
    // Most lines are short. What is in the window already costs nothing to see; four times as much
    // each time keeps the work linear.
    for (size_t wanted = 4096;; wanted *= 4) {
        const auto bytes = m_file.view(m_position, wanted);
        if (bytes.empty() || (bytes.size() < wanted && static_cast<qint64>(bytes.size()) < rest)) {
            m_damage = QT_TRANSLATE_NOOP("Problem", "it cannot be read");
            return {};
        }
        const auto length = std::min<size_t>(bytes.size(), LongestLine);
        if (const void *end = std::memchr(bytes.data(), '\n', length)) {
            const auto size =
                static_cast<size_t>(static_cast<const std::byte *>(end) - bytes.data());
            m_position += static_cast<qint64>(size) + 1;
            return toText(bytes, size);
        }
        if (static_cast<qint64>(bytes.size()) >= rest && length == bytes.size()) {
            m_isCut = true;
            m_position += static_cast<qint64>(length);
            return toText(bytes, length);
        }
        if (length == LongestLine) {
            m_damage = QT_TRANSLATE_NOOP("Problem", "a line is too long");
            return {};
        }
    }
}

QByteArrayView LineReader::take(qsizetype most)
{
    const auto bytes = m_file.view(m_position, static_cast<size_t>(most));
    const size_t length = std::min(bytes.size(), static_cast<size_t>(most));
    if (length == 0)
        return {};
    m_position += static_cast<qint64>(length);
    return toText(bytes, length);
}

} // namespace Sockeye
