// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/conversation.h"

#include "tests/capturekit.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/scratchfolder.h"
#include "tests/kit/smalldisk.h"

#include <QDir>
#include <QtTest>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;

QStringList filesIn(const QString &folder)
{
    return QDir(folder).entryList(QDir::Files | QDir::Hidden, QDir::Name);
}

} // namespace

class tst_Conversation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void savesWhatWasSent_data();
    void savesWhatWasSent();
    void savesMoreThanAPiece();
    void tellsThatTheBeginningWasDropped();
    void tellsThatBytesWereNotRecorded();
    void nothingOfItIsLeft_data();
    void nothingOfItIsLeft();
    void failureLeavesWhatWasThere_data();
    void failureLeavesWhatWasThere();
    void refusesItsOwnCapture();
    void isPrivate();

private:
    void makeLog(qint64 limit = 64 * 1024 * 1024, qint64 segmentSize = 0);
    void append(CaptureStream &stream, Direction direction, const QByteArray &bytes);

    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<CaptureLog> m_log;
};

void tst_Conversation::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    m_clock = std::make_unique<ManualClock>();
    QVERIFY(QDir(m_folder->path()).mkdir(u"out"_s));
}

void tst_Conversation::cleanup()
{
    m_log.reset();
    m_clock.reset();
    m_folder.reset();
}

void tst_Conversation::makeLog(qint64 limit, qint64 segmentSize)
{
    CaptureOptions options;
    options.folder = m_folder->file(u"capture"_s);
    options.limit = limit;
    options.segmentSize = segmentSize;
    auto log = CaptureLog::create(options, *m_clock);
    if (!log)
        qFatal("no log can be made");
    m_log = std::move(*log);
}

void tst_Conversation::append(CaptureStream &stream, Direction direction, const QByteArray &bytes)
{
    QVERIFY(stream.append(direction, asSpan(bytes)));
    QVERIFY(m_log->flush());
}

void tst_Conversation::savesWhatWasSent_data()
{
    QTest::addColumn<std::optional<Direction>>("side");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("both") << std::optional<Direction>() << QByteArray("GET /\n200\nbody\nBYE\n");
    QTest::newRow("client") << std::optional(toServer) << QByteArray("GET /\nBYE\n");
    QTest::newRow("server") << std::optional(toClient) << QByteArray("200\nbody\n");
}

void tst_Conversation::savesWhatWasSent()
{
    QFETCH(std::optional<Direction>, side);
    QFETCH(QByteArray, expected);
    makeLog();
    const auto stream = m_log->openStream(testConnection(7), RecordingPolicy::Lossless);
    const auto other = m_log->openStream(testConnection(8), RecordingPolicy::Lossless);
    append(*stream, toServer, "GET /\n");
    append(*other, toServer, "not of this one");
    append(*stream, toClient, "200\n");
    append(*stream, toClient, "body\n");
    append(*other, toClient, "nor this");
    append(*stream, toServer, "BYE\n");
    QVERIFY(stream->endOfStream(toServer));
    QVERIFY(m_log->flush());
    const QString file = m_folder->write(u"out/raw"_s, "older and longer than what comes now");
    const auto saved = saveConversation(*m_log, {{7}, side}, file);
    QVERIFY(saved);
    QCOMPARE(contentOf(m_folder->file(u"out/raw"_s)), expected);
    QCOMPARE(saved->bytes, static_cast<quint64>(expected.size()));
    QVERIFY(!saved->loss);
    QCOMPARE(filesIn(m_folder->file(u"out"_s)), QStringList {u"raw"_s});
}

void tst_Conversation::savesMoreThanAPiece()
{
    makeLog();
    const auto stream = m_log->openStream(testConnection(7), RecordingPolicy::Lossless);
    QByteArray expected;
    for (quint32 i = 0; i < 4; ++i) { // records larger than a piece, and thousands of small ones
        const QByteArray large = randomBytes(i, 2'500'001);
        append(*stream, toServer, large);
        append(*stream, toClient, "ok");
        expected += large + "ok";
    }
    for (int i = 0; i < 10'000; ++i) {
        const QByteArray small = QByteArray::number(i) + '\n';
        QVERIFY(stream->append(toServer, asSpan(small)));
        expected += small;
    }
    QVERIFY(m_log->flush());
    const auto saved = saveConversation(*m_log, {{7}}, m_folder->file(u"out/raw"_s));
    QVERIFY(saved);
    QVERIFY(contentOf(m_folder->file(u"out/raw"_s)) == expected);
    QVERIFY(!saved->loss);
}

