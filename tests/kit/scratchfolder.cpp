// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "scratchfolder.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QtTest>

#include <algorithm>

#include <sys/stat.h>

namespace Sockeye {

ScratchFolder::ScratchFolder()
    : m_folder(QStringLiteral("/tmp/sk-XXXXXX"))
{
    if (!m_folder.isValid())
        qFatal("no scratch folder can be made in /tmp");
}

QString ScratchFolder::file(const QString &name) const
{
    return m_folder.path() + QLatin1Char('/') + name;
}

QByteArray ScratchFolder::bytes(const QString &name) const
{
    return QFile::encodeName(file(name));
}

QString ScratchFolder::write(const QString &name, const QByteArray &content) const
{
    QFile target(file(name));
    if (!target.open(QIODevice::WriteOnly) || target.write(content) != content.size())
        qFatal("cannot write %s", qPrintable(target.fileName()));
    return target.fileName();
}

QByteArray ScratchFolder::treeHash() const
{
    QStringList names;
    QDirIterator walk(m_folder.path(),
                      QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot,
                      QDirIterator::Subdirectories);
    while (walk.hasNext())
        names << walk.next();
    std::sort(names.begin(), names.end());
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString &name : std::as_const(names)) {
        struct stat status = {};
        ::lstat(QFile::encodeName(name).constData(), &status);
        hash.addData(name.toUtf8());
        hash.addData(QByteArray::number(status.st_mode) + ' ' + QByteArray::number(status.st_uid)
                     + ' ' + QByteArray::number(status.st_ino) + ' '
                     + QByteArray::number(status.st_size));
        QFile file(name);
        if (S_ISREG(status.st_mode) && file.open(QIODevice::ReadOnly))
            hash.addData(&file);
    }
    return hash.result();
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int openDescriptorCount()
{
    return static_cast<int>(QDir(QStringLiteral("/proc/self/fd"))
                                .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
                                .size());
}

int threadCount()
{
    return static_cast<int>(QDir(QStringLiteral("/proc/self/task"))
                                .entryList(QDir::Dirs | QDir::NoDotAndDotDot)
                                .size());
}

} // namespace Sockeye
