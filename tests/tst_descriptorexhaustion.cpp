// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kit/scratchfolder.h"
#include "localsockets.h"
#include "tests/kit/patience.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QtTest>

#include <algorithm>

using namespace Sockeye;

/// A server with 64 descriptors and more clients than that: it goes on listening, loses nobody,
/// costs nothing while it waits, and accepts again by itself.
class tst_DescriptorExhaustion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void recovers_data();
    void recovers();
    void restsWithoutCost_data();
    void restsWithoutCost();
    void doesNotFlicker();

private:
    QString ask(const char *command);
    void connectClients(int count);
    [[nodiscard]] int acceptedSoFar();

    static constexpr int m_cycles = 20;

    std::unique_ptr<ScratchFolder> m_folder;
    std::unique_ptr<QProcess> m_server;
    std::vector<Descriptor> m_clients;
    QByteArray m_path;
};

void tst_DescriptorExhaustion::init()
{
    m_folder = std::make_unique<ScratchFolder>();
    m_path = m_folder->bytes(QStringLiteral("api"));
    m_server = std::make_unique<QProcess>();
    m_server->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_server->start(QStringLiteral(SOCKEYE_LIMITEDSERVER),
                    {m_folder->file(QStringLiteral("api")), QStringLiteral("64")});
    QVERIFY(m_server->waitForStarted());
    QVERIFY(m_server->waitForReadyRead(20000));
    QCOMPARE(m_server->readLine().trimmed(), QByteArray("listening"));
}

void tst_DescriptorExhaustion::cleanup()
{
    m_clients.clear();
    m_server->closeWriteChannel();
    QVERIFY(m_server->waitForFinished());
    QCOMPARE(m_server->exitCode(), 0);
    QCOMPARE(namesIn(m_folder->path()), QStringList());
}

QString tst_DescriptorExhaustion::ask(const char *command)
{
    m_server->write(QByteArray(command) + '\n');
    while (!m_server->canReadLine() && m_server->waitForReadyRead(20000)) { }
    return QString::fromUtf8(m_server->readLine()).trimmed();
}

void tst_DescriptorExhaustion::connectClients(int count)
{
    for (int i = 0; i < count; ++i) {
        m_clients.push_back(connectTo(m_path));
        QVERIFY(m_clients.back());
    }
}

int tst_DescriptorExhaustion::acceptedSoFar()
{
    return ask("state").section(QLatin1Char(' '), 1, 1).toInt();
}

void tst_DescriptorExhaustion::recovers_data()
{
    QTest::addColumn<bool>("fill");
    QTest::newRow("clients take them") << false; // accepting leaves the reserve alone
    QTest::newRow("the program takes them") << true; // accept() itself fails with EMFILE
}

void tst_DescriptorExhaustion::recovers()
{
    QFETCH(const bool, fill);
    QList<qint64> pauses;
    int connected = 0;
    for (int cycle = 0; cycle < m_cycles; ++cycle) {
        if (fill)
            QVERIFY(ask("fill").toInt() > 0);
        constexpr int clients = 70; // takes two rounds
        connectClients(clients);
        connected += clients;
        TRY_COMPARE(ask("state").section(QLatin1Char(' '), 2), QStringLiteral("held"));
        QVERIFY(ask("state").startsWith(QLatin1String("listening ")));
        QVERIFY(fileAt(m_path).startsWith(QLatin1Char('s')));
        const int before = acceptedSoFar();
        QVERIFY(before < connected);
        QCOMPARE(connectError(m_path), 0); // one more can still knock
        ++connected;
        QElapsedTimer pause;
        pause.start();
        (void)ask(fill ? "unfill" : "drop");
        while (acceptedSoFar() == before && pause.elapsed() < 20000)
            QTest::qWait(5);
        pauses << pause.elapsed();
        // Nobody is lost, however often it takes.
        TRY_COMPARE(((void)ask("drop"), acceptedSoFar()), connected);
        m_clients.clear();
        TRY_COMPARE(ask("state").section(QLatin1Char(' '), 2), QStringLiteral("open"));
    }
    std::sort(pauses.begin(), pauses.end());
    qInfo("%d cycles, %d clients, none lost; accepting again after ms: median %lld, longest %lld",
          m_cycles, connected, pauses[pauses.size() / 2], pauses.last());
    // The promise is one second for each; a busy machine may stretch one of them.
    QVERIFY(pauses[pauses.size() / 2] <= 1000);
    QVERIFY(pauses.last() < 20000);
}

void tst_DescriptorExhaustion::restsWithoutCost_data()
{
    recovers_data();
}

void tst_DescriptorExhaustion::restsWithoutCost()
{
    QFETCH(const bool, fill);
    if (fill)
        (void)ask("fill");
    connectClients(100);
    TRY_COMPARE(ask("state").section(QLatin1Char(' '), 2), QStringLiteral("held"));
    const long before = ask("cpu").toLong();
    QElapsedTimer window;
    window.start();
    while (window.elapsed() < 2000)
        QTest::qWait(100);
    const double spent = static_cast<double>(ask("cpu").toLong() - before);
    const double percent = 100 * spent / static_cast<double>(window.elapsed());
    qInfo("%.1f %% of a core while 100 clients knock", percent);
    QVERIFY(percent <= 5); // a level-triggered poll that nobody answers would take 100
    QCOMPARE(ask("story"), QStringLiteral("reachable, listening, raised DescriptorsExhausted"));
}

void tst_DescriptorExhaustion::doesNotFlicker()
{
    connectClients(100);
    TRY_COMPARE(ask("state").section(QLatin1Char(' '), 2), QStringLiteral("held"));
    // As long as those who wait take each descriptor that becomes free, it is one problem.
    TRY_COMPARE(((void)ask("drop"), acceptedSoFar()), 100);
    TRY_COMPARE(ask("story"),
                QStringLiteral("reachable, listening, raised DescriptorsExhausted, "
                               "cleared DescriptorsExhausted"));
}

QTEST_GUILESS_MAIN(tst_DescriptorExhaustion)
#include "tst_descriptorexhaustion.moc"
