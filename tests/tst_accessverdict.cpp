// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/accessverdict.h"
#include "core/access/accountnames.h"
#include "core/base/descriptor.h"
#include "otheruser.h"
#include "tests/kit/scratchfolder.h"

#include <QDir>
#include <QLocalServer>
#include <QtTest>

#include <cerrno>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr uid_t owner = 61001;
constexpr gid_t ownersGroup = 62001;

const Subject ownerHimself {.uid = owner, .gid = ownersGroup, .groups = {}};
const Subject primaryMember {.uid = 61002, .gid = ownersGroup, .groups = {}};
const Subject member {.uid = 61002, .gid = 62002, .groups = {1, ownersGroup}};
const Subject stranger {.uid = 61003, .gid = 62003, .groups = {1}};
const Subject root {.uid = 0, .gid = 0, .groups = {}, .overridesRights = true};
const Subject weakRoot {.uid = 0, .gid = 0, .groups = {}, .overridesRights = false};

SocketRights rightsOf(const SocketAddress &address, mode_t mode)
{
    return {.address = address, .owner = owner, .group = ownersGroup, .mode = mode, .enforced = {}};
}

bool setMode(const QByteArray &path, mode_t mode)
{
    return ::chmod(path.constData(), mode) == 0;
}

QByteArray folderOf(const ScratchFolder &scratch)
{
    return QFile::encodeName(scratch.path());
}

/// The ACL of a file as the kernel stores it: mode 0700, and user 61003 may do @p rights.
QByteArray aclFor(uid_t uid, quint16 rights)
{
    constexpr quint32 noId = ~0U;
    QByteArray acl;
    const auto put = [&acl](auto value) {
        acl.append(reinterpret_cast<const char *>(&value), sizeof(value));
    };
    const auto entry = [&put](quint16 tag, quint16 permissions, quint32 id) {
        put(tag);
        put(permissions);
        put(id);
    };
    put(quint32(2)); // version
    entry(0x01, 7, noId); // the owner
    entry(0x02, rights, uid);
    entry(0x04, 0, noId); // his group
    entry(0x10, 7, noId); // the mask
    entry(0x20, 0, noId); // everybody else
    return acl;
}

} // namespace

/// Rules and reading of the disk; that they are the kernel's rules is shown by tst_accessmatrix.
class tst_AccessVerdict : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void classesAreExclusive_data();
    void classesAreExclusive();
    void everyFolderCounts_data();
    void everyFolderCounts();
    void linksOnTheWay_data();
    void linksOnTheWay();
    void linkAtTheEnd();
    void enforced_data();
    void enforced();
    void whatCannotBeSeen();
    void accessControlLists();
    void plannedIsWhatQtMakes_data();
    void plannedIsWhatQtMakes();
    void plannedInASharedFolder_data();
    void plannedInASharedFolder();
    void threeVerdicts();
    void oneself();
    void userByNameAndNumber();
};

void tst_AccessVerdict::classesAreExclusive_data()
{
    QTest::addColumn<mode_t>("mode");
    QTest::addColumn<QString>("allowed"); // owner, primary, member, stranger, root, weak root
    QTest::newRow("0755") << mode_t(0755) << u"y---y-"_s;
    QTest::newRow("0700") << mode_t(0700) << u"y---y-"_s;
    QTest::newRow("0070") << mode_t(0070) << u"-yy-y-"_s;
    QTest::newRow("0007") << mode_t(0007) << u"---yyy"_s;
    QTest::newRow("0770") << mode_t(0770) << u"yyy-y-"_s;
    QTest::newRow("0707") << mode_t(0707) << u"y--yyy"_s;
    QTest::newRow("0077") << mode_t(0077) << u"-yyyyy"_s;
    QTest::newRow("0777") << mode_t(0777) << u"yyyyyy"_s;
    QTest::newRow("only w counts") << mode_t(0222) << u"yyyyyy"_s;
    QTest::newRow("r and x do not") << mode_t(0555) << u"----y-"_s;
}

