// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/gui/guitest.h"
#include "tests/kit/patience.h"
#include "ui/composer/bytesedit.h"
#include "ui/composer/composerpanel.h"
#include "ui/mainwindow/background.h"

#include <QAction>
#include <QComboBox>
#include <QLocalSocket>
#include <QPushButton>

using namespace Sockeye;

class tst_Composer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void bytes_data();
    void bytes();
    void shownBytesAreReadBack_data();
    void shownBytesAreReadBack();
    void saysWhyItIsDisabled();
    void saysThatTappedConnectionsTakeNothing();
    void clientGetsWhatIsSent();
    void allClientsGetIt();
    void fileIsSent();
    void badInputIsNotSent();
    void historyGoesUpAndDown();
    void endSendingClosesOneHalf();
    void closedConnectionsAreNotOffered();
    void newestIsTheTarget();
    void whatIsLookedAtIsTheTarget();
    void pickedTargetStays();
    void unsentTextHoldsTheTarget();
    void targetThatClosedUnderTheTextIsNotReplaced();

private:
    [[nodiscard]] std::unique_ptr<QLocalSocket> client();
    /// Connects one more, and tells its id once the panel offers it.
    [[nodiscard]] ConnectionId connectOne();
    [[nodiscard]] bool refreshed(const std::function<bool()> &is);
    static QByteArray received(QLocalSocket &socket, qsizetype count);

    std::unique_ptr<Workbench> m_bench;
    std::unique_ptr<Background> m_background;
    std::unique_ptr<ComposerPanel> m_panel;
    std::vector<std::unique_ptr<QLocalSocket>> m_clients; ///< of connectOne()
    ServerId m_server;
};

void tst_Composer::init()
{
    m_bench = std::make_unique<Workbench>();
    m_background = std::make_unique<Background>(QStringLiteral("test"));
    m_panel = std::make_unique<ComposerPanel>(*m_bench->engine, *m_background, m_bench->prompt);
    ServerSpec spec;
    spec.name = m_bench->folder.file(QStringLiteral("s"));
    spec.answer.kind = AnswerKind::Manual;
    m_server = m_bench->engine->addServer(spec);
    m_bench->engine->execute(Command::Start {.id = m_server});
    m_panel->setServer(m_server);
    m_panel->show();
}

void tst_Composer::cleanup()
{
    m_clients.clear();
    m_panel.reset();
    m_background.reset();
    m_bench.reset();
}

std::unique_ptr<QLocalSocket> tst_Composer::client()
{
    auto socket = std::make_unique<QLocalSocket>();
    const QString address = m_bench->folder.file(QStringLiteral("s"));
    [&] {
        TRY_VERIFY(QFile::exists(address));
        // The file is there a moment before anybody listens.
        TRY_VERIFY((socket->connectToServer(address), socket->waitForConnected()));
    }();
    return socket;
}

bool tst_Composer::refreshed(const std::function<bool()> &is)
{
    return QTest::qWaitFor([&] {
        m_panel->refresh();
        return is();
    });
}

QByteArray tst_Composer::received(QLocalSocket &socket, qsizetype count)
{
    QByteArray bytes;
    const auto complete = [&] {
        bytes += socket.readAll();
        return bytes.size() >= count;
    };
    if (!QTest::qWaitFor(complete))
        qWarning("only %lld bytes came", static_cast<long long>(bytes.size()));
    return bytes;
}

void tst_Composer::bytes_data()
{
    QTest::addColumn<BytesEdit::Form>("form");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("errorColumn");

    const auto text = BytesEdit::Form::Text;
    const auto hex = BytesEdit::Form::Hex;
    QTest::newRow("plain") << text << "PING" << QByteArray("PING") << 0;
    QTest::newRow("escapes") << text << "a\\n\\x00b" << QByteArray("a\n\0b", 4) << 0;
    QTest::newRow("bad escape") << text << "ab\\q" << QByteArray() << 3;
    QTest::newRow("hex") << hex << "50 49" << QByteArray("PI") << 0;
    QTest::newRow("bad hex") << hex << "50 zz" << QByteArray() << 4;
}

