// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "tests/kit/scratchfolder.h"
#include "ui/traffic/streamview.h"
#include "ui/traffic/textview.h"

#include <QApplication>
#include <QClipboard>
#include <QTextBlock>
#include <QtTest>

using namespace Sockeye;

class tst_TextView : public QObject
{
    Q_OBJECT

public:
    static void initMain() { qputenv("QT_QPA_PLATFORM", "offscreen"); }

private Q_SLOTS:
    void shows_data();
    void shows();
    void longLinesAreBroken();
    void copyGivesTheBytesBack_data();
    void copyGivesTheBytesBack();
    void tellsWhatIsLeftOut();
    void megabyteOfAnything_data();
    void megabyteOfAnything();
    void streamShowsBothDirections();
    void streamGrows();
    void streamIsBoundedAtBothEnds();
    void streamOfManyLinesIsBounded();
    void partsOfBytes();
    void streamOfAClearedLogIsEmpty();

private:
    void makeLog();
    void append(Direction direction, const QByteArray &bytes)
    {
        const auto span =
            std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size())));
        QVERIFY(m_stream->append(direction, span));
        QVERIFY(m_log->flush());
    }
    // A minute, as everywhere: slow machines under a sanitizer need more than QtTest's five
    // seconds.
    [[nodiscard]] static bool isTakenIn(StreamView &view)
    {
        return QTest::qWaitFor(
            [&view] {
                view.refresh();
                return view.isComplete();
            },
            60'000);
    }

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<CaptureLog> m_log;
    std::unique_ptr<CaptureStream> m_stream;
};

void tst_TextView::makeLog()
{
    m_stream.reset();
    m_log.reset();
    m_folder = std::make_unique<ScratchFolder>();
    CaptureOptions options;
    options.folder = m_folder->path();
    options.limit = 64 * 1024 * 1024;
    m_log = std::move(CaptureLog::create(options, m_clock).value());
    CapturedConnection connection;
    connection.id = {7};
    connection.server = {1};
    m_stream = m_log->openStream(connection, RecordingPolicy::Lossless);
}

void tst_TextView::shows_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("pictures");
    QTest::addColumn<QString>("carets");
    const auto row = [](const char *name, const QByteArray &bytes, const char16_t *pictures,
                        const char16_t *carets) {
        QTest::newRow(name) << bytes << QString::fromUtf16(pictures) << QString::fromUtf16(carets);
    };
    row("nothing", {}, u"", u"");
    row("text", "SELECT 1", u"SELECT 1", u"SELECT 1");
    row("lines", "a\nb\r\nc\rd", u"a⏎\nb␍⏎\nc␍\nd", u"a⏎\nb^M⏎\nc^M\nd");
    row("controls", QByteArray("\0\x1b[31m\t\x7f", 8), u"␀␛[31m␉␡", u"^@^[[31m^I^?");
    row("UTF-8", "gr\xc3\xbc\xc3\x9f", u"grüß", u"grüß");
    row("not UTF-8", "a\xff\x80z", u"a\uFFFD\uFFFDz", u"a\uFFFD\uFFFDz");
    row("turned around",
        "a\xe2\x80\xae"
        "b",
        u"a⟨U+202e⟩b", u"a⟨U+202e⟩b");
    row("line separator",
        "a\xe2\x80\xa8"
        "b",
        u"a⟨U+2028⟩b", u"a⟨U+2028⟩b");
}

void tst_TextView::shows()
{
    QFETCH(QByteArray, bytes);
    QTEST(visibleText(bytes, ControlStyle::Pictures).text, "pictures");
    QTEST(visibleText(bytes, ControlStyle::Carets).text, "carets");
}

void tst_TextView::longLinesAreBroken()
{
    const VisibleText shown =
        visibleText(QByteArray(3 * visibleLineLimit, 'x'), ControlStyle::Pictures);
    QCOMPARE(shown.text.count(QLatin1Char('\n')), 2);
    QCOMPARE(originalText(shown.text, 0, shown.marks).size(), 3 * visibleLineLimit);
}

