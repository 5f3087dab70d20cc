// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/linereader.h"
#include "core/capture/packetimport.h"

#include <list>

namespace Sockeye {

/// The line that socat writes in front of what it passed on.
struct SocatHeader
{
    Direction direction = Direction::ToServer; ///< ">", from its first address to its second
    Timestamp time;
    quint64 length = 0;
    quint64 from = 0; ///< of all that went this way
};
/// Nothing if @p line is none. socat 1.7 writes microseconds into a field of nine digits: where
/// @p hasMicroseconds is set, the first three of nine are left out.
[[nodiscard]] std::optional<SocatHeader> parseSocatHeader(QByteArrayView line,
                                                          bool hasMicroseconds);
/// Whether @p line is a message of socat itself (-d -d).
[[nodiscard]] bool isSocatMessage(QByteArrayView line);

/// Records what a log of socat -v, -x or both tells.
///
/// A relay that forks writes the blocks of all its connections into one log, without saying which
/// is whose: they are told apart by their offsets. Of -v alone, bytes that cannot be printed are
/// lost; a note of each connection says so.
class SocatImport
{
public:
    SocatImport(Pcapng::ReadAt read, qint64 size, ForeignRecorder &recorder);

    [[nodiscard]] ForeignReading run();

private:
    struct Connection
    {
        std::unique_ptr<CaptureStream> stream;
        quint64 next[2] = {0, 0};
        bool hasEnded[2] = {false, false};
        QByteArray process; ///< empty: not known
        bool isNoted = false;
    };
    using Connections = std::list<Connection>; ///< the one that was silent longest first
    enum class Form { Unknown, Text, Hex };

    void addMessage(QByteArrayView line);
    [[nodiscard]] bool addBlock(const SocatHeader &header);
    [[nodiscard]] Form guessForm(const SocatHeader &header);
    [[nodiscard]] quint64 readHex(Connection &connection, const SocatHeader &header);
    [[nodiscard]] quint64 readText(Connection &connection, const SocatHeader &header);
    void record(Connection &connection, const SocatHeader &header);
    [[nodiscard]] Connection &connectionOf(const SocatHeader &header);
    [[nodiscard]] bool usesMicroseconds(QByteArrayView line);

    LineReader m_lines;
    ForeignRecorder &m_recorder;
    Connections m_connections;
    std::vector<QByteArray> m_starting; ///< processes that will pass on, but have not yet
    QString m_address;
    Form m_form = Form::Unknown;
    QByteArray m_bytes; ///< read, not yet recorded
    bool m_isCut = false; ///< the file ends inside a block
    Timestamp m_lastTime;
    bool m_hasNanoseconds = false;
};

} // namespace Sockeye
