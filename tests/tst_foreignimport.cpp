// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// More lines than other tests have: four formats, each in a table of files made by hand, then in
// files of the real programs.

#include "core/capture/foreignimport.h"

#include "tests/capturekit.h"
#include "tests/kit/scratchfolder.h"
#include "tests/packetkit.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QThread>
#include <QtTest>

#include <functional>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::StringLiterals;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;
constexpr qint64 start = 1'700'000'000'123'456'789;

/// A log, and what importing into it came to.
struct Imported
{
    SteppedClock clock; // outlives the log
    std::unique_ptr<CaptureLog> log;
    ImportProgress progress;
    Result<> result;

    [[nodiscard]] QString damage(const QString &key) const
    {
        return result ? QString() : result.error().args.value(key);
    }
};

std::unique_ptr<Imported> importFile(const ScratchFolder &folder, const QString &file,
                                     CaptureFormat format)
{
    auto imported = std::make_unique<Imported>();
    CaptureOptions options = importOptions(file);
    options.folder = folder.path();
    auto log = CaptureLog::create(options, imported->clock);
    if (!log)
        qFatal("no log");
    imported->log = std::move(*log);
    imported->result =
        importForeign(file, format, *imported->log, imported->clock, imported->progress);
    return imported;
}

std::unique_ptr<Imported> importFile(const ScratchFolder &folder, const QString &file)
{
    return importFile(folder, file, captureFormat(file));
}

/// A record a line: "#1 -> data abc", with bytes that cannot be printed as dots.
QStringList story(const CaptureLog &log)
{
    QStringList lines;
    const CaptureCursor cursor = log.cursor();
    for (const Record &record : log.records(0, static_cast<qsizetype>(cursor.end))) {
        QString line =
            u"#%1 %2 %3"_s.arg(record.connection.value)
                .arg(record.direction == toServer ? u"->"_s : u"<-"_s, kindName(record.kind));
        if (record.kind == RecordKind::Opened) {
            line += u' ' + log.server(record.server)->address;
            const auto connection = log.connection(record.connection);
            if (connection && !connection->executable.isEmpty())
                line += u" by "_s + connection->executable;
        } else if (record.kind == RecordKind::Data) {
            QByteArray bytes = log.payload(record.index);
            for (char &byte : bytes)
                byte = byte >= 0x20 && byte < 0x7f ? byte : '.';
            line += u' ' + QString::fromLatin1(bytes);
        } else if (record.kind == RecordKind::Gap) {
            line += u' ' + QString::number(record.length);
        }
        if (record.hasNote)
            line += u" ("_s + log.note(record.index) + u')';
        lines << line;
    }
    return lines;
}

/// A connection as it should be: the greeting, both directions, an end each.
QList<TestSegment> shortTalk(quint16 clientPort = 40'000)
{
    using namespace Pcapng;
    QList<TestSegment> talk = {
        {true, 100, 0, Syn, {}},         {false, 900, 101, Syn | Ack, {}},
        {true, 101, 901, Ack, {}},       {true, 101, 901, Ack | Psh, "GET /"},
        {false, 901, 106, Ack, {}},      {false, 901, 106, Ack | Psh, "200 OK"},
        {true, 106, 907, Ack | Fin, {}}, {false, 907, 107, Ack | Fin, {}},
        {true, 107, 908, Ack, {}},
    };
    for (TestSegment &segment : talk)
        segment.clientPort = clientPort;
    return talk;
}

const QStringList shortStory = {
    u"#1 -> open 10.0.0.2:80 by 10.0.0.1:40000"_s,
    u"#1 -> data GET /"_s,
    u"#1 <- data 200 OK"_s,
    u"#1 -> end"_s,
    u"#1 <- end"_s,
};

QList<TestPacket> framed(const QList<TestSegment> &segments,
                         const std::function<QByteArray(const TestSegment &)> &frame)
{
    QList<TestPacket> packets;
    for (const TestSegment &segment : segments)
        packets << TestPacket {start + packets.size() * 1'000'000, frame(segment)};
    return packets;
}

QByteArray asIpv4(const TestSegment &segment)
{
    return ipv4(segment);
}

QByteArray asEthernet(const TestSegment &segment)
{
    return ethernet(ipv4(segment));
}

/// Of this thread, in nanoseconds: what others do on the machine is not judged.
qint64 processorTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return qint64 {time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

bool hasProgram(const char *name)
{
    return !QStandardPaths::findExecutable(QString::fromLatin1(name)).isEmpty();
}

struct Output
{
    int status = -1;
    QByteArray out;
};

/// With a home of its own, so that nobody's preferences play a part.
Output runTool(const QString &home, const QString &program, const QStringList &arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, home);
    environment.insert(u"XDG_CONFIG_HOME"_s, home);
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::SeparateChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(100'000))
        return {-1, process.errorString().toUtf8()};
    return {process.exitCode(), process.readAllStandardOutput()};
}

/// What "follow,tcp,raw" tells of a stream: the bytes of the first and of the second side. Which
/// of them is the client tshark does not say; the first line of "Node 0" does.
struct Followed
{
    QByteArray firstNode;
    QByteArray sides[2];
};

Followed follow(const QString &home, const QString &file, int stream)
{
    const Output output = runTool(
        home, u"tshark"_s, {u"-r"_s, file, u"-q"_s, u"-z"_s, u"follow,tcp,raw,%1"_s.arg(stream)});
    Followed followed;
    for (const QByteArray &line : output.out.split('\n')) {
        if (line.startsWith("Node 0: "))
            followed.firstNode = line.mid(8);
        if (line.isEmpty() || line.contains(':') || line.startsWith('='))
            continue;
        followed.sides[line.startsWith('\t') ? 1 : 0] += QByteArray::fromHex(line.trimmed());
    }
    return followed;
}

/// Random conversations, each with retransmissions, overlaps and packets that changed places.
struct Talks
{
    QList<TestPacket> packets;
    QList<QByteArray> sent[2]; ///< by direction, of each conversation
};

Talks randomTalks(quint32 seed, int count, int turns)
{
    QRandomGenerator random(seed);
    Talks talks;
    QList<QList<TestSegment>> all;
    for (int number = 0; number < count; ++number) {
        const auto port = static_cast<quint16>(40'000 + number);
        QList<TestSegment> segments;
        quint32 next[2] = {random.generate() | 0xfffff000, random.generate()};
        QByteArray sent[2];
        const auto add = [&](int side, int flags, const QByteArray &payload, quint32 sequence) {
            segments << TestSegment {side == 0, sequence, next[1 - side], flags, payload, {}, port};
        };
        add(0, Pcapng::Syn, {}, next[0]++);
        add(1, Pcapng::Syn | Pcapng::Ack, {}, next[1]++);
        add(0, Pcapng::Ack, {}, next[0]);
        for (int turn = 0; turn < turns; ++turn) {
            const int side = turn % 2;
            const QByteArray bytes =
                randomBytes(seed * 1000 + static_cast<quint32>(turn), 1 + random.bounded(6000));
            const qsizetype first = segments.size();
            for (qsizetype at = 0; at < bytes.size();) {
                const qsizetype length =
                    std::min<qsizetype>(bytes.size() - at, 1 + random.bounded(1460));
                add(side, Pcapng::Ack, bytes.mid(at, length),
                    next[side] + static_cast<quint32>(at));
                if (random.bounded(8) == 0) {
                    const qsizetype again = std::max<qsizetype>(0, at - random.bounded(700));
                    add(side, Pcapng::Ack, bytes.mid(again, length),
                        next[side] + static_cast<quint32>(again));
                }
                at += length;
            }
            for (qsizetype i = first; i < segments.size(); ++i)
                segments.swapItemsAt(
                    i, std::min<qsizetype>(segments.size() - 1, i + random.bounded(4)));
            sent[side] += bytes;
            next[side] += static_cast<quint32>(bytes.size());
            add(1 - side, Pcapng::Ack, {}, next[1 - side]);
        }
        for (const int side : {0, 1})
            add(side, Pcapng::Ack | Pcapng::Fin, {}, next[side]++);
        all << segments;
        for (const int side : {0, 1})
            talks.sent[side] << sent[side];
    }
    // One after the other by turns, as they would be captured.
    for (qsizetype round = 0, left = all.size(); left > 0; ++round) {
        left = 0;
        for (const QList<TestSegment> &segments : std::as_const(all)) {
            if (round >= segments.size())
                continue;
            ++left;
            talks.packets << TestPacket {start + talks.packets.size() * 10'000,
                                         asEthernet(segments[round])};
        }
    }
    return talks;
}

} // namespace

class tst_ForeignImport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tellsFormats_data();
    void tellsFormats();
    void knowsItsOwn();
    void readsEachKindOfPacket_data();
    void readsEachKindOfPacket();
    void keepsTimes();
    void tellsConversationsApart_data();
    void tellsConversationsApart();
    void saysWhatWasInIt();
    void readsUpToTheDamage_data();
    void readsUpToTheDamage();
    void survivesAnyCut();
    void readsSocatLogs_data();
    void readsSocatLogs();
    void readsStraceLogs_data();
    void readsStraceLogs();
    void canBeCancelled();
    void canBeReadMeanwhile();
    void recyclesNothing();
    void staysQuickOnHostileFiles_data();
    void staysQuickOnHostileFiles();

    void agreesWithTshark_data();
    void agreesWithTshark();
    void readsWhatWiresharkWrote_data();
    void readsWhatWiresharkWrote();
    void readsRealSocat_data();
    void readsRealSocat();
    void readsRealStrace_data();
    void readsRealStrace();

private:
    ScratchFolder m_folder;
};

void tst_ForeignImport::initTestCase()
{
    // Times of day in logs are local.
    qputenv("TZ", "UTC");
    tzset();
}

void tst_ForeignImport::tellsFormats_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("format");
    const auto row = [](const char *name, const QByteArray &content, CaptureFormat format) {
        QTest::newRow(name) << content << static_cast<int>(format);
    };
    row("nothing", "", CaptureFormat::Unknown);
    row("text", "Dear Ada,\nread(the letter) and = burn it.\n", CaptureFormat::Unknown);
    row("C", "int main() {\n    printf(\"%d\\n\", 1);\n    return 0;\n}\n", CaptureFormat::Unknown);
    row("zeros", QByteArray(1000, '\0'), CaptureFormat::Unknown);
    row("pcap", pcapFile({}, 1), CaptureFormat::Pcap);
    row("pcap, swapped", pcapFile({}, 1, true), CaptureFormat::Pcap);
    row("pcap, nanoseconds", pcapFile({}, 1, false, true), CaptureFormat::Pcap);
    row("pcap, nanoseconds, swapped", pcapFile({}, 1, true, true), CaptureFormat::Pcap);
    row("pcapng", pcapngFile({}, {1}), CaptureFormat::Pcapng);
    row("pcapng, swapped", pcapngFile({}, {1}, true), CaptureFormat::Pcapng);
    row("pcapng, cut", pcapngFile({}, {1}).first(5), CaptureFormat::Pcapng);
    row("socat", "> 2024/01/02 12:00:00.000123456  length=5 from=0 to=4\n",
        CaptureFormat::SocatLog);
    row("socat, six digits", "< 2024/01/02 12:00:00.123456  length=5 from=0 to=4\nhello",
        CaptureFormat::SocatLog);
    row("socat, messages first", "2024/01/02 12:00:00 socat[12] N listening on AF=1 \"x\"\n",
        CaptureFormat::SocatLog);
    row("strace", "socket(AF_UNIX, SOCK_STREAM, 0) = 3\n", CaptureFormat::StraceLog);
    row("strace -f -ttt -yy",
        "12  1700000000.123456 connect(3<UNIX-STREAM:[7]>, {sa_family=AF_UNIX, "
        "sun_path=\"\\x2f\"}, 13) = -1 ENOENT (No such file or directory)\n",
        CaptureFormat::StraceLog);
    row("strace -p", "strace: Process 12 attached\nread(3, 0x7ffe, 10) = -1 EAGAIN (x)\n",
        CaptureFormat::StraceLog);
    row("strace on a terminal", "[pid  12] read(3,  <unfinished ...>\nhello\n",
        CaptureFormat::StraceLog);
}