void tst_TextView::copyGivesTheBytesBack_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("lines") << QByteArray("a\r\nb\tc\n\n^J⏎")
                           << QString::fromUtf16(u"a\r\nb\tc\n\n^J⏎");
    QTest::newRow("symbols in the bytes") << QByteArray("a\xe2\x90\x8a"
                                                        "b\n")
                                          << QString::fromUtf16(u"a␊b\n");
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << QString::fromUtf16(u"a␀b");
}

void tst_TextView::copyGivesTheBytesBack()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    TextView view;
    view.setBytes(bytes, bytes.size());
    view.selectAll();
    view.copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), text);
    for (const auto style : {ControlStyle::Pictures, ControlStyle::Carets}) {
        const VisibleText shown = visibleText(bytes, style);
        QCOMPARE(originalText(shown.text, 0, shown.marks), text);
        QCOMPARE(originalText(QStringView(shown.text).mid(1), 1, shown.marks), text.mid(1));
    }
}

void tst_TextView::tellsWhatIsLeftOut()
{
    TextView view;
    view.setBytes("beginning", 3'000'009);
    QString text = view.toPlainText();
    text.replace(QChar(0x00a0), QLatin1Char(' '));
    QCOMPARE(text, QStringLiteral("beginning\n3.0 MB more: see Hex"));
}

void tst_TextView::megabyteOfAnything_data()
{
    QTest::addColumn<QByteArray>("bytes");
    constexpr qint64 size = 1024 * 1024;
    QByteArray binary(size, 0);
    for (qsizetype i = 0; i < binary.size(); ++i)
        binary[i] = static_cast<char>((i * 2654435761U) >> 13);
    QTest::newRow("one line") << QByteArray(size, 'x');
    QTest::newRow("lines only") << QByteArray(size, '\n');
    QTest::newRow("zeros") << QByteArray(size, 0);
    QTest::newRow("binary") << binary;
}

void tst_TextView::megabyteOfAnything()
{
    QFETCH(QByteArray, bytes);
    TextView view;
    view.resize(800, 400);
    view.show();
    QElapsedTimer time;
    time.start();
    view.setBytes(bytes, bytes.size());
    view.grab();
    qInfo("%lld ms", time.elapsed());
    view.moveCursor(QTextCursor::End);
    view.grab();
    QVERIFY(!view.toPlainText().isEmpty());
    QVERIFY(view.blockCount() <= visibleLines + 2);
    QVERIFY(view.toPlainText().contains(QLatin1String("more: see Hex")));
}

void tst_TextView::streamShowsBothDirections()
{
    makeLog();
    append(Direction::ToServer, "GET /");
    append(Direction::ToServer, "x\n");
    append(Direction::ToClient, "200\n");
    append(Direction::ToClient, "body");
    append(Direction::ToServer, "more");
    QVERIFY(m_stream->endOfStream(Direction::ToServer));
    QVERIFY(m_log->flush());
    StreamView view;
    view.resize(600, 300);
    view.show();
    view.setLog(m_log.get());
    view.setConnection({7});
    QVERIFY(isTakenIn(view));
    view.grab();
    QStringList lines;
    for (QTextBlock block = view.document()->begin(); block.isValid(); block = block.next())
        lines << QString::number(block.userState()) + QLatin1Char(' ') + block.text();
    QCOMPARE(lines.join(QLatin1Char('\n')),
             QString::fromUtf16(u"1 GET /x⏎\n"
                                u"3 200⏎\n"
                                u"4 body\n"
                                u"1 more\n"
                                u"-1 client will send no more"));
    view.setConnection({8});
    QVERIFY(isTakenIn(view));
    QVERIFY(view.document()->isEmpty());
}

