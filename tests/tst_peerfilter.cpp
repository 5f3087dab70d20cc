// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/accountnames.h"
#include "core/access/peerfilter.h"

#include <QtTest>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr uid_t owner = 61001;
constexpr gid_t group = 62001;

} // namespace

class tst_PeerFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everySet_data();
    void everySet();
    void noClassAdmitsAll();
    void rootOwnsTheServer();
};

void tst_PeerFilter::everySet_data()
{
    QTest::addColumn<QString>("boxes");
    QTest::addColumn<QStringList>("refusals"); // of owner, primary member, member, stranger, root
    const QString o = u"the owner "_s + userName(owner) + u" is shut out"_s;
    const QString g = u"members of group "_s + groupName(group) + u" are shut out"_s;
    const QString notOwner = u"not the owner "_s + userName(owner);
    const QString notGroup = u"not in group "_s + groupName(group);
    const QString neither =
        u"neither the owner "_s + userName(owner) + u" nor in group "_s + groupName(group);
    const QString in;
    QTest::newRow("user") << u"user"_s << QStringList {in, g, g, notOwner, in};
    QTest::newRow("group") << u"group"_s << QStringList {o, in, in, notGroup, in};
    QTest::newRow("user, group") << u"user,group"_s << QStringList {in, in, in, neither, in};
    QTest::newRow("other") << u"other"_s << QStringList {o, g, g, in, in};
    QTest::newRow("user, other") << u"user,other"_s << QStringList {in, g, g, in, in};
    QTest::newRow("group, other") << u"group,other"_s << QStringList {o, in, in, in, in};
    QTest::newRow("world") << u"world"_s << QStringList {in, in, in, in, in};
    QTest::newRow("abstract does not matter")
        << u"group,abstract"_s << QStringList {o, in, in, notGroup, in};
}

void tst_PeerFilter::everySet()
{
    QFETCH(QString, boxes);
    QFETCH(QStringList, refusals);
    const PeerFilter filter(*AccessOptions::parse(boxes), owner, group);
    const std::vector<PeerCredentials> peers {
        {.pid = 1, .uid = owner, .gid = group, .groups = {group}},
        {.pid = 1, .uid = 61002, .gid = group, .groups = {}},
        {.pid = 1, .uid = 61002, .gid = 62002, .groups = {1, group, 2}},
        {.pid = 1, .uid = 61003, .gid = 62003, .groups = {1, 2}},
        {.pid = 0, .uid = 0, .gid = 0, .groups = {}},
    };
    QStringList seen;
    for (const PeerCredentials &peer : peers) {
        seen << filter.refusal(peer);
        QCOMPARE(filter.admits(peer), seen.last().isEmpty());
    }
    QCOMPARE(seen, refusals);
}

void tst_PeerFilter::noClassAdmitsAll()
{
    const PeerFilter filter({.abstract = true}, owner, group);
    QVERIFY(filter.admits({.pid = 1, .uid = 61003, .gid = 62003, .groups = {}}));
    QCOMPARE(filter.refusal({.pid = 1, .uid = 61003, .gid = 62003, .groups = {}}), QString());
}

// Root is admitted before his class is looked at, as to a file.
void tst_PeerFilter::rootOwnsTheServer()
{
    const PeerFilter filter({.group = true}, 0, 0);
    QVERIFY(filter.admits({.pid = 1, .uid = 0, .gid = 0, .groups = {}}));
}

QTEST_GUILESS_MAIN(tst_PeerFilter)
#include "tst_peerfilter.moc"
