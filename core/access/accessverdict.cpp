// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/accessverdict.h"

#include "core/access/accountnames.h"
#include "core/access/peerfilter.h"

#include <QCoreApplication>
#include <QFile>
#include <QList>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace Sockeye {

namespace {

// Ids that no account has (the last one means "no id" to the kernel): for hypothetical people.
constexpr uid_t nobodysUid = static_cast<uid_t>(-2);
constexpr gid_t nobodysGid = static_cast<gid_t>(-2);

constexpr int followedLinks = 40; // as the kernel's MAXSYMLINKS
constexpr size_t largestEntry = 4U << 20U;

struct Rights
{
    mode_t mode = 0;
    uid_t owner = 0;
    gid_t group = 0;
};

// Exactly one class judges: the owner by the owner's bits, even where the group's would say yes.
bool grants(const Subject &subject, const Rights &rights, mode_t right)
{
    if (subject.overridesRights)
        return true;
    if (subject.uid == rights.owner)
        return ((rights.mode >> 6U) & right) == right;
    if (subject.isInGroup(rights.group))
        return ((rights.mode >> 3U) & right) == right;
    return (rights.mode & right) == right;
}

// An ACL of three entries only repeats the mode. 4 bytes of header, 8 for each entry.
bool hasExtendedAcl(const QByteArray &path)
{
    constexpr ssize_t plainAcl = 4 + 3 * 8;
    return ::lgetxattr(path.constData(), "system.posix_acl_access", nullptr, 0) > plainAcl;
}

QList<QByteArray> partsOf(const QByteArray &path)
{
    QList<QByteArray> parts = path.split('/');
    parts.removeAll(QByteArray());
    parts.removeAll(QByteArrayLiteral("."));
    return parts;
}

QByteArray joined(const QByteArray &folder, const QByteArray &part)
{
    return folder.endsWith('/') ? folder + part : folder + '/' + part;
}

QByteArray parentOf(const QByteArray &folder)
{
    const qsizetype slash = folder.lastIndexOf('/');
    return slash <= 0 ? QByteArrayLiteral("/") : folder.left(slash);
}

QByteArray linkTarget(const QByteArray &link)
{
    QByteArray target(4096, '\0');
    const ssize_t size =
        ::readlink(link.constData(), target.data(), static_cast<size_t>(target.size()));
    return size > 0 ? target.left(size) : QByteArray();
}

QByteArray workingFolder()
{
    const std::unique_ptr<char, decltype(&std::free)> folder(::getcwd(nullptr, 0), &std::free);
    return folder ? QByteArray(folder.get()) : QByteArrayLiteral("/");
}

// Goes through the folders of an address as the kernel does for connect(), link by link, and stops
// where the subject would be stopped.
class FolderWalk
{
public:
    FolderWalk(const Subject &subject, const QByteArray &path)
        : m_subject(subject)
        , m_folder(path.startsWith('/') ? QByteArrayLiteral("/") : workingFolder())
        , m_rest(partsOf(path))
    {
        // Where the process stands was searched when it went there.
        m_verdict.allowed = path.startsWith('/') ? enter(m_folder) : mayEnter(m_folder);
    }

    /// Ends before the last part, unless that is a link: connect() follows it.
    Verdict run()
    {
        while (m_verdict.allowed && !m_rest.isEmpty())
            m_verdict.allowed = step(m_rest.takeFirst());
        return m_verdict;
    }

private:
    bool stopAt(Verdict::Stop stop, const QByteArray &where)
    {
        m_verdict.stop = stop;
        m_verdict.step = where;
        return false;
    }

    bool mayEnter(const QByteArray &folder)
    {
        struct stat status = {};
        if (::stat(folder.constData(), &status) != 0)
            return stopAt(errno == EACCES ? Verdict::Stop::NotSeen : Verdict::Stop::FolderMissing,
                          folder);
        const Rights rights {status.st_mode & 07777U, status.st_uid, status.st_gid};
        const bool hasAcl = hasExtendedAcl(folder);
        m_verdict.hasAcl = m_verdict.hasAcl || hasAcl;
        if (grants(m_subject, rights, 1))
            return true;
        m_verdict.stepMode = rights.mode;
        m_verdict.stepOwner = rights.owner;
        m_verdict.stepGroup = rights.group;
        m_verdict.hasAcl = hasAcl;
        return stopAt(Verdict::Stop::FolderSearch, folder);
    }

    bool enter(const QByteArray &folder)
    {
        m_folder = folder;
        return mayEnter(folder);
    }

    bool follow(const QByteArray &link)
    {
        const QByteArray target = linkTarget(link);
        if (target.isEmpty() || ++m_links > followedLinks)
            return stopAt(Verdict::Stop::FolderMissing, link);
        m_rest = partsOf(target) + m_rest;
        return target.startsWith('/') ? enter(QByteArrayLiteral("/")) : true;
    }

