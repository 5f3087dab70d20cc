// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/messages.h"

#include "capturekit.h"
#include "kit/manualclock.h"
#include "kit/patience.h"
#include "kit/scratchfolder.h"

#include <QTest>

using namespace Sockeye;

/// What a connection says, message by message.
class tst_Messages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void linesOverRecords();
    void guessesByItself();
    void onlyThatConnection();
    void gapsCutMessages();
    void goesOnWithWhatComes();
    void endOfAConnectionCutsWhatIsOpen();
    void clearedLogBeginsAnew();
    void anotherFramerCancels();
    void longMessages();

private:
    void say(Direction direction, const QByteArray &bytes, quint64 connection = 1)
    {
        QVERIFY(m_streams[connection - 1]->append(direction, asSpan(bytes)));
        QVERIFY(m_log->flush());
    }
    void follow(const char *framer, quint64 connection = 1)
    {
        std::optional<FramerSettings> settings;
        if (framer)
            settings = FramerSettings::parse(QString::fromLatin1(framer)).value();
        m_messages->follow({connection}, settings);
    }
    [[nodiscard]] bool isDone()
    {
        return QTest::qWaitFor([this] { return m_messages->take().isCaughtUp; }, 60'000);
    }
    /// "> GET /" and "< 200", a line each.
    [[nodiscard]] QString picture() const
    {
        QStringList lines;
        for (size_t number = 0; number < m_count(); ++number) {
            const Message message = m_messages->at(number);
            QString line = message.direction == Direction::ToServer ? QStringLiteral("> ")
                                                                    : QStringLiteral("< ");
            line += QString::fromLatin1(m_messages->body(message));
            if (message.frame.state == FrameState::Cut)
                line += QLatin1String(" (cut)");
            lines << line;
        }
        return lines.join(QLatin1Char('\n'));
    }
    [[nodiscard]] size_t m_count() const { return m_messages->take().count; }

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<CaptureLog> m_log;
    std::vector<std::unique_ptr<CaptureStream>> m_streams;
    std::unique_ptr<Messages> m_messages;
};

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;

void tst_Messages::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = 64 * 1024 * 1024;
    m_log = std::move(CaptureLog::create(options, m_clock).value());
    for (quint64 id = 1; id <= 2; ++id)
        m_streams.push_back(m_log->openStream(testConnection(id), RecordingPolicy::Lossless));
    m_messages = std::make_unique<Messages>(*m_log);
}

void tst_Messages::cleanup()
{
    m_messages.reset();
    m_streams.clear();
    m_log.reset();
}

void tst_Messages::linesOverRecords()
{
    say(toServer, "one\ntw"); // record 2
    say(toClient, "a\n");
    say(toServer, "o\nthree\nfo");
    say(toClient, "b\nc\n");
    say(toServer, "ur\n");
    follow("line");
    QVERIFY(isDone());
    QCOMPARE(picture(), QStringLiteral("> one\n< a\n> two\n> three\n< b\n< c\n> four"));
    const Message two = m_messages->at(2);
    QCOMPARE(two.firstRecord, RecordIndex {2});
    QCOMPARE(two.lastRecord, RecordIndex {4});
    QCOMPARE(m_messages->bytes(two), QByteArray("two\n"));
    QCOMPARE(m_messages->bytes(two, 2), QByteArray("tw"));
    QCOMPARE(m_messages->messageOf(2), std::optional<size_t>(0));
    QCOMPARE(m_messages->messageOf(3), std::optional<size_t>(1));
    QCOMPARE(m_messages->messageOf(4), std::optional<size_t>(2)); // it ends there
    QCOMPARE(m_messages->messageOf(6), std::optional<size_t>(6));
    QVERIFY(!m_messages->messageOf(0) && !m_messages->messageOf(99));
}