void tst_ForeignImport::tellsFormats()
{
    QFETCH(QByteArray, content);
    QFETCH(int, format);
    const QString file = m_folder.write(u"format"_s, content);
    QCOMPARE(static_cast<int>(captureFormat(file)), format);
    QCOMPARE(captureFormat(m_folder.path()), CaptureFormat::Unknown);
    QCOMPARE(captureFormat(m_folder.file(u"absent"_s)), CaptureFormat::Unknown);
}

// Also after other programs have written it anew.
void tst_ForeignImport::knowsItsOwn()
{
    const QString file = m_folder.file(u"own.pcapng"_s);
    {
        CaptureOptions options;
        options.folder = m_folder.path();
        const SystemClock clock;
        const auto log = CaptureLog::create(options, clock);
        QVERIFY(log);
        (*log)->addServer({{1}, u"api"_s, u"/run/api"_s});
        const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
        QVERIFY(stream->append(toServer, asSpan("hello")));
        QVERIFY((*log)->save(file));
    }
    QCOMPARE(captureFormat(file), CaptureFormat::Sockeye);
    if (!hasProgram("editcap") || !hasProgram("mergecap"))
        QSKIP("editcap and mergecap (wireshark-common) are not installed");
    const QString edited = m_folder.file(u"edited.pcapng"_s);
    QCOMPARE(runTool(m_folder.path(), u"editcap"_s, {file, edited}).status, 0);
    QCOMPARE(captureFormat(edited), CaptureFormat::Sockeye);
    const QString merged = m_folder.file(u"merged.pcapng"_s);
    QCOMPARE(runTool(m_folder.path(), u"mergecap"_s, {u"-w"_s, merged, file, file}).status, 0);
    QCOMPARE(captureFormat(merged), CaptureFormat::Sockeye);
    // As a pcap it has lost what makes it ours, but its conversations are there.
    const QString plain = m_folder.file(u"plain.pcap"_s);
    QCOMPARE(runTool(m_folder.path(), u"editcap"_s, {u"-F"_s, u"pcap"_s, file, plain}).status, 0);
    const auto imported = importFile(m_folder, plain);
    QVERIFY(imported->result);
    QCOMPARE(streamOf(*imported->log, {1}, toServer), QByteArray("hello"));
}

void tst_ForeignImport::readsEachKindOfPacket_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("isIpv6");
    const QList<TestSegment> talk = shortTalk();
    const auto row = [](const char *name, const QByteArray &content, bool isIpv6 = false) {
        QTest::newRow(name) << content << isIpv6;
    };
    const auto ip = framed(talk, asIpv4);
    const auto link = framed(talk, asEthernet);
    const auto six = framed(talk, [](const TestSegment &segment) { return ipv6(segment); });
    const auto prefixed = [&](const QByteArray &front) {
        return framed(talk, [front](const TestSegment &segment) { return front + ipv4(segment); });
    };
    const auto prefixed6 = [&](const QByteArray &front) {
        return framed(talk, [front](const TestSegment &segment) { return front + ipv6(segment); });
    };
    const auto tagged = [&](const QByteArray &tags) {
        return framed(talk,
                      [tags](const TestSegment &segment) { return ethernet(ipv4(segment), tags); });
    };
    row("pcap", pcapFile(link, 1));
    row("pcap, swapped", pcapFile(link, 1, true));
    row("pcap, nanoseconds", pcapFile(link, 1, false, true));
    row("pcap, nanoseconds, swapped", pcapFile(link, 1, true, true));
    row("pcapng", pcapngFile(link, {1}));
    row("pcapng, swapped", pcapngFile(link, {1}, true));
    row("pcapng, older packets", pcapngFile(link, {1}, false, Pcapng::PacketBlock));
    row("pcapng, older packets, swapped", pcapngFile(link, {1}, true, Pcapng::PacketBlock));
    row("pcapng, simple packets", pcapngFile(link, {1}, false, Pcapng::SimplePacketBlock));
    row("pcapng, simple packets, swapped", pcapngFile(link, {1}, true, Pcapng::SimplePacketBlock));
    row("VLAN", pcapFile(tagged(QByteArray::fromHex("81000005")), 1));
    row("VLAN in VLAN", pcapFile(tagged(QByteArray::fromHex("88a8000581000007")), 1));
    row("raw", pcapFile(ip, 101));
    row("raw IPv4", pcapFile(ip, 228));
    row("raw, OpenBSD", pcapFile(ip, 12));
    row("Linux cooked",
        pcapFile(prefixed(QByteArray::fromHex("0000000100060200000000010000") + "\x08"
                          + QByteArray(1, '\0')),
                 113));
    row("Linux cooked 2",
        pcapFile(prefixed(QByteArray::fromHex("0800000000000001000100060200000000010000")), 276));
    row("BSD loopback", pcapFile(prefixed(QByteArray::fromHex("02000000")), 0));
    row("BSD loopback, swapped", pcapFile(prefixed(QByteArray::fromHex("00000002")), 0));
    row("OpenBSD loopback", pcapFile(prefixed(QByteArray::fromHex("00000002")), 108));
    row("IPv6",
        pcapFile(framed(talk, [](const TestSegment &segment) { return ethernet(ipv6(segment)); }),
                 1),
        true);
    row("raw IPv6", pcapFile(six, 101), true);
    row("link type IPv6", pcapFile(six, 229), true);
    row("BSD loopback, IPv6 of FreeBSD", pcapFile(prefixed6(QByteArray::fromHex("1c000000")), 0),
        true);
    row("BSD loopback, IPv6 of macOS", pcapFile(prefixed6(QByteArray::fromHex("1e000000")), 0),
        true);
    row("IPv6 with headers in between",
        pcapFile(framed(talk,
                        [](const TestSegment &segment) {
                            return ipv6(segment,
                                        QByteArray::fromHex("3c00000000000000"
                                                            "0600000000000000"),
                                        0);
                        }),
                 101),
        true);
    // Two kinds in one file: libpcap refuses it.
    QList<TestPacket> both;
    for (qsizetype i = 0; i < talk.size(); ++i) {
        both << (i % 2 == 0 ? ip[i] : link[i]);
        both.back().interface = i % 2 == 0 ? 0 : 1;
    }
    row("two kinds of network", pcapngFile(both, {101, 1}));
    row("two sections", pcapngFile(link.first(4), {1}) + pcapngFile(ip.mid(4), {228}, true));
}