void tst_Composer::bytes()
{
    QFETCH(BytesEdit::Form, form);
    QFETCH(QString, text);
    QFETCH(int, errorColumn);

    BytesEdit edit;
    edit.setForm(form);
    edit.setText(text);
    QCOMPARE(edit.errorColumn(), errorColumn);
    QTEST(edit.bytes().value_or(QByteArray()), "bytes");
    QCOMPARE(edit.toolTip().isEmpty(), errorColumn == 0);
}

void tst_Composer::shownBytesAreReadBack_data()
{
    QTest::addColumn<QByteArray>("bytes");

    QByteArray all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    QTest::newRow("every byte") << all;
    QTest::newRow("UTF-8") << QByteArray("Grüße 🙂\r\n");
    QTest::newRow("a backslash before x") << QByteArray("\\x41\\n");
}

void tst_Composer::shownBytesAreReadBack()
{
    QFETCH(QByteArray, bytes);
    BytesEdit edit;
    for (const BytesEdit::Form form : {BytesEdit::Form::Text, BytesEdit::Form::Hex}) {
        edit.setForm(form);
        edit.setBytes(bytes);
        QCOMPARE(edit.bytes().value_or(QByteArray()), bytes);
    }
}

void tst_Composer::saysWhyItIsDisabled()
{
    QVERIFY(!m_panel->line()->isEnabled());
    QVERIFY(!m_panel->sendButton()->isEnabled());
    QCOMPARE(m_panel->line()->placeholderText(),
             QStringLiteral("No connection is open: there is nobody to send to"));
    const auto peer = client();
    QVERIFY(refreshed([&] { return m_panel->line()->isEnabled(); }));
}

void tst_Composer::saysThatTappedConnectionsTakeNothing()
{
    ServerSpec spec;
    spec.name = m_bench->folder.file(QStringLiteral("tap"));
    spec.upstream = m_bench->folder.file(QStringLiteral("s"));
    const ServerId tap = m_bench->engine->addServer(spec);
    m_bench->engine->execute(Command::Start {.id = tap});
    m_panel->setServer(tap);
    auto peer = std::make_unique<QLocalSocket>();
    TRY_VERIFY((peer->connectToServer(spec.name), peer->waitForConnected()));
    TRY_VERIFY2((m_panel->refresh(),
                 m_panel->line()->placeholderText().startsWith(QLatin1String("Tapped"))),
                qPrintable(m_panel->line()->placeholderText()));
    QVERIFY(!m_panel->line()->isEnabled());
    QVERIFY(m_panel->toolTip().contains(QLatin1String("byte for byte")));
    m_panel->setServer(
        {}); // the server behind it has a connection of its own: that one takes bytes
    TRY_VERIFY((m_panel->refresh(), m_panel->line()->isEnabled()));
    QVERIFY(m_panel->toolTip().isEmpty());
    m_panel->setServer(tap);
    peer.reset();
    TRY_COMPARE((m_panel->refresh(), m_panel->line()->placeholderText()),
                QStringLiteral("No connection is open: there is nobody to send to"));
}

void tst_Composer::clientGetsWhatIsSent()
{
    const auto peer = client();
    QVERIFY(refreshed([&] { return m_panel->line()->isEnabled(); }));
    QTest::keyClicks(m_panel->line(), QStringLiteral("PING\\n"));
    QTest::keyClick(m_panel->line(), Qt::Key_Return);
    QCOMPARE(received(*peer, 5), QByteArray("PING\n"));
    // Enter again sends it again, typing replaces it.
    QTest::keyClick(m_panel->line(), Qt::Key_Return);
    QCOMPARE(received(*peer, 5), QByteArray("PING\n"));
    m_panel->formBox()->setCurrentIndex(1);
    QCOMPARE(m_panel->line()->text(), QStringLiteral("50 49 4e 47 0a"));
    QTest::keyClicks(m_panel->line(), QStringLiteral(" 00"));
    m_panel->sendButton()->click();
    QCOMPARE(received(*peer, 6), QByteArray("PING\n\0", 6));
}