void tst_Messages::guessesByItself()
{
    say(toServer, "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    say(toClient, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    say(toClient, "loHTTP/1.1 204 No Content\r\n\r\n");
    follow(nullptr);
    QVERIFY(isDone());
    QCOMPARE(m_messages->take().framer.kind, FramerKind::Http1);
    QVERIFY(!m_messages->take().guesses.empty());
    QCOMPARE(m_count(), size_t {4});
    QVERIFY(m_messages->bytes(m_messages->at(2)).endsWith("hello"));
}

void tst_Messages::onlyThatConnection()
{
    for (int round = 0; round < 100; ++round) {
        say(toServer, "first\n", 1);
        say(toServer, "second\n", 2);
    }
    follow("line", 2);
    QVERIFY(isDone());
    QCOMPARE(m_count(), size_t {100});
    QCOMPARE(m_messages->body(m_messages->at(99)), QByteArray("second"));
    follow("line", 1);
    QVERIFY(isDone());
    QCOMPARE(m_messages->body(m_messages->at(99)), QByteArray("first"));
    follow("line", 77);
    QVERIFY(isDone());
    QCOMPARE(m_count(), size_t {0});
}

void tst_Messages::gapsCutMessages()
{
    // Never stall with a queue that is too small leaves gaps.
    CaptureOptions options;
    options.folder = m_folder->file(QStringLiteral("small"));
    options.queueLimit = 3000;
    const auto log = std::move(CaptureLog::create(options, m_clock).value());
    const auto stream = log->openStream(testConnection(1), RecordingPolicy::NeverStall);
    QVERIFY(stream->append(toServer, asSpan("begun")));
    QVERIFY(stream->append(toServer, asSpan(QByteArray(5000, 'x'))));
    QVERIFY(stream->append(toServer, asSpan("behind\n")));
    TRY_COMPARE(log->cursor().end, RecordIndex {4});
    Messages messages(*log);
    messages.follow({1}, FramerSettings::parse(QStringLiteral("line")).value());
    TRY_VERIFY(messages.take().isCaughtUp);
    QCOMPARE(messages.take().count, size_t {3});
    QCOMPARE(messages.bytes(messages.at(0)), QByteArray("begun"));
    QCOMPARE(messages.at(0).frame.state, FrameState::Cut);
    QCOMPARE(messages.bytes(messages.at(1)), QByteArray()); // nobody knows
    QCOMPARE(messages.at(1).frame.length, quint64 {5000});
    QCOMPARE(messages.body(messages.at(2)), QByteArray("behind"));
    QCOMPARE(messages.messageOf(3), std::optional<size_t>(2));
}

void tst_Messages::goesOnWithWhatComes()
{
    follow("line");
    QVERIFY(isDone());
    for (int round = 1; round <= 50; ++round) {
        say(toServer, round % 2 ? "half" : " whole\n");
        m_messages->wake();
        TRY_COMPARE(m_count(), static_cast<size_t>(round / 2));
    }
    QCOMPARE(m_messages->body(m_messages->at(24)), QByteArray("half whole"));
}

void tst_Messages::endOfAConnectionCutsWhatIsOpen()
{
    say(toServer, "open");
    say(toClient, "also");
    say(toServer, " still");
    follow("line");
    QVERIFY(isDone());
    QCOMPARE(m_count(), size_t {0});
    QVERIFY(m_streams[0]->reset(toServer, {}));
    QVERIFY(m_log->flush());
    m_messages->wake();
    TRY_COMPARE(m_count(), size_t {2});
    QCOMPARE(picture(), QStringLiteral("> open still (cut)\n< also (cut)"));
    QCOMPARE(m_messages->messageOf(3), std::optional<size_t>(1));
    QCOMPARE(m_messages->messageOf(4), std::optional<size_t>(0));
}

void tst_Messages::clearedLogBeginsAnew()
{
    say(toServer, "old\nold\nha");
    follow("line");
    QVERIFY(isDone());
    QCOMPARE(m_count(), size_t {2});
    m_log->clear();
    say(toServer, "new\n");
    m_messages->wake();
    TRY_COMPARE(m_count(), size_t {1});
    TRY_COMPARE(picture(), QStringLiteral("> new"));
}

void tst_Messages::anotherFramerCancels()
{
    for (int record = 0; record < 300; ++record)
        say(toServer, QByteArray(20'000, 'x') + '\n');
    for (int round = 0; round < 20; ++round)
        follow(round % 2 ? "line" : "fixed:7");
    follow("fixed:20001");
    QVERIFY(isDone());
    QCOMPARE(m_count(), size_t {300});
}

void tst_Messages::longMessages()
{
    const QByteArray part = randomBytes(1, 3'000'000);
    QByteArray all;
    for (int record = 0; record < 5; ++record) {
        say(toServer, part);
        all += part;
    }
    say(toServer, "end");
    follow("fixed:15000003");
    QVERIFY(isDone());
    QCOMPARE(m_count(), size_t {1});
    QCOMPARE(m_messages->bytes(m_messages->at(0), 1 << 30), all + "end");
}

QTEST_GUILESS_MAIN(tst_Messages)
#include "tst_messages.moc"
