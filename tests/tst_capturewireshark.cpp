// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What Wireshark makes of a capture: it must read it without a complaint, and Follow Stream must
// give exactly the bytes that were recorded.

#include "core/capture/captureexport.h"

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"

#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include <map>

#include <unistd.h>

using namespace Sockeye;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;
constexpr int conversations = 100;

struct Output
{
    int status = -1;
    QByteArray out;
    QByteArray error;
};

/// tshark with a home of its own, so that nobody's preferences play a part. As root it warns that
/// it is root, on stderr, which must stay empty; so it runs as somebody else.
Output tshark(const QString &home, const QStringList &arguments)
{
    QString program = QStringLiteral("tshark");
    QStringList all = arguments;
    if (::geteuid() == 0) {
        program = QStringLiteral("setpriv");
        all = QStringList {QStringLiteral("--reuid=65534"), QStringLiteral("--regid=65534"),
                           QStringLiteral("--clear-groups"), QStringLiteral("tshark")}
            + arguments;
    }
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("HOME"), home);
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), home);
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    process.setProcessEnvironment(environment);
    process.start(program, all);
    if (!process.waitForFinished(100'000))
        return {-1, {}, process.errorString().toUtf8()};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

QByteArray sha(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

/// "follow,tcp,raw" prints a header, then a line of hexadecimal for each piece; those of the
/// second side begin with a tab.
QStringList followedHashes(const QByteArray &output)
{
    QStringList result;
    QCryptographicHash sides[2] = {QCryptographicHash(QCryptographicHash::Sha256),
                                   QCryptographicHash(QCryptographicHash::Sha256)};
    int number = -1;
    for (const QByteArray &line : output.split('\n')) {
        if (line.startsWith("Filter: tcp.stream eq "))
            number = line.mid(22).toInt();
        if (number < 0 || line.isEmpty() || line.contains(':'))
            continue;
        if (line.startsWith("=====")) {
            result << QStringLiteral("%1 %2 %3")
                          .arg(number)
                          .arg(QString::fromLatin1(sides[0].result().toHex()),
                               QString::fromLatin1(sides[1].result().toHex()));
            sides[0].reset();
            sides[1].reset();
            number = -1;
            continue;
        }
        sides[line.startsWith('\t') ? 1 : 0].addData(QByteArray::fromHex(line));
    }
    return result;
}

} // namespace

class tst_CaptureWireshark : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void conversationsAreReadWithoutComplaint();
    void followGivesTheBytes();
    void selectionsAreConversationsToo_data();
    void selectionsAreConversationsToo();
    void connectionsAreComments();
    void packetsAndTimes();
    void gapsAreShown();
    void heuristicDissectorsFindHttp();

private:
    QString home() const { return m_scratch.file(QStringLiteral("home")); }
    QString share(const CaptureLog &log, const QString &name) const;

    ScratchFolder m_scratch;
    QString m_file; ///< the random conversations
    QStringList m_hashes;
    quint64 m_packets = 0;
};

// A copy that the user as whom tshark runs may read.
QString tst_CaptureWireshark::share(const CaptureLog &log, const QString &name) const
{
    const QString file = m_scratch.file(name);
    if (!log.save(file)
        || !QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther))
        qFatal("cannot save %s", qPrintable(file));
    return file;
}