void tst_Composer::allClientsGetIt()
{
    const auto first = client();
    const auto second = client();
    QVERIFY(refreshed([&] { return m_panel->targetBox()->count() == 3; }));
    m_panel->targetBox()->setCurrentIndex(2);
    QCOMPARE(m_panel->target(), ConnectionId {});
    m_panel->line()->setText(QStringLiteral("to all"));
    m_panel->sendButton()->click();
    QCOMPARE(received(*first, 6), QByteArray("to all"));
    QCOMPARE(received(*second, 6), QByteArray("to all"));
}

void tst_Composer::fileIsSent()
{
    const auto peer = client();
    QVERIFY(refreshed([&] { return m_panel->line()->isEnabled(); }));
    m_panel->formBox()->setCurrentIndex(2);
    m_panel->line()->setText(m_bench->folder.write(QStringLiteral("reply"), "from a file\n"));
    m_panel->sendButton()->click();
    QCOMPARE(received(*peer, 12), QByteArray("from a file\n"));
    m_panel->line()->setText(m_bench->folder.file(QStringLiteral("missing")));
    m_panel->sendButton()->click();
    TRY_VERIFY2(m_bench->prompt.told.contains(QStringLiteral("cannot be read")),
                qPrintable(m_bench->prompt.told));
}

void tst_Composer::badInputIsNotSent()
{
    const auto peer = client();
    QVERIFY(refreshed([&] { return m_panel->line()->isEnabled(); }));
    m_panel->line()->setText(QStringLiteral("ab\\q"));
    QVERIFY(!m_panel->sendButton()->isEnabled());
    QTest::keyClick(m_panel->line(), Qt::Key_Return);
    m_panel->line()->setText(QStringLiteral("good"));
    QTest::keyClick(m_panel->line(), Qt::Key_Return);
    QCOMPARE(received(*peer, 4), QByteArray("good"));
}

void tst_Composer::historyGoesUpAndDown()
{
    const auto peer = client();
    QVERIFY(refreshed([&] { return m_panel->line()->isEnabled(); }));
    for (const char *text : {"one", "two"}) {
        m_panel->line()->setText(QLatin1String(text));
        QTest::keyClick(m_panel->line(), Qt::Key_Return);
    }
    m_panel->line()->setText(QStringLiteral("draft"));
    QStringList seen;
    for (const Qt::Key key :
         {Qt::Key_Up, Qt::Key_Up, Qt::Key_Up, Qt::Key_Down, Qt::Key_Down, Qt::Key_Down}) {
        QTest::keyClick(m_panel->line(), key);
        seen << m_panel->line()->text();
    }
    QCOMPARE(seen.join(QLatin1Char(' ')), QStringLiteral("two one one two draft draft"));
}

void tst_Composer::endSendingClosesOneHalf()
{
    const auto peer = client();
    QVERIFY(refreshed([&] { return m_panel->endSendingAction()->isEnabled(); }));
    QSignalSpy over(peer.get(), &QLocalSocket::readChannelFinished);
    m_panel->endSendingAction()->trigger();
    TRY_COMPARE(over.count(), 1);
    // There is nobody left to send to.
    QVERIFY(refreshed([&] { return !m_panel->line()->isEnabled(); }));
}

void tst_Composer::closedConnectionsAreNotOffered()
{
    auto first = client();
    const auto second = client();
    QVERIFY(refreshed([&] { return m_panel->targetBox()->count() == 3; }));
    first.reset();
    QVERIFY(refreshed([&] { return m_panel->targetBox()->count() == 1; }));
    m_panel->line()->setText(QStringLiteral("x"));
    m_panel->sendButton()->click();
    QCOMPARE(received(*second, 1), QByteArray("x"));
}

