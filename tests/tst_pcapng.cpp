// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The file format: what is written, byte by byte, and that anything may be read.

#include "core/capture/capturelog.h"
#include "core/capture/connectioncomment.h"
#include "core/capture/pcapngreader.h"
#include "core/capture/pcapngwriter.h"

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/scratchfolder.h"

#include <QProcess>
#include <QStandardPaths>
#include <QtEndian>
#include <QtTest>

using namespace Sockeye;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;

QByteArray number16(quint16 value)
{
    const quint16 little = qToLittleEndian(value);
    return {reinterpret_cast<const char *>(&little), sizeof little};
}

QByteArray number32(quint32 value)
{
    const quint32 little = qToLittleEndian(value);
    return {reinterpret_cast<const char *>(&little), sizeof little};
}

QByteArray block(quint32 type, const QByteArray &body)
{
    const QByteArray length = number32(static_cast<quint32>(body.size()) + 12);
    return number32(type) + length + body + length;
}

QByteArray section()
{
    return block(Pcapng::SectionHeaderBlock,
                 number32(Pcapng::ByteOrderMagic) + number16(1) + number16(0)
                     + QByteArray(8, '\xff'));
}

QByteArray interface(quint16 linkType, const QByteArray &options = {})
{
    return block(Pcapng::InterfaceBlock, number16(linkType) + number16(0) + number32(0) + options);
}

/// A data packet of connection 5 to server 2 at so many ticks.
QByteArray packet(quint64 ticks, const QByteArray &payload, quint32 interfaceNumber = 0)
{
    Pcapng::Conversation conversation({5}, {2});
    Pcapng::PacketFacts facts;
    facts.time = ticks;
    facts.interface = interfaceNumber;
    facts.flags = Pcapng::Psh | Pcapng::Ack;
    facts.payload = static_cast<quint32>(payload.size());
    Pcapng::Buffer buffer(Pcapng::packetBytes(facts));
    const size_t front = conversation.writeFront(buffer.data(), facts);
    std::memcpy(buffer.data() + front, payload.constData(), static_cast<size_t>(payload.size()));
    Pcapng::Conversation::writeBack(buffer.data() + front + facts.payload, facts, {});
    return {reinterpret_cast<const char *>(buffer.data()), static_cast<qsizetype>(buffer.size())};
}

