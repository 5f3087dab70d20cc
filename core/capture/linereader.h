// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/packetfile.h"

#include <QByteArrayView>

namespace Sockeye {

/// Cuts a text file into lines. No line is held that is longer than LongestLine.
class LineReader
{
public:
    /// strace -s writes four characters a byte.
    static constexpr qsizetype LongestLine = 16 * 1024 * 1024;

    LineReader(Pcapng::ReadAt read, qint64 size);

    /// The next line without its end; valid until the next call. A null view at the end and where
    /// there is damage. The last one may lack its end: see isCut().
    [[nodiscard]] QByteArrayView next();
    /// At most @p most characters, whatever they are. For text that may hold line ends.
    [[nodiscard]] QByteArrayView take(qsizetype most);
    /// Reads on from an earlier position().
    void goBack(qint64 position) { m_position = position; }
    /// Whether the last line was not ended.
    [[nodiscard]] bool isCut() const { return m_isCut; }
    /// Where the next line begins.
    [[nodiscard]] qint64 position() const { return m_position; }
    /// A text of the catalogue; null without damage.
    [[nodiscard]] const char *damage() const { return m_damage; }

private:
    FileWindow m_file;
    qint64 m_position = 0;
    bool m_isCut = false;
    const char *m_damage = nullptr;
};

} // namespace Sockeye
