// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/capturekit.h"
#include "tests/gui/guitest.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "ui/access/notelabel.h"
#include "ui/mainwindow/background.h"
#include "ui/mainwindow/capturefiles.h"
#include "ui/mainwindow/captureview.h"
#include "ui/mainwindow/capturewindow.h"
#include "ui/traffic/recordpanel.h"
#include "ui/traffic/streampanel.h"
#include "ui/traffic/streamview.h"

#include <QAccessible>
#include <QComboBox>
#include <QPushButton>
#include <QScrollBar>
#include <QStatusBar>
#include <QTextBlock>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;

/// With plain blanks, and without the blanks at the ends.
QString plain(QString text)
{
    return text.replace(QChar(0x00a0), u' ').trimmed();
}

} // namespace

/// "Stream": which sides are shown, in which form, and what is saved of them.
class tst_StreamPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void sides_data();
    void sides();
    void countsGrow();
    void hexadecimal();
    void offsetsOfTheLastPart_data();
    void offsetsOfTheLastPart();
    void copiesLinesOfHexadecimal();
    void sidesDifferWithoutColour();
    void descriptorsAreTold();
    void followsAConnection();
    void asksForWhatIsShown();
    void saves();
    void openedCapturesSave();
    void lossIsTold();
    void failureIsTold();
    void keyboard();
    void pictures();

private:
    void append(Direction direction, const QByteArray &bytes, const QString &note = {});
    void converse();
    void choose(QComboBox *box, int index);
    [[nodiscard]] StreamPanel &stream() { return *m_panel->streamPanel(); }
    [[nodiscard]] StreamView &view() { return *m_panel->streamView(); }
    [[nodiscard]] bool isTakenIn();
    [[nodiscard]] QStringList counts();

    std::unique_ptr<Workbench> m_bench; ///< for its prompt, its settings and its folder
    ManualClock m_clock;
    std::shared_ptr<CaptureLog> m_log;
    std::unique_ptr<CaptureStream> m_stream;
    std::unique_ptr<RecordPanel> m_panel;
};

void tst_StreamPanel::init()
{
    m_bench = std::make_unique<Workbench>();
    CaptureOptions options;
    options.folder = m_bench->folder.file(u"log"_s);
    options.limit = 256 * 1024 * 1024;
    auto log = CaptureLog::create(options, m_clock);
    QVERIFY(log);
    m_log = std::move(*log);
    m_stream = m_log->openStream(testConnection(7), RecordingPolicy::Lossless);
    m_panel = std::make_unique<RecordPanel>();
    m_panel->resize(900, 320);
    m_panel->setLog(m_log.get());
    m_panel->show();
    m_panel->followConnection({7});
}

void tst_StreamPanel::cleanup()
{
    m_panel.reset();
    m_stream.reset();
    m_log.reset();
    m_bench.reset();
}

void tst_StreamPanel::append(Direction direction, const QByteArray &bytes, const QString &note)
{
    QVERIFY(m_stream->append(direction, asSpan(bytes), note));
    QVERIFY(m_log->flush());
}

void tst_StreamPanel::converse()
{
    append(toServer, "GET /\n");
    append(toClient, "200\n");
    append(toClient, "body\n");
    append(toServer, "BYE\n");
}

void tst_StreamPanel::choose(QComboBox *box, int index)
{
    QVERIFY(box->isEnabled());
    box->setCurrentIndex(index);
}

