// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/packetnumbers.h"

#include "core/capture/capturelog.h"

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/scratchfolder.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QtEndian>
#include <QtTest>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <numeric>

using namespace Sockeye;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;

/// Fields of every packet as tshark sees them, a line each; nothing if it is not installed.
std::optional<QStringList> tshark(const QString &file, const QStringList &fields)
{
    if (QStandardPaths::findExecutable(QStringLiteral("tshark")).isEmpty())
        return std::nullopt;
    QStringList arguments {QStringLiteral("-r"), file, QStringLiteral("-T"),
                           QStringLiteral("fields")};
    for (const QString &field : fields)
        arguments << QStringLiteral("-e") << field;
    QProcess process;
    process.start(QStringLiteral("tshark"), arguments);
    if (!process.waitForFinished(100'000))
        return std::nullopt;
    return QString::fromUtf8(process.readAllStandardOutput())
        .split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

template <class T>
void append(QByteArray &to, T value, bool isSwapped)
{
    if (isSwapped)
        value = qbswap(value);
    to.append(reinterpret_cast<const char *>(&value), sizeof value);
}

QByteArray block(quint32 type, QByteArray body, bool isSwapped = false)
{
    while (body.size() % 4 != 0)
        body.append('\0');
    QByteArray result;
    const auto length = static_cast<quint32>(body.size() + 12);
    append(result, type, isSwapped);
    append(result, length, isSwapped);
    result += body;
    append(result, length, isSwapped);
    return result;
}

QByteArray section(bool isSwapped = false)
{
    QByteArray header;
    append(header, Pcapng::ByteOrderMagic, isSwapped);
    append(header, quint16 {1}, isSwapped);
    append(header, quint16 {0}, isSwapped);
    append(header, qint64 {-1}, isSwapped);
    QByteArray interface;
    append(interface, Pcapng::LinkTypeIpv4, isSwapped);
    append(interface, quint16 {0}, isSwapped);
    append(interface, quint32 {0}, isSwapped);
    return block(Pcapng::SectionHeaderBlock, header, isSwapped)
        + block(Pcapng::InterfaceBlock, interface, isSwapped);
}

// Not TCP, which is nothing to the numbers.
const QByteArray ipPacket = QByteArray::fromHex("4500001400000000 40fd0000 0a000001 0a800001");

QByteArray packet(bool isSwapped = false)
{
    QByteArray body;
    for (const quint32 value : {0u, 0u, 5u, 20u, 20u})
        append(body, value, isSwapped);
    return block(Pcapng::EnhancedPacketBlock, body + ipPacket, isSwapped);
}

QByteArray obsoletePacket()
{
    QByteArray body;
    for (const quint32 value : {0u, 0u, 5u, 20u, 20u})
        append(body, value, false);
    return block(2, body + ipPacket);
}

QByteArray simplePacket()
{
    QByteArray body;
    append(body, quint32 {20}, false);
    return block(3, body + ipPacket);
}

QByteArray sysdigEvent(quint32 type)
{
    QByteArray body;
    append(body, quint16 {0}, false);
    append(body, quint64 {5}, false);
    append(body, quint64 {1}, false);
    append(body, quint32 {26}, false);
    append(body, quint16 {1}, false);
    return block(type, body + QByteArray(14, '\0'));
}

PacketNumbers numbersOf(const QByteArray &bytes)
{
    return PacketNumbers([bytes](qint64 offset, std::span<std::byte> to) {
        const qsizetype count =
            std::clamp<qsizetype>(bytes.size() - offset, 0, static_cast<qsizetype>(to.size()));
        std::memcpy(to.data(), bytes.constData() + offset, static_cast<size_t>(count));
        return qint64 {count};
    });
}

} // namespace

class tst_PacketNumbers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordsArePackets();
    void blocksOfOthers_data();
    void blocksOfOthers();
    void aGrowingFile();
    void whatIsNoPacket();
    void mergedConversations();
    void tenMillionPackets();
    void aFileThatIsNotThere();
};

// Every record of a capture of several segments, saved as one file of several sections, against
// the numbers that tshark gives.
void tst_PacketNumbers::recordsArePackets()
{
    const ScratchFolder scratch;
    ManualClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    options.limit = 1024 * 1024 * 1024;
    options.segmentSize = 4 * 1024 * 1024;
    auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    QRandomGenerator random(7);
    std::vector<std::unique_ptr<CaptureStream>> streams;
    for (quint64 id = 1; id <= 30; ++id)
        streams.push_back((*log)->openStream(testConnection(id), RecordingPolicy::Lossless));
    for (int step = 0; step < 3000; ++step) {
        clock.advance(std::chrono::microseconds(10));
        const int length = 1 + random.bounded(random.bounded(50) == 0 ? 400'000 : 500);
        QVERIFY(streams[random.bounded(30u)]->append(static_cast<Direction>(random.bounded(2)),
                                                     asSpan(QByteArray(length, 'z'))));
    }
    for (const auto &stream : streams)
        QVERIFY(stream->endOfStream(toServer));
    QVERIFY((*log)->flush());
    QVERIFY((*log)->statistics().segments > 2);
    const QString file = scratch.file(QStringLiteral("all.pcapng"));
    QVERIFY((*log)->save(file));

    const auto lines = tshark(file,
                              {QStringLiteral("frame.number"), QStringLiteral("tcp.srcport"),
                               QStringLiteral("tcp.dstport"), QStringLiteral("tcp.len"),
                               QStringLiteral("tcp.flags.syn"), QStringLiteral("tcp.flags.fin")});
    if (!lines)
        QSKIP("tshark is not installed");
    // What a conversation's packets are, in their order: number and length.
    std::map<std::pair<quint64, Direction>, std::vector<RecordPacket>> data, ends;
    std::map<quint64, quint64> opened;
    for (const QString &line : *lines) {
        const QStringList fields = line.split(QLatin1Char('\t'));
        const auto direction = fields[2].toUInt() == Pcapng::ServerPort ? toServer : toClient;
        const quint64 id = fields[direction == toServer ? 1 : 2].toUInt() - Pcapng::FirstClientPort;
        const RecordPacket packet {fields[0].toULongLong(), 0, fields[3].toUInt()};
        if (fields[4] == QLatin1String("1"))
            opened.try_emplace(id, packet.number);
        else if (packet.payload > 0)
            data[{id, direction}].push_back(packet);
        else if (fields[5] == QLatin1String("1"))
            ends[{id, direction}].push_back(packet);
    }

    const auto saved = CaptureLog::open(file);
    QVERIFY(saved);
    auto numbers = PacketNumbers::open(file);
    QVERIFY(numbers);
    const std::vector<Record> records = (*saved)->records(0, 100'000);
    QCOMPARE(records.size(), 3000u + 2 * 30u);
    size_t longest = 0;
    std::map<RecordIndex, std::vector<RecordPacket>> found;
    // In any order: the walk goes on from a checkpoint before the place.
    std::vector<RecordIndex> order(records.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    for (const RecordIndex index : order) {
        const auto place = (*saved)->place(index);
        QVERIFY(place);
        QCOMPARE(place->file, file);
        found[index] = numbers->packetsOf(records[index], place->offset, 1000);
        QVERIFY(!found[index].empty());
        QCOMPARE(numbers->numberAt(place->offset), std::optional(found[index].front().number));
    }
    for (const Record &record : records) {
        const std::vector<RecordPacket> &packets = found[record.index];
        longest = std::max(longest, packets.size());
        if (record.kind != RecordKind::Data) {
            QCOMPARE(packets.size(), 1u);
            const quint64 expected = record.kind == RecordKind::Opened
                ? opened[record.connection.value]
                : ends[std::pair(record.connection.value, record.direction)].front().number;
            QCOMPARE(packets.front().number, expected);
            continue;
        }
        quint64 length = 0;
        for (const RecordPacket &packet : packets) {
            auto &expected = data[{record.connection.value, record.direction}];
            QVERIFY(!expected.empty());
            QCOMPARE(packet.number, expected.front().number);
            QCOMPARE(packet.payload, expected.front().payload);
            QCOMPARE(packet.payloadOffset, length);
            length += packet.payload;
            expected.erase(expected.begin());
        }
        QCOMPARE(length, record.length);
    }
    QVERIFY(longest >= 5);
    for (const auto &[where, rest] : data)
        QVERIFY(rest.empty());
}

void tst_PacketNumbers::blocksOfOthers_data()
{
    QTest::addColumn<QByteArray>("between");
    QTest::addColumn<int>("packets");
    QTest::newRow("nothing") << QByteArray() << 0;
    QTest::newRow("obsolete packet") << obsoletePacket() << 1;
    QTest::newRow("simple packet") << simplePacket() << 1;
    QTest::newRow("names") << block(4, QByteArray(4, '\0')) << 0;
    QTest::newRow("statistics") << block(5, QByteArray::fromHex("00000000 00000000 05000000")) << 0;
    QTest::newRow("secrets") << block(10, QByteArray::fromHex("4b534c54 04000000") + "abc\n") << 0;
    QTest::newRow("journal entry")
        << block(9, "__REALTIME_TIMESTAMP=1600000000000000\nMESSAGE=hi\n") << 1;
    QTest::newRow("custom") << block(0xBAD, QByteArray::fromHex("d97e0000") + "abcd") << 1;
    QTest::newRow("custom, not to be copied")
        << block(0x40000BAD, QByteArray::fromHex("d97e0000") + "abcd") << 1;
    QTest::newRow("event") << sysdigEvent(0x204) << 1;
    QTest::newRow("event, version 2") << sysdigEvent(0x216) << 1;
    QTest::newRow("large event, version 2") << sysdigEvent(0x221) << 1;
    QTest::newRow("unknown") << block(0x80000123, "abcd") << 0;
    QTest::newRow("interface") << block(1, QByteArray::fromHex("e4000000 00000000")) << 0;
    QTest::newRow("other byte order")
        << section(true) + packet(true) + packet(true) + section() << 2;
}

void tst_PacketNumbers::blocksOfOthers()
{
    QFETCH(QByteArray, between);
    QFETCH(int, packets);
    const QByteArray front = section() + packet() + between;
    const ScratchFolder scratch;
    const QString file = scratch.write(QStringLiteral("made.pcapng"), front + packet());
    PacketNumbers numbers = numbersOf(front + packet());
    QCOMPARE(numbers.numberAt(static_cast<quint64>(front.size())),
             std::optional<quint64>(2 + packets));
    const auto lines = tshark(file, {QStringLiteral("frame.number")});
    if (!lines)
        QSKIP("tshark is not installed: its numbers were not compared");
    QCOMPARE(lines->size(), 2 + packets);
}

void tst_PacketNumbers::aGrowingFile()
{
    const ScratchFolder scratch;
    const QString path = scratch.write(QStringLiteral("growing.pcapng"), section());
    auto numbers = PacketNumbers::open(path);
    QVERIFY(numbers);
    const auto first = static_cast<quint64>(section().size());
    const auto step = static_cast<quint64>(packet().size());
    QCOMPARE(numbers->numberAt(first), std::nullopt);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Append));
    for (quint64 count = 0; count < 5000; ++count) {
        file.write(packet());
        if (count % 700 != 0)
            continue;
        QVERIFY(file.flush());
        QCOMPARE(numbers->numberAt(first + count * step), std::optional(count + 1));
        QCOMPARE(numbers->numberAt(first + count * step + step), std::nullopt);
    }
}

void tst_PacketNumbers::whatIsNoPacket()
{
    const QByteArray bytes = section() + packet() + packet();
    PacketNumbers numbers = numbersOf(bytes);
    for (quint64 offset = 0; offset <= static_cast<quint64>(bytes.size()) + 100; ++offset) {
        const auto first = static_cast<quint64>(section().size());
        const auto second = first + static_cast<quint64>(packet().size());
        const auto expected = offset == first ? std::optional<quint64>(1)
            : offset == second                ? std::optional<quint64>(2)
                                              : std::nullopt;
        QCOMPARE(numbers.numberAt(offset), expected);
    }
    QCOMPARE(numbers.numberAt(~quint64 {0}), std::nullopt);
    // Lengths that lead nowhere, or backwards.
    for (const quint32 length : {0u, 8u, 13u, 0x7fffffffu, 0xffffffffu}) {
        QByteArray damaged = bytes;
        qToLittleEndian(length, damaged.data() + section().size() + 4);
        PacketNumbers broken = numbersOf(damaged);
        QCOMPARE(broken.numberAt(static_cast<quint64>(section().size() + packet().size())),
                 std::nullopt);
    }
    PacketNumbers none = numbersOf("this is no capture, but long enough to be one");
    QCOMPARE(none.numberAt(0), std::nullopt);
    QCOMPARE(none.numberAt(12), std::nullopt);
}

// As mergecap leaves them: packets of one record between those of another.
void tst_PacketNumbers::mergedConversations()
{
    const ScratchFolder scratch;
    const ManualClock clock;
    QByteArray parts[2];
    for (const quint64 id : {1u, 2u}) {
        CaptureOptions options;
        options.file = scratch.file(QString::number(id));
        auto log = CaptureLog::create(options, clock);
        QVERIFY(log);
        const auto stream = (*log)->openStream(testConnection(id), RecordingPolicy::Lossless);
        QVERIFY(stream->append(toClient, asSpan(QByteArray(200'000, 'x'))));
        QVERIFY((*log)->flush());
        QFile written(options.file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        parts[id - 1] = written.readAll();
    }
    // Cut into blocks, and laid one by one.
    QByteArray merged;
    qsizetype at[2] = {0, 0};
    QList<int> numbersOfFirst;
    int number = 0;
    for (bool isDone = false; !isDone;) {
        isDone = true;
        for (const int part : {0, 1}) {
            if (at[part] >= parts[part].size())
                continue;
            isDone = false;
            const auto *from = parts[part].constData() + at[part];
            const auto length = qFromLittleEndian<quint32>(from + 4);
            const bool isPacket = qFromLittleEndian<quint32>(from) == 6;
            number += isPacket ? 1 : 0;
            if (isPacket && length > 1000 && part == 0)
                numbersOfFirst << number;
            if (part == 0 || isPacket) // one section is enough
                merged += QByteArray(from, length);
            at[part] += length;
        }
    }
    const QString file = scratch.write(QStringLiteral("merged.pcapng"), merged);
    const auto log = CaptureLog::open(file);
    QVERIFY(log);
    auto numbers = PacketNumbers::open(file);
    QVERIFY(numbers);
    QList<int> found;
    for (const Record &record : (*log)->records(0, 100)) {
        if (record.kind != RecordKind::Data || record.connection.value != 1)
            continue;
        for (const auto &packet :
             numbers->packetsOf(record, (*log)->place(record.index)->offset, 100))
            found << static_cast<int>(packet.number);
        QCOMPARE(numbers->packetsOf(record, (*log)->place(record.index)->offset, 2).size(), 2u);
    }
    QCOMPARE(found, numbersOfFirst);
    QCOMPARE(found.size(), 4);
}

void tst_PacketNumbers::tenMillionPackets()
{
    constexpr quint64 count = 10'000'000;
    const QByteArray front = section();
    const QByteArray one = packet();
    // A window's worth of packets, of which each read gets a copy: no file of 520 MB is needed.
    const QByteArray many = one.repeated(3000);
    const auto step = static_cast<quint64>(one.size());
    PacketNumbers numbers([&](qint64 offset, std::span<std::byte> to) {
        if (offset < front.size()) {
            std::memcpy(to.data(), (front + many).constData() + offset, to.size());
        } else {
            const auto into = static_cast<quint64>(offset - front.size()) % step;
            std::memcpy(to.data(), many.constData() + into, to.size());
        }
        return static_cast<qint64>(to.size());
    });
    QElapsedTimer timer;
    timer.start();
    const quint64 last = static_cast<quint64>(front.size()) + (count - 1) * step;
    QCOMPARE(numbers.numberAt(last), std::optional(count));
    const qint64 firstTime = timer.restart();
    QCOMPARE(numbers.numberAt(last - 5'000'000 * step), std::optional(count - 5'000'000));
    qInfo() << "first walk" << firstTime << "ms, then" << timer.elapsed() << "ms;"
            << numbers.bytes() << "bytes of checkpoints";
    QVERIFY(numbers.bytes() <= qint64 {count} / 8);
}

void tst_PacketNumbers::aFileThatIsNotThere()
{
    const auto numbers = PacketNumbers::open(QStringLiteral("/nowhere/at/all"));
    QVERIFY(!numbers);
    QCOMPARE(numbers.error().code, ProblemCode::FileUnreadable);
    QCOMPARE(numbers.error().errnoValue, ENOENT);
}

QTEST_GUILESS_MAIN(tst_PacketNumbers)
#include "tst_packetnumbers.moc"