void tst_TextView::streamGrows()
{
    makeLog();
    StreamView view;
    view.show();
    view.setLog(m_log.get());
    view.setConnection({7});
    QString expected;
    for (int i = 0; i < 50; ++i) {
        append(i % 2 ? Direction::ToClient : Direction::ToServer, "x");
        QVERIFY(isTakenIn(view));
        expected += i > 0 ? QStringLiteral("\nx") : QStringLiteral("x");
    }
    TRY_COMPARE((view.refresh(), view.toPlainText()), expected);
}

void tst_TextView::partsOfBytes()
{
    QCOMPARE(firstLines("a\nb\nc", 2).toByteArray(), QByteArray("a\nb\n"));
    QCOMPARE(firstLines("a\nb", 2).toByteArray(), QByteArray("a\nb"));
    QCOMPARE(lastLines("a\nb\nc\n", 2).toByteArray(), QByteArray("b\nc\n"));
    QCOMPARE(lastLines("a\nb", 2).toByteArray(), QByteArray("a\nb"));
    QCOMPARE(withoutCutEnd("ab\r").toByteArray(), QByteArray("ab"));
    QCOMPARE(withoutCutEnd("\r").toByteArray(), QByteArray("\r"));
    QCOMPARE(withoutCutEnd("a\xc3").toByteArray(), QByteArray("a"));
    QCOMPARE(withoutCutEnd("a\xc3\xbc").toByteArray(), QByteArray("a\xc3\xbc"));
    QCOMPARE(withoutCutEnd("a\xf0\x9f\x90").toByteArray(), QByteArray("a"));
    QCOMPARE(withoutCutEnd("a\x80\x80").toByteArray(), QByteArray("a\x80\x80"));
    QCOMPARE(withoutCutEnd("").toByteArray(), QByteArray());
}

void tst_TextView::streamOfManyLinesIsBounded()
{
    makeLog();
    append(Direction::ToServer, QByteArray(200'000, '\n'));
    append(Direction::ToClient, QByteArray(200'000, '\n'));
    StreamView view;
    view.show();
    view.setLog(m_log.get());
    view.setConnection({7});
    QVERIFY(isTakenIn(view));
    QVERIFY(view.blockCount() < 3 * visibleLines);
    QVERIFY(view.leftOut() > 300'000);
    view.grab();
}

void tst_TextView::streamIsBoundedAtBothEnds()
{
    makeLog();
    const qint64 total = 3 * StreamView::partLimit;
    const QByteArray block(100'000, 'm');
    append(Direction::ToServer, "first");
    for (qint64 sent = 0; sent < total; sent += block.size())
        append(Direction::ToServer, block);
    append(Direction::ToServer, "last");
    StreamView view;
    view.show();
    view.setLog(m_log.get());
    view.setConnection({7});
    QVERIFY(isTakenIn(view));
    const QString text = view.toPlainText();
    QVERIFY(text.startsWith(QLatin1String("first")));
    QVERIFY(text.endsWith(QLatin1String("last")));
    QVERIFY(text.contains(QLatin1String("left out")));
    const qint64 all = 5 + 4 + (total + block.size() - 1) / block.size() * block.size();
    QCOMPARE(view.leftOut(), all - 2 * StreamView::partLimit);
    const qint64 shown = text.count(QLatin1Char('m'));
    QVERIFY(shown > 2 * StreamView::partLimit - 100);
    QVERIFY(shown <= 2 * StreamView::partLimit);
}

void tst_TextView::streamOfAClearedLogIsEmpty()
{
    makeLog();
    append(Direction::ToServer, "old");
    StreamView view;
    view.show();
    view.setLog(m_log.get());
    view.setConnection({7});
    QVERIFY(isTakenIn(view));
    QCOMPARE(view.toPlainText(), QStringLiteral("old"));
    m_log->clear();
    append(Direction::ToServer, "new");
    TRY_COMPARE((view.refresh(), view.toPlainText()), QStringLiteral("new"));
}

QTEST_MAIN(tst_TextView)
#include "tst_textview.moc"