void tst_AccessVerdict::classesAreExclusive()
{
    QFETCH(mode_t, mode);
    QFETCH(QString, allowed);
    const ScratchFolder scratch;
    QVERIFY(setMode(folderOf(scratch), 0755));
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    QString seen;
    for (const Subject &subject : {ownerHimself, primaryMember, member, stranger, root, weakRoot}) {
        const Verdict verdict = verdictFor(subject, rightsOf(address, mode));
        seen += verdict.allowed ? u'y' : u'-';
        QCOMPARE(verdictText(verdict),
                 verdict.allowed ? QString()
                                 : u"may not write to %1 (%2 %3 %4)"_s.arg(
                                     address.display(), modeText(mode), userName(owner),
                                     groupName(ownersGroup)));
    }
    QCOMPARE(seen, allowed);
}

void tst_AccessVerdict::everyFolderCounts_data()
{
    QTest::addColumn<mode_t>("outer");
    QTest::addColumn<mode_t>("inner");
    QTest::addColumn<QString>("stops"); // for a stranger
    QTest::newRow("open") << mode_t(0755) << mode_t(0755) << u""_s;
    QTest::newRow("search is enough") << mode_t(0711) << mode_t(0711) << u""_s;
    QTest::newRow("inner closed") << mode_t(0755) << mode_t(0750)
                                  << u"may not search I (drwxr-x--- "_s;
    QTest::newRow("reading is not searching")
        << mode_t(0755) << mode_t(0754) << u"may not search I (drwxr-xr-- "_s;
    QTest::newRow("outer closed") << mode_t(0700) << mode_t(0755)
                                  << u"may not search O (drwx------ "_s;
    QTest::newRow("the first one is named")
        << mode_t(0700) << mode_t(0700) << u"may not search O (drwx------ "_s;
}

void tst_AccessVerdict::everyFolderCounts()
{
    QFETCH(mode_t, outer);
    QFETCH(mode_t, inner);
    QFETCH(QString, stops);
    const ScratchFolder scratch;
    QVERIFY(QDir(scratch.path()).mkdir(u"i"_s));
    QVERIFY(setMode(scratch.bytes(u"i"_s), inner));
    QVERIFY(setMode(folderOf(scratch), outer));
    const SocketRights rights = rightsOf(SocketAddress::fromPath(scratch.bytes(u"i/s"_s)), 0777);
    QString text = verdictText(verdictFor(stranger, rights));
    text.replace(scratch.file(u"i"_s), u"I"_s).replace(scratch.path(), u"O"_s);
    if (!stops.isEmpty())
        stops += userName(::geteuid()) + u' ' + groupName(::getegid()) + u')';
    QCOMPARE(text, stops);
    QVERIFY(verdictFor(root, rights).allowed);
}

void tst_AccessVerdict::linksOnTheWay_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("stops"); // for a stranger
    QTest::newRow("to an open folder") << u"toopen/s"_s << u""_s;
    QTest::newRow("to a closed folder") << u"toclosed/s"_s << u"may not search closed"_s;
    QTest::newRow("absolute") << u"absolute/s"_s << u"may not search closed"_s;
    QTest::newRow("two links") << u"twice/s"_s << u"may not search closed"_s;
    QTest::newRow("up again") << u"open/../closed/s"_s << u"may not search closed"_s;
    QTest::newRow("up from the link's target") << u"deep/../s"_s << u"may not search closed"_s;
    QTest::newRow("through the closed one") << u"closed/../open/s"_s << u"may not search closed"_s;
    QTest::newRow("dots and slashes") << u".//open/./s"_s << u""_s;
    QTest::newRow("loop") << u"loop/s"_s << u"loop is missing or not a folder"_s;
    QTest::newRow("dangling") << u"dangling/s"_s << u"nowhere is missing or not a folder"_s;
    QTest::newRow("missing") << u"missing/s"_s << u"missing is missing or not a folder"_s;
    QTest::newRow("a file") << u"file/s"_s << u"file is missing or not a folder"_s;
}

