// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/socatimport.h"

#include "core/base/byteview.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>
#include <charconv>

namespace Sockeye {

namespace {

/// A block is recorded in pieces of this; its header only claims to be true.
constexpr qsizetype PieceSize = 1024 * 1024;
/// Connections that blocks are told apart for; more never were at work at a time in a relay whose
/// log people read.
constexpr size_t MostConnections = 256;

/// Reads a line from its left.
class Scanner
{
public:
    explicit Scanner(QByteArrayView text)
        : m_rest(text)
    { }

    [[nodiscard]] bool skip(QByteArrayView expected)
    {
        if (!m_rest.startsWith(expected))
            return false;
        m_rest = m_rest.sliced(expected.size());
        return true;
    }
    [[nodiscard]] bool read(quint64 &number, qsizetype digits = 0)
    {
        const char *begin = m_rest.data();
        const char *end = begin + (digits > 0 ? std::min(digits, m_rest.size()) : m_rest.size());
        const auto [stopped, error] = std::from_chars(begin, end, number);
        const qsizetype length = stopped - begin;
        if (error != std::errc() || (digits > 0 && length != digits))
            return false;
        m_rest = m_rest.sliced(length);
        return true;
    }
    [[nodiscard]] QByteArrayView rest() const { return m_rest; }

private:
    QByteArrayView m_rest;
};

bool readDate(Scanner &scanner, QDateTime &time)
{
    quint64 numbers[6] = {};
    const QByteArrayView marks[] = {"/", "/", " ", ":", ":"};
    for (int i = 0; i < 6; ++i) {
        if (!scanner.read(numbers[i], i == 0 ? 4 : 2) || (i < 5 && !scanner.skip(marks[i])))
            return false;
    }
    const auto part = [&](int i) { return static_cast<int>(numbers[i]); };
    time = QDateTime(QDate(part(0), part(1), part(2)), QTime(part(3), part(4), part(5)));
    return time.isValid();
}

// The digits behind the point as nanoseconds.
std::optional<qint64> readFraction(Scanner &scanner, bool hasMicroseconds)
{
    const QByteArrayView before = scanner.rest();
    quint64 number = 0;
    if (!scanner.read(number))
        return std::nullopt;
    qsizetype digits = before.size() - scanner.rest().size();
    if (digits > 9)
        return std::nullopt;
    if (digits == 9 && hasMicroseconds)
        digits = 6;
    for (; digits < 9; ++digits)
        number *= 10;
    return static_cast<qint64>(std::min<quint64>(number, 999'999'999));
}

int hexDigit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    return -1;
}

// Appends the bytes of one line, at most @p most: each is a space and two digits. What follows them
// (as text, with -v) begins with a space more. Returns how many there were.
qsizetype readHexLine(QByteArrayView line, quint64 most, QByteArray &to)
{
    qsizetype count = 0;
    while (static_cast<quint64>(count) < most && line.size() >= 3 && line[0] == ' ') {
        const int high = hexDigit(line[1]);
        const int low = hexDigit(line[2]);
        if (high < 0 || low < 0)
            break;
        to.append(static_cast<char>(high * 16 + low));
        line = line.sliced(3);
        ++count;
    }
    return count;
}

char unescaped(char character)
{
    switch (character) {
    case 'a':
        return '\a';
    case 'b':
        return '\b';
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'v':
        return '\v';
    case 'f':
        return '\f';
    case 'r':
        return '\r';
    default:
        return character; // a backslash
    }
}

} // namespace

std::optional<SocatHeader> parseSocatHeader(QByteArrayView line, bool hasMicroseconds)
{
    SocatHeader header;
    Scanner scanner(line);
    if (scanner.skip("< "))
        header.direction = Direction::ToClient;
    else if (!scanner.skip("> "))
        return std::nullopt;
    QDateTime time;
    if (!readDate(scanner, time) || !scanner.skip("."))
        return std::nullopt;
    const auto fraction = readFraction(scanner, hasMicroseconds);
    quint64 to = 0;
    if (!fraction || !scanner.skip("  length=") || !scanner.read(header.length)
        || !scanner.skip(" from=") || !scanner.read(header.from) || !scanner.skip(" to=")
        || !scanner.read(to))
        return std::nullopt;
    if (header.length == 0 || to < header.from || to - header.from != header.length - 1)
        return std::nullopt;
    header.time = cappedTime(std::chrono::seconds(time.toSecsSinceEpoch()),
                             std::chrono::nanoseconds(*fraction));
    return header;
}