void tst_ForeignImport::readsEachKindOfPacket()
{
    QFETCH(QByteArray, content);
    QFETCH(bool, isIpv6);
    const auto imported = importFile(m_folder, m_folder.write(u"packets"_s, content));
    QVERIFY2(imported->result, qPrintable(imported->damage(u"why"_s)));
    QStringList expected = shortStory;
    if (isIpv6)
        expected[0] = u"#1 -> open [fd00::2]:80 by [fd00::1]:40000"_s;
    QCOMPARE(story(*imported->log), expected);
    QCOMPARE(imported->progress.size.load(), content.size());
    QCOMPARE(imported->progress.bytesRead.load(), content.size());
}

void tst_ForeignImport::keepsTimes()
{
    QList<TestPacket> packets = framed(shortTalk(), asEthernet);
    const auto times = [&](const QByteArray &content) {
        const auto imported = importFile(m_folder, m_folder.write(u"times"_s, content));
        QList<qint64> result;
        for (const Record &record : imported->log->records(0, 100))
            result << record.time.time_since_epoch().count() - start;
        return result;
    };
    const QList<qint64> expected = {0, 3'000'000, 5'000'000, 6'000'000, 7'000'000};
    QCOMPARE(times(pcapngFile(packets, {1})), expected);
    QCOMPARE(times(pcapFile(packets, 1, true, true)), expected);
    QList<qint64> micro = expected;
    for (qint64 &time : micro)
        time -= start % 1000;
    QCOMPARE(times(pcapFile(packets, 1)), micro);
    // A packet whose time is before that of the one in front of it has that one's.
    packets[5].nanoseconds -= 4'000'000;
    QCOMPARE(times(pcapngFile(packets, {1})),
             (QList<qint64> {0, 3'000'000, 3'000'000, 6'000'000, 7'000'000}));
}

void tst_ForeignImport::tellsConversationsApart_data()
{
    using namespace Pcapng;
    QTest::addColumn<QList<TestPacket>>("packets");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const QList<TestSegment> &segments,
                        const QStringList &expected) {
        QTest::newRow(name) << framed(segments, asIpv4) << expected;
    };
    const QString opened = u"#1 -> open 10.0.0.2:80 by 10.0.0.1:40000"_s;
    const QList<TestSegment> begun = shortTalk().first(3);
    row("refused", {{true, 1, 0, Syn, {}}, {false, 0, 2, Rst | Ack, {}}},
        {opened, u"#1 <- reset"_s});
    row("reset",
        begun + QList<TestSegment> {{true, 101, 901, Ack, "abc"}, {true, 104, 901, Rst, {}}},
        {opened, u"#1 -> data abc"_s, u"#1 -> reset"_s});
    row("reset, with a reason that is no data",
        begun + QList<TestSegment> {{true, 101, 901, Rst, "why"}}, {opened, u"#1 -> reset"_s});
    row("reset, and what was under way",
        begun
            + QList<TestSegment> {{false, 901, 101, Rst, {}},
                                  {true, 101, 901, Ack, "abc"},
                                  {false, 901, 101, Rst, {}}},
        {opened, u"#1 <- reset"_s, u"#1 -> data abc"_s});
    row("the SYN is sent again", QList<TestSegment> {{true, 100, 0, Syn, {}}} + shortTalk(),
        shortStory);
    row("without SYN", shortTalk().mid(3), shortStory);
    row("without SYN, the answer first", shortTalk().mid(5),
        {opened, u"#1 <- data 200 OK"_s, u"#1 -> end"_s, u"#1 <- end"_s});
    row("without the client's SYN", shortTalk().mid(1), shortStory);
    row("without the server's SYN", shortTalk().first(1) + shortTalk().mid(2), shortStory);
    row("data in the SYN",
        {{true, 100, 0, Syn, "abc"}, {false, 900, 104, Syn | Ack, {}}, {true, 104, 901, Ack, "d"}},
        {opened, u"#1 -> data abc"_s, u"#1 -> data d"_s});
    row("only acknowledgements in front", shortTalk().mid(8) + shortTalk(), shortStory);
    QStringList twice = shortStory;
    for (QString line : shortStory)
        twice << line.replace(u"#1"_s, u"#2"_s);
    QList<TestSegment> second = shortTalk();
    for (TestSegment &segment : second) {
        segment.sequence += 5'000'000;
        segment.acknowledged += 5'000'000;
    }
    row("the same ports again", shortTalk() + second, twice);
    QStringList cut = shortStory.first(3) + twice.mid(5);
    row("the same ports again, without an end", shortTalk().first(6) + second, cut);
    // Lost on the way to the capture, not to the receiver.
    row("a lost segment",
        begun
            + QList<TestSegment> {{true, 101, 901, Ack, "abc"},
                                  {true, 107, 901, Ack, "ghi"},
                                  {false, 901, 110, Ack | Psh, "ok"},
                                  {true, 110, 903, Ack | Fin, {}}},
        {opened, u"#1 -> data abc"_s, u"#1 <- data ok"_s, u"#1 -> gap 3"_s, u"#1 -> data ghi"_s,
         u"#1 -> end"_s});
    QList<TestSegment> swapped = shortTalk();
    for (TestSegment &segment : swapped) {
        segment.serverPort = 50'000;
        segment.clientPort = 80;
    }
    row("the server has the higher port", swapped,
        QStringList {u"#1 -> open 10.0.0.2:50000 by 10.0.0.1:80"_s} + shortStory.mid(1));
    row("the server has the higher port, without SYN", swapped.mid(3),
        {u"#1 -> open 10.0.0.1:80 by 10.0.0.2:50000"_s, u"#1 <- data GET /"_s,
         u"#1 -> data 200 OK"_s, u"#1 <- end"_s, u"#1 -> end"_s});
    QList<TestSegment> timed = shortTalk();
    for (TestSegment &segment : timed)
        segment.options = QByteArray::fromHex("0101080a0000000100000002");
    row("TCP options", timed, shortStory);

    // A capture that keeps so many bytes of each packet.
    for (const int length : {44, 41, 40, 30}) {
        QList<TestPacket> packets = framed(shortTalk(), asIpv4);
        for (TestPacket &packet : packets) {
            packet.originalLength = packet.data.size();
            packet.data.truncate(length);
        }
        QStringList expected;
        if (length == 44) {
            expected = {
                opened,           u"#1 -> data GET "_s, u"#1 -> gap 1"_s, u"#1 <- data 200 "_s,
                u"#1 <- gap 2"_s, u"#1 -> end"_s,       u"#1 <- end"_s};
        } else if (length == 41) {
            expected = {opened,           u"#1 -> data G"_s, u"#1 -> gap 4"_s, u"#1 <- data 2"_s,
                        u"#1 <- gap 5"_s, u"#1 -> end"_s,    u"#1 <- end"_s};
        } else if (length == 40) {
            expected = {opened, u"#1 -> gap 5"_s, u"#1 <- gap 6"_s, u"#1 -> end"_s, u"#1 <- end"_s};
        }
        QTest::newRow(qPrintable(u"cut at %1 bytes"_s.arg(length))) << packets << expected;
    }
}