    bool step(const QByteArray &part)
    {
        if (part == "..")
            return enter(parentOf(m_folder));
        const QByteArray path = joined(m_folder, part);
        struct stat status = {};
        const bool isLast = m_rest.isEmpty();
        if (::lstat(path.constData(), &status) != 0) {
            if (errno == EACCES)
                return stopAt(Verdict::Stop::NotSeen, m_folder);
            // A socket that is only planned is not there yet.
            return isLast || stopAt(Verdict::Stop::FolderMissing, path);
        }
        if (S_ISLNK(status.st_mode))
            return follow(path);
        if (isLast)
            return true;
        if (!S_ISDIR(status.st_mode))
            return stopAt(Verdict::Stop::FolderMissing, path);
        return enter(path);
    }

    const Subject &m_subject;
    QByteArray m_folder; ///< without links in it
    QList<QByteArray> m_rest;
    int m_links = 0;
    Verdict m_verdict;
};

PeerCredentials credentialsOf(const Subject &subject)
{
    return {.uid = subject.uid, .gid = subject.gid, .groups = subject.groups};
}

bool isStoppedByFilter(const Subject &subject, const SocketRights &rights)
{
    return rights.enforced
        && !PeerFilter(*rights.enforced, rights.owner, rights.group).admits(credentialsOf(subject));
}

void stopAtSocket(Verdict &verdict, Verdict::Stop stop, const SocketRights &rights)
{
    verdict.allowed = false;
    verdict.stop = stop;
    verdict.step = rights.address.bytes();
    verdict.stepMode = rights.mode;
    verdict.stepOwner = rights.owner;
    verdict.stepGroup = rights.group;
}

// "drwx------ root root"
QString rightsText(char type, const Verdict &verdict)
{
    QString mode = modeText(verdict.stepMode);
    mode[0] = QLatin1Char(type);
    return QStringLiteral("%1 %2 %3")
        .arg(mode, userName(verdict.stepOwner), groupName(verdict.stepGroup));
}

bool hasEffectiveCapability(int capability)
{
    QFile status(QStringLiteral("/proc/thread-self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return ::geteuid() == 0;
    const QList<QByteArray> lines = status.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("CapEff:"))
            return (line.mid(7).trimmed().toULongLong(nullptr, 16) >> capability) & 1U;
    }
    return false;
}

template <class Entry, class Call>
bool findEntry(std::vector<char> &buffer, Entry &entry, Call call)
{
    buffer.resize(1024);
    Entry *found = nullptr;
    while (call(&entry, buffer.data(), buffer.size(), &found) == ERANGE
           && buffer.size() < largestEntry)
        buffer.resize(buffer.size() * 4);
    return found != nullptr;
}

std::vector<gid_t> groupsOf(const passwd &user)
{
    int count = 32;
    std::vector<gid_t> groups(static_cast<size_t>(count));
    while (::getgrouplist(user.pw_name, user.pw_gid, groups.data(), &count) < 0)
        groups.resize(static_cast<size_t>(count)); // now it says how many there are
    groups.resize(static_cast<size_t>(count));
    return groups;
}

// Members by the group's list and by their primary group. Local accounts only for the latter: to
// list those of a directory service may take minutes.
std::optional<std::set<std::string>> membersOf(gid_t gid)
{
    std::set<std::string> members;
    std::vector<char> buffer;
    group entry = {};
    const bool isKnown =
        findEntry(buffer, entry, [gid](auto... rest) { return ::getgrgid_r(gid, rest...); });
    if (isKnown) {
        for (char **member = entry.gr_mem; member && *member; ++member)
            members.insert(*member);
    }
    const std::unique_ptr<FILE, decltype(&std::fclose)> file(std::fopen("/etc/passwd", "re"),
                                                             &std::fclose);
    passwd user = {};
    passwd *found = nullptr;
    std::vector<char> line(4096);
    while (file && ::fgetpwent_r(file.get(), &user, line.data(), line.size(), &found) == 0) {
        if (user.pw_gid == gid)
            members.insert(user.pw_name);
    }
    return isKnown || !members.empty() ? std::optional(members) : std::nullopt;
}

} // namespace

Subject Subject::self()
{
    constexpr int capDacOverride = 1;
    Subject subject;
    subject.uid = ::geteuid();
    subject.gid = ::getegid();
    const int count = ::getgroups(0, nullptr);
    subject.groups.resize(static_cast<size_t>(std::max(count, 0)));
    const int got = ::getgroups(count, subject.groups.data());
    subject.groups.resize(static_cast<size_t>(std::max(got, 0)));
    subject.overridesRights = hasEffectiveCapability(capDacOverride);
    return subject;
}

