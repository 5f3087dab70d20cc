// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// With the real sharkd and captures as Sockeye writes them; then with programs in its place that
// do what a broken one might. So many lines because each case makes the bytes that it is about.

#include "core/decode/dissectors.h"

#include "core/base/problemtext.h"
#include "core/capture/packetnumbers.h"
#include "core/capture/pcapngformat.h"

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QRegularExpression>
#include <QtEndian>
#include <QtTest>

#include <csignal>

using namespace Sockeye;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;

QByteArray pgMessage(char type, const QByteArray &body)
{
    QByteArray length(4, '\0');
    qToBigEndian(static_cast<quint32>(body.size() + 4), length.data());
    return type + length + body;
}

QByteArray pgStartup()
{
    const QByteArray body =
        QByteArray::fromHex("00030000") + QByteArray("user\0ada\0database\0fish\0\0", 24);
    QByteArray length(4, '\0');
    qToBigEndian(static_cast<quint32>(body.size() + 4), length.data());
    return length + body;
}

/// A capture in a file, and the packets of its records.
class Capture
{
public:
    explicit Capture(const QString &file)
    {
        CaptureOptions options;
        options.file = file;
        auto created = CaptureLog::create(options, m_clock);
        if (!created)
            qFatal("no capture");
        m_log = std::move(*created);
        m_numbers.emplace(*PacketNumbers::open(file));
        m_file = file;
    }

    std::unique_ptr<CaptureStream> connect(quint64 id, quint64 server)
    {
        return m_log->openStream(testConnection(id, server), RecordingPolicy::Lossless);
    }
    /// The request for the packet of the record that is made of @p bytes.
    DissectionRequest add(CaptureStream &stream, Direction direction, const QByteArray &bytes)
    {
        m_clock.advance(std::chrono::milliseconds(1));
        if (!stream.append(direction, asSpan(bytes)) || !m_log->flush())
            qFatal("not recorded");
        return request(m_log->cursor().end - 1);
    }
    /// For the last packet of a record.
    DissectionRequest request(RecordIndex index)
    {
        const auto record = m_log->record(index);
        const auto packets = m_numbers->packetsOf(*record, m_log->place(index)->offset, 10'000);
        return {packets.back().number, packets.back().payloadOffset, record->server};
    }
    [[nodiscard]] const QString &file() const { return m_file; }
    [[nodiscard]] const CaptureLog &log() const { return *m_log; }

private:
    ManualClock m_clock;
    QString m_file;
    std::unique_ptr<CaptureLog> m_log;
    std::optional<PacketNumbers> m_numbers;
};

/// Asks and waits for the answer.
Result<Dissection> dissected(Dissectors &dissectors, const DissectionRequest &request)
{
    std::optional<Result<Dissection>> answer;
    QObject context;
    dissectors.dissect(request, &context, [&](auto result) { answer = std::move(result); });
    [&] { TRY_VERIFY(answer.has_value()); }();
    return answer ? *answer : Result<Dissection>(fail({ProblemCode::SystemCallFailed}));
}

void addLines(QStringList &lines, const DecodedNode &node, int depth)
{
    QString line = QString(depth * 2, QLatin1Char(' ')) + node.name;
    if (!node.value.isEmpty())
        line += QStringLiteral(": ") + node.value;
    if (node.length > 0)
        line += QStringLiteral(" @%1+%2").arg(node.offset).arg(node.length);
    if (!node.type.isEmpty())
        line += QStringLiteral(" (%1)").arg(node.type);
    lines << line + (node.isError ? QStringLiteral(" !") : QString());
    for (const DecodedNode &child : node.children)
        addLines(lines, child, depth + 1);
}

QStringList linesOf(const Dissection &dissection)
{
    QStringList lines;
    for (const DissectedLayer &layer : dissection.layers)
        addLines(lines, layer.tree, 0);
    return lines;
}

QStringList layersOf(const Result<Dissection> &dissection)
{
    QStringList names;
    if (!dissection)
        return {whatHappened(dissection.error())};
    for (const DissectedLayer &layer : dissection->layers)
        names << layer.tree.type;
    return names;
}

const DecodedNode *find(const DecodedNode &node, const QString &type)
{
    if (node.type == type)
        return &node;
    for (const DecodedNode &child : node.children) {
        if (const DecodedNode *found = find(child, type))
            return found;
    }
    return nullptr;
}

const DecodedNode *find(const Dissection &dissection, const QString &type)
{
    for (const DissectedLayer &layer : dissection.layers) {
        if (const DecodedNode *found = find(layer.tree, type))
            return found;
    }
    return nullptr;
}

bool isWithinParents(const DecodedNode &node)
{
    return std::all_of(node.children.begin(), node.children.end(), [&](const DecodedNode &child) {
        return isWithinParents(child)
            && (child.length == 0
                || (child.offset >= node.offset
                    && child.offset + child.length <= node.offset + node.length));
    });
}

QString why(const Result<Dissection> &result)
{
    return result ? QStringLiteral("dissected")
                  : codeName(result.error().code) + QLatin1Char(' ')
            + result.error().args.value(QStringLiteral("why"));
}

} // namespace