void tst_ForeignImport::tellsConversationsApart()
{
    QFETCH(QList<TestPacket>, packets);
    QFETCH(QStringList, expected);
    const auto imported =
        importFile(m_folder, m_folder.write(u"talk"_s, pcapngFile(packets, {101})));
    QCOMPARE(imported->result.has_value(), !expected.isEmpty());
    QCOMPARE(story(*imported->log), expected);
}

void tst_ForeignImport::saysWhatWasInIt()
{
    const TestSegment segment = {true, 1, 1, Pcapng::Ack, "x"};
    const QList<TestPacket> packets = {
        {start, ethernet(ipv4(segment, 17))},
        {start, ethernet(ipv4(segment, 17))},
        {start, ethernet(ipv4(segment, 1))},
        {start, ethernet(ipv4(segment, 47))},
        {start, ethernet(ipv4(segment, 6, 0x2000))},
        {start, QByteArray::fromHex("0200000000010200000000020806") + QByteArray(28, '\0')},
        {start, QByteArray::fromHex("02000000000102000000000288cc") + QByteArray(28, '\0')},
        {start, "short"},
        {start, ethernet(ipv4({true, 1, 1, Pcapng::Ack, {}}))},
    };
    auto imported = importFile(m_folder, m_folder.write(u"other"_s, pcapFile(packets, 1)));
    QVERIFY(!imported->result);
    QCOMPARE(imported->result.error().code, ProblemCode::NotACapture);
    QCOMPARE(imported->damage(u"why"_s),
             u"there is no TCP connection among its packets (1 of TCP that only acknowledge or "
             "reset, 2 of UDP, 1 of ICMP, 1 in fragments, 1 of other protocols over IP, 1 of ARP, "
             "1 of other kinds, 1 that are broken or cut inside their headers)"_s);
    imported = importFile(m_folder, m_folder.write(u"other"_s, pcapFile({}, 1)));
    QCOMPARE(imported->damage(u"why"_s), u"there is no packet in it"_s);
    imported = importFile(m_folder, m_folder.write(u"other"_s, "> 2024"), CaptureFormat::SocatLog);
    QCOMPARE(imported->damage(u"why"_s), u"socat passed nothing on in this log"_s);
    imported = importFile(m_folder, m_folder.write(u"other"_s, "socket(AF_INET, 1, 0) = 3\n"));
    QVERIFY(imported->damage(u"why"_s).startsWith(u"none of its 1 calls uses a local socket"_s));
    imported = importFile(m_folder, m_folder.path(), CaptureFormat::Pcap);
    QCOMPARE(imported->result.error().code, ProblemCode::FileUnreadable);
    QCOMPARE(imported->result.error().errnoValue, EISDIR);
}

void tst_ForeignImport::readsUpToTheDamage_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("offset");
    QTest::addColumn<QString>("why");
    const QList<TestPacket> packets = framed(shortTalk(), asIpv4);
    const QByteArray pcap = pcapFile(packets, 101);
    const QByteArray pcapng = pcapngFile(packets, {101});
    const auto row = [](const char *name, const QByteArray &content, qsizetype offset,
                        const char *why) {
        QTest::newRow(name) << content << QString::number(offset) << QString::fromLatin1(why);
    };
    const QByteArray nonsense = QByteArray(8, '\1') + QByteArray(8, '\x7f') + QByteArray(64, '\2');
    row("pcap, cut inside a packet", pcap + pcap.mid(24, 40), pcap.size(),
        "the file ends inside a packet");
    row("pcap, cut inside a header", pcap + pcap.mid(24, 10), pcap.size(),
        "the file ends inside a packet");
    row("pcap, impossible length", pcap + nonsense, pcap.size(),
        "a packet has an impossible length");
    row("pcapng, cut", pcapng + pcapng.right(20), pcapng.size(),
        "a block has an impossible length");
    row("pcapng, cut inside a block", pcapng + pcapng.mid(28, 20), pcapng.size(),
        "the file ends inside a block");
    row("pcapng, an interface that is not there",
        pcapng
            + pcapngBlock(Pcapng::EnhancedPacketBlock,
                          Bytes(false).add(quint32 {7}).add(QByteArray(16, '\0')).bytes(), false),
        pcapng.size(), "a packet contradicts its block or its section");
    row("pcapng, a packet longer than its block",
        pcapng
            + pcapngBlock(Pcapng::EnhancedPacketBlock,
                          Bytes(false)
                              .add(quint32 {0})
                              .add(quint64 {0})
                              .add(quint32 {0xffffffff})
                              .add(quint32 {0xffffffff})
                              .bytes(),
                          false),
        pcapng.size(), "a packet contradicts its block or its section");
}

void tst_ForeignImport::readsUpToTheDamage()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, offset);
    QFETCH(QString, why);
    const auto imported = importFile(m_folder, m_folder.write(u"damaged"_s, content));
    QVERIFY(!imported->result);
    QCOMPARE(imported->result.error().code, ProblemCode::CaptureDamaged);
    QCOMPARE(imported->damage(u"why"_s), why);
    QCOMPARE(imported->damage(u"offset"_s), offset);
    QCOMPARE(imported->damage(u"file"_s), m_folder.file(u"damaged"_s));
    QCOMPARE(story(*imported->log), shortStory);
}

void tst_ForeignImport::survivesAnyCut()
{
    const QList<TestPacket> packets = framed(shortTalk(), asIpv4);
    for (const QByteArray &whole : {pcapFile(packets, 101), pcapngFile(packets, {101})}) {
        QStringList before;
        for (qsizetype length = 4; length < whole.size(); length += 3) {
            const auto imported =
                importFile(m_folder, m_folder.write(u"cut"_s, whole.first(length)));
            const QStringList now = story(*imported->log);
            QVERIFY(now.size() >= before.size());
            QCOMPARE(now, shortStory.first(now.size()));
            if (!imported->result && !now.isEmpty())
                QCOMPARE(imported->result.error().code, ProblemCode::CaptureDamaged);
            before = now;
        }
    }
}