Result<Subject> Subject::ofUser(const QString &name)
{
    bool isNumber = false;
    const uint number = name.toUInt(&isNumber);
    std::vector<char> buffer;
    passwd entry = {};
    const QByteArray bytes = name.toLocal8Bit();
    bool isKnown = findEntry(
        buffer, entry, [&bytes](auto... rest) { return ::getpwnam_r(bytes.constData(), rest...); });
    if (!isKnown && isNumber) {
        isKnown = findEntry(buffer, entry,
                            [number](auto... rest) { return ::getpwuid_r(number, rest...); });
    }
    if (!isKnown && !isNumber)
        return fail({.code = ProblemCode::UserUnknown, .args = {{QStringLiteral("user"), name}}});
    Subject subject;
    subject.uid = isKnown ? entry.pw_uid : number;
    subject.overridesRights = subject.uid == 0;
    if (isKnown) {
        subject.gid = entry.pw_gid;
        subject.groups = groupsOf(entry);
    } else {
        subject.gid = nobodysGid; // nothing says which groups such a process has
    }
    return subject;
}

bool Subject::isInGroup(gid_t wanted) const
{
    return gid == wanted || std::find(groups.begin(), groups.end(), wanted) != groups.end();
}

SocketRights SocketRights::planned(const SocketAddress &address, AccessOptions options,
                                   mode_t umask, bool enforce)
{
    SocketRights rights;
    rights.address = address;
    rights.owner = ::geteuid();
    rights.group = ::getegid();
    rights.mode = options.mode(umask).value_or(0);
    if (enforce)
        rights.enforced = options;
    struct stat status = {};
    if (address.kind() == SocketAddress::Kind::Path
        && ::stat(address.folder().constData(), &status) == 0 && (status.st_mode & S_ISGID))
        rights.group = status.st_gid;
    return rights;
}

Verdict verdictFor(const Subject &subject, const SocketRights &rights)
{
    Verdict verdict;
    verdict.allowed = true;
    if (rights.address.kind() == SocketAddress::Kind::Path) {
        verdict = FolderWalk(subject, rights.address.bytes()).run();
        if (!verdict.allowed)
            return verdict;
        const bool hasAcl = hasExtendedAcl(rights.address.bytes());
        verdict.hasAcl = verdict.hasAcl || hasAcl;
        if (!grants(subject, {rights.mode, rights.owner, rights.group}, 2)) {
            stopAtSocket(verdict, Verdict::Stop::SocketWrite, rights);
            verdict.hasAcl = hasAcl;
            return verdict;
        }
    }
    if (isStoppedByFilter(subject, rights))
        stopAtSocket(verdict, Verdict::Stop::Enforced, rights);
    return verdict;
}

VerdictSummary summarize(const Subject &you, const SocketRights &rights)
{
    Subject member;
    member.uid = nobodysUid;
    member.gid = rights.group;
    Subject stranger;
    stranger.uid = nobodysUid;
    stranger.gid = nobodysGid;
    VerdictSummary summary;
    summary.you = verdictFor(you, rights);
    summary.group = verdictFor(member, rights);
    summary.others = verdictFor(stranger, rights);
    summary.groupName = groupName(rights.group);
    if (const std::optional<std::set<std::string>> members = membersOf(rights.group)) {
        summary.groupMembers = static_cast<int>(members->size());
        summary.isGroupOnlyYou =
            members->size() == 1 && *members->begin() == userName(you.uid).toStdString();
    }
    return summary;
}

QString stopName(Verdict::Stop stop)
{
    switch (stop) {
    case Verdict::Stop::None:
        return QStringLiteral("none");
    case Verdict::Stop::FolderSearch:
        return QStringLiteral("folder-search");
    case Verdict::Stop::SocketWrite:
        return QStringLiteral("socket-write");
    case Verdict::Stop::FolderMissing:
        return QStringLiteral("folder-missing");
    case Verdict::Stop::Enforced:
        return QStringLiteral("enforced");
    case Verdict::Stop::NotSeen:
        return QStringLiteral("not-seen");
    }
    Q_UNREACHABLE();
}

QString verdictText(const Verdict &verdict)
{
    const QString step = escapedBytes(verdict.step);
    switch (verdict.stop) {
    case Verdict::Stop::None:
        return {};
    case Verdict::Stop::FolderSearch:
        return QCoreApplication::translate("AccessVerdict", "may not search %1 (%2)")
            .arg(step, rightsText('d', verdict));
    case Verdict::Stop::SocketWrite:
        return QCoreApplication::translate("AccessVerdict", "may not write to %1 (%2)")
            .arg(step, rightsText('s', verdict));
    case Verdict::Stop::FolderMissing:
        return QCoreApplication::translate("AccessVerdict", "%1 is missing or not a folder")
            .arg(step);
    case Verdict::Stop::Enforced:
        return QCoreApplication::translate("AccessVerdict",
                                           "let in by the system, but closed by Sockeye");
    case Verdict::Stop::NotSeen:
        return QCoreApplication::translate("AccessVerdict",
                                           "not known: what is in %1 cannot be seen by you")
            .arg(step);
    }
    Q_UNREACHABLE();
}

} // namespace Sockeye
