// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/decodedmodel.h"
#include "tests/capturekit.h"
#include "tests/gui/guitest.h"
#include "tests/kit/manualclock.h"
#include "tests/kit/patience.h"
#include "ui/access/notelabel.h"
#include "ui/traffic/decodepanel.h"
#include "ui/traffic/hexview.h"
#include "ui/traffic/recordpanel.h"

#include <QComboBox>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

/// The message of a record, field by field.
class tst_DecodePanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void guessesAndDecodes();
    void fieldsAndBytesFollowEachOther();
    void stepsThroughMessages();
    void anotherFramerAndDecoder();
    void mistakesAreTold();
    void choiceHoldsForTheServer();
    void withoutARecord();
    void growsWithTheConnection();

private:
    void say(Direction direction, const QByteArray &bytes, quint64 connection = 1)
    {
        QVERIFY(m_streams[connection - 1]->append(direction, asSpan(bytes)));
        QVERIFY(m_log->flush());
    }
    void show(RecordIndex record)
    {
        m_record->setTab(RecordPanel::Tab::Decoded);
        m_record->setRecord(record);
    }
    [[nodiscard]] DecodePanel &panel() const { return *m_record->decodePanel(); }
    [[nodiscard]] bool isShown(const QString &text)
    {
        return QTest::qWaitFor(
            [&] {
                m_record->refresh();
                return panel().messageText().contains(text);
            },
            60'000);
    }
    [[nodiscard]] QModelIndex field(const QString &name) const
    {
        const auto *model = panel().tree()->model();
        const QModelIndexList found = model->match(model->index(0, 0), Qt::DisplayRole, name, 1,
                                                   Qt::MatchExactly | Qt::MatchRecursive);
        return found.isEmpty() ? QModelIndex() : found.front();
    }
    [[nodiscard]] QString valueOf(const QString &name) const
    {
        return field(name).siblingAtColumn(DecodedModel::ValueColumn).data().toString();
    }
    [[nodiscard]] QString note() const { return panel().findChild<NoteLabel *>()->text(); }

    ManualClock m_clock;
    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<CaptureLog> m_log;
    std::vector<std::unique_ptr<CaptureStream>> m_streams;
    std::unique_ptr<RecordPanel> m_record;
};

constexpr auto toServer = Direction::ToServer;
constexpr auto toClient = Direction::ToClient;

void tst_DecodePanel::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    CaptureOptions options;
    options.folder = m_folder->path();
    m_log = std::move(CaptureLog::create(options, m_clock).value());
    m_log->addServer({{1}, u"one"_s, u"/run/one"_s});
    m_log->addServer({{2}, u"two"_s, u"/run/two"_s});
    for (quint64 id = 1; id <= 3; ++id)
        m_streams.push_back(
            m_log->openStream(testConnection(id, id == 3 ? 2 : 1), RecordingPolicy::Lossless));
    m_record = std::make_unique<RecordPanel>();
    m_record->resize(1000, 320);
    m_record->setLog(m_log.get());
    m_record->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_record.get()));
}

void tst_DecodePanel::cleanup()
{
    m_record.reset();
    m_streams.clear();
    m_log.reset();
}