bool tst_StreamPanel::isTakenIn()
{
    return QTest::qWaitFor(
        [&] {
            m_panel->refresh();
            return view().isComplete();
        },
        60'000);
}

QStringList tst_StreamPanel::counts()
{
    QStringList texts;
    for (int i = 0; i < stream().sideBox()->count(); ++i)
        texts << plain(stream().sideBox()->itemText(i));
    return texts;
}

void tst_StreamPanel::sides_data()
{
    QTest::addColumn<int>("side");
    QTest::addColumn<QString>("text");
    QTest::newRow("both") << 0 << u"GET /⏎\n200⏎\nbody⏎\nBYE⏎"_s;
    QTest::newRow("client") << 1 << u"GET /⏎\nBYE⏎"_s;
    QTest::newRow("server") << 2 << u"200⏎\nbody⏎"_s;
}

void tst_StreamPanel::sides()
{
    QFETCH(int, side);
    QFETCH(QString, text);
    converse();
    choose(stream().sideBox(), side);
    QVERIFY(isTakenIn());
    QCOMPARE(plain(view().toPlainText()), text);
    QCOMPARE(counts(),
             (QStringList {u"⇄ Both sides · 19 B"_s, u"→ Client to server · 10 B"_s,
                           u"← Server to client · 9 B"_s}));
    append(toServer, "late\n"); // and goes on with the side that is shown
    QVERIFY(isTakenIn());
    QCOMPARE(view().toPlainText().contains(u"late"_s), side != 2);
}

void tst_StreamPanel::countsGrow()
{
    QVERIFY(isTakenIn());
    QVERIFY(!stream().saveButton()->isEnabled()); // nothing to save
    choose(stream().sideBox(), 2);
    append(toServer, QByteArray(1200, 'x'));
    QVERIFY(isTakenIn());
    QCOMPARE(counts().value(1), u"→ Client to server · 1.2 kB"_s);
    QVERIFY(!stream().saveButton()->isEnabled()); // nothing of that side
    QVERIFY(view().document()->isEmpty());
    choose(stream().sideBox(), 1);
    QVERIFY(isTakenIn());
    QVERIFY(stream().saveButton()->isEnabled());
}

void tst_StreamPanel::hexadecimal()
{
    append(toServer, "0123456789abcdefXY");
    append(toClient, QByteArray("\0\n", 2));
    append(toServer, "Z");
    choose(stream().formBox(), 1);
    QVERIFY(isTakenIn());
    QCOMPARE(view().toPlainText().trimmed(),
             u"00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66   0123456789abcdef\n"
             "00000010  58 59                                              XY\n"
             "00000000  00 0a                                              ..\n"
             "00000012  5a                                                 Z"_s);
    choose(stream().formBox(), 0);
    QVERIFY(isTakenIn());
    QVERIFY(view().toPlainText().startsWith(u"0123456789abcdefXY"_s));
}

void tst_StreamPanel::offsetsOfTheLastPart_data()
{
    QTest::addColumn<int>("side");
    QTest::addColumn<QString>("last");
    // 40 times 100,001 bytes to the server, a line feed at 4,000,039, and 16 to the client.
    QTest::newRow("both") << 0 << u"00000270  41"_s;
    QTest::newRow("client") << 1 << u"003d0927  0a"_s;
    QTest::newRow("server") << 2 << u"00000270  41"_s;
}

void tst_StreamPanel::offsetsOfTheLastPart()
{
    QFETCH(int, side);
    QFETCH(QString, last);
    for (int i = 0; i < 40; ++i) {
        append(toServer, QByteArray(100'000, 'm') + '\n');
        append(toClient, "ABCDEFGHIJKLMNOP");
    }
    choose(stream().formBox(), 1);
    choose(stream().sideBox(), side);
    QVERIFY(isTakenIn());
    const QString text = view().toPlainText().trimmed();
    const QString line = text.mid(text.lastIndexOf(u'\n') + 1);
    QVERIFY2(line.startsWith(last), qPrintable(line));
    QCOMPARE(text.contains(u"left out"_s), side != 2);
    QCOMPARE(view().leftOut() > 1'000'000, side != 2);
    QVERIFY(view().blockCount() < 3 * visibleLines);
}

void tst_StreamPanel::copiesLinesOfHexadecimal()
{
    append(toServer, "0123456789abcdefXY");
    choose(stream().formBox(), 1);
    QVERIFY(isTakenIn());
    view().selectAll();
    QCOMPARE(view().selectedOriginal().trimmed(), view().toPlainText().trimmed());
    QCOMPARE(view().selectedOriginal().trimmed().count(u'\n'), 1);
}

void tst_StreamPanel::sidesDifferWithoutColour()
{
    append(toServer, "a\nb\nc\nd\n");
    append(toClient, "e\nf\ng\nh\n");
    QVERIFY(isTakenIn());
    const QImage image = view().grab().toImage().convertToFormat(QImage::Format_Grayscale8);
    const auto shades = [&](int block) { // of the line beside it
        QTextCursor cursor(view().document()->findBlockByNumber(block));
        const QRect area = view().cursorRect(cursor);
        QSet<int> found;
        for (int y = area.top() + 2; y < area.bottom() - 2; ++y)
            found.insert(qGray(image.pixel(22, y)));
        return found.size();
    };
    QCOMPARE(shades(1), 1);
    QCOMPARE(shades(2), 1);
    QVERIFY(shades(5) > 1);
    QVERIFY(shades(6) > 1);
}

void tst_StreamPanel::descriptorsAreTold()
{
    append(toServer, "first");
    append(toServer, "with", u"1 descriptor: file /etc/hosts, read-only"_s);
    QVERIFY(isTakenIn());
    QCOMPARE(plain(view().toPlainText()),
             u"first\n1 descriptor: file /etc/hosts, read-only\nwith"_s);
    m_panel->setRecord(2); // behind "opened" and "first"
    m_panel->setTab(RecordPanel::Tab::Hex);
    QCOMPARE(m_panel->noteText(), u"1 descriptor: file /etc/hosts, read-only"_s);
    QVERIFY(m_panel->findChild<NoteLabel *>(u"recordNote"_s)->isVisible());
    m_panel->setRecord(1);
    QVERIFY(!m_panel->findChild<NoteLabel *>(u"recordNote"_s)->isVisible());
}

void tst_StreamPanel::followsAConnection()
{
    converse();
    const auto other = m_log->openStream(testConnection(8), RecordingPolicy::Lossless);
    QVERIFY(other->append(toServer, asSpan("other")));
    QVERIFY(m_log->flush());
    m_panel->setRecord(1);
    m_panel->setTab(RecordPanel::Tab::Hex);
    m_panel->followConnection({8});
    QCOMPARE(m_panel->tab(), RecordPanel::Tab::Stream);
    QVERIFY(isTakenIn());
    QCOMPARE(view().toPlainText(), u"other"_s);
    QCOMPARE(m_panel->record(), std::optional<RecordIndex>(1)); // Hex has what it had
    m_panel->setRecord(2);
    QCOMPARE(view().connection(), ConnectionId {7});
}

void tst_StreamPanel::asksForWhatIsShown()
{
    converse();
    QVERIFY(isTakenIn());
    QSignalSpy spy(m_panel.get(), &RecordPanel::saveAsked);
    const std::optional<Direction> sides[] = {std::nullopt, toServer, toClient};
    for (const int side : {0, 1, 2}) {
        choose(stream().sideBox(), side);
        QVERIFY(isTakenIn());
        stream().saveButton()->click();
        QCOMPARE(spy.size(), side + 1);
        QCOMPARE(spy.last().first().value<Conversation>(),
                 (Conversation {ConnectionId {7}, sides[side]}));
    }
}

void tst_StreamPanel::saves()
{
    converse();
    Background background(u"test"_s);
    QStatusBar bar;
    QWidget window;
    auto &prompt = m_bench->prompt;
    auto *files = new CaptureFiles(background, prompt, *m_bench->state, &window);
    prompt.file = m_bench->folder.file(u"raw"_s);
    files->askSave(m_log, Conversation {{7}, toClient}, &bar);
    TRY_COMPARE(contentOf(prompt.file), QByteArray("200\nbody\n"));
    TRY_COMPARE(plain(bar.currentMessage()), u"Saved 9 B to %1"_s.arg(prompt.file));
    QCOMPARE(prompt.asked, QStringList {u"Save the stream"_s});
    prompt.file.clear(); // cancelled
    files->askSave(m_log, Conversation {{7}}, &bar);
    QCOMPARE(prompt.asked.size(), 2);
}

void tst_StreamPanel::openedCapturesSave()
{
    converse();
    const QString file = m_bench->folder.file(u"copy.pcapng"_s);
    QVERIFY(m_log->save(file));
    Background background(u"test"_s);
    QStatusBar bar;
    QWidget parent;
    auto *files = new CaptureFiles(background, m_bench->prompt, *m_bench->state, &parent);
    CaptureWindow *window = nullptr;
    connect(files, &CaptureFiles::opened, this, [&](CaptureWindow *opened) { window = opened; });
    files->open(file, &bar);
    TRY_VERIFY(window);
    RecordPanel *panel = window->current()->recordPanel();
    panel->followConnection({7});
    TRY_VERIFY((panel->refresh(), panel->streamView()->isComplete()));
    panel->refresh();
    m_bench->prompt.file = m_bench->folder.file(u"raw"_s);
    panel->streamPanel()->saveButton()->click();
    TRY_COMPARE(contentOf(m_bench->prompt.file), QByteArray("GET /\n200\nbody\nBYE\n"));
}

void tst_StreamPanel::lossIsTold()
{
    CaptureOptions options;
    options.folder = m_bench->folder.file(u"small"_s);
    options.limit = 1024 * 1024;
    options.segmentSize = 64 * 1024;
    auto made = CaptureLog::create(options, m_clock);
    QVERIFY(made);
    const std::shared_ptr<CaptureLog> log = std::move(*made);
    const auto stream = log->openStream(testConnection(7), RecordingPolicy::Lossless);
    for (int i = 0; log->cursor().begin == 0 && i < 1000; ++i) {
        QVERIFY(stream->append(toServer, asSpan(QByteArray(20'000, 'x'))));
        QVERIFY(log->flush());
    }
    Background background(u"test"_s);
    QStatusBar bar;
    QWidget window;
    auto *files = new CaptureFiles(background, m_bench->prompt, *m_bench->state, &window);
    m_bench->prompt.file = m_bench->folder.file(u"raw"_s);
    files->askSave(log, Conversation {{7}}, &bar);
    TRY_VERIFY2(m_bench->prompt.told.contains(u"only a part"_s), qPrintable(m_bench->prompt.told));
    QVERIFY(!contentOf(m_bench->prompt.file).isEmpty());
}

void tst_StreamPanel::failureIsTold()
{
    converse();
    Background background(u"test"_s);
    QStatusBar bar;
    QWidget window;
    auto *files = new CaptureFiles(background, m_bench->prompt, *m_bench->state, &window);
    m_bench->prompt.file = m_bench->folder.file(u"no/such/raw"_s);
    files->askSave(m_log, Conversation {{7}}, &bar);
    TRY_VERIFY2(m_bench->prompt.told.contains(u"cannot be written"_s),
                qPrintable(m_bench->prompt.told));
    m_bench->prompt.file = m_bench->folder.file(u"raw"_s);
    m_log->clear();
    files->askSave(m_log, Conversation {{7}}, &bar);
    TRY_VERIFY2(m_bench->prompt.told.contains(u"any more"_s), qPrintable(m_bench->prompt.told));
    QVERIFY(!QFile::exists(m_bench->prompt.file));
}

void tst_StreamPanel::keyboard()
{
    converse();
    QVERIFY(isTakenIn());
    for (QWidget *part : std::initializer_list<QWidget *> {stream().sideBox(), stream().formBox(),
                                                           stream().saveButton(), &view()}) {
        QVERIFY(part->focusPolicy() & Qt::TabFocus);
        const QAccessibleInterface *told = QAccessible::queryAccessibleInterface(part);
        QVERIFY(told && !told->text(QAccessible::Name).isEmpty());
    }
    stream().sideBox()->setFocus();
    QTest::keyClick(stream().sideBox(), Qt::Key_Down);
    QCOMPARE(view().side(), std::optional(toServer));
}

void tst_StreamPanel::pictures()
{
    append(toServer, "GET /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n");
    append(toClient, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello world\n");
    append(toServer, "GET /fd HTTP/1.1\r\n\r\n", u"1 descriptor: file /etc/hosts, read-only"_s);
    append(toClient, QByteArray("\0\1\2\3", 4));
    QVERIFY(m_stream->endOfStream(toServer));
    QVERIFY(m_log->flush());
    QVERIFY(isTakenIn());
    keepPictures(*m_panel, u"stream-both"_s);
    choose(stream().formBox(), 1);
    QVERIFY(isTakenIn());
    keepPictures(*m_panel, u"stream-hex"_s);
    m_panel->setRecord(3);
    m_panel->setTab(RecordPanel::Tab::Hex);
    keepPictures(*m_panel, u"record-descriptor"_s);
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_StreamPanel>(argc, argv);
}
#include "tst_streampanel.moc"