bool isSocatMessage(QByteArrayView line)
{
    Scanner scanner(line);
    QDateTime time;
    if (!readDate(scanner, time))
        return false;
    quint64 fraction = 0;
    if (scanner.skip(".") && !scanner.read(fraction)) // -lu
        return false;
    return scanner.skip(" socat[");
}

SocatImport::SocatImport(Pcapng::ReadAt read, qint64 size, ForeignRecorder &recorder)
    : m_lines(std::move(read), size)
    , m_recorder(recorder)
    , m_address(QStringLiteral("socat"))
{ }

ForeignReading SocatImport::run()
{
    ForeignReading result;
    while (m_recorder.goesOn(m_lines.position())) {
        const qint64 position = m_lines.position();
        const QByteArrayView line = m_lines.next();
        if (line.isNull())
            break;
        const auto header = parseSocatHeader(line, usesMicroseconds(line));
        if (!header) {
            addMessage(line);
            continue;
        }
        if (m_lines.isCut() || !addBlock(*header)) {
            m_isCut = true;
            result.damage = {position,
                             QT_TRANSLATE_NOOP("Problem", "the file ends inside a block")};
            break;
        }
    }
    if (m_lines.damage())
        result.damage = {m_lines.position(), m_lines.damage()};
    if (m_recorder.connections() == 0)
        result.emptiness =
            QCoreApplication::translate("Problem", "socat passed nothing on in this log");
    return result;
}

// A relay that forks says with -d -d which of its processes is done; which connection that was is
// known where only one process was about to begin.
void SocatImport::addMessage(QByteArrayView line)
{
    if (!isSocatMessage(line))
        return;
    const QByteArray text = line.first(std::min<qsizetype>(line.size(), 1024)).toByteArray();
    const qsizetype begin = text.indexOf('[') + 1;
    const QByteArray process = text.mid(begin, text.indexOf(']') - begin);
    constexpr size_t mostStarting = 64;
    if (text.contains(" listening on ")) {
        const qsizetype family = text.indexOf(" AF=");
        const qsizetype address = family < 0 ? -1 : text.indexOf(' ', family + 4);
        if (address >= 0 && m_recorder.connections() == 0) {
            const QByteArray name = text.mid(address + 1).replace('"', QByteArray());
            m_address = QString::fromUtf8(name);
        }
    } else if (text.contains(" starting data transfer loop") && m_starting.size() < mostStarting) {
        m_starting.push_back(process);
    } else if (text.contains(" is at EOF")) {
        const bool isFirst = text.contains(" socket 1 ");
        const Direction direction = isFirst ? Direction::ToServer : Direction::ToClient;
        std::erase(m_starting, process);
        for (Connection &connection : m_connections) {
            bool &hasEnded = connection.hasEnded[static_cast<size_t>(direction)];
            if (connection.process != process || hasEnded)
                continue;
            hasEnded = true;
            m_recorder.endOfStream(*connection.stream, m_lastTime, direction);
        }
    }
}

// False: the file ends inside of it.
bool SocatImport::addBlock(const SocatHeader &header)
{
    m_lastTime = header.time;
    if (m_form == Form::Unknown)
        m_form = guessForm(header);
    Connection &connection = connectionOf(header);
    const auto side = static_cast<size_t>(header.direction);
    if (header.from > connection.next[side]) {
        m_recorder.gap(*connection.stream, header.time, header.direction,
                       header.from - connection.next[side]);
    }
    m_bytes.clear();
    const quint64 read =
        m_form == Form::Hex ? readHex(connection, header) : readText(connection, header);
    record(connection, header);
    connection.next[side] = header.from + header.length;
    if (read == header.length)
        return true;
    if (m_isCut)
        return false;
    m_recorder.gap(*connection.stream, header.time, header.direction, header.length - read);
    return true;
}