void tst_Conversation::tellsThatTheBeginningWasDropped()
{
    makeLog(1024 * 1024, 64 * 1024);
    const auto stream = m_log->openStream(testConnection(7), RecordingPolicy::Lossless);
    QByteArray sent;
    for (quint32 i = 0; m_log->cursor().begin == 0 && i < 1000; ++i) {
        const QByteArray bytes = randomBytes(i, 20'000);
        append(*stream, toServer, bytes);
        sent += bytes;
    }
    const auto saved = saveConversation(*m_log, {{7}}, m_folder->file(u"out/raw"_s));
    QVERIFY(saved);
    const QByteArray raw = contentOf(m_folder->file(u"out/raw"_s));
    QVERIFY(raw.size() > 500'000 && raw.size() < sent.size());
    QVERIFY(sent.endsWith(raw));
    QVERIFY(saved->loss);
    QCOMPARE(saved->loss->code, ProblemCode::ConversationIncomplete);
    QCOMPARE(saved->loss->args[u"file"_s], m_folder->file(u"out/raw"_s));
}

void tst_Conversation::tellsThatBytesWereNotRecorded()
{
    CaptureOptions options;
    options.folder = m_folder->file(u"capture"_s);
    options.limit = 64 * 1024 * 1024;
    options.queueLimit = 1; // nothing that has to wait finds room
    auto log = CaptureLog::create(options, *m_clock);
    QVERIFY(log);
    m_log = std::move(*log);
    const auto stream = m_log->openStream(testConnection(7), RecordingPolicy::NeverStall);
    QVERIFY(stream->append(toServer, asSpan(randomBytes(1, 3'000'000))));
    QVERIFY(stream->append(toServer, asSpan("end")));
    QVERIFY(stream->append(toClient, asSpan("a")));
    const auto gaps = [&] { return (void)m_log->flush(), m_log->statistics().gaps; };
    QVERIFY(QTest::qWaitFor([&] { return gaps() > 0; }, 60'000));
    const auto saved = saveConversation(*m_log, {{7}, toServer}, m_folder->file(u"out/raw"_s));
    QVERIFY(saved);
    QVERIFY(saved->loss);
    QCOMPARE(saved->loss->code, ProblemCode::ConversationIncomplete);
}

void tst_Conversation::nothingOfItIsLeft_data()
{
    QTest::addColumn<bool>("isCleared");
    QTest::newRow("cleared") << true;
    QTest::newRow("never there") << false;
}

void tst_Conversation::nothingOfItIsLeft()
{
    QFETCH(bool, isCleared);
    makeLog();
    const auto stream = m_log->openStream(testConnection(7), RecordingPolicy::Lossless);
    append(*stream, toServer, "hello");
    if (isCleared)
        m_log->clear();
    const auto saved =
        saveConversation(*m_log, {{isCleared ? 7U : 9U}}, m_folder->write(u"out/raw"_s, "mine"));
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ProblemCode::ConversationGone);
    QCOMPARE(contentOf(m_folder->file(u"out/raw"_s)), QByteArray("mine"));
    QCOMPARE(filesIn(m_folder->file(u"out"_s)), QStringList {u"raw"_s});
}

void tst_Conversation::failureLeavesWhatWasThere_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("errnoValue");
    QTest::newRow("no folder") << u"no/raw"_s << ENOENT;
    QTest::newRow("a folder") << u"out"_s << EISDIR;
    QTest::newRow("full") << u"out/raw"_s << EFBIG;
}

void tst_Conversation::failureLeavesWhatWasThere()
{
    QFETCH(QString, file);
    QFETCH(int, errnoValue);
    makeLog();
    const auto stream = m_log->openStream(testConnection(7), RecordingPolicy::Lossless);
    append(*stream, toServer, randomBytes(1, 5'000'000));
    m_folder->write(u"out/raw"_s, "mine");
    const auto saved = [&] {
        const SmallDisk disk(3'000'000);
        return saveConversation(*m_log, {{7}}, m_folder->file(file));
    }();
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ProblemCode::FileUnwritable);
    QCOMPARE(saved.error().errnoValue, errnoValue);
    QCOMPARE(contentOf(m_folder->file(u"out/raw"_s)), QByteArray("mine"));
    QCOMPARE(filesIn(m_folder->file(u"out"_s)), QStringList {u"raw"_s});
}

void tst_Conversation::refusesItsOwnCapture()
{
    makeLog();
    const auto stream = m_log->openStream(testConnection(7), RecordingPolicy::Lossless);
    append(*stream, toServer, "precious");
    const QString copy = m_folder->file(u"out/copy.pcapng"_s);
    QVERIFY(m_log->save(copy));
    const auto opened = CaptureLog::open(copy);
    QVERIFY(opened);
    const auto saved = saveConversation(**opened, {{7}}, copy);
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ProblemCode::FileUnwritable);
    QVERIFY(CaptureLog::open(copy));
}

void tst_Conversation::isPrivate()
{
    makeLog();
    const auto stream = m_log->openStream(testConnection(7), RecordingPolicy::Lossless);
    append(*stream, toServer, "secret");
    const QString file = m_folder->file(u"out/raw"_s);
    QVERIFY(saveConversation(*m_log, {{7}}, file));
    QCOMPARE(QFile::permissions(file),
             QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser);
}

QTEST_GUILESS_MAIN(tst_Conversation)
#include "tst_conversation.moc"