/// Small, with every kind of record, a record of several packets and two sections.
QByteArray sample(const ScratchFolder &scratch)
{
    ManualClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    options.limit = 4 * 1024 * 1024;
    options.segmentSize = 16 * 1024;
    options.queueLimit = 3000;
    auto log = CaptureLog::create(options, clock);
    if (!log)
        qFatal("no log");
    (*log)->addServer({{1}, QStringLiteral("one"), QStringLiteral("/run/one")});
    {
        const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
        for (int step = 0; step < 20; ++step) {
            clock.advance(std::chrono::microseconds(1));
            if (!stream->append(step % 2 ? toServer : toClient,
                                asSpan(randomBytes(static_cast<quint32>(step), 1 + step * 7))))
                qFatal("append");
        }
        if (!stream->append(toServer, asSpan(QByteArray(70'000, 'x')))
            || !stream->endOfStream(toServer, QStringLiteral("done"))
            || !stream->append(toClient, asSpan("later"))
            || !stream->reset(toClient, QStringLiteral("oops")) || !(*log)->flush())
            qFatal("append");
    }
    {
        const auto stream = (*log)->openStream(testConnection(2), RecordingPolicy::NeverStall);
        (void)stream->append(toServer, asSpan(QByteArray(5000, 'x'))); // a gap
        (void)stream->append(toServer, asSpan("behind it"));
    }
    if (!QTest::qWaitFor([&] { return (*log)->cursor().end == 28; }))
        qFatal("records missing");
    (*log)->refuse(testConnection(3), QStringLiteral("no"));
    const QString file = scratch.file(QStringLiteral("sample.pcapng"));
    if (!(*log)->save(file))
        qFatal("save");
    QFile saved(file);
    return saved.open(QIODevice::ReadOnly) ? saved.readAll() : QByteArray();
}

QString whyOf(const Result<std::unique_ptr<CaptureLog>> &log)
{
    if (!log)
        return log.error().args.value(QStringLiteral("offset")) + QLatin1Char(' ')
            + log.error().args.value(QStringLiteral("why"));
    const auto damage = (*log)->damage();
    return damage ? damage->args.value(QStringLiteral("offset")) + QLatin1Char(' ')
            + damage->args.value(QStringLiteral("why"))
                  : QString();
}

} // namespace

class tst_Pcapng : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void addressesComeFromIds_data();
    void addressesComeFromIds();
    void packetIsAsTheStandardsSay();
    void optionsArePadded();
    void longCommentsAreCutBetweenCharacters();
    void commentsComeBack_data();
    void commentsComeBack();
    void commentsOfOthers_data();
    void commentsOfOthers();
    void everyPrefixOpens();
    void damage_data();
    void damage();
    void foreignFiles_data();
    void foreignFiles();
    void timeResolutions_data();
    void timeResolutions();
    void toolsMayRewriteIt_data();
    void toolsMayRewriteIt();
    void changedUnderTheReader();
    void notAFile();
    void blocksAreRead1MiBAtATime();
};

void tst_Pcapng::addressesComeFromIds_data()
{
    QTest::addColumn<quint64>("connection");
    QTest::addColumn<quint64>("server");
    for (const quint64 id : {1ull, 2ull, 8191ull, 8192ull, 100'000ull, 0xffffffffull})
        QTest::addRow("%llu", id) << id << id % Pcapng::NetSize;
}

void tst_Pcapng::addressesComeFromIds()
{
    QFETCH(quint64, connection);
    QFETCH(quint64, server);
    const quint32 address = Pcapng::clientAddress({connection});
    const quint16 port = Pcapng::clientPort({connection});
    QVERIFY((address >> 23) == (0x0A800000u >> 23)); // in 10.128.0.0/9
    QVERIFY(port >= Pcapng::FirstClientPort);
    QCOMPARE(Pcapng::connectionAt(address, port)->value, connection);
    QCOMPARE(Pcapng::serverAt(Pcapng::serverAddress({server}))->value, server);
    QVERIFY(!Pcapng::connectionAt(Pcapng::serverAddress({server}), port));
    QVERIFY(!Pcapng::serverAt(address));
}

void tst_Pcapng::packetIsAsTheStandardsSay()
{
    QCOMPARE(packet(0x0102030405060708, "hello").toHex(' '),
             QByteArray("06 00 00 00 50 00 00 00 00 00 00 00 04 03 02 01 08 07 06 05 "
                        "2d 00 00 00 2d 00 00 00 " // enhanced packet, 45 bytes
                        "45 00 00 2d 00 00 40 00 40 06 26 49 0a 80 00 01 0a 00 00 02 " // IPv4
                        "e0 05 c3 50 00 00 03 e8 00 00 03 e8 50 18 ff ff 00 00 00 00 " // TCP
                        "68 65 6c 6c 6f 00 00 00 50 00 00 00"));
}

void tst_Pcapng::optionsArePadded()
{
    QByteArray options;
    Pcapng::appendOption(options, 1, "abcde");
    Pcapng::appendOption(options, 2, "");
    Pcapng::endOptions(options);
    QCOMPARE(options.toHex(' '),
             QByteArray("01 00 05 00 61 62 63 64 65 00 00 00 02 00 00 00 00 00 00 00"));
    const auto view = asSpan(options);
    QCOMPARE(Pcapng::findOption(view, 1), QByteArray("abcde"));
    QVERIFY(!Pcapng::findOption(view, 2).isNull());
    QVERIFY(Pcapng::findOption(view, 3).isNull());
    // Cut anywhere, it is found or it is not; nothing is read behind the end.
    for (size_t length = 0; length < view.size(); ++length) {
        const std::vector<std::byte> cut(view.begin(),
                                         view.begin() + static_cast<ptrdiff_t>(length));
        QCOMPARE(Pcapng::findOption(cut, 1).isNull(), length < 9);
    }
    QByteArray none;
    Pcapng::endOptions(none);
    QVERIFY(none.isEmpty());
}

void tst_Pcapng::longCommentsAreCutBetweenCharacters()
{
    QByteArray options;
    Pcapng::appendOption(options, 1, QByteArray(100'000, 'x'));
    QCOMPARE(Pcapng::findOption(asSpan(options), 1).size(), 65532);
    options.clear();
    Pcapng::appendOption(options, 1, QString(40'000, QChar(0x20ac)).toUtf8());
    const QByteArray cut = Pcapng::findOption(asSpan(options), 1);
    QCOMPARE(QString::fromUtf8(cut), QString(cut.size() / 3, QChar(0x20ac)));
}

void tst_Pcapng::commentsComeBack_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << QString();
    QTest::newRow("plain") << QStringLiteral("psql -h /run demo");
    QTest::newRow("quotes and lines") << QStringLiteral("a \"b\" \\ c\n\r\t\x01");
    QTest::newRow("other scripts") << QStringLiteral("größe 你好 🦑");
    QTest::newRow("nul") << QString(QChar(0));
}

void tst_Pcapng::commentsComeBack()
{
    QFETCH(QString, text);
    ConnectionComment comment;
    comment.connection = testConnection(7);
    comment.connection.commandLine = text;
    comment.connection.user = text;
    comment.isRefused = true;
    const QByteArray line = toComment(comment);
    QVERIFY(!line.contains('\n'));
    const auto read = fromComment(line);
    QVERIFY(read);
    QVERIFY(read->connection == comment.connection);
    QVERIFY(read->isRefused);
    // The longest still fits.
    comment.connection.commandLine = text.repeated(100'000);
    QVERIFY(toComment(comment).size() <= 48 * 1024);
    QVERIFY(fromComment(toComment(comment)));
}

void tst_Pcapng::commentsOfOthers_data()
{
    QTest::addColumn<QByteArray>("comment");
    for (const char *comment :
         {"", "{", "hello", "[]", "{}", "{\"connection\":}", "gap: ", "gap: x bytes", "gap: 5"})
        QTest::newRow(comment) << QByteArray(comment);
}

void tst_Pcapng::commentsOfOthers()
{
    QFETCH(QByteArray, comment);
    QVERIFY(!fromComment(comment));
    QVERIFY(!fromGapComment(comment));
    QVERIFY(!fromServerComment(comment));
    // Nonsense in the right form does no harm.
    QVERIFY(fromComment("{\"connection\":-1,\"opened\":\"9999-99-99\",\"pid\":1e300}"));
    QVERIFY(fromComment("{\"connection\":\"x\",\"opened\":\"9999-12-31T23:59:59.123456789Z\"}"));
    QCOMPARE(fromGapComment(toGapComment(~quint64(0))), ~quint64(0));
}

void tst_Pcapng::everyPrefixOpens()
{
    const ScratchFolder scratch;
    const QByteArray whole = sample(scratch);
    QVERIFY(!whole.isEmpty());
    const QString file = scratch.write(QStringLiteral("cut.pcapng"), whole);
    const QStringList all = dump(**CaptureLog::open(file));
    QCOMPARE(all.size(), 29);
    const auto headerEnd =
        static_cast<qsizetype>(qFromLittleEndian<quint32>(whole.constData() + 4));
    qsizetype records = all.size();
    // Backwards, as a file is easily cut. The payload of the long record is a long way of the
    // same; one length of each hundred will do there.
    for (qsizetype length = whole.size(); length > 0; --length) {
        const bool isInside = whole.mid(length - 200, 400).count('x') > 390;
        if (isInside && length % 101 != 0)
            continue;
        QVERIFY(QFile::resize(file, length));
        const auto log = CaptureLog::open(file);
        QCOMPARE(log.has_value(), length >= headerEnd);
        if (!log) {
            QCOMPARE(log.error().code, ProblemCode::NotACapture);
            QCOMPARE(log.error().args.value(QStringLiteral("offset")), QStringLiteral("0"));
            continue;
        }
        const QStringList lines = dump(**log);
        QVERIFY2(lines == all.first(lines.size()), qPrintable(QString::number(length)));
        QVERIFY(lines.size() <= records && lines.size() >= records - 1);
        records = lines.size();
        QVERIFY(whole.size() == length || lines.size() == all.size() || (*log)->damage()
                || length % 4 == 0);
    }
    QCOMPARE(records, 0);
}

void tst_Pcapng::damage_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    QTest::addColumn<int>("records");
    const QByteArray good = section() + interface(228) + packet(1, "good");
    const QString size = QString::number(good.size());
    const auto row = [&](const char *name, const QByteArray &tail, const QString &why,
                         int records = 1) { QTest::newRow(name) << good + tail << why << records; };
    QTest::newRow("empty") << QByteArray() << QStringLiteral("0 it is empty") << -1;
    QTest::newRow("text") << QByteArray("hello, this is no capture")
                          << QStringLiteral("0 it is not a pcapng file") << -1;
    QTest::newRow("pcap") << QByteArray::fromHex("d4c3b2a1020004000000000000000000")
                          << QStringLiteral("0 it is not a pcapng file") << -1;
    QTest::newRow("no byte order") << block(Pcapng::SectionHeaderBlock, QByteArray(16, 'x'))
                                   << QStringLiteral("0 a section has no byte order") << -1;
    QTest::newRow("whole") << good << QString() << 1;
    // What a writer reserved that was killed.
    row("zeros", QByteArray(100, '\0'), QString());
    row("a few zeros", QByteArray(5, '\0'), QString());
    row("zeros and more", QByteArray(100, '\0') + "more",
        size + QStringLiteral(" a block has an impossible length"));
    row("three bytes", "abc", size + QStringLiteral(" the file ends inside a block"));
    row("half a packet", packet(2, "gone").first(40),
        size + QStringLiteral(" the file ends inside a block"));
    row("huge", number32(6) + number32(0xfffffffc) + QByteArray(100, 'x'),
        size + QStringLiteral(" a block has an impossible length"));
    row("17 MiB", number32(6) + number32(17 << 20) + QByteArray(100, 'x'),
        size + QStringLiteral(" a block has an impossible length"));
    row("odd length", number32(6) + number32(33) + QByteArray(100, 'x'),
        size + QStringLiteral(" a block has an impossible length"));
    QByteArray twoLengths = packet(2, "gone");
    twoLengths.chop(4);
    row("two lengths", twoLengths + number32(4),
        size + QStringLiteral(" the two lengths of a block differ"));
    QByteArray tooLong = packet(2, "gone");
    tooLong.replace(20, 4, number32(60'000));
    row("packet too long", tooLong, size + QStringLiteral(" a packet is longer than its block"));
    tooLong.replace(20, 4, number32(0xffffffff));
    row("packet of 4 GiB", tooLong, size + QStringLiteral(" a packet is longer than its block"));
    QByteArray open = packet(2, "first of two");
    open[28 + 20 + 13] = 0x10; // no PSH
    row("record not finished", open,
        size + QStringLiteral(" the last packet of a record is missing"));
    row("and finished", open + packet(3, "second"), QString(), 2);
}

void tst_Pcapng::damage()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    QFETCH(int, records);
    const ScratchFolder scratch;
    const auto log = CaptureLog::open(scratch.write(QStringLiteral("it"), bytes));
    QCOMPARE(whyOf(log), why);
    QCOMPARE(log ? static_cast<int>((*log)->cursor().end) : -1, records);
    if (!log || why.isEmpty())
        return;
    // What is shown of it can be saved, and is whole then.
    if (bytes.size() % 4 == 0 && why.contains(QStringLiteral("record")))
        return;
    QVERIFY((*log)->save(scratch.file(QStringLiteral("saved"))));
    const auto saved = CaptureLog::open(scratch.file(QStringLiteral("saved")));
    QCOMPARE(whyOf(saved), QString());
    QCOMPARE(dump(**saved), dump(**log));
}

void tst_Pcapng::foreignFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("records");
    const QByteArray ours = interface(228) + packet(1, "ours");
    QTest::newRow("another link type") << section() + interface(1) + packet(1, "x") << 0;
    QTest::newRow("raw, as some tools write it")
        << section() + interface(101) + packet(1, "x") << 1;
    QTest::newRow("no interface") << section() + packet(1, "x") << 0;
    QTest::newRow("interface of the section before")
        << section() + ours + section() + packet(1, "x") << 1;
    QTest::newRow("unknown blocks") << section() + block(5, QByteArray(20, 's'))
            + block(0x80000001, "abcd") + ours
            + block(10, "keys") << 1;
    QTest::newRow("empty blocks") << section() + block(1, {}) + block(6, {}).first(0) + ours << 0;
    QByteArray otherPort = packet(1, "x");
    otherPort[28 + 20 + 2] = 1;
    QTest::newRow("another port") << section() + interface(228) + otherPort << 0;
    QByteArray udp = packet(1, "x");
    udp[28 + 9] = 17;
    QTest::newRow("udp") << section() + interface(228) + udp << 0;
    QByteArray version6 = packet(1, "x");
    version6[28] = 0x60;
    QTest::newRow("ip 6") << section() + interface(228) + version6 << 0;
    QByteArray shortHeader = packet(1, "x");
    shortHeader[28 + 32] = 0x10;
    QTest::newRow("short tcp header") << section() + interface(228) + shortHeader << 0;
    QByteArray longHeader = packet(1, "x");
    longHeader[28 + 32] = char(0xf0);
    QTest::newRow("long tcp header") << section() + interface(228) + longHeader << 0;
    // Another machine's byte order: its blocks are skipped, and ours found behind them.
    QByteArray swapped = QByteArray::fromHex("0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff"
                                             "0000001c"
                                             "00000001000000140001000000000000"
                                             "00000014");
    QTest::newRow("other byte order") << swapped << 0;
    QTest::newRow("other byte order, then ours") << swapped + section() + ours << 1;
}

void tst_Pcapng::foreignFiles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, records);
    const ScratchFolder scratch;
    const auto log = CaptureLog::open(scratch.write(QStringLiteral("it"), bytes));
    QCOMPARE(whyOf(log), QString());
    QCOMPARE(static_cast<int>((*log)->cursor().end), records);
    QVERIFY(!(*log)->connection({5})); // nobody introduced it
    if (records == 1) {
        QCOMPARE((*log)->record(0)->connection.value, 5u);
        QCOMPARE((*log)->record(0)->server.value, 2u);
        QCOMPARE((*log)->servers().size(), size_t(1));
    }
}

void tst_Pcapng::timeResolutions_data()
{
    QTest::addColumn<int>("resolution"); // as in if_tsresol; -1: none
    QTest::addColumn<qint64>("offset"); // as in if_tsoffset
    QTest::addColumn<quint64>("ticks");
    QTest::addColumn<QString>("time");
    const QString expected = QStringLiteral("2026-01-01T00:00:00.500000000Z");
    const quint64 half = 500;
    QTest::newRow("none: microseconds")
        << -1 << qint64(0) << quint64(1'767'225'600'500'000) << expected;
    QTest::newRow("milliseconds") << 3 << qint64(0) << quint64(1'767'225'600'000) + half
                                  << expected;
    QTest::newRow("nanoseconds") << 9 << qint64(0) << quint64(1'767'225'600'500'000'000)
                                 << expected;
    QTest::newRow("tenths of it") << 10 << qint64(0) << quint64(17'672'256'005'000'000'000u)
                                  << expected;
    QTest::newRow("seconds") << 0 << qint64(0) << quint64(1'767'225'600)
                             << QStringLiteral("2026-01-01T00:00:00.000000000Z");
    QTest::newRow("1/2^10") << 0x8a << qint64(0) << quint64(1'767'225'600) * 1024 + 512 << expected;
    QTest::newRow("1/2^32") << 0xa0 << qint64(0)
                            << (quint64(1'767'225'600) << 32) + (quint64(1) << 31) << expected;
    QTest::newRow("1/2^33") << 0xa1 << qint64(0)
                            << (quint64(1'767'225'600) << 33) + (quint64(1) << 32) << expected;
    QTest::newRow("offset") << 3 << qint64(1'767'225'000) << quint64(600'500) << expected;
    QTest::newRow("negative offset")
        << 9 << qint64(-1) << quint64(1'767'225'601'500'000'000) << expected;
}

void tst_Pcapng::timeResolutions()
{
    QFETCH(int, resolution);
    QFETCH(qint64, offset);
    QFETCH(quint64, ticks);
    QFETCH(QString, time);
    QByteArray options;
    if (resolution >= 0)
        Pcapng::appendOption(options, Pcapng::OptionTimeResolution,
                             QByteArray(1, static_cast<char>(resolution)));
    const qint64 little = qToLittleEndian(offset);
    Pcapng::appendOption(options, Pcapng::OptionTimeOffset,
                         QByteArray(reinterpret_cast<const char *>(&little), sizeof little));
    const ScratchFolder scratch;
    const auto log = CaptureLog::open(scratch.write(
        QStringLiteral("it"), section() + interface(228, options) + packet(ticks, "x")));
    QVERIFY(log);
    QCOMPARE(isoTime((*log)->record(0)->time), time);
}

void tst_Pcapng::toolsMayRewriteIt_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("editcap") << QStringList {QStringLiteral("editcap"), QStringLiteral("IN"),
                                             QStringLiteral("OUT")};
    QTest::newRow("mergecap") << QStringList {QStringLiteral("mergecap"), QStringLiteral("-w"),
                                              QStringLiteral("OUT"), QStringLiteral("IN")};
    QTest::newRow("mergecap, all interfaces")
        << QStringList {QStringLiteral("mergecap"), QStringLiteral("-I"),  QStringLiteral("all"),
                        QStringLiteral("-w"),       QStringLiteral("OUT"), QStringLiteral("IN")};
    QTest::newRow("tshark") << QStringList {QStringLiteral("tshark"), QStringLiteral("-r"),
                                            QStringLiteral("IN"), QStringLiteral("-w"),
                                            QStringLiteral("OUT")};
}

void tst_Pcapng::toolsMayRewriteIt()
{
    QFETCH(QStringList, command);
    const QString program = command.takeFirst();
    if (QStandardPaths::findExecutable(program).isEmpty())
        QSKIP("the program is not installed");
    const ScratchFolder scratch;
    (void)sample(scratch);
    const QString in = scratch.file(QStringLiteral("sample.pcapng"));
    const QString out = scratch.file(QStringLiteral("out.pcapng"));
    command.replaceInStrings(QStringLiteral("IN"), in);
    command.replaceInStrings(QStringLiteral("OUT"), out);
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("HOME"), scratch.path());
    process.setProcessEnvironment(environment);
    process.start(program, command);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitCode(), 0);
    const auto before = CaptureLog::open(in);
    const auto after = CaptureLog::open(out);
    QCOMPARE(whyOf(after), QString());
    QCOMPARE(dump(**after), dump(**before));
    for (const quint64 id : {1u, 2u, 3u})
        QVERIFY((*after)->connection({id}) == (*before)->connection({id}));
}

// The index is made when a file is opened; what another program does to it then reads as nothing
// or as other bytes, never as a crash.
void tst_Pcapng::changedUnderTheReader()
{
    const ScratchFolder scratch;
    const QByteArray whole = sample(scratch);
    const QString file = scratch.file(QStringLiteral("sample.pcapng"));
    const auto log = CaptureLog::open(file);
    QVERIFY(log);
    QFile other(file);
    QVERIFY(other.open(QIODevice::ReadWrite));
    for (const char filling : {'\0', '\xff', '\x10'}) {
        other.seek(0);
        other.write(QByteArray(whole.size(), filling));
        other.flush();
        (void)dump(**log);
        for (quint64 id = 0; id < 5; ++id)
            (void)(*log)->connection({id});
    }
    QVERIFY(other.resize(5000));
    (void)dump(**log);
    QVERIFY(!(*log)->save(scratch.file(QStringLiteral("saved"))));
    QVERIFY(!QFile::exists(scratch.file(QStringLiteral("saved"))));
}

void tst_Pcapng::notAFile()
{
    const ScratchFolder scratch;
    const auto codeOf = [](const QString &file) {
        const auto log = CaptureLog::open(file);
        return log ? ProblemCode::CaptureRecycled : log.error().code;
    };
    QCOMPARE(codeOf(scratch.file(QStringLiteral("none"))), ProblemCode::FileUnreadable);
    QCOMPARE(codeOf(scratch.path()), ProblemCode::FileUnreadable);
    QCOMPARE(codeOf(QStringLiteral("/dev/null")), ProblemCode::FileUnreadable);
    QCOMPARE(codeOf(QString()), ProblemCode::FileUnreadable);
}

void tst_Pcapng::blocksAreRead1MiBAtATime()
{
    // Blocks of all sizes over the borders of what is read at a time.
    QByteArray bytes = section() + interface(228);
    QStringList expected;
    for (qsizetype size = 1; size < 65'000; size += 977) {
        bytes += packet(static_cast<quint64>(size), QByteArray(size, 'y'));
        expected << QString::number(size);
    }
    bytes += block(99, QByteArray(5 * 1024 * 1024, 'z')) + packet(1, "end");
    expected << QStringLiteral("3");
    int reads = 0;
    qint64 longest = 0;
    Pcapng::BlockReader reader(
        [&](qint64 offset, std::span<std::byte> to) {
            ++reads;
            longest = std::max(longest, static_cast<qint64>(to.size()));
            const QByteArray part = bytes.mid(offset, static_cast<qsizetype>(to.size()));
            std::memcpy(to.data(), part.constData(), static_cast<size_t>(part.size()));
            return static_cast<qint64>(part.size());
        },
        bytes.size());
    QStringList sizes;
    while (const auto next = reader.next()) {
        if (next->type != Pcapng::EnhancedPacketBlock)
            continue;
        const auto packet = Pcapng::parseEnhancedPacket(next->bytes);
        QVERIFY(packet);
        sizes << QString::number(
            Pcapng::parseConversationPacket(packet->data, packet->data.size())->payload);
    }
    QCOMPARE(sizes, expected);
    QCOMPARE(reader.position(), bytes.size());
    QVERIFY(!reader.damage());
    QVERIFY(reads < 12);
    QVERIFY(longest < 6 * 1024 * 1024);
}

QTEST_GUILESS_MAIN(tst_Pcapng)
#include "tst_pcapng.moc"