class tst_Dissectors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void protocolsAreListed();
    void bytesAreRecognized();
    void decodeAsChangesTheTree();
    void messagesOfSeveralRecords();
    void recordsOfSeveralPackets();
    void whatIsMalformed();
    void theSameAsTshark();
    void theFileGrows();
    void theFileEndsWithinAPacket();
    void theFileIsWrittenAnew();
    void strangeFiles();
    void theProcessIsKilled();
    void theNewestWishCounts();
    void nobodyWaitsAnyMore();
    void answersOfAnyShape();
    void answersAreBounded();
    void brokenPrograms_data();
    void brokenPrograms();
    void aLongAnswerIsAskedForLess();
    void brokenLists_data();
    void brokenLists();
    void missingPrograms();

private:
    [[nodiscard]] DissectorPrograms programs() const { return *m_programs; }
    [[nodiscard]] bool isThere() const { return m_programs.has_value(); }

    std::optional<DissectorPrograms> m_programs;
    ScratchFolder m_scratch;
};

#define NEED_DISSECTORS()                                                                          \
    if (!isThere())                                                                                \
    QSKIP("sharkd or tshark is not installed (package tshark)")

void tst_Dissectors::initTestCase()
{
    const auto found = DissectorPrograms::find();
    if (found)
        m_programs = *found;
    else
        qInfo("%s", qUtf8Printable(oneLine(found.error())));
}

void tst_Dissectors::protocolsAreListed()
{
    NEED_DISSECTORS();
    Dissectors dissectors(programs());
    std::vector<DissectorProtocol> protocols;
    for (int round = 0; round < 2; ++round) {
        protocols.clear();
        bool isCalled = false;
        dissectors.listProtocols(this, [&](auto result) {
            isCalled = true;
            QVERIFY2(result, qUtf8Printable(result ? QString() : oneLine(result.error())));
            protocols = *result;
        });
        QVERIFY(!isCalled); // never before the call has returned
        TRY_VERIFY(isCalled);
    }
    QVERIFY2(protocols.size() > 200, QByteArray::number(qsizetype(protocols.size())).constData());
    const auto contains = [&](const DissectorProtocol &wanted) {
        return std::find(protocols.begin(), protocols.end(), wanted) != protocols.end();
    };
    QVERIFY(contains({QStringLiteral("pgsql"), QStringLiteral("PGSQL"), //
                      QStringLiteral("PostgreSQL")}));
    QVERIFY(contains({QStringLiteral("dbus"), QStringLiteral("D-Bus"), QStringLiteral("D-Bus")}));
    QVERIFY(contains({QStringLiteral("json"), QStringLiteral("JSON"),
                      QStringLiteral("JavaScript Object Notation")}));
}

void tst_Dissectors::bytesAreRecognized()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("http.pcapng")));
    const auto stream = capture.connect(1, 1);
    const QByteArray get = "GET /containers/json HTTP/1.1\r\nHost: docker\r\n\r\n";
    const auto request = capture.add(*stream, toServer, get);
    const auto response = capture.add(*stream, toClient,
                                      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                      "Content-Length: 16\r\n\r\n{\"name\":\"fish\"}\n");
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    const auto asked = dissected(dissectors, request);
    QCOMPARE(why(asked), QStringLiteral("dissected"));
    QCOMPARE(asked->protocol, QStringLiteral("HTTP"));
    QCOMPARE(asked->info, QStringLiteral("GET /containers/json HTTP/1.1 "));
    QCOMPARE(layersOf(asked), QStringList {QStringLiteral("http")});
    const DecodedNode &http = asked->layers[0].tree;
    QCOMPARE(http.name, QStringLiteral("Hypertext Transfer Protocol"));
    QCOMPARE(http.offset, 0u);
    QCOMPARE(http.length, static_cast<quint64>(get.size()));
    const DecodedNode *uri = find(http, QStringLiteral("http.request.uri"));
    QVERIFY(uri);
    QCOMPARE(uri->name, QStringLiteral("Request URI"));
    QCOMPARE(uri->value, QStringLiteral("/containers/json"));
    QCOMPARE(uri->offset, 4u);
    QCOMPARE(uri->length, 16u);
    // What the dissector worked out itself stands nowhere.
    const DecodedNode *full = find(http, QStringLiteral("http.request.full_uri"));
    QVERIFY(full);
    QCOMPARE(full->name, QStringLiteral("[Full request URI]"));
    QCOMPARE(full->length, 0u);

    const qint64 process = dissectors.processId();
    QVERIFY(process > 0);
    const auto answered = dissected(dissectors, response);
    QCOMPARE(layersOf(answered), (QStringList {QStringLiteral("http"), QStringLiteral("json")}));
    QCOMPARE(answered->protocol, QStringLiteral("HTTP/JSON"));
    QVERIFY(linesOf(*answered).filter(QStringLiteral("String value: fish")).size() == 1);
    QVERIFY(isWithinParents(answered->layers[0].tree) && isWithinParents(answered->layers[1].tree));
    QCOMPARE(dissectors.processId(), process); // one process for all
    QCOMPARE(layersOf(dissected(dissectors, request)), QStringList {QStringLiteral("http")});
}