void tst_AccessVerdict::linksOnTheWay()
{
    QFETCH(QString, path);
    QFETCH(QString, stops);
    const ScratchFolder scratch;
    const auto link = [&scratch](const QByteArray &target, const QString &name) {
        QCOMPARE(::symlink(target.constData(), scratch.bytes(name).constData()), 0);
    };
    QVERIFY(setMode(folderOf(scratch), 0755));
    QVERIFY(QDir(scratch.path()).mkdir(u"open"_s));
    QVERIFY(QDir(scratch.path()).mkpath(u"closed/in"_s));
    QVERIFY(setMode(scratch.bytes(u"closed"_s), 0700));
    scratch.write(u"file"_s, "");
    link("open", u"toopen"_s);
    link("./closed", u"toclosed"_s);
    link(scratch.bytes(u"closed"_s), u"absolute"_s);
    link("toclosed", u"twice"_s);
    link("closed/in", u"deep"_s);
    link("loop", u"loop"_s);
    link("nowhere", u"dangling"_s);
    const SocketRights rights = rightsOf(SocketAddress::fromPath(scratch.bytes(path)), 0777);
    QString text = verdictText(verdictFor(stranger, rights));
    text.remove(scratch.path() + u'/');
    QCOMPARE(text.left(stops.size()), stops);
    QCOMPARE(text.isEmpty(), stops.isEmpty());
}

// connect() follows a link in the last place as well, and so through that link's folders.
void tst_AccessVerdict::linkAtTheEnd()
{
    const ScratchFolder scratch;
    QVERIFY(setMode(folderOf(scratch), 0755));
    QVERIFY(QDir(scratch.path()).mkdir(u"closed"_s));
    QVERIFY(setMode(scratch.bytes(u"closed"_s), 0700));
    QCOMPARE(::symlink("closed/s", scratch.bytes(u"s"_s).constData()), 0);
    scratch.write(u"closed/s"_s, "");
    const SocketRights rights = rightsOf(SocketAddress::fromPath(scratch.bytes(u"s"_s)), 0777);
    QCOMPARE(verdictFor(stranger, rights).step, scratch.bytes(u"closed"_s));
    QVERIFY(verdictFor(root, rights).allowed);
}

void tst_AccessVerdict::enforced_data()
{
    QTest::addColumn<QString>("boxes");
    QTest::addColumn<QString>("allowed"); // owner, primary, member, stranger, root, weak root
    QTest::newRow("none") << u"none"_s << u"yyyyyy"_s;
    QTest::newRow("user") << u"user"_s << u"y---yy"_s; // uid 0 is all that credentials tell
    QTest::newRow("group") << u"group"_s << u"-yy-yy"_s;
    QTest::newRow("user, group") << u"user,group"_s << u"yyy-yy"_s;
    QTest::newRow("other") << u"other"_s << u"---yyy"_s;
    QTest::newRow("world") << u"world"_s << u"yyyyyy"_s;
}

void tst_AccessVerdict::enforced()
{
    QFETCH(QString, boxes);
    QFETCH(QString, allowed);
    SocketRights rights = rightsOf(SocketAddress::fromAbstract("x"), 0);
    QVERIFY(verdictFor(stranger, rights).allowed); // an abstract name alone stops nobody
    rights.enforced = *AccessOptions::parse(boxes);
    QString seen;
    for (const Subject &subject : {ownerHimself, primaryMember, member, stranger, root, weakRoot}) {
        const Verdict verdict = verdictFor(subject, rights);
        seen += verdict.allowed ? u'y' : u'-';
        QCOMPARE(verdict.stop, verdict.allowed ? Verdict::Stop::None : Verdict::Stop::Enforced);
        QCOMPARE(verdictText(verdict).isEmpty(), verdict.allowed);
    }
    QCOMPARE(seen, allowed);
}

