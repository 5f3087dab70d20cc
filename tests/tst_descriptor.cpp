// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/descriptor.h"
#include "tests/kit/scratchfolder.h"

#include <QtTest>

#include <cerrno>
#include <type_traits>
#include <vector>

#include <fcntl.h>

using namespace Sockeye;

namespace {

Descriptor opened()
{
    return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool isOpen(int fd)
{
    return ::fcntl(fd, F_GETFD) >= 0;
}

} // namespace

class tst_Descriptor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void closesOnce();
    void moves();
    void movesOntoItself();
    void releases();
    void resets();
    void keepsErrno();
    void leaksNothing();
};

static_assert(!std::is_copy_constructible_v<Descriptor>);
static_assert(!std::is_copy_assignable_v<Descriptor>);
static_assert(std::is_nothrow_move_constructible_v<Descriptor>);
static_assert(std::is_nothrow_move_assignable_v<Descriptor>);

void tst_Descriptor::closesOnce()
{
    int fd = -1;
    {
        const Descriptor descriptor = opened();
        QVERIFY(descriptor.isValid());
        QVERIFY(descriptor);
        fd = descriptor.get();
        QVERIFY(isOpen(fd));
    }
    QVERIFY(!isOpen(fd));
    const Descriptor none;
    QVERIFY(!none);
    QCOMPARE(none.get(), -1);
}

void tst_Descriptor::moves()
{
    Descriptor first = opened();
    const int fd = first.get();
    Descriptor second(std::move(first));
    QCOMPARE(second.get(), fd);
    Descriptor third = opened();
    const int replaced = third.get();
    third = std::move(second);
    QCOMPARE(third.get(), fd);
    QVERIFY(isOpen(fd));
    QVERIFY(!isOpen(replaced));
}

void tst_Descriptor::movesOntoItself()
{
    Descriptor descriptor = opened();
    Descriptor &same = descriptor;
    descriptor = std::move(same);
    QVERIFY(isOpen(descriptor.get()));
}

void tst_Descriptor::releases()
{
    Descriptor descriptor = opened();
    const int fd = descriptor.release();
    QVERIFY(!descriptor);
    QVERIFY(isOpen(fd));
    descriptor.reset(fd); // takes it back
    QCOMPARE(descriptor.get(), fd);
}

void tst_Descriptor::resets()
{
    Descriptor descriptor = opened();
    const int fd = descriptor.get();
    descriptor.reset(fd); // what is held already stays open
    QVERIFY(isOpen(fd));
    descriptor.reset();
    QVERIFY(!isOpen(fd));
    QVERIFY(!descriptor);
    descriptor.reset();
    QVERIFY(!descriptor);
}

void tst_Descriptor::keepsErrno()
{
    // Errors are reported after the clean-up of what failed.
    Descriptor descriptor = opened();
    Descriptor closedBehind(descriptor.get() + 1000); // closing it fails
    errno = ENOSPC;
    closedBehind.reset();
    QCOMPARE(errno, ENOSPC);
    descriptor.reset();
    QCOMPARE(errno, ENOSPC);
}

void tst_Descriptor::leaksNothing()
{
    const int before = openDescriptorCount();
    {
        std::vector<Descriptor> many;
        for (int i = 0; i < 100; ++i)
            many.push_back(opened());
        QCOMPARE(openDescriptorCount(), before + 100);
        many.erase(many.begin(), many.begin() + 50);
        QCOMPARE(openDescriptorCount(), before + 50);
    }
    QCOMPARE(openDescriptorCount(), before);
}

QTEST_GUILESS_MAIN(tst_Descriptor)
#include "tst_descriptor.moc"