void tst_Dissectors::decodeAsChangesTheTree()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("servers.pcapng")));
    const auto database = capture.connect(1, 1);
    const auto web = capture.connect(2, 2);
    const auto editor = capture.connect(3, 3);
    const auto startup = capture.add(*database, toServer, pgStartup());
    const auto ready =
        capture.add(*database, toClient, pgMessage('R', QByteArray(4, '\0')) + pgMessage('Z', "I"));
    const auto get = capture.add(*web, toServer, "GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    const auto line = capture.add(*editor, toServer, "{\"jsonrpc\":\"2.0\",\"id\":7}");
    const QStringList data {QStringLiteral("data")}, pgsql {QStringLiteral("pgsql")},
        http {QStringLiteral("http")}, json {QStringLiteral("json")};

    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    QCOMPARE(layersOf(dissected(dissectors, startup)), data);
    QCOMPARE(layersOf(dissected(dissectors, get)), http);

    dissectors.setDecodeAs(QStringLiteral("pgsql"), {1});
    const auto started = dissected(dissectors, startup);
    QCOMPARE(layersOf(started), pgsql);
    QCOMPARE(started->protocol, QStringLiteral("PGSQL"));
    const DecodedNode *user = find(*started, QStringLiteral("pgsql.parameter_value"));
    QVERIFY(user);
    QCOMPARE(user->value, QStringLiteral("ada"));
    QCOMPARE(user->offset, 13u);
    QCOMPARE(user->length, 4u);
    // The server's side is told from the client's.
    QCOMPARE(layersOf(dissected(dissectors, ready)), (QStringList {pgsql[0], pgsql[0]}));
    QCOMPARE(dissected(dissectors, ready)->info, QStringLiteral("<R/Z"));
    // Other servers are as they were.
    QCOMPARE(layersOf(dissected(dissectors, get)), http);
    QCOMPARE(layersOf(dissected(dissectors, line)), data);

    dissectors.setDecodeAs(QStringLiteral("json"), {3});
    QCOMPARE(layersOf(dissected(dissectors, line)), json);
    QCOMPARE(layersOf(dissected(dissectors, startup)), pgsql);
    // All others, but for one that is left to what its bytes look like.
    dissectors.setDecodeAs(QStringLiteral("pgsql"));
    dissectors.setDecodeAs(std::nullopt, {1});
    QCOMPARE(dissectors.decodeAs({2}), std::optional(QStringLiteral("pgsql")));
    QCOMPARE(dissectors.decodeAs({1}), std::nullopt);
    QCOMPARE(layersOf(dissected(dissectors, startup)), data);
    QVERIFY(layersOf(dissected(dissectors, get)) != http);
    dissectors.setDecodeAs(std::nullopt);
    QCOMPARE(layersOf(dissected(dissectors, get)), http);

    dissectors.setDecodeAs(QStringLiteral("no-such"), {2});
    const auto unknown = dissected(dissectors, get);
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ProblemCode::DissectorUnknown);
    QCOMPARE(unknown.error().args.value(QStringLiteral("protocol")), QStringLiteral("no-such"));
    QCOMPARE(layersOf(dissected(dissectors, line)), json);
}

void tst_Dissectors::messagesOfSeveralRecords()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("pieces.pcapng")));
    const auto stream = capture.connect(1, 1);
    (void)capture.add(*stream, toServer, "GET / HTTP/1.1\r\nHost: docker\r\n\r\n");
    const auto first = capture.add(*stream, toClient,
                                   "HTTP/1.1 200 OK\r\nContent-Length: 27\r\nContent-Type: "
                                   "application/json\r\n\r\n{\"fish\":");
    const auto second = capture.add(*stream, toClient, "[\"sockeye\",\"coho\"]}");
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    const auto begin = dissected(dissectors, first);
    QCOMPARE(why(begin), QStringLiteral("dissected"));
    QVERIFY(begin->layers.empty());
    QCOMPARE(begin->continuedIn, second.frame);
    const auto end = dissected(dissectors, second);
    QCOMPARE(why(end), QStringLiteral("dissected"));
    QCOMPARE(end->continuedIn, 0u);
    QCOMPARE(end->sources.size(), 1u);
    const DissectionSource &source = end->sources[0];
    QVERIFY2(source.name.startsWith(QLatin1String("Reassembled TCP")), qUtf8Printable(source.name));
    QVERIFY(source.bytes.startsWith("HTTP/1.1 200 OK"));
    QVERIFY(source.bytes.endsWith("{\"fish\":[\"sockeye\",\"coho\"]}"));
    QCOMPARE(source.tail, 19u);
    const DissectedLayer *json = nullptr;
    for (const DissectedLayer &layer : end->layers) {
        if (layer.tree.type == QLatin1String("json"))
            json = &layer;
    }
    QVERIFY(json);
    QCOMPARE(json->source, 0);
    QCOMPARE(source.bytes.mid(static_cast<qsizetype>(json->tree.offset)),
             QByteArray("{\"fish\":[\"sockeye\",\"coho\"]}"));
}

void tst_Dissectors::recordsOfSeveralPackets()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("long.pcapng")));
    const auto stream = capture.connect(1, 1);
    // Messages of 1,000 bytes, so that one of them lies across the border of two packets.
    QByteArray bytes;
    for (int number = 0; number < 100; ++number)
        bytes += pgMessage('Q', QByteArray(994, char('a' + number % 26)) + '\0');
    (void)capture.add(*stream, toServer, pgStartup());
    const auto last = capture.add(*stream, toServer, bytes);
    QCOMPARE(last.payloadOffset, quint64 {Pcapng::LongestPayload});
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    dissectors.setDecodeAs(QStringLiteral("pgsql"));
    const auto result = dissected(dissectors, last);
    QCOMPARE(why(result), QStringLiteral("dissected"));
    QVERIFY(result->layers.size() > 30);
    const DissectedLayer &query = result->layers.back();
    QCOMPARE(query.source, -1);
    QCOMPARE(query.tree.offset, 99'000u); // from the first byte of the record
    QCOMPARE(query.tree.length, 1000u);
}

