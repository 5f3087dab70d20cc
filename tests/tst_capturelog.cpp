// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturelog.h"

#include "tests/kit/manualclock.h"
#include "tests/kit/scratchfolder.h"

#include <QDir>
#include <QtTest>

using namespace Sockeye;
using namespace Qt::StringLiterals;

class tst_CaptureLog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void conversationRoundTrip();
};

void tst_CaptureLog::conversationRoundTrip()
{
    const ScratchFolder scratch;
    ManualClock clock;
    auto log = CaptureLog::create({.file = scratch.file(u"a.pcapng"_s)}, clock);
    QVERIFY(log.has_value());
    (*log)->addServer({{1}, u"demo"_s, u"/tmp/demo"_s});
    CapturedConnection c;
    c.id = {12};
    c.server = {1};
    c.opened = clock.now();
    c.pid = 4711;
    c.user = u"ada"_s;
    c.commandLine = u"x y ü"_s;
    auto stream = (*log)->openStream(c, RecordingPolicy::Lossless);
    const QByteArray big(300000, 'x');
    QVERIFY(stream->append(Direction::ToServer, std::as_bytes(std::span("hello", 5))));
    QVERIFY(stream->append(Direction::ToClient, std::as_bytes(std::span(big.data(), 300000))));
    QVERIFY(stream->endOfStream(Direction::ToServer, u"bye"_s));
    QVERIFY(stream->reset(Direction::ToClient, u"gone"_s));
    c.id = {13};
    (*log)->refuse(c, u"not you"_s);
    c.id = {12};
    QVERIFY((*log)->flush());
    QCOMPARE((*log)->cursor().end, 6u);
    auto read = CaptureLog::open(scratch.file(u"a.pcapng"_s));
    QVERIFY(read.has_value());
    for (CaptureLog *l : {log->get(), read->get()}) {
        QCOMPARE(l->records(0, 10).size(), 6u);
        QCOMPARE(l->payload(1), QByteArray("hello"));
        QCOMPARE(l->payload(2), big);
        QCOMPARE(l->note(3), u"bye"_s);
        QCOMPARE(l->note(4), u"gone"_s);
        QCOMPARE(l->note(5), u"not you"_s);
        QVERIFY(l->connection({12}) == c);
        QVERIFY(!l->damage());
    }
    QVERIFY((*log)->records(0, 10) == (*read)->records(0, 10));
    QFile::copy(scratch.file(u"a.pcapng"_s), u"/tmp/capture-probe.pcapng"_s);
}

QTEST_GUILESS_MAIN(tst_CaptureLog)
#include "tst_capturelog.moc"