void tst_ForeignImport::readsSocatLogs_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QStringList>("expected");
    QTest::addColumn<QString>("why");
    const auto row = [](const char *name, const QByteArray &content, const QStringList &expected,
                        const char *why = "") {
        QTest::newRow(name) << content << expected << QString::fromLatin1(why);
    };
    const QByteArray in = "> 2024/01/02 12:00:00.000123456  ";
    const QByteArray out = "< 2024/01/02 12:00:01.000123456  ";
    const QString opened = u"#1 -> open socat"_s;
    const QString note = u" (socat -v writes a dot for each byte that cannot be printed)"_s;
    const QStringList both = {opened, u"#1 -> data abc.d"_s, u"#1 <- data ok"_s};
    row("-x -v",
        in
            + "length=5 from=0 to=4\n 61 62 63 0a                                      abc.\n"
              " 64                                               d\n--\n"
            + out
            + "length=2 from=0 to=1\n 6f 6b                                            ok\n--\n",
        both);
    row("-x",
        in + "length=5 from=0 to=4\n 61 62 63 0a 64\n" + out + "length=2 from=0 to=1\n 6f 6b\n",
        both);
    row("-v", in + "length=5 from=0 to=4\nabc\nd" + out + "length=2 from=0 to=1\nok",
        {opened, u"#1 -> data abc.d"_s + note, u"#1 <- data ok"_s});
    row("-v with escapes", in + "length=8 from=0 to=7\n\\r\\\\n\\a\\b\\v\\fx\n",
        {opened, u"#1 -> data .\\n....x"_s + note});
    row("-v that looks like a header",
        in + "length=54 from=0 to=53\n> 2024/01/02 12:00:00.000123456  length=5 from=0 to=4\n",
        {opened, u"#1 -> data > 2024/01/02 12:00:00.000123456  length=5 from=0 to=4."_s + note});
    row("-v that looks like hexadecimal", in + "length=6 from=0 to=5\n 61 62",
        {opened, u"#1 -> data  61 62"_s + note});
    row("messages in between",
        "2024/01/02 12:00:00 socat[7] N listening on AF=1 \"/run/x\"\n"
        "2024/01/02 12:00:00 socat[8] N starting data transfer loop with FDs [6,6] and [5,5]\n"
            + in + "length=2 from=0 to=1\n2024/01/02 12:00:00 socat[7] N waiting\n 61 62\n"
            + "2024/01/02 12:00:01 socat[8] N socket 1 (fd 6) is at EOF\n"
            + "2024/01/02 12:00:01 socat[8] N socket 2 (fd 5) is at EOF\n",
        {u"#1 -> open /run/x"_s, u"#1 -> data ab"_s, u"#1 -> end"_s, u"#1 <- end"_s});
    row("two connections by turns",
        in + "length=1 from=0 to=0\n 61\n" + out + "length=1 from=0 to=0\n 62\n" + in
            + "length=2 from=0 to=1\n 63 64\n" + in + "length=1 from=1 to=1\n 65\n" + in
            + "length=1 from=2 to=2\n 66\n",
        {opened, u"#1 -> data a"_s, u"#1 <- data b"_s, u"#2 -> open socat"_s, u"#2 -> data cd"_s,
         u"#1 -> data e"_s, u"#1 -> data f"_s});
    row("a part is missing",
        in + "length=1 from=0 to=0\n 61\n" + in + "length=1 from=5 to=5\n 62\n",
        {opened, u"#1 -> data a"_s, u"#1 -> gap 4"_s, u"#1 -> data b"_s});
    row("the beginning is missing", in + "length=1 from=500 to=500\n 61\n",
        {opened, u"#1 -> data a"_s});
    row("a block that is shorter than it says",
        in + "length=5 from=0 to=4\n 61 62\n" + in + "length=1 from=5 to=5\n 63\n",
        {opened, u"#1 -> data ab"_s, u"#1 -> gap 3"_s, u"#1 -> data c"_s});
    row("cut, hexadecimal", in + "length=5 from=0 to=4\n 61 62", {opened, u"#1 -> data ab"_s},
        "the file ends inside a block");
    row("cut, text", in + "length=5 from=0 to=4\nab", {opened, u"#1 -> data ab"_s + note},
        "the file ends inside a block");
    row("cut inside a header", in + "length=2 from=0 to=1\n 61 62\n" + in + "len",
        {opened, u"#1 -> data ab"_s});
    row("lengths that contradict each other",
        in + "length=1 from=0 to=0\n 61\n" + in + "length=99999999999 from=1 to=1\n 61\n",
        {opened, u"#1 -> data a"_s});
    row("an impossible length",
        in + "length=9000000000000000000 from=0 to=8999999999999999999\n 61\n",
        {opened, u"#1 -> data a"_s}, "the file ends inside a block");
}

void tst_ForeignImport::readsSocatLogs()
{
    QFETCH(QByteArray, content);
    QFETCH(QStringList, expected);
    QFETCH(QString, why);
    const QString file = m_folder.write(u"socat.log"_s, content);
    QCOMPARE(captureFormat(file), CaptureFormat::SocatLog);
    const auto imported = importFile(m_folder, file);
    QCOMPARE(story(*imported->log), expected);
    QCOMPARE(imported->damage(u"why"_s), why);
    const Record first = *imported->log->record(0);
    // Microseconds, in a field of nine digits.
    QCOMPARE(isoTime(first.time), u"2024-01-02T12:00:00.123456000Z"_s);
}

void tst_ForeignImport::readsStraceLogs_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const QByteArray &content, const QStringList &expected) {
        QTest::newRow(name) << content << expected;
    };
    const QByteArray connected = "socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3\n"
                                 "connect(3, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 110) = 0\n";
    const QByteArray accepted =
        "socket(AF_UNIX, SOCK_STREAM, 0) = 3\n"
        "bind(3, {sa_family=AF_UNIX, sun_path=@\"\\x78\\x79\"}, 110) = 0\nlisten(3, 5) = 0\n"
        "accept4(3, {sa_family=AF_UNIX}, [110 => 2], SOCK_CLOEXEC) = 4\n";
    const QString client = u"#1 -> open /run/x"_s;
    const QString server = u"#1 -> open @xy"_s;
    row("client",
        connected
            + "write(3, \"\\x61\\x62\\x63\", 3) = 3\nread(3, \"ok\\n\", 10) = 3\n"
              "shutdown(3, SHUT_WR) = 0\nread(3, \"\", 10) = 0\nclose(3) = 0\n",
        {client, u"#1 -> data abc"_s, u"#1 <- data ok."_s, u"#1 -> end"_s, u"#1 <- end"_s});
    row("server",
        accepted
            + "recvfrom(4, \"abc\", 10, 0, NULL, NULL) = 3\n"
              "sendto(4, \"ok\", 2, MSG_NOSIGNAL, NULL, 0) = 2\nclose(4) = 0\n",
        {server, u"#1 -> data abc"_s, u"#1 <- data ok"_s, u"#1 <- end"_s});
    row("what failed",
        connected
            + "read(3, 0x7ffe, 10) = -1 EAGAIN (Resource temporarily unavailable)\n"
              "write(3, \"abc\", 3) = -1 EPIPE (Broken pipe)\n"
              "read(3, 0x7ffe, 10) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n",
        {client});
    row("less than was given", connected + "write(3, \"abcdef\", 6) = 4\n",
        {client, u"#1 -> data abcd"_s});
    row("cut", connected + "write(3, \"abc\"..., 10) = 10\nread(3, \"\"..., 5) = 5\n",
        {client, u"#1 -> data abc"_s, u"#1 -> gap 7"_s, u"#1 <- gap 5"_s});
    row("vectors",
        connected
            + "writev(3, [{iov_base=\"ab\", iov_len=2}, {iov_base=\"c\"..., iov_len=3}, "
              "{iov_base=\"de\", iov_len=2}], 3) = 7\n"
              "readv(3, [{iov_base=\"xy\", iov_len=2}, {iov_base=\"z\", iov_len=90}], 2) = 3\n"
              "writev(3, [{iov_base=\"ab\", iov_len=2}, ...], 9) = 9\n",
        {client, u"#1 -> data abc"_s, u"#1 -> gap 2"_s, u"#1 -> data de"_s, u"#1 <- data xyz"_s,
         u"#1 -> data ab"_s, u"#1 -> gap 7"_s});
    row("messages with descriptors",
        connected
            + "sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"ab\", iov_len=2}], "
              "msg_iovlen=1, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, "
              "cmsg_type=SCM_RIGHTS, cmsg_data=[0</dev/null<char 1:3>>, 7]}], msg_controllen=24, "
              "msg_flags=0}, MSG_NOSIGNAL) = 2\n"
              "recvmsg(3, {msg_name={sa_family=AF_UNIX}, msg_namelen=128 => 2, "
              "msg_iov=[{iov_base=\"c\", iov_len=10}], msg_iovlen=1, msg_controllen=0, "
              "msg_flags=0}, 0) = 1\n",
        {client, u"#1 -> data ab (2 descriptors: 0 </dev/null<char 1:3>>; 7)"_s,
         u"#1 <- data c"_s});
    row("many messages",
        connected
            + "sendmmsg(3, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"ab\", "
              "iov_len=2}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=2}, "
              "{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"c\", iov_len=1}], "
              "msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=1}], 2, 0) = 2\n",
        {client, u"#1 -> data ab"_s, u"#1 -> data c"_s});
    row("looked at, then read",
        connected + "recvfrom(3, \"ab\", 2, MSG_PEEK, NULL, NULL) = 2\nread(3, \"abc\", 9) = 3\n",
        {client, u"#1 <- data abc"_s});
    row("duplicates",
        connected
            + "dup(3) = 5\nclose(3) = 0\nfcntl(5, F_DUPFD_CLOEXEC, 10) = 10\ndup2(5, 6) = 6\n"
              "write(10, \"a\", 1) = 1\nclose(10) = 0\nwrite(6, \"b\", 1) = 1\nclose(6) = 0\n"
              "dup2(5, 5) = 5\nclose(5) = 0\nwrite(5, \"c\", 1) = 1\n",
        {client, u"#1 -> data a"_s, u"#1 -> data b"_s, u"#1 -> end"_s});
    row("a number that is used again",
        connected
            + "socket(AF_UNIX, SOCK_STREAM, 0) = 3\n"
              "connect(3, {sa_family=AF_UNIX, sun_path=\"/run/y\"}, 110) = 0\n"
              "write(3, \"a\", 1) = 1\n"
              "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3\nwrite(3, \"b\", 1) = 1\n",
        {client, u"#1 -> end"_s, u"#2 -> open /run/y"_s, u"#2 -> data a"_s, u"#2 -> end"_s});
    row("other descriptors",
        connected + "read(4, \"abc\", 3) = 3\nwrite(1, \"abc\", 3) = 3\nwrite(3, \"x\", 1) = 1\n",
        {client, u"#1 -> data x"_s});
    row("both ends of a pair",
        "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\nwrite(3, \"abc\", 3) = 3\n"
        "read(4, \"ab\", 2) = 2\nwrite(4, \"x\", 1) = 1\nread(4, \"c\", 9) = 1\n"
        "read(3, \"x\", 9) = 1\nclose(3) = 0\nread(4, \"\", 9) = 0\n",
        {u"#1 -> open socketpair"_s, u"#1 -> data abc"_s, u"#1 <- data x"_s, u"#1 -> end"_s});
    row("children",
        "7 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n"
        "7 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 8\n"
        "7 close(4) = 0\n8 close(3) = 0\n8 write(4, \"abc\", 3) = 3\n"
        "7 read(3, \"abc\", 3) = 3\n8 +++ exited with 0 +++\n7 read(3, \"\", 3) = 0\n",
        {u"#1 -> open socketpair"_s, u"#1 <- data abc"_s, u"#1 <- end"_s});
    row("threads",
        "7 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n"
        "7 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 8\n"
        "8 close(4) = 0\n8 +++ exited with 0 +++\n7 write(4, \"abc\", 3) = 3\n"
        "7 write(3, \"d\", 1) = 1\n",
        {u"#1 -> open socketpair"_s, u"#1 <- end"_s, u"#1 -> data d"_s});
    row("a child that is heard before its parent",
        "7 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n"
        "7 fork( <unfinished ...>\n9 getpid() = 9\n8 write(4, \"abc\", 3) = 3\n"
        "7 <... fork resumed>) = 8\n8 close(4) = 0\n7 close(4) = 0\n",
        {u"#1 -> open socketpair"_s, u"#1 <- data abc"_s, u"#1 <- end"_s});
    row("another program",
        "7 " + QByteArray(connected).replace("\nconnect", "\n7 connect")
            + "7 dup(3) = 5\n7 execve(\"/bin/x\", [\"x\"], 0x7ff /* 3 vars */) = 0\n"
              "7 read(3, \"\\x7fELF\", 4) = 4\n7 write(5, \"a\", 1) = 1\n",
        {client, u"#1 -> data a"_s});
    row("calls that take their time",
        "7 " + QByteArray(connected).replace("\nconnect", "\n7 connect")
            + "7 read(3,  <unfinished ...>\n8 getpid() = 8\n"
              "7 <... read resumed>\"a, b\", 10) = 4\n7 write(3, \"x\", 1 <unfinished ...>\n"
              "7 <... write resumed>) = 1\n",
        {client, u"#1 <- data a, b"_s, u"#1 -> data x"_s});
    row("-yy, both ends",
        "7 socket(AF_UNIX, SOCK_STREAM, 0) = 3<UNIX-STREAM:[11]>\n"
        "8 accept4(3<UNIX-STREAM:[5,\"/run/x\"]>, {sa_family=AF_UNIX}, [110 => 2], 0 "
        "<unfinished ...>\n"
        "7 connect(3<UNIX-STREAM:[11]>, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 110 "
        "<unfinished ...>\n"
        "8 <... accept4 resumed>) = 4<UNIX-STREAM:[12->11,\"/run/x\"]>\n"
        "7 <... connect resumed>) = 0\n"
        "7 write(3<UNIX-STREAM:[11->12]>, \"abc\"..., 5) = 5\n"
        "8 read(4<UNIX-STREAM:[12->11,\"/run/x\"]>, \"abc\"..., 9) = 5\n"
        "8 write(4<UNIX-STREAM:[12->11,\"/run/x\"]>, \"ok\", 2) = 2\n"
        "7 read(3<UNIX-STREAM:[11->12]>, \"ok\", 9) = 2\n"
        "7 close(3<UNIX-STREAM:[11->12]>) = 0\n"
        "8 read(4<UNIX-STREAM:[12->11,\"/run/x\"]>, \"\", 9) = 0\n",
        {client, u"#1 -> data abc"_s, u"#1 -> gap 2"_s, u"#1 <- data ok"_s, u"#1 -> end"_s});
    row("-yy, connected before",
        "write(4<UNIX-STREAM:[12->11,\"\\x2frun/x\"]>, \"abc\", 3) = 3\n"
        "read(4</etc/passwd>, \"root\", 4) = 4\n",
        {client, u"#1 <- data abc"_s, u"#1 <- end"_s});
    row("the kernel moves the bytes", connected + "sendfile(3, 4, NULL, 100) = 100\n",
        {client, u"#1 -> gap 100"_s});
    row("nonsense in between",
        connected + "hello\nwrite(3, \"\n)(\nwrite(3, {{{{{{, 1) = 1\nwrite(3, \"a\", 1) = 1\n",
        {client, u"#1 -> data a"_s});
}