void tst_Dissectors::whatIsMalformed()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("malformed.pcapng")));
    const auto stream = capture.connect(1, 1);
    const auto query =
        capture.add(*stream, toServer, QByteArray::fromHex("001012340100000100000000000007616263"));
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    dissectors.setDecodeAs(QStringLiteral("dns"));
    const auto result = dissected(dissectors, query);
    QCOMPARE(why(result), QStringLiteral("dissected"));
    const QStringList errors = linesOf(*result).filter(QRegularExpression(QStringLiteral("!$")));
    QCOMPARE(errors, QStringList {QStringLiteral("[Malformed Packet: DNS] (_ws.malformed) !")});
}

// Two hundred records of a mix, by sharkd and by tshark.
void tst_Dissectors::theSameAsTshark()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("mix.pcapng")));
    QRandomGenerator random(11);
    std::vector<std::unique_ptr<CaptureStream>> streams;
    for (quint64 id = 1; id <= 20; ++id)
        streams.push_back(capture.connect(id, 1 + id % 3));
    for (int step = 0; step < 1000; ++step) {
        const quint32 which = random.bounded(20u);
        const QByteArray number = QByteArray::number(step);
        const QByteArray body = "{\"n\":" + number + "}";
        const QByteArray length = QByteArray::number(body.size());
        switch (which % 4) {
        case 0:
            (void)capture.add(*streams[which], toServer,
                              "GET /" + number + " HTTP/1.1\r\nHost: a\r\n\r\n");
            (void)capture.add(*streams[which], toClient,
                              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                              "Content-Length: "
                                  + length + "\r\n\r\n");
            (void)capture.add(*streams[which], toClient, body);
            break;
        case 1:
            (void)capture.add(*streams[which], toServer, pgMessage('Q', "SELECT " + number + '\0'));
            break;
        case 2:
            (void)capture.add(*streams[which], toServer, randomBytes(random.generate(), 80));
            break;
        default:
            (void)capture.add(*streams[which], toClient, body + '\n');
        }
    }
    // Twice, as sharkd does: what comes later decides on what a packet was a part of.
    QProcess tshark;
    tshark.setStandardErrorFile(QProcess::nullDevice());
    tshark.start(programs().tshark,
                 {QStringLiteral("-2"), QStringLiteral("-r"), capture.file(), QStringLiteral("-T"),
                  QStringLiteral("fields"), QStringLiteral("-e"),
                  QStringLiteral("_ws.col.Protocol"), QStringLiteral("-e"),
                  QStringLiteral("_ws.col.Info"), QStringLiteral("-e"),
                  QStringLiteral("frame.protocols")});
    QVERIFY(tshark.waitForFinished(100'000));
    const QStringList lines =
        QString::fromUtf8(tshark.readAllStandardOutput()).split(QLatin1Char('\n'));
    const RecordIndex end = capture.log().cursor().end;
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    QMap<QString, int> protocols;
    for (int count = 0; count < 200; ++count) {
        const auto request = capture.request(random.bounded(static_cast<quint32>(end)));
        const auto result = dissected(dissectors, request);
        QCOMPARE(why(result), QStringLiteral("dissected"));
        const QStringList fields =
            lines.at(static_cast<qsizetype>(request.frame) - 1).split(QLatin1Char('\t'));
        QCOMPARE(result->protocol, fields[0]);
        QCOMPARE(result->info, fields[1]);
        // The layers too: "ip:tcp:http:json".
        QStringList layers = layersOf(result);
        layers.removeIf([](const QString &name) { return name.isEmpty(); });
        QCOMPARE(layers.join(QLatin1Char(':')), fields[2].section(QLatin1Char(':'), 2));
        ++protocols[result->protocol];
    }
    qInfo() << protocols;
    QVERIFY(protocols.size() >= 3);
}

void tst_Dissectors::theFileGrows()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("growing.pcapng")));
    const auto stream = capture.connect(1, 1);
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    qint64 process = 0;
    for (int number = 0; number < 5; ++number) {
        const auto request =
            capture.add(*stream, toServer,
                        "GET /" + QByteArray::number(number) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto result = dissected(dissectors, request);
        QCOMPARE(why(result), QStringLiteral("dissected"));
        QCOMPARE(result->info, QStringLiteral("GET /%1 HTTP/1.1 ").arg(number));
        if (number > 0)
            QCOMPARE(dissectors.processId(), process);
        process = dissectors.processId();
    }
    for (const quint64 frame : {quint64 {0}, quint64 {1000}, ~quint64 {0}})
        QCOMPARE(why(dissected(dissectors, {frame})),
                 QStringLiteral("DissectionFailed there is no such packet in the file"));
}

