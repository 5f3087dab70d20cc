// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/clock.h"
#include "tests/kit/manualclock.h"

#include <QDateTime>
#include <QtTest>

#include <ctime>

using namespace Sockeye;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

Timestamp at(std::chrono::nanoseconds sinceEpoch)
{
    return Timestamp(sinceEpoch);
}

} // namespace

class tst_Clock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void iso_data();
    void iso();
    void localTimeOfDay();
    void neverGoesBack();
    void startsAtTheWallClock();
    void byHand();
};

void tst_Clock::iso_data()
{
    QTest::addColumn<qint64>("nanoseconds");
    QTest::addColumn<QString>("expected");
    QTest::newRow("epoch") << qint64(0) << u"1970-01-01T00:00:00.000000000Z"_s;
    QTest::newRow("one nanosecond") << qint64(1) << u"1970-01-01T00:00:00.000000001Z"_s;
    QTest::newRow("all digits") << qint64(1'769'860'867'123'456'789)
                                << u"2026-01-31T12:01:07.123456789Z"_s;
    QTest::newRow("before the epoch") << qint64(-1) << u"1969-12-31T23:59:59.999999999Z"_s;
    QTest::newRow("leap day") << qint64(1'709'164'800'000'000'000)
                              << u"2024-02-29T00:00:00.000000000Z"_s;
    QTest::newRow("far") << qint64(9'223'372'036'854'775'807)
                         << u"2262-04-11T23:47:16.854775807Z"_s;
}

void tst_Clock::iso()
{
    QFETCH(qint64, nanoseconds);
    QFETCH(QString, expected);
    QCOMPARE(isoTime(at(std::chrono::nanoseconds(nanoseconds))), expected);
}

void tst_Clock::localTimeOfDay()
{
    const QByteArray before = qgetenv("TZ");
    const auto restore = qScopeGuard([&before] {
        before.isNull() ? qunsetenv("TZ") : qputenv("TZ", before);
        ::tzset();
    });
    const Timestamp time = at(1'769'860'867'123'456'789ns);
    qputenv("TZ", "UTC0");
    ::tzset();
    QCOMPARE(timeOfDay(time), u"12:01:07.123456"_s); // cut, not rounded into the next second
    QCOMPARE(timeOfDay(at(999'999'999ns)), u"00:00:00.999999"_s);
    qputenv("TZ", "XXX-5:30");
    ::tzset();
    QCOMPARE(timeOfDay(time), u"17:31:07.123456"_s);
}

void tst_Clock::neverGoesBack()
{
    const SystemClock clock;
    Timestamp last = clock.now();
    for (int i = 0; i < 10'000; ++i) {
        const Timestamp now = clock.now();
        QVERIFY(now >= last);
        last = now;
    }
}

void tst_Clock::startsAtTheWallClock()
{
    // A minute either way: the test must not depend on how long the machine takes.
    const SystemClock clock;
    const auto distance = clock.now() - std::chrono::system_clock::now();
    QVERIFY(distance < 60s && distance > -60s);
}

void tst_Clock::byHand()
{
    ManualClock clock;
    QCOMPARE(isoTime(clock.now()), u"2026-01-01T00:00:00.000000000Z"_s);
    clock.advance(1500ms);
    QCOMPARE(isoTime(clock.now()), u"2026-01-01T00:00:01.500000000Z"_s);
}

QTEST_GUILESS_MAIN(tst_Clock)
#include "tst_clock.moc"