void tst_DecodePanel::guessesAndDecodes()
{
    say(toServer, "GET /containers/json HTTP/1.1\r\nHost: docker\r\nAccept: */*\r\n\r\n"); // 3
    say(toClient,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n");
    say(toClient, "[{\"Id\":\"ab\"}]");
    show(3);
    QVERIFY(isShown(u"Message 1 of 2"_s));
    QVERIFY2(panel().framerBox()->currentText().contains(u"http"_s),
             qPrintable(panel().framerBox()->currentText()));
    QVERIFY(note().contains(u'%')); // the evidence
    QCOMPARE(valueOf(u"Host"_s), u"docker"_s);
    show(5); // the body, in another record of the same message
    QVERIFY(isShown(u"Message 2 of 2"_s));
    QCOMPARE(valueOf(u"Content-Type"_s), u"application/json"_s);
    keepPictures(*m_record, u"decode-http"_s);
}

void tst_DecodePanel::fieldsAndBytesFollowEachOther()
{
    say(toServer, "{\"id\":1,\"method\":\"go\"}\n{\"id\":2,\"method\":\"on\"}\n");
    show(3);
    QVERIFY(isShown(u"Message 1 of 2"_s));
    const QModelIndex method = field(u"method"_s);
    QVERIFY(method.isValid());
    panel().tree()->setCurrentIndex(method);
    QVERIFY(panel().hexView()->selectedBytes().contains("\"go\""));
    panel().hexView()->select(6, 1); // the 1
    QCOMPARE(panel().tree()->currentIndex().data().toString(), u"id"_s);
    QCOMPARE(panel().hexView()->selectionLength(), 1); // the selection stays as it was made
}

void tst_DecodePanel::stepsThroughMessages()
{
    say(toServer, "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n"); // 3
    say(toClient, "{\"id\":4}\n"); // 4
    show(3);
    QVERIFY(isShown(u"Message 1 of 4"_s));
    const QSignalSpy asked(m_record.get(), &RecordPanel::recordAsked);
    for (int number = 2; number <= 4; ++number) {
        panel().step(1);
        m_record->setRecord(asked.last().first().value<RecordIndex>()); // as the table does
        QVERIFY(isShown(u"Message %1 of 4"_s.arg(number)));
        QCOMPARE(valueOf(u"id"_s), QString::number(number));
    }
    QCOMPARE(asked.last().first().value<RecordIndex>(), RecordIndex {4});
    panel().step(1); // there is no other
    QVERIFY(isShown(u"Message 4 of 4"_s));
    panel().step(-1);
    m_record->setRecord(asked.last().first().value<RecordIndex>());
    QVERIFY(isShown(u"Message 3 of 4"_s));
}

void tst_DecodePanel::anotherFramerAndDecoder()
{
    say(toServer, QByteArray::fromHex("00000003820102"));
    say(toServer, QByteArray::fromHex("00000002617800000001f6"));
    show(3);
    QVERIFY(isShown(u"Message"_s));
    panel().framerBox()->setEditText(u"length:4"_s);
    QTest::keyClick(panel().framerBox()->lineEdit(), Qt::Key_Return);
    QVERIFY(isShown(u"Message 1 of 3"_s));
    QComboBox *decoder = panel().decoderBox();
    decoder->setCurrentIndex(decoder->findText(u"cbor"_s));
    Q_EMIT decoder->activated(decoder->currentIndex());
    QCOMPARE(panel().tree()->model()->rowCount(panel().tree()->model()->index(0, 0)), 2);
    QCOMPARE(panel().hexView()->size(), 3);
}

void tst_DecodePanel::mistakesAreTold()
{
    say(toServer, "one\ntwo\n");
    show(3);
    QVERIFY(isShown(u"Message 1"_s));
    panel().framerBox()->setEditText(u"length:3"_s);
    QTest::keyClick(panel().framerBox()->lineEdit(), Qt::Key_Return);
    QVERIFY2(note().contains(u"1, 2, 4"_s) || note().contains(u"varint"_s), qPrintable(note()));
    QVERIFY(isShown(u"Message 1"_s)); // nothing is lost
}

void tst_DecodePanel::choiceHoldsForTheServer()
{
    for (const quint64 connection : {1, 2, 3})
        say(toServer, "abcdefgh\n", connection); // 3, 4, 5
    show(3);
    QVERIFY(isShown(u"Message 1 of 1"_s));
    panel().framerBox()->setEditText(u"fixed:3"_s);
    QTest::keyClick(panel().framerBox()->lineEdit(), Qt::Key_Return);
    QVERIFY(isShown(u"Message 1 of 3"_s));
    show(4); // of the same server
    QVERIFY(isShown(u"Message 1 of 3"_s));
    show(5); // of another
    QVERIFY(isShown(u"Message 1 of 1"_s));
}

void tst_DecodePanel::withoutARecord()
{
    show(0); // it tells that the connection was opened, and has no bytes
    m_record->refresh();
    QVERIFY(panel().messageText().isEmpty());
    QCOMPARE(panel().tree()->model()->rowCount(), 0);
    keepPictures(*m_record, u"decode-empty"_s);
    m_record->setRecord(std::nullopt);
    m_record->setLog(nullptr);
    m_record->refresh();
}

void tst_DecodePanel::growsWithTheConnection()
{
    say(toServer, "{\"id\":1}\n{\"i");
    show(3);
    QVERIFY(isShown(u"Message 1 of 1"_s));
    say(toServer, "d\":2}\n");
    QVERIFY(isShown(u"Message 1 of 2"_s));
    show(4);
    QVERIFY(isShown(u"Message 2 of 2"_s));
    QCOMPARE(valueOf(u"id"_s), u"2"_s);
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_DecodePanel>(argc, argv);
}
#include "tst_decodepanel.moc"
