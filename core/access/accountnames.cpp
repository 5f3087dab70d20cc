// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/accountnames.h"

#include <QHash>
#include <QMutex>

#include <cerrno>
#include <vector>

#include <grp.h>
#include <pwd.h>

namespace Sockeye {

namespace {

// A directory service may answer with a group of thousands of members; beyond that the number does.
constexpr size_t largestEntry = 4U << 20U;

template <class Entry, class Key, class Lookup>
QString lookUp(Key key, Lookup lookup, char *Entry::*nameField)
{
    std::vector<char> buffer(1024);
    for (;;) {
        Entry entry = {};
        Entry *found = nullptr;
        const int error = lookup(key, &entry, buffer.data(), buffer.size(), &found);
        if (error == ERANGE && buffer.size() < largestEntry) {
            buffer.resize(buffer.size() * 4);
            continue;
        }
        return found ? QString::fromLocal8Bit(found->*nameField) : QString::number(key);
    }
}

// Asking the database costs a file read or a round trip to a service; tables ask per row.
template <class Key, class Ask>
QString remembered(Key key, QHash<Key, QString> &names, QMutex &mutex, Ask ask)
{
    {
        const QMutexLocker lock(&mutex);
        const auto known = names.constFind(key);
        if (known != names.constEnd())
            return *known;
    }
    QString name = ask(key); // without the lock: a directory service may take seconds
    const QMutexLocker lock(&mutex);
    names.insert(key, name);
    return name;
}

} // namespace

QString userName(uid_t uid)
{
    static QMutex mutex;
    static QHash<uid_t, QString> names;
    return remembered(uid, names, mutex,
                      [](uid_t id) { return lookUp<passwd>(id, ::getpwuid_r, &passwd::pw_name); });
}

QString groupName(gid_t gid)
{
    static QMutex mutex;
    static QHash<gid_t, QString> names;
    return remembered(gid, names, mutex,
                      [](gid_t id) { return lookUp<group>(id, ::getgrgid_r, &group::gr_name); });
}

} // namespace Sockeye