// Of a folder that we may not search ourselves nothing is claimed for those who may.
void tst_AccessVerdict::whatCannotBeSeen()
{
    if (::geteuid() != 0)
        QSKIP("needs root, to look as another user");
    const ScratchFolder scratch;
    QVERIFY(setMode(folderOf(scratch), 0755));
    QVERIFY(QDir(scratch.path()).mkpath(u"closed/in"_s));
    QVERIFY(setMode(scratch.bytes(u"closed"_s), 0700));
    QCOMPARE(::chown(scratch.bytes(u"closed"_s).constData(), owner, ownersGroup), 0);
    const SocketRights rights =
        rightsOf(SocketAddress::fromPath(scratch.bytes(u"closed/in/s"_s)), 0777);
    const int stops = runAs({.uid = stranger.uid, .gid = stranger.gid, .groups = {}}, [&] {
        return int(verdictFor(Subject::self(), rights).stop)
            + 10 * int(verdictFor(ownerHimself, rights).stop);
    });
    QCOMPARE(stops, int(Verdict::Stop::FolderSearch) + 10 * int(Verdict::Stop::NotSeen));
}

void tst_AccessVerdict::accessControlLists()
{
    const ScratchFolder scratch;
    QVERIFY(setMode(folderOf(scratch), 0755));
    QLocalServer server;
    server.setSocketOptions(QLocalServer::UserAccessOption);
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    const SocketRights rights = rightsOf(SocketAddress::fromPath(scratch.bytes(u"s"_s)), 0700);
    QVERIFY(!verdictFor(stranger, rights).hasAcl);
    const QByteArray acl = aclFor(stranger.uid, 7);
    if (::setxattr(scratch.bytes(u"s"_s).constData(), "system.posix_acl_access", acl.constData(),
                   static_cast<size_t>(acl.size()), 0)
        != 0)
        QSKIP("this file system has no access control lists");
    QVERIFY(verdictFor(stranger, rights).hasAcl);
    QVERIFY(verdictFor(root, rights).hasAcl);
    const SocketRights beside = rightsOf(SocketAddress::fromPath(scratch.bytes(u"t"_s)), 0700);
    QVERIFY(!verdictFor(stranger, beside).hasAcl);
    QCOMPARE(::setxattr(folderOf(scratch).constData(), "system.posix_acl_access", acl.constData(),
                        static_cast<size_t>(acl.size()), 0),
             0);
    QVERIFY(verdictFor(root, beside).hasAcl);
    QVERIFY(verdictFor(member, beside).hasAcl);
}

void tst_AccessVerdict::plannedIsWhatQtMakes_data()
{
    QTest::addColumn<int>("bits");
    for (int bits = 0; bits < 8; ++bits)
        QTest::addRow("%d", bits) << bits;
}

void tst_AccessVerdict::plannedIsWhatQtMakes()
{
    QFETCH(int, bits);
    const ScratchFolder scratch;
    QLocalServer server;
    server.setSocketOptions(QLocalServer::SocketOptions(bits));
    const auto options = AccessOptions::fromSocketOptions(server.socketOptions());
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const SocketRights planned = SocketRights::planned(address, options, currentUmask(), true);
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    struct stat status = {};
    QCOMPARE(::lstat(address.bytes().constData(), &status), 0);
    QCOMPARE(planned.owner, status.st_uid);
    QCOMPARE(planned.group, status.st_gid);
    QCOMPARE(planned.mode, status.st_mode & 07777U);
    QVERIFY(planned.enforced == options);
    QVERIFY(!SocketRights::planned(address, options, 0, false).enforced);
}

void tst_AccessVerdict::plannedInASharedFolder_data()
{
    plannedIsWhatQtMakes_data();
}

// A folder with the set-group-id bit gives its group to what is made in it.
void tst_AccessVerdict::plannedInASharedFolder()
{
    if (::geteuid() != 0)
        QSKIP("needs root, to give a folder to another group");
    QFETCH(int, bits);
    const ScratchFolder scratch;
    QCOMPARE(::chown(folderOf(scratch).constData(), 0, ownersGroup), 0);
    QVERIFY(setMode(folderOf(scratch), 02770));
    QLocalServer server;
    server.setSocketOptions(QLocalServer::SocketOptions(bits));
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const SocketRights planned = SocketRights::planned(
        address, AccessOptions::fromSocketOptions(server.socketOptions()), currentUmask(), false);
    QVERIFY(server.listen(scratch.file(u"s"_s)));
    struct stat status = {};
    QCOMPARE(::lstat(address.bytes().constData(), &status), 0);
    QCOMPARE(planned.group, status.st_gid);
    QCOMPARE(planned.mode, status.st_mode & 07777U);
}