void tst_CaptureWireshark::initTestCase()
{
    if (QStandardPaths::findExecutable(QStringLiteral("tshark")).isEmpty())
        QSKIP("tshark is not installed");
    if (::geteuid() == 0 && QStandardPaths::findExecutable(QStringLiteral("setpriv")).isEmpty())
        QSKIP("tshark warns when it runs as root, and setpriv is not installed");
    QVERIFY(QFile::setPermissions(m_scratch.path(), QFile::Permissions(0x7755)));
    QVERIFY(QDir().mkpath(home()));
    QVERIFY(QFile::setPermissions(home(), QFile::Permissions(0x7777)));

    ManualClock clock;
    CaptureOptions options;
    options.folder = m_scratch.path();
    options.limit = 1024 * 1024 * 1024;
    options.segmentSize = 8 * 1024 * 1024; // so that conversations go over borders
    auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    (*log)->addServer({{1}, QStringLiteral("one"), QStringLiteral("/run/one")});
    (*log)->addServer({{2}, QStringLiteral("two"), QStringLiteral("@two")});

    QRandomGenerator random(20'260'101);
    std::vector<std::unique_ptr<CaptureStream>> streams;
    std::vector<std::array<QByteArray, 2>> sent(conversations);
    for (quint64 id = 1; id <= conversations; ++id)
        streams.push_back(
            (*log)->openStream(testConnection(id, 1 + id % 2), RecordingPolicy::Lossless));
    for (int step = 0; step < conversations * 12; ++step) {
        clock.advance(std::chrono::nanoseconds(random.generate() % 100'000));
        const size_t which = random.bounded(conversations);
        const auto side = static_cast<size_t>(random.bounded(2));
        // Mostly small, sometimes several packets. Text, as random bytes are taken for protocols
        // that they are not; every tenth is random all the same.
        const int length = 1 + random.bounded(random.bounded(10) == 0 ? 300'000 : 3000);
        QByteArray bytes = randomBytes(random.generate(), length);
        for (char &byte : bytes)
            byte = static_cast<char>('a' + (static_cast<uchar>(byte) & 15));
        QVERIFY(streams[which]->append(static_cast<Direction>(side), asSpan(bytes)));
        sent[which][side] += bytes;
    }
    // One of them sends more than the window of unacknowledged bytes.
    const QByteArray flood(40'000'000, 'f');
    QVERIFY(streams[0]->append(toServer, asSpan(flood)));
    sent[0][0] += flood;
    for (size_t which = 0; which < conversations; ++which) {
        QVERIFY(streams[which]->endOfStream(which % 2 ? toServer : toClient));
        if (which % 3 == 0) { // half closed: the other side goes on
            QVERIFY(streams[which]->append(which % 2 ? toClient : toServer, asSpan("later")));
            sent[which][which % 2 ? 1 : 0] += "later";
        }
        QVERIFY(streams[which]->endOfStream(which % 2 ? toClient : toServer));
    }
    QVERIFY((*log)->flush());
    QCOMPARE((*log)->statistics().droppedRecords, 0u);
    m_file = share(**log, QStringLiteral("conversations.pcapng"));
    for (size_t which = 0; which < conversations; ++which)
        m_hashes << QStringLiteral("%1 %2 %3")
                        .arg(which)
                        .arg(QString::fromLatin1(sha(sent[which][0])),
                             QString::fromLatin1(sha(sent[which][1])));
}

void tst_CaptureWireshark::conversationsAreReadWithoutComplaint()
{
    const Output read = tshark(home(),
                               {QStringLiteral("-r"), m_file, QStringLiteral("-q"),
                                QStringLiteral("-z"), QStringLiteral("expert,warn")});
    QCOMPARE(read.error, QByteArray());
    QCOMPARE(read.status, 0);
    QCOMPARE(read.out.trimmed(), QByteArray()); // neither Errors nor Warns
}

void tst_CaptureWireshark::followGivesTheBytes()
{
    QStringList arguments = {QStringLiteral("-r"), m_file, QStringLiteral("-q")};
    for (int number = 0; number < conversations; ++number)
        arguments << QStringLiteral("-z") << QStringLiteral("follow,tcp,raw,%1").arg(number);
    const Output followed = tshark(home(), arguments);
    QCOMPARE(followed.error, QByteArray());
    QCOMPARE(followed.status, 0);
    QStringList hashes = followedHashes(followed.out);
    const auto byNumber = [](const QString &left, const QString &right) {
        return left.section(QLatin1Char(' '), 0, 0).toInt()
            < right.section(QLatin1Char(' '), 0, 0).toInt();
    };
    std::sort(hashes.begin(), hashes.end(), byNumber);
    QCOMPARE(hashes.size(), m_hashes.size());
    QCOMPARE(hashes, m_hashes);
}

void tst_CaptureWireshark::selectionsAreConversationsToo_data()
{
    QTest::addColumn<QString>("filter");
    QTest::newRow("everything") << QString();
    QTest::newRow("one direction") << QStringLiteral("dir == in");
    QTest::newRow("the other, from the midst") << QStringLiteral("dir == out and record > 500");
    QTest::newRow("long ones alone") << QStringLiteral("kind == data and len > 65495");
    QTest::newRow("with holes") << QStringLiteral("len < 1000 and record != 200");
}

// What is left out is no loss: no number is missing, nothing is acknowledged that is not there.
void tst_CaptureWireshark::selectionsAreConversationsToo()
{
    QFETCH(const QString, filter);
    const auto log = CaptureLog::open(m_file);
    QVERIFY(log);
    ExportSelection selection;
    selection.filter = *CaptureFilter::parse(filter);
    const QString file = m_scratch.file(QStringLiteral("selection.pcapng"));
    QVERIFY(exportToFile(**log, selection, {ExportFormat::Pcapng}, file));
    QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
    const Output read = tshark(home(),
                               {QStringLiteral("-r"), file, QStringLiteral("-q"),
                                QStringLiteral("-z"), QStringLiteral("expert,warn")});
    QCOMPARE(read.error, QByteArray());
    QCOMPARE(read.out.trimmed(), QByteArray());
    QStringList hashes;
    std::map<quint64, std::array<QByteArray, 2>> sent;
    for (const Record &record : (*log)->records(0, 1'000'000)) {
        if (selection.filter.matches(record, **log))
            sent[record.connection.value][static_cast<size_t>(record.direction)] +=
                (*log)->payload(record.index, 0, static_cast<qint64>(record.length));
    }
    for (const auto &[connection, sides] : sent)
        hashes << QString::fromLatin1(sha(sides[0]) + ' ' + sha(sides[1]));
    QStringList arguments = {QStringLiteral("-r"), file, QStringLiteral("-q")};
    for (size_t number = 0; number < sent.size(); ++number)
        arguments << QStringLiteral("-z") << QStringLiteral("follow,tcp,raw,%1").arg(number);
    QStringList followed;
    for (const QString &line : followedHashes(tshark(home(), arguments).out))
        followed << line.section(QLatin1Char(' '), 1);
    hashes.sort();
    followed.sort();
    QVERIFY(!hashes.isEmpty());
    QCOMPARE(followed, hashes);
}

void tst_CaptureWireshark::connectionsAreComments()
{
    const Output read =
        tshark(home(),
               {QStringLiteral("-r"), m_file, QStringLiteral("-Y"),
                QStringLiteral("tcp.flags.syn == 1 and tcp.flags.ack == 0"), QStringLiteral("-T"),
                QStringLiteral("fields"), QStringLiteral("-e"), QStringLiteral("frame.comment"),
                QStringLiteral("-e"), QStringLiteral("frame.interface_name"), QStringLiteral("-e"),
                QStringLiteral("frame.interface_description")});
    QCOMPARE(read.error, QByteArray());
    const QList<QByteArray> lines = read.out.trimmed().split('\n');
    QCOMPARE(lines.size(), conversations);
    QVERIFY2(lines[0].contains("\"pid\":4001"), lines[0].constData());
    QVERIFY2(lines[0].endsWith("\t@two\ttwo"), lines[0].constData());
    QVERIFY2(lines[1].endsWith("\t/run/one\tone"), lines[1].constData());
}

// The same count, times and lengths in another program's eyes.
void tst_CaptureWireshark::packetsAndTimes()
{
    const auto log = CaptureLog::open(m_file);
    QVERIFY(log);
    const Output read = tshark(
        home(),
        {QStringLiteral("-r"), m_file, QStringLiteral("-Y"), QStringLiteral("tcp.flags.push == 1"),
         QStringLiteral("-T"), QStringLiteral("fields"), QStringLiteral("-e"),
         QStringLiteral("frame.time_epoch"), QStringLiteral("-e"), QStringLiteral("tcp.stream")});
    QCOMPARE(read.error, QByteArray());
    QStringList expected;
    for (const Record &record : (*log)->records(0, 1'000'000)) {
        if (record.kind != RecordKind::Data)
            continue;
        const qint64 time = record.time.time_since_epoch().count();
        expected << QStringLiteral("%1.%2\t%3")
                        .arg(time / 1'000'000'000)
                        .arg(time % 1'000'000'000, 9, 10, QLatin1Char('0'))
                        .arg(record.connection.value - 1);
    }
    QCOMPARE(QString::fromUtf8(read.out).trimmed().split(QLatin1Char('\n')), expected);
}

void tst_CaptureWireshark::gapsAreShown()
{
    ManualClock clock;
    CaptureOptions options;
    options.folder = m_scratch.path();
    options.limit = 64 * 1024 * 1024;
    options.queueLimit = 3000;
    auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    {
        const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::NeverStall);
        QVERIFY(stream->append(toServer, asSpan("begin")));
        QVERIFY(stream->append(toServer, asSpan(QByteArray(5000, 'x')))); // never fits
        TRY_COMPARE((*log)->cursor().end, 3u);
        QVERIFY(stream->append(toServer, asSpan("and on")));
    }
    TRY_COMPARE((*log)->cursor().end, 4u);
    QCOMPARE((*log)->statistics().gapBytes, 5000u);
    (*log)->refuse(testConnection(2), QStringLiteral("uid 7 is not allowed"));
    const QString file = share(**log, QStringLiteral("gaps.pcapng"));
    const Output comments =
        tshark(home(),
               {QStringLiteral("-r"), file, QStringLiteral("-T"), QStringLiteral("fields"),
                QStringLiteral("-e"), QStringLiteral("frame.comment")});
    QCOMPARE(comments.error, QByteArray());
    QVERIFY2(comments.out.contains("gap: 5000 bytes were forwarded but not recorded"),
             comments.out.constData());
    QVERIFY2(comments.out.contains("uid 7 is not allowed"), comments.out.constData());
    const Output followed = tshark(home(),
                                   {QStringLiteral("-r"), file, QStringLiteral("-q"),
                                    QStringLiteral("-z"), QStringLiteral("follow,tcp,ascii,0")});
    QCOMPARE(followed.error, QByteArray());
    QVERIFY2(followed.out.contains("[5000 bytes missing in capture file]"),
             followed.out.constData());
}

// The ports belong to no protocol, so those that look at the bytes are asked.
void tst_CaptureWireshark::heuristicDissectorsFindHttp()
{
    ManualClock clock;
    CaptureOptions options;
    options.folder = m_scratch.path();
    options.limit = 64 * 1024 * 1024;
    auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    const auto stream = (*log)->openStream(testConnection(1), RecordingPolicy::Lossless);
    QVERIFY(stream->append(toServer, asSpan("GET /version HTTP/1.1\r\nHost: docker\r\n\r\n")));
    QVERIFY(stream->append(
        toClient,
        asSpan("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + QByteArray(100'000, 'x'))));
    QVERIFY((*log)->flush());
    const QString file = share(**log, QStringLiteral("http.pcapng"));
    const Output read =
        tshark(home(),
               {QStringLiteral("-r"), file, QStringLiteral("-Y"), QStringLiteral("http"),
                QStringLiteral("-T"), QStringLiteral("fields"), QStringLiteral("-e"),
                QStringLiteral("http.request.uri"), QStringLiteral("-e"),
                QStringLiteral("http.response.code"), QStringLiteral("-e"),
                QStringLiteral("http.content_length")});
    QCOMPARE(read.error, QByteArray());
    QCOMPARE(read.out, QByteArray("/version\t\t\n\t200\t100000\n"));
}

QTEST_GUILESS_MAIN(tst_CaptureWireshark)
#include "tst_capturewireshark.moc"