void tst_ForeignImport::readsStraceLogs()
{
    QFETCH(QByteArray, content);
    QFETCH(QStringList, expected);
    const QString file = m_folder.write(u"strace.log"_s, content);
    QCOMPARE(captureFormat(file), CaptureFormat::StraceLog);
    auto imported = importFile(m_folder, file);
    QVERIFY(imported->result);
    QCOMPARE(story(*imported->log), expected);

    // The same with each kind of time in front.
    if (content.contains("hello"))
        return;
    const auto timed = [&](const QByteArray &time) {
        QByteArray result;
        for (QByteArray line : content.split('\n')) {
            if (line.isEmpty())
                continue;
            const bool hasPid = line[0] >= '0' && line[0] <= '9';
            const qsizetype at = hasPid ? line.indexOf(' ') + 1 : 0;
            result += line.first(at) + time + ' ' + line.mid(at) + '\n';
        }
        return m_folder.write(u"timed.log"_s, result);
    };
    struct Row
    {
        QByteArray time;
        QString expected;
    };
    const Row rows[] = {
        {"1700000000.123456", u"2023-11-14T22:13:20.123456000Z"_s},
        {"12:34:56", u"2024-05-06T12:34:56.000000000Z"_s},
        {"12:34:56.789012", u"2024-05-06T12:34:56.789012000Z"_s},
        {"12:34:56.789012 (+     0.000100)", u"2024-05-06T12:34:56.789012000Z"_s},
    };
    for (const Row &row : rows) {
        const QString timedFile = timed(row.time);
        const timespec times[2] = {{1'714'989'600, 0}, {1'714'989'600, 0}}; // 2024-05-06
        QCOMPARE(::utimensat(AT_FDCWD, QFile::encodeName(timedFile).constData(), times, 0), 0);
        QCOMPARE(captureFormat(timedFile), CaptureFormat::StraceLog);
        imported = importFile(m_folder, timedFile);
        QCOMPARE(story(*imported->log), expected);
        QCOMPARE(isoTime(imported->log->record(0)->time), row.expected);
    }
}

void tst_ForeignImport::canBeCancelled()
{
    const Talks talks = randomTalks(7, 50, 40);
    QByteArray content = pcapFile(talks.packets, 1);
    const QByteArray again = content.mid(24);
    while (content.size() < 100'000'000)
        content += again;
    const QString file = m_folder.write(u"long.pcap"_s, content);
    content.clear();
    // A machine that has other things to do may let either thread wait; not each time.
    qint64 fastest = INT64_MAX;
    for (int attempt = 0; attempt < 10 && fastest >= 50'000'000; ++attempt) {
        Imported imported;
        CaptureOptions options = importOptions(file);
        options.folder = m_folder.path();
        auto log = CaptureLog::create(options, imported.clock);
        QVERIFY(log);
        QElapsedTimer timer;
        timer.start();
        qint64 ended = 0;
        std::thread thread([&] {
            imported.result =
                importForeign(file, CaptureFormat::Pcap, **log, imported.clock, imported.progress);
            ended = timer.nsecsElapsed();
        });
        while (imported.progress.bytesRead == 0)
            std::this_thread::yield();
        const qint64 asked = timer.nsecsElapsed();
        imported.progress.isCancelled = true;
        thread.join();
        QVERIFY(imported.result);
        QVERIFY(imported.progress.bytesRead < imported.progress.size);
        fastest = std::min(fastest, ended - asked);
    }
    qInfo("cancelled within %.3f ms", static_cast<double>(fastest) / 1e6);
    QVERIFY(fastest < 50'000'000);
    QFile::remove(file);
}