// By the first block. Text that is nothing but a space and two such digits by turns is taken for
// text only if it is as long as the block.
SocatImport::Form SocatImport::guessForm(const SocatHeader &header)
{
    const qint64 position = m_lines.position();
    QByteArray bytes;
    QByteArrayView line = m_lines.next();
    while (isSocatMessage(line)) // of another process, in between
        line = m_lines.next();
    const qsizetype count = readHexLine(line, header.length, bytes);
    const QByteArrayView rest = line.sliced(std::min(3 * count, line.size()));
    const bool isAsLong = static_cast<quint64>(line.size()) == header.length;
    m_lines.goBack(position);
    const bool isHex = count > 0 && (rest.isEmpty() ? !isAsLong : rest.startsWith("  "));
    return isHex ? Form::Hex : Form::Text;
}

quint64 SocatImport::readHex(Connection &connection, const SocatHeader &header)
{
    quint64 read = 0;
    while (read < header.length && m_recorder.goesOn(m_lines.position())) {
        const qint64 position = m_lines.position();
        const QByteArrayView line = m_lines.next();
        if (line.isNull()) {
            m_isCut = true;
            break;
        }
        const qsizetype count = readHexLine(line, header.length - read, m_bytes);
        if (count == 0) {
            if (isSocatMessage(line)) { // of another process, in between
                addMessage(line);
                continue;
            }
            m_lines.goBack(position);
            break;
        }
        read += static_cast<quint64>(count);
        if (m_bytes.size() >= PieceSize)
            record(connection, header);
        if (m_lines.isCut() && read < header.length)
            m_isCut = true;
    }
    return read;
}

quint64 SocatImport::readText(Connection &connection, const SocatHeader &header)
{
    quint64 read = 0;
    bool isEscaped = false;
    while ((read < header.length || isEscaped) && m_recorder.goesOn(m_lines.position())) {
        const quint64 wanted = std::max<quint64>(header.length - read, 1);
        const QByteArrayView text =
            m_lines.take(static_cast<qsizetype>(std::min<quint64>(wanted, PieceSize)));
        if (text.isEmpty()) {
            m_isCut = true;
            break;
        }
        for (const char character : text) {
            if (!isEscaped && character == '\\') {
                isEscaped = true;
                continue;
            }
            m_bytes.append(isEscaped ? unescaped(character) : character);
            isEscaped = false;
            ++read;
        }
        if (m_bytes.size() >= PieceSize)
            record(connection, header);
    }
    return read;
}

void SocatImport::record(Connection &connection, const SocatHeader &header)
{
    if (m_bytes.isEmpty())
        return;
    QString note;
    if (m_form == Form::Text && !connection.isNoted) {
        note = QStringLiteral("socat -v writes a dot for each byte that cannot be printed");
        connection.isNoted = true;
    }
    m_recorder.append(*connection.stream, header.time, header.direction, asBytes(m_bytes), note);
    m_bytes.clear();
}

// The one that stands at this offset; of several the one that was heard last.
SocatImport::Connection &SocatImport::connectionOf(const SocatHeader &header)
{
    const auto side = static_cast<size_t>(header.direction);
    auto found = m_connections.end();
    for (auto it = m_connections.begin(); it != m_connections.end(); ++it) {
        if (it->next[side] == header.from && !it->hasEnded[side])
            found = it;
    }
    if (found == m_connections.end() && header.from > 0 && !m_connections.empty()
        && m_connections.back().next[side] < header.from) {
        found = std::prev(m_connections.end()); // something of it is missing
    }
    if (found != m_connections.end()) {
        m_connections.splice(m_connections.end(), m_connections, found);
        return m_connections.back();
    }
    if (m_connections.size() >= MostConnections)
        m_connections.pop_front();
    Connection &added = m_connections.emplace_back();
    added.stream = m_recorder.open(header.time, m_address);
    added.next[side] = header.from; // what came before the log began is nobody's gap
    if (m_starting.size() == 1)
        added.process = m_starting.front();
    m_starting.clear();
    return added;
}

// Until a header has digits there.
bool SocatImport::usesMicroseconds(QByteArrayView line)
{
    constexpr qsizetype point = 21;
    if (line.size() > point + 4 && line[point] == '.' && line.sliced(point + 1, 3) != "000"
        && parseSocatHeader(line, false) && line.indexOf(' ', point) == point + 10)
        m_hasNanoseconds = true;
    return !m_hasNanoseconds;
}

} // namespace Sockeye
