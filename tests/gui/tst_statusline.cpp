// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/statusline.h"

#include <QtTest>

using namespace Sockeye;

class tst_StatusLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statusFigures_data();
    void statusFigures();
};

void tst_StatusLine::statusFigures_data()
{
    QTest::addColumn<StatusFigures>("figures");
    QTest::addColumn<QString>("text");

    StatusFigures idle;
    QTest::newRow("idle") << idle
                          << "nothing is listening · 0 connections · 0 B/s · capture 0 B · 0 gaps";
    StatusFigures busy;
    busy.listening = 2;
    busy.connections = 41;
    busy.rate = 120e6;
    busy.capture.bytesOnDisk = 1'288'490'189;
    busy.capture.limit = 8LL << 30;
    busy.capture.gaps = 1;
    QTest::newRow("busy") << busy
                          << "2 listening · 41 connections · 120 MB/s · capture 1.2 GiB of 8 GiB "
                             "· 1 gap";
    StatusFigures paused;
    paused.paused = 1;
    QTest::newRow("paused") << paused << "1 paused · 0 connections · 0 B/s · capture 0 B · 0 gaps";
    paused.listening = 2;
    QTest::newRow("some paused")
        << paused << "2 listening · 1 paused · 0 connections · 0 B/s · capture 0 B · 0 gaps";
    StatusFigures full;
    full.connections = 1;
    full.capture.isStalled = true;
    QTest::newRow("full") << full
                          << "nothing is listening · 1 connection · 0 B/s · capture 0 B · 0 gaps "
                             "· disk full: senders wait";
}

void tst_StatusLine::statusFigures()
{
    QFETCH(StatusFigures, figures);
    QString text = serversStatus(figures) + QStringLiteral(" · ") + captureStatus(figures);
    text.replace(QChar(0x00a0), QLatin1Char(' '));
    QTEST(text, "text");
}

QTEST_APPLESS_MAIN(tst_StatusLine)
#include "tst_statusline.moc"