void tst_ForeignImport::canBeReadMeanwhile()
{
    const Talks talks = randomTalks(8, 20, 2000);
    const QString file = m_folder.write(u"long.pcap"_s, pcapFile(talks.packets, 1));
    Imported imported;
    CaptureOptions options = importOptions(file);
    options.folder = m_folder.path();
    auto log = CaptureLog::create(options, imported.clock);
    QVERIFY(log);
    std::atomic<bool> hasEnded = false;
    std::thread thread([&] {
        imported.result =
            importForeign(file, CaptureFormat::Pcap, **log, imported.clock, imported.progress);
        hasEnded = true;
    });
    bool wasSeen = false;
    while (!hasEnded) {
        const CaptureCursor cursor = (*log)->cursor();
        if (cursor.end > 0 && !hasEnded)
            wasSeen = wasSeen || (*log)->record(cursor.end - 1).has_value();
        std::this_thread::yield();
    }
    thread.join();
    QVERIFY(imported.result);
    QVERIFY(wasSeen);
    QFile::remove(file);
}

// Formats that say much with few bytes make a log that is larger than the file.
void tst_ForeignImport::recyclesNothing()
{
    QByteArray content = "socket(AF_UNIX,1,0) = 3\nconnect(3,{sa_family=AF_UNIX},2) = 0\n";
    constexpr int writes = 300'000;
    content.reserve(writes * 20);
    for (int i = 0; i < writes; ++i)
        content += "write(3,\"a\",1) = 1\n";
    for (int i = 0; i < 20'000; ++i)
        content += "socketpair(AF_UNIX,1,0,[4,5]) = 0\n";
    const auto imported = importFile(m_folder, m_folder.write(u"small.log"_s, content));
    QVERIFY(imported->result);
    QCOMPARE(imported->log->cursor().begin, 0u);
    QCOMPARE(imported->log->statistics().droppedRecords, 0u);
    QCOMPARE(streamOf(*imported->log, {1}, toServer).size(), writes);
    const CaptureStatistics statistics = imported->log->statistics();
    qInfo("%lld bytes became %lld of at most %lld", static_cast<long long>(content.size()),
          static_cast<long long>(statistics.bytesOnDisk), static_cast<long long>(statistics.limit));
}

// Four times as much must not take sixteen times as long.
void tst_ForeignImport::staysQuickOnHostileFiles_data()
{
    QTest::addColumn<std::function<QByteArray(int)>>("make");
    const auto row = [](const char *name, const std::function<QByteArray(int)> &make) {
        QTest::newRow(name) << make;
    };
    const auto packets = [](int count, const std::function<TestSegment(int)> &segment) {
        QList<TestPacket> result;
        for (int i = 0; i < count; ++i)
            result << TestPacket {start + i, ipv4(segment(i))};
        return pcapFile(result, 101);
    };
    row("many connections", [=](int size) {
        return packets(10'000 * size, [](int i) {
            const auto port = static_cast<quint16>(1024 + i % 60'000);
            return TestSegment {true, static_cast<quint32>(i), 0, Pcapng::Syn, {}, {}, port};
        });
    });
    row("every second byte", [=](int size) {
        return packets(20'000 * size, [](int i) {
            return TestSegment {true, static_cast<quint32>(2 * i), 1, Pcapng::Ack, "x"};
        });
    });
    row("backwards", [=](int size) {
        return packets(20'000 * size, [=](int i) {
            const auto at = static_cast<quint32>(i == 0 ? 0 : 20'000 * size - i);
            return TestSegment {true, at, 1, Pcapng::Ack, "x"};
        });
    });
    row("a line without end",
        [](int size) { return "read(3, \"" + QByteArray(2'000'000 * size, 'x'); });
    row("lists in lists",
        [](int size) { return "read(3, 1) = 1\nread(" + QByteArray(1'000'000 * size, '['); });
    row("comments without end", [](int size) {
        return "read(3, 1) = 1\nread(" + QByteArray("/*x, ").repeated(300'000 * size);
    });
    row("descriptors that are inherited", [](int size) {
        QByteArray log;
        for (int i = 0; i < 500 * size; ++i) {
            log += "1 socketpair(AF_UNIX, 1, 0, [" + QByteArray::number(2 * i + 3) + ", "
                + QByteArray::number(2 * i + 4) + "]) = 0\n";
        }
        for (int i = 2; i < 5000; ++i)
            log += "1 fork() = " + QByteArray::number(i) + '\n';
        return log;
    });
    row("escapes", [](int size) {
        return "> 2024/01/02 12:00:00.000123456  length=9000000000 from=0 to=8999999999\n"
            + QByteArray(1'000'000 * size, '\\');
    });
}

void tst_ForeignImport::staysQuickOnHostileFiles()
{
    QFETCH(std::function<QByteArray(int)>, make);
    qint64 times[2] = {};
    for (const int round : {0, 1}) {
        const QString file = m_folder.write(u"hostile"_s, make(round == 0 ? 1 : 4));
        const CaptureFormat format = captureFormat(file);
        const qint64 before = processorTime();
        (void)importFile(m_folder, file,
                         format == CaptureFormat::Unknown ? CaptureFormat::StraceLog : format);
        times[round] = (processorTime() - before) / 1'000'000;
    }
    qInfo("%lld ms, four times as much: %lld ms", static_cast<long long>(times[0]),
          static_cast<long long>(times[1]));
    QVERIFY(times[1] < 10 * times[0] + 200); // a fresh file or page now and then
}

void tst_ForeignImport::agreesWithTshark_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 3; ++seed)
        QTest::newRow(qPrintable(QString::number(seed))) << seed;
}

void tst_ForeignImport::agreesWithTshark()
{
    QFETCH(quint32, seed);
    const Talks talks = randomTalks(seed, 4, 8);
    const QString file = m_folder.write(u"talks.pcap"_s, pcapFile(talks.packets, 1, false, true));
    const auto imported = importFile(m_folder, file);
    QVERIFY(imported->result);
    for (int number = 0; number < talks.sent[0].size(); ++number) {
        const ConnectionId id {static_cast<quint64>(number) + 1};
        QVERIFY(streamOf(*imported->log, id, toServer) == talks.sent[0][number]);
        QVERIFY(streamOf(*imported->log, id, toClient) == talks.sent[1][number]);
    }
    if (!hasProgram("tshark"))
        QSKIP("tshark is not installed");
    for (int number = 0; number < talks.sent[0].size(); ++number) {
        const ConnectionId id {static_cast<quint64>(number) + 1};
        const Followed followed = follow(m_folder.path(), file, number);
        const bool isClientFirst = followed.firstNode.startsWith("10.0.0.1:");
        QVERIFY(streamOf(*imported->log, id, toServer) == followed.sides[isClientFirst ? 0 : 1]);
        QVERIFY(streamOf(*imported->log, id, toClient) == followed.sides[isClientFirst ? 1 : 0]);
    }
}

void tst_ForeignImport::readsWhatWiresharkWrote_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("arguments"); // IN and OUT are replaced
    QTest::addColumn<bool>("isWhole");
    const auto row = [](const char *name, const QString &program, const QStringList &arguments,
                        bool isWhole = true) {
        QTest::newRow(name) << program << arguments << isWhole;
    };
    row("pcapng", u"editcap"_s, {u"-F"_s, u"pcapng"_s, u"IN"_s, u"OUT"_s});
    row("pcap", u"editcap"_s, {u"-F"_s, u"pcap"_s, u"IN"_s, u"OUT"_s});
    row("pcap with nanoseconds", u"editcap"_s, {u"-F"_s, u"nsecpcap"_s, u"IN"_s, u"OUT"_s});
    row("merged with itself", u"mergecap"_s, {u"-w"_s, u"OUT"_s, u"IN"_s, u"IN"_s});
    row("sorted", u"reordercap"_s, {u"IN"_s, u"OUT"_s});
    row("cut", u"editcap"_s, {u"-s"_s, u"100"_s, u"IN"_s, u"OUT"_s}, false);
    row("headers only", u"editcap"_s, {u"-s"_s, u"54"_s, u"IN"_s, u"OUT"_s}, false);
}

