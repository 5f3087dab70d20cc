// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/users.h"

#include <QThread>
#include <QtTest>

#include <atomic>
#include <memory>
#include <vector>

#include <pwd.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

class tst_Users : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void names();
    void numbersWithoutAName();
    void manyThreads();
};

void tst_Users::names()
{
    QCOMPARE(userName(0), u"root"_s);
    QCOMPARE(groupName(0), u"root"_s);
    const passwd *me = ::getpwuid(::getuid());
    if (me)
        QCOMPARE(userName(::getuid()), QString::fromLocal8Bit(me->pw_name));
}

void tst_Users::numbersWithoutAName()
{
    QCOMPARE(userName(61'001'001), u"61001001"_s);
    QCOMPARE(groupName(62'001'001), u"62001001"_s);
    QCOMPARE(userName(static_cast<uid_t>(-1)), u"4294967295"_s);
    QCOMPARE(userName(61'001'001), u"61001001"_s); // remembered as well
}

void tst_Users::manyThreads()
{
    std::atomic<int> wrong = 0;
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(QThread::create([&wrong] {
            for (uid_t id = 61'001'000; id < 61'001'050; ++id) {
                wrong += userName(id) == QString::number(id) ? 0 : 1;
                wrong += groupName(id) == QString::number(id) ? 0 : 1;
                wrong += userName(0) == u"root"_s ? 0 : 1;
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        thread->wait();
    QCOMPARE(wrong.load(), 0);
}

QTEST_GUILESS_MAIN(tst_Users)
#include "tst_users.moc"