void tst_Dissectors::theFileEndsWithinAPacket()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("whole.pcapng")));
    const auto stream = capture.connect(1, 1);
    const auto first = capture.add(*stream, toServer, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto second = capture.add(*stream, toServer, "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    const QByteArray whole = contentOf(capture.file());
    const QString cut = m_scratch.write(QStringLiteral("cut.pcapng"), whole.chopped(10));
    Dissectors dissectors(programs());
    dissectors.open(cut);
    QCOMPARE(why(dissected(dissectors, first)), QStringLiteral("dissected"));
    QCOMPARE(why(dissected(dissectors, second)),
             QStringLiteral("DissectionFailed there is no such packet in the file"));
    QFile rest(cut);
    QVERIFY(rest.open(QIODevice::WriteOnly | QIODevice::Append));
    rest.write(whole.last(10));
    rest.close();
    QCOMPARE(dissected(dissectors, second)->info, QStringLiteral("GET /2 HTTP/1.1 "));
}

void tst_Dissectors::theFileIsWrittenAnew()
{
    NEED_DISSECTORS();
    Capture one(m_scratch.file(QStringLiteral("one.pcapng")));
    Capture two(m_scratch.file(QStringLiteral("two.pcapng")));
    const auto first = one.connect(1, 1);
    const auto second = two.connect(1, 1);
    const auto request = one.add(*first, toServer, "GET /one HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)two.add(*second, toServer, "GET /two HTTP/1.1\r\nHost: a\r\n\r\n");
    const QString file = m_scratch.file(QStringLiteral("anew.pcapng"));
    QVERIFY(QFile::copy(one.file(), file));
    Dissectors dissectors(programs());
    dissectors.open(file);
    QCOMPARE(dissected(dissectors, request)->info, QStringLiteral("GET /one HTTP/1.1 "));
    // Another file of that name is noticed, and it is told when the same one was written anew.
    QVERIFY(QFile::remove(file));
    QVERIFY(QFile::copy(two.file(), file));
    QCOMPARE(dissected(dissectors, request)->info, QStringLiteral("GET /two HTTP/1.1 "));
    QFile content(file);
    QVERIFY(content.open(QIODevice::WriteOnly));
    content.write(contentOf(one.file()));
    content.close();
    dissectors.open(file);
    QCOMPARE(dissected(dissectors, request)->info, QStringLiteral("GET /one HTTP/1.1 "));
    QVERIFY(QFile::remove(file));
    const auto gone = dissected(dissectors, request);
    QVERIFY(!gone);
    QCOMPARE(gone.error().code, ProblemCode::FileUnreadable);
}

void tst_Dissectors::strangeFiles()
{
    NEED_DISSECTORS();
    Dissectors dissectors(programs());
    QCOMPARE(why(dissected(dissectors, {1})),
             QStringLiteral("DissectionFailed no capture is open"));
    dissectors.open(m_scratch.write(QStringLiteral("text"), "no capture at all"));
    QCOMPARE(why(dissected(dissectors, {1})),
             QStringLiteral("DissectionFailed the dissector cannot read the file"));
    dissectors.open(m_scratch.path());
    QCOMPARE(dissected(dissectors, {1}).error().code, ProblemCode::FileUnreadable);
    // A path longer than what sharkd reads at a time, with all that JSON has to escape.
    QString folder = m_scratch.path();
    for (int depth = 0; depth < 12; ++depth)
        folder += QLatin1Char('/') + QString(200, QLatin1Char('x'));
    QVERIFY(QDir().mkpath(folder));
    const QString file = folder + QStringLiteral("/\"quoted\"\\ \n größe");
    Capture capture(m_scratch.file(QStringLiteral("plain.pcapng")));
    const auto stream = capture.connect(1, 1);
    const auto request = capture.add(*stream, toServer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(QFile::copy(capture.file(), file));
    dissectors.open(file);
    QCOMPARE(why(dissected(dissectors, request)), QStringLiteral("dissected"));
}

void tst_Dissectors::theProcessIsKilled()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("kill.pcapng")));
    const auto stream = capture.connect(1, 1);
    const auto request = capture.add(*stream, toServer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int number = 0; number < 20'000; ++number) // so that loading takes a moment
        QVERIFY(stream->append(toServer, asSpan("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
    const auto last = capture.add(*stream, toServer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    QCOMPARE(why(dissected(dissectors, request)), QStringLiteral("dissected"));
    // Between two questions.
    const qint64 first = dissectors.processId();
    QVERIFY(first > 0);
    ::kill(static_cast<pid_t>(first), SIGKILL);
    QCOMPARE(why(dissected(dissectors, last)), QStringLiteral("dissected"));
    QVERIFY(dissectors.processId() != first);
    TRY_VERIFY(dissectors.processId() > 0);
    // In the midst of one: it is asked again.
    dissectors.open(capture.file());
    std::optional<Result<Dissection>> answer;
    qint64 second = 0;
    dissectors.dissect(last, this, [&](auto result) { answer = std::move(result); });
    QTimer::singleShot(0, this, [&] {
        second = dissectors.processId();
        ::kill(static_cast<pid_t>(second), SIGKILL);
    });
    TRY_VERIFY(answer.has_value());
    QCOMPARE(why(*answer), QStringLiteral("dissected"));
    QVERIFY(second > 0 && dissectors.processId() > 0 && dissectors.processId() != second);
}

void tst_Dissectors::theNewestWishCounts()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("wishes.pcapng")));
    const auto stream = capture.connect(1, 1);
    std::vector<DissectionRequest> requests;
    for (int number = 0; number < 50; ++number)
        requests.push_back(
            capture.add(*stream, toServer,
                        "GET /" + QByteArray::number(number) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    QStringList answers;
    const auto ask = [&](const DissectionRequest &request) {
        dissectors.dissect(request, this, [&](auto result) { answers << result->info; });
    };
    for (const auto &request : requests)
        ask(request);
    TRY_VERIFY(!answers.isEmpty());
    QCOMPARE(answers, QStringList {QStringLiteral("GET /49 HTTP/1.1 ")});
    // While one is with the process.
    answers.clear();
    ask(requests[3]);
    QTimer::singleShot(0, this, [&] { ask(requests[4]); });
    TRY_VERIFY(!answers.isEmpty());
    QCOMPARE(answers.last(), QStringLiteral("GET /4 HTTP/1.1 "));
    QCOMPARE(dissected(dissectors, requests[5])->info, QStringLiteral("GET /5 HTTP/1.1 "));
    QCOMPARE(answers.size(), 1);
    // Another "decode as" while one is with the process counts for it.
    bool isDone = false;
    dissectors.dissect(requests[6], this, [&](auto result) {
        isDone = true;
        QVERIFY(layersOf(result) != QStringList {QStringLiteral("http")});
    });
    QTimer::singleShot(0, this, [&] { dissectors.setDecodeAs(QStringLiteral("pgsql")); });
    TRY_VERIFY(isDone);
}

void tst_Dissectors::nobodyWaitsAnyMore()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("nobody.pcapng")));
    const auto stream = capture.connect(1, 1);
    const auto request = capture.add(*stream, toServer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    Dissectors dissectors(programs());
    dissectors.open(capture.file());
    bool isCalled = false;
    {
        QObject context;
        dissectors.dissect(request, &context, [&](const auto &) { isCalled = true; });
        dissectors.listProtocols(&context, [&](const auto &) { isCalled = true; });
        TRY_VERIFY(dissectors.processId() > 0);
    }
    QCOMPARE(why(dissected(dissectors, request)), QStringLiteral("dissected"));
    QVERIFY(!isCalled);
    // And the object may go while it works.
    auto other = std::make_unique<Dissectors>(programs());
    other->open(capture.file());
    other->dissect(request, this, [&](const auto &) { isCalled = true; });
    other->listProtocols(this, [&](const auto &) { isCalled = true; });
    TRY_VERIFY(other->processId() > 0);
    other.reset();
    QCoreApplication::processEvents();
    QVERIFY(!isCalled);
}

void tst_Dissectors::answersOfAnyShape()
{
    const auto parsed = [](const QByteArray &json) {
        return toDissection(QJsonDocument::fromJson(json).object(), 7, 1000);
    };
    QVERIFY(parsed("{}").layers.empty());
    const auto linesFor = [&](const QByteArray &tree) {
        return linesOf(parsed(
            "{\"bytes\":\"\",\"ds\":[{\"name\":\"x\",\"bytes\":\"QUJD\"}],\"tree\":" + tree + '}'));
    };
    const QByteArray front = "[{\"f\":\"frame\",\"h\":[0,90]},{\"f\":\"ip\",\"h\":[0,20]},"
                             "{\"f\":\"tcp\",\"h\":[20,20]},";
    QCOMPARE(linesFor(front + "{\"l\":\"A: b\",\"f\":\"a == 1\",\"h\":[42,3]}]"),
             QStringList {QStringLiteral("A: b @1002+3 (a)")});
    // A child that stands elsewhere widens its parent; headers and other sources have no place.
    QCOMPARE(
        linesFor(front
                 + "{\"l\":\"A\",\"h\":[42,3],\"n\":[{\"l\":\"B\",\"h\":[50,2]},"
                   "{\"l\":\"C\",\"h\":[0,2]},{\"l\":\"D\",\"ds\":1,\"h\":[0,2]},"
                   "{\"l\":\"E\",\"v\":true},{\"l\":\"F: f\",\"g\":true,\"h\":[42,1]}]}]"),
        (QStringList {QStringLiteral("A @1002+10"), QStringLiteral("  B @1010+2"),
                      QStringLiteral("  C"), QStringLiteral("  D"), QStringLiteral("  [F]: f")}));
    // A source's ranges are in its bytes.
    QCOMPARE(linesFor("[{\"l\":\"A\",\"ds\":1,\"h\":[1,2]},{\"l\":\"B\",\"ds\":1,\"h\":[2,2]},"
                      "{\"l\":\"C\",\"ds\":2,\"h\":[0,1]},{\"l\":\"D\",\"ds\":-1,\"h\":[0,1]}]"),
             (QStringList {QStringLiteral("A @1+2"), QStringLiteral("B"), QStringLiteral("C"),
                           QStringLiteral("D")}));
    // Numbers that are none.
    for (const char *range :
         {"[-1,2]", "[1,-2]", "[1e300,1]", "[1]", "7", "[9223372036854775807,1]", "[0.5,\"x\"]"})
        QCOMPARE(linesFor(QByteArray("[{\"l\":\"A\",\"h\":") + range + "}]"),
                 QStringList {QStringLiteral("A")});
    for (const char *tree : {"7", "[7]", "[[]]", "{}", "[null]", "[{\"l\":7,\"n\":{},\"f\":[]}]"})
        (void)linesFor(tree);
    // What would turn the line around is shown as what it is.
    QCOMPARE(linesFor("[{\"l\":\"a\\u202eb\\nc\"}]"),
             QStringList {QStringLiteral("a\uFFFDb\uFFFDc")});
    // Without bytes nobody knows what a range means.
    QCOMPARE(linesOf(parsed("{\"tree\":[{\"l\":\"A\",\"h\":[1,2]}]}")),
             QStringList {QStringLiteral("A")});
}

void tst_Dissectors::answersAreBounded()
{
    QJsonObject deep {{QStringLiteral("l"), QStringLiteral("x")}};
    for (int depth = 0; depth < 300; ++depth)
        deep = {{QStringLiteral("l"), QStringLiteral("x")},
                {QStringLiteral("n"), QJsonArray {deep}}};
    QJsonArray many;
    for (int number = 0; number < Decoder::MostNodes + 10; ++number)
        many.append(QJsonObject {{QStringLiteral("l"), QString(2000, QLatin1Char('y'))}});
    const QJsonObject wide {{QStringLiteral("l"), QStringLiteral("x")},
                            {QStringLiteral("n"), many}};
    for (const QJsonObject &layer : {deep, wide}) {
        const Dissection dissection = toDissection(
            {{QStringLiteral("bytes"), QString()}, {QStringLiteral("tree"), QJsonArray {layer}}}, 1,
            0);
        QVERIFY(dissection.isCut);
        const QStringList lines = linesOf(dissection);
        QVERIFY(lines.size() <= Decoder::MostNodes);
        QVERIFY(lines.last().trimmed().size() <= Decoder::LongestValue);
        QVERIFY(lines.last().size() < 2 * Decoder::DeepestNesting + Decoder::LongestValue);
    }
    // Many layers are bounded together.
    QCOMPARE(
        toDissection({{QStringLiteral("bytes"), QString()}, {QStringLiteral("tree"), many}}, 1, 0)
            .layers.size(),
        size_t {Decoder::MostNodes});
}

void tst_Dissectors::brokenPrograms_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("expected");
    const QByteArray sh = "#!/bin/sh\n";
    const QString ended = QStringLiteral("DissectionFailed the dissector ended over it");
    const QString nonsense =
        QStringLiteral("DissectionFailed the dissector's answer cannot be understood");
    const QString tooSlow = QStringLiteral("DissectionFailed the dissector took too long");
    const QString tooLong = QStringLiteral("DissectionFailed the dissector's answer is too long");
    QTest::newRow("says nothing") << sh + "exec sleep 600\n" << tooSlow;
    QTest::newRow("ends at once") << sh + "exit 3\n" << ended;
    QTest::newRow("ends well at once") << sh + "exit 0\n" << ended;
    QTest::newRow("ends by a signal") << sh + "read line; kill -SEGV $$\n" << ended;
    QTest::newRow("closes its output") << sh + "exec >&-\nexec sleep 600\n" << tooSlow;
    QTest::newRow("reads nothing, ends later") << sh + "exec <&-\nexit 0\n" << ended;
    QTest::newRow("garbage") << sh + "head -c 100000 /dev/urandom\necho\nexec sleep 600\n"
                             << nonsense;
    QTest::newRow("text") << sh + "echo Hello\nexec sleep 600\n" << nonsense;
    QTest::newRow("an array") << sh + "echo '[1,2]'\nexec sleep 600\n" << nonsense;
    QTest::newRow("another id") << sh
            + "echo '{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}'\nexec sleep 600\n"
                                << nonsense;
    QTest::newRow("deep") << sh
            + "awk 'BEGIN { for (i = 0; i < 100000; i++) printf \"[\"; print \"\" }'\nexec sleep "
              "600\n" << nonsense;
    QTest::newRow("half a line") << sh + "printf '{\"jsonrpc\":'\nexec sleep 600\n" << tooSlow;
    QTest::newRow("half a line, then ends") << sh + "printf '{\"jsonrpc\":'\n" << ended;
    QTest::newRow("a line that never ends") << sh + "exec cat /dev/zero\n" << tooSlow;
    QTest::newRow("long lines") << sh
            + "while read line; do head -c 3000000 /dev/zero | tr '\\0' x; echo; done\n"
                                << tooLong;
    QTest::newRow("lines without end") << sh + "exec yes\n" << nonsense;
    QTest::newRow("empty lines without end") << sh + "exec yes ''\n" << tooSlow;
    QTest::newRow("no program") << QByteArray("\x7f"
                                              "ELF nonsense")
                                << QStringLiteral("ProgramNotStarted ");
    QTest::newRow("refuses the file")
        << sh + "read line\necho '{\"id\":1,\"error\":{}}'\nexec sleep 600\n"
        << tooSlow;
    QTest::newRow("refuses all") << sh
            + "id=1\nwhile read line; do echo "
              "\"{\\\"id\\\":$id,\\\"error\\\":{\\\"code\\\":-1}}\"; id=$((id+1)); done\n"
                                 << QStringLiteral(
                                        "DissectionFailed the dissector cannot read the file");
    QTest::newRow("knows no packets") << sh
            + "id=1\nwhile read line; do echo \"{\\\"id\\\":$id,\\\"result\\\":[]}\"; "
              "id=$((id+1)); done\n"
                                      << QStringLiteral("DissectionFailed there is no such packet "
                                                        "in the file");
    QTest::newRow("answers with a list")
        << sh
            + "id=1\nwhile read line; do result='{\"frames\":9}'; "
              "if [ $id -gt 2 ]; then result='[]'; fi; "
              "echo \"{\\\"id\\\":$id,\\\"result\\\":$result}\"; id=$((id+1)); done\n"
        << QStringLiteral("DissectionFailed the dissector refuses it");
}

void tst_Dissectors::brokenPrograms()
{
    QFETCH(QByteArray, script);
    QFETCH(QString, expected);
    const ScratchFolder scratch;
    const QString program = scratch.write(QStringLiteral("sharkd"), script);
    QVERIFY(QFile::setPermissions(program, QFile::Permissions(0x7700)));
    const QString file = scratch.write(QStringLiteral("file"), "whatever");
    DissectorLimits limits;
    // Only where nothing else ends it.
    const bool isSlow = expected.endsWith(QLatin1String("took too long"));
    limits.answer = limits.load = std::chrono::milliseconds(isSlow ? 700 : 60'000);
    limits.longestAnswer = 1'000'000;
    QElapsedTimer timer;
    {
        Dissectors dissectors({program, program}, limits);
        dissectors.open(file);
        QCOMPARE(why(dissected(dissectors, {1})), expected);
        // It is of no more use the second time, but no less polite.
        QCOMPARE(why(dissected(dissectors, {1})), expected);
        timer.start();
    }
    QVERIFY2(timer.elapsed() < 10'000, QByteArray::number(timer.elapsed()).constData());
}

void tst_Dissectors::aLongAnswerIsAskedForLess()
{
    NEED_DISSECTORS();
    Capture capture(m_scratch.file(QStringLiteral("large.pcapng")));
    const auto stream = capture.connect(1, 1);
    (void)capture.add(*stream, toServer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto request =
        capture.add(*stream, toClient,
                    "HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + QByteArray(400'000, 'x'));
    Dissectors whole(programs());
    whole.open(capture.file());
    const auto all = dissected(whole, request);
    QCOMPARE(why(all), QStringLiteral("dissected"));
    QVERIFY(!all->isCut);
    QCOMPARE(all->sources.size(), 1u);
    DissectorLimits limits;
    limits.longestAnswer = 3'300'000; // without sources it is 3.05 MB, with them 3.64
    Dissectors dissectors(programs(), limits);
    dissectors.open(capture.file());
    const auto cut = dissected(dissectors, request);
    QCOMPARE(why(cut), QStringLiteral("dissected"));
    QVERIFY(cut->isCut);
    QVERIFY(cut->sources.empty());
    QCOMPARE(layersOf(cut), layersOf(all));
    limits.longestAnswer = 100'000;
    Dissectors none(programs(), limits);
    none.open(capture.file());
    QCOMPARE(why(dissected(none, request)),
             QStringLiteral("DissectionFailed the dissector's answer is too long"));
    // The process is well all the same.
    const qint64 process = none.processId();
    QCOMPARE(why(dissected(none, {3, 0, {}})), QStringLiteral("dissected"));
    QCOMPARE(none.processId(), process);
}

void tst_Dissectors::brokenLists_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("expected");
    const QByteArray sh = "#!/bin/sh\n";
    const QString failed = QStringLiteral("DissectorListFailed");
    QTest::newRow("silent") << sh + "exec sleep 600\n" << failed;
    QTest::newRow("nothing") << sh + "exit 1\n" << failed;
    QTest::newRow("without end") << sh + "exec yes\n" << failed;
    QTest::newRow("garbage") << sh + "head -c 100000 /dev/urandom\n" << failed;
    QTest::newRow("no program") << QByteArray("\x7f"
                                              "ELF nonsense")
                                << QStringLiteral("ProgramNotStarted");
}

void tst_Dissectors::brokenLists()
{
    QFETCH(QByteArray, script);
    QFETCH(QString, expected);
    const ScratchFolder scratch;
    const QString program = scratch.write(QStringLiteral("tshark"), script);
    QVERIFY(QFile::setPermissions(program, QFile::Permissions(0x7700)));
    DissectorLimits limits;
    limits.answer = std::chrono::milliseconds(1500);
    Dissectors dissectors({program, program}, limits);
    dissectors.open(program);
    for (int round = 0; round < 2; ++round) {
        QString code;
        dissectors.listProtocols(this, [&](auto result) {
            code = result ? QStringLiteral("listed") : codeName(result.error().code);
        });
        TRY_VERIFY(!code.isEmpty());
        QCOMPARE(code, expected);
    }
    dissectors.setDecodeAs(QStringLiteral("pgsql"));
    QCOMPARE(why(dissected(dissectors, {1})), expected + QLatin1Char(' '));
}

void tst_Dissectors::missingPrograms()
{
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", m_scratch.path().toUtf8());
    const auto found = DissectorPrograms::find();
    qputenv("PATH", path);
    if (QFile::exists(QStringLiteral("/usr/bin/sharkd"))) {
        QVERIFY(found); // for whom /usr/bin is not in PATH
    } else {
        QVERIFY(!found);
        QCOMPARE(found.error().code, ProblemCode::DissectorsMissing);
        QVERIFY(whatToDo(found.error()).contains(QLatin1String("tshark")));
    }
    const QString nowhere = m_scratch.file(QStringLiteral("nowhere"));
    Dissectors dissectors({nowhere, nowhere});
    dissectors.open(m_scratch.write(QStringLiteral("some"), "file"));
    QCOMPARE(why(dissected(dissectors, {1})), QStringLiteral("ProgramNotStarted "));
}

QTEST_GUILESS_MAIN(tst_Dissectors)
#include "tst_dissectors.moc"