void tst_ForeignImport::readsWhatWiresharkWrote()
{
    QFETCH(QString, program);
    QFETCH(QStringList, arguments);
    QFETCH(bool, isWhole);
    if (!hasProgram(qPrintable(program)))
        QSKIP(qPrintable(program + u" (wireshark-common) is not installed"_s));
    const Talks talks = randomTalks(5, 3, 6);
    const QString in = m_folder.write(u"in.pcap"_s, pcapFile(talks.packets, 1, false, true));
    const QString out = m_folder.file(u"out"_s);
    QFile::remove(out);
    arguments.replaceInStrings(u"IN"_s, in).replaceInStrings(u"OUT"_s, out);
    QCOMPARE(runTool(m_folder.path(), program, arguments).status, 0);
    const auto imported = importFile(m_folder, out);
    QVERIFY2(imported->result, qPrintable(imported->damage(u"why"_s)));
    for (int number = 0; number < talks.sent[0].size(); ++number) {
        const ConnectionId id {static_cast<quint64>(number) + 1};
        for (const Direction side : {toServer, toClient}) {
            const QByteArray got = streamOf(*imported->log, id, side);
            const QByteArray &sent = talks.sent[static_cast<int>(side)][number];
            QCOMPARE(got.size(), sent.size()); // of a cut one with its gaps
            QCOMPARE(got == sent, isWhole);
        }
    }
    QCOMPARE(imported->log->statistics().gaps > 0, !isWhole);
}

void tst_ForeignImport::readsRealSocat_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("-x -v") << QStringList {u"-x"_s, u"-v"_s};
    QTest::newRow("-x") << QStringList {u"-x"_s};
    QTest::newRow("-v") << QStringList {u"-v"_s};
    QTest::newRow("-d -d -x -v") << QStringList {u"-d"_s, u"-d"_s, u"-x"_s, u"-v"_s};
}

void tst_ForeignImport::readsRealSocat()
{
    QFETCH(QStringList, options);
    if (!hasProgram("socat") || !hasProgram("python3"))
        QSKIP("socat and python3 are not installed");
    // A server that sends back what it got, upside down, and a client that speaks two times.
    const QString script = m_folder.write(u"talk.py"_s, R"(
import os, socket, subprocess, sys
folder = sys.argv[1]
text = sys.argv[2] == 'text'
os.chdir(folder)
for name in ('back', 'front'):
    if os.path.exists(name):
        os.unlink(name)
listener = socket.socket(socket.AF_UNIX)
listener.bind('back')
listener.listen()
relay = subprocess.Popen(['socat', *sys.argv[3:], 'UNIX-LISTEN:front', 'UNIX-CONNECT:back'],
                         stderr=open('socat.log', 'w'))
client = socket.socket(socket.AF_UNIX)
while client.connect_ex('front') != 0:
    if relay.poll() is not None:
        sys.exit(1)
server = listener.accept()[0]
def receive(end, count):
    data = b''
    while len(data) < count:
        data += end.recv(count - len(data))
    return data
parts = [bytes(range(32, 127)) + b'\n\r\t\\', b'a\n' * 5000] if text else \
        [bytes(range(256)) * 40, b'\n' * 3 + b'x']
sent = [b'', b'']
for part in parts:
    client.sendall(part)
    answer = receive(server, len(part))[::-1]
    server.sendall(answer)
    receive(client, len(answer))
    sent[0] += part
    sent[1] += answer
client.shutdown(socket.SHUT_WR)
server.recv(1)
server.close()
client.recv(1)
relay.wait()
open('to', 'wb').write(sent[0])
open('from', 'wb').write(sent[1])
)");
    const bool isText = options == QStringList {u"-v"_s};
    const Output run =
        runTool(m_folder.path(), u"python3"_s,
                QStringList {script, m_folder.path(), isText ? u"text"_s : u"any"_s} + options);
    QCOMPARE(run.status, 0);
    const auto imported = importFile(m_folder, m_folder.file(u"socat.log"_s));
    QVERIFY2(imported->result, qPrintable(imported->damage(u"why"_s)));
    const auto content = [&](const QString &name) {
        QFile file(m_folder.file(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(!content(u"to"_s).isEmpty());
    QVERIFY(streamOf(*imported->log, {1}, toServer) == content(u"to"_s));
    QVERIFY(streamOf(*imported->log, {1}, toClient) == content(u"from"_s));
    QVERIFY(!imported->log->connection({2}));
    const qint64 now = QDateTime::currentMSecsSinceEpoch() / 1000;
    const qint64 seconds =
        imported->log->record(0)->time.time_since_epoch().count() / 1'000'000'000;
    QVERIFY2(qAbs(now - seconds) < 3600 || isText, "local time, as this process sees it");
}

void tst_ForeignImport::readsRealStrace_data()
{
    QTest::addColumn<QString>("options");
    QTest::addColumn<bool>("isOne"); // both ends are known to belong together
    QTest::addColumn<bool>("isWhole");
    QTest::newRow("-xx") << u"-xx -s 100000"_s << false << true;
    QTest::newRow("plain strings") << u"-s 100000"_s << false << true;
    QTest::newRow("-yy") << u"-xx -yy -s 100000"_s << true << true;
    QTest::newRow("-yy -ttt") << u"-yy -ttt -s 100000"_s << true << true;
    QTest::newRow("-tt") << u"-xx -tt -s 100000"_s << false << true;
    QTest::newRow("-r -y") << u"-x -r -y -T -s 100000"_s << false << true;
    QTest::newRow("cut") << u"-xx -yy -s 8"_s << true << false;
}

void tst_ForeignImport::readsRealStrace()
{
    QFETCH(QString, options);
    QFETCH(bool, isOne);
    QFETCH(bool, isWhole);
    if (!hasProgram("strace") || !hasProgram("python3"))
        QSKIP("strace and python3 are not installed");
    const QString script = m_folder.write(u"traced.py"_s, R"(
import array, os, socket, sys
os.chdir(sys.argv[1])
if os.path.exists('traced'):
    os.unlink('traced')
listener = socket.socket(socket.AF_UNIX)
listener.bind('traced')
listener.listen()
child = os.fork()
if child == 0:
    listener.close()
    client = socket.socket(socket.AF_UNIX)
    client.connect('traced')
    client.sendall(bytes(range(256)) * 8)
    got = client.recv(10)
    client.sendmsg([b'ab', b'cd'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [2]))])
    os.write(client.fileno(), b'"quoted" \\x00 ...\n')
    client.shutdown(socket.SHUT_WR)
    client.recv(10)
    os._exit(0)
server = listener.accept()[0]
data = b''
while len(data) < 2048:
    data += server.recv(700)
server.sendall(b'got it')
data, descriptors, flags, address = server.recvmsg(4, 1000)
while server.recv(5):
    pass
server.close()
os.waitpid(child, 0)
)");
    const QString log = m_folder.file(u"strace.log"_s);
    QFile::remove(log);
    QStringList arguments = options.split(u' ');
    arguments << u"-f"_s << u"-e"_s << u"trace=network,read,write,close,clone,fork,vfork,clone3"_s
              << u"-o"_s << log << u"python3"_s << script << m_folder.path();
    const Output run = runTool(m_folder.path(), u"strace"_s, arguments);
    if (run.status != 0 || QFileInfo(log).size() == 0)
        QSKIP("strace may not trace here");
    QCOMPARE(captureFormat(log), CaptureFormat::StraceLog);
    const auto imported = importFile(m_folder, log);
    QVERIFY2(imported->result, qPrintable(imported->damage(u"why"_s)));

    QByteArray sent;
    for (int i = 0; i < 2048; ++i)
        sent += static_cast<char>(i);
    sent += "abcd\"quoted\" \\x00 ...\n";
    QList<ConnectionId> found;
    for (quint64 id = 1; imported->log->connection({id}); ++id) {
        const QByteArray got = streamOf(*imported->log, {id}, toServer);
        if (got.size() != sent.size())
            continue; // whatever else Python did
        found << ConnectionId {id};
        QCOMPARE(got == sent, isWhole);
        QCOMPARE(streamOf(*imported->log, {id}, toClient).size(), 6);
        for (const Record &record : imported->log->records(0, 10'000)) {
            if (record.connection.value == id && record.kind == RecordKind::Opened)
                QCOMPARE(imported->log->server(record.server)->address, u"traced"_s);
        }
    }
    QCOMPARE(found.size(), isOne ? 1 : 2);
    bool hasDescriptor = false;
    for (const Record &record : imported->log->records(0, 10'000)) {
        hasDescriptor = hasDescriptor
            || (record.hasNote
                && imported->log->note(record.index).startsWith(u"1 descriptor: "_s));
    }
    QVERIFY(hasDescriptor);
}

QTEST_GUILESS_MAIN(tst_ForeignImport)
#include "tst_foreignimport.moc"