ConnectionId tst_Composer::connectOne()
{
    const quint64 before = m_panel->targetBox()->itemData(0).toULongLong();
    m_clients.push_back(client());
    const auto newest = [&] { return m_panel->targetBox()->itemData(0).toULongLong(); };
    if (!refreshed([&] { return newest() > before; }))
        qWarning("the connection is not offered");
    return {newest()};
}

void tst_Composer::newestIsTheTarget()
{
    QCOMPARE(m_panel->target(), ConnectionId {});
    for (int i = 0; i < 3; ++i) {
        const ConnectionId id = connectOne();
        QCOMPARE(m_panel->target(), id);
    }
    // Sending begins a conversation; who connects next does not end it.
    const ConnectionId last = m_panel->target();
    m_panel->line()->setText(QStringLiteral("x"));
    m_panel->sendButton()->click();
    QCOMPARE(received(*m_clients.back(), 1), QByteArray("x"));
    QVERIFY(connectOne() != last);
    QCOMPARE(m_panel->target(), last);
}

void tst_Composer::whatIsLookedAtIsTheTarget()
{
    const ConnectionId first = connectOne();
    const ConnectionId second = connectOne();
    m_panel->suggestTarget(first);
    QCOMPARE(m_panel->target(), first);
    const ConnectionId third = connectOne();
    QCOMPARE(m_panel->target(), first);
    m_panel->suggestTarget(second);
    QCOMPARE(m_panel->target(), second);
    m_panel->suggestTarget({4711}); // not open, or of another server
    QCOMPARE(m_panel->target(), second);
    m_clients[1].reset(); // without it the newest is the one again
    QVERIFY(refreshed([&] { return m_panel->target() == third; }));
}

void tst_Composer::pickedTargetStays()
{
    const ConnectionId first = connectOne();
    const ConnectionId second = connectOne();
    QTest::keyClick(m_panel->targetBox(), Qt::Key_Down);
    QCOMPARE(m_panel->target(), first);
    m_panel->suggestTarget(second);
    const ConnectionId third = connectOne();
    QCOMPARE(m_panel->target(), first);
    m_panel->setTarget(second); // "Send to…" is a pick, too
    m_panel->suggestTarget(third);
    QCOMPARE(m_panel->target(), second);
    // "All" stays all of them, also of those to come.
    m_panel->targetBox()->setCurrentIndex(m_panel->targetBox()->count() - 1);
    QVERIFY(connectOne() != third);
    QCOMPARE(m_panel->target(), ConnectionId {});
    QCOMPARE(m_panel->targetBox()->currentText(), QStringLiteral("all 4 connections"));
}

void tst_Composer::unsentTextHoldsTheTarget()
{
    const ConnectionId first = connectOne();
    QTest::keyClicks(m_panel->line(), QStringLiteral("for the first"));
    const ConnectionId second = connectOne();
    QCOMPARE(m_panel->target(), first);
    m_panel->suggestTarget(second);
    QCOMPARE(m_panel->target(), first);
    m_panel->line()->clear();
    QVERIFY(refreshed([&] { return m_panel->target() == second; }));
}

void tst_Composer::targetThatClosedUnderTheTextIsNotReplaced()
{
    const ConnectionId first = connectOne();
    QTest::keyClicks(m_panel->line(), QStringLiteral("secret of the first"));
    const ConnectionId second = connectOne();
    QCOMPARE(m_panel->target(), first);
    m_clients[0].reset();
    QVERIFY(refreshed([&] { return m_panel->targetBox()->currentIndex() < 0; }));
    QVERIFY(!m_panel->sendButton()->isEnabled());
    QTest::keyClick(m_panel->line(), Qt::Key_Return);
    QCOMPARE(m_panel->line()->text(), QStringLiteral("secret of the first"));
    m_panel->targetBox()->setCurrentIndex(0);
    QCOMPARE(m_panel->target(), second);
    m_panel->sendButton()->click();
    QCOMPARE(received(*m_clients[1], 19), QByteArray("secret of the first"));
}

int main(int argc, char **argv)
{
    return runGuiTest<tst_Composer>(argc, argv);
}

#include "tst_composer.moc"
