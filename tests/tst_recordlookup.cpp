// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/recordlookup.h"

#include "capturekit.h"
#include "kit/manualclock.h"
#include "kit/scratchfolder.h"

#include <QTest>

using namespace Sockeye;
using namespace std::chrono_literals;

/// "Go to".
class tst_RecordLookup : public QObject
{
    Q_OBJECT

public:
    static void initMain() { qputenv("TZ", "UTC"); }

private Q_SLOTS:
    void finds_data();
    void finds();
    void emptyCapture();
};

void tst_RecordLookup::finds_data()
{
    QTest::addColumn<QString>("where");
    QTest::addColumn<QString>("expected"); // a record, or what is wrong
    const auto row = [](const char *where, const char *expected) {
        QTest::newRow(where) << QString::fromUtf8(where) << QString::fromUtf8(expected);
    };
    row("0", "0");
    row(" 21 ", "21");
    row("22", "the records go from 0 to 21");
    row("-1", "a record (1234), a connection (#12) or a time (12:01:07, +2.5) is expected");
    row("#1", "0");
    row("#7", "11");
    row("conn 7", "11");
    row("conn == 7", "11");
    row("Connection 7", "11");
    row("#8", "there is no record of connection 8");
    row("#99999999999",
        "a record (1234), a connection (#12) or a time (12:01:07, +2.5) is expected");
    // A record each second from 12:00:00 on.
    row("12:00", "0");
    row("11:00", "0");
    row("12:00:05", "5");
    row("12:00:05.5", "6");
    row("2026-01-31 12:00:21", "21");
    row("2026-01-31T12:00:03Z", "3");
    row("12:00:22", "nothing was recorded then or later");
    row("2027-01-01", "nothing was recorded then or later");
    row("2025-01-01", "0");
    row("+0", "0");
    row("+2.5", "3");
    row("+2500ms", "3");
    row("+1min", "nothing was recorded then or later");
    row("+x", "a record (1234), a connection (#12) or a time (12:01:07, +2.5) is expected");
    row("", "a record (1234), a connection (#12) or a time (12:01:07, +2.5) is expected");
}

void tst_RecordLookup::finds()
{
    QFETCH(QString, where);
    const ScratchFolder scratch;
    ManualClock clock;
    constexpr auto noon = 1'769'860'800s; // of 2026-01-31
    clock.advance(noon - clock.now().time_since_epoch());
    CaptureOptions options;
    options.folder = scratch.path();
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    for (const quint64 id : {1, 7}) {
        const auto stream = (*log)->openStream(testConnection(id), RecordingPolicy::Lossless);
        for (int record = 0; record < 10; ++record) {
            clock.advance(1s);
            QVERIFY(stream->append(Direction::ToServer, asSpan("x")));
        }
        clock.advance(1s);
    }
    QVERIFY((*log)->flush());
    const auto found = lookUpRecord(**log, where);
    QTEST(found ? QString::number(*found) : found.error().args.value(QStringLiteral("what")),
          "expected");
}

void tst_RecordLookup::emptyCapture()
{
    const ScratchFolder scratch;
    const ManualClock clock;
    CaptureOptions options;
    options.folder = scratch.path();
    const auto log = CaptureLog::create(options, clock);
    QVERIFY(log);
    QVERIFY(!lookUpRecord(**log, QStringLiteral("0")));
    QVERIFY(!lookUpRecord(**log, QStringLiteral("#1")));
}

QTEST_GUILESS_MAIN(tst_RecordLookup)
#include "tst_recordlookup.moc"