void tst_AccessVerdict::threeVerdicts()
{
    const ScratchFolder scratch;
    QVERIFY(setMode(folderOf(scratch), 0755));
    const SocketAddress address = SocketAddress::fromPath(scratch.bytes(u"s"_s));
    const auto picture = [](const VerdictSummary &summary) {
        return u"%1%2%3"_s.arg(summary.you.allowed)
            .arg(summary.group.allowed)
            .arg(summary.others.allowed);
    };
    QCOMPARE(picture(summarize(ownerHimself, rightsOf(address, 0770))), u"110"_s);
    QCOMPARE(picture(summarize(ownerHimself, rightsOf(address, 0070))), u"010"_s);
    QCOMPARE(picture(summarize(ownerHimself, rightsOf(address, 0707))), u"101"_s);
    QCOMPARE(picture(summarize(stranger, rightsOf(address, 0707))), u"101"_s);
    QCOMPARE(picture(summarize(root, rightsOf(address, 0))), u"100"_s);
    const VerdictSummary unknown = summarize(root, rightsOf(address, 0));
    QCOMPARE(unknown.groupName, groupName(ownersGroup));
    QCOMPARE(unknown.groupMembers, -1);
    SocketRights roots = rightsOf(address, 0770);
    roots.group = 0;
    const VerdictSummary known = summarize(root, roots);
    QCOMPARE(known.groupName, u"root"_s);
    QVERIFY(known.groupMembers >= 1);
    QCOMPARE(known.isGroupOnlyYou, known.groupMembers == 1);
    QVERIFY(!summarize(stranger, roots).isGroupOnlyYou);
    QVERIFY(!unknown.isGroupOnlyYou);
}

void tst_AccessVerdict::oneself()
{
    const Subject self = Subject::self();
    QCOMPARE(self.uid, ::geteuid());
    QCOMPARE(self.gid, ::getegid());
    if (::geteuid() != 0)
        QSKIP("needs root, to become others");
    const auto seenBy = [](const Identity &identity) {
        return runAs(identity, [&identity] {
            const Subject me = Subject::self();
            return (me.uid == identity.uid ? 1 : 0) + (me.gid == identity.gid ? 2 : 0)
                + (me.groups == identity.groups ? 4 : 0) + (me.overridesRights ? 8 : 0);
        });
    };
    QCOMPARE(seenBy({.uid = 0, .gid = 0, .groups = {5}}), 15);
    QCOMPARE(seenBy({.uid = 0, .gid = 0, .groups = {}, .dropsCapabilities = true}), 7);
    QCOMPARE(seenBy({.uid = 61001, .gid = 62001, .groups = {62002, 62003}}), 7);
}

void tst_AccessVerdict::userByNameAndNumber()
{
    const Result<Subject> byName = Subject::ofUser(u"root"_s);
    QVERIFY(byName);
    QCOMPARE(byName->uid, 0U);
    QVERIFY(byName->isInGroup(0));
    QVERIFY(byName->overridesRights);
    QCOMPARE(Subject::ofUser(u"0"_s)->gid, 0U);
    const Result<Subject> unnamed = Subject::ofUser(u"61003"_s);
    QVERIFY(unnamed);
    QCOMPARE(unnamed->uid, 61003U);
    QVERIFY(!unnamed->isInGroup(0));
    QVERIFY(!unnamed->overridesRights);
    const Result<Subject> nobody = Subject::ofUser(u"no-such-user"_s);
    QVERIFY(!nobody);
    QVERIFY(
        (nobody.error()
         == Problem {.code = ProblemCode::UserUnknown, .args = {{u"user"_s, u"no-such-user"_s}}}));
    QVERIFY(!Subject::ofUser(u""_s));
    QVERIFY(!Subject::ofUser(u"-1"_s));
    QVERIFY(!Subject::ofUser(u"99999999999"_s));
}

QTEST_GUILESS_MAIN(tst_AccessVerdict)
#include "tst_accessverdict.moc"
